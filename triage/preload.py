"""Imported by the fork server before it forks readers: what libraries load at first use is then loaded once for all of them."""

from triage.classifier.model import unsorted
from triage.extraction.patterns import Patterns
from triage.parsing.parse import ParseOptions
from triage.reading import Classification, Facts
from triage.rules.context import RuleContext
from triage.sections.reading import ExtractionSettings
from triage.stages.read import ReadPlan, read
from triage.worker import WARM_UP


class _Nobody:
    """Stands in for the model, which each reader loads by itself because it may be replaced."""

    def classify(self, _subject: str, _body: str, _facts: Facts) -> Classification:
        return unsorted("not asked yet")


read(WARM_UP, ReadPlan(parsing=ParseOptions(), rules=RuleContext(), patterns=Patterns.of(ExtractionSettings())), _Nobody())
