"""Clocks of cases from end to end: people are reminded in time and never in a storm, and customers hear how their case stands."""

import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.spine.office import ANN, FINANCE, JANE, Office, answer, opened_office, plain, written
from tests.spine.world import Clock
from tests.store.words import new_case
from triage.case import CaseStatus
from triage.ports import Transaction
from triage.reply import ReplyKind
from triage.staff import MISSED, Reminder

MANAGEMENT = "management@shop.example"
#: Ten on a Monday morning in Berlin.
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
async def calm(tmp_path: Path) -> AsyncIterator[Office]:
    """Nobody has written yet, on a Monday morning."""
    opened, store = opened_office(tmp_path, Clock(at=MONDAY))
    yield opened
    await store.close()


async def passes(office: Office, hours: float) -> None:
    """Time passes, hour by hour."""
    for _ in range(int(hours)):
        office.clock.forward(hours=1)
        await office.work()
    office.clock.forward(hours=hours % 1)
    await office.work()


def kinds(office: Office, address: str) -> list[ReplyKind]:
    return [delivery.kind for delivery in office.post.sent if delivery.recipient == address]


async def test_the_person_then_the_department_then_management(calm: Office) -> None:
    """Of a double charge that nobody answers: Jane at half of the time, Finance at four fifths, management when it is over; each once."""
    await calm.get(written(ANN, "You charged me twice for order ORD789456!\n\nAnn"), minutes=0)
    assert kinds(calm, JANE) == [ReplyKind.NOTIFICATION]
    await passes(calm, 4)
    assert kinds(calm, JANE)[1:] == [ReplyKind.NOTIFICATION]
    assert "a person is to answer the customer by 2026-11-24 10:00 CET" in plain(calm.last(JANE))
    assert kinds(calm, FINANCE) == [ReplyKind.ESCALATION]
    await passes(calm, 3)
    assert "a person is to answer the customer by" in plain(calm.last(FINANCE))
    assert kinds(calm, MANAGEMENT) == []
    await passes(calm, 17)
    assert kinds(calm, MANAGEMENT) == [ReplyKind.ESCALATION]
    assert "a person was to answer the customer by 2026-11-24 10:00 CET and has not" in plain(calm.last(MANAGEMENT))
    before = len(calm.post.sent)
    await calm.work()
    assert len(calm.post.sent) == before


async def test_an_answer_in_time_bothers_nobody(calm: Office) -> None:
    """Jane answers within the hour: no reminder, nobody in management, and no word of progress, because the case waits for the customer."""
    await calm.get(written(ANN, "You charged me twice for order ORD789456!"))
    await calm.get(answer(calm.last(JANE), "We will look into it.", f"Jane Adams <{JANE}>"))
    await calm.get(answer(calm.last(FINANCE), "Refunded today.", FINANCE))
    sent = {address: len(calm.came(address)) for address in (JANE, FINANCE, MANAGEMENT, ANN)}
    await passes(calm, 5)
    # But for the look at what Finance has answered, which waits for its day.
    assert {address: len(calm.came(address)) for address in sent} == sent


async def test_a_department_is_reminded_while_it_is_there(calm: Office) -> None:
    """Called upon on a Friday afternoon, Finance is reminded before it leaves and not at the weekend; its time ends with the customer's."""
    calm.clock.at = MONDAY.replace(day=27, hour=14)
    await calm.get(written(ANN, "You charged me twice for order ORD789456!"), minutes=0)
    assert "Sunday, 29 November 2026, 15:00 (CET)" in plain(calm.last(FINANCE))
    await passes(calm, 1)
    assert kinds(calm, FINANCE) == [ReplyKind.ESCALATION]
    await passes(calm, 1)
    assert kinds(calm, FINANCE) == [ReplyKind.ESCALATION, ReplyKind.NOTIFICATION]
    assert "your answer is due by 2026-11-29 15:00 CET" in plain(calm.last(FINANCE))
    await passes(calm, 44)
    # But for the customer's own time, of which four fifths were over.
    assert sum("your answer is due" in plain(it) for it in calm.came(FINANCE)) == 1


