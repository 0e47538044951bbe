"""A case that a change to an order opens, and the letter that tells its customer before anybody asks; what follows when it ends well."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from triage.case import Case, CaseEvent, CaseStatus, NewCase
from triage.decision import Decision, Outcome, ReplyOrder
from triage.inquiry import AnswerKind, Checked, Known, OrderAnswer
from triage.message import Address
from triage.order import AlertKind, Order
from triage.policy.informed import checked_detail
from triage.policy.table import Policy
from triage.reply import ReplyKind

#: What a case that is opened so is about.
_MATTERS: Mapping[AlertKind, tuple[str, str]] = {
    AlertKind.DELAYED: ("order", "delivery_delayed"),
    AlertKind.BACKORDERED: ("order", "delivery_delayed"),
    AlertKind.UNAVAILABLE: ("order", "order_change"),
    AlertKind.PAYMENT_FAILED: ("payment", "payment_failed"),
    AlertKind.REFUNDED: ("dispute", "refund_status"),
}
#: Here it is the customer who has to say or do something.
_THEIR_TURN = frozenset({AlertKind.UNAVAILABLE, AlertKind.PAYMENT_FAILED})
_WORDS = {
    AlertKind.DELAYED: "is delayed",
    AlertKind.BACKORDERED: "waits for an item that is not in stock",
    AlertKind.UNAVAILABLE: "has an item that cannot be had any more",
    AlertKind.PAYMENT_FAILED: "could not be paid",
    AlertKind.REFUNDED: "is paid back",
}
#: Clocks of a customer who waits for an answer: here nobody has asked.
_NOT_ASKED = (("answer", ""), ("update", ""))


def advice(
    kind: AlertKind, checked: Checked, order: Order, address: str, *, policy: Policy, now: datetime, at: datetime, held_back: str = "",
    why: str = "the order system tells of a change",
) -> Decision:  # fmt: skip
    """The case and its letter, which leaves `at` that time. `held_back`: why there is none, and a person looks; `why`: how we know."""
    category, issue = _MATTERS[kind]
    topic = policy.topic(category, issue)
    letter = _letter(kind, checked, order, address, at)
    new_case = NewCase(
        category=category,
        issue=issue,
        confidence=1.0,
        abstained=False,
        priority=topic.priority,
        requester=Address(name=order.customer, addr_spec=address),
        subject=f"Order {order.number} {_WORDS[kind]}",
        language=order.language,
        order_numbers=(order.number,),
        opened_at=now,
        received_at=now,
    )
    told = _event(now, "advised" if not held_back else "not_advised", {"what": kind.value, "order": order.number, "why": held_back})
    nobody = {"what": "acknowledgment", "rule": "nobody_wrote", "why": "news of the order opened the case"}
    return Decision(
        outcome=Outcome.OPENED,
        reason=f"order {order.number} {_WORDS[kind]}",
        new_case=new_case,
        events=(
            _event(now, "opened", {"subject": new_case.subject, "why": why}),
            _event(now, "withheld", nobody),
            _event(now, "order_checked", checked_detail(checked)),
            told,
        ),
        status=CaseStatus.PENDING if kind in _THEIR_TURN and not held_back else None,
        replies=() if held_back else (letter,),
        kept=() if held_back else _NOT_ASKED,
        known=Known(checked=(checked,)),
    )


def paid(case: Case, checked: Checked, order: Order, address: str, *, now: datetime, at: datetime, thread: tuple[str, ...]) -> Decision:
    """What follows in a case whose customer was told that a payment had failed, now that it went through; solved unless they answer."""
    kind, found = AlertKind.PAID, Decision(outcome=Outcome.NOTED, reason="the payment went through", case_id=case.id)
    told = _event(now, "advised", {"what": kind.value, "order": order.number})
    return replace(
        found,
        events=(_event(now, "order_checked", checked_detail(checked)), told),
        # It waits for nobody any more; a case in which the customer has written stays with whoever answers it.
        status=CaseStatus.OPEN if case.status is CaseStatus.PENDING else None,
        replies=(replace(_letter(kind, checked, order, address, at), thread=thread),),
        kept=_NOT_ASKED if case.status is CaseStatus.PENDING else (),
        known=Known(checked=(checked,)),
    )


def overtaken(case: Case, kind: AlertKind, checked: Checked, *, now: datetime, stays: bool) -> Decision:
    """What follows in a case whose letter was taken back before it left; solved, unless it `stays` as it is."""
    detail = {"what": kind.value, "order": checked.number, "why": "it was not so any more when the letter was to leave"}
    return Decision(
        outcome=Outcome.NOTED,
        reason="the order has changed again",
        case_id=case.id,
        events=(_event(now, "order_checked", checked_detail(checked)), _event(now, "advice_taken_back", detail)),
        status=None if stays else CaseStatus.SOLVED,
        known=Known(checked=(checked,)),
    )


def _letter(kind: AlertKind, checked: Checked, order: Order, address: str, at: datetime) -> ReplyOrder:
    answer = OrderAnswer(kind=AnswerKind.STATUS, order=order, source=checked.source, at=checked.at)
    return ReplyOrder(kind=ReplyKind.ADVICE, recipient=address, deadline=at, text=kind.value, answer=answer, not_before=at)


def _event(now: datetime, kind: str, detail: Mapping[str, str]) -> CaseEvent:
    return CaseEvent(at=now, kind=kind, provenance="orders", detail={name: text for name, text in detail.items() if text})
