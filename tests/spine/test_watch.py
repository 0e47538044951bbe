"""People move messages in their mail clients: a move between our folders is a correction, every other move is left alone and noted."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import TypeVar

import pytest
from imapclient import IMAPClient

from tests.conftest import PASSWORD
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import Sink
from tests.spine.world import World, letter
from triage.app import App, assembled
from triage.case import Case, CaseEvent, CaseStatus
from triage.correction import Correction, Provenance, Ruling
from triage.daemon import once
from triage.ports import Transaction
from triage.sections.servers import MailboxSettings

T = TypeVar("T")
CHARGED = letter("You charged me twice for order ORD1234", subject="charged twice", message_id="<charged@customer.example>")
PAYMENTS, ORDERS, DISPUTES, SPAM, BY_HAND = (f"Triage/{name}" for name in ("Payments", "Orders", "Disputes", "Spam", "Sort by hand"))


@dataclass
class Scene:
    """The daemon on its servers, and a person with a mail client."""

    app: App
    world: World

    async def settle(self) -> int:
        """One pass over everything due."""
        self.world.clock.forward(seconds=1)
        return await once(self.app)

    async def by_hand(self, work: Callable[[IMAPClient], T], folder: str = "") -> T:
        """What a person does in a mail client, in a folder."""

        def run() -> T:
            with IMAPClient("127.0.0.1", self.world.values["imap_port"], ssl=False, timeout=10) as client:
                client.login(self.world.values["user"], PASSWORD)
                if folder:
                    client.select_folder(folder)
                return work(client)

        return await asyncio.to_thread(run)

    async def move(self, source: str, target: str) -> None:
        """Everything in a folder is moved to another, which is made where needed."""

        def work(client: IMAPClient) -> None:
            if not client.folder_exists(target):
                client.create_folder(target)
            client.move(client.search("ALL"), target)

        await self.by_hand(work, source)

    async def lies_in(self) -> Counter[str]:
        """Number of messages by folder."""

        def work(client: IMAPClient) -> Counter[str]:
            names = [name for flags, _separator, name in client.list_folders() if b"\\Noselect" not in flags]
            return +Counter({name: client.folder_status(name, ["MESSAGES"])[b"MESSAGES"] for name in names})

        return await self.by_hand(work)

    async def ask(self, work: Callable[[Transaction], T]) -> T:
        """What the store answers."""
        return await self.app.store.query(work)

    async def case(self) -> Case:
        """The first case."""
        found = await self.ask(lambda tx: tx.cases.get(1))
        assert found
        return found

    async def events(self, kind: str) -> list[CaseEvent]:
        """Its events of a kind."""
        return [event for event in await self.ask(lambda tx: tx.cases.events(1)) if event.kind == kind]

    async def corrections(self) -> list[Correction]:
        """All there are."""
        return await self.ask(lambda tx: tx.corrections.all())


@contextlib.asynccontextmanager
async def scene(world: World, *letters: bytes) -> AsyncIterator[Scene]:
    """The daemon, after it has dealt with these messages."""
    for content in letters:
        await world.deliver(content)
    async with world.app() as app:
        played = Scene(app, world)
        await played.settle()
        yield played


async def _a_move_is_a_correction(world: World, sink: Sink) -> None:
    async with scene(world, CHARGED) as played:
        before = len(sink.accepted)
        await played.move(PAYMENTS, DISPUTES)
        await played.settle()
        case = await played.case()
        assert (case.category, case.issue, case.confidence, case.abstained) == ("dispute", "", 1.0, False)
        [correction] = await played.corrections()
        assert (correction.provenance, correction.from_category, correction.category) == (Provenance.FOLDER, "payment", "dispute")
        [event] = await played.events("corrected")
        assert (event.actor, event.detail["now"]) == ("a person, by moving it in mailbox support", "dispute")
        assert await played.lies_in() == {DISPUTES: 1}
        await played.move(DISPUTES, PAYMENTS)
        await played.settle()
        assert (await played.case()).category == "payment"
        assert await played.settle() == 0
        assert len(await played.corrections()) == 2
        assert len(sink.accepted) == before


async def test_a_move_is_a_correction_on_the_embedded_server(world: World, sink: Sink) -> None:
    """There and back again: two corrections, each once; nobody is written to twice, and the message stays where it was put."""
    await _a_move_is_a_correction(world, sink)


async def test_a_move_is_a_correction_on_dovecot(big_world: World, dovecot: Dovecot, sink: Sink) -> None:
    """The same on a server of the world outside."""
    await _a_move_is_a_correction(big_world, sink)


async def test_our_own_moves_are_no_corrections(world: World, sink: Sink) -> None:
    """Filing, and refiling after a correction, teach nothing."""
    async with scene(world, CHARGED) as played:
        assert await played.corrections() == []
        corrector = played.app.folders[0]._moved.corrector
        case = await played.case()
        now = world.clock()
        await played.app.store.transact(
            lambda tx: corrector.correct(tx, case, Ruling(category="order"), author="Jane", provenance=Provenance.CLI, now=now)
        )
        await played.settle()
        assert await played.lies_in() == {ORDERS: 1}
        assert len(await played.corrections()) == 1
        assert await played.settle() == 0


async def test_spam_and_no_spam(world: World, sink: Sink) -> None:
    """Put into Spam the case is closed; taken out again it is open, and was corrected twice."""
    async with scene(world, CHARGED) as played:
        await played.move(PAYMENTS, SPAM)
        await played.settle()
        assert (await played.case()).status is CaseStatus.CLOSED
        world.clock.forward(hours=72)
        before = len(sink.accepted)
        await played.settle()
        assert len(sink.accepted) == before
        await played.move(SPAM, PAYMENTS)
        await played.settle()
        assert (await played.case()).status is CaseStatus.OPEN
        assert [each.category for each in await played.corrections()] == ["other", "payment"]


async def test_put_aside_to_be_sorted(world: World, sink: Sink) -> None:
    """In Sort by hand the case has no category any more."""
    async with scene(world, CHARGED) as played:
        await played.move(PAYMENTS, BY_HAND)
        await played.settle()
        assert (await played.case()).abstained
        assert [each.category for each in await played.corrections()] == [""]


async def test_a_case_stays_together(world: World, sink: Sink) -> None:
    """Who moves the follow-up means the case: our filing brings the first message after it."""
    follow_up = letter("It is still not here, please hurry", headers={"In-Reply-To": "<charged@customer.example>"})
    async with scene(world, CHARGED) as played:
        await world.deliver(follow_up)
        await played.settle()
        assert await played.lies_in() == {PAYMENTS: 2}
        await played.by_hand(lambda client: client.create_folder(ORDERS))
        await played.by_hand(lambda client: client.move([max(client.search("ALL"))], ORDERS), PAYMENTS)
        await played.settle()
        await played.settle()
        assert await played.lies_in() == {ORDERS: 2}
        assert len(await played.corrections()) == 1


async def test_moved_by_two_people(world: World, sink: Sink) -> None:
    """Between two looks it was moved twice: where it lies now is what counts, once."""
    async with scene(world, CHARGED) as played:
        await played.move(PAYMENTS, ORDERS)
        await played.move(ORDERS, DISPUTES)
        await played.settle()
        assert [each.category for each in await played.corrections()] == ["dispute"]


async def test_moved_before_it_was_filed(world: World, sink: Sink) -> None:
    """A person was quicker than our filing: it is a ruling like any other, and nothing is moved away again."""
    await world.deliver(CHARGED)
    async with world.app() as app:
        played = Scene(app, world)
        for stage in (*app.receive, app.decide):
            while await stage.work():
                pass
        await played.move("INBOX", DISPUTES)
        await played.settle()
        assert (await played.case()).category == "dispute"
        assert await played.lies_in() == {DISPUTES: 1}
        assert len(await played.corrections()) == 1


@pytest.mark.parametrize(
    ("target", "said"), [("Archive", {"to": "Archive"}), ("INBOX", {"to": "INBOX"}), ("", {"why": "deleted, or moved out of this account"})]
)
async def test_what_leaves_our_folders_is_noted_once(world: World, sink: Sink, target: str, said: dict[str, str]) -> None:
    """Moved to a folder of their own, back to INBOX, or deleted: it is left there, the case says so once, and nothing is learned."""
    async with scene(world, CHARGED) as played:
        before = len(sink.accepted)
        if target:
            await played.move(PAYMENTS, target)
        else:
            await played.by_hand(lambda client: (client.delete_messages(client.search("ALL")), client.expunge()), PAYMENTS)
        for _ in range(3):
            await played.settle()
        [event] = await played.events("moved_away")
        assert event.detail.items() >= {"from": "Payments", **said}.items()
        assert await played.corrections() == []
        assert await played.lies_in() == ({target: 1} if target else {})
        assert len(sink.accepted) == before
        if target:
            await played.move(target, DISPUTES)
            await played.settle()
            assert (await played.case()).category == "dispute"


async def test_a_copy_is_no_move(big_world: World, dovecot: Dovecot, sink: Sink) -> None:
    """Copied, nothing is said; once the original is marked as deleted, as clients without MOVE do, it is a correction."""
    async with scene(big_world, CHARGED) as played:
        await played.by_hand(lambda client: (client.create_folder(DISPUTES), client.select_folder(PAYMENTS), client.copy([1], DISPUTES)))
        await played.settle()
        await played.settle()
        assert await played.corrections() == []
        await played.by_hand(lambda client: client.delete_messages([1]), PAYMENTS)
        await played.settle()
        assert [each.category for each in await played.corrections()] == ["dispute"]
        assert await played.settle() == 0


async def test_the_bytes_tell_messages_of_one_id_apart(big_world: World, dovecot: Dovecot, sink: Sink) -> None:
    """Two customers' programs gave one Message-ID to different messages: the one that was moved is corrected, not the other."""
    other = letter("Please send me an invoice for ORD9999", sender="bob@other.example", message_id="<charged@customer.example>")
    async with scene(big_world, CHARGED, other) as played:
        assert (await played.ask(lambda tx: tx.cases.get(2))) is not None
        source = f"Triage/{(await played.ask(lambda tx: tx.messages.get(2))).filed_folder}"
        await played.by_hand(lambda client: client.delete_folder(PAYMENTS))
        await played.move(source, DISPUTES)
        await played.settle()
        assert [each.case_id for each in await played.corrections()] == [2]


