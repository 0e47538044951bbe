"""Standings as the daemon would leave them, made by hand, and the sample day."""

import json
from datetime import UTC, datetime

import pytest

from tests.orders.making import checked, order
from triage.case import Case
from triage.decision import Outcome
from triage.demo.day import Sample, sample_day
from triage.demo.watch import Standing
from triage.inquiry import Checked
from triage.message import Address, MessageKey
from triage.records import MessageRecord
from triage.reply import Delivery, DeliveryStatus, ReplyKind

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
CUSTOMER = "ann@customer.example"


def case(number: int = 1, **changes: object) -> Case:
    """A sorted case of a customer's."""
    given = {
        "category": "order", "issue": "item_missing", "confidence": 0.9, "abstained": False, "requester": Address(addr_spec=CUSTOMER),
        "subject": "a case is missing", "order_numbers": ("ORD789456",), "opened_at": NOW, "received_at": NOW,
    }  # fmt: skip
    return Case(**{**given, "id": number, "number": f"SP-10000{number}", **changes})


def delivery(
    kind: ReplyKind = ReplyKind.ACKNOWLEDGMENT, recipient: str = CUSTOMER, status: DeliveryStatus = DeliveryStatus.SENT, number: int = 1
) -> Delivery:
    """A message of ours that has left."""
    return Delivery(
        id=number,
        case_id=1,
        kind=kind,
        recipient=recipient,
        reverse_path=f"support+b.{kind}{number}@saypro.example",
        message_id=f"{kind}{number}@saypro.example",
        subject="[SP-100001] We have received your message",
        content=f"Reply-To: support+c.{kind}@saypro.example\r\nTo: {recipient}\r\n\r\nHello\r\n".encode(),
        deadline=NOW,
        status=status,
        created_at=NOW,
        next_attempt_at=NOW,
        sent_at=NOW if status is DeliveryStatus.SENT else None,
    )


def standing(
    uid: int = 1,
    *,
    of: Case | None = None,
    deliveries: tuple[Delivery, ...] = (),
    orders: tuple[Checked, ...] | None = None,
    told: str = "",
    **changes: object,
) -> Standing:
    """What became of one message; the order of its case is its author's own."""
    said = {"category": "order", "issue": "item_missing", "confidence": 0.9, "abstained": False, "findings": [], "masked": 0}
    said["facts"] = [
        ["order_number", "ORD789456", "text", 1.0],
        ["order_number", "ORD789456", "subject", 1.0],
        ["amount", "5", "text", 1.0],
    ]
    given = {
        "id": uid, "key": MessageKey(account="support", mailbox="INBOX", uid_validity=1, uid=uid), "received_at": NOW, "size": 9,
        "outcome": Outcome.OPENED, "case_id": of.id if of else None, "author": CUSTOMER, "filed_folder": "Orders", "subject": "Missing",
        "reading_json": json.dumps(said),
    }  # fmt: skip
    own = (checked(order("ORD789456"), at=NOW),) if of else ()
    record = MessageRecord(**{**given, **changes})
    return Standing(record=record, case=of, deliveries=deliveries, checked=own if orders is None else orders, told=told)


def sample(number: str = "01", **changes: object) -> Sample:
    """A message that opens a case about a missing item."""
    given = {"file": f"{number}-some-mail.eml", "content": b"Subject: x\n\ny\n", "folder": "Orders", "about": "order/item_missing"}
    return Sample.model_validate({**given, "orders": ("ORD789456",), **changes})


@pytest.fixture(scope="session")
def day() -> tuple[Sample, ...]:
    """The sample day."""
    return sample_day()
