"""What a delivery report says: RFC 3464 fields where there are some, else what free-form ones of mail servers let us see."""

import re
from collections.abc import Iterable

from triage.message import DeliveryReport
from triage.parsing import address, charset, freeform, headers, identifiers, parts
from triage.parsing.tree import Part

_ACTIONS = {"failed", "delayed", "delivered", "relayed", "expanded"}
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_MESSAGE_ID = re.compile(r"^message-id[ \t]{0,9}:[ \t]{0,9}(?:\r?\n[ \t]{1,9})?<([^<>\s]{3,998})>", re.IGNORECASE | re.MULTILINE)
#: Parts that hold the message that came back, or its header.
_RETURNED = frozenset({"text/rfc822-headers", "message/rfc822-headers", "message/global-headers", "message/rfc822", "message/global"})
#: Recipients reported one by one; the worst action speaks for the message.
_MAX_BLOCKS = 100
_WORST = ("failed", "delayed", "relayed", "expanded", "delivered")


def read(root: Part, leaves: list[Part], text: str) -> DeliveryReport | None:
    """The report this message is, or None."""
    original = _original_id(root, leaves, text)
    for leaf in leaves:
        kind = leaf.get_content_type()
        if kind in {"message/delivery-status", "message/global-delivery-status"}:
            report = _standard(_blocks(leaf), original)
            if report:
                return report
        elif kind == "message/feedback-report":
            return _feedback(leaf, original)
    return freeform.read(root, text, original, returned=any(leaf.children or leaf.get_content_type() in _RETURNED for leaf in leaves))


def _blocks(leaf: Part) -> list[dict[str, str]]:
    data = charset.clean(charset.decode(parts.payload(leaf))[0])
    return [_fields(_lines(block)) for block in re.split(r"\n{2,9}", data)[:_MAX_BLOCKS]]


def _lines(block: str) -> Iterable[tuple[str, str]]:
    for line in re.sub(r"\n[ \t]{1,99}", " ", block).split("\n"):
        name, colon, value = line.partition(":")
        if colon:
            yield name, value


def _fields(items: Iterable[tuple[str, object]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in items:
        found.setdefault(str(name).strip().lower(), headers.decode(str(value)))
    return found


def _standard(blocks: list[dict[str, str]], original: str) -> DeliveryReport | None:
    best: dict[str, str] | None = None
    for block in blocks:
        action = _action(block)
        if action and (best is None or _WORST.index(action) < _WORST.index(_action(best))):
            best = block
    if best is None:
        return None
    about = next(
        (
            ids
            for block in blocks
            for name in ("original-message-id", "x-original-message-id")
            for ids in identifiers.identifiers(block.get(name, ""))
        ),
        "",
    )
    status = _STATUS.search(best.get("status", "")) or _STATUS.search(best.get("diagnostic-code", ""))
    return DeliveryReport(
        action=_action(best), status=status[0] if status else "", recipient=_recipient(best), original_message_id=original or about,
        diagnostic=charset.cut(best.get("diagnostic-code", ""), 500),
    )  # fmt: skip


def _action(block: dict[str, str]) -> str:
    word = block.get("action", "").strip().lower().split(" ")[0].rstrip(";,.")
    if word in _ACTIONS:
        return word
    if "final-recipient" not in block and "original-recipient" not in block:
        return ""
    status = block.get("status", "").strip()
    return {"4": "delayed", "2": "delivered"}.get(status[:1], "failed")


def _recipient(block: dict[str, str]) -> str:
    for name in ("final-recipient", "original-recipient", "x-actual-recipient"):
        value = block.get(name, "").rpartition(";")[2].strip(" <>\"'")
        found = address.addr_spec(value)
        if found:
            return found
    return ""


def _feedback(leaf: Part, original: str) -> DeliveryReport:
    fields = _blocks(leaf)
    merged = {name: value for block in reversed(fields) for name, value in block.items()}
    kind = merged.get("feedback-type", "abuse").strip().lower()[:40]
    recipient = merged.get("original-rcpt-to", "") or merged.get("removal-recipient", "")
    # RFC 5965 tells of a message that arrived and was complained about.
    return DeliveryReport(
        action="delivered",
        recipient=address.addr_spec(recipient.strip(" <>")) or "",
        original_message_id=original,
        diagnostic=f"feedback report: {kind}",
    )


def _original_id(root: Part, leaves: list[Part], text: str) -> str:
    """Message-ID of the message that came back, from its copy, its header, or the text that quotes it."""
    for leaf in leaves:
        kind = leaf.get_content_type()
        if leaf.children:
            found = identifiers.identifiers(str(leaf.children[0].get("message-id", "")))
        elif kind in _RETURNED:
            found = tuple(_MESSAGE_ID.findall(_payload_text(leaf)[:65536])[:1])
        else:
            continue
        if found:
            return found[0]
    quoted = _MESSAGE_ID.findall(text[:200_000])
    return quoted[0] if quoted else ""


def _payload_text(leaf: Part) -> str:
    return charset.clean(charset.decode(parts.payload(leaf))[0])
