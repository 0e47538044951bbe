"""The case that a change to an order opens: what it is about, whose turn it is, which clocks run, and what is on record."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.making import NOW, SHIPPED
from tests.orders.house import house
from tests.orders.making import ANN, NOON, checked, failed, order
from tests.rows import rows
from tests.spine.office import JANE, plain
from triage.case import CaseStatus
from triage.decision import Decision, Outcome
from triage.order import AlertKind, Order, OrderStatus
from triage.orders.books.sqlite import SqliteBook
from triage.policy.advising import advice
from triage.reply import ReplyKind
from triage.stages.advise import MARK

LATE = order(status=OrderStatus.DELAYED, reason="Strike", language="de")


def advised(kind: AlertKind = AlertKind.DELAYED, of: Order = LATE, held_back: str = "") -> Decision:
    """What follows from an alert about an order."""
    return advice(kind, checked(of), of, ANN, policy=SHIPPED, now=NOW, at=NOW, held_back=held_back)


@rows(
    ("kind", "matter", "theirs"),
    [
        (AlertKind.DELAYED, ("order", "delivery_delayed"), False),
        (AlertKind.BACKORDERED, ("order", "delivery_delayed"), False),
        (AlertKind.UNAVAILABLE, ("order", "order_change"), True),
        (AlertKind.PAYMENT_FAILED, ("payment", "payment_failed"), True),
    ],
)
def test_what_each_kind_opens(kind: AlertKind, matter: tuple[str, str], theirs: bool) -> None:
    """A case of a matter that the policy knows; where the customer has to say something, it waits for the customer."""
    found = advised(kind)
    assert found.new_case is not None
    assert (found.new_case.category, found.new_case.issue) == matter
    assert matter in SHIPPED.matters
    assert found.status is (CaseStatus.PENDING if theirs else None)
    assert found.outcome is Outcome.OPENED


def test_the_letter() -> None:
    """To the order's own customer, in the customer's language, with the facts and the moment at which they were read."""
    [letter] = advised().replies
    assert (letter.kind, letter.recipient, letter.text, letter.not_before) == (ReplyKind.ADVICE, ANN, "delayed", NOW)
    assert letter.answer is not None
    assert letter.answer.order == LATE
    found = advised().new_case
    assert found is not None
    assert found.requester is not None
    assert (found.language, found.requester.addr_spec, found.requester.name) == ("de", ANN, "Ann Customer")
    assert found.subject == "Order ORD1234 is delayed"


async def test_colleagues_are_told_that_nobody_asked(tmp_path: Path) -> None:
    """Neither that an author was verified, nor to beware of one, nor what was promised to somebody who has not written."""
    async with house(tmp_path, extra='[orders.advice]\ntell = ["delayed"]\n', mode="off") as office:
        office.clock.at = NOON
        await office.store.transact(lambda tx: tx.orders.set_mark(MARK, "1"))
        book = SqliteBook(tmp_path / "orders.db")
        await book.put([replace(LATE, updated_at=NOON)])
        await book.close()
        await office.work()
        text = " ".join(plain(office.last(JANE)).split())
        assert "Order ORD1234: nobody has asked: news of the order opened the case" in text
        assert "verified" not in text
        assert "BEWARE" not in text
        assert "WHAT THE CUSTOMER WAS TOLD" not in text
        assert "Strike" in text


def test_what_is_on_record() -> None:
    """Why there is a case, why nobody was acknowledged, what the order system said, and what was told."""
    kinds = [event.kind for event in advised().events]
    assert kinds == ["opened", "withheld", "order_checked", "advised"]
    assert all(event.provenance == "orders" for event in advised().events)
    assert advised().known is not None
    assert advised().kept == (("answer", ""), ("update", ""))


@pytest.mark.parametrize("kind", [kind for kind in AlertKind if kind is not AlertKind.PAID])
def test_held_back(kind: AlertKind) -> None:
    """Without a letter the case is for a person, its clocks run, and it says why."""
    found = advised(kind, order(payments=(failed(),)), "the customer was told enough today")
    assert found.replies == ()
    assert found.kept == ()
    assert found.status is None
    assert found.events[-1].kind == "not_advised"
    assert found.events[-1].detail["why"] == "the customer was told enough today"
