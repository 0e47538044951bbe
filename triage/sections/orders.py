"""Which order system is asked, and who may be told what it knows."""

from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from triage.order import AlertKind
from triage.secret import Secret
from triage.sections.shops import ShopifySettings, WooCommerceSettings
from triage.sections.sql import SqlSettings
from triage.sections.values import LOOPBACK, Duration, Section, TimeOfDay


class BookSettings(Section):
    """The embedded order book."""

    path: Path = Path("var/orders.db")

    def anchored(self, base: Path) -> Self:
        """The same with relative paths below that folder."""
        return self.model_copy(update={"path": base / self.path})


class FilesSettings(Section):
    """Files that another program writes: JSON, JSON lines or CSV."""

    paths: Annotated[tuple[Path, ...], Field(min_length=1)]
    #: Names of CSV columns by ours, where they differ, e.g. {number = "Order ID"}.
    columns: dict[str, str] = Field(default_factory=dict)

    def anchored(self, base: Path) -> Self:
        """The same with relative paths below that folder."""
        return self.model_copy(update={"paths": tuple(base / path for path in self.paths)})


class HttpSettings(Section):
    """An order system that is asked over HTTP and answers in JSON."""

    #: Addresses with {number}, {address}, {after} and {limit}; the last two are left empty where it cannot be asked so.
    by_number: str
    by_address: str = ""
    changed: str = ""
    #: Sent as a bearer token.
    token: Secret | None = None
    #: Where our fields lie in its answers; empty where it answers in our own form (docs/orders.md).
    fields: dict[str, str] = Field(default_factory=dict)
    #: Our word for each of its states of an order.
    statuses: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _can_be_asked(self) -> Self:
        for name, place in (("by_number", "number"), ("by_address", "address"), ("changed", "after")):
            template: str = getattr(self, name)
            known = {"number": "0", "address": "0", "after": "0", "limit": "0"}
            try:
                url = urlsplit(template.format(**known))
            except (KeyError, IndexError, ValueError) as error:
                raise ValueError(f"{name} = {template!r}: expected no other places than {{{place}}} and {{limit}}") from error
            if not template and name != "by_number":
                continue
            if url.scheme != "https" and not (url.scheme == "http" and url.hostname in LOOPBACK):
                raise ValueError(f"{name} = {template!r}: expected https; plain http is for this machine only")
            if f"{{{place}}}" not in template:
                raise ValueError(f"{name} = {template!r}: expected {{{place}}} in it")
        return self

    def anchored(self, base: Path) -> Self:
        """The same with relative paths below that folder."""
        return self.model_copy(update={"token": self.token and self.token.anchored(base)})


class AdviceSettings(Section):
    """What customers are told of changes to their orders before they ask."""

    #: delayed, backordered, unavailable, payment_failed, paid after it, refunded; none as shipped.
    tell: tuple[AlertKind, ...] = ()
    every: Duration = timedelta(minutes=1)
    #: Beyond these a person looks first: of one customer in a day, of all in an hour.
    per_customer_day: Annotated[int, Field(ge=1)] = 2
    per_hour: Annotated[int, Field(ge=1)] = 200
    #: Not between these times of day (identity.time_zone); letters wait until the second one.
    quiet_from: TimeOfDay = time(21)
    quiet_until: TimeOfDay = time(8)


#: Order systems that can be configured, by their tables.
_SYSTEMS = ("book", "files", "http", "sql", "shopify", "woocommerce")


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
    http: HttpSettings | None = None
    sql: SqlSettings | None = None
    shopify: ShopifySettings | None = None
    woocommerce: WooCommerceSettings | None = None

    def anchored(self, base: Path) -> Self:
        """The same with relative paths below that folder."""
        systems = {name: getattr(self, name) for name in _SYSTEMS}
        return self.model_copy(update={name: system and system.anchored(base) for name, system in systems.items()})

    @model_validator(mode="after")
    def _one_system(self) -> Self:
        if sum(getattr(self, name) is not None for name in _SYSTEMS) != 1:
            raise ValueError(f"expected exactly one of the tables {', '.join(f'[orders.{name}]' for name in _SYSTEMS)}")
        return self
