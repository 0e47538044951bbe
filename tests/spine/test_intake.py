"""Servers that omit, forget, renumber and lie: every message is taken in once, and what never comes is told."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.servers.liar import Liar
from tests.servers.smtp_sink import Sink
from tests.spine.world import World, letter
from triage.app import App
from triage.decision import Outcome
from triage.records import MessageRecord
from triage.stages.loop import drain


async def poll(world: World, app: App, times: int = 1) -> int:
    """So many polls, each after its pause; how much was done."""
    done = 0
    for _ in range(times):
        done += await drain(app.receive[0])
        world.clock.forward(seconds=1)
    return done


async def records(app: App) -> list[MessageRecord]:
    """All messages in the store."""
    return await app.store.query(lambda tx: list(tx.messages.all("support")))


def hours(number: float) -> timedelta:
    """So many hours."""
    return timedelta(hours=number)


def letters(number: int) -> list[bytes]:
    """So many different messages."""
    return [letter(f"Where is ORD{10000 + at}?", sender=f"c{at}@customer.example") for at in range(number)]


@pytest.mark.parametrize(
    "order", [sorted, lambda uids: sorted(uids, reverse=True), lambda uids: sorted(uids, key=lambda uid: uid * 7919 % 101)]
)
async def test_uids_in_any_order(lying_world: World, liar: Liar, order: object) -> None:
    """Ascending, newest first or unsorted: all are taken in, each once."""
    liar.lists = order  # type: ignore[assignment]
    for content in letters(60):
        liar.put(content)
    async with lying_world.app() as app:
        assert await poll(lying_world, app, 2) == 60
        assert {record.key.uid for record in await records(app)} == set(liar.folders["INBOX"])


async def test_a_search_that_skips_one_in_fifty(lying_world: World, liar: Liar) -> None:
    """What a search leaves out is found by its place in the folder, at the same poll."""
    for content in letters(100):
        liar.put(content)
    liar.lists = lambda uids: [uid for uid in uids if uid % 50]
    async with lying_world.app() as app:
        assert await poll(lying_world, app) == 100


async def test_an_answer_that_skips_one_in_fifty(lying_world: World, liar: Liar) -> None:
    """What an answer leaves out is asked for again in a fresh session, at the same poll."""
    for content in letters(100):
        liar.put(content)
    sessions = dict.fromkeys((50, 100), 1)
    liar.omits = lambda uid: liar.given["session"] <= sessions.get(uid, 0)
    async with lying_world.app() as app:
        assert await poll(lying_world, app) == 100
    assert liar.given["session"] == 2


async def test_what_comes_late_is_taken_in(lying_world: World, liar: Liar) -> None:
    """A message that two polls in a row bring no data of is not given up: the third brings it."""
    uid = liar.put(letters(1)[0])
    liar.omits = lambda _uid: liar.given["session"] < 5
    async with lying_world.app() as app:
        assert await poll(lying_world, app, 2) == 0
        liar.omits = lambda _uid: False
        assert await poll(lying_world, app) == 1
        assert [record.key.uid for record in await records(app)] == [uid]
        assert app.watch.board.standing() == ()


@pytest.mark.parametrize("body", [b"NIL", b"{0}\r\n", None])
async def test_what_never_comes_vanishes_and_is_told(lying_world: World, liar: Liar, body: bytes | None) -> None:
    """NIL, nothing, or no answer at all: after three polls in fresh sessions the message counts as vanished, with an alarm; others come."""
    stuck, _ = (liar.put(content) for content in letters(2))
    liar.omits = lambda uid: body is None and uid == stuck
    honest = liar.tells
    liar.tells = lambda uid, content: body if uid == stuck and body is not None else honest(uid, content)
    async with lying_world.app() as app:
        assert await poll(lying_world, app, 2) == 1
        assert liar.given["session"] >= 2
        assert app.watch.board.standing() == ()
        assert await poll(lying_world, app) == 1
        [gone] = [record for record in await records(app) if record.key.uid == stuck]
        assert gone.outcome is Outcome.VANISHED
        assert "gives no data: asked 3 times, each in a fresh session" in gone.reason
        assert [alarm.kind for alarm in app.watch.board.standing()] == ["vanished:support"]
        assert await poll(lying_world, app) == 0


async def test_asked_again_only_after_a_pause(lying_world: World, liar: Liar) -> None:
    """Other mail that keeps coming does not use up the patience with a message whose data does not come."""
    stuck = liar.put(letters(1)[0])
    liar.omits = lambda uid: uid == stuck
    async with lying_world.app() as app:
        for content in letters(5):
            liar.put(content)
            await drain(app.receive[0])
        assert Outcome.VANISHED not in {record.outcome for record in await records(app)}


async def test_expunged_between_listing_and_fetching(lying_world: World, liar: Liar) -> None:
    """A message that is listed once and never again has vanished, and the evidence says so."""
    uid = liar.put(letters(1)[0])
    liar.omits = lambda _uid: True
    async with lying_world.app() as app:
        await poll(lying_world, app)
        del liar.folders["INBOX"][uid]
        assert await poll(lying_world, app, 2) == 1
        [gone] = await records(app)
        assert "listed it and then no longer" in gone.reason


async def test_expunged_before_we_saw_it_is_counted(lying_world: World, liar: Liar) -> None:
    """UIDs given out and gone before any poll are counted, over a restart as well, and numbering with large gaps is not."""
    liar.put(letters(1)[0])
    async with lying_world.app() as app:
        await poll(lying_world, app)
        liar.uid_next += 2
        await poll(lying_world, app)
    liar.uid_next += 1
    liar.put(letters(1)[0])
    async with lying_world.app() as app:
        await poll(lying_world, app)
        cursor = await app.store.query(lambda tx: tx.messages.cursor("support", "INBOX"))
        assert cursor
        assert (cursor.unseen, cursor.uid_next) == (3, liar.uid_next)
        liar.uid_next += 1 << 30
        await poll(lying_world, app)
        cursor = await app.store.query(lambda tx: tx.messages.cursor("support", "INBOX"))
        assert cursor
        assert cursor.unseen == 3


async def test_numbers_that_go_back_are_an_alarm(lying_world: World, liar: Liar) -> None:
    """A server that gives out UIDs anew without a new UIDVALIDITY is reported: known numbers may mean other messages."""
    liar.put(letters(1)[0])
    async with lying_world.app() as app:
        liar.says_uid_next = 10
        await poll(lying_world, app)
        assert app.watch.board.standing() == ()
        liar.says_uid_next = 0
        await poll(lying_world, app)
        assert app.watch.board.standing() == ()
        liar.says_uid_next = 3
        await poll(lying_world, app)
        assert [alarm.kind for alarm in app.watch.board.standing()] == ["uids:support"]


@pytest.mark.parametrize(("announced", "sessions"), [(-3, 1), (+50, 2)])
async def test_sizes_that_do_not_agree(lying_world: World, liar: Liar, announced: int, sessions: int) -> None:
    """More than announced is whole; less is asked for again in a fresh session and believed when that brings the same."""
    content = letters(1)[0]
    liar.sizes[liar.put(content)] = len(content) + announced
    async with lying_world.app() as app:
        assert await poll(lying_world, app) == 1
        [stored] = await app.store.query(lambda tx: tx.messages.undecided(9))
        assert stored.raw.content == content
    assert liar.given["session"] == sessions


async def test_a_truncated_answer_is_not_the_message(lying_world: World, liar: Liar) -> None:
    """Bytes cut short by a session are asked for again, and the whole message is stored."""
    content = letters(1)[0]
    liar.put(content)
    liar.tells = lambda _uid, whole: b"{%d}\r\n%s" % ((n := len(whole) if liar.given["session"] > 1 else 40), whole[:n])
    async with lying_world.app() as app:
        assert await poll(lying_world, app) == 1
        [stored] = await app.store.query(lambda tx: tx.messages.undecided(9))
        assert stored.raw.content == content


async def test_a_server_whose_sizes_are_always_wrong_is_not_asked_twice_for_ever(lying_world: World, liar: Liar) -> None:
    """After some messages whose announced size proved false no more are fetched twice."""
    async with lying_world.app() as app:
        for content in letters(8):
            liar.sizes[liar.put(content)] = len(content) + 9
            await poll(lying_world, app)
    assert len(liar.folders["INBOX"]) == 8
    assert liar.given["session"] == 1 + 4


@pytest.mark.parametrize("content", [b"no header here\r\n", b"\r\n\r\nbody\r\n", b"From nobody Mon\r\nSubject: x\r\n\r\ny\r\n", b"x"])
async def test_a_message_without_a_header_is_kept(lying_world: World, liar: Liar, content: bytes) -> None:
    """What begins with no header field is asked for twice and then kept: it may be all there is."""
    liar.put(content)
    async with lying_world.app() as app:
        assert await poll(lying_world, app) == 1
        [stored] = await app.store.query(lambda tx: tx.messages.undecided(9))
        assert stored.raw.content == content


async def test_an_arrival_that_makes_no_sense(lying_world: World, liar: Liar, sink: Sink) -> None:
    """A message whose INTERNALDATE is absurd or missing counts from when it was first seen, and is acknowledged."""
    dates = ["01-Jan-1970 00:00:00 +0000", "01-Jan-2099 00:00:00 +0000", "31-Dec-9999 23:00:00 -1400", "yesterday"]
    for content, date in zip(letters(len(dates)), dates, strict=True):
        liar.dates[liar.put(content)] = date
    await lying_world.settle()
    cases = await lying_world.ask(lambda tx: tx.cases.find())
    assert [case.received_at for case in cases] == [lying_world.clock.at] * len(dates)
    assert len([envelope for envelope in sink.accepted if "customer" in envelope.recipients[0]]) == len(dates)


async def test_an_absurd_arrival_is_an_alarm(lying_world: World, liar: Liar) -> None:
    """The operator hears that the server's clock may be wrong."""
    liar.dates[liar.put(letters(1)[0])] = "01-Jan-1970 00:00:00 +0000"
    async with lying_world.app() as app:
        await poll(lying_world, app)
        [alarm] = app.watch.board.standing()
        assert alarm.kind == "arrival:support"
        assert "1970-01-01" in alarm.text


