"""Who may be told of an order: every combination of sender, authentication, ownership and trick, and none that leaks."""

from itertools import product

import pytest

from tests.making import message
from tests.orders.making import ANN, order
from tests.rows import rows
from triage.inquiry import Verdict
from triage.message import Address, Message
from triage.orders.disclose import verdict
from triage.orders.look_alike import looks_like

OWNER = Address(name="Ann", addr_spec=ANN)
LINKED = "ann@work.example"
EVE = Address(name="Eve", addr_spec="eve@evil.example")
#: Who stands in From; the first two are whom the order belongs to.
SENDERS = {
    "owner": (OWNER,),
    "linked": (Address(addr_spec=LINKED),),
    "stranger": (EVE,),
    "owner in the display name": (Address(name=f"Ann <{ANN}>", addr_spec=EVE.addr_spec),),
    "plus address": (Address(addr_spec="ann+shop@customer.example"),),
    "neighbour of the domain": (Address(addr_spec="bob@customer.example"),),
    "domain below": (Address(addr_spec="ann@mail.customer.example"),),
    "domain behind": (Address(addr_spec=f"{ANN}.evil.example"),),
    "homograph": (Address(addr_spec="ann@custorner.example"),),
    "two authors": (OWNER, EVE),
    "no author": (),
}
#: What our own server found.
AUTHENTICATION = {
    "dmarc pass": {"authentication": (("dmarc", "pass"),)},
    "dkim aligned": {"authentication": (("dkim", "pass"),), "dkim_domains": ("customer.example", "work.example")},
    "dkim of another": {"authentication": (("dkim", "pass"),), "dkim_domains": ("evil.example",)},
    "dkim of a top level": {"authentication": (("dkim", "pass"),), "dkim_domains": ("example",)},
    "dmarc none": {"authentication": (("dmarc", "none"),)},
    "spf alone": {"authentication": (("spf", "pass"),)},
    "nothing": {},
    "dmarc fail": {"authentication": (("dmarc", "fail"), ("dkim", "pass")), "dkim_domains": ("customer.example",)},
    "both fail": {"authentication": (("spf", "fail"), ("dkim", "fail"))},
}
#: What else the message tries.
TRICKS = {
    "none": {},
    "reply-to elsewhere": {"reply_to": (EVE,)},
    "reply-to owner": {"reply_to": (OWNER,)},
    "sender elsewhere": {"sender": (EVE,)},
    "web form": {"relayed_by": "form@shop.example"},
    "number quoted": {"quoted": "Your order ORD1234"},
    "owner in cc": {"cc": (OWNER,)},
    "owner in return path": {"return_path": ANN},
}
OWNERSHIP = {
    "theirs": order(linked=(LINKED,)),
    "somebody else's": order(addresses=("carol@other.example",)),
    "nobody's": order(addresses=(), linked=()),
    "of an empty address": order(addresses=("", "@", "ann")),
}
MAY = {"dmarc pass", "dkim aligned"}
HARMLESS = {"none", "reply-to owner", "number quoted", "owner in cc", "owner in return path"}


def test_the_matrix() -> None:
    """Of all cells only the owner and a linked address, verified, without a trick, about their own order, may be told."""
    cells = told = 0
    for (sender, from_), (checked, found), (trick, does), (whose, theirs), required in product(
        SENDERS.items(), AUTHENTICATION.items(), TRICKS.items(), OWNERSHIP.items(), (True, False)
    ):
        said = verdict(theirs, message(from_=from_, **found, **does), require_authentication=required)
        verified = checked in MAY or (not required and checked not in ("dmarc fail", "both fail"))
        expected = sender in ("owner", "linked") and verified and trick in HARMLESS and whose == "theirs"
        cells, told = cells + 1, told + expected
        assert (said in (Verdict.OWNER, Verdict.LINKED)) == expected, (sender, checked, trick, whose, required, said)
    assert (cells, told) == (11 * 9 * 8 * 4 * 2, 2 * (2 + 7) * 5)


@rows(
    ("fields", "expected"),
    [
        ({}, Verdict.UNVERIFIED),
        ({"from_": ()}, Verdict.NO_AUTHOR),
        ({"from_": (EVE,)}, Verdict.SOMEBODY_ELSES),
        ({"from_": (Address(addr_spec="ann@custorner.example"),)}, Verdict.LOOK_ALIKE),
        ({"relayed_by": "form@shop.example"}, Verdict.PASSED_ON),
        ({"authentication": (("dmarc", "fail"),)}, Verdict.FORGED),
        ({"authentication": (("dmarc", "pass"),)}, Verdict.OWNER),
        ({"authentication": (("dmarc", "pass"),), "from_": (Address(addr_spec=LINKED),)}, Verdict.LINKED),
        ({"authentication": (("dmarc", "pass"),), "reply_to": (EVE,)}, Verdict.ELSEWHERE),
        ({"authentication": (("dmarc", "pass"), ("spf", "fail"), ("dkim", "fail"))}, Verdict.OWNER),
    ],
)
def test_the_reason_is_named(fields: dict[str, object], expected: Verdict) -> None:
    """Each refusal has its own reason, for the person who looks at the case."""
    about: Message = message(**{"from_": (OWNER,), **fields})
    assert verdict(order(linked=(LINKED,)), about, require_authentication=True) is expected


@rows(
    ("address", "alike"),
    [
        ("ann@custorner.example", True),
        ("ann@cust0mer.example", True),
        ("ann@сustomer.example", True),
        ("ann@xn--ustomer-xjg.example", True),
        ("аnn@customer.example", True),
        ("ànn@customer.example", True),
        ("a-nn@customer.example", True),
        (ANN, False),
        ("bob@customer.example", False),
        ("ann@customer.example.evil.example", False),
        ("ann@xn--\udcff.example", False),
    ],
)
def test_look_alikes(address: str, alike: bool) -> None:
    """Letters of other scripts, digits for letters, accents and pairs that read as one letter are seen; the address itself is none."""
    assert looks_like(address, ANN) is alike


def test_addresses_are_compared_whatever_their_case() -> None:
    """Order systems keep addresses as customers typed them."""
    about = message(from_=(OWNER,), authentication=(("dmarc", "pass"),))
    assert verdict(order(addresses=(" ANN@Customer.Example ",)), about, require_authentication=True) is Verdict.OWNER


@pytest.mark.parametrize("said", list(Verdict))
def test_every_verdict_has_words(said: Verdict) -> None:
    """A person is told in words why an author may or may not be told."""
    from triage.inquiry import WORDS

    assert len(WORDS[said]) > 10
