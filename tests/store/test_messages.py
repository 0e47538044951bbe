"""The table of messages: from first sight to settled."""

import json
from zoneinfo import ZoneInfo

import pytest

from tests.store.words import ANN, NOON, Each, key, later, new_case, raw, reading
from triage.decision import Outcome
from triage.message import Address, Attachment, Cursor
from triage.ports import Store, Transaction
from triage.reading import Classification, Effect, Fact, Facts, Finding, Matter, Reading


async def settle(each: Each, message_id: int, said: Reading | None = None, **given: object) -> None:
    """Settle a message in the way that most tests do not care about."""
    options = {"outcome": Outcome.AUTOMATIC, "case_id": None, "reason": "a test", "keep_raw": False, **given}
    await each.messages.settle(message_id, options.pop("outcome"), options.pop("case_id"), said, **options)


async def added(each: Each, *uids: int) -> list[int]:
    """The ids of new messages with these UIDs."""
    await each.messages.add([raw(uid) for uid in uids])
    return [stored.id for stored in await each.messages.undecided(1000) if stored.raw.key.uid in uids]


async def test_a_mailbox_is_unknown_before_the_first_connection(each: Each) -> None:
    """Nothing is remembered of a mailbox that was never watched."""
    assert await each.messages.cursor("support", "INBOX") is None


async def test_the_cursor_comes_back_as_it_was_set(each: Each) -> None:
    """A cursor is remembered for each mailbox of each account, and the latest one counts."""
    for uid_validity in (1, 2):
        await each.messages.set_cursor("support", "INBOX", Cursor(uid_validity=uid_validity, start_line=NOON))
    await each.messages.set_cursor("support", "Other", Cursor(uid_validity=9, start_line=later(days=1)))
    assert await each.messages.cursor("support", "INBOX") == Cursor(uid_validity=2, start_line=NOON)
    assert await each.messages.cursor("support", "Other") == Cursor(uid_validity=9, start_line=later(days=1))
    assert await each.messages.cursor("sales", "INBOX") is None


async def test_adding_counts_what_is_new_and_leaves_the_known_alone(each: Each) -> None:
    """A message whose key is known is not stored twice, also not within one call, and its first bytes stay."""
    assert await each.messages.add([raw(1, b"first"), raw(2), raw(2)]) == 2
    assert await each.messages.add([raw(1, b"second"), raw(3)]) == 1
    stored = await each.messages.undecided(10)
    assert [it.raw.key.uid for it in stored] == [1, 2, 3]
    assert stored[0].raw.content == b"first"


@pytest.mark.parametrize(
    "where", [{"uid_validity": 8}, {"account": "sales"}, {"mailbox": "Other"}], ids=["another epoch", "another account", "another folder"]
)
async def test_the_same_uid_elsewhere_is_another_message(each: Each, where: dict[str, object]) -> None:
    """Only account, folder, UIDVALIDITY and UID together are an identity."""
    assert await each.messages.add([raw(1)]) == 1
    assert await each.messages.add([raw(1, **where)]) == 1


async def test_bytes_come_back_exactly(each: Each) -> None:
    """Raw bytes, size and arrival survive, whatever octets they are."""
    sent = raw(1, bytes(range(256)) * 3, at=later(microseconds=7))
    await each.messages.add([sent])
    [stored] = await each.messages.undecided(1)
    assert stored.raw == sent
    assert stored.strikes == 0


async def test_known_uids_hold_everything_ever_seen_in_this_epoch(each: Each) -> None:
    """Waiting, settled, historic and vanished messages are all known; those of another epoch, folder or account are not."""
    first, _second = await added(each, 1, 2)
    await settle(each, first)
    await each.messages.add_settled([(key(3), NOON)], Outcome.HISTORY)
    await each.messages.add_settled([(key(4), NOON)], Outcome.VANISHED)
    await each.messages.add([raw(5, uid_validity=8), raw(6, mailbox="Other"), raw(7, account="sales")])
    assert await each.messages.known_uids("support", "INBOX", 7) == {1, 2, 3, 4}
    assert await each.messages.known_uids("support", "INBOX", 9) == set()


async def test_messages_recorded_as_settled_are_never_read(each: Each) -> None:
    """History does not wait to be decided, and recording it over a waiting message changes nothing."""
    await added(each, 1)
    await each.messages.add_settled([(key(1), NOON), (key(2), NOON)], Outcome.HISTORY)
    assert [stored.raw.key.uid for stored in await each.messages.undecided(10)] == [1]
    outcomes = {record.key.uid: record.outcome for record in await each.messages.all("support")}
    assert outcomes == {1: None, 2: Outcome.HISTORY}


