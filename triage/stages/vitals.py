"""Looks at how the daemon is, again and again, and sounds an alarm before a promise breaks rather than after."""

from collections.abc import Callable
from datetime import datetime, timedelta

from triage.alarm import AlarmBoard
from triage.clocks.forecast import Capacity, Forecast, forecast
from triage.health import Backlog, Health, StageHealth
from triage.ports import Now, Store
from triage.stages.loop import Bell
from triage.stages.pulse import Pulse, Pulses

#: Between two looks.
_EVERY = timedelta(seconds=10)
#: What a stage may fail at, or be silent for, before a person is told; what waiting cannot mend is told at once.
_PATIENCE = timedelta(minutes=10)


class Vitals:
    """The watch over the daemon itself."""

    name = "vitals"

    def __init__(
        self,
        *,
        store: Store,
        pulses: Pulses,
        board: AlarmBoard,
        capacity: Callable[[], Capacity],
        hurry: Callable[[], None],
        round_trip: Callable[[], timedelta | None],
        acknowledge: timedelta,
        margin: timedelta,
        now: Now,
    ) -> None:
        """`hurry` is called while a promise is about to break."""
        self._store = store
        self._pulses = pulses
        self._board = board
        self._capacity = capacity
        self._hurry = hurry
        self._round_trip = round_trip
        self._acknowledge = acknowledge
        self._margin = margin
        self._now = now
        #: What was seen at the last look.
        self.latest: Health | None = None

    async def work(self) -> int:
        """Look once; 0, because there is never more to do at once."""
        await self.look()
        return 0

    async def idle(self) -> None:
        """Wait for the next look."""
        # Rung by nobody: nothing that is told here changes within seconds.
        await Bell().wait(_EVERY)

    async def look(self) -> Health:
        """How the daemon is now; the alarms that follow from it are sounded or cleared."""
        now = self._now()
        self._board.expire(now)
        self._sound_stages(now)
        backlog = await self._store.query(lambda tx: tx.vitals.backlog())
        capacity = self._capacity()
        ahead = self._forecast(backlog, capacity, now)
        if ahead.will_miss:
            self._hurry()
        self._sound_backlog(backlog, ahead, capacity, now)
        self.latest = self._health(backlog, ahead, capacity, now)
        return self.latest

    def _forecast(self, backlog: Backlog, capacity: Capacity, now: datetime) -> Forecast:
        # A message that is not decided yet may be a person's: its promise counts from its arrival like every other.
        deadlines = [*backlog.deadlines, *(arrived + self._acknowledge for arrived in backlog.undecided)]
        return forecast(deadlines, now, capacity, self._margin)

    def _health(self, backlog: Backlog, ahead: Forecast, capacity: Capacity, now: datetime) -> Health:
        oldest = min((*backlog.undecided, *(deadline - self._acknowledge for deadline in backlog.deadlines)), default=None)
        return Health(
            at=now,
            unacknowledged=ahead.waiting,
            oldest=oldest,
            slack=ahead.slack,
            will_miss=ahead.will_miss,
            late=ahead.late,
            per_second=capacity.per_second,
            deliveries=backlog.deliveries,
            set_aside=backlog.set_aside,
            vanished=backlog.vanished,
            round_trip=self._round_trip(),
            stages=tuple(_stage(name, pulse) for name, pulse in self._pulses.of.items()),
            alarms=self._board.standing(),
            posts=backlog.posts,
        )

    def _sound_stages(self, now: datetime) -> None:
        for name, pulse in self._pulses.of.items():
            kind = f"stage:{name}"
            if pulse.failing_since and (pulse.permanent or now - pulse.failing_since >= _PATIENCE):
                self._board.sound(kind, f"{name} has failed since {pulse.failing_since:%Y-%m-%d %H:%M} UTC: {pulse.why}", now)
            elif pulse.worked_at and now - pulse.worked_at >= _PATIENCE:
                self._board.sound(kind, f"{name} has not got through a unit of work since {pulse.worked_at:%Y-%m-%d %H:%M} UTC", now)
            else:
                self._board.clear(kind)

    def _sound_backlog(self, backlog: Backlog, ahead: Forecast, capacity: Capacity, now: datetime) -> None:
        uncertain, aside = backlog.deliveries.get("uncertain", 0), backlog.set_aside
        last = f"{capacity.per_second:.3g} a second, the last one at {ahead.done_at:%Y-%m-%d %H:%M} UTC" if ahead.done_at else ""
        found = {
            "promise": (ahead.will_miss, f"of {ahead.waiting} acknowledgments will miss their deadline: they leave at {last}"),
            "late": (ahead.late, "acknowledgments that wait are past their deadline"),
            "uncertain": (uncertain, f"{'delivery is' if uncertain == 1 else 'deliveries are'} uncertain: `triage retry` shows them"),
            "set_aside": (aside, f"{'message' if aside == 1 else 'messages'} could not be read: a person must look at the case"),
        }
        for kind, (count, words) in found.items():
            if count:
                self._board.sound(kind, f"{count} {words}", now)
            else:
                self._board.clear(kind)


def _stage(name: str, pulse: Pulse) -> StageHealth:
    return StageHealth(name=name, worked_at=pulse.worked_at, failing_since=pulse.failing_since, why=pulse.why)
