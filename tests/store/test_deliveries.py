"""The outbox: nobody is answered twice, and what ended stays ended."""

import asyncio

import pytest

from tests.store.words import ANN, DEFERRED, FAILED, NOON, SENT, UNCERTAIN, Each, later, new_case, raw, reading, reply
from triage.decision import History, Outcome
from triage.outbox import Lane
from triage.ports import Store, Transaction
from triage.reply import Cause, DeliveryStatus, Receipt, ReplyKind

ACKNOWLEDGMENTS = Lane.ACKNOWLEDGMENTS
ENDED = (DeliveryStatus.SENT, DeliveryStatus.FAILED, DeliveryStatus.WITHHELD)


async def status(each: Each, delivery_id: int) -> DeliveryStatus:
    """Where a delivery stands."""
    [found] = [delivery for delivery in await each.deliveries.find() if delivery.id == delivery_id]
    return found.status


async def brought_to(each: Each, wanted: DeliveryStatus) -> int:
    """A delivery in that status, by the way a daemon would take."""
    case = await each.cases.open(new_case())
    withheld = wanted is DeliveryStatus.WITHHELD
    delivery_id = await each.deliveries.queue(
        case.id, None, reply(f"it-{wanted}"), NOON, withheld=withheld, held=wanted is DeliveryStatus.HELD
    )
    if wanted in (DeliveryStatus.QUEUED, DeliveryStatus.WITHHELD, DeliveryStatus.HELD):
        return delivery_id
    assert await each.deliveries.begin_data(delivery_id, NOON)
    if wanted is not DeliveryStatus.SENDING:
        await each.deliveries.settle(delivery_id, Receipt(status=wanted, code=0, text="a test"), NOON, None)
    return delivery_id


async def test_a_queued_reply_is_frozen(each: Each) -> None:
    """Every word and byte of the reply is in the delivery, waiting from now on."""
    case = await each.cases.open(new_case())
    written = reply("a", content=bytes(range(256)), subject="Größe")
    delivery_id = await each.deliveries.queue(case.id, None, written, NOON)
    [delivery] = await each.deliveries.of_case(case.id)
    for name in ("kind", "recipient", "reverse_path", "message_id", "subject", "content", "deadline"):
        assert getattr(delivery, name) == getattr(written, name), name
    assert (delivery.id, delivery.status, delivery.attempts) == (delivery_id, DeliveryStatus.QUEUED, 0)
    assert (delivery.created_at, delivery.next_attempt_at, delivery.sent_at, delivery.smtp_reply) == (NOON, NOON, None, "")


@pytest.mark.parametrize("first_status", list(DeliveryStatus))
async def test_a_case_is_acknowledged_once(each: Each, first_status: DeliveryStatus) -> None:
    """A second acknowledgment of a case is refused, whatever became of the first."""
    delivery_id = await brought_to(each, first_status)
    [first] = [delivery for delivery in await each.deliveries.find() if delivery.id == delivery_id]
    for withheld in (False, True):
        with pytest.raises(ValueError, match="already has this acknowledgment"):
            await each.deliveries.queue(first.case_id, None, reply("second"), NOON, withheld=withheld)
    assert len(await each.deliveries.of_case(first.case_id)) == 1


async def test_other_replies_may_come_in_numbers(each: Each) -> None:
    """A case may have several escalations beside its acknowledgment, oldest first."""
    case = await each.cases.open(new_case())
    ids = [
        await each.deliveries.queue(case.id, None, reply("a"), NOON),
        await each.deliveries.queue(case.id, None, reply("b", kind=ReplyKind.ESCALATION), NOON),
        await each.deliveries.queue(case.id, None, reply("c", kind=ReplyKind.ESCALATION), NOON),
    ]
    assert [delivery.id for delivery in await each.deliveries.of_case(case.id)] == ids


async def test_a_message_id_belongs_to_one_delivery(each: Each) -> None:
    """The same Message-ID is not queued twice, also not for another case."""
    await each.queued("a")
    with pytest.raises(ValueError, match="already has this acknowledgment"):
        await each.queued("a")


