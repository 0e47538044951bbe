"""What makes a case more than its category says: every condition, whom it calls upon, and what the customer is told."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.making import ARRIVED, DUE, JANE, NOW, PEOPLE, SHIPPED, case, decided, event, message, reading
from triage.case import Case, CaseStatus, Deadline, Priority, Rating
from triage.decision import Decision, Match
from triage.errors import SettingsError
from triage.policy.incoming import Incoming
from triage.policy.mood import ANGRY, UPSET, mood
from triage.policy.overdue import overdue
from triage.policy.rating import rated
from triage.policy.scheduled import Occasion, scheduled
from triage.policy.table import Policy
from triage.policy.timing import aged
from triage.reading import Fact
from triage.reply import ReplyKind

_HEAD = """
[category.order]
title = "Order"
folder = "Orders"
[category.order.issue.delivery_lost]
title = "Lost"
[category.payment]
title = "Payment"
folder = "Payments"
[next_steps.bank]
en = "We will ask the bank."
de = "Wir fragen die Bank."
[[trigger]]
name = "it"
"""


def policy(*lines: str) -> Policy:
    """A small policy with one trigger."""
    return Policy.parse(_HEAD + "\n".join(lines))


def amount(value: str) -> Fact:
    return Fact(kind="amount", value=value, source="text")


def called(by: Policy, read: Any = None, **given: Any) -> list[str]:
    """The departments that a message calls upon."""
    return [order.department for order in decided(read or reading(), policy=by, **given).replies if order.kind is ReplyKind.ESCALATION]


class TestMessages:
    """Conditions that are looked for in what customers write."""

    @pytest.mark.parametrize(
        ("condition", "read", "holds"),
        [
            ('words = ["lawyer"]', reading(text="My lawyer will write."), True),
            ('words = ["lawyer"]', reading(text="My lawyers will write."), False),
            ('matters = ["order"]', reading(), True),
            ('matters = ["order/delivery_lost"]', reading("order", "delivery_lost"), True),
            ('matters = ["order/delivery_lost"]', reading(), False),
            ('matters = ["payment", "order"]', reading(), True),
            ('matters = ["order"]', reading(abstained=True), False),
            ("amount_over = 500", reading(facts=[amount("EUR 500.01")]), True),
            ("amount_over = 500", reading(facts=[amount("EUR 500.00")]), False),
            ("amount_over = 500", reading(facts=[amount("EUR 12.00"), amount("USD 1200.00")]), True),
            ("amount_over = 500", reading(facts=[amount("1200.00")]), True),
            ("amount_over = 500", reading(), False),
            ('mood = "angry"', reading(text="This is outrageous and unacceptable!!"), True),
            ('mood = "angry"', reading(text="I am still waiting!!"), False),
            ('mood = "upset"', reading(text="I am still waiting!!"), True),
            ('mood = "upset"', reading(text="Where is my parcel?"), False),
        ],
    )
    def test_each_condition(self, condition: str, read: Any, holds: bool) -> None:
        """It calls where it holds and not where it does not."""
        assert called(policy('department = "finance"', condition), read) == (["finance"] if holds else [])

    def test_all_conditions_must_hold(self) -> None:
        """Words and an amount and a matter: two of them are not enough."""
        by = policy('department = "finance"', 'words = ["refund"]', "amount_over = 100", 'matters = ["order"]')
        assert called(by, reading(text="refund!", facts=[amount("EUR 900.00")])) == ["finance"]
        assert called(by, reading(text="refund!")) == []
        assert called(by, reading(text="hello", facts=[amount("EUR 900.00")])) == []
        assert called(by, reading("payment", "", text="refund!", facts=[amount("EUR 900.00")])) == []

    @pytest.mark.parametrize(("earlier", "holds"), [(0, False), (1, False), (2, True), (9, True)])
    def test_the_third_of_its_kind(self, earlier: int, holds: bool) -> None:
        """Earlier cases of the category within the time count, and this one."""
        by = policy('department = "billing"', 'matters = ["order"]', "repeats = 3", 'within = "30d"')
        asked: list[tuple[str, timedelta]] = []

        def repeats(category: str, within: timedelta) -> int:
            asked.append((category, within))
            return earlier

        assert called(by, repeats=repeats) == (["billing"] if holds else [])
        assert set(asked) == {("order", timedelta(days=30))}

    def test_who_was_here_before_is_only_asked_where_it_matters(self) -> None:
        """A message of another matter asks the store nothing."""

        def never(_category: str, _within: timedelta) -> int:
            raise AssertionError

        assert called(policy('department = "billing"', 'matters = ["payment"]', "repeats = 3"), repeats=never) == []

    def test_several_are_called_and_told_why(self) -> None:
        """Each department has a mail of its own that says what set it off; the priority rises."""
        by = policy('department = "finance"', 'also = ["management"]', "amount_over = 500", 'priority = "high"')
        decision = decided(reading(facts=[amount("EUR 900.00")]), policy=by)
        orders = [order for order in decision.replies if order.kind is ReplyKind.ESCALATION]
        assert [order.department for order in orders] == ["finance", "management"]
        assert {order.reason for order in orders} == {"it: an amount of EUR 900.00, which is over 500"}
        assert decision.new_case is not None
        assert decision.new_case.priority is Priority.HIGH

    def test_a_trigger_may_only_raise_the_priority(self) -> None:
        """Without a department nobody is written to."""
        decision = decided(reading(text="Outrageous! Unacceptable!"), policy=policy('mood = "angry"', 'priority = "urgent"'))
        assert decision.new_case is not None
        assert (decision.new_case.priority, decision.new_case.departments) == (Priority.URGENT, ())

    def test_a_vendor_is_called_like_a_department(self) -> None:
        """Whoever is under departments may be named, also one outside the house."""
        from triage.sections.people import DepartmentSettings

        people = replace(
            PEOPLE, departments={**PEOPLE.departments, "acme": DepartmentSettings(name="Acme", address="s@acme.example", role="vendor")}
        )
        assert called(policy('department = "acme"', 'matters = ["order"]'), people=people) == ["acme"]


class TestTelling:
    """Whoever follows up hears whom the case was passed on to, what happens next, and by when."""

    BY = policy('department = "finance"', 'words = ["bank"]', 'tell = "bank"')

    def follow(self, of: Case, by: Policy = BY, **given: Any) -> Decision:
        return decided(reading(text="My bank says no."), case=of, policy=by, **given)

    def test_the_customer_is_told(self) -> None:
        """One letter besides the mail to the department, in the thread, with the next step in the customer's language."""
        decision = self.follow(case(acknowledged_at=NOW, language="de"))
        assert [order.kind for order in decision.replies] == [ReplyKind.ESCALATION, ReplyKind.ESCALATED]
        letter = decision.replies[1]
        assert (letter.recipient, letter.words, letter.thread) == (JANE.addr_spec, "Wir fragen die Bank.", ("first@customer.example",))
        assert letter.answer_by == ARRIVED + timedelta(hours=48)
        assert [one.detail["to"] for one in decision.events if one.kind == "told"] == ["finance"]

    @pytest.mark.parametrize(
        "of",
        [case(), case(acknowledged_at=NOW, unreachable=True), case(acknowledged_at=NOW, requester=None)],
        ids=["never acknowledged", "unreachable", "nobody"],
    )
    def test_not_everybody_may_be_told(self, of: Case) -> None:
        """The department is called all the same."""
        assert [order.kind for order in self.follow(of).replies] == [ReplyKind.ESCALATION]

    def test_what_goes_wrong_with_us_is_no_news(self) -> None:
        """That management looks at the case is told to nobody outside."""
        by = policy('department = "management"', 'words = ["bank"]')
        assert [order.kind for order in self.follow(case(acknowledged_at=NOW), by).replies] == [ReplyKind.ESCALATION]

    def test_once_is_enough(self) -> None:
        """A second message with the same word calls nobody again and tells nothing."""
        assert self.follow(case(acknowledged_at=NOW), log=[event("escalated", to="finance")]).replies == ()


