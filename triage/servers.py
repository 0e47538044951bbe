"""Mailboxes and ways out as the settings describe them, each with the access it needs."""

from triage.mailbox.imap import ImapMailbox
from triage.oauth.source import TokenSource
from triage.sections.servers import ServerSettings, SubmissionSettings
from triage.settings import Settings
from triage.transport.smtp import SmtpTransport


class Servers:
    """Makes them; those that name one grant share its tokens."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        #: By name.
        self.grants = {name: TokenSource(name, its, settings.paths.state) for name, its in settings.oauth.items()}

    def mailbox(self, name: str) -> ImapMailbox:
        """The account of that name."""
        its = self._settings.mailbox[name]
        return ImapMailbox(name, its, access=self._access(its), max_octets=self._settings.read.message_mb << 20)

    def transport(self, its: SubmissionSettings, receipt_address: str = "") -> SmtpTransport:
        """The way out over that server."""
        return SmtpTransport(its, receipt_address, access=self._access(its))

    def _access(self, its: ServerSettings) -> TokenSource | None:
        return self.grants[its.oauth] if its.oauth else None
