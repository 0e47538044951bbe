"""A server that lies, forgets and floods: every fault is an error of ours within bounds, and an honest session afterwards has it all."""

import asyncio
import time
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import PASSWORD
from tests.mailbox.accounts import Account, connected, fetch_all, message
from tests.servers import liar as lying
from tests.servers.liar import Liar
from triage.errors import AuthenticationFailedError, ConnectionLostError

Told = tuple[Account, Liar]
_HONEST = Liar().tells


@pytest.fixture
async def told(tmp_path: Path) -> AsyncIterator[Told]:
    """An account on the liar, with a time-out of half a second and little memory for messages."""
    async with lying.running() as liar:
        values = {"server_port": liar.port, "user": "ann", "password": PASSWORD, "timeout": "0.5s", "max_octets": 1 << 20}
        async with connected(tmp_path, **values) as account:
            for number in range(3):
                liar.put(message(number))
            yield account, liar


async def breaks(told: Told) -> float:
    """The fault is a lost connection; seconds it took; afterwards, with an honest server, everything is there."""
    account, liar = told
    begun = time.monotonic()
    with pytest.raises(ConnectionLostError):
        await fetch_all(account)
    took = time.monotonic() - begun
    before = liar.given["session"]
    liar.tells, liar.instead, liar.greeting, liar.drips = _HONEST, {}, b"* OK ready\r\n", 0
    assert await fetch_all(account) == [message(number) for number in range(3)]
    assert liar.given["session"] > before
    return took


@pytest.mark.parametrize(
    "literal",
    [
        b"{5}\r\n%s",
        b"{100000}\r\n%s",
        b"{999999999999}\r\n%s",
        b"{99999999999999999999999999}\r\n%s",
        b"{3000000}\r\n%s",
        b"{-1}\r\n%s",
        b"{}\r\n%s",
        b'"%s',
        b"(((((%s",
    ],
)
async def test_literals_of_a_wrong_size(told: Told, literal: bytes) -> None:
    """Too short, too long, absurd or no literal at all: the connection is dropped, no memory taken, and no half message believed."""
    told[1].tells = lambda _uid, content: literal % content
    tracemalloc.start()
    assert await breaks(told) < 10
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 << 20


@pytest.mark.parametrize("command", ["CAPABILITY", "LOGIN", "LIST", "NOOP", "SELECT", "SEARCH", "FETCH"])
@pytest.mark.parametrize(
    "answer", [None, b"", b"* BYE shutting down\r\n", b"TAG NO [UNAVAILABLE] later\r\n"], ids=["mute", "cut", "BYE", "NO"]
)
async def test_each_command_at_its_worst(told: Told, command: str, answer: bytes | None) -> None:
    """Silence, a cut line, BYE and a passing refusal in place of any answer: reported in time, and the connection is never used again."""
    told[1].instead[command] = answer
    assert await breaks(told) < 10


@pytest.mark.parametrize(
    "greeting",
    [
        b"* BYE too busy\r\n",
        b"* PREAUTH welcome\r\n* BYE\r\n",
        b"",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"* OK " + b"x" * 2_000_000 + b"\r\n",
        b"\x00" * 100,
    ],
    ids=["BYE", "PREAUTH", "nothing", "HTTP", "endless", "zeros"],
)
async def test_greetings(told: Told, greeting: bytes) -> None:
    """Turned away, let in unasked, not greeted, or spoken to in another protocol: an error in time, or the work done."""
    told[1].greeting = greeting
    if greeting.startswith(b"* PREAUTH"):
        told[1].instead["CAPABILITY"] = b"* BYE\r\n"
    assert await breaks(told) < 10


async def test_let_in_without_a_password(told: Told) -> None:
    """A server that greets with PREAUTH (RFC 9051 §7.1.4) is worked with, and hears no password."""
    account, liar = told
    liar.greeting = b"* PREAUTH welcome\r\n"
    assert len(await fetch_all(account)) == 3
    assert liar.given["LOGIN"] == 0


async def test_a_greeting_that_drips(told: Told) -> None:
    """A server that needs minutes for its greeting does not hold up the calls after it is well again."""
    told[1].greeting, told[1].drips = b"* OK " + b"x" * 500, 0.2
    assert await breaks(told) < 10


@pytest.mark.parametrize("command", ["SELECT", "SEARCH", "FETCH", "NOOP"])
async def test_floods_of_what_nobody_asked_for(told: Told, command: str) -> None:
    """Untagged responses without end are cut off within bounds of memory."""
    told[1].instead[command] = b"* 1 EXISTS\r\n* 1 FETCH (FLAGS (\\Seen))\r\n" * 1_000_000
    assert await breaks(told) < 15


async def test_what_nobody_asked_for_in_between_is_passed_over(told: Told) -> None:
    """Unsolicited responses among the answers disturb nothing."""
    account, liar = told
    noise = b"* 3 EXISTS\r\n* 0 RECENT\r\n* OK [ALERT] maintenance\r\n* FLAGS (\\Seen)\r\n* 1 FETCH (FLAGS (\\Seen))\r\n"
    liar.tells = lambda uid, content: _HONEST(uid, content) + b")\r\n" + noise + b"* 9 FETCH (UID 999 FLAGS ()"
    assert await fetch_all(account) == [message(number) for number in range(3)]


async def test_one_try_in_five_minutes(told: Told) -> None:
    """A clear no is not asked for again by any connection of the account until the password has changed: no account is locked by us."""
    account, liar = told
    liar.instead["LOGIN"] = b"TAG NO [AUTHENTICATIONFAILED] no\r\n"
    for _ in range(3):
        with pytest.raises(AuthenticationFailedError):
            await account.mailbox.status("INBOX")
        with pytest.raises(AuthenticationFailedError, match="tried again in"):
            await account.mailbox.wait("INBOX", account.settings.timeout)
    assert liar.given["LOGIN"] == 1
    liar.instead.clear()
    secret = account.settings.password
    assert secret
    assert secret.file
    secret.file.write_text("another", encoding="utf-8")
    assert (await account.mailbox.status("INBOX")).exists == 3


@pytest.mark.parametrize("code", [b"UNAVAILABLE", b"LIMIT", b"OVERQUOTA", b"THROTTLED", b"INUSE", b"SERVERBUG"])
async def test_refused_for_now_is_asked_again(told: Told, code: bytes) -> None:
    """What passes by itself is a lost connection, tried again at once when the caller wants."""
    account, liar = told
    liar.instead["LOGIN"] = b"TAG NO [%s] not now\r\n" % code
    for _ in range(2):
        with pytest.raises(ConnectionLostError, match="no login now"):
            await account.mailbox.status("INBOX")
    assert liar.given["LOGIN"] == 2


async def test_the_line_is_busy_while_another_works(told: Told) -> None:
    """A call that waits for its turn behind one that times out is served afterwards, on a connection of its own."""
    account, liar = told
    liar.instead["SEARCH"] = None
    stuck = asyncio.create_task(account.mailbox.uids("INBOX"))
    await asyncio.sleep(0.05)
    behind = asyncio.create_task(account.mailbox.status("INBOX"))
    with pytest.raises(ConnectionLostError):
        await stuck
    assert (await behind).exists == 3
    assert liar.given["session"] == 2
