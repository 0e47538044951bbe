"""Looks for receipt copies in our audit mailbox: what is uncertain was sent where its copy is found, and leaves again where it is not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from triage.alarm import AlarmBoard
from triage.clocks.retry import absent_from
from triage.logs import get_logger
from triage.outbox import Happening, after
from triage.ports import Mailbox, Now, Store, Transaction
from triage.reply import Delivery, DeliveryStatus, Receipt
from triage.sections.servers import SmtpSettings
from triage.stages.loop import Bell
from triage.stages.outcome import tell

#: Copies looked at in one go: bounded memory, and short transactions beside the mail that leaves.
_BATCH = 200
_TICK = timedelta(minutes=1)
#: Copies of so long tell whether they arrive at all.
_DAY = timedelta(days=1)
_MISSING = "receipts_missing"
_PROVEN = Receipt(status=DeliveryStatus.SENT, text="proven by its receipt copy")
_log = get_logger("receipts")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Copies:
    """Copies found in one look."""

    uid_validity: int
    #: Message-ID by UID; "" where there is none.
    ids: Mapping[int, str]
    #: How many lay there beside these, so that more looks are needed before anything is absent.
    left: int


class Receipts:
    """The audit mailbox. It knows IMAP and the outbox."""

    name = "receipts"

    def __init__(
        self, *, store: Store, mailbox: Mailbox, settings: SmtpSettings, archive: str, board: AlarmBoard, now: Now, to_send: Bell
    ) -> None:
        self._store = store
        self._mailbox = mailbox
        self._folder = settings.receipt_folder
        self._after = settings.receipt_after
        self._wait = settings.receipt_wait
        self._archive = archive
        self._board = board
        self._now = now
        self._to_send = to_send
        #: Copies that stay where they are, looked at before; and under which UIDVALIDITY.
        self._seen: set[int] = set()
        self._epoch = 0

    async def work(self) -> int:
        """Look once; how many copies were new, 0 when all there are have been looked at."""
        begun = self._now()
        copies = await self._look()
        arrivals = await self._arrivals(copies)
        found = await self._store.transact(partial(self._found, copies=copies, arrivals=arrivals))
        await self._tidy(copies, found)
        if not copies.left:
            await self._again(begun)
        return len(copies.ids) if copies.left else 0

    async def idle(self) -> None:
        """Wait for the next look: soon where something is in doubt."""
        doubtful = await self._store.query(_doubtful)
        ahead = [self._absent_from(delivery) - self._now() for delivery in doubtful]
        await Bell().wait(max(timedelta(seconds=5), min(_TICK, *ahead)) if ahead else _TICK)

    async def _look(self) -> _Copies:
        status = await self._mailbox.status(self._folder)
        if status.uid_validity != self._epoch:
            self._epoch, self._seen = status.uid_validity, set()
        listed = await self._mailbox.uids(self._folder)
        self._seen &= set(listed)
        fresh = [uid for uid in listed if uid not in self._seen]
        ids = await self._mailbox.message_ids(self._folder, fresh[:_BATCH], self._epoch)
        # What the server lists and does not show may be the copy that is looked for.
        return _Copies(uid_validity=self._epoch, ids=ids, left=len(fresh) - len(ids))

    async def _arrivals(self, copies: _Copies) -> Mapping[str, datetime]:
        """When the copies of uncertain deliveries arrived: an acceptance just before the deadline keeps the promise."""
        wanted = {delivery.message_id for delivery in await self._store.query(_doubtful)}
        uids = [uid for uid, message_id in copies.ids.items() if message_id in wanted]
        arrived = await self._mailbox.arrivals(self._folder, uids) if uids else {}
        return {copies.ids[uid]: at for uid, at in arrived.items()}

    def _found(self, tx: Transaction, copies: _Copies, arrivals: Mapping[str, datetime]) -> dict[str, Delivery]:
        now = self._now()
        accepted = {message_id: min(now, arrivals.get(message_id, now)) for message_id in copies.ids.values() if message_id}
        before = tx.deliveries.receipts_found(accepted, now)
        for delivery in before:
            if after(delivery.status, Happening.RECEIPT) is not delivery.status:
                tell(tx, delivery, _PROVEN, max(accepted[delivery.message_id], delivery.begun_at or now))
                _log.info("proven", delivery=delivery.id, case=delivery.case_id)
        return {delivery.message_id: delivery for delivery in before}

    async def _tidy(self, copies: _Copies, found: Mapping[str, Delivery]) -> None:
        """Copies that have served go where the configuration says; those of deliveries still on the wire are looked at again."""
        waiting = {uid for uid, message_id in copies.ids.items() if message_id in found and _on_the_wire(found[message_id])}
        served = [uid for uid, message_id in copies.ids.items() if message_id in found and uid not in waiting]
        if self._after == "keep" or not served:
            self._seen |= set(copies.ids) - waiting
            return
        self._seen |= set(copies.ids) - waiting - set(served)
        if self._after == "move":
            await self._mailbox.move(self._folder, served, self._archive, copies.uid_validity)
        else:
            await self._mailbox.delete(self._folder, served, copies.uid_validity)

    async def _again(self, looked_at: datetime) -> None:
        """Let what is uncertain wait again whose copy should be here by now and is not."""
        doubtful = await self._store.query(_doubtful)
        absent = [delivery for delivery in doubtful if self._absent_from(delivery) <= looked_at]
        if absent and await self._copies_arrive(looked_at):
            await self._store.transact(partial(self._requeue, absent=absent))
            self._to_send.ring()

    async def _copies_arrive(self, now: datetime) -> bool:
        """Whether absence means anything: of late copies arrived, and none is missing of what was surely accepted."""
        seen, missing = await self._store.query(lambda tx: tx.deliveries.receipts_since(now - _DAY, now - self._wait))
        if seen and not missing:
            self._board.clear(_MISSING)
            return True
        said = f"{missing} receipt copies of accepted mail have not arrived" if missing else "no receipt copy has arrived within a day"
        self._board.sound(_MISSING, f"{said} in {self._folder}: mail in doubt is not sent again until they do, see `triage retry`", now)
        return False

    def _requeue(self, tx: Transaction, absent: Sequence[Delivery]) -> None:
        now = self._now()
        why = f"no receipt copy {self._wait} after DATA: sent again in the same bytes"
        for delivery in absent:
            if tx.deliveries.requeue(delivery.id, now):
                tell(tx, delivery, Receipt(status=DeliveryStatus.DEFERRED, text=why), now, possible_duplicate="yes")
                _log.warning("possible_duplicate", delivery=delivery.id, case=delivery.case_id)

    def _absent_from(self, delivery: Delivery) -> datetime:
        return absent_from(delivery.begun_at or delivery.created_at, delivery.deadline, self._wait)


def _doubtful(tx: Transaction) -> list[Delivery]:
    """Uncertain deliveries whose copies can tell."""
    return [delivery for delivery in tx.deliveries.find(status=DeliveryStatus.UNCERTAIN) if delivery.receipted]


def _on_the_wire(delivery: Delivery) -> bool:
    """Whether the copy may be asked for later: the doubt would only be beginning."""
    return delivery.status is DeliveryStatus.SENDING
