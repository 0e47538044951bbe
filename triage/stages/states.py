"""Lets the mailbox show where cases stand: files their messages again, into the folder or under the keyword of their state."""

from triage.case import Case
from triage.policy.states import belongs
from triage.policy.table import Policy
from triage.ports import Now, Store, Transaction
from triage.stages.follow import Follower
from triage.stages.loop import TICK, Bell


class States:
    """One account's cases: follows their history and orders what the stage that files then carries out."""

    def __init__(self, account: str, *, folders: bool, policy: Policy, store: Store, now: Now, to_file: Bell) -> None:
        self.name = f"states:{account}"
        self._account = account
        self._folders = folders
        self._policy = policy
        self._now = now
        self._to_file = to_file
        self._follower = Follower(self.name, store, now)
        self._ordered = 0

    async def work(self) -> int:
        """Look at what has happened to cases since the last time; how many that were."""
        self._ordered = 0
        seen = await self._follower.follow(self._consider)
        if self._ordered:
            self._to_file.ring()
        return seen

    async def idle(self) -> None:
        """Rest."""
        await Bell().wait(TICK)

    def _consider(self, tx: Transaction, touched: Case) -> None:
        # What was merged goes where the whole goes.
        case = tx.cases.survivor(touched)
        filed = [each for each in tx.filings.of_case(case.id) if each.account == self._account]
        parts = tx.cases.parts(case.id) if filed else ()
        for each in filed:
            if folder := belongs(each, case, parts, self._policy, folders=self._folders):
                tx.filings.order(each.message_row, folder, self._now())
                self._ordered += 1
