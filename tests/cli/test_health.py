"""`triage health`: one line and its reasons, from a daemon that runs and from one that does not."""

import asyncio
import contextlib
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
import structlog

from tests.cli.calling import Ended, Shop
from tests.servers.smtp_sink import Sink
from tests.spine.world import World, letter
from tests.store.test_payments import EVENT
from tests.store.words import NOON, later, new_case, reply
from triage import app, daemon
from triage.payment import PostOutcome
from triage.ports import Transaction
from triage.reply import DeliveryStatus, Receipt
from triage.settings import load


async def test_a_daemon_that_runs_and_is_well(world: World, sink: Sink) -> None:
    """While a daemon serves its own words are shown, every stage with its last work, and the exit code is 0."""
    stop = asyncio.Event()
    shop = Shop(world.root, world.values)
    await world.deliver(letter("Where is ORD1234?"))
    # The daemon works in this process, and what it logs is not what the command prints.
    with structlog.testing.capture_logs():
        ended, document = await _asked_while_serving(world, shop, stop, sink)
    assert ended.code == 0
    assert ended.lines[0].startswith("slack ")
    assert any(line.startswith("deliver: worked at ") for line in ended.lines)
    assert (document["well"], document["alarms"]) == (True, [])


async def _asked_while_serving(world: World, shop: Shop, stop: asyncio.Event, sink: Sink) -> tuple[Ended, dict[str, object]]:
    async with app.assembled(world.configure()) as running:
        serving = asyncio.create_task(daemon.serve(running, stop))
        async with asyncio.timeout(60):
            while not sink.accepted or not running.watch.vitals.latest:
                await asyncio.sleep(0.02)
            await _written(world.root / "var" / "heartbeat.json")
        ended = await shop.calls("health")
        document = (await shop.calls("health", "--json")).json
        stop.set()
        await serving
    return ended, document


async def _written(path: Path) -> None:
    # The first heartbeat is written before the first look has ended.
    while not path.exists() or not json.loads(path.read_text())["health"]:
        await asyncio.sleep(0.05)


def test_no_daemon(shop: Shop) -> None:
    """Without a daemon what waits is read from the store, the missing daemon is an alarm, and the exit code is 1."""
    shop.configure()

    def queue(tx) -> None:  # type: ignore[no-untyped-def]
        deadline = app.utc_now() + timedelta(hours=5)
        tx.deliveries.queue(tx.cases.open(new_case()).id, None, reply("a", deadline=deadline), app.utc_now())
        lost = tx.deliveries.queue(tx.cases.open(new_case()).id, None, reply("b", deadline=deadline), app.utc_now())
        tx.deliveries.begin_data(lost, app.utc_now())
        tx.deliveries.settle(lost, Receipt(status=DeliveryStatus.UNCERTAIN), app.utc_now(), None)

    shop.store_now(queue)
    ended = shop.call("health")
    assert ended.code == 1
    assert ended.lines[0] == "slack 3 h 59 min, 1 waiting; 2 alarms"
    assert "deliveries: 1 queued, 1 uncertain" in ended.lines
    # Nobody knows since when, and the moment of looking is none.
    assert "ALARM daemon: no daemon runs on this state folder" in ended.lines
    assert "ALARM uncertain: 1 delivery is uncertain: `triage retry` shows them" in ended.lines
    assert re.fullmatch(r"as of \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", ended.lines[1])
    assert max(map(len, ended.lines)) <= 120


@pytest.mark.parametrize(
    "content", ["", "[]", '{"at": "2026-01-01T00:00:00+00:00", "health": null}', '{"at": "2026-01-01T00:00:00+00:00"}']
)
def test_a_daemon_that_died(shop: Shop, content: str) -> None:
    """A heartbeat that is old, or no heartbeat at all, is no sign of life; since when is said where it is known."""
    shop.configure()
    heartbeat = load(shop.config).paths.state / "heartbeat.json"
    heartbeat.parent.mkdir(parents=True, exist_ok=True)
    heartbeat.write_text(content)
    ended = shop.call("health", "--json")
    assert ended.code == 1
    said = "no sign of life since 2026-01-01 00:00 UTC" if "2026" in content else "no daemon runs on this state folder"
    assert [alarm["text"] for alarm in ended.json["alarms"]] == [said]


