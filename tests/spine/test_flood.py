"""A flood: who is acknowledged at once, who waits, who decides; and the same message sent twice."""

from pathlib import Path

import pytest

from tests.making import message
from tests.proof.flood import flooded
from tests.servers.smtp_sink import Sink
from tests.spine.world import World, letter
from triage.case import CaseStatus
from triage.decision import Outcome
from triage.message import Attachment
from triage.parsing.identifiers import likeness


async def test_a_flood_in_small(tmp_path: Path) -> None:
    """Of 200 messages in an hour all get a case; crowds wait for a person, people are acknowledged within their day, one at a time."""
    found = await flooded(tmp_path, 200, seed=7)
    assert found.details() == []
    assert found.held > 130


async def test_the_same_message_twice_is_one_case(world: World, sink: Sink) -> None:
    """Sent again within the day under another Message-ID, it joins its case, is kept there, and is acknowledged once."""
    for prefix in ("", "Re: ", "re:  FW: "):
        await world.deliver(letter("Where is ORD1234?", subject=f"{prefix}My order"))
        await world.settle()
    records = await world.ask(lambda tx: list(tx.messages.all("support")))
    assert [(it.outcome, it.case_id) for it in records] == [(Outcome.OPENED, 1), (Outcome.FOLLOW_UP, 1), (Outcome.FOLLOW_UP, 1)]
    events = await world.ask(lambda tx: [event for event in tx.cases.events(1) if event.kind == "repeated"])
    assert [event.detail["why"] for event in events] == ["says the same as message 1"] * 2
    assert [it.recipients[0] for it in sink.accepted].count("ann@customer.example") == 1


async def test_the_same_message_wakes_a_solved_case(world: World) -> None:
    """Whoever asks the same again is not content: a case at rest is open again."""
    await world.deliver(letter("Where is ORD1234?"))
    async with world.app() as app:
        from triage.daemon import once

        await once(app)
        await app.store.transact(lambda tx: tx.cases.set_status(1, CaseStatus.SOLVED, world.clock()))
        await world.deliver(letter("Where is ORD1234?"))
        await once(app)
        assert (await app.store.query(lambda tx: tx.cases.get(1))).status is CaseStatus.OPEN


async def test_others_and_other_things_are_no_repetition(world: World) -> None:
    """The same words of somebody else, other words, or another attachment, are cases of their own."""
    for sender, body in (("ann@a.example", "Hello"), ("bob@b.example", "Hello"), ("ann@a.example", "Hello again")):
        await world.deliver(letter(body, sender=sender))
    await world.settle()
    assert len(await world.ask(lambda tx: tx.cases.find())) == 3


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({"subject": "RE: my  ORDER"}, True),
        ({"subject": "AW: Fwd: My order"}, True),
        ({"full_text": "where  is\nORD1234?"}, True),
        ({"subject": "My other order"}, False),
        ({"full_text": "Where is ORD1235?"}, False),
        ({"attachments": (Attachment(filename="a.pdf", content_type="application/pdf", size=1, sha256="aa"),)}, False),
    ],
)
def test_what_is_like_what(changes: dict[str, object], same: bool) -> None:
    """Spaces, case and the marks of answers make no difference; a digit or an attachment does."""
    first = message(subject="My order", full_text="Where is ORD1234?")
    assert (likeness(first) == likeness(message(**{"subject": "My order", "full_text": "Where is ORD1234?", **changes}))) is same
