"""What a payment provider's word comes to, decided without clock, network or disk."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from tests.making import DUE, NOW, PEOPLE, SHIPPED
from tests.orders.making import ANN, at, checked, euros, failed, order, paid, refund
from tests.rows import rows
from triage.case import CaseStatus
from triage.decision import Outcome
from triage.inquiry import Checked, Verdict
from triage.order import Money, Order, OrderStatus, Payment, PaymentStatus, RefundStatus
from triage.payment import PaymentEvent, PaymentEventKind, event_json, parse_event
from triage.people import People
from triage.policy.paying import TOLD, Heard, fits, for_people, letter, needless
from triage.reply import ReplyKind

FAILED, REFUNDED, DISPUTED, SUSPECTED = PaymentEventKind
UNPAID = order(status=OrderStatus.PENDING, payments=())


def event(kind: PaymentEventKind = FAILED, **fields: Any) -> PaymentEvent:
    """What a provider tells of Ann's order."""
    given = {
        "provider": "Stripe", "id": "evt_1", "kind": kind, "subject": f"Stripe {kind} x_1", "reference": "x_1", "at": at(21),
        "order_number": "ORD1234", "amount": euros("49.90"), "reason": "expired_card" if kind is FAILED else "", "method": "Visa",
    }  # fmt: skip
    return PaymentEvent(**{**given, **fields})


def heard(it: PaymentEvent, of: Order | None = UNPAID, people: People = PEOPLE, **fields: Any) -> Heard:
    """With what the order system says; None where it knows no such order."""
    found = checked(of) if of else Checked(number="ORD1234", verdict=Verdict.UNKNOWN, source="order book", at=NOW)
    return Heard(**{"event": it, "checked": found, "now": NOW, "policy": SHIPPED, "people": people, "due": DUE, **fields})


@rows(
    ("it", "why"),
    [
        (event(), "Stripe tells: a payment failed, 49.90 EUR, reason: expired_card, order ORD1234, x_1 there"),
        (event(REFUNDED), "Stripe tells: money was paid back, 49.90 EUR, order ORD1234, x_1 there"),
        (
            event(DISPUTED, due_at=at(30), reason="fraudulent"),
            "Stripe tells: a payment is disputed, 49.90 EUR, reason: fraudulent, order ORD1234, x_1 there, answer there by 2026-11-30 11:00 CET",
        ),
        (
            event(SUSPECTED, amount=None, order_number=""),
            "Stripe tells: a card may have been used by somebody else, no order is named, x_1 there",
        ),
        (event(provider="PayPal", reference="", reason=""), "PayPal tells: a payment failed, 49.90 EUR, order ORD1234"),
    ],
)
def test_in_words(it: PaymentEvent, why: str) -> None:
    """Who tells, what, how much, why, of which order, and until when an answer is due."""
    assert heard(it).why == why


@pytest.mark.parametrize("told", [True, False])
def test_failed_payments_that_matter(told: bool) -> None:
    """Only while the order waits for money: of every status and every payment, and of orders that nobody knows."""
    waits = {OrderStatus.PENDING, OrderStatus.PROCESSING}
    known: tuple[tuple[Payment, ...], ...] = ((), (failed(),), (paid(),), (paid(), failed()), (failed(), paid()))
    for status, payments in product(OrderStatus, known):
        done = bool(payments) and payments[-1].status is PaymentStatus.PAID
        why = needless(heard(event(), order(status=status, payments=payments)), told=told)
        assert bool(why) is (done or status not in waits), (status, payments, why)
    assert needless(heard(event(), None), told=told) == ""
    assert needless(heard(event(), checked=None), told=told) == ""
    assert needless(heard(event(order_number=""), None), told=told) == "it names no order"


@pytest.mark.parametrize("kind", [DISPUTED, SUSPECTED])
@pytest.mark.parametrize("status", list(OrderStatus))
def test_disputes_always_matter(kind: PaymentEventKind, status: OrderStatus) -> None:
    """Whatever became of the order, and also without one."""
    assert needless(heard(event(kind), order(status=status)), told=False) == ""
    assert needless(heard(event(kind, order_number=""), None), told=False) == ""


def test_refunds_matter_where_they_are_told() -> None:
    """Whoever made one knows of it."""
    assert needless(heard(event(REFUNDED)), told=True) == ""
    assert needless(heard(event(REFUNDED)), told=False) == "nobody is to be told"


@rows(
    ("kind", "matter"),
    [
        (FAILED, ("payment", "payment_failed")),
        (REFUNDED, ("dispute", "refund_status")),
        (DISPUTED, ("dispute", "chargeback")),
        (SUSPECTED, ("dispute", "chargeback")),
    ],
)
def test_a_case_for_people(kind: PaymentEventKind, matter: tuple[str, str]) -> None:
    """Of a matter that the policy knows, with whom it names; nobody is its requester, and nobody outside is written to."""
    found = for_people(heard(event(kind, due_at=at(30) if kind is DISPUTED else None)))
    case = found.new_case
    assert case is not None
    assert (case.category, case.issue) == matter
    topic = SHIPPED.topic(*matter)
    assert (case.priority, case.requester, case.order_numbers) == (topic.priority, None, ("ORD1234",))
    called = (topic.department,) if topic.escalate else ()
    assert case.departments == called
    assert case.status is (CaseStatus.ON_HOLD if called else CaseStatus.NEW)
    assert {reply.kind for reply in found.replies} <= {ReplyKind.ESCALATION}
    assert {reply.department for reply in found.replies} == set(called)
    assert [one.kind for one in found.events][:4] == ["opened", "withheld", "payment_event", "order_checked"]
    assert found.outcome is Outcome.OPENED


