"""A person corrects a case while everything runs: it is refiled, the right people hear of it, the customer hears nothing twice."""

import asyncio

from tests.cli.calling import call
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import Sink
from tests.spine.test_file import listing
from tests.spine.world import World, letter
from triage.case import CaseStatus
from triage.reply import TO_CUSTOMER, ReplyKind

CHARGED = letter("You charged me twice for order ORD1234", subject="charged twice")


async def corrected(world: World, *arguments: str) -> str:
    """What `triage case` says on standard error."""
    ended = await asyncio.to_thread(call, "--config", world.config, "case", "SP-100001", *arguments)
    assert ended.code == 0, ended.err
    # The command goes by the real clock, and this world's stands still.
    world.clock.forward(minutes=1)
    return ended.err


async def test_a_correction_refiles_and_tells_the_department(big_world: World, dovecot: Dovecot, dovecot_user: str, sink: Sink) -> None:
    """The message moves from one folder to the other, logistics is written to, and the customer has one acknowledgment."""
    await big_world.deliver(CHARGED)
    await big_world.settle()
    before = len(sink.accepted)
    assert "corrected" in await corrected(big_world, "--category", "order/delivery_lost", "--by", "Jane Adams")
    await big_world.settle()
    folders = await asyncio.to_thread(listing, dovecot, dovecot_user)
    assert (folders["Triage/Payments"], folders["Triage/Orders"]) == (0, 1)
    assert [envelope.recipients for envelope in sink.accepted[before:]] == [("logistics@shop.example",)]
    case = await big_world.ask(lambda tx: tx.cases.get(1))
    assert case
    assert (case.category, case.issue, case.departments) == ("order", "delivery_lost", ("finance", "logistics"))
    [correction] = await big_world.ask(lambda tx: tx.corrections.all())
    assert (correction.author, correction.from_category, correction.category) == ("Jane Adams", "payment", "order")
    assert "ORD1234" in correction.body
    record = (await big_world.ask(lambda tx: tx.messages.of_case(1)))[0]
    assert (record.filed_folder, record.filed_uid) == ("Orders", 1)
    assert "nothing to correct" in await corrected(big_world, "--category", "order")


async def test_corrected_before_it_was_filed(big_world: World, dovecot: Dovecot, dovecot_user: str, sink: Sink) -> None:
    """An open order is replaced: the message goes straight where the person said, and no server needs to tell its UID."""
    await big_world.deliver(CHARGED)
    async with big_world.app() as app:
        for stage in (*app.receive, app.decide):
            while await stage.work():
                pass
    await corrected(big_world, "--category", "invoice")
    await big_world.settle()
    folders = await asyncio.to_thread(listing, dovecot, dovecot_user)
    assert folders["Triage/Invoices"] == 1
    assert "Triage/Payments" not in folders


async def test_a_message_whose_uid_was_never_told_is_found_by_its_id(
    big_world: World, dovecot: Dovecot, dovecot_user: str, sink: Sink
) -> None:
    """Some servers tell no UID when they move: the Message-ID finds it in the folder it was filed into."""
    await big_world.deliver(CHARGED)
    await big_world.settle()

    async with big_world.app() as app:
        filings = await app.store.transact(
            lambda tx: (tx.filings.order(1, "Payments", big_world.clock()), tx.filings.due("support", big_world.clock(), 5))[1]
        )
        await app.store.transact(lambda tx: tx.filings.done(filings[0], None, None))
    await corrected(big_world, "--category", "order")
    await big_world.settle()
    folders = await asyncio.to_thread(listing, dovecot, dovecot_user)
    assert (folders["Triage/Payments"], folders["Triage/Orders"]) == (0, 1)


async def test_spam_is_answered_by_nobody(world: World, sink: Sink) -> None:
    """What was still waiting to leave is withheld, and the case is closed."""
    sink.always["rcpt"] = "450 4.2.0 later"
    await world.deliver(letter("Buy cheap watches from our catalogue today"))
    await world.settle()
    await corrected(world, "--category", "spam")
    sink.always.clear()
    world.clock.forward(hours=72)
    await world.settle()
    assert sink.accepted == []
    case = await world.ask(lambda tx: tx.cases.get(1))
    assert case
    assert case.status is CaseStatus.CLOSED
    deliveries = await world.ask(lambda tx: tx.deliveries.of_case(1))
    # A report of the week to management may lie with any case.
    assert {(one.kind, one.status.value) for one in deliveries if one.kind in TO_CUSTOMER} == {(ReplyKind.ACKNOWLEDGMENT, "withheld")}


async def test_in_shadow_mode_a_correction_files_nothing(world: World, sink: Sink) -> None:
    """The case and what is learned change; the history says where the message would have gone."""
    await world.deliver(CHARGED)
    await world.settle(mode="shadow")
    await corrected(world, "--category", "order")
    await world.settle(mode="shadow")
    assert await world.settle(mode="shadow") == 0
    events = await world.ask(lambda tx: tx.cases.events(1))
    assert [event.detail["folder"] for event in events if event.kind == "filing"] == ["Payments", "Orders"]
    assert sink.accepted == []
