"""Every message is taken in once, whatever the server does."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import Sink
from tests.spine.world import World, letter
from triage.decision import Outcome
from triage.demo.servers import DemoServers

USER = "support@shop.example"


async def test_what_lay_there_before_the_first_connection_is_left_alone(world: World, sink: Sink) -> None:
    """With start = "now", old mail gets no case, no answer, and stays where it is."""
    await world.deliver(letter("Where is my parcel?", subject="old"))
    await world.settle(start="now")
    await world.deliver(letter("Where is my parcel ORD1234?", subject="new"))
    await world.settle()
    cases = await world.ask(lambda tx: tx.cases.find())
    assert [case.subject for case in cases] == ["new"]
    outcomes = await world.ask(lambda tx: [record.outcome for record in tx.messages.all("support")])
    assert outcomes == [Outcome.HISTORY, Outcome.OPENED]


async def test_a_date_draws_the_start_line(world: World, embedded: DemoServers) -> None:
    """With a date, what arrived before is history and what arrived since is worked through."""
    line = datetime(2026, 11, 1, tzinfo=UTC)
    await embedded.deliver(USER, letter("too old", subject="before"), at=line - timedelta(days=1))
    await embedded.deliver(USER, letter("Where is ORD1234?", subject="after"), at=line + timedelta(days=1))
    settings = world.configure()
    path = world.config
    path.write_text(path.read_text().replace('start = "all"', f"start = {line:%Y-%m-%dT%H:%M:%SZ}"))
    world.values["start"] = "all"
    assert settings.mailbox["support"].start == "all"
    from triage.app import assembled
    from triage.daemon import once
    from triage.settings import load

    async with assembled(load(path), world.clock) as app:
        await once(app)
        outcomes = await app.store.query(lambda tx: [record.outcome for record in tx.messages.all("support")])
    assert sorted(map(str, outcomes)) == ["history", "opened"]


@pytest.mark.parametrize("read_by_someone", [False, True])
async def test_flags_do_not_hide_mail(world: World, embedded: DemoServers, read_by_someone: bool) -> None:
    r"""A message that a colleague has opened already (\Seen) is taken in like any other."""
    await world.deliver(letter("Where is my parcel ORD1234?"))
    if read_by_someone:
        import asyncio

        from imapclient import IMAPClient

        from tests.conftest import PASSWORD

        def look() -> None:
            client = IMAPClient("127.0.0.1", embedded.imap_port, ssl=False, timeout=5)
            client.login(USER, PASSWORD)
            client.select_folder("INBOX")
            client.add_flags(client.search("ALL"), [b"\\Seen"])
            client.logout()

        await asyncio.to_thread(look)
    await world.settle()
    assert len(await world.ask(lambda tx: tx.cases.find())) == 1


async def test_renumbering_answers_nobody_again(big_world: World, dovecot: Dovecot, dovecot_user: str, sink: Sink) -> None:
    """After a change of UIDVALIDITY every message is seen anew, known by its fingerprint, and not acknowledged again."""
    for number in range(3):
        await big_world.deliver(letter(f"Where is my parcel ORD{number}1234?", sender=f"c{number}@customer.example"))
    await big_world.settle(mode="shadow")
    dovecot.admin("mailbox", "update", "-u", dovecot_user, "--uid-validity", "424242", "INBOX")
    await big_world.settle(mode="live")
    assert len(await big_world.ask(lambda tx: tx.cases.find())) == 3
    outcomes = await big_world.ask(lambda tx: sorted(str(record.outcome) for record in tx.messages.all("support")))
    assert outcomes == ["duplicate"] * 3 + ["opened"] * 3
    assert sink.accepted == []


async def test_a_large_backlog_is_taken_in_whole(big_world: World, dovecot: Dovecot, dovecot_user: str, sink: Sink) -> None:
    """More messages than fit into one batch are all taken in, each once."""
    dovecot.deliver(dovecot_user, *(letter(f"Where is ORD{number:05}?", sender=f"c{number}@customer.example") for number in range(450)))
    await big_world.settle()
    assert len(await big_world.ask(lambda tx: tx.cases.find())) == 450
    assert len({envelope.recipients for envelope in sink.accepted if "customer" in envelope.recipients[0]}) == 450


async def test_nothing_waits_for_the_next_minute_while_mail_keeps_coming(
    big_world: World, dovecot: Dovecot, dovecot_user: str, sink: Sink
) -> None:
    """Mail that arrives while the last of a batch is being decided is taken in hand at once, not at the next tick."""
    import asyncio
    import time

    from triage.daemon import serve

    dovecot.deliver(dovecot_user, *(letter(f"Where is ORD{number:05}?", sender=f"c{number}@customer.example") for number in range(400)))
    stop = asyncio.Event()
    async with big_world.app() as app:
        begun = time.monotonic()
        running = asyncio.create_task(serve(app, stop))
        while len(await app.store.query(lambda tx: tx.cases.find())) < 400:
            assert time.monotonic() - begun < 45, "something waits for a tick"
            await asyncio.sleep(0.1)
        stop.set()
        await running
