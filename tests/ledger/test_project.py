"""A case with its history becomes an entry of the log: each field from its source, and none is ever left out."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.ledger.files import JOHN, at, event, file, message, sent, worked_example
from tests.making import ARRIVED, PEOPLE
from tests.rows import rows
from triage.case import CaseEvent, CaseStatus, Deadline
from triage.entry import Channel, Entry
from triage.ledger.columns import COLUMNS, UNKNOWN, row
from triage.ledger.project import CaseFile, entry_of, words_of
from triage.order import Item, Order, OrderStatus, Vendor
from triage.people import People
from triage.sections.people import DepartmentSettings

BERLIN = ZoneInfo("Europe/Berlin")


def printed(given: CaseFile) -> dict[str, str]:
    """What every column says."""
    return dict(zip(COLUMNS, row(entry_of(given), BERLIN), strict=True))


def test_the_worked_example() -> None:
    """Every field of the marketplace's own example is in the log, in its order, in words."""
    assert printed(worked_example()) == {
        "case": "SP-100042",
        "arrived": "2026-11-25 10:00",
        "channel": "email",
        "customer name": "John Doe",
        "e-mail": "johndoe@email.com",
        "telephone": "+15551234",
        "order number": "ORD789456",
        "order date": "2026-11-20 (message)",
        "issue type": "order: item missing",
        "issue description": "Missing item – I ordered it on 20 November 2026. The smartphone case is on the receipt but not in the parcel.",
        "initial action": "2026-11-25 10:02 case opened; 2026-11-25 10:08 acknowledgment sent",
        "follow-up actions": "2026-11-25 10:14 given to Jane Adams; 2026-11-25 13:02 the customer was answered; 2026-11-25 13:08 answer sent; "
        "2026-11-25 15:02 resolved: refund confirmed and discount offered; 2026-11-26 16:02 the customer rated it 4/5",
        "escalation": "no escalation needed",
        "resolution status": "resolved: refund confirmed and discount offered",
        "resolution date": "2026-11-25 15:02",
        "customer satisfaction": "satisfied",
        "rating and comments": "4/5: resolved quickly, but I wish I had been informed earlier about the delay",
        "representative": "Jane Adams",
    }  # fmt: skip


def test_a_case_of_which_nothing_is_known() -> None:
    """What nobody knows is said in words: no field is empty."""
    found = printed(file(requester=None, subject=""))
    assert "" not in found.values()
    assert [name for name, text in found.items() if text == UNKNOWN] == [
        "customer name", "e-mail", "telephone", "order number", "order date", "issue description", "initial action",
    ]  # fmt: skip
    assert found["representative"] == "nobody yet"
    assert found["resolution status"] == "pending; no time was promised"


#: What an order system says, to the hour after midnight where we are; and of an order of which it says nothing.
ORDER = Order(
    number="ORD1",
    status=OrderStatus.SHIPPED,
    placed_at=datetime(2026, 11, 2, 23, 30, tzinfo=UTC),
    items=(Item(name="Kettle", vendor=Vendor(name="Acme")), Item(name="Lid")),
)
BARE = Order(number="ORD2", status=OrderStatus.PENDING)

