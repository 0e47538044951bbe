"""Many messages at once: none of them keeps what is ready to leave from leaving."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from triage.decision import Decision, Outcome
from triage.inquiry import Known
from triage.message import Message, MessageKey, RawMessage, StoredMessage
from triage.ports import Store, Transaction
from triage.reading import Classification, Reading, Unreadable
from triage.stages.decide import Decide
from triage.stages.loop import Bell, drain
from triage.store.sqlite import open_store

_MESSAGES = 100


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
    decide = Decide(
        store=store,
        reader=Ready(),
        judge=deciding,  # type: ignore[arg-type]
        recorder=deciding,  # type: ignore[arg-type]
        corrector=deciding,  # type: ignore[arg-type]
        now=lambda: datetime.now(UTC),
        arrived=Bell(),
        decided=Bell(),
    )
    await store.transact(lambda tx: tx.messages.add([_raw(uid) for uid in range(1, _MESSAGES + 1)]))
    await asyncio.wait_for(drain(decide), timedelta(seconds=30).total_seconds())
    await store.close()
    assert len(deciding.decided) == _MESSAGES
    assert 0 < deciding.answered_after <= 24


def _raw(uid: int) -> RawMessage:
    key = MessageKey(account="support", mailbox="INBOX", uid_validity=1, uid=uid)
    return RawMessage(key=key, received_at=datetime.now(UTC), content=b"", size=0)
