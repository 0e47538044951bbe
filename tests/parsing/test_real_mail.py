"""The bars reached on mail that nobody here wrote, wherever it is at hand."""

import pytest

from tests.measure import replies, reports, structure

pytestmark = pytest.mark.skipif(not replies.SHARED.is_dir(), reason="the collections of real mail are not at hand")

#: Disagreements that docs/parsing.md explains.
EXPLAINED = {
    "stalwart": {("006", "text"), ("002", "text"), ("007", "from")},
    "mime4j": {
        "basic-plain-with-bad-header-separator",
        "malformedHeader-noheader",
        "malformedHeaderStartsBody-nocrlfcrlf",
        "malformedHeaderStartsBody-noheader",
        "missing-boundary",
        "missing-inner-boundary",
        "missing-inner-start-boundary",
        "multipartnopart",
    },
    "reports": {"arf-26.eml", "lhost-fml-02.eml", "lhost-fml-03.eml", "lhost-sendmail-14.eml"},
}


def test_reply_texts() -> None:
    """Reply texts agree with the fixtures of two libraries, but for the one whose answers stand among the questions."""
    found = replies.misses()
    assert [name for name, _, _ in found["crisp"]] == ["email_2"]
    assert found["crisp patterns"] == found["talon"] == found["talon html"] == []
    assert len(found["talon signatures"]) <= 4


def test_structure() -> None:
    """Subject, From and text, and decoded leaf parts, agree with two other parsers but where docs/parsing.md says why not."""
    assert {(name, field) for name, field, _, _ in structure.stalwart()} <= EXPLAINED["stalwart"]
    assert {name for name, _, _, _ in structure.mime4j()} <= EXPLAINED["mime4j"]


def test_delivery_reports() -> None:
    """At least 99 in 100 delivery reports are known as such; the others are automatic in another way, or a person's."""
    missed, total = reports.missed()
    assert {name.rpartition("/")[2] for name in missed} <= EXPLAINED["reports"]
    assert len(missed) <= total / 100


def test_no_personal_mail_is_a_report() -> None:
    """Outside the collection only what mail servers sent is seen as a report."""
    senders = ("mailer-daemon", "mailer daemon", "postmaster", "mail delivery", "content filter", "foo")
    assert [alarm for alarm in reports.false_alarms() if not any(sender in alarm.lower() for sender in senders)] == []
