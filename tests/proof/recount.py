"""The figures of a period counted from the raw events alone: nothing of the log, of its projection or of its SQL is used."""

import json
import math
import sqlite3
import statistics
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

COUNTS = (
    "received", "acknowledged", "acknowledgment_due", "refused", "resolved", "updated", "update_due", "resolution_due", "solved", "first_contact",
    "escalated", "reopened",
)  # fmt: skip
#: The department of the office that is a vendor.
VENDOR = "carrier"
#: What a customer writes a product behind.
PRODUCT = "Product: "
_ACK, _SOLVE, _WEEK = 24 * 3600, 48 * 3600, timedelta(weeks=1)
_SAID = {
    "automatic": "automatic, bulk and list mail",
    "follow_up": "messages that continue a case",
    "noted": "notes of machines and of staff",
}


@dataclass
class Case:
    """One case as its events tell it."""

    received: int = 0
    customer: str = ""
    matter: str = ""
    who: str = "nobody yet"
    channel: str = "email"
    product: str = ""
    vendor: str = ""
    first: int | None = None
    answered: int | None = None
    news: int | None = None
    resolved: int | None = None
    refused: bool = False
    spam: bool = False
    escalated: set[str] = field(default_factory=set)
    answers: int = 0
    follow_ups: int = 0
    reopened: int = 0
    scores: list[tuple[int, int]] = field(default_factory=list)

    def tell(self, at: int, kind: str, detail: dict[str, str], actor: str) -> None:
        """One event more."""
        if kind == "opened":
            self.received, self.customer = _second(detail["received_at"]), actor
            if detail.get("channel"):
                # Whoever is spoken to has had our word; in the quarter a caller is called by the address.
                self.channel, self.first, self.customer = detail["channel"], self.received, detail["customer"]
        elif kind == "classified":
            self.matter = f"{detail['category']}/{detail['issue']}"
        elif kind == "corrected" and detail.get("spam"):
            self.spam = True
        elif kind == "assigned":
            self.who = detail["name"]
        elif kind == "escalated":
            self.escalated.add(detail["name"])
            if detail["to"] == VENDOR and not self.vendor:
                self.vendor = detail["name"]
        elif kind == "resolved":
            # Who resolves once more what silence had resolved changes nothing about when that was.
            self.resolved = at if self.resolved is None else self.resolved
        elif kind == "follow_up":
            self.follow_ups += 1
            if detail.get("reopened"):
                self.resolved, self.reopened = None, self.reopened + 1
        elif kind == "rated":
            self.scores.append((at, int(detail["score"])))
        elif kind == "delivery":
            self._delivered(at, detail)

    def _delivered(self, at: int, detail: dict[str, str]) -> None:
        kind, status = detail["delivery"], detail["status"]
        if kind == "acknowledgment" and status == "failed":
            self.refused = True
        if kind == "answer" and status == "failed":
            # The resolution never reached the customer: the case is open again.
            self.resolved = None
        if status != "sent" or detail["to"] != self.customer:
            return
        if self.first is None:
            self.first = at
        if kind in ("answer", "progress", "closing"):
            self.news = at if self.news is None else self.news
        if kind == "answer":
            self.answers += 1
            self.answered = at if self.answered is None else self.answered


def recount(db: sqlite3.Connection, start: datetime, end: datetime, now: datetime) -> dict[str, object]:
    """Every figure by a name."""
    cases = _cases(db)
    low, high, today = (int(at.timestamp()) for at in (start, end, now))
    real = [case for case in cases if not case.spam]
    came = [case for case in real if low <= case.received < high]
    found: Counter[str] = Counter()
    for case in came:
        for name in ("all", *(("disputes",) if case.matter.split("/")[0] in ("dispute", "payment") else ())):
            found.update({f"{name} {count}": many for count, many in _counts(case, today).items()})
        for name in _groups(case):
            found.update({f"{name} {count}": many for count, many in _counts(case, today).items()})
        counts = _counts(case, today)
        found["missed acknowledgment"] += counts["acknowledgment_due"] - counts["acknowledged"]
        found["missed resolution"] += counts["resolution_due"] - counts["resolved"]
        found["missed update"] += _late(min(case.resolved or 1 << 50, case.news or 1 << 50), case.received, _SOLVE, today)
    found["solved in the period"] = sum(case.resolved is not None and low <= case.resolved < high for case in real)
    at = min(high, today)
    found["waiting"] = sum(case.received < at and (case.resolved is None or case.resolved >= at) for case in real)
    # The latest opinion of a case is the one that counts.
    for case in real:
        if case.scores and low <= case.scores[-1][0] < high:
            for name in ("", *(f"{name} " for name in _groups(case))):
                found[f"{name}ratings"] += 1
                found[f"{name}points"] += case.scores[-1][1]
    found.update(_excluded(db, start, end, cases))
    found.update(_answers(db, start, end, max(0, today - high)))
    found.update({f"before, {name}": many for name, many in _answers(db, start - 12 * _WEEK, start, max(0, today - high)).items()})
    found.update({"excluded cases: closed as spam": sum(case.spam and low <= case.received < high for case in cases)})
    durations = _durations("all", came) | _durations("disputes", [it for it in came if it.matter.split("/")[0] in ("dispute", "payment")])
    members: dict[str, list[Case]] = defaultdict(list)
    for case in came:
        for name in _groups(case):
            members[name].append(case)
    for name, its in members.items():
        durations |= _durations(name, its)
    return {name: value for name, value in {**found, **durations}.items() if value}


