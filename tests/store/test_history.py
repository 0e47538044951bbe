"""How far the history of cases was followed."""

import random

import pytest

from tests.store.words import NOON, event, key, new_case, raw, reading
from triage.decision import Outcome
from triage.ports import Store, Transaction


async def test_the_mark(store: Store) -> None:
    """Unknown at first, then what was said last, for each name by itself."""

    def work(tx: Transaction) -> None:
        assert tx.history.mark("support") is None
        tx.history.set_mark("support", 5)
        tx.history.set_mark("support", 9)
        tx.history.set_mark("sales", 2)
        assert (tx.history.mark("support"), tx.history.mark("sales")) == (9, 2)

    await store.transact(work)


async def test_what_was_touched(store: Store) -> None:
    """Cases once each in the order of their events, so many events at a time, until there are no more."""

    def work(tx: Transaction) -> None:
        assert tx.history.latest_event() == 0
        assert tx.history.touched(0, 10) == ([], 0)
        for _ in range(3):
            tx.cases.open(new_case())
        for case in (2, 1, 2, 3):
            tx.cases.record(case, [event()])
        assert tx.history.latest_event() == 4
        assert tx.history.touched(0, 10) == ([2, 1, 3], 4)
        assert tx.history.touched(0, 3) == ([2, 1], 3)
        assert tx.history.touched(3, 3) == ([3], 4)
        assert tx.history.touched(4, 3) == ([], 4)

    await store.transact(work)


async def test_a_case_comes_with_its_last_event(store: Store) -> None:
    """Whoever follows in small steps is not told of a case that more is to be said of, and goes on past a step without any."""

    def work(tx: Transaction) -> None:
        for _ in range(3):
            tx.cases.open(new_case())
        for case in (1, 1, 2, 1, 3, 1):
            tx.cases.record(case, [event()])
        assert tx.history.touched(0, 2) == ([2], 4)
        assert tx.history.touched(4, 2) == ([3, 1], 6)
        assert tx.history.touched(0, 5) == ([2, 3], 5)
        assert tx.history.touched(5, 5) == ([1], 6)
        assert tx.history.touched(6, 5) == ([], 6)
        tx.cases.record(2, [event()])
        assert tx.history.touched(6, 5) == ([2], 7)

    await store.transact(work)


@pytest.mark.parametrize("step", [1, 2, 7, 100])
async def test_followed_to_the_end_each_case_comes_once(store: Store, step: int) -> None:
    """However large the steps are, every case that something happened to comes once, and the last mark is the last event."""

    def work(tx: Transaction) -> None:
        chance = random.Random(step)
        cases = [tx.cases.open(new_case()).id for _ in range(12)]
        happened = [chance.choice(cases[:-1]) for _ in range(60)]
        for case in happened:
            tx.cases.record(case, [event()])
        came, mark = [], 0
        while True:
            found, mark = tx.history.touched(mark, step)
            if not found:
                break
            came += found
        assert sorted(came) == sorted(set(happened))
        assert mark == tx.history.latest_event() == len(happened)

    await store.transact(work)


async def test_what_happens_meanwhile_is_not_passed_over(store: Store) -> None:
    """A case that was told of already is told of again each time when something has happened to it behind the mark."""

    def work(tx: Transaction) -> None:
        cases, mark = [tx.cases.open(new_case()).id for _ in range(2)], 0
        for case in (*cases, *cases, cases[0], cases[0]):
            tx.cases.record(case, [event()])
            found, mark = tx.history.touched(mark, 100)
            assert (found, mark) == ([case], tx.history.latest_event())

    await store.transact(work)


async def test_whether_a_message_waits(store: Store) -> None:
    """From its arrival until it is decided, whatever became of others, and whatever it is decided to be."""

    def work(tx: Transaction) -> None:
        assert not tx.history.message_waits()
        tx.messages.add([raw(1), raw(2)])
        for row, outcome in ((1, Outcome.NOTED), (2, Outcome.SPAM)):
            assert tx.history.message_waits()
            tx.messages.settle(row, outcome, None, reading(), reason="", keep_raw=False)
        tx.messages.add_settled([(key(3), NOON)], Outcome.HISTORY)
        assert not tx.history.message_waits()

    await store.transact(work)