async def test_a_backlog_begins_with_the_most_urgent(lying_world: World, liar: Liar) -> None:
    """After an outage the oldest that can still be answered in time and the newest come first, whatever their UIDs; the late ones too."""
    now = datetime.now(UTC)
    ages = [hours((at * 7) % 30) for at in range(600)]
    for content, age in zip(letters(600), ages, strict=True):
        liar.dates[liar.put(content)] = f"{now - age:%d-%b-%Y %H:%M:%S +0000}"
    async with lying_world.app() as app:
        assert await app.receive[0].work() == 500
        first = {record.key.uid for record in await records(app)}
        left = [ages[uid - 1] for uid in set(liar.folders["INBOX"]) - first]
        assert len(left) == 100
        assert not {hours(age) for age in (22, 23, 0, 1)} & set(left)
        assert {age for age in left if age < hours(24)} <= {hours(age) for age in range(5, 20)}
        assert 0 < sum(age >= hours(24) for age in left) < 120
        assert await poll(lying_world, app) == 100


async def test_nothing_is_asked_of_a_quiet_server_beyond_looking(lying_world: World, liar: Liar) -> None:
    """A poll without news is one SELECT and one search."""
    liar.put(letters(1)[0])
    async with lying_world.app() as app:
        await poll(lying_world, app)
        before = liar.given.copy()
        await app.receive[0].work()
        assert liar.given - before == {"SELECT": 1, "SEARCH": 1}
