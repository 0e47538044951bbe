"""Worlds on the embedded servers and on Dovecot with a scripted SMTP server."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.servers import chaos, invariants
from tests.servers import liar as lying
from tests.servers.chaos import Chaos
from tests.servers.dovecot import Dovecot
from tests.servers.liar import Liar
from tests.servers.smtp_sink import Sink
from tests.spine.office import ANN, Office, opened_office, written
from tests.spine.world import Clock, Readers, World, defaults
from tests.stores import laid
from triage.demo.servers import DemoServers


@pytest.fixture(scope="session")
def readers() -> Iterator[Readers]:
    """Reader processes for all tests of a worker."""
    kept = Readers()
    yield kept
    asyncio.run(kept.close())


@contextmanager
def minded(world: World, sink: Sink) -> Iterator[World]:
    """The world; when its test is over, whatever left it is held against the invariants of all that leaves."""
    laid(world.root / "var" / "triage.db")
    yield world
    broken = invariants.broken(sink.accepted, known=world.known())
    assert not broken, broken


@pytest.fixture
def world(tmp_path: Path, embedded: DemoServers, sink: Sink, readers: Readers) -> Iterator[World]:
    """The embedded IMAP server, and an SMTP server that does as told."""
    user = "support@shop.example"
    values = defaults(tmp_path, imap_port=embedded.imap_port, smtp_port=sink.port, user=user)

    async def deliver(content: bytes) -> None:
        await embedded.deliver(user, content)

    with minded(World(root=tmp_path, post=deliver, values=values, readers=readers), sink) as minded_world:
        yield minded_world


@pytest.fixture
def big_world(tmp_path: Path, dovecot: Dovecot, dovecot_user: str, sink: Sink, readers: Readers) -> Iterator[World]:
    """Dovecot, and an SMTP server that does as told."""
    values = defaults(tmp_path, imap_port=dovecot.imap_port, smtp_port=sink.port, user=dovecot_user)

    async def deliver(content: bytes) -> None:
        dovecot.deliver(dovecot_user, content)

    with minded(World(root=tmp_path, post=deliver, values=values, readers=readers), sink) as minded_world:
        yield minded_world


@pytest.fixture
async def liar() -> AsyncIterator[Liar]:
    """An IMAP server that lies as told."""
    async with lying.running() as running:
        yield running


@pytest.fixture
def lying_world(tmp_path: Path, liar: Liar, sink: Sink, readers: Readers) -> Iterator[World]:
    """That server, and an SMTP server that does as told."""

    async def deliver(content: bytes) -> None:
        liar.put(content)

    values = defaults(tmp_path, imap_port=liar.port, smtp_port=sink.port, user="ann")
    with minded(World(root=tmp_path, post=deliver, values=values, readers=readers), sink) as minded_world:
        yield minded_world


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """Ann has written about a double charge; Jane looks after it and was told, Finance was called upon."""
    opened, store = opened_office(tmp_path, Clock())
    await opened.get(written(ANN, "You charged me twice for order ORD789456!\n\nAnn", Message_ID="<first@customer.example>"), minutes=0)
    yield opened
    await store.close()


@pytest.fixture
async def proxy(big_world: World, dovecot: Dovecot) -> AsyncIterator[Chaos]:
    """Between the daemon and Dovecot."""
    async with chaos.in_front_of(dovecot.imap_port) as between:
        big_world.values["imap_port"] = between.port
        yield between
