"""What the demo sees of the store: each message once, when nothing about it is under way any more."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.demo.conftest import CUSTOMER, NOW, standing
from tests.stores import laid
from triage.case import NewCase
from triage.decision import Outcome
from triage.demo.watch import Watch, by_number
from triage.message import Address, Message, MessageKey, RawMessage
from triage.ports import Store, Transaction
from triage.reading import Classification, Fact, Facts, Reading
from triage.reply import DeliveryStatus, Receipt, Reply, ReplyKind
from triage.store.sqlite import open_store

_READING = Reading(
    message=Message(subject="Missing", from_=(Address(addr_spec=CUSTOMER),), masked=1),
    facts=Facts(found=(Fact(kind="order_number", value="ORD1", source="text"), Fact(kind="order_number", value="ORD1", source="quoted"))),
    classification=Classification(category="order", issue="item_missing", confidence=0.9),
)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """An open store with nothing in it."""
    opened = open_store(laid(tmp_path / "triage.db"), "SP")
    yield opened
    await opened.close()


def _receive(tx: Transaction, uid: int) -> int:
    key = MessageKey(account="support", mailbox="INBOX", uid_validity=1, uid=uid)
    tx.messages.add([RawMessage(key=key, received_at=NOW, content=b"x", size=1)])
    return tx.messages.undecided(10)[-1].id


def _open(tx: Transaction) -> int:
    requester = Address(addr_spec=CUSTOMER)
    new = NewCase(
        category="order", issue="", confidence=1, abstained=False, requester=requester, subject="", opened_at=NOW, received_at=NOW
    )  # fmt: skip
    return tx.cases.open(new).id


def _queue(tx: Transaction, case_id: int, kind: ReplyKind, number: int) -> int:
    reply = Reply(
        kind=kind, recipient=CUSTOMER, reverse_path=f"b{number}@x.example", message_id=f"{number}@x.example", subject="s", content=b"c",
        deadline=NOW,
    )  # fmt: skip
    return tx.deliveries.queue(case_id, None, reply, NOW)


def _send(tx: Transaction, delivery_id: int) -> None:
    tx.deliveries.begin_data(delivery_id, NOW)
    tx.deliveries.settle(delivery_id, Receipt(status=DeliveryStatus.SENT, code=250), NOW, None)


def _settle(tx: Transaction, row: int, case_id: int | None, outcome: Outcome = Outcome.OPENED) -> None:
    tx.messages.settle(row, outcome, case_id, _READING, reason="", keep_raw=False)


async def test_message_is_reported_once_it_is_decided_filed_and_answered(store: Store) -> None:
    """A message with mail on its way or a folder to go to is still under way."""
    watch = Watch(store, "support")
    row = await store.transact(lambda tx: _receive(tx, 7))
    assert await watch.look() == []

    def decide(tx: Transaction) -> int:
        case_id = _open(tx)
        _settle(tx, row, case_id)
        tx.filings.order(row, "Orders", NOW)
        return _queue(tx, case_id, ReplyKind.ACKNOWLEDGMENT, 1)

    delivery_id = await store.transact(decide)
    assert await watch.look() == []
    await store.transact(lambda tx: _send(tx, delivery_id))
    assert await watch.look() == []
    await store.transact(lambda tx: tx.filings.done(tx.filings.due("support", NOW, 1)[0], 1, 3))
    (seen,) = await watch.look()
    assert (seen.record.filed_folder, [mail.id for mail in seen.deliveries]) == ("Orders", [delivery_id])
    assert (seen.order_numbers, seen.said["masked"]) == (("ORD1",), 1)
    assert await watch.look() == []


async def test_mail_belongs_to_the_message_that_led_to_it(store: Store) -> None:
    """An escalation that a follow-up sets off is told with the follow-up, not with the first message."""
    watch = Watch(store, "support")

    def begin(tx: Transaction) -> int:
        case_id = _open(tx)
        _settle(tx, _receive(tx, 1), case_id)
        _send(tx, _queue(tx, case_id, ReplyKind.ACKNOWLEDGMENT, 1))
        return case_id

    case_id = await store.transact(begin)
    first = await watch.look()

    def go_on(tx: Transaction) -> None:
        _settle(tx, _receive(tx, 2), case_id, Outcome.FOLLOW_UP)
        _send(tx, _queue(tx, case_id, ReplyKind.ESCALATION, 2))

    await store.transact(go_on)
    second = await watch.look()
    assert [[mail.kind for mail in it.deliveries] for it in (*first, *second)] == [[ReplyKind.ACKNOWLEDGMENT], [ReplyKind.ESCALATION]]
    assert second[0].of_kind(ReplyKind.ACKNOWLEDGMENT) == ()


async def test_message_without_a_reading_is_shown_as_it_is(store: Store) -> None:
    """What was never read, such as history, settles with nothing said of it."""
    key = MessageKey(account="support", mailbox="INBOX", uid_validity=1, uid=9)
    await store.transact(lambda tx: tx.messages.add_settled([(key, NOW)], Outcome.HISTORY))
    (seen,) = await Watch(store, "support").look()
    assert (seen.said["category"], seen.order_numbers, seen.case) == ("", (), None)


async def test_other_accounts_are_not_looked_at(store: Store) -> None:
    """A watch tells of one account only."""
    await store.transact(lambda tx: _settle(tx, _receive(tx, 1), None, Outcome.SPAM))
    assert await Watch(store, "elsewhere").look() == []


def test_standings_are_found_by_the_number_of_the_sample() -> None:
    """Only samples that have settled are in the table."""
    seen = standing(4)
    assert by_number({"01": 4, "02": 5}, {4: seen, 6: replace(seen)}) == {"01": seen}
