"""Embedded mail servers on loopback: every user has a real IMAP account, and what is submitted by SMTP is delivered to it."""

import asyncio
import hmac
import uuid
from abc import ABCMeta
from argparse import Namespace
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache

import aiosmtpd.smtp
import pymap.bytes
from proxyprotocol.sock import SocketInfo
from pymap.backend.dict import Config, Identity, Login
from pymap.backend.dict.mailbox import MailboxData
from pymap.backend.mailbox import MailboxDataInterface
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials.flag import Flag, Wildcard
from pymap.user import UserMetadata
from pysasl import SASLAuth

from triage.demo.boundary import vouched

_HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A message as it was submitted."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    at: datetime


class _PlainHash:
    """Passwords compared as they are: the default hash costs 170 ms a login and protects nothing here."""

    def copy(self, **_settings: object) -> "_PlainHash":
        return self

    def hash(self, value: str) -> str:
        return value

    def verify(self, value: str, digest: str) -> bool:
        return hmac.compare_digest(value.encode(), digest.encode())


def _keep_keywords() -> None:
    # The in-memory mailbox keeps system flags only, and the library has no setting for it;
    # a wildcard among its permanent flags makes it keep keywords too.
    system = vars(MailboxDataInterface)["permanent_flags"].fget

    def permanent_flags(mailbox: object) -> frozenset[Flag]:
        flags: frozenset[Flag] = system(mailbox)
        return flags | {Wildcard}

    setattr(MailboxData, "permanent_flags", property(permanent_flags))  # noqa: B010


@cache
def _ways_to_log_in() -> SASLAuth:
    # The library looks through all installed packages for them: once, not for each connection.
    return SASLAuth.defaults()


class _Config(Config):
    """The library's, with what it makes anew for each connection and each server made once."""

    @property
    def tls_auth(self) -> SASLAuth:
        """The ways to log in."""
        return _ways_to_log_in()


@cache
def _with(method: str) -> type:
    # A class of those that have the method; what it has found out about a class it remembers, as the protocols of `typing` do not.
    return ABCMeta(f"With{method}", (), {"__subclasshook__": classmethod(lambda _cls, other: hasattr(other, method))})


def _know_classes() -> None:
    # The library asks with every piece of every response whether it is one of these.
    for name, method in (("SupportsBytes", "__bytes__"), ("SupportsIndex", "__index__")):
        setattr(pymap.bytes, name, _with(method))


def _make_login(users: Mapping[str, str]) -> Login:
    args = Namespace(
        host=_HOST, port=0, debug=False, cert=None, key=None, tls=False, proxy_protocol=None, passlib_cfg=None,
        demo_data=False, demo_user="-", demo_password="-",
    )  # fmt: skip
    config = _Config.from_args(args, hash_context=_PlainHash(), invalid_user_sleep=0)
    config.apply_context()
    login = Login(config)
    for address, password in users.items():
        login.users_dict[address] = UserMetadata(config, address, password=password)
    return login


