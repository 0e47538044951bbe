"""The ladder of trust: every rung must hold, and the first that does not says why."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest

from triage.message import Address, Message
from triage.staff import Colleague, Role
from triage.threads.standing import Claim, standing

TODAY = date(2026, 11, 25)
JANE = Colleague(key="jane", name="Jane Adams", role=Role.AGENT, addresses=("jane@shop.example", "j.adams@shop.example"))
BOB = Colleague(key="bob", name="Bob Brown", role=Role.AGENT, addresses=("bob@shop.example",))
PASSED = (("spf", "pass"), ("dkim", "pass"), ("dmarc", "pass"))


def claim(holder: Colleague | None = JANE, *, number: str = "SP-100042", expires: date = TODAY, where: str = "address") -> Claim:
    """A token that came with a message."""
    return Claim(token="a.100042.abcdef", number=number, expires=expires, holder=holder, where=where)


def address(*addresses: str) -> tuple[Address, ...]:
    """Addresses of a field."""
    return tuple(Address(addr_spec=one) for one in addresses)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A message and what is to be thought of it."""

    name: str
    from_: tuple[str, ...] = ("jane@shop.example",)
    sender: tuple[str, ...] = ()
    reply_to: tuple[str, ...] = ()
    authentication: tuple[tuple[str, str], ...] = PASSED
    signers: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = field(default_factory=lambda: (claim(),))
    #: Words of the reason; empty where Jane is obeyed.
    why: str = ""


