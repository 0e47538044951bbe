"""A reading brought back from the store, as far as it was kept."""

import json
from collections.abc import Sequence

from triage.case import Case
from triage.message import Message
from triage.reading import Classification, Effect, Fact, Facts, Finding, Reading
from triage.records import MessageRecord


def recall(case: Case, messages: Sequence[MessageRecord]) -> Reading:
    """What the first of these messages said; an empty reading of the case's category where there is none."""
    classification = Classification(category=case.category, issue=case.issue, confidence=case.confidence, abstained=case.abstained)
    if not messages or not messages[0].reading_json:
        return Reading(message=Message(subject=case.subject), classification=classification)
    record = messages[0]
    kept = json.loads(record.reading_json)
    message = Message(
        message_id=record.message_id,
        from_=(case.requester,) if case.requester else (),
        subject=record.subject,
        text=record.text,
        full_text=record.full_text,
        language=case.language,
        masked=kept["masked"],
        defects=tuple(kept["defects"]),
    )
    findings = tuple(Finding(rule=rule, effect=Effect(effect), reason=reason) for rule, effect, reason in kept["findings"])
    facts = Facts(found=tuple(Fact(kind=kind, value=value, source=source, confidence=sure) for kind, value, source, sure in kept["facts"]))
    return Reading(message=message, findings=findings, facts=facts, classification=classification)
