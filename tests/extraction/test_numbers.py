"""Order, invoice, receipt and transaction numbers among other numbers, through the public door."""

from datetime import UTC, datetime

import pytest

from tests.rows import rows
from triage.extraction.extract import extract
from triage.extraction.patterns import Patterns
from triage.message import Attachment, Message
from triage.sections.reading import ExtractionSettings

PATTERNS = Patterns.of(ExtractionSettings())
NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
NUMBERS = ("order_number", "invoice_number", "receipt_number", "transaction_id")


def numbers(text: str, **parts: object) -> list[tuple[str, str]]:
    facts = extract(Message(text=text, **parts), PATTERNS, NOW)  # type: ignore[arg-type]
    return sorted({(fact.kind, fact.value) for fact in facts if fact.kind in NUMBERS})


@rows(
    ("text", "kind", "value"),
    [
        ("Order ORD789456 is late", "order_number", "ORD789456"),
        ("ord 789456", "order_number", "ORD789456"),
        ("order 15487", "order_number", "15487"),
        ("order #123", "order_number", "123"),
        ("my order no is 15487. i have ordered two", "order_number", "15487"),
        ("order number: 404-1796907-6903540.", "order_number", "404-1796907-6903540"),
        ("Order-ID AB12345X", "order_number", "AB12345X"),
        ("order12345", "order_number", "12345"),
        ("purchase 00123842 please", "order_number", "00123842"),
        ("12345 is my order number", "order_number", "12345"),
        ("My order number's 12345", "order_number", "12345"),
        ("Order Id-OD112345678901234", "order_number", "OD112345678901234"),
        ("ORDER-ID-7788-XY", "order_number", "7788-XY"),
        ("order_id=7788123", "order_number", "7788123"),
        ("Your order (no. 12345) has shipped", "order_number", "12345"),
        ("I need help with #12345", "order_number", "12345"),
        ("My order is late. The number is 12345", "order_number", "12345"),
        ("I bought it here, number 12345", "order_number", "12345"),
        ("refund for order 12345 of $45", "order_number", "12345"),
        ("cancel my oder 12345", "order_number", "12345"),
        ("cancel my purchaes 12345", "order_number", "12345"),
        ("cancel my ordr 12345", "order_number", "12345"),
        ("cancel my oorder 12345", "order_number", "12345"),
        ("see invoce #12345", "invoice_number", "12345"),
        ("Invoice attached, no. 4711", "invoice_number", "4711"),
        ("Rg.-Nr. 20260042", "invoice_number", "20260042"),
        ("Bestellung vom 3. März mit Nr. 12345", "order_number", "12345"),
        ("order number 123 456 789", "order_number", "123456789"),
        ("no sign of 40312?? thats my order", "order_number", "40312"),
        ("1077345 is the order. size 38", "order_number", "1077345"),
        ("Order numbers affected: 71200", "order_number", "71200"),
        ("Order no 5 digits 99881", "order_number", "99881"),
        ("order number is 15 digits? mine is 204815162342108", "order_number", "204815162342108"),
        ("40-771-882 ist bei mir angekommen. Bestellt hatte ich am 3.2.", "order_number", "40-771-882"),
        ("zamówienie nr 2201/2026", "order_number", "2201/2026"),
        ("20259913 numaralı siparişim", "order_number", "20259913"),
        ("a rendelésszámom 5120934", "order_number", "5120934"),
        ("Tilausnumeroni on 330912", "order_number", "330912"),
        ("我的订单号是 6612093", "order_number", "6612093"),
        ("رقم طلبي 5530918", "order_number", "5530918"),
        ("passé commande sous la référence KD88210", "order_number", "KD88210"),
        ("номер заказа 12345", "order_number", "12345"),
        ("注文番号：12345", "order_number", "12345"),
        ("订单号12345", "order_number", "12345"),
        ("주문번호 12345", "order_number", "12345"),
        ("sipariş no 12345", "order_number", "12345"),
        ("mitt ordernummer är 12345", "order_number", "12345"),
        ("Order number:\n12345", "order_number", "12345"),
        ("Bestellnummer 4711-08", "order_number", "4711-08"),
        ("Bestell-Nr. 55512", "order_number", "55512"),
        ("meine Bestellung 55512", "order_number", "55512"),
        ("commande n° 55512", "order_number", "55512"),
        ("pedido número 55512", "order_number", "55512"),
        ("ordine n. 55512", "order_number", "55512"),
        ("bestelling 55512", "order_number", "55512"),
        ("zamówienie nr 55512", "order_number", "55512"),
        ("заказ № 55512", "order_number", "55512"),
        ("invoice #12588", "invoice_number", "12588"),
        ("INV-2024-001", "invoice_number", "INV-2024-001"),
        ("Rechnungsnummer: RE-55512", "invoice_number", "RE-55512"),
        ("facture n° F55512", "invoice_number", "F55512"),
        ("receipt number 9988", "receipt_number", "9988"),
        ("Beleg-Nr. 9988", "receipt_number", "9988"),
        ("transaction id 8XK12345AB", "transaction_id", "8XK12345AB"),
        ("charged as ch_3MmlLrLkdIwHu7ix0snN0B15", "transaction_id", "ch_3MmlLrLkdIwHu7ix0snN0B15"),
    ],
)
def test_a_number_is_known_by_its_form_or_by_the_words_around_it(text: str, kind: str, value: str) -> None:
    """A configured form, or a word in one of many languages, gives a number away."""
    assert numbers(text) == [(kind, value)]


