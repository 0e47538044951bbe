"""Which order system is asked, and who may be told what it knows."""

from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from triage.order import AlertKind
from triage.sections.values import Duration, Section, TimeOfDay


class BookSettings(Section):
    """The embedded order book."""

    path: Path = Path("var/orders.db")


class FilesSettings(Section):
    """Files that another program writes: JSON, JSON lines or CSV."""

    paths: Annotated[tuple[Path, ...], Field(min_length=1)]
    #: Names of CSV columns by ours, where they differ, e.g. {number = "Order ID"}.
    columns: dict[str, str] = Field(default_factory=dict)


class AdviceSettings(Section):
    """What customers are told of changes to their orders before they ask."""

    #: delayed, backordered, unavailable, payment_failed; none as shipped.
    tell: tuple[AlertKind, ...] = ()
    every: Duration = timedelta(minutes=1)
    #: Beyond these a person looks first: of one customer in a day, of all in an hour.
    per_customer_day: Annotated[int, Field(ge=1)] = 2
    per_hour: Annotated[int, Field(ge=1)] = 200
    #: Not between these times of day (identity.time_zone); letters wait until the second one.
    quiet_from: TimeOfDay = time(21)
    quiet_until: TimeOfDay = time(8)


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
    advice: AdviceSettings = AdviceSettings()
    book: BookSettings | None = None
    files: FilesSettings | None = None

    def anchored(self, base: Path) -> Self:
        """The same with relative paths below that folder."""
        book = self.book and BookSettings(path=base / self.book.path)
        files = self.files and self.files.model_copy(update={"paths": tuple(base / path for path in self.files.paths)})
        return self.model_copy(update={"book": book, "files": files})

    @model_validator(mode="after")
    def _one_system(self) -> Self:
        if sum(system is not None for system in (self.book, self.files)) != 1:
            raise ValueError("expected exactly one of the tables [orders.book] and [orders.files]")
        return self
