"""Keeps suggested answers in the folder for drafts: at most one for a case, taken away when the case moves on, never sent."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from triage.case import Case, CaseEvent
from triage.drafts import Draft, DraftStatus, Suggestion
from triage.errors import MailboxMissingError, PermanentError, TemporaryError
from triage.inquiry import Checked
from triage.logs import get_logger
from triage.policy.drafting import about, to_answer
from triage.policy.table import Policy
from triage.ports import Mailbox, Now, Store, Transaction
from triage.records import MessageRecord
from triage.sections.servers import MailboxSettings
from triage.stages.follow import Follower
from triage.stages.loop import TICK, Bell

#: How the server marks the folder (RFC 6154).
USE = "\\Drafts"
#: Put there or taken away between two rests.
_BATCH = 25
_RETRY = timedelta(minutes=2)
#: A draft is a service to people: without it nothing is lost.
_ATTEMPTS = 10
_FLAGS = ("\\Draft", "\\Seen")
_LIES = (DraftStatus.WANTED, DraftStatus.PLACED)
_SHOWN = 2000
_log = get_logger("draft")


class Writes(Protocol):
    """Whoever writes suggested answers."""

    def write(self, case: Case, message: MessageRecord, thread: Sequence[str], now: datetime, orders: Sequence[Checked] = ()) -> Suggestion:
        """The draft of an answer to that message, with what may be told of its author's orders."""


class Drafts:
    """One account's folder for drafts."""

    def __init__(
        self,
        account: str,
        settings: MailboxSettings,
        *,
        mailbox: Mailbox,
        store: Store,
        policy: Policy,
        writer: Writes,
        now: Now,
        live: bool,
    ) -> None:
        self.name = f"drafts:{account}"
        self._account = account
        self._named = settings.drafts_folder
        self._mailbox = mailbox
        self._store = store
        self._policy = policy
        self._writer = writer
        self._now = now
        self._live = live
        self._folder = ""
        self._follower = Follower(self.name, store, now)

    async def work(self) -> int:
        """See what has happened to cases, then put drafts into the folder and take others away; how much was done."""
        seen = await self._follower.follow(self._suggest)
        # Asked before anything else is: most of the time nothing is due, and where no folder is marked nothing ever will be done.
        due = await self._store.query(lambda tx: tx.drafts.due(self._account, self._now(), _BATCH))
        if not due:
            return seen
        if not await self._find_folder():
            await self._store.transact(lambda tx: self._put_off(tx, due))
            return seen
        try:
            # Those to be taken away come first: beside what turns out to be a person's none is put.
            theirs = {draft.case_id for draft in due if draft.status is DraftStatus.STALE and not await self._remove(draft)}
            for draft in due:
                if draft.status is DraftStatus.WANTED and draft.case_id not in theirs:
                    await self._place(draft)
        except (TemporaryError, PermanentError) as error:
            await self._store.transact(lambda tx: self._put_off(tx, due))
            _log.warning("drafts_wait", account=self._account, reason=str(error))
            raise
        return seen + len(due)

    async def idle(self) -> None:
        """Rest."""
        await Bell().wait(TICK)

    def _suggest(self, tx: Transaction, case: Case) -> None:
        messages = tx.messages.of_case(case.id)
        message = to_answer(case, tx.cases.events(case.id), messages, self._policy)
        known = tx.drafts.of_case(case.id)
        if message is not None and message.key.account != self._account:
            return
        orders = tx.orders.of_case(case.id) if message else ()
        wanted = about(case, message, orders) if message else ""
        for draft in known:
            if draft.account == self._account and draft.status in _LIES and draft.about != wanted:
                tx.drafts.settle(draft.id, DraftStatus.STALE)
        # What a person changed is theirs, and what they threw away does not come back.
        theirs = any(draft.status is DraftStatus.LEFT for draft in known)
        if message and not theirs and all(draft.about != wanted for draft in known):
            thread = [one.message_id for one in messages if one.author == message.author and one.message_id and one.id <= message.id]
            self._add(tx, case, self._writer.write(case, message, thread, self._now(), orders), wanted)

    def _add(self, tx: Transaction, case: Case, suggestion: Suggestion, wanted: str) -> None:
        status = DraftStatus.WANTED if self._live else DraftStatus.WITHHELD
        tx.drafts.add(case.id, suggestion, account=self._account, about=wanted, status=status, at=self._now())
        detail = {"why": suggestion.fallback, "text": "" if self._live else suggestion.text[:_SHOWN]}
        said = {key: text for key, text in detail.items() if text}
        tx.cases.record(case.id, [CaseEvent(at=self._now(), kind="drafted", provenance="policy", detail=said)])

    async def _find_folder(self) -> bool:
        self._folder = self._named or await self._mailbox.special(USE)
        return bool(self._folder)

    async def _place(self, draft: Draft) -> None:
        # After a crash it may lie there already.
        found = await self._look(draft)
        if found is None:
            await self._mailbox.append(self._folder, draft.content, _FLAGS, self._now())
            found = await self._look(draft)
        sha256 = found[2] if found else ""
        await self._store.transact(lambda tx: tx.drafts.settle(draft.id, DraftStatus.PLACED, sha256))
        _log.info("drafted", account=self._account, case=draft.case_id)

    async def _remove(self, draft: Draft) -> bool:
        """False where a person has changed it."""
        found = await self._look(draft)
        untouched = found is not None and found[2] == draft.sha256
        if found and untouched:
            uid_validity, uid, _ = found
            await self._mailbox.delete(self._folder, [uid], uid_validity)
        status = DraftStatus.REMOVED if untouched or found is None else DraftStatus.LEFT
        await self._store.transact(lambda tx: self._removed(tx, draft, status))
        return status is DraftStatus.REMOVED

    def _removed(self, tx: Transaction, draft: Draft, status: DraftStatus) -> None:
        tx.drafts.settle(draft.id, status)
        if status is DraftStatus.LEFT:
            for other in tx.drafts.of_case(draft.case_id):
                if other.status is DraftStatus.WANTED:
                    tx.drafts.settle(other.id, DraftStatus.REMOVED)

    async def _look(self, draft: Draft) -> tuple[int, int, str] | None:
        """UIDVALIDITY, UID and digest of the draft as it lies there now; None where it is gone."""
        try:
            found = await self._mailbox.find(self._folder, [draft.message_id])
            status = await self._mailbox.status(self._folder) if found else None
        except MailboxMissingError:
            return None
        if status is None:
            return None
        uid = found[draft.message_id]
        async for batch in self._mailbox.fetch(self._folder, [uid], status.uid_validity):
            for raw in batch:
                return status.uid_validity, uid, hashlib.sha256(raw.content).hexdigest()
        return None

    def _put_off(self, tx: Transaction, drafts: Sequence[Draft]) -> None:
        at: datetime = self._now() + _RETRY
        tx.drafts.defer([draft.id for draft in drafts], at)
        for draft in drafts:
            if draft.attempts + 1 >= _ATTEMPTS:
                tx.drafts.settle(draft.id, DraftStatus.GIVEN_UP)
