"""The mailbox shows where cases stand, and whoever moves a message says where its case is to stand."""

import contextlib
from collections.abc import AsyncIterator

import pytest
from imapclient import IMAPClient

from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import Sink
from tests.spine.test_watch import BY_HAND, CHARGED, DISPUTES, ORDERS, PAYMENTS, SPAM, Scene, scene
from tests.spine.world import World, letter
from triage.case import CaseEvent, CaseStatus
from triage.decision import Decision, Outcome
from triage.stages.states import States

WAITING, DONE = "Triage/Waiting", "Triage/Done"
FOLDERS = 'drafts = false\nstates = "folders"'
FURTHER = letter("It is still not here, please hurry", headers={"In-Reply-To": "<charged@customer.example>"})
THANKS = letter("Thank you!", headers={"In-Reply-To": "<charged@customer.example>"})
AUTHOR = "a person, by moving it in mailbox support"


@contextlib.asynccontextmanager
async def shown(world: World, *letters: bytes, mailbox: str = FOLDERS) -> AsyncIterator[Scene]:
    """The daemon that shows states in this way, after it has dealt with these messages."""
    world.values["mailbox"] = mailbox
    async with scene(world, *letters) as played:
        yield played


async def stands(played: Scene, status: CaseStatus, case: int = 1) -> None:
    """The case takes a status by whatever other way, and the mailbox follows."""
    said = CaseEvent(at=played.world.clock(), kind="changed", provenance="mail")
    decision = Decision(outcome=Outcome.NOTED, reason="", case_id=case, status=status, events=(said,))
    recorder = played.app.decide._recorder

    await played.app.store.transact(lambda tx: recorder.follow(tx, tx.cases.get(case), decision, None, played.world.clock()))
    await settled(played)


async def settled(played: Scene) -> None:
    """Until nothing is left to do."""
    for _ in range(5):
        if not await played.settle():
            return
    raise AssertionError("it never comes to rest")


async def marks(played: Scene, folder: str) -> list[set[str]]:
    """Our keywords on each message of a folder."""

    def work(client: IMAPClient) -> list[set[str]]:
        flags = client.get_flags(client.search("ALL"))
        return [{flag.decode() for flag in flags[uid] if flag.startswith(b"triage-")} for uid in sorted(flags)]

    return await played.by_hand(work, folder)


async def _follows(world: World) -> None:
    async with shown(world, CHARGED) as played:
        assert await marks(played, PAYMENTS) == [{"triage-payment", "triage-open"}]
        for status, folder, state in (
            (CaseStatus.PENDING, WAITING, "waiting"),
            (CaseStatus.SOLVED, DONE, "done"),
            (CaseStatus.CLOSED, DONE, "done"),
            (CaseStatus.OPEN, PAYMENTS, "open"),
        ):
            await stands(played, status)
            assert await played.lies_in() == {folder: 1}
            assert await marks(played, folder) == [{"triage-payment", f"triage-{state}"}]
        assert await played.corrections() == []
        for kind in ("resolved", "reopened", "waits", "moved"):
            assert await played.events(kind) == []


async def test_messages_follow_their_case_on_the_embedded_server(world: World, sink: Sink) -> None:
    """To Waiting, to Done, and back; the keyword says the same, and our own moves say nothing of anybody."""
    await _follows(world)


async def test_messages_follow_their_case_on_dovecot(big_world: World, dovecot: Dovecot, sink: Sink) -> None:
    """The same on a server of the world outside."""
    await _follows(big_world)


async def test_with_keywords_nothing_is_moved(big_world: World, dovecot: Dovecot, sink: Sink) -> None:
    """By default a message stays in the folder of its category, and its keyword follows the case."""
    async with shown(big_world, CHARGED, mailbox="drafts = false") as played:
        await stands(played, CaseStatus.SOLVED)
        assert await played.lies_in() == {PAYMENTS: 1}
        assert await marks(played, PAYMENTS) == [{"triage-payment", "triage-done"}]
        await played.by_hand(lambda client: client.create_folder(DONE))
        await played.move(PAYMENTS, DONE)
        await settled(played)
        assert await played.events("resolved") == []


@pytest.mark.parametrize("mode", ["live", "shadow"])
async def test_switched_off(world: World, sink: Sink, mode: str) -> None:
    """Nothing but the category is shown, and there is nobody who would follow; in shadow mode in any case."""
    world.values["mode"] = mode
    async with shown(world, CHARGED, mailbox='drafts = false\nstates = "off"' if mode == "live" else FOLDERS) as played:
        assert played.app.states == ()
        if mode == "live":
            assert await marks(played, PAYMENTS) == [{"triage-payment"}]