async def test_a_storm_is_one_list(calm: Office) -> None:
    """Twenty promises broken at once are one message to management and one to Jane, with the cases named; within the hour there is no other."""
    for number in range(20):
        await calm.put(written(f"c{number}@customer.example", f"Where is ORD10{number}?", subject="where"))
    await calm.work()
    calm.clock.forward(hours=49)
    await calm.work()
    assert kinds(calm, MANAGEMENT) == [ReplyKind.REMINDERS]
    said = plain(calm.last(MANAGEMENT))
    assert "of 20 cases a promise is broken" in said
    assert said.count("@shop.example: ") == 20
    assert max(map(len, said.splitlines())) < 400
    await calm.get(written("late@customer.example", "You charged me twice!"), minutes=0)
    calm.clock.forward(minutes=30)
    await calm.work()
    assert kinds(calm, MANAGEMENT) == [ReplyKind.REMINDERS]


async def test_what_is_broken_later_waits_for_the_next_list(calm: Office) -> None:
    """A promise broken ten minutes after the last message about promises comes fifty minutes later, and none is forgotten."""
    await calm.get(written(ANN, "Where is ORD1?", subject="where"), minutes=10)
    await calm.get(written("bea@customer.example", "Where is ORD2?", subject="where"), minutes=0)
    calm.clock.forward(hours=24 - 1 / 6)
    await calm.work()
    assert len(calm.came(MANAGEMENT)) == 1
    calm.clock.forward(minutes=20)
    await calm.work()
    assert len(calm.came(MANAGEMENT)) == 1
    calm.clock.forward(minutes=45)
    await calm.work()
    assert len(calm.came(MANAGEMENT)) == 2


async def test_what_was_settled_meanwhile_is_not_told(calm: Office) -> None:
    """A reminder that waits for its turn is dropped when the case is solved before."""
    await calm.get(written(ANN, "Where is ORD1?", subject="where"), minutes=10)
    await calm.get(written("bea@customer.example", "Where is ORD2?", subject="where"), minutes=0)
    told = calm.last(JANE)
    calm.clock.forward(hours=4)
    await calm.work()
    before = len(calm.came(JANE))
    await calm.get(answer(told, "#resolve", f"Jane Adams <{JANE}>"), minutes=0)
    await passes(calm, 2)
    assert len(calm.came(JANE)) == before
    assert (await calm.case(2)).status is CaseStatus.SOLVED


async def test_the_customer_hears_before_two_days_are_over(calm: Office) -> None:
    """Unanswered, the customer has word of progress within 48 hours, and again two days later; threaded, automatic, and with the next time."""
    await calm.get(written(ANN, "You charged me twice for order ORD789456!", Message_ID="<first@customer.example>"), minutes=0)
    await passes(calm, 47)
    (letter,) = [sent for sent in calm.post.sent if sent.kind is ReplyKind.PROGRESS]
    assert letter.recipient == ANN
    assert letter.created_at < MONDAY.replace(day=25)
    message = calm.last(ANN)
    assert (message["In-Reply-To"], message["Auto-Submitted"]) == ("<first@customer.example>", "auto-generated")
    assert "by Friday, 27 November 2026, 08:00 (CET)" in plain(message)
    assert "Finance is looking into it with us." in plain(message)
    assert "ORD789456" not in plain(message)
    calm.clock.forward(hours=46)
    await calm.work()
    assert kinds(calm, ANN).count(ReplyKind.PROGRESS) == 2


