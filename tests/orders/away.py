"""An order system that can be made to fail: the real book behind a switch."""

import asyncio
from collections.abc import Sequence

from triage.errors import OrderSystemAwayError, TriageError
from triage.inquiry import OrderBook
from triage.order import Document, Order


class Switch:
    """The OrderBook port in front of another one; raises `fault` while that is set, and takes so many `seconds` to answer."""

    def __init__(self, inner: OrderBook) -> None:
        self.name = inner.name
        self.inner = inner
        self.fault: TriageError | None = None
        self.seconds = 0.0
        self.calls: list[str] = []

    def away(self) -> None:
        """From now on it does not answer."""
        self.fault = OrderSystemAwayError("the order system is away")

    async def by_numbers(self, numbers: Sequence[str]) -> list[Order]:
        """The orders that have one of these numbers."""
        await self._asked(f"numbers {' '.join(numbers)}")
        return await self.inner.by_numbers(numbers)

    async def by_address(self, address: str, limit: int) -> list[Order]:
        """The latest orders of an address."""
        await self._asked(f"address {address}")
        return await self.inner.by_address(address, limit)

    async def changed(self, after: str, limit: int) -> tuple[list[Order], str]:
        """Orders that changed after a mark."""
        await self._asked("changed")
        return await self.inner.changed(after, limit)

    async def document(self, order: Order, document: Document) -> bytes:
        """The document's bytes."""
        await self._asked(f"document {document.number}")
        return await self.inner.document(order, document)

    async def close(self) -> None:
        """Close the inner one."""
        await self.inner.close()

    async def _asked(self, what: str) -> None:
        self.calls.append(what)
        if self.seconds:
            await asyncio.sleep(self.seconds)
        if self.fault:
            raise self.fault
