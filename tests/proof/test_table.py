"""What the page of proofs says is shown by tests that are there."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def _assigned(tree: ast.Module) -> set[str]:
    # A state machine is a test by being given a name.
    return {name.id for node in tree.body if isinstance(node, ast.Assign) for name in node.targets if isinstance(name, ast.Name)}


def test_every_test_that_is_named_exists() -> None:
    """Each row of a table names tests by file and name, and none of them has gone."""
    named = _NAMED.findall((ROOT / "docs" / "proof.md").read_text(encoding="utf-8"))
    there: dict[str, set[str]] = {}
    for path in {path for path, _ in named}:
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        there[path] = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)} | _assigned(tree)
    assert len(named) > 30
    assert [f"{path}::{name}" for path, name in named if name not in there[path]] == []
