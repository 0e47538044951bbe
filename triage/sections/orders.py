"""Which order system is asked, and who may be told what it knows."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from triage.sections.values import Duration, Section


class BookSettings(Section):
    """The embedded order book."""

    path: Path = Path("var/orders.db")


class OrderSettings(Section):
    """The order system, and how it is used. Exactly one of the tables below says which one it is."""

    #: Whoever is told must be confirmed by our own server (DMARC or aligned DKIM, see authserv_id).
    require_authentication: bool = True
    #: No message waits longer for facts; it is acknowledged without, and they follow.
    time_out: Duration = timedelta(seconds=2)
    #: How long an answer of the order system is used again.
    remember: Duration = timedelta(seconds=30)
    #: How long after delivery returns are taken; for what is proposed to people.
    returns: Duration = timedelta(days=30)
    #: Larger documents are not attached.
    document_mb: Annotated[int, Field(ge=1, le=20)] = 5
    book: BookSettings | None = None

    def anchored(self, base: Path) -> Self:
        """The same with relative paths below that folder."""
        return self.model_copy(update={"book": self.book and BookSettings(path=base / self.book.path)})

    @model_validator(mode="after")
    def _one_system(self) -> Self:
        if sum(system is not None for system in (self.book,)) != 1:
            raise ValueError("expected exactly one table [orders.book]")
        return self
