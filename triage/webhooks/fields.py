"""What stands in JSON that was posted to us, looked at without surprise: whatever is not as expected says nothing."""

from decimal import Decimal, InvalidOperation

from triage.fields import Fields
from triage.order import Money

#: An order number that is longer is none.
_LONGEST = 60


def text(fields: Fields, *names: str) -> str:
    """The first of these fields that has text, in one line."""
    found = (fields.get(name) for name in names)
    return next((" ".join(said.split()) for said in found if isinstance(said, str) and said.strip()), "")


def number(fields: Fields, name: str) -> int:
    """The field as a whole number; 0 for anything else."""
    found = fields.get(name)
    return found if isinstance(found, int) else 0


def order_number(fields: Fields, names: tuple[str, ...]) -> str:
    """The number of an order under one of these names, the first that says anything."""
    return text(fields, *names)[:_LONGEST]


def amount(written: str, currency: str) -> Money | None:
    """Money, where that is what is written."""
    try:
        return Money(amount=Decimal(written), currency=currency.upper()[:3]) if currency else None
    except (InvalidOperation, ValueError):
        return None
