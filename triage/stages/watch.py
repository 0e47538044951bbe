"""Notices what people move between our folders in their mail clients: each such move is a ruling on what a message is about."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import timedelta
from functools import partial

from triage.case import keyword as keyword_of
from triage.errors import MailboxMissingError
from triage.logs import get_logger
from triage.ports import Mailbox, Now, Store, Transaction
from triage.records import MessageRecord
from triage.stages.loop import Bell
from triage.stages.moved import Moved, Place

#: A message that was moved is among the newest where it lies now, because moving gave it a new UID.
_NEWEST = 200
_log = get_logger("watch")


class FolderWatch:
    """One account's folders, looked at every so often. Our own moves are known to the store; whatever else has changed, people did."""

    def __init__(
        self,
        account: str,
        *,
        prefix: str,
        every: timedelta,
        mailbox: Mailbox,
        store: Store,
        moved: Moved,
        now: Now,
        corrected: Bell,
        keywords: Collection[str],
    ) -> None:
        self.name = f"watch:{account}"
        self._account = account
        self._prefix = prefix
        self._every = every
        self._mailbox = mailbox
        self._store = store
        self._moved = moved
        self._now = now
        self._corrected = corrected
        self._keywords = keywords
        #: UIDVALIDITY, UIDNEXT and number of messages at the last look: where they are the same, nothing has happened.
        self._seen: dict[str, tuple[int, int, int]] = {}
        #: UIDs that are no messages of ours, by folder and UIDVALIDITY.
        self._foreign: dict[tuple[str, int], set[int]] = defaultdict(set)
        #: Folders with a copy whose original is still where we left it, or with a move of ours under way: looked at again.
        self._unclear: set[str] = set()
        #: Rows that were not where we left them at the last look.
        self._missing: set[int] = set()
        self._listed: dict[str, tuple[int, frozenset[int]]] = {}

    async def work(self) -> int:
        """Deal with what people have moved since the last look; how much there was."""
        self._listed.clear()
        changed = await self._changed()
        self._unclear -= changed.keys()
        # First what came, then what is gone: a message that only changed its folder is not gone.
        came = sum([await self._arrivals(folder) for folder in changed])
        gone = sum([await self._departures(folder) for folder in changed])
        self._seen |= changed
        if came:
            self._corrected.ring()
        return came + gone

    async def idle(self) -> None:
        """Wait for the next look."""
        await Bell().wait(self._every)

    async def _changed(self) -> dict[str, tuple[int, int, int]]:
        ours = {self._prefix + folder for folder in self._moved.folders}
        found: dict[str, tuple[int, int, int]] = {}
        for folder in sorted(ours.intersection(await self._mailbox.folders())):
            try:
                status = await self._mailbox.status(folder)
            except MailboxMissingError:
                # Removed or renamed since it was listed.
                continue
            state = (status.uid_validity, status.uid_next, status.exists)
            if state != self._seen.get(folder) or folder in self._unclear:
                found[folder] = state
        return found

    async def _list(self, folder: str) -> tuple[int, frozenset[int]]:
        """UIDVALIDITY and UIDs of a folder, asked once for each look; (0, none) where there is no such folder."""
        if folder not in self._listed:
            try:
                uids = frozenset(await self._mailbox.kept_uids(folder))
                self._listed[folder] = (await self._mailbox.status(folder)).uid_validity, uids
            except MailboxMissingError:
                self._listed[folder] = 0, frozenset()
        return self._listed[folder]

    async def _known(self, folder: str, uid_validity: int) -> dict[int, int]:
        bare = folder.removeprefix(self._prefix)
        return dict(await self._store.query(lambda tx: tx.messages.lying_in(self._account, bare, uid_validity)))

    async def _arrivals(self, folder: str) -> int:
        uid_validity, uids = await self._list(folder)
        foreign = self._foreign[folder, uid_validity]
        fresh = sorted(uids - (await self._known(folder, uid_validity)).keys() - foreign)
        if not fresh:
            return 0
        ids = await self._mailbox.message_ids(folder, fresh, uid_validity)
        known = await self._store.query(lambda tx: tx.messages.known_ids(self._account, set(ids.values()) - {""}))
        foreign.update(uid for uid, message_id in ids.items() if message_id and message_id not in known)
        return sum([await self._arrival(folder, uid_validity, uid, ids[uid]) for uid in ids if uid not in foreign])

    async def _arrival(self, folder: str, uid_validity: int, uid: int, message_id: str) -> int:
        row = await self._row_of(folder, uid_validity, uid, message_id)
        if row is None:
            return 0
        place = Place(folder=folder.removeprefix(self._prefix), uid_validity=uid_validity, uid=uid)
        changed = await self._store.transact(partial(self._moved.put, row=row, place=place, now=self._now()))
        if changed is None:
            self._unclear.add(folder)
        if changed:
            _log.info("moved_by_person", account=self._account, message=row, folder=folder)
            await self._mark(row, folder, uid)
        return int(changed or False)

    async def _mark(self, row: int, folder: str, uid: int) -> None:
        """What mail clients show of it follows the person's word."""
        keyword = await self._store.query(lambda tx: _keyword(tx, row))
        if keyword:
            await self._mailbox.set_keywords(folder, [uid], [keyword], self._keywords)

    async def _row_of(self, folder: str, uid_validity: int, uid: int, message_id: str) -> int | None:
        """Which of our messages that is; None for a stranger's, and for a copy while the original is where we left it."""
        sha256 = "" if message_id else await self._sha256(folder, uid_validity, uid)
        same = await self._store.query(lambda tx: tx.messages.look_up(self._account, message_id=message_id, sha256=sha256))
        absent = [record for record in same if not await self._is_in_its_place(record, folder)]
        if len(absent) > 1:
            # Several share a Message-ID: the bytes tell which one it is.
            sha256 = sha256 or await self._sha256(folder, uid_validity, uid)
            absent.sort(key=lambda record: record.sha256 != sha256)
        if same and not absent:
            self._unclear.add(folder)
        if not same:
            self._foreign[folder, uid_validity].add(uid)
        return absent[0].id if absent else None

    async def _sha256(self, folder: str, uid_validity: int, uid: int) -> str:
        async for batch in self._mailbox.fetch(folder, [uid], uid_validity):
            return batch[0].sha256 if batch else ""
        return ""

    async def _is_in_its_place(self, record: MessageRecord, folder: str) -> bool:
        """True where the message lies where the store says; `folder` is where one like it has come to."""
        if not record.filed_folder:
            uid_validity, uids = await self._list(record.key.mailbox)
            return record.key.uid_validity == uid_validity and record.key.uid in uids
        place = self._prefix + record.filed_folder
        uid_validity, uids = await self._list(place)
        if record.filed_uid_validity == uid_validity and record.filed_uid is not None:
            return record.filed_uid in uids
        # Its UID is not known: it is there when its Message-ID is, unless it is the very one that was found.
        return place != folder and bool(record.message_id and uids and await self._mailbox.find(place, [record.message_id]))

    async def _departures(self, folder: str) -> int:
        uid_validity, uids = await self._list(folder)
        known = await self._known(folder, uid_validity)
        absent = {row for uid, row in known.items() if uid not in uids}
        # Where our own hand is at them, they are only on their way.
        gone = await self._store.query(lambda tx: {row for row in absent if not tx.filings.waits(row)})
        certain, suspected = sorted(gone & self._missing), gone - self._missing
        self._missing = (self._missing - gone) | suspected
        if suspected or gone < absent:
            # It may be on its way between two of our folders, of which we saw the second one too early: look once more.
            self._unclear.add(folder)
        if certain:
            await self._store.transact(partial(self._note_departures, left=await self._elsewhere(certain)))
            _log.info("left_our_folders", account=self._account, folder=folder, messages=len(certain))
        return len(gone)

    def _note_departures(self, tx: Transaction, left: Sequence[tuple[MessageRecord, str]]) -> None:
        for record, where in left:
            self._moved.left(tx, record, where, self._now())

    async def _elsewhere(self, rows: Sequence[int]) -> list[tuple[MessageRecord, str]]:
        """Each message with the folder that is not ours in which it was found, or ""."""
        records = await self._store.query(lambda tx: [record for row in rows if (record := tx.messages.get(row))])
        where: dict[str, str] = {}
        ours = {self._prefix + folder for folder in self._moved.folders}
        wanted = {record.message_id for record in records} - {""}
        for folder in await self._mailbox.folders():
            if folder not in ours and wanted - where.keys():
                uid_validity, uids = await self._list(folder)
                newest = await self._mailbox.message_ids(folder, sorted(uids)[-_NEWEST:], uid_validity) if uids else {}
                where |= dict.fromkeys(wanted.intersection(newest.values()), folder)
        return [(record, where.get(record.message_id, "")) for record in records]


def _keyword(tx: Transaction, row: int) -> str:
    record = tx.messages.get(row)
    case = tx.cases.get(record.case_id) if record and record.case_id is not None else None
    case = tx.cases.survivor(case) if case else None
    return keyword_of(case.category, abstained=case.abstained) if case else ""
