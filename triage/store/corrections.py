"""What people said that messages are about; the texts stay with the messages, so that erasing one erases it here too."""

from sqlite_utils import Database

from triage.correction import Correction, Provenance
from triage.store import rows

_ADD = """insert into corrections(at, author, provenance, case_id, message, from_category, from_issue, category, issue)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_SELECT = (
    """select corrections.*, messages.subject, messages.text from corrections left join messages on messages.id = corrections.message"""
)


class SqliteCorrections:
    """The CorrectionTable port."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, correction: Correction) -> int:
        """Keep a correction."""
        row = (
            rows.moment(correction.at), correction.author, correction.provenance, correction.case_id, correction.message_row,
            correction.from_category, correction.from_issue, correction.category, correction.issue,
        )  # fmt: skip
        return int(self._db.execute(_ADD, row).lastrowid or 0)

    def latest(self) -> int:
        """Number of the latest."""
        return int(self._db.execute("select coalesce(max(id), 0) from corrections").fetchone()[0])

    def all(self, limit: int = 0) -> list[Correction]:
        """The latest so many with their texts, oldest first."""
        found = self._db.query(f"{_SELECT} order by corrections.id desc limit ?", (limit or -1,))
        return [_correction(row) for row in found][::-1]

    def of_case(self, case_id: int) -> list[Correction]:
        """Those of one case, oldest first."""
        found = self._db.query(f"{_SELECT} where corrections.case_id = ? order by corrections.id", (case_id,))
        return [_correction(row) for row in found]


def _correction(row: rows.Row) -> Correction:
    return Correction(
        at=rows.time(row, "at"),
        author=rows.text(row, "author"),
        provenance=Provenance(rows.text(row, "provenance")),
        case_id=rows.maybe_number(row, "case_id"),
        message_row=rows.maybe_number(row, "message"),
        from_category=rows.text(row, "from_category"),
        from_issue=rows.text(row, "from_issue"),
        category=rows.text(row, "category"),
        issue=rows.text(row, "issue"),
        subject=rows.text(row, "subject"),
        body=rows.text(row, "text"),
    )
