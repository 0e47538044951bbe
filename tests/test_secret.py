"""Passwords from the environment, a file or the keyring; their absence is told, they themselves never."""

import traceback
from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.backends.fail
import keyring.backends.null
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from triage.errors import SettingsError
from triage.secret import Secret
from triage.sections.servers import SmtpSettings

CANARY = "correct horse canary"


class MemoryKeyring(KeyringBackend):
    """A keyring that holds one password for as long as the test lasts."""

    priority = 1  # type: ignore[assignment]

    def get_password(self, service: str, username: str) -> str | None:
        """The password of support at triage-imap."""
        return CANARY if (service, username) == ("triage-imap", "support") else None

    def set_password(self, service: str, username: str, password: str) -> None:
        """Nothing is kept."""

    def delete_password(self, service: str, username: str) -> None:
        """Nothing is kept."""


class LockedKeyring(MemoryKeyring):
    """A keyring whose owner has not unlocked it."""

    def get_password(self, service: str, username: str) -> str | None:
        """Refused."""
        raise KeyringLocked("the collection is locked")


@pytest.fixture
def use_keyring() -> Iterator[type[keyring.core.backend.KeyringBackend]]:
    """The keyring of the system is put back afterwards."""
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


def test_a_secret_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable's value is the password, to the letter."""
    monkeypatch.setenv("TRIAGE_TEST", f" {CANARY}")
    assert Secret(env="TRIAGE_TEST").reveal("support") == f" {CANARY}"


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_secret_from_a_file(tmp_path: Path, ending: str) -> None:
    """The file's content is the password, without the line break that editors add."""
    (tmp_path / "password").write_bytes((f"{CANARY}é{ending}").encode())
    assert Secret(file=tmp_path / "password").reveal("support") == f"{CANARY}é"


def test_a_secret_from_the_keyring(use_keyring: object) -> None:
    """Service and user name lead to the password."""
    use_keyring(MemoryKeyring())
    assert Secret(keyring="triage-imap").reveal("support") == CANARY


@pytest.mark.parametrize(
    ("backend", "said"),
    [
        (MemoryKeyring(), "keyring service 'triage-smtp' has no password for support"),
        (keyring.backends.null.Keyring(), "keyring service 'triage-smtp' has no password for support"),
        (keyring.backends.fail.Keyring(), "keyring service 'triage-smtp': No recommended backend was available"),
        (LockedKeyring(), "keyring service 'triage-smtp': the collection is locked: expected the password of support"),
    ],
    ids=["another service", "null", "no backend", "locked"],
)
def test_a_keyring_without_the_secret_is_told(use_keyring: object, backend: KeyringBackend, said: str) -> None:
    """Missing, absent and locked keyrings are mistakes of the configuration that name the service and the user."""
    use_keyring(backend)
    with pytest.raises(SettingsError) as error:
        Secret(keyring="triage-smtp").reveal("support")
    assert error.value.problems[0].startswith(said)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ({"env": "TRIAGE_NOT_SET"}, "environment variable TRIAGE_NOT_SET is not set: expected the password of support"),
        ({"env": "TRIAGE_EMPTY"}, "environment variable TRIAGE_EMPTY is empty: expected the password of support"),
        ({"file": "missing"}, "missing: No such file or directory: expected a file with the password of support"),
        ({"file": "empty"}, "empty is empty: expected the password of support"),
        ({"file": "blank"}, "blank is empty: expected the password of support"),
        ({"file": "."}, ".: Is a directory: expected a file with the password of support"),
        ({"file": "latin"}, "latin: not UTF-8: expected a file with the password of support"),
    ],
)
def test_a_source_without_a_secret_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: dict[str, str], said: str) -> None:
    """Each way of having no password is one line that names the source and the user."""
    monkeypatch.delenv("TRIAGE_NOT_SET", raising=False)
    monkeypatch.setenv("TRIAGE_EMPTY", "")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").touch()
    (tmp_path / "blank").write_text("\n \n", encoding="utf-8")
    (tmp_path / "latin").write_bytes(f"{CANARY} é".encode("latin-1"))
    with pytest.raises(SettingsError) as error:
        Secret.model_validate(source).reveal("support")
    assert error.value.problems == [said]
    shown = "".join(traceback.format_exception(error.value))
    assert "canary" not in shown.replace(str(tmp_path), "")
    cause = error.value.__cause__
    assert CANARY.encode() not in (cause.object if isinstance(cause, UnicodeDecodeError) else b"")


def test_a_secret_is_not_in_what_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings show where a password comes from, and never the password, also after it was used."""
    monkeypatch.setenv("TRIAGE_TEST", CANARY)
    server = SmtpSettings(host="smtp.shop.example", port=465, username="support", password=Secret(env="TRIAGE_TEST"))
    assert server.password
    assert server.password.reveal("support") == CANARY
    for shown in (repr(server), str(server), server.model_dump_json()):
        assert "TRIAGE_TEST" in shown
        assert "canary" not in shown


@pytest.mark.parametrize("wrong", [{}, {"env": "A", "file": "b"}, {"env": "A", "keyring": "b"}, {"env": "", "keyring": ""}])
def test_a_secret_has_exactly_one_source(wrong: dict[str, str]) -> None:
    """No source and two sources are refused."""
    with pytest.raises(ValueError, match="exactly one of"):
        Secret.model_validate(wrong)


def test_a_command_prints_it() -> None:
    """The line that a program prints, without a shell between."""
    assert Secret(command=("printf", "%s\n", f"{CANARY} $HOME")).reveal("support") == f"{CANARY} $HOME"


@pytest.mark.parametrize("command", [("false",), ("no-such-program",), ("true",), ("printf", "\\377")])
def test_a_command_that_prints_none(command: tuple[str, ...]) -> None:
    """One that fails, is missing, prints nothing or no text: said with its name, and nothing of what it printed."""
    with pytest.raises(SettingsError, match=f"{command[0]}.*expected"):
        Secret(command=command).reveal("support")