async def test_a_solved_case_is_confirmed_and_asked_about(calm: Office) -> None:
    """An hour after #resolve the customer reads that it is solved, and how to say how it went; a second case within the month is not asked about."""
    await calm.get(written(ANN, "Where is ORD1?", subject="where"))
    await calm.get(answer(calm.last(JANE), "#resolve Sent again", f"Jane Adams <{JANE}>"))
    await passes(calm, 1)
    assert kinds(calm, ANN)[-1] is ReplyKind.SURVEY
    assert "your case SP-100001 is solved" in plain(calm.last(ANN))
    assert plain(calm.last(ANN)).count("mailto:support+r.100001.") == 5
    await calm.get(written(ANN, "Where is ORD2?", subject="where"))
    await calm.get(answer(calm.last(JANE), "#resolve", f"Jane Adams <{JANE}>"))
    await passes(calm, 1)
    assert "your case SP-100002 is solved" in plain(calm.last(ANN))
    assert "mailto:" not in plain(calm.last(ANN))
    assert [event.detail.get("asks", "") for number in (1, 2) for event in await calm.events("closing", number)] == ["how we did", ""]


async def test_silence_solves_a_case_that_waits(calm: Office) -> None:
    """Answered on Monday and a week without a word: solved, confirmed; and who writes then is taken up again with clocks of the case's own."""
    await calm.get(written(ANN, "Where is ORD1?", subject="where"))
    await calm.get(answer(calm.last(JANE), "It left today.", f"Jane Adams <{JANE}>"))
    assert (await calm.case()).status is CaseStatus.PENDING
    calm.clock.forward(days=7)
    await calm.work()
    assert (await calm.case()).status is CaseStatus.SOLVED
    await passes(calm, 1)
    closing = calm.last(ANN)
    assert "is solved" in plain(closing)
    await calm.get(answer(closing, "No, it is still not here, where is it?", ANN, passed=""))
    assert (await calm.case()).status is CaseStatus.OPEN
    states = await calm.ask(lambda tx: {one.kind: state for one, state in tx.deadlines.of_case(1)})
    assert (states["solve"], states["update"]) == ("open", "open")


async def test_pauses_are_on_record(calm: Office) -> None:
    """The history says when clocks stood still and went on, so that anybody can count again."""
    await calm.get(written(ANN, "Where is ORD1?", subject="where"))
    await calm.get(answer(calm.last(JANE), "Which colour was it?", f"Jane Adams <{JANE}>"))
    calm.clock.forward(days=2)
    await calm.get(answer(calm.last(ANN), "It was blue.", ANN, passed=""))
    assert [event.detail["clocks"] for event in await calm.events("paused")] == ["answer, solve"]
    assert [event.detail["clocks"] for event in await calm.events("resumed")] == ["solve"]
    (solve,) = await calm.ask(lambda tx: [one.due_at for one, _state in tx.deadlines.of_case(1) if one.kind == "solve"])
    assert solve == datetime(2026, 11, 27, 9, 2, tzinfo=UTC)


async def test_an_answer_that_fails_lets_the_clocks_go_on(calm: Office) -> None:
    """The customer's server refuses it for good: the case is open, and what stood still runs again."""
    await calm.get(written(ANN, "Where is ORD1?", subject="where"))
    calm.post.refuses.add(ANN)
    await calm.get(answer(calm.last(JANE), "It left today.", f"Jane Adams <{JANE}>"))
    assert (await calm.case()).status is CaseStatus.OPEN
    states = await calm.ask(lambda tx: {one.kind: state for one, state in tx.deadlines.of_case(1)})
    assert (states["solve"], states["silence"]) == ("open", "kept")


async def test_agents_who_want_no_mail_get_none(tmp_path: Path) -> None:
    """With notify = "off" an agent is not reminded either; departments and management are."""
    office, store = opened_office(tmp_path, Clock(at=MONDAY), 'notify = "off"')
    await office.get(written(ANN, "You charged me twice!"), minutes=0)
    await passes(office, 25)
    assert office.came(JANE) == []
    assert len(office.came(FINANCE)) > 1
    assert len(office.came(MANAGEMENT)) == 1
    await store.close()


async def test_whoever_cannot_be_reached_is_not_written_to(calm: Office) -> None:
    """Mail to Jane fails: reminders are done with, and wait for nobody."""
    await calm.get(written(ANN, "Where is ORD1?", subject="where"), minutes=0)
    await calm.store.transact(lambda tx: tx.colleagues.set_unreachable("jane", calm.clock()))
    before = len(calm.came(JANE))
    calm.clock.forward(hours=4)
    await calm.work()
    assert len(calm.came(JANE)) == before
    assert await calm.ask(lambda tx: tx.reminders.recipients()) == []


