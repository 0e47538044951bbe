"""The stages around the order system, and what they share."""

from collections.abc import Iterator

from triage.clocks.tell import zone
from triage.inquiry import OrderBook
from triage.parts import Parts
from triage.ports import Store
from triage.stages.advise import Advise
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
    its = parts.settings.orders
    if book is None or asking is None or its is None:
        return
    yield CatchUp(asking, store=store, now=parts.now)
    if its.advice.tell:
        yield Advise(
            its.advice,
            book=book,
            store=store,
            policy=parts.policy,
            people=parts.people,
            recorder=parts.recorder,
            now=parts.now,
            where=zone(parts.settings.identity.time_zone),
            board=parts.board,
            to_send=parts.to_send,
        )
