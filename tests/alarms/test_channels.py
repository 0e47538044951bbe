"""The channels an operator is told by: a log line, a file, a webhook, systemd's socket; each real, each bounded in time."""

import asyncio
import hashlib
import hmac
import json
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog

from triage.alarm import Alarm, Notice, NoticeState
from triage.alarms import webhook
from triage.alarms.file import FileChannel, read_alarms
from triage.alarms.log import LogChannel
from triage.alarms.systemd import Systemd
from triage.alarms.webhook import WebhookChannel
from triage.errors import TemporaryError

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ALARM = Alarm(kind="smtp:primary", text="the server has taken nothing for an hour – look", since=NOON)
OTHER = Alarm(kind="uncertain", text="2 deliveries are uncertain", since=NOON)


def notice(state: NoticeState = NoticeState.RAISED, alarm: Alarm = ALARM) -> Notice:
    """A notice of an alarm."""
    return Notice(alarm=alarm, state=state)


async def test_the_log_has_a_line_for_each() -> None:
    """What is raised or still stands is an error, what is over is not."""
    with structlog.testing.capture_logs() as logs:
        await LogChannel().tell([notice(state) for state in NoticeState], [ALARM], NOON)
    assert [(line["event"], line["log_level"], line["kind"]) for line in logs] == [
        ("alarm_raised", "error", "smtp:primary"), ("alarm_standing", "error", "smtp:primary"), ("alarm_cleared", "info", "smtp:primary"),
    ]  # fmt: skip


async def test_the_file_holds_what_stands(tmp_path: Path) -> None:
    """Whatever the notices are, the file is the list of alarms that stand now, and reads back as they were."""
    channel = FileChannel(tmp_path / "alarms.json")
    await channel.tell([notice()], [ALARM, OTHER], NOON)
    assert read_alarms(tmp_path / "alarms.json") == (ALARM, OTHER)
    await channel.tell([notice(NoticeState.CLEARED)], [], NOON)
    assert read_alarms(tmp_path / "alarms.json") == ()
    assert [path.name for path in tmp_path.iterdir()] == ["alarms.json"]


async def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    """The path and the reason are named, and it counts as not told."""
    with pytest.raises(TemporaryError, match=r"alarms\.json: .*expected a file that can be written"):
        await FileChannel(tmp_path / "nowhere" / "alarms.json").tell([notice()], [ALARM], NOON)


@pytest.mark.parametrize(
    "content", [None, "", "[]", '{"alarms": 3}', '{"alarms": [{"kind": "a"}]}', '{"alarms": [{"kind": "a", "text": "b", "since": "x"}]}']
)
def test_a_file_that_is_not_ours_holds_no_alarms(tmp_path: Path, content: str | None) -> None:
    """No file, or anything else under its name, is no alarm and no error."""
    if content is not None:
        (tmp_path / "a.json").write_text(content)
    assert read_alarms(tmp_path / "a.json") == ()


@dataclass
class Pager:
    """A small HTTP server that keeps what it gets and answers as told."""

    port: int = 0
    status: str = "204 No Content"
    silent: bool = False
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request a connection."""
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
        self.requests.append((headers, await reader.readexactly(int(headers["content-length"]))))
        if not self.silent:
            writer.write(f"HTTP/1.1 {self.status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            await writer.drain()
            writer.close()


@pytest.fixture
async def pager() -> AsyncIterator[Pager]:
    """A running pager."""
    it = Pager()
    server = await asyncio.start_server(it.serve, "127.0.0.1", 0)
    it.port = server.sockets[0].getsockname()[1]
    yield it
    server.close()


async def test_the_webhook_posts_each_notice(pager: Pager) -> None:
    """Each notice is a JSON document with what it is about, since when, and what became of it; signed with the secret."""
    channel = WebhookChannel(f"http://127.0.0.1:{pager.port}/hook?token=geheim", "secret")
    await channel.tell([notice(), notice(NoticeState.CLEARED, OTHER)], [ALARM], NOON)
    headers, body = pager.requests[0]
    assert json.loads(body) == {
        "kind": "smtp:primary", "text": ALARM.text, "since": NOON.isoformat(), "state": "raised", "at": NOON.isoformat(),
    }  # fmt: skip
    assert headers["x-triage-signature"] == "sha256=" + hmac.new(b"secret", body, hashlib.sha256).hexdigest()
    assert json.loads(pager.requests[1][1])["state"] == "cleared"


async def test_without_a_secret_nothing_is_signed(pager: Pager) -> None:
    """A webhook without a secret gets the same body and no signature."""
    await WebhookChannel(f"http://127.0.0.1:{pager.port}/").tell([notice()], [ALARM], NOON)
    assert "x-triage-signature" not in pager.requests[0][0]


async def test_a_webhook_that_refuses(pager: Pager) -> None:
    """What it answered is named; its address, which may hold a token, is not."""
    pager.status = "403 Forbidden"
    with pytest.raises(TemporaryError, match="answered 403: expected 2xx") as told:
        await WebhookChannel(f"http://127.0.0.1:{pager.port}/geheim").tell([notice()], [ALARM], NOON)
    assert "geheim" not in str(told.value)


async def test_a_webhook_that_is_away_or_silent(pager: Pager, monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int) -> None:
    """Nobody there, or nobody who answers in time: not told, within the time-out."""
    monkeypatch.setattr(webhook, "_TIMEOUT_SECONDS", 0.2)
    pager.silent = True
    for port in (unused_tcp_port, pager.port):
        async with asyncio.timeout(20):
            with pytest.raises(TemporaryError, match=r"alarms\.webhook: .*expected a server that answers"):
                await WebhookChannel(f"http://127.0.0.1:{port}/").tell([notice()], [ALARM], NOON)


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """A service manager's socket, and its name as NOTIFY_SOCKET says it."""
    name = str(tmp_path / "notify") if request.param == "path" else f"@triage-test-{id(tmp_path)}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("\0" + name[1:] if name.startswith("@") else name)
        listening.settimeout(2)
        yield listening, name


async def test_systemd_is_told(manager: tuple[socket.socket, str]) -> None:
    """Ready, alive with a status line, an alarm in the status, stopping: each in the words of sd_notify, each on one line."""
    listening, name = manager
    systemd = Systemd(name)
    systemd.ready()
    systemd.alive("slack 23 h,\nnothing waits")
    await systemd.tell([notice()], [ALARM, OTHER], NOON)
    await systemd.tell([notice(NoticeState.CLEARED)], [], NOON)
    systemd.stopping()
    assert [listening.recv(4096).decode() for _ in range(4)] == [
        "READY=1",
        "WATCHDOG=1\nSTATUS=slack 23 h, nothing waits",
        f"STATUS=ALARM smtp:primary: {ALARM.text} (and 1 more)",
        "STOPPING=1",
    ]


async def test_without_systemd_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside a service the notices go nowhere and nothing fails."""
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    systemd = Systemd()
    systemd.ready()
    await systemd.tell([notice()], [ALARM], NOON)


def test_a_socket_that_is_gone(tmp_path: Path) -> None:
    """A manager that does not listen is a fault that passes, not the end of the daemon."""
    with pytest.raises(TemporaryError, match="systemd does not take our notice"):
        Systemd(str(tmp_path / "nobody")).ready()