class TestTime:
    """Conditions that come true by themselves."""

    OLD = policy('department = "finance"', 'matters = ["payment"]', 'age = "36h"', 'tell = "bank"')
    PAID = case(category="payment", issue="", acknowledged_at=NOW, priority=Priority.LOW)

    def come(self, of: Case = PAID, by: Policy = OLD, bound: str = "it", **given: Any) -> Decision:
        deadline = Deadline(case_id=42, kind="escalate", due_at=NOW, bound=bound)
        rest = {"log": (), "people": PEOPLE, "policy": by, "now": ARRIVED + timedelta(hours=36), "due": DUE, "thread": ("a@x",), **given}
        return scheduled(Occasion(deadline=deadline, case=of, **rest))

    def test_it_is_on_the_clock_from_the_beginning(self) -> None:
        """So long after arrival, under the trigger's name; and where a case is sorted late, an hour after that."""
        assert [(one.kind, one.bound, one.due_at) for one in aged(self.PAID, self.OLD, NOW)] == [
            ("escalate", "it", ARRIVED + timedelta(hours=36))
        ]
        late = ARRIVED + timedelta(days=5)
        assert [one.due_at for one in aged(self.PAID, self.OLD, late)] == [late + timedelta(hours=1)]
        assert list(aged(case(), self.OLD, NOW)) == []
        assert list(aged(replace(self.PAID, abstained=True), self.OLD, NOW)) == []

    def test_an_old_case_is_escalated_and_its_customer_told(self) -> None:
        """The department is called, the priority rises, the customer reads what happens next."""
        decision = self.come()
        assert [order.kind for order in decision.replies] == [ReplyKind.ESCALATION, ReplyKind.ESCALATED]
        assert decision.replies[0].reason == "it: not solved since 2026-11-25 10:00 CET"
        assert decision.replies[1].words == "We will ask the bank."
        assert (decision.status, decision.change and decision.change.priority) == (CaseStatus.ON_HOLD, Priority.URGENT)
        assert [one.kind for one in decision.deadlines] == ["reply"]

    @pytest.mark.parametrize(
        ("of", "bound"),
        [
            (replace(PAID, status=CaseStatus.SOLVED), "it"),
            (replace(PAID, status=CaseStatus.PENDING), "it"),
            (replace(PAID, category="order"), "it"),
            (PAID, "gone from the policy"),
        ],
        ids=["solved", "waits for the customer", "another matter", "another policy"],
    )
    def test_it_is_looked_at_again_when_the_time_comes(self, of: Case, bound: str) -> None:
        """What no longer holds calls nobody."""
        assert self.come(of, bound=bound).replies == ()

    def test_a_missed_promise_may_call_further(self) -> None:
        """Besides management, which hears of each, the policy's own department is called at once, where the matter is its."""
        by = policy('department = "finance"', 'matters = ["payment"]', 'missed = ["answer"]')
        given: Any = {"people": PEOPLE, "policy": by, "now": NOW, "due": DUE}
        for kind, of, expected in (("answer", self.PAID, ["finance"]), ("resolve", self.PAID, []), ("answer", case(), [])):
            decision = overdue(Deadline(case_id=42, kind=kind, due_at=NOW), of, **given)
            assert [order.department for order in decision.replies] == expected
            assert [one.recipient for one in decision.reminders] == ["management"]

    @pytest.mark.parametrize(("score", "expected"), [(1, ["finance"]), (3, ["finance"]), (4, [])])
    def test_a_rating_may_call_somebody(self, score: int, expected: list[str]) -> None:
        """Up to the score that the policy names."""
        incoming = Incoming(
            reading=reading(), match=Match(), limits=(), people=PEOPLE, policy=policy('department = "finance"', "rating = 3"),
            received_at=ARRIVED, now=NOW, due=DUE,
        )  # fmt: skip
        assert [order.department for order in rated(incoming, self.PAID, Rating(score=score), "link").replies] == expected


