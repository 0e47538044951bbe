"""Puts messages where people see them: one MOVE for all that go from one folder to another."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta

from triage.errors import MailboxMissingError, PermanentError, TemporaryError
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

    def __init__(self, account: str, *, prefix: str, mailbox: Mailbox, store: Store, now: Now, to_file: Bell) -> None:
        self.name = f"file:{account}"
        self._account = account
        self._prefix = prefix
        self._mailbox = mailbox
        self._store = store
        self._now = now
        self._to_file = to_file

    async def work(self) -> int:
        """Carry out the filing orders that are due; how many there were."""
        now = self._now()
        due = await self._store.query(lambda tx: tx.filings.due(self._account, now, _BATCH))
        groups: dict[tuple[str, int, str], list[Filing]] = defaultdict(list)
        for filing in due:
            groups[filing.key.mailbox, filing.key.uid_validity, filing.folder].append(filing)
        for (mailbox, uid_validity, folder), filings in groups.items():
            await self._file(mailbox, uid_validity, self._prefix + folder, filings)
        return len(due)

    async def idle(self) -> None:
        """Wait until something is to be filed, or the next retry is due."""
        next_due = await self._store.query(lambda tx: tx.filings.next_due(self._account))
        ahead = next_due - self._now() if next_due else timedelta(minutes=1)
        await self._to_file.wait(min(ahead, timedelta(minutes=1)))

    async def _file(self, mailbox: str, uid_validity: int, target: str, filings: Sequence[Filing]) -> None:
        try:
            status = await self._mailbox.status(mailbox)
            present = set(await self._mailbox.uids(mailbox)) if status.uid_validity == uid_validity else set()
            here = [filing for filing in filings if filing.key.uid in present]
            moved = await self._mailbox.move(mailbox, [filing.key.uid for filing in here], target, uid_validity) if here else {}
            await self._settle_moved(here, moved, target)
            await self._settle_absent([filing for filing in filings if filing.key.uid not in present], target)
        except (TemporaryError, PermanentError) as error:
            await self._defer(filings, str(error))
            raise

    async def _settle_moved(self, filings: Sequence[Filing], moved: Mapping[int, int], target: str) -> None:
        uid_validity = (await self._mailbox.status(target)).uid_validity if filings else None

        def settle(tx: Transaction) -> None:
            for filing in filings:
                tx.filings.done(filing.id, uid_validity, moved.get(filing.key.uid))

        await self._store.transact(settle)
        if filings:
            _log.info("filed", account=self._account, folder=target, messages=len(filings))

    async def _settle_absent(self, filings: Sequence[Filing], target: str) -> None:
        """A message that is not where it was: moved by us just before a crash, or by a person, or deleted."""
        if not filings:
            return
        try:
            found = await self._mailbox.find(target, [filing.message_id for filing in filings if filing.message_id])
        except MailboxMissingError:
            found = {}
        uid_validity = (await self._mailbox.status(target)).uid_validity if found else None

        def settle(tx: Transaction) -> None:
            for filing in filings:
                if filing.message_id in found:
                    tx.filings.done(filing.id, uid_validity, found[filing.message_id])
                else:
                    tx.filings.give_up(filing.id, "no longer where it was: a person moved or deleted it")

        await self._store.transact(settle)

    async def _defer(self, filings: Sequence[Filing], reason: str) -> None:
        next_attempt_at = self._now() + _RETRY

        def defer(tx: Transaction) -> None:
            for filing in filings:
                if filing.attempts + 1 >= _ATTEMPTS:
                    tx.filings.give_up(filing.id, reason)
                else:
                    tx.filings.defer(filing.id, reason, next_attempt_at)

        await self._store.transact(defer)
