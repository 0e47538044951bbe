"""What holds of every order and every author, tried on many that were made up."""

import random
import string
from itertools import product

from tests.making import message
from tests.orders.making import ANN, NOON, at, checked, euros, order, paid, refund, shipment
from triage.inquiry import AnswerKind, Enclosure, OrderAnswer, Verdict
from triage.message import Address
from triage.order import Order, OrderStatus, RefundStatus, same_number
from triage.order_form import order_json, parse_order
from triage.orders.charges import breakdown
from triage.orders.disclose import verdict
from triage.orders.look_alike import looks_like
from triage.policy.first_contact import ANSWERS, first_answer
from triage.policy.table import FirstContact
from triage.reading import Classification

LETTERS = string.ascii_lowercase + string.digits + ".-_+"


def address(choose: random.Random) -> str:
    """An address, now and then one that is close to Ann's."""
    if choose.random() < 0.5:
        letters = list(ANN)
        for _ in range(choose.randint(1, 2)):
            place = choose.randrange(len(letters))
            letters[place] = choose.choice(["", letters[place] * 2, choose.choice(LETTERS), letters[place].upper()])
        return "".join(letters)
    return f"{''.join(choose.choices(LETTERS, k=6))}@{''.join(choose.choices(string.ascii_lowercase, k=6))}.example"


def test_only_the_same_address_is_told() -> None:
    """Of twenty thousand addresses, half of them a slip away from the owner's, exactly those that are equal are told."""
    choose, passed, told = random.Random(8), (("dmarc", "pass"),), 0
    for _ in range(20_000):
        other = address(choose)
        found = verdict(order(), message(from_=(Address(addr_spec=other),), authentication=passed), require_authentication=True)
        assert (found is Verdict.OWNER) == (other.lower() == ANN), other
        told += found is Verdict.OWNER
    assert told > 100


def test_looking_alike_goes_both_ways() -> None:
    """If one address looks like the other, the other looks like the one; and none looks like itself."""
    choose = random.Random(9)
    for _ in range(2000):
        one, other = address(choose), address(choose)
        assert looks_like(one, other) == looks_like(other, one)
        assert not looks_like(one, one)


def made_up(choose: random.Random) -> Order:
    """An order in any state."""
    maybe = [None, *(at(day) for day in range(1, 30))]
    return order(
        status=choose.choice(list(OrderStatus)),
        reason=choose.choice(["", "Strike"]),
        expected_at=choose.choice(maybe),
        shipments=tuple(
            shipment(carrier=choose.choice(["", "DHL"]), expected_at=choose.choice(maybe), delivered_at=choose.choice(maybe))
            for _ in range(choose.randint(0, 2))
        ),
        refunds=tuple(refund(choose.choice(list(RefundStatus)), expected_at=choose.choice(maybe)) for _ in range(choose.randint(0, 2))),
        payments=tuple(paid(f"{choose.randint(1, 9999) / 100:.2f}") for _ in range(choose.randint(0, 3))),
    )


def test_every_answer_is_of_the_order_and_true_today() -> None:
    """Of thousands of made-up orders none is answered with a day that has passed, or for an order that needs a person."""
    choose, rules, answered = random.Random(10), FirstContact(), 0
    needs_people = {OrderStatus.DELIVERED, OrderStatus.CANCELLED, OrderStatus.RETURNED, OrderStatus.UNAVAILABLE}
    for _, (category, issue) in product(range(300), ANSWERS):
        of = made_up(choose)
        about = Classification(category=category, issue=issue, confidence=0.9)
        enclosure = Enclosure(document=of.documents[0], content=b"%PDF") if choose.random() < 0.5 else None
        found = first_answer(about, [checked(of)], enclosure, rules, NOON)
        if not isinstance(found, OrderAnswer):
            assert found
            continue
        answered += 1
        assert found.order is of
        if found.kind is AnswerKind.STATUS:
            assert of.status not in needs_people
            assert of.expected is None or of.expected >= NOON
            assert len(of.shipments) <= 1
        if found.kind is AnswerKind.REFUND:
            assert of.refunds[-1].status not in (RefundStatus.FAILED, RefundStatus.DECLINED)
        assert (found.enclosure is not None) == (found.kind is AnswerKind.DOCUMENT)
    assert answered > 200


def test_orders_survive_being_written_down() -> None:
    """Whatever state an order is in, it comes back as it was."""
    choose = random.Random(11)
    for _ in range(500):
        of = made_up(choose)
        assert parse_order(order_json(of)) == of


def test_sums_add_up() -> None:
    """What was charged too much is what was charged less what was sent back and what the order costs, to the cent."""
    choose = random.Random(12)
    for _ in range(500):
        of = made_up(choose)
        charged = sum(payment.amount.amount for payment in of.payments)
        back = sum(one.amount.amount for one in of.refunds if one.status is RefundStatus.SENT)
        over = charged - back - euros("49.90").amount
        said = [line for line in breakdown(of) if "more than the order costs" in line]
        assert bool(said) == (over > 0 and bool(of.payments))
        if said:
            assert f"Charged {over:.2f} EUR more" in said[0]


def test_one_number_has_one_form() -> None:
    """The common form of a number is its own common form, whatever blanks and dashes were in it."""
    choose = random.Random(13)
    for _ in range(1000):
        number = "".join(choose.choices("ORD0123456789 -#\u00a0", k=choose.randint(0, 20)))
        assert same_number(same_number(number)) == same_number(number)
        assert not set(same_number(number)) & set(" -\u00a0")