async def test_strange_messages_in_our_folders_are_left_alone(world: World, sink: Sink) -> None:
    """What people put there that never came through us teaches nothing, with or without a Message-ID."""
    async with scene(world, CHARGED) as played:
        await played.by_hand(lambda client: client.append(PAYMENTS, letter("my own note", message_id="<own@shop.example>")))
        await played.by_hand(lambda client: client.append(PAYMENTS, b"Subject: no id\r\n\r\ntext\r\n"))
        assert await played.settle() == 0
        assert await played.settle() == 0
        assert (await played.lies_in())[PAYMENTS] == 3


async def test_a_message_without_an_id_is_known_by_its_bytes(world: World, sink: Sink) -> None:
    """Where there is no Message-ID, the same bytes are the same message."""
    nameless = b"From: Ann <ann@customer.example>\r\nTo: support@shop.example\r\nSubject: charged twice\r\n\r\nYou charged me twice for order ORD1234\r\n"
    async with scene(world, nameless) as played:
        await played.move(PAYMENTS, DISPUTES)
        await played.settle()
        assert (await played.case()).category == "dispute"


async def test_new_uids_are_no_corrections(big_world: World, dovecot: Dovecot, sink: Sink) -> None:
    """A folder that was made anew has another UIDVALIDITY: the message is known again by its Message-ID, and nothing was said."""
    async with scene(big_world, CHARGED) as played:

        def make_anew(client: IMAPClient) -> None:
            client.create_folder("aside")
            client.select_folder(PAYMENTS)
            client.move(client.search("ALL"), "aside")
            client.select_folder("aside")
            client.delete_folder(PAYMENTS)
            client.create_folder(PAYMENTS)
            client.move(client.search("ALL"), PAYMENTS)

        await played.by_hand(make_anew)
        await played.settle()
        assert await played.corrections() == []
        record = (await played.ask(lambda tx: tx.messages.of_case(1)))[0]
        assert record.filed_uid is not None
        await played.move(PAYMENTS, ORDERS)
        await played.settle()
        assert [each.category for each in await played.corrections()] == ["order"]


