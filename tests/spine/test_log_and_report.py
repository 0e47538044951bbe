"""From a customer's first words to the log and the report: one case through the whole house, told by both in the same way."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.spine.office import ANN, FINANCE, JANE, Office, answer, written
from tests.store.words import event
from triage.case import Rating
from triage.entry import Action, Wanted
from triage.figures import Promise, Report, Span
from triage.ledger.actions import actions
from triage.ledger.columns import COLUMNS, row
from triage.people import People
from triage.reporting import counted
from triage.reports.period import period_of
from triage.stages.log import KeepLog

WHERE = ZoneInfo("Europe/Berlin")


async def printed(office: Office) -> dict[str, str]:
    """What every column of the log says of the one case."""
    await KeepLog(store=office.store, people=People.of(office.settings), now=office.clock).catch_up()
    (entry,) = await office.ask(lambda tx: list(tx.log.find(Wanted())))
    return dict(zip(COLUMNS, row(entry, WHERE), strict=True))


async def report(office: Office) -> Report:
    """The week of the case, as known now."""
    period = period_of(Span.WEEK, office.clock.at.astimezone(WHERE).date(), WHERE)
    people, now = People.of(office.settings), office.clock.at
    return await office.ask(lambda tx: counted(tx, period, now, people.called, WHERE))


async def resolved(office: Office) -> None:
    """Finance pays back, Jane resolves, Ann says how it went."""
    await office.get(answer(office.last(FINANCE), "Refunded, reference R-77.", FINANCE))
    await office.get(answer(office.last(JANE), "#resolve refund confirmed\n\nDear Ann, you have your money back.", JANE))
    said = Rating(score=4, comment="quick, but I wish I had been told earlier")

    def rate(tx: Any) -> None:
        tx.cases.set_rating(1, said, office.clock.at)
        tx.cases.record(1, [event("rated", office.clock.at, score="4", comment=said.comment)])

    await office.store.transact(rate)


async def test_a_case_that_waits(office: Office) -> None:
    """Before anybody has answered every field has a value, and the report counts the case as not due."""
    found = await printed(office)
    assert "" not in found.values()
    assert (found["e-mail"], found["order number"], found["escalation"]) == (ANN, "ORD789456", "Finance")
    assert found["resolution status"].startswith("pending; promised by ")
    assert found["representative"] == "Jane Adams"
    total = (await report(office)).total.counts
    assert (total.received, total.acknowledged, total.resolution_due, total.escalated) == (1, 1, 0, 1)


async def test_a_case_that_is_resolved(office: Office) -> None:
    """The log says what was done, by whom and how it went; the report counts it once in each of its groups."""
    await resolved(office)
    found = await printed(office)
    assert found["resolution status"] == "resolved: refund confirmed"
    assert found["customer satisfaction"] == "satisfied"
    assert found["rating and comments"] == "4/5: quick, but I wish I had been told earlier"
    for said in (
        "given to Jane Adams",
        "escalated to Finance",
        "finance answered",
        "the customer was answered",
        "resolved: refund confirmed",
    ):
        assert said in found["follow-up actions"], said
    made = await report(office)
    assert (made.total.counts.resolved, made.total.counts.first_contact, made.solved) == (1, 1, 1)
    assert (made.total.csat, [it.comment for it in made.rated]) == (4.0, ["quick, but I wish I had been told earlier"])
    assert [(it.name, it.counts.received) for it in made.by["representative"]] == [("Jane Adams", 1)]
    assert [(it.name, it.csat) for it in made.by["matter"]] == [("payment/payment_duplicate", 4.0)]


async def test_a_line_for_each_action(office: Office) -> None:
    """Whatever is in the history is an action, with whoever did it."""
    await resolved(office)
    events = await office.ask(lambda tx: tx.cases.events(1))
    done: list[Action] = list(actions("SP-100001", events))
    assert len(done) == len(events)
    by = {action.who for action in done}
    assert {ANN, "Jane Adams", "Finance", "daemon"} <= by
    assert all(action.what for action in done)


async def test_a_case_that_nobody_answers(office: Office) -> None:
    """After two days it is a miss, listed with its reason and its representative."""
    office.clock.at += timedelta(hours=49)
    await office.work()
    await printed(office)
    period = period_of(Span.WEEK, (office.clock.at - timedelta(hours=49)).astimezone(WHERE).date(), WHERE)
    people, now = People.of(office.settings), office.clock.at
    made = await office.ask(lambda tx: counted(tx, period, now, people.called, WHERE))
    (missed,) = made.misses[Promise.RESOLUTION].listed
    assert (missed.number, missed.representative, missed.took) == ("SP-100001", "Jane Adams", None)
    assert missed.why == "waits for a department"
    assert made.waiting.many in (0, 1)


async def test_spam_is_counted_by_name_alone(office: Office) -> None:
    """What a person calls spam is in no figure, and is told as that."""
    await office.get(answer(office.last(JANE), "#spam", JANE))
    await office.get(written("robot@machine.example", "I am away.", subject="away", Auto_Submitted="auto-replied"))
    await printed(office)
    made = await report(office)
    assert made.total.counts.received == 0
    assert made.excluded["cases: closed as spam"] == 1
    assert made.excluded["automatic, bulk and list mail"] == 1
