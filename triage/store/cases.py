"""Cases, and their events as a hash chain."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime

from sqlite_utils import Database

from triage.case import Case, CaseEvent, CaseStatus, NewCase, Priority, Rating
from triage.decision import Candidate
from triage.erasing import ERASED, NOBODY
from triage.store import rows

#: Case numbers start here, so that the first customers do not feel like guinea pigs.
_FIRST_NUMBER = 100_000

_OPEN = """insert into cases(number, category, issue, confidence, abstained, priority, requester_name, requester, subject, language,
    order_numbers, departments, status, opened_at, received_at, linked_case) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_REPEATS = """select count(*) from (
    select id from cases where requester = :who and category = :category and received_at >= :since
    union select id from cases where order_numbers <> '[]' and json_extract(order_numbers, '$[0]') = :order
        and category = :category and received_at >= :since)"""
#: Made once: the json module makes another one for each call that wants anything but its defaults.
_DETAIL = json.JSONEncoder(ensure_ascii=False, sort_keys=True)
_RECORD = "insert into events(case_id, at, kind, actor, provenance, detail, detail_sha256, hash) values (?, ?, ?, ?, ?, ?, ?, ?)"
_COLUMNS = tuple(field.name for field in fields(NewCase))
_FINISHED = (CaseStatus.SOLVED, CaseStatus.CLOSED)


def _link(previous: str, *columns: str) -> str:
    # The detail enters through its digest, so that a person's data can be erased without breaking the chain.
    return hashlib.sha256(json.dumps([previous, *columns]).encode()).hexdigest()


