"""What was looked at in folders for sent mail, messages kept as decided, and automatic mail that a person made needless."""

from pathlib import Path

from tests.store.words import DEFERRED, NOON, new_case, raw, reading, reply
from tests.stores import laid
from triage.decision import Outcome
from triage.message import MessageKey
from triage.ports import Transaction
from triage.reply import DeliveryStatus, ReplyKind
from triage.store.sqlite import open_store


def key(uid: int, *, mailbox: str = "Sent", uid_validity: int = 7) -> MessageKey:
    """A place."""
    return MessageKey(account="support", mailbox=mailbox, uid_validity=uid_validity, uid=uid)


async def test_each_is_noted_once(tmp_path: Path) -> None:
    """Known by account, folder and UIDVALIDITY; noting again changes nothing and says so."""

    def work(tx: Transaction) -> None:
        assert tx.sent.note([key(1), key(2)], "history") == 2
        assert tx.sent.note([key(2), key(3)], "an answer") == 1
        assert tx.sent.known("support", "Sent", 7) == {1, 2, 3}
        assert tx.sent.known("support", "Sent", 8) == set()
        assert tx.sent.known("support", "Other", 7) == set()
        assert tx.sent.known("sales", "Sent", 7) == set()

    store = open_store(laid(tmp_path / "a.db"), "SP")
    await store.transact(work)
    await store.close()


async def test_a_message_kept_as_decided(tmp_path: Path) -> None:
    """It belongs to its case at once, waits for nobody, its bytes are not kept, and keeping it again changes nothing."""

    def work(tx: Transaction) -> None:
        tx.cases.open(new_case())
        for _ in range(2):
            tx.messages.keep(raw(1, mailbox="Sent"), Outcome.SENT, 1, reading(message_id="m9@shop.example"), reason="an answer")
        [record] = tx.messages.of_case(1)
        assert (record.outcome, record.reason, record.key.mailbox, record.raw) == (Outcome.SENT, "an answer", "Sent", None)
        assert tx.messages.undecided(10) == []
        assert [found.case_id for found in tx.cases.candidates(["m9@shop.example"], [])] == [1]

    store = open_store(laid(tmp_path / "a.db"), "SP")
    await store.transact(work)
    await store.close()


async def test_only_what_never_began_is_superseded(tmp_path: Path) -> None:
    """An acknowledgment that waits is withheld; one that reached DATA, mail to others and other cases' mail are left alone."""

    def work(tx: Transaction) -> None:
        for case in (1, 2, 3):
            tx.cases.open(new_case())
            tx.deliveries.queue(case, None, reply(f"ack{case}"), NOON)
        tx.deliveries.queue(1, None, reply("esc", ReplyKind.ESCALATION, recipient="finance@shop.example"), NOON)
        tx.deliveries.begin_data(2, NOON)
        tx.deliveries.settle(2, DEFERRED, NOON, NOON)
        assert tx.deliveries.supersede(1, "eve@other.example", "why") == 0
        assert [tx.deliveries.supersede(case, "ann@customer.example", "why") for case in (1, 2, 1)] == [1, 0, 0]
        statuses = [it.status for case in (1, 2, 3) for it in tx.deliveries.of_case(case)]
        assert statuses == [DeliveryStatus.WITHHELD, DeliveryStatus.QUEUED, DeliveryStatus.DEFERRED, DeliveryStatus.QUEUED]
        assert not tx.deliveries.begin_data(1, NOON)

    store = open_store(laid(tmp_path / "a.db"), "SP")
    await store.transact(work)
    await store.close()
