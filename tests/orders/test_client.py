"""The way to order systems over HTTP: what is bounded, and who is left alone for how long."""

import gzip
import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.orders.places import HttpPlace
from tests.orders.test_guarded import Seconds
from tests.rows import rows
from triage.errors import OrderSystemAwayError, OrderSystemRefusedError
from triage.orders.books.client import Client


@rows(
    ("wanted", "seconds"),
    [
        ("7", 7),
        ("0.5", 0.5),
        ("1000000", 300),
        ("-1", 0),
        ("soon", 0),
        ("nan", 0),
        ("inf", 300),
        ("", 0),
        ("x GMT", 0),
        (format_datetime(datetime.now(UTC) - timedelta(hours=1), usegmt=True), 0),
        (format_datetime(datetime.now(UTC) + timedelta(days=1), usegmt=True), 300),
    ],
)
async def test_who_asks_to_be_left_alone(wanted: str, seconds: float, tmp_path: Path) -> None:
    """Is, for so long as it says, and at most for five minutes; nothing is sent meanwhile."""
    place, clock = HttpPlace(tmp_path), Seconds()
    client = Client("shop", time_out=5, headers={}, clock=clock)
    place.answer = lambda _url: b"{}"  # type: ignore[method-assign]
    place.code, place.headers = 429, {"Retry-After": wanted}
    with pytest.raises(OrderSystemAwayError, match="answers 429"):
        await client.get(place.base)
    place.code = 200
    if seconds:
        clock.at += seconds - 0.1
        with pytest.raises(OrderSystemAwayError, match="left alone"):
            await client.get(place.base)
        assert len(place.asked) == 1
        clock.at += 0.1
    answer = await client.get(place.base)
    assert answer is not None
    assert answer.json() == {}
    await client.close()
    await place.close()


async def test_too_much_is_not_taken(tmp_path: Path) -> None:
    """Also where it was packed small."""
    place = HttpPlace(tmp_path)
    client = Client("shop", time_out=20, headers={})
    packed = gzip.compress(bytes(30 << 20))
    place.answer = lambda _url: packed  # type: ignore[method-assign]
    place.headers = {"Content-Encoding": "gzip"}
    with pytest.raises(OrderSystemRefusedError, match="at most 20 MB"):
        await client.get(place.base)
    place.answer = lambda _url: b"not packed"  # type: ignore[method-assign]
    with pytest.raises(OrderSystemRefusedError, match="can be unpacked"):
        await client.get(place.base)
    await client.close()
    await place.close()


async def test_an_answer_that_breaks_off(tmp_path: Path) -> None:
    """Less than was announced is an order system that is away, not an order."""
    place = HttpPlace(tmp_path)
    client = Client("shop", time_out=5, headers={})
    place.answer = lambda _url: b'{"orders": ['  # type: ignore[method-assign]
    place.headers = {"Content-Length": "1000"}
    with pytest.raises(OrderSystemAwayError, match="cannot be reached"):
        await client.get(place.base)
    await client.close()
    await place.close()


async def test_one_that_takes_the_line_and_says_nothing() -> None:
    """It is waited for only so long."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        client = Client("shop", time_out=0.05, headers={})
        with pytest.raises(OrderSystemAwayError, match="ReadTimeout"):
            await client.get(f"http://127.0.0.1:{listening.getsockname()[1]}/")
        await client.close()


@pytest.mark.parametrize("address", ["http://", "http://[::1", "ftp://shop.example/"])
async def test_what_is_no_address(address: str) -> None:
    """It is refused, and nothing is raised that nobody expects."""
    client = Client("shop", time_out=5, headers={})
    with pytest.raises((OrderSystemRefusedError, OrderSystemAwayError)):
        await client.get(address)
    await client.close()
