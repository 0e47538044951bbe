"""The stages around the order system, and what they share."""

from collections.abc import Iterator

from triage.inquiry import OrderBook
from triage.parts import Parts
from triage.ports import Store
from triage.stages.catch_up import CatchUp
from triage.stages.inquire import Inquiry
from triage.stages.loop import Stage


def inquiry(parts: Parts, book: OrderBook | None) -> Inquiry | None:
    """Whoever asks the order system about messages; None without one."""
    its = parts.settings.orders
    return Inquiry(book, its, policy=parts.policy, now=parts.now) if book and its else None


def beside(parts: Parts, store: Store, book: OrderBook | None) -> Iterator[Stage]:
    """The stages that work beside the way in and out; none without an order system."""
    asking = inquiry(parts, book)
    if asking:
        yield CatchUp(asking, store=store, now=parts.now)
