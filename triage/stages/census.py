"""The daily comparison of a watched folder with the store: all is expected to agree; what does not is told, and mended if it can be."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from triage.alarm import AlarmBoard
from triage.clocks.daily import latest
from triage.decision import Outcome
from triage.logs import get_logger
from triage.message import NO_ARRIVAL
from triage.ports import Mailbox, Now, Store, Transaction
from triage.records import CensusRecord, Held
from triage.sections.servers import MailboxSettings

#: Servers keep INTERNALDATE to the second.
_SAME = timedelta(seconds=1)
#: Lines kept of one census; more would only repeat themselves.
_LINES = 50
_log = get_logger("census")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """One thing in which server and store do not agree."""

    text: str
    #: The record that does not stand for its UID any more; None where there is none.
    release: int | None = None


class Census:
    """Compares one folder when it is due."""

    def __init__(
        self, account: str, settings: MailboxSettings, *, mailbox: Mailbox, store: Store, now: Now, zone: ZoneInfo, board: AlarmBoard
    ) -> None:
        self._account = account
        self._settings = settings
        self._mailbox = mailbox
        self._store = store
        self._now = now
        self._zone = zone
        self._board = board
        self._taken: datetime | None = None

    async def due(self) -> bool:
        """True once a day from the configured time on, also when that passed while nothing ran."""
        if self._taken is None:
            account, folder = self._account, self._settings.folder
            last = await self._store.query(lambda tx: tx.censuses.latest(account, folder))
            self._taken = last.at if last else NO_ARRIVAL
        # A clock that was turned back must not put it off.
        return not latest(self._now(), self._settings.census, self._zone) <= self._taken <= self._now()

    def hasten(self) -> None:
        """There is reason to compare now."""
        self._taken = NO_ARRIVAL

    async def baseline(self, listed: int) -> None:
        """Record that at the first connection all was counted, so that the next comparison is that of tomorrow."""
        await self._record(listed, [])

    async def take(self, uid_validity: int, settled: Collection[int]) -> int:
        """Compare; how many mismatches there are. `settled` are the UIDs that intake has had its chance with."""
        folder, account = self._settings.folder, self._account
        await self._mailbox.renew()
        status, uids = await self._mailbox.look(folder)
        if status.uid_validity != uid_validity:
            # Renumbered at this moment: intake begins anew, and all of it is compared then.
            return 0
        held = {it.uid: it for it in await self._store.query(lambda tx: tx.messages.held(account, folder, uid_validity))}
        listed = set(uids)
        others = await self._others(held, listed, uid_validity)
        found = compare(held, listed, settled, others)
        await self._record(len(listed), found)
        self._tell(len(listed), found)
        return len(found)

    async def _others(self, held: Mapping[int, Held], listed: Collection[int], uid_validity: int) -> set[int]:
        """UIDs under which another message lies than the one taken in."""
        folder = self._settings.folder
        arrivals = await self._mailbox.arrivals(folder, sorted(held.keys() & listed))
        others = {uid for uid, at in arrivals.items() if abs(at - held[uid].received_at) > _SAME}
        # Where the server's date made no sense another one is kept, so the bytes decide; of history no bytes were ever seen.
        known = sorted(uid for uid in others if held[uid].sha256)
        async for messages in self._mailbox.fetch(folder, known, uid_validity):
            others -= {raw.key.uid for raw in messages if raw.sha256 == held[raw.key.uid].sha256}
        return others

    async def _record(self, listed: int, found: Sequence[Mismatch]) -> None:
        texts = tuple(it.text for it in found[:_LINES]) + ((f"and {len(found) - _LINES} more",) if len(found) > _LINES else ())
        now = self._now()
        census = CensusRecord(account=self._account, mailbox=self._settings.folder, at=now, listed=listed, mismatches=texts)

        def record(tx: Transaction) -> None:
            for it in found:
                if it.release is not None:
                    tx.messages.release([it.release], f"census of {now:%Y-%m-%d}: {it.text}")
            tx.censuses.record(census)

        await self._store.transact(record)
        self._taken = now

    def _tell(self, listed: int, found: Sequence[Mismatch]) -> None:
        kind = f"census:{self._account}"
        if not found:
            _log.info("census", account=self._account, listed=listed, mismatches=0)
            self._board.clear(kind)
            return
        _log.error("census", account=self._account, listed=listed, mismatches=len(found), first=found[0].text)
        text = f"mailbox {self._account}: {len(found)} of {listed} messages did not agree with the store; `triage audit` lists them"
        self._board.sound(kind, text, self._now())


def compare(held: Mapping[int, Held], listed: Collection[int], settled: Collection[int], others: Collection[int]) -> list[Mismatch]:
    """Where the server's list and what the store holds contradict each other, by UID."""
    missed = [(uid, Mismatch(text=f"UID {uid} was never taken in; it is now")) for uid in set(settled) & set(listed) - held.keys()]
    contradicted = [(uid, it) for uid in held if (it := _contradiction(held[uid], uid in listed, uid in others))]
    return [mismatch for _, mismatch in sorted(missed + contradicted, key=lambda pair: pair[0])]


def _contradiction(it: Held, listed: bool, other: bool) -> Mismatch | None:
    again = "it is taken in again" if listed else "it is gone from the server"
    if it.outcome is None and not it.has_raw:
        return Mismatch(text=f"UID {it.uid} waits to be decided and its bytes are lost; {again}", release=it.id)
    if listed and it.outcome is Outcome.VANISHED:
        return Mismatch(text=f"UID {it.uid} had vanished and is there; {again}", release=it.id)
    if listed and other:
        return Mismatch(text=f"UID {it.uid} is another message than the one taken in; {again}", release=it.id)
    # What is not listed was filed by us, or moved or deleted by a person: the audit looks for it.
    return None
