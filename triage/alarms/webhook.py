"""Alarms by HTTP: one POST a notice, signed where a secret is configured, to a pager or a chat."""

import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import datetime

from triage.alarm import Alarm, Notice
from triage.errors import TemporaryError

#: A pager that does not answer must not keep the other channels waiting.
_TIMEOUT_SECONDS = 10.0


class WebhookChannel:
    """The AlarmChannel port on a URL. The body is JSON with kind, text, since, state and at; nothing personal is in an alarm."""

    name = "webhook"

    def __init__(self, url: str, secret: str = "") -> None:
        self._url = url
        self._secret = secret.encode()

    async def tell(self, notices: Sequence[Notice], standing: Sequence[Alarm], now: datetime) -> None:
        """Post each notice; TemporaryError where the other side does not take one, and the rest is told again with it."""
        import httpx

        try:
            async with httpx.AsyncClient(timeout=_TIMEOUT_SECONDS) as client:
                for notice in notices:
                    body = _body(notice, now)
                    answer = await client.post(self._url, content=body, headers=self._headers(body))
                    answer.raise_for_status()
        except httpx.HTTPStatusError as error:
            # The URL may hold a secret, so it is never part of the words.
            raise TemporaryError(f"alarms.webhook answered {error.response.status_code}: expected 2xx") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise TemporaryError(f"alarms.webhook: {type(error).__name__}: expected a server that answers") from error

    def _headers(self, body: bytes) -> dict[str, str]:
        headers = {"Content-Type": "application/json"}
        if self._secret:
            headers["X-Triage-Signature"] = "sha256=" + hmac.new(self._secret, body, hashlib.sha256).hexdigest()
        return headers


def _body(notice: Notice, now: datetime) -> bytes:
    alarm = notice.alarm
    content = {"kind": alarm.kind, "text": alarm.text, "since": alarm.since.isoformat(), "state": notice.state, "at": now.isoformat()}
    return json.dumps(content, ensure_ascii=False).encode()
