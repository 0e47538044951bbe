"""What payment providers' events become: a letter to whom the order belongs, a case for people, or nothing that anybody must do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.orders.making import ANN, at, failed, order, paid
from tests.payments.house import ADVICE, NOON, UNPAID, House, house
from tests.payments.making import CHARGE, DISPUTE, INTENT, MADE, REFUND, WARNING, signed, stripe_event
from tests.spine.office import FINANCE, JANE, plain
from triage.case import CaseStatus, Priority
from triage.order import Order, OrderStatus
from triage.ports import Transaction
from triage.stages.advise import MARK


async def test_a_failed_payment_is_told_before_anybody_asks(tmp_path: Path) -> None:
    """The customer hears why, at the order's address, ten minutes later and once, whatever else tells of it; the case waits for her."""
    async with house(tmp_path) as at_home:
        office = at_home.office
        assert await at_home.posted("charge.failed", CHARGE) == 200
        assert await at_home.posted("payment_intent.payment_failed", INTENT, "evt_2") == 200
        assert office.post.sent == []
        await at_home.pass_by(11)
        [told] = office.came(ANN)
        text = plain(told)
        assert "the payment of 49.90 EUR by Visa for your order ORD1234 did not go through on 22 November 2026" in text
        assert "there was not enough money on the account" in text
        assert "http" not in text
        case = await office.case()
        assert (case.category, case.issue, case.status, case.order_numbers) == (
            "payment",
            "payment_failed",
            CaseStatus.PENDING,
            ("ORD1234",),
        )
        [checked] = await office.events("order_checked")
        assert checked.detail["source"] == "order book and Stripe"
        [event] = await office.events("payment_event")
        assert event.detail["reference"] == "pi_1"
        assert await at_home.cases() == 1


async def test_the_same_event_twice(tmp_path: Path) -> None:
    """Stripe posts again what it is not sure of: it is taken each time, and happens once, also after all is settled."""
    async with house(tmp_path) as at_home:
        for _ in range(3):
            assert await at_home.posted("charge.dispute.created", DISPUTE) == 200
        assert await at_home.cases() == 1
        assert await at_home.counted() == {"received": 1, "opened": 1, "repeated": 2}
        assert await at_home.posted("charge.dispute.created", DISPUTE, "evt_again") == 200
        assert await at_home.cases() == 1


async def test_a_second_try_that_succeeds(tmp_path: Path) -> None:
    """Who has paid by the time we look is not bothered, and nobody else is."""
    async with house(tmp_path) as at_home:
        await at_home.posted("charge.failed", CHARGE)
        assert not isinstance(at_home.book.inner, type(None))
        await at_home.book.inner.put([replace(UNPAID, payments=(paid(),), status=OrderStatus.PROCESSING)])  # type: ignore[attr-defined]
        await at_home.pass_by(11)
        assert await at_home.cases() == 0
        assert at_home.office.post.sent == []


@pytest.mark.parametrize(
    ("what", "known"),
    [
        (CHARGE | {"metadata": {}}, UNPAID),
        (CHARGE, order(status=OrderStatus.CANCELLED, payments=())),
        (CHARGE, order(status=OrderStatus.DELIVERED, payments=())),
    ],
    ids=["names_no_order", "cancelled", "delivered"],
)
async def test_what_nobody_need_do_anything_about(what: dict[str, Any], known: Order, tmp_path: Path) -> None:
    """Cards that somebody tries out, and orders that wait for no money, make no work."""
    async with house(tmp_path, known=[known]) as at_home:
        await at_home.posted("charge.failed", what, minutes=11)
        assert await at_home.cases() == 0


@pytest.mark.parametrize(
    ("what", "known", "extra"),
    [
        (CHARGE, UNPAID, ""),
        (CHARGE | {"metadata": {"order_id": "NONE1"}}, UNPAID, ADVICE),
        (CHARGE, replace(UNPAID, addresses=()), ADVICE),
        (CHARGE, replace(UNPAID, addresses=("ann@customer.example\r\nBcc: eve@evil.example",)), ADVICE),
        (CHARGE, replace(UNPAID, addresses=("support@shop.example",)), ADVICE),
        (CHARGE, replace(UNPAID, addresses=("jane@shop.example",)), ADVICE),
        (CHARGE | {"amount": None}, UNPAID, ADVICE),
        (CHARGE | {"amount": 4991}, UNPAID, ADVICE),
        (CHARGE | {"currency": "usd"}, UNPAID, ADVICE),
        (CHARGE | {"outcome": None, "failure_code": "account_closed"}, UNPAID, ADVICE),
    ],
    ids=[
        "not_wanted",
        "unknown_order",
        "no_address",
        "broken_address",
        "our_address",
        "staff",
        "no_amount",
        "more_than_the_order",
        "another_currency",
        "no_plain_reason",
    ],
)
async def test_what_is_for_people_only(what: dict[str, Any], known: Order, extra: str, tmp_path: Path) -> None:
    """Where the policy does not want it, or it is not sure to whom or what to write, no customer is written to, now or later."""
    async with house(tmp_path, known=[known], extra=extra) as at_home:
        await at_home.posted("charge.failed", what, minutes=11)
        office = at_home.office
        case = await office.case()
        assert (case.category, case.issue, case.requester) == ("payment", "payment_failed", None)
        staff = {"jane@shop.example", "finance@shop.example", "management@shop.example"}
        for _ in range(5):
            await at_home.pass_by(24 * 60)
        assert {delivery.recipient for delivery in office.post.sent} <= staff


