"""Rows of another system's JSON: what stands in them, looked at without trust, and the way along those that changed."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeAlias

from triage.errors import OrderSystemRefusedError
from triage.fields import Fields, moment
from triage.logs import get_logger
from triage.order import Order, same_number

#: When a row changed, and its id: rows may have changed at the same second.
_Change: TypeAlias = tuple[datetime, int]

_EARLIEST = datetime.min.replace(tzinfo=UTC)
_LINK = re.compile(r"https?://[^\s<>\"']{4,2000}")
_log = get_logger("orders")


def text(row: Fields, *names: str) -> str:
    """The first of these fields that says anything, as text."""
    found = (row.get(name) for name in names)
    return next((str(value).strip() for value in found if isinstance(value, str | int | float) and str(value).strip()), "")


def rows(row: object, name: str = "") -> list[Fields]:
    """The list of rows of that name, or, without one, that this is."""
    listed = row.get(name) if name and isinstance(row, Mapping) else row
    return [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []


def said(fields: Mapping[str, object]) -> dict[str, object]:
    """The fields that say something."""
    return {name: value for name, value in fields.items() if value not in ("", None, [], {})}


def link(address: str) -> str:
    """The address of a page, as customers may be sent it; "" for anything else."""
    return address if _LINK.fullmatch(address) else ""


def spelled(number: str, prefix: str) -> str:
    """A number as the shop writes it: its prefix may have signs that we leave out where we compare numbers."""
    return prefix + number.removeprefix(same_number(prefix))


async def under_each(numbers: Sequence[str], ask: Callable[[str], Awaitable[list[Order]]]) -> list[Order]:
    """What is found under each of the numbers; all are asked for at the same time."""
    wanted = [number for number in dict.fromkeys(map(same_number, numbers)) if number]
    return [order for found in await asyncio.gather(*map(ask, wanted)) for order in found]


def since(mark: str) -> datetime | None:
    """The time in a mark; None in an empty one, and in one that another order system has left."""
    at, between, number = mark.partition("|")
    return moment(at) if between and number.isdecimal() else None


def begin(now: datetime) -> str:
    """The mark of now: what changes from here on."""
    return _mark((now, 0))


async def follow(
    pages: AsyncIterator[Sequence[Fields]], after: str, limit: int, changed: Callable[[Fields], str]
) -> tuple[list[Fields], str]:
    """The rows that changed after a mark, earliest first, and the mark behind the last; the pages come in that order."""
    behind, found = (since(after) or _EARLIEST, int(after.rpartition("|")[2])), list[tuple[_Change, Fields]]()
    async for page in pages:
        for row in page:
            at, number = moment(changed(row)), text(row, "id")
            if at and number.isdecimal() and (at, int(number)) > behind:
                found.append(((at, int(number)), row))
        found.sort(key=lambda pair: pair[0])
        # Those of one second may come in any order: the batch ends where none of its last second can come after it.
        if len(found) > limit and (found[limit - 1][0][0] < found[-1][0][0] or len(found) > limit * 2):
            break
    told = found[:limit]
    return [row for _, row in told], _mark(told[-1][0]) if told else after


def readable(found: Sequence[Fields], form: Callable[[Fields], Order | None], name: str) -> list[Order]:
    """The orders; one that cannot be read is passed over, so that it does not keep back all that change after it."""
    orders = []
    for row in found:
        try:
            order = form(row)
        except OrderSystemRefusedError as error:
            _log.warning("order_passed_over", system=name, id=text(row, "id"), reason=str(error))
        else:
            orders += [order] if order else []
    return orders


def _mark(change: _Change) -> str:
    return f"{change[0].astimezone(UTC).isoformat()}|{change[1]}"
