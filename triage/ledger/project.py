"""A case with its history as an entry of the log: a pure projection, so that the log can be written anew at any time."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from triage.case import Case, CaseEvent, CaseStatus, Deadline
from triage.correction import SPAM
from triage.entry import Channel, Entry
from triage.figures import RESOLVED_WITHIN
from triage.happened import what
from triage.order import Order
from triage.people import People
from triage.reading import Effect
from triage.records import MessageRecord
from triage.reply import DeliveryStatus, ReplyKind
from triage.staff import Role

#: What happens as a case is opened; everything else is a follow-up action, but for what only says how it was read or sent.
_INITIAL = frozenset({"opened", "acknowledged", "withheld", "held_in_flood"})
_UNSAID = frozenset({"classified", "filing", "drafted", "fallback", "staff_mail", "read_in_part", "message_id_collision"})
_ACKNOWLEDGMENT = ReplyKind.ACKNOWLEDGMENT.value
#: Word of how far it is, which neither an acknowledgment is nor the news of who has it now; and what asks how it went.
_NEWS, _ASKING = (ReplyKind.PROGRESS, ReplyKind.CLOSING), (ReplyKind.CLOSING, ReplyKind.SURVEY)
_OF_NO_CASE = (ReplyKind.DIGEST, ReplyKind.REMINDERS, ReplyKind.REPORT)
_LONGEST_ACTIONS, _LONGEST_DESCRIPTION = 4000, 1000
#: Words of an order before a date: only then is a date in a message taken for the day of the order.
_ORDERED = re.compile(
    r"\b(?:ordered|bought|purchased|placed|order(?: date)?|bestellt|gekauft|bestellung)\b[^.!?\n]{0,40}\b(?:on|from|of|at|am|vom)\b"
    r"|\b(?:order date|bestelldatum)\s?:|\b(?:am|vom)\b[^!?\n]{0,40}\b(?:bestellt|gekauft)\b",
    re.IGNORECASE,
)
_SURE = 0.7


@dataclass(frozen=True, kw_only=True)
class CaseFile:
    """Everything the store holds of one case, as far as the log needs it."""

    case: Case
    #: Oldest first, as are the messages.
    events: Sequence[CaseEvent]
    messages: Sequence[MessageRecord]
    promises: Sequence[tuple[Deadline, str]]
    people: People
    #: What the order system knows of the customer's own orders, those named first.
    orders: Sequence[Order] = ()

    @cached_property
    def facts(self) -> tuple[tuple[str, str, float], ...]:
        """(kind, value, confidence) of every fact in the customer's messages, in their order."""
        found: list[tuple[str, str, float]] = []
        for message in self._theirs:
            read = json.loads(message.reading_json) if message.reading_json else {}
            found += [(kind, value, sure) for kind, value, _source, sure in read.get("facts", ())]
        return tuple(found)

    @property
    def _theirs(self) -> Iterable[MessageRecord]:
        requester = self.case.requester
        return (one for one in self.messages if requester is None or one.author in (requester.addr_spec, ""))

    @property
    def first(self) -> MessageRecord | None:
        """The message that opened it."""
        return next(iter(self.messages), None)

    def of(self, *kinds: str) -> list[CaseEvent]:
        """Events of these kinds."""
        return [event for event in self.events if event.kind in kinds]

    def delivered(self, *kinds: ReplyKind) -> list[CaseEvent]:
        """Events of mail of these kinds that a server took."""
        return [it for it in self.of("delivery") if it.detail.get("status") == DeliveryStatus.SENT and it.detail.get("delivery") in kinds]


def entry_of(file: CaseFile) -> Entry:
    """What the log says of the case."""
    return _with_answer(_with_history(_with_words(_of_case(file.case, file), file), file), file)


def _of_case(case: Case, file: CaseFile) -> Entry:
    return Entry(
        case_id=case.id,
        number=case.number,
        customer=(case.requester.name if case.requester else "") or _taken_down(file, "customer") or _value(file, "name"),
        email=case.requester.addr_spec if case.requester else "",
        order_numbers=case.order_numbers,
        category=case.category,
        issue=case.issue,
        abstained=case.abstained,
        status=case.status,
        representative=case.assignee,
        representative_name=file.people.called(case.assignee) if case.assignee else "",
        priority=case.priority,
        language=case.language,
        received_at=case.received_at,
        opened_at=case.opened_at,
        acknowledged_at=case.acknowledged_at,
        resolved_at=case.solved_at,
        due_at=next((deadline.due_at for deadline, _state in file.promises if deadline.kind == "resolve"), None),
        refused=_refused(file),
        excluded=_excluded(file),
        obstacle=_obstacle(file),
    )


