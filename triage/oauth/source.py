"""The Access port over a provider's token endpoint (RFC 6749 §4.4, §6): tokens are used until they end, a rotated one is never lost."""

import fcntl
import hashlib
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from triage.errors import AuthenticationFailedError, ConnectionLostError, SettingsError
from triage.logs import get_logger
from triage.oauth.keep import Kept, read_kept, write_kept
from triage.sections.access import OAuthSettings

#: A token is renewed so many seconds before it ends: a login takes a moment, and clocks differ.
_MARGIN = 60.0
#: Where the provider does not say how long one lasts (RFC 6749 §5.1).
_UNSAID = 300.0
#: Seconds until a grant that was refused is tried again; providers lock clients that knock too often.
_PAUSE = 300.0
#: RFC 6749 §5.2; anything else a provider says is not repeated.
_CODE = re.compile(r"[a-z_]{1,60}")
_log = get_logger("oauth")


class TokenSource:
    """The grant [oauth.NAME], shared by every login that names it."""

    def __init__(self, name: str, settings: OAuthSettings, state: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._name = name
        self._settings = settings
        self._path = state / f"oauth-{name}.json"
        self._clock = clock
        self._turn = threading.Lock()
        self._token = ""
        self._until = 0.0
        #: The last refusal, of which grant, and until when it is believed.
        self._refusal = ("", "", 0.0)

    @property
    def expires_at(self) -> datetime | None:
        """When the grant itself ends, as far as it is known."""
        day = self._settings.expires
        said = read_kept(self._path).expires_at
        configured = datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None
        return min((at for at in (configured, said) if at), default=None)

    def token(self, instead_of: str = "") -> str:
        """An access token that holds for a minute at least."""
        with self._turn:
            if not self._token or self._token == instead_of or self._clock() > self._until - _MARGIN:
                self._renew()
            return self._token

    def _renew(self) -> None:
        with self._alone():
            kept = read_kept(self._path)
            refresh_token = self._refresh_token(kept)
            digest = _digest(refresh_token)
            why, which, until = self._refusal
            if which == digest and self._clock() < until:
                raise AuthenticationFailedError(f"{why}; it is tried again in {until - self._clock():.0f} seconds, or when it has changed")
            try:
                said = self._ask(refresh_token)
            except AuthenticationFailedError as error:
                self._refusal = (str(error), digest, self._clock() + _PAUSE)
                raise
            # On the disk before it is used: with the old one gone at the provider, a crash in between would lock us out.
            self._keep(said, kept)
        self._token, self._until = str(said["access_token"]), self._clock() + _seconds(said.get("expires_in"), _UNSAID)
        _log.info("token_renewed", grant=self._name, seconds=round(self._until - self._clock()))

    def _refresh_token(self, kept: Kept) -> str:
        secret = self._settings.refresh_token
        if secret is None:
            return ""
        configured = secret.reveal(f"oauth.{self._name}")
        # What an operator has configured anew since counts more than what became of the former one.
        return kept.refresh_token if kept.refresh_token and kept.of == _digest(configured) else configured

    def _ask(self, refresh_token: str) -> Mapping[str, object]:
        # Most installations need no provider, and the library takes a tenth of a second to import.
        import httpx

        its = self._settings
        where = f"oauth.{self._name}: the token endpoint"
        form = {"grant_type": "refresh_token" if refresh_token else "client_credentials", "client_id": its.client_id}
        form |= {"refresh_token": refresh_token} if refresh_token else {}
        form |= {"client_secret": its.client_secret.reveal(f"oauth.{self._name}")} if its.client_secret else {}
        form |= {"scope": its.scope} if its.scope else {}
        try:
            answer = httpx.post(its.token_url, data=form, timeout=its.timeout.total_seconds(), headers={"Accept": "application/json"})
            said = answer.json() if answer.headers.get("content-type", "").startswith("application/json") else {}
        except (httpx.HTTPError, ValueError) as error:
            # Not chained: a library's error may carry what was sent.
            raise ConnectionLostError(f"{where} cannot be asked: {type(error).__name__}") from None
        if 400 <= answer.status_code < 500 and answer.status_code not in (408, 429):
            raise AuthenticationFailedError(f"{where} refuses the grant: {_code(said)} ({answer.status_code})")
        if answer.status_code != 200 or not isinstance(said, dict) or not said.get("access_token"):
            raise ConnectionLostError(f"{where} answered {answer.status_code} without a token")
        return said

    def _keep(self, said: Mapping[str, object], kept: Kept) -> None:
        fresh, secret = said.get("refresh_token"), self._settings.refresh_token
        lasts = _seconds(said.get("refresh_token_expires_in"), 0.0)
        if not lasts and not (isinstance(fresh, str) and fresh and secret):
            return
        ends = datetime.fromtimestamp(self._clock(), UTC) + timedelta(seconds=lasts) if lasts else kept.expires_at
        of = _digest(secret.reveal(f"oauth.{self._name}")) if secret else ""
        try:
            write_kept(self._path, Kept(refresh_token=str(fresh or kept.refresh_token), of=of, expires_at=ends))
        except OSError as error:
            raise SettingsError([f"{self._path}: {error.strerror}: expected to be able to keep the new refresh token"]) from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Two processes that use one refresh token at once would lose it, where it is rotated."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _seconds(said: object, otherwise: float) -> float:
    # Some providers write the number as text.
    try:
        return max(0.0, float(str(said))) if said is not None else otherwise
    except ValueError:
        return otherwise


def _code(said: object) -> str:
    code = said.get("error") if isinstance(said, dict) else None
    return code if isinstance(code, str) and _CODE.fullmatch(code) else "no reason that could be read"
