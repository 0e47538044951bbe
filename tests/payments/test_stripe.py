"""Stripe's webhooks: whose signature counts, and what its events say."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.effort import effort
from tests.payments.making import CHARGE, DISPUTE, INTENT, MADE, REFUND, SECRET, WARNING, signature, signed, stripe_event
from tests.rows import rows
from triage.errors import NotGenuineError, TooOldError
from triage.payment import PaymentEvent, PaymentEventKind, Post, event_json, parse_event
from triage.webhooks.stripe import StripeReceiver

NOW = datetime.fromtimestamp(MADE + 5, UTC)
STAMP = MADE + 5
RECEIVER = StripeReceiver([SECRET, "whsec_next"], tolerance=timedelta(minutes=5), order_fields=("order_number", "order_id"))
BODY = b'{"id": "evt_1", "type": "charge.failed", "livemode": true}'


async def heard(kind: str, what: dict[str, Any], **fields: Any) -> PaymentEvent:
    """What is made of an event."""
    found = await RECEIVER.read(signed(stripe_event(kind, what, **fields), NOW), NOW)
    assert found is not None
    return found


def posted(field: str, body: bytes = BODY) -> Post:
    """A post with that signature."""
    return Post(path="/stripe", fields={"stripe-signature": field}, body=body)


@rows(
    "field",
    [
        f"t={STAMP},v1={signature(BODY, STAMP)}",
        f"t={STAMP}, v1={signature(BODY, STAMP)}",
        f"v1={signature(BODY, STAMP)},t={STAMP}",
        f"t={STAMP},v1={'0' * 64},v1={signature(BODY, STAMP)}",
        f"t={STAMP},v0=x,v1={signature(BODY, STAMP, 'whsec_next')}",
        f"t={STAMP - 299},v1={signature(BODY, STAMP - 299)}",
        f"t={STAMP + 299},v1={signature(BODY, STAMP + 299)}",
    ],
)
async def test_signatures_that_count(field: str) -> None:
    """Any of its signatures with any of our secrets, made within the last minutes."""
    assert await RECEIVER.read(posted(field), NOW) is not None


@rows(
    "field",
    [
        "",
        "t=,v1=",
        f"t={STAMP}",
        f"v1={signature(BODY, STAMP)}",
        f"t={STAMP},v1={signature(BODY, STAMP)[:-1]}",
        f"t={STAMP},v1={signature(BODY, STAMP).upper()}",
        f"t={STAMP},v0={signature(BODY, STAMP)}",
        f"t={STAMP},v1={signature(BODY, STAMP, 'whsec_other')}",
        f"t={STAMP},v1={signature(BODY, STAMP, '')}",
        f"t={STAMP},v1={signature(BODY + b' ', STAMP)}",
        f"t={STAMP + 1},v1={signature(BODY, STAMP)}",
        f"t={STAMP - 301},v1={signature(BODY, STAMP - 301)}",
        f"t={STAMP + 301},v1={signature(BODY, STAMP + 301)}",
        f"t=-{STAMP},v1={signature(BODY, STAMP)}",
        f"t={'9' * 400},v1={signature(BODY, STAMP)}",
        f"t=٣,v1={signature(BODY, STAMP)}",
        f"t={STAMP},v1=é",
        "," * 5000,
    ],
)
async def test_signatures_that_do_not(field: str) -> None:
    """Missing, cut, of another secret, of another body, of another time, too old or from the future."""
    with pytest.raises(NotGenuineError):
        await RECEIVER.read(posted(field), NOW)


async def test_what_was_signed_at_another_time() -> None:
    """Is told apart from what was never signed: the one means a clock or a repetition, the other somebody else."""
    for seconds, known in ((-301, "whsec_next"), (301, "whsec_next"), (-86400, "whsec_next"), (-301, "whsec_other"), (0, "whsec_other")):
        stamp = STAMP + seconds
        with pytest.raises(NotGenuineError) as caught:
            await RECEIVER.read(posted(f"t={stamp},v1={signature(BODY, stamp, known)}"), NOW)
        assert isinstance(caught.value, TooOldError) is (known == "whsec_next")


async def test_a_signature_is_looked_at_fast() -> None:
    """Whoever posts a very long one keeps nobody waiting."""
    field = f"t={STAMP}," + "v1=0," * 13_000

    def look() -> None:
        with pytest.raises(NotGenuineError):
            RECEIVER.read(posted(field), NOW).send(None)

    assert effort(look, 0.02) < 0.02


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000])
async def test_signed_nonsense(body: bytes) -> None:
    """What is no JSON is not Stripe's, whoever has signed it."""
    with pytest.raises(NotGenuineError, match="expected JSON"):
        await RECEIVER.read(signed(body, NOW), NOW)


@rows(
    "event",
    [
        stripe_event("payout.paid", {}),
        stripe_event("charge.succeeded", CHARGE),
        stripe_event("charge.failed", CHARGE, livemode=False),
        stripe_event("charge.failed", CHARGE, key=""),
        {"id": "evt_1", "type": ["charge.failed"]},
        [],
        "charge.failed",
        7,
        None,
    ],
)
async def test_what_is_of_no_interest(event: object) -> None:
    """Other types, events of the test mode, and JSON that is no event."""
    assert await RECEIVER.read(signed(event, NOW), NOW) is None