async def test_all_messages_of_a_case_follow(world: World, sink: Sink) -> None:
    """Also those that came later, and thanks that wake nobody go straight to the others."""
    async with shown(world, CHARGED, FURTHER) as played:
        assert await played.lies_in() == {PAYMENTS: 2}
        await stands(played, CaseStatus.SOLVED)
        assert await played.lies_in() == {DONE: 2}
        await world.deliver(THANKS)
        await settled(played)
        assert await played.lies_in() == {DONE: 3}
        await world.deliver(letter("It is still broken.", headers={"In-Reply-To": "<charged@customer.example>"}))
        await settled(played)
        assert (await played.case()).status in (CaseStatus.OPEN, CaseStatus.ON_HOLD)
        assert await played.lies_in() == {PAYMENTS: 4}


async def test_put_into_done_it_is_resolved(big_world: World, dovecot: Dovecot, sink: Sink) -> None:
    """By whoever moved one of its messages: the others follow, and nobody is told of what we did ourselves."""
    async with shown(big_world, CHARGED, FURTHER) as played:
        await played.by_hand(lambda client: client.create_folder(DONE))
        await played.by_hand(lambda client: client.move([client.search("ALL")[0]], DONE), PAYMENTS)
        await settled(played)
        case = await played.case()
        assert (case.status, case.category, case.solved_at is not None) == (CaseStatus.SOLVED, "payment", True)
        [resolved] = await played.events("resolved")
        assert (resolved.actor, resolved.provenance) == (AUTHOR, "mail-folder")
        assert await played.lies_in() == {DONE: 2}
        assert await marks(played, DONE) == [{"triage-payment", "triage-done"}] * 2
        assert await played.corrections() == []


async def test_out_of_done_it_is_open_again(world: World, sink: Sink) -> None:
    """Into the folder of its category: reopened; into another: corrected as well. All of its messages follow."""
    async with shown(world, CHARGED, FURTHER) as played:
        await stands(played, CaseStatus.SOLVED)
        await played.by_hand(lambda client: client.move([client.search("ALL")[0]], PAYMENTS), DONE)
        await settled(played)
        assert ((await played.case()).status, await played.corrections()) == (CaseStatus.OPEN, [])
        assert await played.lies_in() == {PAYMENTS: 2}
        [reopened] = await played.events("reopened")
        assert (reopened.actor, reopened.detail["was"]) == (AUTHOR, "solved")
        await stands(played, CaseStatus.SOLVED)
        await played.by_hand(
            lambda client: (client.create_folder(ORDERS), client.select_folder(DONE), client.move([client.search()[0]], ORDERS))
        )
        await settled(played)
        case = await played.case()
        assert (case.status in (CaseStatus.OPEN, CaseStatus.ON_HOLD), case.category) == (True, "order")
        assert await played.lies_in() == {ORDERS: 2}
        assert len(await played.events("reopened")) == 2


@pytest.mark.parametrize(
    ("target", "status", "category"),
    [(SPAM, CaseStatus.CLOSED, "other"), (BY_HAND, CaseStatus.OPEN, ""), (WAITING, CaseStatus.PENDING, "payment")],
)
async def test_out_of_done_into_other_folders(world: World, sink: Sink, target: str, status: CaseStatus, category: str) -> None:
    """Spam closes it as unwanted, Sort by hand takes the category away and opens it, Waiting waits; it stays where it was put."""
    async with shown(world, CHARGED) as played:
        await stands(played, CaseStatus.SOLVED)
        await played.move(DONE, target)
        await settled(played)
        case = await played.case()
        assert (case.status, "" if case.abstained else case.category) == (status, category)
        assert await played.lies_in() == {target: 1}


async def test_out_of_waiting(world: World, sink: Sink) -> None:
    """Back into the folder of its category it is ours again."""
    async with shown(world, CHARGED) as played:
        await stands(played, CaseStatus.PENDING)
        await played.move(WAITING, PAYMENTS)
        await settled(played)
        assert (await played.case()).status is CaseStatus.OPEN
        assert await played.lies_in() == {PAYMENTS: 1}


