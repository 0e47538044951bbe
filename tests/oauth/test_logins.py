"""Logins by token: on Dovecot, which asks the provider about each, and on an SMTP server that does as told."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import need_dovecot
from tests.mailbox.accounts import message
from tests.oauth.conftest import Made
from tests.servers import dovecot as dovecot_server
from tests.servers.dovecot import Dovecot
from tests.servers.provider import USER, Provider
from tests.servers.smtp_sink import Sink
from tests.transport.making import DEFERRED, DELIVERY, SENT, go_on
from triage.errors import AuthenticationFailedError, ConnectionLostError
from triage.mailbox.imap import ImapMailbox
from triage.reply import Cause
from triage.sections.servers import MailboxSettings, SmtpSettings
from triage.transport.smtp import SmtpTransport


@pytest.fixture
def guarded(provider: Provider) -> Iterator[Dovecot]:
    """A Dovecot that takes tokens and no passwords."""
    need_dovecot()
    with dovecot_server.running({}, introspection=provider.introspection) as server:
        yield server


def account(server: Dovecot, made: Made, **fields: object) -> ImapMailbox:
    """A mailbox on it."""
    values = {"host": "127.0.0.1", "port": server.imap_port, "security": "none", "username": USER, "oauth": "mail", "timeout": "5s"}
    return ImapMailbox("support", MailboxSettings.model_validate(values | fields), access=made())


async def test_on_dovecot(guarded: Dovecot, made: Made, provider: Provider) -> None:
    """By OAUTHBEARER; a token that was taken back is replaced within the same login, and after a new start there is no difference."""
    mailbox = account(guarded, made)
    await mailbox.append("INBOX", message(1))
    assert len(await mailbox.uids("INBOX")) == 1
    provider.tokens.clear()
    await mailbox.renew()
    assert len(await mailbox.uids("INBOX")) == 1
    assert len(provider.asked) == 2
    provider.tokens.clear()
    provider.grants.clear()
    await mailbox.renew()
    with pytest.raises(AuthenticationFailedError, match=r"oauth\.mail: the token endpoint refuses the grant: invalid_grant"):
        await mailbox.uids("INBOX")
    await mailbox.close()
    log = (guarded.root / "dovecot.log").read_text(errors="replace")
    assert "method=OAUTHBEARER" in log


async def test_a_token_that_nobody_takes(guarded: Dovecot, made: Made, provider: Provider) -> None:
    """Two are tried, and then none for a while: a lasting refusal is not knocked at."""
    mailbox = account(guarded, made, username="another@shop.example")
    with pytest.raises(AuthenticationFailedError, match="refused the user name or password"):
        await mailbox.uids("INBOX")
    asked = len(provider.asked)
    with pytest.raises(AuthenticationFailedError, match="it is tried again in"):
        await mailbox.uids("INBOX")
    assert (asked, len(provider.asked)) == (2, 2)
    await mailbox.close()


async def test_a_provider_that_is_away_is_no_refusal(guarded: Dovecot, made: Made, provider: Provider) -> None:
    """The login waits for it, and then succeeds."""
    provider.instead = (503, b"{}")
    mailbox = account(guarded, made)
    with pytest.raises(ConnectionLostError, match="answered 503"):
        await mailbox.uids("INBOX")
    provider.instead = None
    assert await mailbox.uids("INBOX") == []
    await mailbox.close()


def transport(sink: Sink, made: Made) -> SmtpTransport:
    """A way out over the sink."""
    sink.extensions = ("AUTH XOAUTH2 OAUTHBEARER",)
    values = {"host": "127.0.0.1", "port": sink.port, "security": "none", "timeout": "5s", "username": USER, "oauth": "mail"}
    return SmtpTransport(SmtpSettings.model_validate(values), access=made())


async def test_over_smtp(sink: Sink, made: Made, provider: Provider) -> None:
    """By XOAUTH2, with another token where the first one is refused; no token is ever in what is told."""
    sink.script["auth"] = ["535 5.7.8 expired"]
    way = transport(sink, made)
    receipt = await way.send(DELIVERY, go_on)
    assert (receipt.status, len(provider.asked)) == (SENT, 2)
    assert [command.split()[1] for command in sink.commands if command.startswith("AUTH")] == ["XOAUTH2", "XOAUTH2"]
    await way.close()


@pytest.mark.parametrize(
    ("fault", "cause"), [("auth", Cause.LOGIN), ("grant", Cause.LOGIN), ("away", Cause.HOST), ("unoffered", Cause.HOST)]
)
async def test_where_it_lets_nobody_in(sink: Sink, made: Made, provider: Provider, fault: str, cause: Cause) -> None:
    """What a person must mend is told apart from what passes, and the message waits."""
    way = transport(sink, made)
    if fault == "auth":
        sink.always["auth"] = "535 5.7.8 no"
    if fault == "grant":
        provider.grants.clear()
    if fault == "away":
        provider.instead = (503, b"{}")
    if fault == "unoffered":
        sink.extensions = ("AUTH PLAIN",)
    receipt = await way.send(DELIVERY, go_on)
    assert (receipt.status, receipt.cause) == (DEFERRED, cause)
    assert "token-" not in receipt.text
    await way.close()


def test_a_folder_that_is_not_there_yet(made: Made, tmp_path: Path) -> None:
    """The state folder is made at the first login."""
    assert not (tmp_path / "state").exists()
    made().token()
    assert (tmp_path / "state").is_dir()
