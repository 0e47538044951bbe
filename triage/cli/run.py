"""`triage run`: the daemon, or one pass."""

import asyncio
import gc
from collections.abc import Callable
from contextlib import AsyncExitStack

import click

from triage import app, daemon, lease, logs
from triage.cli.context import run_async, settings
from triage.cli.places import config_path
from triage.renewal import Renewal
from triage.settings import Settings, load


@click.command()
@click.option("--once", is_flag=True, help="One pass over everything due, then exit.")
@click.pass_context
def run(context: click.Context, once: bool) -> None:
    """Run the daemon until SIGTERM or Ctrl-C; SIGHUP reads configuration, policy and templates again."""
    chosen = settings(context)
    logs.configure(level=chosen.log.level, json=chosen.log.json_lines)
    path = config_path(context.obj)
    done = run_async(_run(chosen, lambda: load(path), once=once))
    if once:
        click.echo(f"{done} {'unit' if done == 1 else 'units'} of work done")


async def _run(chosen: Settings, reread: Callable[[], Settings], *, once: bool) -> int:
    # What is loaded by now stays: looking through it for garbage would stop everything for a twentieth of a second, again and again.
    gc.freeze()
    stop = asyncio.Event()
    daemon.stop_on_signals(stop)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(lease.only_one(chosen.paths.state, stop))
        if stop.is_set():
            return 0
        if once:
            return await daemon.once(await stack.enter_async_context(app.assembled(chosen)))
        renewal = Renewal(reread)
        renewal.on_signal()
        await daemon.run_daemon(chosen, stop, renewal)
    return 0
