"""States of cases where the server refuses what shows them, or breaks off in the middle: on Dovecot behind a proxy that lies."""

from contextlib import suppress

import pytest

from tests.servers.chaos import Chaos
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import Sink
from tests.spine.test_states import DONE, marks, shown, stands
from tests.spine.test_watch import CHARGED, PAYMENTS
from tests.spine.world import World
from triage.case import CaseEvent, CaseStatus
from triage.decision import Decision, Outcome
from triage.errors import ConnectionLostError, MailboxMissingError


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


@pytest.mark.parametrize(("lost", "noted"), [(b"OK [COPYUID", False), (b"OK Store completed", True)], ids=["its move", "its mark"])
async def test_broken_off_in_the_middle(big_world: World, proxy: Chaos, sink: Sink, lost: bytes, noted: bool) -> None:
    """The server has acted and its answer is lost: the message is found where it lies now, and nobody is taken to have moved it."""
    async with shown(big_world, CHARGED) as played:
        said = CaseEvent(at=big_world.clock(), kind="changed", provenance="mail")
        decision = Decision(outcome=Outcome.NOTED, reason="", case_id=1, status=CaseStatus.SOLVED, events=(said,))
        recorder = played.app.decide._recorder
        await played.app.store.transact(lambda tx: recorder.follow(tx, tx.cases.get(1), decision, None, big_world.clock()))
        assert await played.app.states[0].work() == 1
        # On a connection that has heard nothing yet.
        await played.app.mailboxes["support"].renew()
        proxy.cut_before_reply, proxy.cuts = lost, 1
        with pytest.raises(ConnectionLostError):
            await played.app.file[0].work()
        assert proxy.hits == 1
        assert await played.ask(lambda tx: tx.filings.waits(1)) is not noted
        proxy.calm()
        big_world.clock.forward(minutes=2)
        await stands(played, CaseStatus.CLOSED)
        assert await played.lies_in() == {DONE: 1}
        assert await marks(played, DONE) == [{"triage-payment", "triage-done"}]
        assert await played.events("resolved") == await played.corrections() == []
        assert await played.ask(lambda tx: tx.filings.waits(1)) is False


async def test_what_the_server_refuses_again_and_again(big_world: World, dovecot: Dovecot, sink: Sink) -> None:
    """An order is tried again every minute, and given up in the end: the message stays where it came to, and nothing else waits for it."""
    # No folder of such a name can be made.
    with pytest.raises(MailboxMissingError):
        async with shown(big_world, CHARGED, mailbox='drafts = false\nfolder_prefix = "x//"'):
            pass
    async with big_world.app() as app:
        for _ in range(20):
            big_world.clock.forward(minutes=2)
            with suppress(MailboxMissingError):
                await app.file[0].work()
        [filed] = await app.store.query(lambda tx: tx.filings.of_case(1))
        assert (filed.given_up, filed.lies) == (True, "")
        assert await app.file[0].work() == 0