def _answers(db: sqlite3.Connection, start: datetime, end: datetime, later: int) -> dict[str, int]:
    """What the model said of messages that opened a case; a correction counts where it was known that long after its week."""
    found: Counter[str] = Counter()
    low, high = int(start.timestamp()), int(end.timestamp())
    # Weeks begin at midnight where the shop is, also where a clock was turned in between.
    ends = [int((end - back * _WEEK).timestamp()) for back in range(14)]
    corrected = dict(db.execute("select case_id, min(at) from events where kind = 'corrected' group by case_id"))
    for case_id, received_at, text in db.execute("select case_id, received_at, reading from messages where outcome = 'opened'"):
        received, said = _second(received_at), json.loads(text)
        if not low <= received < high:
            continue
        week_over = min(over for over in ends if over > received)
        wrong = case_id in corrected and not said["abstained"] and _second(corrected[case_id]) < week_over + later
        for name in ("all", said["category"]):
            found.update(
                {f"model {name} answers": 1, f"model {name} unsure": int(said["abstained"]), f"model {name} corrected": int(wrong)}
            )
    return dict(found)


def _groups(case: Case) -> list[str]:
    said = {
        "matter": case.matter, "category": case.matter.split("/")[0], "representative": case.who, "channel": case.channel,
        "product": case.product, "vendor": case.vendor,
    }  # fmt: skip
    return [f"{kind} {name}" for kind, name in said.items() if name] + [f"department {room}" for room in sorted(case.escalated)]


def _counts(case: Case, now: int) -> dict[str, int]:
    acknowledged = case.first is not None and case.first - case.received <= _ACK
    resolved = case.resolved is not None and case.resolved - case.received <= _SOLVE
    news = min((at for at in (case.news, case.resolved) if at is not None), default=None)
    return {
        "received": 1,
        "acknowledged": int(acknowledged),
        "acknowledgment_due": int(acknowledged or now > case.received + _ACK),
        "refused": int(case.refused and not acknowledged and now > case.received + _ACK),
        "resolved": int(resolved),
        "updated": int(news is not None and news - case.received <= _SOLVE),
        "update_due": int((news is not None and news - case.received <= _SOLVE) or now > case.received + _SOLVE),
        "resolution_due": int(resolved or now > case.received + _SOLVE),
        "solved": int(case.resolved is not None),
        "first_contact": int(case.resolved is not None and case.answers < 2 and not case.follow_ups and not case.reopened),
        "escalated": int(bool(case.escalated)),
        "reopened": int(case.reopened > 0),
    }


def _late(at: int, received: int, within: int, now: int) -> int:
    return int(at - received > within and now > received + within)


def _durations(name: str, cases: list[Case]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for kind, took in (
        ("acknowledgment", [case.first - case.received for case in cases if case.first is not None]),
        ("answer", [case.answered - case.received for case in cases if case.answered is not None]),
        ("resolution", [case.resolved - case.received for case in cases if case.resolved is not None]),
    ):
        if took:
            nine_tenths = sorted(took)[math.ceil(len(took) * 9 / 10) - 1]
            figures = {"n": len(took), "median": statistics.median(took), "p90": nine_tenths, "mean": round(sum(took) / len(took), 3)}
            said |= {f"{name} {kind} {figure}": value for figure, value in figures.items()}
    return said


def _cases(db: sqlite3.Connection) -> list[Case]:
    cases: dict[int, Case] = defaultdict(Case)
    for case_id, at, kind, actor, detail in db.execute("select case_id, at, kind, actor, detail from events order by id"):
        cases[case_id].tell(_second(at), kind, json.loads(detail), actor)
    for case_id, author, text in db.execute("select case_id, author, text from messages where text is not null order by received_at, id"):
        said = [line.removeprefix(PRODUCT) for line in text.splitlines() if line.startswith(PRODUCT)]
        if case_id in cases and said and not cases[case_id].product and author == cases[case_id].customer:
            cases[case_id].product = said[0]
    return list(cases.values())


def _excluded(db: sqlite3.Connection, start: datetime, end: datetime, _cases_of: list[Case]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for outcome, received_at in db.execute("select outcome, received_at from messages where outcome <> 'opened'"):
        if start <= datetime.fromisoformat(received_at).astimezone(UTC) < end:
            found[f"excluded {_SAID[outcome]}"] += 1
    return dict(found)


def _second(at: str) -> int:
    return int(datetime.fromisoformat(at).timestamp())
