"""Shops on Shopify and WooCommerce for tests: a local server that answers in the shape of their public REST formats."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlencode

from tests.orders.places import HttpPlace
from triage.inquiry import OrderBook
from triage.order import Money, Order, OrderStatus
from triage.orders.books.shopify import ShopifyBook
from triage.orders.books.woocommerce import WooCommerceBook
from triage.sections.shops import ShopifySettings, WooCommerceSettings

Json = dict[str, Any]
TENTH = datetime(2026, 11, 10, tzinfo=UTC)


def as_a_shop_knows(order: Order) -> Order:
    """Shops know no delays."""
    return replace(order, status=OrderStatus.SHIPPED) if order.status is OrderStatus.DELAYED else order


class ShopPlace(HttpPlace):
    """What both have in common: orders in their own form, one page after the other."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        (root / "key").write_text("k3y")
        self.key = {"file": root / "key"}
        self.rows: dict[str, Json] = {}
        #: What lies below an order, such as "/7/refunds".
        self.below: dict[str, Any] = {}
        #: The most that a page has, whatever is asked for.
        self.page = 250

    def query(self, url: SplitResult) -> dict[str, str]:
        """What is asked for."""
        return {name: values[0] for name, values in parse_qs(url.query).items()}

    async def fill(self, orders: Sequence[Order], documents: Mapping[str, bytes]) -> None:
        """Let the shop have them, each with an id of its own."""
        for order in orders:
            self.put(self.form(order, self.rows.get(order.number, {}).get("id", len(self.rows) + 1)))

    def put(self, row: Json) -> None:
        """Let the shop have an order in its own form."""
        self.rows[row.get("number") or row["name"]] = row

    def form(self, order: Order, key: int) -> Json:
        """The order as the shop writes it."""
        raise NotImplementedError

    def time_zone(self, at: datetime | None) -> str | None:
        """A time, in the zone of the shop."""
        return at.astimezone(tz=datetime.strptime("-0500", "%z").tzinfo).isoformat() if at else None


class ShopifyPlace(ShopPlace):
    """A shop on Shopify whose orders are called ORD1001 and so on."""

    unknown = frozenset({"history", "documents", "linked", "reason", "expected_at", "shipments", "payments", "refunds"})
    root = "/admin/api/2026-01"

    def settings(self, **more: Any) -> ShopifySettings:  # type: ignore[override]
        """How it is asked."""
        return ShopifySettings(**{"shop": self.base, "token": self.key, "number_prefix": "ORD", **more})

    def open(self) -> OrderBook:
        """The adapter on it; it began to listen for changes on the tenth."""
        return ShopifyBook(self.settings(), time_out=5, now=lambda: TENTH)

    def answer(self, url: SplitResult) -> bytes | None:
        """The list of orders, filtered, sorted and cut into pages; and what lies below them."""
        asked = self.query(url)
        if url.path == f"{self.root}/orders.json":
            return json.dumps({"orders": self.listed_page(asked)}).encode()
        found = self.below.get(url.path.removeprefix(self.root))
        return None if found is None else json.dumps(found).encode()

    def listed_page(self, asked: dict[str, str]) -> list[Json]:
        """One page; the place of the next one is told in the field Link."""
        filters, start = asked, 0
        if "page_info" in asked:
            assert set(asked) == {"limit", "page_info"}
            start, _, text = asked["page_info"].partition(" ")
            filters = json.loads(text)
        assert filters["status"] == "any"
        found = sorted(filter(lambda row: self.fits(row, filters), self.rows.values()), key=lambda row: (row["updated_at"], row["id"]))
        many = min(int(asked["limit"]), self.page)
        here, rest = found[int(start) : int(start) + many], found[int(start) + many :]
        further = urlencode({"limit": asked["limit"], "page_info": f"{int(start) + many} {json.dumps(filters)}"})
        address = f"{self.base}{self.root}/orders.json?{further}"
        self.headers = {"Link": f'<{self.base}/x>; rel="previous", <{address}>; rel="next"'} if rest else {}
        return here

    def fits(self, row: Json, asked: dict[str, str]) -> bool:
        """Whether an order is one of those that are asked for."""
        if "name" in asked:
            return bool(row["name"] == asked["name"])
        if "email" in asked:
            return bool(row["email"] == asked["email"])
        return datetime.fromisoformat(row["updated_at"]) >= datetime.fromisoformat(asked["updated_at_min"])

    def form(self, order: Order, key: int) -> Json:
        """As its Admin API writes an order; without what the tests of all order books do not look at."""
        return {
            "id": key, "name": order.number, "test": False, "email": order.addresses[0], "contact_email": order.addresses[0],
            "created_at": self.time_zone(order.placed_at), "processed_at": self.time_zone(order.placed_at),
            "updated_at": self.time_zone(order.updated_at), "cancelled_at": None, "customer_locale": None, "currency": "EUR",
            "customer": {"id": 7, "email": order.addresses[0], "first_name": "Ann", "last_name": "Customer"},
            "total_price": amount(order.total), "total_tax": amount(order.tax), "total_discounts": amount(order.discount),
            "total_shipping_price_set": priced(order.shipping), "fulfillment_status": "fulfilled", "financial_status": "expired",
            "line_items": [
                {"id": 1, "sku": item.sku, "name": item.name, "quantity": item.quantity, "vendor": None, "price_set": priced(item.price)}
                for item in order.items
            ],
            "fulfillments": [], "refunds": [],
        }  # fmt: skip


