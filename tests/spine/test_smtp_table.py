"""What becomes of a delivery, its case and the others at each step where a server can fail: the table of faults, one state change each."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.servers import smtp_sink
from tests.servers.smtp_sink import DROP, HANG, Sink
from tests.spine.outbox import submission, way_out
from tests.transport.conftest import tls_files
from tests.transport.making import server_tls
from triage.reply import DeliveryStatus
from triage.secret import Secret

__all__ = ["tls_files"]

DEFERRED, FAILED, UNCERTAIN, SENT, UNTOUCHED = (
    DeliveryStatus.DEFERRED, DeliveryStatus.FAILED, DeliveryStatus.UNCERTAIN, DeliveryStatus.SENT, DeliveryStatus.QUEUED,
)  # fmt: skip
#: More than any server has to say; not a reply; a reply that never ends.
ENDLESS, GIBBERISH, NEVER_ENDS = "250-and\r\n" * 10_000 + "250 so on", "\x00\xff what", "250-never ends"
SILENCE = (DROP, HANG, GIBBERISH, ENDLESS, NEVER_ENDS)
_SLOW = (HANG, NEVER_ENDS)

#: By step: what the server does there, how the delivery stands then, the alarm.
TABLE: dict[str, list[tuple[str, DeliveryStatus, str]]] = {
    "connect": [(it, UNTOUCHED, "") for it in ("421 x", "450 x", "550 x", "554 x", *SILENCE)],
    "ehlo": [(it, UNTOUCHED, "") for it in ("421 x", "451 x", "550 x", "554 x", DROP, HANG, GIBBERISH, NEVER_ENDS)],
    "starttls": [(it, UNTOUCHED, "") for it in ("421 x", "454 x", "554 x", DROP, HANG, GIBBERISH)],
    "auth": [
        *((it, UNTOUCHED, "") for it in ("421 x", "454 x", DROP, HANG, GIBBERISH)),
        *((it, UNTOUCHED, "smtp_login") for it in ("530 x", "534 x", "535 5.7.8 x")),
    ],
    "mail": [
        *((it, UNTOUCHED, "") for it in ("421 x", "450 x", "451 x", "452 x", *SILENCE)),
        *((it, UNTOUCHED, "smtp_sender") for it in ("550 x", "553 x", "554 x")),
        ("552 5.3.4 too large", FAILED, ""),
    ],
    "rcpt": [
        *((it, UNTOUCHED, "") for it in ("421 x", "503 x", *SILENCE)),
        *((it, DEFERRED, "") for it in ("450 4.2.0 greylisted", "451 x", "452 x", "552 x")),
        *((it, FAILED, "") for it in ("550 5.1.1 x", "551 x", "553 x", "554 x")),
    ],
    "data": [
        *((it, DEFERRED, "") for it in ("421 x", "450 x", "451 x", "452 x", *SILENCE)),
        *((it, DEFERRED, "smtp_content") for it in ("550 x", "554 5.7.1 x")),
        ("552 x", FAILED, "smtp_content"),
    ],
    "dot": [
        *((it, DEFERRED, "") for it in ("421 x", "450 x", "451 x", "452 x")),
        *((it, FAILED, "smtp_content") for it in ("550 x", "552 x", "554 5.7.1 x")),
        *((it, UNCERTAIN, "") for it in (DROP, HANG, GIBBERISH, NEVER_ENDS, "354 x")),
        ("250-in\r\n250-many\r\n250 lines", SENT, ""),
    ],
    "quit": [(it, SENT, "") for it in ("421 x", "500 x", DROP, HANG)],
}


def test_the_table_has_its_ninety_cells() -> None:
    """The table covers every step of a session, about ninety faults in all."""
    assert set(TABLE) == set(smtp_sink.STEPS) - {"rset"}
    assert sum(map(len, TABLE.values())) >= 80


@pytest.mark.parametrize("step", TABLE)
async def test_each_fault_changes_one_thing(tls_files: Path, tmp_path: Path, step: str) -> None:
    """One fault: one outcome, told once to the case or not at all where only the host is at fault; afterwards at most one copy is accepted."""
    for number, (action, expected, alarm) in enumerate(TABLE[step]):
        await _one_cell(tls_files, tmp_path / str(number), step, action, expected, alarm)


async def _one_cell(files: Path, root: Path, step: str, action: str, expected: DeliveryStatus, alarm: str) -> None:
    root.mkdir()
    cell = f"{step}: {action[:20]}"
    secure = {"security": "starttls", "ca_file": files / "cert.pem", "host": "localhost"} if step == "starttls" else {}
    login = {"username": "support", "password": Secret(file=files / "password")} if step == "auth" else {}
    waits = dict.fromkeys(("timeout", "greeting_timeout", "data_timeout", "dot_timeout"), "0.15s" if action in _SLOW else "5s")
    async with smtp_sink.running(tls=server_tls(files) if secure else None) as sink:
        async with way_out(root, submission(sink.port, **waits, **secure, **login)) as out:
            delivery = await out.queue()
            sink.script[step] = [action]
            await out.send()
            after = await out.of(delivery)
            assert after.status is expected, cell
            assert len(await out.told(delivery)) == (expected is not UNTOUCHED), cell
            assert out.alarms() == [alarm] * bool(alarm), cell
            await out.deliver.close()
        await _afterwards(root, sink, secure | login, cell, out.clock)


async def _afterwards(root: Path, sink: Sink, settings: dict[str, object], cell: str, clock: object) -> None:
    """The server is well again, and the daemon was restarted an hour later: what was not accepted is now, nothing twice."""
    clock.forward(hours=1)  # type: ignore[attr-defined]
    async with way_out(root, submission(sink.port, timeout="5s", **settings), clock=clock) as out:  # type: ignore[arg-type]
        before = (await out.store.query(lambda tx: tx.deliveries.find()))[0]
        assert await out.send(), cell
        after = await out.of(before)
        waited = before.status in (UNTOUCHED, DEFERRED)
        assert after.status is (SENT if waited else before.status), cell
        assert len({envelope.content for envelope in sink.accepted}) == len(sink.accepted) <= 1, cell
        assert (after.status is UNCERTAIN) or len(sink.accepted) == (after.status is SENT), cell


@pytest.mark.parametrize("refusal", ["554 5.7.1 content", "550 5.7.0 policy"])
async def test_content_that_is_refused_twice_has_failed(tmp_path: Path, refusal: str) -> None:
    """A filter's no at DATA is asked again half an hour later and then believed; the customer is not called unreachable for it."""
    async with smtp_sink.running() as sink, way_out(tmp_path, submission(sink.port)) as out:
        delivery = await out.queue()
        sink.always["data"] = refusal
        await out.send()
        assert (await out.of(delivery)).next_attempt_at - out.clock() == timedelta(minutes=30)
        out.clock.forward(minutes=31)
        await out.send()
        after = await out.of(delivery)
        assert (after.status, after.attempts, out.alarms()) == (FAILED, 2, ["smtp_content"])
        case = await out.store.query(lambda tx: tx.cases.get(delivery.case_id))
        assert case
        assert not case.unreachable


