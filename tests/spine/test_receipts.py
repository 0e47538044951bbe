"""Receipt copies found and missing: what is uncertain becomes sent, or leaves again in the same bytes, and nobody is written to twice."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import PASSWORD
from tests.servers import smtp_sink
from tests.servers.smtp_sink import DROP, Sink
from tests.spine.outbox import AUDIT, WayOut, submission, way_out
from triage.demo.servers import DemoServers
from triage.errors import MailboxMissingError
from triage.mailbox.imap import ImapMailbox
from triage.reply import Delivery, DeliveryStatus
from triage.secret import Secret
from triage.sections.servers import MailboxSettings
from triage.stages.loop import Bell, drain
from triage.stages.receipts import Receipts

SENT, UNCERTAIN, DEFERRED = DeliveryStatus.SENT, DeliveryStatus.UNCERTAIN, DeliveryStatus.DEFERRED
FOLDER, ARCHIVE = "Receipts", "Triage/Receipts"


@dataclass
class Desk:
    """The way out with its audit mailbox; the test carries the copies there, as a mail server would."""

    out: WayOut
    sink: Sink
    mailbox: ImapMailbox
    receipts: Receipts
    carried: set[int] = field(default_factory=set)

    async def carry(self) -> None:
        """What the server took, answered or not, arrives in the audit mailbox."""
        for number, envelope in enumerate(self.sink.envelopes):
            if number not in self.carried and AUDIT in envelope.recipients and envelope.reply[:1] in ("", "2"):
                await self.mailbox.append(FOLDER, envelope.content, at=self.out.clock())
            self.carried.add(number)

    async def look(self, **later: float) -> None:
        """Some time passes and the audit mailbox is looked into."""
        self.out.clock.forward(**later)
        await drain(self.receipts)

    async def uncertain(self, name: str = "ann", deadline: timedelta = timedelta(hours=24)) -> Delivery:
        """A delivery that was handed over and never answered for."""
        self.sink.script["dot"] = [DROP]
        delivery = await self.out.queue(name=name, deadline=self.out.clock() + deadline)
        await self.out.send()
        assert (await self.out.of(delivery)).status is UNCERTAIN
        return delivery

    async def usual(self, name: str = "usual") -> Delivery:
        """A delivery that goes as it should, whose copy arrives: proof that copies do."""
        delivery = await self.out.queue(name=name)
        await self.out.send()
        await self.carry()
        return delivery

    async def lies_in(self, folder: str) -> int:
        """How many copies."""
        return len(await self.mailbox.uids(folder)) if folder in await self.mailbox.folders() else 0

    async def status(self, delivery: Delivery) -> DeliveryStatus:
        """Where it stands."""
        return (await self.out.of(delivery)).status


@contextlib.asynccontextmanager
async def desk(root: Path, embedded: DemoServers, **settings: str) -> AsyncIterator[Desk]:
    """A way out with copies, and an audit mailbox on the embedded server."""
    (root / "password").write_text(PASSWORD)
    account = MailboxSettings(
        host="127.0.0.1", port=embedded.imap_port, security="none", username="support@shop.example", password=Secret(file=root / "password")
    )
    async with smtp_sink.running() as sink, way_out(root, submission(sink.port), copies=True) as out:
        mailbox = ImapMailbox("support", account)
        await mailbox.append(FOLDER, b"Subject: a folder\r\n\r\nis made by its first message\r\n")
        receipts = Receipts(
            store=out.store, mailbox=mailbox, settings=submission(sink.port, **settings), archive=ARCHIVE, board=out.board, now=out.clock,
            to_send=Bell(),
        )  # fmt: skip
        try:
            yield Desk(out=out, sink=sink, mailbox=mailbox, receipts=receipts)
        finally:
            await mailbox.close()


async def test_a_copy_that_is_found_proves_acceptance(tmp_path: Path, embedded: DemoServers) -> None:
    """Silence after the dot, and the copy arrives: sent at the moment it arrived, acknowledged in time, told to the case, never again."""
    async with desk(tmp_path, embedded) as it:
        delivery = await it.uncertain(deadline=timedelta(minutes=3))
        it.out.clock.forward(minutes=2)
        accepted_at = it.out.clock()
        await it.carry()
        await it.look(hours=1)
        after = await it.out.of(delivery)
        assert (after.status, after.possible_duplicate) == (SENT, False)
        assert after.sent_at
        assert abs(after.sent_at - accepted_at) < timedelta(seconds=1)
        assert [told["status"] for told in await it.out.told(delivery)] == ["uncertain", "sent"]
        case = await it.out.store.query(lambda tx: tx.cases.get(delivery.case_id))
        assert case
        assert case.acknowledged_at == after.sent_at
        await it.out.send()
        assert len(it.sink.envelopes) == 1


async def test_a_copy_that_never_comes_lets_the_message_leave_again(tmp_path: Path, embedded: DemoServers) -> None:
    """Absent a quarter of an hour after DATA, while other copies do arrive: the same bytes leave again, marked as a possible duplicate."""
    async with desk(tmp_path, embedded) as it:
        await it.usual()
        delivery = await it.uncertain()
        it.carried.add(1)
        await it.look(minutes=14, seconds=59)
        assert await it.status(delivery) is UNCERTAIN
        await it.look(seconds=2)
        waiting = await it.out.of(delivery)
        assert (waiting.status, waiting.possible_duplicate) == (DEFERRED, True)
        await it.out.send()
        after = await it.out.of(delivery)
        assert (after.status, after.message_id, after.attempts) == (SENT, delivery.message_id, 2)
        assert it.sink.envelopes[1].content == it.sink.envelopes[2].content
        assert [told.get("possible_duplicate") for told in await it.out.told(delivery)] == [None, "yes", None]


async def test_a_copy_that_comes_late_stops_the_second_one(tmp_path: Path, embedded: DemoServers) -> None:
    """The wait is over and the message waits again; its copy turns up before it has left: it does not leave."""
    async with desk(tmp_path, embedded) as it:
        await it.usual()
        delivery = await it.uncertain()
        await it.look(minutes=16)
        assert await it.status(delivery) is DEFERRED
        await it.carry()
        await it.look()
        await it.out.send()
        assert await it.status(delivery) is SENT
        assert len(it.sink.envelopes) == 2


async def test_a_promise_shortens_the_wait(tmp_path: Path, embedded: DemoServers) -> None:
    """With the deadline near, absence counts half an hour before it, though never within the first minute."""
    async with desk(tmp_path, embedded) as it:
        await it.usual()
        pressing = await it.uncertain(deadline=timedelta(minutes=33))
        await it.look(minutes=2, seconds=50)
        assert await it.status(pressing) is UNCERTAIN
        await it.look(seconds=15)
        assert await it.status(pressing) is DEFERRED


async def test_absence_means_nothing_where_no_copies_arrive(tmp_path: Path, embedded: DemoServers) -> None:
    """A filter that puts copies elsewhere must not make duplicates: while copies of accepted mail are missing, nothing leaves again."""
    async with desk(tmp_path, embedded) as it:
        alone = await it.uncertain()
        await it.look(hours=1)
        assert (await it.status(alone), it.out.alarms()) == (UNCERTAIN, ["receipts_missing"])
        accepted = await it.out.queue(name="accepted")
        await it.out.send()
        await it.look(hours=1)
        assert "1 receipt copies of accepted mail have not arrived" in it.out.board.standing()[0].text
        it.carried.add(0)
        await it.carry()
        await it.look()
        assert (await it.status(alone), await it.status(accepted), it.out.alarms()) == (DEFERRED, SENT, [])


async def test_without_a_copy_on_its_way_a_person_decides(tmp_path: Path, embedded: DemoServers) -> None:
    """What went without its copy stays uncertain, however long nothing is found."""
    async with desk(tmp_path, embedded) as it:
        await it.usual()
        delivery = await it.out.queue(name="uncopied")
        await it.out.store.transact(lambda tx: tx.deliveries.begin_data(delivery.id, it.out.clock()))
        await it.out.deliver.recover()
        await it.look(hours=30)
        assert await it.status(delivery) is UNCERTAIN


@pytest.mark.parametrize("after_use", ["move", "delete", "keep"])
async def test_copies_that_have_served_go_where_configured(tmp_path: Path, embedded: DemoServers, after_use: str) -> None:
    """Moved to their archive, deleted, or left; a stranger's message in the folder stays in any case, and each copy is noted once."""
    async with desk(tmp_path, embedded, receipt_after=after_use) as it:
        before = await it.lies_in(FOLDER)
        archived = await it.lies_in(ARCHIVE)
        deliveries = [await it.usual(f"c{number}") for number in range(3)]
        await it.look()
        await it.look(minutes=1)
        moved = {"move": (0, 3), "delete": (0, 0), "keep": (3, 0)}[after_use]
        assert (await it.lies_in(FOLDER) - before, await it.lies_in(ARCHIVE) - archived) == moved
        seen = {(await it.out.of(delivery)).receipt_seen_at for delivery in deliveries}
        assert seen == {it.out.clock() - timedelta(minutes=1)}


