"""The daily census: everything agrees; what does not is told, and mended where that is possible."""

import sqlite3
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.servers.liar import Liar
from tests.spine.world import World, letter
from triage.app import App
from triage.clocks.daily import latest
from triage.decision import Outcome
from triage.message import MessageKey
from triage.records import CensusRecord
from triage.stages.loop import drain

NIGHT = time(3, 30)


async def next_day(world: World, app: App) -> CensusRecord:
    """A day later, when intake has had its turn: what the census found."""
    world.clock.forward(hours=24)
    await drain(app.receive[0])
    found = await app.store.query(lambda tx: tx.censuses.latest("support", "INBOX"))
    assert found
    return found


async def uids(app: App) -> dict[int, Outcome | None]:
    """What the store holds under each UID of this epoch."""
    return {it.uid: it.outcome for it in await app.store.query(lambda tx: tx.messages.held("support", "INBOX", 7))}


async def test_everything_agrees(lying_world: World, liar: Liar) -> None:
    """The first connection is a census; the next is taken a day later and not before, over a restart too, and finds nothing."""
    for number in range(3):
        liar.put(letter(f"Where is ORD1000{number}?"))
    begun = lying_world.clock.at
    async with lying_world.app(start="now") as app:
        await drain(app.receive[0])
        first = await app.store.query(lambda tx: tx.censuses.latest("support", "INBOX"))
        assert (first.at, first.listed, first.mismatches) == (begun, 3, ())
    async with lying_world.app() as app:
        liar.put(letter("Where is ORD20000?"))
        await drain(app.receive[0])
        assert (await app.store.query(lambda tx: tx.censuses.latest("support", "INBOX"))).at == begun
        found = await next_day(lying_world, app)
        assert (found.at, found.listed, found.mismatches) == (lying_world.clock.at, 4, ())
        assert app.watch.board.standing() == ()


async def test_a_message_that_was_lost_sight_of_is_taken_in(lying_world: World, liar: Liar) -> None:
    """A UID that intake believes it has, and the store has not, is told by the census and taken in at once."""
    liar.put(letter("Where is ORD10000?"))
    async with lying_world.app() as app:
        await drain(app.receive[0])
        with sqlite3.connect(lying_world.root / "var" / "triage.db") as db:
            db.execute("delete from raw")
            db.execute("delete from messages")
        found = await next_day(lying_world, app)
        assert found.mismatches == ("UID 1 was never taken in; it is now",)
        assert await uids(app) == {1: None}
        [alarm] = app.watch.board.standing()
        assert alarm.kind == "census:support"
        assert (await next_day(lying_world, app)).mismatches == ()
        assert app.watch.board.standing() == ()


async def test_a_message_that_had_vanished_and_is_there(lying_world: World, liar: Liar) -> None:
    """Given up and listed all the same: the census asks for it again, and it comes."""
    liar.put(letter("Where is ORD10000?"))
    liar.omits = lambda _uid: True
    async with lying_world.app() as app:
        for _ in range(3):
            await drain(app.receive[0])
            lying_world.clock.forward(seconds=1)
        assert await uids(app) == {1: Outcome.VANISHED}
        liar.omits = lambda _uid: False
        found = await next_day(lying_world, app)
        assert found.mismatches == ("UID 1 had vanished and is there; it is taken in again",)
        assert await uids(app) == {1: None}


@pytest.mark.parametrize(("listed", "after"), [(True, {1: None}), (False, {})])
async def test_bytes_that_are_lost(lying_world: World, liar: Liar, listed: bool, after: dict[int, None]) -> None:
    """A message that waits and whose bytes the store has lost is fetched again, or told where it is gone from the server too."""
    liar.put(letter("Where is ORD10000?"))
    async with lying_world.app() as app:
        await drain(app.receive[0])
        with sqlite3.connect(lying_world.root / "var" / "triage.db") as db:
            db.execute("delete from raw")
        if not listed:
            liar.folders["INBOX"].clear()
        [mismatch] = (await next_day(lying_world, app)).mismatches
        assert "its bytes are lost" in mismatch
        assert await uids(app) == after


