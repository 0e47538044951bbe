"""Reply text on the fixtures of other libraries' tests: how often we agree, side by side with those libraries."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import quotequail
from mailparser_reply import EmailReplyParser
from mailparser_reply.constants import MAIL_LANGUAGES

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


def by_mail_parser_reply(text: str) -> str:
    """The reply text as mail-parser-reply sees it, asked in all of its languages."""
    return str(EmailReplyParser(languages=list(MAIL_LANGUAGES)).parse_reply(text=text) or "")


def html_by_quotequail(source: str) -> str:
    """The reply text of an HTML message as quotequail sees it, made plain as ours is."""
    found = quotequail.unwrap_html(source) or {}
    return read(html(str(found.get("html_top") or found.get("html_bottom") or source))).full_text


def _agrees(got: str, expected: str) -> bool:
    return same(got, expected) or same(got, expected.split("\n", maxsplit=1)[0])


def sets(reader: Callable[[str], str], of_html: Callable[[str], str]) -> Iterator[tuple[str, int, list[Case]]]:
    """(set, number of messages, what does not agree) of a reader of plain text and one of HTML."""
    cases = [(name, expected, reader(text)) for name, text, expected in crisp()]
    yield "crisp", len(cases), [case for case in cases if not same(case[2], case[1])]
    asked = [(name, patterns, reader(text)) for name, text, patterns in crisp_patterns()]
    missed = [(name, str(patterns), got) for name, patterns, got in asked if not all(re.search(one, got, re.M) for one in patterns)]
    yield "crisp patterns", len(asked), missed
    cases = [(name, expected, reader(read(message).full_text)) for name, message, expected in talon_messages()]
    yield "talon", len(cases), [case for case in cases if not _agrees(case[2], case[1])]
    cases = [(name, expected, of_html(source)) for name, source, expected in talon_html()]
    yield "talon html", len(cases), [case for case in cases if not same(case[2], case[1])]


def ours() -> Iterator[tuple[str, int, list[Case]]]:
    """The same of ours, which reads whole messages, with the signatures, which neither library sets apart from a reply as text."""
    whole = [(message, expected, read(content).text) for message, content, expected in talon_messages()]
    for name, count, missed in sets(own, lambda source: read(html(source)).text):
        yield name, count, [case for case in whole if not _agrees(case[2], case[1])] if name == "talon" else missed
    signed = [(name, expected, quotes.split(text).signature) for name, text, expected in talon_signatures()]
    yield "talon signatures", len(signed), [case for case in signed if not same(case[2], case[1])]


def misses() -> dict[str, list[Case]]:
    """What does not agree with ours, by set: (name, expected, got)."""
    return {name: missed for name, _, missed in ours()}


if __name__ == "__main__":
    theirs = {
        "mail-parser-reply": sets(by_mail_parser_reply, lambda source: by_mail_parser_reply(read(html(source)).full_text)),
        "quotequail": sets(by_quotequail, html_by_quotequail),
    }
    for library, found in {"ours": ours(), **theirs}.items():
        for group, count, cases in found:
            print(f"{library:18} {group:17} {count - len(cases)} of {count}")
            if library == "ours":
                for case in cases:
                    print("   ", *(repr(text[-150:]) for text in case), sep="  ")