async def test_merged_cases_lie_together(world: World, sink: Sink) -> None:
    """What became a part of another case lies and stands with it; whoever moves it means the whole."""
    other = letter("Please send me an invoice for ORD9999", sender="Ann Customer <ann@customer.example>")
    async with shown(world, CHARGED, other) as played:
        joined = CaseEvent(at=world.clock(), kind="joined", provenance="mail")
        await played.app.store.transact(lambda tx: (tx.cases.merge(2, 1), tx.cases.record(1, [joined])))
        await stands(played, CaseStatus.CLOSED, case=2)
        assert await played.lies_in() == {PAYMENTS: 2}
        await played.by_hand(lambda client: client.create_folder(DONE))
        [row] = await played.ask(lambda tx: [record.filed_uid for record in tx.messages.of_case(2)])
        await played.by_hand(lambda client: client.move([row], DONE), PAYMENTS)
        await settled(played)
        assert (await played.case()).status is CaseStatus.SOLVED
        assert await played.lies_in() == {DONE: 2}


async def test_what_a_person_took_out_stays_out(world: World, sink: Sink) -> None:
    """In a folder of their own it is left, whatever becomes of the case."""
    async with shown(world, CHARGED) as played:
        await played.move(PAYMENTS, "Archive")
        await settled(played)
        for status in (CaseStatus.SOLVED, CaseStatus.OPEN):
            await stands(played, status)
        assert await played.lies_in() == {"Archive": 1}


@pytest.mark.parametrize("marked", [False, True])
async def test_killed_between_move_and_commit(big_world: World, dovecot: Dovecot, sink: Sink, marked: bool) -> None:
    """It lies in Done already, marked or not yet: it is found there, marked once, and nobody is taken to have moved it."""
    async with shown(big_world, CHARGED) as played:
        decision = Decision(
            outcome=Outcome.NOTED,
            reason="",
            case_id=1,
            status=CaseStatus.SOLVED,
            events=(CaseEvent(at=big_world.clock(), kind="x", provenance="mail"),),
        )
        recorder, mailbox = played.app.decide._recorder, played.app.mailboxes["support"]
        await played.app.store.transact(lambda tx: recorder.follow(tx, tx.cases.get(1), decision, None, big_world.clock()))
        assert await played.app.states[0].work() == 1
        await mailbox.move(PAYMENTS, [1], DONE, (await mailbox.status(PAYMENTS)).uid_validity)
        if marked:
            await mailbox.set_keywords(DONE, [1], ["triage-payment", "triage-done"], ["triage-open"])
    async with big_world.app() as app:
        played = Scene(app, big_world)
        await settled(played)
        assert await played.lies_in() == {DONE: 1}
        assert await marks(played, DONE) == [{"triage-payment", "triage-done"}]
        assert await played.events("resolved") == await played.corrections() == []


async def test_a_state_that_changes_while_it_is_filed(world: World, sink: Sink) -> None:
    """What was decided between the look at an order and its end is not lost: the order stays open and is carried out again."""
    async with shown(world, CHARGED) as played:
        await stands(played, CaseStatus.PENDING)
        await played.app.store.transact(lambda tx: tx.filings.order(1, "Payments", world.clock()))
        [seen] = await played.ask(lambda tx: tx.filings.due("support", world.clock(), 5))
        await played.app.store.transact(lambda tx: tx.cases.set_status(1, CaseStatus.OPEN, world.clock()))
        await played.app.store.transact(lambda tx: tx.filings.done(seen, 9, 9, shown=True))
        assert await played.ask(lambda tx: tx.filings.waits(1))
        await played.app.store.transact(lambda tx: tx.filings.order(1, "Disputes", world.clock()))
        await played.app.store.transact(lambda tx: (tx.filings.give_up(seen, "gone"), tx.filings.done(seen, 9, 9)))
        [found] = await played.ask(lambda tx: tx.filings.of_case(1))
        assert (found.folder, found.waits, found.lies) == ("Disputes", True, "Payments")


async def test_old_cases_are_left_alone(world: World, sink: Sink) -> None:
    """Switched on later, it begins with what happens from then on."""
    async with shown(world, CHARGED, mailbox='drafts = false\nstates = "off"') as played:
        await stands(played, CaseStatus.SOLVED)
    async with shown(world) as played:
        await settled(played)
        assert await played.lies_in() == {PAYMENTS: 1}
        await stands(played, CaseStatus.CLOSED)
        assert await played.lies_in() == {DONE: 1}
        assert [isinstance(stage, States) for stage in played.app.states] == [True]


async def test_a_person_is_quicker_than_our_filing(world: World, sink: Sink) -> None:
    """While an order of ours is open a person puts the message elsewhere: what they did counts."""
    async with shown(world, CHARGED) as played:
        await stands(played, CaseStatus.SOLVED)
        await played.app.store.transact(lambda tx: tx.filings.order(1, "Payments", world.clock()))
        await played.move(DONE, DISPUTES)
        await settled(played)
        assert (await played.case()).category == "dispute"
        assert await played.lies_in() == {DISPUTES: 1}
