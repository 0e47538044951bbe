"""An office that hears payment providers, with an order book."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.orders.away import Switch
from tests.orders.house import Told, configured
from tests.orders.making import order
from tests.payments.making import signed, stripe_event
from tests.spine.office import Office, Post
from tests.spine.world import Clock
from tests.stores import laid
from triage import order_parts, payment_parts
from triage.alarm import AlarmBoard
from triage.installation import read_plan
from triage.order import Order, OrderStatus
from triage.orders.books.sqlite import SqliteBook
from triage.parts import parts_of
from triage.ports import Store
from triage.stages.clockwork import Clockwork
from triage.stages.hear import Hear
from triage.stages.loop import Bell
from triage.stores import open_case_store


async def counted(hear: Hear, store: Store) -> dict[str, int]:
    """What became of all posts, once whoever listens has stopped."""
    await hear.rest()
    return {it.outcome.value: it.count for it in await store.query(lambda tx: tx.payments.counts())}


ADVICE = '[orders.advice]\ntell = ["payment_failed", "refunded"]\n'
#: A Sunday at noon, when nobody minds a letter.
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
UNPAID = order(status=OrderStatus.PENDING, payments=(), shipments=(), documents=())


@dataclass
class House:
    """The office, who listens in it, and the order system behind a switch."""

    office: Office
    hear: Hear
    book: Switch
    board: AlarmBoard
    clockwork: Clockwork

    async def posted(self, kind: str, what: dict[str, Any], key: str = "evt_1", *, minutes: float = 0, **fields: Any) -> int:
        """Stripe tells of something, and all that follows from it happens; so many minutes go by."""
        code = await self.hear.take(signed(stripe_event(kind, what, key, **fields), self.office.clock()))
        await self.office.work()
        await self.pass_by(minutes)
        return code

    async def pass_by(self, minutes: float) -> None:
        """So many minutes go by."""
        if minutes:
            self.office.clock.forward(minutes=minutes)
            await self.office.work()

    async def counted(self) -> dict[str, int]:
        """What became of all posts."""
        return await counted(self.hear, self.office.store)

    async def cases(self) -> int:
        """How many there are."""
        return len(await self.office.ask(lambda tx: tx.cases.find()))


@contextlib.asynccontextmanager
async def house(root: Path, *, known: Sequence[Order] = (UNPAID,), extra: str = ADVICE, payments: str = "") -> AsyncIterator[House]:
    """With these orders in the book."""
    root.mkdir(exist_ok=True)
    (root / "stripe").write_text("whsec_test\n")
    table = f'[payments]\nport = 0\n{payments}\n[payments.stripe]\nsecrets = [{{file = "stripe"}}]\n'
    settings, clock, post, board = configured(root, mode="off", extra=extra + table), Clock(at=NOON), Post(), AlarmBoard()
    book = Switch(SqliteBook(root / "orders.db"))
    assert isinstance(book.inner, SqliteBook)
    await book.inner.put(known)
    laid(settings.paths.store)
    store, heard = open_case_store(settings), Bell()
    parts = parts_of(settings, clock, board)
    hear = payment_parts.listener(parts, store, heard)
    assert hear is not None
    deliver = parts.outgoing(store).deliver([("", post)])
    beside = (*order_parts.beside(parts, store, book), *payment_parts.settling(parts, store, book, heard))
    stages = (parts.decide(store, Told(read_plan(settings))), *beside, *parts.desk(store), deliver, parts.tend(store))
    try:
        yield House(
            office=Office(settings=settings, store=store, stages=stages, clock=clock, post=post),
            hear=hear,
            book=book,
            board=board,
            clockwork=parts.recorder.clockwork,
        )
    finally:
        await store.close()
        await book.close()
