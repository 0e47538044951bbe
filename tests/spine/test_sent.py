"""A person answers straight from the shared mailbox, in any client: the folder for sent mail tells, and the case knows."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from imapclient import IMAPClient

from tests.conftest import PASSWORD
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import Sink
from tests.spine.world import World, letter
from triage.app import App, assembled
from triage.case import CaseEvent, CaseStatus
from triage.correction import Provenance, Ruling
from triage.daemon import once
from triage.decision import Outcome
from triage.message import RawMessage
from triage.ports import Reader, Transaction
from triage.reading import Reading, Unreadable
from triage.reply import DeliveryStatus, ReplyKind
from triage.stages.audit import audit

T = TypeVar("T")
CHARGED = letter("You charged me twice for order ORD1234", subject="charged twice", message_id="<charged@customer.example>")
ON = 'sent_folder = "Sent"\ndrafts = false'
SUPPORT = "SayPro Support <support@shop.example>"


@dataclass
class Office:
    """The daemon, and a person with a mail client on the same mailbox."""

    app: App
    world: World

    async def settle(self) -> int:
        """One pass over everything due."""
        self.world.clock.forward(seconds=1)
        return await once(self.app)

    async def by_hand(self, work: Callable[[IMAPClient], T]) -> T:
        """What a person does in a mail client."""

        def run() -> T:
            with IMAPClient("127.0.0.1", self.world.values["imap_port"], ssl=False, timeout=10) as client:
                client.login(self.world.values["user"], PASSWORD)
                return work(client)

        return await asyncio.to_thread(run)

    async def send(self, body: str = "We give the money back today.", *, folder: str = "Sent", **what: object) -> None:
        """A person's client puts what it sent into the folder for that."""
        answers = what.pop("answers", "<charged@customer.example>")
        headers = dict(what.pop("headers", {})) | ({"In-Reply-To": answers, "References": answers} if answers else {})
        values = {"sender": SUPPORT, "subject": "Re: charged twice", "to": "ann@customer.example"} | what
        content = letter(body, headers=headers, **values)
        await self.by_hand(lambda client: client.append(folder, content, (b"\\Seen",), self.world.clock()))

    async def ask(self, work: Callable[[Transaction], T]) -> T:
        """What the store answers."""
        return await self.app.store.query(work)

    async def status(self, case: int = 1) -> CaseStatus:
        """Of a case."""
        found = await self.ask(lambda tx: tx.cases.get(case))
        assert found
        return found.status

    async def events(self, kind: str, case: int = 1) -> list[CaseEvent]:
        """Of a kind."""
        return [event for event in await self.ask(lambda tx: tx.cases.events(case)) if event.kind == kind]

    async def promises(self, case: int = 1) -> dict[str, str]:
        """Our own, with how they stand."""
        return {deadline.kind: state for deadline, state in await self.ask(lambda tx: tx.deadlines.of_case(case)) if not deadline.bound}


@contextlib.asynccontextmanager
async def office(world: World, *letters: bytes, create: bool = True, **changes: object) -> AsyncIterator[Office]:
    """The daemon after it has dealt with these messages; the folder for sent mail is there from the start."""
    async with world.app(**{"mailbox": ON, **changes}) as app:
        place = Office(app, world)
        if create:
            await place.by_hand(lambda client: client.folder_exists("Sent") or client.create_folder("Sent"))
        await place.settle()
        for content in letters:
            await world.deliver(content)
        await place.settle()
        yield place


async def _an_answer_counts(world: World) -> None:
    async with office(world, CHARGED) as place:
        await place.send("Dear Ann,\n\nwe give the money back today.\n\nBest regards,\nJane")
        await place.settle()
        [event] = await place.events("replied")
        assert (event.actor, event.provenance, event.detail["by"]) == ("Jane Adams", "mail-sent", "jane")
        assert event.detail["known_by"] == "the signature"
        assert "give the money back" in event.detail["text"]
        promises = await place.promises()
        assert (promises["acknowledge"], promises["resolve"]) == ("kept", "kept")
        records = await place.ask(lambda tx: tx.messages.of_case(1))
        assert [record.outcome for record in records] == [Outcome.OPENED, Outcome.SENT]
        assert await place.settle() == 0
        assert len(await place.events("replied")) == 1


async def test_an_answer_counts_on_the_embedded_server(world: World, sink: Sink) -> None:
    """Found by its thread, attributed by the signature below it, on record once; our promises are kept."""
    await _an_answer_counts(world)


async def test_an_answer_counts_on_dovecot(big_world: World, dovecot: Dovecot, sink: Sink) -> None:
    """The same on a server of the world outside."""
    await _an_answer_counts(big_world)


