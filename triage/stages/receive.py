"""Takes in every message once: the UIDs on the server minus the UIDs in the store, raw bytes first."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from triage.decision import Outcome
from triage.logs import get_logger
from triage.message import Cursor, MailboxStatus, MessageKey, RawMessage
from triage.ports import Mailbox, Now, Store, Transaction
from triage.sections.servers import MailboxSettings
from triage.stages.loop import Bell

#: Messages per round trip: bounded memory, and the first is decided while the next are fetched.
_BATCH = 200
#: Polls in which the server may list a message and yet give no data for it.
_PATIENCE = 3
_log = get_logger("receive")


class Receive:
    """One watched mailbox. It knows IMAP and the store and nothing else."""

    def __init__(self, account: str, settings: MailboxSettings, *, mailbox: Mailbox, store: Store, now: Now, arrived: Bell) -> None:
        self.name = f"receive:{account}"
        self._account = account
        self._settings = settings
        self._mailbox = mailbox
        self._store = store
        self._now = now
        self._arrived = arrived
        self._cursor: Cursor | None = None
        self._known: set[int] = set()
        self._withheld: Counter[int] = Counter()

    async def work(self) -> int:
        """Store the next batch of messages not yet in the store; how many were stored."""
        folder = self._settings.folder
        status = await self._mailbox.status(folder)
        if self._cursor is None or self._cursor.uid_validity != status.uid_validity:
            await self._begin_epoch(status)
        missing = sorted(set(await self._mailbox.uids(folder)) - self._known)
        if not missing:
            return 0
        return await self._take_in(missing[:_BATCH], status.uid_validity)

    async def idle(self) -> None:
        """Wait for the server to report a change, or for the next poll."""
        await self._mailbox.wait(self._settings.folder, self._settings.poll)

    async def _take_in(self, uids: Sequence[int], uid_validity: int) -> int:
        fetched: set[int] = set()
        async for messages in self._mailbox.fetch(self._settings.folder, uids, uid_validity):
            await self._store.transact(partial(_add, messages=messages))
            # Known only once it is committed: a failure above leaves the UIDs in the difference.
            fetched |= {message.key.uid for message in messages}
            self._known |= fetched
            self._arrived.ring()
        if fetched:
            _log.info("received", account=self._account, messages=len(fetched))
        gone = await self._give_up_on([uid for uid in uids if uid not in fetched], uid_validity)
        return len(fetched) + gone

    async def _give_up_on(self, uids: Sequence[int], uid_validity: int) -> int:
        self._withheld.update(uids)
        gone = [uid for uid in uids if self._withheld[uid] >= _PATIENCE]
        if gone:
            await self._settle(gone, uid_validity, Outcome.VANISHED, dict.fromkeys(gone, self._now()))
            _log.warning("vanished", account=self._account, uids=gone)
        return len(gone)

    async def _settle(self, uids: Sequence[int], uid_validity: int, outcome: Outcome, arrivals: dict[int, datetime]) -> None:
        received = [(self._key(uid, uid_validity), arrivals[uid]) for uid in uids]
        await self._store.transact(lambda tx: tx.messages.add_settled(received, outcome))
        self._known.update(uids)

    def _key(self, uid: int, uid_validity: int) -> MessageKey:
        return MessageKey(account=self._account, mailbox=self._settings.folder, uid_validity=uid_validity, uid=uid)

    async def _begin_epoch(self, status: MailboxStatus) -> None:
        """Learn what is known under this UIDVALIDITY; at the first connection, draw the start line."""
        folder, account = self._settings.folder, self._account
        remembered = await self._store.query(lambda tx: tx.messages.cursor(account, folder))
        self._known = await self._store.query(lambda tx: tx.messages.known_uids(account, folder, status.uid_validity))
        if remembered is None or remembered.uid_validity != status.uid_validity:
            if remembered:
                # The server renumbered: everything is new to the cursor, and fingerprints keep it from being answered again.
                _log.warning("uidvalidity_changed", account=account, was=remembered.uid_validity, now=status.uid_validity)
            start_line = remembered.start_line if remembered else self._start_line()
            await self._pass_over_history(start_line, status.uid_validity, everything=remembered is None and self._settings.start == "now")
            remembered = Cursor(uid_validity=status.uid_validity, start_line=start_line)
            await self._store.transact(lambda tx: tx.messages.set_cursor(account, folder, remembered))
        self._cursor = remembered

    def _start_line(self) -> datetime:
        start = self._settings.start
        if start == "all":
            return datetime.fromisoformat("0001-01-01T00:00:00+00:00")
        return self._now() if start == "now" else start.astimezone()

    async def _pass_over_history(self, start_line: datetime, uid_validity: int, *, everything: bool) -> None:
        unknown = [uid for uid in await self._mailbox.uids(self._settings.folder) if uid not in self._known]
        arrivals = dict(await self._mailbox.arrivals(self._settings.folder, unknown))
        # At the first connection the UIDs tell what was there before, whatever the two clocks say.
        before = [uid for uid in unknown if uid in arrivals and (everything or arrivals[uid] < start_line)]
        if before:
            await self._settle(before, uid_validity, Outcome.HISTORY, arrivals)
            _log.info("history_left_alone", account=self._account, messages=len(before))


def _add(tx: Transaction, messages: Sequence[RawMessage]) -> int:
    return tx.messages.add(messages)