def test_what_a_daemon_said_is_told_as_people_read_it(shop: Shop) -> None:
    """Times to the second in UTC, alarms with their beginning, a stage that has not worked yet as such."""
    shop.configure()
    now = app.utc_now()
    early = (now - timedelta(hours=3)).isoformat()
    said = {
        "line": "slack 2 h 5 min, 1 waiting; 1 alarm", "well": False, "at": now.isoformat(), "oldest": early, "set_aside": 2, "vanished": 0,
        "deliveries": {"deferred": 1}, "round_trip_seconds": 4.5, "alarms": [{"kind": "promise", "since": early, "text": "1 will be late"}],
        "stages": [
            {"name": "decide", "worked_at": None, "failing_since": None, "why": ""},
            {"name": "deliver", "worked_at": early, "failing_since": early, "why": "connection refused"},
        ],
    }  # fmt: skip
    heartbeat = load(shop.config).paths.state / "heartbeat.json"
    heartbeat.parent.mkdir(parents=True, exist_ok=True)
    heartbeat.write_text(json.dumps({"at": now.isoformat(), "health": said}))
    then = f"{now - timedelta(hours=3):%Y-%m-%d %H:%M:%S} UTC"
    assert shop.call("health").lines == [
        "slack 2 h 5 min, 1 waiting; 1 alarm",
        f"as of {now:%Y-%m-%d %H:%M:%S} UTC",
        f"oldest unacknowledged: {then}",
        "could not be read: 2",
        "a message to ourselves came back after 4.5 s",
        "deliveries: 1 deferred",
        "decide: has not worked yet",
        f"deliver: failing since {then}: connection refused",
        f"ALARM promise since {then}: 1 will be late",
    ]


def test_what_payment_providers_posted(shop: Shop) -> None:
    """Each kind of end with its number and its last time, also when no daemon runs; of a provider that was never heard, that."""
    (shop.root / "stripe").write_text("whsec_test")
    tables = f'[payments.stripe]\nsecrets = [{{file = "{shop.root}/stripe"}}]\n[payments.paypal]\nwebhook_id = "8PT5"\n'
    shop.configure(tables)
    assert [line for line in shop.call("health").lines if "posted" in line] == [
        "Stripe: nothing was posted yet",
        "PayPal: nothing was posted yet",
    ]

    def heard(tx: Transaction) -> None:
        assert tx.payments.add(EVENT, NOON, NOON)
        tx.payments.add(EVENT, later(minutes=1), NOON)
        [waiting] = tx.payments.waiting(NOON, 9)
        tx.payments.settle(waiting.row, "a case", later(minutes=2), tx.cases.open(new_case()).id)
        tx.payments.count("Stripe", PostOutcome.TOO_OLD, 3, later(minutes=4))
        tx.payments.count("Stripe", PostOutcome.BAD_SIGNATURE, 17, later(minutes=3))

    shop.store_now(heard)
    assert [line for line in shop.call("health").lines if line.startswith(("Stripe", "PayPal"))] == [
        "Stripe: 1 received, the last at 2026-03-02 12:00:00 UTC",
        "Stripe: 1 opened a case, the last at 2026-03-02 12:02:00 UTC",
        "Stripe: 1 repeated, the last at 2026-03-02 12:01:00 UTC",
        "Stripe: 17 refused, badly signed, the last at 2026-03-02 12:03:00 UTC",
        "Stripe: 3 refused, signed too long ago, the last at 2026-03-02 12:04:00 UTC",
        "PayPal: nothing was posted yet",
    ]
    posts = shop.call("health", "--json").json["posts"]
    assert posts[0] == {"provider": "Stripe", "outcome": "received", "count": 1, "last_at": "2026-03-02T12:00:00+00:00"}
    assert len(posts) == 5


def test_help_names_the_exit_code(shop: Shop) -> None:
    """Whoever puts it into a monitoring system learns what it answers."""
    with contextlib.suppress(SystemExit):
        assert "Exits 1" in shop.call("health", "--help").out
