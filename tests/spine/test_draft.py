"""Suggested answers in the folder for drafts: one for a case, gone when it moves on, never sent, and whatever a person touches is theirs."""

import email.policy
from collections.abc import Callable
from email.message import EmailMessage
from email.parser import BytesParser

import pytest
from imapclient import IMAPClient

from tests.servers.chaos import Chaos
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import Sink
from tests.spine.test_sent import CHARGED, Office, office
from tests.spine.world import World, letter
from triage.case import CaseEvent, CaseStatus
from triage.correction import Provenance, Ruling
from triage.drafts import DraftStatus
from triage.errors import PermanentError, TemporaryError
from triage.stages.loop import drain

NAMED = 'sent_folder = "Sent"\ndrafts_folder = "Drafts"'
MARKED = 'sent_folder = "Sent"'


async def drafts(place: Office) -> list[EmailMessage]:
    """What lies in the folder."""

    def work(client: IMAPClient) -> list[bytes]:
        if not client.folder_exists("Drafts"):
            return []
        client.select_folder("Drafts", readonly=True)
        return [items[b"BODY[]"] for items in client.fetch(client.search("UNDELETED"), ["BODY.PEEK[]"]).values()]

    return [BytesParser(policy=email.policy.default).parsebytes(content) for content in await place.by_hand(work)]


async def statuses(place: Office) -> list[DraftStatus]:
    """Of every draft of the first case."""
    return [draft.status for draft in await place.ask(lambda tx: tx.drafts.of_case(1))]


async def in_drafts(place: Office, work: Callable[[IMAPClient], object]) -> None:
    """What a person does in the folder."""

    def opened(client: IMAPClient) -> object:
        client.select_folder("Drafts")
        return work(client)

    await place.by_hand(opened)


def edited(content: bytes, client: IMAPClient) -> None:
    """A client saves a changed draft as a new message under the same Message-ID."""
    [uid] = client.search("ALL")
    client.append("Drafts", content, (b"\\Draft",))
    client.delete_messages([uid])
    client.expunge()


async def test_a_draft_on_dovecot(big_world: World, dovecot: Dovecot, sink: Sink) -> None:
    """Found by its mark, the folder has one draft: threaded, addressed, with what is known, gaps, and what the customer wrote; nothing leaves."""
    async with office(big_world, CHARGED, mailbox=MARKED) as place:
        [draft] = await drafts(place)
        assert (draft["From"], draft["To"]) == ("SayPro Support <support@shop.example>", "Ann Customer <ann@customer.example>")
        assert (draft["In-Reply-To"], draft["References"]) == ("<charged@customer.example>", "<charged@customer.example>")
        assert draft["Subject"].startswith("Re: charged twice [SP-")
        text = draft.get_content().replace("\r\n", "\n")
        assert "Hello Ann Customer,\n\nthank you for your message about order ORD1234." in text
        assert "both charges: [[amounts and dates]]" in text
        assert "[[your name]]" in text
        assert "> You charged me twice for order ORD1234" in text
        assert "order number, if it matters" not in text
        assert not {"Auto-Submitted", "X-Triage-Loop", "Reply-To"} & set(draft.keys())

        def flags(client: IMAPClient) -> tuple[bytes, ...]:
            client.select_folder("Drafts", readonly=True)
            [found] = client.get_flags(client.search("ALL")).values()
            return found

        assert {b"\\Draft", b"\\Seen"} <= set(await place.by_hand(flags))
        assert await place.settle() == 0
        assert not [it for it in sink.accepted if b"[[your name]]" in it.content]


async def test_a_draft_on_the_embedded_server(world: World, sink: Sink) -> None:
    """A folder that is named is made where it is missing, and a draft put there; again and again it is the same one."""
    async with office(world, CHARGED, mailbox=NAMED) as place:
        assert len(await drafts(place)) == 1
        assert await place.settle() == 0
        assert await statuses(place) == [DraftStatus.PLACED]


