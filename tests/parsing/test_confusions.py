"""Who it seems to be from: the ways in which one message names another sender to each program that reads it."""

import pytest

from tests.parsing.mail import plain, raw, read
from triage.message import Message
from triage.parsing.salvage import salvage

OURS = "support@shop.example"
EVIL = "x@evil.example"


def head(*lines: str) -> Message:
    """A message with exactly these header lines."""
    return read("\r\n".join([*lines, "Subject: Order", "", "Please change my address."]))


#: Header lines that make some programs show `support@shop.example` although the message is from elsewhere.
FORGED = {
    "two fields, ours first": (f"From: {OURS}", f"From: {EVIL}"),
    "two fields, ours last": (f"From: {EVIL}", f"From: {OURS}"),
    "two fields, one in capitals": (f"From: {EVIL}", f"FROM: {OURS}"),
    "two fields, a space before the colon": (f"From : {OURS}", f"From: {EVIL}"),
    "two fields, a tab before the colon": (f"From\t: {OURS}", f"From: {EVIL}"),
    "two fields, first folded at once": (f"From:\r\n {OURS}", f"From: {EVIL}"),
    "two mailboxes": (f"From: {OURS}, {EVIL}",),
    "two mailboxes in brackets": (f"From: <{OURS}>, <{EVIL}>",),
    "two mailboxes without a comma": (f"From: <{OURS}> <{EVIL}>",),
    "two mailboxes, a semicolon between": (f"From: {OURS}; {EVIL}",),
    "a group of two": (f"From: Shop: {OURS}, {EVIL};",),
    "a route": (f"From: <@{OURS.partition('@')[2]},@evil.example:{EVIL}>",),
    "a route of another form": (f"From: <{OURS}:{EVIL}>",),
    "brackets in brackets": (f"From: <{OURS}<{EVIL}>>",),
    "a comment that ends early": (f"From: {OURS}({EVIL})x",),
    "a comment between the addresses": (f"From: {OURS}(,){EVIL}",),
    "a comment within the domain": ("From: support@(evil.example)shop.example",),
    "a bracket as a comment": (f"From: {OURS}){EVIL}",),
    "a quoted local part": (f'From: "{OURS}"@evil.example',),
    "a quoted local part with a space": ('From: "support @shop.example,"@evil.example',),
    "a backslash": ("From: support\\@shop.example@evil.example",),
    "two at signs": ("From: support@shop.example@evil.example",),
    "an at sign of full width": ("From: support＠shop.example@evil.example",),
    "an encoded address": ("From: =?utf-8?q?support=40shop=2Eexample?=",),
    "an encoded address in brackets": ("From: =?utf-8?b?PHN1cHBvcnRAc2hvcC5leGFtcGxlPg==?=",),
    "an encoded address and a bare one": (f"From: =?utf-8?b?c3VwcG9ydEBzaG9wLmV4YW1wbGUs?= {EVIL}",),
    "encoded within brackets": ("From: <=?utf-8?q?support=40shop=2Eexample?=>",),
    "an encoded local part": ("From: =?utf-8?q?support?=@shop.example",),
    "an encoded domain": ("From: support@=?utf-8?q?shop?=.example",),
    "a NUL within": ("From: support@shop.example\0.evil.example",),
    "a NUL between": (f"From: {OURS}\0<{EVIL}",),
    "a bare carriage return": ("From: support@shop.example\r@evil.example",),
    "a line feed before the second": (f"From: {OURS}\n ,{EVIL}",),
    "a literal": ("From: support@[192.0.2.1]",),
    "an IPv6 literal": ("From: support@[IPv6:2001:db8::1]",),
    "a number for a domain": ("From: support@3221225985",),
    "dots of other scripts": ("From: support@shop。example",),
    "a trailing dot": ("From: support@shop.example.",),
    "a percent hack": ("From: support%shop.example",),
    "a bang path": ("From: shop!support",),
    "no From but a Sender": (f"Sender: {OURS}",),
    "no From but a Resent-From": (f"Resent-From: {OURS}",),
    "no From but a From with a space in front": ("X: y", f" From: {OURS}"),
    "no From but one in the text": ("X: y", "", f"From: {OURS}"),
    "no From but one like it": (f"Frоm: {OURS}",),
}


