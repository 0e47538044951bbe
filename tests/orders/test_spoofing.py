"""Tricks in the bytes of a message, read as the daemon reads them: none of them makes a stranger the owner of an order."""

from datetime import UTC, datetime

import pytest

from tests.orders.making import ANN, order
from triage.inquiry import Verdict
from triage.message import MessageKey, RawMessage
from triage.orders.disclose import verdict
from triage.parsing.parse import ParseOptions, parse
from triage.sections.reading import FormSettings

MAY = (Verdict.OWNER, Verdict.LINKED)
OPTIONS = ParseOptions(
    authserv_id="mx.shop.example",
    forms=(FormSettings(address="form@shop.example", email_label="E-mail:"),),
    forwarders=frozenset({"colleague@shop.example"}),
    colleagues=frozenset(),
)
OURS = b"Authentication-Results: mx.shop.example; dmarc=pass header.from=customer.example\r\n"
EVIL = b"Authentication-Results: mx.shop.example; dmarc=pass header.from=evil.example\r\n"
FAIL = b"Authentication-Results: mx.shop.example; dmarc=fail header.from=customer.example\r\n"
BODY = b"Subject: ORD1234\r\nMessage-ID: <1@x.example>\r\n\r\nWhere is my order ORD1234?\r\n"


def judged(head: bytes, body: bytes = BODY) -> Verdict:
    """What is made of a message that begins so, about Ann's order."""
    content = head + body
    key = MessageKey(account="support", mailbox="INBOX", uid_validity=1, uid=1)
    raw = RawMessage(key=key, received_at=datetime(2026, 11, 22, tzinfo=UTC), content=content, size=len(content))
    return verdict(order(), parse(raw, OPTIONS), require_authentication=True)


def test_the_owner() -> None:
    """Without any trick the owner is the owner, however the address is written."""
    assert judged(OURS + b"From: Ann <ann@customer.example>\r\n") is Verdict.OWNER
    assert judged(OURS + b"From: ANN@Customer.Example\r\n") is Verdict.OWNER
    assert (
        judged(OURS + b"From: =?utf-8?q?Ann_C=C3=BCstomer?= <ann@customer.example>\r\nReply-To: ann@customer.example\r\n") is Verdict.OWNER
    )