async def test_status_after_an_answer(world: World, sink: Sink) -> None:
    """The case waits for the customer; where a department still owes us an answer it goes on waiting for that."""
    invoice = letter("Please send me the invoice for ORD77", subject="invoice wanted", message_id="<invoice@customer.example>")
    async with office(world, CHARGED, invoice) as place:
        assert await place.status(1) is CaseStatus.ON_HOLD
        await place.send()
        await place.send("Here it is.", subject="Re: invoice wanted", answers="<invoice@customer.example>")
        await place.settle()
        assert (await place.status(1), await place.status(2)) == (CaseStatus.ON_HOLD, CaseStatus.PENDING)


async def test_the_answer_to_an_answer_finds_its_case(world: World, sink: Sink) -> None:
    """The customer answers what the person wrote, and that message's Message-ID is known."""
    async with office(world, CHARGED) as place:
        await place.send(message_id="<by.jane@shop.example>")
        await place.settle()
        await world.deliver(letter("And when?", subject="Re: Re: charged twice", headers={"In-Reply-To": "<by.jane@shop.example>"}))
        await place.settle()
        assert len(await place.ask(lambda tx: tx.cases.find())) == 1
        assert len(await place.events("follow_up")) == 1


async def test_a_pending_acknowledgment_is_cancelled(world: World, sink: Sink) -> None:
    """A person was quicker than the machine: the acknowledgment does not leave any more, and the audit knows why."""
    async with office(world) as place:
        await world.deliver(CHARGED)
        for stage in (*place.app.receive, place.app.decide):
            while await stage.work():
                pass
        await place.send()
        while await place.app.sent[0].work():
            pass
        await place.settle()
        kinds = {it.kind: it.status for it in await place.ask(lambda tx: tx.deliveries.of_case(1))}
        assert kinds[ReplyKind.ACKNOWLEDGMENT] is DeliveryStatus.WITHHELD
        assert kinds[ReplyKind.ESCALATION] is DeliveryStatus.SENT
        assert not [it for it in sink.accepted if "ann@customer.example" in it.recipients]
        assert [event.detail["why"] for event in await place.events("withheld")] == ["a person answered first"]
        case = await place.ask(lambda tx: tx.cases.get(1))
        assert case
        assert case.acknowledged_at


async def test_what_has_begun_is_left_alone(world: World, sink: Sink) -> None:
    """Once DATA was reached nobody knows whether it arrived: such an acknowledgment is never touched."""
    async with office(world) as place:
        await world.deliver(CHARGED)
        for stage in (*place.app.receive, place.app.decide):
            while await stage.work():
                pass
        [first, *_] = await place.ask(lambda tx: tx.deliveries.of_case(1))
        assert await place.app.store.transact(lambda tx: tx.deliveries.begin_data(first.id, world.clock()))
        await place.send()
        await place.app.sent[0].work()
        found = await place.ask(lambda tx: tx.deliveries.of_case(1)[0].status)
        assert found is DeliveryStatus.SENDING
        assert await place.events("withheld") == []


async def test_mail_to_others_is_no_answer(world: World, sink: Sink) -> None:
    """A question to the carrier about the case is a note; mail that concerns no case leaves no trace."""
    async with office(world, CHARGED) as place:
        await place.send("Where is parcel 4711?", to="claims@carrier.example", subject="Fwd: charged twice")
        await place.send("Lunch?", to="bob@friend.example", subject="Lunch", answers="")
        await place.settle()
        assert await place.events("replied") == []
        [note] = [event for event in await place.events("note") if event.provenance == "mail-sent"]
        assert note.detail["to"] == "claims@carrier.example"
        assert (await place.promises())["resolve"] == "open"


async def test_found_by_whom_it_goes_to(world: World, sink: Sink) -> None:
    """Without a thread the recipient tells, if it is clear which of the customer's cases is meant; else nothing is assumed."""
    other = letter("Please send me the invoice for ORD77", subject="invoice wanted", message_id="<invoice@customer.example>")
    async with office(world, CHARGED, other) as place:
        await place.send("About your two matters …", answers="", subject="Your messages")
        await place.settle()
        assert await place.events("replied", 1) + await place.events("replied", 2) == []
        await place.send("Here it is.", answers="", subject="AW: Invoice wanted")
        await place.send("Order ORD1234 is being looked at.", answers="", subject="News")
        await place.settle()
        assert [len(await place.events("replied", case)) for case in (1, 2)] == [1, 1]


