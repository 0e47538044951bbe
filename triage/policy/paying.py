"""What a payment provider's word comes to: a case with a letter to the customer, a case for people, or nothing that anybody must do."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from triage.case import CaseEvent, CaseStatus, Deadline, NewCase
from triage.decision import Decision, Outcome
from triage.inquiry import Checked, Known
from triage.order import AlertKind, Attempt, Order, OrderStatus, Payment, PaymentStatus, Refund, RefundStatus
from triage.payment import PaymentEvent, PaymentEventKind
from triage.people import People
from triage.policy.advising import advice
from triage.policy.escalate import Call, Escalation, Moment, escalate
from triage.policy.informed import checked_detail
from triage.policy.table import Policy
from triage.topic import Clocks

#: What customers are told of, where the configuration wants it.
TOLD: Mapping[PaymentEventKind, AlertKind] = {
    PaymentEventKind.FAILED: AlertKind.PAYMENT_FAILED,
    PaymentEventKind.REFUNDED: AlertKind.REFUNDED,
}
_MATTERS: Mapping[PaymentEventKind, tuple[str, str]] = {
    PaymentEventKind.FAILED: ("payment", "payment_failed"),
    PaymentEventKind.REFUNDED: ("dispute", "refund_status"),
    PaymentEventKind.DISPUTED: ("dispute", "chargeback"),
    PaymentEventKind.FRAUD_WARNING: ("dispute", "chargeback"),
}
_WORDS: Mapping[PaymentEventKind, str] = {
    PaymentEventKind.FAILED: "a payment failed",
    PaymentEventKind.REFUNDED: "money was paid back",
    PaymentEventKind.DISPUTED: "a payment is disputed",
    PaymentEventKind.FRAUD_WARNING: "a card may have been used by somebody else",
}
_UNPAID = frozenset({OrderStatus.PENDING, OrderStatus.PROCESSING})
#: So long before the provider must have our answer, whoever looks after the case is reminded.
_AHEAD = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """An event, with what the order system says of its order."""

    event: PaymentEvent
    #: None without an order system, or where it does not answer.
    checked: Checked | None
    now: datetime
    policy: Policy
    people: People
    due: Clocks

    @property
    def why(self) -> str:
        """The event in words for a person."""
        event = self.event
        said = (
            f"{event.provider} tells{' by mail' if event.by_mail else ''}: {_WORDS[event.kind]}",
            f"{event.amount}" if event.amount else "",
            f"reason: {event.reason}" if event.reason else "",
            f"order {event.order_number}" if event.order_number else "no order is named",
            f"{event.reference} there" if event.reference else "",
            f"answer there by {self.people.clock(event.due_at)}" if event.due_at else "",
        )
        return ", ".join(filter(None, said))

    @property
    def matter(self) -> tuple[str, str]:
        """Category and issue of the case."""
        return _MATTERS[self.event.kind]

    @property
    def order(self) -> Order | None:
        """The one order that it is about, as it stands with this event."""
        order = self.checked.order if self.checked else None
        return _with(order, self.event) if order else None


def needless(heard: Heard, *, told: bool) -> str:
    """Why nobody has to do anything; "" where somebody has. `told`: the customer is to be told."""
    event, order = heard.event, heard.checked.order if heard.checked else None
    if event.kind is PaymentEventKind.REFUNDED:
        # The shop has paid it back itself; without a letter there is nothing left to do.
        return "" if told else "nobody is to be told"
    if event.kind is not PaymentEventKind.FAILED:
        return ""
    if not event.order_number:
        return "it names no order"
    if order is None:
        return ""
    paid = bool(order.payments) and order.payments[-1].status is PaymentStatus.PAID
    return "it was paid meanwhile" if paid else "" if order.status in _UNPAID else f"the order is {order.status}"


def fits(event: PaymentEvent, order: Order) -> bool:
    """Whether the amount can be one of the order's: some shops let the buyer's browser say which order is paid."""
    if event.amount is None:
        return False
    return order.total is None or (event.amount.currency == order.total.currency and event.amount.amount <= order.total.amount)


def letter(heard: Heard, address: str, at: datetime, held_back: str = "") -> Decision:
    """The case with the letter to the order's customer, which leaves `at` that time; `held_back`: why a person looks first."""
    order, kind = heard.order, TOLD[heard.event.kind]
    if order is None or heard.checked is None:
        raise ValueError("expected an event of an order that is known")
    checked = replace(heard.checked, order=order, source=f"{heard.checked.source} and {heard.event.provider}")
    told = advice(kind, checked, order, address, policy=heard.policy, now=heard.now, at=at, held_back=held_back, why=heard.why)
    return replace(told, events=(*told.events, _event(heard)))


