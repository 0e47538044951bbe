"""Makers of words for tests: a message, a reading, a case, people, the shipped policy and templates, each with something sensible in it."""

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from triage.case import Case, CaseEvent, CaseStatus, NewCase
from triage.clocks.calendar import Calendar, Shift
from triage.clocks.due import BothClocks, due_at
from triage.clocks.tell import tell, zone
from triage.decision import Candidate, Decision, Match, ReplyOrder
from triage.message import Address, Message, MessageKey, RawMessage
from triage.people import People
from triage.policy.decide import decide
from triage.policy.table import Policy
from triage.reading import Classification, Effect, Fact, Facts, Finding, Reading
from triage.reply import Reply, ReplyKind
from triage.responders.writer import Writer
from triage.sections.identity import Identity
from triage.sections.people import AgentSettings, DepartmentSettings
from triage.stages.clockwork import Clockwork

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "templates" / "emails"
SHIPPED = Policy.parse((ROOT / "config" / "policy.toml").read_text(encoding="utf-8"))
SOURCES = {path.relative_to(TEMPLATES).as_posix(): path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.*")}

#: The least that a configuration says: who we are, one account, a way out, a department.
SERVERS = """[identity]
address = "support@shop.example"
[mailbox.support]
host = "127.0.0.1"
port = 143
security = "none"
[smtp]
host = "127.0.0.1"
port = 25
security = "none"
[departments.finance]
name = "Finance"
address = "finance@shop.example"
"""
ARRIVED = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
NOW = ARRIVED + timedelta(minutes=2)
KEY = b"a key of thirty-two octets, fine"
#: As if people were always at work.
DUE = BothClocks(due_at)
JANE = Address(name="Jane Doe", addr_spec="jane@customer.example")
DEPARTMENTS = ("finance", "billing", "logistics", "technical_support", "management")
IDENTITY = Identity(name="SayPro Support", address="support@shop.example", aliases=("help@shop.example",))
PEOPLE = People(
    identity=IDENTITY,
    departments={key: DepartmentSettings(name=key.replace("_", " ").title(), address=f"{key}@shop.example") for key in DEPARTMENTS},
    agents={"jane": AgentSettings(name="Jane Adams", address="adams@shop.example")},
)


def message(**fields: Any) -> Message:
    """A customer's message."""
    given = {
        "message_id": "first@customer.example",
        "from_": (JANE,),
        "subject": "My order",
        "text": "Where is my parcel?",
        "language": "en",
    }
    return Message(**{**given, **fields})


def reading(
    category: str = "order",
    issue: str = "order_status",
    *,
    effects: Sequence[Effect] = (),
    facts: Sequence[Fact] = (),
    abstained: bool = False,
    **fields: Any,
) -> Reading:
    """A reading of a customer's message, with a finding for every effect."""
    return Reading(
        message=message(**fields),
        findings=tuple(Finding(rule=f"rule_{effect}", effect=effect, reason=f"because of {effect}") for effect in effects),
        facts=Facts(found=tuple(facts)),
        classification=Classification(category=category, issue=issue, confidence=0.91, abstained=abstained, model_version="m1"),
    )


def order_number(value: str, source: str = "text") -> Fact:
    """An order number as a fact."""
    return Fact(kind="order_number", value=value, source=source, confidence=0.98)


def case(**fields: Any) -> Case:
    """A case at work."""
    given = {
        "id": 42,
        "number": "SP-100042",
        "category": "order",
        "issue": "order_status",
        "confidence": 0.91,
        "abstained": False,
        "requester": JANE,
        "subject": "My order",
        "language": "en",
        "status": CaseStatus.OPEN,
        "opened_at": NOW,
        "received_at": ARRIVED,
    }
    return Case(**{**given, **fields})


def opened(new_case: NewCase) -> Case:
    """What the store makes of a new case."""
    return Case(id=42, number="SP-100042", **{field.name: getattr(new_case, field.name) for field in dataclasses.fields(NewCase)})


def candidate(**fields: Any) -> Candidate:
    """A case that a message may continue."""
    given = {"case_id": 42, "number": "SP-100042", "status": CaseStatus.OPEN, "participants": frozenset({JANE.addr_spec})}
    return Candidate(**{**given, **fields})


def event(kind: str, at: datetime = NOW, **detail: str) -> CaseEvent:
    """A line of a case's history."""
    return CaseEvent(at=at, kind=kind, provenance="mail", detail=detail)


def decided(read: Reading, **given: Any) -> Decision:
    """The decision on a reading under the shipped policy, with whatever else is given."""
    defaults: dict[str, Any] = {"people": PEOPLE, "policy": SHIPPED, "received_at": ARRIVED, "now": NOW, "due": DUE}
    continued = given.pop("case", None)
    match = given.pop("match", Match(case_id=continued.id if continued else None, reason="continues the thread" if continued else ""))
    return decide(read, match, continued, tuple(given.pop("limits", ())), **{**defaults, **given})


def raw(content: bytes = b"Subject: My order\r\n\r\nWhere is my parcel?\r\n", size: int = 0) -> RawMessage:
    """A message as fetched."""
    key = MessageKey(account="support", mailbox="INBOX", uid_validity=1, uid=7)
    return RawMessage(key=key, received_at=ARRIVED, content=content, size=size or len(content))


def writer(sources: dict[str, str] | None = None, people: People = PEOPLE, policy: Policy = SHIPPED) -> Writer:
    """A writer with the shipped templates, or with those given."""
    where = zone(people.identity.time_zone)
    return Writer(
        SOURCES if sources is None else sources,
        people=people,
        key=KEY,
        guide=policy,
        tell=lambda moment, language: tell(moment, where, language),
        due=due_at,
    )


@cache
def _shipped_writer() -> Writer:
    return writer()


#: From nine to five, Monday to Friday.
OFFICE_HOURS = Calendar({day: [Shift(start=time(9), end=time(17))] for day in range(5)}, zone(IDENTITY.time_zone))


def clockwork(policy: Policy = SHIPPED) -> Clockwork:
    """The clocks of cases, by the shipped policy and usual hours."""
    return Clockwork(time=OFFICE_HOURS, policy=policy)


def acknowledgment_order(**fields: Any) -> ReplyOrder:
    """An order to acknowledge."""
    return ReplyOrder(
        **{"kind": ReplyKind.ACKNOWLEDGMENT, "recipient": JANE.addr_spec, "deadline": ARRIVED + timedelta(hours=24), **fields}
    )


def escalation_order(department: str = "finance", **fields: Any) -> ReplyOrder:
    """An order to write to a department."""
    given = {
        "kind": ReplyKind.ESCALATION,
        "recipient": f"{department}@shop.example",
        "department": department,
        "deadline": ARRIVED + timedelta(hours=1),
        "reason": "it is theirs",
        "answer_by": ARRIVED + timedelta(hours=24),
    }
    return ReplyOrder(**{**given, **fields})


def written(order: ReplyOrder, of: Case | None = None, read: Reading | None = None, **given: Any) -> Reply:
    """The reply to an order, by the shipped templates unless `using` names another writer."""
    using = given.pop("using", None) or _shipped_writer()
    rest = {"log": (), "raw": None, "now": NOW, **given}
    return using.write(order, of or case(), reading=read or reading(), **rest)
