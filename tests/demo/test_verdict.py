"""The end check of the demo: whatever is not as it should be is named."""

from dataclasses import replace
from email.message import EmailMessage

import pytest

from tests.demo.conftest import CUSTOMER, NOW, case, delivery, sample, standing
from tests.orders.making import checked, order
from tests.rows import rows
from triage.case import CaseStatus
from triage.decision import Outcome
from triage.demo.day import Sample
from triage.demo.servers import Envelope
from triage.demo.shop import Change
from triage.demo.verdict import posted, problems, unsolved, untold
from triage.demo.watch import Notice, Standing
from triage.inquiry import Checked, Verdict
from triage.order import Item
from triage.reply import Delivery, DeliveryStatus, ReplyKind

_TOLD = delivery(ReplyKind.ESCALATION, "logistics@saypro.example", number=2)
_GOOD = standing(of=case(), deliveries=(delivery(), _TOLD))
_SAMPLE = sample(escalated_to=("logistics",))
_FOLLOW_UP = sample("02", outcome="follow_up", case="01", about="", orders=())


def test_message_in_the_state_it_should_be_in_is_no_problem() -> None:
    """Nothing is said of a message that became what it should."""
    assert problems([_SAMPLE], {"01": _GOOD}, {}) == []


@pytest.mark.parametrize(
    ("sample_", "standing_", "expected"),
    [
        (_SAMPLE, standing(of=case(), deliveries=_GOOD.deliveries, outcome=Outcome.NOTED), "outcome is noted, expected opened"),
        (
            _SAMPLE,
            standing(of=case(issue="item_wrong"), deliveries=_GOOD.deliveries),
            "category and issue is order/item_wrong, expected order/item_missing",
        ),
        (
            _SAMPLE,
            standing(of=case(abstained=True), deliveries=_GOOD.deliveries),
            "category and issue is left to a person, expected sorted",
        ),
        (
            sample(sorted=False, about="", escalated_to=("logistics",)),
            _GOOD,
            "category and issue is sorted, expected left to a person",
        ),
        (_SAMPLE, standing(of=case(order_numbers=()), deliveries=_GOOD.deliveries), "order number is none, expected ORD789456"),
        (
            _SAMPLE,
            standing(of=case(order_numbers=("ORD1", "ORD2")), deliveries=_GOOD.deliveries),
            "order number is ORD1, ORD2, expected ORD789456",
        ),
        (_SAMPLE, standing(of=case(), deliveries=(_TOLD,)), f"acknowledged is none, expected {CUSTOMER}"),
        (
            _SAMPLE,
            standing(of=case(), deliveries=(delivery(), delivery(number=3), _TOLD)),
            f"acknowledged is {CUSTOMER}, {CUSTOMER}, expected {CUSTOMER}",
        ),
        (
            _SAMPLE,
            standing(of=case(), deliveries=(delivery(recipient="eve@x.example"), _TOLD)),
            f"acknowledged is eve@x.example, expected {CUSTOMER}",
        ),
        (_SAMPLE, standing(of=case(), deliveries=(delivery(),)), "escalated to is none, expected logistics"),
        (
            _SAMPLE,
            standing(of=case(), deliveries=(delivery(), delivery(ReplyKind.ESCALATION, "who@x.example"))),
            "escalated to is who@x.example, expected logistics",
        ),
        (_SAMPLE, standing(of=case(), deliveries=_GOOD.deliveries, filed_folder=""), "folder is none, expected Orders"),
        (_SAMPLE, standing(deliveries=_GOOD.deliveries), "case is none, expected one of its own"),
        (_SAMPLE, standing(of=case(linked_case=7), deliveries=_GOOD.deliveries), "linked case is 7, expected none"),
        (sample(escalated_to=("logistics",), masked=1), _GOOD, "masked numbers is 0, expected 1"),
        (sample(escalated_to=("logistics",), acknowledged=False), _GOOD, f"acknowledged is {CUSTOMER}, expected none"),
    ],
)
def test_every_difference_is_named(sample_: Sample, standing_: Standing, expected: str) -> None:
    """What was found and what was expected stand in one line with the file."""
    assert f"01-some-mail.eml: {expected}" in problems([sample_], {"01": standing_}, {})


