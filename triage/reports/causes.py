"""What the causes come to: what might be done, each with its evidence."""

from collections.abc import Iterator, Mapping, Sequence

from triage.figures import Advice, Causes, Cluster, Group, Misses, Often, Promise, Report, Rise
from triage.reports.sections import words

#: A reason that stands behind so many misses is worth a look.
_OFTEN, _LARGE_SHARE = 5, 0.25
_TARGET = 0.99


def advice(report: Report, causes: Causes, vendors: Sequence[tuple[str, float]]) -> tuple[Advice, ...]:
    """What might be done, the most certain first; `vendors` have more chargebacks than their share of cases explains."""
    return (
        *_of_rises(causes.rises, causes.clusters),
        *_of_vendors(vendors, causes.chargebacks, report.by.get("vendor", ())),
        *_of_misses(report.misses.get(Promise.RESOLUTION, Misses()), report.total),
        *_of_often(causes.customers, "customer"),
        *_of_often(causes.orders, "order"),
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


def _of_often(found: Sequence[Often], what: str) -> Iterator[Advice]:
    if found:
        first = found[0]
        yield Advice(
            do=f"Have somebody look at the whole history of {what} {first.name}"
            + (" and the others in the table." if len(found) > 1 else "."),
            because=f"{first.many} cases: {', '.join(first.numbers)}, about {'; '.join(map(words, first.matters))}.",
        )