ROWS = (
    Row(
        name="everything holds",
    ),
    Row(
        name="from another address of hers",
        from_=("j.adams@shop.example",),
    ),
    Row(
        name="Sender and Reply-To are hers",
        sender=("j.adams@shop.example",),
        reply_to=("jane@shop.example",),
    ),
    Row(
        name="the last day of the token",
        claims=(claim(expires=TODAY),),
    ),
    Row(
        name="one good token beside a bad one",
        claims=(claim(None), claim()),
    ),
    Row(
        name="the same token in three places",
        claims=(claim(), claim(where="thread"), claim(where="text")),
    ),
    Row(
        name="an older case quoted below",
        claims=(claim(), claim(number="SP-100007", where="text")),
    ),
    Row(
        name="no token",
        claims=(),
        why="no token of ours",
    ),
    Row(
        name="a token nobody holds",
        claims=(claim(None),),
        why="not one of ours",
    ),
    Row(
        name="a token that held until yesterday",
        claims=(claim(expires=TODAY - timedelta(days=1)),),
        why="held until 2026-11-24",
    ),
    Row(
        name="tokens of two cases in the addresses",
        claims=(claim(), claim(number="SP-100043")),
        why="several cases or people",
    ),
    Row(
        name="tokens of two people in the addresses",
        claims=(claim(), claim(BOB)),
        why="several cases or people",
    ),
    Row(
        name="a forwarded notification answered by a stranger",
        from_=("friend@elsewhere.example",),
        why="given to Jane Adams, and it comes from another address",
    ),
    Row(
        name="a colleague's token",
        claims=(claim(BOB),),
        why="given to Bob Brown, and it comes from another address",
    ),
    Row(
        name="no From",
        from_=(),
        why="one certain author",
    ),
    Row(
        name="two From, hers first",
        from_=("jane@shop.example", "eve@evil.example"),
        why="one certain author",
    ),
    Row(
        name="two From, hers last",
        from_=("eve@evil.example", "jane@shop.example"),
        why="one certain author",
    ),
    Row(
        name="her address twice",
        from_=("jane@shop.example", "jane@shop.example"),
        why="one certain author",
    ),
    Row(
        name="a Sender of somebody else",
        sender=("eve@evil.example",),
        why="Sender is somebody else",
    ),
    Row(
        name="two Senders, one hers",
        sender=("jane@shop.example", "eve@evil.example"),
        why="Sender is somebody else",
    ),
    Row(
        name="a Reply-To of somebody else",
        reply_to=("eve@evil.example",),
        why="answers to somebody else",
    ),
    Row(
        name="a Reply-To of a colleague",
        reply_to=("bob@shop.example",),
        why="answers to somebody else",
    ),
    Row(
        name="a look-alike address",
        from_=("jane@sh0p.example",),
        why="another address",
    ),
    Row(
        name="a subdomain of ours",
        from_=("jane@shop.example.evil.example",),
        why="another address",
    ),
    Row(
        name="a +detail of hers that is not in the settings",
        from_=("jane+x@shop.example",),
        why="another address",
    ),
    Row(
        name="our server said nothing",
        authentication=(),
        why="does not confirm who sent it (no result)",
    ),
    Row(
        name="dmarc failed",
        authentication=(("spf", "pass"), ("dkim", "pass"), ("dmarc", "fail")),
        why="dmarc=fail",
    ),
    Row(
        name="no dmarc policy",
        authentication=(("spf", "pass"), ("dmarc", "none")),
        why="dmarc=none",
    ),
    Row(
        name="spf alone, of whatever domain",
        authentication=(("spf", "pass"),),
        why="spf=pass",
    ),
    Row(
        name="dkim alone, of whatever domain",
        authentication=(("dkim", "pass"),),
        why="dkim=pass",
    ),
    Row(
        name="dkim of her domain, without dmarc",
        authentication=(("dkim", "pass"),),
        signers=("list.example", "shop.example"),
    ),
    Row(
        name="dkim of a domain below hers, which has no policy",
        authentication=(("dkim", "pass"), ("dmarc", "none")),
        signers=("mail.shop.example",),
    ),
    Row(
        name="dkim of another domain",
        authentication=(("dkim", "pass"),),
        signers=("evil.example",),
        why="dkim=pass",
    ),
    Row(
        name="dkim of a domain that only ends alike",
        authentication=(("dkim", "pass"),),
        signers=("bigshop.example",),
        why="dkim=pass",
    ),
    Row(
        name="dkim of the whole top-level domain",
        authentication=(("dkim", "pass"),),
        signers=("example",),
        why="dkim=pass",
    ),
    Row(
        name="dkim of her domain, where dmarc failed all the same",
        authentication=(("dkim", "pass"), ("dmarc", "fail")),
        signers=("shop.example",),
        why="dmarc=fail",
    ),
    Row(
        name="dmarc was not decided",
        authentication=(("dmarc", "temperror"),),
        why="dmarc=temperror",
    ),
    Row(
        name="another word than pass",
        authentication=(("dmarc", "passed"),),
        why="dmarc=passed",
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_rung_must_hold(row: Row) -> None:
    """Only a good token, its holder as the one author, and our own server's word together make a message one to obey."""
    message = Message(
        from_=address(*row.from_),
        sender=address(*row.sender),
        reply_to=address(*row.reply_to),
        authentication=row.authentication,
        dkim_domains=row.signers,
    )
    found = standing(message, row.claims, today=TODAY, require_authentication=True)
    assert (found.colleague == JANE) is (row.why == "")
    assert row.why in found.why
    assert bool(found.why) is bool(row.why)


@pytest.mark.parametrize(
    "authentication",
    [
        (),
        (("dmarc", "none"),),
        (("spf", "pass"),),
    ],
)
def test_authentication_can_be_waived_where_mail_stays_in_the_house(authentication: tuple[tuple[str, str], ...]) -> None:
    """Without the requirement the token and the author are enough."""
    message = Message(from_=address("jane@shop.example"), authentication=authentication)
    assert standing(message, (claim(),), today=TODAY, require_authentication=False).colleague == JANE


@pytest.mark.parametrize("row", [row for row in ROWS if row.why and row.authentication == PASSED], ids=lambda row: row.name)
def test_nothing_else_is_waived_with_it(row: Row) -> None:
    """The other rungs stand, whatever is said of authentication."""
    message = Message(from_=address(*row.from_), sender=address(*row.sender), reply_to=address(*row.reply_to))
    assert standing(message, row.claims, today=TODAY, require_authentication=False).colleague is None


def test_the_record_has_what_our_server_said() -> None:
    """Results are kept in words, for the audit."""
    message = Message(from_=address("jane@shop.example"), authentication=PASSED)
    found = standing(message, (claim(),), today=TODAY, require_authentication=True)
    assert found.authentication == "spf=pass, dkim=pass, dmarc=pass"
    assert found.claim
    assert found.claim.number == "SP-100042"


def test_the_claim_that_counts_is_named_also_when_nobody_is_obeyed() -> None:
    """Whoever is told of a message must be told by case, so that the claim is kept."""
    found = standing(Message(from_=address("eve@evil.example")), (claim(),), today=TODAY, require_authentication=True)
    assert found.colleague is None
    assert found.claim == claim()
