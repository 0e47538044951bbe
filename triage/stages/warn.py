"""Carries alarms from the board to people: at once when raised or over, and again at growing intervals while they stand."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from triage.alarm import Alarm, AlarmBoard, Notice, NoticeState, Told
from triage.errors import TriageError
from triage.logs import get_logger
from triage.ports import AlarmChannel, Now

#: How much later than it was put up an alarm may be told.
_LOOK_EVERY = timedelta(seconds=2)
#: How long a channel that failed is left alone.
_PAUSE = timedelta(minutes=1)
_log = get_logger("warn")


class Warn:
    """Keeps the operator informed. It knows neither the store nor a mail server."""

    name = "warn"

    def __init__(self, *, board: AlarmBoard, channels: Sequence[AlarmChannel], again: Sequence[timedelta], now: Now) -> None:
        self._board = board
        self._channels = channels
        self._again = again
        self._now = now
        self._paused_until: dict[str, datetime] = {}

    async def work(self) -> int:
        """Tell every channel what is new to it; how much was told."""
        now, standing = self._now(), self._board.standing()
        return sum(await asyncio.gather(*(self._tell(channel, standing, now) for channel in self._channels)))

    async def idle(self) -> None:
        """Wait a moment."""
        await asyncio.sleep(_LOOK_EVERY.total_seconds())

    async def _tell(self, channel: AlarmChannel, standing: Sequence[Alarm], now: datetime) -> int:
        told = self._board.told.setdefault(channel.name, {})
        notices = _notices(told, standing, self._again, now)
        if not notices or now < self._paused_until.get(channel.name, now):
            return 0
        try:
            await channel.tell(notices, standing, now)
        except TriageError as error:
            # Not raised: a pager that is away must not make the log's alarms back off with it.
            _log.warning("alarm_not_told", channel=channel.name, reason=str(error))
            self._paused_until[channel.name] = now + _PAUSE
            return 0
        for notice in notices:
            _remember(told, notice, now)
        return len(notices)


def _notices(told: dict[str, Told], standing: Sequence[Alarm], again: Sequence[timedelta], now: datetime) -> list[Notice]:
    raised = [alarm for alarm in standing if alarm.kind not in told or told[alarm.kind].alarm.since != alarm.since]
    reminded = [alarm for alarm in standing if alarm not in raised and now >= _next(told[alarm.kind], again)]
    kinds = {alarm.kind for alarm in standing}
    over = [last.alarm for kind, last in told.items() if kind not in kinds]
    return [
        *(Notice(alarm=alarm, state=NoticeState.RAISED) for alarm in raised),
        *(Notice(alarm=alarm, state=NoticeState.STANDING) for alarm in reminded),
        *(Notice(alarm=alarm, state=NoticeState.CLEARED) for alarm in over),
    ]


def _next(last: Told, again: Sequence[timedelta]) -> datetime:
    # The last interval repeats for as long as the alarm stands.
    return last.at + again[min(last.times, len(again)) - 1]


def _remember(told: dict[str, Told], notice: Notice, now: datetime) -> None:
    kind = notice.alarm.kind
    if notice.state is NoticeState.CLEARED:
        del told[kind]
    else:
        times = told[kind].times + 1 if notice.state is NoticeState.STANDING else 1
        told[kind] = Told(alarm=notice.alarm, times=times, at=now)
