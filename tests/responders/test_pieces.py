"""The pieces that messages in html share, and what every one of them keeps to."""

import re

import pytest

from tests.making import SOURCES
from triage.responders.templates import Templates

PIECES = "_macros.html"
HTML = sorted(name for name in SOURCES if name.endswith(".html") and not name.startswith("_"))


def rendered(call: str, **context: object) -> str:
    """What one of the pieces gives."""
    name = call.partition("(")[0]
    templates = Templates(SOURCES | {"try.html": f'{{% from "{PIECES}" import {name} %}}\n{{{{ {call} }}}}'})
    return templates.render("try.html", context)


@pytest.mark.parametrize("name", HTML)
def test_no_letter_repeats_a_piece(name: str) -> None:
    """Headings, marks, tables, lists and quoted text are written in one place."""
    source = SOURCES[name]
    assert "<h2" not in source
    assert "<table" not in source
    assert "<li>" not in source
    assert "{% macro" not in source
    assert not re.search(r"(?<!-)color:(?!-scheme)", source), "no colour but of lines: dark mode has its own"


@pytest.mark.parametrize(
    "call",
    ["quoted(text)", "bullets([text])", "heading(text)", "marked(text, [text], '#d97706')", "table([(text, text)])", "marks(text, text)"],
)
def test_what_others_wrote_is_never_markup(call: str) -> None:
    """Whatever stands in a piece is escaped, in a macro as in a template."""
    shown = rendered(call, text="<script>alert(1)</script>")
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


def test_lines_stay_lines() -> None:
    """Quoted text keeps its lines in clients that keep none by themselves; what is cut says so, and only then."""
    assert rendered("quoted(text)", text="one\n\ntwo").count("<br>") == 3
    assert "(cut here)" in rendered("quoted(text, '(cut here)')", text="one")
    assert "cut" not in rendered("quoted(text)", text="one")
