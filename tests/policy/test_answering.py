"""What a colleague's message comes to: each command, each role, each state of a case; and nothing at all where one line is wrong."""

from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.making import ARRIVED, DUE, JANE, NOW, PEOPLE, SHIPPED, case, event, reading
from tests.rows import rows
from triage.case import Case, CaseStatus, Deadline, Priority
from triage.command import Word
from triage.correction import Ruling
from triage.decision import Decision, HeldAnswers, Match, Outcome
from triage.message import Address, Attachment
from triage.people import People
from triage.policy.answering import answered
from triage.policy.colleague import Answer, Rival, ruling_of
from triage.policy.commands import ACTIONS, MAY
from triage.policy.incoming import Incoming
from triage.policy.scheduled import Occasion, scheduled
from triage.reply import ReplyKind
from triage.sections.people import AgentSettings, DepartmentSettings
from triage.staff import Colleague, NoticeKind, Role
from triage.threads.commands import orders

OFFICE = replace(
    PEOPLE,
    agents={
        "jane": AgentSettings(name="Jane Adams", address="adams@shop.example"),
        "bob": AgentSettings(name="Bob Brown", address="bob@shop.example"),
        "max": AgentSettings(name="Max Manager", address="max@shop.example", role="manager"),
        "gone": AgentSettings(name="Gone Away", address="gone@shop.example", active=False),
    },
    departments={
        **PEOPLE.departments,
        "carrier": DepartmentSettings(name="Carrier", address="desk@carrier.example", role="vendor"),
    },
)
AGENT = OFFICE.colleagues["jane"]
FINANCE = OFFICE.colleagues["finance"]
CARRIER = OFFICE.colleagues["carrier"]
OTHER = Address(name="Eve", addr_spec="eve@elsewhere.example")


def asked(text: str, by: Colleague = AGENT, people: People = OFFICE, **given: Any) -> Answer:
    """A colleague's message with that text."""
    of = given.pop("case", None) or case(assignee="jane")
    incoming = Incoming(
        reading=reading(message_id="answer@client.example", from_=(Address(name=by.name, addr_spec=by.address),), text=text),
        match=Match(case_id=of.id),
        limits=(),
        people=people,
        policy=SHIPPED,
        received_at=ARRIVED,
        now=NOW,
        due=DUE,
        log=given.pop("log", ()),
    )
    rest: dict[str, Any] = {
        "thread": ("first@customer.example",),
        "where": ZoneInfo("Europe/Berlin"),
        "undo": timedelta(minutes=1),
        "after_reply": CaseStatus.PENDING,
        **given,
    }
    return Answer(incoming=incoming, case=of, colleague=by, orders=orders(text, NOW.date()), **rest)


def done(text: str, by: Colleague = AGENT, **given: Any) -> Decision:
    """The decision on that message."""
    return answered(asked(text, by, **given))


def kinds(decision: Decision) -> list[ReplyKind]:
    """What is written."""
    return [order.kind for order in decision.replies]


def told(decision: Decision) -> list[str]:
    """The kinds of the events."""
    return [event.kind for event in decision.events]


