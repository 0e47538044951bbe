"""What the order system said about cases, what it is still to be asked, and what customers were told of changes."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlite_utils import Database

from triage.inquiry import Checked, Question, Verdict
from triage.message import Address, Message
from triage.order_form import parse_order
from triage.store import rows

_KEEP = """insert or replace into order_facts(case_id, number, verdict, named, source, at, proposals, content)
    values (?, ?, ?, ?, ?, ?, ?, ?)"""
_ASK = """insert or replace into order_questions(case_id, message, author, next_attempt_at) values (?, ?, ?, ?)"""

_TOLD = "select count(*) from order_events where at > ?"
_TOLD_ABOUT = "select case_id from order_events where event >= ? and event < ? and at > ? order by at desc, case_id desc limit 1"
#: The character behind every other: it ends a stretch of names, so that their index serves.
_LAST = "\U0010ffff"
_TOLD_TO = "select count(*) from order_events where at > ? and recipient = ?"

_ADDRESSES = ("from_", "sender", "reply_to")


class SqliteOrderFacts:
    """The OrderFactTable port."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def keep(self, case_id: int, checked: Sequence[Checked]) -> None:
        """Keep what was said."""
        for one in checked:
            proposals = json.dumps(one.proposals)
            row = (case_id, one.number, one.verdict.value, one.named, one.source, rows.moment(one.at), proposals, one.content or None)
            self._db.execute(_KEEP, row)

    def of_case(self, case_id: int) -> list[Checked]:
        """What is known, numbers that the message named first."""
        found = self._db.query("select * from order_facts where case_id = ? order by named desc, number", (case_id,))
        return [_checked(row) for row in found]

    def ask_later(self, case_id: int, message_row: int, message: Message, at: datetime) -> None:
        """To be asked again then."""
        self._db.execute(_ASK, (case_id, message_row, _author(message), rows.moment(at)))

    def unanswered(self, now: datetime, limit: int) -> list[Question]:
        """What is to be asked again."""
        query = "select * from order_questions where next_attempt_at <= ? order by next_attempt_at limit ?"
        return [_question(row) for row in self._db.query(query, (rows.moment(now), limit))]

    def put_off(self, case_id: int, at: datetime) -> None:
        """Ask then."""
        self._db.execute(
            "update order_questions set attempts = attempts + 1, next_attempt_at = ? where case_id = ?", (rows.moment(at), case_id)
        )

    def answered(self, case_id: int) -> None:
        """It need not be asked again."""
        self._db.execute("delete from order_questions where case_id = ?", (case_id,))

    def mark(self, name: str) -> str | None:
        """How far the changes were followed."""
        found = self._db.execute("select mark from order_marks where name = ?", (name,)).fetchone()
        return str(found[0]) if found else None

    def set_mark(self, name: str, mark: str) -> None:
        """Remember it."""
        self._db.execute("insert or replace into order_marks(name, mark) values (?, ?)", (name, mark))

    def was_told(self, event: str) -> bool:
        """Whether an event of an order was told."""
        return self._db.execute("select 1 from order_events where event = ?", (event,)).fetchone() is not None

    def tell(self, event: str, case_id: int, recipient: str, at: datetime) -> None:
        """Note that an event of an order was told."""
        self._db.execute(
            "insert into order_events(event, case_id, recipient, at) values (?, ?, ?, ?)", (event, case_id, recipient, rows.moment(at))
        )

    def told_about(self, beginning: str, since: datetime) -> int | None:
        """Case of the latest event that was told since then and whose name begins so; None where there is none."""
        values = (beginning, beginning + _LAST, rows.moment(since))
        row = self._db.execute(_TOLD_ABOUT, values).fetchone()
        return int(row[0]) if row else None

    def take_back(self, beginning: str, case_id: int) -> None:
        """Note that events of a case whose names begin so were not told after all."""
        named = (beginning, beginning + _LAST, case_id)
        self._db.execute("delete from order_events where event >= ? and event < ? and case_id = ?", named)

    def told_since(self, since: datetime, recipient: str = "") -> int:
        """How many events were told of since then."""
        values = (rows.moment(since), recipient) if recipient else (rows.moment(since),)
        return int(self._db.execute(_TOLD_TO if recipient else _TOLD, values).fetchone()[0])


def _author(message: Message) -> str:
    """Who wrote a message and what our server found, as JSON."""
    kept = {name: [[address.name, address.addr_spec] for address in getattr(message, name)] for name in _ADDRESSES}
    found = {"authentication": message.authentication, "dkim_domains": message.dkim_domains, "relayed_by": message.relayed_by}
    return json.dumps(kept | found)


def _question(row: rows.Row) -> Question:
    kept = json.loads(rows.text(row, "author"))
    from_, sender, reply_to = (tuple(Address(name=its, addr_spec=spec) for its, spec in kept[name]) for name in _ADDRESSES)
    message = Message(
        from_=from_,
        sender=sender,
        reply_to=reply_to,
        authentication=tuple((method, result) for method, result in kept["authentication"]),
        dkim_domains=tuple(kept["dkim_domains"]),
        relayed_by=kept["relayed_by"],
    )
    attempts = rows.number(row, "attempts")
    return Question(case_id=rows.number(row, "case_id"), message_row=rows.number(row, "message"), message=message, attempts=attempts)


def _checked(row: rows.Row) -> Checked:
    content = rows.text(row, "content")
    return Checked(
        number=rows.text(row, "number"),
        verdict=Verdict(rows.text(row, "verdict")),
        order=parse_order(content) if content else None,
        named=bool(row["named"]),
        source=rows.text(row, "source"),
        at=rows.time(row, "at"),
        proposals=rows.strings(row, "proposals"),
    )