# Without slots: aiosmtpd looks at every member of its handler, which a slotted dataclass does not bear before Python 3.11.3.
@dataclass
class DemoServers:
    """The running servers: where they listen, what was submitted, and a way to put mail into an account."""

    users: Mapping[str, str]
    imap_port: int = 0
    smtp_port: int = 0
    #: Whether it writes above what it delivers if its author is genuine.
    vouches: bool = False
    #: Everything submitted by SMTP, in order.
    sent: list[Envelope] = field(default_factory=list)
    #: The part of it that went to addresses without an account here.
    outside: list[Envelope] = field(default_factory=list)
    _login: Login = field(init=False)

    def __post_init__(self) -> None:
        """Make the accounts."""
        _keep_keywords()
        _know_classes()
        self._login = _make_login(self.users)

    def account_of(self, address: str) -> str | None:
        """The account that gets mail for an address: itself, or without its plus-part; None when it lives elsewhere."""
        local, _, domain = address.lower().rpartition("@")
        for candidate in (f"{local}@{domain}", f"{local.partition('+')[0]}@{domain}"):
            if candidate in self.users:
                return candidate
        return None

    async def deliver(self, address: str, content: bytes, at: datetime | None = None) -> int | None:
        """Put a message into the INBOX of the address's account, as arrived `at`; its UID, None when there is no such account."""
        account = self.account_of(address)
        if account is None:
            return None
        async with Identity(account, self._login, None, frozenset()).new_session() as session:
            inbox = await session.mailbox_set.get_mailbox("INBOX")
            message = await inbox.append(AppendMessage(content, at or datetime.now(UTC), frozenset()), recent=True)
        return int(message.uid)

    async def handle_DATA(self, _server: object, _session: object, envelope: aiosmtpd.smtp.Envelope) -> str:  # noqa: N802
        """The reply after the final dot; the name is aiosmtpd's."""
        content = envelope.original_content or b""
        submitted = Envelope(sender=envelope.mail_from or "", recipients=tuple(envelope.rcpt_tos), content=content, at=datetime.now(UTC))
        self.sent.append(submitted)
        trace = f"Return-Path: <{submitted.sender}>\r\nDelivered-To: ".encode()
        confirmed = vouched(content, submitted.sender) if self.vouches else content
        local = [
            await self.deliver(recipient, trace + recipient.encode() + b"\r\n" + confirmed, submitted.at)
            for recipient in submitted.recipients
        ]
        if not all(local):
            self.outside.append(submitted)
        return "250 2.0.0 accepted"

    def authenticate(self, _server: object, _session: object, _envelope: object, _mechanism: str, data: object) -> aiosmtpd.smtp.AuthResult:
        """Whether name and password are those of an account."""
        accepted = False
        if isinstance(data, aiosmtpd.smtp.LoginPassword):
            expected = self.users.get(data.login.decode("utf-8", "replace"))
            accepted = expected is not None and hmac.compare_digest(expected.encode(), data.password)
        # A refusal must not count as handled: the client would wait for a reply for ever.
        return aiosmtpd.smtp.AuthResult(success=accepted, handled=False)


async def _listen_imap(servers: DemoServers, stack: AsyncExitStack, port: int) -> int:
    server = IMAPServer(servers._login, servers._login.config)
    tasks: set[asyncio.Task[None]] = set()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # The event loop only holds weak references; without a strong one a live connection may be collected.
        task = asyncio.current_task()
        if task:
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        try:
            await server(reader, writer, SocketInfo.get(writer, None, unique_id=uuid.uuid4().bytes))
        except (ConnectionError, asyncio.CancelledError):
            # Cancelled only when the servers end; asyncio would log it as an error.
            writer.close()

    listener = await asyncio.start_server(converse, _HOST, port)
    stack.push_async_callback(_end, tasks)
    stack.callback(listener.close)
    return _port_of(listener)


async def _end(tasks: set[asyncio.Task[None]]) -> None:
    pending = list(tasks)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)


async def _listen_smtp(servers: DemoServers, stack: AsyncExitStack, port: int) -> int:
    loop = asyncio.get_running_loop()
    connections: list[aiosmtpd.smtp.SMTP] = []

    def connect() -> aiosmtpd.smtp.SMTP:
        connection = aiosmtpd.smtp.SMTP(
            servers, hostname="localhost", loop=loop, authenticator=servers.authenticate, auth_require_tls=False, enable_SMTPUTF8=True
        )
        connections.append(connection)
        return connection

    listener = await loop.create_server(connect, _HOST, port)
    stack.callback(_hang_up, connections)
    stack.callback(listener.close)
    return _port_of(listener)


def _hang_up(connections: list[aiosmtpd.smtp.SMTP]) -> None:
    for connection in connections:
        if connection.transport:
            connection.transport.close()


def _port_of(listener: asyncio.Server) -> int:
    port: int = listener.sockets[0].getsockname()[1]
    return port


@asynccontextmanager
async def running(users: Mapping[str, str], *, imap_port: int = 0, smtp_port: int = 0, vouches: bool = False) -> AsyncIterator[DemoServers]:
    """The servers for these users (password by address), on free ports unless told which; they end with the block."""
    async with AsyncExitStack() as stack:
        servers = DemoServers({address.lower(): password for address, password in users.items()}, vouches=vouches)
        servers.imap_port = await _listen_imap(servers, stack, imap_port)
        servers.smtp_port = await _listen_smtp(servers, stack, smtp_port)
        yield servers