def _with_words(entry: Entry, file: CaseFile) -> Entry:
    """What was said, by the customer and in the actions."""
    day, source = _order_date(file)
    rated = next(reversed(file.of("rated")), None)
    return replace(
        entry,
        phone=_taken_down(file, "phone") or _value(file, "phone"),
        product=_value(file, "product") or next((item.name for order in file.orders for item in order.items), ""),
        order_date=day,
        order_date_source=source,
        description=_description(file.case.subject, file.first.text if file.first else ""),
        initial_action=_line(file, initial=True),
        follow_up_actions=_line(file, initial=False),
        resolution=next((event.detail.get("resolution", "") for event in reversed(file.of("resolved"))), ""),
        rating=_score(rated),
        comment=rated.detail.get("comment", "") if rated else "",
        rated_at=rated.at if rated else None,
    )


def _with_history(entry: Entry, file: CaseFile) -> Entry:
    """What was done, and when it was first done."""
    called = {event.detail["to"]: event.detail.get("name", "") for event in file.of("escalated") if event.detail.get("to")}
    called |= {key: file.people.called(key) for key in file.case.departments if key not in called}
    answers = [*file.delivered(ReplyKind.ANSWER), *_written_directly(file)]
    return replace(
        entry,
        channel=_channel(file),
        vendor=_vendor(file, called),
        departments=tuple(called),
        department_names=tuple(name or key for key, name in called.items()),
        assigned_at=_first(file.of("assigned")),
        answered_at=_first(answers),
        updated_at=_first([*answers, *file.delivered(*_NEWS)]),
        escalated_at=_first(file.of("escalated")),
        asked=bool(file.delivered(*_ASKING)),
        answers=len(answers),
        follow_ups=len(file.of("follow_up")),
        reopened=len(file.of("reopened")) + sum(bool(event.detail.get("reopened")) for event in file.of("follow_up")),
    )


def _with_answer(entry: Entry, file: CaseFile) -> Entry:
    """What the model had said, and whether a person said otherwise of what it had not left to people."""
    read = json.loads(file.first.reading_json) if file.first and file.first.reading_json else {}
    if not read.get("model"):
        return entry
    unsure = read["abstained"]
    return replace(
        entry,
        model=read["model"],
        said=read["category"],
        confidence=read["confidence"],
        unsure=unsure,
        strange=read.get("strange"),
        corrected_at=None if unsure else _first(file.of("corrected")),
    )


def words_of(file: CaseFile, entry: Entry) -> str:
    """Everything the case can be found by."""
    said = (event.detail.get("text", "") for event in file.of("replied", "note", "answered"))
    known = (entry.number, entry.customer, entry.email, entry.phone, *entry.order_numbers, entry.product, entry.vendor, file.case.subject)
    return "\n".join(filter(None, (*known, *(message.text for message in file.messages), *said, entry.resolution, entry.comment)))


def _value(file: CaseFile, kind: str) -> str:
    return next((value for found, value, _sure in file.facts if found == kind), "")


def _taken_down(file: CaseFile, key: str) -> str:
    """What was written down by whoever spoke to the customer."""
    return next((event.detail.get(key, "") for event in file.of("opened")), "")


def _order_date(file: CaseFile) -> tuple[date | None, str]:
    # The order system knows best.
    if placed_at := next((order.placed_at for order in file.orders if order.placed_at), None):
        return placed_at.astimezone(ZoneInfo(file.people.identity.time_zone)).date(), "order system"
    days = {value for kind, value, sure in file.facts if kind == "date" and sure >= _SURE}
    past = {day for day in map(date.fromisoformat, days) if day <= file.case.received_at.date()}
    if len(days) == len(past) == 1 and file.first and _ORDERED.search(file.first.text):
        return past.pop(), "message"
    return None, ""


