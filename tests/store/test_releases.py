"""What the store holds under each UID, records that lose their place, namesakes, and the censuses."""

from tests.store.words import NOON, Each, key, later, raw, reading
from triage.decision import Outcome
from triage.message import Cursor
from triage.records import CensusRecord, Held


async def settled(each: Each, uid: int, message_id: str, fingerprint: str) -> int:
    """The id of a settled message."""
    await each.messages.add([raw(uid)])
    [stored] = await each.messages.undecided(1)
    said = reading(message_id=message_id, fingerprint=fingerprint)
    await each.messages.settle(stored.id, Outcome.AUTOMATIC, None, said, reason="a test", keep_raw=False)
    return stored.id


async def test_it_tells_what_lies_under_each_uid(each: Each) -> None:
    """Waiting, settled and historic messages of this folder and epoch, with their arrival and whether their bytes are there."""
    decided = await settled(each, 1, "a@x", "f1")
    await each.messages.add([raw(2, at=later(hours=1)), raw(3, uid_validity=8), raw(4, mailbox="Other")])
    await each.messages.add_settled([(key(5), NOON)], Outcome.HISTORY)
    [first, second, third] = sorted(await each.messages.held("support", "INBOX", 7), key=lambda held: held.uid)
    assert first == Held(id=decided, uid=1, received_at=NOON, outcome=Outcome.AUTOMATIC, sha256=raw(1).sha256, has_raw=False)
    assert (second.uid, second.outcome, second.received_at, second.has_raw) == (2, None, later(hours=1), True)
    assert (third.uid, third.outcome, third.sha256, third.has_raw) == (5, Outcome.HISTORY, "", False)
    assert await each.messages.held("support", "INBOX", 9) == []


async def test_a_released_record_gives_its_uid_back(each: Each) -> None:
    """The record stays with its reason and what became of it, and another message may be taken in under its UID."""
    decided = await settled(each, 1, "a@x", "f1")
    await each.messages.release([decided], "another message lies there")
    assert await each.messages.known_uids("support", "INBOX", 7) == set()
    assert await each.messages.add([raw(1)]) == 1
    record = await each.messages.get(decided)
    assert (record.outcome, record.reason, record.subject) == (Outcome.AUTOMATIC, "another message lies there", "Order")
    await each.messages.release([decided], "again")
    assert (await each.messages.get(decided)).reason == "another message lies there"


async def test_a_message_that_waits_vanishes_when_it_is_released(each: Each) -> None:
    """Nobody waits for ever for a record that no longer stands for anything, and two of them do not collide."""
    await each.messages.add([raw(1), raw(2)])
    ids = [stored.id for stored in await each.messages.undecided(9)]
    await each.messages.release(ids, "its bytes were lost")
    assert [(await each.messages.get(it)).outcome for it in ids] == [Outcome.VANISHED] * 2
    assert await each.messages.undecided(9) == []


async def test_namesakes_have_the_same_id_and_other_content(each: Each) -> None:
    """A copy is no namesake, nor is a message without an id; the first of several is told."""
    first = await settled(each, 1, "same@x", "f1")
    second = await settled(each, 2, "same@x", "f2")
    nameless = await settled(each, 3, "", "f3")
    assert (await each.messages.namesake("same@x", "f3", 0)).id == first
    assert (await each.messages.namesake("same@x", "f1", first)).id == second
    assert await each.messages.namesake("same@x", "f2", first) is None
    assert await each.messages.namesake("", "f9", nameless) is None
    assert await each.messages.namesake("other@x", "f9", 0) is None


async def test_vanished_messages_keep_their_evidence(each: Each) -> None:
    """What is recorded without having been read may say why."""
    await each.messages.add_settled([(key(1), NOON)], Outcome.VANISHED, "asked three times")
    [record] = await each.messages.all("support")
    assert (record.outcome, record.reason) == (Outcome.VANISHED, "asked three times")


async def test_the_cursor_remembers_what_is_accounted_for(each: Each) -> None:
    """UIDNEXT and the number of messages that nobody saw come back."""
    cursor = Cursor(uid_validity=7, start_line=NOON, uid_next=4711, unseen=3)
    await each.messages.set_cursor("support", "INBOX", cursor)
    assert await each.messages.cursor("support", "INBOX") == cursor


async def test_the_latest_census_counts(each: Each) -> None:
    """The last comparison of each folder of each account is told, with all that did not agree."""
    assert await each.censuses.latest("support", "INBOX") is None
    mismatches = ("UID 7 was never taken in", "UID 8, too")
    last = CensusRecord(account="support", mailbox="INBOX", at=later(hours=24), listed=100, mismatches=mismatches)
    await each.censuses.record(last)
    await each.censuses.record(CensusRecord(account="support", mailbox="INBOX", at=NOON, listed=99))
    await each.censuses.record(CensusRecord(account="sales", mailbox="INBOX", at=later(hours=48), listed=1))
    assert await each.censuses.latest("support", "INBOX") == last
