"""Orders as JSON: one form in the embedded order book, in files, and in what a case keeps."""

from collections.abc import Mapping
from functools import cache

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from triage.errors import OrderSystemRefusedError
from triage.order import Order


@cache
def _form() -> TypeAdapter[Order]:
    # Made when first needed: most starts of the daemon and most commands never see an order.
    return TypeAdapter(Order)


def order_json(order: Order) -> str:
    """The order as JSON, without what says nothing; OrderSystemRefusedError where it has letters that cannot be written."""
    try:
        return _form().dump_json(order, exclude_defaults=True).decode()
    except PydanticSerializationError:
        # Half of a character, say: without its cause, which repeats what stands around it.
        raise OrderSystemRefusedError("the order system's answer cannot be written as UTF-8") from None


def parse_order(text: str | bytes) -> Order:
    """The order in JSON; OrderSystemRefusedError where it is none."""
    try:
        return _form().validate_json(text)
    except ValidationError as error:
        raise OrderSystemRefusedError(_problem(error)) from error


def order_of(fields: Mapping[str, object]) -> Order:
    """The order with these fields, as JSON or a library's values; OrderSystemRefusedError where they are none."""
    try:
        return _form().validate_python(fields)
    except ValidationError as error:
        raise OrderSystemRefusedError(_problem(error)) from error


def _problem(error: ValidationError) -> str:
    # Names of fields only: their values are a customer's.
    named = "; ".join(f"{'.'.join(map(str, it['loc'])) or 'order'}: {it['msg']}" for it in error.errors(include_input=False)[:5])
    return f"the order system's answer is not as expected: {named}"
