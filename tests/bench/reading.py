"""Messages per second of `read`, beside a bare parse by the standard library, on one core and on all."""

import asyncio
import email
import email.policy
import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from time import perf_counter, process_time

from tests.bench.letters import letters
from triage.installation import read_plan
from triage.message import MessageKey, RawMessage
from triage.sections.identity import Identity
from triage.sections.places import Paths
from triage.sections.servers import MailboxSettings, SmtpSettings
from triage.settings import Settings
from triage.worker import prepare, read_message
from triage.workers.pool import ReaderPool


def main(messages: int) -> None:
    """Print the table."""
    raws = [_raw(number, content) for number, content in enumerate(letters(messages))]
    settings = _settings()
    prepare(read_plan(settings), settings.paths)
    for raw in raws[:100]:
        read_message(raw)
    bare = _rate(lambda: [_bare(raw) for raw in raws], messages)
    ours = _rate(lambda: [read_message(raw) for raw in raws], messages)
    every = asyncio.run(_pool(raws, settings))
    print(f"{'reading':40}{'messages/s':>12}{'of bare':>14}")
    print(f"{'bare email with policy.default, one core':40}{bare:12.0f}{1:14.2f}")
    print(f"{'read, one core':40}{ours:12.0f}{ours / bare:14.2f}")
    print(f"{f'read, pool on {os.cpu_count()} cores':40}{every:12.0f}{every / bare:14.2f}")


def _rate(work: Callable[[], object], messages: int) -> float:
    begun = process_time()
    work()
    return messages / (process_time() - begun)


def _bare(raw: RawMessage) -> str:
    message = email.message_from_bytes(raw.content, policy=email.policy.default)
    fields = [str(value) for value in message.values()]
    body = message.get_body(("plain", "html"))
    return f"{fields[0]}{body.get_content() if body else ''}"


async def _pool(raws: Sequence[RawMessage], settings: Settings) -> float:
    ready = partial(prepare, read_plan(settings), settings.paths.model, settings.paths.state)
    pool = ReaderPool(read_message, ready, workers=0, time=timedelta(seconds=10), memory_mb=1024)
    await asyncio.gather(*pool.read(raws[:64]))
    begun = perf_counter()
    await asyncio.gather(*pool.read(raws))
    seconds = perf_counter() - begun
    await pool.close()
    return len(raws) / seconds


def _raw(number: int, content: bytes) -> RawMessage:
    key = MessageKey(account="bench", mailbox="INBOX", uid_validity=1, uid=number + 1)
    return RawMessage(key=key, received_at=datetime.now(UTC), content=content, size=len(content))


def _settings() -> Settings:
    server = {"host": "localhost", "port": 1}
    return Settings(
        identity=Identity(address="support@shop.example"),
        mailbox={"bench": MailboxSettings.model_validate(server)},
        smtp=SmtpSettings.model_validate(server),
        paths=Paths(),
    )
