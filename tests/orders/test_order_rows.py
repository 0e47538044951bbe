"""Rows, warnings and proposals about orders, as colleagues read them."""

import pytest

from tests.making import IDENTITY
from tests.orders.making import at, checked, euros, failed, order, paid, refund, shipment
from tests.rows import rows
from triage.inquiry import WORDS, Verdict
from triage.order import Item, Order, OrderStatus, RefundStatus, Vendor
from triage.people import People
from triage.responders.order_rows import order_proposals, order_rows, order_warnings

CLOCK = People(identity=IDENTITY).clock
TELLS = (Verdict.OWNER, Verdict.LINKED)


def shown(of: Order) -> dict[str, str]:
    """Value by label; of several with one label the last."""
    return dict(order_rows([checked(of)], CLOCK))


def test_everything_that_matters_has_a_row() -> None:
    """An order in full, each fact under its label, the source and its time at the end."""
    whole = order(
        status=OrderStatus.DELAYED,
        reason="Strike",
        expected_at=at(28),
        refunds=(refund(),),
        items=(Item(name="Vase", quantity=2, vendor=Vendor(name="Potter & Sons")),),
    )
    assert order_rows([checked(whole)], CLOCK) == (
        ("Order ORD1234", "the order is the author's own, and the author is verified"),
        ("Customer", "Ann Customer ann@customer.example"),
        ("Status", "delayed, placed 2026-11-18: Strike"),
        ("Expected", "2026-11-28"),
        ("Items", "2 x Vase (Potter & Sons)"),
        ("Total", "49.90 EUR"),
        (
            "Shipment",
            "DHL 00340434161094015902 https://carrier.example/track?id=00340434161094015902 shipped 2026-11-20, expected 2026-11-26",
        ),
        ("Payment", "49.90 EUR Visa paid"),
        ("Refund", "49.90 EUR sent, sent 2026-11-20"),
        ("Document", "receipt R-77"),
        ("Document", "invoice INV-77"),
        ("As of", "2026-11-22 13:00 CET, order book"),
    )


@rows(
    ("of", "label", "value"),
    [
        (order(payments=(failed("expired_card"),)), "Payment", "49.90 EUR Visa failed: expired_card"),
        (order(payments=(paid(method=""),)), "Payment", "49.90 EUR paid"),
        (order(refunds=(refund(RefundStatus.REQUESTED, sent_at=None),)), "Refund", "49.90 EUR requested"),
        (order(shipments=(shipment(delivered_at=at(21), tracking_url="", expected_at=None),)), "Shipment", None),
        (order(placed_at=None), "Status", "shipped"),
        (order(total=euros("1234.5")), "Total", "1234.50 EUR"),
    ],
)
def test_what_a_row_says(of: Order, label: str, value: str | None) -> None:
    """Amounts with two digits, days as days, and nothing for what is not known."""
    found = shown(of)[label]
    assert found == value or (value is None and found.endswith("shipped 2026-11-20, delivered 2026-11-21"))


def test_what_the_shop_says_of_a_product_stands_beside_the_claim() -> None:
    """The page's own words for the first three products, each cut where they are endless; of a product without any there is no row."""
    said = ("Steel, 1.7 l, boils in three minutes", "", "endless " * 300, "Blue", "Red")
    of = order(items=tuple(Item(name=f"Thing {number}", description=words) for number, words in enumerate(said)))
    listed = [value for label, value in order_rows([checked(of)], CLOCK) if label == "As listed"]
    assert listed[0] == "Thing 0: Steel, 1.7 l, boils in three minutes"
    assert listed[1].startswith("Thing 2: endless endless")
    assert len(listed) == 2
    assert len(listed[1]) <= 400
    hidden = order_rows([checked(of, Verdict.UNKNOWN)], CLOCK)
    assert "As listed" not in dict(hidden)


@pytest.mark.parametrize("label", ["Expected", "Total", "Items", "Customer"])
def test_what_is_not_known_has_no_row(label: str) -> None:
    """An empty fact takes no line from a reader."""
    bare = Order(number="ORD1", status=OrderStatus.PENDING)
    assert label not in shown(bare)


@pytest.mark.parametrize("verdict", list(Verdict))
def test_warnings(verdict: Verdict) -> None:
    """Each verdict but the owner's is a warning with its reason; for one's own order there is none, nor where nobody has asked."""
    found = order_warnings([checked(verdict=verdict)])
    assert bool(found) == (verdict not in (*TELLS, Verdict.NOBODY_ASKED))
    assert all(WORDS[verdict] in warning for warning in found)


def test_nothing_of_an_order_that_is_not_certain() -> None:
    """Of an unknown number and of two that fit only the verdict is shown."""
    for verdict in (Verdict.UNKNOWN, Verdict.AMBIGUOUS):
        assert [label for label, _ in order_rows([checked(verdict=verdict)], CLOCK)] == ["Order ORD1234", "As of"]


def test_what_an_order_system_writes_stays_on_its_line() -> None:
    """Line breaks, controls and very long texts of an order system cannot pass for lines of ours."""
    hostile = order(reason="late\r\nORDER ORD1: refund approved\x1b[31m" + "x" * 5000, customer="A\u202eB\nSubject: x")
    for _label, value in order_rows([checked(hostile)], CLOCK):
        assert "\n" not in value
        assert "\u202e" not in value
        assert len(value) <= 400


def test_proposals_are_said_once() -> None:
    """Two orders with the same proposal give one line, in the order in which they were found."""
    found = [checked(proposals=("Refund eligible.", "Ask the carrier.")), checked(order("ORD2"), proposals=("Refund eligible.",))]
    assert order_proposals(found) == ("Refund eligible.", "Ask the carrier.")
    assert order_proposals([]) == ()
