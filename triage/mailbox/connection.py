"""One logged-in IMAP connection, as configured and never weaker: blocking, for one thread at a time."""

import imaplib
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, IMAPClientReadOnlyError, LoginError

from triage.access import Access
from triage.certificate import expires_at
from triage.errors import AuthenticationFailedError, ConnectionLostError
from triage.mailbox import answers, refusals
from triage.mailbox.door import Door
from triage.mailbox.names import Naming
from triage.message import MailboxStatus
from triage.sections.servers import MailboxSettings

#: Beyond the largest part we ask for: no honest literal is longer, and a lying one must not fill the memory.
_LITERAL_MARGIN = 1 << 20
#: Beyond the largest literal: the longest list of messages, or a batch of small ones with what servers add unasked.
_ANSWER_MARGIN = 32 << 20


@dataclass(slots=True, eq=False)
class Connection:
    """A connection with what is known of its server."""

    account: str
    client: IMAPClient
    naming: Naming
    #: Shortest round trip seen at login, in seconds.
    round_trip: float
    #: When the certificate ends that the server showed; None without TLS.
    expires_at: datetime | None = None
    #: State of the selected folder, by our name.
    folder: str = ""
    state: MailboxStatus | None = None
    #: Server names of folders known to be there.
    known: set[str] = field(default_factory=set)

    def has(self, capability: str) -> bool:
        """Whether the server announces it."""
        return bool(self.client.has_capability(capability))

    def open(self, folder: str) -> MailboxStatus:
        """Select a folder afresh; MailboxMissingError when it is not there."""
        self.folder, self.state = "", None
        try:
            selected, read_only = self._select(self.naming.to_server(folder))
        except IMAPClientError as error:
            raise refusals.of_folder(self.account, folder, error) from error
        self.folder, self.state = folder, answers.folder_state(selected, read_only=read_only)
        return self.state

    def _select(self, native: str) -> tuple[Mapping[bytes, object], bool]:
        try:
            return self.client.select_folder(native), False
        except IMAPClientReadOnlyError:
            # The library takes it for an error; mail can be taken in all the same.
            return self.client.select_folder(native, readonly=True), True

    def stay(self, folder: str, uid_validity: int | None = None) -> MailboxStatus:
        """Select a folder unless it is; ConnectionLostError when its UIDs are not those that the caller knows."""
        state = self.state if self.folder == folder and self.state else self.open(folder)
        if uid_validity is not None and state.uid_validity != uid_validity:
            change = f"UIDVALIDITY of {folder} is {state.uid_validity}, not {uid_validity}"
            raise ConnectionLostError(f"mailbox {self.account}: {change}: its UIDs mean other messages now")
        return state

    def cut(self) -> None:
        """Break the connection from another thread, so that whatever waits on it ends at once."""
        with suppress(OSError):
            self.client.socket().shutdown(socket.SHUT_RDWR)

    def drop(self) -> None:
        """Close without a word: after an error nothing more can be said on it."""
        with suppress(OSError, IMAPClientError):
            self.client.shutdown()

    def leave(self) -> None:
        """Log out and close."""
        with suppress(OSError, IMAPClientError):
            self.client.logout()
        self.drop()


def connect(account: str, settings: MailboxSettings, max_octets: int, door: Door, access: Access | None = None) -> Connection:
    """A connection that is logged in and knows the server's naming."""
    password = settings.password.reveal(settings.username) if settings.password else ""
    secret = access.token() if access else password
    door.check(account, secret)
    client = _reach(account, settings)
    try:
        _prepare(client, max_octets)
        if settings.security == "starttls":
            _encrypt(account, client, settings)
        # A server may greet somebody it knows by certificate as already logged in (RFC 9051 §7.1.4).
        if client._imap.state != "AUTH":
            _log_in(account, client, settings.username, secret, access=access, door=door)
        return Connection(account, client, _naming(client), _round_trip(client), expires_at(client.socket()))
    except BaseException:
        with suppress(OSError, IMAPClientError):
            client.shutdown()
        raise


def _reach(account: str, settings: MailboxSettings) -> IMAPClient:
    encrypted = settings.security == "tls"
    context = _tls(settings) if encrypted else None
    try:
        return IMAPClient(settings.host, port=settings.port, ssl=encrypted, ssl_context=context, timeout=settings.timeout.total_seconds())
    except (OSError, IMAPClientError) as error:
        raise refusals.of_connecting(account, f"{settings.host} port {settings.port}", error) from error


