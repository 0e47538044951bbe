"""Takes in what payment providers post: told to be taken only after it is committed, each once; what it means is found out later."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from triage.alarm import AlarmBoard
from triage.errors import NotGenuineError, TooOldError, TriageError
from triage.logs import get_logger
from triage.payment import PaymentEvent, Post, PostOutcome, Receiver, Transmission, settle_at
from triage.ports import Now, Store, Transaction
from triage.stages.loop import Bell

#: So many in an hour that nobody has signed are no stray visitors any more.
_FORGED = 5
_HOUR = timedelta(hours=1)
_log = get_logger("webhooks")


class Listening(Protocol):
    """Whoever listens for posts."""

    @property
    def port(self) -> int:
        """Where it listens; 0 while it does not."""

    async def open(self, answers: Callable[[Post], Awaitable[int]]) -> None:
        """Listen from now on; TemporaryError where that cannot be."""

    async def close(self) -> None:
        """Stop; safe to call twice."""


class Hear:
    """The stage that listens; it works by being asked."""

    name = "webhooks"

    def __init__(
        self, receivers: Mapping[str, Receiver], *, listening: Listening, wait: timedelta, store: Store, board: AlarmBoard, now: Now,
        heard: Bell,
    ) -> None:  # fmt: skip
        """`receivers` by the paths to which is posted; `wait`: how long a failed payment waits for its second try."""
        self._receivers = receivers
        self._listening = listening
        self._wait = wait
        self._store = store
        self._board = board
        self._now = now
        self._heard = heard
        self._forged: list[datetime] = []
        #: What is not written down at once, lest anybody who can reach us keeps the store busy: how many, and when the last was.
        self._uncounted: Counter[tuple[str, PostOutcome]] = Counter()
        self._last: dict[tuple[str, PostOutcome], datetime] = {}

    @property
    def port(self) -> int:
        """Where it listens; 0 while it does not."""
        return self._listening.port

    async def work(self) -> int:
        """Listen, where nobody does yet; write down what was counted."""
        if not self._listening.port:
            await self._listening.open(self.take)
            _log.info("webhooks_listening", port=self._listening.port)
        await self._write_down()
        return 0

    async def idle(self) -> None:
        """Rest: whoever posts wakes us."""
        await Bell().wait(timedelta(minutes=1))

    async def rest(self) -> None:
        """Stop listening."""
        await self._listening.close()
        try:
            await self._write_down()
        except TriageError as error:
            # A number is not worth an end that fails.
            _log.warning("webhooks_not_counted", error=type(error).__name__, reason=str(error))

    async def take(self, post: Post) -> int:
        """The status code for what was posted."""
        receiver = self._receivers.get(post.path.partition("?")[0])
        if receiver is None:
            return 404
        try:
            event = await receiver.read(post, self._now())
            kept = await self._keep(event, receiver.transmission(post, self._now()))
            said = kept or self._count(receiver.provider, PostOutcome.UNKNOWN)
        except NotGenuineError as error:
            said = self._count(receiver.provider, PostOutcome.TOO_OLD if isinstance(error, TooOldError) else PostOutcome.BAD_SIGNATURE)
            _log.warning("webhook_refused", path=post.path, outcome=said.value, reason=str(error))
            self._not_genuine(post.path)
            return 400
        except TriageError as error:
            # Whatever keeps us from writing it down is over when they post it again, or is told by others.
            _log.warning("webhook_put_off", path=post.path, error=type(error).__name__, reason=str(error))
            return 503
        _log.info("webhook", path=post.path, outcome=said.value, kind=event.kind.value if event else "")
        return 200

    async def _keep(self, event: PaymentEvent | None, transmission: Transmission | None) -> PostOutcome | None:
        """What became of it; None where it was of no interest."""
        now = self._now()

        def keep(tx: Transaction) -> PostOutcome | None:
            if transmission and not tx.payments.is_first(transmission, now):
                return PostOutcome.BAD_SIGNATURE
            return self._add(tx, event, now) if event else None

        said = await self._store.transact(keep) if event or transmission else None
        if said is PostOutcome.BAD_SIGNATURE:
            raise NotGenuineError("expected the same content whenever it is posted under the same id")
        if said is PostOutcome.RECEIVED:
            self._heard.ring()
        return said

    def _add(self, tx: Transaction, event: PaymentEvent, now: datetime) -> PostOutcome:
        new = tx.payments.add(event, now, settle_at(event, now, self._wait))
        return PostOutcome.RECEIVED if new else PostOutcome.REPEATED

    def _count(self, provider: str, outcome: PostOutcome) -> PostOutcome:
        self._uncounted[provider, outcome] += 1
        self._last[provider, outcome] = self._now()
        return outcome

    async def _write_down(self) -> None:
        counted, last = self._uncounted.copy(), self._last.copy()

        def add(tx: Transaction) -> None:
            for (provider, outcome), many in counted.items():
                tx.payments.count(provider, outcome, many, last[provider, outcome])

        if counted:
            await self._store.transact(add)
            self._uncounted -= counted

    def _not_genuine(self, path: str) -> None:
        now = self._now()
        self._forged = [*[at for at in self._forged if at > now - _HOUR], now][-_FORGED:]
        if len(self._forged) >= _FORGED:
            words = f"{_FORGED} or more posts to {path} within an hour were not signed as they should be"
            self._board.note("webhooks", f"{words}: has its secret changed, or is the clock wrong?", now)
