"""A mailbox behind a proxy, for the tests of faults."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.conftest import PASSWORD
from tests.mailbox.accounts import Proxied, connected
from tests.servers import chaos
from tests.servers import dovecot as dovecot_server


@pytest.fixture
async def proxied(dovecot: dovecot_server.Dovecot, dovecot_user: str, tmp_path: Path) -> AsyncIterator[Proxied]:
    """An account behind a proxy that can be told to misbehave."""
    async with _behind_a_proxy(dovecot, dovecot_user, tmp_path, "5s") as account:
        yield account


@pytest.fixture
async def impatient(dovecot: dovecot_server.Dovecot, dovecot_user: str, tmp_path: Path) -> AsyncIterator[Proxied]:
    """The same with a short time-out, for faults that take one."""
    async with _behind_a_proxy(dovecot, dovecot_user, tmp_path, "1s") as account:
        yield account


@asynccontextmanager
async def _behind_a_proxy(server: dovecot_server.Dovecot, user: str, tmp_path: Path, timeout: str) -> AsyncIterator[Proxied]:
    values = {"server_port": server.imap_port, "user": user, "password": PASSWORD, "timeout": timeout}
    async with chaos.in_front_of(server.imap_port) as proxy, connected(tmp_path, port=proxy.port, **values) as account:
        yield account, proxy
