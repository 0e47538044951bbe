"""An order as Shopify's Admin API writes it, as ours."""

from collections.abc import Iterator, Mapping, Sequence

from triage.fields import Fields, moment, part
from triage.order import Order
from triage.order_form import order_of
from triage.orders.books.rows import link, rows, said, text

#: Its codes of why a payment failed, for which there are words.
_REASONS: Mapping[str, str] = {
    "expired_card": "expired_card",
    "card_declined": "declined",
    "call_issuer": "declined",
    "pick_up_card": "declined",
    "processing_error": "provider_error",
    "insufficient_funds": "insufficient_funds",
    "authentication_required": "authentication_required",
} | dict.fromkeys(
    ("incorrect_number", "invalid_number", "invalid_expiry_date", "invalid_cvc", "incorrect_cvc", "incorrect_zip", "incorrect_address"),
    "incorrect_details",
)
#: Parcels of these states never left.
_NEVER_LEFT = frozenset({"cancelled", "error", "failure"})
_UNPAID = frozenset({"pending", "partially_paid"})
#: What money came in by; a capture takes what was authorized before.
_TAKING = frozenset({"sale", "authorization", "capture"})
_FAILED = frozenset({"failure", "error"})
_REFUNDS = {"success": "sent", "pending": "approved"} | dict.fromkeys(_FAILED, "failed")
_OF_FINANCES = {"pending": "pending", "authorized": "pending"} | dict.fromkeys(("paid", "partially_refunded", "refunded"), "paid")


def shopify_order(row: Fields, transactions: Sequence[Fields] = ()) -> Order | None:
    """The order; None for one of the shop's test mode. `transactions`: attempts to take its payment, where they were asked for."""
    if row.get("test") is True:
        return None
    address, account = text(row, "email", "contact_email"), text(part(row, "customer"), "email")
    fields = {
        "number": text(row, "name"),
        "status": _status(row),
        "placed_at": _at(row, "processed_at", "created_at"),
        "updated_at": _at(row, "updated_at"),
        "customer": _customer(row),
        "addresses": [address] if address else [],
        "linked": [account] if account and account.lower() != address.lower() else [],
        "language": text(row, "customer_locale")[:2].lower(),
        "items": [_item(line, row) for line in rows(row, "line_items")],
        "total": _money(row, "total_price", row),
        "tax": _money(row, "total_tax", row),
        "shipping": _money(row, "total_shipping_price", row),
        "discount": _charged(_money(row, "total_discounts", row)),
        "shipments": [_shipment(parcel) for parcel in _parcels(row)],
        "payments": list(_payments(transactions)) if transactions else _as_a_whole(row),
        "refunds": list(_refunds(row)),
    }
    return order_of(said(fields))


def _status(row: Fields) -> str:
    parcels, whole, paid = _parcels(row), text(row, "fulfillment_status"), text(row, "financial_status")
    if text(row, "cancelled_at") or (paid == "voided" and not parcels):
        return "cancelled"
    if whole == "restocked":
        return "returned"
    if whole == "fulfilled":
        arrived = parcels and all(text(parcel, "shipment_status") == "delivered" for parcel in parcels)
        return "delivered" if arrived else "shipped"
    return "pending" if paid in _UNPAID and not parcels else "processing"


def _at(row: Fields, *names: str) -> str:
    """A time, which it writes in the shop's zone."""
    at = moment(text(row, *names))
    return at.isoformat() if at else ""


def _customer(row: Fields) -> str:
    person = part(row, "customer")
    return f"{text(person, 'first_name')} {text(person, 'last_name')}".strip() or text(part(row, "billing_address"), "name")


def _money(row: Fields, name: str, order: Fields) -> dict[str, str]:
    """In the currency in which the customer sees it, which may be another one than the shop's."""
    shown = part(row, f"{name}_set", "presentment_money")
    if shown:
        return {"amount": text(shown, "amount"), "currency": text(shown, "currency_code")}
    return {"amount": text(row, name), "currency": text(order, "currency")} if text(row, name) else {}


