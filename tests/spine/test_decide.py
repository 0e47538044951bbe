"""What becomes of messages that are not simply a customer's first."""

import pytest

from tests.servers.smtp_sink import Sink
from tests.spine.world import World, letter
from triage.case import CaseStatus
from triage.decision import Outcome

REPORT = """\
From: MAILER-DAEMON@mx.customer.example
To: {reverse_path}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"
Return-Path: <>
Message-ID: <report@mx.customer.example>

--b
Content-Type: text/plain

The address does not exist.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.customer.example

Final-Recipient: rfc822; ann@customer.example
Action: failed
Status: 5.1.1

--b
Content-Type: text/rfc822-headers

Message-ID: <{message_id}>

--b--
"""


async def outcomes(world: World) -> list[Outcome | None]:
    """What became of each message, in order of arrival in the store."""
    return await world.ask(lambda tx: [record.outcome for record in tx.messages.all("support")])


def acknowledged(sink: Sink) -> list[str]:
    """Customers who got a message."""
    return [envelope.recipients[0] for envelope in sink.accepted if envelope.recipients[0].endswith("customer.example")]


async def test_a_follow_up_joins_its_case_and_is_not_acknowledged_again(world: World, sink: Sink) -> None:
    """An answer that names the first message joins the case; one acknowledgment in all."""
    await world.deliver(letter("Where is my parcel ORD1234?", message_id="<first@customer.example>"))
    await world.settle()
    await world.deliver(letter("Any news on ORD1234?", headers={"In-Reply-To": "<first@customer.example>"}))
    await world.settle()
    assert await outcomes(world) == [Outcome.OPENED, Outcome.FOLLOW_UP]
    assert acknowledged(sink) == ["ann@customer.example"]


async def test_a_case_number_from_its_requester_joins_the_case(world: World, sink: Sink) -> None:
    """Quoting the number in a new message is enough for the person whose case it is."""
    await world.deliver(letter("Where is my parcel ORD1234?"))
    await world.settle()
    number = (await world.ask(lambda tx: tx.cases.find()))[0].number
    await world.deliver(letter("Please hurry.", subject=f"my case {number}"))
    await world.settle()
    assert await outcomes(world) == [Outcome.OPENED, Outcome.FOLLOW_UP]


async def test_a_stranger_with_a_case_number_gets_a_case_of_his_own(world: World, sink: Sink) -> None:
    """Somebody else quoting the number opens a linked case and learns nothing of the first."""
    await world.deliver(letter("Where is my parcel ORD1234?", subject="a secret subject"))
    await world.settle()
    first = (await world.ask(lambda tx: tx.cases.find()))[0]
    await world.deliver(letter(f"What about {first.number}?", sender="mallory@elsewhere.example"))
    await world.settle()
    second = (await world.ask(lambda tx: tx.cases.find()))[0]
    assert second.id != first.id
    assert second.linked_case == first.id
    to_stranger = [envelope for envelope in sink.accepted if "mallory" in envelope.recipients[0]]
    assert len(to_stranger) == 1
    assert b"ORD1234" not in to_stranger[0].content
    assert b"secret" not in to_stranger[0].content


async def test_the_same_message_by_two_addresses_is_one_case(world: World, sink: Sink) -> None:
    """A second copy that differs only in trace fields opens nothing and is answered by nothing."""
    raw = letter("Where is my parcel ORD1234?", message_id="<twice@customer.example>")
    await world.deliver(b"Received: from a by b; Mon, 2 Nov 2026 10:00:00 +0000\r\n" + raw)
    await world.deliver(b"Received: from c by d; Mon, 2 Nov 2026 10:00:01 +0000\r\n" + raw)
    await world.settle()
    assert sorted(map(str, await outcomes(world))) == ["duplicate", "opened"]
    assert acknowledged(sink) == ["ann@customer.example"]


