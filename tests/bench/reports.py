"""Time per report at ten thousand, a hundred thousand and a million cases, and what keeping the log costs for each case."""

import json
import random
import resource
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import process_time
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from tests.ledger.files import worked_example
from triage.case import CaseStatus
from triage.entry import Entry, Wanted
from triage.figures import Span
from triage.ledger.project import entry_of
from triage.people import People
from triage.reporting import counted, made
from triage.reports.charts import charts
from triage.reports.pages import as_html
from triage.reports.period import period_of
from triage.reports.sections import sections
from triage.sections.identity import Identity
from triage.store.connect import connect
from triage.store.log import SqliteLog
from triage.store.transaction import SqliteTransaction

WHERE = ZoneInfo("Europe/Berlin")
NOW = datetime(2027, 1, 1, 6, tzinfo=UTC)
#: The cases of two years; the last quarter has about an eighth of them.
YEARS = 2
PEOPLE = People(identity=Identity(address="support@shop.example"))
#: Entries that are written one by one; more are copies of them.
_WRITTEN = 10_000
_TIMES = ("received", "opened", "acknowledged", "assigned", "answered", "updated", "escalated", "resolved", "rated", "due")
_CASE = """insert into cases(id, number, category, status, opened_at, received_at, order_numbers, departments)
    values (?, ?, ?, ?, ?, ?, '[]', '[]')"""
_MATTERS = [
    ("order", "order_status"), ("order", "delivery_lost"), ("payment", "payment_duplicate"), ("dispute", "refund_request"),
    ("dispute", "chargeback"), ("invoice", "invoice_request"), ("receipt", "receipt_missing"), ("other", "account"),
]  # fmt: skip
_WORDS = [
    "kettle",
    "lid",
    "broken",
    "parcel",
    "late",
    "refund",
    "voucher",
    "code",
    "invoice",
    "wrong",
    "address",
    "card",
    "twice",
    "charged",
    "lamp",
    "colour",
    "size",
    "return",
    "label",
]


def entries(many: int, seed: int = 1, apart: int = 1) -> Iterator[tuple[Entry, str]]:
    """Entries of so many cases over two years, with what they are found by; their ids are so far `apart`."""
    chance = random.Random(seed)
    step = timedelta(days=365 * YEARS) / many
    example = entry_of(worked_example())
    for number in range(1, many + 1):
        received = NOW - timedelta(days=365 * YEARS) + number * step
        category, issue = chance.choice(_MATTERS)
        hours = chance.expovariate(1 / 20)
        done = chance.random() < 0.97
        words = " ".join(chance.sample(_WORDS, 8))
        departments = chance.choice(((), ("finance",), ("logistics", "finance")))
        yield (
            replace(
                example,
                case_id=1 + (number - 1) * apart,
                number=f"SP-{100_000 + number}",
                email=f"c{chance.randrange(many // 2 + 1)}@customer.example",
                order_numbers=(f"ORD{chance.randrange(many)}",),
                category=category,
                issue=issue,
                description=words,
                representative=f"agent{chance.randrange(15)}",
                departments=departments,
                department_names=departments,
                product=chance.choice(("", "", "Kettle", "Lamp", "Chair")),
                vendor=chance.choice(("", "Acme", "Globex", "Initech")),
                status=CaseStatus.SOLVED if done else CaseStatus.OPEN,
                received_at=received,
                opened_at=received,
                acknowledged_at=received + timedelta(minutes=chance.expovariate(1)),
                answered_at=received + timedelta(hours=hours / 2),
                updated_at=received + timedelta(hours=hours / 2),
                escalated_at=received if departments else None,
                resolved_at=received + timedelta(hours=hours) if done else None,
                rating=chance.randrange(1, 6) if chance.random() < 0.2 else None,
                rated_at=received + timedelta(hours=hours + 10),
                model="m1",
                said=category,
                confidence=1 - chance.random() ** 3 / 2,
                unsure=chance.random() < 0.05,
                strange=round(chance.random() ** 3, 2),
                corrected_at=received + timedelta(hours=hours) if chance.random() < 0.02 else None,
                obstacle=chance.choice(("", "waits for a department", "waits for the customer")),
            ),
            words,
        )


