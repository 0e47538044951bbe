"""Every regular expression of the room stays fast on text made to slow it down."""

import importlib
import pkgutil
import re
from functools import partial

import pytest

import triage.parsing
from tests.effort import effort

PUMPS = (
    "a",
    " ",
    "\n",
    "> ",
    "-",
    "_",
    "=",
    "*",
    ": ",
    "(",
    "<",
    "a@",
    "<a@b",
    "1.",
    "12",
    "550 ",
    "On Mon 2020 ",
    "wrote:",
    "From: a\n",
    "=?utf-8?q?",
    "border:none;",
    "display:",
    "\r\n ",
    "--a\r\n",
    "to ",
    "following ",
    "1 Jan ",
    "message-id: ",
    "é",
    "年",
    "By a",
    "dkim=pass;",
    "from a (b",
    "</html ",
    "a@b.example: ",
    "1. Juni 2026, 10:00 ",
    "mailto:a@b>",
    "=\t",
    "begin 644 x\n",
    "\n\n\n ",
    "sent from my ",
    "-- a --",
    "A;B=c",
    'A;B="',
    "-----BEGIN PGP SIGNED MESSAGE-----\nHash: a\n",
    "{\\fonttbl",
    "*  |",
    "Fwd: ",
)
SIZE = 64 * 1024


def patterns() -> list[tuple[str, re.Pattern[str] | re.Pattern[bytes]]]:
    """Every compiled pattern that a module of the room holds, by name."""
    found = []
    for info in pkgutil.iter_modules(triage.parsing.__path__):
        module = importlib.import_module(f"triage.parsing.{info.name}")
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern):
                found.append((f"{info.name}.{name}", value))
    return found


@pytest.mark.parametrize(("name", "pattern"), patterns(), ids=[name for name, _ in patterns()])
def test_pattern_is_linear(name: str, pattern: re.Pattern[str] | re.Pattern[bytes]) -> None:
    """The pattern searches 64 KB of any repeated text with an ending that fails in 20 ms."""
    slow = []
    for pump in PUMPS:
        text = (pump * (SIZE // len(pump) + 1))[:SIZE] + "!"
        subject = text.encode() if isinstance(pattern.pattern, bytes) else text
        if effort(partial(pattern.search, subject), 0.02) >= 0.02:
            slow.append(pump)
    assert not slow, f"{name}: {slow}"