async def test_a_reused_message_id_hides_nothing(world: World, sink: Sink) -> None:
    """Two different messages with one Message-ID are both dealt with."""
    for number in (1, 2):
        text = f"Where is my parcel ORD{number}234?"
        await world.deliver(letter(text, message_id="<same@carrier.example>", sender=f"c{number}@customer.example"))
    await world.settle()
    assert len(await world.ask(lambda tx: tx.cases.find())) == 2


async def test_a_delivery_report_marks_the_customer_unreachable(world: World, sink: Sink) -> None:
    """A permanent failure of our acknowledgment comes back to its case and is answered by nothing."""
    await world.deliver(letter("Where is my parcel ORD1234?"))
    await world.settle()
    delivery = (await world.ask(lambda tx: tx.deliveries.of_case(1)))[0]
    sent = len(sink.accepted)
    report = REPORT.format(reverse_path=delivery.reverse_path, message_id=delivery.message_id)
    await world.deliver(report.replace("\n", "\r\n").encode())
    await world.settle()
    case = (await world.ask(lambda tx: tx.cases.find()))[0]
    assert case.unreachable
    assert (await outcomes(world))[-1] is Outcome.REPORT
    assert len(sink.accepted) == sent
    assert any(event.kind == "report" for event in await world.ask(lambda tx: tx.cases.events(1)))


async def test_a_report_on_nothing_of_ours_opens_no_case(world: World, sink: Sink) -> None:
    """Backscatter is kept as a report and leads nowhere."""
    report = REPORT.format(reverse_path="support@shop.example", message_id="unknown@elsewhere.example")
    await world.deliver(report.replace("\n", "\r\n").encode())
    await world.settle()
    assert await outcomes(world) == [Outcome.REPORT]
    assert sink.accepted == []


@pytest.mark.parametrize(
    ("headers", "outcome"),
    [
        ({"Auto-Submitted": "auto-replied"}, Outcome.AUTOMATIC),
        ({"List-Id": "<offers.shop.example>", "List-Unsubscribe": "<mailto:x@y.example>"}, Outcome.AUTOMATIC),
        ({"X-Spam-Flag": "YES"}, Outcome.SPAM),
        ({"Return-Path": "<>", "Auto-Submitted": "auto-generated"}, Outcome.AUTOMATIC),
    ],
)
async def test_machines_are_never_answered(world: World, sink: Sink, headers: dict[str, str], outcome: Outcome) -> None:
    """Automatic, list and spam mail opens no case and gets no mail."""
    await world.deliver(letter("Hello from a machine.", headers=headers))
    await world.settle()
    assert await outcomes(world) == [outcome]
    assert sink.accepted == []
    assert await world.ask(lambda tx: tx.cases.find()) == []


async def test_an_absence_note_on_a_case_is_kept_and_changes_nothing(world: World, sink: Sink) -> None:
    """A vacation reply to our acknowledgment becomes a note; the case stays as it was."""
    await world.deliver(letter("Where is my parcel ORD1234?"))
    await world.settle()
    before = (await world.ask(lambda tx: tx.cases.find()))[0]
    ours = (await world.ask(lambda tx: tx.deliveries.of_case(1)))[0].message_id
    sent = len(sink.accepted)
    await world.deliver(letter("I am away.", headers={"Auto-Submitted": "auto-replied", "In-Reply-To": f"<{ours}>"}))
    await world.settle()
    assert (await outcomes(world))[-1] is Outcome.NOTED
    assert (await world.ask(lambda tx: tx.cases.find()))[0].status is before.status
    assert len(sink.accepted) == sent


