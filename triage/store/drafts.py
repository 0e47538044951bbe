"""Suggested answers, and how far the history of cases was followed."""

from collections.abc import Sequence
from datetime import datetime

from sqlite_utils import Database

from triage.drafts import Draft, DraftStatus, Suggestion
from triage.store import rows

_ADD = """insert into drafts(case_id, account, about, status, message_id, content, next_attempt_at) values (?, ?, ?, ?, ?, ?, ?)"""
#: "stale" before "wanted": at most one draft of a case lies there at a time.
_DUE = """select * from drafts where account = ? and status in ('wanted', 'stale') and next_attempt_at <= ? order by status, id limit ?"""
_SETTLE = """update drafts set status = ?, sha256 = coalesce(nullif(?, ''), sha256), content = case when ? then content end where id = ?"""
_KEPT = (DraftStatus.WANTED, DraftStatus.WITHHELD)


class SqliteDrafts:
    """The DraftTable port."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def mark(self, account: str) -> int | None:
        """The last event that was looked at."""
        found = self._db.execute("select event from marks where name = ?", (f"drafts:{account}",)).fetchone()
        return int(found[0]) if found else None

    def set_mark(self, account: str, event: int) -> None:
        """Remember it."""
        self._db.execute("insert or replace into marks(name, event) values (?, ?)", (f"drafts:{account}", event))

    def latest_event(self) -> int:
        """The last event there is."""
        return int(self._db.execute("select coalesce(max(id), 0) from events").fetchone()[0])

    def touched(self, after: int, limit: int) -> tuple[list[int], int]:
        """Cases that something happened to, and the last event looked at."""
        found = self._db.execute("select id, case_id from events where id > ? order by id limit ?", (after, limit)).fetchall()
        return list(dict.fromkeys(case_id for _, case_id in found)), found[-1][0] if found else after

    def of_case(self, case_id: int) -> list[Draft]:
        """Every draft there was."""
        return [_draft(row) for row in self._db.query("select * from drafts where case_id = ? order by id", (case_id,))]

    def add(self, case_id: int, suggestion: Suggestion, *, account: str, about: str, status: DraftStatus, at: datetime) -> None:
        """Keep a new one."""
        self._db.execute(_ADD, (case_id, account, about, status, suggestion.message_id, suggestion.content, rows.moment(at)))

    def due(self, account: str, now: datetime, limit: int) -> list[Draft]:
        """Those to be taken away, then those to be put into the folder."""
        return [_draft(row) for row in self._db.query(_DUE, (account, rows.moment(now), limit))]

    def settle(self, draft_id: int, status: DraftStatus, sha256: str = "") -> None:
        """It stands so now."""
        self._db.execute(_SETTLE, (status, sha256, status in _KEPT, draft_id))

    def defer(self, draft_ids: Sequence[int], at: datetime) -> None:
        """Try again then."""
        for draft_id in draft_ids:
            self._db.execute("update drafts set attempts = attempts + 1, next_attempt_at = ? where id = ?", (rows.moment(at), draft_id))


def _draft(row: rows.Row) -> Draft:
    return Draft(
        id=rows.number(row, "id"),
        case_id=rows.number(row, "case_id"),
        account=rows.text(row, "account"),
        about=rows.text(row, "about"),
        status=DraftStatus(rows.text(row, "status")),
        message_id=rows.text(row, "message_id"),
        content=rows.blob(row, "content"),
        sha256=rows.text(row, "sha256"),
        attempts=rows.number(row, "attempts"),
    )
