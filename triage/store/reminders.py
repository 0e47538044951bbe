"""What people are to be reminded of, and who was asked how we did."""

import json
from collections.abc import Collection
from datetime import datetime

from sqlite_utils import Database

from triage.case import Case
from triage.staff import Reminder
from triage.store import rows

_ADD = """insert or ignore into reminders(case_id, kind, bound, due_at, step, recipient, why, at) values (?, ?, ?, ?, ?, ?, ?, ?)"""
#: One case for each requester, though they had several.
_DISPUTED = """select *, min(id) from cases indexed by cases_disputed where category = 'dispute' and received_at >= ? and received_at < ?
    and requester is not null and id > ? group by requester order by id limit ?"""


class SqliteReminders:
    """The ReminderTable port."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, reminder: Reminder, at: datetime) -> None:
        """To be told."""
        it = reminder
        self._db.execute(_ADD, (it.case_id, it.kind, it.bound, rows.moment(it.due_at), it.step, it.recipient, it.why, rows.moment(at)))

    def recipients(self) -> list[str]:
        """Keys of those who have something to be told."""
        found = self._db.execute("select distinct recipient from reminders where told_at is null order by recipient")
        return [key for (key,) in found]

    def waiting(self, recipient: str, limit: int) -> list[Reminder]:
        """What waits for them, oldest first."""
        found = self._db.query("select * from reminders where told_at is null and recipient = ? order by id limit ?", (recipient, limit))
        return [_to_reminder(row) for row in found]

    def told(self, recipient: str, reminders: Collection[Reminder], at: datetime) -> None:
        """They were told of these."""
        ids = json.dumps([reminder.id for reminder in reminders])
        sql = "update reminders set told_at = ? where recipient = ? and id in (select value from json_each(?))"
        self._db.execute(sql, (rows.moment(at), recipient, ids))


class SqliteSurveys:
    """The SurveyTable port."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def asked_since(self, requester: str, since: datetime) -> bool:
        """Whether they were asked since then."""
        found = self._db.execute("select 1 from surveys where requester = ? and at > ? limit 1", (requester, rows.moment(since)))
        return found.fetchone() is not None

    def add(self, case: Case, kind: str, at: datetime) -> None:
        """The case's requester was asked."""
        requester = case.requester.addr_spec if case.requester else ""
        sql = "insert into surveys(requester, case_id, kind, at) values (?, ?, ?, ?)"
        self._db.execute(sql, (requester, case.id, kind, rows.moment(at)))

    def disputed(self, since: datetime, until: datetime, after: int, limit: int) -> list[Case]:
        """The first dispute of each requester whose message arrived in that time."""
        return [rows.to_case(row) for row in self._db.query(_DISPUTED, (rows.moment(since), rows.moment(until), after, limit))]


def _to_reminder(row: rows.Row) -> Reminder:
    return Reminder(
        case_id=rows.number(row, "case_id"),
        kind=rows.text(row, "kind"),
        bound=rows.text(row, "bound"),
        due_at=rows.time(row, "due_at"),
        step=rows.number(row, "step"),
        recipient=rows.text(row, "recipient"),
        why=rows.text(row, "why"),
        id=rows.number(row, "id"),
    )