class WooCommercePlace(ShopPlace):
    """A shop on WooCommerce with a plugin that numbers its orders."""

    unknown = frozenset({"history", "documents", "linked", "reason", "expected_at", "shipments", "payments", "refunds", "language"})
    root = "/wp-json/wc/v3/orders"

    def settings(self, **more: Any) -> WooCommerceSettings:  # type: ignore[override]
        """How it is asked."""
        return WooCommerceSettings(**{"base_url": self.base, "key": self.key, "secret": self.key, **more})

    def open(self) -> OrderBook:
        """The adapter on it; it began to listen for changes on the tenth."""
        return WooCommerceBook(self.settings(), time_out=5, now=lambda: TENTH)

    def answer(self, url: SplitResult) -> bytes | None:
        """The list of orders, filtered, sorted and cut into pages; and what lies below them."""
        if url.path == self.root:
            return json.dumps(self.listed_page(self.query(url))).encode()
        found = self.below.get(url.path.removeprefix(self.root))
        return None if found is None else json.dumps(found).encode()

    def listed_page(self, asked: dict[str, str]) -> list[Json]:
        """One page; how many there are is told in fields."""
        found = sorted(filter(lambda row: self.fits(row, asked), self.rows.values()), key=lambda row: row["date_modified_gmt"])
        many = min(int(asked.get("per_page", "10")), self.page)
        start = many * (int(asked.get("page", "1")) - 1)
        self.headers = {"X-WP-Total": str(len(found)), "X-WP-TotalPages": str(-(-len(found) // many))}
        return found[start : start + many]

    def fits(self, row: Json, asked: dict[str, str]) -> bool:
        """Whether an order is one of those that are asked for."""
        if "include" in asked:
            return bool(str(row["id"]) == asked["include"])
        if "search" in asked:
            return asked["search"].lower() in json.dumps([row["number"], row["billing"]]).lower()
        if "modified_after" in asked:
            assert (asked["dates_are_gmt"], asked["orderby"], asked["order"]) == ("true", "modified", "asc")
            return bool(row["date_modified_gmt"] > asked["modified_after"])
        return True

    def form(self, order: Order, key: int) -> Json:
        """As its API writes an order; without what the tests of all order books do not look at."""
        local = timedelta(hours=1)
        return {
            "id": key, "number": order.number, "status": "completed", "currency": "EUR",
            "date_created": naive(order.placed_at, local), "date_created_gmt": naive(order.placed_at),
            "date_modified": naive(order.updated_at, local), "date_modified_gmt": naive(order.updated_at),
            "billing": {"first_name": "Ann", "last_name": "Customer", "email": order.addresses[0], "phone": "+49 30 1001"},
            "total": amount(order.total), "total_tax": amount(order.tax), "shipping_total": "4.00", "shipping_tax": "0.95",
            "discount_total": amount(order.discount), "discount_tax": "0.00", "payment_method_title": "Visa", "date_paid_gmt": None,
            "line_items": [
                {"id": 1, "sku": item.sku, "name": item.name, "quantity": item.quantity, "price": 37.77, "subtotal": "37.77",
                 "subtotal_tax": "7.18", "total": "37.77", "total_tax": "7.18"}
                for item in order.items
            ],
            "meta_data": [{"id": 1, "key": "_other", "value": "x"}], "refunds": [],
        }  # fmt: skip


def amount(money: Money | None) -> str:
    """An amount as both write it."""
    return str(money.amount) if money else "0.00"


def priced(money: Money | None) -> Json:
    """An amount in the customer's currency, beside the shop's."""
    return {
        "shop_money": {"amount": "1.00", "currency_code": "USD"},
        "presentment_money": {"amount": amount(money), "currency_code": "EUR"},
    }


def naive(at: datetime | None, ahead: timedelta = timedelta()) -> str | None:
    """A time without a zone."""
    return (at + ahead).astimezone(UTC).replace(tzinfo=None).isoformat() if at else None