async def test_a_dispute_calls_for_people(tmp_path: Path) -> None:
    """The department that the policy names gets amount, reason, order and until when; that is a deadline; the customer hears nothing."""
    async with house(tmp_path, known=[order()]) as at_home:
        await at_home.posted("charge.dispute.created", DISPUTE)
        office = at_home.office
        case = await office.case()
        assert (case.category, case.issue, case.priority, case.status) == ("dispute", "chargeback", Priority.URGENT, CaseStatus.ON_HOLD)
        assert case.departments == ("finance",)
        text = " ".join(plain(office.last(FINANCE)).split())
        assert "Stripe tells: a payment is disputed, 49.90 EUR, reason: product not received, order ORD1234, dp_1 there" in text
        assert "answer there by 2026-11-29 12:00 CET" in text
        assert "00340434161094015902" in text
        assert "A payment provider's word opened the case: there is no message in the mailbox." in text
        deadlines = {deadline.kind: deadline.due_at for deadline, _ in await office.ask(lambda tx: tx.deadlines.of_case(case.id))}
        assert deadlines["dispute"] == datetime.fromtimestamp(MADE, UTC) + timedelta(days=7)
        assert office.came(ANN) == []
        [checked] = await office.events("order_checked")
        assert (checked.detail["verdict"], checked.detail["source"]) == ("nobody_asked", "order book")


async def test_the_providers_time_runs_out(tmp_path: Path) -> None:
    """Three days before, whoever looks after the case is reminded; when it is over and the case is not closed, it is a missed promise."""
    async with house(tmp_path, known=[order()]) as at_home:
        office = at_home.office
        await at_home.posted("charge.dispute.created", DISPUTE)
        for _ in range(5):
            await at_home.pass_by(24 * 60)
        reminded = " ".join(" ".join(plain(message).split()) for message in (*office.came(JANE), *office.came(FINANCE)))
        assert "the payment provider is to have our answer to the dispute by 2026-11-29 12:00 CET" in reminded
        for _ in range(3):
            await at_home.pass_by(24 * 60)
        missed = [event for event in await office.events("missed") if event.detail["promise"] == "dispute"]
        assert len(missed) == 1
        assert "was to have our answer to the dispute by 2026-11-29 12:00 CET" in missed[0].detail["why"]


async def test_a_case_that_is_closed_owes_the_provider_nothing(tmp_path: Path) -> None:
    """Its deadline ends with it."""
    async with house(tmp_path, known=[order()]) as at_home:
        office = at_home.office
        await at_home.posted("charge.dispute.created", DISPUTE)

        def solve(tx: Transaction) -> None:
            case = tx.cases.get(1)
            assert case
            at_home.clockwork.turn(tx, case, CaseStatus.SOLVED, office.clock())
            tx.cases.set_status(1, CaseStatus.SOLVED, office.clock())

        await office.store.transact(solve)
        for _ in range(8):
            await at_home.pass_by(24 * 60)
        assert [event for event in await office.events("missed") if event.detail["promise"] == "dispute"] == []


async def test_a_fraud_warning(tmp_path: Path) -> None:
    """Opens an urgent case, although it names no order."""
    async with house(tmp_path) as at_home:
        await at_home.posted("radar.early_fraud_warning.created", WARNING)
        case = await at_home.office.case()
        assert (case.issue, case.order_numbers) == ("chargeback", ())
        assert "no order is named, ch_1 there" in " ".join(plain(at_home.office.last(FINANCE)).split())


async def test_a_refund_is_told(tmp_path: Path) -> None:
    """The customer hears what is on its way back; each part once; it is solved unless she answers."""
    async with house(tmp_path, known=[order()]) as at_home:
        office = at_home.office
        await at_home.posted("charge.refunded", REFUND, minutes=2)
        [told] = office.came(ANN)
        assert "we have sent 20.00 EUR back to you by Visa for your order ORD1234 on 22 November 2026." in plain(told)
        case = await office.case()
        assert (case.category, case.issue, case.status) == ("dispute", "refund_status", CaseStatus.SOLVED)
        await at_home.posted("charge.refunded", REFUND | {"amount_refunded": 4990}, "evt_2", before={"amount_refunded": 2000})
        assert "29.90 EUR" in plain(office.last(ANN))