@pytest.mark.parametrize(("cases", "kind", "letters"), [(3, ReplyKind.ESCALATION, 3), (4, ReplyKind.REMINDERS, 1)])
async def test_few_come_one_by_one_and_many_as_a_list(calm: Office, cases: int, kind: ReplyKind, letters: int) -> None:
    """Up to three broken promises come with the whole case each, and more as one list."""
    for number in range(cases):
        await calm.put(written(f"c{number}@customer.example", f"Where is ORD10{number}?", subject="where"))
    await calm.work()
    calm.clock.forward(hours=24)
    await calm.work()
    assert kinds(calm, MANAGEMENT) == [kind] * letters
    escalated = [len(await calm.events("escalated", number + 1)) for number in range(cases)]
    assert escalated == [1] * cases


def _hundred_and_three(tx: Transaction) -> None:
    for _ in range(103):
        case = tx.cases.open(new_case(received_at=MONDAY, opened_at=MONDAY))
        reminder = Reminder(case_id=case.id, kind="solve", due_at=MONDAY, step=MISSED, recipient="management", why="it is over")
        tx.reminders.add(reminder, MONDAY)


async def test_a_list_has_an_end(calm: Office) -> None:
    """Of more than a hundred cases a hundred are named, and how many more there are is said."""
    await calm.store.transact(_hundred_and_three)
    await calm.work()
    said = plain(calm.last(MANAGEMENT))
    assert said.count("- SP-") == 100
    assert "- and 3 more" in said
    assert len(calm.came(MANAGEMENT)) == 1


async def test_a_restart_forgets_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    """Reminders that wait are told after a new start, and those that were told are not told again."""
    office, store = opened_office(tmp_path, Clock(at=MONDAY))
    await office.get(written(ANN, "Where is ORD1?", subject="where"), minutes=0)
    office.clock.forward(hours=4)
    await office.work()
    told = len(office.came(JANE))
    await store.close()
    again, store = opened_office(tmp_path, office.clock)
    await again.work()
    assert again.came(JANE) == []
    again.clock.forward(hours=20)
    await again.work()
    assert len(again.came(JANE)) == 1
    assert len(again.came(MANAGEMENT)) == 1
    assert told == 2
    await store.close()


async def test_what_was_promised_in_mail_is_looked_after(calm: Office) -> None:
    """Jane promises a refund in three business days: on Thursday at five she is asked whether it has come true; once, and only while it is open."""
    await calm.get(written(ANN, "Where is ORD1?", subject="where"))
    await calm.get(answer(calm.last(JANE), "#assign jane\n#reply\nYour refund will arrive in 2–3 business days.", f"Jane Adams <{JANE}>"))
    (promised,) = await calm.events("promised")
    assert promised.detail["words"] == "Your refund will arrive in 2–3 business days"
    assert promised.detail["until"] == "2026-11-26T16:00:00+00:00"
    before = len(calm.came(JANE))
    await passes(calm, 78)
    assert len(calm.came(JANE)) == before
    await passes(calm, 2)
    assert "the customer was told “Your refund will arrive in 2–3 business days”: has it come true?" in plain(calm.last(JANE))
    assert len(calm.came(JANE)) == before + 1


async def test_what_a_department_answered_is_looked_after(calm: Office) -> None:
    """A day's work after Finance has answered, Jane is asked whether the matter is settled."""
    await calm.get(written(ANN, "You charged me twice for order ORD789456!"))
    told = calm.last(JANE)
    await calm.get(answer(calm.last(FINANCE), "We have refunded it.", FINANCE))
    await calm.get(answer(told, "It is with our bank.", f"Jane Adams <{JANE}>"))
    calm.clock.forward(hours=24)
    await calm.work()
    assert "Finance has answered: is the matter settled, and does the customer know?" in plain(calm.last(JANE))
    assert [event.detail["what"] for event in await calm.events("due")] == ["check"]


