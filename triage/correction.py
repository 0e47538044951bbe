"""Words for what people say a message is about, where we had said something else or nothing."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

#: The category and issue of unwanted mail.
SPAM = ("other", "spam")


class Provenance(StrEnum):
    """How a correction reached us."""

    FOLDER = "mail-folder"
    COMMAND = "mail-command"
    CLI = "cli"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What a person says a case is about; without a category: nobody knows yet, it is to be sorted by hand."""

    category: str = ""
    #: Empty where only the category was named, as by moving a message to a folder.
    issue: str = ""
    #: Unwanted mail: the case is closed, and nobody is answered.
    spam: bool = False

    @property
    def unsorted(self) -> bool:
        """True where the person took the category away."""
        return not self.category


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What came of teaching a model with the corrections up to a number."""

    #: Number of the latest correction there was.
    latest: int
    at: datetime
    #: The candidate answers from now on; otherwise it was thrown away.
    accepted: bool
    reason: str
    #: Of the model that was accepted.
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One ruling that changed something, with the masked text it speaks of."""

    at: datetime
    #: A name, an address, or "a person, by moving it in mailbox NAME" where a mail client does not tell.
    author: str
    provenance: Provenance
    #: None where the message had no case.
    case_id: int | None = None
    #: Row of the message it speaks of.
    message_row: int | None = None
    from_category: str = ""
    from_issue: str = ""
    #: What it is; empty: to be sorted by hand.
    category: str
    issue: str = ""
    #: Of the message, as it was read; empty once the message is erased.
    subject: str = ""
    body: str = ""
