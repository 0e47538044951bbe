"""A mailbox that is renumbered, rebuilt, restored or rearranged: nobody gets a second case or a second acknowledgment."""

import asyncio

import pytest

from tests.servers.dovecot import Dovecot
from tests.servers.liar import Liar
from tests.servers.smtp_sink import Sink
from tests.spine.world import World, letter


def answered(sink: Sink) -> list[str]:
    """Customers who got an acknowledgment, one entry for each that they got."""
    return sorted(envelope.recipients[0] for envelope in sink.accepted if "customer" in envelope.recipients[0])


async def count(world: World) -> tuple[int, list[str]]:
    """Number of cases, and what became of the messages."""
    return await world.ask(lambda tx: (len(tx.cases.find()), sorted(str(record.outcome) for record in tx.messages.all("support"))))


async def test_a_new_uidvalidity_while_running(big_world: World, dovecot: Dovecot, dovecot_user: str, sink: Sink) -> None:
    """Renumbered between two polls: old messages are known by their fingerprint, new ones are taken in as ever."""
    for number in range(3):
        await big_world.deliver(letter(f"Where is ORD{number}1234?", sender=f"c{number}@customer.example"))
    async with big_world.app(mode="shadow") as app:
        from triage.daemon import once

        await once(app)
        await asyncio.to_thread(dovecot.admin, "mailbox", "update", "-u", dovecot_user, "--uid-validity", "424242", "INBOX")
        await big_world.deliver(letter("Where is ORD31234?", sender="c3@customer.example"))
        # The old session ends with the renumbering; the next poll begins in the new epoch.
        for _ in range(3):
            try:
                await once(app)
            except ConnectionError:
                continue
    assert await count(big_world) == (4, ["duplicate"] * 3 + ["opened"] * 4)


async def test_a_mailbox_that_is_deleted_and_made_again(big_world: World, dovecot: Dovecot, dovecot_user: str, sink: Sink) -> None:
    """Copies that a person puts back into a mailbox made anew are known; a customer who writes then is answered."""
    letters = [letter(f"Where is ORD{number}1234?", sender=f"c{number}@customer.example") for number in range(2)]
    for content in letters:
        await big_world.deliver(content)
    await big_world.settle()

    def rebuild() -> None:
        for folder in dovecot.admin("mailbox", "list", "-u", dovecot_user).split("\n"):
            if folder.startswith("Triage/"):
                dovecot.admin("mailbox", "delete", "-u", dovecot_user, folder)
        dovecot.admin("mailbox", "update", "-u", dovecot_user, "--uid-validity", "99", "INBOX")
        dovecot.deliver(dovecot_user, *reversed(letters))

    await asyncio.to_thread(rebuild)
    await big_world.deliver(letter("And where is ORD99999?", sender="new@customer.example"))
    await big_world.settle()
    assert answered(sink) == ["c0@customer.example", "c1@customer.example", "new@customer.example"]
    assert (await count(big_world))[0] == 3


@pytest.mark.parametrize("order", [1, -1])
async def test_renumbered_before_anything_was_decided(lying_world: World, liar: Liar, sink: Sink, order: int) -> None:
    """Taken in under the old numbers, renumbered before the decision: one case, one acknowledgment, whatever the new order."""
    contents = [letter(f"Where is ORD{number}1234?", sender=f"c{number}@customer.example") for number in range(3)]
    for content in contents:
        liar.put(content)
    async with lying_world.app() as app:
        await app.receive[0].work()
        liar.uid_validity += 1
        liar.folders["INBOX"] = dict(zip(range(50, 53), contents[::order], strict=True))
        liar.uid_next = 53
        await app.receive[0].work()
    await lying_world.settle()
    assert await count(lying_world) == (3, ["duplicate"] * 3 + ["opened"] * 3)
    assert answered(sink) == [f"c{number}@customer.example" for number in range(3)]


async def test_history_stays_history_in_a_new_epoch(lying_world: World, liar: Liar, sink: Sink) -> None:
    """What lay there before the first connection is not answered after a renumbering either."""
    liar.dates[liar.put(letter("Where is ORD1234?"))] = "01-Feb-2024 10:00:00 +0000"
    await lying_world.settle(start="now")
    liar.uid_validity += 1
    await lying_world.settle()
    assert await count(lying_world) == (0, ["history"] * 2)
    assert sink.accepted == []


async def test_moved_by_a_person_before_it_was_filed(big_world: World, dovecot: Dovecot, dovecot_user: str, sink: Sink) -> None:
    """A person moves a message that we have into a folder of theirs and back: one case, one acknowledgment, and it stays where it is."""
    await big_world.deliver(letter("Where is ORD1234?"))
    async with big_world.app() as app:
        await app.receive[0].work()

    def move_away_and_back() -> None:
        with dovecot.client(dovecot_user) as client:
            client.create_folder("Mine")
            client.select_folder("INBOX")
            client.move(client.search("ALL"), "Mine")
            client.select_folder("Mine")
            client.move(client.search("ALL"), "INBOX")

    await asyncio.to_thread(move_away_and_back)
    await big_world.settle()
    assert await count(big_world) == (1, ["duplicate", "opened"])
    assert answered(sink) == ["ann@customer.example"]
