"""What is proposed to people, with the rule and the amounts it rests on."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from tests.orders.making import NOON, at, euros, failed, order, paid, refund, shipment
from tests.rows import rows
from triage.order import Money, Order, OrderStatus, RefundStatus, same_number
from triage.orders.charges import breakdown
from triage.orders.proposal import proposals

MONTH = timedelta(days=30)
DELIVERED = order(status=OrderStatus.DELIVERED, shipments=(shipment(delivered_at=at(10)),))
LONG_AGO = order(status=OrderStatus.DELIVERED, shipments=(shipment(delivered_at=at(10, month=9)),))


def proposed(of: Order, issue: str, category: str = "order") -> str:
    """All that is proposed, in one text."""
    return " ".join(proposals(of, category, issue, now=NOON, returns=MONTH))


@rows(
    ("issue", "of", "said"),
    [
        ("order_cancel", order(status=OrderStatus.PROCESSING, shipments=()), "can still be changed or cancelled: the order is processing"),
        ("order_change", order(status=OrderStatus.PROCESSING), "can no longer be changed before dispatch"),
        ("order_change", order(status=OrderStatus.BACKORDERED, shipments=()), "can still be changed"),
        ("change_address", order(), "can no longer be changed before dispatch: the order is shipped"),
        ("refund_request", DELIVERED, "Refund eligible: paid 49.90 EUR, delivered 2026-11-10, 12 days ago; returns are taken for 30 days."),
        ("refund_request", LONG_AGO, "Refund only as a gesture: delivered 2026-09-10, 73 days ago; returns are taken for 30 days."),
        ("quality", order(), "Refund possible if the goods do not arrive: paid 49.90 EUR, not delivered by the order system (shipped)."),
        ("item_wrong", order(payments=(failed(),)), "No payment has arrived by the order system: there is nothing to refund."),
        ("delivery_damaged", order(refunds=(refund(),)), "A refund is under way already (49.90 EUR sent)"),
        ("refund_request", order(refunds=(refund(RefundStatus.DECLINED),)), "Refund possible"),
        ("delivery_lost", DELIVERED, "It counts as delivered: ask the carrier for the proof of delivery"),
        ("delivery_delayed", order(expected_at=at(20), shipments=()), "It was expected on 2026-11-20 and is overdue"),
        ("chargeback", order(), "Answer the chargeback with the evidence"),
        ("chargeback", order(), "Charged 49.90 EUR on 2026-11-01 10:00 UTC by Visa."),
    ],
)
def test_proposed(issue: str, of: Order, said: str) -> None:
    """The proposal names status, dates, amounts and the rule."""
    assert said in proposed(of, issue)


@rows(("issue", "of"), [("order_status", order()), ("presales", order()), ("feedback", DELIVERED)])
def test_nothing_to_propose(issue: str, of: Order) -> None:
    """Where nothing follows from the order, nothing is said."""
    assert proposed(of, issue) == ""


def test_a_duplicate_charge() -> None:
    """Both charges, the parts of the price, the suspicion, and what was taken too much."""
    twice = order(payments=(paid(id="ch_1"), paid(id="ch_2", at=at(2))), discount=euros("3.02"))
    assert breakdown(twice) == (
        "The order costs 49.90 EUR (tax 7.97 EUR, shipping 4.95 EUR, discount 3.02 EUR).",
        "Charged 49.90 EUR on 2026-11-01 10:00 UTC by Visa, ch_1.",
        "Charged 49.90 EUR on 2026-11-02 10:00 UTC by Visa, ch_2.",
        "49.90 EUR was charged 2 times: it looks like a duplicate charge.",
        "Charged 49.90 EUR more than the order costs: refund of that amount proposed.",
    )


@rows(
    ("of", "last"),
    [
        (order(), "What was charged, less what was refunded, is what the order costs."),
        (order(payments=(paid(), paid()), refunds=(refund(),)), "What was charged, less what was refunded, is what the order costs."),
        (order(payments=(paid(), paid()), refunds=(refund(RefundStatus.APPROVED),)), "Charged 49.90 EUR more than the order costs"),
        (order(payments=(paid("60.00"),)), "Charged 10.10 EUR more than the order costs"),
        (order(payments=(paid("40.00"),)), "Charged 40.00 EUR on"),
        (order(total=None), "Charged 49.90 EUR on"),
        (order(payments=(failed(),)), "The order costs 49.90 EUR"),
    ],
)
def test_the_balance(of: Order, last: str) -> None:
    """Refunds count once they were sent, failed charges never, and without a total nothing is said of a balance."""
    assert breakdown(of)[-1].startswith(last)


def test_other_currencies_are_left_alone() -> None:
    """What was charged in another currency is listed and not added up."""
    dollars = replace(paid(), amount=Money(amount=Decimal(55), currency="USD"))
    assert "more than" not in " ".join(breakdown(order(payments=(paid(), dollars))))
    assert "Charged 55.00 USD" in " ".join(breakdown(order(payments=(paid(), dollars))))


@rows(
    ("written", "same"),
    [
        ("ord-1234", "ORD1234"),
        ("ORD 1234", "ORD1234"),
        ("#1001", "1001"),
        ("123-1234567-1234567", "12312345671234567"),
        ("ORD\u00a01", "ORD1"),
    ],
)
def test_spellings_of_a_number(written: str, same: str) -> None:
    """Customers write one number in many ways."""
    assert same_number(written) == same
