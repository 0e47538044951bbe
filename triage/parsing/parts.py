"""Tree of parts → the texts that are shown, in their order, and what was attached; attached messages keep their text to themselves."""

import hashlib
import mimetypes
from collections.abc import Iterable
from dataclasses import dataclass, field

from triage.message import Attachment
from triage.parsing import calendars, charset, decoding, embedded, filenames, headers, rtf, tnef
from triage.parsing.tree import SIGNED_INSIDE, Part

#: Kinds that are labelled, so that a person knows why there is no text.
_OPAQUE, _ENCRYPTED, _SIGNED = "encrypted with S/MIME, or damaged", "encrypted with PGP", "signed with S/MIME"
_LABELS = {
    "application/pkcs7-mime": _OPAQUE, "application/x-pkcs7-mime": _OPAQUE, "application/pgp-encrypted": _ENCRYPTED,
    "application/pgp-signature": "signed with PGP", "application/pkcs7-signature": _SIGNED, "application/x-pkcs7-signature": _SIGNED,
}  # fmt: skip


_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_OTHER_TEXT = frozenset({"text/enriched", "text/markdown", "text/x-markdown", "text/x-amp-html", "text/html5"})
_RTF = frozenset({"text/rtf", "application/rtf", "application/x-rtf", "text/richtext"})


@dataclass(frozen=True, slots=True)
class Shown:
    """One text of the message: plain, or html."""

    html: bool
    text: str
    #: The sender wrapped paragraphs softly (RFC 3676).
    flowed: bool = False
    delsp: bool = False


@dataclass(slots=True)
class Content:
    """What the walk over the parts has found."""

    shown: list[Shown] = field(default_factory=list)
    #: The part of each attachment, beside it.
    attached: list[tuple[Part, bytes, Attachment]] = field(default_factory=list)
    defects: dict[str, None] = field(default_factory=dict)
    #: Parts below the top, for reports; an attached message is one of them, its insides are not.
    leaves: list[Part] = field(default_factory=list)


def collect(root: Part) -> Content:
    """Everything the message shows and carries."""
    content = Content()
    _walk(root, content, first=True, parent="")
    for part, data, attachment in list(content.attached):
        if attachment.content_type in _TNEF or attachment.filename.lower() == "winmail.dat":
            _open_tnef(part, data, content)
    if not any(one.text.strip() for one in content.shown):
        # A text in a format of its own is better than none.
        content.shown += [shown for leaf in content.leaves if (shown := _otherwise(leaf, content))]
    return content


def _otherwise(leaf: Part, content: Content) -> Shown | None:
    """The text of a leaf that is neither plain nor HTML, in words."""
    kind = leaf.get_content_type()
    if kind in _OTHER_TEXT and not leaf.get_filename():
        return _shown(leaf, "text/plain", content)
    if kind in _RTF:
        text = rtf.to_text(payload(leaf))
    elif kind == "text/calendar":
        text = calendars.to_text(charset.decode(payload(leaf), filenames.parameter(leaf, "charset"))[0])
    else:
        text = ""
    return Shown(html=False, text=text) if text else None


def _open_tnef(part: Part, data: bytes, content: Content) -> None:
    opened = tnef.unpack(data)
    if opened is None:
        content.defects["winmail.dat could not be opened"] = None
        return
    _attach_files(part, opened.files, content)
    text = opened.text or opened.html
    if text.strip() and not any(one.text.strip() for one in content.shown):
        content.shown.append(Shown(html=not opened.text, text=charset.clean(text)))


def _attach_files(part: Part, files: Iterable[tuple[str, bytes]], content: Content) -> None:
    # Nobody said of what type these are; their names do.
    for given, file in files:
        name = filenames.plain(given)
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        content.attached.append((part, file, _attachment(name, kind, file, inline=False)))


def payload(part: Part) -> bytes:
    """The decoded bytes of a leaf."""
    return decoding.content(part.source, str(part.get("content-transfer-encoding", "")))


def leaves(part: Part) -> list[Part]:
    """Every leaf below a part in its order, those of attached messages included."""
    return [leaf for child in part.children for leaf in leaves(child)] if part.children else [part]


