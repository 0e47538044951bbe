"""Case numbers in a message: quoted in words, or carried by the keyed address it is sent to."""

import pytest

from tests.effort import effort
from tests.making import IDENTITY, KEY, PEOPLE, message
from tests.rows import rows
from triage import keyed
from triage.message import Address
from triage.threads.numbers import answered_numbers, quoted_numbers

NUMBER = "SP-100042"


@rows(
    ("text", "numbers"),
    [
        ("[SP-100042] We have received your message", ("SP-100042",)),
        ("Re: [SP-100042] AW: Your order", ("SP-100042",)),
        ("case sp-100042, please", ("SP-100042",)),
        ("case SP 100042", ("SP-100042",)),
        ("case SP100042.", ("SP-100042",)),
        ("SP–100042 with a dash of the phone", ("SP-100042",)),
        ("(SP-100042/SP-100043)", ("SP-100042", "SP-100043")),
        ("SP-100042 SP-100042", ("SP-100042",)),
        ("SP-100042\nSP-7000", ("SP-100042", "SP-7000")),
        ("WSP-100042", ()),
        ("SP-123", ()),
        ("SP-1234567890", ()),
        ("SP  100042", ()),
        ("SP-١٠٠٠٤٢", ()),
        ("order 100042", ()),
        ("", ()),
    ],
)
@rows("place", ["subject", "text", "quoted"])
def test_quoted_numbers(text: str, numbers: tuple[str, ...], place: str) -> None:
    """Numbers are found in the subject, the text and the quotation, however people write them, and nothing else is."""
    found = {"subject": "", "text": "", "quoted": "", place: text}
    assert quoted_numbers(message(**found), "SP") == numbers


def test_the_subject_s_number_comes_first() -> None:
    """The subject says best what a message is about; the quotation least."""
    read = message(subject="SP-1001", text="SP-1002", quoted="SP-1003")
    assert quoted_numbers(read, "SP") == ("SP-1001", "SP-1002", "SP-1003")


def test_another_prefix_is_another_company_s() -> None:
    """Only numbers with our own prefix are ours."""
    assert quoted_numbers(message(text="SP-100042 and ABC-100043"), "ABC") == ("ABC-100043",)


def test_a_list_of_numbers_is_cut() -> None:
    """Somebody who tries all numbers gets no further than ten."""
    assert len(quoted_numbers(message(text=" ".join(f"SP-{number}" for number in range(1000, 1100))), "SP")) == 10


@pytest.mark.parametrize("pump", ["SP-", "SP", "SP 1", "SP-123", "S", "SP-12345678901", "‐"])
def test_a_pump_is_searched_quickly(pump: str) -> None:
    """64 KB of what almost is a number takes under 20 ms."""
    read = message(text=pump * (65_536 // len(pump)))
    assert quoted_numbers(read, "SP") == ()
    assert effort(lambda: quoted_numbers(read, "SP"), 0.02) < 0.02


def sent_to(*addresses: str, copied: tuple[str, ...] = ()) -> tuple[str, ...]:
    read = message(
        to=tuple(Address(addr_spec=address) for address in addresses), cc=tuple(Address(addr_spec=address) for address in copied)
    )
    return answered_numbers(read, PEOPLE.own, KEY, "SP")


GOOD = keyed.answer_address(KEY, IDENTITY.address, NUMBER)


def test_the_keyed_address_carries_its_case() -> None:
    """A message to the address that the customer was given names the case, in To or in Cc, in any case."""
    assert sent_to(GOOD) == (NUMBER,)
    assert sent_to("other@shop.example", GOOD.upper().replace("SHOP.EXAMPLE", "shop.example").replace("SUPPORT", "support")) == (NUMBER,)
    assert sent_to(copied=(GOOD,)) == (NUMBER,)


def flip(address: str) -> str:
    """The address with another last character of its token."""
    local, _, domain = address.partition("@")
    return f"{local[:-1]}{'a' if local[-1] != 'a' else 'b'}@{domain}"


@pytest.mark.parametrize(
    "address",
    [
        "support@shop.example",
        "support+c.100042@shop.example",
        "support+c.100042.@shop.example",
        flip(GOOD),
        GOOD.replace("100042", "100043"),
        GOOD.replace("+c.", "+d."),
        GOOD.replace("shop.example", "evil.example"),
        GOOD.replace("support", "sales"),
        f"support+d.100042.{keyed.answer_address(KEY, IDENTITY.address, NUMBER)[18:]}",
        keyed.answer_address(b"another key", IDENTITY.address, NUMBER),
        keyed.report_address(KEY, IDENTITY.address, NUMBER),
    ],
)
def test_a_forged_address_carries_nothing(address: str) -> None:
    """A guessed, altered, foreign or department's address gives no part in any case."""
    assert sent_to(address) == ()


def test_an_alias_works_as_well() -> None:
    """The server may deliver the keyed address of an alias of ours."""
    assert sent_to(keyed.answer_address(KEY, "help@shop.example", NUMBER)) == (NUMBER,)
