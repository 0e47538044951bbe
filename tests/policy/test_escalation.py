"""Who is called upon, why, and by when they answer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.making import ARRIVED, IDENTITY, NOW, OFFICE_HOURS, PEOPLE, ROOT, SHIPPED, case, decided, event, reading
from triage.case import CaseStatus, Priority
from triage.clocks.due import BothClocks
from triage.people import People
from triage.policy.table import Policy
from triage.reply import ReplyKind
from triage.sections.people import DepartmentSettings

NO_FALLBACK = SHIPPED.model_copy(update={"escalation": SHIPPED.escalation.model_copy(update={"fallback_department": ""})})


def only(*names: str) -> People:
    """People with these departments alone."""
    return People(identity=IDENTITY, departments={name: PEOPLE.departments[name] for name in names})


def escalated(category: str, issue: str, **given: object) -> tuple[str, ...]:
    decision = decided(reading(category, issue, text=str(given.pop("text", "Please help."))), **given)
    return tuple(reply.department for reply in decision.replies if reply.kind is ReplyKind.ESCALATION)


@pytest.mark.parametrize(
    ("category", "issue", "departments"),
    [
        ("order", "order_status", ()),
        ("order", "order_cancel", ("logistics",)),
        ("order", "delivery_lost", ("logistics",)),
        ("invoice", "invoice_request", ()),
        ("invoice", "invoice_discrepancy", ("billing",)),
        ("receipt", "receipt_correction", ("billing",)),
        ("payment", "payment_duplicate", ("finance",)),
        ("payment", "payment_failed", ("technical_support",)),
        ("payment", "payment_method", ()),
        ("dispute", "refund_request", ("finance",)),
        ("dispute", "quality", ("logistics",)),
        ("dispute", "refund_policy", ()),
        ("other", "technical", ("technical_support",)),
        ("other", "partner", ()),
    ],
)
def test_the_policy_says_who_is_told(category: str, issue: str, departments: tuple[str, ...]) -> None:
    """Each topic goes to its department, or to nobody but the folder."""
    assert escalated(category, issue) == departments


def test_an_escalated_case_is_on_hold_with_its_department() -> None:
    """The new case waits for the department, whose address is from the settings."""
    decision = decided(reading("payment", "payment_duplicate"))
    assert decision.new_case is not None
    assert (decision.new_case.status, decision.new_case.departments) == (CaseStatus.ON_HOLD, ("finance",))
    (order,) = (reply for reply in decision.replies if reply.kind is ReplyKind.ESCALATION)
    assert (order.recipient, order.reason) == ("finance@shop.example", "“Payment: charged twice” is theirs")


def test_the_department_is_told_within_the_hour_and_answers_within_its_day() -> None:
    """The mail leaves within an hour of arrival; the answer is due as the settings say, from now on."""
    decision = decided(reading("payment", "payment_duplicate"))
    (order,) = (reply for reply in decision.replies if reply.department)
    (due,) = (deadline for deadline in decision.deadlines if deadline.kind == "reply")
    assert order.deadline == ARRIVED + timedelta(hours=1)
    assert (due.due_at, due.bound) == (NOW + timedelta(hours=8), "finance")
    assert order.answer_by == due.due_at


@pytest.mark.parametrize(
    ("late", "answer_by"),
    [
        (timedelta(hours=10), timedelta(hours=18)),
        (timedelta(hours=42), timedelta(hours=48)),
        (timedelta(hours=47, minutes=30), timedelta(hours=48, minutes=30)),
        (timedelta(hours=90), timedelta(hours=91)),
    ],
)
def test_an_answer_is_due_before_the_customer_s_time_is_up(late: timedelta, answer_by: timedelta) -> None:
    """A department's time ends with the promise to the customer, but is never shorter than an hour."""
    decision = decided(reading("payment", "payment_duplicate"), now=ARRIVED + late)
    assert [deadline.due_at - ARRIVED for deadline in decision.deadlines if deadline.kind == "reply"] == [answer_by]


