"""Certificates that end soon are told days before, as the connections have seen them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.servers import smtp_sink
from tests.servers.smtp_sink import Sink
from tests.spine.world import World, letter
from tests.transport.conftest import tls_files
from tests.transport.making import DELIVERY, go_on, server_tls, transport
from triage.alarm import AlarmBoard
from triage.certificate import expires_at
from triage.daemon import once
from triage.stages.expiry import Expiry

__all__ = ["tls_files"]
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass
class Server:
    """A server that has shown a certificate."""

    expires_at: datetime | None


def look(board: AlarmBoard, server: Server) -> Expiry:
    """The watch over that server, two weeks ahead."""
    return Expiry(sources={"mailbox support": server}, grants={}, board=board, warn=timedelta(days=14), now=lambda: NOON)


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(days=15), ""),
        (timedelta(days=13, hours=5), "ends in 13 days"),
        (timedelta(hours=5), "ends in 0 days"),
        (timedelta(days=-1), "has ended"),
    ],
)
async def test_the_end_is_told_ahead(left: timedelta, said: str) -> None:
    """Within two weeks of its end, and after it, a certificate is an alarm with the day and what to do."""
    board = AlarmBoard()
    assert await look(board, Server(NOON + left)).work() == 0
    assert [said in alarm.text and "renew it" in alarm.text for alarm in board.standing()] == [True] * bool(said)


async def test_a_renewed_one_is_no_alarm() -> None:
    """Once the server shows a new certificate the alarm is over; without TLS, or before the first connection, there is none."""
    board, server = AlarmBoard(), Server(NOON + timedelta(days=1))
    await look(board, server).work()
    assert [alarm.kind for alarm in board.standing()] == ["certificate:mailbox support"]
    for ends in (NOON + timedelta(days=90), None):
        server.expires_at = ends
        await look(board, server).work()
        assert board.standing() == ()


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_what_an_smtp_server_shows(tls_files: Path, security: str) -> None:
    """Over both kinds of encryption the end of the certificate is known after the first connection: the tests' lasts thirty days."""
    async with smtp_sink.running(tls=server_tls(tls_files), implicit_tls=security == "tls") as sink:
        async with transport(sink.port, security=security, host="localhost", ca_file=tls_files / "cert.pem") as out:
            assert out.expires_at is None
            await out.send(DELIVERY, go_on)
            assert out.expires_at
            assert timedelta(days=29) < out.expires_at - datetime.now(UTC) <= timedelta(days=30)


async def test_without_encryption_nothing_ends(world: World, sink: Sink) -> None:
    """Plain servers on this machine show no certificate, and a pass of the whole daemon sounds no alarm."""
    assert expires_at(None) is None
    await world.deliver(letter("Where is my parcel?"))
    async with world.app() as app:
        await once(app)
        await app.expiry.work()
        assert [alarm.kind for alarm in app.board.standing() if alarm.kind.startswith("certificate")] == []


async def test_a_grant_of_access_ends_like_a_certificate() -> None:
    """Each is an alarm of its own, days ahead."""
    board, server = AlarmBoard(), Server(NOON + timedelta(days=3))
    await Expiry(sources={}, grants={"mail": server}, board=board, warn=timedelta(days=14), now=lambda: NOON).work()
    [alarm] = board.standing()
    assert (alarm.kind, "the grant oauth.mail ends in 3 days" in alarm.text) == ("oauth:mail", True)