async def test_the_earliest_arrival_is_decided_first(each: Each) -> None:
    """Waiting messages come by arrival, those of the same moment in the order they were stored, and no more than asked for."""
    await each.messages.add([raw(1, at=later(hours=2)), raw(2, at=later(hours=1)), raw(3, at=NOON), raw(4, at=NOON)])
    assert [stored.raw.key.uid for stored in await each.messages.undecided(10)] == [3, 4, 2, 1]
    assert [stored.raw.key.uid for stored in await each.messages.undecided(2)] == [3, 4]


async def test_arrivals_sort_by_time_not_by_their_text(each: Each) -> None:
    """Fractions of a second and other zones do not upset the order."""
    abroad = later(seconds=-1).astimezone(ZoneInfo("Asia/Tokyo"))
    await each.messages.add([raw(1, at=later(microseconds=1)), raw(2, at=NOON), raw(3, at=abroad)])
    stored = await each.messages.undecided(10)
    assert [it.raw.key.uid for it in stored] == [3, 2, 1]
    assert all(it.raw.received_at.utcoffset() == NOON.utcoffset() for it in stored)


async def test_strikes_are_counted_for_each_message(each: Each) -> None:
    """Each strike is returned, remembered with its reason, and told to the next reader."""
    first, second = await added(each, 1, 2)
    assert [await each.messages.strike(first, "out of memory"), await each.messages.strike(first, "out of time")] == [1, 2]
    assert {stored.id: stored.strikes for stored in await each.messages.undecided(10)} == {first: 2, second: 0}
    assert (await each.messages.get(first)).reason == "out of time"


async def test_a_settled_message_takes_no_more_strikes(each: Each) -> None:
    """A reader that dies late changes nothing about a message that is settled."""
    [message_id] = await added(each, 1)
    await settle(each, message_id, reason="decided")
    assert await each.messages.strike(message_id, "out of time") == 0
    assert (await each.messages.get(message_id)).reason == "decided"


async def test_settling_records_what_the_message_says(each: Each) -> None:
    """Outcome, case, reason and the words of the message are there afterwards."""
    [message_id] = await added(each, 1)
    case = await each.cases.open(new_case())
    await settle(each, message_id, reading(), outcome=Outcome.OPENED, case_id=case.id, reason="a new matter")
    record = await each.messages.get(message_id)
    assert (record.outcome, record.case_id, record.reason) == (Outcome.OPENED, case.id, "a new matter")
    assert (record.message_id, record.author, record.subject) == ("m1@customer.example", ANN.addr_spec, "Order")
    assert (record.text, record.full_text) == ("Where?", "Where? > quoted")
    assert (record.key, record.received_at) == (key(1), NOON)
    assert await each.messages.undecided(10) == []


@pytest.mark.parametrize("keep_raw", [True, False])
async def test_raw_bytes_are_dropped_unless_kept(each: Each, keep_raw: bool) -> None:
    """The mailbox is the archive: after the decision the bytes stay only where that was asked for."""
    await each.messages.add([raw(1, b"bytes")])
    [stored] = await each.messages.undecided(1)
    assert (await each.messages.get(stored.id)).raw == b"bytes"
    await settle(each, stored.id, reading(), keep_raw=keep_raw)
    assert (await each.messages.get(stored.id)).raw == (b"bytes" if keep_raw else None)


async def test_a_message_is_settled_once(store: Store, each: Each) -> None:
    """The second of two who decide the same message fails with everything it did, so nobody is answered twice."""
    [message_id] = await added(each, 1)
    await settle(each, message_id, reading(), keep_raw=True)

    def decide_again(tx: Transaction) -> None:
        tx.cases.open(new_case())
        tx.messages.settle(message_id, Outcome.OPENED, 1, None, reason="again", keep_raw=False)

    with pytest.raises(ValueError, match="does not wait to be decided"):
        await store.transact(decide_again)
    record = await each.messages.get(message_id)
    assert (record.outcome, record.reason, record.raw is not None) == (Outcome.AUTOMATIC, "a test", True)
    assert await each.cases.find() == []


async def test_an_unreadable_message_is_settled_without_words(each: Each) -> None:
    """Where there is no reading, the record says so with empty words."""
    [message_id] = await added(each, 1)
    await settle(each, message_id, None, outcome=Outcome.UNREADABLE, reason="two strikes")
    record = await each.messages.get(message_id)
    assert (record.outcome, record.author, record.text, record.reading_json) == (Outcome.UNREADABLE, "", "", "")


async def test_an_uncertain_author_is_stored_as_none(each: Each) -> None:
    """A message that names several authors has no author in the store."""
    [message_id] = await added(each, 1)
    await settle(each, message_id, reading(from_=(ANN, Address(addr_spec="eve@evil.example"))))
    assert (await each.messages.get(message_id)).author == ""