def test_the_history_says_to_whom_why_and_until_when() -> None:
    """The event of an escalation holds the department's key and name, the reason, and when the answer is due."""
    told = decided(reading("dispute", "chargeback")).events[-1]
    assert (told.kind, told.provenance) == ("escalated", "policy")
    assert told.detail == {
        "to": "finance",
        "name": "Finance",
        "why": "“Dispute: chargeback” is theirs",
        "answer_by": (NOW + timedelta(hours=8)).isoformat(),
    }


#: A Friday afternoon, three hours before people leave; a Saturday noon; a Monday morning.
FRIDAY, SATURDAY, MONDAY = (datetime(2026, 11, *it, tzinfo=UTC) for it in ((27, 13), (28, 11), (30, 8)))
LONG = Policy.parse((ROOT / "config" / "policy.toml").read_text(encoding="utf-8").replace('resolve = "48h"', 'resolve = "7d"'))


@pytest.mark.parametrize(
    ("arrived", "within", "around_the_clock", "answer_by"),
    [
        # Three hours on Friday, five on Monday; a day more where it is sixteen hours.
        (FRIDAY, 8, False, MONDAY + timedelta(hours=5)),
        (FRIDAY, 16, False, MONDAY + timedelta(hours=29)),
        (FRIDAY, 3, False, FRIDAY + timedelta(hours=3)),
        (SATURDAY, 8, False, MONDAY + timedelta(hours=8)),
        (MONDAY, 8, False, MONDAY + timedelta(hours=8)),
        # Where somebody is there at any hour the weekend is as good as any day.
        (FRIDAY, 8, True, FRIDAY + timedelta(hours=8)),
        (SATURDAY, 8, True, SATURDAY + timedelta(hours=8)),
    ],
)
def test_a_department_answers_on_staffed_time(arrived: datetime, within: int, around_the_clock: bool, answer_by: datetime) -> None:
    """Nights and weekends are no part of a department's time, unless it says that somebody is there at any hour."""
    its = DepartmentSettings(
        name="Finance", address="finance@shop.example", reply_within=timedelta(hours=within), around_the_clock=around_the_clock
    )
    found = decided(
        reading("payment", "payment_duplicate"), people=replace(PEOPLE, departments={"finance": its}), policy=LONG, received_at=arrived,
        now=arrived, due=BothClocks(OFFICE_HOURS.staffed),
    )  # fmt: skip
    [order] = [it for it in found.replies if it.department]
    [due] = [it for it in found.deadlines if it.kind == "reply"]
    [told] = [it for it in found.events if it.kind == "escalated"]
    assert order.answer_by == due.due_at == answer_by
    assert told.detail["answer_by"] == answer_by.isoformat()


def test_a_weekend_does_not_outlast_the_customer_s_time() -> None:
    """What was promised to the customer runs through the weekend: a department is never asked to answer after that."""
    found = decided(reading("payment", "payment_duplicate"), received_at=FRIDAY, now=FRIDAY, due=BothClocks(OFFICE_HOURS.staffed))
    assert [it.due_at for it in found.deadlines if it.kind == "reply"] == [FRIDAY + timedelta(hours=48)]


def test_a_department_that_is_not_configured_is_stood_in_for() -> None:
    """The fallback department gets the case, and the reason says in whose place."""
    decision = decided(reading("payment", "payment_duplicate"), people=only("management"))
    (order,) = (reply for reply in decision.replies if reply.department)
    assert order.recipient == "management@shop.example"
    assert order.reason.endswith("(in place of finance, which is not configured)")


@pytest.mark.parametrize("policy", [SHIPPED, NO_FALLBACK])
def test_nobody_to_escalate_to_is_on_record(policy: Policy) -> None:
    """Without the department and without one that stands in, nobody is written to, and the history says why."""
    decision = decided(reading("payment", "payment_duplicate"), people=only(), policy=policy)
    assert [reply.kind for reply in decision.replies] == [ReplyKind.ACKNOWLEDGMENT]
    assert decision.new_case is not None
    assert decision.new_case.status is CaseStatus.NEW
    told = decision.events[-1]
    assert (told.kind, told.detail["to"]) == ("not_escalated", "finance")
    assert "no department 'finance' is configured" in told.detail["why"]