class SqliteCases:
    """The CaseTable port."""

    def __init__(self, db: Database, prefix: str) -> None:
        self._db = db
        self._prefix = prefix

    def open(self, new: NewCase) -> Case:
        """The case with its number."""
        latest = self._db.execute("select coalesce(max(id), 0) from cases").fetchone()[0]
        requester = new.requester
        row = (
            f"{self._prefix}-{_FIRST_NUMBER + latest + 1}", new.category, new.issue, new.confidence, new.abstained, new.priority,
            requester.name if requester else None, requester.addr_spec if requester else None, new.subject, new.language,
            json.dumps(new.order_numbers), json.dumps(new.departments), new.status, rows.moment(new.opened_at),
            rows.moment(new.received_at), new.linked_case,
        )  # fmt: skip
        case_id = self._db.execute(_OPEN, row).lastrowid
        return Case(**{name: getattr(new, name) for name in _COLUMNS}, id=int(case_id or 0), number=row[0])

    def get(self, case_id: int) -> Case | None:
        """The case of that id."""
        return next(map(rows.to_case, self._db.query("select * from cases where id = ?", (case_id,))), None)

    def by_number(self, number: str) -> Case | None:
        """The case of that number, written in any case."""
        return next(map(rows.to_case, self._db.query("select * from cases where number = ?", (number.upper(),))), None)

    def knows(self, requester: str) -> bool:
        """Whether a case of theirs was acknowledged and went on from there."""
        sql = """select 1 from cases where requester = ? and acknowledged_at is not null
            and (solved_at is not null or status in ('pending', 'solved', 'closed')) limit 1"""
        return self._db.execute(sql, (requester,)).fetchone() is not None

    def repeats(self, requester: str, order_number: str, category: str, since: datetime) -> int:
        """How many cases of a category the requester had since then, or the order; each counted once."""
        found = self._db.execute(_REPEATS, {"who": requester, "order": order_number, "category": category, "since": rows.moment(since)})
        return int(found.fetchone()[0])

    def find(self, *, status: CaseStatus | None = None, category: str = "", requester: str = "", limit: int = 0) -> list[Case]:
        """Cases that fit, newest first."""
        wanted = {"status": status, "category": category, "requester": requester.lower()}
        given = {column: value for column, value in wanted.items() if value}
        where = " and ".join(f"{column} = :{column}" for column in given) or "1"
        # Column names come from the line above, never from outside.
        sql = f"select * from cases where {where} order by id desc limit :limit"  # noqa: S608
        return [rows.to_case(row) for row in self._db.query(sql, {**given, "limit": limit or -1})]

    def candidates(self, message_ids: Sequence[str], numbers: Sequence[str]) -> list[Candidate]:
        """Cases that any of these Message-IDs (ours or theirs) or case numbers points to."""
        by_thread = {self._survivor(case_id) for message_id in message_ids for case_id in self._cases_of(message_id)}
        by_number = {self.survivor(case).id for number in numbers if (case := self.by_number(number))}
        found = by_thread | by_number
        # Whoever was erased begins anew: nothing leads back.
        erased = "select id from cases where erased_at is not null and id in (select value from json_each(?))"
        gone = {case_id for (case_id,) in self._db.execute(erased, (json.dumps(sorted(found)),))} if found else set()
        return [self._candidate(case_id, case_id in by_thread, case_id in by_number) for case_id in sorted(found - gone)]

    def survivor(self, case: Case) -> Case:
        """The case that this one has become a part of, or itself."""
        return (self.get(case.merged_into) if case.merged_into is not None else None) or case

    def parts(self, case_id: int) -> list[Case]:
        """Cases that have become a part of this one."""
        return [rows.to_case(row) for row in self._db.query("select * from cases where merged_into = ? order by id", (case_id,))]

    def merge(self, case_id: int, into: int) -> None:
        """The one becomes a part of the other, with all that were merged into it."""
        target = self._survivor(into)
        if target == case_id:
            raise ValueError(f"case {into} is a part of case {case_id} already: expected another one")
        # Always one step away: however deep cases are merged, each knows its survivor, and no circle can form.
        self._db.execute("update cases set merged_into = ? where id = ? or merged_into = ?", (target, case_id, case_id))

    def set_details(self, case_id: int, *, priority: Priority | None = None, order_numbers: Sequence[str] | None = None) -> None:
        """Change what is not None."""
        if priority is not None:
            self._db.execute("update cases set priority = ? where id = ?", (priority, case_id))
        if order_numbers is not None:
            self._db.execute("update cases set order_numbers = ? where id = ?", (json.dumps(list(order_numbers)), case_id))

    def _survivor(self, case_id: int) -> int:
        found = self._db.execute("select coalesce(merged_into, id) from cases where id = ?", (case_id,)).fetchone()
        return int(found[0]) if found else case_id

    def _cases_of(self, message_id: str) -> set[int]:
        found = self._db.execute(
            "select case_id from messages where message_id = :id and case_id is not null"
            " union select case_id from deliveries where message_id = :id",
            {"id": message_id},
        )
        return {case_id for (case_id,) in found}

    def _candidate(self, case_id: int, by_thread: bool, by_number: bool) -> Candidate:
        case = rows.to_case(next(iter(self._db.query("select * from cases where id = ?", (case_id,)))))
        return Candidate(
            case_id=case.id,
            number=case.number,
            status=case.status,
            participants=self.participants(case),
            by_thread=by_thread,
            by_number=by_number,
            order_numbers=case.order_numbers,
            category="" if case.abstained else case.category,
            solved_at=case.solved_at,
        )

    def participants(self, case: Case) -> frozenset[str]:
        """Addresses that take part."""
        found = self._db.execute(
            "select requester from cases where (id = :id or merged_into = :id) and requester is not null"
            " union select recipient from deliveries where case_id = :id and kind = 'copy' and status = 'sent'",
            {"id": case.id},
        )
        return frozenset(address for (address,) in found)

    def set_status(self, case_id: int, status: CaseStatus, at: datetime) -> None:
        """Change the status."""
        # Closing a solved case is not a second solution: the time when it was solved stays.
        solved_at = "coalesce(solved_at, :at)" if status in _FINISHED else "null"
        sql = f"update cases set status = :status, solved_at = {solved_at} where id = :id"  # noqa: S608
        self._db.execute(sql, {"status": status, "at": rows.moment(at), "id": case_id})

    def set_acknowledged(self, case_id: int, at: datetime) -> None:
        """The acknowledgment was accepted by a server."""
        self._db.execute("update cases set acknowledged_at = coalesce(acknowledged_at, ?) where id = ?", (rows.moment(at), case_id))

    def set_matter(self, case: Case) -> None:
        """Take over what this case is about."""
        self._db.execute(
            "update cases set category = ?, issue = ?, confidence = ?, abstained = ?, priority = ?, departments = ? where id = ?",
            (case.category, case.issue, case.confidence, case.abstained, case.priority, json.dumps(case.departments), case.id),
        )

    def set_rating(self, case_id: int, rating: Rating, at: datetime) -> None:
        """The customer's opinion."""
        sql = "update cases set rating = ?, rating_comment = ?, rated_at = ? where id = ?"
        self._db.execute(sql, (rating.score, rating.comment, rows.moment(at), case_id))

    def set_unreachable(self, case_id: int) -> None:
        """Mail to the requester fails for good."""
        self._db.execute("update cases set unreachable = 1 where id = ?", (case_id,))

    def record(self, case_id: int, events: Iterable[CaseEvent]) -> None:
        """Append events to the case's hash chain."""
        found = self._db.execute("select chain from cases where id = ?", (case_id,)).fetchone()
        if not found:
            raise ValueError(f"case {case_id} does not exist: expected one that was opened")
        head = found[0] or str(case_id)
        linked = []
        for event in events:
            detail = _DETAIL.encode(dict(event.detail))
            digest = hashlib.sha256(detail.encode()).hexdigest()
            at = rows.moment(event.at)
            head = _link(head, at, event.kind, event.actor, event.provenance, digest)
            linked.append((case_id, at, event.kind, event.actor, event.provenance, detail, digest, head))
        self._db.conn.executemany(_RECORD, linked)
        if linked:
            self._db.execute("update cases set chain = ? where id = ?", (head, case_id))

    def events(self, case_id: int) -> list[CaseEvent]:
        """The history, oldest first."""
        return [rows.to_event(row) for row in self._db.query("select * from events where case_id = ? order by id", (case_id,))]

    def broken_chains(self) -> list[str]:
        """Numbers of the cases whose events do not hash to what was recorded."""
        broken: set[int] = set()
        latest: dict[int, str] = {}
        #: Whoever wrote them was erased, and with them what the hash was made of; the case must say that this happened.
        unreadable: set[int] = set()
        said: set[int] = set()
        for row in self._db.query("select * from events order by id"):
            case_id = rows.number(row, "case_id")
            if row["actor"] == NOBODY and row["detail"] is None:
                unreadable.add(case_id)
            elif not _intact(row, latest.get(case_id, str(case_id))):
                broken.add(case_id)
            elif row["kind"] == ERASED:
                said.add(case_id)
            latest[case_id] = rows.text(row, "hash")
        # The case remembers its latest link, so that events missing from the end are found too.
        broken |= unreadable - said
        heads = self._db.execute("select id, number, chain from cases order by id")
        return [number for case_id, number, chain in heads if case_id in broken or chain != latest.get(case_id)]


def _intact(row: rows.Row, previous: str) -> bool:
    columns = [rows.text(row, name) for name in ("at", "kind", "actor", "provenance", "detail_sha256")]
    detail = row["detail"]
    # NULL is an erased detail; its digest stays and the chain with it.
    unaltered = detail is None or hashlib.sha256(str(detail).encode()).hexdigest() == columns[-1]
    return unaltered and _link(previous, *columns) == rows.text(row, "hash")
