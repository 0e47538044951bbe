"""Acknowledgments that wait out a flood."""

from collections.abc import Sequence
from datetime import datetime

from sqlite_utils import Database

from triage.outbox import Happening
from triage.records import HeldDelivery, HeldGroup
from triage.store import rows
from triage.store.deliveries import MOVE

_WANTED = "deliveries indexed by deliveries_created where kind = 'acknowledgment' and created_at > ?"
_HELD = "deliveries indexed by deliveries_held where status = 'held' and crowd <> ''"
_LEAVING = """select (select count(*) from deliveries indexed by deliveries_begun where begun_at > ?) + (
    select count(*) from deliveries indexed by deliveries_first_lane where status in ('queued', 'deferred') and kind = 'acknowledgment')"""
_GROUPS = f"""select crowd, count(*) as n, min(deadline) as deadline, min(created_at) as first,
    max(created_at) as last, min(id) as one from {_HELD}
    group by crowd having count(*) >= ? order by count(*) desc, crowd"""  # noqa: S608 - our own words
_WAITING = f"""select id, case_id from {_HELD} and deadline <= ? and crowd not in (
    select crowd from {_HELD} group by crowd having count(*) >= ?) order by deadline, id limit ?"""  # noqa: S608


class SqliteFlood:
    """The FloodTable port."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def wanted(self, since: datetime, at_most: int) -> int:
        """How many acknowledgments were written since then, counted up to a number."""
        return self._number(f"select count(*) from (select 1 from {_WANTED} limit ?)", rows.moment(since), at_most)  # noqa: S608

    def hours(self, since: datetime) -> Sequence[int]:
        """How many in each hour of the clock since then; hours without any are left out."""
        sql = f"select count(*) as n from {_WANTED} group by substr(created_at, 1, 13)"  # noqa: S608
        return [rows.number(row, "n") for row in self._db.query(sql, (rows.moment(since),))]

    def leaving(self, since: datetime) -> int:
        """How much mail has left since then, with the acknowledgments that are about to."""
        return self._number(_LEAVING, rows.moment(since))

    def held(self) -> int:
        """How many are held."""
        return self._number(f"select count(*) from {_HELD}")  # noqa: S608

    def groups(self, at_least: int) -> list[HeldGroup]:
        """Groups of so many like messages, the largest first."""
        return [self._group(row) for row in self._db.query(_GROUPS, (at_least,))]

    def waiting(self, until: datetime, smaller_than: int, limit: int) -> list[HeldDelivery]:
        """Held ones with a deadline up to then that are in no larger group, earliest deadline first."""
        found = self._db.query(_WAITING, (rows.moment(until), smaller_than, limit))
        return [HeldDelivery(id=rows.number(row, "id"), case_id=rows.number(row, "case_id")) for row in found]

    def of_group(self, group: str) -> list[HeldDelivery]:
        """All of a group."""
        found = self._db.query(f"select id, case_id from {_HELD} and crowd = ? order by deadline, id", (group,))  # noqa: S608
        return [HeldDelivery(id=rows.number(row, "id"), case_id=rows.number(row, "case_id")) for row in found]

    def release(self, delivery_id: int, at: datetime) -> bool:
        """Let it wait to be sent; False where it is not held."""
        moved = self._db.execute(MOVE[Happening.RELEASE].format(changes="next_attempt_at = ?"), (rows.moment(at), delivery_id))
        return moved.rowcount == 1

    def _group(self, row: rows.Row) -> HeldGroup:
        sql = "select cases.number, cases.subject from deliveries join cases on cases.id = case_id where deliveries.id = ?"
        [case] = self._db.query(sql, (rows.number(row, "one"),))
        return HeldGroup(
            group=rows.text(row, "crowd"),
            count=rows.number(row, "n"),
            deadline=rows.time(row, "deadline"),
            first_at=rows.time(row, "first"),
            last_at=rows.time(row, "last"),
            case_number=rows.text(case, "number"),
            subject=rows.text(case, "subject"),
        )

    def _number(self, sql: str, *values: str | int) -> int:
        return int(self._db.execute(sql, values).fetchone()[0])
