"""Suggested answers."""

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