def test_follow_up_must_be_in_the_case_of_the_message_it_continues() -> None:
    """A follow-up in somebody else's case, or in none, is a problem."""
    day = [_SAMPLE, _FOLLOW_UP]

    def said(found: Standing) -> list[str]:
        return problems(day, {"01": _GOOD, "02": found}, {})

    assert said(standing(2, of=case(), outcome=Outcome.FOLLOW_UP)) == []
    assert said(standing(2, of=case(2), outcome=Outcome.FOLLOW_UP)) == ["02-some-mail.eml: case is SP-100002, expected SP-100001"]
    assert said(standing(2, outcome=Outcome.FOLLOW_UP)) == ["02-some-mail.eml: case is none, expected SP-100001"]


def test_stranger_must_be_shown_beside_the_case_it_names() -> None:
    """A case that should be linked to another one is."""
    stranger = sample("03", after=("01",), beside="01")
    linked, loose = (standing(3, of=case(3, linked_case=link), deliveries=(delivery(),)) for link in (1, None))
    assert problems([_SAMPLE, stranger], {"01": _GOOD, "03": linked}, {}) == []
    assert problems([_SAMPLE, stranger], {"01": _GOOD, "03": loose}, {}) == ["03-some-mail.eml: linked case is none, expected 1"]


def test_machine_must_open_no_case() -> None:
    """A message of a machine that got into a case is a problem."""
    machine = sample("02", outcome="automatic", folder="Automatic", about="", orders=())
    good = standing(2, outcome=Outcome.AUTOMATIC, filed_folder="Automatic")
    assert problems([machine], {"02": good}, {}) == []
    assert problems([machine], {"02": replace(good, case=case())}, {}) == ["02-some-mail.eml: case is one of its own, expected none"]


def test_messages_that_never_settled_or_never_left_are_named() -> None:
    """A message that has not settled is named, and one that could not be delivered says why."""
    assert problems([_SAMPLE, _FOLLOW_UP], {}, {"02": "02-some-mail.eml: no acknowledgment"}) == [
        "02-some-mail.eml: no acknowledgment",
        "01-some-mail.eml: has not settled",
    ]


def _envelope(sender: str) -> Envelope:
    return Envelope(sender=sender, recipients=(CUSTOMER,), content=b"", at=NOW)


@pytest.mark.parametrize(("times", "status"), [(0, DeliveryStatus.SENT), (2, DeliveryStatus.SENT), (1, DeliveryStatus.UNCERTAIN)])
def test_outbox_and_wire_must_agree(times: int, status: DeliveryStatus) -> None:
    """A delivery that was submitted twice, never, or without a clear end is named."""
    mail = delivery(status=status)
    assert posted([mail], [_envelope(mail.reverse_path)] * times) == [
        f"acknowledgment acknowledgment1@saypro.example: is {status} and was submitted {times} times"
    ]


def test_mail_of_others_is_not_counted() -> None:
    """Only what bears the delivery's own reverse-path counts as its submission."""
    mail = delivery()
    assert posted([mail], [_envelope(CUSTOMER), _envelope(mail.reverse_path)]) == []


OWN, THEIRS = (
    order("ORD789456", items=(Item(name="Rare stamp"),)),
    order("ORD789456", addresses=("bob@other.example",), items=(Item(name="Rare stamp"),)),
)
STRANGER = checked(THEIRS, Verdict.SOMEBODY_ELSES, at=NOW)


def letter(text: str, *files: str, kind: ReplyKind = ReplyKind.RESOLUTION, to: str = CUSTOMER) -> Delivery:
    """A message of ours with this text and files of these names."""
    message = EmailMessage()
    message["Subject"], message["To"] = "[SP-100001] Your order", to
    message.set_content(text)
    for name in files:
        message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename=name)
    return replace(delivery(kind, to, number=7), content=message.as_bytes())


