"""Alarms in the log: one line a notice."""

from collections.abc import Sequence
from datetime import datetime

from triage.alarm import Alarm, Notice, NoticeState
from triage.logs import get_logger

_log = get_logger("alarm")


class LogChannel:
    """The AlarmChannel port on the daemon's own log."""

    name = "log"

    async def tell(self, notices: Sequence[Notice], standing: Sequence[Alarm], now: datetime) -> None:
        """One line for each notice."""
        for notice in notices:
            tell = _log.info if notice.state is NoticeState.CLEARED else _log.error
            tell(f"alarm_{notice.state}", kind=notice.alarm.kind, text=notice.alarm.text, since=notice.alarm.since.isoformat())
