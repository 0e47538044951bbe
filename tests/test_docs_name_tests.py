"""What the documentation says is shown by a test is shown by a test that exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
_NAMED = re.compile(r"`(tests/[\w/]{1,80}\.py)(?:::(\w{1,120}))?`")
_ROW = re.compile(r"^\| (\d[\d, ]{0,40}) \|", re.MULTILINE)


def text_of(name: str) -> str:
    """A page of the documentation."""
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(("page", "at_least"), [("proof.md", 30), ("requirements.md", 100)])
def test_named_tests_exist(page: str, at_least: int) -> None:
    """Every test that the page names is in the file it names."""
    named = _NAMED.findall(text_of(page))
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).is_file()
        or (name and not re.search(rf"(?:def |class |^){name}\b", (ROOT / path).read_text(encoding="utf-8"), re.M))
    ]
    assert len(named) > at_least
    assert missing == []


def test_every_requirement_has_its_row() -> None:
    """Each of the 103 requirements stands on the page once, with a test or with why there is none."""
    listed = [int(number) for found in _ROW.findall(text_of("requirements.md")) for number in found.split(",")]
    assert sorted(listed) == list(range(1, 104))


def test_no_requirement_is_shown_by_a_whole_file() -> None:
    """Each row names the test that fails where it does not hold, not a file in which somebody would have to look for it."""
    assert [path for path, name in _NAMED.findall(text_of("requirements.md")) if not name] == []
