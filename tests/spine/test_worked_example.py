"""The worked example with everybody's mailbox on Dovecot: John Doe misses a smartphone case, and six people see their mail and no other."""

import email
import email.policy
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email.message import EmailMessage

import pytest

from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import Sink
from tests.spine.office import PASSED, answer, plain
from tests.spine.world import World, letter
from triage.app import App
from triage.case import CaseStatus
from triage.daemon import once
from triage.entry import Wanted

JOHN = "johndoe@email.com"
JANE, BOB, FINANCE, LOGISTICS, MAX = (f"{name}@shop.example" for name in ("jane", "bob", "finance", "logistics", "max"))
EVERYBODY = (JOHN, JANE, BOB, FINANCE, LOGISTICS, MAX)
MORE = (
    '[agents.bob]\nname = "Bob Brown"\naddress = "bob@shop.example"\ncategories = ["payment"]\n'
    '[agents.max]\nname = "Max Manager"\naddress = "max@shop.example"\nrole = "manager"\n'
)
FIRST = """Hello,

my order ORD789456 arrived yesterday, but the smartphone case that is on the receipt is missing in the parcel.
Please refund it.

John Doe
johndoe@email.com
+1 555-1234
"""


@dataclass
class Play:
    """The daemon, and a mailbox for each of them: what leaves is carried into it, and read from it over IMAP."""

    world: World
    app: App
    sink: Sink
    dovecot: Dovecot
    #: The account that stands for an address.
    accounts: dict[str, str]
    _carried: int = field(default=0)

    async def write(self, content: bytes) -> None:
        """Somebody writes to us; all that follows within two minutes happens."""
        await self.world.deliver(content)
        await self._all_happens()

    async def _all_happens(self) -> None:
        for _ in range(2):
            await once(self.app)
            for envelope in self.sink.accepted[self._carried :]:
                for recipient in envelope.recipients:
                    if recipient in self.accounts:
                        self.dovecot.deliver(self.accounts[recipient], envelope.content)
            self._carried = len(self.sink.accepted)
            self.world.clock.forward(minutes=2)

    async def wait(self, hours: float) -> None:
        """Nobody writes, and what becomes due meanwhile happens."""
        self.world.clock.forward(hours=hours)
        await self._all_happens()

    def box(self, address: str) -> list[EmailMessage]:
        """What lies in somebody's inbox, oldest first."""
        with self.dovecot.client(self.accounts[address]) as client:
            client.select_folder("INBOX", readonly=True)
            uids = client.search()
            found = client.fetch(uids, [b"BODY.PEEK[]"]) if uids else {}
        read = [email.message_from_bytes(found[uid][b"BODY[]"], policy=email.policy.default) for uid in sorted(found)]
        return [message for message in read if isinstance(message, EmailMessage)]

    def counts(self) -> dict[str, int]:
        """How many messages each of them has."""
        return {address.partition("@")[0]: len(self.box(address)) for address in EVERYBODY}


@pytest.fixture
async def play(big_world: World, dovecot: Dovecot, sink: Sink) -> AsyncIterator[Play]:
    """Everybody is there, and nobody has written yet."""
    accounts = dict(zip(EVERYBODY, list(dovecot.users)[-len(EVERYBODY) :], strict=True))
    async with big_world.app(notify="each", extra=MORE) as app:
        yield Play(world=big_world, app=app, sink=sink, dovecot=dovecot, accounts=accounts)


