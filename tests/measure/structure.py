"""Subject, From and text beside the parse trees of another parser's tests, and decoded leaf parts beside those of a third."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.parsing.mail import raw, read
from triage.parsing import html, parts, tree

SHARED = Path(__file__).resolve().parents[3] / "shared" / "mail"
STALWART = SHARED / "stalwart_mail_parser" / "resources" / "eml"
MIME4J = SHARED / "mime4j" / "core" / "src" / "test" / "resources" / "testmsgs"
Miss = tuple[str, str, object, object]


def _words(text: str) -> str:
    return " ".join(text.replace("\0", "").split())


def _header(expected: dict[str, Any], name: str) -> Any:
    found = [field["value"] for field in expected["parts"][0]["headers"] if field["name"] == name]
    return found[-1] if found else None


def _addresses(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["address"]] if isinstance(value.get("address"), str) else []
        return own + [address for inner in value.values() for address in _addresses(inner)]
    return [address for inner in value for address in _addresses(inner)] if isinstance(value, list) else []


def _text(expected: dict[str, Any]) -> str:
    texts = []
    for index in expected["text_body"]:
        body = expected["parts"][index]["body"]
        if isinstance(body, dict) and "Text" in body:
            texts.append(body["Text"])
        elif isinstance(body, dict) and "Html" in body:
            texts.append(html.to_text(body["Html"]))
    return " ".join(texts)


def stalwart() -> Iterator[Miss]:
    """(name, field, expected, got) where the parse trees and we do not agree."""
    for path in sorted(STALWART.glob("*/*.eml")):
        expected = json.loads(path.with_suffix(".json").read_text("utf-8"))
        message = read(path.read_bytes())
        subject = _header(expected, "subject")
        subject = subject.get("Text", "") if isinstance(subject, dict) else ""
        if _words(subject) != _words(message.subject):
            yield path.stem, "subject", subject, message.subject
        senders = [address.lower() for address in _addresses(_header(expected, "from"))]
        if senders != [address.addr_spec for address in message.from_]:
            yield path.stem, "from", senders, [address.addr_spec for address in message.from_]
        if _words(_text(expected)) != _words(message.full_text):
            yield path.stem, "text", _text(expected), message.full_text


def _flat(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").strip()


def mime4j() -> Iterator[Miss]:
    """(name, "leaves", expected, got) where decoded leaf parts differ."""
    for path in sorted(MIME4J.glob("*.msg")):
        tree_of_parts = (path.parent / f"{path.stem}_decoded.xml").read_text("latin-1")
        expected = [_flat((path.parent / name).read_bytes()) for name in re.findall(r'-body name="([^"]+)"', tree_of_parts)]
        root, _ = tree.grow(raw(path.read_bytes()).content)
        got = [_flat(parts.payload(leaf)) for leaf in parts.leaves(root)]
        if expected != got:
            yield path.stem, "leaves", expected, got


if __name__ == "__main__":
    for measure in (stalwart, mime4j):
        found = list(measure())
        print(f"{measure.__name__}: {len(found)} not agreed")
        for name, field, expected, got in found:
            print(f"    {name} {field}\n        expected {str(expected)[:300]!r}\n        got      {str(got)[:300]!r}")
