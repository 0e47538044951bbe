"""Order files: looked at again when they change, kept as they were while they are broken, and read only from beside themselves."""

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.orders.making import ANN, RECEIPT, order
from tests.rows import rows
from triage.errors import OrderSystemAwayError, OrderSystemRefusedError
from triage.order import Document, DocumentKind, PaymentStatus
from triage.order_form import order_json, order_of
from triage.orders.books.files import FilesBook
from triage.orders.books.flat import from_row


def written(path: Path, *numbers: str) -> Path:
    """A file with orders of these numbers."""
    path.write_text(json.dumps([json.loads(order_json(order(number))) for number in numbers]), encoding="utf-8")
    return path


async def numbers(book: FilesBook) -> list[str]:
    """Of all of Ann's orders."""
    return sorted(one.number for one in await book.by_address(ANN, 100))


async def test_a_change_is_seen(tmp_path: Path) -> None:
    """What another program writes is there at the next question; an untouched file is not read again."""
    path = written(tmp_path / "orders.json", "ORD1")
    book = FilesBook([path])
    assert await numbers(book) == ["ORD1"]
    stamp = path.stat()
    path.write_text(path.read_text().replace("ORD1", "ORD9"))
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert await numbers(book) == ["ORD1"]
    written(path, "ORD1", "ORD2")
    assert await numbers(book) == ["ORD1", "ORD2"]


async def test_several_files_are_one_book(tmp_path: Path) -> None:
    """Orders of all files are found; two of the same number both come, so that none is picked."""
    book = FilesBook([written(tmp_path / "a.json", "ORD1", "ORD2"), written(tmp_path / "b.json", "ORD2", "ORD3")])
    assert await numbers(book) == ["ORD1", "ORD2", "ORD2", "ORD3"]
    assert len(await book.by_numbers(["ORD2"])) == 2


def cut(path: Path) -> None:
    """Half of it, as while it is written."""
    path.write_text(path.read_text()[:100])


def no_order(path: Path) -> None:
    """An order of an unknown status."""
    path.write_text('[{"number": "ORD1", "status": "lost"}]')


def not_text(path: Path) -> None:
    """Octets that are no UTF-8."""
    path.write_bytes(b"[\xff\xfe]")


@pytest.mark.parametrize("harm", [cut, no_order, not_text])
async def test_a_broken_file_leaves_what_was_known(tmp_path: Path, harm: Callable[[Path], None]) -> None:
    """Until it can be read again; one that could never be read is refused by its path."""
    path = written(tmp_path / "orders.json", "ORD1")
    book = FilesBook([path])
    assert await numbers(book) == ["ORD1"]
    harm(path)
    assert await numbers(book) == ["ORD1"]
    with pytest.raises(OrderSystemRefusedError, match=r"orders\.json: expected orders"):
        await FilesBook([path]).by_numbers(["ORD1"])
    written(path, "ORD2")
    assert await numbers(book) == ["ORD2"]


async def test_a_file_that_is_gone(tmp_path: Path) -> None:
    """It counts as an order system that is away."""
    book = FilesBook([tmp_path / "orders.json"])
    with pytest.raises(OrderSystemAwayError, match="cannot be read"):
        await book.by_numbers(["ORD1"])
    written(tmp_path / "orders.json", "ORD1")
    assert await numbers(book) == ["ORD1"]


@pytest.mark.parametrize("where", ["../secret.pdf", "/etc/hostname", "receipts/../../secret.pdf", "receipts", ""])
async def test_documents_lie_beside_the_file(tmp_path: Path, where: str) -> None:
    """A place elsewhere is refused, whatever the file names."""
    folder = tmp_path / "export"
    (folder / "receipts").mkdir(parents=True)
    (tmp_path / "secret.pdf").write_bytes(b"secret")
    (folder / RECEIPT.where).write_bytes(b"%PDF")
    book = FilesBook([written(folder / "orders.json", "ORD1")])
    assert await book.document(order(), RECEIPT) == b"%PDF"
    with pytest.raises(OrderSystemRefusedError, match="is not there"):
        await book.document(order(), Document(kind=DocumentKind.RECEIPT, where=where))


async def test_orders_without_a_time_of_change(tmp_path: Path) -> None:
    """They are found, and never count as changed."""
    path = tmp_path / "orders.jsonl"
    path.write_text('{"number": "ORD1", "status": "delayed"}\n')
    book = FilesBook([path])
    none, mark = await book.changed("", 10)
    assert (none, mark) == ([], "0")
    assert await book.changed(mark, 10) == ([], "0")
    assert len(await book.by_numbers(["ORD1"])) == 1


async def test_many_questions_at_once(tmp_path: Path) -> None:
    """All are answered from the same reading."""
    book = FilesBook([written(tmp_path / "orders.json", *(f"ORD{number}" for number in range(50)))])
    found = await asyncio.gather(*(book.by_numbers([f"ORD{number}"]) for number in range(50)))
    assert [one.number for [one] in found] == [f"ORD{number}" for number in range(50)]


@rows(
    ("row", "field", "value"),
    [
        ({"addresses": "a@x.example; b@x.example;"}, "addresses", ("a@x.example", "b@x.example")),
        ({"reason": " Strike "}, "reason", "Strike"),
        ({"total": "", "currency": "EUR"}, "total", None),
        ({"payment_status": "paid"}, "payments", ()),
        ({"receipt": "", "invoice": ""}, "documents", ()),
        ({"carrier": "", "tracking_number": ""}, "shipments", ()),
    ],
)
def test_cells(row: dict[str, str], field: str, value: object) -> None:
    """An empty cell is as if it were not there."""
    found = order_of(from_row({"number": "1", "status": "pending", **row}))
    assert getattr(found, field) == value


def test_a_failed_payment_in_a_row() -> None:
    """It is one attempt with its reason and its time."""
    cells = {
        "payment_status": "failed",
        "payment_amount": "9.90",
        "currency": "EUR",
        "payment_reason": "declined",
        "payment_at": "2026-11-22T10:00:00Z",
    }
    found = order_of(from_row({"number": "1", "status": "pending", **cells}))
    assert found.payments[0].status is PaymentStatus.FAILED
    assert found.payments[0].failed is not None
    assert found.payments[0].failed.reason == "declined"
    assert found.payments[0].failed.at is not None
