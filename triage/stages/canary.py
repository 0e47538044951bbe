"""Mails a message of ours through the whole way out and in again, and tells the operator when it does not come back."""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from triage.alarm import AlarmBoard
from triage.keyed import CANARY_PREFIX, canary_id, is_canary
from triage.logs import get_logger
from triage.ports import Mailbox, Now, Store
from triage.records import MessageRecord
from triage.reply import Delivery, DeliveryStatus, Receipt, ReplyKind
from triage.sections.alarms import CanarySettings
from triage.stages.loop import Bell

_KIND, _CLOCK = "canary", "clock"
#: How often we look while one is on its way, and otherwise.
_SOON, _TICK = timedelta(seconds=2), timedelta(minutes=1)
#: Further apart than this two clocks are wrong (INTERNALDATE has whole seconds).
_APART = timedelta(seconds=5)
#: So long after it was sent one may still come.
_STRAY = timedelta(days=7)
_log = get_logger("canary")


@dataclass(slots=True, kw_only=True)
class _Flight:
    """One that is on its way."""

    message_id: str
    began_at: datetime
    #: When the server took it; None until it has.
    taken_at: datetime | None = None
    #: What it said.
    said: str = "no server may be tried"


class Canary:
    """A message to ourselves. It is recognised before any rule, opens no case, is never answered, and is removed when seen."""

    name = "canary"

    def __init__(
        self,
        settings: CanarySettings,
        *,
        address: str,
        folder: str,
        keys: Sequence[bytes],
        mailbox: Mailbox,
        store: Store,
        send: Callable[[Delivery], Awaitable[Receipt | None]],
        board: AlarmBoard,
        now: Now,
    ) -> None:
        self._settings = settings
        self._address = address
        self._folder = folder
        #: The one that signs first.
        self._keys = keys
        self._mailbox = mailbox
        self._store = store
        self._send = send
        self._board = board
        self._now = now
        self._flight: _Flight | None = None
        self._next_at: datetime | None = None
        #: Those that were taken out of the folder since we began.
        self._removed: set[int] = set()
        #: How long the last one that came back was on its way; None before the first.
        self.round_trip: timedelta | None = None

    async def work(self) -> int:
        """Send one when it is time, look for the one on its way; 0, because there is never more to do at once."""
        now = self._now()
        await self._remove_strays(now)
        if self._flight is None and (self._next_at is None or now >= self._next_at):
            self._flight = _Flight(message_id=canary_id(self._keys[0], self._address, secrets.token_hex(8)), began_at=now)
        if self._flight:
            await self._follow(self._flight)
        return 0

    async def idle(self) -> None:
        """Wait a moment while one is on its way, else for the next."""
        await Bell().wait(_SOON if self._flight else _TICK)

    async def _follow(self, flight: _Flight) -> None:
        if flight.taken_at is None:
            await self._hand_over(flight)
        elif found := await self._found(flight.message_id):
            await self._came(flight, found)
            return
        if self._now() - flight.began_at > self._settings.within:
            self._missing(flight)

    async def _hand_over(self, flight: _Flight) -> None:
        receipt = await self._send(self._delivery(flight))
        if receipt and receipt.status in (DeliveryStatus.SENT, DeliveryStatus.UNCERTAIN):
            flight.taken_at = self._now()
        if receipt:
            flight.said = f"{receipt.code} {receipt.text}".strip() if receipt.code else receipt.text

    async def _found(self, message_id: str) -> MessageRecord | None:
        account = self._settings.mailbox
        return next(iter(await self._store.query(lambda tx: tx.messages.look_up(account, message_id=message_id))), None)

    async def _remove_strays(self, now: datetime) -> None:
        """Those that came after nobody waited for them any more, or whose sender was stopped while they were on their way."""
        account = self._settings.mailbox
        found = await self._store.query(lambda tx: tx.messages.beginning(account, CANARY_PREFIX, now - _STRAY))
        strays = [it for it in found if it.id not in self._removed and self._is_stray(it.message_id)]
        if strays:
            # A folder that was renumbered since has other messages under these numbers.
            validity = (await self._mailbox.status(self._folder)).uid_validity
            await self._remove([it for it in strays if it.key.uid_validity == validity])

    def _is_stray(self, message_id: str) -> bool:
        # Only a key tells ours from a customer's that looks like one.
        waited_for = self._flight is not None and message_id == self._flight.message_id
        return not waited_for and any(is_canary(key, message_id) for key in self._keys)

    async def _remove(self, found: Sequence[MessageRecord]) -> None:
        if found:
            await self._mailbox.delete(self._folder, [it.key.uid for it in found], found[0].key.uid_validity)
            self._removed |= {it.id for it in found}

    async def _came(self, flight: _Flight, found: MessageRecord) -> None:
        now = self._now()
        self.round_trip = now - flight.began_at
        _log.info("came_back", seconds=round(self.round_trip.total_seconds(), 1))
        self._board.clear(_KIND)
        self._compare(flight.began_at, found.received_at, now)
        self._flight, self._next_at = None, flight.began_at + self._every
        await self._remove([found])

    def _missing(self, flight: _Flight) -> None:
        within = self._settings.within
        where = "was accepted and has not come back" if flight.taken_at else "could not be sent"
        words = f"a message to ourselves {where} within {within} (since {flight.began_at:%Y-%m-%d %H:%M} UTC: {flight.said})"
        self._board.sound(_KIND, f"{words}: customers' mail may not reach us, nor ours them", self._now())
        if self._now() - flight.began_at > within + self._every:
            # It may be lost for good; the next one shows whether the way is open again.
            self._flight, self._next_at = None, None

    def _compare(self, began_at: datetime, arrived_at: datetime, now: datetime) -> None:
        """A server's clock says that it arrived between sending and now, or one of the clocks is wrong."""
        off = max(began_at - arrived_at, arrived_at - now)
        if off > _APART:
            self._board.sound(
                _CLOCK, f"this machine's clock and the mail server's are {off.total_seconds():.0f} s apart: is NTP running?", now
            )
        else:
            self._board.clear(_CLOCK)

    @property
    def _every(self) -> timedelta:
        every = self._settings.every
        return every if every != "off" else timedelta.max

    def _delivery(self, flight: _Flight) -> Delivery:
        letter = EmailMessage(policy=SMTP)
        letter["Message-ID"] = f"<{flight.message_id}>"
        letter["From"] = letter["To"] = self._address
        letter["Subject"] = "triage: a message to ourselves"
        letter["Date"] = format_datetime(flight.began_at)
        letter["Auto-Submitted"] = "auto-generated"
        letter["X-Auto-Response-Suppress"] = "All"
        letter["X-Triage-Loop"] = "canary"
        letter.set_content("This message shows that mail goes out and comes in. It is removed by itself.\n")
        return Delivery(
            id=0, case_id=0, kind=ReplyKind.NOTIFICATION, recipient=self._address, reverse_path=self._address, message_id=flight.message_id,
            subject=str(letter["Subject"]), content=letter.as_bytes(), deadline=flight.began_at, status=DeliveryStatus.QUEUED,
            created_at=flight.began_at, next_attempt_at=flight.began_at,
        )  # fmt: skip
