"""What a reader process is told to do; what that takes is loaded there, and not in the daemon."""

from pathlib import Path

from triage.message import RawMessage
from triage.reading import Reading
from triage.stages.plan import ReadPlan


def prepare(plan: ReadPlan, model: Path, state: Path) -> None:
    """Make this process ready to read, with the shipped model and what the state folder has learned since."""
    from triage import worker

    worker.prepare(plan, model, state)


def read_message(raw: RawMessage) -> Reading:
    """What the message says; `prepare` must have run in this process."""
    from triage import worker

    return worker.read_message(raw)