@pytest.mark.parametrize("lines", FORGED.values(), ids=FORGED.keys())
def test_a_forged_sender_is_never_ours(lines: tuple[str, ...]) -> None:
    """No way of writing two senders into one message makes ours its author."""
    message = head(*lines)
    assert message.author is None or message.author.addr_spec == EVIL


@pytest.mark.parametrize("lines", FORGED.values(), ids=FORGED.keys())
def test_a_forged_sender_is_not_salvaged_either(lines: tuple[str, ...]) -> None:
    """What is shown of an unreadable message is no more credulous than reading is."""
    saved = salvage(raw("\r\n".join([*lines, "Subject: Order", "", "x"])))
    assert saved.author is None or saved.author.addr_spec != OURS or len(saved.from_) != 1


@pytest.mark.parametrize(
    "name",
    [
        OURS,
        f'"{OURS}"',
        f'"Shop Support <{OURS}>"',
        f'"{OURS} via Evil"',
        f"=?utf-8?q?{OURS.replace('@', '=40')}?=",
        "=?utf-8?b?U2hvcCA8c3VwcG9ydEBzaG9wLmV4YW1wbGU+?=",
        "=?utf-8?q?support=40?= =?utf-8?q?shop=2Eexample?=",
    ],
)
def test_our_address_as_a_name_is_told(name: str) -> None:
    """A display name that holds our address leaves the true address as author, and is a defect."""
    message = head(f"From: {name} <{EVIL}>")
    assert message.author is None or message.author.addr_spec == EVIL
    assert any("display name contains an address" in defect or "From:" in defect for defect in message.defects)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Shop\u202etroppuS", "ShoptroppuS"),
        ("Shop\u2066Support\u2069", "ShopSupport"),
        ("Sh\u200bop", "Shop"),
        ("Sh\u200dop", "Shop"),
        ("Sh\u2060op", "Shop"),
        ("\ufeffShop", "Shop"),
        ("Sh\u00adop", "Shop"),
        ("Sh\x00op", "Shop"),
        ("Sh\x1b[31mop", "Sh[31mop"),
        ("Shop\u2028Support", "ShopSupport"),
        ("Shop\u0085Support", "ShopSupport"),
        ("Sh\u061cop", "Shop"),
    ],
)
def test_names_show_what_they_hold(written: str, shown: str) -> None:
    """Nothing in a name reorders, hides or breaks lines, whether it comes raw or encoded."""
    from base64 import b64encode

    packed = b64encode(written.encode()).decode()
    for name in (f"=?utf-8?b?{packed}?=", f'"{written}"'):
        message = head(f"From: {name} <{EVIL}>")
        assert message.author is not None
        assert message.author.name.replace(" ", "") == shown.replace(" ", ""), name


@pytest.mark.parametrize(
    "domain",
    [
        "shоp.example",
        "ѕhop.example",
        "shop.exаmple",
        "ѕһор.example",
        "sһop.example",
        "ｓｈｏｐ.example",
        "shop.ｅxample",
        "ſhop.example",
        "shop\u200b.example",
    ],
)
def test_homographs_are_nobody(domain: str) -> None:
    """A domain in letters that only look like ours gives no address at all; nothing is normalised into ours."""
    assert head(f"From: support@{domain}").from_ == ()
    assert head(f"From: Support <support@{domain}>").author is None


@pytest.mark.parametrize("local", ["ſupport", "ѕupport", "suppoгt", "ｓupport", "mıke", "support\u200b", "ﬁn"])
def test_homographs_before_the_at_sign_are_nobody(local: str) -> None:
    """The same holds before the @: no case mapping or compatibility form makes an ASCII address of it."""
    assert head(f"From: <{local}@shop.example>").from_ == ()


