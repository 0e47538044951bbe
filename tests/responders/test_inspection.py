"""The last look before anything leaves: what is ours passes, and every way of tampering with it is named."""

import hashlib
from dataclasses import replace
from typing import Any

import pytest

from tests.effort import effort
from tests.making import JANE, KEY, NOW, PEOPLE, acknowledgment_order, case, escalation_order, written
from triage import tokens
from triage.decision import ReplyOrder
from triage.people import People
from triage.reply import Delivery, DeliveryStatus, ReplyKind
from triage.responders.envelope import bound_by_id
from triage.responders.inspection import Inspector
from triage.sections.identity import Identity

INSPECTOR = Inspector(PEOPLE, KEY)


def queued(order: ReplyOrder, **fields: Any) -> Delivery:
    """The reply to that order as it comes out of the outbox."""
    reply = written(order)
    return Delivery(
        id=1, case_id=1, kind=reply.kind, recipient=reply.recipient, reverse_path=reply.reverse_path, message_id=reply.message_id,
        subject=reply.subject, content=reply.content, sha256=reply.sha256, deadline=reply.deadline, status=DeliveryStatus.QUEUED,
        created_at=NOW, next_attempt_at=NOW, case_number=case().number, requester=JANE.addr_spec, **fields,
    )  # fmt: skip


ACKNOWLEDGMENT, ESCALATION = queued(acknowledgment_order()), queued(escalation_order())


def tampered(delivery: Delivery, old: bytes, new: bytes) -> Delivery:
    """Other bytes, with a digest that fits them: as whoever can write to the store would leave it."""
    assert delivery.content.count(old) >= 1
    content = delivery.content.replace(old, new, 1)
    return replace(delivery, content=content, sha256=hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize("delivery", [ACKNOWLEDGMENT, ESCALATION], ids=lambda delivery: delivery.kind)
def test_what_we_write_may_leave(delivery: Delivery) -> None:
    """An acknowledgment and an escalation as the responders write them have no fault."""
    assert INSPECTOR.fault(delivery) == ""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"Subject:", b"Bcc: eve@evil.example\r\nSubject:", "a field that we never write"),
        (b"Subject:", b"Cc: eve@evil.example\r\nSubject:", "people who have no part in it"),
        (b"Subject:", b"To: eve@evil.example\r\nSubject:", "missing or stands twice"),
        (b"Subject:", b"From: eve@evil.example\r\nSubject:", "missing or stands twice"),
        (b"\r\nDate:", b"\r\nReferences:", "missing or stands twice"),
        (b"To: jane@", b"To: eve@evil.example, jane@", "To does not name the recipient alone"),
        (b"<support@shop.example>", b"<billing@paypal.example>", "From is not ours"),
        (b"auto-replied", b"no", "Message-ID does not vouch"),
        (b"auto-replied", b"auto-generated", "Message-ID does not vouch"),
        (b"\r\n\r\n", b"\r\n\r\nPay to this account instead.\r\n", "Message-ID does not vouch"),
        (b"Message-ID: <", b"Message-ID: <x", "Message-ID does not vouch"),
    ],
)
def test_what_was_tampered_with_stays(old: bytes, new: bytes, said: str) -> None:
    """One change to the bytes, with a digest that fits: named for what it is, and at the latest the Message-ID does not vouch for it."""
    assert said in INSPECTOR.fault(tampered(ACKNOWLEDGMENT, old, new))


def test_bytes_that_changed_on_the_disk_stay() -> None:
    """A flipped bit is noticed by the digest alone."""
    assert "not those that were frozen" in INSPECTOR.fault(replace(ACKNOWLEDGMENT, content=ACKNOWLEDGMENT.content[:-3] + b"!\r\n"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"recipient": "eve@evil.example"}, "To does not name the recipient alone"),
        ({"requester": "other@customer.example"}, "neither the case's customer nor staff"),
        ({"requester": ""}, "neither the case's customer nor staff"),
        ({"kind": ReplyKind.ESCALATION}, "does not vouch"),
        ({"case_number": "SP-999999"}, "does not vouch"),
        ({"message_id": "acknowledgment.aaaaaaaaaaaaaaaaaaaaaaaaaa@shop.example"}, "does not vouch"),
    ],
)
def test_a_row_that_does_not_fit_its_message_stays(changes: dict[str, Any], said: str) -> None:
    """The outbox says something else than the message: recipient, customer, kind, case, Message-ID."""
    assert said in INSPECTOR.fault(replace(ACKNOWLEDGMENT, **changes))


def test_departments_get_no_acknowledgments_and_strangers_nothing() -> None:
    """An escalation goes to staff in the settings or the case's customer; once a department is gone from them, nothing goes there."""
    nobody = Inspector(People(identity=PEOPLE.identity), KEY)
    assert "nor staff" in nobody.fault(ESCALATION)
    assert nobody.fault(ACKNOWLEDGMENT) == ""
    finance = next(iter(PEOPLE.staff))
    to_staff = queued(acknowledgment_order(recipient=finance))
    assert "nor staff" in INSPECTOR.fault(to_staff)


def test_another_key_or_address_makes_it_foreign() -> None:
    """A message of another installation, or from an address we no longer have, does not leave here."""
    assert "does not vouch" in Inspector(PEOPLE, KEY[::-1]).fault(ACKNOWLEDGMENT)
    moved = People(identity=Identity(address="help@elsewhere.example"))
    assert "From is not ours" in Inspector(moved, KEY).fault(ACKNOWLEDGMENT)