class TestAnswers:
    """Words without an order."""

    def test_an_agent_s_words_go_to_the_customer(self) -> None:
        """They leave from the case's thread after the time in which they can be taken back, and the case waits for the customer."""
        decision = done("Dear Ann,\nit is on its way.")
        (order,) = decision.replies
        assert (order.kind, order.recipient, order.words) == (ReplyKind.ANSWER, JANE.addr_spec, "Dear Ann,\nit is on its way.")
        assert (order.thread, order.colleague, order.held) == (("first@customer.example",), "jane", False)
        assert order.not_before == NOW + timedelta(minutes=1)
        assert (decision.status, told(decision), decision.outcome) == (CaseStatus.PENDING, ["replied"], Outcome.NOTED)
        assert decision.events[0].actor == "Jane Adams"

    @pytest.mark.parametrize("after", [CaseStatus.OPEN, CaseStatus.PENDING, CaseStatus.SOLVED])
    def test_the_status_afterwards_is_configured(self, after: CaseStatus) -> None:
        """What a case becomes once it is answered is the house's choice."""
        assert done("Done.", after_reply=after).status is after

    def test_who_answers_a_case_of_nobody_s_looks_after_it(self) -> None:
        """A case without a representative belongs to whoever answers it."""
        assert done("Done.", case=case()).assignee == "jane"
        assert done("Done.", case=case(assignee="bob")).assignee is None

    def test_whoever_looks_after_it_is_told_of_another_s_answer(self) -> None:
        """Nobody is told of their own words."""
        (notice,) = done("Done.", case=case(assignee="bob")).notices
        assert (notice.colleague, notice.kind) == ("bob", NoticeKind.NOTE)
        assert done("Done.").notices == ()

    def test_a_note_stays_here(self) -> None:
        """With #note nothing leaves and the status stays."""
        decision = done("#note\nShe called.", case=case(assignee="bob"))
        assert (decision.replies, decision.status, told(decision)) == ((), None, ["note"])
        assert decision.events[0].detail["text"] == "She called."
        assert decision.notices[0].colleague == "bob"

    def test_a_case_without_an_address_is_explained(self) -> None:
        """Nobody can be answered where no customer is known; the words come back."""
        decision = done("Hello?", case=case(requester=None))
        (order,) = decision.replies
        assert (order.kind, order.recipient, order.words) == (ReplyKind.REFUSAL, AGENT.address, "Hello?")
        assert "#note" in order.reason

    def test_files_that_cannot_go_along_are_told(self) -> None:
        """An answer whose files were too large to be kept is not sent without them; a note needs none."""
        file = Attachment(filename="film.mp4", content_type="video/mp4", size=11_000_000, sha256="0" * 64)
        for text, refused in (("See the film.", True), ("#note\nSee the film.", False)):
            given = asked(text)
            seen = replace(given.incoming.reading, message=replace(given.incoming.message, attachments=(file,)))
            decision = answered(replace(given, incoming=replace(given.incoming, reading=seen)))
            assert (kinds(decision) == [ReplyKind.REFUSAL]) is refused
            assert not refused or "film.mp4" in decision.replies[0].reason

    def test_an_empty_message_is_explained(self) -> None:
        """No words and no commands is a slip that is told."""
        assert kinds(done("")) == [ReplyKind.REFUSAL]
        assert kinds(done("#reply")) == [ReplyKind.REFUSAL]
        assert kinds(done("#note")) == [ReplyKind.REFUSAL]

    def test_a_closed_case_is_not_written_to_by_accident(self) -> None:
        """A closed case is taken up again first, which one line does."""
        closed = case(status=CaseStatus.CLOSED, assignee="jane")
        assert kinds(done("One more thing.", case=closed)) == [ReplyKind.REFUSAL]
        decision = done("#reopen\nOne more thing.", case=closed)
        assert kinds(decision) == [ReplyKind.ANSWER]
        assert decision.status is CaseStatus.OPEN


class TestDepartments:
    """Departments and vendors answer us."""

    def test_a_department_s_words_are_for_us(self) -> None:
        """They keep its promise, take the case off hold and wake whoever looks after it; the customer sees nothing."""
        decision = done("One of the charges was ours.", FINANCE, case=case(status=CaseStatus.ON_HOLD, assignee="jane"))
        assert (decision.replies, decision.status, told(decision)) == ((), CaseStatus.OPEN, ["answered"])
        assert decision.kept == (("reply", "finance"),)
        assert [(notice.colleague, notice.kind) for notice in decision.notices] == [("jane", NoticeKind.NOTE)]

    @pytest.mark.parametrize("status", [CaseStatus.NEW, CaseStatus.OPEN, CaseStatus.PENDING, CaseStatus.SOLVED])
    def test_only_a_case_on_hold_is_taken_off_it(self, status: CaseStatus) -> None:
        """A case that does not wait for anybody stays as it is."""
        assert done("Noted.", FINANCE, case=case(status=status)).status is None

    def test_a_department_may_answer_the_customer_when_it_says_so(self) -> None:
        """With #reply a department's words go out like an agent's."""
        assert kinds(done("#reply\nThe refund has left us.", FINANCE)) == [ReplyKind.ANSWER]

    def test_a_vendor_never_answers_the_customer(self) -> None:
        """Neither by default nor by order."""
        assert done("It was lost.", CARRIER).replies == ()
        assert kinds(done("#reply\nIt was lost.", CARRIER)) == [ReplyKind.REFUSAL]

    def test_a_department_resolves(self) -> None:
        """What a department has settled, it may call so."""
        decision = done("#resolve Refunded\nBooked today.", FINANCE)
        assert decision.status is CaseStatus.SOLVED
        assert ("reply", "finance") in decision.kept