async def test_the_alarm_about_content_ends_when_mail_is_taken_again(tmp_path: Path) -> None:
    """An hour without a refusal, and mail that is accepted: the alarm is over; a single success in between is not enough."""
    async with smtp_sink.running() as sink, way_out(tmp_path, submission(sink.port)) as out:
        sink.script["dot"] = ["554 5.7.1 spam"]
        await out.queue()
        await out.send()
        for minutes, alarms in ((5, ["smtp_content"]), (60, [])):
            out.clock.forward(minutes=minutes)
            await out.queue()
            await out.send()
            assert out.alarms() == alarms


async def test_one_attempt_for_many_messages_while_a_server_is_away(tmp_path: Path) -> None:
    """Fifty wait and the server is away: one connection for each probe, no message is blamed, and all leave when it is back."""
    async with smtp_sink.running() as sink, way_out(tmp_path, submission(sink.port)) as out:
        waiting = [await out.queue(name=f"c{number}") for number in range(50)]
        sink.always["connect"] = "421 4.3.2 later"
        for probes in (1, 2, 3):
            assert not await out.send()
            assert await out.send(), "until the next probe nothing is tried"
            assert sink.connections == probes
            out.clock.forward(minutes=5)
        assert {(await out.of(delivery)).attempts for delivery in waiting} == {0}
        sink.always.clear()
        assert await out.send()
        assert len(sink.accepted) == 50


