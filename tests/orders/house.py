"""An office with an order book, in which any issue may be answered at first contact."""

import contextlib
import re
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from tests.orders.making import ANN, NOON, order
from tests.spine.office import CONFIG, Inside, Office, Post, written
from tests.spine.world import Clock
from tests.stores import laid
from triage import order_parts
from triage.inquiry import OrderBook
from triage.installation import read_plan
from triage.order import Order
from triage.orders.books.sqlite import SqliteBook
from triage.parts import parts_of
from triage.reading import Classification, Facts
from triage.sections.places import project_root
from triage.settings import Settings, load
from triage.stores import open_case_store

#: What our own boundary server writes above a message that comes from whom it says.
VERIFIED = "mx.shop.example; dmarc=pass header.from=customer.example"
_ISSUE = re.compile(r"^(\[category\.[a-z]+\.issue\.[a-z_]+\])$", re.MULTILINE)


class Told(Inside):
    """A reader in this process; a message is about what its subject says: "order/order_status …"."""

    def classify(self, subject: str, body: str, facts: Facts) -> Classification:
        """The first word, as category and issue."""
        category, _, issue = subject.removeprefix("Re: ").split(" ")[0].partition("/")
        return Classification(category=category, issue=issue, confidence=0.95, model_version="m1")


def policy(root: Path, mode: str) -> Path:
    """The shipped policy with every issue in this mode."""
    shipped = (project_root() / "config" / "policy.toml").read_text(encoding="utf-8")
    text = re.sub(r"^first_contact = .*\n", "", shipped, flags=re.MULTILINE)
    path = root / "policy.toml"
    path.write_text(_ISSUE.sub(rf'\1\nfirst_contact = "{mode}"', text), encoding="utf-8")
    return path


def configured(root: Path, *, mode: str = "live", orders: str = "", extra: str = "") -> Settings:
    """Settings with an order book."""
    path = root / "config" / "triage.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    more = f'\n[paths]\npolicy = "{policy(root, mode)}"\n[orders]\n{orders}\n[orders.book]\npath = "orders.db"\n{extra}'
    path.write_text(CONFIG.format(people="") + more, encoding="utf-8")
    return load(path)


@contextlib.asynccontextmanager
async def house(root: Path, *, known: Sequence[Order] = (order(),), book: OrderBook | None = None, **given: str) -> AsyncIterator[Office]:
    """The office, with these orders in the book, or on another book."""
    settings, clock, post = configured(root, **given), Clock(NOON), Post()
    own = SqliteBook(root / "orders.db")
    documents = {one.where: f"%PDF {one.number}".encode() for it in known for one in it.documents}
    await own.put(known, documents)
    laid(settings.paths.store)
    store = open_case_store(settings)
    parts = parts_of(settings, clock)
    asked = order_parts.inquiry(parts, book or own)
    deliver = parts.outgoing(store).deliver([("", post)])
    orders = order_parts.beside(parts, store, book or own)
    stages = (parts.decide(store, Told(read_plan(settings)), asked), *orders, *parts.desk(store), deliver, parts.tend(store))
    try:
        yield Office(settings=settings, store=store, stages=stages, clock=clock, post=post)
    finally:
        await store.close()
        await own.close()


def asking(
    about: str = "order/order_status",
    text: str = "Where is my order ORD1234?",
    sender: str = f"Ann Customer <{ANN}>",
    passed: str = VERIFIED,
) -> bytes:
    """A customer's question."""
    return written(sender, text, subject=about, passed=passed)
