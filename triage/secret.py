"""Where a password comes from: the environment, a file, the system's keyring or a command, never the configuration itself."""

import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, model_validator

from triage.errors import SettingsError

#: Seconds that a command may take: a login waits for it.
_PATIENCE = 20


class Secret(BaseModel):
    """Where a secret comes from: one of an environment variable, a file, the system's keyring, or what a command prints."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    env: str = ""
    file: Path | None = None
    #: Service name in the keyring; the user name is the account's.
    keyring: str = ""
    #: A program with its arguments, such as a password manager; no shell. Asked at each login.
    command: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_source(self) -> "Secret":
        if sum(map(bool, (self.env, self.file, self.keyring, self.command))) != 1:
            raise ValueError(
                'expected exactly one of {env = "NAME"}, {file = "PATH"}, {keyring = "SERVICE"} or {command = ["PROGRAM", "ARGUMENT"]}'
            )
        return self

    def anchored(self, base: Path) -> "Secret":
        """The same with a relative path below that folder."""
        return self.model_copy(update={"file": base / self.file}) if self.file else self

    def reveal(self, username: str) -> str:
        """The secret itself; SettingsError where its source has none."""
        if self.env:
            if self.env not in os.environ:
                raise SettingsError([f"environment variable {self.env} is not set: expected the password of {username}"])
            return self._filled(os.environ[self.env], f"environment variable {self.env}", username)
        if self.file:
            try:
                return self._filled(self.file.read_text(encoding="utf-8").strip(), str(self.file), username)
            except UnicodeDecodeError:
                # Not chained: the library's error carries the bytes of the secret.
                raise SettingsError([f"{self.file}: not UTF-8: expected a file with the password of {username}"]) from None
            except OSError as error:
                raise SettingsError([f"{self.file}: {error.strerror}: expected a file with the password of {username}"]) from error
        return self._printed(username) if self.command else self._from_keyring(username)

    def _printed(self, username: str) -> str:
        import subprocess

        try:
            # The operator's own program, without a shell; what it says on its standard error is the operator's to see.
            done = subprocess.run(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=_PATIENCE, check=True)  # noqa: S603
            printed = done.stdout.decode("utf-8").strip("\r\n")
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            # Not chained: it may carry what was printed.
            why = f"{self.command[0]}: {type(error).__name__}: expected a command that prints the password of {username}"
            raise SettingsError([why]) from None
        return self._filled(printed, f"the output of {self.command[0]}", username)

    def _from_keyring(self, username: str) -> str:
        import keyring
        import keyring.errors

        try:
            found = keyring.get_password(self.keyring, username)
        except keyring.errors.KeyringError as error:
            raise SettingsError([f"keyring service {self.keyring!r}: {error}: expected the password of {username}"]) from error
        if found is None:
            raise SettingsError([f"keyring service {self.keyring!r} has no password for {username}"])
        return str(found)

    @staticmethod
    def _filled(secret: str, source: str, username: str) -> str:
        if not secret:
            raise SettingsError([f"{source} is empty: expected the password of {username}"])
        return secret