async def test_a_refused_password_is_tried_once(tmp_path: Path, tls_files: Path) -> None:
    """Also where a proven server changes its mind and four connections would be opened at once, one login is refused, and none for five minutes."""
    login = {"username": "support", "password": Secret(file=tls_files / "password"), "connections": 4}
    async with smtp_sink.running() as sink, way_out(tmp_path, submission(sink.port, **login)) as out:
        await out.queue()
        assert await out.send()
        for transport in (hop.transport for hop in out.deliver._route._hops):
            await transport.close()
        sink.always["auth"] = "535 5.7.8 wrong"
        for number in range(20):
            await out.queue(name=f"c{number}")
        logins = sum(command.startswith("AUTH") for command in sink.commands)
        for seconds in (0, 60, 200):
            out.clock.forward(seconds=seconds)
            await out.send()
        assert sum(command.startswith("AUTH") for command in sink.commands) == logins + 1
        assert out.alarms() == ["smtp_login"]


async def test_a_slow_recipient_keeps_nobody_waiting(tmp_path: Path) -> None:
    """While the server thinks about one message, others leave over the other connections."""
    async with smtp_sink.running() as sink, way_out(tmp_path, submission(sink.port, dot_timeout="1.2s")) as out:
        await out.queue(name="first")
        assert await out.send()
        sink.script["dot"] = [HANG]
        slow = await out.queue(name="slow")
        assert await out.deliver.work() > 0
        for number in range(10):
            await out.queue(name=f"c{number}")
        await out.deliver.work()
        assert (await out.of(slow)).status is DeliveryStatus.SENDING
        assert len(sink.accepted) == 11
        await out.deliver.rest()
        assert (await out.of(slow)).status is UNCERTAIN


async def test_a_connection_that_breaks_within_the_message_is_no_acceptance(tmp_path: Path) -> None:
    """Reset while the message is on its way: it leaves again, or is in doubt where the loss was noticed too late; it is told once and never twice sent."""
    async with smtp_sink.running() as sink, way_out(tmp_path, submission(sink.port)) as out:
        delivery = await out.queue(size=8 << 20)
        sink.hang_up_after = 1 << 20
        await out.send()
        found = (await out.of(delivery)).status
        assert found in (DEFERRED, UNCERTAIN)
        assert (len(await out.told(delivery)), sink.accepted) == (1, [])
        sink.hang_up_after = 0
        out.clock.forward(minutes=5)
        await out.send()
        expected = (SENT, 1) if found is DEFERRED else (UNCERTAIN, 0)
        assert ((await out.of(delivery)).status, len(sink.accepted)) == expected


async def test_encryption_hides_how_much_has_left(tmp_path: Path, tls_files: Path) -> None:
    """The same under TLS, where nobody can see whether the dot has left: at worst uncertain, never sent twice, told once."""
    secure = {"security": "tls", "host": "localhost", "ca_file": tls_files / "cert.pem"}
    async with smtp_sink.running(tls=server_tls(tls_files), implicit_tls=True) as sink:
        async with way_out(tmp_path, submission(sink.port, **secure)) as out:
            delivery = await out.queue(size=8 << 20)
            sink.hang_up_after = 1 << 20
            await out.send()
            assert (await out.of(delivery)).status in (UNCERTAIN, DEFERRED)
            assert (len(await out.told(delivery)), sink.envelopes) == (1, [])


async def test_a_server_of_the_simplest_kind(tmp_path: Path) -> None:
    """EHLO without one extension: the message leaves without SIZE or anything else that was not offered."""
    async with smtp_sink.running() as sink, way_out(tmp_path, submission(sink.port)) as out:
        sink.extensions = ()
        delivery = await out.queue()
        await out.send()
        assert (await out.of(delivery)).status is SENT
        assert [command for command in sink.commands if command.startswith("MAIL")] == ["MAIL FROM:<support+b@shop.example>"]
