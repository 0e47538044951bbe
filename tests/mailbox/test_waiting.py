"""Waiting for news on a line that breaks, lies or is quick."""

import asyncio
import time
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import PASSWORD
from tests.mailbox.accounts import Proxied, connected, message
from tests.servers import dovecot as dovecot_server
from triage.errors import ConnectionLostError


async def test_thrown_out_while_waiting(proxied: Proxied, dovecot: dovecot_server.Dovecot) -> None:
    """A wait ends at once when the server ends the session; it does not sleep on a dead line."""
    account, _ = proxied
    await account.mailbox.wait("INBOX", timedelta(seconds=1))
    waiting = asyncio.create_task(account.mailbox.wait("INBOX", timedelta(seconds=30)))
    await asyncio.sleep(0.2)
    dovecot.kick(account.user)
    with pytest.raises(ConnectionLostError):
        await asyncio.wait_for(waiting, 20)
    assert await account.mailbox.wait("INBOX", timedelta(seconds=1))


async def test_news_that_comes_with_the_start_of_idling(proxied: Proxied) -> None:
    """What the server says in one breath with its consent to IDLE is heard, although nothing more arrives on the line."""
    account, proxy = proxied
    await account.mailbox.wait("INBOX", timedelta(seconds=1))
    proxy.rewrites = ((b"+ idling\r\n", b"+ idling\r\n* 5 EXISTS\r\n"),)
    start = time.monotonic()
    assert await account.mailbox.wait("INBOX", timedelta(seconds=20))
    assert time.monotonic() - start < 10


async def test_idle_refused(proxied: Proxied) -> None:
    """A server that announces IDLE and then refuses it is an error, not an endless loop."""
    account, proxy = proxied
    await account.mailbox.wait("INBOX", timedelta(seconds=1))
    proxy.rewrites = ((b"+ idling\r\n", b"* OK not now\r\n"),)
    with pytest.raises(ConnectionLostError):
        await account.mailbox.wait("INBOX", timedelta(seconds=20))


async def test_near_servers_are_asked(dovecot: dovecot_server.Dovecot, dovecot_user: str, tmp_path: Path) -> None:
    """On this machine new mail is noticed well before Dovecot's IDLE would tell, which holds it back for half a second."""
    values = {"server_port": dovecot.imap_port, "user": dovecot_user, "password": PASSWORD}
    median = {}
    for pulse in (0, 50):
        async with connected(tmp_path, pulse=timedelta(milliseconds=pulse), **values) as account:
            await account.mailbox.wait("INBOX", timedelta(seconds=1))
            delays = []
            for number in range(5):
                waiting = asyncio.create_task(account.mailbox.wait("INBOX", timedelta(seconds=10)))
                await asyncio.sleep(0.2)
                await account.put(message(number))
                start = time.monotonic()
                assert await waiting
                delays.append(time.monotonic() - start)
            median[pulse] = sorted(delays)[2]
            assert not await account.mailbox.wait("INBOX", timedelta(milliseconds=200))
    assert median[50] < median[0]