async def test_what_was_read_is_kept_for_people(each: Each) -> None:
    """Findings, facts, classification, attachments and defects are in the record, in any script."""
    base = reading(
        defects=("two From fields",),
        masked=2,
        authentication=(("dmarc", "pass"),),
        attachments=(Attachment(filename="schaden–übersicht.jpg", content_type="image/jpeg", size=9, sha256="00"),),
    )
    said = Reading(
        message=base.message,
        findings=(Finding(rule="list", effect=Effect.AUTOMATIC, reason="List-Id"),),
        facts=Facts(found=(Fact(kind="order_number", value="ORD-1", source="text"),)),
        classification=Classification(
            category="order", issue="", confidence=0.123456, alternatives=(Matter(category="payment", issue="x", confidence=0.4),)
        ),
    )
    [message_id] = await added(each, 1)
    await settle(each, message_id, said)
    kept = json.loads((await each.messages.get(message_id)).reading_json)
    assert kept["findings"] == [["list", "automatic", "List-Id"]]
    assert kept["facts"] == [["order_number", "ORD-1", "text", 1.0]]
    assert (kept["category"], kept["confidence"], kept["alternatives"]) == ("order", 0.1235, [["payment", "x", 0.4]])
    assert kept["attachments"] == [["schaden–übersicht.jpg", "image/jpeg", 9]]
    assert (kept["defects"], kept["masked"], kept["authentication"]) == (["two From fields"], 2, {"dmarc": "pass"})


async def test_a_twin_is_another_settled_message_with_the_same_fingerprint(each: Each) -> None:
    """The first settled copy is found; the message itself, waiting copies and other fingerprints are not."""
    first, second, third, waiting = await added(each, 1, 2, 3, 4)
    for message_id, fingerprint in ((first, "same"), (second, "same"), (third, "other")):
        await settle(each, message_id, reading(fingerprint=fingerprint))
    assert (await each.messages.twin("same", waiting)).id == first
    assert (await each.messages.twin("same", first)).id == second
    assert await each.messages.twin("other", third) is None
    assert await each.messages.twin("unseen", waiting) is None


async def test_messages_without_a_fingerprint_are_nobodys_twins(each: Each) -> None:
    """Two messages that could not be fingerprinted are not taken for copies of each other."""
    first, second = await added(each, 1, 2)
    await settle(each, first, reading(fingerprint=""))
    assert await each.messages.twin("", second) is None


async def test_the_messages_of_a_case_come_in_their_order(each: Each) -> None:
    """A case's messages are listed by arrival, those of other cases left out."""
    await each.messages.add([raw(1, at=later(hours=1)), raw(2, at=NOON), raw(3)])
    case, other = await each.cases.open(new_case()), await each.cases.open(new_case())
    for stored in await each.messages.undecided(3):
        belongs = other if stored.raw.key.uid == 3 else case
        await settle(each, stored.id, outcome=Outcome.FOLLOW_UP, case_id=belongs.id)
    assert [record.key.uid for record in await each.messages.of_case(case.id)] == [2, 1]
    assert await each.messages.of_case(99) == []


async def test_the_audit_sees_every_message_of_an_account(each: Each) -> None:
    """All messages of the account are listed, in the order they were taken in, without their bytes."""
    await each.messages.add([raw(2), raw(1), raw(3, account="sales")])
    records = await each.messages.all("support")
    assert [(record.key.uid, record.raw) for record in records] == [(2, None), (1, None)]


async def test_a_message_that_is_not_there(each: Each) -> None:
    """An unknown id has no record and cannot be settled."""
    assert await each.messages.get(99) is None
    with pytest.raises(ValueError, match="message 99"):
        await settle(each, 99)


async def test_messages_in_hand_are_not_handed_out_again(each: Each) -> None:
    """Those named are left out, and the limit counts the others."""
    first, second, third = await added(each, 1, 2, 3)
    assert [it.id for it in await each.messages.undecided(10, [second])] == [first, third]
    assert [it.id for it in await each.messages.undecided(1, (first, second))] == [third]
    assert await each.messages.undecided(10, {first, second, third}) == []


async def test_large_messages_are_handed_out_a_few_at_a_time(each: Each) -> None:
    """Contents together stay within 64 MB, however many are asked for; one that is larger by itself is handed out alone."""
    await each.messages.add([raw(uid, b"x" * (30 << 20)) for uid in (1, 2, 3)])
    assert [it.raw.key.uid for it in await each.messages.undecided(10)] == [1, 2]
    await each.messages.add([raw(4, b"x" * (70 << 20), at=later(days=-1))])
    assert [it.raw.key.uid for it in await each.messages.undecided(10)] == [4]