@pytest.mark.parametrize(
    "text",
    [
        "call me 7021645199", "my phone number is 7021645199", "pin code 560034", "I ordered 2000 of them", "order of 12 pillows",
        "order 500 pieces", "order from 2024", "order placed on 12/03/2024", "order 2024-03-12", "order 12.03.2024",
        "an order worth 1,200.50",
        "order for $1200", "order for 1200 USD", "order 50% off", "ticket 12345", "case SP-100042", "order SP-100042",
        "customer number 12345",
        "size 42", "article no. 12345", "card ending 1234", "#0000000000", "I paid 1299", "my order arrived 3 weeks late", "flight 2057",
        "see https://shop.example/order/12345678", "order@12345.example", "room #4502", "Cust# 88123 of order", "Kd-Nr. 20260042",
        "ticket #10432", "Refund ref 88123", "order total: 10432",
        "order date 20260212", "order pin 10432", "order from 10115 Berlin", "My order 2024", "border 123", "older #12",
        "order 12 of these",
    ],
)  # fmt: skip
def test_other_numbers_are_not_taken(text: str) -> None:
    """Telephones, pin codes, quantities, dates, prices, sizes and our own case numbers are no order numbers."""
    assert numbers(text) == []


def test_all_numbers_of_a_list_are_given() -> None:
    """Several order numbers are all listed; none is picked silently."""
    assert numbers("orders 12345, 12346 and 12347") == [("order_number", value) for value in ("12345", "12346", "12347")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("order nos. 10432/10433/10434", ["10432", "10433", "10434"]),
        ("order nos 10432 and 10433, invoice nos 8811 and 8812", ["8811", "8812", "10432", "10433"]),
        ("Orders ORD789456, 15487 and AB-20931 to one address, 560034", ["15487", "AB-20931", "ORD789456"]),
        ("I have two orders, 12345 and W2044871, both late", ["12345", "W2044871"]),
        ("1st order 10432; 2nd order 10433", ["10432", "10433"]),
        ("Die Bestellungen 10432 und AB-20931", ["10432", "AB-20931"]),
        ("order 10432, 2000 Euro", ["10432"]),
        ("order 10432 and 3 cups", ["10432"]),
    ],
)
def test_lists_end_where_other_things_begin(text: str, expected: list[str]) -> None:
    """A list of numbers may mix their forms, and what follows it is not swallowed."""
    assert sorted(value for _, value in numbers(text)) == sorted(expected)


def test_every_source_is_read_and_the_surest_comes_first() -> None:
    """Subject and own words are trusted more than documents, quoted history and file names."""
    attachment = Attachment(filename="ORD555555.pdf", content_type="application/pdf", size=1, sha256="")
    message = Message(
        subject="ORD111111", text="about ORD222222", document_text="ORD333333", quoted="> ORD444444", attachments=(attachment,)
    )
    facts = extract(message, PATTERNS, NOW)
    assert facts.order_numbers == ("ORD111111", "ORD222222", "ORD333333", "ORD444444", "ORD555555")
    assert [fact.source for fact in facts] == ["subject", "text", "document", "quoted", "filename"]


def test_forms_can_be_configured_or_left_out() -> None:
    """A marketplace's own form is known without a word; without any form, words still give numbers away."""
    own = Patterns.of(ExtractionSettings(order=(r"MX-\d{3}-[A-Z]{2}",), invoice=(), receipt=(), transaction=()), case_prefix="HELP")
    none = Patterns.of(ExtractionSettings(order=(), invoice=(), receipt=(), transaction=()))
    text = "about mx-123-ab, HELP-4711, order SP-20001 and order number 12345"
    assert extract(Message(text=text), own, NOW).order_numbers == ("MX-123-AB", "12345", "SP-20001")
    assert extract(Message(text=text), none, NOW).order_numbers == ("12345",)
    assert "HELP-4711" not in extract(Message(text="order HELP-4711"), own, NOW).order_numbers


def test_a_long_word_is_no_number() -> None:
    """A token longer than any number, such as a key or a hash, is left alone whole."""
    assert numbers("order number " + "a1" * 60) == []


def test_a_fact_says_where_it_was_found() -> None:
    """The span cuts the number out of its source."""
    (fact,) = extract(Message(text="My order no. 55512, please"), PATTERNS, NOW)
    assert "My order no. 55512, please"[slice(*fact.span)] == "55512"


@pytest.mark.parametrize(
    "text",
    [
        "My order is late. Model 55-10092 arrived without a plug.",
        "I ordered a lamp and 2 chairs arrived",
        "Order for our office: 3 boxes and 4 lamps",
        "Is 20481 arrived or what",
        "My order came. Seat 100 is missing a screw.",
        "5567 is the order of the day in our house, 12 people",
        "Order number of my neighbour: none. Flat: 55412",
    ],
)
def test_what_only_looks_like_an_order(text: str) -> None:
    """A number that has arrived, stands behind a colon, or is the order of something is no order's by that alone."""
    assert numbers(text) == []


def test_numbers_of_one_shape() -> None:
    """A number that looks like one found before is of its kind; one of another shape, and a bare one, is not."""
    assert numbers("Order 88-20417 came. And 88-20418 is who knows where") == [("order_number", "88-20417"), ("order_number", "88-20418")]
    assert numbers("Order 88-20417 came, my badge 8820-418 too") == [("order_number", "88-20417")]
    assert numbers("Order 88204 came. 77310 people were there") == [("order_number", "88204")]