def test_punycode_stays_as_it_is() -> None:
    """A punycode domain is kept in its ASCII form, in lower case, and is not decoded into look-alike letters."""
    message = head("From: Support <support@XN--SHP-TLA.example>")
    assert message.author is not None
    assert message.author.addr_spec == "support@xn--shp-tla.example"
    assert message.author.domain.isascii()


@pytest.mark.parametrize(
    ("lines", "addr_spec"),
    [
        ((f"From: {EVIL}", f"Sender: {OURS}"), EVIL),
        ((f"From: {EVIL}", f"Reply-To: {OURS}"), EVIL),
        ((f"From: {EVIL}", f"Return-Path: <{OURS}>"), EVIL),
        ((f"From: {EVIL}", f"X-Original-From: {OURS}"), EVIL),
        ((f"From: {EVIL}", f"Resent-From: {OURS}"), EVIL),
        ((f"From: {EVIL}", f"Resent-Sender: {OURS}", f"Resent-From: {OURS}"), EVIL),
        ((f"From: {EVIL}", f"X-From: y\r\n From: {OURS}"), EVIL),
        ((f"From: {EVIL}", f"X: y\rFrom: {OURS}"), EVIL),
        ((f"From: {EVIL}", f"Subject: =?utf-8?q?a=0D=0AFrom:_{OURS}?="), EVIL),
        ((f"From: {EVIL}", "", f"From: {OURS}"), EVIL),
        ((f"From: Ann <{EVIL}>", f"Comments: <{OURS}>"), EVIL),
    ],
)
def test_only_from_names_the_author(lines: tuple[str, ...], addr_spec: str) -> None:
    """No other field, folded, injected or in the text, changes whom the message is from."""
    message = head(*lines)
    assert message.author is not None
    assert message.author.addr_spec == addr_spec


def test_case_of_an_address_is_folded_in_ascii_only() -> None:
    """Capital letters of ASCII become small; no other mapping touches an address."""
    message = head("From: ANN.SMITH@CUSTOMER.EXAMPLE")
    assert message.author is not None
    assert message.author.addr_spec == "ann.smith@customer.example"
    assert head("From: \u212aelvin@customer.example").author is None


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("a@b.example, c@d.example", ["a@b.example", "c@d.example"]),
        ("A Group: a@b.example;, c@d.example", ["a@b.example", "c@d.example"]),
        ("A: a@b.example; B: c@d.example;", ["a@b.example", "c@d.example"]),
        ("undisclosed-recipients:;, c@d.example", ["c@d.example"]),
        ('"Smith, Ann" <a@b.example>, "Lee, Bob" <c@d.example>', ["a@b.example", "c@d.example"]),
        ("a@b.example\r\n\t,\r\n c@d.example", ["a@b.example", "c@d.example"]),
        ("Ann (at work, in town) <a@b.example>, c@d.example", ["a@b.example", "c@d.example"]),
        ("a@b.example,,,c@d.example,", ["a@b.example", "c@d.example"]),
        ('"a@b.example" <c@d.example>', ["c@d.example"]),
        ("a@b.example,<broken@>,c@d.example", ["a@b.example", "c@d.example"]),
    ],
)
def test_recipients_are_read_one_by_one(field: str, names: list[str]) -> None:
    """Groups, folding, commas in names and broken neighbours do not lose a recipient."""
    assert [person.addr_spec for person in read(plain("x", To=field)).to] == names


def test_a_quoted_name_cannot_end_its_quotes() -> None:
    """Escaped quotes, brackets and commas within a name stay within it."""
    message = head(f'From: "A \\"B\\" <{OURS}>, C" <{EVIL}>')
    assert message.author is not None
    assert (message.author.addr_spec, message.author.name) == (EVIL, f'A "B" <{OURS}>, C')


def test_very_long_names_are_cut() -> None:
    """A name keeps at most two hundred characters; the address behind it is still found."""
    message = head(f"From: {'long ' * 500}<{EVIL}>")
    assert message.author is not None
    assert message.author.addr_spec == EVIL
    assert len(message.author.name) <= 200