async def test_a_copy_of_what_is_on_the_wire_is_kept_for_later(tmp_path: Path, embedded: DemoServers) -> None:
    """The copy may be there before the server's answer is: it is not tidied away, for the answer may never come."""
    async with desk(tmp_path, embedded) as it:
        before = await it.lies_in(FOLDER)
        delivery = await it.out.queue()
        await it.out.store.transact(lambda tx: tx.deliveries.begin_data(delivery.id, it.out.clock(), receipted=True))
        await it.mailbox.append(FOLDER, delivery.content, at=it.out.clock())
        await it.look()
        assert await it.lies_in(FOLDER) - before == 1
        await it.out.deliver.recover()
        await it.look()
        assert (await it.status(delivery), await it.lies_in(FOLDER) - before) == (SENT, 0)


async def test_more_copies_than_one_look_takes(tmp_path: Path, embedded: DemoServers, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that is fuller than one batch is worked through before anything is called absent."""
    monkeypatch.setattr("triage.stages.receipts._BATCH", 2)
    async with desk(tmp_path, embedded) as it:
        for number in range(5):
            await it.usual(f"c{number}")
        delivery = await it.uncertain()
        await it.carry()
        await it.look(hours=1)
        assert await it.status(delivery) is SENT


async def test_a_folder_that_is_missing_is_no_absence(tmp_path: Path, embedded: DemoServers) -> None:
    """Where the configured folder does not exist nothing is concluded; the stage fails, which an operator is told of."""
    async with desk(tmp_path, embedded, receipt_folder="Nowhere") as it:
        delivery = await it.uncertain()
        with pytest.raises(MailboxMissingError):
            await it.look(hours=1)
        assert await it.status(delivery) is UNCERTAIN
