"""Erasing a person: what names them is blanked row by row, and written over on the disk; what was done and when stays."""

import json
import sqlite3
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from triage.erasing import NOBODY, Erased
from triage.store import rows

_THEIRS = "(select id from cases where requester = :address)"
_MESSAGES = f"(select id from messages where author = :address or case_id in {_THEIRS})"  # noqa: S608 - no text from outside
_DELIVERIES = f"recipient = :address or case_id in {_THEIRS}"
#: In the order of what refers to what: a case is found by its requester, who is blanked last.
_ERASE = (
    f"delete from raw where message in {_MESSAGES}",  # noqa: S608
    f"delete from letters where delivery in (select id from deliveries where {_DELIVERIES})",  # noqa: S608
    f"""update deliveries set subject = '', smtp_reply = '', domain = '',
        recipient = case recipient when :address then '{NOBODY}' else recipient end where {_DELIVERIES}""",  # noqa: S608
    f"""update drafts set content = null, status = case when status in ('wanted', 'placed') then 'stale' else status end
        where case_id in {_THEIRS}""",  # noqa: S608
    *(
        f"delete from {table} where case_id in {_THEIRS}"  # noqa: S608
        for table in ("notices", "reminders", "log", "log_entries", "log_words", "log_orders", "order_facts", "order_questions")
    ),
    "delete from surveys where requester = :address",
    "update order_events set recipient = '' where recipient = :address",
    "delete from colleagues where key = :address",
    # The Message-ID goes, too: an answer to what was erased opens a case of its own. The fingerprint stays, which nobody can read.
    f"""update messages set author = null, subject = null, text = null, full_text = null, reading = null, likeness = null, message_id = null
        where id in {_MESSAGES}""",  # noqa: S608
    f"""update cases set requester = null, requester_name = null, subject = '', order_numbers = '[]', rating_comment = '', erased_at = :at
        where id in {_THEIRS}""",  # noqa: S608
)
#: Of the events in their cases these are kept as they are: they say what was done, in words of ours.
_IMPERSONAL = frozenset({"status", "department", "by", "was", "now", "delivery", "kind", "count", "answers", "what"})


class SqliteErasing:
    """The ErasingTable port."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def known(self, address: str) -> Erased:
        """What is known of the address."""
        given = {"address": address}
        cases = [
            rows.text(row, "number") for row in self._db.query("select number from cases where requester = :address order by id", given)
        ]
        sql = f"""select account, coalesce(filed_folder, mailbox) as folder, count(*) as many from messages where id in {_MESSAGES}
            group by 1, 2 order by 1, 2"""  # noqa: S608
        lying = [(rows.text(row, "account"), rows.text(row, "folder"), rows.number(row, "many")) for row in self._db.query(sql, given)]
        return Erased(cases=tuple(cases), messages=sum(many for _, _, many in lying), originals=tuple(lying))

    def erase(self, address: str, at: datetime) -> frozenset[int]:
        """Blank it all."""
        given = {"address": address, "at": rows.moment(at)}
        touched = "select id from cases where requester = :address union select case_id from events where actor = :address"
        cases = frozenset(case_id for (case_id,) in self._db.execute(touched, given))
        theirs = f"select id, detail from events where detail is not null and case_id in {_THEIRS}"  # noqa: S608
        personal = [row["id"] for row in self._db.query(theirs, given) if not _IMPERSONAL.issuperset(json.loads(rows.text(row, "detail")))]
        self._db.execute("update events set detail = null where id in (select value from json_each(?))", (json.dumps(personal),))
        self._db.execute("update events set detail = null, actor = :nobody where actor = :address", given | {"nobody": NOBODY})
        for statement in _ERASE:
            self._db.execute(statement, given)
        return cases


def scour(path: Path) -> bool:
    """Write over what the index of words and the log of the store still hold; False while somebody else reads it."""
    connection = sqlite3.connect(path, timeout=10, isolation_level=None)
    try:
        connection.execute("pragma secure_delete = on")
        connection.execute("insert into log_words_fts(log_words_fts) values ('optimize')")
        busy, _, _ = connection.execute("pragma wal_checkpoint(truncate)").fetchone()
    except sqlite3.OperationalError:
        return False
    finally:
        connection.close()
    return not busy