async def test_a_crash_after_the_move_repeats_nothing(world: World, sink: Sink) -> None:
    """A daemon that was killed notices at its next start what was moved meanwhile, and never what it had noticed before."""
    async with scene(world, CHARGED) as played:
        await played.move(PAYMENTS, DISPUTES)
    async with world.app() as app:
        played = Scene(app, world)
        await played.settle()
        assert len(await played.corrections()) == 1
    async with world.app() as app:
        played = Scene(app, world)
        assert await played.settle() == 0
        assert len(await played.corrections()) == 1


async def test_what_was_dismissed_teaches(world: World, sink: Sink) -> None:
    """Taken out of the folder for automatic mail, a message without a case is a correction without one."""
    automatic = letter("Your order is late, sorry", headers={"Auto-Submitted": "auto-generated"})
    async with scene(world, automatic) as played:
        await played.move("Triage/Automatic", ORDERS)
        await played.settle()
        [correction] = await played.corrections()
        assert (correction.case_id, correction.category) == (None, "order")
        await played.move(ORDERS, "Triage/Automatic")
        await played.settle()
        assert len(await played.corrections()) == 1


@pytest.mark.parametrize(("mode", "watch", "stages"), [("live", "off", 0), ("shadow", "60s", 0), ("live", "60s", 1)])
async def test_where_nothing_is_watched(world: World, sink: Sink, mode: str, watch: str, stages: int) -> None:
    """Where watching is off there is no such stage, nor in shadow mode, in which nothing was filed."""
    settings = world.configure(mode=mode)
    account = MailboxSettings.model_validate({**settings.mailbox["support"].model_dump(), "watch": watch})
    async with assembled(settings.model_copy(update={"mailbox": {"support": account}})) as app:
        assert len(app.folders) == stages


