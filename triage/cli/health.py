"""`triage health`: how the daemon is, in one line and in detail, also when it is dead."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import click

from triage import app
from triage.alarm import Alarm, AlarmBoard
from triage.cli.context import print_json, run_async, settings
from triage.cli.places import printable
from triage.health import Health
from triage.heartbeat import health_json, heartbeat_path, read_heartbeat
from triage.payment import PostOutcome
from triage.payment_parts import providers
from triage.settings import Settings
from triage.stores import open_case_store

#: A daemon writes every ten seconds; one that is this late is dead or hangs.
_DEAD_AFTER = timedelta(minutes=1)
_POSTS: Mapping[str, str] = {
    PostOutcome.RECEIVED: "received",
    PostOutcome.OPENED: "opened a case",
    PostOutcome.REPEATED: "repeated",
    PostOutcome.UNKNOWN: "of no interest",
    PostOutcome.BAD_SIGNATURE: "refused, badly signed",
    PostOutcome.TOO_OLD: "refused, signed too long ago",
}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.pass_context
def health(context: click.Context, as_json: bool) -> None:
    """Say how the daemon is: whether every promise will be kept, what waits, what is wrong.

    Exits 1 while a promise is in danger, an alarm stands or no daemon runs.
    """
    chosen = settings(context)
    said = _said(chosen)
    if as_json:
        print_json(said)
    else:
        _show(said)
        _show_posts(said, providers(chosen.payments))
    context.exit(0 if said["well"] else 1)


def _said(chosen: Settings) -> Mapping[str, object]:
    now, heartbeat = app.utc_now(), read_heartbeat(heartbeat_path(chosen.paths.state))
    told = heartbeat.get("health") if heartbeat else None
    at = datetime.fromisoformat(str(heartbeat["at"])) if heartbeat and "at" in heartbeat else None
    if at and now - at < _DEAD_AFTER and isinstance(told, dict):
        return told
    since = at or now
    words = f"no sign of life since {since:%Y-%m-%d %H:%M} UTC" if at else "no daemon runs on this state folder"
    return health_json(run_async(_seen(chosen, Alarm(kind="daemon", text=words, since=since), now)))


async def _seen(chosen: Settings, alarm: Alarm, now: datetime) -> Health:
    """What the store says at that moment, while nobody works on it."""
    store = open_case_store(chosen)
    board = AlarmBoard()
    board.sound(alarm.kind, alarm.text, alarm.since)
    try:
        return await app.vitals(chosen, store, board, lambda: now).look()
    finally:
        await store.close()


def _show(said: Mapping[str, object]) -> None:
    click.echo(printable(str(said["line"])))
    click.echo(f"as of {_time(said['at'])}")
    if said["oldest"]:
        click.echo(f"oldest unacknowledged: {_time(said['oldest'])}")
    for label, key in (("could not be read", "set_aside"), ("vanished", "vanished")):
        if said[key]:
            click.echo(f"{label}: {said[key]}")
    if said.get("round_trip_seconds") is not None:
        click.echo(f"a message to ourselves came back after {said['round_trip_seconds']} s")
    deliveries = said["deliveries"]
    if isinstance(deliveries, dict) and deliveries:
        click.echo("deliveries: " + ", ".join(f"{count} {status}" for status, count in sorted(deliveries.items())))
    for stage in _rows(said["stages"]):
        failing, worked = stage["failing_since"], f"worked at {_time(stage['worked_at'])}" if stage["worked_at"] else "has not worked yet"
        click.echo(printable(f"{stage['name']}: " + (f"failing since {_time(failing)}: {stage['why']}" if failing else worked)))
    for alarm in _rows(said["alarms"]):
        # What is only found by looking has no beginning that anybody knows.
        since = f" since {_time(alarm['since'])}" if _time(alarm["since"]) < _time(said["at"]) else ""
        click.echo(printable(f"ALARM {alarm['kind']}{since}: {alarm['text']}"))


def _show_posts(said: Mapping[str, object], providers: Sequence[str]) -> None:
    posts = _rows(said.get("posts"))
    for post in posts:
        what = _POSTS.get(str(post["outcome"]), post["outcome"])
        click.echo(printable(f"{post['provider']}: {post['count']} {what}, the last at {_time(post['last_at'])}"))
    for name in providers:
        if not any(post["provider"] == name for post in posts):
            click.echo(f"{name}: nothing was posted yet")


def _time(said: object) -> str:
    """A time as people read it."""
    return f"{datetime.fromisoformat(str(said)):%Y-%m-%d %H:%M:%S} UTC"


def _rows(value: object) -> list[Mapping[str, object]]:
    return value if isinstance(value, list) else []
