"""What an IMAP server and the network can do to us: each fault is named, bounded in time, loses nothing, and the next call goes on."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import PASSWORD, need_dovecot
from tests.mailboxes import Account, connected, message
from tests.servers import chaos
from tests.servers import dovecot as dovecot_server
from triage.errors import AuthenticationFailedError, ConnectionLostError, MailboxMissingError
from triage.mailbox import fetching
from triage.mailbox.imap import ImapMailbox

Proxied = tuple[Account, chaos.Chaos]


@pytest.fixture
async def proxied(dovecot: dovecot_server.Dovecot, dovecot_user: str, tmp_path: Path) -> AsyncIterator[Proxied]:
    """An account behind a proxy that can be told to misbehave; time-outs are short."""
    values = {"server_port": dovecot.imap_port, "user": dovecot_user, "password": PASSWORD, "timeout": "0.5s"}
    async with chaos.in_front_of(dovecot.imap_port) as proxy, connected(tmp_path, port=proxy.port, **values) as account:
        yield account, proxy


async def _fetch_all(account: Account) -> list[bytes]:
    state = await account.mailbox.status("INBOX")
    fetched = await account.mailbox.fetch("INBOX", await account.mailbox.uids("INBOX"), state.uid_validity)
    return [raw.content for raw in fetched]


async def _survives(account: Account, fault: Callable[[], object] = lambda: None) -> float:
    """Seconds until the fault was reported; afterwards everything is there."""
    await account.put(message(1), message(2))
    assert len(await account.mailbox.uids("INBOX")) == 2
    fault()
    start = time.monotonic()
    with pytest.raises(ConnectionLostError):
        await _fetch_all(account)
    return time.monotonic() - start


async def test_thrown_out_by_the_server(proxied: Proxied, dovecot: dovecot_server.Dovecot) -> None:
    """A session that the server ends with BYE is a lost connection, and the next call makes a new one."""
    account, _ = proxied
    await _survives(account, lambda: dovecot.kick(account.user))
    assert await _fetch_all(account) == [message(1), message(2)]


async def test_thrown_out_while_waiting(proxied: Proxied, dovecot: dovecot_server.Dovecot) -> None:
    """A wait ends at once when the server ends the session; it does not sleep on a dead line."""
    account, _ = proxied
    await account.mailbox.wait("INBOX", timedelta(seconds=1))
    waiting = asyncio.create_task(account.mailbox.wait("INBOX", timedelta(seconds=30)))
    await asyncio.sleep(0.2)
    dovecot.kick(account.user)
    with pytest.raises(ConnectionLostError):
        await asyncio.wait_for(waiting, 5)
    assert await account.mailbox.wait("INBOX", timedelta(seconds=1))


async def test_killed_in_the_middle_of_a_message(proxied: Proxied) -> None:
    """A connection that breaks half way through a large message yields no half message."""
    account, proxy = proxied
    large = message(1, "x" * 70 + "\r\n") + b"y" * 70 + b"\r\n" + b"z" * 300_000 + b"MIDDLE" + b"z" * 300_000
    await account.put(large)
    proxy.cut_before_reply = b"MIDDLE"
    with pytest.raises(ConnectionLostError):
        await _fetch_all(account)
    assert proxy.hits == 1
    proxy.calm()
    assert await _fetch_all(account) == [large]


@pytest.mark.parametrize("swallow", [b"RFC822.SIZE", b"BODY[]", b"UIDVALIDITY", b"OK Search"])
async def test_an_answer_that_never_ends(proxied: Proxied, swallow: bytes) -> None:
    """Silence in the middle of an answer is a lost connection after the time-out; what comes later on it is not believed."""
    account, proxy = proxied
    proxy.swallow_from = swallow
    await account.put(message(1))
    start = time.monotonic()
    with pytest.raises(ConnectionLostError):
        await _fetch_all(account)
    assert time.monotonic() - start < 2
    proxy.calm()
    assert await _fetch_all(account) == [message(1)]


async def test_a_server_that_is_stopped(proxied: Proxied, dovecot: dovecot_server.Dovecot) -> None:
    """A hanging server process costs one time-out; its connection is not used again, also when the process wakes."""
    account, _ = proxied
    before = set(dovecot.session_pids())
    await account.mailbox.uids("INBOX")
    [pid] = set(dovecot.session_pids()) - before
    assert await _survives_stopped(account, pid) < 2
    os.kill(pid, signal.SIGCONT)
    assert await _fetch_all(account) == [message(1), message(2)]


async def _survives_stopped(account: Account, pid: int) -> float:
    return await _survives(account, lambda: os.kill(pid, signal.SIGSTOP))


async def test_a_server_that_answers_in_drops(proxied: Proxied) -> None:
    """An answer that dribbles in, each octet in time, is given up on as a whole."""
    account, proxy = proxied
    await account.put(message(1))
    await account.mailbox.uids("INBOX")
    proxy.split, proxy.pause = True, 0.2
    start = time.monotonic()
    with pytest.raises(ConnectionLostError, match="no end of"):
        await account.mailbox.uids("INBOX")
    assert time.monotonic() - start < 3
    proxy.calm()
    assert await _fetch_all(account) == [message(1)]


async def test_a_black_hole(proxied: Proxied) -> None:
    """A server that takes the connection and says nothing is given up on; a broken-off call does not act later."""
    account, proxy = proxied
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
    assert await _fetch_all(account) == [message(1)]


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
    assert time.monotonic() - start < 3


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


async def test_expunged_between_search_and_fetch(proxied: Proxied) -> None:
    """A message that somebody expunges after we saw it is left out, never an empty message."""
    account, _ = proxied
    await account.put(message(1), message(2))
    state = await account.mailbox.status("INBOX")
    uids = await account.mailbox.uids("INBOX")
    await account.beside(lambda client: (client.delete_messages(uids[:1]), client.expunge()), "INBOX")
    assert [raw.content for raw in await account.mailbox.fetch("INBOX", uids, state.uid_validity)] == [message(2)]


async def test_a_body_that_is_nil_or_empty(proxied: Proxied) -> None:
    """NIL and a literal of no octets are no data."""
    account, proxy = proxied
    await account.put(message(1), b"X: y\r\n\r\n")
    await account.mailbox.uids("INBOX")
    size = str(len(message(1))).encode()
    proxy.rewrites = ((b"BODY[] {" + size + b"}\r\n" + message(1), b"BODY[] NIL"), (b"BODY[] {8}\r\nX: y\r\n\r\n", b"BODY[] {0}\r\n"))
    assert await _fetch_all(account) == []
    proxy.calm()
    assert len(await _fetch_all(account)) == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"BODY[] {", b"BODY[] {99999999999"),
        (b"BODY[] {", b'BODY[] "unfinished {'),
        (b"* SEARCH", b"* SEARCH x"),
        (b"[UIDVALIDITY", b"[UIDVALID"),
        (b"* 1 FETCH (", b"* 1 FETCH (("),
        (b"* SEARCH", b"\x00\xff\r\n* SEARCH"),
        (b"OK Fetch completed", b"NO [SERVERBUG] sorry"),
        (b"OK Search completed", b"BAD what"),
    ],
)
async def test_answers_that_make_no_sense(proxied: Proxied, old: bytes, new: bytes) -> None:
    """Lies and garbage are a lost connection, without filling the memory or hanging, and an honest answer is believed afterwards."""
    account, proxy = proxied
    await account.put(message(1))
    proxy.rewrites = ((old, new),)
    with pytest.raises(ConnectionLostError):
        await _fetch_all(account)
    proxy.calm()
    assert await _fetch_all(account) == [message(1)]


@pytest.mark.parametrize("new", [b"X-NOTHING", b'INTERNALDATE "no date" X'])
async def test_a_date_that_is_missing(proxied: Proxied, new: bytes) -> None:
    """A message without a usable INTERNALDATE has no arrival, and is left for the next poll."""
    account, proxy = proxied
    await account.put(message(1))
    await account.mailbox.uids("INBOX")
    proxy.rewrites = ((b"INTERNALDATE", new),)
    assert await account.mailbox.arrivals("INBOX", await account.mailbox.uids("INBOX")) == {}


async def test_uids_left_out_of_an_answer(proxied: Proxied) -> None:
    """A message that the server leaves out is left out here, to be asked for again, and no other is taken for it."""
    account, proxy = proxied
    await account.put(*(message(number) for number in range(5)))
    uids = await account.mailbox.uids("INBOX")
    state = await account.mailbox.status("INBOX")
    proxy.rewrites = ((b"(UID %d " % uids[2], b"(UID 777777 "),)
    fetched = await account.mailbox.fetch("INBOX", uids, state.uid_validity)
    assert [raw.content for raw in fetched] == [message(number) for number in (0, 1, 3, 4)]


async def test_uidvalidity_changes(dovecot: dovecot_server.Dovecot, proxied: Proxied) -> None:
    """After a renumbering the old UIDs are refused for reading and for moving, and the new state is told."""
    account, _ = proxied
    await account.put(message(1))
    before = await account.mailbox.status("INBOX")
    uids = await account.mailbox.uids("INBOX")
    dovecot.admin("mailbox", "update", "-u", account.user, "--uid-validity", str(before.uid_validity + 7), "INBOX")
    for _ in range(2):
        with pytest.raises(ConnectionLostError):
            await account.mailbox.fetch("INBOX", uids, before.uid_validity)
    with pytest.raises(ConnectionLostError, match="UIDVALIDITY"):
        await account.mailbox.move("INBOX", uids, "Done", before.uid_validity)
    assert (await account.mailbox.status("INBOX")).uid_validity == before.uid_validity + 7
    assert await _fetch_all(account) == [message(1)]


@pytest.mark.parametrize("code", [b"[UNAVAILABLE]", b"[LIMIT]", b"[INUSE]", b"Too many simultaneous connections", b"Temporary failure"])
async def test_a_login_refused_for_now(proxied: Proxied, code: bytes) -> None:
    """A server that is busy is no wrong password: it is tried again, and nobody is woken for it."""
    account, proxy = proxied
    proxy.rewrites = ((b"[AUTHENTICATIONFAILED] Authentication failed.", code),)
    wrong = await _with_password(account, "wrong")
    with pytest.raises(ConnectionLostError, match="no login now"):
        await wrong.status("INBOX")
    proxy.calm()
    with pytest.raises(AuthenticationFailedError):
        await wrong.status("INBOX")
    await wrong.close()


async def _with_password(account: Account, password: str) -> ImapMailbox:
    secret = account.settings.password
    assert secret
    assert secret.file
    other = secret.file.with_name("other")
    other.write_text(password, encoding="utf-8")
    return ImapMailbox(
        "support",
        account.settings.model_copy(update={"password": secret.model_copy(update={"file": other}), "timeout": timedelta(seconds=5)}),
    )


async def test_a_connection_that_breaks_during_the_login(proxied: Proxied) -> None:
    """A line cut between name and answer says nothing about the password."""
    account, proxy = proxied
    proxy.cut_before_reply = b"Logged in"
    with pytest.raises(ConnectionLostError):
        await account.mailbox.status("INBOX")
    proxy.calm()
    assert (await account.mailbox.status("INBOX")).exists == 0


async def test_a_password_outside_ascii(proxied: Proxied, dovecot: dovecot_server.Dovecot) -> None:
    """Any password works where the server knows AUTH=PLAIN; elsewhere the refusal does not show it."""
    account, proxy = proxied
    umlaut = await _with_password(account, "Pässwört")
    with pytest.raises(AuthenticationFailedError, match="refused"):
        await umlaut.status("INBOX")
    proxy.rewrites = ((b" AUTH=PLAIN", b""),)
    with pytest.raises(AuthenticationFailedError, match="outside ASCII") as caught:
        await umlaut.status("INBOX")
    assert caught.value.__cause__ is None
    assert "wört" not in str(caught.value)
    await umlaut.close()


@pytest.mark.parametrize(
    "rewrites",
    [
        ((b"* OK [CAPABILITY", b"* BYE [CAPABILITY"),),
        ((b"* OK [CAPABILITY", b"* PREAUTH [CAPABILITY"),),
        ((b"* OK [CAPABILITY", b"garbage [CAPABILITY"),),
        ((b" AUTH=PLAIN", b""), (b" AUTH=LOGIN", b" LOGINDISABLED")),
    ],
)
async def test_greetings_that_turn_us_away(proxied: Proxied, rewrites: tuple[tuple[bytes, bytes], ...]) -> None:
    """BYE, a false PREAUTH, garbage and LOGINDISABLED end the attempt with an error of ours, and the password is not sent."""
    account, proxy = proxied
    proxy.rewrites = rewrites
    with pytest.raises((ConnectionLostError, AuthenticationFailedError)):
        await account.mailbox.status("INBOX")
    assert PASSWORD.encode() not in proxy.said
    assert b"LOGIN" not in proxy.said
    proxy.calm()
    assert (await account.mailbox.status("INBOX")).exists == 0


async def test_an_unknown_certificate(dovecot: dovecot_server.Dovecot, dovecot_user: str, tmp_path: Path) -> None:
    """A certificate that nobody vouches for, or of another host, is refused before anything is said."""
    values = {"server_port": dovecot.imap_port, "user": dovecot_user, "password": PASSWORD}
    for security, port in (("tls", dovecot.imaps_port), ("starttls", dovecot.imap_port)):
        async with connected(tmp_path, port=port, security=security, **values) as account:
            with pytest.raises(ConnectionLostError, match=r"(?i)certificate"):
                await account.mailbox.status("INBOX")
    async with chaos.in_front_of(dovecot.imaps_port) as proxy:
        async with connected(tmp_path, port=proxy.port, security="tls", host="127.0.0.2", ca_file=dovecot.ca_file, **values) as account:
            with pytest.raises(ConnectionLostError):
                await account.mailbox.status("INBOX")


async def test_starttls_taken_away(proxied: Proxied, dovecot: dovecot_server.Dovecot) -> None:
    """When somebody on the way removes STARTTLS from what the server offers, we do not go on without."""
    account, proxy = proxied
    proxy.rewrites = ((b" STARTTLS", b""),)
    mailbox = ImapMailbox("support", account.settings.model_copy(update={"security": "starttls", "ca_file": dovecot.ca_file}))
    with pytest.raises(ConnectionLostError, match="STARTTLS"):
        await mailbox.status("INBOX")
    assert b"AUTHENTICATE" not in proxy.said
    proxy.calm()
    assert (await mailbox.status("INBOX")).exists == 0
    await mailbox.close()


async def test_what_a_folder_may_not_be(proxied: Proxied) -> None:
    """A folder that cannot be made is named in the error; line breaks in a name never become commands."""
    account, proxy = proxied
    await account.put(message(1))
    state = await account.mailbox.status("INBOX")
    uids = await account.mailbox.uids("INBOX")
    with pytest.raises(MailboxMissingError, match="xxx"):
        await account.mailbox.move("INBOX", uids, "x" * 300, state.uid_validity)
    with pytest.raises(MailboxMissingError, match="Control characters"):
        await account.mailbox.move("INBOX", uids, 'x"\r\nA1 DELETE Drafts\r\n', state.uid_validity)
    assert b"\r\nA1 " not in proxy.said
    assert "Drafts" in await account.mailbox.folders()


async def test_a_folder_made_by_somebody_else_meanwhile(proxied: Proxied) -> None:
    """When a person makes the folder between our look and our making it, that is as good."""
    account, proxy = proxied
    await account.put(message(1))
    state = await account.mailbox.status("INBOX")
    uids = await account.mailbox.uids("INBOX")
    await account.beside(lambda client: client.create_folder("Done"))
    proxy.rewrites = ((b'"/" Done\r\n', b'"/" Gone\r\n'),)
    await account.mailbox.move("INBOX", uids, "Done", state.uid_validity)
    assert await account.contents("Done") == [message(1)]


async def test_a_full_mailbox_is_a_matter_of_time(proxied: Proxied) -> None:
    """A server that is over its quota refuses for now; the messages stay where they are."""
    account, proxy = proxied
    await account.put(message(1))
    state = await account.mailbox.status("INBOX")
    uids = await account.mailbox.uids("INBOX")
    proxy.rewrites = ((b"OK Append completed", b"NO [OVERQUOTA] full"), (b"OK [APPENDUID", b"NO [OVERQUOTA"))
    with pytest.raises(ConnectionLostError, match="OVERQUOTA"):
        await account.mailbox.append("INBOX", message(2))
    proxy.rewrites = ((b"OK Create completed", b"NO [OVERQUOTA] full"),)
    with pytest.raises(ConnectionLostError, match="OVERQUOTA"):
        await account.mailbox.move("INBOX", uids, "Done", state.uid_validity)
    proxy.rewrites = ((b"* OK [COPYUID", b"* NO [OVERQUOTA] full "), (b"OK Move completed", b"NO [OVERQUOTA] full"))
    with pytest.raises(ConnectionLostError):
        await account.mailbox.move("INBOX", uids, "Drafts", state.uid_validity)


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


async def test_news_that_comes_with_the_start_of_idling(proxied: Proxied) -> None:
    """What the server says in one breath with its consent to IDLE is heard, although nothing more arrives on the line."""
    account, proxy = proxied
    await account.mailbox.wait("INBOX", timedelta(seconds=1))
    proxy.rewrites = ((b"+ idling\r\n", b"+ idling\r\n* 5 EXISTS\r\n"),)
    start = time.monotonic()
    assert await account.mailbox.wait("INBOX", timedelta(seconds=20))
    assert time.monotonic() - start < 2


async def test_idle_refused(proxied: Proxied) -> None:
    """A server that announces IDLE and then refuses it is an error, not an endless loop."""
    account, proxy = proxied
    await account.mailbox.wait("INBOX", timedelta(seconds=1))
    proxy.rewrites = ((b"+ idling\r\n", b"* OK not now\r\n"),)
    with pytest.raises(ConnectionLostError):
        await account.mailbox.wait("INBOX", timedelta(seconds=20))


async def test_a_keyword_that_is_not_kept(proxied: Proxied) -> None:
    """Where the server keeps no keywords of ours, none is set, and that is no error."""
    account, proxy = proxied
    await account.put(message(1))
    proxy.rewrites = ((b" \\*)]", b")]"),)
    await account.mailbox.add_keyword("INBOX", [1], "$Triaged")
    assert await account.flags("INBOX") == [set()]


async def test_no_personal_namespace(proxied: Proxied) -> None:
    """A server that names no personal namespace is asked for its separator."""
    account, proxy = proxied
    proxy.rewrites = ((b'* NAMESPACE (("" "/")) NIL NIL', b"* NAMESPACE NIL NIL NIL"),)
    await account.mailbox.append("Triage/Orders", message(1))
    assert await account.contents("Triage/Orders") == [message(1)]


async def test_large_folders_are_listed_in_parts(proxied: Proxied, monkeypatch: pytest.MonkeyPatch) -> None:
    """More messages than one answer may hold are listed in several, each message once."""
    account, proxy = proxied
    await account.put(*(message(number) for number in range(7)))
    monkeypatch.setattr(fetching, "_SEARCH_AT_ONCE", 3)
    assert await account.mailbox.uids("INBOX") == [1, 2, 3, 4, 5, 6, 7]
    assert proxy.said.count(b"UID SEARCH") == 3


async def test_nobody_listens_then_somebody_does(tmp_path: Path) -> None:
    """A server that is away is a lost connection at once, also for one that waits; when it is back, all goes on."""
    need_dovecot()
    with dovecot_server.running({"support@shop.example": PASSWORD}) as server:
        values = {"server_port": server.imap_port, "user": "support@shop.example", "password": PASSWORD}
        async with connected(tmp_path, **values) as account:
            await account.put(message(1))
            assert await _fetch_all(account) == [message(1)]
            await asyncio.to_thread(server.stop)
            for _ in range(2):
                with pytest.raises(ConnectionLostError):
                    await account.mailbox.uids("INBOX")
            with pytest.raises(ConnectionLostError):
                await account.mailbox.wait("INBOX", timedelta(seconds=1))
            await asyncio.to_thread(server.start)
            assert await _fetch_all(account) == [message(1)]


async def test_one_connection_too_many(tmp_path: Path) -> None:
    """The server's limit on connections is a matter of time, not of the password."""
    need_dovecot()
    with dovecot_server.running({"support@shop.example": PASSWORD}, connections=1) as server:
        values = {"server_port": server.imap_port, "user": "support@shop.example", "password": PASSWORD}
        async with connected(tmp_path, **values) as first, connected(tmp_path, **values) as second:
            await first.mailbox.uids("INBOX")
            with pytest.raises(ConnectionLostError, match="LIMIT"):
                await second.mailbox.uids("INBOX")
            await first.mailbox.close()
            assert await second.mailbox.uids("INBOX") == []


