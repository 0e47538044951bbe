"""Reply text on the fixtures of other libraries' tests: how often we agree, side by side with those libraries."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import quotequail

from tests.parsing.mail import html, read
from triage.parsing import quotes

SHARED = Path(__file__).resolve().parents[3] / "shared" / "mail"
CRISP = SHARED / "crisp_email_reply_parser"
TALON = SHARED / "talon" / "tests" / "fixtures"
Case = tuple[str, str, str]


def same(left: str, right: str) -> bool:
    """Equal but for white space."""
    return " ".join(left.split()) == " ".join(right.split())


def crisp() -> Iterator[tuple[str, str, str]]:
    """(name, text, expected first fragment) of the crisp fixtures that give one."""
    for name, expected in json.loads((CRISP / "expectations.json").read_text("utf-8")).items():
        path = CRISP / "test" / "fixtures" / f"{name}.txt"
        if expected["first_equals"] is not None and path.exists():
            yield name, path.read_text("utf-8"), expected["first_equals"]


def crisp_patterns() -> Iterator[tuple[str, str, list[str]]]:
    """(name, text, patterns that the reply must match) of the crisp fixtures that give some."""
    for name, expected in json.loads((CRISP / "expectations.json").read_text("utf-8")).items():
        path = CRISP / "test" / "fixtures" / f"{name}.txt"
        if expected["first_regex"] and path.exists():
            yield name, path.read_text("utf-8"), expected["first_regex"]


def talon_messages() -> Iterator[tuple[str, bytes, str]]:
    """(name, message, expected text) of the talon replies of twelve programs."""
    for path in sorted((TALON / "standard_replies").glob("*.eml")):
        reply = path.with_name(f"{path.stem}_reply_text")
        yield path.stem, path.read_bytes(), reply.read_text("utf-8") if reply.exists() else "Hello"


def talon_html() -> Iterator[tuple[str, str, str]]:
    """(name, html, expected text) of the talon html replies."""
    for path in sorted((TALON / "html_replies").glob("*.html")):
        yield path.stem, path.read_text("utf-8", "replace"), "Hi. I am fine. Thanks, Alex"


def talon_signatures() -> Iterator[tuple[str, str, str]]:
    """(name, text, expected signature) of the talon signatures."""
    folder = TALON / "signature" / "emails" / "stripped"
    for path in sorted(folder.glob("*_body")):
        yield path.stem[:-5], path.read_text("utf-8"), path.with_name(f"{path.stem[:-5]}_signature").read_text("utf-8")


def own(text: str) -> str:
    """Our own reply text."""
    return quotes.split(text).own


def by_quotequail(text: str) -> str:
    """The reply text as quotequail sees it."""
    found = quotequail.unwrap(text)
    return str((found.get("text_top") or found.get("text_bottom") or text) if found else text)


def misses() -> dict[str, list[Case]]:
    """What does not agree, by set: (name, expected, got)."""
    found: dict[str, list[Case]] = {
        "crisp": [],
        "crisp quotequail": [],
        "crisp patterns": [],
        "talon": [],
        "talon html": [],
        "talon signatures": [],
    }
    for name, text, expected in crisp():
        found["crisp"] += [] if same(own(text), expected) else [(name, expected, own(text))]
        found["crisp quotequail"] += [] if same(by_quotequail(text), expected) else [(name, expected, by_quotequail(text))]
    for name, text, patterns in crisp_patterns():
        reply = own(text)
        found["crisp patterns"] += [] if all(re.search(pattern, reply, re.M) for pattern in patterns) else [(name, str(patterns), reply)]
    for name, message, expected in talon_messages():
        got = read(message).text
        found["talon"] += [] if same(got, expected) or same(got, expected.split("\n")[0]) else [(name, expected, got)]
    for name, source, expected in talon_html():
        got = read(html(source)).text
        found["talon html"] += [] if same(got, expected) else [(name, expected, got)]
    for name, text, expected in talon_signatures():
        got = quotes.split(text).signature
        found["talon signatures"] += [] if same(got, expected) else [(name, expected, got)]
    return found


if __name__ == "__main__":
    for group, cases in misses().items():
        print(f"{group}: {len(cases)} not agreed")
        for case in cases:
            print("   ", *(repr(text[-150:]) for text in case), sep="  ")