@pytest.mark.parametrize(
    ("text", "departments", "priority"),
    [
        ("You will hear from my LAWYER.", ("management",), Priority.URGENT),
        ("Mein Rechtsanwalt meldet sich.", ("management",), Priority.URGENT),
        ("I asked my bank for a chargeback.", ("finance",), Priority.URGENT),
        ("This is fraud, my lawyer says.", ("management", "finance"), Priority.URGENT),
        ("Das ist Betrug!", ("finance",), Priority.URGENT),
        ("The lawyers' chair I bought", (), Priority.NORMAL),
        ("I feel defrauded of my time", (), Priority.NORMAL),
        ("All is well.", (), Priority.NORMAL),
    ],
)
def test_words_escalate_beyond_the_category(text: str, departments: tuple[str, ...], priority: Priority) -> None:
    """Whole words of the policy's triggers, in any case, call upon their department and raise the priority."""
    assert escalated("order", "order_status", text=text) == departments
    new = decided(reading(text=text)).new_case
    assert new is not None
    assert new.priority is priority


def test_a_trigger_in_the_subject_counts_and_in_the_quotation_does_not() -> None:
    """The subject is the customer's own; what is quoted may be ours."""
    assert decided(reading(subject="Legal action")).new_case.departments == ("management",)  # type: ignore[union-attr]
    assert decided(reading(quoted="> my lawyer")).new_case.departments == ()  # type: ignore[union-attr]


def test_one_department_gets_one_mail_for_two_reasons() -> None:
    """A department that is called upon twice gets one mail with both reasons."""
    decision = decided(reading("payment", "payment_duplicate", text="Fraud! I will ask for a chargeback."))
    (order,) = (reply for reply in decision.replies if reply.department)
    assert order.reason.split("; ") == [
        "“Payment: charged twice” is theirs",
        "chargeback: the customer writes “chargeback”",
        "fraud: the customer writes “fraud”",
    ]


def test_an_unsorted_case_is_escalated_by_words_alone() -> None:
    """Where the category is not certain, a trigger still calls upon its department."""
    decision = decided(reading("payment", "payment_duplicate", abstained=True, text="I will call my lawyer"))
    assert [reply.department for reply in decision.replies] == ["", "management"]


def test_a_trigger_in_a_follow_up_calls_its_department_once() -> None:
    """A follow-up that threatens escalates and puts the case on hold; the next one does not do so again."""
    read = reading(text="You leave me no choice but to see a lawyer.")
    first = decided(read, case=case())
    assert [(reply.department, reply.recipient) for reply in first.replies] == [("management", "management@shop.example")]
    assert first.status is CaseStatus.ON_HOLD
    assert [deadline.case_id for deadline in first.deadlines] == [42]
    again = decided(read, case=case(status=CaseStatus.ON_HOLD), log=first.events)
    assert (again.replies, again.status) == ((), None)


@pytest.mark.parametrize(("earlier", "told"), [(0, ()), (1, ()), (2, ("management",)), (3, ())])
def test_who_writes_again_and_again_is_heard_by_management(earlier: int, told: tuple[str, ...]) -> None:
    """The third follow-up goes to management; neither the second nor the fourth does."""
    decision = decided(reading(), case=case(), log=[event("follow_up")] * earlier)
    assert tuple(reply.department for reply in decision.replies) == told


def test_management_that_stands_in_is_not_called_twice() -> None:
    """A stand-in that already has the case is not written to again for another department."""
    people = only("management")
    first = decided(reading("payment", "payment_duplicate"), people=people)
    again = decided(reading(text="this is fraud"), case=case(), log=first.events, people=people)
    assert again.replies == ()