def filled(path: Path, many: int) -> float:
    """Write the log of so many cases; microseconds of processor time for each entry that was written one by one."""
    db = connect(path)
    log = SqliteLog(db)
    base, times = min(many, _WRITTEN), max(1, many // _WRITTEN)
    begun = process_time()
    db.execute("begin")
    for entry, words in entries(base, apart=times):
        db.execute(
            _CASE, (entry.case_id, entry.number, entry.category, entry.status, entry.opened_at.isoformat(), entry.received_at.isoformat())
        )
        log.put(entry, words)
    took = process_time() - begun
    names = [str(row[1]) for row in db.execute("pragma table_info(log)") if row[1] not in ("case_id", "number", "requester", *_TIMES)]
    # Copies stand beside what they are copied from: cases that arrive together lie together, as they do in life.
    db.execute("create temp table written as select case_id from log")
    for copy in range(1, times):
        _copy(db, copy, copy * int(365 * YEARS * 86400 / many), names)
    db.execute("commit")
    db.close()
    return 1e6 * took / base


def _copy(db: Database, offset: int, later: int, names: list[str]) -> None:
    """The first cases once more, as other customers' and a little later: what is counted is the same as if they were written one by one."""
    times = ", ".join(f"{name} + {later}" for name in _TIMES)
    db.execute(
        f"""insert into log(case_id, number, requester, {", ".join(_TIMES)}, {", ".join(names)})
        select case_id + {offset}, 'SP-' || (100000 + case_id + {offset}), {offset} || requester, {times}, {", ".join(names)}
        from log where case_id in (select case_id from written)"""
    )
    for table, column in (("log_entries", "entry"), ("log_words", "words")):
        db.execute(
            f"insert into {table}(case_id, {column}) select case_id + {offset}, {column} from {table} where case_id in (select case_id from written)"
        )
    db.execute(
        f"insert into log_orders(number, case_id) select number || '-{offset}', case_id + {offset} from log_orders where case_id in (select case_id from written)"
    )


def measured(path: Path) -> dict[str, object]:
    """Seconds of processor time for each kind of report and question."""
    db = connect(path)
    tx = SqliteTransaction(db, "SP")
    found: dict[str, object] = {}
    day = date(2026, 12, 15)
    for name, span in (("week", Span.WEEK), ("month", Span.MONTH), ("quarter", Span.QUARTER)):
        period = period_of(span, day, WHERE)
        begun = process_time()
        report = counted(tx, period, NOW, PEOPLE.called, WHERE)  # type: ignore[arg-type]
        found[f"{name}: figures"] = round(process_time() - begun, 2)
        begun = process_time()
        report = made(tx, period, NOW, PEOPLE.called, WHERE)  # type: ignore[arg-type]
        found[f"{name}: with causes"] = round(process_time() - begun, 2)
        found[f"{name}: cases"] = report.total.counts.received
    begun = process_time()
    images = {key: ("cid:x", said) for key, (_png, said) in charts(report).items()}
    page = as_html("Report", sections(report, WHERE), images)
    found["charts and page"] = round(process_time() - begun, 2)
    found["page, KB"] = len(page) // 1024
    for name, wanted in (("words", Wanted(words=("kettle", "refund*"), limit=50)), ("order", Wanted(order="ORD77", limit=50))):
        begun = process_time()
        list(tx.log.find(wanted))
        found[f"log by {name}"] = round(process_time() - begun, 3)
    db.close()
    return found


def main(sizes: list[int]) -> None:
    """Print a line for each size."""
    with tempfile.TemporaryDirectory() as root:
        for many in sizes:
            path = Path(root) / f"{many}.db"
            each = filled(path, many)
            with sqlite3.connect(path) as db:
                db.execute("analyze")
            found = measured(path)
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(
                json.dumps(
                    {
                        "cases": many,
                        "µs to write an entry": round(each),
                        **found,
                        "MB of the store": path.stat().st_size >> 20,
                        "MB": memory,
                    }
                )
            )
            path.unlink()


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [10_000, 100_000, 1_000_000])
