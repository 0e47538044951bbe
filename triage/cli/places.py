"""Where configurations lie, and how to show what mail may have put into a text: all that `triage --help` and errors need."""

from pathlib import Path

CONFIG = Path("config/triage.toml")
#: Written by `triage demo`, so that the other commands find its store without being told.
DEMO_CONFIG = Path("var/demo/triage.toml")


def config_path(given: Path | None) -> Path:
    """The configuration to use: the one given, else the default, else the demo's."""
    if given:
        return given
    return DEMO_CONFIG if DEMO_CONFIG.exists() and not CONFIG.exists() else CONFIG


def printable(text: str) -> str:
    """The text with control, format and bidirectional characters spelled out: mail must not drive a terminal."""
    return "".join(character if character.isprintable() else character.encode("unicode_escape").decode("ascii") for character in text)
