"""Delivery reports of some seventy mail systems: how many are known as such, and whether any personal mail is."""

from collections.abc import Iterator
from pathlib import Path

from tests.parsing.mail import read
from triage.message import Message

SHARED = Path(__file__).resolve().parents[3] / "shared" / "mail"


def messages(*patterns: str) -> Iterator[tuple[str, Message]]:
    """(path below the folder, message) of the files."""
    for pattern in patterns:
        for path in sorted(SHARED.glob(pattern)):
            yield str(path.relative_to(SHARED)), read(path.read_bytes())


def missed() -> tuple[list[str], int]:
    """Reports that are not seen as such, and how many there are."""
    found = [(name, message) for name, message in messages("sisimai/maildir/bsd/*", "sisimai/maildir/dos/*", "sisimai/maildir/mac/*")]
    return [name for name, message in found if message.report is None], len(found)


def false_alarms() -> list[str]:
    """Mail outside the collection that is seen as a report: "name: sender, subject"."""
    others = ("stalwart_mail_parser/**/*.eml", "mime4j/**/*.msg", "mikel_mail/**/*.eml", "cpython_test_email/*.txt", "talon/**/*.eml")
    return [f"{name}: {message.header('from')}, {message.subject}" for name, message in messages(*others) if message.report]


if __name__ == "__main__":
    names, total = missed()
    print(f"{total - len(names)} of {total} delivery reports", *names, "seen as reports elsewhere:", *false_alarms(), sep="\n    ")
