"""The one place where rows become types and types become columns."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import TypeAlias

from triage.case import Case, CaseEvent, CaseStatus, Deadline, Priority, Rating, State, keyword
from triage.decision import Outcome
from triage.message import Address, Cursor, MessageKey, RawMessage, StoredMessage
from triage.reading import Reading
from triage.records import CensusRecord, Filed, Filing, Held, MessageRecord
from triage.reply import Cause, Delivery, DeliveryStatus, ReplyKind

#: Contents handed out at a time: a hundred messages are nothing, a hundred attachments of 30 MB would be the machine's memory.
_OCTETS_AT_ONCE = 64 << 20

#: Made once, as in `cases`.
_READING = json.JSONEncoder(ensure_ascii=False)

#: What SQLite can give back.
Cell: TypeAlias = str | int | float | bytes | None
Row: TypeAlias = Mapping[str, Cell]


@lru_cache(maxsize=256)
def moment(at: datetime) -> str:
    """A time as stored: ISO 8601 in UTC, which sorts as text."""
    # Remembered, because one decision writes the same few moments into a dozen columns.
    return at.astimezone(UTC).isoformat()


def text(row: Row, column: str) -> str:
    """The column as text; "" for NULL."""
    value = row[column]
    return "" if value is None else str(value)


def number(row: Row, column: str) -> int:
    """The column as a whole number; 0 for NULL."""
    return int(row[column] or 0)


def maybe_number(row: Row, column: str) -> int | None:
    """The column as a whole number, or None."""
    value = row[column]
    return None if value is None else int(value)


def time(row: Row, column: str) -> datetime:
    """The column as an aware time in UTC."""
    return datetime.fromisoformat(text(row, column))


def maybe_time(row: Row, column: str) -> datetime | None:
    """The column as a time, or None."""
    return datetime.fromisoformat(text(row, column)) if row[column] else None


def blob(row: Row, column: str) -> bytes:
    """The column as bytes; empty for NULL."""
    value = row[column]
    return value if isinstance(value, bytes) else b""


def strings(row: Row, column: str) -> tuple[str, ...]:
    """A JSON list of strings; empty for NULL."""
    return tuple(json.loads(text(row, column) or "[]"))


def bounded(found: Iterable[Row]) -> Iterator[Row]:
    """Rows while their contents together stay within bounds; the first in any case."""
    octets = 0
    for row in found:
        octets += len(blob(row, "content"))
        if octets > _OCTETS_AT_ONCE and octets > len(blob(row, "content")):
            return
        yield row


def to_key(row: Row) -> MessageKey:
    """Columns account, mailbox, uid_validity and uid."""
    return MessageKey(
        account=text(row, "account"), mailbox=text(row, "mailbox"), uid_validity=number(row, "uid_validity"), uid=number(row, "uid")
    )


def to_cursor(row: Row) -> Cursor:
    """A row of cursors."""
    return Cursor(
        uid_validity=number(row, "uid_validity"),
        start_line=time(row, "start_line"),
        uid_next=number(row, "uid_next"),
        unseen=number(row, "unseen"),
    )


def to_held(row: Row) -> Held:
    """A row of messages with `has_raw`."""
    return Held(
        id=number(row, "id"),
        uid=number(row, "uid"),
        received_at=time(row, "received_at"),
        outcome=Outcome(text(row, "outcome")) if row["outcome"] else None,
        sha256=text(row, "sha256"),
        has_raw=bool(row["has_raw"]),
    )


def to_census(row: Row) -> CensusRecord:
    """A row of censuses."""
    return CensusRecord(
        account=text(row, "account"),
        mailbox=text(row, "mailbox"),
        at=time(row, "at"),
        listed=number(row, "listed"),
        mismatches=strings(row, "mismatches"),
    )


def to_stored_message(row: Row) -> StoredMessage:
    """A row of messages joined with raw."""
    raw = RawMessage(key=to_key(row), received_at=time(row, "received_at"), content=blob(row, "content"), size=number(row, "size"))
    return StoredMessage(id=number(row, "id"), raw=raw, strikes=number(row, "strikes"))


def to_message_record(row: Row) -> MessageRecord:
    """A row of messages, with `content` from raw where it was joined."""
    return MessageRecord(
        id=number(row, "id"),
        key=to_key(row),
        received_at=time(row, "received_at"),
        size=number(row, "size"),
        outcome=Outcome(text(row, "outcome")) if row["outcome"] else None,
        case_id=maybe_number(row, "case_id"),
        message_id=text(row, "message_id"),
        author=text(row, "author"),
        subject=text(row, "subject"),
        text=text(row, "text"),
        full_text=text(row, "full_text"),
        reading_json=text(row, "reading"),
        strikes=number(row, "strikes"),
        reason=text(row, "reason"),
        filed_folder=text(row, "filed_folder"),
        filed_uid_validity=maybe_number(row, "filed_uid_validity"),
        filed_uid=maybe_number(row, "filed_uid"),
        raw=blob(row, "content") if row.get("content") is not None else None,
        sha256=text(row, "sha256"),
    )


def to_case(row: Row) -> Case:
    """A row of cases."""
    requester = text(row, "requester")
    return Case(
        id=number(row, "id"),
        number=text(row, "number"),
        category=text(row, "category"),
        issue=text(row, "issue"),
        confidence=float(row["confidence"] or 0.0),
        abstained=bool(row["abstained"]),
        priority=Priority(text(row, "priority")),
        requester=Address(name=text(row, "requester_name"), addr_spec=requester) if requester else None,
        subject=text(row, "subject"),
        language=text(row, "language"),
        order_numbers=strings(row, "order_numbers"),
        departments=strings(row, "departments"),
        status=CaseStatus(text(row, "status")),
        opened_at=time(row, "opened_at"),
        received_at=time(row, "received_at"),
        linked_case=maybe_number(row, "linked_case"),
        acknowledged_at=maybe_time(row, "acknowledged_at"),
        solved_at=maybe_time(row, "solved_at"),
        unreachable=bool(row["unreachable"]),
        assignee=text(row, "assignee"),
        merged_into=maybe_number(row, "merged_into"),
        rating=Rating(score=number(row, "rating"), comment=text(row, "rating_comment")) if row["rating"] else None,
    )


def to_event(row: Row) -> CaseEvent:
    """A row of events."""
    return CaseEvent(
        at=time(row, "at"),
        kind=text(row, "kind"),
        actor=text(row, "actor"),
        provenance=text(row, "provenance"),
        detail=json.loads(text(row, "detail") or "{}"),
    )


def to_delivery(row: Row) -> Delivery:
    """A row of deliveries."""
    return Delivery(
        id=number(row, "id"),
        case_id=number(row, "case_id"),
        kind=ReplyKind(text(row, "kind")),
        recipient=text(row, "recipient"),
        reverse_path=text(row, "reverse_path"),
        message_id=text(row, "message_id"),
        subject=text(row, "subject"),
        content=blob(row, "content"),
        deadline=time(row, "deadline"),
        status=DeliveryStatus(text(row, "status")),
        attempts=number(row, "attempts"),
        created_at=time(row, "created_at"),
        next_attempt_at=time(row, "next_attempt_at"),
        sent_at=maybe_time(row, "sent_at"),
        smtp_reply=text(row, "smtp_reply"),
        cause=Cause(text(row, "cause")),
        begun_at=maybe_time(row, "begun_at"),
        receipted=number(row, "recipients") > 1,
        receipt_seen_at=maybe_time(row, "receipt_seen_at"),
        possible_duplicate=bool(row["possible_duplicate"]),
        written_at=maybe_time(row, "written_at"),
        sha256=text(row, "sha256"),
        case_number=text(row, "case_number"),
        requester=text(row, "requester"),
    )


def to_filing(row: Row) -> Filing:
    """A row of filings joined with its message."""
    return Filing(
        id=number(row, "id"),
        message_row=number(row, "message"),
        key=to_key(row),
        message_id=text(row, "message_id"),
        folder=text(row, "folder"),
        attempts=number(row, "attempts"),
        keyword=keyword(text(row, "category"), abstained=bool(row["abstained"])) if row["category"] else "",
        state=State.of(CaseStatus(text(row, "case_status"))) if row["case_status"] else None,
        filed_folder=text(row, "filed_folder"),
        filed_uid_validity=maybe_number(row, "filed_uid_validity"),
        filed_uid=maybe_number(row, "filed_uid"),
    )


def to_filed(row: Row) -> Filed:
    """A row of filings joined with its message."""
    return Filed(
        message_row=number(row, "message"),
        account=text(row, "account"),
        outcome=Outcome(text(row, "outcome")) if row["outcome"] else None,
        lies=text(row, "filed_folder"),
        folder=text(row, "folder"),
        waits=row["status"] == "open",
        given_up=row["status"] == "given_up",
        state=State(text(row, "state")) if row["state"] else None,
    )


def to_deadline(row: Row) -> Deadline:
    """A row of deadlines."""
    return Deadline(
        case_id=number(row, "case_id"),
        kind=text(row, "kind"),
        due_at=time(row, "due_at"),
        bound=text(row, "bound"),
        since=maybe_time(row, "since"),
        warn_at=maybe_time(row, "warn_at"),
        step=number(row, "step"),
        paused_at=maybe_time(row, "paused_at"),
    )


def reading_json(reading: Reading) -> str:
    """Findings, facts, classification and defects as JSON, for people and reports."""
    classification = reading.classification
    message = reading.message
    return _READING.encode(
        {
            "findings": [[finding.rule, finding.effect, finding.reason] for finding in reading.findings],
            "facts": [[fact.kind, fact.value, fact.source, fact.confidence] for fact in reading.facts],
            "category": classification.category,
            "issue": classification.issue,
            "confidence": round(classification.confidence, 4),
            "abstained": classification.abstained,
            "alternatives": [[matter.category, matter.issue, round(matter.confidence, 4)] for matter in classification.alternatives],
            "reasons": classification.reasons,
            "model": classification.model_version,
            "strange": classification.strange,
            "defects": message.defects,
            "attachments": [[attachment.filename, attachment.content_type, attachment.size] for attachment in message.attachments],
            "authentication": dict(message.authentication),
            "masked": message.masked,
        }
    )