async def test_gone_once_a_person_answered(big_world: World, dovecot: Dovecot, sink: Sink) -> None:
    """An answer in the folder for sent mail takes the draft away, also where a department still owes us something."""
    async with office(big_world, CHARGED, mailbox=MARKED) as place:
        await place.send()
        await place.settle()
        assert await drafts(place) == []
        assert await statuses(place) == [DraftStatus.REMOVED]
        await big_world.deliver(letter("And when?", subject="Re: charged twice", headers={"In-Reply-To": "<charged@customer.example>"}))
        await place.settle()
        assert len(await drafts(place)) == 1


async def test_a_draft_that_was_sent(big_world: World, dovecot: Dovecot, sink: Sink) -> None:
    """Sent as it is or filled in, it is a person's answer, not a machine's, and no draft comes back."""
    async with office(big_world, CHARGED, mailbox=MARKED) as place:
        [draft] = await drafts(place)
        sent = bytes(draft).replace(b"[[your name]]", b"Jane Adams")
        await in_drafts(place, lambda client: client.delete_messages(client.search("ALL")) and client.expunge())
        await place.by_hand(lambda client: client.append("Sent", sent, (b"\\Seen",), place.world.clock()))
        await place.settle()
        [event] = await place.events("replied")
        assert event.actor == "Jane Adams"
        assert await drafts(place) == []
        assert await statuses(place) == [DraftStatus.REMOVED]


async def test_another_message_or_category_another_draft(world: World, sink: Sink) -> None:
    """A follow-up or a correction replaces the draft; there is one at a time."""
    async with office(world, CHARGED, mailbox=NAMED) as place:
        follow_up = letter(
            "Any news?", subject="Re: charged twice", message_id="<2@c.example>", headers={"In-Reply-To": "<charged@customer.example>"}
        )
        await world.deliver(follow_up)
        await place.settle()
        [draft] = await drafts(place)
        assert draft["In-Reply-To"] == "<2@c.example>"
        assert draft["References"] == "<charged@customer.example> <2@c.example>"
        case = await place.ask(lambda tx: tx.cases.get(1))
        assert case
        ruling, now = Ruling(category="invoice", issue="invoice_request"), world.clock()
        corrector = place.app.folders[0]._moved.corrector
        await place.app.store.transact(
            lambda tx: corrector.correct(tx, case, ruling, author="Jane", provenance=Provenance.CLI, now=now) is not None
        )
        await place.settle()
        [draft] = await drafts(place)
        assert "The invoice you asked for is attached." in draft.get_content()
        assert await statuses(place) == [DraftStatus.REMOVED, DraftStatus.REMOVED, DraftStatus.PLACED]


async def test_what_a_person_changed_is_theirs(world: World, sink: Sink) -> None:
    """An edited draft is left alone when the case moves on, and no second one is put beside it."""
    async with office(world, CHARGED, mailbox=NAMED) as place:
        [draft] = await drafts(place)
        content = bytes(draft).replace(b"[[your name]]", b"Jane")
        await in_drafts(place, lambda client: edited(content, client))
        await world.deliver(letter("Any news?", subject="Re: charged twice", headers={"In-Reply-To": "<charged@customer.example>"}))
        await place.settle()
        [left] = await drafts(place)
        assert "Jane" in left.get_content()
        assert await statuses(place) == [DraftStatus.LEFT, DraftStatus.REMOVED]


async def test_thrown_away_by_a_person(world: World, sink: Sink) -> None:
    """A draft that somebody deleted does not come back for the same message."""
    async with office(world, CHARGED, mailbox=NAMED) as place:
        await in_drafts(place, lambda client: client.delete_messages(client.search("ALL")) and client.expunge())
        await place.app.store.transact(lambda tx: tx.cases.record(1, []))
        await place.settle()
        assert await drafts(place) == []


async def test_killed_between_append_and_commit(world: World, sink: Sink) -> None:
    """What was put there before a crash is found again, and not put there twice."""
    async with office(world, mailbox=NAMED) as place:
        await world.deliver(CHARGED)
        for stage in (*place.app.receive, place.app.decide):
            while await stage.work():
                pass
        stage = place.app.drafts[0]
        await stage._follower.follow(stage._suggest)
        [draft] = await place.ask(lambda tx: tx.drafts.of_case(1))
        assert draft.status is DraftStatus.WANTED
        await place.app.mailboxes["support"].append("Drafts", draft.content, ("\\Draft",))
        await place.settle()
        assert len(await drafts(place)) == 1
        assert await statuses(place) == [DraftStatus.PLACED]


