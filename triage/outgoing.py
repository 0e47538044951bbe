"""Puts the way out together: the stage that sends, and the one that looks for receipt copies; given the adapters by `app`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from triage.alarm import AlarmBoard
from triage.ports import Mailbox, Now, Store, Transport
from triage.reply import Delivery
from triage.settings import Settings
from triage.stages.copies import Copies
from triage.stages.deliver import Deliver
from triage.stages.late import Late
from triage.stages.loop import Bell
from triage.stages.meter import Meter
from triage.stages.pace import Pace
from triage.stages.receipts import Receipts
from triage.stages.record import Writes
from triage.stages.reputation import Reputation
from triage.stages.route import Route
from triage.stages.unreached import Unreached


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """What the stages of the way out share."""

    settings: Settings
    store: Store
    board: AlarmBoard
    now: Now
    to_send: Bell
    #: For whoever watches the clocks.
    came_due: Bell
    writer: Writes
    #: Why a message must not leave; "" when it may.
    inspect: Callable[[Delivery], str]
    unreached: Unreached

    def deliver(self, servers: Sequence[tuple[str, Transport]]) -> Deliver:
        """The way out over these servers, the preferred one first."""
        smtp = self.settings.smtp
        copies = bool(smtp.receipt_address)
        return Deliver(
            store=self.store,
            route=Route(servers, board=self.board, fallback_after=smtp.fallback_after),
            pace=pace(self.settings),
            meter=Meter(smtp.connections),
            copies=Copies(wanted=copies, board=self.board),
            reputation=Reputation(self.board),
            late=Late(store=self.store, writer=self.writer),
            inspect=self.inspect,
            unreached=self.unreached,
            now=self.now,
            to_send=self.to_send,
            came_due=self.came_due,
        )

    def receipts(self, mailbox: Mailbox) -> Receipts:
        """The look into the account that gets the copies."""
        smtp = self.settings.smtp
        prefix = self.settings.mailbox[self.settings.receipt_account].folder_prefix
        return Receipts(
            store=self.store,
            mailbox=mailbox,
            settings=smtp,
            archive=prefix + smtp.receipt_archive,
            board=self.board,
            now=self.now,
            to_send=self.to_send,
        )


def pace(settings: Settings) -> Pace:
    """The provider's limits."""
    smtp = settings.smtp
    limits = {"per_minute": smtp.per_minute, "per_day": smtp.per_day, "recipients_per_day": smtp.recipients_per_day}
    return Pace(**limits, copies=bool(smtp.receipt_address))
