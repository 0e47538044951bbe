"""From when a promise counts, what becomes of messages too large or too broken to read, and clocks that jump."""

import time
from datetime import UTC, datetime, timedelta

from tests.parsing.test_poison import SET
from tests.servers.dovecot import Dovecot
from tests.servers.liar import Liar
from tests.servers.smtp_sink import Sink
from tests.spine.world import World, letter
from triage.daemon import once


def date(at: datetime) -> str:
    """As INTERNALDATE writes it."""
    return f"{at:%d-%b-%Y %H:%M:%S +0000}"


async def test_the_promise_counts_from_our_first_server(lying_world: World, liar: Liar) -> None:
    """Hours that a message lay with our own boundary server count against us; a date of last year is a clock that is wrong."""
    now = datetime.now(UTC).replace(microsecond=0)
    lying_world.values["extra"] = 'trace_hosts = ["shop.example"]'
    for hours in (3, 24 * 300, -2):
        received = f"from mail.customer.example by mx.shop.example with ESMTPS; {now - timedelta(hours=hours):%a, %d %b %Y %H:%M:%S +0000}"
        content = letter(f"Where is ORD{10000 + hours}?", subject=f"{hours}", sender=f"c{hours}@customer.example")
        liar.dates[liar.put(b"Received: " + received.encode() + b"\r\n" + content)] = date(now)
    await lying_world.settle()
    arrived = await lying_world.ask(lambda tx: {case.subject: case.received_at for case in tx.cases.find()})
    assert arrived == {"3": now - timedelta(hours=3), str(24 * 300): now, "-2": now}
    [sent] = await lying_world.ask(
        lambda tx: [it for case in tx.cases.find() if case.subject == "3" for it in tx.deliveries.of_case(case.id)][:1]
    )
    assert sent.deadline == now + timedelta(hours=21)


async def test_a_message_over_the_limit(big_world: World, dovecot: Dovecot, dovecot_user: str, sink: Sink) -> None:
    """Of a message over the limit the beginning is read: the customer is acknowledged, and the case says what is missing and where it is."""
    big_world.values["extra"] = "message_mb = 1"
    body = "Where is my order ORD1234?\n" + "It was in the attachment.\n" * 80_000
    await big_world.deliver(letter(body, subject="large"))
    await big_world.settle()
    assert [it.recipients for it in sink.accepted if "customer" in it.recipients[0]] == [("ann@customer.example",)]
    [case] = await big_world.ask(lambda tx: tx.cases.find())
    assert case.order_numbers == ("ORD1234",)
    events = await big_world.ask(lambda tx: tx.cases.events(case.id))
    [told] = [event.detail["why"] for event in events if event.kind == "read_in_part"]
    assert told.startswith("only the first 262144 of ")
    assert "the whole message is in the mailbox" in told


async def test_the_poison_set_stops_nobody(big_world: World, dovecot: Dovecot, dovecot_user: str, sink: Sink) -> None:
    """Every message that broke some mail program is settled, and customers who write before, between and after are acknowledged."""
    poison = [entry.content.replace(b"\x00", b"") for entry in SET.values()]
    people = [letter(f"Where is ORD{10000 + at}?", sender=f"c{at}@customer.example") for at in range(3)]
    half = len(poison) // 2
    dovecot.deliver(dovecot_user, people[0], *poison[:half], people[1], *poison[half:], people[2])
    began = time.monotonic()
    await big_world.settle()
    assert time.monotonic() - began < 60
    outcomes = await big_world.ask(lambda tx: [record.outcome for record in tx.messages.all("support")])
    assert len(outcomes) == len(poison) + 3
    assert None not in outcomes
    answered = [it.recipients[0] for it in sink.accepted]
    assert {f"c{at}@customer.example" for at in range(3)} <= set(answered)


async def test_a_clock_that_jumps(lying_world: World, liar: Liar, sink: Sink) -> None:
    """A day forward or back between two polls loses nothing, answers nobody twice, and no timer waits for a time that has passed."""
    for at, jump in enumerate((0, 24, -48, 25)):
        lying_world.clock.forward(hours=jump)
        liar.put(letter(f"Where is ORD{10000 + at}?", sender=f"c{at}@customer.example"))
        async with lying_world.app() as app:
            await once(app)
    answered = sorted(it.recipients[0] for it in sink.accepted if "customer" in it.recipients[0])
    assert answered == [f"c{at}@customer.example" for at in range(4)]
    outcomes = await lying_world.ask(lambda tx: [str(record.outcome) for record in tx.messages.all("support")])
    assert outcomes == ["opened"] * 4
