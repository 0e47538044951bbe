"""Access by OAuth 2.0: where tokens come from, for providers that take no password."""

from datetime import date, timedelta
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, model_validator

from triage.secret import Secret
from triage.sections.values import LOOPBACK, Duration, Section


def _token_url(value: str) -> str:
    url = urlsplit(value)
    if url.scheme != "https" and not (url.scheme == "http" and url.hostname in LOOPBACK):
        raise ValueError("expected the token endpoint of your provider, https://…")
    return value


class OAuthSettings(Section):
    """One grant: a refresh token where a person has consented, or else the client's own credentials."""

    token_url: Annotated[str, AfterValidator(_token_url)]
    client_id: str
    client_secret: Secret | None = None
    #: Kept up to date in the state folder where the provider gives a new one with each access token.
    refresh_token: Secret | None = None
    #: As the provider names it; several are separated by spaces.
    scope: str = ""
    #: The day on which the client's secret or the consent ends, where you know it: an alarm sounds before.
    expires: date | None = None
    #: For anything that waits on the provider.
    timeout: Duration = timedelta(seconds=20)

    @model_validator(mode="after")
    def _granted(self) -> "OAuthSettings":
        if not (self.client_secret or self.refresh_token):
            raise ValueError("expected client_secret, refresh_token, or both")
        return self
