"""Words for erasing a person: what was known of them, and the contract of whoever erases it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

#: Stands for whoever wrote, once they are erased.
NOBODY = "erased"
#: The kind of the event that says so in a case.
ERASED = "erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was known of an address."""

    #: Numbers of the cases that were theirs.
    cases: tuple[str, ...] = ()
    #: Messages that they wrote, or that were about them.
    messages: int = 0
    #: Where the originals lie, as (account, folder, how many): nobody but their owner deletes what is in a mailbox.
    originals: tuple[tuple[str, str, int], ...] = ()


class ErasingTable(Protocol):
    """Everything that names a person."""

    def known(self, address: str) -> Erased:
        """What is known of the address."""

    def erase(self, address: str, at: datetime) -> frozenset[int]:
        """Blank it all, in their own cases and in others'; the cases in which there was something."""
