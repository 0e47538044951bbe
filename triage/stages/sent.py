"""Watches the folder for sent mail: an answer that a person wrote in any client, straight from the shared mailbox, counts."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from triage.errors import MailboxMissingError
from triage.logs import get_logger
from triage.message import Cursor, MailboxStatus, MessageKey, RawMessage
from triage.ports import Mailbox, Now, Reader, Store
from triage.reading import Unreadable
from triage.sections.servers import MailboxSettings
from triage.stages.loop import Bell
from triage.stages.written import SentMail

#: How the server marks the folder (RFC 6154).
USE = "\\Sent"
#: Looked at in one unit of work.
_BATCH = 50
#: A message that kills its reader so often is passed over.
_STRIKES = 2
_log = get_logger("sent")


class SentWatch:
    """One account's folder for sent mail; it is only ever read."""

    def __init__(
        self, account: str, settings: MailboxSettings, *, mailbox: Mailbox, store: Store, reader: Reader, mail: SentMail, now: Now
    ) -> None:
        self.name = f"sent:{account}"
        self._account = account
        self._settings = settings
        self._mailbox = mailbox
        self._store = store
        self._reader = reader
        self._mail = mail
        self._now = now
        self._folder = settings.sent_folder
        self._uid_validity = 0
        self._known: set[int] = set()
        #: State of the folder at the last look that left nothing undone.
        self._seen = (0, 0, 0)
        self._strikes: dict[int, int] = {}

    async def work(self) -> int:
        """Look at what was sent since the last time; how many messages were dealt with."""
        status = await self._status()
        state = (status.uid_validity, status.uid_next, status.exists) if status else self._seen
        if status is None or state == self._seen:
            return 0
        if self._uid_validity != status.uid_validity:
            await self._begin_epoch(status)
        fresh = sorted(set(await self._mailbox.uids(self._folder)) - self._known)
        done = await self._look_at(fresh[:_BATCH]) if fresh else 0
        if done == len(fresh):
            self._seen = state
        return done

    async def idle(self) -> None:
        """Wait for the next look."""
        await Bell().wait(self._settings.poll)

    async def _status(self) -> MailboxStatus | None:
        """None while the server has no such folder: a person may make it, or mark one."""
        self._folder = self._settings.sent_folder or await self._mailbox.special(USE)
        try:
            return await self._mailbox.status(self._folder) if self._folder else None
        except MailboxMissingError:
            return None

    async def _look_at(self, uids: Sequence[int]) -> int:
        ids = await self._mailbox.message_ids(self._folder, uids, self._uid_validity)
        # Most of what lies there may be copies of our own mail, which some providers keep: they are not fetched.
        ours = await self._store.query(lambda tx: {uid for uid, it in ids.items() if it and tx.deliveries.find(message_id=it)})
        await self._note(ours, "sent by a machine")
        done = len(ours)
        theirs = [uid for uid in ids if uid not in ours]
        async for batch in self._mailbox.fetch(self._folder, theirs, self._uid_validity):
            done += sum([await self._read(raw) for raw in batch])
        gone = set(uids) - ids.keys()
        self._known |= gone
        return done + len(gone)

    async def _read(self, raw: RawMessage) -> bool:
        reading = await self._reader.read([raw])[0]
        uid = raw.key.uid
        if isinstance(reading, Unreadable):
            self._strikes[uid] = self._strikes.get(uid, 0) + int(reading.strike)
            _log.warning("unreadable", account=self._account, uid=uid, reason=reading.reason)
            if self._strikes[uid] < _STRIKES:
                return False
            await self._note([uid], f"could not be read: {reading.reason}")
            return True
        read = reading
        case = await self._store.transact(lambda tx: self._mail.take(tx, raw, read))
        self._known.add(uid)
        if case:
            _log.info("sent_by_person", account=self._account, case=case.number)
        return True

    async def _note(self, uids: Iterable[int], what: str) -> None:
        keys = [MessageKey(account=self._account, mailbox=self._folder, uid_validity=self._uid_validity, uid=uid) for uid in uids]
        if keys:
            await self._store.transact(lambda tx: tx.sent.note(keys, what))
            self._known.update(key.uid for key in keys)

    async def _begin_epoch(self, status: MailboxStatus) -> None:
        """Learn what is known under this UIDVALIDITY; what was sent before the start line is history."""
        account, folder, now = self._account, self._folder, self._now()
        remembered = await self._store.query(lambda tx: tx.messages.cursor(account, folder))
        self._known = await self._store.query(lambda tx: tx.sent.known(account, folder, status.uid_validity))
        self._uid_validity, self._strikes = status.uid_validity, {}
        if remembered and remembered.uid_validity == status.uid_validity:
            return
        start_line = remembered.start_line if remembered else now
        await self._note(await self._before(start_line, everything=remembered is None), "history")
        cursor = Cursor(uid_validity=status.uid_validity, start_line=start_line, uid_next=status.uid_next)
        await self._store.transact(lambda tx: tx.messages.set_cursor(account, folder, cursor))

    async def _before(self, start_line: datetime, *, everything: bool) -> list[int]:
        listed = [uid for uid in await self._mailbox.uids(self._folder) if uid not in self._known]
        if everything:
            return listed
        arrivals = await self._mailbox.arrivals(self._folder, listed)
        return [uid for uid, at in arrivals.items() if at < start_line]
