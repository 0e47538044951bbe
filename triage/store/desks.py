"""Who looks after which case, what they are to be told, and whether mail reaches them."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlite_utils import Database

from triage.case import Case
from triage.staff import Notice, NoticeKind, Workload
from triage.store import rows

_AT_WORK = "status not in ('solved', 'closed')"
#: Enough for a digest; more would only be cut there.
_NOTICES = 500


class SqliteAssignments:
    """The AssignmentTable port."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def unassigned(self, limit: int) -> list[Case]:
        """Cases at work that nobody looks after, oldest first."""
        found = self._db.query(f"select * from cases where {_AT_WORK} and assignee = '' order by id limit ?", (limit,))  # noqa: S608
        return [rows.to_case(row) for row in found]

    def of_others(self, keys: Collection[str], limit: int) -> list[Case]:
        """Cases at work that are looked after by somebody who is not among these."""
        others = [key for key in self.workloads() if key not in keys]
        found = self._db.query(
            f"select * from cases where {_AT_WORK} and assignee in (select value from json_each(?)) order by id limit ?",  # noqa: S608
            (json.dumps(others), limit),
        )
        return [rows.to_case(row) for row in found]

    def assign(self, case_id: int, key: str) -> None:
        """From now on they look after it."""
        self._db.execute("update cases set assignee = ? where id = ?", (key, case_id))

    def workloads(self) -> Mapping[str, Workload]:
        """What everybody has on the desk."""
        found = self._db.execute(
            f"select assignee, count(*), max(id) from cases where {_AT_WORK} and assignee > '' group by assignee"  # noqa: S608
        )
        return {key: Workload(open_cases=count, latest=latest) for key, count, latest in found}


class SqliteNotices:
    """The NoticeTable port."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, notice: Notice, at: datetime) -> None:
        """Something to tell."""
        self._db.execute(
            "insert into notices(kind, case_id, colleague, message, at) values (?, ?, ?, ?, ?)",
            (notice.kind, notice.case_id, notice.colleague, notice.message_row, rows.moment(at)),
        )

    def waiting(self) -> list[Notice]:
        """What waits to be told, oldest first."""
        found = self._db.query("select * from notices order by id limit ?", (_NOTICES,))
        return [_to_notice(row) for row in found]

    def told(self, notices: Collection[Notice]) -> None:
        """These need not be told any more."""
        ids = json.dumps([notice.id for notice in notices])
        self._db.execute("delete from notices where id in (select value from json_each(?))", (ids,))


class SqliteColleagues:
    """The ColleagueTable port."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def unreachable(self) -> frozenset[str]:
        """Keys of those to whom mail fails."""
        return frozenset(key for (key,) in self._db.execute("select key from colleagues where unreachable_since is not null"))

    def set_unreachable(self, key: str, at: datetime | None) -> bool:
        """Mail to them fails since then, or works again."""
        if (at is not None) == (key in self.unreachable()):
            return False
        self._set(key, "unreachable_since", at)
        return True

    def may_tell(self, address: str, since: datetime) -> bool:
        """True where the address was not told since then that a message was not obeyed."""
        return not self._db.execute("select 1 from colleagues where key = ? and refused_at > ?", (address, rows.moment(since))).fetchone()

    def set_told(self, address: str, at: datetime) -> None:
        """It was told."""
        self._set(address, "refused_at", at)

    def notified_at(self, key: str) -> datetime | None:
        """When they were last sent a digest."""
        found = self._db.query("select notified_at from colleagues where key = ?", (key,))
        return next((rows.maybe_time(row, "notified_at") for row in found), None)

    def set_notified(self, key: str, at: datetime) -> None:
        """They were sent one."""
        self._set(key, "notified_at", at)

    def _set(self, key: str, column: str, at: datetime | None) -> None:
        # The column's name comes from the lines above, never from outside.
        sql = f"insert into colleagues(key, {column}) values (:key, :at) on conflict(key) do update set {column} = :at"  # noqa: S608
        self._db.execute(sql, {"key": key, "at": rows.moment(at) if at else None})


def _to_notice(row: rows.Row) -> Notice:
    return Notice(
        kind=NoticeKind(rows.text(row, "kind")),
        case_id=rows.number(row, "case_id"),
        colleague=rows.text(row, "colleague"),
        message_row=rows.maybe_number(row, "message"),
        id=rows.number(row, "id"),
    )