def _encrypt(account: str, client: IMAPClient, settings: MailboxSettings) -> None:
    try:
        client.starttls(_tls(settings))
    except (OSError, IMAPClientError) as error:
        raise refusals.of_connecting(account, f"{settings.host} port {settings.port}", error) from error


def _tls(settings: MailboxSettings) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if settings.ca_file:
        context.load_verify_locations(settings.ca_file)
    return context


def _prepare(client: IMAPClient, max_octets: int) -> None:
    # INTERNALDATE with its zone; the default turns it into local time without one.
    client.normalise_times = False
    library: imaplib.IMAP4 = client._imap
    # The library formats every line for a log that nobody reads.
    library.debug = 0
    # Commands go out in several pieces; without this each costs 40 ms of waiting for an acknowledgment (Nagle).
    client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client.socket().setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    bounds = _Bounds(library, max_octets)
    for name, bounded in (("read", bounds.read), ("readline", bounds.readline), ("send", bounds.send)):
        setattr(library, name, bounded)


class _Bounds:
    """How much a server may say at once, and in answer to one command: what it says is held in memory until it ends."""

    def __init__(self, library: imaplib.IMAP4, max_octets: int) -> None:
        self._read, self._readline, self._send = library.read, library.readline, library.send
        self._literal = max_octets + _LITERAL_MARGIN
        self._answer = max_octets + _ANSWER_MARGIN
        self._heard = 0

    def read(self, size: int) -> bytes:
        if size > self._literal:
            raise imaplib.IMAP4.abort(f"the server announced {size} octets")
        self._hear(size)
        return self._read(size)

    def readline(self) -> bytes:
        line = self._readline()
        self._hear(len(line))
        return line

    def send(self, data: bytes) -> None:
        self._heard = 0
        self._send(data)

    def _hear(self, octets: int) -> None:
        self._heard += octets
        if self._heard > self._answer:
            raise imaplib.IMAP4.abort(f"the server said {self._heard} octets and did not come to an end")


def _log_in(account: str, client: IMAPClient, username: str, secret: str, *, access: Access | None, door: Door) -> None:
    try:
        _identify(account, client, username, secret, by_token=access is not None)
    except LoginError as error:
        meant = refusals.of_login(account, error)
        if not isinstance(meant, AuthenticationFailedError):
            raise meant from None
        # A token may have been taken back before its time, so that another one is asked for, once.
        other = access.token(instead_of=secret) if access else secret
        if other == secret:
            door.refused(secret)
            raise meant from None
        _log_in(account, client, username, other, access=_Given(other), door=door)
    except UnicodeEncodeError:
        # Not chained: the error holds the password.
        raise AuthenticationFailedError(f"mailbox {account}: the server takes no password outside ASCII") from None


@dataclass(frozen=True, slots=True)
class _Given:
    """The token there is, and no other."""

    only: str

    def token(self, instead_of: str = "") -> str:
        """Always the same."""
        return self.only


def _identify(account: str, client: IMAPClient, username: str, secret: str, *, by_token: bool) -> None:
    if by_token and client.has_capability("AUTH=OAUTHBEARER"):
        client.oauthbearer_login(username, secret)
    elif by_token:
        client.oauth2_login(username, secret)
    elif client.has_capability("AUTH=PLAIN"):
        client.plain_login(username, secret)
    elif client.has_capability("LOGINDISABLED"):
        raise AuthenticationFailedError(f"mailbox {account}: the server takes no password on a connection without TLS")
    else:
        client.login(username, secret)


def _naming(client: IMAPClient) -> Naming:
    if client.has_capability("NAMESPACE"):
        personal = client.namespace().personal
        if personal:
            prefix, separator = personal[0]
            return Naming(prefix=prefix, separator=separator or "")
    listed = client.list_folders("", "")
    separator = listed[0][1] if listed else b"/"
    return Naming(separator=separator.decode("ascii", "replace") if separator else "")


def _round_trip(client: IMAPClient) -> float:
    times = []
    for _ in range(2):
        start = time.monotonic()
        client.noop()
        times.append(time.monotonic() - start)
    return min(times)
