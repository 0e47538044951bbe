"""Mailboxes on real servers, for the tests of the Mailbox port: each with its account and a way to act beside the code under test."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from imapclient import IMAPClient

from tests.servers import chaos
from triage.errors import ConnectionLostError
from triage.mailbox.imap import ImapMailbox
from triage.message import RawMessage
from triage.secret import Secret
from triage.sections.servers import MailboxSettings

T = TypeVar("T")


@dataclass
class Account:
    """An account on a server, and the mailbox under test that is connected to it, perhaps through a proxy."""

    mailbox: ImapMailbox
    #: The server itself.
    port: int
    user: str
    password: str
    settings: MailboxSettings

    async def beside(self, work: Callable[[IMAPClient], T], folder: str = "") -> T:
        """What `work` returns on a connection of the test's own, with a folder selected."""

        def run() -> T:
            with IMAPClient("127.0.0.1", port=self.port, ssl=False, timeout=10) as client:
                client.normalise_times = False
                client.login(self.user, self.password)
                if folder:
                    client.select_folder(folder)
                return work(client)

        return await asyncio.to_thread(run)

    async def put(self, *contents: bytes, folder: str = "INBOX", flags: tuple[str, ...] = (), at: datetime | None = None) -> None:
        """Put messages into a folder."""

        def work(client: IMAPClient) -> None:
            for content in contents:
                client.append(folder, content, flags, at)

        await self.beside(work)

    async def contents(self, folder: str) -> list[bytes]:
        """What lies in a folder now, in the order of UIDs."""
        return await self.beside(
            lambda client: [client.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"] for uid in client.search("ALL")], folder
        )

    async def flags(self, folder: str) -> list[set[str]]:
        """The flags of each message in a folder, \\Recent aside."""
        found = await self.beside(lambda client: [client.get_flags([uid])[uid] for uid in client.search("ALL")], folder)
        return [{flag.decode() for flag in flags} - {"\\Recent"} for flags in found]


def message(number: int, body: str = "text\r\n") -> bytes:
    """A small message with its own Message-ID."""
    return (
        f"From: ann@customer.example\r\nTo: support@shop.example\r\nSubject: number {number}\r\n"
        f"Message-ID: <{number}@customer.example>\r\n\r\n{body}"
    ).encode()


@asynccontextmanager
async def connected(
    tmp_path: Path, *, server_port: int, user: str, password: str, port: int = 0, max_octets: int = 30 << 20,
    pulse: timedelta = timedelta(0), **settings: Any,
) -> AsyncIterator[Account]:  # fmt: skip
    """An account with a mailbox on it, through `port` when that is a proxy; further settings as in the configuration."""
    secret = tmp_path / "password"
    secret.write_text(password, encoding="utf-8")
    values = {"host": "127.0.0.1", "port": port or server_port, "security": "none", "username": user, "password": Secret(file=secret),
              "timeout": "5s", **settings}  # fmt: skip
    checked = MailboxSettings.model_validate(values)
    mailbox = ImapMailbox("support", checked, max_octets=max_octets, pulse=pulse)
    try:
        yield Account(mailbox=mailbox, port=server_port, user=user, password=password, settings=checked)
    finally:
        await mailbox.close()


Proxied = tuple[Account, chaos.Chaos]


async def gathered(batches: AsyncIterator[list[RawMessage]]) -> list[RawMessage]:
    """The messages of all batches."""
    return [raw async for batch in batches for raw in batch]


async def fetch_all(account: Account) -> list[bytes]:
    """Everything in INBOX, through the mailbox under test."""
    state = await account.mailbox.status("INBOX")
    fetched = await gathered(account.mailbox.fetch("INBOX", await account.mailbox.uids("INBOX"), state.uid_validity))
    return [raw.content for raw in fetched]


async def survives(account: Account, fault: Callable[[], object] = lambda: None) -> float:
    """Seconds until the fault was reported; afterwards everything is there."""
    await account.put(message(1), message(2))
    assert len(await account.mailbox.uids("INBOX")) == 2
    fault()
    start = time.monotonic()
    with pytest.raises(ConnectionLostError):
        await fetch_all(account)
    return time.monotonic() - start


async def with_password(account: Account, password: str) -> ImapMailbox:
    """Another mailbox on the account, with that password and an ordinary time-out."""
    secret = account.settings.password
    assert secret
    assert secret.file
    other = secret.file.with_name("other")
    other.write_text(password, encoding="utf-8")
    return ImapMailbox(
        "support",
        account.settings.model_copy(update={"password": secret.model_copy(update={"file": other}), "timeout": timedelta(seconds=5)}),
    )
