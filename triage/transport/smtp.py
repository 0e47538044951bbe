"""The Transport port over SMTP submission (RFC 5321, RFC 6409): a few connections kept open and used in turn."""

import asyncio
from datetime import datetime, timedelta

from triage.access import Access
from triage.errors import AuthenticationFailedError, ConnectionLostError, EncryptionRefusedError, TriageError
from triage.outbox import Copy
from triage.ports import BeforeData
from triage.reply import Cause, Delivery, Receipt
from triage.sections.servers import SubmissionSettings
from triage.transport import envelope, verdicts
from triage.transport.line import Line
from triage.transport.verdicts import Phase


class SmtpTransport:
    """Delivers over at most `settings.connections` connections; unused ones are closed after `idle`."""

    def __init__(
        self,
        settings: SubmissionSettings,
        receipt_address: str = "",
        *,
        access: Access | None = None,
        idle: timedelta = timedelta(seconds=30),
    ) -> None:
        self._access = access
        self._settings = settings
        self._receipt_address = receipt_address
        self._idle_seconds = idle.total_seconds()
        self._slots = asyncio.Semaphore(settings.connections)
        #: Open lines that nobody uses, with the timer that ends them; the last one used is used first.
        self._waiting: dict[Line, asyncio.TimerHandle] = {}
        self._farewells: set[asyncio.Task[None]] = set()
        self._opening = asyncio.Lock()
        #: When the certificate ends that the server last showed.
        self.expires_at: datetime | None = None
        #: How often a connection could not be opened, and what came of the last try.
        self._refusals = 0
        self._refusal: Receipt | None = None

    async def send(self, delivery: Delivery, before_data: BeforeData, copy: Copy = Copy.NONE) -> Receipt:
        """What came of one attempt; `before_data` is awaited between the accepted recipient and DATA."""
        fault = envelope.fault(delivery)
        if fault:
            return verdicts.of_ourselves(fault)
        refusals = self._refusals
        async with self._slots:
            while self._waiting:
                line, timer = self._waiting.popitem()
                timer.cancel()
                receipt = await self._use(line, delivery, before_data, copy)
                # A line that was kept may have been closed by the server long ago, which shows only now: take another.
                if line.usable or line.phase is not Phase.MAIL:
                    return receipt
            line = Line(self._settings, self._receipt_address, self._access)
            return await self._open(line, refusals) or await self._use(line, delivery, before_data, copy)

    async def _open(self, line: Line, refusals: int) -> Receipt | None:
        # One after the other: whoever waited meanwhile shares a refusal, and a wrong password is not tried once for each message.
        async with self._opening:
            if self._refusals != refusals:
                return self._refusal
            self._refusal = await line.open()
            self._refusals += self._refusal is not None
            self.expires_at = line.expires_at or self.expires_at
            return self._refusal

    async def _use(self, line: Line, delivery: Delivery, before_data: BeforeData, copy: Copy) -> Receipt:
        try:
            receipt = await line.transact(delivery, before_data, copy)
        except BaseException:
            line.drop()
            raise
        if line.usable:
            self._waiting[line] = asyncio.get_running_loop().call_later(self._idle_seconds, self._retire, line)
        return receipt

    def _retire(self, line: Line) -> None:
        del self._waiting[line]
        farewell = asyncio.create_task(line.quit())
        self._farewells.add(farewell)
        farewell.add_done_callback(self._farewells.discard)

    async def check(self) -> str:
        """What the server is like, without sending; a TriageError that says why it does not let us in, SettingsError without a password."""
        if self._settings.username and self._settings.password:
            # What the settings lack is told as such, and not as something that the server left unsaid.
            self._settings.password.reveal(self._settings.username)
        line = Line(self._settings, access=self._access)
        refusal = await line.open()
        if refusal:
            where = f"smtp {self._settings.host} port {self._settings.port}"
            kinds: dict[Cause, type[TriageError]] = {Cause.LOGIN: AuthenticationFailedError, Cause.ENCRYPTION: EncryptionRefusedError}
            kind = kinds.get(refusal.cause, ConnectionLostError)
            raise kind(f"{where}: {refusal.code or 'no reply'}: {refusal.text}")
        try:
            return f"{self._settings.host} port {self._settings.port}, {line.describe()}"
        finally:
            await line.quit()

    async def close(self) -> None:
        """Quit all open connections; the next delivery opens another."""
        for line, timer in list(self._waiting.items()):
            timer.cancel()
            self._retire(line)
        await asyncio.gather(*self._farewells)