#: A change of the file, the field of the entry, what it is then: each field comes from one source and from no other.
SOURCES: tuple[tuple[dict[str, Any], tuple[Any, ...], str, object], ...] = (
    ({}, (event("escalated", 1, to="finance", name="Finance"),), "department_names", ("Finance",)),
    ({}, (event("escalated", 1, to="finance", name="Finance"),), "escalated_at", at(1)),
    ({"departments": ("logistics",)}, (), "department_names", ("Logistics",)),
    ({}, (event("assigned", 0.5, to="jane"), event("assigned", 2, to="bob")), "assigned_at", at(0.5)),
    ({"assignee": "jane"}, (), "representative_name", "Jane Adams"),
    ({}, (sent("answer", 4), sent("answer", 9)), "answered_at", at(4)),
    ({}, (sent("answer", 4), sent("answer", 9)), "answers", 2),
    ({}, (sent("answer", 4, status="failed"),), "answered_at", None),
    ({}, (event("replied", 2, provenance="mail-sent"),), "answered_at", at(2)),
    ({}, (event("replied", 2),), "answered_at", None),
    ({}, (sent("acknowledgment", 1), sent("progress", 40)), "updated_at", at(40)),
    ({}, (sent("acknowledgment", 1), sent("survey", 2)), "updated_at", None),
    ({}, (sent("escalation", 1, to="finance@shop.example"),), "updated_at", None),
    ({}, (sent("escalated", 1),), "updated_at", None),
    ({}, (sent("closing", 3),), "updated_at", at(3)),
    ({}, (sent("closing", 3),), "asked", True),
    ({}, (sent("survey", 2),), "asked", True),
    ({"acknowledged_at": at(1)}, (), "acknowledged_at", at(1)),
    ({"solved_at": at(7)}, (), "resolved_at", at(7)),
    ({}, (event("resolved", 1, resolution="first"), event("resolved", 2, resolution="second")), "resolution", "second"),
    ({}, (event("follow_up", 1), event("follow_up", 2, reopened="yes")), "follow_ups", 2),
    ({}, (event("follow_up", 2, reopened="yes"), event("reopened", 3)), "reopened", 2),
    ({}, (event("rated", 2, score="2", comment="slow"), event("rated", 3, score="5")), "rating", 5),
    ({}, (event("rated", 2, score="9"),), "rating", None),
    ({}, (event("rated", 2, score="2", comment="slow"),), "comment", "slow"),
    ({}, (event("opened", 0, channel="phone"),), "channel", Channel.PHONE),
    ({}, (event("opened", 0, passed_on_by="form@web.example"),), "channel", Channel.FORM),
    ({}, (event("opened", 0, passed_on_by="finance@shop.example"),), "channel", Channel.EMAIL),
    ({}, (sent("acknowledgment", 1, status="failed"),), "refused", True),
    ({}, (sent("acknowledgment", 1, status="failed"), sent("acknowledgment", 2)), "refused", False),
    ({}, (event("report", 1, of="acknowledgment", action="failed"),), "refused", True),
    ({}, (event("report", 1, of="acknowledgment", action="delayed"),), "refused", False),
    ({"merged_into": 7}, (), "excluded", "became a part of another case"),
    ({"category": "other", "issue": "spam", "status": CaseStatus.CLOSED}, (), "excluded", "closed as spam"),
    ({"category": "other", "issue": "spam"}, (), "excluded", ""),
    ({"messages": (message("hi", findings=[["staff", "staff", "x"]]),)}, (), "excluded", "written by an agent, a department or ourselves"),
    ({"messages": (message("hi", findings=[["loud", "note", "x"]]),)}, (), "excluded", ""),
    ({}, (sent("acknowledgment", 1, status="failed"),), "obstacle", "the customer's server refuses our mail"),
    ({}, (event("withheld", 0, why="a list"),), "obstacle", "a list"),
    ({}, (event("missed", 9, bound="finance"),), "obstacle", "Finance had not answered in time"),
    ({}, (event("missed", 60, bound="management"),), "obstacle", "nobody looks after it"),
    ({"status": CaseStatus.PENDING}, (), "obstacle", "waits for the customer"),
    ({"status": CaseStatus.ON_HOLD}, (), "obstacle", "waits for a department"),
    ({}, (), "obstacle", "nobody looks after it"),
    ({"assignee": "jane"}, (), "obstacle", ""),
    ({"orders": (ORDER,)}, (), "order_date", date(2026, 11, 3)),
    ({"orders": (ORDER,)}, (), "order_date_source", "order system"),
    ({"orders": (ORDER,)}, (), "vendor", "Acme"),
    ({"orders": (ORDER,)}, (), "product", "Kettle"),
    ({"orders": (BARE, ORDER)}, (), "order_date", date(2026, 11, 3)),
    ({"orders": (BARE,)}, (), "order_date", None),
    ({"orders": (BARE,)}, (), "product", ""),
    ({"promises": ((Deadline(case_id=42, kind="resolve", due_at=at(48)), "open"),)}, (), "due_at", at(48)),
    ({"messages": (message("x", ("phone", "+4930123")),)}, (), "phone", "+4930123"),
    ({"messages": (message("x", ("phone", "+4930123"), author="jane@shop.example"),)}, (), "phone", ""),
    ({"messages": (message("x", ("product", "Kettle")),)}, (), "product", "Kettle"),
    ({"language": "de"}, (), "language", "de"),
)  # fmt: skip


@rows(("fields", "events", "name", "expected"), SOURCES)
def test_each_field_has_its_source(fields: dict[str, Any], events: tuple[Any, ...], name: str, expected: object) -> None:
    """A field follows what happened to the case, and says nothing of what did not."""
    assert getattr(entry_of(file(*events, **fields)), name) == expected


@pytest.mark.parametrize(
    ("text", "days", "expected"),
    [
        ("I ordered it on 20 November", ["2026-11-20"], date(2026, 11, 20)),
        ("Ich habe am 20.11. bestellt", ["2026-11-20"], date(2026, 11, 20)),
        ("It broke on 20 November", ["2026-11-20"], None),
        ("I ordered it on the 20th or the 21st", ["2026-11-20", "2026-11-21"], None),
        ("I ordered it for delivery on 24 December", ["2026-12-24"], None),
    ],
)
def test_the_date_of_the_order_is_not_guessed(text: str, days: list[str], expected: date | None) -> None:
    """A date is taken for the day of the order where the words say so, it is the only one, and it is past."""
    assert entry_of(file(messages=(message(text, *(("date", day) for day in days)),))).order_date == expected


