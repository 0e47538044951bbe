"""Which columns of which tables hold our fields: as configured, compared with what the database has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnClause, ColumnElement, Connection, Inspector, TableClause, column, inspect, table
from sqlalchemy.exc import NoSuchTableError
from sqlalchemy.types import Integer, String, TypeEngine

from triage.errors import OrderSystemRefusedError
from triage.sections.sql import ORDER_COLUMNS, PART_COLUMNS, REQUIRED, PartName, SqlSettings

_KEY = "orders.sql"
#: Names told to a person at most.
_TOLD = 40
_AMOUNTS: Mapping[str, tuple[str, ...]] = {
    "": ("total", "tax", "shipping", "discount", "payment_amount"), "items": ("price",), "payments": ("amount",), "refunds": ("amount",),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One table as it is read."""

    name: str
    source: TableClause
    #: Its columns by our names.
    columns: Mapping[str, ColumnClause[object]]
    #: Types by the names of columns.
    types: Mapping[str, TypeEngine[object]]

    def labelled(self, *without: str) -> list[ColumnElement[object]]:
        """What is selected: each column under our name."""
        return [its.label(name) for name, its in self.columns.items() if name not in without]

    def is_whole_number(self, its: ColumnClause[object]) -> bool:
        """Whether the column holds integers."""
        return isinstance(self.types.get(its.name), Integer)

    def is_text(self, its: ColumnClause[object]) -> bool:
        """Whether the column holds text, so that it need not be made text."""
        return isinstance(self.types.get(its.name), String)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A table beside that of the orders."""

    shape: Shape
    order: ColumnClause[object]
    sort: ColumnClause[object] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shapes:
    """All tables of an order system."""

    orders: Shape
    key: ColumnClause[object]
    normal: ColumnClause[object] | None
    #: None where changes cannot be followed.
    changes: ColumnClause[object] | None
    parts: Mapping[PartName, Part]


def shapes(connection: Connection, settings: SqlSettings) -> Shapes:
    """The tables as they are; OrderSystemRefusedError where they are not as the configuration says."""
    inspector = inspect(connection)
    orders = _shape(inspector, settings.table, settings.fields, ORDER_COLUMNS, required=ORDER_COLUMNS[:2], where=f"{_KEY}.fields")
    updated = orders.columns.get("updated_at")
    found = Shapes(
        orders=orders,
        key=_column(orders.name, orders.types, settings.key or orders.columns["number"].name, f"{_KEY}.key"),
        normal=_named(orders.name, orders.types, settings.normal_number, f"{_KEY}.normal_number"),
        changes=_named(orders.name, orders.types, settings.changes, f"{_KEY}.changes") if settings.changes else updated,
        parts={name: _part(inspector, name, settings) for name in settings.parts},
    )
    _sound(found, settings)
    return found


def _part(inspector: Inspector, name: PartName, settings: SqlSettings) -> Part:
    its, ours, where = settings.parts[name], PART_COLUMNS[name], f"{_KEY}.{name}"
    shape = _shape(inspector, its.table, its.fields, ours, required=ours[: REQUIRED[name]], where=f"{where}.fields")
    order = _column(its.table, shape.types, its.order, f"{where}.order")
    return Part(shape=shape, order=order, sort=_named(its.table, shape.types, its.sort, f"{where}.sort"))


def _shape(
    inspector: Inspector, name: str, fields: Mapping[str, str], ours: Sequence[str], *, required: Sequence[str], where: str
) -> Shape:
    schema, _, bare = name.rpartition(".")
    try:
        types = {str(its["name"]): its["type"] for its in inspector.get_columns(bare, schema=schema or None)}
    except NoSuchTableError as error:
        raise OrderSystemRefusedError(
            f"{_KEY}: there is no table or view {name!r}: expected one of {_existing(inspector, schema)}"
        ) from error
    mapped = {one: fields.get(one, one if one in types else "") for one in ours}
    columns = {one: its for one, called in mapped.items() if (its := _named(name, types, called, f"{where}.{one}")) is not None}
    for one in required:
        if one not in columns:
            raise OrderSystemRefusedError(f"{where}.{one}: expected the column of {name!r} that holds it: one of {_told(types)}")
    return Shape(name=name, source=table(bare, schema=schema or None), columns=columns, types=types)


def _named(name: str, types: Mapping[str, object], called: str, key: str) -> ColumnClause[object] | None:
    """The column of that name; None for the empty name."""
    return _column(name, types, called, key) if called else None


def _column(name: str, types: Mapping[str, object], called: str, key: str) -> ColumnClause[object]:
    if called not in types:
        raise OrderSystemRefusedError(f"{key} = {called!r}: {name!r} has no such column: expected one of {_told(types)}")
    return column(called)


def _sound(found: Shapes, settings: SqlSettings) -> None:
    if not {"addresses", "linked"} & (found.orders.columns.keys() | found.parts.keys()):
        raise OrderSystemRefusedError(
            f"{_KEY}.fields.addresses: expected the column with the customer's address, or a table [{_KEY}.addresses]: nobody else is told"
        )
    shape_of = {"": found.orders} | {name: part.shape for name, part in found.parts.items()}
    amounts = [f"{shape.name}.{one}" for name, shape in shape_of.items() for one in _AMOUNTS.get(name, ()) if one in shape.columns]
    if amounts and not settings.currency and "currency" not in found.orders.columns:
        raise OrderSystemRefusedError(f"{_KEY}.currency: expected a currency such as EUR, or its column, for the amounts in {amounts[0]}")


def _existing(inspector: Inspector, schema: str) -> str:
    names = [*inspector.get_table_names(schema=schema or None), *inspector.get_view_names(schema=schema or None)]
    return _told(sorted(names)) if names else "those that the user may see, and there are none"


def _told(names: Mapping[str, object] | Sequence[str]) -> str:
    listed = list(names)
    return ", ".join(listed[:_TOLD]) + (" …" if len(listed) > _TOLD else "")