async def test_another_message_under_a_known_number(lying_world: World, liar: Liar) -> None:
    """A backup put back without a word gives known UIDs to new messages: they are noticed at once and taken in, the old ones stay."""
    liar.put(letter("Where is ORD10000?"), uid=5)
    liar.dates[5] = "01-Nov-2026 10:00:00 +0000"
    async with lying_world.app() as app:
        await drain(app.receive[0])
        liar.folders["INBOX"] = {}
        liar.uid_next = 5
        await drain(app.receive[0])
        liar.put(letter("Where is ORD20000?"))
        liar.dates[5] = "02-Nov-2026 10:00:00 +0000"
        found = await next_day(lying_world, app)
        assert found.mismatches == ("UID 5 is another message than the one taken in; it is taken in again",)
        assert len(await app.store.query(lambda tx: list(tx.messages.all("support")))) == 2
        assert "uids:support" in {alarm.kind for alarm in app.watch.board.standing()}


async def test_a_false_date_does_not_make_it_another_message(lying_world: World, liar: Liar) -> None:
    """Where the arrival was replaced because it made no sense, the bytes say that it is the same message."""
    liar.dates[liar.put(letter("Where is ORD10000?"))] = "01-Jan-1970 00:00:00 +0000"
    async with lying_world.app() as app:
        await drain(app.receive[0])
        assert (await next_day(lying_world, app)).mismatches == ()


async def test_renumbered_at_the_moment_of_the_census(lying_world: World, liar: Liar) -> None:
    """A new epoch that begins between listing and census is no mismatch; it is compared when intake has begun it."""
    liar.put(letter("Where is ORD10000?"))
    async with lying_world.app() as app:
        await drain(app.receive[0])
        liar.uid_validity = 8
        assert await app.receive[0]._census.take(7, {1}) == 0
        assert (await next_day(lying_world, app)).mismatches == ()


async def test_many_mismatches_are_told_in_few_lines(lying_world: World, liar: Liar) -> None:
    """A census never fills the store with lines, and mends all that it found."""
    async with lying_world.app() as app:
        await drain(app.receive[0])
        keys = [(MessageKey(account="support", mailbox="INBOX", uid_validity=7, uid=uid), lying_world.clock.at) for uid in range(1, 61)]
        await app.store.transact(lambda tx: tx.messages.add_settled(keys, Outcome.VANISHED))
        for number in range(60):
            liar.put(letter(f"Where is ORD1{number:04}?"))
        found = await next_day(lying_world, app)
        assert (len(found.mismatches), found.mismatches[-1]) == (51, "and 10 more")
        assert set((await uids(app)).values()) == {None}


@pytest.mark.parametrize(
    ("now", "at", "zone", "last"),
    [
        ("2026-06-01T12:00", NIGHT, "UTC", "2026-06-01T03:30"),
        ("2026-06-01T03:30", NIGHT, "UTC", "2026-06-01T03:30"),
        ("2026-06-01T03:29", NIGHT, "UTC", "2026-05-31T03:30"),
        ("2026-06-01T01:30", NIGHT, "Europe/Berlin", "2026-06-01T01:30"),
        ("2026-01-01T02:30", NIGHT, "Europe/Berlin", "2026-01-01T02:30"),
        ("2026-06-01T00:30", time(23, 0), "America/New_York", "2026-05-31T03:00"),
        # The clock jumps from two to three, and back from three to two.
        ("2026-03-29T12:00", time(2, 30), "Europe/Berlin", "2026-03-29T01:30"),
        ("2026-10-25T12:00", time(2, 30), "Europe/Berlin", "2026-10-25T00:30"),
    ],
)
def test_the_last_time_the_clock_showed_it(now: str, at: time, zone: str, last: str) -> None:
    """Once a day by the wall clock, also on the days that have 23 or 25 hours."""
    moment, expected = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (now, last))
    assert latest(moment, at, ZoneInfo(zone)) == expected
    assert moment - latest(moment, at, ZoneInfo(zone)) < timedelta(hours=25)
