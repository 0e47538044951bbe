"""Tokens are used until they end, rotated refresh tokens are kept before they are used, and what a provider refuses is told in its own word."""

import json
import stat
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.oauth.conftest import Clock, Made
from tests.servers.provider import REFRESH, SECRET, Provider
from triage.errors import AuthenticationFailedError, ConnectionLostError, SettingsError


def test_a_token_is_used_until_it_ends(made: Made, provider: Provider, clock: Clock) -> None:
    """One is asked for, used again while it holds for a minute, and then another; the form is as RFC 6749 §6 asks."""
    source = made(scope="imap smtp")
    assert [source.token(), source.token()] == ["token-1", "token-1"]
    assert provider.asked == [{"grant_type": "refresh_token", "client_id": "triage", "refresh_token": REFRESH, "scope": "imap smtp"}]
    clock.at += 3600 - 61
    assert source.token() == "token-1"
    clock.at += 2
    assert source.token() == "token-2"


def test_one_that_was_refused_is_replaced_once(made: Made, provider: Provider) -> None:
    """Whoever comes second with the same refused token gets the one that took its place."""
    source = made()
    first = source.token()
    assert [source.token(instead_of=first), source.token(instead_of=first)] == ["token-2", "token-2"]
    assert len(provider.asked) == 2


def test_a_client_s_own_credentials(made: Made, provider: Provider) -> None:
    """Without a refresh token the client's secret is the grant (RFC 6749 §4.4)."""
    assert made(secret_only=True).token() == "token-1"
    assert provider.asked == [{"grant_type": "client_credentials", "client_id": "triage", "client_secret": SECRET}]


@pytest.mark.parametrize(
    ("said", "lasts"), [({}, 300), ({"expires_in": "600"}, 600), ({"expires_in": "soon"}, 300), ({"expires_in": None}, 300)]
)
def test_how_long_one_lasts(made: Made, provider: Provider, clock: Clock, said: dict[str, object], lasts: int) -> None:
    """As the provider says, as number or text; five minutes where it says nothing."""
    provider.says = said
    source = made()
    source.token()
    clock.at += lasts - 61
    assert source.token() == "token-1"
    clock.at += 2
    assert source.token() == "token-2"


def test_a_rotated_refresh_token_is_kept(made: Made, provider: Provider, tmp_path: Path) -> None:
    """It lies in the state folder for its owner only, and serves after a new start; the configured one would be refused."""
    provider.rotates = True
    assert made().token() == "token-1"
    kept = tmp_path / "state" / "oauth-mail.json"
    assert json.loads(kept.read_text())["refresh_token"] == "refresh-1"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert REFRESH not in kept.read_text()
    assert made().token() == "token-2"
    assert [form["refresh_token"] for form in provider.asked] == [REFRESH, "refresh-1"]


def test_what_is_configured_anew_counts(made: Made, provider: Provider, tmp_path: Path) -> None:
    """A person consented again: the new refresh token is used, whatever became of the former one."""
    provider.rotates = True
    made().token()
    (tmp_path / "refresh").write_text("granted anew")
    provider.grants.add("granted anew")
    made().token()
    assert provider.asked[-1]["refresh_token"] == "granted anew"


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"refresh_token": "x"}', '{"refresh_token": "x", "of": "y", "expires_at": "never"}'])
def test_a_damaged_file_is_no_obstacle(made: Made, provider: Provider, tmp_path: Path, damage: str) -> None:
    """The configured refresh token is tried."""
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "oauth-mail.json").write_text(damage)
    assert made().token() == "token-1"
    assert provider.asked[0]["refresh_token"] == REFRESH


def test_a_new_one_that_cannot_be_kept(made: Made, provider: Provider, tmp_path: Path) -> None:
    """It is an error that names the file, and no token is used as if nothing had happened."""
    provider.rotates = True
    (tmp_path / "state" / "oauth-mail.new").mkdir(parents=True)
    with pytest.raises(SettingsError, match=r"oauth-mail\.json.*expected to be able to keep"):
        made().token()


def test_a_refusal_is_told_in_its_own_word(made: Made, provider: Provider, clock: Clock, tmp_path: Path) -> None:
    """With no more of what the provider says; it is believed for five minutes, or until the grant has changed."""
    provider.grants.clear()
    source = made()
    with pytest.raises(AuthenticationFailedError) as refused:
        source.token()
    assert str(refused.value) == "oauth.mail: the token endpoint refuses the grant: invalid_grant (400)"
    with pytest.raises(AuthenticationFailedError, match="tried again in 300 seconds, or when it has changed"):
        source.token()
    assert len(provider.asked) == 1
    clock.at += 301
    with pytest.raises(AuthenticationFailedError, match="invalid_grant"):
        source.token()
    (tmp_path / "refresh").write_text("granted anew")
    provider.grants.add("granted anew")
    assert source.token() == "token-3"


@pytest.mark.parametrize(
    ("status", "body", "kind", "said"),
    [
        (401, b'{"error": "invalid_client"}', AuthenticationFailedError, "invalid_client"),
        (403, b"<html>", ConnectionLostError, "cannot be asked"),
        (400, b'{"error": "Bad <b>"}', AuthenticationFailedError, "no reason that could be read"),
        (400, b"[]", AuthenticationFailedError, "no reason that could be read"),
        (429, b"{}", ConnectionLostError, "answered 429"),
        (503, b"{}", ConnectionLostError, "answered 503"),
        (200, b"{}", ConnectionLostError, "answered 200 without a token"),
        (200, b"[1]", ConnectionLostError, "answered 200 without a token"),
        (200, b"{", ConnectionLostError, "cannot be asked"),
    ],
)
def test_what_a_provider_may_say(made: Made, provider: Provider, status: int, body: bytes, kind: type[Exception], said: str) -> None:
    """What a person must mend is told apart from what passes; nothing secret is repeated."""
    provider.instead = (status, body)
    with pytest.raises(kind, match=said) as raised:
        made().token()
    assert REFRESH not in str(raised.value)
    provider.instead = None
    if kind is ConnectionLostError:
        assert made().token()


def test_a_provider_that_is_away(made: Made) -> None:
    """Nobody listens there: it may be better later."""
    with pytest.raises(ConnectionLostError, match=r"oauth\.mail: the token endpoint cannot be asked: ConnectError"):
        made(token_url="http://127.0.0.1:1/token").token()


def test_many_at_once_ask_once(made: Made, provider: Provider) -> None:
    """All connections of an account share a token, however many log in at the same time."""
    source = made()
    threads = [threading.Thread(target=source.token) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(provider.asked) == 1


@pytest.mark.parametrize(
    ("configured", "said", "ends"),
    [
        ({}, {}, None),
        ({"expires": "2027-06-01"}, {}, datetime(2027, 6, 1, tzinfo=UTC)),
        ({}, {"refresh_token_expires_in": 86400}, datetime(2027, 1, 16, 8, 0, tzinfo=UTC)),
        ({"expires": "2027-01-01"}, {"refresh_token_expires_in": 86400}, datetime(2027, 1, 1, tzinfo=UTC)),
    ],
)
def test_when_the_grant_ends(
    made: Made, provider: Provider, configured: dict[str, str], said: dict[str, object], ends: datetime | None
) -> None:
    """As configured, or as the provider says, whichever is sooner; it is remembered over a new start."""
    provider.says |= said
    made(**configured).token()
    assert made(**configured).expires_at == ends
