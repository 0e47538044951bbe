"""Makers of reports for tests: a month with something in every part, and one in which nothing happened."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from triage.figures import (
    Advice,
    Causes,
    Cluster,
    Counts,
    Day,
    Group,
    Miss,
    Misses,
    Often,
    Promise,
    Rated,
    Report,
    Rise,
    Span,
    Times,
    Waiting,
)
from triage.reports.period import period_of

BERLIN = ZoneInfo("Europe/Berlin")
NOVEMBER = period_of(Span.MONTH, date(2026, 11, 3), BERLIN)
NOW = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)
HOUR = 3600.0
#: What customers and machines may put into any text of a report.
EVIL = "<b>x</b> =1+1 | [a](http://evil.example) \x1b[31m \u202e *loud*"


def counts(**fields: int) -> Counts:
    """Fifty cases, of which one was late in each way."""
    given = {
        "received": 50, "acknowledged": 47, "acknowledgment_due": 50, "refused": 2, "resolved": 40, "updated": 44, "update_due": 48, "resolution_due": 48,
        "solved": 45, "first_contact": 30, "escalated": 20, "reopened": 5,
    }  # fmt: skip
    return Counts(**{**given, **fields})


def times(n: int = 45, hours: float = 10) -> Times:
    """So many, of so many hours."""
    return Times(n=n, mean=hours * HOUR * 1.2, median=hours * HOUR, p90=hours * HOUR * 3)


def group(name: str = "all cases", **fields: Any) -> Group:
    """A group with all its figures."""
    given = {
        "counts": counts(),
        "acknowledgment": times(50, 0.01),
        "answer": times(),
        "resolution": times(45, 30),
        "ratings": 10,
        "points": 42,
    }
    return Group(name=name, **{**given, **fields})


def miss(number: int, **fields: Any) -> Miss:
    """A promise that was not kept."""
    given = {
        "number": f"SP-{100_000 + number}", "matter": "order/delivery_lost", "received_at": NOVEMBER.start + timedelta(hours=number),
        "took": timedelta(hours=50 + number), "why": "waits for a department", "representative": "Jane Adams",
    }  # fmt: skip
    return Miss(**{**given, **fields})


def full(**fields: Any) -> Report:
    """A month with something in every part."""
    misses = {
        Promise.ACKNOWLEDGMENT: Misses(
            listed=(miss(1, took=None, why="the customer's server refuses our mail"),), by_reason={"refused": 1}
        ),
        Promise.RESOLUTION: Misses(
            listed=tuple(miss(number) for number in range(8)), by_reason={"waits for a department": 6, "waits for the customer": 2}
        ),
        Promise.UPDATE: Misses(listed=(miss(3),), by_reason={"waits for a department": 60}),
    }
    by = {
        "representative": (group("Jane Adams"), group("nobody yet", counts=counts(received=3))),
        "department": (group("Finance"),),
        "category": (group("order"),),
        "matter": (group("order/delivery_lost"), group("payment/payment_duplicate")),
        "channel": (group("email"),),
        "product": (group("Kettle"),),
        "vendor": (group("Acme"),),
    }
    causes = Causes(
        rises=(Rise(what="matter", name="order/delivery_lost", now=20, expected=6.5, q=0.0004),),
        clusters=(
            Cluster(words=("kettle", "lid", "broken"), many=9, numbers=("SP-100001", "SP-100002"), matters={"order/delivery_lost": 9}),
        ),
        customers=(Often(name="ann@customer.example", many=4, numbers=("SP-100001",), matters=("order/delivery_lost",)),),
        orders=(Often(name="ORD1", many=3, numbers=("SP-100001",), matters=("order/delivery_lost",)),),
        chargebacks={"Acme": 4, "": 1},
        advice=(Advice(do="Find out why.", because="20 cases."),),
    )
    rated = (
        Rated(number="SP-100001", score=4, comment="resolved quickly, but late news", representative="jane", matter="order/delivery_lost"),
        Rated(number="SP-100002", score=1, comment="", representative="", matter="payment/payment_duplicate"),
    )
    given = {
        "period": NOVEMBER,
        "at": NOW,
        "total": group(),
        "disputes": group("disputes and payments", counts=counts(received=9)),
        "before": group("October 2026"),
        "solved": 46,
        "by": by,
        "misses": misses,
        "rated": rated,
        "waiting": Waiting(many=7, oldest=timedelta(days=12), by_age={"under 1 day": 4, "7 to 30 days": 3}),
        "excluded": {"spam": 3, "delivery reports": 2},
        "days": tuple(
            Day(day=date(2026, 11, number), received=number % 7, resolved=number % 5 % (number % 7 + 1)) for number in range(1, 31)
        ),
        "causes": causes,
    }
    return Report(**{**given, **fields})


def empty() -> Report:
    """A month in which nothing happened."""
    nothing = Group(name="all cases")
    return Report(
        period=NOVEMBER,
        at=NOW,
        total=nothing,
        disputes=nothing,
        before=nothing,
        solved=0,
        by=dict.fromkeys(("representative", "department", "category", "matter", "channel", "product", "vendor"), ()),
        misses={promise: Misses() for promise in Promise},
        days=tuple(Day(day=date(2026, 11, number)) for number in range(1, 31)),
    )
