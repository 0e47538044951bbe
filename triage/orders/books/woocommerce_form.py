"""An order as WooCommerce's REST API writes it, as ours."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from triage.errors import OrderSystemRefusedError
from triage.fields import Fields, moment, part
from triage.order import Order
from triage.order_form import order_of
from triage.orders.books.rows import link, rows, said, text

#: Its own states; those that plugins add are in the settings. What was paid back whole was given up by shop or customer.
_STATUSES: Mapping[str, str] = {
    "pending": "pending",
    "on-hold": "pending",
    "failed": "pending",
    "processing": "processing",
    "completed": "shipped",
    "cancelled": "cancelled",
    "refunded": "cancelled",
}
#: Drafts of a checkout and what was thrown away: no orders.
_NO_ORDERS = frozenset({"auto-draft", "checkout-draft", "trash"})
#: Where "Shipment Tracking" and its kin keep parcels.
_TRACKING = "_wc_shipment_tracking_items"
_LONGEST_STAMP = 11
_CENT = Decimal("0.01")


def woocommerce_order(row: Fields, statuses: Mapping[str, str], refunds: Sequence[Fields] = ()) -> Order | None:
    """The order; None where it is none yet or any more. `refunds`: its refunds with their times, where they were asked for."""
    status = text(row, "status")
    if status in _NO_ORDERS:
        return None
    if status not in {**_STATUSES, **statuses}:
        raise OrderSystemRefusedError(f"status = {status!r}: expected a state that orders.woocommerce.statuses says our word for")
    billing, currency = part(row, "billing"), text(row, "currency")
    address = text(billing, "email")
    fields = {
        "number": text(row, "number", "id"),
        "status": {**_STATUSES, **statuses}[status],
        "placed_at": _at(row, "date_created"),
        "updated_at": _at(row, "date_modified"),
        "customer": f"{text(billing, 'first_name')} {text(billing, 'last_name')}".strip(),
        "addresses": [address] if address else [],
        "items": [_item(line, currency) for line in rows(row, "line_items")],
        "total": _money(text(row, "total"), currency),
        "tax": _money(text(row, "total_tax"), currency),
        "shipping": _money(_sum(row, "shipping_total", "shipping_tax"), currency),
        "discount": _charged(_money(_sum(row, "discount_total", "discount_tax"), currency)),
        "shipments": list(_shipments(row)),
        "payments": list(_payments(row, currency)),
        "refunds": [_refund(refund, currency) for refund in reversed(refunds)],
    }
    return order_of(said(fields))


def _at(row: Fields, name: str) -> str:
    """A time in UTC, which it writes without saying so."""
    at = moment(text(row, f"{name}_gmt"))
    return at.isoformat() if at else ""


def _money(amount: str, currency: str) -> dict[str, str]:
    return {"amount": amount, "currency": currency} if amount else {}


def _charged(money: dict[str, str]) -> dict[str, str]:
    # A discount of nothing is none.
    return money if money.get("amount", "").strip("0.") else {}


def _sum(row: Fields, *names: str, pieces: int = 1) -> str:
    """With what is tax of it, as the customer pays it; of one piece where there are several."""
    try:
        return str((sum((Decimal(text(row, name)) for name in names if text(row, name)), Decimal()) / pieces).quantize(_CENT))
    except ArithmeticError as error:
        raise OrderSystemRefusedError(f"{' and '.join(names)}: expected amounts") from error


def _item(line: Fields, currency: str) -> dict[str, object]:
    many = text(line, "quantity")
    return said({"sku": text(line, "sku"), "name": text(line, "name"), "quantity": many, "price": _money(_each(line, many), currency)})


def _each(line: Fields, many: str) -> str:
    # What it calls the price is without tax; customers know the other one.
    pieces = int(many) if many.isdecimal() else 0
    return _sum(line, "subtotal", "subtotal_tax", pieces=pieces) if pieces else ""


def _shipments(row: Fields) -> Iterator[dict[str, object]]:
    for kept in rows(row, "meta_data"):
        if text(kept, "key") == _TRACKING:
            for parcel in rows(kept, "value"):
                shipped = text(parcel, "date_shipped")
                yield said(
                    {
                        "carrier": text(parcel, "formatted_tracking_provider", "custom_tracking_provider", "tracking_provider"),
                        "tracking_number": text(parcel, "tracking_number"),
                        "tracking_url": link(text(parcel, "formatted_tracking_link", "ast_tracking_link", "custom_tracking_link")),
                        # Seconds since 1970.
                        "shipped_at": int(shipped) if shipped.isdecimal() and len(shipped) < _LONGEST_STAMP else "",
                    }
                )


def _payments(row: Fields, currency: str) -> Iterator[dict[str, object]]:
    status, method, paid = text(row, "status"), text(row, "payment_method_title", "payment_method"), _at(row, "date_paid")
    payment = {"id": text(row, "transaction_id"), "method": method, "amount": _money(text(row, "total"), currency)}
    if paid:
        yield said({**payment, "status": "paid", "at": paid})
    elif status == "failed":
        # When it failed is not told; the time of the order stays the same however often the order changes afterwards.
        attempt = said({"status": "failed", "method": method, "at": _at(row, "date_created")})
        yield said({**payment, "status": "failed", "attempts": [attempt]})
    elif method and status in ("pending", "on-hold"):
        yield said({**payment, "status": "pending"})


def _refund(row: Fields, currency: str) -> dict[str, object]:
    # One that was only written down may have been sent by other means, or not yet.
    sent, at = row.get("refunded_payment") is True, _at(row, "date_created")
    status = "sent" if sent else "approved"
    times = {"requested_at": at, "sent_at": at if sent else ""}
    return said({"id": text(row, "id"), "amount": _money(text(row, "amount").lstrip("-"), currency), "status": status, **times})