@pytest.mark.parametrize(
    ("words", "until"),
    [
        ("We will write to you within 24 hours.", "2026-11-24T09:02"),
        ("We will call you by Friday.", "2026-11-27T09:02"),
        ("We will call you on Monday.", "2026-11-30T09:02"),
        ("It will be there in two weeks. We will write in 3 days.", "2026-12-07T09:02"),
        ("We will look into it.", ""),
    ],
)
async def test_each_promise_has_its_day(calm: Office, words: str, until: str) -> None:
    """Hours and weeks around the clock, weekdays the next of that name, and of several promises the last."""
    await calm.get(written(ANN, "Where is ORD1?", subject="where"))
    await calm.get(answer(calm.last(JANE), words, f"Jane Adams <{JANE}>"))
    assert [event.detail["until"][:16] for event in await calm.events("promised")] == ([until] if until else [])


async def test_an_old_payment_dispute_is_escalated_by_the_clock(calm: Office) -> None:
    """A day and a half without a solution: management has the whole case, and its priority is urgent; the third matter in a row likewise at once."""
    await calm.get(written(ANN, "You charged me twice for order ORD789456!"), minutes=0)
    await passes(calm, 36)
    why = [event.detail["why"] for event in await calm.events("escalated") if event.detail["to"] == "management"]
    assert len(why) == 1
    assert (await calm.case()).priority == "urgent"


async def test_the_customer_hears_of_an_escalation(calm: Office) -> None:
    """Ann writes again and names her bank: Finance is called, and Ann reads who looks into it and by when; once, and nothing of what she wrote."""
    await calm.get(written(ANN, "Where is ORD1?", subject="where"))
    first = calm.last(ANN)
    await calm.get(answer(first, "I have asked my bank for a chargeback of 20 EUR.", ANN, passed=""))
    assert kinds(calm, ANN) == [ReplyKind.ACKNOWLEDGMENT, ReplyKind.ESCALATED]
    said = plain(calm.last(ANN))
    assert "we have asked Finance to look into it" in said
    assert "you will hear from us by Wednesday, 25 November 2026" in said
    assert "chargeback" not in said
    assert [event.detail["to"] for event in await calm.events("told")] == ["finance"]
    await calm.get(answer(first, "The chargeback is under way!", ANN, passed=""))
    assert kinds(calm, ANN).count(ReplyKind.ESCALATED) == 1


async def test_a_third_invoice_problem_goes_to_management(calm: Office) -> None:
    """What the store remembers counts: two earlier matters of the same category by the same customer, and the third is escalated."""
    for number in range(2):
        await calm.store.transact(lambda tx: tx.cases.open(new_case(category="order", received_at=MONDAY, opened_at=MONDAY)))
        assert number < 2
    assert await calm.ask(lambda tx: tx.cases.repeats("ann@customer.example", "", "order", MONDAY)) == 2
    assert await calm.ask(lambda tx: tx.cases.repeats("ann@customer.example", "", "invoice", MONDAY)) == 0


async def test_one_case_that_cannot_be_dealt_with_stops_no_other(calm: Office) -> None:
    """What is kept of Ann's message is damaged: her clocks are set aside, and Bea hears in time how her case stands."""
    await calm.get(written(ANN, "Where is ORD1?", subject="where"))
    await calm.get(written("bea@customer.example", "Where is ORD2?", subject="where"))
    with sqlite3.connect(calm.settings.paths.store) as connection:
        connection.execute("update messages set reading = '{' where author = ?", (ANN,))
    calm.clock.forward(hours=47)
    await calm.work()
    assert kinds(calm, "bea@customer.example")[-1] is ReplyKind.PROGRESS
    assert ReplyKind.PROGRESS not in kinds(calm, ANN)
    states = await calm.ask(lambda tx: {one.kind: state for one, state in tx.deadlines.of_case(1)})
    assert states["update"] == "missed"
    assert kinds(calm, MANAGEMENT) == [ReplyKind.REMINDERS]
    assert "SP-100001" in plain(calm.last(MANAGEMENT))