@pytest.mark.parametrize("status", [CaseStatus.SOLVED, CaseStatus.PENDING, CaseStatus.CLOSED])
async def test_done_and_waiting_cases_have_none(world: World, sink: Sink, status: CaseStatus) -> None:
    """When it is not ours to answer any more, the draft goes."""
    async with office(world, CHARGED, mailbox=NAMED) as place:
        await place.app.store.transact(lambda tx: tx.cases.set_status(1, status, world.clock()))
        await place.app.store.transact(lambda tx: tx.cases.record(1, [CaseEvent(at=world.clock(), kind="resolved", provenance="cli")]))
        await place.settle()
        assert await drafts(place) == []


async def test_no_folder_harms_nothing(world: World, sink: Sink) -> None:
    """Where the server marks no folder for drafts, none is made; after ten times nobody tries any more, and all else goes on."""
    async with office(world, CHARGED, mailbox=MARKED) as place:
        for _ in range(12):
            world.clock.forward(minutes=3)
            await place.app.drafts[0].work()
        assert await statuses(place) == [DraftStatus.GIVEN_UP]
        assert [it for it in sink.accepted if "ann@customer.example" in it.recipients]


async def test_shadow_shows_it_in_the_case(world: World, sink: Sink) -> None:
    """In shadow mode the text stands in the case's history, and the folder stays as it is."""
    async with office(world, CHARGED, mailbox=NAMED, mode="shadow") as place:
        assert await statuses(place) == [DraftStatus.WITHHELD]
        [event] = await place.events("drafted")
        assert "[[amounts and dates]]" in event.detail["text"]
        assert await drafts(place) == []


async def test_switched_off(world: World, sink: Sink) -> None:
    """Off there is no such stage; mail without a draft in the policy, as feedback, gets none either."""
    async with world.app(mailbox="drafts = false") as app:
        assert app.drafts == ()
    thanks = letter("I love your shop, best service ever. Just wanted to tell you.", subject="Great shop")
    async with office(world, thanks, mailbox=NAMED) as place:
        assert await place.ask(lambda tx: tx.drafts.of_case(1)) == []


async def test_in_the_customers_language(world: World, sink: Sink) -> None:
    """Whoever writes in German is to be answered in German."""
    body = "Guten Tag, Sie haben mir die Bestellung ORD1234 doppelt abgebucht. Bitte buchen Sie einen der beiden Beträge zurück."
    german = letter(
        body,
        subject="Doppelt abgebucht",
        message_id="<doppelt@customer.example>",
    )
    async with office(world, german, mailbox=NAMED) as place:
        [draft] = await drafts(place)
        text = draft.get_content()
        assert "vielen Dank für Ihre Nachricht" in text
        assert "[[Ihr Name]]" in text
        assert "schrieb am" in text


async def test_history_gets_no_drafts(world: World, sink: Sink) -> None:
    """Switched on later, it begins with what happens from then on."""
    async with office(world, CHARGED, mailbox="drafts = false") as place:
        assert await statuses(place) == []
    async with office(world, mailbox=NAMED) as place:
        assert await statuses(place) == []
        follow_up = letter(
            "Any news?",
            subject="Re: charged twice",
            headers={"In-Reply-To": "<charged@customer.example>"},
        )
        await world.deliver(follow_up)
        await place.settle()
        assert await statuses(place) == [DraftStatus.PLACED]


async def test_a_folder_that_was_removed(world: World, sink: Sink) -> None:
    """A person who removes the folder with the draft in it stops nothing; the next draft makes it anew."""
    async with office(world, CHARGED, mailbox=NAMED) as place:
        await place.by_hand(lambda client: client.delete_folder("Drafts"))
        follow_up = letter(
            "Any news?",
            subject="Re: charged twice",
            headers={"In-Reply-To": "<charged@customer.example>"},
        )
        await world.deliver(follow_up)
        await place.settle()
        assert len(await drafts(place)) == 1
        assert await statuses(place) == [DraftStatus.REMOVED, DraftStatus.PLACED]


