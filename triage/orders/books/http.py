"""An order system that is asked over HTTP and answers in JSON: in our own form, or in one that the configuration translates."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeAlias
from urllib.parse import quote, urljoin, urlsplit

import httpx

from triage.errors import OrderSystemAwayError, OrderSystemRefusedError
from triage.order import Document, Order, same_number
from triage.order_form import order_of
from triage.orders.books.translated import translated
from triage.sections.orders import HttpSettings

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

#: Answers are a few kilobytes, documents a few megabytes; what is larger was not meant for us.
_LARGEST = 20 << 20
#: It may go better later; any other refusal is for a person to mend.
_LATER = frozenset({408, 425, 429})


def _utc_now() -> datetime:
    return datetime.now(UTC)


class HttpBook:
    """The OrderBook port over HTTP. Redirects are not followed, so that nobody is sent elsewhere with our token."""

    def __init__(self, settings: HttpSettings, *, time_out: float, now: Callable[[], datetime] = _utc_now) -> None:
        self.name = f"order system at {urlsplit(settings.by_number).hostname}"
        self._settings = settings
        self._now = now
        token = settings.token.reveal("orders.http") if settings.token else ""
        headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        self._client = httpx.AsyncClient(timeout=time_out, headers=headers)

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
        answer = await self._answer(url)
        if answer is None:
            raise OrderSystemRefusedError(f"{self.name}: document {document.number or document.where} is not there")
        return answer.content

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _orders(self, template: str, **values: str) -> list[Order]:
        answer = await self._answer(template.format(**{name: quote(value, safe="") for name, value in values.items()}))
        if answer is None:
            return []
        try:
            body: Json = answer.json()
        except ValueError as error:
            raise OrderSystemRefusedError(f"{self.name}: expected JSON") from error
        listed = body.get("orders", [body]) if isinstance(body, dict) else body
        rows = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        return [order_of(self._translated(row)) for row in rows]

    def _translated(self, row: Mapping[str, object]) -> Mapping[str, object]:
        return translated(row, self._settings.fields, self._settings.statuses) if self._settings.fields else row

    async def _answer(self, url: str) -> httpx.Response | None:
        """What it answered; None where there is no such thing."""
        try:
            answer = await self._client.get(url)
        except httpx.TransportError as error:
            raise OrderSystemAwayError(f"{self.name} cannot be reached ({type(error).__name__})") from error
        except (httpx.InvalidURL, ValueError) as error:
            raise OrderSystemRefusedError(f"{self.name}: expected an address that can be asked") from error
        if answer.status_code in (404, 410):
            return None
        if answer.status_code >= 500 or answer.status_code in _LATER:
            raise OrderSystemAwayError(f"{self.name} answers {answer.status_code}")
        if answer.status_code != 200 or len(answer.content) > _LARGEST:
            raise OrderSystemRefusedError(f"{self.name} answers {answer.status_code}: expected 200 and at most {_LARGEST >> 20} MB")
        return answer