MOODS = [
    ("Where is my parcel?", 0),
    ("Thank you, this was the best service ever!", 0),
    ("I am still waiting for my parcel.", 1),
    ("This is the third time I write and nobody answers.", 2),
    ("This is ridiculous!!", 3),
    ("Outrageous. Unacceptable. I am furious.", 4),
    ("YOU ARE ALL LIARS AND THIEVES", 4),
    ("I WANT MY MONEY BACK NOW", 2),
    ("Order ABCD1234 from ACME GMBH has not arrived, please look into it for me today", 0),
    ("Das ist eine Frechheit und unverschämt!!", 5),
    ("Ich warte immer noch nicht länger, seit Wochen", 2),
    ("Guten Tag, wann kommt meine Bestellung?", 0),
    ("Mir reicht's jetzt! Abzocke!!!", 5),
    ("Hello, I would like to return the lamp.", 0),
    ("I AM VERY HAPPY WITH IT", 2),
    ("Still nothing!", 1),
    ("I have been waiting for weeks and never heard from you.", 2),
    ("What a rip-off, you are thieves.", 4),
    ("This is the 4th time that I write.", 1),
    ("I am fed up!!", 3),
    ("Das ist das dritte Mal", 0),
    ("Ich schreibe zum dritten Mal, und niemand antwortet.", 2),
    ("Katastrophe! Nie wieder!", 4),
    ("Das ist unmöglich!", 2),
    ("Vielen Dank, alles bestens!!", 1),
    ("Ist die Lampe noch lieferbar?", 0),
]