@rows(
    ("sample_", "standing_", "expected"),
    [
        (sample(told="status"), standing(of=case(), deliveries=(delivery(), letter("x")), told="status"), ""),
        (
            sample(told="status"),
            standing(of=case(), deliveries=(delivery(),)),
            f"told of the order is none, expected status, {CUSTOMER}",
        ),
        (
            sample(told="document", attached=1),
            standing(of=case(), deliveries=(delivery(), letter("x")), told="document"),
            "documents is 0, expected 1",
        ),
        (sample(told="document", attached=1), standing(of=case(), deliveries=(delivery(), letter("x", "r.pdf")), told="document"), ""),
        (
            sample(),
            standing(of=case(), deliveries=(delivery(), letter("x")), told="status"),
            f"told of the order is status, {CUSTOMER}, expected none",
        ),
        (sample(), standing(of=case(), deliveries=(delivery(),), orders=()), "orders checked is none, expected owner"),
        (
            sample(),
            standing(of=case(), deliveries=(delivery(),), orders=(STRANGER,)),
            "orders checked is somebody_elses, expected owner",
        ),
        (sample(verdicts=("somebody_elses",)), standing(of=case(), deliveries=(delivery(),), orders=(STRANGER,)), ""),
        (
            sample(verdicts=("somebody_elses",)),
            standing(
                of=case(), deliveries=(letter("About your RARE stamp, your Rare stamp", kind=ReplyKind.ACKNOWLEDGMENT),), orders=(STRANGER,)
            ),
            "disclosed is Rare stamp, expected none",
        ),
        (
            sample(verdicts=("somebody_elses",)),
            standing(
                of=case(),
                deliveries=(letter("Number\n00340434161094015902 of ORD789456: 49.90 EUR", kind=ReplyKind.ACKNOWLEDGMENT),),
                orders=(STRANGER,),
            ),
            "disclosed is ORD789456, 00340434161094015902, 49.90 EUR, expected none",
        ),
        (
            sample(verdicts=("unknown",)),
            standing(of=case(), deliveries=(delivery(),), orders=(Checked(number="ORD1", verdict=Verdict.UNKNOWN, source="b", at=NOW),)),
            "",
        ),
    ],
)
def test_what_is_told_of_orders(sample_: Sample, standing_: Standing, expected: str) -> None:
    """Who is told what, with which documents, and that nobody else learns any of it."""
    assert problems([sample_], {"01": standing_}, {}) == ([f"01-some-mail.eml: {expected}"] if expected else [])


def test_colleagues_may_be_told() -> None:
    """What stands in mail to a department is no disclosure."""
    told = letter("The Rare stamp of ORD789456", kind=ReplyKind.ESCALATION, to="logistics@saypro.example")
    found = standing(of=case(), deliveries=(delivery(), told), orders=(STRANGER,))
    assert problems([sample(verdicts=("somebody_elses",), escalated_to=("logistics",))], {"01": found}, {}) == []


def test_changes_must_be_told() -> None:
    """A change that its customer did not hear of is named, also where somebody else heard of it or the notice did not leave."""
    change = Change(after=(), order=OWN, recipient=CUSTOMER)

    def said(mail: Delivery) -> list[str]:
        return untold([change], {OWN.number: Notice(case=case(), delivery=mail, checked=checked(OWN, at=NOW))})

    assert said(delivery(ReplyKind.ADVICE)) == []
    assert said(delivery(ReplyKind.ADVICE, "eve@evil.example")) == [
        f"change of ORD789456: told to eve@evil.example, expected {CUSTOMER}",
    ]
    assert said(delivery(ReplyKind.ADVICE, status=DeliveryStatus.FAILED)) == [f"change of ORD789456: told to nobody, expected {CUSTOMER}"]
    assert untold([change], {}) == [f"change of ORD789456: told to nobody, expected {CUSTOMER}"]


def test_answered_cases_must_be_solved() -> None:
    """A case that facts have answered and that still waits for somebody is named; others may wait."""
    solved, waiting = case(1, status=CaseStatus.SOLVED), case(2)
    assert unsolved([solved, waiting], {1}) == []
    assert unsolved([solved, waiting], {1, 2}) == ["SP-100002 was answered: is new, expected solved"]
