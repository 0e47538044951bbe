"""A daemon without servers: real stages on a real store, a reader in this process, and a transport that keeps what it is given."""

import email
import email.policy
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import TypeVar

from tests.making import SERVERS
from tests.spine.world import Clock
from tests.stores import laid
from triage.case import Case, CaseEvent
from triage.installation import read_plan
from triage.message import MessageKey, RawMessage
from triage.outbox import Copy
from triage.parts import parts_of
from triage.ports import Store, Transaction
from triage.reading import Classification, Facts, Reading, Unreadable
from triage.reply import Cause, Delivery, DeliveryStatus, Receipt
from triage.settings import Settings, load
from triage.stages.loop import Stage, drain
from triage.stages.plan import ReadPlan
from triage.stages.read import read
from triage.store.sqlite import SqliteStore
from triage.stores import open_case_store

T = TypeVar("T")
_serial = count(1)
ANN, EVE = "ann@customer.example", "eve@evil.example"
JANE, BOB, MAX, FINANCE, CARRIER = (f"{name}@shop.example" for name in ("jane", "bob", "max", "finance", "carrier"))
#: What our own boundary server writes above a message that comes from whom it says.
PASSED = "mx.shop.example; dmarc=pass header.from=shop.example"

CONFIG = f"""
mode = "live"
authserv_id = "mx.shop.example"
{SERVERS}[departments.carrier]
name = "Carrier"
address = "carrier@shop.example"
role = "vendor"
[departments.management]
name = "Management"
address = "management@shop.example"
[agents.jane]
name = "Jane Adams"
address = "jane@shop.example"
categories = ["order", "payment"]
[agents.bob]
name = "Bob Brown"
address = "bob@shop.example"
categories = ["other"]
[agents.max]
name = "Max Manager"
address = "max@shop.example"
role = "manager"
[people]
{{people}}
"""


class Inside:
    """The Reader port in this process; what a message is about is said by a word in its subject."""

    def __init__(self, plan: ReadPlan) -> None:
        self._plan = plan

    def read(self, messages: Sequence[RawMessage]) -> list[Awaitable[Reading | Unreadable]]:
        """One result to come per message."""
        return [self._one(raw) for raw in messages]

    async def close(self) -> None:
        """Nothing to stop."""

    async def _one(self, raw: RawMessage) -> Reading | Unreadable:
        return read(raw, self._plan, self)

    def classify(self, subject: str, body: str, facts: Facts) -> Classification:
        """A double charge where the subject says so, else an order."""
        category, issue = ("payment", "payment_duplicate") if "twice" in subject else ("order", "order_status")
        return Classification(category=category, issue=issue, confidence=0.9, model_version="m1")


@dataclass
class Post:
    """The Transport port that keeps what it is given; `refuses` has addresses it refuses for good."""

    sent: list[Delivery] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)
    cause: Cause = Cause.NONE
    #: Everything is put off.
    down: bool = False

    async def send(self, delivery: Delivery, before_data: Callable[[bool], Awaitable[bool]], copy: Copy = Copy.NONE) -> Receipt:
        """Accepted, unless the address is one that is refused."""
        if self.down:
            return Receipt(status=DeliveryStatus.DEFERRED, code=451, text="try later", cause=Cause.RECIPIENT)
        if delivery.recipient in self.refuses:
            return Receipt(status=DeliveryStatus.FAILED, code=550, text="no such user", cause=self.cause)
        if not await before_data(False):
            return Receipt(status=DeliveryStatus.DEFERRED, text="another has it")
        self.sent.append(delivery)
        return Receipt(status=DeliveryStatus.SENT, code=250, text="queued")

    async def close(self) -> None:
        """Nothing to quit."""


