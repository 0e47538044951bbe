"""What the causes come to: what might be done, each with its evidence."""

from collections.abc import Iterator, Mapping, Sequence

from triage.figures import Advice, Causes, Cluster, Group, Misses, Often, Promise, Report, Rise
from triage.reports.answers import moved
from triage.reports.wording import words
from triage.said import EVERYTHING, Drift, Shift

#: A reason that stands behind so many misses is worth a look.
_OFTEN, _LARGE_SHARE = 5, 0.25
_TARGET = 0.99
#: As a rise of cases: fewer messages, or less more than before, are nothing that teaching would change.
_FEWEST, _LEAST_RATIO = 5, 1.25
#: By measure.
_TEACH: Mapping[str, str] = {
    "corrected": "People often correct what the model says of {}: look into some of these cases, then teach it with `triage model learn`.",
    "unsure": "The model leaves more of {} to people: sort what lies there, then teach it with `triage train --from-folders`.",
    "doubtful": "The model is less sure of {}: see that its folders are sorted well, then teach it with `triage train --from-folders`.",
    "strange": "Mail about {} has words that the model was not taught: teach it with `triage train --from-folders`.",
}


def advice(report: Report, causes: Causes, vendors: Sequence[tuple[str, float]]) -> tuple[Advice, ...]:
    """What might be done, the most certain first; `vendors` have more chargebacks than their share of cases explains."""
    return (
        *_of_rises(causes.rises, causes.clusters),
        *_of_vendors(vendors, causes.chargebacks, report.by.get("vendor", ())),
        *_of_misses(report.misses.get(Promise.RESOLUTION, Misses()), report.total),
        *_of_often(causes.customers, "customer"),
        *_of_often(causes.orders, "order"),
        *_of_drift(report.model),
    )


def _of_rises(rises: Sequence[Rise], clusters: Sequence[Cluster]) -> Iterator[Advice]:
    for rise in rises:
        said = next((it for it in clusters if max(it.matters, key=lambda name: it.matters[name], default="") == rise.name), None)
        told = f" Many of them speak of: {', '.join(said.words)} ({', '.join(said.numbers)})." if said else ""
        yield Advice(
            do=f"Find out why {rise.what} {words(rise.name)} has risen.",
            because=f"{rise.now} cases, where {rise.expected:.1f} were to be expected (q = {rise.q:.4f}).{told}",
        )


def _of_vendors(vendors: Sequence[tuple[str, float]], chargebacks: Mapping[str, int], groups: Sequence[Group]) -> Iterator[Advice]:
    cases, all_of_them = {group.name: group.counts.received for group in groups}, sum(chargebacks.values())
    for name, q in vendors:
        yield Advice(
            do=f"Talk to {name} about chargebacks: descriptions, delivery times and refunds of its products.",
            because=f"{chargebacks[name]} of {all_of_them} chargebacks are about it, and {cases.get(name, 0)} of all cases (q = {q:.4f}).",
        )


def _of_misses(misses: Misses, total: Group) -> Iterator[Advice]:
    due = total.counts.resolution_due
    if not due or total.counts.resolved / due >= _TARGET:
        return
    for why, many in misses.by_reason.items():
        if many >= _OFTEN and many / misses.many >= _LARGE_SHARE:
            late = f"{many} of {misses.many} cases that were not resolved within 48 hours"
            yield Advice(do=f"Shorten what takes longest: “{why}”.", because=f"It stands behind {late}.")


def _of_drift(drift: Drift) -> Iterator[Advice]:
    for measure, do in _TEACH.items():
        worse = [shift for shift in drift.moved if shift.measure == measure and _is_worse(shift)]
        # Where single categories explain it, nobody is sent to look at all of them.
        worse = [shift for shift in worse if shift.category != EVERYTHING] or worse
        if worse:
            yield Advice(do=do.format(_listed(worse)), because=f"{'; '.join(map(moved, worse))}.")
    former = [version for version in drift.models_before if version not in drift.models]
    if former and any(map(_is_worse, drift.moved)):
        yield Advice(
            do=f"Or let the model answer that answered before: `triage model use {former[0]}`.",
            because=f"It is {', '.join(drift.models)} that answered now.",
        )


def _is_worse(shift: Shift) -> bool:
    return shift.after.hits >= _FEWEST and shift.after.value >= _LEAST_RATIO * shift.before.value


def _listed(shifts: Sequence[Shift]) -> str:
    return ", ".join("all mail" if shift.category == EVERYTHING else words(shift.category) for shift in shifts)


def _of_often(found: Sequence[Often], what: str) -> Iterator[Advice]:
    if found:
        first = found[0]
        yield Advice(
            do=f"Have somebody look at the whole history of {what} {first.name}"
            + (" and the others in the table." if len(found) > 1 else "."),
            because=f"{first.many} cases: {', '.join(first.numbers)}, about {'; '.join(map(words, first.matters))}.",
        )
