"""Poison harms nobody but itself."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Sequence
from datetime import datetime, timedelta

import pytest
import structlog

from tests.servers.smtp_sink import Sink
from tests.spine.world import World, letter
from tests.workers.jobs import prepare, raw, read_or_misbehave
from triage.case import CaseEvent
from triage.daemon import once
from triage.decision import Decision, Outcome
from triage.inquiry import Known
from triage.message import RawMessage, StoredMessage
from triage.ports import Reader, Transaction
from triage.reading import Reading, Unreadable
from triage.stages.judge import Judge
from triage.workers.pool import ReaderPool, chunks


@pytest.fixture
async def pool() -> AsyncIterator[ReaderPool]:
    """Readers with a time limit of two seconds."""
    running = ReaderPool(read_or_misbehave, prepare, workers=1, time=timedelta(seconds=2), memory_mb=256)
    yield running
    await running.close()


@pytest.mark.parametrize(
    ("poison", "reason"),
    [(b"die", "exit code 7"), (b"hang", "longer than 2 s"), (b"spin", "longer than 2 s"), (b"eat", "memory"), (b"fail", "KeyError")],
)
async def test_poison_ends_in_a_reason_and_its_neighbours_are_read(pool: ReaderPool, poison: bytes, reason: str) -> None:
    """Whatever one message does to its reader, the others of its chunk are read, and it is unreadable for a stated reason."""
    messages = [raw(b"before", 1), raw(poison, 2), raw(b"after", 3)]
    before, poisoned, after = await asyncio.gather(*pool.read(messages))
    assert isinstance(before, Reading)
    assert isinstance(after, Reading)
    assert after.message.subject == "after"
    assert isinstance(poisoned, Unreadable)
    assert reason in poisoned.reason


async def test_a_spinning_message_does_not_keep_its_neighbours_waiting(pool: ReaderPool) -> None:
    """The next message is read long before the poison's own time is up."""
    (await asyncio.gather(*pool.read([raw(b"warm up")])))[0]
    poisoned, after = map(asyncio.ensure_future, pool.read([raw(b"spin", 1), raw(b"after", 2)]))
    await asyncio.wait([after])
    assert not poisoned.done()
    assert isinstance(await poisoned, Unreadable)


async def test_readers_give_way_to_the_daemon(pool: ReaderPool) -> None:
    """A reader runs with a lower priority than the daemon, which has to decide and send what it reads."""
    reading = await pool.read([raw(b"niceness")])[0]
    assert isinstance(reading, Reading)
    assert int(reading.message.subject) > os.nice(0)


def test_chunks_keep_order_and_bounds() -> None:
    """Sixteen messages or a megabyte at most, a large one alone, none lost."""
    messages = [raw(bytes([65 + n % 26]) * size, n) for n, size in enumerate([10] * 40 + [2_000_000] + [300_000] * 5)]
    groups = list(chunks(messages))
    assert [message for group in groups for message in group] == messages
    assert all(len(group) <= 16 for group in groups)
    assert all(sum(len(message.content) for message in group) <= 1_000_000 or len(group) == 1 for group in groups)
    assert list(chunks([])) == []


class Struck:
    """A reader that passes everything on but dies of messages that hold a certain word."""

    def __init__(self, reader: Reader, word: bytes) -> None:
        self._reader = reader
        self._word = word

    def read(self, messages: Sequence[RawMessage]) -> list[Awaitable[Reading | Unreadable]]:
        """One result to come per message."""
        results = self._reader.read(messages)
        return [self._die() if self._word in message.content else result for message, result in zip(messages, results, strict=True)]

    async def close(self) -> None:
        """Stop."""
        await self._reader.close()

    async def _die(self) -> Unreadable:
        return Unreadable(reason="the reader died (exit code 7)")


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")
async def test_poison_becomes_a_case_for_a_person(world: World, sink: Sink) -> None:
    """After two strikes a message is set aside with a case, its author acknowledged, and the mail behind it is long done."""
    async with world.app() as app:
        app.decide._reader = Struck(app.decide._reader, b"unreadable")
        await world.deliver(letter("x", subject="unreadable", message_id="<poison@customer.example>"))
        await world.deliver(letter("Where is ORD1234?", sender="b@customer.example"))
        await once(app)
        records = await app.store.query(lambda tx: list(tx.messages.all("support")))
        cases = await app.store.query(lambda tx: tx.cases.find())
    aside, done = sorted(records, key=lambda record: record.outcome is not Outcome.UNREADABLE)
    assert (aside.outcome, done.outcome) == (Outcome.UNREADABLE, Outcome.OPENED)
    assert aside.strikes == 2
    assert len(cases) == 2
    assert {envelope.recipients[0] for envelope in sink.accepted} >= {"ann@customer.example", "b@customer.example"}


class Faulty:
    """A judge with a defect: of messages with a certain subject it raises what nobody expects."""

    def __init__(self, judge: Judge, subject: str) -> None:
        self._judge = judge
        self._subject = subject

    def __getattr__(self, name: str) -> object:
        return getattr(self._judge, name)

    def judge(self, tx: Transaction, stored: StoredMessage, reading: Reading, now: datetime, known: Known) -> Decision:
        """What the judge says of all others, after it has begun to write."""
        decision = self._judge.judge(tx, stored, reading, now, known)
        if reading.message.subject == self._subject:
            tx.cases.record(1, [CaseEvent(at=now, kind="note", actor="daemon", provenance="test")])
            raise ZeroDivisionError("a defect")
        return decision


async def test_a_defect_of_ours_costs_one_message_its_automatic_answer_and_no_more(world: World, sink: Sink) -> None:
    """What deciding fails on is set aside after two attempts with nothing half done, a person and its author told; the others go on."""
    async with world.app() as app:
        app.decide._judge = Faulty(app.decide._judge, "odd")  # type: ignore[assignment]
        await world.deliver(letter("Where is ORD1234?", sender="b@customer.example"))
        await world.deliver(letter("My parcel ORD9999 is late", subject="odd"))
        await world.deliver(letter("Where is ORD5678?", sender="c@customer.example"))
        with structlog.testing.capture_logs() as logs:
            await once(app)
        records = await app.store.query(lambda tx: list(tx.messages.all("support")))
        notes = await app.store.query(
            lambda tx: [event for case in tx.cases.find() for event in tx.cases.events(case.id) if event.kind == "note"]
        )
    assert sorted(record.outcome for record in records) == [Outcome.OPENED, Outcome.OPENED, Outcome.UNREADABLE]
    [aside] = [record for record in records if record.outcome is Outcome.UNREADABLE]
    assert (aside.strikes, aside.reason) == (2, "deciding failed: ZeroDivisionError")
    assert notes == []
    assert sorted(envelope.recipients[0] for envelope in sink.accepted if b"Auto-Submitted: auto-replied" in envelope.content) == [
        "ann@customer.example",
        "b@customer.example",
        "c@customer.example",
    ]
    assert len([line for line in logs if line["event"] == "decision_failed" and line["exc_info"]]) == 2
