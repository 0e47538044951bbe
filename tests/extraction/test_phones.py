"""Telephone numbers that no numbering plan knows, and numbers that must not be taken for one."""

import pytest

from tests.extraction.reading import facts, values

EXAMPLE = "John Doe, johndoe@email.com, +1 555-1234. My order ORD789456 came without the case."


def test_the_number_of_the_worked_example_is_taken() -> None:
    """A number too short for its country is a telephone by its plus, with modest confidence, and the order stays an order."""
    (phone,) = [fact for fact in facts(EXAMPLE) if fact.kind == "phone"]
    assert (phone.value, phone.confidence) == ("+15551234", 0.5)
    assert values("order_number", EXAMPLE) == ["ORD789456"]


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("call me at 555-1234", "US", "+15551234"),
        ("Phone: 555 1234", "US", "+15551234"),
        ("tel 555.0199", "US", "+15550199"),
        ("Tel.: 030 12345", "DE", "+493012345"),
        ("my mobile is 999-999-9999", "US", "+19999999999"),
    ],
)
def test_a_word_makes_a_possible_number_a_telephone(text: str, region: str, number: str) -> None:
    """Behind "phone" or "call me at" a number of a possible length is one."""
    assert values("phone", text, region=region) == [number]


@pytest.mark.parametrize(
    "text",
    [
        "order 555-1234",
        "my order number is 5551234, please call me",
        "call me about order 5551234",
        "555-1234",
        "reference 999-999-9999",
        "Please call, the invoice 2026-0301-55 is wrong",
        "size 555-1234 does not fit",
        "item no. 999 999 9999",
    ],
)
def test_a_number_of_another_kind_is_no_telephone(text: str) -> None:
    """Without a plus or a word for telephones, what no numbering plan knows is none."""
    assert values("phone", text) == []