async def test_no_delivery_without_a_case(each: Each) -> None:
    """A reply to a case that does not exist is refused as that, not as a second one."""
    with pytest.raises(ValueError, match="contradicts") as refused:
        await each.deliveries.queue(99, None, reply("a"), NOON)
    assert "already" not in str(refused.value)


async def test_the_earliest_deadline_leaves_first(each: Each) -> None:
    """What is due comes by deadline, then by age, and no more than asked for."""
    late = await each.queued("late", deadline=later(hours=30))
    soon = await each.queued("soon", deadline=later(hours=1))
    also_soon = await each.queued("also", deadline=later(hours=1))
    assert [delivery.id for delivery in await each.deliveries.due(NOON, 10, ACKNOWLEDGMENTS)] == [soon, also_soon, late]
    assert [delivery.id for delivery in await each.deliveries.due(NOON, 1, ACKNOWLEDGMENTS)] == [soon]
    assert await each.deliveries.due(later(seconds=-1), 10, ACKNOWLEDGMENTS) == []


async def test_those_in_hand_make_room_for_the_next(each: Each) -> None:
    """Deliveries to be left out neither come nor count against the limit."""
    first, second, third = [await each.queued(name) for name in ("first", "second", "third")]
    assert [delivery.id for delivery in await each.deliveries.due(NOON, 1, ACKNOWLEDGMENTS, [first])] == [second]
    assert [delivery.id for delivery in await each.deliveries.due(NOON, 10, ACKNOWLEDGMENTS, [second, 99])] == [first, third]


@pytest.mark.parametrize("there", list(DeliveryStatus))
async def test_only_what_waits_is_due(each: Each, there: DeliveryStatus) -> None:
    """Queued and deferred deliveries are due; uncertain and withheld ones never become so by waiting."""
    delivery_id = await brought_to(each, there)
    waits = there in (DeliveryStatus.QUEUED, DeliveryStatus.DEFERRED)
    assert [delivery.id for delivery in await each.deliveries.due(later(days=999), 10, ACKNOWLEDGMENTS)] == ([delivery_id] if waits else [])
    assert await each.deliveries.next_due() == (NOON if waits else None)
    assert await each.deliveries.begin_data(delivery_id, later(days=1)) is waits


async def test_deferred_deliveries_come_back_at_their_time(each: Each) -> None:
    """A delivery that was put off is due when its next attempt is, not before."""
    delivery_id = await each.queued("a")
    await each.deliveries.settle(delivery_id, DEFERRED, NOON, later(minutes=5))
    assert await each.deliveries.due(later(minutes=4), 10, ACKNOWLEDGMENTS) == []
    assert await each.deliveries.next_due() == later(minutes=5)
    [delivery] = await each.deliveries.due(later(minutes=5), 10, ACKNOWLEDGMENTS)
    assert (delivery.status, delivery.smtp_reply, delivery.attempts) == (DeliveryStatus.DEFERRED, "451 try later", 1)


async def test_one_of_two_racers_gets_to_data(store: Store, each: Each) -> None:
    """However many ask at once, one is told to go on, and the attempt is counted once."""
    delivery_id = await each.queued("a")
    racers = [store.transact(lambda tx: tx.deliveries.begin_data(delivery_id, NOON)) for _ in range(20)]
    assert sorted(await asyncio.gather(*racers)) == [False] * 19 + [True]
    assert await status(each, delivery_id) is DeliveryStatus.SENDING
    [delivery] = await each.deliveries.find(status=DeliveryStatus.SENDING)
    assert delivery.attempts == 1


async def test_a_delivery_of_nobody_does_not_begin(each: Each) -> None:
    """An unknown delivery cannot be sent."""
    assert await each.deliveries.begin_data(99, NOON) is False


