"""The outbox."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from sqlite_utils import Database

from triage.decision import History
from triage.outbox import HAPPENED, MOVES, Happening, Lane
from triage.reply import Cause, Delivery, DeliveryStatus, Receipt, Reply, ReplyKind
from triage.store import rows

_QUEUE = """insert into deliveries(case_id, message, kind, recipient, domain, reverse_path, message_id, subject, sha256,
    deadline, status, created_at, next_attempt_at, crowd)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_FREEZE = "insert into letters(delivery, content) values (?, ?)"
_WAITING = "deliveries.status in ('queued', 'deferred')"
#: Each in the words of its index, which is named: to SQLite another one, of all acknowledgments there ever were, looks as good.
_LANES = {
    Lane.ACKNOWLEDGMENTS: ("deliveries indexed by deliveries_first_lane", f"{_WAITING} and kind = 'acknowledgment'"),
    Lane.OTHERS: ("deliveries indexed by deliveries_second_lane", f"{_WAITING} and kind <> 'acknowledgment'"),
}
#: As its index says it.
_OF_UNSETTLED = (DeliveryStatus.SENDING, DeliveryStatus.UNCERTAIN, DeliveryStatus.FAILED)
_UNSETTLED = "deliveries.status in ('sending', 'uncertain', 'failed')"


def _listed(statuses: Iterable[DeliveryStatus]) -> str:
    return ", ".join(f"'{status}'" for status in sorted(statuses))


#: By what happens, the statement that moves a delivery; all of it comes from our own table of moves.
MOVE = {
    happening: f"update deliveries set {{changes}}, status = '{target}' where id = ? and status in ({_listed(places)})"  # noqa: S608
    for happening, (places, target) in MOVES.items()
}
_COLUMNS = "select deliveries.*, letters.content, cases.number as case_number, cases.requester from"
#: Of what was erased there is no letter any more.
_CASE = "join cases on cases.id = case_id left join letters on letters.delivery = deliveries.id"
_DELIVERY = f"{_COLUMNS} deliveries {_CASE}"

#: Counting stops here: every limit is far below, and a flood must not make each decision slower than the last.
_COUNT_AT_MOST = 5_000
_SPANS = (timedelta(days=1), timedelta(days=7), timedelta(hours=1), timedelta(minutes=10))
_ACKNOWLEDGED = "deliveries where kind = 'acknowledgment'"
_COUNTED = (
    f"{_ACKNOWLEDGED} and recipient = ? and created_at > ?",
    f"{_ACKNOWLEDGED} and recipient = ? and created_at > ?",
    f"{_ACKNOWLEDGED} and domain = ? and created_at > ?",
    "messages where case_id = ? and author = ? and received_at > ?",
)
_HISTORY = f"select {', '.join(f'(select count(*) from (select 1 from {rest} limit {_COUNT_AT_MOST}))' for rest in _COUNTED)}"  # noqa: S608


