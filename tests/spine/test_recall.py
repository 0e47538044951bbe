"""A reading brought back from the store says what the first reading said, as far as it was kept."""

import pytest

from tests.making import case
from tests.store.conftest import place, store
from tests.store.words import new_case, raw
from triage.decision import Outcome
from triage.message import Address, Message
from triage.ports import Store, Transaction
from triage.reading import Classification, Effect, Fact, Facts, Finding, Reading
from triage.records import MessageRecord
from triage.stages.recall import recall

__all__ = ["place", "store"]

READING = Reading(
    message=Message(
        message_id="m@customer.example", from_=(Address(name="Ann", addr_spec="ann@customer.example"),), subject="Charged twice",
        text="You charged me twice", full_text="You charged me twice\n> quoted", language="en", masked=2, defects=("odd",), fingerprint="f",
    ),
    findings=(Finding(rule="own", effect=Effect.NOTE, reason="because"), Finding(rule="list", effect=Effect.NO_ANSWER, reason="a list")),
    facts=Facts(found=(Fact(kind="order_number", value="ORD1", source="text", confidence=0.98),)),
    classification=Classification(category="payment", issue="payment_duplicate", confidence=0.9, model_version="m1"),
)  # fmt: skip


async def kept(store: Store, reading: Reading | None, outcome: Outcome = Outcome.OPENED) -> list[MessageRecord]:
    """The case's messages after this reading was settled."""

    def work(tx: Transaction) -> list[MessageRecord]:
        opened = tx.cases.open(new_case())
        tx.messages.add([raw(1), raw(2)])
        tx.messages.settle(1, outcome, opened.id, reading, reason="", keep_raw=False)
        tx.messages.settle(2, Outcome.FOLLOW_UP, opened.id, None, reason="", keep_raw=False)
        return tx.messages.of_case(opened.id)

    return await store.transact(work)


OF = case(category="payment", issue="payment_duplicate", requester=READING.message.from_[0], language="en", confidence=0.9)


async def test_what_was_kept_comes_back(store: Store) -> None:
    """Text, findings, facts, masks and defects are those of the first message; the rest follows the case."""
    found = recall(OF, await kept(store, READING))
    assert (found.findings, found.facts) == (READING.findings, READING.facts)
    for name in ("message_id", "from_", "subject", "text", "full_text", "language", "masked", "defects"):
        assert getattr(found.message, name) == getattr(READING.message, name), name
    said = found.classification
    assert (said.category, said.issue, said.confidence, said.abstained) == ("payment", "payment_duplicate", 0.9, False)


async def test_a_person_who_sorted_it_is_heeded(store: Store) -> None:
    """The category is the case's as it stands now, not what the model once said."""
    moved = case(category="order", issue="item_missing", abstained=True)
    said = recall(moved, await kept(store, READING)).classification
    assert (said.category, said.issue, said.abstained) == ("order", "item_missing", True)


@pytest.mark.parametrize("messages", ["none", "unreadable"])
async def test_without_a_reading_it_is_an_empty_one(store: Store, messages: str) -> None:
    """No message, or one that could not be read: the case's subject and category, and nothing invented."""
    records = await kept(store, None, Outcome.UNREADABLE) if messages == "unreadable" else []
    found = recall(OF, records)
    assert (found.message, found.findings, found.facts) == (Message(subject=OF.subject), (), Facts())
    assert found.classification.category == "payment"


async def test_an_unknown_requester_stays_unknown(store: Store) -> None:
    """A case without a requester gives a message without an author."""
    found = recall(case(requester=None), await kept(store, READING))
    assert found.message.from_ == ()