@pytest.mark.parametrize(
    ("receipt", "said", "sent_at"),
    [
        (SENT, "250 queued", later(minutes=1)),
        (FAILED, "550 no such user", None),
        (DEFERRED, "451 try later", None),
        (UNCERTAIN, "connection lost after DATA", None),
    ],
    ids=lambda value: getattr(value, "status", ""),
)
async def test_a_receipt_is_recorded(each: Each, receipt: Receipt, said: str, sent_at: object) -> None:
    """Status, the server's words and the time of acceptance are recorded; the attempt counts once."""
    delivery_id = await each.queued("a")
    await each.deliveries.begin_data(delivery_id, NOON)
    await each.deliveries.settle(delivery_id, receipt, later(minutes=1), None)
    [delivery] = await each.deliveries.find(status=receipt.status)
    assert (delivery.smtp_reply, delivery.sent_at, delivery.attempts) == (said, sent_at, 1)


async def test_a_refusal_before_data_counts_as_an_attempt(each: Each) -> None:
    """A recipient refused before DATA was one attempt, and each further one adds to it."""
    delivery_id = await each.queued("a")
    await each.deliveries.settle(delivery_id, DEFERRED, NOON, NOON)
    await each.deliveries.settle(delivery_id, DEFERRED, NOON, NOON)
    await each.deliveries.begin_data(delivery_id, NOON)
    await each.deliveries.settle(delivery_id, DEFERRED, NOON, NOON)
    await each.deliveries.settle(delivery_id, FAILED, NOON, None)
    [delivery] = await each.deliveries.find()
    assert (delivery.attempts, delivery.status) == (4, DeliveryStatus.FAILED)


@pytest.mark.parametrize("ended", ENDED)
@pytest.mark.parametrize("receipt", [SENT, FAILED, DEFERRED, UNCERTAIN], ids=lambda receipt: receipt.status)
async def test_what_ended_stays_as_it_ended(each: Each, ended: DeliveryStatus, receipt: Receipt) -> None:
    """No late receipt changes a delivery that was sent, failed or withheld."""
    delivery_id = await brought_to(each, ended)
    before = await each.deliveries.find()
    await each.deliveries.settle(delivery_id, receipt, later(hours=1), later(hours=2))
    assert await each.deliveries.find() == before


@pytest.mark.parametrize("there", list(DeliveryStatus))
async def test_a_receipt_copy_proves_acceptance(each: Each, there: DeliveryStatus) -> None:
    """What is uncertain or waits was sent when its copy came; everything else stays and only remembers that the copy was found."""
    delivery_id = await brought_to(each, there)
    copies = {f"it-{there}@shop.example": later(minutes=1), "unknown@shop.example": NOON}
    [before] = await each.deliveries.receipts_found(copies, later(hours=1))
    assert (before.id, before.status, before.receipt_seen_at) == (delivery_id, there, None)
    await each.deliveries.receipts_found(copies, later(hours=2))
    [found] = await each.deliveries.find()
    assert found.receipt_seen_at == later(hours=1)
    proven = there in (DeliveryStatus.UNCERTAIN, DeliveryStatus.QUEUED, DeliveryStatus.DEFERRED)
    assert (found.status, found.sent_at) == (DeliveryStatus.SENT, later(minutes=1)) if proven else found.status is there


async def test_copies_that_arrive_and_those_that_do_not_are_counted(each: Each) -> None:
    """Of what was sent with a copy in a span: found ones, also the youngest, and those missing that are old enough."""
    for number, (minutes, copied, seen) in enumerate(
        [(0, True, True), (5, True, False), (6, False, False), (50, True, True), (51, True, False)]
    ):
        delivery_id = await each.queued(f"n{number}")
        await each.deliveries.begin_data(delivery_id, later(minutes=minutes), receipted=copied)
        await each.deliveries.settle(delivery_id, SENT, later(minutes=minutes), None)
        if seen:
            await each.deliveries.receipts_found({f"n{number}@shop.example": NOON}, NOON)
    assert await each.deliveries.receipts_since(later(hours=-1), later(minutes=40)) == (2, 1)
    assert await each.deliveries.receipts_since(later(minutes=1), later(hours=2)) == (1, 2)


@pytest.mark.parametrize("receipt", [SENT, DEFERRED, FAILED, UNCERTAIN], ids=lambda receipt: receipt.status)
async def test_what_is_uncertain_hears_no_server(each: Each, receipt: Receipt) -> None:
    """A reply that comes after the doubt is of another attempt: only a copy or a person settles it."""
    delivery_id = await brought_to(each, DeliveryStatus.UNCERTAIN)
    assert await each.deliveries.settle(delivery_id, receipt, later(hours=1), None) is False
    assert await status(each, delivery_id) is DeliveryStatus.UNCERTAIN


