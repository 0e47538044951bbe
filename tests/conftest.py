"""Servers for every test: `dovecot` and `dovecot_user`, `sink`, `postfix_sink`, `embedded`; absent ones skip with the reason."""

import itertools
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.servers import dovecot as dovecot_server
from tests.servers import smtp_sink
from triage.demo import servers as demo_servers

PASSWORD = "a secret of the tests"
_USERS = 400
_fresh = itertools.count()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests on the shared Dovecot run in one worker, so that it starts once."""
    for item in items:
        if "dovecot" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.dovecot)
            item.add_marker(pytest.mark.xdist_group("dovecot"))


def need_dovecot() -> None:
    """Skip where Dovecot is not installed."""
    if dovecot_server.installed() is None:
        pytest.skip("Dovecot is not installed: apt install dovecot-imapd dovecot-lmtpd")


@pytest.fixture(scope="session")
def dovecot() -> Iterator[dovecot_server.Dovecot]:
    """A running Dovecot; take a `dovecot_user` from it rather than share one."""
    need_dovecot()
    with dovecot_server.running({f"user{number}@shop.example": PASSWORD for number in range(_USERS)}) as server:
        yield server


@pytest.fixture
def dovecot_user(dovecot: dovecot_server.Dovecot) -> str:
    """An account on it that no other test has; its password is in `dovecot.users`."""
    return list(dovecot.users)[next(_fresh)]


@pytest.fixture
async def sink() -> AsyncIterator[smtp_sink.Sink]:
    """An SMTP server that does as told."""
    async with smtp_sink.running() as running:
        yield running


@pytest.fixture
def postfix_sink() -> Iterator[smtp_sink.PostfixSink]:
    """Postfix's smtp-sink."""
    if not smtp_sink.postfix_sink_installed():
        pytest.skip("smtp-sink is not installed: apt install postfix")
    with smtp_sink.postfix_sink() as running:
        yield running


@pytest.fixture
async def embedded() -> AsyncIterator[demo_servers.DemoServers]:
    """The embedded IMAP and SMTP servers with the account support@shop.example."""
    async with demo_servers.running({"support@shop.example": PASSWORD}) as running:
        yield running
