"""A report as sections that any form can print: a title, a table or some lines, what there is to know about it, and its chart."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta, tzinfo

from triage.figures import Counts, Group, Miss, Misses, Promise, Report, Times
from triage.reports.answers import answers
from triage.reports.wording import Section, csat, share, span, words

_SHOWN = 25
_TITLES = {
    "representative": "By representative", "department": "By department", "category": "By category", "matter": "By matter",
    "product": "By product", "vendor": "By vendor", "channel": "By channel",
}  # fmt: skip
_MISSED = {
    Promise.ACKNOWLEDGMENT: "Not acknowledged within 24 hours",
    Promise.RESOLUTION: "Not resolved within 48 hours",
    Promise.UPDATE: "Neither resolved nor updated within 48 hours",
}
_GROUPED = (
    "", "received", "ack. 24 h", "resolved 48 h", "res. or updated", "answered: median; 90 %", "resolved: median; 90 %", "first contact",
    "escalated", "CSAT",
)  # fmt: skip


def sections(report: Report, where: tzinfo) -> list[Section]:
    """All parts in the order of reading: what was reached, what was missed, where, and why."""
    return [
        _key_figures(report),
        *_missed(report, where),
        _waiting(report),
        _satisfaction(report),
        *_causes(report),
        *_grouped(report),
        *answers(report.model),
        _excluded(report),
        _definitions(report, where),
    ]


def _key_figures(report: Report) -> Section:
    rows = [(label, *(says(it) for it in (report.total, report.disputes, report.before))) for label, says in _KEY.items()]
    solved = f"{report.solved} {'case was' if report.solved == 1 else 'cases were'} resolved in the period, whenever they had arrived."
    return Section(
        title="Key figures",
        chart="days",
        headings=("", "all cases", "disputes, payments", "period before"),
        rows=rows,
        notes=(solved,),
    )


def _missed(report: Report, where: tzinfo) -> Iterator[Section]:
    for promise, title in _MISSED.items():
        misses = report.misses.get(promise, Misses())
        rows = [
            (it.number, _at(it, where), words(it.matter), _took(it.took), it.why, it.representative or "nobody") for it in misses.listed
        ]
        reasons = tuple(f"{many} × {why}" for why, many in misses.by_reason.items())
        more = (f"{misses.many - len(rows)} more are in `triage log`.",) if misses.many > len(rows) else ()
        headings = ("case", "arrived", "about", "took", "why", "representative")
        none = ("None.",) if not misses.many else ()
        chart = "resolution" if promise is Promise.RESOLUTION else ""
        yield Section(title=f"{title}: {misses.many}", chart=chart, headings=headings, rows=rows, notes=(*reasons, *more, *none))


def _at(miss: Miss, where: tzinfo) -> str:
    return f"{miss.received_at.astimezone(where):%Y-%m-%d %H:%M}"


def _took(took: timedelta | None) -> str:
    return span(took.total_seconds()) if took else "not yet"


def _waiting(report: Report) -> Section:
    its = report.waiting
    rows = [(age, str(many)) for age, many in its.by_age.items()]
    oldest = (f"The oldest has waited {span(its.oldest.total_seconds())}.",) if its.oldest else ()
    return Section(
        title=f"Not resolved at the end of the period: {its.many}", chart="waiting", headings=("age", "cases"), rows=rows, notes=oldest
    )


def _satisfaction(report: Report) -> Section:
    scores = [sum(one.score == score for one in report.rated) for score in range(1, 6)]
    rows = [(f"{score} of 5", str(many)) for score, many in zip(range(1, 6), scores, strict=True)]
    said = [f"{one.score}/5, {one.number}, {words(one.matter)}: “{one.comment}”" for one in report.rated if one.comment]
    more = [f"{len(said) - _SHOWN} more comments are in `triage log`."] if len(said) > _SHOWN else []
    mean = csat(report.total)
    title = f"Satisfaction: {mean}" if report.rated else "Satisfaction: nobody has rated"
    return Section(
        title=title, chart="ratings" if report.rated else "", headings=("rating", "answers"), rows=rows, notes=(*said[:_SHOWN], *more)
    )


def _causes(report: Report) -> Iterator[Section]:
    causes = report.causes
    advice = [f"{it.do} Evidence: {it.because}" for it in causes.advice] or ["Nothing stands out by more than chance."]
    yield Section(title="What to do", notes=advice)
    rises = [(it.what, words(it.name), str(it.now), f"{it.expected:.1f}", f"{it.q:.4f}") for it in causes.rises]
    note = "More than its own history explains, by an exact test corrected for everything that was looked at (false discovery rate 5 %)."
    yield Section(
        title="What has risen", chart="rises" if rises else "", headings=("kind", "name", "cases", "expected", "q"), rows=rises,
        notes=(note,) if rises else ("Nothing has risen by more than chance.",),
    )  # fmt: skip
    if causes.clusters:
        common = [(", ".join(it.words), str(it.many), _matters(it.matters), ", ".join(it.numbers)) for it in causes.clusters]
        yield Section(title="What many messages have in common", headings=("words", "cases", "about", "for example"), rows=common)
    for title, found in (("Customers who write again and again", causes.customers), ("Orders that come up again and again", causes.orders)):
        if found:
            again = [(it.name, str(it.many), "; ".join(map(words, it.matters)), ", ".join(it.numbers)) for it in found]
            yield Section(title=title, headings=("", "cases", "about", "for example"), rows=again)
    if causes.chargebacks:
        by_vendor = [(name or "vendor unknown", str(many)) for name, many in causes.chargebacks.items()]
        yield Section(title="Chargebacks by vendor", headings=("vendor", "chargebacks"), rows=by_vendor)


def _matters(matters: Mapping[str, int]) -> str:
    return "; ".join(f"{words(name)} {many}" for name, many in matters.items())


def _grouped(report: Report) -> Iterator[Section]:
    for by, title in _TITLES.items():
        found = report.by.get(by, ())
        rows = [_row(it) for it in found[:_SHOWN]]
        more = (f"{len(found) - _SHOWN} more are in `triage log`.",) if len(found) > _SHOWN else ()
        if rows:
            yield Section(title=title, chart="matters" if by == "matter" else "", headings=_GROUPED, rows=rows, notes=more)


def _row(it: Group) -> tuple[str, ...]:
    counts = it.counts
    return (
        words(it.name),
        str(counts.received),
        share(counts.acknowledged, counts.acknowledgment_due),
        share(counts.resolved, counts.resolution_due),
        share(counts.updated, counts.update_due),
        _times(it.answer),
        _times(it.resolution),
        share(counts.first_contact, counts.solved),
        share(counts.escalated, counts.received),
        csat(it),
    )


def _excluded(report: Report) -> Section:
    rows = [(why, str(many)) for why, many in report.excluded.items()]
    due, counts = report.total.counts.resolution_due, report.total.counts
    early = (
        (f"{counts.received - due} cases whose 48 hours are not up count as neither reached nor missed.",) if due < counts.received else ()
    )
    return Section(title="Not counted", headings=("what", "many"), rows=rows, notes=early or (() if rows else ("Nothing.",)))


def _definitions(report: Report, where: tzinfo) -> Section:
    return Section(
        title="How this was counted",
        notes=(
            f"Cases that arrived in {report.period.title}, as known on {report.at.astimezone(where):%Y-%m-%d %H:%M %Z}.",
            "Times count from arrival at our server, on the clock and without pauses.",
            "Acknowledged: the acknowledgment, or a person's answer before it, was taken by the customer's server within 24 hours.",
            "Resolved: the resolution that stands; a case that was taken up again counts from its arrival to its last resolution.",
            "First contact: resolved with one answer at most, no further question, and not taken up again.",
            "90 %: the time within which nine tenths were done. Satisfaction: ratings that came in during the period.",
        ),
    )


def _net(counts: Counts) -> str:
    return share(counts.acknowledged, counts.acknowledgment_due - counts.refused)


def _times(its: Times) -> str:
    return f"{span(its.median)}; {span(its.p90)}" if its.n else "–"


#: The lines of the key figures, in their order.
_KEY: Mapping[str, Callable[[Group], str]] = {
    "Cases received": lambda it: str(it.counts.received),
    "Acknowledged in 24 h (target 100 %)": lambda it: share(it.counts.acknowledged, it.counts.acknowledgment_due),
    "– net of servers that refuse us": lambda it: _net(it.counts),
    "Resolved in 48 h (target 99 %)": lambda it: share(it.counts.resolved, it.counts.resolution_due),
    "Resolved or updated in 48 h (100 %)": lambda it: share(it.counts.updated, it.counts.update_due),
    "Acknowledged: median; 90 %": lambda it: _times(it.acknowledgment),
    "Person's answer: median; 90 %": lambda it: _times(it.answer),
    "Resolved: median; 90 %": lambda it: _times(it.resolution),
    "Resolved: average time": lambda it: span(it.resolution.mean),
    "Resolved at first contact": lambda it: share(it.counts.first_contact, it.counts.solved),
    "Escalated": lambda it: share(it.counts.escalated, it.counts.received),
    "Taken up again": lambda it: share(it.counts.reopened, it.counts.received),
    "Satisfaction (1 to 5)": csat,
}