@pytest.mark.parametrize("there", list(DeliveryStatus))
async def test_only_what_is_in_doubt_or_failed_waits_again(each: Each, there: DeliveryStatus) -> None:
    """Sent again is what is uncertain, marked as a possible duplicate, and what failed, which is none; nothing else."""
    delivery_id = await brought_to(each, there)
    again = there in (DeliveryStatus.UNCERTAIN, DeliveryStatus.FAILED)
    assert await each.deliveries.requeue(delivery_id, later(hours=1)) is again
    [found] = await each.deliveries.find()
    assert found.possible_duplicate is (there is DeliveryStatus.UNCERTAIN)
    assert (found.status, found.next_attempt_at) == (DeliveryStatus.DEFERRED, later(hours=1)) if again else found.status is there


@pytest.mark.parametrize("there", list(DeliveryStatus))
async def test_what_has_not_been_sent_can_be_given_up(each: Each, there: DeliveryStatus) -> None:
    """A person's no ends whatever was not sent, is not on the wire, and would leave at all."""
    delivery_id = await brought_to(each, there)
    dropped = there not in (DeliveryStatus.SENT, DeliveryStatus.SENDING, DeliveryStatus.WITHHELD)
    assert await each.deliveries.drop(delivery_id, NOON) is dropped
    [found] = await each.deliveries.find()
    assert (found.status, found.cause) == (DeliveryStatus.FAILED, Cause.DROPPED) if dropped else found.status is there


async def test_only_what_never_began_is_written_anew(each: Each) -> None:
    """Other bytes take the place of the frozen ones as long as no server can have seen those."""
    delivery_id = await each.queued("early")
    anew = reply("anew", content=b"other\r\n", subject="Other")
    assert await each.deliveries.rewrite(delivery_id, anew, later(hours=1)) is True
    [found] = await each.deliveries.find()
    assert (found.message_id, found.content, found.sha256, found.written_at) == (anew.message_id, anew.content, anew.sha256, later(hours=1))
    assert (found.subject, found.reverse_path, found.deadline) == (anew.subject, anew.reverse_path, anew.deadline)
    await each.deliveries.begin_data(delivery_id, NOON)
    assert await each.deliveries.rewrite(delivery_id, reply("late"), NOON) is False
    await each.deliveries.settle(delivery_id, DEFERRED, NOON, NOON)
    assert await each.deliveries.rewrite(delivery_id, reply("late"), NOON) is False


async def test_what_began_is_remembered_with_its_recipients(each: Each) -> None:
    """For limits that outlive a restart: when each DATA began since a time, and whether a copy went along."""
    for hours, copied in ((1, True), (30, False), (40, True)):
        await each.deliveries.begin_data(await each.queued(f"at-{hours}"), later(hours=hours), receipted=copied)
    await each.queued("waiting")
    assert await each.deliveries.begun_since(later(hours=2)) == [(later(hours=30), 1), (later(hours=40), 2)]
    assert [it.receipted for it in await each.deliveries.find()] == [True, False, True, False]


async def test_interrupted_deliveries_become_uncertain_once(each: Each) -> None:
    """What was between DATA and its answer is uncertain after a restart, told once, and everything else is left alone."""
    stands = {there: await brought_to(each, there) for there in DeliveryStatus}
    [left] = await each.deliveries.interrupted(NOON)
    assert (left.id, left.status) == (stands[DeliveryStatus.SENDING], DeliveryStatus.UNCERTAIN)
    assert await each.deliveries.interrupted(NOON) == []
    for there, delivery_id in stands.items():
        assert await status(each, delivery_id) is (DeliveryStatus.UNCERTAIN if there is DeliveryStatus.SENDING else there)


