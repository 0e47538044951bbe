"""What each kind of message says by being put into each kind of folder; on a store, without a server."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.making import DUE, PEOPLE, SHIPPED, clockwork, writer
from tests.store.words import NOON, event, later, new_case, raw, reading
from tests.stores import laid
from triage.alarm import AlarmBoard
from triage.case import CaseEvent
from triage.correction import Correction
from triage.decision import Outcome
from triage.policy.folders import rulings
from triage.ports import Store, Transaction
from triage.stages.correct import Corrector
from triage.stages.moved import Moved, Place
from triage.stages.record import Recorder
from triage.store.sqlite import open_store

HERE = Place(folder="Orders", uid_validity=3, uid=10)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """An empty store."""
    opened = open_store(laid(tmp_path / "triage.db"), "SP")
    yield opened
    await opened.close()


@pytest.fixture
def moved() -> Moved:
    """What moves mean, under the shipped policy."""
    recorder = Recorder(writer=writer(), live=True, keep_raw=False, board=AlarmBoard(), clockwork=clockwork())
    return Moved(
        account="support",
        rulings=rulings(SHIPPED),
        corrector=Corrector(policy=SHIPPED, people=PEOPLE, due=DUE, recorder=recorder),
    )


def lying(tx: Transaction, outcome: Outcome, folder: str, *, with_case: bool = True, uid: int = 1) -> int:
    """Row of a message with that outcome that we filed into a folder."""
    tx.messages.add([raw(uid)])
    [stored] = tx.messages.undecided(1)
    case = tx.cases.open(new_case(category="payment", issue="payment_duplicate")) if with_case else None
    if case:
        tx.cases.record(case.id, [event("opened")])
    tx.messages.settle(
        stored.id, outcome, case.id if case else None, reading(fingerprint=f"f{uid}"), reason="", keep_raw=False
    )  # fmt: skip
    tx.messages.lies(stored.id, folder, HERE.uid_validity, uid)
    return stored.id


async def put(store: Store, moved: Moved, outcome: Outcome, source: str, target: str, *, with_case: bool = True) -> tuple[
    bool | None, list[Correction], list[CaseEvent]
]:  # fmt: skip
    """Whether a move said anything, what was learned, and what the case says of it."""

    def work(tx: Transaction) -> tuple[bool | None, list[Correction], list[CaseEvent]]:
        row = lying(tx, outcome, source, with_case=with_case)
        changed = moved.put(tx, row, replace(HERE, folder=target), later(hours=1))
        assert tx.messages.lying_in("support", target, HERE.uid_validity) == {HERE.uid: row}
        return changed, tx.corrections.all(), tx.cases.events(1)[1:] if with_case else []

    return await store.transact(work)


@pytest.mark.parametrize("outcome", [Outcome.OPENED, Outcome.FOLLOW_UP, Outcome.DUPLICATE, Outcome.UNREADABLE])
@pytest.mark.parametrize(("target", "category"), [("Orders", "order"), ("Disputes", "dispute"), ("Spam", "other"), ("Sort by hand", "")])
async def test_a_customers_message_speaks_for_its_case(store: Store, moved: Moved, outcome: Outcome, target: str, category: str) -> None:
    """Whichever message of the case is moved, the case is corrected."""
    changed, corrections, events = await put(store, moved, outcome, "Payments", target)
    assert changed is True
    assert [each.category for each in corrections] == [category]
    assert events[0].kind == "corrected"
    assert (events[0].actor, events[0].provenance) == ("a person, by moving it in mailbox support", "mail-folder")


@pytest.mark.parametrize("target", ["Automatic", "Delivery reports", "Unreadable"])
async def test_folders_that_name_no_category_are_noted(store: Store, moved: Moved, target: str) -> None:
    """The message stays where it was put, the case says so, and nothing is learned."""
    changed, corrections, events = await put(store, moved, Outcome.OPENED, "Payments", target)
    assert (changed, corrections) == (True, [])
    assert [(each.kind, each.detail["from"], each.detail["to"]) for each in events] == [("moved", "Payments", target)]


@pytest.mark.parametrize("outcome", [Outcome.NOTED, Outcome.REPORT])
async def test_notes_of_machines_say_nothing_of_the_case(store: Store, moved: Moved, outcome: Outcome) -> None:
    """A report or a note that somebody tidies away changes no category."""
    changed, corrections, events = await put(store, moved, outcome, "Delivery reports", "Orders")
    assert (changed, corrections) == (True, [])
    assert [each.kind for each in events] == ["moved"]


@pytest.mark.parametrize(
    ("outcome", "target", "learned"),
    [
        (Outcome.SPAM, "Orders", [("other", "order")]),
        (Outcome.AUTOMATIC, "Disputes", [("", "dispute")]),
        (Outcome.AUTOMATIC, "Spam", [("", "other")]),
        (Outcome.AUTOMATIC, "Unreadable", []),
        (Outcome.HISTORY, "Orders", []),
        (Outcome.OPENED, "Orders", []),
    ],
)
async def test_messages_without_a_case(store: Store, moved: Moved, outcome: Outcome, target: str, learned: list[tuple[str, str]]) -> None:
    """What was dismissed and taken out again is learned, with what we had said of it."""
    _, corrections, _ = await put(store, moved, outcome, "Automatic", target, with_case=False)
    assert [(each.from_category, each.category) for each in corrections] == learned


async def test_the_same_folder_says_nothing(store: Store, moved: Moved) -> None:
    """Another UID in the folder where it was: only the place is noted."""
    changed, corrections, events = await put(store, moved, Outcome.OPENED, "Payments", "Payments")
    assert (changed, corrections, events) == (False, [], [])


async def test_where_the_case_is_already(store: Store, moved: Moved) -> None:
    """Moved to where its case belongs anyway: nothing to correct."""
    changed, corrections, events = await put(store, moved, Outcome.OPENED, "Automatic", "Payments")
    assert (changed, corrections, events) == (False, [], [])


async def test_while_our_own_hand_is_at_it(store: Store, moved: Moved) -> None:
    """An open order, or a message that is not there: nothing is said, and nothing noted."""

    def work(tx: Transaction) -> list[bool | None]:
        row = lying(tx, Outcome.OPENED, "Payments")
        tx.filings.order(row, "Orders", NOON)
        return [moved.put(tx, each, HERE, NOON) for each in (row, row + 1)]

    assert await store.transact(work) == [None, None]
    assert await store.query(lambda tx: tx.messages.lying_in("support", "Orders", 3)) == {}


@pytest.mark.parametrize(("where", "why"), [("Archive", "left there"), ("", "deleted, or moved out of this account")])
async def test_what_left_is_noted_in_its_case(store: Store, moved: Moved, where: str, why: str) -> None:
    """The event says from where and to where; the UID means nothing any more."""

    def work(tx: Transaction) -> list[CaseEvent]:
        record = tx.messages.get(lying(tx, Outcome.OPENED, "Payments"))
        assert record
        moved.left(tx, record, where, NOON)
        return tx.cases.events(1)[1:]

    [said] = await store.transact(work)
    assert said.kind == "moved_away"
    assert said.detail == {"message": "1", "from": "Payments", "why": why} | ({"to": where} if where else {})
    assert await store.query(lambda tx: tx.messages.lying_in("support", "Payments", 3)) == {}
