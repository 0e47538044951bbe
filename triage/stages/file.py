"""Puts messages where people see them: one MOVE for all that go from one folder to another."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from triage.errors import MailboxMissingError, MailboxReadOnlyError, PermanentError, TemporaryError
from triage.logs import get_logger
from triage.ports import Mailbox, Now, Store, Transaction
from triage.records import Filing
from triage.stages.loop import Bell

#: Messages moved by one command; long UID sets overrun some servers' line limits.
_BATCH = 200
_RETRY = timedelta(minutes=1)
#: Filing is a service to people, not a promise to customers: it may fail for ever without harm.
_ATTEMPTS = 20
_log = get_logger("file")


class File:
    """One account's folders."""

    def __init__(
        self,
        account: str,
        *,
        prefix: str,
        mailbox: Mailbox,
        store: Store,
        now: Now,
        to_file: Bell,
        keywords: Collection[str],
        states: bool = False,
    ) -> None:
        self.name = f"file:{account}"
        self._account = account
        self._prefix = prefix
        self._mailbox = mailbox
        self._store = store
        self._now = now
        self._to_file = to_file
        #: All that we may have set before.
        self._keywords = keywords
        #: Whether the state of a case is shown, too.
        self._states = states

    async def work(self) -> int:
        """Carry out the filing orders that are due; how many there were."""
        now = self._now()
        due = await self._store.query(lambda tx: tx.filings.due(self._account, now, _BATCH))
        groups: dict[tuple[str, str], list[Filing]] = defaultdict(list)
        for filing in due:
            groups[self._place(filing), filing.folder].append(filing)
        for (mailbox, folder), filings in groups.items():
            await self._file(mailbox, self._prefix + folder, filings)
        return len(due)

    def _place(self, filing: Filing) -> str:
        """Where the message lies: where it arrived, or the folder it was filed into."""
        return self._prefix + filing.filed_folder if filing.filed_folder else filing.key.mailbox

    async def idle(self) -> None:
        """Wait until something is to be filed, or the next retry is due."""
        next_due = await self._store.query(lambda tx: tx.filings.next_due(self._account))
        ahead = next_due - self._now() if next_due else timedelta(minutes=1)
        await self._to_file.wait(min(ahead, timedelta(minutes=1)))

    async def _file(self, mailbox: str, target: str, filings: Sequence[Filing]) -> None:
        try:
            uid_validity, here = await self._locate(mailbox, filings)
            # A person who was quicker has put it there already.
            away = mailbox != target
            moved = await self._mailbox.move(mailbox, sorted(here.values()), target, uid_validity) if here and away else {}
            await self._settle({filing: moved.get(uid, None if away else uid) for filing, uid in here.items()}, target)
            await self._settle_absent([filing for filing in filings if filing not in here], target)
        except (TemporaryError, PermanentError) as error:
            # What lies in a folder of ours already lies well enough where the server lets us make no other.
            filed = isinstance(error, MailboxMissingError) and all(filing.filed_folder for filing in filings)
            if filed or isinstance(error, MailboxReadOnlyError):
                _log.warning("left_where_it_is", account=self._account, messages=len(filings), reason=str(error))
                await self._give_up(filings, str(error))
                return
            await self._defer(filings, str(error))
            raise

    async def _locate(self, mailbox: str, filings: Sequence[Filing]) -> tuple[int, dict[Filing, int]]:
        """UIDVALIDITY of the folder, and the UIDs of those that lie in it."""
        try:
            status = await self._mailbox.status(mailbox)
            if status.read_only:
                raise MailboxReadOnlyError(f"{mailbox} is read-only for us: nothing can be moved out of it")
            uid_validity = status.uid_validity
            uids = [uid for filing in filings if (uid := _uid(filing, uid_validity))]
            # Only these are asked for: a folder of filed mail may hold a hundred thousand.
            present = await self._mailbox.message_ids(mailbox, uids, uid_validity) if uids else {}
            known = {filing: uid for filing in filings if (uid := _uid(filing, uid_validity)) in present}
            # Where a server told no UID when we filed it, or gave new ones since, the Message-ID finds it in its folder.
            lost = {filing.message_id: filing for filing in filings if filing.filed_folder and filing.message_id and filing not in known}
            found = await self._mailbox.find(mailbox, list(lost)) if lost else {}
        except MailboxMissingError:
            return 0, {}
        return uid_validity, known | {lost[message_id]: uid for message_id, uid in found.items()}

    async def _settle(self, moved: Mapping[Filing, int | None], target: str) -> None:
        """They lie in the target now. Marked before that is noted: after a crash they are found there, and marked again."""
        if not moved:
            return
        uid_validity = (await self._mailbox.status(target)).uid_validity
        try:
            await self._mark(moved, target)
        except TemporaryError:
            # Where they lie counts more than what clients show of them.
            await self._note(moved, uid_validity, shown=False)
            raise
        await self._note(moved, uid_validity, shown=True)
        _log.info("filed", account=self._account, folder=target, messages=len(moved))

    async def _note(self, moved: Mapping[Filing, int | None], uid_validity: int, *, shown: bool) -> None:
        def note(tx: Transaction) -> None:
            for filing, uid in moved.items():
                tx.filings.done(filing, uid_validity, uid, shown=shown and self._states and uid is not None)

        await self._store.transact(note)

    async def _mark(self, moved: Mapping[Filing, int | None], target: str) -> None:
        """Let mail clients show what each was taken for and where it stands; what was marked otherwise before is so no more."""
        groups: dict[tuple[frozenset[str], bool], list[int]] = defaultdict(list)
        for filing, uid in moved.items():
            state = filing.state.keyword if self._states and filing.state else ""
            shown = frozenset({filing.keyword, state} - {""})
            if uid is not None and shown:
                groups[shown, bool(filing.filed_folder)].append(uid)
        for (shown, marked_before), uids in groups.items():
            await self._mailbox.set_keywords(target, uids, sorted(shown), self._keywords if marked_before else ())

    async def _settle_absent(self, filings: Sequence[Filing], target: str) -> None:
        """A message that is not where it was: moved by us just before a crash, or by a person, or deleted."""
        if not filings:
            return
        try:
            found = await self._mailbox.find(target, [filing.message_id for filing in filings if filing.message_id])
        except MailboxMissingError:
            found = {}
        await self._settle({filing: found[filing.message_id] for filing in filings if filing.message_id in found}, target)
        await self._give_up([it for it in filings if it.message_id not in found], "no longer where it was: a person moved or deleted it")

    async def _give_up(self, filings: Sequence[Filing], reason: str) -> None:
        def give_up(tx: Transaction) -> None:
            for filing in filings:
                tx.filings.give_up(filing, reason)

        if filings:
            await self._store.transact(give_up)

    async def _defer(self, filings: Sequence[Filing], reason: str) -> None:
        next_attempt_at = self._now() + _RETRY

        def defer(tx: Transaction) -> None:
            for filing in filings:
                if filing.attempts + 1 >= _ATTEMPTS:
                    tx.filings.give_up(filing, reason)
                else:
                    tx.filings.defer(filing.id, reason, next_attempt_at)

        await self._store.transact(defer)


def _uid(filing: Filing, uid_validity: int) -> int:
    """The UID by which the message is known where it lies; 0, which no message has, where that means nothing any more."""
    known, uid = (filing.filed_uid_validity, filing.filed_uid) if filing.filed_folder else (filing.key.uid_validity, filing.key.uid)
    return uid or 0 if known == uid_validity else 0