async def test_deliveries_are_found_by_what_is_given(each: Each) -> None:
    """Message-ID, reverse-path and status combine; nothing given finds all, oldest first."""
    first, second = await each.queued("a"), await each.queued("b")
    await each.deliveries.begin_data(second, NOON)

    async def ids(**given: object) -> list[int]:
        return [delivery.id for delivery in await each.deliveries.find(**given)]

    assert await ids() == [first, second]
    assert await ids(message_id="a@shop.example") == [first]
    assert await ids(reverse_path="ack+b@shop.example") == [second]
    assert await ids(reverse_path="ack+b@shop.example", status=DeliveryStatus.QUEUED) == []
    assert await ids(status=DeliveryStatus.SENDING) == [second]
    assert await ids(message_id="' or 1=1 --") == []


async def test_nothing_was_sent_to_a_stranger(each: Each) -> None:
    """The history of an author never heard of is empty."""
    await each.queued("a")
    assert await each.deliveries.history("eve@evil.example", "evil.example", None, later(hours=2)) == History()


async def test_history_counts_acknowledgments_in_their_windows(each: Each) -> None:
    """Day and week count the author's, the hour counts the domain's and everyone's; a window excludes its far edge."""
    ages = {"now": 0, "half an hour": 0.5, "an hour": 1, "five hours": 5, "a day": 24, "three days": 72, "a week": 168}
    for name, hours in ages.items():
        case = await each.cases.open(new_case())
        await each.deliveries.queue(case.id, None, reply(name.replace(" ", "-")), later(hours=-hours))
    for name, address in (("neighbour", "bob@customer.example"), ("stranger", "bob@other.example")):
        await each.queued(name, recipient=address)
    found = await each.deliveries.history(ANN.addr_spec, "customer.example", None, NOON)
    assert found == History(sent_to_author_day=4, sent_to_author_week=6, sent_to_domain_hour=3)


async def test_history_leaves_escalations_out(each: Each) -> None:
    """Mail to departments does not use up what may be sent to customers."""
    await each.queued("a", kind=ReplyKind.ESCALATION)
    assert await each.deliveries.history(ANN.addr_spec, "customer.example", None, NOON) == History()


@pytest.mark.parametrize("there", list(DeliveryStatus))
async def test_history_counts_whatever_became_of_it(each: Each, there: DeliveryStatus) -> None:
    """An acknowledgment counts once it is written, so that a shadow shows what a live daemon would do and a flood cannot outrun SMTP."""
    await brought_to(each, there)
    assert (await each.deliveries.history(ANN.addr_spec, "customer.example", None, NOON)).sent_to_author_day == 1


async def test_history_counts_an_authors_messages_in_the_case(each: Each) -> None:
    """Messages of the author in the same case within ten minutes are counted, those of others and older ones not."""
    case, other = await each.cases.open(new_case()), await each.cases.open(new_case())
    arrivals = {1: (NOON, case), 2: (later(minutes=-9), case), 3: (later(minutes=-10), case), 4: (NOON, other)}
    await each.messages.add([raw(uid, at=at) for uid, (at, _case) in arrivals.items()])
    for stored in await each.messages.undecided(10):
        case_id = arrivals[stored.raw.key.uid][1].id
        await each.messages.settle(stored.id, Outcome.FOLLOW_UP, case_id, reading(), reason="", keep_raw=False)
    assert (await each.deliveries.history(ANN.addr_spec, "customer.example", case.id, NOON)).author_in_case_recent == 2
    assert (await each.deliveries.history("bob@x.example", "x.example", case.id, NOON)).author_in_case_recent == 0
    assert (await each.deliveries.history(ANN.addr_spec, "customer.example", None, NOON)).author_in_case_recent == 0


async def test_history_stops_counting_in_a_flood(store: Store, each: Each) -> None:
    """Counting ends far above every limit, so that a flood does not slow down each decision."""

    def flood(tx: Transaction) -> None:
        for number in range(5_100):
            case = tx.cases.open(new_case())
            tx.deliveries.queue(case.id, None, reply(f"m{number}"), NOON)

    await store.transact(flood)
    assert (await each.deliveries.history(ANN.addr_spec, "customer.example", None, NOON)).sent_to_domain_hour == 5_000
