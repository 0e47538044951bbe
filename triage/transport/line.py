"""One SMTP connection, driven phase by phase, so that it is always known whether the server can have taken the message."""

import asyncio
import socket
import ssl
from contextlib import suppress
from datetime import datetime

import aiosmtplib

from triage.access import Access
from triage.certificate import expires_at
from triage.errors import AuthenticationFailedError, TriageError
from triage.outbox import Copy
from triage.ports import BeforeData
from triage.reply import Delivery, DeliveryStatus, Receipt
from triage.sections.servers import SubmissionSettings
from triage.transport import envelope, verdicts
from triage.transport.reach import reach
from triage.transport.verdicts import Phase

#: A refused password is not tried again by other means: that is how accounts get locked.
_AUTH = ("plain", "login", "cram-md5")
_FAREWELL_SECONDS = 1.0


class Line:
    """A connection to the submission server, open or about to be."""

    def __init__(self, settings: SubmissionSettings, receipt_address: str = "", access: Access | None = None) -> None:
        self._access = access
        self._settings = settings
        self._receipt_address = receipt_address
        self._timeout = settings.timeout.total_seconds()
        self._smtp = aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            timeout=self._timeout,
            use_tls=settings.security == "tls",
            start_tls=settings.security == "starttls",
            local_hostname=_own_name(),
            tls_context=None if settings.security == "none" else _tls(settings),
        )
        self._dirty = False
        #: When the certificate ends that the server showed.
        self.expires_at: datetime | None = None
        #: How far the last attempt came.
        self.phase = Phase.CONNECT

    @property
    def usable(self) -> bool:
        """Whether another transaction can be tried on it."""
        return self._smtp.is_connected

    async def open(self) -> Receipt | None:
        """Connect, encrypt and log in as configured; a receipt where that failed."""
        self.phase = Phase.CONNECT
        try:
            reached = await reach(self._settings.host, self._settings.port, self._settings.connect_timeout.total_seconds())
            await self._smtp.connect(sock=reached, port=None, timeout=self._settings.greeting_timeout.total_seconds())
            self.expires_at = expires_at(self._smtp.get_transport_info("ssl_object"))
            await self._smtp.ehlo()
            await self._log_in()
        except aiosmtplib.SMTPResponseException as error:
            self.drop()
            return verdicts.of_reply(Phase.CONNECT, error.code, error.message)
        except AuthenticationFailedError as error:
            self.drop()
            return verdicts.of_no_access(str(error))
        except (aiosmtplib.SMTPException, OSError, TriageError) as error:
            self.drop()
            return verdicts.of_distrust(_words(error)) if _distrusted(error) else verdicts.of_silence(Phase.CONNECT, _words(error))
        return None

    async def _log_in(self) -> None:
        if not self._settings.username:
            return
        if self._access:
            await self._log_in_by_token(self._access)
            return
        password = self._settings.password.reveal(self._settings.username) if self._settings.password else ""
        offered = [method for method in _AUTH if method in self._smtp.supported_auth_methods]
        if not offered:
            raise aiosmtplib.SMTPNotSupported("the server offers no authentication that we know")
        log_in = {"plain": self._smtp.auth_plain, "login": self._smtp.auth_login, "cram-md5": self._smtp.auth_crammd5}[offered[0]]
        await log_in(self._settings.username, password)

    async def _log_in_by_token(self, access: Access) -> None:
        token, username = await asyncio.to_thread(access.token), self._settings.username
        if "xoauth2" not in self._smtp.server_auth_methods:
            raise aiosmtplib.SMTPNotSupported("the server does not offer XOAUTH2")
        try:
            await self._smtp.auth_xoauth2(username, token)
        except aiosmtplib.SMTPAuthenticationError:
            # It may have been taken back before its time.
            await self._smtp.auth_xoauth2(username, await asyncio.to_thread(access.token, token))

    def describe(self) -> str:
        """How the open connection is secured, and as whom."""
        tls = self._smtp.get_transport_info("ssl_object")
        secured = f"encrypted with {tls.version()}" if isinstance(tls, ssl.SSLObject) else "not encrypted"
        return f"{secured}, {'logged in' if self._settings.username else 'without a login'}"

    async def transact(self, delivery: Delivery, before_data: BeforeData, copy: Copy) -> Receipt:
        """What came of one delivery; nothing that a server does raises."""
        refusal = await self._address(delivery)
        if refusal:
            return refusal
        uncopied = await self._copy() if copy is not Copy.NONE else None
        if uncopied and (copy is Copy.REQUIRED or uncopied.host_fault):
            return uncopied
        # Whatever it raises is not of the server, and passes; the caller then lets go of this line.
        if not await before_data(copy is not Copy.NONE and uncopied is None):
            return Receipt(status=DeliveryStatus.DEFERRED, text="stopped before DATA")
        self.phase = Phase.DATA
        try:
            return await self._hand_over(envelope.stuffed(delivery.content))
        except (aiosmtplib.SMTPException, OSError) as error:
            self.drop()
            return verdicts.of_silence(self.phase, _words(error))

    async def _address(self, delivery: Delivery) -> Receipt | None:
        steps = (
            (Phase.MAIL, (b"MAIL", f"FROM:<{delivery.reverse_path}>".encode("ascii"), *self._options(delivery.content))),
            (Phase.RCPT, (b"RCPT", f"TO:<{delivery.recipient}>".encode("ascii"))),
        )
        self.phase = Phase.MAIL
        try:
            if self._dirty:
                await self._smtp.execute_command(b"RSET")
            self._dirty = True
            for self.phase, command in steps:
                reply = await self._smtp.execute_command(*command)
                if reply.code // 100 != 2:
                    return verdicts.of_reply(self.phase, reply.code, reply.message)
        except (aiosmtplib.SMTPException, OSError) as error:
            self.drop()
            return verdicts.of_silence(self.phase, _words(error))
        return None

    async def _copy(self) -> Receipt | None:
        """Name our audit mailbox as a second recipient: one 250 after the dot then covers both (RFC 5321 §4.2.5)."""
        try:
            reply = await self._smtp.execute_command(b"RCPT", f"TO:<{self._receipt_address}>".encode("ascii"))
        except (aiosmtplib.SMTPException, OSError) as error:
            self.drop()
            return verdicts.of_silence(self.phase, _words(error))
        return None if reply.code // 100 == 2 else verdicts.of_copy(reply.code, reply.message)

    def _options(self, content: bytes) -> list[bytes]:
        options = [f"SIZE={len(content)}".encode()] if self._smtp.supports_extension("size") else []
        return [*options, b"BODY=8BITMIME"] if not content.isascii() and self._smtp.supports_extension("8bitmime") else options

    async def _hand_over(self, content: bytes) -> Receipt:
        reply = await self._smtp.execute_command(b"DATA", timeout=self._settings.data_timeout.total_seconds())
        protocol = self._smtp.protocol
        if reply.code != 354 or protocol is None:
            return verdicts.of_reply(Phase.DATA, reply.code, reply.message)
        # The dot waits until everything before it has left: a connection that breaks earlier has surely delivered nothing.
        protocol.write(content)
        await self._all_written()
        protocol.write(b".\r\n")
        self.phase = Phase.DOT
        reply = await protocol.read_response(timeout=self._settings.dot_timeout.total_seconds())
        self._dirty = False
        if reply.code == 421:
            self.drop()
        return verdicts.of_reply(Phase.DOT, reply.code, reply.message)

    async def _all_written(self) -> None:
        async with asyncio.timeout(self._settings.data_timeout.total_seconds()):
            # A transport tells nobody that it has run empty.
            while isinstance(pipe := self._smtp.transport, asyncio.WriteTransport) and pipe.get_write_buffer_size():  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        if pipe is None or pipe.is_closing():
            # A reset empties the buffer as well, and the dot would seem to leave on a connection that is gone.
            raise ConnectionResetError("the connection broke within the message")

    def drop(self) -> None:
        """Close without a word."""
        self._smtp.close()

    async def quit(self) -> None:
        """Take leave and close; the mail is through, so trouble here means nothing."""
        with suppress(aiosmtplib.SMTPException, OSError):
            await self._smtp.quit(timeout=_FAREWELL_SECONDS)
        self.drop()


def _tls(settings: SubmissionSettings) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if settings.ca_file:
        context.load_verify_locations(settings.ca_file)
    return context


def _distrusted(error: BaseException) -> bool:
    # The library wraps what the handshake raised, and says in words only that STARTTLS is not offered.
    unoffered = type(error) is aiosmtplib.SMTPException and "STARTTLS extension not supported" in str(error)
    return unoffered or any(isinstance(it, ssl.SSLCertVerificationError) for it in (error, error.__cause__, error.__context__))


def _words(error: Exception) -> str:
    said = str(error.message) if isinstance(error, aiosmtplib.SMTPException) else str(error)
    return said or type(error).__name__


def _own_name() -> str:
    # Asking the resolver could take longer than everything else; a host without a full name gives its address (RFC 5321 §4.1.3).
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"
