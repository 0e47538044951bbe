"""What is asked of a SQL database about orders: one or two statements each, in which what strangers write is only ever a value."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import ColumnClause, ColumnElement, Connection, Executable, Select, Text, and_, case, cast, func, literal, or_, select

from triage.orders.books.sql_mark import Mark
from triage.orders.books.sql_shape import Part, Shapes

#: A row by our names; `KEY` and `CHANGE` beside them.
Row: TypeAlias = Mapping[str, object]
KEY, CHANGE = "triage_key", "triage_change"
#: Orders that one address may have and that are looked at.
_MOST = 1000
#: Whole numbers that every database takes as such.
_DIGITS = 18


def of_numbers(connection: Connection, its: Shapes, numbers: Sequence[str]) -> list[Row]:
    """The rows whose number has one of these normal forms; some others may be among them."""
    return _rows(connection, _orders(its).where(_has_number(its, numbers)))


def of_address(connection: Connection, its: Shapes, address: str, limit: int) -> list[Row]:
    """The latest rows that belong to an address in lower case, the newest first."""
    named = [func.lower(its.orders.columns[name]) == address for name in ("addresses", "linked") if name in its.orders.columns]
    # First the keys, then their orders: both by an index, where one statement for both would look at every order.
    keys = [key for name in ("addresses", "linked") if name in its.parts for key in _keys(connection, its.parts[name], address)]
    if not named and not keys:
        return []
    wanted = or_(*named, *([its.key.in_(keys)] if keys else []))
    placed = its.orders.columns.get("placed_at", its.key)
    newest = _orders(its).where(wanted).order_by(case((placed.is_(None), 1), else_=0), placed.desc(), its.key).limit(limit)
    return _rows(connection, newest)


def changed(
    connection: Connection, its: Shapes, column: ColumnClause[object], *, after: Mark, until: datetime | None, limit: int
) -> list[Row]:
    """The rows that changed behind a mark and, where that is given, until a time; the earliest change first."""
    conditions: list[ColumnElement[bool]] = [column.is_not(None)]
    if after.value is not None:
        same = [and_(column == after.value, its.key > after.key)] if after.key is not None else []
        # The first condition says nothing new, but it is one that an index serves.
        conditions += [column >= after.value, or_(column > after.value, *same)]
    if until is not None:
        conditions.append(column <= until)
    return _rows(connection, _orders(its, column.label(CHANGE)).where(*conditions).order_by(column, its.key).limit(limit))


def latest_change(connection: Connection, its: Shapes, column: ColumnClause[object]) -> Mark:
    """The mark behind everything there is."""
    last = select(column, its.key).select_from(its.orders.source).where(column.is_not(None)).order_by(column.desc(), its.key.desc())
    found = connection.execute(last.limit(1)).first()
    return Mark(value=found[0], key=found[1]) if found else Mark()


def of_part(connection: Connection, part: Part, keys: Iterable[object]) -> list[Row]:
    """The rows of a table beside the orders that belong to them, without the bytes of documents."""
    columns: list[ColumnElement[object]] = [part.order.label(KEY), *part.shape.labelled("content")]
    wanted = select(*columns).select_from(part.shape.source).where(part.order.in_(list(keys)))
    return _rows(connection, wanted if part.sort is None else wanted.order_by(part.sort))


def content(connection: Connection, part: Part, key: object, place: str, largest: int) -> object:
    """The bytes of a document; None where it is not there or is larger."""
    columns = part.shape.columns
    wanted = select(columns["content"]).select_from(part.shape.source)
    place_is = cast(columns["where"], Text) == place
    return connection.execute(wanted.where(part.order == key, place_is, func.length(columns["content"]) <= largest).limit(1)).scalar()


def key_of(connection: Connection, its: Shapes, number: str) -> list[object]:
    """The keys of the orders with a number in normal form."""
    return list(connection.execute(select(its.key).select_from(its.orders.source).where(_has_number(its, [number]))).scalars())


def count(connection: Connection, its: Shapes) -> int:
    """How many rows there are."""
    return connection.execute(select(func.count()).select_from(its.orders.source)).scalar_one()


def newest(connection: Connection, its: Shapes, limit: int) -> list[Row]:
    """The rows of the orders that were placed last."""
    placed = its.orders.columns.get("placed_at", its.key)
    return _rows(connection, _orders(its).where(placed.is_not(None)).order_by(placed.desc()).limit(limit))


def _orders(its: Shapes, *more: ColumnElement[object]) -> "Select[*tuple[object, ...]]":
    columns: list[ColumnElement[object]] = [*its.orders.labelled(), its.key.label(KEY), *more]
    return select(*columns).select_from(its.orders.source)


def _rows(connection: Connection, statement: Executable) -> list[Row]:
    return [dict(row) for row in connection.execute(statement).mappings()]


def _has_number(its: Shapes, numbers: Sequence[str]) -> ColumnElement[bool]:
    if its.normal is not None:
        return its.normal.in_(list(numbers))
    number = its.orders.columns["number"]
    if its.orders.is_whole_number(number):
        return number.in_([int(one) for one in numbers if one.isascii() and one.isdigit() and len(one) <= _DIGITS])
    text = number if its.orders.is_text(number) else cast(number, Text)
    # Written out rather than bound, so that it is the expression of an index.
    nothing, blank, dash = (literal(sign, literal_execute=True) for sign in ("", " ", "-"))
    normal = func.upper(func.replace(func.replace(text, blank, nothing), dash, nothing))
    return normal.in_([*numbers, *(f"#{one}" for one in numbers)])


def _keys(connection: Connection, part: Part, address: str) -> list[object]:
    wanted = select(part.order).select_from(part.shape.source).where(func.lower(part.shape.columns["address"]) == address)
    return list(connection.execute(wanted.limit(_MOST)).scalars())
