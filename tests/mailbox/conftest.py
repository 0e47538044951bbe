"""A mailbox behind a proxy, for the tests of faults."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import PASSWORD
from tests.mailbox.accounts import Proxied, connected
from tests.servers import chaos
from tests.servers import dovecot as dovecot_server


@pytest.fixture
async def proxied(dovecot: dovecot_server.Dovecot, dovecot_user: str, tmp_path: Path) -> AsyncIterator[Proxied]:
    """An account behind a proxy that can be told to misbehave; time-outs are short."""
    values = {"server_port": dovecot.imap_port, "user": dovecot_user, "password": PASSWORD, "timeout": "0.5s"}
    async with chaos.in_front_of(dovecot.imap_port) as proxy, connected(tmp_path, port=proxy.port, **values) as account:
        yield account, proxy