async def test_history_and_our_own_mail_are_passed_over(world: World, sink: Sink) -> None:
    """What was sent before the first look is not judged, nor are copies of what the daemon sent itself."""
    async with world.app(mailbox=ON) as app:
        place = Office(app, world)
        await place.by_hand(lambda client: client.create_folder("Sent"))
        await world.deliver(CHARGED)
        for stage in (*app.receive, app.decide):
            while await stage.work():
                pass
        await place.send("Sent before anybody watched.")
        await place.settle()
        mine = next(it for it in sink.accepted if "ann@customer.example" in it.recipients)
        await place.by_hand(lambda client: client.append("Sent", mine.content))
        await place.settle()
        assert await place.events("replied") == []


async def test_renumbered_and_sent_twice(big_world: World, dovecot: Dovecot, sink: Sink) -> None:
    """After the folder was made anew, or where a client keeps two copies, an answer still counts once, and later ones count."""
    async with office(big_world, CHARGED) as place:
        await place.send(message_id="<once@shop.example>")
        await place.settle()

        def anew(client: IMAPClient) -> None:
            client.delete_folder("Sent")
            client.create_folder("Sent")

        await place.by_hand(anew)
        big_world.clock.forward(seconds=2)
        for _ in range(2):
            await place.send(message_id="<once@shop.example>")
        await place.settle()
        assert len(await place.events("replied")) == 1
        await place.send("One more thing.")
        await place.settle()
        assert len(await place.events("replied")) == 2


async def test_killed_after_the_commit(world: World, sink: Sink) -> None:
    """A daemon that starts anew finds nothing to do about what it had looked at."""
    async with office(world, CHARGED) as place:
        await place.send()
        await place.settle()
    async with world.app() as app:
        again = Office(app, world)
        assert await again.app.sent[0].work() == 0
        assert len(await again.events("replied")) == 1


async def test_no_such_folder_and_switched_off(world: World, sink: Sink) -> None:
    """Where the server has no such folder nothing happens until it is made; switched off there is no such stage."""
    async with office(world, CHARGED, create=False) as place:
        assert await place.settle() == 0
    async with world.app(mailbox="watch_sent = false") as app:
        assert app.sent == ()


async def test_a_marked_folder_is_found(big_world: World, dovecot: Dovecot, sink: Sink) -> None:
    """The server says which folder is for what, whatever it is called; for what it does not say there is none."""
    async with big_world.app() as app:
        mailbox = app.mailboxes["support"]
        assert (await mailbox.special("\\Drafts"), await mailbox.special("\\Junk")) == ("Drafts", "")


async def test_a_correction_leaves_sent_mail_where_it_is(world: World, sink: Sink) -> None:
    """The customer's messages follow a corrected case to another folder; what a person sent stays where they keep it, and the audit is content."""
    async with office(world, CHARGED) as place:
        await place.send()
        await place.settle()
        case = await place.ask(lambda tx: tx.cases.get(1))
        assert case
        ruling, now = Ruling(category="order"), world.clock()
        corrector = place.app.folders[0]._moved.corrector
        await place.app.store.transact(
            lambda tx: corrector.correct(tx, case, ruling, author="Jane", provenance=Provenance.CLI, now=now) is not None
        )
        await place.settle()
        counts = await place.by_hand(
            lambda client: [client.folder_status(name, ["MESSAGES"])[b"MESSAGES"] for name in ("Sent", "Triage/Orders", "Triage/Payments")]
        )
        assert counts == [1, 1, 0]
        accounts = {"support": (place.app.mailboxes["support"], place.app.settings.mailbox["support"])}
        found = await audit(place.app.store, accounts, world.clock())
        assert (found.problems, found.notes) == ([], [])


async def test_shadow_mode_listens_too(world: World, sink: Sink) -> None:
    """In shadow mode an answer is noticed just so, and nothing leaves or moves."""
    async with office(world, CHARGED, mode="shadow") as place:
        await place.send("Done.\n\nBob")
        await place.settle()
        [event] = await place.events("replied")
        assert (event.actor, event.detail.get("by")) == ("unknown representative", None)
        assert sink.accepted == []


async def test_a_vacation_reply_in_sent_is_no_answer(world: World, sink: Sink) -> None:
    """What a server answered by itself and kept a copy of was written by nobody."""
    async with office(world, CHARGED) as place:
        await place.send("I am away.", headers={"Auto-Submitted": "auto-replied"})
        await place.settle()
        assert await place.events("replied") == []


async def test_a_solved_case_stays_solved(world: World, sink: Sink) -> None:
    """A last word to the customer of a case that is done is on record and opens nothing."""
    async with office(world, CHARGED) as place:
        await place.app.store.transact(lambda tx: tx.cases.set_status(1, CaseStatus.SOLVED, world.clock()))
        await place.send("Glad to have been of help.")
        await place.settle()
        assert len(await place.events("replied")) == 1
        assert await place.status() is CaseStatus.SOLVED


