"""When the first of our own servers took a message in, and how little of that a sender can say."""

from datetime import UTC, datetime

import pytest

from triage.parsing.trace import accepted_at, came_from_us, is_ours

HOSTS = ("shop.example",)
IN = "from mail.customer.example (mail.customer.example [192.0.2.1]) by mx.shop.example with ESMTPS id 1; Mon, 1 Jun 2026 10:00:00 +0200"
ON = "from mx.shop.example (mx.shop.example [10.0.0.1]) by imap.shop.example with LMTP; Mon, 1 Jun 2026 11:30:00 +0200"
LOCAL = "from localhost (localhost [127.0.0.1]) by imap.shop.example; Mon, 1 Jun 2026 11:00:00 +0200"
FORGED = "from x.example (x.example [192.0.2.9]) by mx.shop.example; Thu, 1 Jan 2026 00:00:00 +0000"
AT_TEN = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)


def at(*received: str, hosts: tuple[str, ...] = HOSTS) -> datetime | None:
    """When it was accepted, by these Received fields from the top down."""
    fields = [("received", value) for value in received]
    return accepted_at((("return-path", "<a@b.example>"), *fields, ("subject", "x")), hosts)


def test_the_lowest_of_our_own_counts() -> None:
    """Our own way from server to server may take hours; the promise counts from its beginning."""
    assert at(IN) == at(ON, IN) == at(ON, LOCAL, IN) == AT_TEN


def test_what_stands_below_is_the_senders_word() -> None:
    """Fields in our name below the one where the message came in change nothing, wherever they claim to come from."""
    assert at(ON, IN, FORGED) == AT_TEN
    assert at(IN, ON.replace("2026", "2020")) == AT_TEN


@pytest.mark.parametrize(
    "received",
    [
        (),
        (FORGED.replace("shop.example", "evil.example"), IN),
        (IN.replace("mx.shop.example", "mx.shop.example.evil.example"),),
        (IN.replace("mx.shop.example", "myshop.example"),),
        (IN.rpartition(";")[0],),
        (IN.replace("2026", "MMXXVI"),),
        (IN.replace(" +0200", ""),),
        (IN.replace("1 Jun 2026", "31 Dec 9999").replace("+0200", "-2300"),),
        ("",),
        (";" * 3000,),
    ],
)
def test_nothing_certain_is_nothing(received: tuple[str, ...]) -> None:
    """Without a field of ours at the top, or with a date that is none, nothing is said."""
    assert at(*received) is None


def test_without_configuration_nothing_is_ours() -> None:
    """Unless our servers are named no field counts."""
    assert at(IN, hosts=()) is None


def test_of_ways() -> None:
    """A field is ours by its "by", and inner when all names of its "from" are ours too."""
    assert is_ours(IN, HOSTS)
    assert not is_ours("from a by", HOSTS)
    assert not came_from_us(IN, HOSTS)
    assert came_from_us(ON, HOSTS)
    assert not came_from_us("from mx.shop.example (x.evil.example [192.0.2.9]) by mx.shop.example", HOSTS)
    assert not came_from_us("by mx.shop.example", HOSTS)
