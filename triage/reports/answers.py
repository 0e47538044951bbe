"""How well the model knows the mail, as a section of a report: how sure it was, what it left to people, what they corrected."""

from collections.abc import Iterator, Mapping

from triage.reports.wording import Section, share, words
from triage.said import EVERYTHING, Drift, Level, Shift

_MEASURES: Mapping[str, str] = {
    "unsure": "left to people",
    "corrected": "corrected by people",
    "doubtful": "less sure than of half the mail before",
    "strange": "more new words than nine tenths of the mail before",
}

#: From here on a tenth of a percent is more than anybody reads, and below here a chance is none.
_TENTH, _LEAST = 0.0995, 0.0001


def answers(drift: Drift) -> Iterator[Section]:
    """One section; none where no model was asked."""
    if not drift.now or not drift.now[0].many:
        return
    rows = [_row(now, before if drift.weeks else None) for now, before in zip(drift.now, drift.before, strict=True)]
    yield Section(
        title="How well the model knows the mail",
        headings=("taken for", "messages", "how sure", "left to people", "corrected", "new words"),
        rows=rows,
        notes=tuple(_notes(drift)),
    )


def _notes(drift: Drift) -> Iterator[str]:
    yield "Messages that opened a case. How sure the model was and new words, which it was not taught, are averages."
    if drift.weeks:
        yield f"In brackets: the {drift.weeks} weeks before." if drift.weeks > 1 else "In brackets: the week before."
        yield from (f"{moved(shift)}: more than chance ({_p(shift.p)})." for shift in drift.moved)
        if not drift.moved:
            yield "Nothing has moved by more than chance, by an exact test corrected for everything that was looked at."
    if len(drift.models.keys() | drift.models_before.keys()) > 1:
        yield f"Answered by {_models(drift.models)}; in the weeks before by {_models(drift.models_before) or 'none'}."


def moved(shift: Shift) -> str:
    """What moved, from where to where."""
    what = "all mail" if shift.category == EVERYTHING else words(shift.category)
    then, now = (share(it.hits, it.of) for it in (shift.before, shift.after))
    return f"{what}, {_MEASURES[shift.measure]}: {now}, before {then}"


def _row(now: Level, before: Level | None) -> tuple[str, ...]:
    then = _cells(before) if before else ()
    told = [f"{one} ({other})" for one, other in zip(_cells(now), then, strict=True)] if then else _cells(now)
    return ("all mail" if now.category == EVERYTHING else words(now.category), *told)


def _cells(level: Level) -> tuple[str, ...]:
    if not level.many:
        return ("0", *("–",) * 4)
    # Nothing that was read out of a message is certain, whatever it is rounded to.
    sure = None if level.sure is None else min(level.sure, 0.99)
    return (str(level.many), *map(_percent, (sure, level.unsure.value, level.corrected.value, level.strange)))


def _percent(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{100 * value:.0f} %" if value >= _TENTH else f"{100 * value:.1f} %"


def _p(chance: float) -> str:
    return f"p = {chance:.4f}" if chance >= _LEAST else f"p < {_LEAST}"


def _models(models: Mapping[str, int]) -> str:
    return ", ".join(f"{version} ({many})" for version, many in models.items())
