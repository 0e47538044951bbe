"""An order as one row of a table: columns by our names, as a CSV file or a SQL view has them."""

from collections.abc import Iterator, Mapping

#: Columns that are fields of an order by the same name.
_PLAIN = ("number", "status", "placed_at", "updated_at", "customer", "language", "expected_at", "reason")
_AMOUNTS = ("total", "tax", "shipping", "discount")
_SHIPMENT = ("carrier", "tracking_number", "tracking_url", "shipped_at", "delivered_at")
#: Columns that hold the place of a document, and its kind.
_DOCUMENTS = ("receipt", "invoice")
_ADDRESSES = ";"


def from_row(row: Mapping[str, str]) -> dict[str, object]:
    """The fields of an order; empty cells are left out. Amounts are in `currency`."""
    fields: dict[str, object] = {name: row[name].strip() for name in _PLAIN if row.get(name, "").strip()}
    for column in ("addresses", "linked"):
        if found := [one.strip() for one in row.get(column, "").split(_ADDRESSES) if one.strip()]:
            fields[column] = found
    for name in _AMOUNTS:
        if row.get(name):
            fields[name] = _money(row, name)
    for name, found_ in (("shipments", _shipment(row)), ("payments", payments_of(row)), ("documents", list(_documents(row)))):
        if found_:
            fields[name] = found_
    return fields


def _money(row: Mapping[str, str], name: str) -> dict[str, str]:
    return {"amount": row[name], "currency": row.get("currency", "")}


def _shipment(row: Mapping[str, str]) -> list[dict[str, str]]:
    said = {name: row[name] for name in _SHIPMENT if row.get(name)}
    # The day on which the parcel is expected; `expected_at` is that of the order.
    if row.get("parcel_expected_at"):
        said["expected_at"] = row["parcel_expected_at"]
    return [said] if said else []


def payments_of(row: Mapping[str, str]) -> list[dict[str, object]]:
    """The payment that the row tells of, where it does; one that failed is an attempt with its reason."""
    status, method, at = (row.get(name, "") for name in ("payment_status", "payment_method", "payment_at"))
    if not status or not row.get("payment_amount"):
        return []
    payment: dict[str, object] = {"status": status, "method": method, "amount": _money(row, "payment_amount")}
    if status == "failed":
        attempt = {"status": status, "reason": row.get("payment_reason", ""), "method": method} | ({"at": at} if at else {})
        return [payment | {"attempts": [attempt]}]
    return [payment | ({"at": at} if at else {})]


def _documents(row: Mapping[str, str]) -> Iterator[dict[str, str]]:
    for kind in _DOCUMENTS:
        if row.get(kind):
            yield {"kind": kind, "where": row[kind], "number": row.get(f"{kind}_number", "")}
