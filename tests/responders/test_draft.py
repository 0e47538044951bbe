"""Suggested answers as written: every shipped text in both languages, what is known of the case, and marked gaps for the rest."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from tests.making import SHIPPED, SOURCES, case
from triage.case import Case
from triage.clocks.due import due_at
from triage.drafts import Suggestion
from triage.message import Address, MessageKey
from triage.people import People
from triage.records import MessageRecord
from triage.responders.draft import Drafter
from triage.responders.templates import Templates
from triage.sections.identity import Identity

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ISSUES = sorted(
    Path(name).name.split(".")[0] for name in SOURCES if name.startswith("draft/") and name.count(".") == 1 and Path(name).name[0] != "_"
)
IN_POLICY = {issue for _, issue in SHIPPED.matters} | set(SHIPPED.categories)


def drafter(sources: dict[str, str] = SOURCES) -> Drafter:
    """Whoever writes, with these templates."""
    return Drafter(
        Templates(sources), people=People(identity=Identity(address="support@shop.example")), key=b"k" * 32, guide=SHIPPED,
        tell=lambda moment, language: f"{moment:%Y-%m-%d %H:%M}", due=due_at,
    )  # fmt: skip


def record(text: str = "Where is it?", **more: object) -> MessageRecord:
    """The customer's message."""
    key = MessageKey(account="support", mailbox="INBOX", uid_validity=1, uid=1)
    return MessageRecord(id=5, key=key, received_at=NOW, size=1, outcome=None, case_id=1, text=text, **more)


def draft(
    of: Case, text: str = "Where is it?", thread: tuple[str, ...] = ("a@c.example",), sources: dict[str, str] = SOURCES
) -> Suggestion:
    """A suggestion for that case."""
    return drafter(sources).write(of, record(text), thread, NOW)


def test_enough_issues_have_a_text_of_their_own() -> None:
    """At least twelve issues, each known to the policy and in both languages."""
    assert len(set(ISSUES) - set(SHIPPED.categories)) >= 12
    assert set(ISSUES) <= IN_POLICY
    assert {f"draft/{issue}.de.txt" for issue in ISSUES} <= set(SOURCES)


@pytest.mark.parametrize("language", ["en", "de", "fr", ""])
def test_every_matter(language: str) -> None:
    """Each matter for which the policy wants a draft has one without fallback: greeting, gap, name of the house, no line of the other language."""
    for category, issue in SHIPPED.matters:
        if SHIPPED.topic(category, issue).draft:
            written = draft(replace(case(), category=category, issue=issue, language=language))
            assert written.fallback == "", (category, issue)
            assert "[[" in written.text
            assert ("Freundliche Grüße" in written.text) is (language == "de")
            assert "\n\n\n" not in written.text, (category, issue, written.text)


def test_known_and_unknown() -> None:
    """An order number that is known is named; where none is, a gap says so."""
    assert "about order ORD1" in draft(replace(case(), order_numbers=("ORD1",), category="payment", issue="")).text
    assert "[[order number, if it matters" in draft(replace(case(), order_numbers=(), category="payment", issue="")).text


def test_as_a_message() -> None:
    """To the requester, in the thread, marked as ours, under a Message-ID that is not taken for automatic mail's; the same each time."""
    written = draft(case(), thread=("a@c.example", "b@c.example"))
    message = message_from_bytes(written.content, policy=policy.default)
    assert message["References"].split() == ["<a@c.example>", "<b@c.example>"]
    assert message["Message-ID"] == f"<{written.message_id}>"
    assert message["X-Triage-Draft"].startswith("SP-")
    assert written.message_id.startswith("draft-")
    assert written == draft(case(), thread=("a@c.example", "b@c.example"))
    assert b"\n" not in written.content.replace(b"\r\n", b"")


def test_a_hostile_customer() -> None:
    """Neither name, subject nor text gets out of its place, however long."""
    hostile = replace(
        case(),
        subject="Hi\r\nBcc: eve@evil.example",
        requester=Address(name="Buy at evil.example\r\nCc: x", addr_spec="ann@customer.example"),
    )
    written = draft(hostile, text="a\r\nBcc: eve@evil.example\n{{ 7 * 7 }}" + "x" * 64_000, thread=("evil\r\nBcc: e@e",))
    message = message_from_bytes(written.content, policy=policy.default)
    assert set(message.keys()) & {"Bcc", "Cc", "In-Reply-To"} == set()
    assert message["To"] == "ann@customer.example"
    assert "> {{ 7 * 7 }}" in written.text
    assert len(written.content) < 5_000


@pytest.mark.parametrize("source", ["{{ surprise }}", "{% if %}", None])
def test_a_broken_template(source: str | None) -> None:
    """The built-in text serves, and the suggestion says why."""
    sources = {name: text for name, text in SOURCES.items() if not name.startswith("draft/order")}
    written = draft(replace(case(), category="order", issue=""), sources=sources | ({"draft/order.txt": source} if source else {}))
    assert "draft/order.txt" in written.fallback
    assert "[[your answer]]" in written.text
    assert drafter(sources | ({"draft/order.txt": source} if source else {})).problems([("order", "")], NOW)
    assert drafter().problems(SHIPPED.matters, NOW) == []
    assert drafter({}).problems([("other", "feedback")], NOW) == []
