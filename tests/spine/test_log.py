"""The stage that keeps the customer-service log: it follows what happens, and lets mail go first."""

import asyncio

import pytest

from tests.spine.office import ANN, FINANCE, JANE, Office, answer, written
from tests.store.words import event
from triage import app as assembly
from triage.entry import Entry, Wanted
from triage.stages import log
from triage.stages.log import KeepLog
from triage.stages.loop import drain


def keeper(office: Office) -> KeepLog:
    """The stage, on the office's clock."""
    return KeepLog(store=office.store, people=assembly.People.of(office.settings), now=office.clock)


async def entry(office: Office, **wanted: str) -> Entry:
    """The one entry that fits."""
    (found,) = await office.ask(lambda tx: list(tx.log.find(Wanted(**wanted))))
    return found


async def test_the_log_follows_a_case(office: Office) -> None:
    """From the first message to the resolution the entry says what has happened, and by whom."""
    stage = keeper(office)
    assert await drain(stage) > 0
    opened = await entry(office)
    assert (opened.number, opened.email, opened.order_numbers) == ("SP-100001", ANN, ("ORD789456",))
    assert (opened.representative_name, opened.department_names) == ("Jane Adams", ("Finance",))
    assert opened.acknowledged_at is not None
    assert (opened.answered_at, opened.resolved_at) == (None, None)
    assert await drain(stage) == 0

    await office.get(answer(office.last(FINANCE), "Refunded, reference R-77.", FINANCE))
    await office.get(answer(office.last(JANE), "#resolve refunded\n\nDear Ann, we have refunded you.", JANE))
    assert await drain(stage) > 0
    resolved = await entry(office, status="solved")
    assert resolved.resolution == "refunded"
    assert resolved.answered_at is not None
    assert resolved.acknowledged_at == opened.acknowledged_at
    assert "Finance answered" in resolved.follow_up_actions.replace("finance", "Finance")
    # What a colleague wrote is searched, too.
    assert (await entry(office, words=("R-77",))).number == "SP-100001"  # type: ignore[arg-type]


async def test_mail_goes_first(office: Office) -> None:
    """While a message waits to be decided the log waits, too, but not for ever."""
    stage = keeper(office)
    await office.put(written(ANN, "Hello?"))
    assert await stage.work() == 0
    office.clock.forward(minutes=11)
    assert await stage.work() > 0


async def test_when_it_has_waited_long_enough_it_follows_to_the_end(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """An acknowledgment that cannot leave for days does not keep the log behind: once its patience is over it follows all there is."""
    monkeypatch.setattr(log, "_EVENTS", 1)
    stage = keeper(office)
    await office.put(written(ANN, "Hello?"))
    await office.put(written("eve@customer.example", "And mine?", subject="Mine"))
    assert await stage.work() == 0
    office.clock.forward(minutes=11)
    while await stage.work():
        pass
    assert await office.ask(lambda tx: tx.history.mark("log") == tx.history.latest_event())
    assert (await entry(office)).number == "SP-100001"
    assert await office.ask(lambda tx: tx.log.mail_waits())
    # From then on mail goes first anew.
    await office.store.transact(lambda tx: tx.cases.record(1, [event()]))
    assert await stage.work() == 0


async def test_whoever_reads_the_log_need_not_wait(office: Office) -> None:
    """Catching up writes all there is, whatever else waits, and then has nothing to do."""
    await office.put(written(ANN, "Hello?"))
    assert await keeper(office).catch_up() > 0
    assert await keeper(office).catch_up() == 0


async def test_two_may_keep_it_at_once(office: Office) -> None:
    """A command that catches up beside the daemon changes nothing about the outcome."""
    await asyncio.gather(keeper(office).catch_up(), keeper(office).catch_up())
    first = await entry(office)
    assert await keeper(office).catch_up() == 0
    # Followed anew from the beginning the log says the same.
    await office.store.transact(lambda tx: tx.history.set_mark("log", 0))
    assert await keeper(office).catch_up() > 0
    assert await entry(office) == first


async def test_the_stage_rests(office: Office) -> None:
    """Idle, it waits for its tick."""
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(keeper(office).idle(), 0.01)
