"""What is done when its time has come: word of progress, closing letters, silence, and looks at what was said."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.making import ARRIVED, DUE, JANE, NOW, PEOPLE, SHIPPED, case, event
from triage.case import Case, CaseStatus, Deadline, Rating
from triage.decision import Decision
from triage.policy.promises import Feedback, Promises
from triage.policy.reminding import reminders
from triage.policy.scheduled import Occasion, scheduled
from triage.reply import ReplyKind
from triage.staff import MISSED

WAITED = ARRIVED + timedelta(hours=46)
GREETED = case(acknowledged_at=NOW, assignee="jane")
SOLVED = replace(GREETED, status=CaseStatus.SOLVED, solved_at=NOW)


def come(kind: str, of: Case = GREETED, bound: str = "", **given: object) -> Decision:
    """What follows when the time for it has come."""
    deadline = Deadline(case_id=42, kind=kind, due_at=WAITED, bound=bound)
    rest = {"log": (), "people": PEOPLE, "policy": SHIPPED, "now": WAITED, "due": DUE, "thread": ("a@x", "b@x"), **given}
    return scheduled(Occasion(deadline=deadline, case=of, **rest))  # type: ignore[arg-type]


class TestProgress:
    """A customer who waits hears how the case stands before two days are over."""

    def test_it_is_sent_in_time_and_names_the_next(self) -> None:
        """It leaves before the promise breaks, in the customer's thread, and the next one is on the clock."""
        decision = come("update")
        (order,) = decision.replies
        assert (order.kind, order.recipient, order.thread) == (ReplyKind.PROGRESS, JANE.addr_spec, ("a@x", "b@x"))
        assert order.deadline == ARRIVED + timedelta(hours=48) > WAITED
        assert order.answer_by == WAITED + timedelta(hours=48)
        assert [(one.kind, one.due_at) for one in decision.deadlines] == [("update", WAITED + timedelta(hours=46))]
        assert [one.kind for one in decision.events] == ["updated"]

    @pytest.mark.parametrize(
        "of",
        [
            SOLVED,
            replace(GREETED, status=CaseStatus.PENDING),
            replace(GREETED, unreachable=True),
            replace(GREETED, requester=None),
            replace(GREETED, acknowledged_at=None),
            replace(GREETED, merged_into=7),
        ],
        ids=["solved", "waits for the customer", "unreachable", "nobody", "never acknowledged", "merged"],
    )
    def test_nobody_is_written_to_who_does_not_wait_or_may_not_be(self, of: Case) -> None:
        """Done, waiting for the customer, out of reach, or never answered by us: no letter, and no further clock."""
        decision = come("update", of)
        assert (decision.replies, decision.deadlines, decision.events) == ((), (), ())

    def test_a_person_s_answer_puts_it_off(self) -> None:
        """Who has heard from us yesterday hears again when the time since then is over; a person's answer also permits writing."""
        answered = WAITED - timedelta(hours=10)
        decision = come("update", replace(GREETED, acknowledged_at=None), log=[event("replied", answered)])
        assert decision.replies == ()
        assert [one.due_at for one in decision.deadlines] == [answered + timedelta(hours=46)]

    def test_it_ends_some_time(self) -> None:
        """After as many as the policy allows a person has to write."""
        log = [event("updated", ARRIVED - timedelta(days=9))] * 5
        assert come("update", log=log).replies == ()
        assert come("update", log=log[:4]).replies != ()

    def test_a_policy_may_do_without(self) -> None:
        """Switched off meanwhile, what was on the clock comes to nothing."""
        off = SHIPPED.model_copy(update={"promises": Promises(update="off")})
        assert come("update", policy=off).replies == ()


class TestClosing:
    """Every case ends with a letter that confirms it, and asks how we did, but nobody is asked too often."""

    @pytest.mark.parametrize(
        ("of", "asked", "kind"),
        [
            (SOLVED, False, ReplyKind.SURVEY),
            (SOLVED, True, ReplyKind.CLOSING),
            (replace(SOLVED, rating=Rating(score=5)), False, ReplyKind.CLOSING),
        ],
        ids=["first", "asked of late", "has rated"],
    )
    def test_the_solution_is_confirmed(self, of: Case, asked: bool, kind: ReplyKind) -> None:
        """The letter leaves in any case; the question only to whoever was not asked of late and has not answered it."""
        decision = come("closing", of, asked=asked)
        assert [(order.kind, order.text) for order in decision.replies] == [(kind, "closing")]
        assert [one.kind for one in decision.events] == ["closing"]
        assert decision.status is None

    def test_without_a_survey_it_only_confirms(self) -> None:
        """A house that does not ask still says that the case is solved."""
        quiet = SHIPPED.model_copy(update={"feedback": Feedback(survey=False)})
        assert come("closing", SOLVED, policy=quiet).replies[0].kind is ReplyKind.CLOSING

    @pytest.mark.parametrize(
        ("of", "log"),
        [
            (GREETED, ()),
            (replace(SOLVED, unreachable=True), ()),
            (replace(SOLVED, category="other", issue="spam"), ()),
            (SOLVED, (event("closing", NOW + timedelta(hours=1)),)),
        ],
        ids=["open again", "unreachable", "spam", "was confirmed"],
    )
    def test_it_is_not_written(self, of: Case, log: tuple[object, ...]) -> None:
        """Not to a case that is open again, not to nobody, not to spam, and not twice for one solution."""
        assert come("closing", of, log=log).replies == ()

    def test_a_second_solution_is_confirmed_again(self) -> None:
        """What was confirmed before it was taken up again does not count for the next time."""
        assert come("closing", SOLVED, log=[event("closing", NOW - timedelta(days=2))]).replies


