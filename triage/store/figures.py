"""Counts over the log: each question is one pass over the rows of a period, found by an index."""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sqlite_utils import Database

from triage.figures import ACKNOWLEDGED_WITHIN, RESOLVED_WITHIN, Cell, Counts, Miss, Misses, Often, Promise, Rated, Text, Took
from triage.said import Said
from triage.store import rows

#: Later than anything that ever happens.
_NEVER = 1 << 40
_ACK, _SOLVE = int(ACKNOWLEDGED_WITHIN.total_seconds()), int(RESOLVED_WITHIN.total_seconds())
# A person's words are our first word, too, where no acknowledgment left before them.
_FIRST_WORD = f"min(ifnull(acknowledged, {_NEVER}), ifnull(answered, {_NEVER}))"
_LATE = "case when acknowledged is null or refused then obstacle else 'the acknowledgment left too late' end"
_NEWS = f"min(ifnull(resolved, {_NEVER}), ifnull(updated, {_NEVER}))"
_IN_TIME: Mapping[Promise, tuple[str, int]] = {
    Promise.ACKNOWLEDGMENT: (_FIRST_WORD, _ACK),
    Promise.RESOLUTION: (f"ifnull(resolved, {_NEVER})", _SOLVE),
    Promise.UPDATE: (_NEWS, _SOLVE),
}


def _kept(promise: Promise) -> str:
    when, within = _IN_TIME[promise]
    return f"{when} <= received + {within}"


def _up(promise: Promise) -> str:
    return f"received + {_IN_TIME[promise][1]} < :now"


_ARRIVED = "received >= :start and received < :end and excluded = ''"
_MISSED_FIRST = f"not ({_kept(Promise.ACKNOWLEDGMENT)}) and {_up(Promise.ACKNOWLEDGMENT)}"
#: How each count comes about, in the order of Counts.
_COUNTS: Mapping[str, str] = {
    "received": "count(*)",
    "acknowledged": f"sum({_kept(Promise.ACKNOWLEDGMENT)})",
    "acknowledgment_due": f"sum({_kept(Promise.ACKNOWLEDGMENT)} or {_up(Promise.ACKNOWLEDGMENT)})",
    "refused": f"sum(refused and {_MISSED_FIRST})",
    "resolved": f"sum({_kept(Promise.RESOLUTION)})",
    "resolution_due": f"sum({_kept(Promise.RESOLUTION)} or {_up(Promise.RESOLUTION)})",
    "updated": f"sum({_kept(Promise.UPDATE)})",
    "update_due": f"sum({_kept(Promise.UPDATE)} or {_up(Promise.UPDATE)})",
    "solved": "sum(resolved is not null)",
    "first_contact": "sum(resolved is not null and answers <= 1 and follow_ups = 0 and reopened = 0)",
    "escalated": "sum(escalated is not null)",
    "reopened": "sum(reopened > 0)",
}
#: Columns that figures may be asked by; names of columns come from here, never from outside.
COLUMNS = ("representative", "departments", "category", "issue", "channel", "product", "vendor")
_ONLY_KNOWN = frozenset({"product", "vendor"})
_SECONDS = f"nullif({_FIRST_WORD}, {_NEVER}) - received, answered - received, resolved - received"
_TOOK = f"""select received, representative, departments, category, case when abstained then '' else issue end, channel, product, vendor,
    {_SECONDS} from log where {_ARRIVED}"""  # noqa: S608
_SAID = {
    "follow_up": "messages that continue a case", "noted": "notes of machines and of staff", "report": "delivery reports",
    "automatic": "automatic, bulk and list mail", "spam": "spam", "duplicate": "second copies", "sent": "our own answers",
}  # fmt: skip
_SAID_ALIKE = """select said as category, model, unsure as abstained, ifnull(log.corrected < :known, 0) as corrected,
    log.confidence / 1000.0 as confidence, log.strange / 1000.0 as strange, count(*) as many from log
    where received >= :start and received < :end and said <> '' group by 1, 2, 3, 4, 5, 6"""
_OFTEN = {
    False: f"""select requester, count(*) as many from log where {_ARRIVED} and requester <> ''
        group by requester having many >= :least order by many desc, requester limit :limit""",  # noqa: S608
    True: f"""select log_orders.number, count(*) as many from log join log_orders using (case_id) where {_ARRIVED}
        group by log_orders.number having many >= :least order by many desc, log_orders.number limit :limit""",  # noqa: S608
}
_THEIRS = {False: "requester = :name", True: "case_id in (select case_id from log_orders where number = :name)"}