def _walk(part: Part, content: Content, *, first: bool, parent: str) -> None:
    kind = part.get_content_type()
    below = part.children
    if kind.startswith("multipart/") and below:
        _walk_multipart(kind, below, content)
    elif kind in SIGNED_INSIDE and below:
        content.defects[_SIGNED] = None
        _walk(below[0], content, first=first, parent=parent)
    elif (kind in {"text/plain", "text/html"} or kind.startswith("multipart/")) and not _is_attached(part, first=first, parent=parent):
        content.leaves.append(part)
        content.shown.append(_shown(part, kind, content))
    else:
        content.leaves.append(part)
        _attach(part, kind, content, inline=parent == "multipart/related" or bool(part.get("content-id")))


def _is_attached(part: Part, *, first: bool, parent: str) -> bool:
    # RFC 8621 §4.1.4: a named text counts as body only where it stands first; inside multipart/related the others belong to the first.
    disposition = part.get_content_disposition()
    if disposition not in (None, "inline"):
        return True
    return not first and (parent == "multipart/related" or bool(filenames.of(part)))


def _walk_multipart(kind: str, below: list[Part], content: Content) -> None:
    if kind == "multipart/alternative":
        _choose(below, content)
        return
    if kind == "multipart/encrypted":
        content.defects[_ENCRYPTED] = None
    for index, child in enumerate(below):
        _walk(child, content, first=index == 0, parent=kind)


def _choose(alternatives: list[Part], content: Content) -> None:
    # Every alternative is walked, for its attachments and leaves; the best one's texts are shown.
    candidates: list[list[Shown]] = []
    for alternative in alternatives:
        found = Content()
        _walk(alternative, found, first=True, parent="multipart/alternative")
        content.attached += found.attached
        content.leaves += found.leaves
        content.defects |= found.defects
        if found.shown:
            candidates.append(found.shown)
    # Several plain ones are parts of one text under a wrong name more often than versions of it.
    plain = [text for shown in candidates if not any(text.html for text in shown) and _says_something(shown) for text in shown]
    html = next((shown for shown in reversed(candidates) if any(text.html for text in shown)), None)
    content.shown += plain or html or (candidates[0] if candidates else [])


def _says_something(shown: list[Shown]) -> bool:
    # Senders put a stub beside the HTML: nothing, a line about clients that show no HTML, or the HTML source itself.
    text = "".join(one.text for one in shown).strip()[:2000]
    lowered = text.lower()
    if not text or lowered.startswith(("<html", "<!doctype", "<div", "<p>", "<table")):
        return False
    return not (
        len(text) < 400
        and "html" in lowered
        and any(word in lowered for word in ("view", "support", "display", "client", "reader", "format"))
    )


def _shown(part: Part, kind: str, content: Content) -> Shown:
    text, defect = charset.decode(payload(part), filenames.parameter(part, "charset"))
    if defect:
        content.defects[defect] = None
    html = kind == "text/html" or (kind == "text/plain" and text.lstrip()[:15].lower().startswith(("<!doctype html", "<html")))
    text = charset.clean(text)
    if kind == "text/plain" and not html:
        text, files = embedded.files(text)
        _attach_files(part, files, content)
        text, armour = embedded.without_armour(text)
        content.defects |= {armour: None} if armour else {}
    flowed = kind == "text/plain" and filenames.parameter(part, "format").lower() == "flowed"
    return Shown(html=html, text=text, flowed=flowed, delsp=filenames.parameter(part, "delsp").lower() == "yes")


def _attach(part: Part, kind: str, content: Content, *, inline: bool) -> None:
    data = part.attached if part.children else payload(part)
    name = filenames.of(part)
    if part.children and not name:
        name = filenames.plain(f"{headers.decode(str(part.children[0].get('subject', ''))) or 'message'}.eml")
    if kind in _LABELS:
        content.defects[_LABELS[kind]] = None
    shown_inside = inline and part.get_content_disposition() != "attachment"
    content.attached.append((part, data, _attachment(name, kind, data, inline=shown_inside)))


def _attachment(name: str, kind: str, data: bytes, *, inline: bool) -> Attachment:
    return Attachment(filename=name, content_type=kind, size=len(data), sha256=hashlib.sha256(data).hexdigest(), inline=inline)
