"""Orders to move messages into folders."""

from datetime import datetime

from sqlite_utils import Database

from triage.records import Filed, Filing
from triage.store import rows

_ORDER = """insert into filings(message, account, folder, status, next_attempt_at)
    select id, account, :folder, 'open', :at from messages where id = :message
    on conflict(message) do update set folder = :folder, status = 'open', attempts = 0, reason = '', next_attempt_at = :at"""
#: What became a part of another case shows that one.
_OPEN = """select filings.*, messages.mailbox, messages.uid_validity, messages.uid, messages.message_id,
    messages.filed_folder, messages.filed_uid_validity, messages.filed_uid, whole.category, whole.abstained, whole.status as case_status
    from filings join messages on messages.id = filings.message left join cases on cases.id = messages.case_id
    left join cases as whole on whole.id = coalesce(cases.merged_into, cases.id) where filings.status = 'open'"""
_DUE = f"{_OPEN} and filings.account = ? and next_attempt_at <= ? order by filings.folder, filings.id limit ?"
_OF_CASE = """select filings.*, messages.outcome, messages.filed_folder from messages join filings on filings.message = messages.id
    where messages.case_id in (select :case union all select id from cases where merged_into = :case)
    order by messages.received_at, messages.id"""
_PLACE = "update messages set filed_folder = ?, filed_uid_validity = ?, filed_uid = ? where id = ?"


class SqliteFilings:
    """The FilingTable port."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def order(self, message_id: int, folder: str, at: datetime) -> None:
        """Ask for a message to be moved."""
        self._db.execute(_ORDER, {"message": message_id, "folder": folder, "at": rows.moment(at)})

    def due(self, account: str, now: datetime, limit: int) -> list[Filing]:
        """Orders whose time has come, grouped by folder."""
        return [rows.to_filing(row) for row in self._db.query(_DUE, (account, rows.moment(now), limit))]

    def next_due(self, account: str) -> datetime | None:
        """When the next one is due."""
        found = self._db.query("select min(next_attempt_at) as at from filings where status = 'open' and account = ?", (account,))
        return next((rows.maybe_time(row, "at") for row in found), None)

    def of_case(self, case_id: int) -> list[Filed]:
        """What became of the latest order for each message of a case."""
        return [rows.to_filed(row) for row in self._db.query(_OF_CASE, {"case": case_id})]

    def done(self, filing: Filing, uid_validity: int | None, uid: int | None, *, shown: bool = False) -> None:
        """The message lies in its folder now."""
        found = self._db.query(f"{_OPEN} and filings.id = ?", (filing.id,))
        now = next(map(rows.to_filing, found), None)
        if now is None:
            return
        self._db.execute(_PLACE, (filing.folder, uid_validity, uid, filing.message_row))
        if (now.folder, now.state) == (filing.folder, filing.state):
            state = filing.state if shown and filing.state else ""
            self._db.execute("update filings set status = 'done', state = ? where id = ?", (state, filing.id))

    def defer(self, filing_id: int, reason: str, next_attempt_at: datetime) -> None:
        """Try again later."""
        self._db.execute(
            "update filings set attempts = attempts + 1, reason = ?, next_attempt_at = ? where id = ? and status = 'open'",
            (reason, rows.moment(next_attempt_at), filing_id),
        )

    def waits(self, message_id: int) -> bool:
        """True while an order to move this message is open."""
        found = self._db.execute("select 1 from filings where message = ? and status = 'open'", (message_id,))
        return found.fetchone() is not None

    def give_up(self, filing: Filing, reason: str) -> None:
        """The message is no longer where it was."""
        self._db.execute(
            "update filings set status = 'given_up', reason = ? where id = ? and status = 'open' and folder = ?",
            (reason, filing.id, filing.folder),
        )
