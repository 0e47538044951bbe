"""What holds for every message of ours, whatever came in; and how quickly it is written and its expressions run."""

import importlib
import pkgutil
import re
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import triage
from tests.effort import effort
from tests.making import PEOPLE, SHIPPED, SOURCES, acknowledgment_order, case, escalation_order, raw, reading, writer
from tests.responders.reading_back import assert_sound, text_of
from triage.case import CaseStatus, Priority
from triage.message import Address, Attachment
from triage.reading import Fact

WRITERS = [writer(), writer({}), writer({**SOURCES, "acknowledgment/order.txt": "{{ x }}"})]
TEXT = st.text(st.characters(exclude_categories=[]), max_size=200)
SHORT = st.text(st.characters(exclude_categories=[]), max_size=40)
ADDRESS = st.builds(
    Address, name=SHORT, addr_spec=st.sampled_from(["jane@customer.example", "o+tag@x.co", f"{'l' * 64}@{'d' * 60}.example"])
)
FACT = st.builds(
    Fact,
    kind=st.sampled_from(["order_number", "phone", "name", "amount"]),
    value=SHORT,
    source=st.sampled_from(["text", "quoted"]),
    confidence=st.floats(0, 1),
)
READING = st.builds(
    reading,
    effects=st.just(()),
    facts=st.lists(FACT, max_size=5),
    from_=st.lists(ADDRESS, max_size=2).map(tuple),
    reply_to=st.lists(ADDRESS, max_size=2).map(tuple),
    subject=TEXT,
    text=TEXT,
    full_text=TEXT,
    message_id=TEXT,
    references=st.lists(TEXT, max_size=12).map(tuple),
    masked=st.integers(0, 1),
    attachments=st.lists(st.builds(Attachment, filename=SHORT, content_type=SHORT, size=st.just(1), sha256=st.just("0")), max_size=2).map(
        tuple
    ),
)
MATTER = st.sampled_from([*SHIPPED.matters, ("warranty", "claim")])
CASE = st.builds(
    lambda matter, **fields: case(category=matter[0], issue=matter[1], **fields),
    MATTER,
    requester=st.none() | ADDRESS,
    subject=TEXT,
    language=st.sampled_from(["", "en", "de", "fr", "../x", "{{x}}"]),
    status=st.sampled_from(list(CaseStatus)),
    priority=st.sampled_from(list(Priority)),
    abstained=st.booleans(),
    order_numbers=st.lists(SHORT, max_size=3).map(tuple),
    departments=st.lists(st.sampled_from([*PEOPLE.departments, "gone"]), max_size=2, unique=True).map(tuple),
)


@given(st.sampled_from(WRITERS), CASE, READING, st.sampled_from(["", "unsorted", "unreadable"]), ADDRESS)
@settings(max_examples=100)
def test_every_acknowledgment_is_sound(using: object, of: object, read: object, text: str, to: Address) -> None:
    """Any case, message and template make a sound acknowledgment under 2 KB to the one recipient, with the case number."""
    order = acknowledgment_order(recipient=to.addr_spec, text=text)
    reply = using.write(order, of, log=(), reading=read, raw=raw(), now=of.opened_at)  # type: ignore[attr-defined]
    assert_sound(reply)
    assert reply.recipient == to.addr_spec
    assert "SP-100042" in text_of(reply)


@given(
    st.sampled_from(WRITERS),
    CASE,
    st.none() | READING,
    st.none() | st.binary(max_size=500),
    st.sampled_from(sorted(PEOPLE.departments)),
    TEXT,
)
@settings(max_examples=60)
def test_every_escalation_is_sound(using: object, of: object, read: object, original: bytes | None, department: str, why: str) -> None:
    """Any case, message, original and reason make a sound mail to the department."""
    order = escalation_order(department, reason=why)
    kept = None if original is None else raw(original)
    reply = using.write(order, of, log=(), reading=read, raw=kept, now=of.opened_at)  # type: ignore[attr-defined]
    assert_sound(reply)
    assert "SP-100042" in text_of(reply)


def patterns() -> dict[str, re.Pattern[str]]:
    """Every compiled expression of the rooms that decide and write."""
    found = {}
    for room in ("policy", "threads", "clocks", "responders"):
        package = importlib.import_module(f"{triage.__name__}.{room}")
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            for name, value in vars(importlib.import_module(module.name)).items():
                if isinstance(value, re.Pattern):
                    found[f"{module.name}.{name}"] = value
    return found


PATTERNS = patterns()
PUMPS = ["a", "a@", "thanks ", "for the ", "\r\n ", " ", "<", "=?", "\u202e", "0", "-", "x.", "für die "]


@pytest.mark.parametrize("name", PATTERNS)
def test_expressions_are_quick_on_a_pump(name: str) -> None:
    """Each regular expression gets through 64 KB of anything within 20 ms."""
    for pump in PUMPS:
        text = pump * (65_536 // len(pump))
        for use in _uses(PATTERNS[name], text):
            assert effort(use, 0.02) < 0.02, pump


def _uses(pattern: re.Pattern[str], text: str) -> list[Callable[[], object]]:
    # The address pattern is only ever given 300 characters, and is measured on what it gets.
    given_text = text[:300] if "{1,64}@" in pattern.pattern else text
    uses: list[Callable[[], object]] = [partial(pattern.search, given_text), partial(pattern.fullmatch, given_text)]
    return uses if pattern.match("") else [*uses, partial(pattern.sub, "", given_text)]


@pytest.mark.parametrize(("order", "bar"), [(acknowledgment_order(), 0.001), (escalation_order(), 0.003)])
def test_writing_is_quick(order: object, bar: float) -> None:
    """An acknowledgment takes less than a millisecond, an escalation less than three, at their best."""
    using, of, read = writer(), case(), reading()
    write = partial(using.write, order, of, log=(), reading=read, raw=None, now=of.opened_at)  # type: ignore[arg-type]
    assert min(effort(write, bar) for _ in range(10)) < bar