#: Each one has been used against some mail system, or is made to fit ours.
TRICKS = {
    "plain stranger": EVIL + b"From: eve@evil.example\r\n",
    "owner as display name": EVIL + b'From: "ann@customer.example" <eve@evil.example>\r\n',
    "owner in brackets in the name": EVIL + b'From: "Ann <ann@customer.example>" <eve@evil.example>\r\n',
    "owner as an encoded name": EVIL + b"From: =?utf-8?b?YW5uQGN1c3RvbWVyLmV4YW1wbGU=?= <eve@evil.example>\r\n",
    "owner in a comment": EVIL + b"From: eve@evil.example (ann@customer.example)\r\n",
    "owner in a comment inside": EVIL + b"From: (ann@customer.example) eve@evil.example\r\n",
    "two addresses": EVIL + b"From: ann@customer.example, eve@evil.example\r\n",
    "two addresses, the other first": EVIL + b"From: eve@evil.example, ann@customer.example\r\n",
    "two fields": EVIL + b"From: ann@customer.example\r\nFrom: eve@evil.example\r\n",
    "two fields, the other first": EVIL + b"From: eve@evil.example\r\nFrom: ann@customer.example\r\n",
    "a field with a space": EVIL + b"From : ann@customer.example\r\nFrom: eve@evil.example\r\n",
    "a folded field": EVIL + b"From: ann@customer.example,\r\n eve@evil.example\r\n",
    "a field in capitals beside another": EVIL + b"FROM: eve@evil.example\r\nfrom: ann@customer.example\r\n",
    "a group": EVIL + b"From: ann@customer.example: eve@evil.example;\r\n",
    "an empty group": EVIL + b"From: undisclosed: ;\r\n",
    "a source route": EVIL + b"From: <@customer.example,@evil.example:eve@evil.example>\r\n",
    "angle brackets in angle brackets": EVIL + b"From: <ann@customer.example <eve@evil.example>>\r\n",
    "two at signs": EVIL + b"From: ann@customer.example@evil.example\r\n",
    "a quoted local part": EVIL + b'From: "ann@customer.example"@evil.example\r\n',
    "a null byte": EVIL + b"From: eve@evil.example\x00ann@customer.example\r\n",
    "a null byte behind the owner": EVIL + b"From: ann@customer.example\x00.evil.example\r\n",
    "a line feed in the name": EVIL + b"From: x\nann@customer.example <eve@evil.example>\r\n",
    "the domain as a part": EVIL + b"From: ann@customer.example.evil.example\r\n",
    "a domain that ends alike": EVIL + b"From: ann@evilcustomer.example\r\n",
    "a homograph": EVIL + "From: ann@сustomer.example\r\n".encode(),
    "a homograph in ASCII": EVIL + b"From: ann@xn--ustomer-xjg.example\r\n",
    "digits for letters": EVIL + b"From: ann@cust0mer.example\r\n",
    "a full stop at the end": EVIL + b"From: ann@customer.example.\r\n",
    "a zero-width letter": EVIL + "From: an\u200bn@customer.example\r\n".encode(),
    "only the sender field": EVIL + b"Sender: ann@customer.example\r\n",
    "resent by the owner": EVIL + b"From: eve@evil.example\r\nResent-From: ann@customer.example\r\n",
    "reply to the owner": EVIL + b"From: eve@evil.example\r\nReply-To: ann@customer.example\r\n",
    "return path of the owner": b"Return-Path: <ann@customer.example>\r\n" + EVIL + b"From: eve@evil.example\r\n",
    "owner in cc": EVIL + b"From: eve@evil.example\r\nCc: ann@customer.example\r\n",
    "original sender field": EVIL + b"From: eve@evil.example\r\nX-Original-From: ann@customer.example\r\n",
    "no from": EVIL,
    "an empty from": EVIL + b"From: \r\n",
}
#: With the owner's own address in From: whether that may be believed.
DOUBTS = {
    "no result": (b"", Verdict.UNVERIFIED),
    "failed": (FAIL, Verdict.FORGED),
    "both methods failed": (b"Authentication-Results: mx.shop.example; spf=fail; dkim=fail\r\n", Verdict.FORGED),
    "of another server": (b"Authentication-Results: mx.evil.example; dmarc=pass header.from=customer.example\r\n", Verdict.UNVERIFIED),
    "of a server named alike": (b"Authentication-Results: mx.shop.example.evil.example; dmarc=pass\r\n", Verdict.UNVERIFIED),
    "ours, below a failure of ours": (FAIL + OURS, Verdict.FORGED),
    "in a comment": (b"Authentication-Results: mx.evil.example (mx.shop.example; dmarc=pass)\r\n", Verdict.UNVERIFIED),
    "in another field": (b"X-Authentication-Results: mx.shop.example; dmarc=pass\r\n", Verdict.UNVERIFIED),
    "spf of whom it may concern": (b"Authentication-Results: mx.shop.example; spf=pass smtp.mailfrom=evil.example\r\n", Verdict.UNVERIFIED),
    "a signature of somebody else": (b"Authentication-Results: mx.shop.example; dkim=pass header.d=evil.example\r\n", Verdict.UNVERIFIED),
    "a signature of a domain alike": (b"Authentication-Results: mx.shop.example; dkim=pass header.d=tomer.example\r\n", Verdict.UNVERIFIED),
    "a failure and a signature": (
        b"Authentication-Results: mx.shop.example; dmarc=fail; dkim=pass header.d=customer.example\r\n",
        Verdict.FORGED,
    ),
    "answers elsewhere": (OURS + b"Reply-To: eve@evil.example\r\n", Verdict.ELSEWHERE),
    "answers to both": (OURS + b"Reply-To: ann@customer.example, eve@evil.example\r\n", Verdict.ELSEWHERE),
    "sent by somebody else": (OURS + b"Sender: eve@evil.example\r\n", Verdict.ELSEWHERE),
}


@pytest.mark.parametrize("trick", list(TRICKS))
def test_no_trick_makes_a_stranger_the_owner(trick: str) -> None:
    """Whoever is not the one author of the message is not told, although our server confirms the domain that was used."""
    assert judged(TRICKS[trick]) not in MAY


@pytest.mark.parametrize("doubt", list(DOUBTS))
def test_the_owners_address_is_not_enough(doubt: str) -> None:
    """Anybody can write an address: without our own server's word, or with the answer going elsewhere, nobody is told."""
    head, expected = DOUBTS[doubt]
    assert judged(head + b"From: Ann <ann@customer.example>\r\n") is expected


def test_a_signature_of_the_domain_speaks_for_it() -> None:
    """Where the domain has no DMARC policy, its own signature is believed."""
    signed = b"Authentication-Results: mx.shop.example; dmarc=none; dkim=pass header.d=customer.example\r\n"
    assert judged(signed + b"From: ann@customer.example\r\n") is Verdict.OWNER


def test_a_web_form_is_no_proof() -> None:
    """Whoever fills in a form can write any address into it."""
    body = b"Subject: Contact\r\nMessage-ID: <2@x.example>\r\n\r\nE-mail: ann@customer.example\r\n\r\nWhere is ORD1234?\r\n"
    head = b"Authentication-Results: mx.shop.example; dmarc=pass header.from=shop.example\r\nFrom: form@shop.example\r\n"
    assert judged(head, body) is Verdict.PASSED_ON


def test_what_is_quoted_does_not_count() -> None:
    """The owner's words and address below a stranger's message make nobody the owner."""
    body = BODY + b"\r\nOn Sunday Ann <ann@customer.example> wrote:\r\n> From: ann@customer.example\r\n> My order ORD1234 is late.\r\n"
    assert judged(EVIL + b"From: eve@evil.example\r\n", body) is Verdict.SOMEBODY_ELSES


def test_how_many_tricks_there_are() -> None:
    """None of them is lost by a slip of the pen."""
    assert (len(TRICKS), len(DOUBTS)) == (37, 15)
    assert ANN in str(order().addresses)
