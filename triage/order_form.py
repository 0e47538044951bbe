"""Orders as JSON: one form in the embedded order book, in files, and in what a case keeps."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import cast

from pydantic import TypeAdapter, ValidationError

from triage.errors import OrderSystemRefusedError
from triage.order import Attempt, Document, Order, Payment, Refund, Shipment, Step

#: What has times.
_PARTS = (Order, Attempt, Document, Payment, Refund, Shipment, Step)


@cache
def _form() -> TypeAdapter[Order]:
    # Made when first needed: most starts of the daemon and most commands never see an order.
    return TypeAdapter(Order)


def order_json(order: Order) -> str:
    """The order as JSON, without what says nothing."""
    return _form().dump_json(order, exclude_defaults=True).decode()


def parse_order(text: str | bytes) -> Order:
    """The order in JSON; OrderSystemRefusedError where it is none."""
    try:
        return cast(Order, _zoned(_form().validate_json(text)))
    except ValidationError as error:
        raise OrderSystemRefusedError(_problem(error)) from error


def order_of(fields: Mapping[str, object]) -> Order:
    """The order with these fields, as JSON or a library's values; OrderSystemRefusedError where they are none."""
    try:
        return cast(Order, _zoned(_form().validate_python(fields)))
    except ValidationError as error:
        raise OrderSystemRefusedError(_problem(error)) from error


def _zoned(value: object) -> object:
    """The same with times that have a zone: UTC where none is said, so that all can be compared with now."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, tuple):
        found = tuple(map(_zoned, value))
        return found if any(one is not other for one, other in zip(found, value, strict=True)) else value
    if isinstance(value, _PARTS):
        changed = {name: one for name in value.__slots__ if (one := _zoned(old := getattr(value, name))) is not old}
        # The values are of the fields they were taken from.
        return replace(value, **changed) if changed else value  # type: ignore[arg-type]
    return value


def _problem(error: ValidationError) -> str:
    # Names of fields only: their values are a customer's.
    named = "; ".join(f"{'.'.join(map(str, it['loc'])) or 'order'}: {it['msg']}" for it in error.errors(include_input=False)[:5])
    return f"the order system's answer is not as expected: {named}"
