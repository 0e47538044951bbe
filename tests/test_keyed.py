"""Keyed addresses and people: the words that say who may be written to and where answers come back."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.making import DEPARTMENTS, PEOPLE
from triage import keyed
from triage.people import People
from triage.settings import load

KEY = b"k" * 32
SETTINGS = """
[identity]
address = "support@shop.example"
aliases = ["help@shop.example"]
[mailbox.support]
host = "127.0.0.1"
port = 143
[smtp]
host = "127.0.0.1"
port = 25
[departments.finance]
name = "Finance"
address = "finance@shop.example"
[agents.jane]
name = "Jane Adams"
address = "adams@shop.example"
"""


@given(st.integers(1, 999_999_999))
def test_a_keyed_address_comes_back_to_its_case(number: int) -> None:
    """Any case number can be read back from its address, in upper case too, and under its prefix only."""
    address = keyed.answer_address(KEY, "support@shop.example", f"SP-{number}")
    assert keyed.answered_number(KEY, address, "SP") == f"SP-{number}"
    assert keyed.answered_number(KEY, address.upper(), "SP") == f"SP-{number}"
    assert keyed.answered_number(KEY, address, "XY") == ""


@given(st.text(alphabet="abcd.+@0123456789-é", max_size=60))
def test_any_other_address_carries_nothing(address: str) -> None:
    """No made-up address carries a case."""
    assert keyed.answered_number(KEY, address, "SP") == ""


def test_an_address_that_would_grow_too_long_stays_bare() -> None:
    """RFC 5321 allows 64 octets before the @; beyond, the plain address is better than a broken one."""
    long = "customer-support-of-the-marketplace@shop.example"
    assert keyed.answer_address(KEY, long, "SP-100042") == long
    assert len(keyed.answer_address(KEY, "support@shop.example", "SP-100042").partition("@")[0]) <= 64


def test_each_message_has_its_own_report_address() -> None:
    """Reports on two messages come back to two addresses, which nobody without the key can make."""
    one, two = (keyed.report_address(KEY, "support@shop.example", message_id) for message_id in ("a@x", "b@x"))
    assert one != two
    assert one.startswith("support+b.")
    assert one != keyed.report_address(b"other", "support@shop.example", "a@x")


def test_people_are_those_of_the_settings(tmp_path: Path) -> None:
    """Our addresses, departments and agents come from the configuration."""
    (tmp_path / "triage.toml").write_text(SETTINGS, encoding="utf-8")
    people = People.of(load(tmp_path / "triage.toml"))
    assert people.own == {"support@shop.example", "help@shop.example"}
    assert people.staff == {"finance@shop.example", "adams@shop.example"}
    assert people.names(("finance", "warehouse")) == ("Finance", "warehouse")


@pytest.mark.parametrize("key", DEPARTMENTS)
def test_every_department_is_staff(key: str) -> None:
    """A department's address is never a customer's."""
    assert PEOPLE.departments[key].address in PEOPLE.staff


@pytest.mark.parametrize("score", range(1, 6))
def test_a_rating_comes_back_from_address_and_subject(score: int) -> None:
    """Number and score are read back from either place, in upper case too, and by nobody who has another key or prefix."""
    address = keyed.rating_address(KEY, "support@shop.example", "SP-100042", score)
    subject = f"[SP-100042] {score}/5 (ref {keyed.rating_mark(KEY, 'SP-100042', score)})"
    for place in (address, address.upper(), subject):
        assert keyed.rated(KEY, place, "SP") == ("SP-100042", score)
        assert keyed.rated(KEY, place, "XY") is None
        assert keyed.rated(b"x" * 32, place, "SP") is None
    assert len(address.partition("@")[0]) <= 64


def test_a_rating_cannot_be_changed_on_its_way() -> None:
    """Another score, another case, or a token that is meant for something else: none of them counts."""
    mark = keyed.rating_mark(KEY, "SP-100042", 2)
    forged = [mark.replace(".2.", ".5."), mark.replace("100042", "100043"), mark[:-1], mark.replace(".2.", ".6.")]
    answer = keyed.answer_address(KEY, "support@shop.example", "SP-100042")
    assert [keyed.rated(KEY, place, "SP") for place in (*forged, answer, "Mr. Jones", "")] == [None] * 7
    assert keyed.answered_number(KEY, f"support+{mark}@shop.example", "SP") == ""
