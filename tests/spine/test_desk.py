"""Giving out cases and telling of them: lists, silence, people who come and go, and a daemon that starts again."""

from pathlib import Path

import pytest

from tests.spine.office import ANN, BOB, JANE, MAX, Office, answer, opened_office, plain, written
from tests.spine.world import Clock
from triage.reply import ReplyKind
from triage.stages.assign import Assign
from triage.stages.notify import Notify


async def busy(root: Path, people: str, cases: int = 3) -> Office:
    """An office in which so many customers have written."""
    office, store = opened_office(root, Clock(), people)
    for number in range(cases):
        await office.get(written(f"c{number}@customer.example", f"Where is ORD10{number}?", subject="where"), minutes=0)
    del store
    return office


async def test_a_digest_is_sent_now_and_then(tmp_path: Path) -> None:
    """With digests the first news comes at once, the next after the interval, in one list."""
    office = await busy(tmp_path, 'notify = "digest"\ndigest_every = "30m"')
    assert len(office.came(JANE)) == 1
    office.clock.forward(minutes=29)
    await office.work()
    assert len(office.came(JANE)) == 1
    office.clock.forward(minutes=2)
    await office.work()
    assert len(office.came(JANE)) == 2
    assert plain(office.last(JANE)).count("support+a.") == 2
    await office.store.close()


async def test_nobody_is_told_who_does_not_want_to_be(tmp_path: Path) -> None:
    """With notifications off the cases are given out, and no mail is sent for it."""
    office = await busy(tmp_path, 'notify = "off"')
    assert office.came(JANE) == []
    assert {(await office.case(number)).assignee for number in (1, 2, 3)} == {"jane"}
    assert await office.ask(lambda tx: tx.notices.waiting()) == []
    await office.store.close()


@pytest.mark.parametrize(("above", "lists"), [(2, 1), (3, 0)])
async def test_a_list_replaces_many_messages(tmp_path: Path, above: int, lists: int) -> None:
    """Only with more cases than configured a list is sent instead."""
    office, store = opened_office(tmp_path, Clock(), f"digest_above = {above}")
    for number in range(3):
        await office.put(written(f"c{number}@customer.example", f"Where is ORD10{number}?", subject="where"))
    await office.work()
    kinds = [sent.kind for sent in office.post.sent if sent.recipient == JANE]
    assert kinds.count(ReplyKind.DIGEST) == lists
    assert kinds.count(ReplyKind.NOTIFICATION) == (0 if lists else 3)
    await store.close()


async def test_in_turn_every_agent_has_the_next_case(tmp_path: Path) -> None:
    """Round robin gives each the same number, whatever the load."""
    office, store = opened_office(tmp_path, Clock(), 'assign = "round_robin"')
    people = next(stage for stage in office.stages if isinstance(stage, Assign))._people
    object.__setattr__(people, "agents", {key: one.model_copy(update={"categories": ()}) for key, one in people.agents.items()})
    for number in range(4):
        await office.get(written(f"c{number}@customer.example", "Hello?", subject="where"), minutes=0)
    given = [(await office.case(number)).assignee for number in (1, 2, 3, 4)]
    assert sorted(given) == ["bob", "bob", "jane", "jane"]
    assert given[0] != given[1]
    await store.close()


async def test_what_was_assigned_is_not_assigned_again(office: Office) -> None:
    """A second look finds nothing to do."""
    stage = next(stage for stage in office.stages if isinstance(stage, Assign))
    assert await stage.work() == 0
    assert len(await office.events("assigned")) == 1


async def test_what_was_told_is_not_told_again(office: Office) -> None:
    """News is told once, also after a new start."""
    before = len(office.came(JANE))
    stage = next(stage for stage in office.stages if isinstance(stage, Notify))
    assert await stage.work() == 0
    await office.work()
    assert len(office.came(JANE)) == before


async def test_cases_go_to_a_manager_where_every_agent_is_away(office: Office) -> None:
    """Somebody has to look after them; whoever is there again is not given them back by itself."""
    people = next(stage for stage in office.stages if isinstance(stage, Assign))._people
    gone = {key: one.model_copy(update={"active": key == "max"}) for key, one in people.agents.items()}
    object.__setattr__(people, "agents", gone)
    await office.work()
    assert (await office.case()).assignee == "max"
    assert "this case is yours now" in str(office.last(MAX)["Subject"])
    object.__setattr__(people, "agents", {key: one.model_copy(update={"active": True}) for key, one in gone.items()})
    await office.work()
    assert (await office.case()).assignee == "max"


async def test_with_nobody_at_all_management_hears_of_it_in_time(tmp_path: Path) -> None:
    """A case that finds nobody within the hour is a missed promise, told once."""
    office, store = opened_office(tmp_path, Clock())
    assign = next(stage for stage in office.stages if isinstance(stage, Assign))
    everybody = assign._people
    nobody = {key: one.model_copy(update={"active": False}) for key, one in everybody.agents.items()}
    rooms = {"finance": everybody.departments["finance"]}
    object.__setattr__(everybody, "agents", nobody)
    object.__setattr__(everybody, "departments", rooms)
    await office.get(written(ANN, "Hello?", subject="where"), minutes=0)
    assert (await office.case()).assignee == ""
    deadlines = await office.ask(lambda tx: [deadline.kind for deadline, _state in tx.deadlines.of_case(1)])
    assert "assign" in deadlines
    office.clock.forward(minutes=61)
    await office.work()
    (missed,) = await office.events("missed")
    assert missed.detail["promise"] == "assign"
    assert "was to have a representative" in missed.detail["why"]
    await store.close()


async def test_a_note_tells_its_reader_who_wrote_it(office: Office) -> None:
    """What a colleague noted stands in the news of whoever looks after the case."""
    await office.get(answer(office.last(JANE), "#assign bob\n#note\nShe prefers a call after five.", JANE))
    told = plain(office.last(BOB))
    assert "She prefers a call after five." in told


async def test_the_idle_stages_wait_a_moment_and_no_longer(office: Office) -> None:
    """Waiting ends with the tick, so that news is told without anybody ringing."""
    for kind in (Assign, Notify):
        stage = next(stage for stage in office.stages if isinstance(stage, kind))
        stage._tick = office.clock.at - office.clock.at
        await stage.idle()
