"""Memory of a refused login: servers lock accounts that are knocked at too often, and every connection of an account knocks."""

import hashlib
import time

from triage.errors import AuthenticationFailedError

#: Seconds until the same password is tried again.
_PAUSE = 300.0


class Door:
    """What the connections of one account know together of the last refusal."""

    def __init__(self) -> None:
        self._refused = b""
        self._until = 0.0

    def check(self, account: str, password: str) -> None:
        """AuthenticationFailedError, without asking the server, while it is too early to try the same password again."""
        left = self._until - time.monotonic()
        if left > 0 and self._refused == _digest(password):
            again = f"it is tried again in {left:.0f} seconds, or when it has changed"
            raise AuthenticationFailedError(f"mailbox {account}: the server refused the user name or password; {again}")

    def refused(self, password: str) -> None:
        """The server said a clear no."""
        self._refused, self._until = _digest(password), time.monotonic() + _PAUSE


def _digest(password: str) -> bytes:
    # Only to know it again: the password itself is kept nowhere longer than it takes to send it.
    return hashlib.sha256(password.encode()).digest()
