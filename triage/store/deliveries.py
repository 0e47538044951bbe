"""The outbox."""

import sqlite3
from datetime import datetime, timedelta

from sqlite_utils import Database

from triage.decision import History
from triage.reply import Delivery, DeliveryStatus, Receipt, Reply
from triage.store import rows

_QUEUE = """insert into deliveries(case_id, message, kind, recipient, domain, reverse_path, message_id, subject, content, sha256,
    deadline, status, created_at, next_attempt_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_WAITING = "status in ('queued', 'deferred')"

#: Counting stops here: every limit is far below, and a flood must not make each decision slower than the last.
_COUNT_AT_MOST = 5_000


class SqliteDeliveries:
    """The DeliveryTable port."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def queue(self, case_id: int, message_id: int | None, reply: Reply, at: datetime, *, withheld: bool = False) -> int:
        """Freeze a reply for delivery."""
        domain = reply.recipient.rpartition("@")[2]
        row = (
            case_id, message_id, reply.kind, reply.recipient, domain, reply.reverse_path, reply.message_id, reply.subject, reply.content,
            reply.sha256, rows.moment(reply.deadline), DeliveryStatus.WITHHELD if withheld else DeliveryStatus.QUEUED, rows.moment(at),
            rows.moment(at),
        )  # fmt: skip
        try:
            return int(self._db.execute(_QUEUE, row).lastrowid or 0)
        except sqlite3.IntegrityError as error:
            if error.sqlite_errorname != "SQLITE_CONSTRAINT_UNIQUE":
                raise
            raise ValueError(f"case {case_id} already has this {reply.kind}: expected the first") from error

    def due(self, now: datetime, limit: int) -> list[Delivery]:
        """Queued and deferred deliveries whose time has come, earliest deadline first, of bounded size together."""
        found = self._db.query(
            f"select * from deliveries where {_WAITING} and next_attempt_at <= ? order by deadline, id limit ?",  # noqa: S608
            (rows.moment(now), limit),
        )
        return [rows.to_delivery(row) for row in rows.bounded(found)]

    def next_due(self) -> datetime | None:
        """When the next one is due."""
        found = self._db.query(f"select min(next_attempt_at) as at from deliveries where {_WAITING}")  # noqa: S608
        return next((rows.maybe_time(row, "at") for row in found), None)

    def begin_data(self, delivery_id: int, at: datetime) -> bool:
        """Commit to DATA."""
        cursor = self._db.execute(
            f"update deliveries set status = 'sending', attempts = attempts + 1, next_attempt_at = ? where id = ? and {_WAITING}",  # noqa: S608
            (rows.moment(at), delivery_id),
        )
        return cursor.rowcount == 1

    def settle(self, delivery_id: int, receipt: Receipt, at: datetime, next_attempt_at: datetime | None) -> None:
        """Record what came of an attempt."""
        reply = f"{receipt.code} {receipt.text}" if receipt.code else receipt.text
        self._db.execute(
            # A delivery that ended stays as it ended; a refusal before DATA has not counted as an attempt yet.
            "update deliveries set attempts = attempts + (status in ('queued', 'deferred')), status = ?, smtp_reply = ?, sent_at = ?,"
            " next_attempt_at = ? where id = ? and status in ('queued', 'deferred', 'sending', 'uncertain')",
            (
                receipt.status,
                reply,
                rows.moment(at) if receipt.status is DeliveryStatus.SENT else None,
                rows.moment(next_attempt_at or at),
                delivery_id,
            ),
        )

    def interrupted(self, at: datetime) -> list[Delivery]:
        """At start: those left in `sending` become `uncertain` and are returned."""
        left = {delivery.id for delivery in self.find(status=DeliveryStatus.SENDING)}
        self._db.execute(
            "update deliveries set status = 'uncertain', smtp_reply = 'the daemon stopped after DATA', next_attempt_at = ?"
            " where status = 'sending'",
            (rows.moment(at),),
        )
        return [delivery for delivery in self.find(status=DeliveryStatus.UNCERTAIN) if delivery.id in left]

    def withdraw(self, case_id: int, reason: str) -> int:
        """What waits for this case is withheld for good."""
        sql = f"update deliveries set status = 'withheld', smtp_reply = ? where case_id = ? and {_WAITING}"  # noqa: S608
        return int(self._db.execute(sql, (reason, case_id)).rowcount)

    def of_case(self, case_id: int) -> list[Delivery]:
        """The deliveries of a case, oldest first."""
        return [rows.to_delivery(row) for row in self._db.query("select * from deliveries where case_id = ? order by id", (case_id,))]

    def find(self, *, message_id: str = "", reverse_path: str = "", status: DeliveryStatus | None = None) -> list[Delivery]:
        """Deliveries that fit everything given."""
        wanted = {"message_id": message_id, "reverse_path": reverse_path, "status": status}
        given = {column: value for column, value in wanted.items() if value}
        where = " and ".join(f"{column} = :{column}" for column in given) or "1"
        # Column names come from the line above, never from outside.
        return [rows.to_delivery(row) for row in self._db.query(f"select * from deliveries where {where} order by id", given)]  # noqa: S608

    def history(self, author: str, domain: str, case_id: int | None, now: datetime) -> History:
        """How much automatic mail went where of late."""
        day, week, hour = (rows.moment(now - timedelta(days=days)) for days in (1, 7, 1 / 24))
        recent = 0
        if case_id is not None:
            recent = self._count(
                "messages where case_id = ? and author = ? and received_at > ?", (case_id, author, rows.moment(now - timedelta(minutes=10)))
            )
        return History(
            sent_to_author_day=self._count("deliveries where kind = 'acknowledgment' and recipient = ? and created_at > ?", (author, day)),
            sent_to_author_week=self._count(
                "deliveries where kind = 'acknowledgment' and recipient = ? and created_at > ?", (author, week)
            ),
            sent_to_domain_hour=self._count("deliveries where kind = 'acknowledgment' and domain = ? and created_at > ?", (domain, hour)),
            sent_to_all_hour=self._count("deliveries where kind = 'acknowledgment' and created_at > ?", (hour,)),
            author_in_case_recent=recent,
        )

    def _count(self, rest: str, parameters: tuple[str | int, ...]) -> int:
        sql = f"select count(*) from (select 1 from {rest} limit {_COUNT_AT_MOST})"  # noqa: S608
        return int(self._db.execute(sql, parameters).fetchone()[0])
