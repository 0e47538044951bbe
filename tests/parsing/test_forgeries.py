"""Authentication results that somebody else wrote, above and below our own; and which differences make another message."""

import pytest

from tests.parsing.mail import plain, read
from triage.parsing.options import ParseOptions

OURS = "Authentication-Results: mx.shop.example; spf=fail smtp.mailfrom=evil.example; dkim=none; dmarc=fail header.from=bank.example"
PASS = "Authentication-Results: mx.shop.example; spf=pass; dkim=pass header.d=bank.example; dmarc=pass header.from=bank.example"
BY_US = (
    "Received: from mail.evil.example (mail.evil.example [192.0.2.9]) by mx.shop.example with ESMTPS id 1; Mon, 1 Jun 2026 10:00:00 +0200"
)
INSIDE = "Received: from mx.shop.example by imap.shop.example with LMTP; Mon, 1 Jun 2026 10:00:01 +0200"
BY_THEM = "Received: from laptop by mail.evil.example with ESMTPSA; Mon, 1 Jun 2026 09:59:00 +0200"
LIES = "Received: from laptop by mx.shop.example with ESMTPS; Mon, 1 Jun 2026 09:58:00 +0200"
FAILED = {"spf": "fail", "dkim": "none", "dmarc": "fail"}

TOPMOST = ParseOptions(authserv_id="mx.shop.example")
TRACED = ParseOptions(authserv_id="mx.shop.example", trace_hosts=("shop.example",))


def results(options: ParseOptions, *lines: str) -> dict[str, str]:
    """Results by method of a message that begins with these lines."""
    return dict(read("\r\n".join([*lines, plain("x")]), options).authentication)


@pytest.mark.parametrize("options", [TOPMOST, TRACED], ids=["topmost", "traced"])
@pytest.mark.parametrize(
    "lines",
    [
        (OURS, BY_US, PASS, BY_THEM),
        (OURS, BY_US, BY_THEM, PASS),
        (OURS, BY_US, PASS, PASS, PASS),
        (INSIDE, OURS, BY_US, PASS),
        (OURS, INSIDE, BY_US, PASS),
        ("X-Spam: no", OURS, BY_US, PASS, BY_THEM),
        (OURS, BY_US, PASS.upper()),
        (OURS, BY_US, PASS.replace("Authentication-Results", "AUTHENTICATION-RESULTS")),
        (OURS, BY_US, PASS.replace("; spf", "; (spf=fail) spf")),
        (OURS, BY_US, "X: y\r\n " + PASS),
        (OURS, BY_US, "ARC-" + PASS),
        (OURS, BY_US, "X-" + PASS),
        (OURS, BY_US, PASS.replace("Authentication-Results", "Authentication-Results-Original")),
        (OURS, BY_US, "DKIM-Signature: v=1; d=bank.example; b=x"),
        (OURS, BY_US, "Received-SPF: pass"),
    ],
)
def test_what_lies_below_ours_counts_for_nothing(options: ParseOptions, lines: tuple[str, ...]) -> None:
    """Whatever the sender wrote in our name below our own fields, ours alone is heard."""
    assert results(options, *lines) == FAILED


@pytest.mark.parametrize(
    "lines",
    [
        (BY_US, PASS, BY_THEM),
        (BY_US, BY_THEM, PASS),
        (INSIDE, BY_US, PASS),
        (BY_US, PASS, BY_THEM, PASS),
    ],
)
def test_below_our_trace_nothing_is_ours(lines: tuple[str, ...]) -> None:
    """Where our servers wrote no result, a result in our name below our trace is not taken for ours."""
    assert results(TRACED, *lines) == {}


HALF = "Authentication-Results: mx.shop.example; spf=fail"


@pytest.mark.parametrize(
    "border",
    [
        BY_US,
        BY_US.replace("from mail.evil.example (mail.evil.example", "from mx.shop.example (mail.evil.example"),
        BY_US.replace("from mail.evil.example (mail.evil.example", "from localhost (unknown"),
        BY_US.replace("from mail.evil.example (mail.evil.example", "from evilshop.example (evilshop.example"),
        BY_US.replace("from mail.evil.example (mail.evil.example [192.0.2.9]) ", ""),
    ],
)
def test_a_method_ours_did_not_speak_of_cannot_be_added(border: str) -> None:
    """Behind the server where the message came in no result is ours, though a trace in our name stands below it."""
    assert results(TRACED, HALF, border, PASS, LIES) == {"spf": "fail"}
    assert results(TRACED, HALF, INSIDE, border, PASS, LIES) == {"spf": "fail"}


def test_results_of_several_servers_of_ours() -> None:
    """Results lie above and between our own traces as far as the message went from one server of ours to the next."""
    amavis = "Received: from localhost (localhost [127.0.0.1]) by mx.shop.example with ESMTP"
    dkim = "Authentication-Results: mx.shop.example; dkim=pass header.d=bank.example"
    assert results(TRACED, HALF, INSIDE, amavis, dkim, BY_US, PASS) == {"spf": "fail", "dkim": "pass"}
    assert results(TRACED, HALF, BY_US.replace("mx.shop.example", "mx.evilshop.example"), PASS) == {"spf": "fail"}


