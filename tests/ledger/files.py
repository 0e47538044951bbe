"""Case files for tests: the worked example of the marketplace, and smaller ones."""

import json
from datetime import timedelta
from typing import Any

from tests.making import ARRIVED, NOW, PEOPLE, case
from triage.case import CaseEvent, CaseStatus, Deadline
from triage.decision import Outcome
from triage.ledger.project import CaseFile
from triage.message import Address, MessageKey
from triage.records import MessageRecord

JOHN = Address(name="John Doe", addr_spec="johndoe@email.com")


def at(hours: float) -> Any:
    """So long after the message was decided."""
    return NOW + timedelta(hours=hours)


def event(kind: str, hours: float = 0, provenance: str = "mail", actor: str = "daemon", **detail: str) -> CaseEvent:
    """A line of the history."""
    return CaseEvent(at=at(hours), kind=kind, actor=actor, provenance=provenance, detail=detail)


def sent(delivery: str, hours: float, to: str = JOHN.addr_spec, status: str = "sent") -> CaseEvent:
    """What came of a message of ours."""
    return event("delivery", hours, "smtp", delivery=delivery, status=status, to=to)


def message(text: str, *facts: tuple[str, str], author: str = JOHN.addr_spec, findings: Any = (), **fields: Any) -> MessageRecord:
    """A message of the case with what was found in it."""
    reading = {"facts": [[kind, value, "text", 0.9] for kind, value in facts], "findings": findings}
    given = {
        "id": 1, "key": MessageKey(account="support", mailbox="INBOX", uid_validity=1, uid=1), "received_at": ARRIVED, "size": 100,
        "outcome": Outcome.OPENED, "case_id": 42, "author": author, "subject": "Missing item", "text": text,
        "reading_json": json.dumps(reading),
    }  # fmt: skip
    return MessageRecord(**{**given, **fields})


def file(*events: CaseEvent, messages: Any = (), promises: Any = (), people: Any = PEOPLE, orders: Any = (), **fields: Any) -> CaseFile:
    """A case file of John Doe's."""
    return CaseFile(
        case=case(**{"requester": JOHN, **fields}), events=events, messages=messages, promises=promises, people=people, orders=orders
    )


def worked_example() -> CaseFile:
    """The example of the marketplace's own log: a smartphone case that is missing in the parcel."""
    return file(
        event("opened", 0, actor=JOHN.addr_spec, subject="Missing item"),
        event("classified", 0, "model", category="order", issue="item_missing"),
        sent("acknowledgment", 0.1),
        event("assigned", 0.2, "policy", to="jane", name="Jane Adams"),
        event("replied", 3, actor="Jane Adams", text="we have refunded the smartphone case and told the warehouse"),
        sent("answer", 3.1),
        event("resolved", 5, actor="Jane Adams", resolution="refund confirmed and discount offered"),
        event("rated", 30, actor=JOHN.addr_spec, score="4",
              comment="resolved quickly, but I wish I had been informed earlier about the delay"),
        messages=(
            message(
                "I ordered it on 20 November 2026. The smartphone case is on the receipt but not in the parcel.",
                ("phone", "+15551234"), ("order_number", "ORD789456"), ("date", "2026-11-20"), ("product", "smartphone case"),
            ),
        ),
        promises=((Deadline(case_id=42, kind="resolve", due_at=at(48)), "kept"),),
        subject="Missing item", order_numbers=("ORD789456",), category="order", issue="item_missing", status=CaseStatus.SOLVED,
        assignee="jane", acknowledged_at=at(0.1), solved_at=at(5),
    )  # fmt: skip
