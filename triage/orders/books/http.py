"""An order system that is asked over HTTP and answers in JSON: in our own form, or in one that the configuration translates."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from urllib.parse import quote, urljoin, urlsplit

from triage.errors import OrderSystemRefusedError
from triage.order import Document, Order, same_number
from triage.order_form import order_of
from triage.orders.books.client import Client, utc_now
from triage.orders.books.translated import translated
from triage.sections.orders import HttpSettings


class HttpBook:
    """The OrderBook port over HTTP."""

    def __init__(self, settings: HttpSettings, *, time_out: float, now: Callable[[], datetime] = utc_now) -> None:
        self.name = f"order system at {urlsplit(settings.by_number).hostname}"
        self._settings = settings
        self._now = now
        token = settings.token.reveal("orders.http") if settings.token else ""
        self._client = Client(self.name, time_out=time_out, headers={"Authorization": f"Bearer {token}"} if token else {})

    async def by_numbers(self, numbers: Sequence[str]) -> list[Order]:
        """The orders that have one of these numbers, one request for each."""
        found: list[Order] = []
        for number in dict.fromkeys(map(same_number, numbers)):
            # An empty number, or one of dots, would ask for something else than an order.
            if number.strip("."):
                answered = await self._orders(self._settings.by_number, number=number)
                found += [order for order in answered if same_number(order.number) == number]
        return found

    async def by_address(self, address: str, limit: int) -> list[Order]:
        """The latest orders of an address, where the order system can be asked for that."""
        if not self._settings.by_address:
            return []
        found = await self._orders(self._settings.by_address, address=address.lower(), limit=str(limit))
        theirs = [order for order in found if address.lower() in {its.lower() for its in (*order.addresses, *order.linked)}]
        return sorted(theirs, key=lambda order: order.placed_at.isoformat() if order.placed_at else "", reverse=True)[:limit]

    async def changed(self, after: str, limit: int) -> tuple[list[Order], str]:
        """Orders that changed after a time; none where the order system cannot be asked for that."""
        if not self._settings.changed or not after:
            return [], after or self._now().isoformat()
        found = await self._orders(self._settings.changed, after=after, limit=str(limit))
        later = [order for order in found if order.updated_at and order.updated_at > datetime.fromisoformat(after)]
        later.sort(key=lambda order: order.updated_at.isoformat() if order.updated_at else "")
        last = later[:limit][-1].updated_at if later else None
        return later[:limit], last.isoformat() if last else after

    async def document(self, order: Order, document: Document) -> bytes:
        """The document's bytes, only from the order system's own host."""
        url = urljoin(urljoin(self._settings.by_number, "/"), document.where)
        if urlsplit(url)[:2] != urlsplit(self._settings.by_number)[:2]:
            raise OrderSystemRefusedError(f"{self.name}: document {document.number} lies on another server, where we ask nobody")
        answer = await self._client.get(url)
        if answer is None:
            raise OrderSystemRefusedError(f"{self.name}: document {document.number or document.where} is not there")
        return answer.content

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _orders(self, template: str, **values: str) -> list[Order]:
        answer = await self._client.get(template.format(**{name: quote(value, safe="") for name, value in values.items()}))
        if answer is None:
            return []
        body = answer.json()
        listed = body.get("orders", [body]) if isinstance(body, dict) else body
        rows = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        return [order_of(self._translated(row)) for row in rows]

    def _translated(self, row: Mapping[str, object]) -> Mapping[str, object]:
        return translated(row, self._settings.fields, self._settings.statuses) if self._settings.fields else row
