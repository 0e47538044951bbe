"""Promises with a time."""

from datetime import datetime

from sqlite_utils import Database

from triage.case import Deadline
from triage.store import rows

_SET = """insert or replace into deadlines(case_id, kind, bound, due_at, since, warn_at, step, state)
    values (?, ?, ?, ?, ?, ?, ?, 'open')"""


class SqliteDeadlines:
    """The DeadlineTable port."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def set(self, deadline: Deadline) -> None:
        """Promise something."""
        it = deadline
        times = (rows.moment(it.due_at), *(rows.moment(at) if at else None for at in (it.since, it.warn_at)))
        self._db.execute(_SET, (it.case_id, it.kind, it.bound, *times, it.step))

    def keep(self, case_id: int, kind: str, at: datetime, bound: str = "") -> None:
        """The promise was kept."""
        self._settle(case_id, kind, bound, "kept", at)

    def miss(self, deadline: Deadline, at: datetime) -> None:
        """Recorded as missed, so that it is reported once."""
        self._settle(deadline.case_id, deadline.kind, deadline.bound, "missed", at)

    def _settle(self, case_id: int, kind: str, bound: str, state: str, at: datetime) -> None:
        self._db.execute(
            "update deadlines set state = ?, settled_at = ? where case_id = ? and kind = ? and bound = ? and state in ('open', 'paused')",
            (state, rows.moment(at), case_id, kind, bound),
        )

    def due(self, now: datetime, limit: int) -> list[Deadline]:
        """Promises past their time that were neither kept nor reported as missed."""
        found = self._db.query(
            "select * from deadlines where state = 'open' and due_at <= ? order by due_at limit ?", (rows.moment(now), limit)
        )
        return [rows.to_deadline(row) for row in found]

    def next_due(self) -> datetime | None:
        """When the next one is due."""
        found = self._db.query("select min(due_at) as at from deadlines where state = 'open'")
        return next((rows.maybe_time(row, "at") for row in found), None)

    def of_case(self, case_id: int) -> list[tuple[Deadline, str]]:
        """With "open", "paused", "kept" or "missed"."""
        found = self._db.query("select * from deadlines where case_id = ? order by due_at", (case_id,))
        return [(rows.to_deadline(row), rows.text(row, "state")) for row in found]

    def to_warn(self, now: datetime, limit: int) -> list[Deadline]:
        """Open promises of which somebody is to be reminded by now."""
        found = self._db.query(
            "select * from deadlines where state = 'open' and warn_at is not null and warn_at <= ? order by warn_at limit ?",
            (rows.moment(now), limit),
        )
        return [rows.to_deadline(row) for row in found]

    def warned(self, deadline: Deadline, next_at: datetime | None) -> None:
        """Somebody was reminded."""
        self._db.execute(
            "update deadlines set step = step + 1, warn_at = ? where case_id = ? and kind = ? and bound = ? and state = 'open'",
            (rows.moment(next_at) if next_at else None, deadline.case_id, deadline.kind, deadline.bound),
        )

    def pause(self, deadline: Deadline, at: datetime) -> None:
        """Its clock stands still."""
        self._db.execute(
            "update deadlines set state = 'paused', paused_at = ? where case_id = ? and kind = ? and bound = ? and state = 'open'",
            (rows.moment(at), deadline.case_id, deadline.kind, deadline.bound),
        )