@pytest.mark.parametrize("lines", [(OURS, BY_US, PASS, LIES), (OURS, BY_US, LIES, PASS), (OURS, BY_US, BY_THEM, LIES, PASS)])
def test_a_trace_in_our_name_does_not_move_the_border(lines: tuple[str, ...]) -> None:
    """A Received field in our name below the true one makes no result its sender wrote count against ours."""
    assert results(TOPMOST, *lines) == FAILED
    assert results(TRACED, *lines) == FAILED


@pytest.mark.parametrize(
    "field",
    [
        "mx.shop.example.evil.example; dmarc=pass",
        "evil.mx.shop.example; dmarc=pass",
        "mx.shop.examplee; dmarc=pass",
        "mx-shop-example; dmarc=pass",
        "MX.SHOP.EXAMPLE.; dmarc=pass",
        '"mx.shop.example" x; dmarc=pass',
        "(mx.shop.example) evil.example; dmarc=pass",
        "evil.example (mx.shop.example); dmarc=pass",
        "mx.shop.example/2; dmarc=pass",
        "mx.shop.example dmarc=pass",
        "mx.shop.example",
        "mx.shop.example;",
        "mx.shop.example; none",
        "; dmarc=pass",
        "dmarc=pass; mx.shop.example",
        "=?utf-8?q?mx=2Eshop=2Eexample=3B?= evil",
        "mx.shop.example; dmarc",
        "mx.shop.example; =pass",
        "mx.shop.example; dmarc=",
        "mx.shоp.example; dmarc=pass",
        "mx.shop.example\0; dmarc=",
    ],
)
def test_no_result_is_read_into_a_field(field: str) -> None:
    """Names that only resemble ours, results without method or word, and an explicit none say nothing."""
    assert results(TOPMOST, f"Authentication-Results: {field}").get("dmarc") != "pass"


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("mx.shop.example; dmarc=pass", {"dmarc": "pass"}),
        ("MX.Shop.Example; DMARC=Pass", {"dmarc": "pass"}),
        ("mx.shop.example 1; dmarc=pass", {"dmarc": "pass"}),
        ("mx.shop.example;\r\n\tdmarc=pass (p=reject)\r\n\theader.from=bank.example", {"dmarc": "pass"}),
        ("mx.shop.example; spf=softfail; dkim=temperror", {"spf": "softfail", "dkim": "temperror"}),
        ("mx.shop.example; dkim=pass header.d=a.example; dkim=fail header.d=b.example", {"dkim": "pass"}),
        ("mx.shop.example; dkim=fail header.d=a.example; dkim=pass header.d=b.example", {"dkim": "pass"}),
        ("mx.shop.example; spf=fail; spf=pass", {"spf": "fail"}),
        ("mx.shop.example; dmarc=fail; dmarc=pass", {"dmarc": "fail"}),
        ('mx.shop.example; spf=pass reason="dmarc=pass"', {"spf": "pass"}),
        ("mx.shop.example; spf=pass (dmarc=pass)", {"spf": "pass"}),
        ("mx.shop.example; x-unknown=pass; spf=neutral", {"spf": "neutral"}),
        ("mx.shop.example (a (nested) comment); spf=pass", {"spf": "pass"}),
    ],
)
def test_our_own_field_is_read_to_the_letter(field: str, expected: dict[str, str]) -> None:
    """Capitals, versions, folding, comments and repeated methods mean what RFC 8601 says they mean."""
    assert results(TOPMOST, f"Authentication-Results: {field}") == expected


def test_results_are_asked_for_by_method() -> None:
    """Of a method that the server did not speak of the result is empty, which is not a pass."""
    message = read(f"{OURS}\r\n{plain('x')}", TOPMOST)
    assert message.authentication_result("dmarc") == "fail"
    assert message.authentication_result("arc") == ""


SAME = {
    "another way here": ("Received: from a by b", "Received: from c by d"),
    "another mailbox": ("Delivered-To: a@shop.example", "Delivered-To: b@shop.example"),
    "judged on the way": ("X-Spam-Status: No", "X-Spam-Status: Yes, score=9"),
    "another reverse-path": ("Return-Path: <a@b.example>", "Return-Path: <>"),
    "authenticated elsewhere": ("Authentication-Results: a; spf=pass", "Authentication-Results: b; spf=fail"),
    "listed and not": ("List-Id: <x.example>", "X: y"),
    "to one and to the other": ("To: support@shop.example", "To: help@shop.example"),
    "resent": ("Resent-From: a@b.example", "X: y"),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME.keys())
def test_delivery_makes_no_other_message(one: str, other: str) -> None:
    """What is added, changed or removed on the way leaves the fingerprint as it is."""
    assert (
        read(f"{one}\r\n{plain('text')}").fingerprint == read(f"{other}\r\n{plain('text')}").fingerprint == read(plain("text")).fingerprint
    )