def for_people(heard: Heard) -> Decision:
    """The case for whom the policy calls upon; nobody is written to besides."""
    event, now = heard.event, heard.now
    category, issue = heard.matter
    topic, escalation = heard.policy.topic(category, issue), _called(heard)
    number = heard.checked.order.number if heard.checked and heard.checked.order else event.order_number
    new_case = NewCase(
        category=category,
        issue=issue,
        confidence=1.0,
        abstained=False,
        priority=topic.priority,
        # Whoever asks is answered; nobody has asked, and so nobody hears how it goes on.
        requester=None,
        subject=f"{event.provider}: {_WORDS[event.kind]}{f', order {number}' if number else ''}",
        order_numbers=(number,) if number else (),
        departments=escalation.departments,
        status=CaseStatus.ON_HOLD if escalation.departments else CaseStatus.NEW,
        opened_at=now,
        received_at=now,
    )
    return Decision(
        outcome=Outcome.OPENED,
        reason=heard.why,
        new_case=new_case,
        events=(*_begun(heard, new_case), *escalation.events),
        replies=escalation.orders,
        deadlines=(
            Deadline(case_id=0, kind="resolve", due_at=heard.due(now, topic.resolve)),
            *_provider(event, now),
            *escalation.deadlines,
        ),
        known=Known(checked=(heard.checked,)) if heard.checked else None,
    )


def _called(heard: Heard) -> Escalation:
    policy, now = heard.policy, heard.now
    topic = policy.topic(*heard.matter)
    calls = [Call(department=topic.department, reason=heard.why)] if topic.escalate and topic.department else []
    times = Moment(now=now, leave_by=heard.due(now, policy.promises.assign), resolve_by=heard.due(now, topic.resolve), due=heard.due)
    return escalate(calls, heard.people, policy, times)


def _provider(event: PaymentEvent, now: datetime) -> Iterator[Deadline]:
    if event.due_at:
        yield Deadline(case_id=0, kind="dispute", due_at=event.due_at, since=now, warn_at=max(now, event.due_at - _AHEAD))


def _begun(heard: Heard, case: NewCase) -> Iterator[CaseEvent]:
    yield CaseEvent(at=heard.now, kind="opened", provenance="payments", detail={"subject": case.subject, "why": heard.why})
    nobody = {"what": "acknowledgment", "rule": "nobody_wrote", "why": "a payment provider's word opened the case"}
    yield CaseEvent(at=heard.now, kind="withheld", provenance="payments", detail=nobody)
    yield _event(heard)
    if heard.checked:
        yield CaseEvent(at=heard.now, kind="order_checked", provenance="orders", detail=checked_detail(heard.checked))


def _event(heard: Heard) -> CaseEvent:
    event = heard.event
    said = {
        "provider": event.provider,
        "what": event.kind.value,
        "event": event.id,
        "reference": event.reference,
        "order": event.order_number,
        "amount": str(event.amount or ""),
        "reason": event.reason,
        "at": event.at.isoformat(),
        "answer_by": event.due_at.isoformat() if event.due_at else "",
    }
    return CaseEvent(at=heard.now, kind="payment_event", provenance="payments", detail={key: text for key, text in said.items() if text})


def _with(order: Order, event: PaymentEvent) -> Order:
    """The order with what its system may not know yet."""
    if event.amount is None:
        return order
    if event.kind is PaymentEventKind.FAILED and not (order.payments and order.payments[-1].failed):
        attempt = Attempt(at=event.at, status=PaymentStatus.FAILED, reason=event.reason, method=event.method)
        failed = Payment(amount=event.amount, status=PaymentStatus.FAILED, method=event.method, attempts=(attempt,))
        return replace(order, payments=(*order.payments, failed))
    if event.kind is PaymentEventKind.REFUNDED:
        # Last, because letters speak of the last one; the order system may have it already, and under another id.
        known = tuple(refund for refund in order.refunds if refund.amount != event.amount or refund.status is not RefundStatus.SENT)
        sent = Refund(amount=event.amount, status=RefundStatus.SENT, method=event.method, sent_at=event.at)
        return replace(order, refunds=(*known, sent))
    return order
