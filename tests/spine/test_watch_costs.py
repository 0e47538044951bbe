"""What watching the folders costs: nothing where nothing happens, and strangers' messages are looked at once."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.servers.smtp_sink import Sink
from tests.spine.test_watch import CHARGED, DISPUTES, PAYMENTS, Scene, scene
from tests.spine.world import World, letter
from triage.errors import MailboxMissingError
from triage.ports import Mailbox
from triage.stages.loop import Bell
from triage.stages.watch import FolderWatch


class Counted:
    """A mailbox that counts what it is asked, and from which folders vanish between two questions."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.asked: Counter[str] = Counter()
        self.vanished: set[str] = set()
        self._mailbox = mailbox

    def __getattr__(self, name: str) -> Callable[..., Any]:
        asked = getattr(self._mailbox, name)

        def ask(*arguments: Any) -> Any:
            self.asked[name] += 1
            if arguments and arguments[0] in self.vanished:
                raise MailboxMissingError(arguments[0])
            return asked(*arguments)

        return ask


def watching(played: Scene) -> tuple[FolderWatch, Counted, Bell]:
    """Another watch over the same folders, with its questions counted."""
    counted, rung = Counted(played.app.mailboxes["support"]), Bell()
    [assembled] = played.app.folders
    watch = FolderWatch(
        "support",
        prefix="Triage/",
        every=timedelta(milliseconds=5),
        mailbox=counted,  # type: ignore[arg-type]
        store=played.app.store,
        moved=assembled._moved,
        now=played.world.clock,
        corrected=rung,
        keywords=(),
    )
    return watch, counted, rung


async def test_where_nothing_happens_nothing_is_listed(world: World, sink: Sink) -> None:
    """A quiet look asks for the folders and the state of each, and for no message."""
    async with scene(world, CHARGED) as played:
        watch, counted, _ = watching(played)
        await watch.work()
        counted.asked.clear()
        await watch.idle()
        assert await watch.work() == 0
        assert counted.asked == {"folders": 1, "status": 1}


async def test_strangers_are_looked_at_once(world: World, sink: Sink) -> None:
    """Messages that never came through us are asked for their Message-ID once, and never fetched."""
    async with scene(world, CHARGED) as played:
        watch, counted, _ = watching(played)
        for number in range(5):
            await played.by_hand(
                lambda client, number=number: client.append(PAYMENTS, letter("mine", message_id=f"<{number}@own.example>"))
            )
        assert await watch.work() == 0
        await played.by_hand(lambda client: client.append(PAYMENTS, letter("mine", message_id="<last@own.example>")))
        assert await watch.work() == 0
        assert counted.asked["message_ids"] == 2
        assert counted.asked["fetch"] == 0


async def test_folders_may_vanish_while_we_look(world: World, sink: Sink) -> None:
    """A folder that is listed and gone a moment later holds nothing up, and its messages are not taken for deleted."""
    async with scene(world, CHARGED) as played:
        watch, counted, _ = watching(played)
        await watch.work()
        counted.vanished.add(PAYMENTS)
        assert await watch.work() == 0
        assert await played.events("moved_away") == []
        counted.vanished.clear()
        await played.move(PAYMENTS, DISPUTES)
        counted.vanished.add(PAYMENTS)
        assert await watch.work() == 1
        assert (await played.case()).category == "dispute"


async def test_a_correction_wakes_those_who_act_on_it(world: World, sink: Sink) -> None:
    """Sending and refiling begin at once, not at their next tick."""
    async with scene(world, CHARGED) as played:
        watch, _, rung = watching(played)
        await played.move(PAYMENTS, DISPUTES)
        assert await watch.work() == 1
        async with asyncio.timeout(20):
            await rung.wait(timedelta(seconds=30))