async def test_whoever_answers_looks_after_it(world: World, sink: Sink) -> None:
    """A case that is nobody's becomes that of whoever answered; its representative hears of answers by others."""
    extra = '[agents.bob]\nname = "Bob Baker"\naddress = "bob@shop.example"'
    async with office(world, extra=extra, notify="off") as place:
        await world.deliver(CHARGED)
        for stage in (*place.app.receive, place.app.decide):
            while await stage.work():
                pass
        await place.send("Done.\n\nJane Adams")
        await place.app.sent[0].work()
        case = await place.ask(lambda tx: tx.cases.get(1))
        assert case
        assert case.assignee == "jane"
        await place.send("Also done.\n\nBob Baker")
        await place.app.sent[0].work()
        assert [notice.colleague for notice in await place.ask(lambda tx: tx.notices.waiting())] == ["jane"]


async def test_whoever_was_logged_in_wrote_it(world: World, sink: Sink) -> None:
    """What the submission server wrote into the message outweighs the name below it."""
    async with office(world, CHARGED) as place:
        await place.send("Done.\n\nYour support team", headers={"X-Authenticated-Sender": "jane@shop.example"})
        await place.settle()
        [event] = await place.events("replied")
        assert (event.actor, event.detail["known_by"]) == ("Jane Adams", "logged in to send it")


class Stumbling:
    """Readers that fail on what has a certain word in it, while they are told to."""

    def __init__(self, inner: Reader, *, strike: bool) -> None:
        self._inner = inner
        self._fails = Unreadable(reason="the reader died (exit code 7)", strike=strike)
        self.failing = True
        #: How often it was asked for such a message.
        self.asked = 0

    def read(self, messages: Sequence[RawMessage]) -> list[Awaitable[Reading | Unreadable]]:
        """One result to come per message."""
        return [self._one(raw) for raw in messages]

    async def _one(self, raw: RawMessage) -> Reading | Unreadable:
        if b"stumble" not in raw.content:
            return await self._inner.read([raw])[0]
        self.asked += 1
        return self._fails if self.failing else await self._inner.read([raw])[0]

    async def close(self) -> None:
        """The inner one is another's to close."""


@contextlib.asynccontextmanager
async def stumbling(world: World, *, strike: bool) -> AsyncIterator[tuple[Office, Stumbling]]:
    """The same office on such readers, with an answer that they fail on before one that they read."""
    settings = world.configure(mailbox=ON)
    inner = world.readers.lent(settings)
    assert inner
    readers = Stumbling(inner, strike=strike)
    async with assembled(settings, world.clock, readers) as app:
        place = Office(app, world)
        await place.by_hand(lambda client: client.folder_exists("Sent") or client.create_folder("Sent"))
        await place.settle()
        await world.deliver(CHARGED)
        await place.settle()
        await place.send("You may stumble over this.")
        await place.send("We give the money back today.")
        yield place, readers


async def test_an_answer_that_kills_its_reader_is_given_up(world: World, sink: Sink) -> None:
    """After two deaths it is left alone, for good; the answer behind it counts all the same."""
    async with stumbling(world, strike=True) as (place, readers):
        for _ in range(3):
            await place.settle()
        assert readers.asked == 2
        [event] = await place.events("replied")
        assert "money back" in event.detail["text"]
    async with world.app(mailbox=ON) as app:
        await once(app)
        assert len([it for it in await app.store.query(lambda tx: tx.cases.events(1)) if it.kind == "replied"]) == 1


async def test_an_answer_that_nobody_could_read_for_now_is_read_later(world: World, sink: Sink) -> None:
    """What is not its own fault does not count against it, however often: when readers are back it is on record."""
    async with stumbling(world, strike=False) as (place, readers):
        for _ in range(4):
            await place.settle()
        assert readers.asked >= 4
        assert len(await place.events("replied")) == 1
        readers.failing = False
        await place.settle()
        assert ["stumble" in event.detail["text"] for event in await place.events("replied")] == [False, True]


async def test_the_folder_goes_away(world: World, sink: Sink) -> None:
    """A person who removes the folder stops nothing; made again it is looked at again."""
    async with office(world, CHARGED) as place:
        await place.by_hand(lambda client: client.delete_folder("Sent"))
        assert await place.app.sent[0].work() == 0
        await place.by_hand(lambda client: client.create_folder("Sent"))
        world.clock.forward(minutes=1)
        await place.send()
        await place.settle()
        assert len(await place.events("replied")) == 1
