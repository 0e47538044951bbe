"""Which reports were mailed to whom."""

from datetime import UTC, datetime

from sqlite_utils import Database

from triage.figures import Period
from triage.store import rows


class SqliteReported:
    """The ReportedTable port."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def begun(self) -> datetime | None:
        """When the first case arrived that the log knows."""
        found = self._db.execute("select min(received) from log").fetchone()[0]
        return None if found is None else datetime.fromtimestamp(found, UTC)

    def knows(self, period: Period, recipient: str) -> bool:
        """Whether they have it."""
        sql = "select 1 from reports where span = ? and first = ? and recipient = ?"
        return self._db.execute(sql, (period.span, period.first.isoformat(), recipient)).fetchone() is not None

    def note(self, period: Period, recipient: str, at: datetime) -> None:
        """They have it from now on; ValueError where they had it already."""
        sql = "insert into reports(span, first, recipient, at) values (?, ?, ?, ?)"
        self._db.execute(sql, (period.span, period.first.isoformat(), recipient, rows.moment(at)))
