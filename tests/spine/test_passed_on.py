"""Mail that a web form or a colleague passes on, through the whole daemon: the customer inside is the requester."""

from tests.servers.smtp_sink import Sink
from tests.spine.world import World

FORM = """
forwarders = ["jane@shop.example"]
[[form]]
address = "noreply@forms.example"
email_label = "E-mail"
name_label = "Name"
"""
FILLED_IN = "Name: Eva Miller\r\nE-mail: eva@customer.example\r\nOrder: ORD789456\r\nMessage: You charged my card twice for this order.\r\n"


def carried(sender: str, text: str, *fields: str, result: str = "pass") -> bytes:
    """A message as our boundary hands it over."""
    header = (
        f"Authentication-Results: mx.shop.example; dmarc={result}",
        f"From: <{sender}>",
        "To: support@shop.example",
        "Subject: Fwd: a question",
        f"Message-ID: <{len(text)}.{result}@forms.example>",
        *fields,
    )
    return "\r\n".join((*header, "", text)).encode()


def letters(sink: Sink) -> list[str]:
    """Whom mail went to, departments left out."""
    return [to for envelope in sink.accepted for to in envelope.recipients if not to.endswith("@shop.example")]


async def test_the_customer_inside_is_the_requester(world: World, sink: Sink) -> None:
    """Who fills in a form or wrote first is acknowledged, whatever marks of a machine the carrier has; a forged form reaches nobody."""
    forwarded = (
        "Please.\r\n\r\n---------- Forwarded message ---------\r\nFrom: Bob <bob@customer.example>\r\n\r\nWhere is my order ORD1111?\r\n"
    )
    forged = FILLED_IN.replace("eva@", "victim@")
    await world.deliver(carried("noreply@forms.example", FILLED_IN, "Auto-Submitted: auto-generated", "Return-Path: <>"))
    await world.deliver(carried("noreply@forms.example", forged, result="fail"))
    await world.deliver(carried("jane@shop.example", forwarded))
    await world.settle(extra=FORM)
    assert sorted(letters(sink)) == ["bob@customer.example", "eva@customer.example"]
    cases = {case.requester.addr_spec: case for case in await world.ask(lambda tx: tx.cases.find()) if case.requester}
    eva = cases["eva@customer.example"]
    assert eva.requester is not None
    assert (eva.requester.name, eva.order_numbers) == ("Eva Miller", ("ORD789456",))
    opened = next(event for event in await world.ask(lambda tx: tx.cases.events(eva.id)) if event.kind == "opened")
    assert (opened.actor, opened.detail["passed_on_by"]) == ("eva@customer.example", "noreply@forms.example")
    assert cases["bob@customer.example"].order_numbers == ("ORD1111",)
