"""Any order book with a time-out, a circuit breaker and a short memory, so that a slow order system holds nobody up for long."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from time import monotonic
from typing import TypeVar

from triage.errors import OrderSystemAwayError
from triage.inquiry import Described, OrderBook
from triage.order import Document, Order, same_number

T = TypeVar("T")

#: After so many failures in a row nobody waits any more, until one call finds that it is back.
_FAILURES = 3
#: Answers kept at most; an order with everything in it takes some kilobytes.
_KEPT = 2000


class GuardedBook:
    """The OrderBook port around another one. OrderSystemAwayError at once while the circuit is open."""

    def __init__(
        self, inner: OrderBook, *, time_out: float, remember: float, pause: float = 30.0, clock: Callable[[], float] = monotonic
    ) -> None:
        """`remember`: how long an answer may be used again; `pause`: how long an order system that fails is left alone, all in seconds."""
        self.name = inner.name
        self._inner = inner
        self._time_out = time_out
        self._remember = remember
        self._pause = pause
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, list[Order]]] = OrderedDict()
        self._failures = 0
        self._closed_until = 0.0

    async def by_numbers(self, numbers: Sequence[str]) -> list[Order]:
        """The orders that have one of these numbers; only those that are not remembered are asked for."""
        wanted = list(dict.fromkeys(map(same_number, numbers)))
        known = {number: found for number in wanted if (found := self._recalled(number)) is not None}
        missing = [number for number in wanted if number not in known]
        if missing:
            found = await self._asked(lambda: self._inner.by_numbers(missing))
            for number in missing:
                known[number] = [order for order in found if same_number(order.number) == number]
                self._keep(number, known[number])
        return [order for number in wanted for order in known[number]]

    async def by_address(self, address: str, limit: int) -> list[Order]:
        """The latest orders of an address."""
        key = f"{limit} {address.lower()}"
        found = self._recalled(key)
        if found is None:
            found = await self._asked(lambda: self._inner.by_address(address, limit))
            self._keep(key, found)
        return found

    async def changed(self, after: str, limit: int) -> tuple[list[Order], str]:
        """Orders that changed; what is remembered of them is forgotten."""
        found, mark = await self._asked(lambda: self._inner.changed(after, limit))
        if found:
            self._kept.clear()
        return found, mark

    async def document(self, order: Order, document: Document) -> bytes:
        """The document's bytes, which are not remembered."""
        return await self._asked(lambda: self._inner.document(order, document))

    async def describe(self) -> str:
        """What is to be said of the inner one, where it has anything to say; it may take longer, as no message waits for it."""
        return await self._inner.describe() if isinstance(self._inner, Described) else ""

    async def close(self) -> None:
        """Close the inner one."""
        await self._inner.close()

    async def _asked(self, call: Callable[[], Awaitable[T]]) -> T:
        now = self._clock()
        if now < self._closed_until:
            raise OrderSystemAwayError(f"{self.name} has failed {self._failures} times: left alone for a moment")
        if self._failures >= _FAILURES:
            # One call finds out whether it is back; the others do not wait for it.
            self._closed_until = now + self._pause
        try:
            async with asyncio.timeout(self._time_out):
                answer = await call()
        except TimeoutError as error:
            self._failed()
            raise OrderSystemAwayError(f"{self.name} gave no answer within {self._time_out:g} s") from error
        except OrderSystemAwayError:
            self._failed()
            raise
        self._failures, self._closed_until = 0, 0.0
        return answer

    def _failed(self) -> None:
        self._failures += 1
        if self._failures >= _FAILURES:
            self._closed_until = self._clock() + self._pause

    def _recalled(self, key: str) -> list[Order] | None:
        kept = self._kept.get(key)
        return kept[1] if kept and self._clock() < kept[0] + self._remember else None

    def _keep(self, key: str, found: list[Order]) -> None:
        self._kept[key] = (self._clock(), found)
        self._kept.move_to_end(key)
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
