"""Where a password comes from: the environment, a file or the system's keyring, never the configuration itself."""

import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, model_validator

from triage.errors import SettingsError


class Secret(BaseModel):
    """Where a secret comes from: one of an environment variable, a file, or the system's keyring; never the file itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    env: str = ""
    file: Path | None = None
    #: Service name in the keyring; the user name is the account's.
    keyring: str = ""

    @model_validator(mode="after")
    def _one_source(self) -> "Secret":
        if sum(map(bool, (self.env, self.file, self.keyring))) != 1:
            raise ValueError('expected exactly one of {env = "NAME"}, {file = "PATH"} or {keyring = "SERVICE"}')
        return self

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
        return self._from_keyring(username)

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
