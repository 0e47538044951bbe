"""Spreads what people have corrected: to the readers at once, and by teaching to the model, in a process of its own."""

import asyncio
from datetime import datetime, timedelta

from triage.alarm import AlarmBoard
from triage.errors import TriageError
from triage.logs import get_logger
from triage.ports import Learner, Now, Store
from triage.sections.learning import LearningSettings
from triage.stages.loop import Bell

#: A command beside the daemon rings no bell; what it corrected is known this much later.
_TICK = timedelta(seconds=5)
#: Readers know the latest so many; older ones have taught the model.
_REMEMBERED = 5_000
_ALARM = "model"
_log = get_logger("learn")


class Learn:
    """Keeps what was learned up to date. It knows no library that learns."""

    name = "learn"

    def __init__(self, *, store: Store, learner: Learner, settings: LearningSettings, now: Now, corrected: Bell, board: AlarmBoard) -> None:
        self._store = store
        self._learner = learner
        self._settings = settings
        self._now = now
        self._corrected = corrected
        self._board = board
        self._lesson: asyncio.Task[None] | None = None
        #: When the last lesson was, or where there was none, when we began.
        self._since = now()

    async def work(self) -> int:
        """Publish what was corrected since the last time; 1 where there was something."""
        latest = await self._store.query(lambda tx: tx.corrections.latest())
        # Where there is no correction, readers that were never told know as much.
        if latest != max(0, await asyncio.to_thread(self._learner.published)):
            corrections = await self._store.query(lambda tx: tx.corrections.all(_REMEMBERED))
            await asyncio.to_thread(self._learner.publish, corrections, latest)
            _log.info("corrections_published", latest=latest)
            return 1
        await self._look_at_model()
        self._begin_lesson(latest)
        return 0

    async def idle(self) -> None:
        """Wait for the next correction."""
        await self._corrected.wait(_TICK)

    async def close(self) -> None:
        """Break off a lesson; the next start begins it again."""
        if self._lesson:
            self._lesson.cancel()
            await asyncio.gather(self._lesson, return_exceptions=True)

    async def _look_at_model(self) -> None:
        problem = await asyncio.to_thread(self._learner.problem)
        if problem and _ALARM not in {alarm.kind for alarm in self._board.standing()}:
            _log.error("model_refused", reason=problem)
        if problem:
            self._board.sound(_ALARM, problem, self._now())
        else:
            self._board.clear(_ALARM)

    def _begin_lesson(self, latest: int) -> None:
        if self._lesson and self._lesson.done():
            self._lesson = None
        if self._lesson is None and self._is_due(latest):
            self._lesson = asyncio.create_task(self._teach(latest), name="lesson")

    def _is_due(self, latest: int) -> bool:
        last = self._learner.last_lesson()
        fresh = latest - (last.latest if last else 0)
        since: datetime = max(self._since, last.at) if last else self._since
        return self._settings.retrain and fresh > 0 and (fresh >= self._settings.after or self._now() - since >= self._settings.every)

    async def _teach(self, latest: int) -> None:
        corrections = await self._store.query(lambda tx: tx.corrections.all())
        try:
            lesson = await self._learner.teach(corrections, latest)
        except TriageError as error:
            # Tried again after the usual time, not at once: whatever it lacked it lacks still.
            _log.warning("lesson_failed", reason=str(error))
            self._since = self._now()
            await asyncio.sleep(_TICK.total_seconds())
        else:
            _log.info("lesson", accepted=lesson.accepted, reason=lesson.reason, version=lesson.version)
