"""A simulated quarter: real stages on a real store under a virtual clock, people who answer late, holidays, an outage; every figure twice."""

import asyncio
import heapq
import itertools
import logging
import random
import tempfile
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from tests.proof.kept import Kept
from tests.proof.recount import PRODUCT, VENDOR
from tests.proof.twice import FIRST, LAST, WHERE, Verdict, judged
from tests.spine.office import JANE, Inside, Office, answer, opened, opened_office, written
from tests.spine.world import Clock
from triage.app import front_desk
from triage.case import Rating
from triage.entry import Channel
from triage.installation import read_plan
from triage.message import MessageKey, RawMessage
from triage.policy.by_hand import Contact
from triage.ports import Transaction
from triage.reply import DeliveryStatus
from triage.stages.read import read

HOLIDAYS = frozenset({date(2026, 10, 3), date(2026, 12, 25), date(2026, 12, 26), date(2026, 12, 31)})
#: Nothing leaves in between: the submission server puts everything off.
OUTAGE = (datetime(2026, 11, 14, 6, tzinfo=UTC), datetime(2026, 11, 15, 16, tzinfo=UTC))
SUBJECTS = ("charged twice", "where is my parcel", "charged twice for ORD{n}", "order ORD{n} not here", "the kettle of order ORD{n}")
PRODUCTS = ("", "", "Kettle", "Reading Lamp", "Garden Chair")
MEMORY = Path("/dev/shm")
Step = tuple[datetime, int, str, tuple[Any, ...]]
COMMENTS = ("", "quick", "resolved quickly, but I wish I had been informed earlier", "too slow")


