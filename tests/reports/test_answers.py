"""How well the model knows the mail: what the report tells, and what it advises to do."""

from dataclasses import replace

import pytest

from tests.reports.making import BERLIN, empty, full
from triage.classifier.drift import drift
from triage.figures import Advice, Causes
from triage.reports.answers import answers
from triage.reports.causes import advice
from triage.reports.pages import as_text
from triage.reports.sections import sections
from triage.reports.wording import Section
from triage.said import Drift, Said

WEEK = [
    Said(category="order", confidence=0.95, strange=0.05, model="one", many=45),
    Said(category="order", confidence=0.6, abstained=True, strange=0.2, model="one", many=5),
    Said(category="invoice", confidence=0.9, corrected=True, strange=0.1, model="one", many=2),
    Said(category="invoice", confidence=0.9, strange=0.1, model="one", many=38),
]
STEADY = drift([WEEK] * 12, WEEK)


def now(**changed: object) -> Drift:
    """Twelve steady weeks, and one in which thirty more orders are like this."""
    given = {"category": "order", "confidence": 0.95, "strange": 0.05, "model": "one", "many": 30}
    return drift([WEEK] * 12, [*WEEK, Said(**{**given, **changed})])  # type: ignore[arg-type]


def section(found: Drift) -> Section:
    """The only one there is."""
    [one] = answers(found)
    return one


def advised(found: Drift) -> tuple[Advice, ...]:
    """What is advised because of it, and nothing else."""
    return advice(replace(empty(), model=found), Causes(), ())


def test_how_sure_how_often_and_how_right() -> None:
    """A row for all mail and one for each category, with what it was in the weeks before in brackets."""
    found = section(now(abstained=True))
    assert found.headings == ("taken for", "messages", "how sure", "left to people", "corrected", "new words")
    assert found.rows == [
        ("all mail", "120 (1080)", "92 % (91 %)", "29 % (5.6 %)", "1.7 % (2.2 %)", "7.3 % (8.1 %)"),
        ("invoice", "40 (480)", "90 % (90 %)", "0.0 % (0.0 %)", "5.0 % (5.0 %)", "10 % (10 %)"),
        ("order", "80 (600)", "93 % (92 %)", "44 % (10 %)", "0.0 % (0.0 %)", "5.9 % (6.5 %)"),
    ]  # fmt: skip
    assert found.notes[0].startswith("Messages that opened a case.")
    assert found.notes[1] == "In brackets: the 12 weeks before."


def test_a_category_that_is_new_or_gone() -> None:
    """Nothing is said of messages that there were none of."""
    gone = drift([WEEK] * 12, [Said(category="receipt", confidence=0.8, many=7)])
    rows = {first: others for first, *others in section(gone).rows}
    assert rows["order"] == ["0 (600)", "– (92 %)", "– (10 %)", "– (0.0 %)", "– (6.5 %)"]
    assert rows["receipt"] == ["7 (0)", "80 % (–)", "0.0 % (–)", "0.0 % (–)", "– (–)"]


def test_what_moved_by_more_than_chance_is_told() -> None:
    """In words and numbers, with how unlikely it is; where nothing has moved that is said."""
    notes = section(now(abstained=True)).notes
    assert any(
        note.startswith("order, left to people: 43.8 % (35/80), before 10.0 % (60/600): more than chance (p < 0.0001).") for note in notes
    )
    assert not any("invoice" in note for note in notes)
    few = section(
        drift([WEEK] * 12, [*WEEK, Said(category="order", confidence=0.9, abstained=True, strange=0.05, model="one", many=12)])
    ).notes
    assert [note[-13:] for note in few if "order, left" in note] == ["(p = 0.0028)."]
    assert section(STEADY).notes[2].startswith("Nothing has moved by more than chance")


def test_another_model_is_told() -> None:
    """Figures of two models are not taken for those of one: whoever reads them is told which answered when."""
    assert section(now(model="two")).notes[-1] == "Answered by one (90), two (30); in the weeks before by one (1080)."
    assert not any("Answered" in note for note in section(STEADY).notes)


def test_nothing_is_quite_certain() -> None:
    """A model that is always sure is 99 % sure, as everywhere."""
    assert section(drift([], [Said(category="order", confidence=0.9999, many=9)])).rows[0][2] == "99 %"


def test_the_first_weeks() -> None:
    """Without weeks before there is nothing to compare with, and with one there is one."""
    first = section(drift([], WEEK))
    assert first.rows[0] == ("all mail", "90", "91 %", "5.6 %", "2.2 %", "8.1 %")
    assert len(first.notes) == 1
    assert section(drift([WEEK], WEEK)).notes[1] == "In brackets: the week before."


def test_where_no_model_was_asked_nothing_is_told() -> None:
    """A shop whose mail is all sorted by hand has no such section, and neither has a week without mail."""
    assert list(answers(Drift())) == list(answers(drift([WEEK], []))) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"abstained": True}, "The model leaves more of order to people"),
        ({"corrected": True}, "`triage model learn`"),
        ({"confidence": 0.5}, "The model is less sure of order"),
        ({"strange": 0.6}, "Mail about order has words that the model was not taught: teach it with `triage train --from-folders`."),
    ],
)
def test_what_to_do(changed: dict[str, object], said: str) -> None:
    """Each thing that became worse has its remedy, for the category it is about, with the figures as evidence."""
    found = advised(now(**changed))
    assert len(found) == 1
    assert said in found[0].do
    assert found[0].because.startswith("order, ")
    assert "before" in found[0].because


def test_what_became_better_needs_nothing() -> None:
    """Fewer corrections and fewer messages left to people move by more than chance, too, and are no task."""
    worse = [replace(each, abstained=True) for each in WEEK]
    better = drift([worse] * 12, WEEK)
    assert better.moved
    assert advised(better) == ()


def test_what_cannot_be_told_by_category_is_told_of_all_mail() -> None:
    """Where each category alone moved too little, all of them together are named."""
    names = [f"c{number}" for number in range(12)]
    before = [Said(category=name, confidence=0.9, many=10) for name in names]
    after = [
        it
        for name in names
        for it in (Said(category=name, confidence=0.9, many=8), Said(category=name, confidence=0.9, abstained=True, many=2))
    ]
    [found] = advised(drift([before] * 12, after))
    assert "leaves more of all mail to people" in found.do


def test_the_way_back_to_the_former_model() -> None:
    """Where another model answers than before and something became worse, the way back is named; where nothing did, it is not."""
    swapped = [replace(each, model="two") for each in WEEK]
    assert advised(drift([WEEK] * 12, swapped)) == ()
    found = advised(drift([WEEK] * 12, [replace(each, abstained=True) for each in swapped]))
    assert found[-1] == Advice(
        do="Or let the model answer that answered before: `triage model use one`.", because="It is two that answered now."
    )


def test_a_few_messages_are_no_task() -> None:
    """Four messages, however far beyond chance, are dealt with and not taught."""
    few = [Said(category="receipt", confidence=0.9, many=100)]
    found = drift([few] * 12, [Said(category="receipt", confidence=0.9, abstained=True, many=4)])
    assert found.moved
    assert advised(found) == ()


def test_it_stands_among_the_other_sections_and_fits() -> None:
    """Behind the figures by group and before what was not counted, in eighty columns."""
    parts = sections(replace(full(), model=now(abstained=True)), BERLIN)
    titles = [part.title for part in parts]
    assert titles.index("By channel") + 1 == titles.index("How well the model knows the mail") == titles.index("Not counted") - 1
    assert max(map(len, as_text("Report", parts).splitlines())) <= 80
