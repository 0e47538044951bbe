"""Weeks, months and quarters on the calendar of the house."""

from datetime import date, datetime, time, timedelta, tzinfo

from triage.figures import Period, Span

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_IN_SPAN = {Span.MONTH: 1, Span.QUARTER: 3}


def period_of(span: Span, day: date, where: tzinfo) -> Period:
    """The week (from Monday, ISO 8601), month or quarter that has this day."""
    if span is Span.WEEK:
        first = day - timedelta(days=day.weekday())
        after = first + timedelta(days=7)
    else:
        months = _IN_SPAN[span]
        first = date(day.year, (day.month - 1) // months * months + 1, 1)
        after = _months_later(first, months)
    last = after - timedelta(days=1)
    return Period(
        span=span,
        first=first,
        last=last,
        start=datetime.combine(first, time(), where),
        end=datetime.combine(after, time(), where),
        title=_title(span, first, last),
    )


def before(period: Period, where: tzinfo) -> Period:
    """The one before it."""
    return period_of(period.span, period.first - timedelta(days=1), where)


def latest_over(span: Span, now: datetime, where: tzinfo) -> Period:
    """The latest one that is over."""
    return before(period_of(span, now.astimezone(where).date(), where), where)


def _months_later(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def _title(span: Span, first: date, last: date) -> str:
    if span is Span.QUARTER:
        return f"quarter {(first.month + 2) // 3} of {first.year}"
    if span is Span.MONTH:
        return f"{_MONTHS[first.month - 1]} {first.year}"
    year, week, _ = first.isocalendar()
    begins = f"{first.day}" + ("" if first.month == last.month else f" {_MONTHS[first.month - 1]}")
    begins += "" if first.year == last.year else f" {first.year}"
    return f"week {week} of {year} ({begins}–{last.day} {_MONTHS[last.month - 1]} {last.year})"
