"""The sign of life: a file that says how the daemon is, and systemd's watchdog; read by `triage health`, also when the daemon is dead."""

import asyncio
import contextlib
import json
import os
from datetime import datetime, timedelta
from pathlib import Path

from triage.alarm import Alarm
from triage.app import App
from triage.errors import TemporaryError
from triage.health import Health, StageHealth
from triage.logs import get_logger
from triage.payment import PostCount

_EVERY_SECONDS = 10.0
#: Until there is something to say.
_SOON_SECONDS = 0.5
#: A watch that has not ended a look within this hangs, and with it the store or the whole loop: systemd may start us anew.
_STUCK = timedelta(minutes=2)
_log = get_logger("heartbeat")


def heartbeat_path(state: Path) -> Path:
    """Where a daemon with this state folder writes it."""
    return state / "heartbeat.json"


async def beat(app: App, stop: asyncio.Event) -> None:
    """Write it again and again until `stop` is set, and take it away at the end."""
    path, systemd, began = heartbeat_path(app.settings.paths.state), app.watch.systemd, app.now()
    try:
        systemd.ready()
    except TemporaryError as error:
        _log.warning("systemd_not_told", reason=str(error))
    while not stop.is_set():
        try:
            _replace(path, _content(app))
            if app.now() - (app.watch.pulses.last_sign(app.watch.vitals.name) or began) < _STUCK:
                systemd.alive(app.watch.vitals.latest.line if app.watch.vitals.latest else "starting")
        except (OSError, TemporaryError) as error:
            # A disk that is full for a while must not end the heartbeat for good.
            _log.warning("heartbeat_not_written", reason=str(error))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_EVERY_SECONDS if app.watch.vitals.latest else _SOON_SECONDS):
                await stop.wait()
    path.unlink(missing_ok=True)


def read_heartbeat(path: Path) -> dict[str, object] | None:
    """What the daemon last said of itself; None where no daemon runs, or it has never run."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _content(app: App) -> dict[str, object]:
    latest = app.watch.vitals.latest
    names = [stage.name for stage in app.stages]
    said: dict[str, object] = {"at": _iso(app.now()), "pid": os.getpid(), "mode": app.settings.mode, "stages": names}
    return said | {"health": health_json(latest) if latest else None}


def health_json(health: Health) -> dict[str, object]:
    """A health as JSON says it: times in ISO 8601, spans in seconds."""
    return {
        "line": health.line,
        "well": health.well,
        "at": _iso(health.at),
        "unacknowledged": health.unacknowledged,
        "oldest": _iso(health.oldest),
        "slack_seconds": None if health.slack is None else round(health.slack.total_seconds()),
        "will_miss": health.will_miss,
        "late": health.late,
        "per_second": round(health.per_second, 3),
        "deliveries": dict(health.deliveries),
        "set_aside": health.set_aside,
        "vanished": health.vanished,
        "round_trip_seconds": None if health.round_trip is None else round(health.round_trip.total_seconds(), 1),
        "stages": [_stage(stage) for stage in health.stages],
        "alarms": [_alarm(alarm) for alarm in health.alarms],
        "posts": [_post(count) for count in health.posts],
    }


def _stage(stage: StageHealth) -> dict[str, object]:
    return {"name": stage.name, "worked_at": _iso(stage.worked_at), "failing_since": _iso(stage.failing_since), "why": stage.why}


def _post(it: PostCount) -> dict[str, object]:
    return {"provider": it.provider, "outcome": it.outcome.value, "count": it.count, "last_at": _iso(it.last_at)}


def _alarm(alarm: Alarm) -> dict[str, object]:
    return {"kind": alarm.kind, "text": alarm.text, "since": _iso(alarm.since)}


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _replace(path: Path, content: dict[str, object]) -> None:
    # A reader never sees half a file.
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    draft.replace(path)
