"""Customers say how we did, by mail: it counts once somebody was asked, machines rate nobody, and a low one is acted upon."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from tests.spine.office import ANN, EVE, JANE, Office, answer, opened_office, plain, written
from tests.spine.world import Clock
from triage.case import CaseStatus, Rating
from triage.decision import Outcome

#: Ten on a Monday morning in Berlin.
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
async def asked(tmp_path: Path) -> AsyncIterator[Office]:
    """Ann's case was solved, and she was asked how we did."""
    opened, store = opened_office(tmp_path, Clock(at=MONDAY))
    await opened.get(written(ANN, "Where is ORD1?", subject="where"))
    await opened.get(answer(opened.last(JANE), "#resolve Sent again", f"Jane Adams <{JANE}>"))
    opened.clock.forward(hours=1)
    await opened.work()
    yield opened
    await store.close()


def clicked(letter: EmailMessage, score: int, sender: str = ANN, comment: str = "", **fields: str) -> bytes:
    """What the link for that score opens, sent as it is."""
    links = re.findall(r"mailto:[^\s\"<>]+", plain(letter))
    parts = urlsplit(links[5 - score])
    asked = parse_qs(parts.query)
    return written(sender, asked["body"][0] + comment, to=unquote(parts.path), subject=asked["subject"][0], **fields)


async def outcome(office: Office) -> Outcome | None:
    """What became of the latest message."""
    return (await office.ask(lambda tx: list(tx.messages.all("support"))))[-1].outcome


@pytest.mark.parametrize("score", [3, 4, 5])
async def test_one_click_and_send(asked: Office, score: int) -> None:
    """The rating is with the case, Jane is told, the case stays solved, and nobody is answered."""
    letters = len(asked.came(ANN))
    await asked.get(clicked(asked.last(ANN), score, comment="quick, thank you"))
    case = await asked.case()
    assert (case.rating, case.status) == (Rating(score=score, comment="quick, thank you"), CaseStatus.SOLVED)
    (event,) = await asked.events("rated")
    assert (event.detail["score"], event.detail["comment"], event.detail["how"], event.actor) == (
        str(score),
        "quick, thank you",
        "link",
        ANN,
    )
    assert await outcome(asked) is Outcome.RATED
    assert len(asked.came(ANN)) == letters
    assert "the customer has said how we did" in plain(asked.last(JANE))


@pytest.mark.parametrize(
    ("text", "score", "comment"),
    [
        ("4/5, would have liked to hear of the delay", 4, "would have liked to hear of the delay"),
        ("four stars", 4, ""),
        ("fünf Sterne, danke", 5, "danke"),
        ("5", 5, ""),
    ],
)
async def test_a_plain_answer(asked: Office, text: str, score: int, comment: str) -> None:
    """Words below our letter are understood in English and German."""
    await asked.get(answer(asked.last(ANN), text, ANN, passed=""))
    assert (await asked.case()).rating == Rating(score=score, comment=comment)
    assert (await asked.case()).status is CaseStatus.SOLVED
    assert [event.detail["how"] for event in await asked.events("rated")] == ["words"]


async def test_a_low_rating_takes_the_case_up_again(asked: Office) -> None:
    """Two of five: the case is open, Jane is told that it is, and its clocks run."""
    await asked.get(clicked(asked.last(ANN), 2, comment="still broken"))
    case = await asked.case()
    assert (case.status, case.rating) == (CaseStatus.OPEN, Rating(score=2, comment="still broken"))
    assert "the case is open again" in plain(asked.last(JANE))
    states = await asked.ask(lambda tx: {one.kind: state for one, state in tx.deadlines.of_case(1)})
    assert states["solve"] == "open"


async def test_words_that_rate_nothing_go_on_as_before(asked: Office) -> None:
    """Who answers the letter with a question is a customer with a question."""
    await asked.get(answer(asked.last(ANN), "The lamp is still broken. What now?", ANN, passed=""))
    assert (await asked.case()).status is CaseStatus.OPEN
    assert (await asked.case()).rating is None


async def test_nobody_rates_unasked(tmp_path: Path) -> None:
    """A number in an answer to the acknowledgment is a number."""
    office, store = opened_office(tmp_path, Clock(at=MONDAY))
    await office.get(written(ANN, "Where is ORD1?", subject="where"))
    await office.get(answer(office.last(ANN), "5", ANN, passed=""))
    assert (await office.case()).rating is None
    assert await outcome(office) is Outcome.FOLLOW_UP
    await store.close()


@pytest.mark.parametrize("field", [{"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"X_Autoreply": "yes"}])
async def test_machines_rate_nobody(asked: Office, field: dict[str, str]) -> None:
    """An absence notice that quotes our letter, with a 5 in it or sent to a link's address, is a note and no rating."""
    letter = asked.last(ANN)
    await asked.get(answer(letter, "5/5 I am away", ANN, passed="", **field))
    await asked.get(clicked(letter, 1, **field))
    case = await asked.case()
    assert (case.rating, case.status) == (None, CaseStatus.SOLVED)


async def test_looking_at_a_link_changes_nothing(asked: Office) -> None:
    """The links are addresses: there is nothing that a scanner could call, and only a message that somebody sends counts."""
    assert re.findall(r"https?://", plain(asked.last(ANN))) == []
    html = asked.last(ANN).get_body(("html",))
    assert html is not None
    assert set(re.findall(r'href="(\w+):', str(html.get_content()))) == {"mailto"}


async def test_a_stranger_without_the_token_does_not_rate(asked: Office) -> None:
    """Eve knows the number and guesses an address: it is a case of her own or nothing, and never a rating."""
    forged = f"support+r.100001.1.{'a' * 26}@shop.example"
    await asked.get(written(EVE, "My rating: 1 of 5", to=forged, subject="[SP-100001] 1/5"))
    assert (await asked.case()).rating is None


async def test_colleagues_do_not_rate_themselves(asked: Office) -> None:
    """Jane sends what the link in a forwarded letter opens: no rating."""
    await asked.get(clicked(asked.last(ANN), 5, sender=JANE, passed="mx.shop.example; dmarc=pass header.from=shop.example"))
    assert (await asked.case()).rating is None


async def test_a_later_rating_stands(asked: Office) -> None:
    """Who thinks again is heard; both are in the history."""
    letter = asked.last(ANN)
    await asked.get(clicked(letter, 5))
    await asked.get(clicked(letter, 3))
    assert (await asked.case()).rating == Rating(score=3)
    assert [event.detail["score"] for event in await asked.events("rated")] == ["5", "3"]


async def test_a_card_number_in_a_comment_is_masked(asked: Office) -> None:
    """What nobody may keep is not kept here either."""
    await asked.get(clicked(asked.last(ANN), 4, comment="I paid with card 4111 1111 1111 1111"))
    rating = (await asked.case()).rating
    assert rating is not None
    assert "4111 1111 1111" not in rating.comment


async def test_a_rating_is_no_new_matter(asked: Office) -> None:
    """Though it reads like another matter than the case's, an answer that only rates opens no case of its own."""
    await asked.get(answer(asked.last(ANN), "Two stars, charged twice", ANN, passed="", subject="Re: charged twice"))
    assert (await asked.case()).rating == Rating(score=2, comment="charged twice")
    assert await asked.ask(lambda tx: len(tx.cases.find())) == 1
