"""Another system's JSON as the fields of an order: by a table of our names and the paths under which theirs lie."""

from collections.abc import Mapping

#: Fields that hold amounts: a bare number gets the order's currency.
_MONEY = frozenset({"total", "tax", "shipping", "discount", "items.price", "payments.amount", "refunds.amount"})


def translated(row: Mapping[str, object], fields: Mapping[str, str], statuses: Mapping[str, str]) -> dict[str, object]:
    """The fields of an order. `fields` has paths such as "customer.email" by names such as "addresses", "items" or "items.name"."""
    currency = _at(row, fields.get("currency", "currency"))
    found: dict[str, object] = {}
    for ours, path in fields.items():
        if "." not in ours and ours != "currency" and (value := _at(row, path)) not in (None, ""):
            found[ours] = _value(ours, value, currency, fields)
    if isinstance(found.get("status"), str):
        found["status"] = statuses.get(str(found["status"]), found["status"])
    return found


def _value(ours: str, value: object, currency: object, fields: Mapping[str, str]) -> object:
    if ours in _MONEY:
        return value if isinstance(value, Mapping) else {"amount": str(value), "currency": str(currency or "")}
    if ours in ("addresses", "linked"):
        return value if isinstance(value, list) else [str(value)]
    below = {name.partition(".")[2]: path for name, path in fields.items() if name.startswith(f"{ours}.")}
    if not below:
        return value
    rows = value if isinstance(value, list) else [value]
    return [_element(ours, row, currency, below) for row in rows if isinstance(row, Mapping)]


def _element(ours: str, row: Mapping[str, object], currency: object, below: Mapping[str, str]) -> dict[str, object]:
    given = {name: value for name, path in below.items() if (value := _at(row, path)) not in (None, "")}
    return {name: _value(f"{ours}.{name}", value, currency, {}) if f"{ours}.{name}" in _MONEY else value for name, value in given.items()}


def _at(value: object, path: str) -> object:
    """What lies at a path of keys and places in lists, such as "fulfillments.0.tracking"; None where there is nothing."""
    for step in path.split("."):
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value
