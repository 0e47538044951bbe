"""Messages by where they lie, from first sight to settled."""

import json
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from sqlite_utils import Database

from triage.decision import Outcome
from triage.message import Cursor, MessageKey, RawMessage, StoredMessage
from triage.reading import Reading
from triage.records import Held, MessageRecord
from triage.store import rows

_ADD = "insert or ignore into messages(account, mailbox, uid_validity, uid, received_at, size, sha256) values (?, ?, ?, ?, ?, ?, ?)"
_ADD_SETTLED = """insert or ignore into messages(account, mailbox, uid_validity, uid, received_at, size, outcome, reason)
    values (?, ?, ?, ?, ?, 0, ?, ?)"""
#: The key of a record that no longer stands for its UID is its own for ever: no server gives a negative UIDVALIDITY.
_RELEASE = "update messages set uid_validity = -id, reason = ?, outcome = coalesce(outcome, 'vanished') where id = ? and uid_validity > 0"
_SETTLE = """update messages set outcome = ?, case_id = ?, message_id = ?, fingerprint = ?, likeness = ?, author = ?, subject = ?, text = ?,
    full_text = ?, reading = ?, reason = ? where id = ? and outcome is null"""


class SqliteMessages:
    """The MessageTable port."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def cursor(self, account: str, mailbox: str) -> Cursor | None:
        """What is remembered of the mailbox."""
        found = self._db.query("select * from cursors where account = ? and mailbox = ?", (account, mailbox))
        return next(map(rows.to_cursor, found), None)

    def set_cursor(self, account: str, mailbox: str, cursor: Cursor) -> None:
        """Remember it."""
        self._db.execute(
            "insert or replace into cursors(account, mailbox, uid_validity, start_line, uid_next, unseen) values (?, ?, ?, ?, ?, ?)",
            (account, mailbox, cursor.uid_validity, rows.moment(cursor.start_line), cursor.uid_next, cursor.unseen),
        )

    def known_uids(self, account: str, mailbox: str, uid_validity: int) -> set[int]:
        """UIDs seen under this UIDVALIDITY, whatever became of them."""
        found = self._db.execute(
            "select uid from messages where account = ? and mailbox = ? and uid_validity = ?", (account, mailbox, uid_validity)
        )
        return {uid for (uid,) in found}

    def add(self, messages: Iterable[RawMessage]) -> int:
        """Store raw messages."""
        return sum(self._add_one(raw) for raw in messages)

    def _add_one(self, raw: RawMessage) -> bool:
        key = raw.key
        row = (key.account, key.mailbox, key.uid_validity, key.uid, rows.moment(raw.received_at), raw.size, raw.sha256)
        cursor = self._db.execute(_ADD, row)
        if cursor.rowcount == 1:
            self._db.execute("insert into raw(message, content) values (?, ?)", (cursor.lastrowid, raw.content))
        return cursor.rowcount == 1

    def add_settled(self, received: Iterable[tuple[MessageKey, datetime]], outcome: Outcome, reason: str = "") -> None:
        """Record messages that are never read: history, vanished."""
        for key, received_at in received:
            row = (key.account, key.mailbox, key.uid_validity, key.uid, rows.moment(received_at), outcome, reason)
            self._db.execute(_ADD_SETTLED, row)

    def held(self, account: str, mailbox: str, uid_validity: int) -> list[Held]:
        """What is held under each UID."""
        found = self._db.query(
            "select id, uid, received_at, outcome, sha256, exists(select 1 from raw where raw.message = messages.id) as has_raw"
            " from messages where account = ? and mailbox = ? and uid_validity = ?",
            (account, mailbox, uid_validity),
        )
        return [rows.to_held(row) for row in found]

    def release(self, message_ids: Iterable[int], reason: str) -> None:
        """These records no longer stand for their UIDs."""
        for message_id in message_ids:
            self._db.execute(_RELEASE, (reason, message_id))

    def undecided(self, limit: int, besides: Collection[int] = ()) -> list[StoredMessage]:
        """Messages waiting to be decided, earliest arrival first, but not those of `besides`."""
        found = self._db.query(
            "select messages.*, raw.content from messages join raw on raw.message = messages.id where outcome is null"
            " and messages.id not in (select value from json_each(?)) order by received_at, messages.id limit ?",
            (json.dumps(list(besides)), limit),
        )
        return [rows.to_stored_message(row) for row in rows.bounded(found)]

    def strike(self, message_id: int, reason: str) -> int:
        """Count a reader lost to this message."""
        self._db.execute("update messages set strikes = strikes + 1, reason = ? where id = ? and outcome is null", (reason, message_id))
        return int(self._db.execute("select strikes from messages where id = ?", (message_id,)).fetchone()[0])

    def namesake(self, message_id: str, fingerprint: str, other_than: int) -> MessageRecord | None:
        """The first settled message that has the same Message-ID and another fingerprint."""
        found = self._db.query(
            "select * from messages where message_id = ? and fingerprint <> ? and id <> ? and outcome is not null order by id limit 1",
            (message_id, fingerprint, other_than),
        )
        return next(map(rows.to_message_record, found), None)

    def echo(self, likeness: str, author: str, since: datetime) -> MessageRecord | None:
        """The author's first message since then that is like this and belongs to a case."""
        found = self._db.query(
            "select * from messages where likeness = ? and author = ? and received_at > ? and case_id is not null order by id limit 1",
            (likeness, author, rows.moment(since)),
        )
        return next(map(rows.to_message_record, found), None)

    def twin(self, fingerprint: str, other_than: int) -> MessageRecord | None:
        """A settled message with the same fingerprint."""
        found = self._db.query(
            "select * from messages where fingerprint = ? and id <> ? and outcome is not null order by id limit 1",
            (fingerprint, other_than),
        )
        return next(map(rows.to_message_record, found), None)

    def settle(
        self, message_id: int, outcome: Outcome, case_id: int | None, reading: Reading | None, *, reason: str, keep_raw: bool
    ) -> None:
        """Record what became of a message and what it says."""
        message = reading.message if reading else None
        digest: tuple[str | None, ...] = (None,) * 8
        if reading and message:
            author = message.author.addr_spec if message.author else ""
            digest = (
                message.message_id or None, message.fingerprint or None, message.likeness or None, author, message.subject,
                message.text, message.full_text, rows.reading_json(reading),
            )  # fmt: skip
        # Two who decide the same message must not both answer it: the second one's whole transaction fails here.
        if self._db.execute(_SETTLE, (outcome, case_id, *digest, reason, message_id)).rowcount != 1:
            raise ValueError(f"message {message_id} does not wait to be decided: expected one that does")
        if not keep_raw:
            self._db.execute("delete from raw where message = ?", (message_id,))

    def keep(self, raw: RawMessage, outcome: Outcome, case_id: int, reading: Reading, *, reason: str) -> None:
        """Record a message that was decided as it was found."""
        if self._add_one(raw):
            # The same number in both tables that it was put into.
            row = int(self._db.execute("select last_insert_rowid()").fetchone()[0])
            self.settle(row, outcome, case_id, reading, reason=reason, keep_raw=False)

    def get(self, message_id: int) -> MessageRecord | None:
        """The message, raw bytes included while they are kept."""
        found = self._db.query(
            "select messages.*, raw.content from messages left join raw on raw.message = messages.id where messages.id = ?", (message_id,)
        )
        return next(map(rows.to_message_record, found), None)

    def move(self, message_id: int, case_id: int) -> None:
        """The message belongs to that case from now on."""
        self._db.execute("update messages set case_id = ? where id = ?", (case_id, message_id))

    def of_case(self, case_id: int) -> list[MessageRecord]:
        """The messages of a case, earliest first."""
        found = self._db.query("select * from messages where case_id = ? order by received_at, id", (case_id,))
        return [rows.to_message_record(row) for row in found]

    def lying_in(self, account: str, folder: str, uid_validity: int) -> dict[int, int]:
        """Row by UID of the messages that lie in a folder they were filed into."""
        found = self._db.execute(
            "select filed_uid, id from messages where account = ? and filed_folder = ? and filed_uid_validity = ?"
            " and filed_uid is not null",
            (account, folder, uid_validity),
        )
        return dict(found.fetchall())

    def look_up(self, account: str, *, message_id: str = "", sha256: str = "") -> list[MessageRecord]:
        """Settled messages of an account with that Message-ID, or with those very bytes."""
        column, value = ("message_id", message_id) if message_id else ("sha256", sha256)
        # Column names come from the line above, never from outside.
        sql = f"select * from messages where {column} = ? and account = ? and outcome is not null order by id"  # noqa: S608
        return [rows.to_message_record(row) for row in self._db.query(sql, (value, account))]

    def beginning(self, account: str, prefix: str, since: datetime) -> list[MessageRecord]:
        """Settled messages of an account, received since then, whose Message-ID begins so."""
        # A range, which the index of Message-IDs answers; no character of theirs comes after the last one.
        sql = """select * from messages where message_id between ? and ? and account = ? and received_at >= ? and outcome is not null
            order by id"""
        values = (prefix, prefix + "\U0010ffff", account, rows.moment(since))
        return [rows.to_message_record(row) for row in self._db.query(sql, values)]

    def known_ids(self, account: str, message_ids: Collection[str]) -> set[str]:
        """Those of the given Message-IDs that settled messages of the account have."""
        found = self._db.execute(
            "select message_id from messages where message_id in (select value from json_each(?)) and account = ? and outcome is not null",
            (json.dumps(list(message_ids)), account),
        )
        return {known for (known,) in found}

    def lies(self, message_id: int, folder: str, uid_validity: int | None, uid: int | None) -> None:
        """A person put it there."""
        sql = "update messages set filed_folder = ?, filed_uid_validity = ?, filed_uid = ? where id = ?"
        self._db.execute(sql, (folder, uid_validity, uid, message_id))

    def set_aside(self) -> list[MessageRecord]:
        """Messages that nothing could read and whose case is open."""
        sql = """select messages.* from messages join cases on cases.id = case_id
            where outcome in ('unreadable', 'vanished') and outcome = 'unreadable' and cases.status not in ('solved', 'closed')
            order by messages.id"""
        return [rows.to_message_record(row) for row in self._db.query(sql)]

    def all(self, account: str) -> Iterator[MessageRecord]:
        """Every message of an account, for the audit."""
        return map(rows.to_message_record, self._db.query("select * from messages where account = ? order by id", (account,)))
