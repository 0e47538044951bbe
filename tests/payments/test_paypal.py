"""PayPal's webhooks: whose signature counts, where its certificate comes from, and what its events say."""

import base64
import json
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tests.payments.house import ADVICE, NOON, house
from tests.payments.paypal import CAPTURE, DISPUTE, MADE, REFUND, SALE, WEBHOOK, Place, certificate, handing_out, paypal_event
from tests.rows import rows
from tests.spine.office import ANN, FINANCE, plain
from triage.errors import NotGenuineError, TemporaryError, TooOldError
from triage.payment import PaymentEvent, PaymentEventKind
from triage.sections.payments import PayPalSettings
from triage.webhooks.paypal import PayPalReceiver
from triage.webhooks.paypal_signature import PayPalSignature

DENIED = "PAYMENT.CAPTURE.DENIED"
EVENT = paypal_event(DENIED, CAPTURE)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A server that hands out a certificate."""
    with handing_out(tmp_path) as made:
        yield made


@pytest.fixture
def receiver(place: Place) -> PayPalReceiver:
    """Whoever reads what is posted."""
    signature = PayPalSignature(WEBHOOK, certificates=place.where)
    return PayPalReceiver(signature, order_fields=("order_number", "order_id"), invoice_prefix="WC-")


async def heard(place: Place, receiver: PayPalReceiver, kind: str, what: Any, **fields: Any) -> PaymentEvent:
    """What is made of an event."""
    found = await receiver.read(place.signed(paypal_event(kind, what, **fields)), MADE)
    assert found is not None
    return found


async def test_a_certificate_is_asked_for_once(place: Place, receiver: PayPalReceiver) -> None:
    """What was signed with its key counts, for three days, because PayPal tries so long."""
    for hours in (0, 1, 72):
        assert await receiver.read(place.signed(EVENT), MADE + timedelta(hours=hours)) is not None
    assert [path for path, _ in place.asked] == ["/certs/CERT-1"]


@rows(
    "fields",
    [
        {"auth_algo": "SHA1withRSA"},
        {"auth_algo": ""},
        {"transmission_id": ""},
        {"transmission_id": "another"},
        {"transmission_time": ""},
        {"transmission_time": "yesterday"},
        {"transmission_time": "2026-11-22T11:00:01Z"},
        {"transmission_sig": ""},
        {"transmission_sig": "no base64"},
        {"transmission_sig": base64.b64encode(bytes(256)).decode()},
        {"transmission_sig": base64.b64encode(bytes(10**5)).decode()},
        {"cert_url": ""},
    ],
)
async def test_signatures_that_do_not_count(fields: dict[str, str], place: Place, receiver: PayPalReceiver) -> None:
    """Another algorithm, id, time or signature, or none."""
    with pytest.raises(NotGenuineError):
        await receiver.read(place.signed(EVENT, **fields), MADE)


async def test_what_was_signed_for_somebody_else(place: Place, receiver: PayPalReceiver) -> None:
    """For another webhook, with another key, about another body, too long ago, or ahead of time."""
    good = place.signed(EVENT)
    refused = [
        (place.signed(EVENT, to="8PT0"), MADE, False),
        (place.signed(EVENT, by="other"), MADE, False),
        (replace(good, body=good.body + b" "), MADE, False),
        (good, MADE + timedelta(days=4), True),
        (good, MADE - timedelta(minutes=6), True),
    ]
    for post, now, too_old in refused:
        with pytest.raises(NotGenuineError) as caught:
            await receiver.read(post, now)
        assert isinstance(caught.value, TooOldError) is too_old


def forged(body: bytes) -> bytes:
    """Another body that has the same checksum: four octets at its end make up for what was changed."""
    wanted, changed = zlib.crc32(body), body.replace(b"49.90", b"99.99")
    table = []
    for octet in range(256):
        value = octet
        for _ in range(8):
            value = (value >> 1) ^ (0xEDB88320 if value & 1 else 0)
        table.append(value)
    state, steps = wanted ^ 0xFFFFFFFF, []
    for _ in range(4):
        index = next(place for place, value in enumerate(table) if value >> 24 == state >> 24)
        steps.append(index)
        state = ((state ^ table[index]) << 8) & 0xFFFFFFFF
    now, tail = zlib.crc32(changed) ^ 0xFFFFFFFF, bytearray()
    for index in reversed(steps):
        tail.append((now ^ index) & 0xFF)
        now = (now >> 8) ^ table[index]
    return changed + bytes(tail)


def configured(place: Place) -> str:
    """The tables that listen to PayPal."""
    return f'{ADVICE}[payments.paypal]\nwebhook_id = "{WEBHOOK}"\ncertificates = "{place.where}"\ninvoice_prefix = "WC-"\n'


async def test_a_checksum_is_no_digest(tmp_path: Path, place: Place) -> None:
    """Whoever has seen a post can make another one that its signature fits: what came first under an id is what it stands for.

    Also what nobody had to hear of, and also after a new start.
    """
    posts = [place.signed(event, NOON) for event in (EVENT, paypal_event("PAYMENT.CAPTURE.COMPLETED", CAPTURE, "WH-2"))]
    others = [replace(post, body=forged(post.body)) for post in posts]
    for post, other in zip(posts, others, strict=True):
        assert zlib.crc32(other.body) == zlib.crc32(post.body)
        assert other.body != post.body
    for _ in range(2):
        async with house(tmp_path, extra=configured(place)) as at_home:
            for post, other in zip(posts, others, strict=True):
                assert await at_home.hear.take(post) == 200
                assert await at_home.hear.take(other) == 400
            kept = await at_home.office.ask(lambda tx: tx.payments.waiting(NOON + timedelta(hours=1), 9))
            assert [str(one.event.amount) for one in kept] == ["49.90 EUR"]
            assert (await at_home.counted())["received"] == 1


@rows(
    "url",
    [
        "https://evil.example/certs/CERT-1",
        "{base}/other/CERT-1",
        "{base}/certs/../other/CERT-1",
        "{base}/certs/CERT-1?x=1",
        "{base}/certs/CERT-1#x",
        "{base}/certs/",
        "{base}/certs/a/b",
        "{base}/certs/%2e%2e",
        "{base}@evil.example/certs/CERT-1",
        "file:///etc/passwd",
        " {base}/certs/CERT-1",
    ],
)
async def test_certificates_come_from_one_place(url: str, place: Place, receiver: PayPalReceiver) -> None:
    """Whoever names another is not even asked for it."""
    post = place.signed(EVENT, cert_url=url.format(base=place.base))
    with pytest.raises(NotGenuineError, match="expected a certificate from"):
        await receiver.read(post, MADE)
    assert place.asked == []


async def test_certificates_that_do_not_do(place: Place, receiver: PayPalReceiver) -> None:
    """One that is not there, is none, is over, has not begun, or is of another kind of key."""
    place.certificates |= {
        "NONE": b"no certificate",
        "LARGE": b"x" * 100_000,
        "OVER": certificate("one", days=1, begins=-9),
        "AHEAD": certificate("one", begins=9),
        "CURVE": certificate("one", curve=True),
    }
    for cert in ("ABSENT", *list(place.certificates)[1:]):
        with pytest.raises(NotGenuineError):
            await receiver.read(place.signed(EVENT, cert=cert), MADE)


async def test_a_certificate_that_cannot_be_had_now(place: Place, receiver: PayPalReceiver) -> None:
    """Nothing is said of the signature: the post comes again."""
    for code in (500, 429):
        place.code = code
        with pytest.raises(TemporaryError, match=f"cannot be had \\({code}\\)"):
            await receiver.read(place.signed(EVENT), MADE)
    place.code = 302
    with pytest.raises(NotGenuineError):
        await receiver.read(place.signed(EVENT), MADE)
    place.code = 200
    assert await receiver.read(place.signed(EVENT), MADE) is not None
    away = PayPalReceiver(PayPalSignature(WEBHOOK, certificates="http://127.0.0.1:1/certs/"), order_fields=())
    with pytest.raises(TemporaryError, match="ConnectError"):
        await away.read(place.signed(EVENT, cert_url="http://127.0.0.1:1/certs/CERT-1"), MADE)


async def test_nobody_makes_us_ask_without_end(place: Place, receiver: PayPalReceiver) -> None:
    """Of very many names a few are asked for in ten minutes; what is known goes on counting."""
    assert await receiver.read(place.signed(EVENT), MADE) is not None
    for number in range(30):
        with pytest.raises((NotGenuineError, TemporaryError)):
            await receiver.read(place.signed(EVENT, cert=f"X{number}"), MADE)
    assert len(place.asked) == 10
    assert await receiver.read(place.signed(EVENT), MADE) is not None
    with pytest.raises(NotGenuineError):
        await receiver.read(place.signed(EVENT, cert="X1"), MADE + timedelta(minutes=11))
    assert len(place.asked) == 11


@rows(
    "event", [paypal_event("PAYMENT.CAPTURE.COMPLETED", CAPTURE), paypal_event(DENIED, CAPTURE, key_=""), [], 7, {"event_type": [DENIED]}]
)
async def test_what_is_of_no_interest(event: object, place: Place, receiver: PayPalReceiver) -> None:
    """Other types, and JSON that is no event."""
    assert await receiver.read(place.signed(event), MADE) is None


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000])
async def test_signed_nonsense(body: bytes, place: Place, receiver: PayPalReceiver) -> None:
    """What is no JSON is not PayPal's, whoever has signed it."""
    with pytest.raises(NotGenuineError, match="expected JSON"):
        await receiver.read(place.signed(body), MADE)