def test_the_order_system_knows_better_than_the_message() -> None:
    """Where both name a day or a product, the day is the order system's and the product the one that the customer writes of."""
    said = message("I ordered it on 20 November", ("date", "2026-11-20"), ("product", "Lid"))
    entry = entry_of(file(messages=(said,), orders=(ORDER,)))
    assert (entry.order_date, entry.order_date_source, entry.product) == (date(2026, 11, 3), "order system", "Lid")
    assert entry_of(file(messages=(said,))).order_date_source == "message"


def test_a_vendor_that_was_called_upon_is_the_vendor() -> None:
    """Without an order system the vendor is whichever vendor the case was escalated to."""
    rooms = {**PEOPLE.departments, "acme": DepartmentSettings(name="Acme Ltd", address="acme@vendor.example", role="vendor")}
    people = People(identity=PEOPLE.identity, departments=rooms)
    called = (event("escalated", 1, to="finance", name="Finance"), event("escalated", 2, to="acme", name="Acme Ltd"))
    assert entry_of(file(*called, people=people)).vendor == "Acme Ltd"
    assert entry_of(file(*called[:1], people=people)).vendor == ""


def test_a_long_history_says_how_much_is_left_out() -> None:
    """What does not fit into a cell is counted there; the log of actions has it."""
    long = entry_of(file(*(event("note", hour) for hour in range(500)))).follow_up_actions
    assert len(long) < 4500
    assert long.endswith("more")


def test_a_case_is_found_by_all_that_was_said() -> None:
    """The customer's words, ours, the resolution and the comment are among what a case is found by."""
    given = worked_example()
    words = words_of(given, entry_of(given))
    for said in (
        "SP-100042",
        "John Doe",
        JOHN.addr_spec,
        "ORD789456",
        "on the receipt",
        "told the warehouse",
        "discount",
        "informed earlier",
    ):
        assert said in words, said


def test_the_projection_is_pure() -> None:
    """The same file gives the same entry, and what is added to a history changes only what it speaks of."""
    given = worked_example()
    before = entry_of(given)
    assert entry_of(given) == before
    after = entry_of(replace(given, events=(*given.events, event("thanks", 31))))
    assert replace(after, follow_up_actions=before.follow_up_actions) == before
    assert before.received_at == ARRIVED


#: What the model says of the message that opens a case.
ANSWER = {"model": "m1", "category": "payment", "issue": "payment_failed", "confidence": 0.8123, "abstained": False, "strange": 0.25}


def answered(*events: CaseEvent, **answer: object) -> Entry:
    """The entry of a case of which the model said that."""
    first = message("hi", reading_json=json.dumps({"facts": [], "findings": [], **answer}))
    return entry_of(file(*events, messages=(first, message("and more", reading_json=json.dumps(ANSWER | {"model": "later"})))))


def test_what_the_model_had_said_stays_known() -> None:
    """Version, category and confidence are those of the message that opened the case, whatever it is about by now."""
    found = answered(**ANSWER)
    assert (found.model, found.said, found.confidence, found.unsure, found.strange) == ("m1", "payment", 0.8123, False, 0.25)
    assert found.category == "order"
    assert found.corrected_at is None


def test_the_first_correction_of_an_answer_counts() -> None:
    """A person who says otherwise corrects the model; whoever sorts what it had left to people does not."""
    corrected = event("corrected", 5, was="payment", now="order"), event("corrected", 2, was="payment", now="order")
    assert answered(*corrected, **ANSWER).corrected_at == at(2)
    assert answered(*corrected, **ANSWER | {"abstained": True}).corrected_at is None


@pytest.mark.parametrize("answer", [{}, {"model": "", "category": "order", "confidence": 1.0, "abstained": False}])
def test_where_no_model_was_asked_nothing_is_said_of_one(answer: dict[str, object]) -> None:
    """What came by telephone, and what nothing could read, is no answer of a model."""
    found = answered(event("corrected", 2, was="order", now="payment"), **answer)
    assert (found.model, found.said, found.confidence, found.corrected_at) == ("", "", None, None)


def test_readings_of_a_former_version_know_nothing_of_new_words() -> None:
    """What nobody looked at then is unknown, not none."""
    assert answered(**{key: value for key, value in ANSWER.items() if key != "strange"}).strange is None
