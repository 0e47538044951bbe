"""Authentication results: only the configured server's own, topmost ones."""

import pytest

from tests.parsing.mail import plain, read
from triage.parsing.options import ParseOptions

GOOD = (
    "mx.shop.example; dmarc=pass header.from=customer.example; spf=pass smtp.mailfrom=customer.example; dkim=pass header.d=customer.example"
)
TRACED = ParseOptions(authserv_id="mx.shop.example", trace_hosts=("shop.example",))


def results(*fields: tuple[str, str], options: ParseOptions | None = None) -> dict[str, str]:
    """Results by method of a message with these fields at its top."""
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return dict(read(head + plain("x"), options or ParseOptions(authserv_id="mx.shop.example")).authentication)


def test_results_of_the_configured_server() -> None:
    """The topmost field of our own server gives its results by method."""
    assert results(("Authentication-Results", GOOD)) == {"dmarc": "pass", "spf": "pass", "dkim": "pass"}


@pytest.mark.parametrize(
    "fields",
    [
        (("Authentication-Results", GOOD.replace("mx.shop.example", "mx.evil.example")),),
        (("Authentication-Results", GOOD.replace("mx.shop.example", "mx.evil.example")), ("Authentication-Results", GOOD)),
        (("Authentication-Results", "dmarc=pass"),),
        (("Authentication-Results", "mx.shop.example; ((("),),
        (("Authentication-Results", ""),),
        (("X-Authentication-Results", GOOD),),
    ],
)
def test_other_fields_say_nothing(fields: tuple[tuple[str, str], ...]) -> None:
    """Fields of other servers, forged ones below them, and broken ones give no result."""
    assert results(*fields) == {}


def signers(value: str) -> tuple[str, ...]:
    """The domains of good DKIM signatures in this field."""
    head = f"Authentication-Results: {value}\r\n"
    return read(head + plain("x"), ParseOptions(authserv_id="mx.shop.example")).dkim_domains


def test_domains_of_good_signatures_are_kept() -> None:
    """header.d of what passed, and of nothing else; a field of another server says none."""
    value = "mx.shop.example; dkim=pass header.d=A.example; dkim=fail header.d=b.example; dkim=pass header.i=@c.example; dmarc=none"
    assert signers(value) == ("a.example",)
    assert signers(value.replace("mx.shop.example;", "mx.evil.example;")) == ()


def test_nothing_is_trusted_without_configuration() -> None:
    """Without a configured server no result counts."""
    assert results(("Authentication-Results", GOOD), options=ParseOptions()) == {}


def test_forged_field_below_cannot_add_a_method() -> None:
    """What stands below our own field may be the sender's: it adds and changes nothing."""
    forged = ("Authentication-Results", "mx.shop.example; dmarc=pass")
    assert results(("Authentication-Results", "mx.shop.example; spf=fail"), forged) == {"spf": "fail"}


def test_several_fields_of_our_own_above_our_trace_field() -> None:
    """With known trace hosts all fields above our last Received count, and none below it."""
    ours = ("Received", "from mail.customer.example by mx.shop.example with ESMTP; Mon, 1 Jun 2026 10:00:00 +0000")
    theirs = ("Received", "from x by mail.evil.example with ESMTP; Mon, 1 Jun 2026 09:00:00 +0000")
    above = (("Authentication-Results", "mx.shop.example; spf=pass"), ("Authentication-Results", "mx.shop.example; dkim=fail"))
    below = ("Authentication-Results", "mx.shop.example; dmarc=pass")
    assert results(*above, ours, below, theirs, options=TRACED) == {"spf": "pass", "dkim": "fail"}
    assert results(above[0], theirs, below, options=TRACED) == {"spf": "pass"}


def test_one_good_signature_is_enough() -> None:
    """Of several signatures in one field a valid one counts."""
    assert results(("Authentication-Results", "mx.shop.example; dkim=fail header.d=list.example; dkim=pass header.d=customer.example")) == {
        "dkim": "pass"
    }


def test_field_without_identifier() -> None:
    """Microsoft's field has no identifier: it is taken only where that server is configured."""
    value = "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=customer.example; dkim=pass (signature was verified) header.d=customer.example;dmarc=pass action=none header.from=customer.example;compauth=pass reason=100"
    options = ParseOptions(authserv_id="protection.outlook.com")
    assert results(("Authentication-Results", value), options=options) == {
        "spf": "pass",
        "dkim": "pass",
        "dmarc": "pass",
        "compauth": "pass",
    }
    assert results(("Authentication-Results", value)) == {}