class TestCommands:
    """Each command by itself."""

    @pytest.mark.parametrize(
        ("text", "status", "events"),
        [
            ("#resolve", CaseStatus.SOLVED, ["resolved"]),
            ("#resolve Refunded", CaseStatus.SOLVED, ["resolved"]),
            ("#pending", CaseStatus.PENDING, ["waits"]),
            ("#pending 3d", CaseStatus.PENDING, ["waits"]),
            ("#snooze 2026-12-01", CaseStatus.ON_HOLD, ["waits"]),
            ("#reopen", CaseStatus.OPEN, ["reopened"]),
            ("#priority urgent", None, ["changed"]),
            ("#order ord 789", None, ["changed"]),
            ("#assign Bob Brown", None, ["assigned"]),
            ("#category payment/payment_duplicate", None, []),
            ("#spam", None, []),
            ("#cancel", None, []),
        ],
    )
    def test_a_command_alone_sends_nothing_to_the_customer(self, text: str, status: CaseStatus | None, events: list[str]) -> None:
        """It changes what it says, is on record, and no mail leaves for it."""
        decision = done(text)
        assert (decision.replies, decision.status, told(decision)) == ((), status, events)

    def test_resolve_keeps_the_promise(self) -> None:
        """A case that is solved owes no further word; the resolution is on record."""
        decision = done("#resolve Refunded in full")
        assert decision.kept == (("resolve", ""),)
        assert decision.events[0].detail["resolution"] == "Refunded in full"

    @pytest.mark.parametrize("text", ["#pending 2026-12-01", "#snooze 2026-12-01", "#snooze 6d"])
    def test_a_day_is_remembered_in_the_morning(self, text: str) -> None:
        """On that day at nine, where we are, the case comes back."""
        (deadline,) = done(text).deadlines
        assert deadline.kind == "remind"
        assert deadline.due_at.astimezone(UTC).isoformat() == "2026-12-01T08:00:00+00:00"

    def test_the_morning_wakes_the_case(self) -> None:
        """Once the day has come the case is open, whoever looks after it is told, and management is not."""
        deadline = Deadline(case_id=42, kind="remind", due_at=NOW)
        asleep = case(status=CaseStatus.ON_HOLD, assignee="jane")
        decision = scheduled(Occasion(deadline=deadline, case=asleep, log=(), people=OFFICE, policy=SHIPPED, now=NOW, due=DUE))
        assert (decision.status, decision.replies, told(decision)) == (CaseStatus.OPEN, (), ["woken"])
        assert [notice.kind for notice in decision.notices] == [NoticeKind.REMINDED]

    @pytest.mark.parametrize("name", ["bob", "Bob Brown", "bob  BROWN", "bob@shop.example", "finance", "Finance"])
    def test_somebody_is_named_by_key_name_or_address(self, name: str) -> None:
        """The case is theirs from now on, and they are told."""
        decision = done(f"#assign {name}")
        assert decision.assignee in ("bob", "finance")
        assert decision.notices[0].colleague == decision.assignee

    @pytest.mark.parametrize("name", ["gone", "Gone Away", "nobody", "b", "carrier", "eve@elsewhere.example"])
    def test_nobody_else_is_given_a_case(self, name: str) -> None:
        """Whoever is disabled, unknown or outside the house is refused with the names that are possible."""
        decision = done(f"#assign {name}")
        assert decision.assignee is None
        assert "Bob Brown" in decision.replies[0].reason

    @pytest.mark.parametrize("text", ["#escalate finance", "#escalate Finance the gateway says no", "#escalate technical_support"])
    def test_a_department_is_called_upon(self, text: str) -> None:
        """It is written to with the reason, has its promise, and the case is on hold."""
        decision = done(text)
        (order,) = decision.replies
        assert (order.kind, order.of_case, decision.status) == (ReplyKind.ESCALATION, True, CaseStatus.ON_HOLD)
        assert order.reason
        assert [deadline.kind for deadline in decision.deadlines] == ["reply"]
        assert told(decision) == ["escalated"]

    def test_a_department_can_be_called_upon_again(self) -> None:
        """Asked by a person it is written to, also when it was before."""
        assert kinds(done("#escalate finance", log=(event("escalated", to="finance"),))) == [ReplyKind.ESCALATION]

    def test_the_category_is_ruled(self) -> None:
        """A known category and issue become a ruling of that person's."""
        change = done("#category Payment / payment_duplicate").change
        assert change
        assert (change.ruling, change.ruled_by) == (Ruling(category="payment", issue="payment_duplicate"), "jane")

    @pytest.mark.parametrize("value", ["payments", "payment/lost", "x", "payment/", "/payment_duplicate"])
    def test_what_the_policy_does_not_know_is_no_category(self, value: str) -> None:
        """Only words of the policy are taken; a slash without an issue means the category alone."""
        found = ruling_of(value, SHIPPED.matters)
        assert found == (Ruling(category="payment") if value == "payment/" else None)

    def test_spam_is_a_ruling_too(self) -> None:
        """The case is closed as unwanted by the same way as when its message is moved."""
        change = done("#spam").change
        assert change
        assert change.ruling
        assert change.ruling.spam

    def test_an_order_number_comes_first(self) -> None:
        """What a person says is put before what was read, once, without spaces and in upper case."""
        change = done("#order ord 789", case=case(order_numbers=("ORD1", "ORD789"))).change
        assert change
        assert change.order_numbers == ("ORD789", "ORD1")

    def test_the_priority_changes(self) -> None:
        """Any of the four, in any case of letters."""
        change = done("#priority URGENT").change
        assert change
        assert change.priority is Priority.URGENT

    def test_an_answer_is_taken_back(self) -> None:
        """What that person wrote and what has not left stays here."""
        change = done("#cancel").change
        assert change
        assert (change.answers, change.authors) == (HeldAnswers.TAKEN_BACK, AGENT.addresses)

    def test_split_takes_the_latest_message_out(self) -> None:
        """Where the customer wrote more than once, the latest message becomes a case of its own."""
        change = done("#split", latest=7).change
        assert change
        assert change.split_off == 7
        assert kinds(done("#split")) == [ReplyKind.REFUSAL]

    def test_help_is_given(self) -> None:
        """Whoever asks is told of the commands; nothing else happens."""
        decision = done("#help")
        assert (kinds(decision), decision.status, told(decision)) == ([ReplyKind.REFUSAL], None, [])

    def test_status_is_said_last(self) -> None:
        """An escalation puts a case on hold, and what the person says of the status stands nevertheless."""
        assert done("#resolve\n#escalate finance for the record").status is CaseStatus.SOLVED
        assert done("#pending 3d\nPlease send a photo.").status is CaseStatus.PENDING


