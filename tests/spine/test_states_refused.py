"""States of cases where the server refuses what shows them, or breaks off in the middle: on Dovecot behind a proxy that lies."""

from collections.abc import AsyncIterator

import pytest

from tests.servers import chaos
from tests.servers.chaos import Chaos
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import Sink
from tests.spine.test_states import DONE, shown, stands
from tests.spine.test_watch import CHARGED, PAYMENTS
from tests.spine.world import World
from triage.case import CaseStatus
from triage.errors import ConnectionLostError


@pytest.fixture
async def proxy(big_world: World, dovecot: Dovecot) -> AsyncIterator[Chaos]:
    """Between the daemon and Dovecot."""
    async with chaos.in_front_of(dovecot.imap_port) as between:
        big_world.values["imap_port"] = between.port
        yield between


async def test_where_no_folder_may_be_made(big_world: World, proxy: Chaos, sink: Sink) -> None:
    """What lies in its category's folder stays there, once and for all, and nothing else waits for it."""
    async with shown(big_world, CHARGED) as played:
        proxy.rewrites = ((b"OK Create completed", b"NO [NOPERM] not for you"),)
        await stands(played, CaseStatus.SOLVED)
        assert await played.ask(lambda tx: tx.filings.waits(1)) is False
        assert (await played.lies_in())[PAYMENTS] == 1
        [filed] = await played.ask(lambda tx: tx.filings.of_case(1))
        assert (filed.folder, filed.given_up) == ("Done", True)
        proxy.calm()
        await stands(played, CaseStatus.OPEN)
        assert (await played.lies_in())[PAYMENTS] == 1


async def test_a_mailbox_that_is_read_only(big_world: World, proxy: Chaos, sink: Sink) -> None:
    """Mail is taken in and answered, and lies where it came to."""
    proxy.rewrites = ((b"[READ-WRITE]", b"[READ-ONLY]"),)
    async with shown(big_world, CHARGED) as played:
        assert len(sink.accepted) > 0
        assert await played.lies_in() == {"INBOX": 1}
        assert await played.ask(lambda tx: tx.filings.waits(1)) is False


@pytest.mark.parametrize("lost", [b"OK [COPYUID", b"OK Store completed"])
async def test_broken_off_in_the_middle(big_world: World, proxy: Chaos, sink: Sink, lost: bytes) -> None:
    """The server has acted and its answer is lost: the message is found where it lies now, and nobody is taken to have moved it."""
    async with shown(big_world, CHARGED) as played:
        proxy.cut_before_reply, proxy.cuts = lost, 1
        with pytest.raises(ConnectionLostError):
            await stands(played, CaseStatus.SOLVED)
        proxy.calm()
        big_world.clock.forward(minutes=2)
        await stands(played, CaseStatus.CLOSED)
        assert await played.lies_in() == {DONE: 1}
        assert await played.events("resolved") == await played.corrections() == []
        assert await played.ask(lambda tx: tx.filings.waits(1)) is False
