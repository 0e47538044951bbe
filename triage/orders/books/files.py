"""Order files that another program writes: JSON, JSON lines or CSV, looked at again when they change."""

import asyncio
import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from triage.errors import OrderSystemAwayError, OrderSystemRefusedError
from triage.logs import get_logger
from triage.order import Document, Order, same_number
from triage.order_form import order_of
from triage.orders.books.beside import beside
from triage.orders.books.flat import from_row

#: Nanoseconds and octets by which a file is known to be the same.
_Stamp = tuple[int, int]
#: Octets; larger documents are not for mail.
_LARGEST = 20 << 20
_log = get_logger("orders")


class FilesBook:
    """The OrderBook port on files. What a file says wrongly leaves the file as it was before."""

    def __init__(self, paths: Sequence[Path], columns: Mapping[str, str] | None = None) -> None:
        """`columns`: names of CSV columns by ours, where they differ."""
        self.name = "order files"
        self._paths = tuple(paths)
        self._columns = dict(columns or {})
        self._stamps: dict[Path, _Stamp] = {}
        self._orders: dict[Path, dict[str, list[Order]]] = {}

    async def by_numbers(self, numbers: Sequence[str]) -> list[Order]:
        """The orders that have one of these numbers."""
        await asyncio.to_thread(self._refresh)
        wanted = dict.fromkeys(map(same_number, numbers))
        return [order for number in wanted for file in self._orders.values() for order in file.get(number, ())]

    async def by_address(self, address: str, limit: int) -> list[Order]:
        """The latest orders of an address."""
        await asyncio.to_thread(self._refresh)
        wanted = address.lower()
        theirs = [order for order in self._all() if wanted in {its.strip().lower() for its in (*order.addresses, *order.linked)}]
        return sorted(theirs, key=lambda order: order.placed_at.isoformat() if order.placed_at else "", reverse=True)[:limit]

    async def changed(self, after: str, limit: int) -> tuple[list[Order], str]:
        """Orders whose `updated_at` is later than the mark; those without one never change."""
        await asyncio.to_thread(self._refresh)
        known = sorted(((_mark(order), order) for order in self._all() if order.updated_at), key=lambda pair: pair[0])
        if not after:
            return [], known[-1][0] if known else "0"
        later = [(mark, order) for mark, order in known if mark > after][:limit]
        return [order for _, order in later], later[-1][0] if later else after

    async def document(self, order: Order, document: Document) -> bytes:
        """The document's bytes, from a path below the folder of the files."""
        found = await beside(dict.fromkeys(path.parent for path in self._paths), document.where, largest=_LARGEST)
        if found is None:
            raise OrderSystemRefusedError(f"{self.name}: document {document.number or document.where} is not there")
        return found

    async def close(self) -> None:
        """Nothing stays open."""

    def _all(self) -> Iterator[Order]:
        return (order for file in self._orders.values() for found in file.values() for order in found)

    def _refresh(self) -> None:
        for path in self._paths:
            try:
                status = path.stat()
                stamp = (status.st_mtime_ns, status.st_size)
                if self._stamps.get(path) == stamp:
                    continue
                self._orders[path] = self._read(path)
                self._stamps[path] = stamp
            except OSError as error:
                raise OrderSystemAwayError(f"{path}: the order file cannot be read ({error.strerror})") from error
            except (ValueError, OrderSystemRefusedError) as error:
                if path not in self._orders:
                    raise OrderSystemRefusedError(f"{path}: expected orders ({error})") from error
                # Perhaps it is being written: what it said before holds until it can be read again.
                _log.warning("order_file_refused", path=str(path), reason=str(error))

    def _read(self, path: Path) -> dict[str, list[Order]]:
        found: dict[str, list[Order]] = {}
        for order in self._parsed(path):
            found.setdefault(same_number(order.number), []).append(order)
        return found

    def _parsed(self, path: Path) -> Iterator[Order]:
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix == ".csv":
            for row in csv.DictReader(text.splitlines()):
                yield order_of(from_row({ours: row.get(self._columns.get(ours, ours)) or "" for ours in (*row, *self._columns)}))
        elif path.suffix == ".json":
            whole = json.loads(text)
            for fields in whole["orders"] if isinstance(whole, dict) and "orders" in whole else whole:
                yield order_of(fields)
        else:
            for line in filter(str.strip, text.splitlines()):
                yield order_of(json.loads(line))


def _mark(order: Order) -> str:
    return f"{order.updated_at.isoformat() if order.updated_at else ''}|{order.number}"