@dataclass
class Quarter:
    """The quarter as it is played."""

    office: Office
    clock: Clock
    chance: random.Random
    #: What somebody does at a time: when, its number, the name of a method and what it is called with; nothing that could not be written down.
    steps: list[Step] = field(default_factory=list)
    serial: int = 0

    def later(self, at: datetime, do: str, *given: Any) -> None:
        """Somebody does that then."""
        self.serial += 1
        heapq.heappush(self.steps, (at, self.serial, do, given))

    async def play(self, kept: Kept | None = None) -> None:
        """Everything in the order of time; what is kept is enough to go on from there."""
        for number in itertools.count(1):
            if not self.steps:
                return
            at, _number, do, given = heapq.heappop(self.steps)
            self.clock.at = max(self.clock.at, at)
            self.office.post.down = OUTAGE[0] <= self.clock.at < OUTAGE[1]
            await getattr(self, do)(*given)
            await self.office.work()
            # What was sent is in the store.
            self.office.post.sent.clear()
            if kept and number % kept.every == 0:
                kept.keep((self.clock.at, self.chance.getstate(), self.steps, self.serial, self.office.post.refuses))

    def go_on(self, state: Any, uid: int) -> None:
        """Everything stands as it was kept; the next message has that UID."""
        self.clock.at, chance, self.steps, self.serial, self.office.post.refuses = state
        self.chance.setstate(chance)
        self.office._uids = itertools.count(uid)

    def written(self, sender: str, text: str, **fields: Any) -> bytes:
        """A message with a Message-ID of its own, also where another process wrote the ones before."""
        self.serial += 1
        return written(sender, text, Message_ID=f"<quarter.{self.serial}@client.example>", **fields)

    def answer(self, of: Any, text: str, sender: str, **fields: Any) -> bytes:
        """An answer with a Message-ID of its own."""
        self.serial += 1
        return answer(of, text, sender, Message_ID=f"<quarter.{self.serial}@client.example>", **fields)

    def at_work(self, at: datetime) -> datetime:
        """The next moment at which people are at work: weekdays from nine to five."""
        local = at.astimezone(WHERE)
        while local.weekday() > 4 or local.date() in HOLIDAYS or local.hour >= 17:
            local = (local + timedelta(days=1)).replace(hour=9, minute=self.chance.randrange(60))
        return (local if local.hour >= 9 else local.replace(hour=9, minute=self.chance.randrange(60))).astimezone(UTC)

    async def machine(self) -> None:
        """Something writes that is nobody: no case, and counted by name."""
        fields = self.chance.choice(({"Auto_Submitted": "auto-replied"}, {"List_Id": "<news.example>", "Precedence": "bulk"}))
        await self.office.get(
            self.written(f"robot{self.chance.randrange(99)}@machine.example", "I am away.", subject="away", **fields), minutes=0
        )

    async def arrive(self, customer: str, subject: str) -> None:
        """A customer writes; somebody will answer sooner or later, or never."""
        before = await self._latest()
        product = self.chance.choice(PRODUCTS)
        named = f"\n\n{PRODUCT}{product}" if product else ""
        said = f"Hello,\n\n{subject}. Please help.{named}\n\n{customer}"
        await (self.call if self.chance.random() < 0.1 else self.mail)(customer, subject, said)
        case = await self._latest()
        if case == before or self.chance.random() < 0.03:
            return
        if self.chance.random() < 0.02:
            self.later(self.clock.at + timedelta(minutes=30), "spam", case)
            return
        patience = self.chance.choice((2, 5, 12, 20, 40, 70)) * self.chance.uniform(0.5, 1.5)
        self.later(self.at_work(self.clock.at + timedelta(hours=patience)), "deal", case, customer)

    async def mail(self, customer: str, subject: str, said: str) -> None:
        """It comes by mail."""
        await self.office.get(self.written(customer, said, subject=subject), minutes=0)

    async def call(self, customer: str, subject: str, said: str) -> None:
        """It comes by telephone, and somebody takes it down."""
        plan, at = read_plan(self.office.settings), self.clock.at
        key = MessageKey(account="", mailbox="phone", uid_validity=1, uid=0)
        content = self.written(customer, said, subject=subject)
        raw = RawMessage(key=key, received_at=at, content=content, size=len(content))
        reading = replace(read(raw, plan, Inside(plan)), findings=())
        contact = Contact(channel=Channel.PHONE, at=at, by="Jane Adams", agent="jane", customer=customer)
        await self.office.store.transact(lambda tx: front_desk(self.office.settings).open(tx, raw, reading, contact, at))
        await self.office.work()

    async def deal(self, case: int, customer: str) -> None:
        """Somebody answers: with the resolution, or first with how far it is, or after having called upon the vendor."""
        told = await self._told(case)
        if told is None:
            return
        if self.chance.random() < 0.2:
            await self.office.get(self.answer(told, f"#escalate {VENDOR} it is theirs", JANE), minutes=2)
        if self.chance.random() < 0.25:
            await self.office.get(self.answer(told, "Dear customer,\n\nwe are looking into it.", JANE), minutes=2)
            self.later(self.at_work(self.clock.at + timedelta(hours=self.chance.uniform(5, 60))), "resolve", case, customer)
        else:
            await self.resolve(case, customer)

    async def resolve(self, case: int, customer: str) -> None:
        """The matter is settled; the customer may rate it, or write again."""
        told = await self._told(case)
        if told is not None:
            await self.office.get(self.answer(told, "#resolve settled\n\nDear customer,\n\nit is settled.", JANE), minutes=2)
        if self.chance.random() < 0.3:
            self.later(self.clock.at + timedelta(hours=self.chance.uniform(1, 90)), "rate", case)
        if self.chance.random() < 0.08:
            self.later(self.clock.at + timedelta(hours=self.chance.uniform(1, 60)), "again", case, customer)

    async def spam(self, case: int) -> None:
        """Somebody sees that it is no customer's."""
        told = await self._told(case)
        if told is not None:
            await self.office.get(self.answer(told, "#spam", JANE), minutes=0)

    async def rate(self, case: int) -> None:
        """The customer says how it went."""
        score, comment = self.chance.choice((1, 3, 4, 4, 5, 5)), self.chance.choice(COMMENTS)
        await self.office.store.transact(lambda tx: _rate(tx, case, score, comment, self.clock.at))

    async def again(self, case: int, customer: str) -> None:
        """It is not settled after all."""
        latest = await self._sent(case, customer)
        if latest:
            said = "It is still broken, please look again."
            await self.office.get(self.answer(latest, said, customer, passed="", to="support@shop.example"), minutes=0)
            self.later(self.at_work(self.clock.at + timedelta(hours=self.chance.uniform(1, 50))), "resolve", case, customer)

    async def _latest(self) -> int:
        return await self.office.ask(lambda tx: max((it.id for it in tx.cases.find(limit=1)), default=0))

    async def _told(self, case: int) -> Any:
        return await self._sent(case, JANE)

    async def _sent(self, case: int, recipient: str) -> Any:
        """The latest message of the case that they have."""
        its = await self.office.ask(lambda tx: tx.deliveries.of_case(case))
        found = [it for it in its if it.recipient == recipient and it.status is DeliveryStatus.SENT]
        return opened(found[-1].content) if found else None


