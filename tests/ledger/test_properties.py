"""Whatever happens to a case, in whatever order: the entry is whole, its times agree with the events, and it prints."""

import csv
import io
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.effort import effort
from tests.ledger.files import JOHN, file, message
from tests.making import NOW
from triage.case import CaseEvent, CaseStatus
from triage.entry import Entry
from triage.ledger.actions import actions
from triage.ledger.columns import ACTION_COLUMNS, COLUMNS, action_row, row
from triage.ledger.printed import as_csv, as_html, as_markdown, clean, unformula
from triage.ledger.project import CaseFile, entry_of, words_of

BERLIN = ZoneInfo("Europe/Berlin")
KINDS = (
    "opened", "classified", "assigned", "escalated", "not_escalated", "follow_up", "replied", "answered", "resolved", "reopened", "waits",
    "missed", "merged", "joined", "unreachable", "report", "delivery", "rated", "note", "withheld", "held_in_flood", "thanks", "strange",
)  # fmt: skip
DELIVERIES = ("acknowledgment", "answer", "escalation", "notification", "survey", "progress")
texts = st.text(max_size=40)


@st.composite
def histories(draw: st.DrawFn) -> tuple[CaseEvent, ...]:
    """Any events in the order of time."""
    kinds = draw(st.lists(st.sampled_from(KINDS), max_size=20))
    return tuple(
        CaseEvent(
            at=NOW + timedelta(minutes=7 * number),
            kind=kind,
            actor=draw(texts),
            provenance=draw(st.sampled_from(("mail", "mail-sent", "smtp", "clock"))),
            detail={
                "to": JOHN.addr_spec if kind == "delivery" else draw(st.sampled_from(("finance", "nobody", ""))),
                "delivery": draw(st.sampled_from(DELIVERIES)),
                "status": draw(st.sampled_from(("sent", "failed", "deferred", "uncertain"))),
                "score": draw(st.sampled_from(("", "0", "3", "5", "x"))),
                "comment": draw(texts),
                "reopened": draw(st.sampled_from(("", "yes"))),
                "resolution": draw(texts),
            },
        )
        for number, kind in enumerate(kinds)
    )


@st.composite
def files(draw: st.DrawFn) -> CaseFile:
    """Any case."""
    solved = draw(st.booleans())
    return file(
        *draw(histories()),
        messages=(message(draw(texts), ("phone", draw(texts)), ("product", draw(texts))),) if draw(st.booleans()) else (),
        status=CaseStatus.SOLVED if solved else draw(st.sampled_from((CaseStatus.OPEN, CaseStatus.ON_HOLD, CaseStatus.PENDING))),
        solved_at=NOW + timedelta(hours=5) if solved else None,
        subject=draw(texts),
        requester=draw(st.sampled_from((JOHN, None))),
    )


def times(events: tuple[CaseEvent, ...], kind: str, **detail: str) -> list[datetime]:
    """When such events happened, found the plain way."""
    return [event.at for event in events if event.kind == kind and all(event.detail.get(key) == value for key, value in detail.items())]


@settings(max_examples=150)
@given(files())
def test_entries_agree_with_the_events(case: CaseFile) -> None:
    """First times and counts are those of the events, counted in another way."""
    entry, events = entry_of(case), tuple(case.events)
    assert entry.assigned_at == min(times(events, "assigned"), default=None)
    assert entry.escalated_at == min(times(events, "escalated"), default=None)
    direct = [event.at for event in events if event.kind == "replied" and event.provenance == "mail-sent"]
    answers = [*times(events, "delivery", delivery="answer", status="sent"), *direct]
    assert (entry.answers, entry.answered_at) == (len(answers), min(answers, default=None))
    assert entry.follow_ups == len(times(events, "follow_up"))
    assert entry.reopened == len(times(events, "reopened")) + len(times(events, "follow_up", reopened="yes"))
    if case.case.requester:
        progress = times(events, "delivery", delivery="progress", status="sent")
        assert entry.updated_at is None or entry.updated_at <= min([*answers, *progress, NOW + timedelta(days=9)])
    rated = [event.detail["score"] for event in events if event.kind == "rated"]
    assert entry.rating == (int(rated[-1]) if rated and rated[-1] in "12345" and rated[-1] else None)
    assert words_of(case, entry).startswith(entry.number)


@settings(max_examples=100)
@given(files())
def test_no_field_is_ever_empty(case: CaseFile) -> None:
    """Every column of every entry and every action says something, on one line."""
    entry = entry_of(case)
    cells = row(entry, BERLIN)
    assert len(cells) == len(COLUMNS)
    assert all(cell.strip() and "\n" not in cell for cell in cells)
    found = list(actions(entry.number, case.events))
    assert len(found) == len(case.events)
    for action in found:
        assert len(action_row(action, BERLIN)) == len(ACTION_COLUMNS)
        assert all(action_row(action, BERLIN))
    assert all(one.at <= other.at for one, other in pairwise(found))


@settings(max_examples=100)
@given(st.lists(st.tuples(st.text(max_size=60), st.text(max_size=60)), max_size=5))
def test_any_text_can_be_printed(rows: list[tuple[str, str]]) -> None:
    """Whatever stands in a cell, CSV reads back as many cells as there are, and neither HTML nor Markdown gains any."""
    headings = ("one", "two")
    read = list(csv.reader(io.StringIO("".join(as_csv(headings, rows)).removeprefix("\ufeff"))))
    assert read[1:] == [[unformula(clean(cell)) for cell in cells] for cells in rows]
    assert "".join(as_html(headings, rows, "title")).count("<td>") == 2 * len(rows)
    assert "".join(as_markdown(headings, rows)).count("\n") == len(rows) + 2


def test_long_texts_take_no_time() -> None:
    """The look for the day of the order is bounded, whatever a message repeats."""
    for pump in ("order ", "ordered on ", "am ", "am bestell", "order date ", "vom 1. 2. "):
        text = pump * (65536 // len(pump))
        long = file(messages=(message(text, ("date", "2026-11-20")),))
        found: Entry = entry_of(long)
        assert effort(partial(entry_of, long), 0.2) < 0.2
        assert found.description
