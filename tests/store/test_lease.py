"""The lease: one holder at a time, taken over when it has run out, and a fence that keeps the former holder from writing."""

import sqlite3
from datetime import timedelta

import pytest

from tests.store.words import NOON, new_case
from triage.errors import LeaseLostError
from triage.ports import Store
from triage.records import LeaseClaim

MINUTE = timedelta(minutes=1)


def claim(place: str, lasts: timedelta = MINUTE) -> LeaseClaim:
    """A claim from that place."""
    return LeaseClaim(place=place, holder=f"process at {place}", lasts=lasts)


@pytest.fixture
async def other(place, store):  # type: ignore[no-untyped-def]
    """A second daemon on the same store."""
    opened = place.open()
    yield opened
    await opened.close()


async def test_the_first_holds_it_and_the_second_does_not(store: Store, other: Store) -> None:
    """While the lease lasts it is refused to every other place."""
    assert await store.hold(claim("a"), NOON)
    assert not await other.hold(claim("b"), NOON + MINUTE * 0.99)


async def test_keeping_it_moves_its_end(store: Store, other: Store) -> None:
    """A holder who gives signs of life is never taken for dead."""
    assert await store.hold(claim("a"), NOON)
    assert await store.hold(claim("a"), NOON + MINUTE / 2)
    assert not await other.hold(claim("b"), NOON + MINUTE * 1.4)
    assert await other.hold(claim("b"), NOON + MINUTE * 1.5)


async def test_who_was_taken_over_can_write_nothing(store: Store, other: Store) -> None:
    """After a takeover every write of the former holder fails as a whole, and so does its attempt to keep the lease."""
    await store.hold(claim("a"), NOON)
    await store.transact(lambda tx: tx.cases.open(new_case()))
    assert await other.hold(claim("b"), NOON + MINUTE)
    with pytest.raises(LeaseLostError, match=r"process at b.*nothing was written"):
        await store.transact(lambda tx: tx.cases.open(new_case()))
    assert not await store.hold(claim("a"), NOON + 10 * MINUTE)
    assert len(await other.query(lambda tx: tx.cases.find())) == 1
    assert len(await store.query(lambda tx: tx.cases.find())) == 1


async def test_the_new_holder_writes(store: Store, other: Store) -> None:
    """A takeover gives the store a new writer at once."""
    await store.hold(claim("a"), NOON)
    await other.hold(claim("b"), NOON + MINUTE)
    await other.transact(lambda tx: tx.cases.open(new_case()))
    assert len(await store.query(lambda tx: tx.cases.find())) == 1


async def test_a_new_process_of_the_same_place_need_not_wait(store: Store, other: Store) -> None:
    """Processes of one place share a lock, so the former holder there is dead: its lease is taken over before its end."""
    await store.hold(claim("a"), NOON)
    assert await other.hold(claim("a"), NOON)
    with pytest.raises(LeaseLostError):
        await store.transact(lambda tx: None)


async def test_a_lease_let_go_is_free(store: Store, other: Store) -> None:
    """After a clean stop nobody waits; who has let go is fenced out all the same."""
    await store.hold(claim("a"), NOON)
    await store.release()
    assert await other.hold(claim("b"), NOON)
    with pytest.raises(LeaseLostError):
        await store.transact(lambda tx: None)
    await store.release()
    assert await other.hold(claim("b"), NOON)


async def test_commands_need_no_lease(store: Store, other: Store) -> None:
    """Who never asked for the lease may write beside its holder, and letting go of nothing is harmless."""
    await store.hold(claim("a"), NOON)
    await other.release()
    await other.transact(lambda tx: tx.cases.open(new_case()))
    assert await store.hold(claim("a"), NOON)
    assert len(await store.query(lambda tx: tx.cases.find())) == 1


async def test_a_lease_that_vanished_is_lost(store: Store, place) -> None:  # type: ignore[no-untyped-def]
    """Where somebody removed the lease from the store, its holder stops rather than guess."""
    await store.hold(claim("a"), NOON)
    with sqlite3.connect(place.path) as beside:
        beside.execute("delete from lease")
    with pytest.raises(LeaseLostError, match="nobody holds the lease"):
        await store.transact(lambda tx: None)


async def test_who_was_displaced_is_named(store: Store, other: Store) -> None:
    """A takeover knows whom it displaced; a lease that was free, kept or let go displaces nobody."""
    await store.hold(claim("a"), NOON)
    await store.hold(claim("a"), NOON + MINUTE / 2)
    assert store.displaced == ""
    await other.hold(claim("b"), NOON + 2 * MINUTE)
    assert "process at a" in other.displaced
    await other.hold(claim("b"), NOON + 2.5 * MINUTE)
    assert other.displaced
    await other.release()
    await store.hold(claim("a"), NOON + 3 * MINUTE)
    assert store.displaced == ""
