"""What the documentation says is shown by a test is shown by a test that exists."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_NAMED = re.compile(r"`(tests/[\w/]{1,80}\.py)(?:::(\w{1,120}))?`")


def test_named_tests_exist() -> None:
    """Every test that docs/proof.md names is in the file it names."""
    named = _NAMED.findall((ROOT / "docs" / "proof.md").read_text(encoding="utf-8"))
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).is_file() or f"{name}" not in (ROOT / path).read_text(encoding="utf-8")
    ]
    assert len(named) > 30
    assert missing == []