async def test_failed_payments(place: Place, receiver: PayPalReceiver) -> None:
    """With amount, reason and order; of the older API, too, whose shops write JSON."""
    found = await heard(place, receiver, DENIED, CAPTURE)
    assert (found.kind, found.order_number, str(found.amount)) == (PaymentEventKind.FAILED, "ORD1234", "49.90 EUR")
    assert (found.reason, found.method, found.reference, found.at) == ("insufficient_funds", "PayPal", "3C67", MADE)
    older = await heard(place, receiver, "PAYMENT.SALE.DENIED", SALE)
    assert (older.order_number, str(older.amount), older.reason) == ("1234", "49.90 EUR", "buyer_complaint")


async def test_disputes_and_refunds(place: Place, receiver: PayPalReceiver) -> None:
    """With the order that the payment named, and the time by which we have to answer."""
    dispute = await heard(place, receiver, "CUSTOMER.DISPUTE.CREATED", DISPUTE)
    assert (dispute.kind, dispute.order_number, dispute.reference) == (PaymentEventKind.DISPUTED, "ORD1234", "PP-D-4012")
    assert (dispute.reason, dispute.due_at) == ("merchandise or service not received", datetime(2026, 12, 2, 11, tzinfo=UTC))
    back = await heard(place, receiver, "PAYMENT.CAPTURE.REFUNDED", REFUND)
    assert (back.kind, str(back.amount), back.subject) == (PaymentEventKind.REFUNDED, "20.00 EUR", "PayPal refunded 1Y10")


