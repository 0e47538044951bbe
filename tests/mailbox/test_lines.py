"""Lines that break, hang, dribble and swallow: each fault is bounded in time, loses nothing, and the next call goes on."""

import asyncio
import os
import signal
import time
from datetime import timedelta

import pytest

from tests.mailbox.accounts import Account, Proxied, fetch_all, message, survives
from tests.servers import dovecot as dovecot_server
from triage.errors import ConnectionLostError
from triage.mailbox.imap import ImapMailbox


async def test_thrown_out_by_the_server(proxied: Proxied, dovecot: dovecot_server.Dovecot) -> None:
    """A session that the server ends with BYE is a lost connection, and the next call makes a new one."""
    account, _ = proxied
    await survives(account, lambda: dovecot.kick(account.user))
    assert await fetch_all(account) == [message(1), message(2)]


async def test_killed_in_the_middle_of_a_message(proxied: Proxied) -> None:
    """A connection that breaks half way through a large message yields no half message."""
    account, proxy = proxied
    large = message(1, "x" * 70 + "\r\n") + b"y" * 70 + b"\r\n" + b"z" * 300_000 + b"MIDDLE" + b"z" * 300_000
    await account.put(large)
    proxy.cut_before_reply = b"MIDDLE"
    with pytest.raises(ConnectionLostError):
        await fetch_all(account)
    assert proxy.hits == 1
    proxy.calm()
    assert await fetch_all(account) == [large]


@pytest.mark.parametrize("swallow", [b"RFC822.SIZE", b"BODY[]", b"UIDVALIDITY", b"OK Search"])
async def test_an_answer_that_never_ends(impatient: Proxied, swallow: bytes) -> None:
    """Silence in the middle of an answer is a lost connection after the time-out; what comes later on it is not believed."""
    account, proxy = impatient
    proxy.swallow_from = swallow
    await account.put(message(1))
    start = time.monotonic()
    with pytest.raises(ConnectionLostError):
        await fetch_all(account)
    assert time.monotonic() - start < 10
    proxy.calm()
    assert await fetch_all(account) == [message(1)]


async def test_a_server_that_is_stopped(impatient: Proxied, dovecot: dovecot_server.Dovecot) -> None:
    """A hanging server process costs one time-out; its connection is not used again, also when the process wakes."""
    account, _ = impatient
    before = set(dovecot.session_pids())
    await account.mailbox.uids("INBOX")
    [pid] = set(dovecot.session_pids()) - before
    assert await survives_stopped(account, pid) < 15
    os.kill(pid, signal.SIGCONT)
    assert await fetch_all(account) == [message(1), message(2)]


async def survives_stopped(account: Account, pid: int) -> float:
    return await survives(account, lambda: os.kill(pid, signal.SIGSTOP))


async def test_a_server_that_answers_in_drops(impatient: Proxied) -> None:
    """An answer that dribbles in, each octet in time, is given up on as a whole."""
    account, proxy = impatient
    await account.put(message(1))
    await account.mailbox.uids("INBOX")
    proxy.split, proxy.pause = True, 0.4
    start = time.monotonic()
    with pytest.raises(ConnectionLostError, match="no end of"):
        await account.mailbox.uids("INBOX")
    assert time.monotonic() - start < 10
    proxy.calm()
    assert await fetch_all(account) == [message(1)]


async def test_a_black_hole(impatient: Proxied) -> None:
    """A server that takes the connection and says nothing is given up on; a broken-off call does not act later."""
    account, proxy = impatient
    await account.put(message(1))
    proxy.black_hole = True
    with pytest.raises(ConnectionLostError):
        await account.mailbox.uids("INBOX")
    adding = asyncio.create_task(account.mailbox.append("INBOX", message(2)))
    await asyncio.sleep(0.05)
    proxy.black_hole = False
    adding.cancel()
    with pytest.raises(asyncio.CancelledError):
        await adding
    assert await fetch_all(account) == [message(1)]


async def test_a_call_broken_off_before_it_began(proxied: Proxied) -> None:
    """Work that nobody waits for any more is not begun: a message is not moved behind the back of the caller."""
    account, proxy = proxied
    await account.put(message(1))
    proxy.split, proxy.pause = True, 0.002
    moving = asyncio.create_task(account.mailbox.append("INBOX", message(2)))
    await asyncio.sleep(0.02)
    moving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await moving
    await asyncio.sleep(1)
    proxy.calm()
    assert await account.contents("INBOX") == [message(1)]


async def test_close_does_not_wait_for_a_server_that_hangs(proxied: Proxied) -> None:
    """Closing takes two seconds at most, whatever the server does."""
    account, proxy = proxied
    await account.mailbox.uids("INBOX")
    mailbox = ImapMailbox("support", account.settings.model_copy(update={"timeout": timedelta(seconds=30)}))
    await mailbox.uids("INBOX")
    proxy.black_hole = True
    start = time.monotonic()
    await mailbox.close()
    assert time.monotonic() - start < 15


async def test_an_append_whose_answer_is_lost(proxied: Proxied) -> None:
    """The message may be stored although the call failed, and `find` tells before anybody appends it again."""
    account, proxy = proxied
    await account.mailbox.uids("INBOX")
    proxy.cut_after_request = b"text\r\n\r\n"
    with pytest.raises(ConnectionLostError):
        await account.mailbox.append("INBOX", message(1))
    proxy.calm()
    assert list(await account.mailbox.find("INBOX", ["1@customer.example"])) == ["1@customer.example"]


async def test_a_move_whose_answer_is_lost(proxied: Proxied) -> None:
    """Each message is in one of the two folders, once, and `find` says in which."""
    account, proxy = proxied
    await account.put(message(1), message(2))
    state = await account.mailbox.status("INBOX")
    uids = await account.mailbox.uids("INBOX")
    proxy.cut_after_request = b" MOVE "
    with pytest.raises(ConnectionLostError):
        await account.mailbox.move("INBOX", uids, "Done", state.uid_validity)
    proxy.calm()
    ids = ["1@customer.example", "2@customer.example"]
    left, arrived = [await account.mailbox.find(folder, ids) for folder in ("INBOX", "Done")]
    assert sorted([*left, *arrived]) == ids
    assert len(await account.contents("INBOX")) + len(await account.contents("Done")) == 2


async def test_a_call_broken_off_in_the_queue(proxied: Proxied) -> None:
    """Giving up a call that waits for its turn does not disturb the one that is being served."""
    account, proxy = proxied
    await account.put(message(1))
    await account.mailbox.uids("INBOX")
    proxy.split, proxy.pause = True, 0.01
    first = asyncio.create_task(account.mailbox.uids("INBOX"))
    await asyncio.sleep(0.02)
    second = asyncio.create_task(account.mailbox.uids("INBOX"))
    await asyncio.sleep(0.02)
    second.cancel()
    proxy.calm()
    assert len(await first) == 1
