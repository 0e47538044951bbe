"""An order system that is a table or view of a SQL database, with tables of items, shipments, payments and more beside it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnClause, Connection

from triage.errors import OrderSystemAwayError, OrderSystemRefusedError
from triage.logs import get_logger
from triage.order import Document, Order, same_number
from triage.order_form import order_of
from triage.orders.books import sql_questions as ask
from triage.orders.books.beside import beside
from triage.orders.books.sql_link import Link
from triage.orders.books.sql_mark import Mark, parse_mark
from triage.orders.books.sql_questions import CHANGE, KEY, Row
from triage.orders.books.sql_rows import cells, order_fields
from triage.orders.books.sql_shape import Shapes, shapes
from triage.sections.sql import PartName, SqlSettings

T = TypeVar("T")
#: Larger documents are not fetched.
_LARGEST = 20 << 20
#: Rows whose reading `triage check` proves.
_PROVED = 100
#: Who writes sets the time of a change first and commits later: what is younger may still get company that is older.
_SETTLED = timedelta(seconds=5)
_log = get_logger("orders")


def _utc_now() -> datetime:
    return datetime.now(UTC)


class SqlBook:
    """The OrderBook port on a SQL database."""

    def __init__(self, settings: SqlSettings, *, time_out: float, now: Callable[[], datetime] = _utc_now) -> None:
        self._settings = settings
        self._now = now
        self._zone = ZoneInfo(settings.time_zone)
        self._link = Link(settings, time_out=time_out)
        self.name = f"order table {settings.table} at {self._link.where}"
        self._shapes: Shapes | None = None

    async def by_numbers(self, numbers: Sequence[str]) -> list[Order]:
        """The orders that have one of these numbers."""
        wanted = {number for number in map(same_number, numbers) if number and number.isprintable()}
        if not wanted:
            return []
        found = await self._asked(lambda db, its: self._read(db, its, ask.of_numbers(db, its, sorted(wanted))))
        return [order for order in found if same_number(order.number) in wanted]

    async def by_address(self, address: str, limit: int) -> list[Order]:
        """The latest orders of an address."""
        if not address.isprintable():
            return []
        return await self._asked(lambda db, its: self._read(db, its, ask.of_address(db, its, address.lower(), limit)))

    async def changed(self, after: str, limit: int) -> tuple[list[Order], str]:
        """Orders that changed after a mark; none where no column says so. An order that makes no sense is passed over."""
        return await self._asked(lambda db, its: self._changed(db, its, after, limit))

    async def document(self, order: Order, document: Document) -> bytes:
        """The document's bytes, from the table of documents or from below the folder."""
        found = await self._asked(lambda db, its: self._content(db, its, order, document))
        if found is None and self._settings.folder is not None:
            found = await beside([self._settings.folder], document.where, largest=_LARGEST)
        if found is None:
            raise OrderSystemRefusedError(f"{self.name}: document {document.number or document.where} is not there, or is too large")
        return found

    async def describe(self) -> str:
        """How many orders there are and how new; the newest ones are read, so that their columns are proved."""
        newest = await self._asked(lambda db, its: self._read(db, its, ask.newest(db, its, _PROVED)))
        latest = next((f", the newest of {order.placed_at:%Y-%m-%d %H:%M} UTC" for order in newest if order.placed_at), "")
        try:
            number = await self._asked(ask.count)
        except OrderSystemAwayError:
            return f"more orders than can be counted within orders.time_out{latest}"
        return f"{number:,} {'order' if number == 1 else 'orders'}{latest}"

    async def close(self) -> None:
        """End the connections."""
        await self._link.close()

    async def _asked(self, question: Callable[[Connection, Shapes], T]) -> T:
        def work(connection: Connection) -> T:
            its = self._shapes = self._shapes or shapes(connection, self._settings)
            return question(connection, its)

        try:
            return await self._link.run(work)
        except OrderSystemRefusedError:
            # Perhaps the tables are others than they were: looked at again next time, which also says best what is missing.
            self._shapes = None
            raise

    def _read(self, connection: Connection, its: Shapes, rows: Sequence[Row]) -> list[Order]:
        parts = _parts(connection, its, rows)
        return [self._order(row, parts[str(row[KEY])]) for row in rows]

    def _order(self, row: Row, parts: Mapping[PartName, Sequence[Row]]) -> Order:
        its = self._settings
        theirs = {
            name: [self._cells(one, its.parts[name].table, its.parts[name].statuses) for one in found] for name, found in parts.items()
        }
        try:
            return order_of(order_fields(self._cells(row, its.table, its.statuses), theirs, its.currency))
        except OrderSystemRefusedError as error:
            raise OrderSystemRefusedError(f"{its.table}: {error}") from error

    def _cells(self, row: Row, table: str, statuses: Mapping[str, str]) -> dict[str, str]:
        found = cells({name: value for name, value in row.items() if name not in (KEY, CHANGE)}, self._zone, table)
        return found | {name: statuses[found[name]] for name in ("status", "kind") if found.get(name) in statuses}

    def _changed(self, connection: Connection, its: Shapes, after: str, limit: int) -> tuple[list[Order], str]:
        column = its.changes
        if column is None:
            return [], after
        if not after:
            return [], str(self._begin(connection, its, column))
        mark = parse_mark(after)
        rows = ask.changed(connection, its, column, after=mark, until=self._settled(mark.value), limit=limit)
        if not rows:
            return [], after
        last = Mark(value=rows[-1][CHANGE], key=rows[-1][KEY])
        parts = _parts(connection, its, rows)
        return [order for row in rows for order in self._legible(row, parts[str(row[KEY])])], str(last)

    def _begin(self, connection: Connection, its: Shapes, column: ColumnClause[object]) -> Mark:
        mark = ask.latest_change(connection, its, column)
        settled = self._settled(mark.value)
        if settled is not None and isinstance(mark.value, datetime) and mark.value > settled:
            return Mark(value=settled)
        return mark

    def _settled(self, value: object) -> datetime | None:
        """Until when changes are told of, in the way the database writes times; None where its column holds no times."""
        if not isinstance(value, datetime):
            return None
        until = self._now() - _SETTLED
        return until if value.tzinfo else until.astimezone(self._zone).replace(tzinfo=None)

    def _legible(self, row: Row, parts: Mapping[PartName, Sequence[Row]]) -> list[Order]:
        try:
            return [self._order(row, parts)]
        except OrderSystemRefusedError as error:
            # One order that makes no sense must not hold up the changes of all others.
            _log.warning("order_row_refused", reason=str(error))
            return []

    def _content(self, connection: Connection, its: Shapes, order: Order, document: Document) -> bytes | None:
        part = its.parts.get("documents")
        if part is None or "content" not in part.shape.columns:
            return None
        for key in ask.key_of(connection, its, same_number(order.number)):
            found = ask.content(connection, part, key, document.where, _LARGEST)
            if isinstance(found, bytes | memoryview):
                return bytes(found)
        return None


def _parts(connection: Connection, its: Shapes, rows: Sequence[Row]) -> Mapping[str, Mapping[PartName, Sequence[Row]]]:
    """What other tables say, by the keys of orders: one statement for each table, however many orders there are."""
    # As text: a key that one table has as a number may be text in another.
    found: dict[str, dict[PartName, list[Row]]] = {str(row[KEY]): {name: [] for name in its.parts} for row in rows}
    for name, part in its.parts.items() if rows else ():
        for row in ask.of_part(connection, part, [row[KEY] for row in rows]):
            if str(row[KEY]) not in found:
                raise OrderSystemRefusedError(f"{part.shape.name}: column {part.order.name}: expected values as in {its.key.name}")
            found[str(row[KEY])][name].append(row)
    return found