@dataclass
class Office:
    """Everybody around the daemon: `get` a message, see what `came` to somebody and what the case says."""

    settings: Settings
    store: Store
    stages: tuple[Stage, ...]
    clock: Clock
    post: Post
    _uids: "count[int]" = field(default_factory=lambda: count(1))

    async def get(self, content: bytes, *, minutes: float = 2) -> None:
        """A message arrives, and all that follows from it happens; so many minutes go by."""
        await self.put(content)
        await self.work()
        if minutes:
            self.clock.forward(minutes=minutes)
            await self.work()

    async def put(self, content: bytes) -> None:
        """A message arrives, and nobody has looked yet."""
        key = MessageKey(account="support", mailbox="INBOX", uid_validity=1, uid=next(self._uids))
        raw = RawMessage(key=key, received_at=self.clock(), content=content, size=len(content))
        await self.store.transact(lambda tx: tx.messages.add([raw]))

    async def work(self) -> None:
        """Run the stages until none of them has anything to do; twice, because the last ones make work for the first."""
        for stage in self.stages * 2:
            await drain(stage)

    def came(self, address: str) -> list[EmailMessage]:
        """All that address was sent."""
        return [opened(delivery.content) for delivery in self.post.sent if delivery.recipient == address]

    def last(self, address: str) -> EmailMessage:
        """The latest message to that address."""
        return self.came(address)[-1]

    async def ask(self, question: Callable[[Transaction], T]) -> T:
        """What the store answers."""
        return await self.store.query(question)

    async def case(self, case_id: int = 1) -> Case:
        """A case as it stands."""
        found = await self.ask(lambda tx: tx.cases.get(case_id))
        assert found
        return found

    async def events(self, kind: str, case_id: int = 1) -> list[CaseEvent]:
        """The events of one kind in a case."""
        return [event for event in await self.ask(lambda tx: tx.cases.events(case_id)) if event.kind == kind]


def opened_office(root: Path, clock: Clock, people: str = "") -> tuple[Office, SqliteStore]:
    """An office on a fresh store, and the store to be closed."""
    path = root / "config" / "triage.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(CONFIG.format(people=people), encoding="utf-8")
    settings = load(path)
    post = Post()
    laid(settings.paths.store)
    store = open_case_store(settings)
    parts = parts_of(settings, clock)
    deliver = parts.outgoing(store).deliver([("", post)])
    stages = (parts.decide(store, Inside(read_plan(settings))), *parts.desk(store), deliver, parts.tend(store))
    return Office(settings=settings, store=store, stages=stages, clock=clock, post=post), store


@lru_cache(maxsize=256)
def opened(content: bytes) -> EmailMessage:
    """A message that left, parsed."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def plain(message: EmailMessage) -> str:
    """The plain text of a message."""
    part = message.get_body(("plain",))
    assert part
    return str(part.get_content()).replace("\r\n", "\n")


def written(
    sender: str, text: str, *, to: str = "support@shop.example", subject: str = "charged twice", passed: str = "", **fields: str
) -> bytes:
    """A message of anybody's."""
    message = EmailMessage()
    if passed:
        message["Authentication-Results"] = passed
    message["From"], message["To"], message["Subject"] = sender, to, subject
    if "Message_ID" not in fields:
        # No digits but a count: a random number may look like the one of a card.
        message["Message-ID"] = f"<people.{next(_serial)}@client.example>"
    for name, value in fields.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes(policy=email.policy.SMTP)


def answer(
    of: EmailMessage,
    text: str,
    sender: str,
    *,
    to: str = "",
    passed: str = PASSED,
    thread: bool = True,
    quoted: bool = True,
    **fields: str,
) -> bytes:
    """An answer to a message as a mail client writes it: to its Reply-To, in its thread, with it quoted below."""
    marks = "\n".join(f"> {line}".rstrip() for line in plain(of).splitlines())
    below = f"\n\nOn Wed, Nov 25, 2026 at 10:00 AM SayPro Support <support@shop.example> wrote:\n\n{marks}\n" if quoted else "\n"
    threaded = {"In_Reply_To": str(of["Message-ID"]), "References": str(of["Message-ID"])} if thread else {}
    given = {**threaded, "subject": f"Re: {of['Subject']}", **fields}
    return written(sender, text + below, to=to or str(of["Reply-To"]), passed=passed, **given)


def hours(many: float) -> timedelta:
    """So many hours."""
    return timedelta(hours=many)
