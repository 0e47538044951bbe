"""Getting in: refused for now or for good, turned away, unencrypted, or not there at all."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import PASSWORD, need_dovecot
from tests.mailbox.accounts import Proxied, connected, fetch_all, message, with_password
from tests.servers import dovecot as dovecot_server
from triage.errors import AuthenticationFailedError, ConnectionLostError, EncryptionRefusedError
from triage.mailbox.imap import ImapMailbox


@pytest.mark.parametrize("code", [b"[UNAVAILABLE]", b"[LIMIT]", b"[INUSE]", b"Too many simultaneous connections", b"Temporary failure"])
async def test_a_login_refused_for_now(proxied: Proxied, code: bytes) -> None:
    """A server that is busy is no wrong password: it is tried again, and nobody is woken for it."""
    account, proxy = proxied
    proxy.rewrites = ((b"[AUTHENTICATIONFAILED] Authentication failed.", code),)
    wrong = await with_password(account, "wrong")
    with pytest.raises(ConnectionLostError, match="no login now"):
        await wrong.status("INBOX")
    proxy.calm()
    with pytest.raises(AuthenticationFailedError):
        await wrong.status("INBOX")
    await wrong.close()


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
    umlaut = await with_password(account, "Pässwört")
    with pytest.raises(AuthenticationFailedError, match="refused"):
        await umlaut.status("INBOX")
    await umlaut.close()
    umlaut = await with_password(account, "Pässwört")
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
    """A certificate that nobody vouches for is refused before anything is said."""
    values = {"server_port": dovecot.imap_port, "user": dovecot_user, "password": PASSWORD}
    for security, port in (("tls", dovecot.imaps_port), ("starttls", dovecot.imap_port)):
        async with connected(tmp_path, port=port, security=security, **values) as account:
            with pytest.raises(EncryptionRefusedError, match=r"(?i)certificate"):
                await account.mailbox.status("INBOX")


async def test_starttls_taken_away(proxied: Proxied, dovecot: dovecot_server.Dovecot) -> None:
    """When somebody on the way removes STARTTLS from what the server offers, we do not go on without."""
    account, proxy = proxied
    proxy.rewrites = ((b" STARTTLS", b""),)
    mailbox = ImapMailbox("support", account.settings.model_copy(update={"security": "starttls", "ca_file": dovecot.ca_file}))
    with pytest.raises(EncryptionRefusedError, match="STARTTLS"):
        await mailbox.status("INBOX")
    assert b"AUTHENTICATE" not in proxy.said
    proxy.calm()
    assert (await mailbox.status("INBOX")).exists == 0
    await mailbox.close()


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


async def test_nobody_listens_then_somebody_does(tmp_path: Path) -> None:
    """A server that is away is a lost connection at once, also for one that waits; when it is back, all goes on."""
    need_dovecot()
    with dovecot_server.running({"support@shop.example": PASSWORD}) as server:
        values = {"server_port": server.imap_port, "user": "support@shop.example", "password": PASSWORD}
        async with connected(tmp_path, **values) as account:
            await account.put(message(1))
            assert await fetch_all(account) == [message(1)]
            await asyncio.to_thread(server.stop)
            for _ in range(2):
                with pytest.raises(ConnectionLostError):
                    await account.mailbox.uids("INBOX")
            with pytest.raises(ConnectionLostError):
                await account.mailbox.wait("INBOX", timedelta(seconds=1))
            await asyncio.to_thread(server.start)
            assert await fetch_all(account) == [message(1)]
