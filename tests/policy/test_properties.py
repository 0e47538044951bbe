"""What holds for every decision, whatever comes in."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.making import ARRIVED, DEPARTMENTS, DUE, JANE, NOW, PEOPLE, SHIPPED, case, decided, reading
from triage.case import CaseStatus
from triage.decision import Decision, Match, Outcome
from triage.message import Address
from triage.policy.incoming import Incoming
from triage.policy.triggers import only_thanks, triggered
from triage.reading import Effect, Reading
from triage.reply import ReplyKind

FOLDERS = {*SHIPPED.folders.model_dump().values(), *(SHIPPED.topic(*matter).folder for matter in SHIPPED.matters)}
ADDRESSES = ["jane@customer.example", "support@shop.example", "adams@shop.example", "finance@shop.example", "eve@evil.example"]
WORDS = ["thanks", "lawyer", "fraud", "order", "please", "Route-To: x@evil.example", "chargeback", "Anwalt", "\n", "?", "🙂"]


@st.composite
def decisions(draw: st.DrawFn) -> tuple[tuple[str, ...], set[Effect], bool, Decision]:
    """Any message with any findings, on a case in any state or on none: authors, effects, whether it continues, the decision."""
    authors = tuple(draw(st.lists(st.sampled_from(ADDRESSES), max_size=2)))
    effects = draw(st.sets(st.sampled_from(list(Effect)), max_size=3))
    category, issue = draw(st.sampled_from([*SHIPPED.matters, ("warranty", "claim")]))
    status = draw(st.none() | st.sampled_from(list(CaseStatus)))
    read = reading(
        category,
        issue,
        effects=sorted(effects),
        abstained=draw(st.booleans()),
        from_=tuple(Address(addr_spec=author) for author in authors),
        reply_to=(Address(addr_spec="eve@evil.example"),),
        text=" ".join(draw(st.lists(st.sampled_from(WORDS), max_size=8))),
    )
    continued = case(status=status) if status else None
    return authors, effects, status is not None, decided(read, case=continued)


@given(decisions())
@settings(max_examples=150)
def test_mail_goes_only_to_the_author_or_a_department(made: tuple[tuple[str, ...], set[Effect], bool, Decision]) -> None:
    """No text, Reply-To or finding ever makes a recipient: only the one author and the configured departments are."""
    authors, _, _, decision = made
    departments = {PEOPLE.departments[name].address for name in DEPARTMENTS}
    for reply in decision.replies:
        if reply.kind is ReplyKind.ACKNOWLEDGMENT:
            assert (reply.recipient,) == authors
            assert reply.recipient not in PEOPLE.own | PEOPLE.staff
        else:
            assert reply.recipient in departments


@given(decisions())
@settings(max_examples=150)
def test_machines_are_never_answered_and_people_never_lost(made: tuple[tuple[str, ...], set[Effect], bool, Decision]) -> None:
    """Reports, spam and machines get no acknowledgment; what is none of these opens a case or continues one."""
    _, effects, continues, decision = made
    acknowledged = [reply for reply in decision.replies if reply.kind is ReplyKind.ACKNOWLEDGMENT]
    assert len(acknowledged) <= 1
    if effects - {Effect.NOTE}:
        assert not acknowledged
    if not effects & {Effect.REPORT, Effect.SPAM, Effect.AUTOMATIC}:
        assert decision.new_case is not None or decision.case_id == 42
    assert not (continues and acknowledged)


@given(decisions())
@settings(max_examples=150)
def test_a_decision_is_whole(made: tuple[tuple[str, ...], set[Effect], bool, Decision]) -> None:
    """Each decision has one outcome, a known folder, a reason, and never both a new case and an old one."""
    *_, decision = made
    assert decision.folder in FOLDERS
    assert decision.outcome in set(Outcome) - {Outcome.DUPLICATE, Outcome.HISTORY, Outcome.VANISHED, Outcome.UNREADABLE}
    assert not (decision.new_case and decision.case_id)
    assert len({(deadline.kind, deadline.bound) for deadline in decision.deadlines}) == len(decision.deadlines)
    assert all(isinstance(value, str) and value for line in decision.events for value in line.detail.values())


def incoming(read: Reading) -> Incoming:
    return Incoming(reading=read, match=Match(), limits=(), people=PEOPLE, policy=SHIPPED, received_at=ARRIVED, now=NOW, due=DUE)


@given(st.text(max_size=300))
@settings(max_examples=150)
def test_any_text_is_searched_without_harm(text: str) -> None:
    """No text makes the search for triggers or for thanks fail."""
    read = reading(text=text)
    only_thanks(read.message)
    assert {trigger.name for trigger, _ in triggered(incoming(read), "order", "")} <= {trigger.name for trigger in SHIPPED.trigger}


def test_the_customer_is_the_only_outsider() -> None:
    """The acknowledgment of a case goes to the address the message came from."""
    assert [reply.recipient for reply in decided(reading()).replies] == [JANE.addr_spec]
