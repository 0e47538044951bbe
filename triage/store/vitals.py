"""What waits, and what a person must look at, each found through an index of the few rows that it concerns."""

from collections import Counter

from sqlite_utils import Database

from triage.health import Backlog
from triage.store import rows
from triage.store.payments import SqlitePayments

#: Named, because another index of the acknowledgments, which holds all there ever were, looks as good to SQLite.
_WAITING = """select status, deadline from deliveries indexed by deliveries_first_lane
    where status in ('queued', 'deferred') and kind = 'acknowledgment'
    union all select status, null from deliveries indexed by deliveries_second_lane
    where status in ('queued', 'deferred') and kind <> 'acknowledgment'
    union all select status, deadline from deliveries indexed by deliveries_held where status = 'held' and crowd <> ''"""
_UNSETTLED = "select status, count(*) as n from deliveries where status in ('sending', 'uncertain', 'failed') group by status"
_SET_ASIDE = """select count(*) as n from messages join cases on cases.id = messages.case_id
    where outcome = 'unreadable' and cases.status not in ('solved', 'closed')"""


class SqliteVitals:
    """The VitalsTable port."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def backlog(self) -> Backlog:
        """What waits, and what a person must look at."""
        waiting = list(self._db.query(_WAITING))
        statuses = Counter(rows.text(row, "status") for row in waiting)
        statuses.update({rows.text(row, "status"): rows.number(row, "n") for row in self._db.query(_UNSETTLED)})
        undecided = self._db.query("select received_at from messages where outcome is null")
        return Backlog(
            deadlines=tuple(rows.time(row, "deadline") for row in waiting if row["deadline"]),
            undecided=tuple(rows.time(row, "received_at") for row in undecided),
            deliveries=dict(statuses),
            set_aside=self._count(_SET_ASIDE),
            vanished=self._count("select count(*) as n from messages where outcome = 'vanished'"),
            posts=tuple(SqlitePayments(self._db).counts()),
        )

    def _count(self, sql: str) -> int:
        return sum(rows.number(row, "n") for row in self._db.query(sql))
