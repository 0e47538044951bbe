"""What one message says: a pure function of its bytes and of what the settings say."""

from dataclasses import replace
from typing import Protocol

from triage.extraction.extract import extract
from triage.extraction.mask import mask
from triage.extraction.payment_alerts import find_alert
from triage.message import RawMessage
from triage.parsing import identifiers
from triage.parsing.parse import parse
from triage.reading import Classification, Facts, Reading
from triage.rules.table import check_all
from triage.stages.plan import KEPT_FIELDS, SUBMITTER_FIELDS, ReadPlan


class Classifies(Protocol):
    """Whoever can say what a text is about."""

    def classify(self, subject: str, body: str, facts: Facts) -> Classification:
        """Category, issue, confidence and reasons."""


def read(raw: RawMessage, plan: ReadPlan, classifier: Classifies) -> Reading:
    """Parse, mask, check, extract, classify: nothing after masking ever sees a card number."""
    message = mask(parse(raw, plan.parsing))
    findings = check_all(message, plan.rules)
    facts = extract(message, plan.patterns, raw.received_at)
    classification = classifier.classify(message.subject, message.text, facts)
    # The rules have seen all fields; carrying them on to the main process would cost more than reading some messages.
    kept = tuple(field for field in message.headers if field[0] in KEPT_FIELDS or field[0] in SUBMITTER_FIELDS)
    message = replace(message, headers=kept, likeness=identifiers.likeness(message))
    payment = find_alert(message, plan.alerts, plan.patterns, raw.received_at)
    return Reading(message=message, findings=findings, facts=facts, classification=classification, payment=payment)