class TestMerging:
    """Cases become one; between customers only after a second message."""

    def test_cases_of_one_customer_are_merged_at_once(self) -> None:
        """The case is closed as a part of the other."""
        decision = done("#merge SP-100050", other=case(id=50, number="SP-100050"))
        assert decision.change
        assert (decision.change.merged_into, decision.status, told(decision)) == (50, CaseStatus.CLOSED, ["merged"])

    def test_cases_of_two_customers_take_a_second_message(self) -> None:
        """One message alone never lets one customer into the case of another."""
        decision = done("#merge SP-100050", other=case(id=50, number="SP-100050", requester=OTHER))
        assert (kinds(decision), decision.change, decision.status) == ([ReplyKind.CONFIRMATION], None, None)
        assert decision.events[0].detail["action"] == "#merge SP-100050"
        assert decision.replies[0].words == "#merge SP-100050"

    def test_the_second_message_does_it(self) -> None:
        """Confirmed, the cases are one."""
        decision = done("#merge SP-100050", other=case(id=50, number="SP-100050", requester=OTHER), confirmed=True)
        assert decision.change
        assert decision.change.merged_into == 50

    def test_nothing_beside_a_risky_order_happens_before(self) -> None:
        """All or none holds for what waits to be confirmed as well."""
        decision = done("#priority low\n#merge SP-100050\nDear Ann,", other=case(id=50, number="SP-100050", requester=OTHER))
        assert (kinds(decision), decision.change) == ([ReplyKind.CONFIRMATION], None)

    @pytest.mark.parametrize("other", [None, case()])
    def test_no_other_case_no_merging(self, other: Case | None) -> None:
        """A number that is nobody's or the case's own is a mistake."""
        assert kinds(done("#merge SP-100050", other=other)) == [ReplyKind.REFUSAL]


