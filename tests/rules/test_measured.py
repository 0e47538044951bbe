"""How much automatic mail the rules recognise, and what they hold back, in real mail beside the project."""

import mailbox
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.making import ROOT
from triage.message import Message, MessageKey, RawMessage
from triage.parsing.options import ParseOptions
from triage.parsing.parse import parse
from triage.reading import Effect, Finding
from triage.rules.table import RuleContext, check_all

MAIL = ROOT.parent / "shared" / "mail"
PERSONAL = ("stalwart_mail_parser/**/*.eml", "mikel_mail/**/*.eml", "cpython_test_email/*.txt", "mime4j/**/*.msg", "talon/**/*.eml")
CONTEXT = RuleContext(own_addresses=frozenset({"support@shop.example"}))
#: No case is opened.
MACHINE = {Effect.AUTOMATIC, Effect.REPORT, Effect.SPAM}

pytestmark = pytest.mark.skipif(not MAIL.is_dir(), reason="the real mail is not beside the project")


def read(content: bytes) -> tuple[Message, tuple[Finding, ...]]:
    if content.startswith(b"From "):
        content = re.split(rb"\r\n?|\n", content, maxsplit=1)[-1]
    key = MessageKey(account="main", mailbox="INBOX", uid_validity=1, uid=1)
    raw = RawMessage(key=key, received_at=datetime(2026, 3, 4, tzinfo=UTC), content=content, size=len(content))
    message = parse(raw, ParseOptions())
    return message, check_all(message, CONTEXT)


def automatic() -> Iterator[tuple[str, bytes]]:
    for path in sorted((MAIL / "sisimai" / "maildir").rglob("*")):
        if path.is_file():
            yield path.name, path.read_bytes()
    for path in sorted((MAIL / "sisimai" / "mailbox").glob("mbox*")):
        for place, message in enumerate(mailbox.mbox(str(path))):
            yield f"{path.name} {place}", message.as_bytes()


def test_automatic_mail_is_recognised() -> None:
    """At least 99 of 100 delivery reports, complaints and vacation replies are known for what they are."""
    found = [(name, *read(content)) for name, content in automatic()]
    missed = [(name, message.subject) for name, message, findings in found if not MACHINE & {finding.effect for finding in findings}]
    print(f"{len(found) - len(missed)} of {len(found)} recognised; missed:", *missed, sep="\n  ")
    assert len(missed) <= 0.01 * len(found)


def test_personal_mail_is_not_held_back() -> None:
    """What opens no case, and what goes unanswered, carries a mark of a machine, a newsletter, a list or a filter, nearly always."""
    hard = {"delivery_report", "auto_submitted", "list_headers", "precedence", "spam_flag", "never_answered_local_parts"}
    total, lost, withheld = 0, [], []
    for pattern in PERSONAL:
        for path in sorted(MAIL.glob(pattern)):
            message, findings = read(path.read_bytes())
            total += 1
            if any(finding.effect in MACHINE for finding in findings):
                lost.append((path.name, message.subject[:50], *(f"{finding.rule}: {finding.reason}" for finding in findings)))
                assert any(finding.effect in MACHINE and finding.rule in hard for finding in findings), path.name
            elif message.author and any(finding.effect is Effect.NO_ANSWER and finding.rule not in hard for finding in findings):
                withheld.append((path.name, message.subject[:50], *(f"{finding.rule}: {finding.reason}" for finding in findings)))
    print(f"of {total}: without a case {len(lost)}", *lost, sep="\n  ")
    print(f"a case without an answer, though the author is known: {len(withheld)}", *withheld, sep="\n  ")
    assert len(lost) <= 0.1 * total
    assert len(withheld) <= 0.015 * total
