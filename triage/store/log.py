"""The customer-service log in tables of its own, and what it is searched by."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import date, datetime

from sqlite_utils import Database

from triage.case import CaseStatus, Priority
from triage.entry import Channel, Entry, Wanted
from triage.store import rows

#: How the columns of the figures come about; the names of columns are the ones of the schema.
_TIMES = {
    "received": "received_at", "opened": "opened_at", "acknowledged": "acknowledged_at", "assigned": "assigned_at",
    "answered": "answered_at", "updated": "updated_at", "escalated": "escalated_at", "resolved": "resolved_at", "rated": "rated_at",
    "due": "due_at", "corrected": "corrected_at",
}  # fmt: skip
_AS_THEY_ARE = (
    "case_id", "number", "category", "issue", "status", "channel", "representative", "product", "vendor", "excluded", "obstacle",
    "abstained", "rating", "answers", "follow_ups", "reopened", "refused", "model", "said", "unsure",
)  # fmt: skip
_COLUMNS = (*_TIMES, *_AS_THEY_ARE, "requester", "departments", "confidence", "strange")
# Names of columns come from the lines above, never from outside.
_PUT = f"insert or replace into log({', '.join(_COLUMNS)}) values ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608
_WORDS = """insert into log_words(case_id, words) values (?, ?)
    on conflict(case_id) do update set words = excluded.words where words <> excluded.words"""
_FIELDS = tuple(field.name for field in fields(Entry))
_MOMENTS = (*_TIMES.values(),)
#: Made once, as in `cases`.
_ENTRY = json.JSONEncoder(ensure_ascii=False)
_TUPLES = ("order_numbers", "departments", "department_names")


#: Named, as in `vitals`.
_MAIL_WAITS = """select exists(select 1 from messages where outcome is null) or exists(select 1 from deliveries
    indexed by deliveries_first_lane where status in ('queued', 'deferred') and kind = 'acknowledgment')"""


class SqliteLog:
    """The LogTable port."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def mail_waits(self) -> bool:
        """True while a message waits to be decided, or an acknowledgment to leave."""
        return bool(self._db.execute(_MAIL_WAITS).fetchone()[0])

    def put(self, entry: Entry, words: str) -> None:
        """The entry in place of the case's former one."""
        row = (
            *(_seconds(getattr(entry, name)) for name in _TIMES.values()),
            *(getattr(entry, name) for name in _AS_THEY_ARE),
            entry.email,
            _listed(entry.departments),
            _per_mille(entry.confidence),
            _per_mille(entry.strange),
        )
        self._db.execute(_PUT, row)
        self._db.execute("insert or replace into log_entries(case_id, entry) values (?, ?)", (entry.case_id, _encoded(entry)))
        self._db.execute(_WORDS, (entry.case_id, words))
        self._db.execute("delete from log_orders where case_id = ?", (entry.case_id,))
        for order in dict.fromkeys(map(str.upper, entry.order_numbers)):
            self._db.execute("insert into log_orders(number, case_id) values (?, ?)", (order, entry.case_id))

    def find(self, wanted: Wanted) -> Iterator[Entry]:
        """Entries that fit, newest arrival first."""
        where, given = _conditions(wanted)
        sql = f"""select entry from log join log_entries using (case_id) where {where}
            order by received desc, case_id desc limit :limit"""  # noqa: S608 - the conditions are written below
        for (entry,) in self._db.execute(sql, given | {"limit": wanted.limit or -1}):
            yield _decoded(entry)


def _conditions(wanted: Wanted) -> tuple[str, dict[str, object]]:
    tests = {
        "category = :category": wanted.category,
        "issue = :issue": wanted.issue,
        "status = :status": wanted.status,
        "representative = :representative": wanted.representative,
        "instr(departments, :department)": wanted.department and _listed((wanted.department,)),
        "requester = :customer": wanted.customer.lower(),
        "case_id in (select case_id from log_orders where number = :order)": wanted.order.upper(),
        "received >= :since": _seconds(wanted.since),
        "received < :until": _seconds(wanted.until),
        "case_id in (select rowid from log_words_fts where log_words_fts match :words)": _match(wanted.words),
    }
    given = {test: value for test, value in tests.items() if value not in ("", None)}
    return " and ".join(given) or "1", {test.partition(":")[2].strip(")"): value for test, value in given.items()}


def _match(words: Sequence[str]) -> str:
    # Quoted, so that nothing of it is taken for an operator; a star behind a word stands for any ending.
    known = [word.replace("\0", "") for word in words]
    quoted = ('"' + word.rstrip("*").replace('"', '""') + '"' + ("*" if word.endswith("*") else "") for word in known if word.strip('*" '))
    return " ".join(quoted)


def _listed(keys: Sequence[str]) -> str:
    return f"|{'|'.join(keys)}|" if keys else ""


def _per_mille(share: float | None) -> int | None:
    # Fine enough for any figure, and coarse enough that much is counted together.
    return None if share is None else round(1000 * share)


def _seconds(at: datetime | None) -> int | None:
    return None if at is None else int(at.timestamp())


def _encoded(entry: Entry) -> str:
    # Field by field: the library's own way copies each value in depth, which took as long as the rest of an entry.
    said = {name: getattr(entry, name) for name in _FIELDS}
    said |= {name: rows.moment(at) for name in _MOMENTS if (at := said[name])}
    day = entry.order_date
    return _ENTRY.encode(said | {"order_date": day.isoformat() if day else None})


def _decoded(text: str) -> Entry:
    said = json.loads(text)
    said |= {name: datetime.fromisoformat(said[name]) for name in _MOMENTS if said.get(name)}
    said |= {name: tuple(said[name]) for name in _TUPLES}
    said |= {"status": CaseStatus(said["status"]), "priority": Priority(said["priority"]), "channel": Channel(said["channel"])}
    if said["order_date"]:
        said["order_date"] = date.fromisoformat(said["order_date"])
    # What a former version wrote has not all of the fields: those have their defaults.
    return Entry(**{field.name: said[field.name] for field in fields(Entry) if field.name in said})
