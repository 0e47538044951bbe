"""The real daemon hears a payment provider over HTTP, and its letters leave over SMTP."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.cli.calling import Shop
from tests.orders.making import order
from tests.payments.house import counted
from tests.payments.making import CHARGE, DISPUTE, signed, stripe_event
from tests.servers.smtp_sink import Sink
from tests.spine.world import World
from triage import app, daemon
from triage.cli.check_orders import orders_said, payments_said
from triage.errors import SettingsError
from triage.order import OrderStatus
from triage.orders.books.sqlite import SqliteBook
from triage.payment import Post
from triage.payment_parts import receivers

TABLES = """
[orders.book]
path = "orders.db"
[orders.advice]
tell = ["payment_failed"]
quiet_from = "00:00"
quiet_until = "00:00"
[payments]
port = 0
wait = "1s"
[payments.stripe]
secrets = [{{file = "{secret}"}}]
"""


def told(root: Path) -> str:
    """The tables, and the secret in its file."""
    (root / "stripe").write_text("whsec_test")
    return TABLES.format(secret=root / "stripe")


@asynccontextmanager
async def serving(world: World) -> AsyncIterator[app.App]:
    """The daemon, until the test is over."""
    stop = asyncio.Event()
    async with app.assembled(world.configure(extra=told(world.root))) as running:
        task = asyncio.create_task(daemon.serve(running, stop))
        yield running
        stop.set()
        await task


def disputed(now: datetime) -> dict[str, object]:
    """A dispute that our answer is due to in a week: a daemon goes by its own clock."""
    due = int((now + timedelta(days=7)).timestamp())
    return stripe_event("charge.dispute.created", DISPUTE | {"evidence_details": {"due_by": due}}, "evt_2")


async def until(true: Callable[[], object]) -> None:
    """Wait for it."""
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0.02)


async def test_from_the_post_to_the_letter(world: World, sink: Sink) -> None:
    """A failed payment is posted, signed, and the customer has a letter; a dispute, and finance has one; what is forged is refused."""
    book = SqliteBook(world.root / "orders.db")
    await book.put([order(status=OrderStatus.PENDING, payments=(), shipments=(), documents=())])
    await book.close()
    async with serving(world) as running, httpx.AsyncClient() as client:
        assert running.hear is not None
        listening = running.hear
        await until(lambda: listening.port)
        address = f"http://127.0.0.1:{listening.port}"

        async def post(it: Post) -> int:
            return (await client.post(f"{address}{it.path}", content=it.body, headers=dict(it.fields))).status_code

        now = datetime.now(UTC)
        failed = signed(stripe_event("charge.failed", CHARGE), now)
        assert await post(failed) == 200
        assert await post(failed) == 200
        assert await post(signed(disputed(now), now)) == 200
        assert await post(signed(stripe_event("payout.paid", {}, "evt_3"), now)) == 200
        assert await post(signed(stripe_event("charge.failed", CHARGE, "evt_4"), now, secret="wrong")) == 400
        assert await post(signed(stripe_event("charge.failed", CHARGE, "evt_5"), now - timedelta(hours=1))) == 400
        assert (await client.post(f"{address}/elsewhere")).status_code == 404
        await until(lambda: len(sink.accepted) >= 2)
        expected = {"received": 2, "opened": 2, "repeated": 1, "unknown": 1, "bad_signature": 1, "too_old": 1}
        assert await counted(running.hear, running.store) == expected
    recipients = [recipient for accepted in sink.accepted for recipient in accepted.recipients]
    assert sorted(recipients) == ["ann@customer.example", "finance@shop.example"]
    with pytest.raises(httpx.ConnectError):
        await httpx.AsyncClient().post(address)


async def test_what_was_heard_outlives_a_crash(world: World, sink: Sink) -> None:
    """What was answered with 200 is in the store: a daemon that starts later settles it."""
    async with world.app(extra=told(world.root)) as broken:
        assert broken.hear is not None
        assert await broken.hear.take(signed(disputed(broken.now()), broken.now())) == 200
        assert sink.accepted == []
    for _ in range(2):
        await world.settle()
    assert [accepted.recipients for accepted in sink.accepted] == [("finance@shop.example",)]


async def test_check_says_who_is_heard(world: World) -> None:
    """Where it listens, for whom, and what customers are told."""
    shop = Shop(world.root, world.values)
    shop.configure(extra=told(world.root))
    [line] = [line for line in (await shop.calls("check")).lines if " payments:" in line]
    assert line.endswith("payments: posts to /stripe are heard on 127.0.0.1 port 0; customers are told of: payment_failed")
    (world.root / "stripe").unlink()
    [line] = [line for line in (await shop.calls("check")).lines if " payments:" in line]
    assert line.startswith("FAIL")
    assert "No such file" in line


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ("[payments]\nport = 8787\n", r"expected one of the tables \[payments.stripe\], \[payments.paypal\] and"),
        ("[payments.stripe]\nsecrets = []\n", "payments.stripe.secrets"),
        ('[payments.stripe]\nsecrets = ["whsec_1"]\n', "the file holds no secrets"),
        ('[payments]\nport = 99999\n[payments.stripe]\nsecrets = [{env = "X"}]\n', "payments.port = 99999"),
        ('[payments.stripe]\nsecrets = [{env = "X"}]\ntolerance = "2h"\n', "payments.stripe.tolerance"),
    ],
)
def test_mistakes_in_the_settings(world: World, tables: str, said: str) -> None:
    """Each by its key, and no secret is repeated."""
    with pytest.raises(SettingsError, match=said) as caught:
        world.configure(extra=tables)
    assert "whsec_1" not in str(caught.value)


async def test_who_listens_for_whom(world: World) -> None:
    """For PayPal alone, for both, or for nobody: then no port is opened, and nothing is said of it."""
    paypal = '[payments.paypal]\nwebhook_id = "8PT5"\n'
    for tables, paths in ((paypal, {"/paypal"}), (told(world.root) + paypal, {"/stripe", "/paypal"})):
        settings = world.configure(extra=tables)
        assert settings.payments is not None
        assert set(receivers(settings.payments)) == paths
    settings = world.configure(extra="")
    assert (await payments_said(settings), await orders_said(settings)) == ("nobody is heard", "none")
    async with world.app(extra="") as running:
        assert running.hear is None
        assert "payments" not in [stage.name for stage in running.stages]


async def test_the_daemon_lets_go_of_the_port(world: World) -> None:
    """However it ends, so that the next one, or the same one with a new configuration, can have it."""
    for _ in range(2):
        async with world.app(extra=told(world.root)) as running:
            assert running.hear is not None
            await running.hear.work()
            assert running.hear.port
        assert running.hear.port == 0
