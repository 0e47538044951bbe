"""Messages end where people look for them, or stay where people put them."""

import asyncio

from imapclient import IMAPClient

from tests.conftest import PASSWORD
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import Sink
from tests.spine.world import World, letter


def listing(server: Dovecot, user: str) -> dict[str, int]:
    """Number of messages by folder."""
    client = server.client(user)
    try:
        return {name: client.folder_status(name, ["MESSAGES"])[b"MESSAGES"] for _flags, _separator, name in client.list_folders()}
    finally:
        client.logout()


async def test_a_message_is_moved_into_its_categorys_folder(big_world: World, dovecot: Dovecot, dovecot_user: str, sink: Sink) -> None:
    """On Dovecot the folder is made, the message lies in it, and the store knows its new UID."""
    await big_world.deliver(letter("You charged me twice for order ORD1234", subject="charged twice"))
    await big_world.settle()
    folders = await asyncio.to_thread(listing, dovecot, dovecot_user)
    assert folders["INBOX"] == 0
    assert folders["Triage/Payments"] == 1
    record = (await big_world.ask(lambda tx: list(tx.messages.all("support"))))[0]
    assert record.filed_folder == "Payments"
    assert record.filed_uid == 1


async def test_a_message_that_a_person_moved_first_is_left_there(world: World, embedded: object, sink: Sink) -> None:
    """Deleted or moved between decision and filing: filing gives up quietly, everything else is done."""
    await world.deliver(letter("Where is ORD1234?"))
    async with world.app() as app:
        for stage in (*app.receive, app.decide):
            while await stage.work():
                pass

        def take_away() -> None:
            client = IMAPClient("127.0.0.1", world.values["imap_port"], ssl=False, timeout=5)
            client.login("support@shop.example", PASSWORD)
            client.select_folder("INBOX")
            client.delete_messages(client.search("ALL"))
            client.expunge()
            client.logout()

        await asyncio.to_thread(take_away)
        assert await app.file[0].work() == 1
        assert await app.file[0].work() == 0
        assert app.deliver is not None
        await app.deliver.work()
    assert len(sink.accepted) >= 1


async def test_a_crash_between_move_and_note_is_found_again(big_world: World, dovecot: Dovecot, dovecot_user: str, sink: Sink) -> None:
    """The message already lies in its folder although the order is open: it is found there by its Message-ID."""
    await big_world.deliver(
        letter("You charged me twice for order ORD1234", subject="charged twice", message_id="<moved@customer.example>")
    )
    async with big_world.app() as app:
        for stage in (*app.receive, app.decide):
            while await stage.work():
                pass
        await app.mailboxes["support"].move("INBOX", [1], "Triage/Payments", (await app.mailboxes["support"].status("INBOX")).uid_validity)
        assert await app.file[0].work() == 1
        record = (await app.store.query(lambda tx: list(tx.messages.all("support"))))[0]
    assert record.filed_folder == "Payments"
    assert record.filed_uid == 1


async def test_a_message_put_back_into_the_inbox_stays_there(big_world: World, dovecot: Dovecot, dovecot_user: str, sink: Sink) -> None:
    """A person moves a filed message back: it is known, answered by nothing, and not moved away again."""
    await big_world.deliver(letter("You charged me twice for order ORD1234", subject="charged twice"))
    await big_world.settle()
    sent = len(sink.accepted)

    def put_back() -> None:
        client = dovecot.client(dovecot_user)
        client.select_folder("Triage/Payments")
        client.move(client.search("ALL"), "INBOX")
        client.logout()

    await asyncio.to_thread(put_back)
    await big_world.settle()
    folders = await asyncio.to_thread(listing, dovecot, dovecot_user)
    assert folders["INBOX"] == 1
    assert len(sink.accepted) == sent
