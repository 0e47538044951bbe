"""A SQL table or view of orders: where it is, which of its columns hold our fields, and the tables beside it."""

import re
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from triage.secret import Secret
from triage.sections.values import Section, TimeZone

#: Our names for the columns of an order; a CSV file has the same.
ORDER_COLUMNS = (
    "number", "status", "placed_at", "updated_at", "customer", "addresses", "linked", "language", "expected_at", "reason", "currency",
    "total", "tax", "shipping", "discount", "carrier", "tracking_number", "tracking_url", "shipped_at", "delivered_at",
    "parcel_expected_at", "payment_status", "payment_method", "payment_amount", "payment_at", "payment_reason",
    "receipt", "receipt_number", "invoice", "invoice_number",
)  # fmt: skip

PartName = Literal["items", "shipments", "payments", "refunds", "history", "documents", "addresses", "linked"]
#: Our names for the columns of the tables beside it; the first ones must be there.
PART_COLUMNS: dict[PartName, tuple[str, ...]] = {
    "items": ("name", "sku", "quantity", "price", "currency", "description", "vendor", "vendor_email"),
    "shipments": ("carrier", "tracking_number", "tracking_url", "status", "shipped_at", "expected_at", "delivered_at"),
    "payments": ("amount", "status", "id", "currency", "method", "at", "reason"),
    "refunds": ("amount", "status", "id", "currency", "method", "requested_at", "sent_at", "expected_at"),
    "history": ("at", "status", "reason"),
    "documents": ("kind", "where", "number", "content_type", "issued_at", "content"),
    "addresses": ("address",),
    "linked": ("address",),
}
#: How many of those cannot be missed.
REQUIRED: dict[PartName, int] = {
    "items": 1, "shipments": 0, "payments": 2, "refunds": 2, "history": 2, "documents": 2, "addresses": 1, "linked": 1,
}  # fmt: skip

#: How the address of a database in a file begins.
_FILE = "sqlite:///"
_DIALECT = re.compile(r"[a-z][a-z0-9_]{1,40}(?:\+[a-z][a-z0-9_]{1,40})?")


class PartSettings(Section):
    """A table of its own for what an order has several of."""

    #: With its schema before a point, where it has one.
    table: Annotated[str, Field(min_length=1)]
    #: The column that says which order a row belongs to.
    order: Annotated[str, Field(min_length=1)]
    #: The column by which the rows of one order are sorted; empty where their order means nothing.
    sort: str = ""
    #: Columns by our names, where they are called otherwise; "" for a column that is called so and means something else.
    fields: dict[str, str] = Field(default_factory=dict)
    #: Our word for each of its states.
    statuses: dict[str, str] = Field(default_factory=dict)


class SqlSettings(Section):
    """A table or view that has one order in a row, in any database for which there is a SQLAlchemy dialect."""

    #: SQLAlchemy's form of it, without the password.
    url: str
    password: Secret | None = None
    table: Annotated[str, Field(min_length=1)]
    fields: dict[str, str] = Field(default_factory=dict)
    statuses: dict[str, str] = Field(default_factory=dict)
    #: Of amounts beside which no column says it.
    currency: Annotated[str, Field(pattern=r"^([A-Z]{3})?$")] = ""
    #: Of times without one.
    time_zone: TimeZone = "UTC"
    #: The column that the tables below refer to; empty for that of the number.
    key: str = ""
    #: A column with the number in capitals without blanks, dashes and number signs; empty where the database works that out for each row.
    normal_number: str = ""
    #: The column that grows with each change; empty for that of `updated_at`.
    changes: str = ""
    #: The folder below which documents lie that a column names.
    folder: Path | None = None
    items: PartSettings | None = None
    shipments: PartSettings | None = None
    payments: PartSettings | None = None
    refunds: PartSettings | None = None
    history: PartSettings | None = None
    documents: PartSettings | None = None
    addresses: PartSettings | None = None
    linked: PartSettings | None = None

    @property
    def parts(self) -> dict[PartName, PartSettings]:
        """The tables beside that of the orders, by what they hold."""
        return {name: its for name in PART_COLUMNS if (its := getattr(self, name)) is not None}

    def anchored(self, base: Path) -> Self:
        """The same with relative paths below that folder: of a file that is the database, of documents, of a secret."""
        url = self.url
        if url.startswith(_FILE) and not url.startswith(f"{_FILE}/"):
            # Four slashes stand before a whole path, three before one that is relative.
            url = f"{_FILE}{base.resolve().as_posix()}/{url.removeprefix(_FILE)}"
        secret = self.password and self.password.anchored(base)
        return self.model_copy(update={"url": url, "password": secret, "folder": self.folder and base / self.folder})

    @model_validator(mode="after")
    def _can_be_asked(self) -> Self:
        dialect, _, rest = self.url.partition("://")
        if not _DIALECT.fullmatch(dialect) or not rest:
            raise ValueError(
                "url: expected DIALECT://USER@HOST/DATABASE, such as postgresql://triage@db.example/shop or sqlite:///orders.db"
            )
        # A dialect may have signs that no scheme has.
        where = urlsplit(f"sql://{rest}")
        if where.password is not None or "password=" in where.query:
            # Not shown: it is a secret.
            raise ValueError('url: expected no password in it; say where it comes from: password = {env = "NAME"}')
        _known(self.fields, ORDER_COLUMNS, "fields")
        for name, its in self.parts.items():
            _known(its.fields, PART_COLUMNS[name], f"{name}.fields")
        return self


def _known(fields: dict[str, str], ours: tuple[str, ...], where: str) -> None:
    for name in fields:
        if name not in ours:
            raise ValueError(f"{where}.{name}: expected one of {', '.join(ours)}")
