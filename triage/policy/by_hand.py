"""A case that a person takes down: from the telephone, a chat, or somebody at the counter."""

from dataclasses import dataclass, replace
from datetime import datetime

from triage.case import CaseEvent, CaseStatus
from triage.decision import Decision
from triage.entry import Channel
from triage.reply import ReplyKind

_MAIL_ALONE = frozenset({"opened", "withheld"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How a customer reached us besides by mail, and what came of it."""

    channel: Channel
    at: datetime
    #: Who took it down, for people to read, and the key where that is an agent.
    by: str
    agent: str = ""
    customer: str = ""
    phone: str = ""
    order_numbers: tuple[str, ...] = ()
    #: The customer is to have the case number by mail.
    acknowledge: bool = False
    #: It was settled in the conversation itself, and this is how.
    resolution: str = ""


def by_hand(decision: Decision, contact: Contact, now: datetime) -> Decision:
    """What follows from such a contact, where `decision` is what would follow from a message that says the same."""
    if decision.new_case is None:
        raise ValueError(f"the outcome is {decision.outcome}: expected one that opens a case")
    numbers = tuple(dict.fromkeys((*contact.order_numbers, *decision.new_case.order_numbers)))
    made = replace(
        decision,
        new_case=replace(decision.new_case, order_numbers=numbers),
        events=(*_begun(contact, now), *(event for event in decision.events if event.kind not in _MAIL_ALONE)),
        replies=tuple(order for order in decision.replies if contact.acknowledge or order.kind is not ReplyKind.ACKNOWLEDGMENT),
        # Somebody has spoken to the customer, which is more than an acknowledgment says.
        kept=(*decision.kept, ("acknowledge", "")),
        deadlines=tuple(deadline for deadline in decision.deadlines if deadline.kind != "acknowledge"),
        assignee=contact.agent or None,
        folder="",
    )
    return _settled(made, contact, now) if contact.resolution else made


def _begun(contact: Contact, now: datetime) -> list[CaseEvent]:
    channel = contact.channel.value
    said = {"channel": channel, "received_at": contact.at.isoformat(), "customer": contact.customer, "phone": contact.phone}
    begun = [_event("opened", contact, now, said), _event("acknowledged", contact, now, {"channel": channel, "at": contact.at.isoformat()})]
    taken = {"to": contact.agent, "name": contact.by, "why": f"took it down ({channel.replace('_', ' ')})"}
    return [*begun, *([_event("assigned", contact, now, taken)] if contact.agent else [])]


def _settled(decision: Decision, contact: Contact, now: datetime) -> Decision:
    """Nobody else has to do anything."""
    said = {"text": contact.resolution, "channel": contact.channel.value}
    done = (_event("replied", contact, now, said), _event("resolved", contact, now, {"resolution": contact.resolution}))
    return replace(
        decision,
        new_case=decision.new_case and replace(decision.new_case, departments=(), status=CaseStatus.OPEN),
        events=(*(event for event in decision.events if event.kind not in ("escalated", "not_escalated")), *done),
        replies=tuple(order for order in decision.replies if order.kind is ReplyKind.ACKNOWLEDGMENT),
        deadlines=(),
        kept=(*decision.kept, ("resolve", "")),
        status=CaseStatus.SOLVED,
    )


def _event(kind: str, contact: Contact, now: datetime, detail: dict[str, str]) -> CaseEvent:
    return CaseEvent(at=now, kind=kind, actor=contact.by, provenance="cli", detail={key: text for key, text in detail.items() if text})