async def test_john_doe_s_missing_smartphone_case(play: Play) -> None:
    """From his first words to the resolution: each mail is in the mailbox it belongs to, and John sees nothing of ours."""
    await play.write(letter(FIRST, sender=f"John Doe <{JOHN}>", subject="Missing item in order ORD789456"))
    await _acknowledged(play)
    before = play.counts()

    told = play.box(JANE)[-1]
    await play.write(answer(told, "#escalate finance refund the smartphone case of ORD789456", JANE))
    await play.write(answer(told, "#escalate logistics tell the warehouse of the missing case", JANE))
    assert "refund the smartphone case" in plain(play.box(FINANCE)[-1])
    assert "tell the warehouse" in plain(play.box(LOGISTICS)[-1])
    assert play.counts()["johndoe"] == before["johndoe"]

    await play.write(answer(play.box(FINANCE)[-1], "Refund issued today, reference R-77.", FINANCE))
    await play.write(answer(play.box(LOGISTICS)[-1], "The warehouse is notified.", LOGISTICS))
    news = "\n".join(plain(message) for message in play.box(JANE))
    assert "Refund issued today, reference R-77." in news
    assert "The warehouse is notified." in news
    assert play.counts()["johndoe"] == before["johndoe"]

    words = "Dear John,\n\nyour refund is confirmed. For the trouble we offer you 10 % off your next order."
    await play.write(answer(play.box(JANE)[-1], f"#resolve refund confirmed and discount offered\n\n{words}", JANE))
    resolution = play.box(JOHN)[-1]
    assert plain(resolution).startswith(words)
    assert str(resolution["From"]) == '"Jane Adams (SayPro Support)" <support@shop.example>'

    await play.write(answer(resolution, "Thank you!", f"John Doe <{JOHN}>", passed=""))
    await _ended(play)
    await play.wait(hours=2)
    closing = play.box(JOHN)[-1]
    assert "SP-100001" in plain(closing)
    await play.write(answer(closing, "4/5, it took a day, but the discount is kind.", f"John Doe <{JOHN}>", passed="", quoted=True))
    await _rated(play)


async def _acknowledged(play: Play) -> None:
    (acknowledgment,) = play.box(JOHN)
    assert "SP-100001" in str(acknowledgment["Subject"]) + plain(acknowledgment)
    told = plain(play.box(JANE)[-1])
    for fact in ("John Doe", JOHN, "555", "ORD789456", "smartphone case", "a new case for you"):
        assert fact in told, fact
    case = await play.app.store.query(lambda tx: tx.cases.get(1))
    assert case
    assert (case.assignee, case.order_numbers, case.category in ("dispute", "order")) == ("jane", ("ORD789456",), True)


async def _ended(play: Play) -> None:
    case = await play.app.store.query(lambda tx: tx.cases.get(1))
    assert case
    assert (case.status, case.assignee) == (CaseStatus.SOLVED, "jane")
    assert len(await play.app.store.query(lambda tx: tx.cases.find())) == 1
    # John: the acknowledgment and the resolution, and nothing that is ours.
    assert len(play.box(JOHN)) == 2
    for message in play.box(JOHN):
        for ours in (JANE, BOB, FINANCE, LOGISTICS, MAX, "R-77", "##-", "(ref", "#resolve", "warehouse"):
            assert ours not in message.as_string(), ours
    # Whoever has no part in it is not disturbed.
    assert (play.box(BOB), play.box(MAX)) == ([], [])
    # Departments hear of what they are asked for, and nothing of each other's answers.
    for department in (FINANCE, LOGISTICS):
        assert all(str(message["To"]) == department for message in play.box(department))
        assert all("R-77" not in plain(message) for message in play.box(department))
    kinds = [event.kind for event in await play.app.store.query(lambda tx: tx.cases.events(1))]
    for kind in ("opened", "assigned", "escalated", "answered", "replied", "staff_mail"):
        assert kind in kinds, kinds
    assert PASSED.startswith("mx.shop.example")


async def _rated(play: Play) -> None:
    """The log has every field of the worked example, as the actors made it."""
    case = await play.app.store.query(lambda tx: tx.cases.get(1))
    assert case
    assert case.rating
    assert (case.rating.score, case.rating.comment) == (4, "it took a day, but the discount is kind")
    (entry,) = await play.app.store.query(lambda tx: list(tx.log.find(Wanted())))
    assert (entry.number, entry.customer, entry.email, entry.phone) == ("SP-100001", "John Doe", JOHN, "+15551234")
    assert (entry.order_numbers, entry.representative_name) == (("ORD789456",), "Jane Adams")
    assert set(entry.department_names) == {"Finance", "Logistics"}
    assert "smartphone case" in entry.description
    assert "opened" in entry.initial_action
    for action in ("Finance", "Logistics", "the customer was answered"):
        assert action in entry.follow_up_actions, entry.follow_up_actions
    assert (entry.resolution, entry.status) == ("refund confirmed and discount offered", case.status)
    assert (entry.rating, entry.comment, entry.asked) == (4, "it took a day, but the discount is kind", True)
    moments = (entry.assigned_at, entry.resolved_at, entry.answered_at, entry.rated_at)
    assert list(moments) == sorted(moment for moment in moments if moment)
    # All that the closing letter and the survey brought about stays between John and us.
    assert [len(play.box(address)) for address in (BOB, MAX)] == [0, 0]