@pytest.mark.parametrize(("text", "points"), MOODS)
def test_moods_are_counted(text: str, points: int) -> None:
    """Points by plain signs, and the signs are named, so that a person can see why."""
    found, signs = mood(message(subject="", text=text))
    assert found == points
    assert bool(signs) == bool(points)
    assert UPSET < ANGRY


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "it: expected at least one condition"),
        (['department = "finance"'], "it: expected at least one condition"),
        (['words = ["x"]', 'age = "1h"'], "it: age and words never hold at the same moment"),
        (['missed = ["answer"]', "rating = 1"], "it: missed and rating never hold at the same moment"),
        (['matters = ["gifts"]'], "trigger.0.matters = 'gifts': expected a category"),
        (['matters = ["order/gifts"]'], "trigger.0.matters = 'order/gifts': expected a category"),
        (['words = ["x"]', 'tell = "nothing"'], "trigger.0.tell = 'nothing': expected a name under [next_steps]"),
        (["words = []"], "trigger.0.words"),
        (["repeats = 1"], "trigger.0.repeats = 1"),
        (["rating = 5"], "trigger.0.rating = 5"),
        (["amount_over = 0"], "trigger.0.amount_over = 0"),
        (['mood = "sad"'], "trigger.0.mood = 'sad'"),
        (['missed = ["lunch"]'], "trigger.0.missed.0 = 'lunch'"),
        (['words = ["x"]', "loud = true"], "trigger.0.loud"),
    ],
)
def test_mistakes_are_told(lines: list[str], said: str) -> None:
    """A trigger that can never hold, or names what is not there, is refused with its place."""
    with pytest.raises(SettingsError) as caught:
        policy(*lines)
    assert said in str(caught.value)


def test_the_shipped_triggers_cover_what_is_asked() -> None:
    """Unresolved payment disputes, critical shipping delays, recurring invoice problems, much money, anger, and the words of law, bank and fraud."""
    names = {trigger.name for trigger in SHIPPED.trigger}
    assert names >= {
        "unresolved payment dispute", "critical shipping delay", "recurring invoice problem", "much money", "angry customer",
        "legal action", "chargeback", "fraud",
    }  # fmt: skip
    assert {key for trigger in SHIPPED.trigger for key in trigger.departments} <= SHIPPED.departments