def test_without_departments_it_stays_with_support() -> None:
    """And it is said that nobody could be called upon."""
    alone = People(identity=PEOPLE.identity)
    found = for_people(heard(event(DISPUTED), people=alone))
    assert found.new_case is not None
    assert (found.new_case.departments, found.new_case.status, found.replies) == ((), CaseStatus.NEW, ())
    assert "not_escalated" in [one.kind for one in found.events]


def test_without_an_order() -> None:
    """The number that the provider names is kept; nothing is said to have been checked."""
    found = for_people(heard(event(DISPUTED), checked=None))
    assert found.new_case is not None
    assert (found.new_case.order_numbers, found.known) == (("ORD1234",), None)
    assert "order_checked" not in [one.kind for one in found.events]
    nameless = for_people(heard(event(SUSPECTED, order_number="", amount=None), checked=None)).new_case
    assert nameless is not None
    assert nameless.subject == "Stripe: a card may have been used by somebody else"


@rows(("days", "warned"), [(30, 27), (4, 1), (3, 0), (1, 0)])
def test_the_providers_deadline(days: int, warned: int) -> None:
    """With a reminder three days ahead, or now where there are no three days left."""
    found = for_people(heard(event(DISPUTED, due_at=NOW + timedelta(days=days))))
    [deadline] = [one for one in found.deadlines if one.kind == "dispute"]
    assert (deadline.due_at, deadline.warn_at) == (NOW + timedelta(days=days), NOW + timedelta(days=warned))
    assert deadline.bound == ""
    assert [one.kind for one in for_people(heard(event(DISPUTED))).deadlines if one.kind == "dispute"] == []


def test_a_letter() -> None:
    """To the address that it is given, with the provider's word beside what the order system says, and both as its source."""
    found = letter(heard(event()), ANN, NOW)
    [order_] = found.replies
    assert (order_.kind, order_.recipient, order_.text) == (ReplyKind.ADVICE, ANN, "payment_failed")
    assert order_.answer is not None
    assert order_.answer.source == "order book and Stripe"
    latest = order_.answer.order.payments[-1].failed
    assert latest is not None
    assert (latest.reason, latest.at, latest.method) == ("expired_card", at(21), "Visa")
    assert found.events[-1].kind == "payment_event"
    assert found.events[0].detail["why"].startswith("Stripe tells: a payment failed")


def test_a_letter_that_is_held_back() -> None:
    """A person looks first, with the same facts."""
    found = letter(heard(event()), ANN, NOW, "the customer was told enough today")
    assert found.replies == ()
    assert [one.kind for one in found.events][-2:] == ["not_advised", "payment_event"]


@rows(
    ("amount", "total", "expected"),
    [
        (euros("49.90"), euros("49.90"), True),
        (euros("20.00"), euros("49.90"), True),
        (euros("49.91"), euros("49.90"), False),
        (Money(amount=Decimal("49.90"), currency="USD"), euros("49.90"), False),
        (euros("49.90"), None, True),
        (None, euros("49.90"), False),
        (None, None, False),
    ],
)
def test_amounts_that_can_be_of_the_order(amount: Money | None, total: Money | None, expected: bool) -> None:
    """At most what it costs, in its currency, where the order system says what that is."""
    assert fits(event(amount=amount), order(total=total)) is expected


@pytest.mark.parametrize("of", [None, UNPAID])
def test_no_letter_without_an_order(of: Order | None) -> None:
    """Whoever asks for one made a mistake, as does whoever wants a dispute told."""
    with pytest.raises((ValueError, KeyError)):
        letter(heard(event(DISPUTED if of else FAILED), of), ANN, NOW)


def test_what_the_order_system_knows_is_not_said_twice() -> None:
    """A failed attempt or a refund that it has already is the one that is told."""
    known = replace(UNPAID, payments=(failed("declined"),))
    assert heard(event(), known).order == known
    back = order(refunds=(refund(RefundStatus.REQUESTED), refund()))
    found = heard(event(REFUNDED), back).order
    assert found is not None
    assert [(it.status, str(it.amount)) for it in found.refunds] == [
        (RefundStatus.REQUESTED, "49.90 EUR"),
        (RefundStatus.SENT, "49.90 EUR"),
    ]
    part = heard(event(REFUNDED, amount=Money(amount=Decimal("9.90"), currency="EUR")), back).order
    assert part is not None
    assert [str(it.amount) for it in part.refunds] == ["49.90 EUR", "49.90 EUR", "9.90 EUR"]
    assert heard(event(DISPUTED), UNPAID).order == UNPAID
    assert heard(event(amount=None), UNPAID).order == UNPAID
    assert heard(event(), None).order is None


@pytest.mark.parametrize("kind", list(PaymentEventKind))
def test_events_come_back_as_they_were(kind: PaymentEventKind) -> None:
    """From the store, whole or with nothing in them."""
    for it in (event(kind, due_at=at(30)), event(kind, amount=None, order_number="", method="", reason="", reference="")):
        assert parse_event(event_json(it)) == it
    assert (kind in TOLD) is (kind in (FAILED, REFUNDED))
