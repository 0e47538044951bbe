"""A provider, and sources of tokens on it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.servers import provider as providers
from tests.servers.provider import REFRESH, SECRET, Provider
from triage.oauth.source import TokenSource
from triage.sections.access import OAuthSettings


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A provider on loopback."""
    with providers.running() as running:
        yield running


@dataclass
class Clock:
    """Seconds since the epoch, as told."""

    at: float = 1_800_000_000.0

    def __call__(self) -> float:
        """What it shows."""
        return self.at


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still until it is turned."""
    return Clock()


Made = Callable[..., TokenSource]


@pytest.fixture
def made(provider: Provider, clock: Clock, tmp_path: Path) -> Made:
    """Makes a source with these settings: by a refresh token unless `secret_only`."""
    (tmp_path / "refresh").write_text(REFRESH)
    (tmp_path / "secret").write_text(SECRET)

    def make(*, secret_only: bool = False, **fields: Any) -> TokenSource:
        grant = {"client_secret": {"file": tmp_path / "secret"}} if secret_only else {"refresh_token": {"file": tmp_path / "refresh"}}
        settings = OAuthSettings.model_validate(
            {"token_url": provider.token_url, "client_id": "triage", "timeout": "2s", **grant, **fields}
        )
        return TokenSource("mail", settings, tmp_path / "state", clock=clock)

    return make
