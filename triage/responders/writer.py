"""The writer: takes an order for a reply and hands back the frozen message; it never sends."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from triage.case import Case, CaseEvent
from triage.decision import ReplyOrder
from triage.inquiry import Checked
from triage.message import RawMessage
from triage.people import People
from triage.reading import Reading
from triage.reply import Reply
from triage.responders.desk import Assignment, Desk, Tell
from triage.responders.envelope import Envelope
from triage.responders.table import RESPONDERS
from triage.responders.templates import Templates
from triage.responders.trial import order_trials, trials
from triage.topic import Due, Guide


class Writer:
    """Writes every kind of reply in RESPONDERS."""

    def __init__(self, sources: Mapping[str, str], *, people: People, key: bytes, guide: Guide, tell: Tell, due: Due) -> None:
        self._envelope = Envelope(people, key)
        its = self._envelope
        self._desk = Desk(templates=Templates(sources), people=people, guide=guide, tell=tell, due=due, token=its.token, rated=its.rated)

    def problems(self, matters: Iterable[tuple[str, str]]) -> list[str]:
        """One line for each template that is missing, broken, too long, or asks for what nobody knows; `matters` are category and issue."""
        found = dict.fromkeys(self._desk.templates.problems())
        tried = (*trials(self._desk, matters), *order_trials(self._desk))
        found |= dict.fromkeys(trial.fallback for trial in tried if trial.fallback)
        return list(found)

    def write(
        self,
        order: ReplyOrder,
        case: Case,
        *,
        log: Sequence[CaseEvent],
        reading: Reading | None,
        raw: RawMessage | None,
        now: datetime,
        orders: Sequence[Checked] = (),
    ) -> Reply:
        """The reply, its bytes frozen. `log` is the case's history with the events of this decision."""
        assignment = Assignment(order=order, case=case, log=log, reading=reading, raw=raw, now=now, orders=orders)
        return self._envelope.seal(RESPONDERS[order.kind](self._desk, assignment), order, case, now)
