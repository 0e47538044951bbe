"""Takes in what payment providers post: told to be taken only after it is committed, each once; what it means is found out later."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from triage.alarm import AlarmBoard
from triage.errors import NotGenuineError, TriageError
from triage.logs import get_logger
from triage.payment import PaymentEvent, PaymentEventKind, Post, Receiver
from triage.ports import Now, Store
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
        #: How many posts ended how, since the daemon began.
        self.counts: Counter[str] = Counter()

    @property
    def port(self) -> int:
        """Where it listens; 0 while it does not."""
        return self._listening.port

    async def work(self) -> int:
        """Listen, where nobody does yet."""
        if not self._listening.port:
            await self._listening.open(self.take)
            _log.info("webhooks_listening", port=self._listening.port)
        return 0

    async def idle(self) -> None:
        """Rest: whoever posts wakes us."""
        await Bell().wait(timedelta(minutes=1))

    async def rest(self) -> None:
        """Stop listening."""
        await self._listening.close()

    async def take(self, post: Post) -> int:
        """The status code for what was posted."""
        receiver = self._receivers.get(post.path.partition("?")[0])
        if receiver is None:
            return 404
        try:
            event = await receiver.read(post, self._now())
            said = "unknown" if event is None else await self._keep(event)
        except NotGenuineError as error:
            self._not_genuine(post.path, str(error))
            return 400
        except TriageError as error:
            # Whatever keeps us from writing it down is over when they post it again, or is told by others.
            _log.warning("webhook_put_off", path=post.path, error=type(error).__name__, reason=str(error))
            return 503
        self.counts[said] += 1
        _log.info("webhook", path=post.path, outcome=said, count=self.counts[said])
        return 200

    async def _keep(self, event: PaymentEvent) -> str:
        now = self._now()
        due = now + self._wait if event.kind is PaymentEventKind.FAILED else now
        if not await self._store.transact(lambda tx: tx.payments.add(event, now, due)):
            return "repeated"
        self._heard.ring()
        return event.kind.value

    def _not_genuine(self, path: str, reason: str) -> None:
        now = self._now()
        self.counts["forged"] += 1
        self._forged = [*[at for at in self._forged if at > now - _HOUR], now][-_FORGED:]
        _log.warning("webhook_refused", path=path, reason=reason, count=self.counts["forged"])
        if len(self._forged) >= _FORGED:
            said = f"{_FORGED} or more posts to {path} within an hour were not signed as they should be: has its secret changed?"
            self._board.note("webhooks", said, now)
