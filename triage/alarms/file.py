"""Alarms as a file: what stands now, for a monitoring system that reads files, and for `triage health` when the daemon is dead."""

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from triage.alarm import Alarm, Notice
from triage.errors import TemporaryError


class FileChannel:
    """The AlarmChannel port on one JSON file, replaced as a whole: nobody reads half of it."""

    name = "file"

    def __init__(self, path: Path) -> None:
        self._path = path

    async def tell(self, notices: Sequence[Notice], standing: Sequence[Alarm], now: datetime) -> None:
        """Write what stands; TemporaryError where the disk refuses."""
        content = {
            "at": now.isoformat(),
            "alarms": [{"kind": alarm.kind, "text": alarm.text, "since": alarm.since.isoformat()} for alarm in standing],
        }
        try:
            await asyncio.to_thread(self._replace, json.dumps(content, ensure_ascii=False, indent=1) + "\n")
        except OSError as error:
            raise TemporaryError(f"{self._path}: {error.strerror}: expected a file that can be written") from error

    def _replace(self, text: str) -> None:
        draft = self._path.with_suffix(".new")
        draft.write_text(text, encoding="utf-8")
        draft.replace(self._path)


def read_alarms(path: Path) -> tuple[Alarm, ...]:
    """The alarms in such a file; none where there is no file or it is not ours."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["alarms"]
        return tuple(Alarm(kind=each["kind"], text=each["text"], since=datetime.fromisoformat(each["since"])) for each in found)
    except (OSError, ValueError, LookupError, TypeError):
        return ()
