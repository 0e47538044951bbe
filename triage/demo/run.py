"""Runs the real daemon on embedded servers while the day is played, and says how it went."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence, Set
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from triage import app, daemon, lease, settings
from triage.app import App
from triage.case import Case
from triage.demo import place, verdict
from triage.demo.day import Sample, sample_day
from triage.demo.play import Play, Told
from triage.demo.servers import DemoServers, running
from triage.demo.shop import Shop, changes_of_the_day
from triage.demo.watch import MOVING, Notice, Standing, Watch
from triage.errors import TemporaryError
from triage.ports import Store, Transaction
from triage.reply import Delivery
from triage.stages.audit import audit

#: A lease that is not free by then belongs to a demo that is running.
_LEASE_SECONDS = 1.0
_LOOK_SECONDS = 0.1


class DemoRunningError(TemporaryError):
    """Another demo works in this folder; stop it first, or start this one elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How the day went."""

    #: Each sample with how things stand, None where it has not settled.
    messages: Sequence[tuple[Sample, Standing | None]]
    #: What was sent, with the case it belongs to and when the message that led to it had arrived.
    sent: Sequence[tuple[Delivery, Case, datetime]]
    cases: Sequence[Case]
    notices: Sequence[Notice] = ()
    problems: Sequence[str]
    store: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where the embedded servers can be reached."""

    imap_port: int
    smtp_port: int


async def run_demo(folder: Path, *, once: bool, opened: Callable[[Door], None], told: Told, ended: Callable[[Result], None]) -> Result:
    """Play the day below `folder`; without `once`, go on after it until Ctrl-C. DemoRunningError where another demo does so."""
    stop = asyncio.Event()
    daemon.stop_on_signals(stop)
    async with AsyncExitStack() as stack:
        assembly, servers = await _assembled(folder, stop, stack)
        opened(Door(imap_port=servers.imap_port, smtp_port=servers.smtp_port))
        play = Play(sample_day(), servers, Watch(assembly.store, place.ACCOUNT), told)
        play.shop, play.changes = Shop(folder / place.ORDERS, play.began), changes_of_the_day(play.began)
        await play.shop.open()
        await stack.enter_async_context(_served(assembly, stop))
        await play.perform(stop)
        result = await _result(assembly, play, stop)
        ended(result)
        if not once:
            await play.linger(stop)
        return result


async def _assembled(folder: Path, stop: asyncio.Event, stack: AsyncExitStack) -> tuple[App, DemoServers]:
    place.prepared(folder)
    try:
        async with asyncio.timeout(_LEASE_SECONDS):
            await stack.enter_async_context(lease.only_one(folder, stop))
    except TimeoutError as error:
        raise DemoRunningError(f"{folder}: another demo is running here: expected it to be stopped first") from error
    place.swept(folder)
    servers = await stack.enter_async_context(running(place.users(), vouches=True))
    chosen = settings.load(place.configured(folder, servers))
    return await stack.enter_async_context(app.assembled(chosen)), servers


@contextlib.asynccontextmanager
async def _served(assembly: App, stop: asyncio.Event) -> AsyncIterator[None]:
    """The daemon at work; at the end it is told to stop and finishes the unit in hand."""
    serving = asyncio.create_task(daemon.serve(assembly, stop))
    try:
        yield
    finally:
        stop.set()
        await serving


async def _result(assembly: App, play: Play, stop: asyncio.Event) -> Result:
    standings = play.standings
    answered = frozenset(standing.case.id for standing in standings.values() if standing.case and standing.told)
    cases, deliveries = await _at_rest(assembly.store, answered, play.patience, stop)
    return Result(
        messages=[(sample, standings.get(sample.number)) for sample in play.day],
        sent=[
            *(
                (delivery, standing.case, play.arrival(standing))
                for standing in play.watch.settled.values()
                if standing.case
                for delivery in standing.deliveries
            ),
            *((notice.delivery, notice.case, play.changed_at[number]) for number, notice in play.notices.items()),
        ],
        cases=cases,
        notices=tuple(play.notices.values()),
        problems=[*await _problems(assembly, play, deliveries), *verdict.unsolved(cases, answered)],
        store=assembly.settings.paths.store,
    )


async def _problems(assembly: App, play: Play, deliveries: Sequence[Delivery]) -> list[str]:
    if play.was_stopped:
        return [f"stopped when {len(play.standings)} of {len(play.day)} messages had settled"]
    mailboxes = {name: (assembly.mailboxes[name], its) for name, its in assembly.settings.watched.items()}
    audited = await audit(assembly.store, mailboxes, app.utc_now())
    return [
        *verdict.problems(play.day, play.standings, play.undeliverable),
        *verdict.untold(play.changes, play.notices),
        *verdict.posted(deliveries, play.servers.sent),
        # Nobody but the daemon touches these mailboxes, so even what an audit could explain is wrong here.
        *(f"audit: {line}" for line in (*audited.problems, *audited.notes)),
    ]


async def _at_rest(store: Store, answered: Set[int], patience: float, stop: asyncio.Event) -> tuple[list[Case], list[Delivery]]:
    # Agents are told of their cases some seconds after the customers' messages have settled; those that facts answered are solved then.
    cases, deliveries = await store.query(_everything)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(patience):
            while (any(delivery.status in MOVING for delivery in deliveries) or verdict.unsolved(cases, answered)) and not stop.is_set():
                await asyncio.sleep(_LOOK_SECONDS)
                cases, deliveries = await store.query(_everything)
    return cases, deliveries


def _everything(tx: Transaction) -> tuple[list[Case], list[Delivery]]:
    cases = sorted(tx.cases.find(), key=lambda case: case.id)
    return cases, [delivery for case in cases for delivery in tx.deliveries.of_case(case.id)]
