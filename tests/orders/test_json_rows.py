"""Rows of another system's JSON: nothing in them is trusted to be what it should be, and no change is told twice or never."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.effort import effort
from tests.orders.making import at
from tests.rows import rows
from triage.fields import Fields, moment, part
from triage.orders.books.rows import begin, follow, link, said, since, spelled, text
from triage.orders.books.rows import rows as rows_of

START = datetime(2026, 11, 20, tzinfo=UTC)


@rows(
    ("row", "expected"),
    [
        ({"a": "x"}, "x"),
        ({"a": " x "}, "x"),
        ({"a": "", "b": "y"}, "y"),
        ({"a": None, "b": 7}, "7"),
        ({"a": 0}, "0"),
        ({"a": 49.9}, "49.9"),
        ({"a": ["x"], "b": {"c": 1}}, ""),
        ({}, ""),
    ],
)
def test_text(row: Fields, expected: str) -> None:
    """The first field that says anything; lists and tables say nothing."""
    assert text(row, "a", "b") == expected


@rows(
    ("row", "expected"),
    [
        ({"a": {"b": {"c": 1}}}, {"c": 1}),
        ({"a": {"b": None}}, {}),
        ({"a": {"b": "c"}}, {}),
        ({"a": [{"b": 1}]}, {}),
        ({"a": None}, {}),
        ({}, {}),
    ],
)
def test_parts(row: Fields, expected: Fields) -> None:
    """What lies within, or an empty row."""
    assert part(row, "a", "b") == expected


@rows(
    ("row", "expected"),
    [
        ({"a": [{"b": 1}, "x", None, {"b": 2}]}, [{"b": 1}, {"b": 2}]),
        ({"a": {"b": 1}}, []),
        ({"a": None}, []),
        ([], []),
        ("x", []),
        (None, []),
    ],
)
def test_lists(row: object, expected: list[Fields]) -> None:
    """Rows in a list, and nothing else in it."""
    assert rows_of(row, "a") == expected
    assert rows_of([{"b": 1}, 2]) == [{"b": 1}]


def test_what_says_nothing_is_left_out() -> None:
    """Nought and no are said."""
    assert said({"a": "", "b": None, "c": [], "d": {}, "e": 0, "f": False, "g": "x"}) == {"e": 0, "f": False, "g": "x"}


@rows(
    ("address", "kept"),
    [
        ("https://carrier.example/0034?x=1", True),
        ("http://carrier.example/", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("https://carrier.example/ x", False),
        ("https://carrier.example/\r\nBcc: x", False),
        ('https://carrier.example/"><script>', False),
        ("https://" + "x" * 3000, False),
        ("//carrier.example", False),
        ("", False),
    ],
)
def test_links(address: str, kept: bool) -> None:
    """Customers are sent to pages, and to nothing that only looks like one."""
    assert link(address) == (address if kept else "")


def test_links_are_read_fast() -> None:
    """Whatever stands in them."""
    assert effort(lambda: [link("https://" + "a" * 65536), link("http" * 16384), link("https://" + "<" * 65536)], 0.02) < 0.02


@rows(
    ("written", "expected"),
    [
        ("2026-11-20T05:00:00-05:00", at(20)),
        ("2026-11-20T10:00:00Z", at(20)),
        ("2026-11-20T10:00:00", at(20)),
        ("yesterday", None),
        ("", None),
    ],
)
def test_times(written: str, expected: datetime | None) -> None:
    """In UTC, which is meant where no zone is named."""
    found = moment(written)
    assert found == expected
    assert found is None or found.tzinfo is UTC


@rows(
    ("number", "prefix", "expected"),
    [("1001", "#", "#1001"), ("ORD1001", "ORD", "ORD1001"), ("EN1001", "EN-", "EN-1001"), ("1001", "EN-", "EN-1001"), ("1001", "", "1001")],
)
def test_numbers_as_the_shop_writes_them(number: str, prefix: str, expected: str) -> None:
    """With the signs that we leave out where we compare."""
    assert spelled(number, prefix) == expected


@pytest.mark.parametrize("mark", ["", "4711", "2026-11-20T00:00:00+00:00", "yesterday|1", "2026-11-20T00:00:00+00:00|x", "|"])
def test_marks_that_are_none(mark: str) -> None:
    """Whoever finds one begins anew."""
    assert since(mark) is None
    assert since(begin(START)) == START


@settings(max_examples=60)
@given(
    changes=st.lists(st.integers(0, 4), max_size=25),
    page=st.integers(1, 5),
    limit=st.integers(1, 6),
    order=st.randoms(use_true_random=False),
)
async def test_each_change_is_told_once(changes: list[int], page: int, limit: int, order: object) -> None:
    """However many fall on one second, however they are cut into pages: those of one second in any order, as long as they fit twice."""
    every = [{"id": number, "at": (START + timedelta(seconds=second)).isoformat()} for number, second in enumerate(changes, 1)]
    if any(changes.count(second) > limit for second in changes):
        # More of one second than a batch come in the order of their ids, as shops list them.
        listed = sorted(every, key=lambda row: (row["at"], row["id"]))
    else:
        order.shuffle(every)  # type: ignore[attr-defined]
        listed = sorted(every, key=lambda row: row["at"])

    async def pages() -> AsyncIterator[list[Fields]]:
        for start in range(0, len(listed), page):
            yield listed[start : start + page]

    told, mark = [], begin(START - timedelta(seconds=1))
    while True:
        found, following = await follow(pages(), mark, limit, lambda row: text(row, "at"))
        if not found:
            break
        assert len(found) <= limit
        told += [row["id"] for row in found]
        mark = following
    assert sorted(told) == list(range(1, len(changes) + 1))


async def test_rows_without_a_time_or_an_id_are_no_changes() -> None:
    """There is no place for them in the order of things."""

    async def pages() -> AsyncIterator[list[Fields]]:
        yield [{"id": 1}, {"at": START.isoformat()}, {"id": "x", "at": START.isoformat()}, {"id": 2, "at": START.isoformat()}]

    found, mark = await follow(pages(), begin(START), 9, lambda row: text(row, "at"))
    assert [row["id"] for row in found] == [2]
    assert since(mark) == START