async def test_our_own_hand_is_waited_for(world: World, sink: Sink) -> None:
    """While an order to move a message is open, nothing about its place is taken for a person's doing."""
    async with scene(world, CHARGED) as played:
        await played.app.store.transact(lambda tx: tx.filings.order(1, "Disputes", world.clock()))
        await played.move(PAYMENTS, DISPUTES)
        [watch] = played.app.folders
        for _ in range(3):
            assert await watch.work() == 0
        assert await played.events("moved_away") == await played.corrections() == []
        await played.settle()
        record = (await played.ask(lambda tx: tx.messages.of_case(1)))[0]
        assert (record.filed_folder, await played.corrections()) == ("Disputes", [])


async def test_a_folder_that_is_gone_holds_nothing_up(world: World, sink: Sink) -> None:
    """A person deletes the folder a message was to be refiled from: the order ends, and the others go on."""
    async with scene(world, CHARGED) as played:
        await played.app.store.transact(lambda tx: tx.filings.order(1, "Disputes", world.clock()))
        await played.by_hand(lambda client: client.delete_folder(PAYMENTS))
        await played.settle()
        assert await played.ask(lambda tx: tx.filings.waits(1)) is False


async def _marks_follow(world: World) -> None:
    async with scene(world, CHARGED) as played:

        def marks(client: IMAPClient) -> set[bytes]:
            return {flag for flags in client.get_flags(client.search("ALL")).values() for flag in flags if flag.startswith(b"triage-")}

        assert await played.by_hand(marks, PAYMENTS) == {b"triage-payment", b"triage-open"}
        await played.move(PAYMENTS, DISPUTES)
        await played.settle()
        assert await played.by_hand(marks, DISPUTES) == {b"triage-dispute", b"triage-open"}
        case = await played.case()
        corrector, now = played.app.folders[0]._moved.corrector, world.clock()
        await played.app.store.transact(lambda tx: corrector.correct(tx, case, Ruling(), author="Jane", provenance=Provenance.CLI, now=now))
        await played.settle()
        assert await played.by_hand(marks, BY_HAND) == {b"triage-unsure", b"triage-open"}


async def test_marks_that_clients_show_follow_the_case(world: World, sink: Sink) -> None:
    """A keyword says what a message was taken for; after each correction there is one, and the right one."""
    await _marks_follow(world)


async def test_marks_follow_on_dovecot(big_world: World, dovecot: Dovecot, sink: Sink) -> None:
    """The same on a server of the world outside."""
    await _marks_follow(big_world)
