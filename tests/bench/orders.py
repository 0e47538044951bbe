"""What deciding costs with an order book of a million orders, against without one: CPU time per message, reading left out."""

import asyncio
import gc
import random
import sqlite3
import tempfile
from collections.abc import Awaitable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import monotonic, process_time

from tests.orders.house import VERIFIED, configured
from tests.orders.making import order
from tests.spine.office import Inside, written
from tests.spine.world import Clock
from triage import order_parts
from triage.books import open_book
from triage.installation import read_plan
from triage.message import MessageKey, RawMessage
from triage.order_form import order_json
from triage.orders.books.sqlite import SqliteBook
from triage.parts import parts_of
from triage.reading import Reading, Unreadable
from triage.settings import Settings
from triage.stages.loop import drain
from triage.stages.read import ReadPlan
from triage.stores import open_case_store

ORDERS = 1_000_000
_ROUNDS = 7
#: Rows written in one statement.
_BATCH = 20_000


class Prepared(Inside):
    """A reader that has read everything beforehand, so that only deciding is measured."""

    def __init__(self, plan: ReadPlan) -> None:
        super().__init__(plan)
        self._read: dict[MessageKey, Reading | Unreadable] = {}

    async def prepare(self, messages: Sequence[RawMessage]) -> None:
        """Read them now."""
        for raw in messages:
            self._read[raw.key] = await self._one(raw)

    def read(self, messages: Sequence[RawMessage]) -> list[Awaitable[Reading | Unreadable]]:
        """What was read beforehand."""
        return [self._at_hand(raw.key) for raw in messages]

    async def _at_hand(self, key: MessageKey) -> Reading | Unreadable:
        return self._read[key]


def main(messages: int) -> None:
    """Print the table."""
    # As `triage run` does.
    gc.freeze()
    asyncio.run(_main(messages, ORDERS))


async def _main(messages: int, orders: int) -> None:
    with tempfile.TemporaryDirectory(prefix="triage-bench-") as name:
        root = Path(name)
        begun = monotonic()
        await _fill(root / "orders.db", orders)
        size = (root / "orders.db").stat().st_size / 1e6
        print(f"{orders:,} orders in an order book of {size:,.0f} MB, filled in {monotonic() - begun:.0f} s")
        # By turns, so that what else the machine does meets both.
        rounds = [
            (await _round(root, messages, orders, asked=False), await _round(root, messages, orders, asked=True)) for _ in range(_ROUNDS)
        ]
    without, with_book = (median(column) for column in zip(*rounds, strict=True))
    # Of each pair, because the machine changes from one to the next more than within one.
    of_pairs = sorted(alone / asked for alone, asked in rounds)
    print(f"{'deciding, CPU time a message':40}{'ms':>12}{'throughput':>14}")
    print(f"{'without an order book':40}{without:12.2f}{1:14.2f}")
    print(f"{'each message names an order':40}{with_book:12.2f}{median(of_pairs):14.2f}")
    print(f"the median of {len(rounds)} pairs by turns, from {of_pairs[0]:.2f} to {of_pairs[-1]:.2f}")


def _owner(number: int) -> str:
    return f"customer@customer{number}.example"


async def _fill(path: Path, orders: int) -> None:
    """Orders of a customer each; written in bulk, because a book is filled in years and a benchmark is not."""
    book = SqliteBook(path)
    await book.by_numbers(["0"])
    await book.close()
    text = order_json(order("ORD0000000", addresses=("customer@customer-0.example",)))
    placed = datetime(2026, 1, 1, tzinfo=UTC)
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("pragma synchronous = off")
    for first in range(0, orders, _BATCH):
        numbers = range(first, min(first + _BATCH, orders))
        keys = [f"ORD{number:07}" for number in numbers]
        db.execute("begin")
        db.executemany(
            "insert into orders(id, number, placed_at, content) values (?, ?, ?, ?)",
            [
                (key, key, (placed + timedelta(seconds=number)).isoformat(), text.replace("ORD0000000", key).replace("-0.", f"{number}."))
                for key, number in zip(keys, numbers, strict=True)
            ],
        )
        db.executemany(
            "insert into customers(address, id) values (?, ?)", [(_owner(number), key) for key, number in zip(keys, numbers, strict=True)]
        )
        db.execute("commit")
    db.close()


async def _round(root: Path, messages: int, orders: int, *, asked: bool) -> float:
    """Milliseconds of CPU time for each message."""
    with tempfile.TemporaryDirectory(dir=root) as name:
        settings = configured(Path(name), mode="off")
        if settings.orders is None or settings.orders.book is None:
            raise ValueError("expected an order book in the settings")
        in_book = settings.orders.book.model_copy(update={"path": root / "orders.db"})
        with_book = settings.orders.model_copy(update={"book": in_book})
        settings = settings.model_copy(update={"orders": with_book if asked else None})
        return await _decided(settings, _messages(messages, orders))


async def _decided(settings: Settings, raws: Sequence[RawMessage]) -> float:
    store, book = open_case_store(settings), open_book(settings)
    parts, reader = parts_of(settings, Clock()), Prepared(read_plan(settings))
    await reader.prepare(raws)
    await store.transact(lambda tx: tx.messages.add(raws))
    decide = parts.decide(store, reader, order_parts.inquiry(parts, book))
    begun = process_time()
    await drain(decide)
    spent = process_time() - begun
    await decide.close()
    await store.close()
    if book:
        await book.close()
    return 1000 * spent / len(raws)


def _messages(messages: int, orders: int) -> list[RawMessage]:
    """Questions about orders here and there in the book, each by its owner."""
    choose, now = random.Random(1), datetime.now(UTC)
    found = []
    for uid in range(1, messages + 1):
        number = choose.randrange(orders)
        text = f"Hello,\n\nwhere is my order ORD{number:07}? I have been waiting for a week.\n\nCustomer {number}"
        content = written(_owner(number), text, subject=f"question {uid}", passed=VERIFIED)
        key = MessageKey(account="support", mailbox="INBOX", uid_validity=1, uid=uid)
        found.append(RawMessage(key=key, received_at=now, content=content, size=len(content)))
    return found
