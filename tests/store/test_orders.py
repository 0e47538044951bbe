"""What the store keeps of orders: what was said of a case, what is still to be asked, and what customers were told."""

from dataclasses import replace
from typing import Any

import pytest

from tests.orders.making import checked, failed, order, refund
from tests.store.words import ANN, NOON, Each, key, later, new_case, raw
from triage.inquiry import Question, Verdict
from triage.message import Address, Message
from triage.ports import Store, Transaction

WHOLE = order(payments=(failed(),), refunds=(refund(),), linked=("ann@work.example",), language="de")


async def test_what_was_said_of_a_case(store: Store) -> None:
    """Everything comes back as it was, named orders first; the same number is replaced."""

    def work(tx: Transaction) -> None:
        case, other = tx.cases.open(new_case()), tx.cases.open(new_case())
        found = [
            checked(order("ORD9"), named=False, proposals=("One.", "Two.")),
            checked(WHOLE, Verdict.FORGED),
            checked(order=None, verdict=Verdict.UNKNOWN, number="ORD8"),
        ]
        assert tx.orders.of_case(case.id) == []
        tx.orders.keep(case.id, found)
        assert tx.orders.of_case(case.id) == [found[1], found[2], found[0]]
        assert tx.orders.of_case(other.id) == []
        later_on = checked(WHOLE, Verdict.OWNER, at=later(hours=1))
        tx.orders.keep(case.id, [later_on])
        assert tx.orders.of_case(case.id)[0] == later_on
        assert len(tx.orders.of_case(case.id)) == 3
        tx.orders.keep(case.id, ())

    await store.transact(work)


async def asked(store: Store, **message: Any) -> int:
    """A case about which the order system gave no answer."""

    def work(tx: Transaction) -> int:
        case = tx.cases.open(new_case())
        tx.messages.add([raw(case.id)])
        [stored] = [one for one in tx.messages.undecided(100) if one.raw.key == key(case.id)]
        tx.orders.ask_later(case.id, stored.id, Message(**{"from_": (ANN,), "text": "a secret", **message}), later(minutes=1))
        return case.id

    return await store.transact(work)


async def test_what_is_still_to_be_asked(store: Store) -> None:
    """A question waits for its time, keeps who wrote and how that was verified, and nothing of what was written."""
    message = {
        "sender": (Address(name="S", addr_spec="s@x.example"),),
        "reply_to": (Address(addr_spec="r@x.example"),),
        "relayed_by": "form@shop.example",
        "authentication": (("dmarc", "pass"), ("spf", "fail")),
        "dkim_domains": ("customer.example",),
    }
    case = await asked(store, **message)
    assert await store.query(lambda tx: tx.orders.unanswered(NOON, 10)) == []
    [question] = await store.query(lambda tx: tx.orders.unanswered(later(minutes=1), 10))
    assert question == Question(case_id=case, message_row=question.message_row, message=Message(from_=(ANN,), **message))
    assert question.message.text == ""


async def test_questions_are_put_off_and_settled(store: Store) -> None:
    """What got no answer once more waits again, longest waiting first; what was answered is gone."""
    first, second = await asked(store), await asked(store)
    await store.transact(lambda tx: tx.orders.put_off(first, later(minutes=5)))
    due = await store.query(lambda tx: tx.orders.unanswered(later(minutes=9), 10))
    assert [(one.case_id, one.attempts) for one in due] == [(second, 0), (first, 1)]
    assert len(await store.query(lambda tx: tx.orders.unanswered(later(minutes=9), 1))) == 1
    await store.transact(lambda tx: tx.orders.answered(second))
    assert [one.case_id for one in await store.query(lambda tx: tx.orders.unanswered(later(minutes=9), 10))] == [first]


async def test_marks(each: Each, store: Store) -> None:
    """How far changes were followed, by name; unknown at first."""

    def work(tx: Transaction) -> None:
        assert tx.orders.mark("changes") is None
        tx.orders.set_mark("changes", "17")
        tx.orders.set_mark("changes", "2026-11-22T12:00:00Z|ORD1")
        tx.orders.set_mark("other", "")
        assert (tx.orders.mark("changes"), tx.orders.mark("other")) == ("2026-11-22T12:00:00Z|ORD1", "")

    await store.transact(work)


async def test_an_event_is_told_once(store: Store) -> None:
    """A second time it is refused, and the transaction with it; how many were told is counted by time and by address."""

    def work(tx: Transaction) -> int:
        case = tx.cases.open(new_case())
        for number, recipient in enumerate(("ann@x.example", "ann@x.example", "bob@x.example")):
            tx.orders.tell(f"ORD{number} delayed", case.id, recipient, later(hours=number))
        assert (tx.orders.was_told("ORD0 delayed"), tx.orders.was_told("ORD0 failed")) == (True, False)
        assert tx.orders.told_since(later(hours=-1)) == 3
        assert tx.orders.told_since(later(minutes=30)) == 2
        assert tx.orders.told_since(later(hours=-1), "ann@x.example") == 2
        return case.id

    case = await store.transact(work)
    with pytest.raises(ValueError, match="refuses"):
        await store.transact(lambda tx: tx.orders.tell("ORD0 delayed", case, "ann@x.example", NOON))


async def test_what_is_kept_says_nothing_that_is_not_there(store: Store) -> None:
    """An order is kept without its empty fields, as it stands after any change to what was found; without an order nothing is."""
    plain = checked(order(payments=(), refunds=(), shipments=()))
    assert '"refunds"' not in plain.content
    assert '"linked"' not in plain.content
    changed = replace(plain, order=order("ORD1234", refunds=(refund(),)))
    assert '"refunds"' in changed.content
    assert replace(changed, order=None).content == ""

    def work(tx: Transaction) -> None:
        case = tx.cases.open(new_case())
        tx.orders.keep(case.id, [changed])
        [kept] = tx.orders.of_case(case.id)
        assert kept == changed
        assert kept.content == changed.content
        tx.orders.keep(case.id, [replace(changed, order=None)])
        assert [one.order for one in tx.orders.of_case(case.id)] == [None]

    await store.transact(work)


async def test_it_is_erased_with_its_customer(store: Store) -> None:
    """What was said of a person's orders goes with the person; that an event was told stays, without saying to whom."""
    case = await asked(store)

    def work(tx: Transaction) -> None:
        tx.orders.keep(case, [checked(WHOLE)])
        tx.orders.tell("ORD1 delayed", case, ANN.addr_spec, NOON)
        tx.erasing.erase(ANN.addr_spec, NOON)
        assert tx.orders.of_case(case) == []
        assert tx.orders.unanswered(later(days=9), 10) == []
        assert tx.orders.was_told("ORD1 delayed")
        assert tx.orders.told_since(later(days=-1), ANN.addr_spec) == 0

    await store.transact(work)
