"""The way out in small: a store with deliveries that wait, the stage that sends them, and a scripted server."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.making import PEOPLE, writer
from tests.spine.world import Clock
from tests.store.words import new_case
from tests.stores import laid
from triage.alarm import AlarmBoard
from triage.errors import ConnectionLostError
from triage.message import Address
from triage.ports import Transport
from triage.reply import Delivery, Reply, ReplyKind
from triage.sections.servers import SmtpSettings
from triage.stages.copies import Copies
from triage.stages.deliver import Deliver
from triage.stages.late import Late
from triage.stages.loop import Bell, drain
from triage.stages.meter import Meter
from triage.stages.pace import Pace
from triage.stages.reputation import Reputation
from triage.stages.route import Route
from triage.stages.unreached import Unreached
from triage.store.sqlite import SqliteStore, open_store
from triage.transport.smtp import SmtpTransport

AUDIT = "audit@shop.example"


def content(message_id: str, recipient: str) -> bytes:
    """A message that a server takes."""
    return f"Message-ID: <{message_id}>\r\nFrom: support@shop.example\r\nTo: {recipient}\r\nSubject: x\r\n\r\nHello\r\n".encode()


@dataclass
class WayOut:
    """What a test holds: `queue` deliveries, `send` what is due, look at what became of them."""

    store: SqliteStore
    deliver: Deliver
    clock: Clock
    board: AlarmBoard = field(default_factory=AlarmBoard)
    #: What is wrong with mail to these recipients.
    faults: dict[str, str] = field(default_factory=dict)

    async def queue(
        self,
        kind: ReplyKind = ReplyKind.ACKNOWLEDGMENT,
        *,
        name: str = "ann",
        deadline: datetime | None = None,
        case_id: int = 0,
        size: int = 0,
    ) -> Delivery:
        """One more delivery, in a case of its own unless told."""
        recipient, now = f"{name}@customer.example", self.clock()
        requester = Address(addr_spec=recipient)

        def work(tx: Any) -> Delivery:
            case = case_id or tx.cases.open(new_case(requester=requester, opened_at=now, received_at=now)).id
            message_id = f"{kind}.{case}.{len(tx.deliveries.find())}@shop.example"
            reply = Reply(
                kind=kind, recipient=recipient, reverse_path="support+b@shop.example", message_id=message_id, subject="x",
                content=content(message_id, recipient) + (b"x" * 70 + b"\r\n") * (size // 72), deadline=deadline or now + timedelta(hours=24),
            )  # fmt: skip
            tx.deliveries.queue(case, None, reply, now)
            found: Delivery = tx.deliveries.find(message_id=message_id)[0]
            return found

        return await self.store.transact(work)

    async def send(self) -> bool:
        """Everything that is due now; False where a server was away."""
        try:
            await drain(self.deliver)
        except ConnectionLostError:
            await self.deliver.rest()
            return False
        return True

    async def of(self, delivery: Delivery) -> Delivery:
        """How it stands."""
        return (await self.store.query(lambda tx: tx.deliveries.find(message_id=delivery.message_id)))[0]

    async def told(self, delivery: Delivery) -> list[dict[str, str]]:
        """What its case was told of deliveries."""
        events = await self.store.query(lambda tx: tx.cases.events(delivery.case_id))
        return [dict(event.detail) for event in events if event.kind == "delivery"]

    def alarms(self) -> list[str]:
        """Kinds of the alarms that stand, without the names of servers."""
        return [alarm.kind.partition(":")[0] for alarm in self.board.standing()]


def submission(port: int, **settings: Any) -> SmtpSettings:
    """A server on this port, with little patience."""
    waits = dict.fromkeys(("timeout", "greeting_timeout", "data_timeout", "dot_timeout", "connect_timeout"), "2s")
    return SmtpSettings.model_validate({"host": "127.0.0.1", "port": port, "security": "none", **waits, **settings})


@contextlib.asynccontextmanager
async def way_out(
    root: Path, *servers: SmtpSettings, copies: bool = False, clock: Clock | None = None, **limits: int
) -> AsyncIterator[WayOut]:
    """The way out over these servers; the store is kept in `root`."""
    board, now, faults = AlarmBoard(), clock or Clock(), dict[str, str]()
    store = open_store(laid(root / "a.db"), "SP")
    transports: Sequence[tuple[str, Transport]] = [
        (f"server {number}", SmtpTransport(its, AUDIT if copies else "")) for number, its in enumerate(servers)
    ]
    pace = Pace(**{"per_minute": 0, "per_day": 0, "recipients_per_day": 0, **limits}, copies=copies)
    deliver = Deliver(
        store=store, route=Route(transports, board=board, fallback_after=timedelta(minutes=30)), pace=pace, meter=Meter(4),
        copies=Copies(wanted=copies, board=board), reputation=Reputation(board), now=now, to_send=Bell(), came_due=Bell(),
        late=Late(store=store, writer=writer()), inspect=lambda delivery: faults.get(delivery.recipient, ""),
        unreached=Unreached(people=PEOPLE, management="management"),
    )  # fmt: skip
    await deliver.recover()
    try:
        yield WayOut(store=store, deliver=deliver, clock=now, board=board, faults=faults)
    finally:
        await deliver.close()
        for _name, transport in transports:
            await transport.close()
        await store.close()
