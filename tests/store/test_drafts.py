"""Suggested answers in the store."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.store.words import NOON, later, new_case
from tests.stores import laid
from triage.drafts import DraftStatus, Suggestion
from triage.ports import Store, Transaction
from triage.store.sqlite import open_store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """An empty store."""
    opened = open_store(laid(tmp_path / "a.db"), "SP")
    yield opened
    await opened.close()


def suggestion(name: str) -> Suggestion:
    """A draft with that Message-ID."""
    return Suggestion(
        message_id=f"{name}@shop.example",
        content=name.encode(),
        text=name,
    )


def add(tx: Transaction, case: int, name: str, status: DraftStatus = DraftStatus.WANTED) -> None:
    """A draft for a case."""
    tx.drafts.add(
        case,
        suggestion(name),
        account="support",
        about=name,
        status=status,
        at=NOON,
    )


async def test_what_is_to_be_done(store: Store) -> None:
    """What is stale comes before what is wanted; what lies there, is gone, shown or another account's is not due."""

    def work(tx: Transaction) -> None:
        tx.cases.open(new_case())
        for name in ("a", "b", "c"):
            add(tx, 1, name)
        add(tx, 1, "d", DraftStatus.WITHHELD)
        tx.drafts.settle(1, DraftStatus.PLACED, "digest")
        tx.drafts.settle(3, DraftStatus.STALE)
        assert [draft.about for draft in tx.drafts.due("support", NOON, 10)] == ["c", "b"]
        assert [draft.about for draft in tx.drafts.due("support", NOON, 1)] == ["c"]
        assert tx.drafts.due("sales", NOON, 10) == []
        tx.drafts.defer([2], later(minutes=2))
        assert [draft.about for draft in tx.drafts.due("support", NOON, 10)] == ["c"]
        [_, again] = tx.drafts.due("support", later(minutes=2), 10)
        assert (again.about, again.attempts) == ("b", 1)

    await store.transact(work)


async def test_bytes_are_kept_while_they_are_needed(store: Store) -> None:
    """Until it lies in the folder, or for show; its digest stays whatever becomes of it."""

    def work(tx: Transaction) -> None:
        tx.cases.open(new_case())
        add(tx, 1, "a")
        add(tx, 1, "b", DraftStatus.WITHHELD)
        [waiting, shown] = tx.drafts.of_case(1)
        assert (waiting.content, shown.content) == (b"a", b"b")
        tx.drafts.settle(1, DraftStatus.PLACED, "digest")
        tx.drafts.settle(1, DraftStatus.STALE)
        [placed, _] = tx.drafts.of_case(1)
        assert (placed.content, placed.sha256, placed.status) == (b"", "digest", DraftStatus.STALE)
        assert tx.drafts.of_case(2) == []

    await store.transact(work)