def _description(subject: str, text: str) -> str:
    parts = (" ".join(subject.split()), " ".join(text[: 2 * _LONGEST_DESCRIPTION].split()))
    return " – ".join(part for part in parts if part)[:_LONGEST_DESCRIPTION]


def _line(file: CaseFile, *, initial: bool) -> str:
    """The actions in a row; where they are too many the first ones and how many more there are."""
    where = ZoneInfo(file.people.identity.time_zone)
    told = [event for event in file.events if event.kind not in _UNSAID and _is_initial(event) == initial and _of_the_case(event)]
    said = [f"{event.at.astimezone(where):%Y-%m-%d %H:%M} {what(event)}" for event in told]
    kept: list[str] = []
    for line in said:
        if sum(map(len, kept)) + len(line) > _LONGEST_ACTIONS:
            return "; ".join((*kept, f"and {len(said) - len(kept)} more"))
        kept.append(line)
    return "; ".join(kept)


def _of_the_case(event: CaseEvent) -> bool:
    """False for lists and reports, which lie with a case and are about many."""
    return event.kind != "delivery" or event.detail.get("delivery") not in _OF_NO_CASE


def _is_initial(event: CaseEvent) -> bool:
    return event.kind in _INITIAL or (event.kind == "delivery" and event.detail.get("delivery") == _ACKNOWLEDGMENT)


def _first(events: Iterable[CaseEvent]) -> datetime | None:
    return min((event.at for event in events), default=None)


def _written_directly(file: CaseFile) -> list[CaseEvent]:
    """Answers that people wrote from the mailbox itself: no delivery of ours carries them."""
    return [event for event in file.of("replied") if event.provenance == "mail-sent" or event.detail.get("channel")]


def _score(rated: CaseEvent | None) -> int | None:
    score = rated.detail.get("score", "") if rated else ""
    return int(score) if score.isdigit() and 1 <= int(score) <= 5 else None


def _channel(file: CaseFile) -> Channel:
    detail = next((event.detail for event in file.of("opened")), {})
    if channel := detail.get("channel", ""):
        return Channel(channel)
    carrier = detail.get("passed_on_by", "")
    return Channel.FORM if carrier and carrier not in file.people.staff else Channel.EMAIL


def _vendor(file: CaseFile, called: Iterable[str]) -> str:
    if sold_by := next((item.vendor.name for order in file.orders for item in order.items if item.vendor), ""):
        return sold_by
    rooms = file.people.departments
    return next((rooms[key].name for key in called if key in rooms and Role(rooms[key].role) is Role.VENDOR), "")


def _refused(file: CaseFile) -> bool:
    reported = any(event.detail.get("of") == _ACKNOWLEDGMENT and event.detail.get("action") == "failed" for event in file.of("report"))
    attempts = (event.detail for event in file.of("delivery") if event.detail.get("delivery") == _ACKNOWLEDGMENT)
    return reported or next((detail.get("status") == "failed" for detail in reversed(list(attempts))), False)


def _excluded(file: CaseFile) -> str:
    case = file.case
    if case.merged_into is not None:
        return "became a part of another case"
    if case.status is CaseStatus.CLOSED and (case.category, case.issue) == SPAM:
        return "closed as spam"
    read = json.loads(file.first.reading_json) if file.first and file.first.reading_json else {}
    if any(effect == Effect.STAFF for _rule, effect, _reason in read.get("findings", ())):
        return "written by an agent, a department or ourselves"
    return ""


def _obstacle(file: CaseFile) -> str:
    """Why the customer may have waited: what stood in the way of the acknowledgment first, then whoever owes us an answer."""
    if _refused(file):
        return "the customer's server refuses our mail"
    if held := next(iter(file.of("withheld", "held_in_flood")), None):
        return held.detail.get("why", "the acknowledgment was left to a person")
    # Whoever was called only because the customer's time was up has not kept the customer waiting.
    up = file.case.received_at + RESOLVED_WITHIN
    late = [event for event in file.of("missed") if event.detail.get("bound") and event.at < up]
    if late:
        return f"{file.people.called(late[-1].detail['bound'])} had not answered in time"
    if file.case.status is CaseStatus.PENDING:
        return "waits for the customer"
    if file.case.status is CaseStatus.ON_HOLD:
        return "waits for a department"
    return "" if file.case.assignee else "nobody looks after it"
