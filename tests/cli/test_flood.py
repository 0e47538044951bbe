"""`triage flood`: what is held, in shapes without personal data, and a person's decision."""

from typing import Any

import pytest

from tests.cli.calling import Shop
from tests.store.words import NOON, new_case, reply
from triage.cli.context import program
from triage.cli.flood import shape
from triage.reply import DeliveryStatus


def held(tx: Any) -> None:
    """Six of a crowd, and one alone."""
    for number in range(7):
        group = "a" * 64 if number < 6 else "b" * 64
        case = tx.cases.open(new_case(subject=f"Ann's prize {number}!"))
        tx.deliveries.queue(case.id, None, reply(f"m{number}"), NOON, crowd=group)


def statuses(shop: Shop) -> list[DeliveryStatus]:
    """How each delivery stands."""
    return [it.status for it in shop.store_now(lambda tx: tx.deliveries.find())]


def test_nothing_is_held(shop: Shop) -> None:
    """Without a flood there is nothing to decide."""
    shop.configure()
    assert shop.call("flood").lines == ["nothing is held"]


def test_groups_are_listed_without_personal_data(shop: Shop) -> None:
    """A group has its count, times, shape and an example case; lines fit a terminal; single ones need nobody."""
    shop.configure()
    shop.store_now(held)
    ended = shop.call("flood")
    assert ended.lines[1].split() == ["aaaaaaaa", "6", "03-02", "12:00", "03-02", "12:00", "Xxx'x", "xxxxx", "9!", "SP-100001"]
    assert ended.lines[2:] == [
        f"These wait for you: {program()} flood --release GROUP, or --drop GROUP.",
        "1 other is released by themselves.",
    ]
    assert all(len(line) <= 80 for line in ended.lines)
    assert "prize" not in ended.out
    document = shop.call("flood", "--json").json
    assert (document["held"], document["groups"][0]["count"], document["groups"][0]["shape"]) == (7, 6, "Xxx'x xxxxx 9!")


@pytest.mark.parametrize(
    ("option", "word", "status", "kind"),
    [("--release", "released", DeliveryStatus.QUEUED, "released"), ("--drop", "dropped", DeliveryStatus.FAILED, "dropped")],
)
def test_a_person_decides(shop: Shop, option: str, word: str, status: DeliveryStatus, kind: str) -> None:
    """A group is released or dropped as a whole, each case says by whom, and the others stay held."""
    shop.configure()
    shop.store_now(held)
    ended = shop.call("flood", option, "aaaa")
    assert (ended.code, ended.err.strip()) == (0, f"6 acknowledgments {word}")
    assert statuses(shop) == [status] * 6 + [DeliveryStatus.HELD]
    event = shop.store_now(lambda tx: tx.cases.events(1))[-1]
    assert (event.kind, event.actor) == (kind, "operator")


@pytest.mark.parametrize("arguments", [("--release", "c"), ("--release", "a", "--drop", "b")])
def test_wrong_use(shop: Shop, arguments: tuple[str, ...]) -> None:
    """A group that is not there, or two decisions at once, change nothing."""
    shop.configure()
    shop.store_now(held)
    assert shop.call("flood", *arguments).code != 0
    assert statuses(shop) == [DeliveryStatus.HELD] * 7


def test_a_shape_says_nothing() -> None:
    """Letters and digits lose what they say; what could drive a terminal is gone."""
    assert shape("Größe 44,\x1b[31m", 40) == "Xxxxx 99, [99x"
    assert shape("", 10) == "(none)"
    assert shape("x" * 100, 10) == "x" * 10
