"""Charts as PNG for mail clients: readable without colour, on a light card of their own, which dark mode and paper leave alone.

Heavy to import: only commands and processes of their own do."""

import io
import warnings
from collections.abc import Callable, Mapping

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from triage.figures import Promise, Report
from triage.reports.pages import clean
from triage.reports.wording import words

#: Okabe and Ito's colours, which people of every kind of colour vision tell apart; shape and words say the same again.
_BLUE, _ORANGE, _GREY, _INK = "#0072B2", "#E69F00", "#8A8A8A", "#222222"
#: Sharp on screens of twice the density, at the width that mail clients show.
_INCHES, _DPI = 7.6, 200
_MOST, _LETTERS = 12, 40
_STYLE = {
    "font.family": "DejaVu Sans", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "axes.edgecolor": _INK,
    "axes.labelcolor": _INK, "text.color": _INK, "xtick.color": _INK, "ytick.color": _INK, "axes.titlelocation": "left",
    "axes.titleweight": "bold", "axes.titlesize": 10.5, "axes.titlepad": 12, "figure.facecolor": "white", "hatch.linewidth": 0.6,
    # What customers write is shown as it is: a dollar sign begins no formula.
    "text.parse_math": False,
}  # fmt: skip


def charts(report: Report) -> dict[str, tuple[bytes, str]]:
    """PNG and words for each chart that there is something to draw for."""
    found = {}
    with mpl.rc_context(_STYLE), warnings.catch_warnings():  # type: ignore[arg-type]
        # A name in letters that the font lacks is drawn as boxes, and stands in the table.
        warnings.filterwarnings("ignore", message="Glyph")
        for name, (draw, rows, says) in _CHARTS.items():
            if many := rows(report):
                figure = Figure(figsize=(_INCHES, min(1.1 + 0.26 * many, 4.4) if name in _LYING else 2.6), dpi=_DPI, layout="constrained")
                draw(figure.subplots(), report)
                out = io.BytesIO()
                # Without the time and the version, the same figures give the same octets.
                figure.savefig(out, format="png", metadata={"Software": None})
                found[name] = (out.getvalue(), says(report))
    return found


def _days(axes: Axes, report: Report) -> None:
    days = report.days
    places = range(len(days))
    late = [day.received - day.resolved for day in days]
    axes.bar(places, [day.resolved for day in days], color=_BLUE, width=0.85, label="resolved within 48 hours")
    axes.bar(
        places,
        late,
        bottom=[day.resolved for day in days],
        color=_ORANGE,
        width=0.85,
        hatch="////",
        edgecolor="white",
        label="later or not yet",
    )
    step = max(1, len(days) // 12)
    axes.set_xticks(list(places)[::step], [f"{day.day.day} {day.day:%b}" for day in days][::step])
    axes.set_title("Cases by day of arrival")
    axes.set_ylim(0, max(1, *(day.received for day in days)) * 1.25)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(loc="upper right", frameon=False, ncols=2)


def _bars(axes: Axes, values: Mapping[str, float], title: str, color: str = _BLUE, form: str = "{:.0f}") -> None:
    names, lengths = list(values), list(values.values())
    found = axes.barh(range(len(names)), lengths, color=color, height=0.7)
    axes.set_yticks(range(len(names)), [_short(name) for name in names])
    axes.invert_yaxis()
    axes.bar_label(found, labels=[form.format(value) for value in lengths], padding=3)
    axes.xaxis.set_visible(False)
    axes.spines["bottom"].set_visible(False)
    axes.set_xlim(0, max(1, *lengths) * 1.12)
    axes.set_title(title)


def _short(name: str) -> str:
    text = clean(name)
    return text if len(text) <= _LETTERS else f"{text[: _LETTERS - 1]}…"


def _matters(axes: Axes, report: Report) -> None:
    found = report.by["matter"][:_MOST]
    _bars(axes, {words(it.name): it.counts.received for it in found}, "Cases by matter")


def _waiting(axes: Axes, report: Report) -> None:
    _bars(axes, report.waiting.by_age, "Not resolved at the end of the period, by age", _GREY)


def _ratings(axes: Axes, report: Report) -> None:
    scores = {f"{score} of 5": float(sum(one.score == score for one in report.rated)) for score in range(5, 0, -1)}
    _bars(axes, scores, "Ratings that came in")


def _resolution(axes: Axes, report: Report) -> None:
    misses = report.misses[Promise.RESOLUTION].by_reason
    _bars(axes, dict(list(misses.items())[:_MOST]), "Not resolved within 48 hours, by reason", _ORANGE)


def _rises(axes: Axes, report: Report) -> None:
    found = report.causes.rises[:_MOST]
    places = range(len(found))
    axes.barh(places, [it.now for it in found], color=_BLUE, height=0.7, label="in this period")
    axes.plot([it.expected for it in found], list(places), "D", color=_INK, markersize=5, markerfacecolor="white", label="expected")
    axes.set_yticks(list(places), [_short(words(it.name)) for it in found])
    axes.invert_yaxis()
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_title("What has risen")
    axes.legend(loc="lower right", frameon=False)


def _told(kind: str) -> Callable[[Report], str]:
    return lambda report: f"{kind} in {report.period.title}; the figures stand in the tables."


#: How each is drawn, how many rows it has (none: it is left out), and what it shows in words.
_CHARTS: Mapping[str, tuple[Callable[[Axes, Report], None], Callable[[Report], int], Callable[[Report], str]]] = {
    "days": (
        _days,
        lambda it: len(it.days) if it.total.counts.received else 0,
        _told("Bars: cases by day, and how many were resolved in time,"),
    ),
    "resolution": (
        _resolution,
        lambda it: min(_MOST, len(it.misses[Promise.RESOLUTION].by_reason)),
        _told("Bars: reasons of late resolutions"),
    ),
    "waiting": (_waiting, lambda it: len(it.waiting.by_age) if it.waiting.many else 0, _told("Bars: open cases by age")),
    "ratings": (_ratings, lambda it: 5 if it.rated else 0, _told("Bars: ratings of 1 to 5")),
    "matters": (_matters, lambda it: min(_MOST, len(it.by["matter"])), _told("Bars: cases by matter")),
    "rises": (_rises, lambda it: min(_MOST, len(it.causes.rises)), _told("Bars: what has risen, with what was to be expected,")),
}
#: Those with a name beside each bar, as high as they have bars.
_LYING = frozenset(_CHARTS) - {"days"}
