"""Suggested answers with order facts: filled in for an owner who is verified, and as empty as ever for everybody else."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.making import case
from tests.orders.making import ANN, NOON, at, checked, order, refund, shipment
from tests.responders.test_draft import drafter, record
from tests.rows import rows
from triage.inquiry import Checked, Verdict
from triage.message import Address
from triage.order import OrderStatus
from triage.policy.drafting import about

OWN = Address(name="Ann", addr_spec=ANN)


def suggested(orders: Sequence[Checked], issue: str = "order_status", category: str = "order", language: str = "en") -> str:
    """The text of a draft, as far as it is ours."""
    of = case(category=category, issue=issue, requester=OWN, order_numbers=("ORD1234",), language=language)
    return drafter().write(of, record(), ("a@c.example",), NOON, orders).text.partition("\n>")[0]


def test_the_status_is_filled_in() -> None:
    """Day, number and link stand where the gaps were; one line asks the agent to look once more."""
    text = suggested([checked()])
    assert "Your order has been handed to the carrier on 20 November 2026; the tracking number is 00340434161094015902." in text
    assert "We expect it to reach you by 26 November 2026." in text
    assert "You can follow it here: https://carrier.example/track?id=00340434161094015902" in text
    assert "[[Order facts above as of 2026-11-22 12:00: look once more, then delete this line]]" in text
    assert "[[tracking number]]" not in text


def test_in_german() -> None:
    """The same in the customer's language."""
    text = suggested([checked()], language="de")
    assert "Ihre Bestellung wurde am 20. November 2026 dem Paketdienst übergeben" in text
    assert "[[Angaben zur Bestellung Stand 2026-11-22 12:00: noch einmal nachsehen, dann diese Zeile löschen]]" in text


@rows(
    ("issue", "category", "of", "said"),
    [
        ("delivery_delayed", "order", order(status=OrderStatus.DELAYED, reason="Strike"), "The reason is Strike; we now expect it"),
        ("refund_status", "dispute", order(refunds=(refund(),)), "Your refund of 49.90 EUR was sent to Visa on 20 November 2026"),
        ("order_status", "order", order(shipments=(shipment(tracking_url=""),)), "the tracking number is 00340434161094015902"),
        ("order_status", "order", order(shipments=(), expected_at=at(30)), "handed to the carrier on [[date]]"),
    ],
)
def test_what_is_known_is_filled_in(issue: str, category: str, of: Any, said: str) -> None:
    """And what the order system does not say stays a gap."""
    assert said in suggested([checked(of)], issue, category)


@pytest.mark.parametrize("verdict", [verdict for verdict in Verdict if verdict not in (Verdict.OWNER, Verdict.LINKED)])
def test_nothing_for_whoever_may_not_be_told(verdict: Verdict) -> None:
    """An agent presses Send: a draft for somebody else has no fact in it, only gaps."""
    assert suggested([checked(verdict=verdict)]) == suggested([])
    assert "00340434161094015902" not in suggested([checked(verdict=verdict)])


@rows(
    "orders",
    [
        [checked(), checked(order("ORD2"))],
        [checked(), checked(order("ORD2"), Verdict.SOMEBODY_ELSES)],
        [checked(order=None, verdict=Verdict.AMBIGUOUS)],
        [checked(order=None, verdict=Verdict.UNKNOWN, number="ORD9"), checked(named=False)],
    ],
)
def test_nothing_is_picked_among_several(orders: list[Checked]) -> None:
    """Where two could be meant, or a named one does not hold, the agent fills the gaps."""
    assert suggested(orders) == suggested([])


def test_one_that_was_found_by_the_address() -> None:
    """Who names none and has one order is suggested an answer about that."""
    assert "00340434161094015902" in suggested([checked(named=False)])


def test_newer_facts_call_for_another_draft() -> None:
    """A draft depends on the facts that stand in it, and not on those that do not."""
    of, message = case(), record()
    plain = about(of, message)
    assert about(of, message, [checked(verdict=Verdict.FORGED)]) == plain
    first = about(of, message, [checked()])
    assert first != plain
    assert about(of, message, [checked(at=at(23))]) != first
    assert about(of, message, [checked()]) == first