class SqliteDeliveries:
    """The DeliveryTable port."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def queue(
        self,
        case_id: int,
        message_id: int | None,
        reply: Reply,
        at: datetime,
        *,
        withheld: bool = False,
        held: bool = False,
        crowd: str = "",
    ) -> int:
        """Freeze a reply for delivery."""
        domain = reply.recipient.rpartition("@")[2]
        status = DeliveryStatus.WITHHELD if withheld else DeliveryStatus.HELD if held or crowd else DeliveryStatus.QUEUED
        row = (
            case_id, message_id, reply.kind, reply.recipient, domain, reply.reverse_path, reply.message_id, reply.subject, reply.sha256,
            rows.moment(reply.deadline), status, rows.moment(at), rows.moment(reply.not_before or at), crowd,
        )  # fmt: skip
        try:
            delivery_id = int(self._db.execute(_QUEUE, row).lastrowid or 0)
        except sqlite3.IntegrityError as error:
            if error.sqlite_errorname != "SQLITE_CONSTRAINT_UNIQUE":
                raise
            raise ValueError(f"case {case_id} already has this {reply.kind}: expected the first") from error
        self._db.execute(_FREEZE, (delivery_id, reply.content))
        return delivery_id

    def hold_answers(self, case_id: int, authors: Collection[str], *, release_at: datetime | None, reason: str = "") -> int:
        """Answers by these authors that have not left: those held leave at that time, or with None all are withheld for good."""
        theirs = (
            "case_id = ? and kind in ('answer', 'copy')"
            " and message in (select id from messages where author in (select value from json_each(?)))"
        )
        changes, value = ("next_attempt_at = ?", rows.moment(release_at)) if release_at else ("smtp_reply = ?", reason)
        places, target = MOVES[Happening.RELEASE if release_at else Happening.WITHDRAW]
        # What was on the wire once may have arrived: it cannot be taken back.
        sql = f"update deliveries set {changes}, status = '{target}' where status in ({_listed(places)}) and attempts = 0 and {theirs}"  # noqa: S608
        return int(self._db.execute(sql, (value, case_id, json.dumps(list(authors)))).rowcount)

    def due(self, now: datetime, limit: int, lane: Lane, besides: Collection[int] = ()) -> list[Delivery]:
        """Those waiting in a lane whose time has come, earliest deadline first, of bounded size together."""
        at, hands = rows.moment(now), json.dumps(list(besides))
        # Acknowledgments that are late already must not make others late that can still be in time.
        parts = ((">=", at), ("<", at)) if lane is Lane.ACKNOWLEDGMENTS else ((">=", ""),)
        found = (row for part in parts for row in self._due(lane, part, (at, hands, limit)))
        return [rows.to_delivery(row) for row in rows.bounded(islice(found, limit))]

    def _due(self, lane: Lane, part: tuple[str, str], values: tuple[str, str, int]) -> Iterator[rows.Row]:
        (table, waiting), (comparison, deadline) = _LANES[lane], part
        sql = (
            f"{_COLUMNS} {table} {_CASE} where {waiting} and deadline {comparison} ? and next_attempt_at <= ?"  # noqa: S608
            " and deliveries.id not in (select value from json_each(?)) order by deadline, deliveries.id limit ?"
        )
        return self._db.query(sql, (deadline, *values))

    def next_due(self) -> datetime | None:
        """When the next one is due."""
        lanes = [f"select min(next_attempt_at) as at from {table} where {waiting}" for table, waiting in _LANES.values()]  # noqa: S608
        found = self._db.query(f"select min(at) as at from ({' union all '.join(lanes)})")  # noqa: S608
        return next((rows.maybe_time(row, "at") for row in found), None)

    def begin_data(self, delivery_id: int, at: datetime, *, receipted: bool = False) -> bool:
        """Commit to DATA."""
        changes = "attempts = attempts + 1, next_attempt_at = ?, begun_at = ?, recipients = ?"
        return self._move(delivery_id, Happening.BEGIN, changes, (rows.moment(at), rows.moment(at), 2 if receipted else 1))

    def settle(self, delivery_id: int, receipt: Receipt, at: datetime, next_attempt_at: datetime | None) -> bool:
        """Record what came of an attempt."""
        reply = f"{receipt.code} {receipt.text}" if receipt.code else receipt.text
        sent_at = rows.moment(at) if receipt.status is DeliveryStatus.SENT else None
        # A refusal before DATA has not counted as an attempt yet.
        changes = "attempts = attempts + (status in ('queued', 'deferred')), smtp_reply = ?, cause = ?, sent_at = ?, next_attempt_at = ?"
        values = (reply, receipt.cause, sent_at, rows.moment(next_attempt_at or at))
        return self._move(delivery_id, HAPPENED[receipt.status], changes, values)

    def requeue(self, delivery_id: int, at: datetime) -> bool:
        """Let an uncertain or failed delivery wait again."""
        changes = "possible_duplicate = possible_duplicate or status = 'uncertain', cause = '', next_attempt_at = ?"
        return self._move(delivery_id, Happening.AGAIN, changes, (rows.moment(at),))

    def drop(self, delivery_id: int, at: datetime) -> bool:
        """Give up what has not been sent."""
        return self._move(delivery_id, Happening.DROP, "cause = ?, next_attempt_at = ?", (Cause.DROPPED, rows.moment(at)))

    def rewrite(self, delivery_id: int, reply: Reply, at: datetime) -> bool:
        """Freeze other bytes in its place."""
        cursor = self._db.execute(
            f"update deliveries set message_id = ?, reverse_path = ?, subject = ?, sha256 = ?, written_at = ?"  # noqa: S608
            f" where id = ? and {_WAITING} and begun_at is null",
            (reply.message_id, reply.reverse_path, reply.subject, reply.sha256, rows.moment(at), delivery_id),
        )
        if cursor.rowcount == 1:
            self._db.execute("update letters set content = ? where delivery = ?", (reply.content, delivery_id))
        return cursor.rowcount == 1

    def receipts_found(self, accepted: Mapping[str, datetime], at: datetime) -> list[Delivery]:
        """Note receipt copies by Message-ID; uncertain ones are sent then."""
        found = [delivery for message_id in accepted for delivery in self.find(message_id=message_id)]
        for delivery in found:
            self._db.execute(
                "update deliveries set receipt_seen_at = coalesce(receipt_seen_at, ?) where id = ?", (rows.moment(at), delivery.id)
            )
            changes = "sent_at = ?, smtp_reply = 'proven by its receipt copy', cause = ''"
            self._move(delivery.id, Happening.RECEIPT, changes, (rows.moment(accepted[delivery.message_id]),))
        return found

    def receipts_since(self, since: datetime, until: datetime) -> tuple[int, int]:
        """Of the deliveries sent with a copy between these times: copies found, and copies missing."""
        found = self._db.query(
            "select count(receipt_seen_at) as seen, count(*) as n from deliveries indexed by deliveries_begun"
            " where begun_at > ? and (begun_at < ? or receipt_seen_at is not null) and recipients > 1 and status = 'sent'",
            (rows.moment(since), rows.moment(until)),
        )
        row = next(iter(found))
        return rows.number(row, "seen"), rows.number(row, "n") - rows.number(row, "seen")

    def begun_since(self, since: datetime) -> list[tuple[datetime, int]]:
        """When each DATA since then began, and for how many recipients."""
        found = self._db.query("select begun_at, recipients from deliveries where begun_at > ? order by begun_at", (rows.moment(since),))
        return [(rows.time(row, "begun_at"), rows.number(row, "recipients")) for row in found]

    def interrupted(self, at: datetime) -> list[Delivery]:
        """At start: those left in `sending` become `uncertain` and are returned."""
        left = self.find(status=DeliveryStatus.SENDING)
        for delivery in left:
            changes = "smtp_reply = 'the daemon stopped after DATA', next_attempt_at = ?"
            self._move(delivery.id, Happening.CRASH, changes, (rows.moment(at),))
        return [replace(delivery, status=DeliveryStatus.UNCERTAIN) for delivery in left]

    def withdraw(self, case_id: int, reason: str) -> int:
        """What waits for this case is withheld for good."""
        places, target = MOVES[Happening.WITHDRAW]
        sql = f"update deliveries set status = '{target}', smtp_reply = ? where case_id = ? and status in ({_listed(places)})"  # noqa: S608
        return int(self._db.execute(sql, (reason, case_id)).rowcount)

    def supersede(self, case_id: int, recipient: str, reason: str, kind: ReplyKind = ReplyKind.ACKNOWLEDGMENT) -> int:
        """Mail of that kind of a case to that recipient which never reached DATA is withheld for good."""
        places, target = MOVES[Happening.WITHDRAW]
        theirs = "case_id = ? and recipient = ? and kind = ? and begun_at is null"
        sql = f"update deliveries set status = '{target}', smtp_reply = ? where status in ({_listed(places)}) and {theirs}"  # noqa: S608
        return int(self._db.execute(sql, (reason, case_id, recipient, kind)).rowcount)

    def of_case(self, case_id: int) -> list[Delivery]:
        """The deliveries of a case, oldest first."""
        return [rows.to_delivery(row) for row in self._db.query(f"{_DELIVERY} where case_id = ? order by deliveries.id", (case_id,))]

    def find(self, *, message_id: str = "", reverse_path: str = "", status: DeliveryStatus | None = None) -> list[Delivery]:
        """Deliveries that fit everything given."""
        wanted = {"message_id": message_id, "reverse_path": reverse_path}
        given = {column: value for column, value in wanted.items() if value}
        # Names of columns come from the line above, and a status stands as it is so that its index is seen to fit; nothing from outside.
        terms = [f"{column} = :{column}" for column in given] + ([f"deliveries.status = '{status}'"] if status else [])
        terms += [_UNSETTLED] if status in _OF_UNSETTLED else []
        found = self._db.query(f"{_DELIVERY} where {' and '.join(terms) or '1'} order by deliveries.id", given)
        return [rows.to_delivery(row) for row in found]

    def _move(self, delivery_id: int, happening: Happening, changes: str, values: tuple[str | int | None, ...]) -> bool:
        """Where the table knows the move: the status it leads to, and these changes."""
        cursor = self._db.execute(MOVE[happening].format(changes=changes), (*values, delivery_id))
        return cursor.rowcount == 1

    def history(self, author: str, domain: str, case_id: int | None, now: datetime) -> History:
        """How much automatic mail went where of late."""
        day, week, hour, moments = (rows.moment(now - span) for span in _SPANS)
        # One statement, because each takes longer to ask than to answer; no case is number 0.
        row = self._db.execute(_HISTORY, (author, day, author, week, domain, hour, case_id or 0, author, moments)).fetchone()
        return History(sent_to_author_day=row[0], sent_to_author_week=row[1], sent_to_domain_hour=row[2], author_in_case_recent=row[3])