async def test_a_departments_answer_wakes_the_case(world: World, sink: Sink) -> None:
    """Finance answering its escalation is a note on the case, which then waits for a person of ours again."""
    await world.deliver(letter("I want my money back for order ORD1234, the blender is broken!", subject="refund now"))
    await world.settle()
    case = (await world.ask(lambda tx: tx.cases.find()))[0]
    assert case.departments, "the policy sends refunds to a department"
    escalation = next(it for it in await world.ask(lambda tx: tx.deliveries.of_case(1)) if it.kind == "escalation")
    assert case.status is CaseStatus.ON_HOLD
    answer = letter(
        "Approved.",
        sender=escalation.recipient,
        headers={
            "Authentication-Results": "mx.shop.example; dmarc=pass",
            "In-Reply-To": f"<{escalation.message_id}>",
        },
    )
    sent = len(sink.accepted)
    await world.deliver(answer)
    await world.settle()
    assert (await outcomes(world))[-1] is Outcome.NOTED
    assert (await world.ask(lambda tx: tx.cases.find()))[0].status is CaseStatus.OPEN
    assert len(sink.accepted) == sent


async def test_a_flood_from_one_sender_is_acknowledged_only_so_often(world: World, sink: Sink) -> None:
    """Beyond the limit every message still opens its case, and nothing more is sent to the sender."""
    for number in range(7):
        await world.deliver(letter(f"Where is parcel ORD{number}5555?", subject=f"parcel {number}"))
    await world.settle(per_sender_day=4)
    assert len(await world.ask(lambda tx: tx.cases.find())) == 7
    assert len(acknowledged(sink)) == 4


async def test_card_numbers_reach_neither_store_nor_mail(world: World, sink: Sink) -> None:
    """A card number in a message is masked everywhere, and the original is then not passed on."""
    await world.deliver(letter("You charged my card 4111 1111 1111 1111, CVV 123, twice for order ORD1234!", subject="charged twice"))
    await world.settle()
    assert all(b"4111 1111 1111 1111" not in envelope.content for envelope in sink.accepted)
    assert len(sink.accepted) >= 2
    files = [path.read_bytes() for path in (world.root / "var").glob("triage.db*")]
    assert all(b"4111 1111 1111 1111" not in content and b"4111111111111111" not in content for content in files)


async def test_shadow_mode_sends_and_moves_nothing_and_shows_what_it_would(world: World, sink: Sink) -> None:
    """In shadow mode the case, the withheld acknowledgment and the folder are there to be looked at, and nothing else happened."""
    await world.deliver(letter("You charged me twice for order ORD1234", subject="charged twice"))
    await world.settle(mode="shadow")
    assert sink.commands == []
    deliveries = await world.ask(lambda tx: tx.deliveries.of_case(1))
    assert {delivery.status for delivery in deliveries} == {"withheld"}
    assert any(event.kind == "filing" for event in await world.ask(lambda tx: tx.cases.events(1)))
    await world.settle(mode="live")
    assert sink.accepted == []


async def test_what_we_send_is_never_answered(world: World, sink: Sink) -> None:
    """Every message of ours that comes back, redirected or copied, opens nothing and is answered by nothing."""
    await world.deliver(letter("You charged me twice for order ORD1234", subject="charged twice"))
    await world.settle()
    ours = [envelope.content for envelope in sink.accepted]
    assert len(ours) >= 2
    for content in ours:
        await world.deliver(content)
        await world.deliver(b"Received: from a by b; Mon, 2 Nov 2026 10:00:00 +0000\r\nReturn-Path: <boss@customer.example>\r\n" + content)
    await world.settle()
    assert len(await world.ask(lambda tx: tx.cases.find())) == 1
    assert len(sink.accepted) == len(ours)


async def test_two_daemons_do_not_talk_to_each_other(world: World, sink: Sink) -> None:
    """An acknowledgment of another installation carries the loop mark and is not acknowledged."""
    await world.deliver(letter("We have received your message.", headers={"X-Triage-Loop": "somebody-else"}))
    await world.settle()
    assert sink.accepted == []


async def test_nobody_can_speak_in_our_name_by_a_header(world: World, sink: Sink) -> None:
    """Fields of our namespace in a stranger's message have no effect."""
    await world.deliver(letter("Where is ORD1234?", headers={"X-Triage-Case": "SP-100001", "X-Triage-Category": "invoice"}))
    await world.settle()
    assert (await world.ask(lambda tx: tx.cases.find()))[0].category == "order"
