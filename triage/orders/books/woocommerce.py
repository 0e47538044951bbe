"""A shop on WooCommerce, asked over its REST API (https://woocommerce.github.io/woocommerce-rest-api-docs/)."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

from triage.errors import OrderSystemRefusedError
from triage.fields import Fields, part
from triage.order import Document, Order, same_number
from triage.orders.books.client import Answer, Client, utc_now
from triage.orders.books.rows import begin, follow, readable, rows, since, spelled, text, under_each
from triage.orders.books.woocommerce_form import woocommerce_order
from triage.sections.shops import WooCommerceSettings

#: The most that one page may have.
_PAGE = 100
#: Asked for beyond what is wanted: it searches in names and addresses, too.
_SPARE = 20
#: It tells what was modified after a second, not in it.
_SECOND = timedelta(seconds=1)


class WooCommerceBook:
    """The OrderBook port on a shop's orders. It hands out no documents, and knows no day on which a parcel is expected."""

    def __init__(self, settings: WooCommerceSettings, *, time_out: float, now: Callable[[], datetime] = utc_now) -> None:
        self.name = f"WooCommerce shop {urlsplit(settings.base_url).hostname}"
        self._url = f"{settings.base_url}/wp-json/wc/v3/orders"
        self._form = partial(woocommerce_order, statuses=settings.statuses)
        self._prefix = settings.number_prefix
        self._now = now
        login = (settings.key.reveal("orders.woocommerce"), settings.secret.reveal("orders.woocommerce"))
        self._client = Client(self.name, time_out=time_out, headers={}, login=login)

    async def by_numbers(self, numbers: Sequence[str]) -> list[Order]:
        """The orders that have one of these numbers, with their refunds."""
        return await under_each(numbers, self._numbered)

    async def by_address(self, address: str, limit: int) -> list[Order]:
        """The latest orders of an address."""
        if not address:
            return []
        listed = await self._page({"search": address.lower(), "per_page": str(min(limit + _SPARE, _PAGE))})
        theirs = [row for row in listed if text(part(row, "billing"), "email").lower() == address.lower()]
        latest = sorted(theirs, key=lambda row: text(row, "date_created_gmt"), reverse=True)
        return await self._whole(latest[:limit])

    async def changed(self, after: str, limit: int) -> tuple[list[Order], str]:
        """Orders that changed after a mark."""
        begun = since(after)
        if not begun:
            return [], begin(self._now())
        from_ = (begun - _SECOND).replace(tzinfo=None).isoformat(timespec="seconds")
        wanted = {"modified_after": from_, "dates_are_gmt": "true", "orderby": "modified", "order": "asc"}
        found, mark = await follow(self._pages(wanted, limit), after, limit, lambda row: text(row, "date_modified_gmt"))
        return readable(found, self._form, self.name), mark

    async def document(self, order: Order, document: Document) -> bytes:
        """OrderSystemRefusedError: the shop hands out none."""
        raise OrderSystemRefusedError(f"{self.name}: document {document.number or document.where} of an order is not there")

    async def describe(self) -> str:
        """How many orders the shop has."""
        answer = await self._client.get(self._url, {"per_page": "1"})
        self._orders(answer)
        return f"{answer.headers.get('X-WP-Total', 'unknown') if answer else 'no'} orders"

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _numbered(self, number: str) -> list[Order]:
        # Numbers are ids, unless a plugin gives out others; these are searched for.
        listed = await self._page({"include": number}) if number.isascii() and number.isdecimal() else []
        found = _of(number, listed) or _of(number, await self._page({"search": spelled(number, self._prefix), "per_page": str(_PAGE)}))
        return await self._whole(found)

    async def _whole(self, listed: Sequence[Fields]) -> list[Order]:
        """The orders, with when and how money was paid back."""
        refunds = await asyncio.gather(*map(self._refunds, listed))
        orders = (self._form(row, refunds=its) for row, its in zip(listed, refunds, strict=True))
        return [order for order in orders if order]

    async def _refunds(self, row: Fields) -> list[Fields]:
        key = text(row, "id")
        answer = await self._client.get(f"{self._url}/{key}/refunds") if rows(row, "refunds") and key.isdecimal() else None
        return rows(answer.json()) if answer else []

    async def _page(self, wanted: Mapping[str, str]) -> list[Fields]:
        return self._orders(await self._client.get(self._url, wanted))

    async def _pages(self, wanted: Mapping[str, str], limit: int) -> AsyncIterator[list[Fields]]:
        page, last = 1, 1
        while page <= last:
            answer = await self._client.get(self._url, {**wanted, "per_page": str(min(limit + 1, _PAGE)), "page": str(page)})
            yield self._orders(answer)
            said = answer.headers.get("X-WP-TotalPages", "") if answer else ""
            page, last = page + 1, int(said) if said.isdecimal() else last

    def _orders(self, answer: Answer | None) -> list[Fields]:
        body = answer.json() if answer else None
        if not isinstance(body, list):
            raise OrderSystemRefusedError(f"{self.name}: expected a list of orders; is base_url right, and WooCommerce's REST API on?")
        return rows(body)


def _of(number: str, listed: Sequence[Fields]) -> list[Fields]:
    return [row for row in listed if same_number(text(row, "number", "id")) == number]