async def test_in_test_mode_only_its_events_count() -> None:
    """A shop that tries it out tells nobody of what really happened, nor the other way round."""
    trying = StripeReceiver([SECRET], tolerance=timedelta(minutes=5), order_fields=(), test_mode=True)
    assert await trying.read(signed(stripe_event("charge.failed", CHARGE, livemode=False), NOW), NOW) is not None
    assert await trying.read(signed(stripe_event("charge.failed", CHARGE), NOW), NOW) is None


async def test_a_failed_payment() -> None:
    """Told of by charge and by payment alike, it is one; with amount, card, reason and order."""
    charge = await heard("charge.failed", CHARGE)
    intent = await heard("payment_intent.payment_failed", INTENT, key="evt_2")
    assert (charge.kind, charge.order_number, str(charge.amount)) == (PaymentEventKind.FAILED, "ORD1234", "49.90 EUR")
    assert (charge.reason, charge.method, charge.reference) == ("insufficient_funds", "Visa", "pi_1")
    assert charge.at == datetime.fromtimestamp(MADE, UTC)
    assert replace(intent, id=charge.id) == charge
    alone = await heard("charge.failed", CHARGE | {"payment_intent": None})
    assert alone.subject == "Stripe failed ch_1"


@rows(
    ("fine", "coarse", "reason"),
    [
        ("expired_card", "expired_card", "expired_card"),
        ("incorrect_cvc", "incorrect_cvc", "incorrect_details"),
        ("authentication_required", "card_declined", "authentication_required"),
        ("stolen_card", "card_declined", "declined"),
        ("", "card_declined", "declined"),
        ("", "processing_error", "provider_error"),
        ("", "account_closed", "account_closed"),
        ("", "", ""),
    ],
)
async def test_why_it_failed(fine: str, coarse: str, reason: str) -> None:
    """In words for which there are texts, where there are; that a card is stolen is nothing to write to its user."""
    charge = CHARGE | {"outcome": {"reason": fine}, "failure_code": coarse}
    intent = INTENT | {"last_payment_error": {"decline_code": fine, "code": coarse}}
    assert (await heard("charge.failed", charge)).reason == reason
    assert (await heard("payment_intent.payment_failed", intent)).reason == reason


async def test_a_dispute() -> None:
    """With its reason in words, and the time by which an answer must be there."""
    found = await heard("charge.dispute.created", DISPUTE)
    assert (found.kind, found.subject, found.reason) == (PaymentEventKind.DISPUTED, "Stripe disputed dp_1", "product not received")
    assert found.due_at == datetime.fromtimestamp(MADE, UTC) + timedelta(days=7)
    assert (await heard("charge.dispute.created", DISPUTE | {"evidence_details": None})).due_at is None


async def test_refunds() -> None:
    """Each part of the money that goes back is an event of its own, with its own amount."""
    first = await heard("charge.refunded", REFUND)
    second = await heard("charge.refunded", REFUND | {"amount_refunded": 4990}, before={"amount_refunded": 2000})
    assert (str(first.amount), str(second.amount), first.kind) == ("20.00 EUR", "29.90 EUR", PaymentEventKind.REFUNDED)
    assert first.subject != second.subject


async def test_a_fraud_warning() -> None:
    """About a charge, without an amount."""
    found = await heard("radar.early_fraud_warning.created", WARNING)
    assert (found.kind, found.reference, found.reason) == (PaymentEventKind.FRAUD_WARNING, "ch_1", "unauthorized use of card")
    assert (found.amount, found.order_number) == (None, "")


@rows(
    ("amount", "currency", "expected"),
    [
        (4990, "eur", "49.90 EUR"),
        (500, "jpy", "500.00 JPY"),
        (12345, "kwd", "12.345 KWD"),
        (0, "usd", "0.00 USD"),
        (10**15, "usd", "None"),
        ("4990", "eur", "None"),
        (None, "eur", "None"),
        (4990, None, "None"),
    ],
)
async def test_amounts(amount: object, currency: object, expected: str) -> None:
    """In the smallest unit of their currency, which is not a hundredth everywhere; what is none is left out."""
    assert str((await heard("charge.failed", CHARGE | {"amount": amount, "currency": currency})).amount) == expected


@rows(
    ("metadata", "number"),
    [
        ({"order_id": "ORD1"}, "ORD1"),
        ({"order_id": "ORD1", "order_number": "ORD2"}, "ORD2"),
        ({"order_number": " ORD\r\n1 "}, "ORD 1"),
        ({"order_number": "x" * 500}, "x" * 60),
        ({"order_number": 7}, ""),
        ({"other": "ORD1"}, ""),
        ([], ""),
        (None, ""),
    ],
)
async def test_which_order(metadata: object, number: str) -> None:
    """By the keys of metadata that the shop uses, the first one that says anything."""
    assert (await heard("charge.failed", CHARGE | {"metadata": metadata})).order_number == number


@pytest.mark.parametrize(
    "what", [None, [], "x", {"amount": {}, "payment_intent": {"id": "pi"}, "outcome": [], "payment_method_details": 7}]
)
@pytest.mark.parametrize(
    "kind",
    ["charge.failed", "payment_intent.payment_failed", "charge.refunded", "charge.dispute.created", "radar.early_fraud_warning.created"],
)
async def test_strange_things_happen_to_nothing(kind: str, what: Any) -> None:
    """A form that was changed gives an event with less in it, not an error."""
    found = await heard(kind, what, created="soon")
    assert (found.amount, found.order_number) == (None, "")
    assert parse_event(event_json(found)) == found
