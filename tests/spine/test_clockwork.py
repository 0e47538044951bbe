"""Clocks on the real store: whatever happens to a case, they fit its status, and staffed time equals a count by minutes."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from tests.clocks import oracle
from tests.making import SHIPPED, clockwork
from tests.store.words import new_case
from tests.stores import laid
from triage.case import DONE, Case, CaseStatus, Deadline
from triage.store.connect import connect
from triage.store.transaction import SqliteTransaction

#: Over the end of summer time.
START = datetime(2026, 10, 19, 6, tzinfo=UTC)
HOLDS = oracle.at_work({day: [(9 * 60, 17 * 60)] for day in range(5)}, "Europe/Berlin", (), ())
_MINUTES = st.integers(1, 3000)
_STATUS = st.sampled_from([CaseStatus.OPEN, CaseStatus.PENDING, CaseStatus.ON_HOLD, CaseStatus.SOLVED])


@dataclass
class Course:
    """A case and the time that passes."""

    db: Database
    now: datetime = START
    #: Stretches in which the customer had to act since the solution was last promised.
    waited: list[tuple[datetime, datetime]] = field(default_factory=list)
    promised_at: datetime = START
    tx: SqliteTransaction = field(init=False)
    case: Case = field(init=False)

    def __post_init__(self) -> None:
        self.tx = SqliteTransaction(self.db, "SP")
        self.case = self.tx.cases.open(new_case(received_at=START, opened_at=START))
        clockwork().opened(self.tx, self.case, START)

    def turn(self, after: CaseStatus) -> None:
        """Another status, as decisions bring it about."""
        before = self.case
        clockwork().turn(self.tx, before, after, self.now)
        self.tx.cases.set_status(before.id, after, self.now)
        self.case = self.tx.cases.get(before.id) or before

    def states(self) -> dict[str, tuple[Deadline, str]]:
        """What is promised, by kind."""
        return {deadline.kind: (deadline, state) for deadline, state in self.tx.deadlines.of_case(self.case.id)}


def course(folder: str) -> Course:
    return Course(connect(laid(Path(folder) / "a.db")))


@settings(max_examples=10)
@given(st.lists(st.tuples(_MINUTES, _STATUS), max_size=6))
def test_clocks_fit_the_status(steps: list[tuple[int, CaseStatus]]) -> None:
    """Nothing runs that should stand still, nothing stands still that should run, and after the end nothing is promised any more."""
    with TemporaryDirectory() as folder:
        of = course(folder)
        for minutes, after in steps:
            of.now += timedelta(minutes=minutes)
            of.turn(after)
            states = {kind: state for kind, (_deadline, state) in of.states().items()}
            if after in DONE:
                assert {states[kind] for kind in ("answer", "solve", "update")} <= {"kept"}
                assert states["closing"] == "open"
            elif after is CaseStatus.PENDING:
                assert states["solve"] in ("paused", "kept")
                assert states["silence"] == "open"
            else:
                assert states["solve"] == "open"
                assert states.get("silence", "kept") == states.get("closing", "kept") == "kept"
        of.db.close()


@settings(max_examples=10)
@given(st.lists(st.tuples(_MINUTES, _MINUTES), min_size=1, max_size=4))
def test_staffed_time_is_what_is_counted(gaps: list[tuple[int, int]]) -> None:
    """However often and long the customer had to act, the solution is due when sixteen staffed hours without that are over."""
    with TemporaryDirectory() as folder:
        of = course(folder)
        for work, wait in gaps:
            of.now += timedelta(minutes=work)
            if of.now >= of.states()["solve"][0].due_at:
                break
            of.turn(CaseStatus.PENDING)
            began = of.now
            of.now += timedelta(minutes=wait)
            of.turn(CaseStatus.OPEN)
            of.waited.append((began, of.now))
        assert of.states()["solve"][0].due_at == oracle.due(START, 16 * 60, HOLDS, of.waited)
        of.db.close()


@pytest.mark.parametrize("share", [0.5, 0.8])
def test_reminders_move_with_the_clock(tmp_path: Path, share: float) -> None:
    """A reminder comes when that share of the staffed time has passed, whatever lay in between."""
    of = course(str(tmp_path))
    of.now = START + timedelta(hours=5)
    of.turn(CaseStatus.PENDING)
    of.now += timedelta(days=9)
    of.turn(CaseStatus.OPEN)
    solve, _state = of.states()["solve"]
    if share == 0.8:
        of.tx.deadlines.warned(solve, None)
        solve = of.states()["solve"][0]
        of.tx.deadlines.set(solve)
        solve = of.states()["solve"][0]
    else:
        paused = [(START + timedelta(hours=5), of.now)]
        assert solve.warn_at == oracle.due(START, int(16 * 60 * share), HOLDS, paused)
        assert oracle.due(solve.warn_at or START, int(16 * 60 * (1 - share)), HOLDS, paused) == solve.due_at
    assert solve.step == (1 if share == 0.8 else 0)
    of.db.close()


def test_a_case_without_clocks_is_left_alone(tmp_path: Path) -> None:
    """The same status again changes nothing, and writes nothing into the history."""
    of = course(str(tmp_path))
    before = of.states()
    of.turn(of.case.status)
    assert (of.states(), of.tx.cases.events(of.case.id)) == (before, [])
    of.db.close()


def test_every_promise_is_known_to_the_policy(tmp_path: Path) -> None:
    """What begins with a case is what the policy reminds of, or does by itself."""
    of = course(str(tmp_path))
    warned = {kind for kind, (deadline, _state) in of.states().items() if deadline.warn_at}
    assert warned == {"answer", "solve"} <= set(SHIPPED.reminders.of)
    assert set(of.states()) == {"answer", "solve", "update"}
    of.db.close()
