"""Many messages at once: none of them keeps what is ready to leave from leaving."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from triage.decision import Decision, Outcome
from triage.inquiry import Known
from triage.message import Message, MessageKey, RawMessage, StoredMessage
from triage.ports import Store, Transaction
from triage.reading import Classification, Reading, Unreadable
from triage.stages.decide import Decide
from triage.stages.loop import Bell, drain
from triage.store.sqlite import open_store

T = TypeVar("T")
_MESSAGES = 100
_LONG = 30


class Ready:
    """A reader that has read everything already."""

    def read(self, messages: Sequence[RawMessage]) -> list[Awaitable[Reading | Unreadable]]:
        """What each says, at once."""
        return [self._said(message) for message in messages]

    async def _said(self, raw: RawMessage) -> Reading:
        said = Classification(category="other", issue="", confidence=0.0)
        return Reading(message=Message(subject=str(raw.key.uid)), classification=said)

    async def close(self) -> None:
        """Nothing to stop."""


@dataclass
class Deciding:
    """Judges and records nothing but how far it has come, and asks the store something as soon as the first is decided."""

    store: Store
    loop: asyncio.AbstractEventLoop
    decided: list[int] = field(default_factory=list)
    #: How many were decided when the question was answered.
    answered_after: int = 0
    _question: "asyncio.Task[None] | None" = None

    def judge(self, tx: Transaction, stored: StoredMessage, reading: Reading, now: datetime, known: Known) -> Decision:
        """Automatic mail: of no further consequence."""
        return Decision(outcome=Outcome.AUTOMATIC, reason="")

    def record(self, tx: Transaction, stored: StoredMessage, reading: Reading, decision: Decision, now: datetime) -> None:
        """Settle the message."""
        tx.messages.settle(stored.id, decision.outcome, None, reading, reason="", keep_raw=False)
        self.decided.append(stored.id)
        if len(self.decided) == 1:
            self.loop.call_soon_threadsafe(self._ask)

    def _ask(self) -> None:
        self._question = self.loop.create_task(self._wait())

    async def _wait(self) -> None:
        await self.store.query(lambda tx: tx.deliveries.next_due())
        self.answered_after = len(self.decided)


async def test_the_outbox_does_not_wait_until_all_is_decided(tmp_path: Path) -> None:
    """While a hundred messages wait to be decided, the store answers the outbox after a few of them."""
    store = open_store(tmp_path / "triage.db", "SP")
    deciding = Deciding(store, asyncio.get_running_loop())
    await store.transact(lambda tx: tx.messages.add([_raw(uid) for uid in range(1, _MESSAGES + 1)]))
    await asyncio.wait_for(drain(_stage(store, Ready(), deciding)), _LONG)
    await store.close()
    assert len(deciding.decided) == _MESSAGES
    assert 0 < deciding.answered_after <= 24


class Dying(Ready):
    """A reader that dies of the first message, and no sooner than the store was asked once more."""

    def __init__(self) -> None:
        self.asked_again = asyncio.Event()
        self._died = False

    async def _said(self, raw: RawMessage) -> Reading | Unreadable:  # type: ignore[override]
        if self._died:
            return await super()._said(raw)
        await self.asked_again.wait()
        self._died = True
        return Unreadable(reason="the reader died (exit code 7)")


class Slow:
    """A store whose second answer about waiting messages is only heard when what was in hand then has ended."""

    def __init__(self, store: Store, reader: Dying) -> None:
        self._store = store
        self._reader = reader
        self._asked = 0
        self.in_hand: dict[int, asyncio.Task[None]] = {}

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    async def query(self, question: Callable[[Transaction], T]) -> T:
        """The answer, late the second time."""
        answer = await self._store.query(question)
        self._asked += 1
        if self._asked == 2:
            self._reader.asked_again.set()
            await asyncio.gather(*self.in_hand.values())
        return answer


async def test_what_ends_while_the_store_is_asked_is_not_left_lying(tmp_path: Path) -> None:
    """A message that has to be read once more, and was let go just after the store said that nothing else waits, is read at once."""
    store, reader = open_store(tmp_path / "triage.db", "SP"), Dying()
    slow, deciding = Slow(store, reader), Deciding(store, asyncio.get_running_loop())
    decide = _stage(slow, reader, deciding)  # type: ignore[arg-type]
    slow.in_hand = decide._tasks
    await store.transact(lambda tx: tx.messages.add([_raw(1)]))
    await asyncio.wait_for(drain(decide), _LONG)
    records = await store.query(lambda tx: list(tx.messages.all("support")))
    await store.close()
    assert [(record.outcome, record.strikes) for record in records] == [(Outcome.AUTOMATIC, 1)]


def _stage(store: Store, reader: Ready, deciding: Deciding) -> Decide:
    return Decide(
        store=store,
        reader=reader,
        judge=deciding,  # type: ignore[arg-type]
        recorder=deciding,  # type: ignore[arg-type]
        corrector=deciding,  # type: ignore[arg-type]
        now=lambda: datetime.now(UTC),
        arrived=Bell(),
        decided=Bell(),
    )


def _raw(uid: int) -> RawMessage:
    key = MessageKey(account="support", mailbox="INBOX", uid_validity=1, uid=uid)
    return RawMessage(key=key, received_at=datetime.now(UTC), content=b"", size=0)