async def test_a_refund_that_nobody_is_to_hear_of(tmp_path: Path) -> None:
    """The shop has made it itself: there is nothing left to do."""
    async with house(tmp_path, known=[order()], extra="") as at_home:
        await at_home.posted("charge.refunded", REFUND)
        assert await at_home.cases() == 0


async def test_order_system_and_provider_tell_once(tmp_path: Path) -> None:
    """Whichever tells first of a failed payment, the customer hears of it from us once."""
    broken = replace(UNPAID, payments=(replace(failed(), attempts=(replace(failed().attempts[0], at=at(22)),)),))
    async with house(tmp_path / "a") as at_home:
        await at_home.posted("charge.failed", CHARGE, minutes=11)
        await at_home.book.inner.put([broken])  # type: ignore[attr-defined]
        await at_home.pass_by(2)
        assert len(at_home.office.came(ANN)) == 1
    async with house(tmp_path / "b") as at_home:
        await at_home.book.inner.put([broken])  # type: ignore[attr-defined]
        await at_home.office.store.transact(lambda tx: tx.orders.set_mark(MARK, "1"))
        await at_home.pass_by(2)
        assert len(at_home.office.came(ANN)) == 1
        await at_home.posted("charge.failed", CHARGE, minutes=11)
        assert len(at_home.office.came(ANN)) == 1
        assert await at_home.cases() == 1


async def test_not_at_night_and_not_too_often(tmp_path: Path) -> None:
    """The same quiet hours and limits as for changes that the order system tells of."""
    async with house(tmp_path, extra=ADVICE + "per_customer_day = 1\n") as at_home:
        office = at_home.office
        office.clock.at = NOON + timedelta(hours=11)
        await at_home.posted("charge.failed", CHARGE, minutes=11)
        assert office.came(ANN) == []
        office.clock.at = NOON + timedelta(hours=21)
        await office.work()
        assert len(office.came(ANN)) == 1
        await at_home.posted("charge.refunded", REFUND, "evt_2")
        [held] = await office.events("not_advised", 2)
        assert held.detail["why"] == "the customer was told enough today"


async def test_when_very_many_are_told_of_the_rest_waits(tmp_path: Path) -> None:
    """The operator hears of it, and it goes on in an hour."""
    async with house(tmp_path, extra=ADVICE + "per_hour = 2\n") as at_home:
        for number in range(4):
            await at_home.posted("charge.dispute.created", DISPUTE | {"id": f"dp_{number}"}, f"evt_{number}")
        assert await at_home.cases() == 2
        assert any("somebody trying out cards" in alarm.text for alarm in at_home.board.standing())
        for _ in range(8):
            await at_home.pass_by(10)
        assert await at_home.cases() == 4


async def test_an_order_system_that_is_away(tmp_path: Path) -> None:
    """It is asked again; when it stays away, people hear of a dispute without its order within the hour, and no customer of anything."""
    async with house(tmp_path, known=[order()], extra="") as at_home:
        at_home.book.away()
        await at_home.posted("charge.dispute.created", DISPUTE)
        assert await at_home.cases() == 0
        for _ in range(6):
            await at_home.pass_by(10)
        assert (await at_home.office.case()).order_numbers == ("ORD1234",)
        assert await at_home.office.events("order_checked") == []
        at_home.book.fault = None
        await at_home.posted("charge.dispute.created", DISPUTE | {"id": "dp_2"}, "evt_2")
        assert len(await at_home.office.events("order_checked", 2)) == 1


async def test_nothing_is_kept_of_what_is_settled(tmp_path: Path) -> None:
    """But which event it was, and its case."""
    async with house(tmp_path) as at_home:
        await at_home.posted("charge.dispute.created", DISPUTE)
        assert await at_home.office.ask(lambda tx: tx.payments.waiting(NOON + timedelta(days=9), 9)) == []
        assert await at_home.office.ask(lambda tx: tx.payments.case_of("Stripe disputed dp_1")) == 1


async def told_of(at_home: House, event: object) -> int:
    """The code for a post that says this."""
    return await at_home.hear.take(signed(event, at_home.office.clock()))


async def test_what_is_answered(tmp_path: Path) -> None:
    """Taken what is of interest and what is not, refused what is not signed, unknown what nobody listens for; all of it is counted."""
    async with house(tmp_path) as at_home:
        assert await told_of(at_home, stripe_event("payout.paid", {})) == 200
        forged = signed(stripe_event("charge.failed", CHARGE), at_home.office.clock(), secret="other")
        for _ in range(4):
            assert await at_home.hear.take(forged) == 400
        assert at_home.board.standing() == ()
        assert await at_home.hear.take(forged) == 400
        assert any("has its secret changed" in alarm.text for alarm in at_home.board.standing())
        assert await at_home.hear.take(replace(forged, path="/paypal")) == 404
        assert await at_home.counted() == {"unknown": 1, "bad_signature": 5}
        await at_home.pass_by(11)
        assert await at_home.cases() == 0