class SqliteFigures:
    """The FigureTable port."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def cells(self, start: datetime, end: datetime, now: datetime, by: Sequence[str]) -> list[Cell]:
        """Counts of the cases that arrived, by these columns of the log."""
        names, known = _columns(by)
        sums = ", ".join(_COUNTS.values())
        sql = f"select {names}, {sums} from log where {_ARRIVED}{known} group by {names}"  # noqa: S608
        found = self._db.execute(sql, _between(start, end) | {"now": _seconds(now)})
        return [Cell(names=row[: len(by)], counts=Counts(**dict(zip(_COUNTS, row[len(by) :], strict=True)))) for row in found]

    def took(self, start: datetime, end: datetime) -> Iterator[Took]:
        """How long each case took that arrived."""
        return map(Took._make, self._db.execute(_TOOK, _between(start, end)))

    def durations(self, start: datetime, end: datetime) -> Iterator[tuple[int | None, int | None, int | None]]:
        """The same without names, for all cases together."""
        yield from self._db.execute(f"select {_SECONDS} from log where {_ARRIVED}", _between(start, end))  # noqa: S608

    def solved(self, start: datetime, end: datetime) -> int:
        """How many cases were resolved in the period."""
        sql = "select count(*) from log where resolved >= :start and resolved < :end and excluded = ''"
        return int(self._db.execute(sql, _between(start, end)).fetchone()[0])

    def misses(self, promise: Promise, start: datetime, end: datetime, now: datetime, limit: int) -> Misses:
        """Promises to customers whose cases arrived that were not kept."""
        when, _within = _IN_TIME[promise]
        given = _between(start, end) | {"now": _seconds(now), "limit": limit}
        missed = f"from log where {_ARRIVED} and not ({_kept(promise)}) and {_up(promise)}"
        # What kept a person from answering did not keep our own mail back.
        why = _LATE if promise is Promise.ACKNOWLEDGMENT else "obstacle"
        reasons = self._db.execute(f"select {why}, count(*) {missed} group by 1 order by 2 desc, 1", given)
        named = self._db.execute(
            f"""select number, category, issue, abstained, received, {when} - received as took, {why}, representative {missed}
            order by took desc, case_id limit :limit""",
            given,
        )
        listed = (
            Miss(
                number=number,
                matter=_matter(category, issue, abstained),
                received_at=datetime.fromtimestamp(received, UTC),
                took=None if took > _NEVER // 2 else timedelta(seconds=took),
                why=_why(obstacle),
                representative=representative,
            )
            for number, category, issue, abstained, received, took, obstacle, representative in named
        )
        return Misses(listed=tuple(listed), by_reason={_why(obstacle): many for obstacle, many in reasons})

    def rated(self, start: datetime, end: datetime) -> list[Rated]:
        """Ratings that came in."""
        sql = """select number, rating, json_extract(entry, '$.comment'), representative, departments, log.channel, log.product, log.vendor,
            category, issue, abstained from log join log_entries using (case_id)
            where rated >= :start and rated < :end and excluded = '' order by rated, case_id"""
        return [
            Rated(
                number=number,
                score=score,
                comment=comment,
                representative=who,
                matter=_matter(*about),
                departments=tuple(filter(None, departments.split("|"))),
                category=about[0],
                issue="" if about[2] else about[1],
                channel=channel,
                product=product,
                vendor=vendor,
            )
            for number, score, comment, who, departments, channel, product, vendor, *about in self._db.execute(sql, _between(start, end))
            if score
        ]

    def scores(self, start: datetime, end: datetime) -> list[int]:
        """The scores alone, without a look into the entries."""
        sql = "select rating from log where rated >= :start and rated < :end and excluded = '' and rating > 0"
        return [score for (score,) in self._db.execute(sql, _between(start, end))]

    def waiting(self, at: datetime) -> Sequence[int]:
        """Ages of the cases that were not resolved at that time."""
        # Two ranges of two indexes: what is open now, and what was resolved since.
        sql = """select :at - received from log where resolved is null and excluded = '' and received < :at
            union all select :at - received from log where resolved >= :at and excluded = '' and received < :at order by 1 desc"""
        return [age for (age,) in self._db.execute(sql, {"at": _seconds(at)})]

    def excluded(self, start: datetime, end: datetime) -> Mapping[str, int]:
        """What arrived and is in no figure."""
        # The condition of the index, or SQLite would read every message.
        counted = ", ".join(f"'{outcome}'" for outcome in _SAID)
        sql = f"""select outcome, count(*) from messages where outcome in ({counted}) and received_at >= ? and received_at < ?
            group by outcome"""  # noqa: S608
        found = Counter({_SAID[outcome]: many for outcome, many in self._db.execute(sql, (rows.moment(start), rows.moment(end)))})
        sql = "select excluded, count(*) from log where received >= :start and received < :end and excluded <> '' group by excluded"
        found.update({f"cases: {why}": many for why, many in self._db.execute(sql, _between(start, end))})
        return dict(found.most_common())

    def history(self, bounds: Sequence[datetime], by: Sequence[Sequence[str]]) -> list[Mapping[tuple[str, ...], Sequence[int]]]:
        """Cases by each of these sets of columns, for each of the stretches between two of the bounds."""
        edges = [_seconds(bound) for bound in bounds]
        stretch = " ".join(f"when received < {edge} then {number}" for number, edge in enumerate(edges[1:]))
        # Sorting is what takes long: rows are sorted once, and their few groups are added up here.
        columns = list(dict.fromkeys(itertools.chain.from_iterable(by)))
        names, _ = _columns(columns)
        sql = f"select count(*), case {stretch} end as stretch, {names} from log where {_ARRIVED} group by {names}, stretch"  # noqa: S608
        found = [(many, number, tuple(its)) for many, number, *its in self._db.execute(sql, {"start": edges[0], "end": edges[-1]})]
        return [_added_up(found, {name: columns.index(name) for name in its}, len(edges) - 1) for its in by]

    def often(self, start: datetime, end: datetime, *, orders: bool, at_least: int, limit: int) -> list[Often]:
        """Customers, or orders, with so many cases or more."""
        given = _between(start, end)
        found = self._db.execute(_OFTEN[orders], given | {"least": at_least, "limit": limit}).fetchall()
        return [self._often(name, many, given, orders=orders) for name, many in found]

    def _often(self, name: str, many: int, given: Mapping[str, object], *, orders: bool) -> Often:
        sql = f"select number, category, issue, abstained from log where {_ARRIVED} and {_THEIRS[orders]} order by received"  # noqa: S608
        theirs = self._db.execute(sql, {**given, "name": name}).fetchall()
        matters = dict.fromkeys(_matter(*row[1:]) for row in theirs)
        return Often(name=name, many=many, numbers=tuple(row[0] for row in theirs[:10]), matters=tuple(matters))

    def said(self, start: datetime, end: datetime, known: datetime) -> list[Said]:
        """What the model said of messages that opened a case and arrived."""
        found = self._db.query(_SAID_ALIKE, _between(start, end) | {"known": _seconds(known)})
        return [Said(**row | {"abstained": bool(row["abstained"]), "corrected": bool(row["corrected"])}) for row in found]

    def texts(self, start: datetime, end: datetime, limit: int) -> list[Text]:
        """What customers wrote."""
        sql = f"""select log.number, log.category, log.issue, abstained, json_extract(entry, '$.description')
            from log join log_entries using (case_id) where {_ARRIVED} order by received desc limit :limit"""  # noqa: S608
        found = self._db.execute(sql, _between(start, end) | {"limit": limit})
        return [Text(number=number, matter=_matter(*about), words=words or "") for number, *about, words in found]


def _columns(by: Sequence[str]) -> tuple[str, str]:
    """The columns, and what must hold of them."""
    if unknown := set(by) - set(COLUMNS):
        raise ValueError(f"{', '.join(sorted(unknown))}: expected columns among {', '.join(COLUMNS)}")
    known = "".join(f" and {name} <> ''" for name in by if name in _ONLY_KNOWN)
    # What nobody has sorted has an issue that nobody vouches for.
    return ", ".join("case when abstained then '' else issue end" if name == "issue" else name for name in by), known


def _added_up(
    found: Sequence[tuple[int, int, tuple[str, ...]]], places: Mapping[str, int], stretches: int
) -> Mapping[tuple[str, ...], Sequence[int]]:
    """Counts for each stretch by the names at these places; what is not known of a case is no name."""
    needed = [place for name, place in places.items() if name in _ONLY_KNOWN]
    counts: defaultdict[tuple[str, ...], list[int]] = defaultdict(lambda: [0] * stretches)
    for many, stretch, names in found:
        if all(names[place] for place in needed):
            counts[tuple(names[place] for place in places.values())][stretch] += many
    return dict(sorted(counts.items()))


def _matter(category: str, issue: str, abstained: int) -> str:
    return "to be sorted" if abstained else f"{category}/{issue}" if issue else category


def _why(obstacle: str) -> str:
    return obstacle or "its representative had not got to it"


def _between(start: datetime, end: datetime) -> dict[str, object]:
    return {"start": _seconds(start), "end": _seconds(end)}


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
