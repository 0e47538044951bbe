"""The contract of the table of orders to file messages."""

from datetime import datetime
from typing import Protocol

from triage.records import Filed, Filing


class FilingTable(Protocol):
    """Orders to move messages into folders."""

    def order(self, message_id: int, folder: str, at: datetime) -> None:
        """Ask for a message to be moved; a later order replaces an open one."""

    def due(self, account: str, now: datetime, limit: int) -> list[Filing]:
        """Orders whose time has come, grouped by folder."""

    def next_due(self, account: str) -> datetime | None:
        """When the next one is due; None when nothing waits."""

    def of_case(self, case_id: int) -> list[Filed]:
        """What became of the latest order for each message of a case, those included of cases that became a part of it."""

    def done(self, filing: Filing, uid_validity: int | None, uid: int | None, *, shown: bool = False) -> None:
        """The message lies in its folder now; UID None where the server did not say. `shown`: it carries its keywords.

        Where it was ordered elsewhere meanwhile, or its case has changed its state, the order stays open.
        """

    def defer(self, filing_id: int, reason: str, next_attempt_at: datetime) -> None:
        """Try again later."""

    def waits(self, message_id: int) -> bool:
        """True while an order to move this message is open."""

    def give_up(self, filing: Filing, reason: str) -> None:
        """The message is no longer where it was: a person moved or deleted it. An order elsewhere, given meanwhile, stays open."""