class TestCollisions:
    """Two who answer one customer."""

    rival = Rival(name="Bob Brown", text="We are looking into it.")

    def test_the_second_answer_waits(self) -> None:
        """It is written and held, and its author is shown what the customer has been told."""
        decision = done("It is on its way.", rival=self.rival)
        answer, warning = decision.replies
        assert (answer.kind, answer.held) == (ReplyKind.ANSWER, True)
        assert (warning.kind, warning.words, warning.recipient) == (ReplyKind.COLLISION, "We are looking into it.", AGENT.address)
        assert (told(decision), decision.status) == (["held"], None)

    def test_one_word_lets_it_leave(self) -> None:
        """With #reply alone the answer that waits leaves as it is."""
        decision = done("#reply", waiting=True)
        assert decision.change
        assert (decision.change.answers, decision.replies) == (HeldAnswers.RELEASED, ())
        assert told(decision) == ["replied"]

    def test_other_words_take_its_place(self) -> None:
        """Whoever writes anew means this, and the former answer never leaves."""
        decision = done("Better words.", waiting=True)
        assert decision.change
        assert decision.change.answers is HeldAnswers.TAKEN_BACK
        assert kinds(decision) == [ReplyKind.ANSWER]


WRONG = [
    "#resolv\nDear Ann,",
    "#resolve\n#assign nobody",
    "#priority highest\n#resolve",
    "#category nonsense\nDear Ann,",
    "#escalate nowhere\nDear Ann,",
    "#order \u0007\u0007\u0007\nDear Ann,",
    "#order x",
    "#note\n#reply\nDear Ann,",
    "#note\n#cc eve@elsewhere.example\nDear Ann,",
    "#cc\nDear Ann,",
    "#cc eve\nDear Ann,",
    "#cc Eve <eve@elsewhere.example>\nDear Ann,",
    "#cc a@x.example, b@x.example, c@x.example, d@x.example, e@x.example, f@x.example\nDear Ann,",
    "#snooze yesterday\nDear Ann,",
    "#merge SP-1\nDear Ann,",
]


@pytest.mark.parametrize("text", WRONG)
def test_with_one_wrong_line_nothing_happens(text: str) -> None:
    """Nothing is sent to the customer and nothing is changed; the author is told, and gets the words back."""
    decision = done(text)
    (order,) = decision.replies
    assert (order.kind, order.recipient, order.colleague) == (ReplyKind.REFUSAL, AGENT.address, "jane")
    assert (decision.status, decision.change, decision.assignee, decision.deadlines, decision.kept) == (None, None, None, (), ())
    assert told(decision) == ["refused"]
    assert "expected" in order.reason or "do not go together" in order.reason
    if "Dear Ann," in text:
        assert "Dear Ann," in order.words


def test_all_that_was_written_comes_back() -> None:
    """Also the line that is no command, in its place, so that it can be mended and sent again."""
    (order,) = done("#resolv soon\n#order  ORD789\n\nDear Ann,\nit is on its way.").replies
    assert order.words == "#resolv soon\n#order  ORD789\nDear Ann,\nit is on its way."


@rows("role", list(Role))
@rows("word", [word for word in Word if word is not Word.CONFIRM])
def test_each_role_has_its_words(role: Role, word: Word) -> None:
    """A command that is not a role's is refused in so many words, and one that is its own never for that reason."""
    values = {
        Word.ASSIGN: "bob", Word.ESCALATE: "finance", Word.CATEGORY: "payment", Word.ORDER: "ORD789", Word.PRIORITY: "low",
        Word.MERGE: "SP-100050", Word.SNOOZE: "3d", Word.CC: "eve@elsewhere.example",
    }  # fmt: skip
    by = Colleague(key="somebody", name="Somebody", role=role, addresses=("somebody@shop.example",))
    decision = done(f"#{word} {values.get(word, '')}".strip() + "\nwords", by, other=case(id=50, number="SP-100050"), latest=7)
    refused = any("is not for Somebody" in order.reason for order in decision.replies)
    assert refused is (word not in MAY[role])


@pytest.mark.parametrize("word", [Word.ASSIGN, Word.ESCALATE, Word.PENDING, Word.SNOOZE, Word.PRIORITY, Word.RESOLVE, Word.SPLIT])
def test_a_closed_case_is_reopened_first(word: Word) -> None:
    """Most commands mean nothing on a closed case, and say so."""
    values = {Word.ASSIGN: "bob", Word.ESCALATE: "finance", Word.PRIORITY: "low", Word.SNOOZE: "3d"}
    decision = done(f"#{word} {values.get(word, '')}".strip(), case=case(status=CaseStatus.CLOSED), latest=7)
    assert kinds(decision) == [ReplyKind.REFUSAL]
    assert "#reopen" in decision.replies[0].reason


def test_every_action_is_of_the_vocabulary() -> None:
    """Whatever changes a case has a function; the others say what becomes of the words."""
    assert set(Word) - set(ACTIONS) == {Word.NOTE, Word.REPLY, Word.CC, Word.HELP, Word.CONFIRM}
