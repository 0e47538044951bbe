"""The tables of docs/people.md name tests that exist."""

import re
from pathlib import Path

_TESTS = Path(__file__).parent
_PAGE = (_TESTS.parent / "docs" / "people.md").read_text(encoding="utf-8")


def test_every_test_that_is_named_exists() -> None:
    """A table that names a test nobody can run proves nothing; an ellipsis stands for the rest of a name."""
    sources = "\n".join(path.read_text(encoding="utf-8") for path in _TESTS.rglob("*.py"))
    names = re.findall(r"(test_\w+|Test[A-Z]\w+)(…?)(?!\w*\.py)", _PAGE)
    files = {path.name for path in _TESTS.rglob("*.py")}
    missing = [
        name
        for name, cut in names
        if f"{name}.py" not in files and not re.search(rf"(?:def|class) {name}" + ("" if cut else r"\b"), sources)
    ]
    assert len(names) > 40
    assert missing == []


def test_all_behaviours_and_complaints_have_a_row() -> None:
    """33 behaviours and 25 complaints, each once."""
    behaviours, _, complaints = _PAGE.partition("| complaint | shown by |")
    for page, count in ((behaviours, 33), (complaints, 25)):
        rows = re.findall(r"^\| (\d[\d, –]*)", page, re.MULTILINE)
        seen = [number for row in rows for part in row.split(",") for number in _span(part)]
        assert sorted(seen) == list(range(1, count + 1))


def _span(part: str) -> range:
    first, _, last = part.strip().partition("–")
    return range(int(first), int(last or first) + 1)