async def test_near_servers_are_asked(dovecot: dovecot_server.Dovecot, dovecot_user: str, tmp_path: Path) -> None:
    """On this machine new mail is noticed well before Dovecot's IDLE would tell, which holds it back for half a second."""
    values = {"server_port": dovecot.imap_port, "user": dovecot_user, "password": PASSWORD}
    async with connected(tmp_path, pulse=timedelta(milliseconds=50), **values) as account:
        await account.mailbox.wait("INBOX", timedelta(seconds=1))
        delays = []
        for number in range(5):
            waiting = asyncio.create_task(account.mailbox.wait("INBOX", timedelta(seconds=10)))
            await asyncio.sleep(0.2)
            await account.put(message(number))
            start = time.monotonic()
            assert await waiting
            delays.append(time.monotonic() - start)
        assert sorted(delays)[2] < 0.25
        assert not await account.mailbox.wait("INBOX", timedelta(milliseconds=200))


async def test_many_messages_come_in_few_round_trips(proxied: Proxied) -> None:
    """Hundreds of messages are fetched and moved in a handful of commands."""
    account, proxy = proxied
    await account.put(*(message(number) for number in range(300)))
    state = await account.mailbox.status("INBOX")
    uids = await account.mailbox.uids("INBOX")
    proxy.said.clear()
    assert len(await account.mailbox.fetch("INBOX", uids, state.uid_validity)) == 300
    moved = await account.mailbox.move("INBOX", uids, "Done", state.uid_validity)
    assert sorted(moved) == uids
    assert proxy.said.count(b"\r\n") <= 8
