"""A person is erased: nothing that names them is left in the files of the store, the chains hold, and whoever writes again begins anew."""

import pytest

from tests.spine.office import ANN, EVE, FINANCE, JANE, Office, answer, written
from triage.case import CaseStatus
from triage.cli.forget import _work
from triage.drafts import DraftStatus, Suggestion
from triage.erasing import Erased
from triage.people import People
from triage.reply import DeliveryStatus
from triage.stages.forget import forget
from triage.stages.log import KeepLog
from triage.stages.loop import drain
from triage.store.erasing import scour

#: Words of hers, facts about her, and words of ours to her.
CANARIES = (ANN, "Annabel Canary", "ORD789456", "charged me twice", "canary bank", "Dear Annabel, done", "first@customer.example")


@pytest.fixture
async def known(office: Office) -> Office:
    """Much is known of Annabel, and something of Eve, who quoted her number."""
    more = written(
        f"Annabel Canary <{ANN}>", "It is the canary bank, ORD789456.", In_Reply_To="<first@customer.example>", subject="Re: charged twice"
    )
    await office.get(more)
    await office.get(answer(office.last(JANE), "Dear Annabel, done.", JANE))
    await office.get(answer(office.last(FINANCE), "The canary bank refunds her.", FINANCE))
    await office.get(written(EVE, "What about SP-100001?", subject="SP-100001"))
    draft = Suggestion(message_id="d@shop.example", content=b"Dear Annabel, done", text="")
    await office.store.transact(
        lambda tx: tx.drafts.add(1, draft, account="support", about="1", status=DraftStatus.PLACED, at=office.clock())
    )
    await drain(KeepLog(store=office.store, people=People.of(office.settings), now=office.clock))
    return office


def lies_in(office: Office) -> list[str]:
    """The canaries that are somewhere in the files of the store."""
    path = office.settings.paths.store
    octets = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*")).lower()
    return [canary for canary in CANARIES if canary.lower().encode() in octets]


async def test_nothing_is_left(known: Office) -> None:
    """Neither in a table nor in what the files still hold of former rows; the other customer's case is untouched."""
    assert lies_in(known) == list(CANARIES)
    eve = await known.ask(lambda tx: (tx.cases.get(2), tx.cases.events(2)))
    found = await known.store.transact(lambda tx: forget(tx, ANN, known.clock()))
    assert (found.cases, found.originals) == (("SP-100001",), (("support", "INBOX", found.messages),))
    assert await known.ask(lambda tx: tx.erasing.known(ANN)) == Erased()
    await drain(KeepLog(store=known.store, people=People.of(known.settings), now=known.clock))
    assert scour(known.settings.paths.store)
    assert lies_in(known) == []
    assert await known.ask(lambda tx: (tx.cases.get(2), tx.cases.events(2))) == eve


async def test_what_was_done_stays_on_record(known: Office) -> None:
    """The case is closed and has its number and times, its chain holds, and its last event says why there is no more."""
    before = await known.ask(lambda tx: len(tx.cases.events(1)))
    await known.store.transact(lambda tx: forget(tx, ANN, known.clock()))
    case = await known.case()
    assert (case.number, case.status, case.requester, case.subject, case.order_numbers) == ("SP-100001", CaseStatus.CLOSED, None, "", ())
    assert case.acknowledged_at is not None
    events = await known.ask(lambda tx: tx.cases.events(1))
    assert (len(events), events[-1].kind, events[-1].actor) == (before + 1, "erased", "operator")
    assert await known.ask(lambda tx: tx.cases.broken_chains()) == []
    assert {state for _, state in await known.ask(lambda tx: tx.deadlines.of_case(1))} == {"kept"}
    assert [draft.status for draft in await known.ask(lambda tx: tx.drafts.of_case(1))] == [DraftStatus.STALE]


async def test_an_erased_history_needs_its_event(known: Office) -> None:
    """Whoever blanks events by hand is found: without the event that says so the chain is broken."""
    await known.store.transact(lambda tx: tx.erasing.erase(ANN, known.clock()))
    assert await known.ask(lambda tx: tx.cases.broken_chains()) == ["SP-100001"]


async def test_nothing_leaves_to_them(office: Office) -> None:
    """What waited to leave is withheld, whatever it was."""
    await office.get(answer(office.last(JANE), "Dear Annabel, wait.", JANE), minutes=0)
    before = len(office.post.sent)
    await office.store.transact(lambda tx: forget(tx, ANN, office.clock()))
    office.clock.forward(days=3)
    await office.work()
    assert [sent for sent in office.post.sent[before:] if sent.recipient == ANN] == []
    assert await office.ask(lambda tx: tx.deliveries.find(status=DeliveryStatus.QUEUED)) == []


async def test_whoever_writes_again_begins_anew(known: Office) -> None:
    """An answer to what was erased opens a case of its own, to which the old one is not linked; so does the number."""
    told = known.last(ANN)
    await known.store.transact(lambda tx: forget(tx, ANN, known.clock()))
    await known.get(answer(told, "Are you there? SP-100001", ANN, passed=""))
    case = await known.case(3)
    assert case.requester
    assert (case.requester.addr_spec, case.linked_case) == (ANN, None)
    assert str(known.last(ANN)["Subject"]) != str(told["Subject"])


async def test_by_command(known: Office) -> None:
    """Shown first, then done; a stranger's address is nobody's."""
    settings = known.settings
    found, _ = await _work(settings, ANN, act=False)
    assert found.cases == ("SP-100001",)
    assert (await known.case()).requester is not None
    assert (await _work(settings, "nobody@x.example", act=True))[0] == Erased()
    assert (await _work(settings, ANN, act=True))[0] == found
    assert lies_in(known) == []


async def test_in_another_s_case(office: Office) -> None:
    """Whoever was let in to another customer's case is erased from it: her case stays at work, and its chain holds."""
    tom = "tom@neighbour.example"
    await office.get(answer(office.last(JANE), f"#cc {tom}\nDear both, done.", JANE))
    await office.get(answer(office.last(JANE), "#confirm", JANE))
    await office.get(written(f"Tom Neighbour <{tom}>", "It is on my porch.", In_Reply_To=str(office.last(tom)["Message-ID"])))
    status = (await office.case()).status
    found = await office.store.transact(lambda tx: forget(tx, tom, office.clock()))
    assert (found.cases, found.messages) == ((), 1)
    case = await office.case()
    assert case.requester
    assert (case.requester.addr_spec, case.status) == (ANN, status)
    assert await office.ask(lambda tx: tx.cases.broken_chains()) == []
    assert tom not in await office.ask(lambda tx: tx.cases.participants(case))
    assert [event.kind for event in await office.ask(lambda tx: tx.cases.events(1))][-1] == "erased"
    messages = await office.ask(lambda tx: tx.messages.of_case(1))
    assert [message.text for message in messages if not message.author] == [""]