@rows(
    ("named", "number"),
    [
        ({"invoice_id": "WC-ORD1"}, "ORD1"),
        ({"invoice_id": "ORD1"}, "ORD1"),
        ({"custom_id": "ORD2"}, "ORD2"),
        ({"invoice_id": "", "custom_id": '{"order_id": "WC-7"}'}, "7"),
        ({"custom": json.dumps({"x": "y" * 99, "order_number": 8})}, "8"),
        ({"custom": '{"order_id"'}, ""),
        ({"custom": "{" + "[" * 100_000}, ""),
        ({"custom": '{"a": 1}'}, ""),
        ({"invoice_id": 7}, ""),
        ({"disputed_transactions": "x"}, ""),
        ({"disputed_transactions": ["x"]}, ""),
        ({}, ""),
    ],
)
async def test_which_order(named: dict[str, Any], number: str, place: Place, receiver: PayPalReceiver) -> None:
    """By the fields in which shops write it, without what they write before it."""
    assert (await heard(place, receiver, DENIED, {"id": "1", **named})).order_number == number


@pytest.mark.parametrize(
    "what", [None, [], "x", {"amount": "x", "id": 7, "status_details": []}, {"amount": {"value": "NaN", "currency_code": "EUR"}}]
)
@pytest.mark.parametrize("kind", [DENIED, "PAYMENT.CAPTURE.REFUNDED", "CUSTOMER.DISPUTE.CREATED"])
async def test_strange_things_happen_to_nothing(kind: str, what: Any, place: Place, receiver: PayPalReceiver) -> None:
    """A form that was changed gives an event with less in it, not an error."""
    found = await heard(place, receiver, kind, what, create_time=7)
    assert (found.amount, found.due_at, found.order_number) == (None, None, "")


