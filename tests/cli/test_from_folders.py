"""`triage train --from-folders`: what people have sorted teaches, what we sorted ourselves does not, and the server stays as it was."""

import asyncio
import json
import stat
from typing import Any

from imapclient import IMAPClient

from tests.classifier.samples import small_corpus
from tests.cli.calling import Ended, call
from tests.conftest import PASSWORD
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import Sink
from tests.spine.world import World, letter
from triage.classifier.shelf import SHIPPED, Shelf
from triage.sections.places import Paths

FLOWERS = ("rose", "tulip", "fern", "ivy", "moss", "lily", "aster", "daisy")


def taught(world: World, *more: str) -> Ended:
    """The command, on a corpus that is taught in a moment."""
    path = world.root / "small.jsonl"
    rows = [{"subject": it.subject, "body": it.body, "label_category": it.category, "label_issue": it.issue} for it in small_corpus(3)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return call("--config", world.config, "train", "--from-folders", "--only", path, *more)


def state_of(client: IMAPClient) -> dict[str, Any]:
    """Flags of every message by folder."""
    found: dict[str, Any] = {}
    for flags, _separator, name in client.list_folders():
        if b"\\Noselect" not in flags:
            client.select_folder(name, readonly=True)
            found[name] = {uid: set(its) - {b"\\Recent"} for uid, its in client.get_flags(client.search("ALL")).items()}
    return found


def on_server(world: World, *sorted_by_hand: tuple[str, bytes]) -> dict[str, Any]:
    """The state of everything after a person has put these messages into folders."""
    with IMAPClient("127.0.0.1", world.values["imap_port"], ssl=False, timeout=10) as client:
        client.login(world.values["user"], PASSWORD)
        for folder, content in sorted_by_hand:
            if not client.folder_exists(folder):
                client.create_folder(folder)
            client.append(folder, content)
        return state_of(client)


async def test_sorted_by_hand(big_world: World, dovecot: Dovecot, sink: Sink) -> None:
    """Folders of ours and folders of the same name that were there before teach; a message that we filed does not."""
    await big_world.deliver(letter("You charged me twice for order ORD1234"))
    await big_world.settle()
    letters = [letter(f"the {flower} workshop on sunday, may i bring my brother along") for flower in FLOWERS]
    put = [("Triage/Invoices", letters[0]), *(("Invoices", each) for each in letters[1:]), ("Private", letter("not for you to read"))]
    before = await asyncio.to_thread(on_server, big_world, *put)
    ended = await asyncio.to_thread(taught, big_world)
    assert ended.code == 0, ended.err
    assert ended.out.splitlines()[:-1] == [
        "support: Invoices: 7 messages", "support: Triage/Invoices: 1 message", "support: Triage/Payments: 0 messages",
    ]  # fmt: skip
    assert ended.out.splitlines()[-1].endswith("model use shipped")
    shelf = Shelf(big_world.root / "var" / "models", Paths().model)
    assert shelf.chosen() != SHIPPED
    assert stat.S_IMODE(shelf.own.stat().st_mode) == 0o600
    assert len(shelf.own.read_text().splitlines()) == len(FLOWERS)
    assert await asyncio.to_thread(on_server, big_world) == before
    said = await asyncio.to_thread(classified, big_world)
    assert said["category"] == "invoice"


def classified(world: World) -> dict[str, Any]:
    """What is now said of a message such as people sorted."""
    path = world.root / "a.eml"
    path.write_bytes(letter("the orchid workshop on sunday, may i bring my brother along"))
    found: dict[str, Any] = call("--config", world.config, "classify", path, "--json").json["messages"][0]
    return found


async def test_nothing_sorted_teaches_nothing(world: World, sink: Sink) -> None:
    """Without a folder that the policy knows it says what it expected, before it trains."""
    world.configure()
    ended = await asyncio.to_thread(taught, world)
    assert ended.code == 1
    assert "expected folders named as in the policy" in ended.err
    assert not (world.root / "var" / "models").exists()


async def test_a_server_that_is_away(world: World, sink: Sink) -> None:
    """The command ends with a line that says so."""
    world.configure(imap_port=1)
    ended = await asyncio.to_thread(taught, world)
    assert (ended.code, len(ended.err.splitlines())) == (1, 1)