def _rate(tx: Transaction, case: int, score: int, comment: str, at: datetime) -> None:
    from tests.store.words import event

    tx.cases.set_rating(case, Rating(score=score, comment=comment), at)
    tx.cases.record(case, [event("rated", at, score=str(score), comment=comment)])


async def played(root: Path, cases: int, seed: int, kept: Kept | None = None) -> Office:
    """An office at the end of a quarter with so many customers, machines and strangers among them."""
    chance, clock = random.Random(seed), Clock(datetime.combine(FIRST, datetime.min.time(), WHERE).astimezone(UTC))
    state = kept.restore() if kept else None
    office, _store = opened_office(root, clock)
    quarter = Quarter(office=office, clock=clock, chance=chance)
    if kept and state:
        quarter.go_on(state, kept.next_uid)
    else:
        _plan(quarter, cases)
    await quarter.play(kept)
    return office


def _plan(quarter: Quarter, cases: int) -> None:
    """Who writes when."""
    chance, begun, seconds = quarter.chance, quarter.clock.at, (LAST - FIRST).days * 86400
    for number in range(cases):
        customer = f"{'dead' if chance.random() < 0.02 else 'c'}{chance.randrange(cases)}@customer.example"
        if customer.startswith("dead"):
            quarter.office.post.refuses.add(customer)
        # More in December, as in a shop.
        place = chance.random() ** 0.8
        subject = chance.choice(SUBJECTS).format(n=100_000 + chance.randrange(3 * cases)) + f" {number}"
        quarter.later(begun + timedelta(seconds=place * seconds), "arrive", customer, subject)
    for _ in range(cases // 20):
        quarter.later(begun + timedelta(seconds=chance.random() * seconds), "machine")


def run(cases: int, seed: int, keep: str = "") -> Verdict:
    """Play the quarter and count it twice; with a folder to keep it in, a run that was broken off goes on where it was kept last."""
    if keep:
        folder = Path(keep)
        return asyncio.run(_run(folder, cases, seed, kept_in(folder, cases, seed)))
    # Every commit waits for a disk, and what is promised of disks is proven elsewhere.
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as root:
        return asyncio.run(_run(Path(root), cases, seed))


def kept_in(folder: Path, cases: int, seed: int, every: int = 1000) -> Kept:
    """That quarter, kept in the folder after so many steps."""
    return Kept(folder, folder / "var" / "triage.db", f"{cases} cases, seed {seed}", every)


async def _run(root: Path, cases: int, seed: int, kept: Kept | None = None) -> Verdict:
    # Thirty lines for each case help nobody.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        office = await played(root, cases, seed, kept)
        try:
            return await judged(office)
        finally:
            await office.store.close()
    finally:
        structlog.reset_defaults()
