"""How far the changes of a table were followed: the value of the column that grows and the order it stood with, as text."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from triage.errors import OrderSystemRefusedError

#: How each type of the database's is read back, so that it is compared as what it is.
_KINDS: Mapping[str, Callable[[str], object]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "int": int,
    "Decimal": Decimal,
    "float": float,
    "str": str,
    "UUID": UUID,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Behind this row nothing was looked at; without a value the table was empty."""

    value: object = None
    #: Rows that changed at the same moment are told apart by it; None where all of them were looked at.
    key: object = None

    def __str__(self) -> str:
        return json.dumps([_written(self.value), _written(self.key)])


def parse_mark(text: str) -> Mark:
    """The mark that was written so; OrderSystemRefusedError where it is of another order system."""
    try:
        value, key = json.loads(text)
        return Mark(value=_read(value), key=_read(key))
    except (ValueError, TypeError, KeyError, ArithmeticError) as error:
        raise OrderSystemRefusedError(f"changes of orders were followed to {text:.40}: expected a mark of this order system") from error


def _written(value: object) -> list[str] | None:
    if value is None:
        return None
    kind = type(value).__name__
    if kind not in _KINDS:
        raise OrderSystemRefusedError(f"orders.sql.changes: a column of {kind}: expected one of times, numbers or text")
    return [kind, value.isoformat() if isinstance(value, date) else str(value)]


def _read(written: object) -> object:
    if not isinstance(written, list):
        return None
    kind, text = written
    return _KINDS[kind](text)
