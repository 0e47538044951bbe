"""A marketplace in small: a mailbox, a way out, a configuration, and the daemon assembled on them."""

import contextlib
import os
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from itertools import count
from pathlib import Path
from typing import TypeVar

from tests.conftest import PASSWORD
from triage.app import App, assembled, reader_pool
from triage.daemon import once
from triage.installation import read_plan
from triage.ports import Reader, Transaction
from triage.sections.places import project_root
from triage.settings import Settings, load
from triage.stores import open_case_store

T = TypeVar("T")
_serial = count(1)

CONFIG = """
mode = "{mode}"
keep_raw = {keep_raw}
authserv_id = "mx.shop.example"
[identity]
address = "{address}"
aliases = ["help@shop.example"]
[mailbox.support]
host = "127.0.0.1"
port = {imap_port}
security = "none"
username = "{user}"
password = {{file = "{password_file}"}}
poll = "1s"
start = "{start}"
timeout = "5s"
{mailbox}
[smtp]
host = "127.0.0.1"
port = {smtp_port}
security = "none"
timeout = "5s"
{smtp}
[departments.finance]
name = "Finance"
address = "finance@shop.example"
[departments.billing]
name = "Billing"
address = "billing@shop.example"
[departments.logistics]
name = "Logistics"
address = "logistics@shop.example"
[departments.technical_support]
name = "Technical support"
address = "tech@shop.example"
[departments.management]
name = "Management"
address = "management@shop.example"
[agents.jane]
name = "Jane Adams"
address = "jane@shop.example"
[reports]
send = []
[people]
notify = "{notify}"
undo = "1s"
[limits]
per_sender_day = {per_sender_day}
per_hour = 100000
per_domain_hour = 100000
per_sender_week = 100000
[read]
workers = 1
time = "{read_time}"
{extra}
"""


@dataclass
class Clock:
    """A clock that stands still until it is turned."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        """The time it shows."""
        return self.at

    def forward(self, **by: float) -> None:
        """Turn it."""
        self.at += timedelta(**by)


class Readers:
    """Reader processes that one test after another borrows: to start them takes longer than most of what they are asked."""

    def __init__(self) -> None:
        self._kept: Reader | None = None
        self._for: tuple[object, ...] = ()

    def lent(self, settings: Settings) -> Reader | None:
        """Those that are running, or None where these settings want others than the first that asked, or a model of their own."""
        wanted = (read_plan(settings), settings.paths.model, settings.read)
        if self._kept is None and settings.paths.model.is_relative_to(project_root()):
            # What one test corrects must not answer in the next: these know of no state.
            aside = settings.paths.model_copy(update={"state": Path("no state")})
            self._kept, self._for = reader_pool(settings.model_copy(update={"paths": aside})), wanted
        return self._kept if self._for == wanted else None

    async def close(self) -> None:
        """Stop them."""
        if self._kept is not None:
            await self._kept.close()


@dataclass
class World:
    """Where a test plays: `write` a message, `settle` what follows, look at what was sent and stored."""

    root: Path
    #: Puts a message into the mailbox.
    post: Callable[[bytes], Awaitable[None]]
    values: dict[str, object]
    readers: Readers
    clock: Clock = field(default_factory=Clock)
    #: What was put there.
    delivered: list[bytes] = field(default_factory=list)

    async def deliver(self, content: bytes) -> None:
        """Somebody writes."""
        self.delivered.append(content)
        await self.post(content)

    def configure(self, **changes: object) -> Settings:
        """The settings, with these values changed from now on."""
        self.values |= changes
        (self.root / "password").write_text(PASSWORD)
        path = self.root / "config" / "triage.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(CONFIG.format(**self.values))
        return load(path)

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.root / "config" / "triage.toml"

    @contextlib.asynccontextmanager
    async def app(self, **changes: object) -> AsyncIterator[App]:
        """The daemon, assembled and not running."""
        settings = self.configure(**changes)
        async with assembled(settings, self.clock, self.readers.lent(settings)) as app:
            yield app

    async def settle(self, **changes: object) -> int:
        """One pass over everything due; how much was done."""
        async with self.app(**changes) as app:
            return await once(app)

    def known(self) -> list[str] | None:
        """Whatever names somebody who may be written to: configuration, mail, authors and requesters; None where the store is elsewhere."""
        path = self.root / "var" / "triage.db"
        if "store =" in str(self.values["extra"]) or not (path.exists() and self.config.exists()):
            return None
        try:
            with closing(sqlite3.connect(path)) as db:
                people = [str(row[0]) for row in db.execute("select author from messages union select requester from cases")]
        except sqlite3.DatabaseError:
            # A test has damaged it on purpose.
            return None
        return [*people, self.config.read_text(), *(content.decode("latin-1") for content in self.delivered)]

    async def ask(self, question: Callable[[Transaction], T]) -> T:
        """What the store answers."""
        store = open_case_store(self.configure())
        try:
            return await store.query(question)
        finally:
            await store.close()


def defaults(root: Path, *, imap_port: int, smtp_port: int, user: str) -> dict[str, object]:
    """Values for CONFIG."""
    return {
        "mode": "live", "keep_raw": "false", "address": "support@shop.example", "imap_port": imap_port, "user": user, "start": "all",
        "password_file": root / "password", "smtp_port": smtp_port, "per_sender_day": 1000, "read_time": "5s", "extra": "", "notify": "off",
        "mailbox": "drafts = false", "smtp": "",
    }  # fmt: skip


def letter(
    body: str,
    *,
    sender: str = "Ann Customer <ann@customer.example>",
    subject: str = "",
    to: str = "support@shop.example",
    message_id: str = "",
    headers: dict[str, str] | None = None,
) -> bytes:
    """A message as a person's mail client would send it."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = message_id or f"<{next(_serial)}.{os.getpid()}@customer.example>"
    for name, value in (headers or {}).items():
        message[name] = value
    message.set_content(body)
    return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
