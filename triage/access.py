"""The contract of whoever gets access tokens (OAuth 2.0, RFC 6749), for logins that take no password."""

from typing import Protocol


class Access(Protocol):
    """Access to one provider. Blocking: to be called beside the event loop."""

    def token(self, instead_of: str = "") -> str:
        """An access token that holds for a minute at least; another one where `instead_of` was refused.

        AuthenticationFailedError where the provider gives none, ConnectionLostError where it cannot be asked now.
        """
