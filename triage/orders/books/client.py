"""Asks an order system over HTTP: bounded in time and size, never redirected, and left alone for as long as it asks for."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import TypeAlias

import httpx

from triage.errors import OrderSystemAwayError, OrderSystemRefusedError

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

#: Answers are a few kilobytes, documents a few megabytes; what is larger was not meant for us.
_LARGEST = 20 << 20
#: It may go better later; any other refusal is for a person to mend.
_LATER = frozenset({408, 425, 429})
#: However long it asks to be left alone, it is asked again after so many seconds.
_LONGEST_PAUSE = 300.0


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What it answered with 200."""

    #: Who answered, for errors.
    name: str
    content: bytes
    headers: Mapping[str, str]

    def json(self) -> Json:
        """The content as JSON; OrderSystemRefusedError where it is none."""
        try:
            found: Json = json.loads(self.content)
        except (ValueError, RecursionError) as error:
            raise OrderSystemRefusedError(f"{self.name}: expected JSON") from error
        return found


class Client:
    """GET requests to one order system. Redirects are not followed, so that nobody is sent elsewhere with our key."""

    def __init__(
        self,
        name: str,
        *,
        time_out: float,
        headers: Mapping[str, str],
        login: tuple[str, str] | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """`login`: user name and password of HTTP Basic authentication."""
        self.name = name
        self._clock = clock
        self._alone_until = 0.0
        self._client = httpx.AsyncClient(timeout=time_out, headers={"Accept": "application/json", **headers}, auth=login)

    async def get(self, url: str, params: Mapping[str, str] | None = None) -> Answer | None:
        """What it answered; None where there is no such thing."""
        if self._clock() < self._alone_until:
            raise OrderSystemAwayError(f"{self.name} has asked to be left alone for a moment")
        try:
            # An empty table of parameters would take away those that stand in the address.
            async with self._client.stream("GET", url, params=params or None) as answer:
                return await self._taken(answer)
        except httpx.TransportError as error:
            raise OrderSystemAwayError(f"{self.name} cannot be reached ({type(error).__name__})") from error
        except httpx.DecodingError as error:
            raise OrderSystemRefusedError(f"{self.name}: expected a body that can be unpacked") from error
        except (httpx.InvalidURL, ValueError) as error:
            raise OrderSystemRefusedError(f"{self.name}: expected an address that can be asked") from error

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _taken(self, answer: httpx.Response) -> Answer | None:
        code = answer.status_code
        if code in (404, 410):
            return None
        if code >= 500 or code in _LATER:
            self._leave_alone(answer.headers.get("Retry-After", ""))
            raise OrderSystemAwayError(f"{self.name} answers {code}")
        if code in (401, 403):
            raise OrderSystemRefusedError(f"{self.name} answers {code}: expected a key that may read orders")
        content = bytearray()
        async for part in answer.aiter_bytes():
            content += part
            if len(content) > _LARGEST:
                break
        if code != 200 or len(content) > _LARGEST:
            raise OrderSystemRefusedError(f"{self.name} answers {code}: expected 200 and at most {_LARGEST >> 20} MB")
        return Answer(name=self.name, content=bytes(content), headers=answer.headers)

    def _leave_alone(self, wanted: str) -> None:
        """RFC 9110, section 10.2.3: seconds, or a date."""
        try:
            seconds = float(wanted) if not wanted.endswith("GMT") else (parsedate_to_datetime(wanted) - utc_now()).total_seconds()
        except (ValueError, OverflowError):
            return
        if seconds > 0:
            self._alone_until = self._clock() + min(seconds, _LONGEST_PAUSE)
