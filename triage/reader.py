"""What a reader process is told to do; what that takes is loaded there, and not in the daemon."""

from triage.message import RawMessage
from triage.reading import Reading
from triage.sections.places import Paths
from triage.stages.plan import ReadPlan


def prepare(plan: ReadPlan, paths: Paths) -> None:
    """Make this process ready to read, with the shipped model and what the state folder has learned since."""
    from triage import worker

    worker.prepare(plan, paths)


def read_message(raw: RawMessage) -> Reading:
    """What the message says; `prepare` must have run in this process."""
    from triage import worker

    return worker.read_message(raw)