async def test_other_peoples_drafts_stay(big_world: World, dovecot: Dovecot, sink: Sink) -> None:
    """Whatever else lies in the folder is none of ours, also where a person marked it as deleted."""
    theirs = letter(
        "I shall write more.",
        sender="SayPro Support <support@shop.example>",
        to="ann@customer.example",
        subject="Re: charged twice",
        headers={"In-Reply-To": "<charged@customer.example>"},
    )
    async with office(big_world, mailbox=MARKED) as place:
        for _ in range(2):
            await place.by_hand(lambda client: client.append("Drafts", theirs, (b"\\Draft",)))
        await in_drafts(place, lambda client: client.add_flags([1], [b"\\Deleted"]))
        await big_world.deliver(CHARGED)
        await place.settle()
        assert len(await drafts(place)) == 2
        await place.send()
        await place.settle()

        def everything(client: IMAPClient) -> list[int]:
            client.select_folder("Drafts")
            found: list[int] = client.search("ALL")
            return found

        assert await place.by_hand(everything) == [1, 2]


async def test_two_customers_two_drafts(world: World, sink: Sink) -> None:
    """Each case has its own, and an answer to the one leaves the other's where it is."""
    other = letter(
        "Please send me the invoice for ORD77",
        subject="invoice wanted",
        sender="Bob Buyer <bob@buyer.example>",
        message_id="<invoice@buyer.example>",
    )
    async with office(world, CHARGED, other, mailbox=NAMED) as place:
        assert {draft["To"] for draft in await drafts(place)} == {
            "Ann Customer <ann@customer.example>",
            "Bob Buyer <bob@buyer.example>",
        }
        await place.send()
        await place.settle()
        [left] = await drafts(place)
        assert left["To"] == "Bob Buyer <bob@buyer.example>"
        assert "The invoice you asked for is attached." in left.get_content()


async def refused(place: Office) -> None:
    """One try of the stage, which the server refuses, and none before two minutes are over."""
    with pytest.raises((TemporaryError, PermanentError)):
        await place.app.drafts[0].work()
    await drain(place.app.drafts[0])
    place.world.clock.forward(minutes=2, seconds=1)


async def test_a_server_that_says_no_and_keeps_it(big_world: World, proxy: Chaos, sink: Sink) -> None:
    """The draft that was refused and yet lies there is found by its Message-ID: there is one, and it counts as placed."""
    async with office(big_world, mailbox=MARKED) as place:
        proxy.rewrites = ((b"OK [APPENDUID", b"NO [OVERQUOTA"),)
        await big_world.deliver(CHARGED)
        for stage in (*place.app.receive, place.app.decide):
            await drain(stage)
        await refused(place)
        assert await statuses(place) == [DraftStatus.WANTED]
        proxy.calm()
        await drain(place.app.drafts[0])
        assert await statuses(place) == [DraftStatus.PLACED]
        assert len(await drafts(place)) == 1


async def test_a_server_that_goes_on_refusing(big_world: World, proxy: Chaos, sink: Sink) -> None:
    """It is tried every two minutes and ten times, then given up: the folder stays empty, and the customer's case has all it needs."""
    async with office(big_world, mailbox=MARKED) as place:
        await big_world.deliver(CHARGED)
        for stage in (*place.app.receive, place.app.decide):
            await drain(stage)
        proxy.rewrites = ((b"OK Search completed", b"NO [UNAVAILABLE] not now"),)
        for tries in range(10):
            assert await statuses(place) in ([], [DraftStatus.WANTED]), tries
            await refused(place)
        proxy.calm()
        assert await place.app.drafts[0].work() == 0
        assert await statuses(place) == [DraftStatus.GIVEN_UP]
        assert await drafts(place) == []
        assert await place.status() is CaseStatus.ON_HOLD
