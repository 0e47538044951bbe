"""People in their own mail clients: an agent answers a notification, and the customer has the answer; all else is told why not."""

import email
import email.policy
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import make_msgid

import pytest

from tests.servers.smtp_sink import Envelope, Sink
from tests.spine.world import World, letter
from triage.app import App
from triage.case import Case, CaseStatus
from triage.daemon import once

ANN = "ann@customer.example"
JANE, BOB, FINANCE = "jane@shop.example", "bob@shop.example", "finance@shop.example"
PASS = "mx.shop.example; dmarc=pass header.from=shop.example"
BOB_TOO = '[agents.bob]\nname = "Bob Brown"\naddress = "bob@shop.example"\nactive = true\ncategories = ["other"]\n'


@dataclass
class Office:
    """The daemon and everybody around it; `write` a message, see what `came` to somebody."""

    world: World
    app: App
    sink: Sink
    seen: int = field(default=0)

    async def write(self, content: bytes) -> None:
        """Deliver it, and let everything follow; the clock goes on by two minutes first, so that held answers leave."""
        await self.world.deliver(content)
        await self.settle()

    async def settle(self, minutes: float = 2) -> None:
        """Let everything follow that is due, now and then."""
        await once(self.app)
        self.world.clock.forward(minutes=minutes)
        await once(self.app)

    def came(self, address: str) -> list[EmailMessage]:
        """What that address was sent since it was last asked."""
        return [opened(envelope) for envelope in self.sink.accepted if envelope.recipients == (address,)]

    def last(self, address: str) -> EmailMessage:
        """The latest message to that address."""
        return self.came(address)[-1]

    async def case(self, case_id: int = 1) -> Case:
        """A case as it stands."""
        found = await self.app.store.query(lambda tx: tx.cases.get(case_id))
        assert found
        return found

    async def kinds(self, case_id: int = 1) -> list[str]:
        """The kinds of the events of a case."""
        return [event.kind for event in await self.app.store.query(lambda tx: tx.cases.events(case_id))]


def opened(envelope: Envelope) -> EmailMessage:
    """A sent message, parsed."""
    message = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def plain(message: EmailMessage) -> str:
    """The plain text of a message."""
    part = message.get_body(("plain",))
    assert part
    return str(part.get_content()).replace("\r\n", "\n")


def answer(
    to: EmailMessage,
    text: str,
    *,
    sender: str = f"Jane Adams <{JANE}>",
    address: str = "",
    passed: str = PASS,
    files: dict[str, bytes] | None = None,
    **headers: str,
) -> bytes:
    """An answer to that message as a mail client writes it, quoted below."""
    message = EmailMessage()
    if passed:
        message["Authentication-Results"] = passed
    message["From"], message["To"] = sender, address or str(to["Reply-To"] or to["From"])
    message["Subject"] = f"Re: {to['Subject']}"
    message["Message-ID"] = make_msgid(domain="client.example")
    message["In-Reply-To"] = message["References"] = str(to["Message-ID"])
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    quoted = "\n".join(f"> {line}".rstrip() for line in plain(to).splitlines())
    message.set_content(f"{text}\n\nOn Wed, Nov 25, 2026 at 10:00 AM SayPro Support <support@shop.example> wrote:\n\n{quoted}\n")
    for name, content in (files or {}).items():
        message.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    return message.as_bytes(policy=email.policy.SMTP)


@pytest.fixture
async def office(world: World, sink: Sink) -> AsyncIterator[Office]:
    """A customer has written about a double charge, and Jane was told."""
    world.values["extra"] = BOB_TOO
    async with world.app(notify="each") as app:
        office = Office(world, app, sink)
        await office.write(
            letter("You charged me twice for order ORD789456!\n\nAnn", subject="charged twice", message_id="<first@customer.example>")
        )
        yield office


async def test_the_day_of_a_case_in_mail_clients(office: Office) -> None:
    """Told, answered, noted, resolved: the customer has one answer of Jane's in her own thread, and nothing of what is ours."""
    told = office.last(JANE)
    assert str(told["Reply-To"]).startswith("support+a.100001.")
    assert "You charged me twice" in plain(told)
    await office.write(answer(told, "Dear Ann,\n\nthe second charge is on its way back.", files={"proof.pdf": b"%PDF-1.4 proof"}))
    got = office.last(ANN)
    assert plain(got).startswith("Dear Ann,\n\nthe second charge is on its way back.\n\n-- \nJane Adams\nSayPro Support")
    assert got["In-Reply-To"] == "<first@customer.example>"
    assert got["Auto-Submitted"] is None
    assert [part.get_filename() for part in got.iter_attachments()] == ["proof.pdf"]
    whole = office.sink.accepted[-1].content.decode()
    assert "support+a." not in whole
    assert JANE not in whole
    assert "##-" not in plain(got)
    case = await office.case()
    assert (case.status, case.assignee) == (CaseStatus.PENDING, "jane")
    states = await office.app.store.query(lambda tx: {one.kind: state for one, state in tx.deadlines.of_case(1) if not one.bound})
    assert states == {
        "acknowledge": "kept", "answer": "kept", "resolve": "kept", "solve": "paused", "update": "open", "silence": "open",
    }  # fmt: skip
    before = len(office.came(ANN))
    await office.write(answer(told, "#resolve Refunded\n#note\nDone by phone as well."))
    assert len(office.came(ANN)) == before
    assert (await office.case()).status is CaseStatus.SOLVED
    assert (await office.kinds()).count("staff_mail") == 2