def test_an_acknowledgment_is_small() -> None:
    """More than two kilobytes is more than an acknowledgment may have; an escalation may carry the original."""
    long = queued(acknowledgment_order())
    assert "more than its kind may have" in _resealed(long, b"x" * 70 + b"\r\n", 40)
    assert _resealed(ESCALATION, b"x" * 70 + b"\r\n", 40) == ""


def test_what_a_person_wrote_is_no_automatic_mail() -> None:
    """A kind that no machine writes must not call itself automatic, and one that a machine writes must."""
    content = ACKNOWLEDGMENT.content.replace(b"Auto-Submitted: auto-replied\r\n", b"")
    assert "Auto-Submitted" in _resealed(replace(ACKNOWLEDGMENT, content=content), b"", 0)


def test_looking_costs_little() -> None:
    """A thousand acknowledgments are looked at in well under half a second of processor time."""
    assert effort(lambda: [INSPECTOR.fault(ACKNOWLEDGMENT) for _ in range(1000)], 0.5) < 0.5


def _resealed(delivery: Delivery, more: bytes, times: int) -> str:
    """The fault of a message with more at its end that we ourselves had written so, Message-ID and all."""
    rest = delivery.content.partition(b"\r\n")[2] + more * times
    token = tokens.sign(KEY, *bound_by_id(delivery.kind, delivery.case_number, delivery.recipient, rest))
    message_id = f"{delivery.kind}.{token}@shop.example"
    content = f"Message-ID: <{message_id}>\r\n".encode() + rest
    return INSPECTOR.fault(replace(delivery, message_id=message_id, content=content, sha256=hashlib.sha256(content).hexdigest()))


def test_a_person_s_answer_may_leave_to_the_customer_alone() -> None:
    """It has no mark of a machine, and goes to the case's customer and to nobody else, staff included."""
    answer = ReplyOrder(kind=ReplyKind.ANSWER, recipient=JANE.addr_spec, deadline=NOW, colleague="jane", words="Dear Jane,\nit is done.")
    assert INSPECTOR.fault(queued(answer)) == ""
    elsewhere = replace(answer, recipient="finance@shop.example")
    assert "neither the case's customer nor staff" in INSPECTOR.fault(queued(elsewhere))


@pytest.mark.parametrize("kind", [ReplyKind.NOTIFICATION, ReplyKind.REFUSAL, ReplyKind.COLLISION, ReplyKind.CONFIRMATION, ReplyKind.DIGEST])
def test_letters_to_colleagues_leave_to_colleagues_alone(kind: ReplyKind) -> None:
    """Whoever is in the settings may be told of a case; no stranger may."""
    order = ReplyOrder(kind=kind, recipient="adams@shop.example", deadline=NOW, colleague="jane", words="words")
    assert INSPECTOR.fault(queued(order)) == ""
    assert "neither" in INSPECTOR.fault(queued(replace(order, recipient="eve@evil.example")))


def test_a_stranger_may_be_told_that_an_address_is_not_theirs() -> None:
    """The one letter that goes to anybody has nothing of any case in it."""
    order = ReplyOrder(kind=ReplyKind.DISCLAIMER, recipient="eve@evil.example", deadline=NOW)
    assert INSPECTOR.fault(queued(order)) == ""


def test_what_was_written_before_a_key_was_retired_may_leave() -> None:
    """A new key does not hold back what waits in the outbox; an unknown one does."""
    assert Inspector(PEOPLE, b"n" * 32, KEY).fault(ACKNOWLEDGMENT) == ""
    assert Inspector(PEOPLE, b"n" * 32).fault(ACKNOWLEDGMENT) != ""


COPY = ReplyOrder(
    kind=ReplyKind.COPY,
    recipient="tom@x.example",
    addressee=JANE.addr_spec,
    copies=("tom@x.example",),
    deadline=NOW,
    colleague="jane",
    words="Done.",
)


def test_a_copy_may_leave_to_whom_it_shows() -> None:
    """Addressed to the case's customer, with its recipient among those it shows, and none of ours."""
    assert INSPECTOR.fault(queued(COPY)) == ""


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"recipient": "eve@evil.example"}, "does not name the case's customer and its recipient"),
        ({"addressee": "other@customer.example"}, "does not name the case's customer and its recipient"),
        ({"copies": ()}, "does not name the case's customer and its recipient"),
        ({"copies": ("tom@x.example", next(iter(PEOPLE.staff)))}, "people who have no part in it"),
        ({"copies": ("tom@x.example", "support@shop.example")}, "people who have no part in it"),
        ({"kind": ReplyKind.ANSWER}, "To does not name the recipient alone"),
    ],
)
def test_any_other_copy_stays(changes: dict[str, Any], said: str) -> None:
    """To somebody it does not show, of another customer's, or showing us."""
    assert said in INSPECTOR.fault(queued(replace(COPY, **changes)))


def test_automatic_mail_shows_nobody_else() -> None:
    """Only what people wrote has copies."""
    assert "people who have no part in it" in INSPECTOR.fault(queued(replace(acknowledgment_order(), copies=("tom@x.example",))))