@pytest.mark.parametrize(
    ("change", "same"),
    [
        (lambda content: content.replace("\r\n", "\n"), True),
        (lambda content: content.replace("\r\n", "\r"), True),
        (lambda content: content + "\r\n\r\n", True),
        (lambda content: content + "\n", True),
        (lambda content: content.replace("Subject: Order", "SUBJECT: Order"), True),
        (lambda content: content.replace("Subject: Order", "Subject:  Order "), True),
        (lambda content: content.replace("Subject: Order", "Subject:\r\n Order"), True),
        (lambda content: content.replace("Subject: Order", "Subject: order"), False),
        (lambda content: content.replace("Subject: Order", "Subject: Order."), False),
        (lambda content: content.replace("Subject: Order\r\n", ""), False),
        (lambda content: content.replace("Ann Smith", "Ann Jones"), False),
        (lambda content: content.replace("ann@", "eve@"), False),
        (lambda content: content.replace("<m1@", "<m2@"), False),
        (lambda content: content.replace("Date: Mon, 1", "Date: Tue, 2"), False),
        (lambda content: content.replace("two", "three"), False),
        (lambda content: content.replace("two", "TWO"), False),
        (lambda content: content.replace("one\r\ntwo", "one two"), False),
        (lambda content: content.replace("one\r\ntwo", "one\r\n\r\ntwo"), False),
        (lambda content: content.replace("one", " one"), False),
        (lambda content: content.replace("one", "\r\none"), False),
        (lambda content: content[:-3], False),
    ],
)
def test_which_differences_count(change: object, same: bool) -> None:
    """Line ends, folding and empty lines at the end do not count; every letter of text, author, date and subject does."""
    content = plain("one\ntwo", Date="Mon, 1 Jun 2026 10:00:00 +0200")
    changed = change(content)  # type: ignore[operator]
    assert changed != content
    assert (read(content).fingerprint == read(changed).fingerprint) is same


def test_text_does_not_move_between_fields() -> None:
    """The same letters, divided otherwise between subject and date or header and body, are another message."""
    one = read("Message-ID: <a@b>\r\nDate: x\r\nSubject: y z\r\n\r\nt").fingerprint
    assert one != read("Message-ID: <a@b>\r\nDate: x y\r\nSubject: z\r\n\r\nt").fingerprint
    assert one != read("Message-ID: <a@b>\r\nDate: x\r\nSubject: y\r\n\r\nz t").fingerprint
    assert read("Message-ID: <a@b>\r\nSubject: x\r\n\r\nt").fingerprint != read("Message-ID: <a@b>\r\nDate: x\r\n\r\nt").fingerprint


def test_without_an_identifier_every_octet_counts() -> None:
    """A message without Message-ID is only itself where all of its bytes are the same, trace fields included."""
    bare = "From: a@b.example\r\nSubject: x\r\n\r\ntext"
    assert read(bare).fingerprint == read(bare).fingerprint
    for changed in (f"Received: by x\r\n{bare}", bare.replace("\r\n", "\n"), f"{bare}\r\n", f"Message-ID: <>\r\n{bare}"):
        assert read(changed).fingerprint != read(bare).fingerprint


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("<a@b.example>", ("a@b.example",)),
        ("<a@b.example><c@d.example>", ("a@b.example", "c@d.example")),
        ("<a@b.example>,<c@d.example>", ("a@b.example", "c@d.example")),
        ("<a@b.example>\r\n\t<c@d.example>", ("a@b.example", "c@d.example")),
        ("<a@b.example> <a@b.example>", ("a@b.example",)),
        ("a@b.example c@d.example", ("a@b.example", "c@d.example")),
        ("Your message of Monday <a@b.example> (Ann)", ("a@b.example",)),
        ('"Ann" of Monday', ()),
        ("<a@b\r\n .example>", ("a@b",)),
        ("<a@b.example", ("a@b.example",)),
        ("<\x00a@b.example>", ()),
        ("<a\u202eb@c.example>", ("a\u202eb@c.example",)),
        ("<a@b.example\r\nX1 EXPUNGE>", ("a@b.example",)),
        ("<" + "x" * 990 + "@y.z>", ("x" * 990 + "@y.z",)),
        ("<" + "x" * 999 + "@y.z>", ()),
        ("<>", ()),
        ("<<a@b.example>>", ("a@b.example",)),
    ],
)
def test_references_however_they_are_written(field: str, expected: tuple[str, ...]) -> None:
    """Identifiers are found between brackets or spaces; whoever hides commands or spaces in one has none."""
    message = read(f"From: ann@customer.example\r\nReferences: {field}\r\n\r\nx")
    assert message.references == expected
    assert not any(character in "".join(message.references) for character in "\r\n <>")


def test_threads_are_followed_nearest_first() -> None:
    """In-Reply-To comes before References, and of these the last comes first, each once."""
    message = read(plain("x", In_Reply_To="<c@x> <b@x>", References="<a@x> <b@x> <c@x>"))
    assert message.thread_ids() == ("c@x", "b@x", "a@x")
