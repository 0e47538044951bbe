"""A table that is one test names every row that fails, as a test for each row would."""

import asyncio

import pytest

from tests.rows import rows


def test_every_row_is_tried_with_its_fixtures(tmp_path: object) -> None:
    """All rows of stacked tables are tried in order, and what is no column comes from pytest."""
    seen = []

    @rows("a", [1, 2])
    @rows(("b", "c"), [("x", "y"), ("z", "")])
    def table(a: int, b: str, c: str, given: object) -> None:
        seen.append((a, b, c, given))

    table(given=tmp_path)
    assert seen == [(1, "x", "y", tmp_path), (1, "z", "", tmp_path), (2, "x", "y", tmp_path), (2, "z", "", tmp_path)]


def test_each_failing_row_is_named() -> None:
    """The message has one line for each row that failed, also beyond those that Python prints, and the errors are all there."""

    @rows("a", range(10))
    @rows("b", range(10))
    def table(a: int, b: int) -> None:
        assert a != b or a % 2, "both are even"
        if b == 9:
            raise KeyError(b)

    with pytest.raises(ExceptionGroup) as caught:
        table()
    expected = sorted([(number, number) for number in range(0, 10, 2)] + [(number, 9) for number in range(10)])
    assert str(caught.value).splitlines()[1:-1] == [f"a={a}, b={b}" for a, b in expected]
    assert len(caught.value.exceptions) == 15
    assert all(isinstance(error, AssertionError | KeyError) for error in caught.value.exceptions)


@rows(("text", "length"), [("a", 1), ("ab", 2)])
def test_pytest_takes_it_for_one_test(text: str, length: int, request: pytest.FixtureRequest) -> None:
    """The columns are no fixtures, the other parameters are."""
    assert len(text) == length
    assert request.node.name == "test_pytest_takes_it_for_one_test"


async def test_a_table_that_is_a_coroutine_is_awaited(tmp_path: object) -> None:
    """Its rows are tried like others, and what fails in them is named: a coroutine that nobody awaits would never fail."""
    seen = []

    @rows("a", [1, 2, 3])
    @rows("b", [0, 5])
    async def table(a: int, b: int, given: object) -> None:
        await asyncio.sleep(0)
        seen.append((a, b, given))
        assert a + b != 7

    with pytest.raises(ExceptionGroup) as caught:
        await table(given=tmp_path)
    assert seen == [(a, b, tmp_path) for a in (1, 2, 3) for b in (0, 5)]
    assert str(caught.value).splitlines()[1:-1] == ["a=2, b=5"]


@rows("text", ["a", "ab"])
async def test_pytest_awaits_it(text: str, request: pytest.FixtureRequest) -> None:
    """Also with fixtures of its own."""
    await asyncio.sleep(0)
    assert text in "ab"
    assert request.node.name == "test_pytest_awaits_it"
