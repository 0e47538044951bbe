"""A shop on Shopify, asked over its Admin REST API (https://shopify.dev/docs/api/admin-rest)."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from triage.errors import OrderSystemRefusedError
from triage.fields import Fields, part
from triage.order import Document, Order, same_number
from triage.orders.books.client import Answer, Client, utc_now
from triage.orders.books.rows import begin, follow, readable, rows, since, spelled, text, under_each
from triage.orders.books.shopify_form import shopify_order
from triage.sections.shops import ShopifySettings

#: The most that one page may have.
_PAGE = 250
#: Asked for beyond what is wanted: not all that is found is what was meant.
_SPARE = 20
_NEXT = re.compile(r'<([^<>]{1,2000})>; {0,5}rel="?next"?')
_USED = re.compile(r"(\d{1,6})/(\d{1,6})")
#: Whoever follows changes leaves so much of what we may ask to questions about messages.
_ENOUGH = 0.5


class ShopifyBook:
    """The OrderBook port on a shop's orders. It hands out no documents, and knows no day on which a parcel is expected."""

    def __init__(self, settings: ShopifySettings, *, time_out: float, now: Callable[[], datetime] = utc_now) -> None:
        self.name = f"Shopify shop {urlsplit(settings.base).hostname}"
        self._root = f"{settings.base}/admin/api/{settings.api_version}"
        self._scopes = f"{settings.base}/admin/oauth/access_scopes.json"
        self._prefix = settings.number_prefix
        self._now = now
        headers = {"X-Shopify-Access-Token": settings.token.reveal("orders.shopify")}
        self._client = Client(self.name, time_out=time_out, headers=headers)

    async def by_numbers(self, numbers: Sequence[str]) -> list[Order]:
        """The orders that have one of these numbers, with the attempts to take their payment."""
        return await under_each(numbers, self._numbered)

    async def by_address(self, address: str, limit: int) -> list[Order]:
        """The latest orders of an address."""
        if not address:
            return []
        listed = await self._page({"email": address.lower(), "limit": str(min(limit + _SPARE, _PAGE)), "order": "created_at desc"})
        latest = sorted((row for row in listed if _is_of(row, address.lower())), key=lambda row: text(row, "created_at"), reverse=True)
        return await self._whole(latest[:limit])

    async def changed(self, after: str, limit: int) -> tuple[list[Order], str]:
        """Orders that changed after a mark."""
        begun = since(after)
        if not begun:
            return [], begin(self._now())
        pages = self._pages({"updated_at_min": begun.isoformat(), "order": "updated_at asc", "limit": str(min(limit + 1, _PAGE))})
        found, mark = await follow(pages, after, limit, lambda row: text(row, "updated_at"))
        return readable(found, shopify_order, self.name), mark

    async def document(self, order: Order, document: Document) -> bytes:
        """OrderSystemRefusedError: the shop hands out none."""
        raise OrderSystemRefusedError(f"{self.name}: document {document.number or document.where} of an order is not there")

    async def describe(self) -> str:
        """How many orders the shop has, and what our key may read."""
        scopes = await self._client.get(self._scopes)
        granted = {text(row, "handle") for row in rows(scopes.json(), "access_scopes")} if scopes else set()
        if not granted & {"read_orders", "write_orders"}:
            raise OrderSystemRefusedError(f"{self.name}: the key may not read orders: expected the access scope read_orders")
        counted = await self._client.get(f"{self._root}/orders/count.json", {"status": "any"})
        body = counted.json() if counted else None
        many = f"{text(body, 'count') or 'no'} orders" if isinstance(body, Mapping) else "no orders"
        return many if "read_all_orders" in granted else f"{many}, those of the last 60 days only: the key lacks the scope read_all_orders"

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _numbered(self, number: str) -> list[Order]:
        listed = await self._page({"name": spelled(number, self._prefix), "limit": str(_SPARE)})
        return await self._whole([row for row in listed if same_number(text(row, "name")) == number])

    async def _whole(self, listed: Sequence[Fields]) -> list[Order]:
        """The orders, with what came of attempts to take their payment."""
        taken = await asyncio.gather(*(self._transactions(text(row, "id")) for row in listed))
        orders = (shopify_order(row, transactions) for row, transactions in zip(listed, taken, strict=True))
        return [order for order in orders if order]

    async def _transactions(self, key: str) -> list[Fields]:
        answer = await self._client.get(f"{self._root}/orders/{key}/transactions.json") if key.isdecimal() else None
        return rows(answer.json(), "transactions") if answer else []

    async def _page(self, wanted: Mapping[str, str]) -> list[Fields]:
        answer = await self._client.get(f"{self._root}/orders.json", {"status": "any", **wanted})
        return self._orders(answer)

    async def _pages(self, wanted: Mapping[str, str]) -> AsyncIterator[list[Fields]]:
        answer = await self._client.get(f"{self._root}/orders.json", {"status": "any", **wanted})
        while answer:
            yield self._orders(answer)
            following = _NEXT.search(answer.headers.get("Link", ""))
            # A page is followed within the shop only, so that nobody else is shown our key.
            if not following or not following[1].startswith(f"{self._root}/orders.json?") or _busy(answer):
                return
            answer = await self._client.get(following[1])

    def _orders(self, answer: Answer | None) -> list[Fields]:
        body = answer.json() if answer else None
        if not isinstance(body, Mapping) or not isinstance(body.get("orders"), list):
            raise OrderSystemRefusedError(f"{self.name}: expected a list of orders; are shop and api_version right?")
        return rows(body, "orders")


def _is_of(row: Fields, address: str) -> bool:
    theirs = (text(row, "email"), text(row, "contact_email"), text(part(row, "customer"), "email"))
    return row.get("test") is not True and address in {its.lower() for its in theirs}


def _busy(answer: Answer) -> bool:
    used = _USED.fullmatch(answer.headers.get("X-Shopify-Shop-Api-Call-Limit", ""))
    return used is not None and int(used[1]) > _ENOUGH * int(used[2])
