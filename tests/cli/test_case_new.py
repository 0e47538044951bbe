"""`triage case new`: a case from the telephone, a chat or the counter, which then lives like any other."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.cli.calling import Ended, Shop
from triage.reply import DeliveryStatus, ReplyKind

SAID = "I was charged twice for order ORD998877, my card is 4111 1111 1111 1111."


def new(shop: Shop, *more: str, channel: str = "phone", text: str = SAID) -> Ended:
    """Take a case down."""
    return shop.call("case", "new", "--channel", channel, "--text", text, *more)


def shown(shop: Shop, number: str = "SP-100001") -> dict[str, object]:
    """Everything of the case."""
    found: dict[str, object] = shop.call("case", number, "--json").json
    return found


def entry(shop: Shop) -> dict[str, object]:
    """The case in the log."""
    (found,) = shop.call("log", "--json").json["entries"]
    return dict(found)


def test_a_call(shop: Shop) -> None:
    """The case is open with its order, its department is called upon, and the log is complete."""
    ended = new(shop, "--name", "Tom Phone", "--phone", "+49 30 1234567", "--by", "Jane Adams")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("SP-100001 is open: payment/payment_duplicate")
    case = shown(shop)
    assert case["order_numbers"] == ["ORD998877"]
    assert case["departments"] == ["finance"]
    assert [it["kind"] for it in case["deliveries"]] == ["escalation"]  # type: ignore[attr-defined]
    said = entry(shop)
    assert (said["customer"], said["phone"], said["email"]) == ("Tom Phone", "+49 30 1234567", "")
    assert (said["channel"], said["representative_name"]) == ("phone", "Jane Adams")
    assert said["acknowledged_at"] is not None
    assert "case opened by phone" in str(said["initial_action"])


def test_card_numbers_are_masked(shop: Shop) -> None:
    """What is taken down is read as mail is: nothing of a card is kept, and it is found by its words."""
    new(shop)
    assert "4111 1111" not in str(shown(shop))
    assert b"4111 1111 1111 1111" not in shop.store.read_bytes()
    assert shop.call("log", "--search", "charged twice", "--json").json["entries"]


def test_settled_at_the_counter(shop: Shop) -> None:
    """It is resolved at once and at first contact, and nobody is written to."""
    new(shop, "--resolved", "printed the receipt", "--category", "receipt/receipt_missing", channel="walk_in", text="I need my receipt.")
    case, said = shown(shop), entry(shop)
    assert (case["status"], case["category"], case["issue"]) == ("solved", "receipt", "receipt_missing")
    assert case["deliveries"] == []
    assert (said["channel"], said["resolution"], said["answers"]) == ("walk_in", "printed the receipt", 1)
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    counts = shop.call("report", "week", "--at", day, "--json").json["total"]["counts"]
    assert (counts["received"], counts["acknowledged"], counts["resolved"], counts["first_contact"]) == (1, 1, 1, 1)


@pytest.mark.parametrize("wished", [True, False])
def test_the_number_by_mail(shop: Shop, wished: bool) -> None:
    """The customer has the case number by mail where that is wished, and else hears nothing."""
    new(shop, "--email", "tom@customer.example", "--name", "Tom", *(["--acknowledge"] if wished else []))
    queued = shop.store_now(lambda tx: tx.deliveries.find(status=DeliveryStatus.QUEUED))
    to_customer = [it for it in queued if it.kind is ReplyKind.ACKNOWLEDGMENT]
    assert [it.recipient for it in to_customer] == (["tom@customer.example"] if wished else [])
    if wished:
        assert b"SP-100001" in to_customer[0].content
        assert b"In-Reply-To" not in to_customer[0].content


def test_it_was_earlier(shop: Shop) -> None:
    """A call of this morning counts from this morning, on the clock of the house."""
    yesterday = datetime.now(UTC) - timedelta(days=1)
    new(shop, "--at", f"{yesterday:%Y-%m-%d} 09:30", "--order", "ord 55", channel="chat", text="where is my parcel")
    said = entry(shop)
    received = datetime.fromisoformat(str(said["received_at"]))
    assert abs(received - yesterday.replace(hour=9, minute=30)) <= timedelta(hours=3)
    assert said["order_numbers"] == ["ORD55"]


def test_text_from_standard_input(shop: Shop) -> None:
    """A long chat is read from standard input."""
    ended = shop.call("case", "new", "--channel", "chat", "--text", "-", "--json", stdin="Where is my parcel?\nIt was to come on Monday.\n")
    assert ended.json["subject"] == "Where is my parcel? It was to come"
    assert "was to come on Monday" in str(shown(shop))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--channel", "fax", "--text", "x"), "fax"),
        (("--channel", "phone"), "--text"),
        (("--channel", "phone", "--text", " "), "it is empty"),
        (("--channel", "phone", "--text", "x", "--acknowledge"), "no address to write to"),
        (("--channel", "phone", "--text", "x", "--email", "Tom <tom@x.example>"), "expected a plain address"),
        (("--channel", "phone", "--text", "x", "--at", "2099-01-01 10:00"), "in the future"),
        (("--channel", "phone", "--text", "x", "--category", "nothing"), "expected one of"),
    ],
    ids=str,
)
def test_wrong_use(shop: Shop, arguments: tuple[str, ...], said: str) -> None:
    """What is wrong is named with what was expected, and no case is opened."""
    ended = shop.call("case", "new", *arguments)
    assert ended.code == 2
    assert said in ended.err
    assert shop.call("cases", "--json").json["cases"] == []


def test_showing_a_case_is_as_it_was(shop: Shop) -> None:
    """`triage case NUMBER` needs no further word, whatever options stand before the number."""
    new(shop)
    assert shop.call("case", "--json", "SP-100001").json["number"] == "SP-100001"
    assert shop.call("case", "show", "SP-100001").code == 0
    assert shop.call("case", "SP-100077").code != 0
    helped = shop.call("case", "--help")
    assert "triage case new" in " ".join(helped.out.split())


def test_in_shadow_nothing_leaves(shop: Shop) -> None:
    """In shadow mode the case is there, and what would have been sent is only shown."""
    shop.configure(mode="shadow")
    new(shop, "--email", "tom@customer.example", "--acknowledge")
    assert {it["status"] for it in shown(shop)["deliveries"]} == {"withheld"}  # type: ignore[attr-defined]
