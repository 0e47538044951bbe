"""One message from the mailbox to acknowledgment, escalation and folder, through all stages."""

from tests.servers.smtp_sink import Sink
from tests.spine.world import World, letter


async def test_a_customer_is_acknowledged_and_the_department_told(world: World, sink: Sink) -> None:
    """A double charge opens a case, its customer gets one acknowledgment, and the department gets the original."""
    raw = letter("Hello, you charged my card twice for order ORD789456. Please look into it.\n\nAnn", subject="charged twice")
    await world.deliver(raw)
    await world.settle()
    to = [envelope.recipients[0] for envelope in sink.accepted]
    assert to.count("ann@customer.example") == 1
    case = (await world.ask(lambda tx: tx.cases.find()))[0]
    assert case.order_numbers == ("ORD789456",)
    assert case.acknowledged_at is not None
    assert case.category == "payment"
    assert len(to) == 1 + len(case.departments)


async def test_a_second_pass_does_nothing(world: World, sink: Sink) -> None:
    """What is settled stays settled: a second pass sends nothing and opens nothing."""
    await world.deliver(letter("Where is my order ORD789456?", subject="order status"))
    await world.settle()
    sent = len(sink.accepted)
    await world.settle()
    assert len(sink.accepted) == sent
    assert len(await world.ask(lambda tx: tx.cases.find())) == 1


async def test_each_reply_knows_the_message_that_led_to_it(world: World, sink: Sink) -> None:
    """In the outbox, acknowledgment and escalation name the message they answer."""
    import sqlite3

    await world.deliver(letter("You charged me twice for order ORD789456.", subject="charged twice"))
    await world.settle()
    db = sqlite3.connect(world.root / "var" / "triage.db")
    found = db.execute("select kind, message from deliveries order by kind").fetchall()
    db.close()
    assert found == [("acknowledgment", 1), ("escalation", 1)]