class TestSilence:
    """A case that waits for its customer is taken as solved some time."""

    def test_it_is_solved(self) -> None:
        """The history says how."""
        decision = come("silence", replace(GREETED, status=CaseStatus.PENDING))
        assert decision.status is CaseStatus.SOLVED
        assert [(one.kind, one.detail["how"]) for one in decision.events] == [("resolved", "silence")]

    def test_it_is_not_where_somebody_acts(self) -> None:
        """Open again, or put off to a day by a person: nothing happens."""
        reminded = (Deadline(case_id=42, kind="remind", due_at=WAITED), "open")
        assert come("silence").status is None
        assert come("silence", replace(GREETED, status=CaseStatus.PENDING), states=(reminded,)).status is None


class TestLooks:
    """What was promised or answered is looked after by whoever is in charge."""

    @pytest.mark.parametrize(
        ("kind", "bound", "log", "said"),
        [
            ("promised", "", [event("promised", words="refund in 3 business days")], "“refund in 3 business days”: has it come true?"),
            ("promised", "", [], "something was promised to the customer"),
            ("check", "finance", [], "Finance has answered: is the matter settled, and does the customer know?"),
            ("check", "", [], "a department has answered"),
        ],
    )
    def test_the_person_is_reminded(self, kind: str, bound: str, log: list[object], said: str) -> None:
        """Whoever looks after the case is told what to look for, and the history says so."""
        decision = come(kind, bound=bound, log=log)
        (told,) = decision.reminders
        assert (told.recipient, told.step) == ("jane", MISSED)
        assert said in told.why
        assert decision.events[0].detail["why"] == told.why

    def test_nobody_is_bothered_with_a_case_that_is_done(self) -> None:
        """A solved case needs no look."""
        assert come("promised", SOLVED).reminders == ()

    def test_what_sleeps_stays_done(self) -> None:
        """The day until which a case was to wait does not open one that was solved meanwhile; an answer that failed does open it."""
        assert come("remind", SOLVED).status is None
        assert come("resume", replace(GREETED, status=CaseStatus.PENDING)).status is CaseStatus.OPEN


def near(kind: str = "resolve", step: int = 0, of: Case = GREETED, bound: str = "") -> list[tuple[str, int]]:
    deadline = Deadline(case_id=42, kind=kind, due_at=WAITED, bound=bound, step=step)
    return [(one.recipient, one.step) for one in reminders(deadline, of, PEOPLE, SHIPPED)]


class TestReminders:
    """First the person, then the departments."""

    def test_the_person_is_first(self) -> None:
        """At half of the time whoever looks after the case; where nobody does yet, nobody."""
        assert near() == [("jane", 50)]
        assert near(of=replace(GREETED, assignee="")) == []

    def test_then_the_departments(self) -> None:
        """At four fifths those that were called upon, else the person again, else the department whose matter it is, else management."""
        assert near(step=1, of=replace(GREETED, departments=("finance", "gone"))) == [("finance", 80)]
        assert near(step=1) == [("jane", 80)]
        assert near(step=1, of=replace(GREETED, assignee="")) == [("logistics", 80)]
        assert near(step=1, of=replace(GREETED, assignee="", abstained=True)) == [("management", 80)]

    def test_a_department_is_reminded_of_its_own(self) -> None:
        """What a department owes is reminded of once, and to the department."""
        assert near("reply", bound="finance") == []
        assert near("reply", step=1, bound="finance") == [("finance", 80)]

    @pytest.mark.parametrize("of", [SOLVED, replace(GREETED, merged_into=7)])
    def test_nobody_is_reminded_of_what_is_done(self, of: Case) -> None:
        """Solved or merged away: silence."""
        assert near(of=of) == []

    def test_the_words_name_the_promise_and_its_time(self) -> None:
        """What is promised, and until when."""
        (one,) = reminders(Deadline(case_id=42, kind="answer", due_at=WAITED), GREETED, PEOPLE, SHIPPED)
        assert one.why == "a person is to answer the customer by 2026-11-27 08:00 CET"
