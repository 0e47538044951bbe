"""What can be said of a message whose reading failed: a linear look at its first 64 KB, safe in the daemon's own process."""

import re

from triage.message import Message, RawMessage
from triage.parsing import address, charset, headers, identifiers, tree

MAX_BYTES = 64 * 1024
_FIELD = re.compile(
    rb"^(from|to|subject|message-id|date|references|in-reply-to)[ \t]{0,9}:([^\n]{0,2000}(?:\n[ \t][^\n]{0,1000}){0,20})",
    re.IGNORECASE | re.MULTILINE,
)


def salvage(raw: RawMessage) -> Message:
    """A Message of the main header fields only; never fails and never takes long."""
    head = raw.content[:MAX_BYTES]
    head = head[: tree.header_end(head)]
    if b"\n" not in head:
        head = head.replace(b"\r", b"\n")
    found: dict[str, list[str]] = {}
    for name, value in _FIELD.findall(head)[:100]:
        found.setdefault(name.lower().decode(), []).append(value.decode("utf-8", "surrogateescape"))
    authors = tuple(author for value in found.get("from", [])[:5] for author in address.parse(value, "From")[0])
    identifier, _ = identifiers.message_id(next(iter(found.get("message-id", [])), None))
    return Message(
        message_id=identifier,
        in_reply_to=_first_ids(found, "in-reply-to"),
        references=_first_ids(found, "references"),
        from_=authors,
        to=tuple(person for value in found.get("to", [])[:5] for person in address.parse(value, "To")[0]),
        subject=charset.cut(headers.decode(next(iter(found.get("subject", [])), "")), 998),
        headers=tuple((name, headers.decode(value)) for name, values in found.items() for value in values),
        text=charset.one_line(""),
        fingerprint=raw.sha256,
        defects=("could not be read: only its main header fields are shown",),
    )


def _first_ids(found: dict[str, list[str]], name: str) -> tuple[str, ...]:
    return identifiers.identifiers(next(iter(found.get(name, [])), ""))
