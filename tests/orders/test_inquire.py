"""What is asked of the order system about a message, and what is made of the answer."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from pathlib import Path

import pytest

from tests.making import SHIPPED, order_number, reading
from tests.orders.away import Switch
from tests.orders.making import ANN, NOON, RECEIPT, order
from tests.orders.test_answers import with_mode
from triage.inquiry import NOTHING_ASKED, Verdict
from triage.message import Address
from triage.order import Document, Order
from triage.orders.books.sqlite import SqliteBook
from triage.policy.table import Policy
from triage.reading import Effect, Reading
from triage.sections.orders import BookSettings, OrderSettings
from triage.stages.inquire import Inquiry

PASSED = (("dmarc", "pass"),)
OWN = (Address(name="Ann", addr_spec=ANN),)


def question(
    *numbers: str, category: str = "order", issue: str = "order_status", effects: Sequence[Effect] = (), **fields: object
) -> Reading:
    """Ann's question about orders of these numbers."""
    given = {"from_": OWN, "authentication": PASSED, **fields}
    return reading(category, issue, facts=[order_number(number) for number in numbers], effects=effects, **given)


@pytest.fixture
async def book(tmp_path: Path) -> AsyncIterator[Switch]:
    """A book with two orders of Ann's and one of Bob's."""
    own = SqliteBook(tmp_path / "orders.db")
    await own.put([order(), order("ORD2"), order("ORD3", addresses=("bob@other.example",))], {RECEIPT.where: b"%PDF" * 1000})
    yield Switch(own)
    await own.close()


def inquiry(book: object, policy: Policy = SHIPPED, **settings: object) -> Inquiry:
    """Whoever asks."""

    def now() -> datetime:
        return NOON

    return Inquiry(book, OrderSettings(**{"book": BookSettings(), **settings}), policy=policy, now=now)


async def verdicts(book: Switch, about: Reading) -> list[tuple[str, Verdict, bool]]:
    """What was found of each order."""
    return [(one.number, one.verdict, one.named) for one in (await inquiry(book).ask(about)).checked]


async def test_each_number_is_checked(book: Switch) -> None:
    """One's own, somebody else's and one that nobody has, in the order in which the message names them."""
    assert await verdicts(book, question("ORD1234", "ORD3", "ORD9")) == [
        ("ORD1234", Verdict.OWNER, True),
        ("ORD3", Verdict.SOMEBODY_ELSES, True),
        ("ORD9", Verdict.UNKNOWN, True),
    ]
    assert book.calls == ["numbers ORD1234 ORD3 ORD9"]


async def test_a_long_list_is_not_looked_up(book: Switch) -> None:
    """Of very many numbers the first five are asked for."""
    assert len(await verdicts(book, question(*(f"ORD{number}" for number in range(50))))) == 5


async def test_two_that_fit(book: Switch) -> None:
    """Where two orders have the number, none is picked."""

    class Twice(Switch):
        async def by_numbers(self, numbers: Sequence[str]) -> list[Order]:
            """The same order from two shops."""
            return [order(), order(addresses=("bob@other.example",))]

    [found] = (await inquiry(Twice(book)).ask(question("ORD1234"))).checked
    assert (found.verdict, found.order, found.may_be_told) == (Verdict.AMBIGUOUS, None, False)


async def test_without_a_number_the_address_is_looked_for(book: Switch) -> None:
    """The author's own orders, each checked like one that is named."""
    assert await verdicts(book, question()) == [("ORD1234", Verdict.OWNER, False), ("ORD2", Verdict.OWNER, False)]
    assert await verdicts(book, question(authentication=())) == [
        ("ORD1234", Verdict.UNVERIFIED, False),
        ("ORD2", Verdict.UNVERIFIED, False),
    ]


@pytest.mark.parametrize("effect", [Effect.AUTOMATIC, Effect.REPORT, Effect.SPAM, Effect.STAFF])
async def test_machines_and_colleagues_are_not_looked_up(effect: Effect, book: Switch) -> None:
    """What is no customer's message is no question."""
    assert await inquiry(book).ask(question("ORD1234", effects=[effect])) == NOTHING_ASKED
    assert book.calls == []


@pytest.mark.parametrize(
    "about",
    [
        question(category="other", issue="presales"),
        question(from_=()),
        question(from_=(*OWN, *OWN)),
        question(relayed_by="form@shop.example"),
    ],
)
async def test_no_address_is_looked_for(about: Reading, book: Switch) -> None:
    """Without a certain author, or where nothing was bought, no orders are looked for by address."""
    assert await inquiry(book).ask(about) == NOTHING_ASKED
    assert book.calls == []


async def test_a_number_in_any_category_is_checked(book: Switch) -> None:
    """A number is a number, whatever the message is about: people want to know whose it is."""
    assert await verdicts(book, question("ORD3", category="other", issue="feedback")) == [("ORD3", Verdict.SOMEBODY_ELSES, True)]


async def test_the_document_that_is_asked_for(book: Switch) -> None:
    """It is fetched where it would be sent, and only where the policy wants it, and not beyond the limit."""
    live = with_mode("live", "receipt", "receipt_missing")
    about = question("ORD1234", category="receipt", issue="receipt_missing")
    known = await inquiry(book, live).ask(about)
    assert known.enclosure is not None
    assert (known.enclosure.document, len(known.enclosure.content)) == (RECEIPT, 4000)
    assert (await inquiry(book).ask(about)).enclosure is None
    assert (await inquiry(book, live).ask(question("ORD1234", "ORD2", category="receipt", issue="receipt_missing"))).enclosure is None
    assert (await inquiry(book, live).ask(question("ORD3", category="receipt", issue="receipt_missing"))).enclosure is None


@pytest.mark.parametrize("size", [0, (1 << 20) + 1])
async def test_a_document_of_no_use(book: Switch, size: int) -> None:
    """An empty one and one beyond the limit are left to people."""

    class Odd(Switch):
        async def document(self, order: Order, document: Document) -> bytes:
            """So many octets."""
            return b"x" * size

    live = with_mode("live", "receipt", "receipt_missing")
    known = await inquiry(Odd(book), live, document_mb=1).ask(question("ORD1234", category="receipt", issue="receipt_missing"))
    assert known.enclosure is None
    assert known.checked[0].may_be_told
    assert known.failed == ""


async def test_it_never_raises(book: Switch) -> None:
    """An order system that is away leaves a reason and nothing else."""
    book.away()
    known = await inquiry(book).ask(question("ORD1234"))
    assert (known.checked, known.failed) == ((), "the order system is away")


async def test_what_may_be_done_is_worked_out_then(book: Switch) -> None:
    """Proposals belong to the facts and the moment at which they were read."""
    [found] = (await inquiry(book).ask(question("ORD1234", issue="order_cancel"))).checked
    assert found.proposals[0].startswith("It can no longer be changed before dispatch")
    assert (found.source, found.at) == ("order book", NOON)