def _charged(money: dict[str, str]) -> dict[str, str]:
    # A discount of nothing is none.
    return money if money.get("amount", "").strip("0.") else {}


def _item(line: Fields, order: Fields) -> dict[str, object]:
    vendor = text(line, "vendor")
    return said(
        {
            "sku": text(line, "sku"),
            "name": text(line, "name", "title"),
            "quantity": text(line, "quantity"),
            "price": _money(line, "price", order),
            "vendor": {"name": vendor} if vendor else None,
        }
    )


def _parcels(row: Fields) -> list[Fields]:
    return [parcel for parcel in rows(row, "fulfillments") if text(parcel, "status") not in _NEVER_LEFT]


def _shipment(parcel: Fields) -> dict[str, object]:
    arrived = text(parcel, "shipment_status") == "delivered"
    return said(
        {
            "carrier": text(parcel, "tracking_company"),
            "tracking_number": text(parcel, "tracking_number"),
            "tracking_url": link(text(parcel, "tracking_url")),
            "status": text(parcel, "shipment_status"),
            "shipped_at": _at(parcel, "created_at"),
            "delivered_at": _at(parcel, "updated_at") if arrived else "",
        }
    )


def _as_a_whole(row: Fields) -> list[dict[str, object]]:
    """The payment as far as the order itself tells of it."""
    status, gateways, total = (
        _OF_FINANCES.get(text(row, "financial_status")),
        row.get("payment_gateway_names"),
        _money(row, "total_price", row),
    )
    if not status or not total:
        return []
    method = str(gateways[-1]) if isinstance(gateways, list) and gateways else ""
    return [said({"status": status, "amount": total, "method": method, "at": _at(row, "processed_at") if status == "paid" else ""})]


def _payments(transactions: Sequence[Fields]) -> Iterator[dict[str, object]]:
    """One for each time that money came in or is to, with the attempts that failed before it."""
    captured = {text(one, "parent_id") for one in transactions if text(one, "kind") == "capture" and text(one, "status") == "success"}
    voided = {text(one, "parent_id") for one in transactions if text(one, "kind") == "void" and text(one, "status") == "success"}
    attempts: list[dict[str, object]] = []
    latest: Fields = {}
    for one in sorted(transactions, key=lambda it: _at(it, "processed_at", "created_at")):
        if text(one, "kind") not in _TAKING or text(one, "id") in captured or one.get("test") is True:
            continue
        if text(one, "status") in _FAILED:
            attempts.append(_attempt(one))
            latest = one
            continue
        yield _payment(one, "cancelled" if text(one, "id") in voided else _taken(one), attempts)
        attempts = []
    if attempts:
        yield _payment(latest, "failed", attempts)


def _taken(one: Fields) -> str:
    return "paid" if text(one, "status") == "success" and text(one, "kind") != "authorization" else "pending"


def _payment(one: Fields, status: str, attempts: Sequence[Mapping[str, object]]) -> dict[str, object]:
    at = _at(one, "processed_at", "created_at") if status == "paid" else ""
    amount = {"amount": text(one, "amount"), "currency": text(one, "currency")}
    return said({"id": text(one, "id"), "method": _method(one), "amount": amount, "status": status, "at": at, "attempts": list(attempts)})


def _attempt(one: Fields) -> dict[str, object]:
    code = text(one, "error_code")
    at = _at(one, "processed_at", "created_at")
    return said({"status": "failed", "at": at, "reason": _REASONS.get(code, code), "method": _method(one)})


def _method(one: Fields) -> str:
    return text(part(one, "payment_details"), "credit_card_company") or text(one, "gateway")


def _refunds(row: Fields) -> Iterator[dict[str, object]]:
    for refund in rows(row, "refunds"):
        for one in rows(refund, "transactions"):
            status = _REFUNDS.get(text(one, "status"))
            if text(one, "kind") == "refund" and status:
                amount = {"amount": text(one, "amount"), "currency": text(one, "currency")}
                times = {"requested_at": _at(refund, "created_at"), "sent_at": _at(one, "processed_at") if status == "sent" else ""}
                yield said({"id": text(one, "id"), "amount": amount, "status": status, "method": _method(one), **times})