async def test_from_paypal_to_the_letter(tmp_path: Path, place: Place) -> None:
    """A payment that PayPal denied is told to the order's customer, a dispute to finance; what is forged, to nobody."""
    async with house(tmp_path, extra=configured(place)) as at_home:
        assert await at_home.hear.take(place.signed(EVENT, NOON)) == 200
        assert await at_home.hear.take(place.signed(EVENT, NOON, by="other")) == 400
        assert await at_home.hear.take(place.signed(paypal_event("CUSTOMER.DISPUTE.CREATED", DISPUTE, "WH-2"), NOON)) == 200
        place.code, place.certificates["CERT-2"] = 503, certificate("one")
        assert await at_home.hear.take(place.signed(EVENT, NOON, cert="CERT-2")) == 503
        await at_home.pass_by(11)
        [told] = at_home.office.came(ANN)
        assert "the payment of 49.90 EUR by PayPal for your order ORD1234 did not go through" in plain(told)
        assert "PayPal tells: a payment is disputed" in " ".join(plain(at_home.office.last(FINANCE)).split())
        assert await at_home.counted() == {"received": 2, "opened": 2, "bad_signature": 1}


@rows(
    ("fields", "said"),
    [
        ({"webhook_id": ""}, "webhook_id"),
        ({"certificates": "https://evil.example/certs/"}, "an address of PayPal's"),
        ({"certificates": "https://paypal.com.evil.example/"}, "an address of PayPal's"),
        ({"certificates": "https://evilpaypal.com/"}, "an address of PayPal's"),
        ({"certificates": "http://api.paypal.com/"}, "an address of PayPal's"),
    ],
)
def test_mistakes_in_the_settings(fields: dict[str, str], said: str) -> None:
    """Certificates come from PayPal, over TLS."""
    assert PayPalSettings(webhook_id="1").certificates == "https://api.paypal.com/v1/notifications/certs/"
    with pytest.raises(ValidationError, match=said):
        PayPalSettings(**{"webhook_id": "1", **fields})


async def test_certificates_that_are_not_used_any_more_are_forgotten(place: Place, receiver: PayPalReceiver) -> None:
    """Only a few are kept: PayPal has one or two in use."""
    for number in range(9):
        place.certificates[f"CERT-{number}"] = certificate("one")
        assert await receiver.read(place.signed(EVENT, cert=f"CERT-{number}"), MADE) is not None
    assert len(place.asked) == 9
    assert await receiver.read(place.signed(EVENT, cert="CERT-8"), MADE) is not None
    assert len(place.asked) == 9
    assert await receiver.read(place.signed(EVENT, cert="CERT-0"), MADE) is not None
    assert len(place.asked) == 10
