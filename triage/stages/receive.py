"""Takes in every message once: the UIDs on the server minus the UIDs in the store, raw bytes first."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from triage.alarm import AlarmBoard
from triage.decision import Outcome
from triage.errors import StoreFullError
from triage.logs import get_logger
from triage.message import NO_ARRIVAL, Cursor, MailboxStatus, MessageKey, RawMessage
from triage.ports import Mailbox, Now, Store, Transaction
from triage.sections.servers import MailboxSettings
from triage.stages.backlog import urgent
from triage.stages.census import Census
from triage.stages.loop import Bell
from triage.stages.withheld import Withheld

#: Messages taken in for one listing of the folder, so that what arrives meanwhile has its turn soon.
_BATCH = 500
#: UIDs given out at once beyond this are a server's way of numbering, not messages that came and went.
_JUMP = 100_000
#: Nothing was sent over this protocol before, and no clock may be further ahead: such an INTERNALDATE is a mistake.
_EARLIEST = datetime.fromisoformat("1986-01-01T00:00:00+00:00")
_AHEAD = timedelta(minutes=5)
#: So many messages whose announced size proved false twice, and the server's sizes are not believed any more.
_FALSE_SIZES = 3
_log = get_logger("receive")


class Receive:
    """One watched mailbox. It knows IMAP and the store and nothing else."""

    def __init__(
        self,
        account: str,
        settings: MailboxSettings,
        *,
        mailbox: Mailbox,
        store: Store,
        now: Now,
        zone: ZoneInfo,
        arrived: Bell,
        board: AlarmBoard,
    ) -> None:
        """The daily census is due by the clock of `zone`."""
        self.name = f"receive:{account}"
        self._account = account
        self._settings = settings
        self._mailbox = mailbox
        self._store = store
        self._now = now
        self._arrived = arrived
        self._board = board
        self._census = Census(account, settings, mailbox=mailbox, store=store, now=now, zone=zone, board=board)
        self._cursor: Cursor | None = None
        #: False while the store has an older cursor; it is written with the next messages, or by itself when there are none.
        self._remembered = True
        self._known: set[int] = set()
        self._withheld = Withheld(settings.poll / 2)
        #: Digest of what came of messages that may not be whole.
        self._doubted: dict[int, str] = {}
        self._false_sizes = 0
        #: When the messages of a backlog arrived; asked for once.
        self._arrivals: dict[int, datetime] = {}

    async def work(self) -> int:
        """Store the next messages not yet in the store; how many were stored or given up."""
        await self._expect_room()
        folder = self._settings.folder
        status, uids = await self._mailbox.look(folder)
        if self._cursor is None or self._cursor.uid_validity != status.uid_validity:
            self._cursor = await self._begin_epoch(status)
        listed = set(uids)
        self._follow(self._cursor, status.uid_next, listed)
        missing = listed - self._known - self._withheld.resting(self._now())
        taken = await self._take_in(await self._first(missing), status.uid_validity) if missing else 0
        given_up = await self._give_up(listed, status.uid_validity)
        if not self._remembered:
            await self._store.transact(self._remember)
            self._remembered = True
        return taken + given_up or await self._count(listed, status.uid_validity)

    async def _expect_room(self) -> None:
        """While the disk is full nothing is fetched: the mail is safe on the server."""
        try:
            await self._store.expect_room()
        except StoreFullError as error:
            self._board.sound("store_full", str(error), self._now())
            raise
        self._board.clear("store_full")

    async def _count(self, listed: Collection[int], uid_validity: int) -> int:
        """At a quiet moment, and once a day, compare everything; how much there is to mend."""
        if not await self._census.due():
            return 0
        mismatches = await self._census.take(uid_validity, {uid for uid in listed if uid not in self._withheld})
        if mismatches:
            # What is known is learnt from the store again, and the next poll takes in what is not.
            self._cursor = None
        return mismatches

    async def idle(self) -> None:
        """Wait for the server to report a change, or for the next poll."""
        await self._mailbox.wait(self._settings.folder, self._settings.poll)

    async def _first(self, missing: set[int]) -> list[int]:
        """Those whose turn it is, the most urgent first."""
        if len(missing) <= _BATCH:
            self._arrivals.clear()
            return sorted(missing)
        unknown = sorted(missing - self._arrivals.keys())
        self._arrivals |= await self._mailbox.arrivals(self._settings.folder, unknown)
        # Whatever the server says no date of comes when the others have.
        dated = {uid: at for uid, at in self._arrivals.items() if uid in missing}
        self._arrivals = dated
        return urgent(dated, self._now(), _BATCH) or sorted(missing)[:_BATCH]

    async def _take_in(self, uids: Sequence[int], uid_validity: int) -> int:
        came = await self._store_those(uids, uid_validity)
        if lacking := [uid for uid in uids if uid not in came]:
            # No data, or data that may not be whole: a session that has gone stale says so too, a fresh one is asked.
            await self._mailbox.renew()
            came |= await self._store_those(lacking, uid_validity)
        if came:
            _log.info("received", account=self._account, messages=len(came))
        if in_vain := [uid for uid in lacking if uid not in came]:
            self._withheld.in_vain(in_vain, self._now(), listed=True)
            _log.warning("withheld", account=self._account, uids=in_vain[:20], messages=len(in_vain))
        return len(came)

    async def _store_those(self, uids: Sequence[int], uid_validity: int) -> set[int]:
        """The UIDs of those that came and are believed, all of them committed."""
        came: set[int] = set()
        async for messages in self._mailbox.fetch(self._settings.folder, uids, uid_validity):
            believed = [self._dated(raw) for raw in messages if self._believes(raw)]
            if not believed:
                continue
            await self._store.transact(partial(self._add, believed))
            # Known only once it is committed: a failure above leaves the UIDs in the difference.
            self._remembered = True
            stored = {raw.key.uid for raw in believed}
            came |= stored
            self._known |= stored
            self._withheld.came(stored)
            self._arrived.ring()
        return came

    def _add(self, messages: Sequence[RawMessage], tx: Transaction) -> None:
        tx.messages.add(messages)
        self._remember(tx)

    def _remember(self, tx: Transaction) -> None:
        if self._cursor and not self._remembered:
            tx.messages.set_cursor(self._account, self._settings.folder, self._cursor)

    def _believes(self, raw: RawMessage) -> bool:
        """Bytes are believed when nothing speaks against them, or when a second session brings the same ones."""
        if not raw.doubt or self._false_sizes > _FALSE_SIZES:
            return True
        before, self._doubted[raw.key.uid] = self._doubted.get(raw.key.uid, ""), raw.sha256
        if before != raw.sha256:
            return False
        del self._doubted[raw.key.uid]
        self._false_sizes += 1
        _log.warning("taken_as_it_came", account=self._account, uid=raw.key.uid, doubt=raw.doubt)
        return True

    def _dated(self, raw: RawMessage) -> RawMessage:
        """The message with an arrival that promises can count from."""
        now = self._now()
        if _EARLIEST < raw.received_at <= now + _AHEAD:
            return raw
        said = "none" if raw.received_at == NO_ARRIVAL else f"{raw.received_at:%Y-%m-%d %H:%M} UTC"
        _log.warning("arrival_makes_no_sense", account=self._account, uid=raw.key.uid, arrival=said)
        text = f"mailbox {self._account}: a message arrived at {said}, says the server; it counts from now. Is the server's clock right?"
        self._board.note(f"arrival:{self._account}", text, now)
        return replace(raw, received_at=now)

    async def _give_up(self, listed: Collection[int], uid_validity: int) -> int:
        """Settle what was asked for often enough; the next poll speaks to a fresh session while anything is withheld."""
        now = self._now()
        if unlisted := self._withheld.unlisted(listed, now):
            self._withheld.in_vain(unlisted, now, listed=False)
            await self._mailbox.renew()
        hopeless = self._withheld.hopeless()
        for uid, evidence in hopeless.items():
            await self._settle({uid: now}, uid_validity, Outcome.VANISHED, evidence)
            _log.error("vanished", account=self._account, uid=uid, evidence=evidence)
        if hopeless:
            self._withheld.came(hopeless)
            text = f"mailbox {self._account}: {len(hopeless)} messages vanished before they could be fetched; see `triage audit`"
            self._board.note(f"vanished:{self._account}", text, now)
        return len(hopeless)

    async def _settle(self, arrivals: dict[int, datetime], uid_validity: int, outcome: Outcome, reason: str = "") -> None:
        received = [(self._key(uid, uid_validity), at) for uid, at in arrivals.items()]
        await self._store.transact(lambda tx: tx.messages.add_settled(received, outcome, reason))
        self._known.update(arrivals)

    def _key(self, uid: int, uid_validity: int) -> MessageKey:
        return MessageKey(account=self._account, mailbox=self._settings.folder, uid_validity=uid_validity, uid=uid)

    def _follow(self, cursor: Cursor, uid_next: int, listed: Collection[int]) -> None:
        """Account for every UID the server has given out since the last poll."""
        if uid_next in (cursor.uid_next, 0):
            return
        given_out = range(cursor.uid_next or uid_next, uid_next)
        # UIDs may be given out newest first or with gaps; what is neither listed nor known had gone before we looked.
        unseen = sum(uid not in listed and uid not in self._known for uid in given_out) if len(given_out) <= _JUMP else 0
        if unseen:
            _log.warning("expunged_unseen", account=self._account, messages=unseen)
        if uid_next < cursor.uid_next:
            self._renumbered(cursor.uid_next, uid_next)
        self._cursor, self._remembered = replace(cursor, uid_next=uid_next, unseen=cursor.unseen + unseen), False

    def _renumbered(self, was: int, now: int) -> None:
        # Against RFC 9051 §2.3.1.1: a backup was put back without telling, and known UIDs may mean other messages now.
        _log.error("uidnext_went_back", account=self._account, was=was, now=now)
        text = f"mailbox {self._account}: the server counts its messages anew (next UID {now} after {was}) without saying so"
        self._board.note(f"uids:{self._account}", text, self._now())
        self._census.hasten()

    async def _begin_epoch(self, status: MailboxStatus) -> Cursor:
        """Learn what is known under this UIDVALIDITY; at the first connection, draw the start line."""
        folder, account = self._settings.folder, self._account

        def learn(tx: Transaction) -> tuple[Cursor | None, set[int]]:
            return tx.messages.cursor(account, folder), tx.messages.known_uids(account, folder, status.uid_validity)

        remembered, self._known = await self._store.query(learn)
        self._withheld, self._doubted, self._arrivals = Withheld(self._settings.poll / 2), {}, {}
        if remembered and remembered.uid_validity == status.uid_validity:
            return remembered
        if remembered:
            # The server renumbered: everything is new to the cursor, and fingerprints keep it from being answered again.
            _log.warning("uidvalidity_changed", account=account, was=remembered.uid_validity, now=status.uid_validity)
        start_line = remembered.start_line if remembered else self._start_line()
        history = await self._pass_over_history(
            start_line, status.uid_validity, everything=remembered is None and self._settings.start == "now"
        )
        if remembered is None:
            await self._census.baseline(history)
        unseen = remembered.unseen if remembered else 0
        cursor = Cursor(uid_validity=status.uid_validity, start_line=start_line, uid_next=status.uid_next, unseen=unseen)
        await self._store.transact(lambda tx: tx.messages.set_cursor(account, folder, cursor))
        return cursor

    def _start_line(self) -> datetime:
        start = self._settings.start
        if start == "all":
            return NO_ARRIVAL
        return self._now() if start == "now" else start.astimezone()

    async def _pass_over_history(self, start_line: datetime, uid_validity: int, *, everything: bool) -> int:
        """Leave alone what arrived before the start line; how many messages that are."""
        if start_line == NO_ARRIVAL:
            return 0
        unknown = [uid for uid in await self._mailbox.uids(self._settings.folder) if uid not in self._known]
        arrivals = await self._mailbox.arrivals(self._settings.folder, unknown)
        # At the first connection the UIDs tell what was there before, whatever the two clocks say.
        before = {uid: at for uid, at in arrivals.items() if everything or NO_ARRIVAL < at < start_line}
        if before:
            await self._settle(before, uid_validity, Outcome.HISTORY)
            _log.info("history_left_alone", account=self._account, messages=len(before))
        return len(before)
