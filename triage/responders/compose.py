"""Messages out of text, html and attachments, as the octets that leave."""

import base64
import email
import email.policy
import quopri
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.utils import formataddr

from triage.errors import TemplateError

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
#: Of an encoded word's 75 characters 12 say what it is; three octets make four characters.
_ENCODED = 45
_FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z-]{1,40}")
_FIELD_BODY = re.compile(r"[\x20-\x7e]{0,950}(?:\r\n [\x21-\x7e][\x20-\x7e]{0,990})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A message or a part of one. The email package's generator writes line by line, which took a sixth of the time of deciding."""

    #: What its header says of its own content.
    fields: tuple[tuple[str, str], ...]
    #: As it goes onto the wire: ASCII, lines end in CRLF.
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file that goes along, as it is."""

    #: Plain ASCII, chosen by us.
    filename: str
    content_type: str
    content: bytes


def text_entity(text: str, subtype: str = "plain") -> Entity:
    """A text part in quoted-printable, whatever is in the text."""
    # quopri takes only bare line feeds for line ends; a carriage return of its own has no place in mail.
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    # Asking for what is printable is ten times as quick as looking for what is not, and mostly all of it is.
    printable = lines.replace("\n", "").isprintable()
    clean = (lines if printable else _CONTROL.sub("", lines)).strip("\n") + "\n"
    # Not by the package's own encoders: one writes every space as three characters, the other is slow in Python.
    return _encoded(f'text/{subtype}; charset="utf-8"', "quoted-printable", quopri.encodestring(clean.encode("utf-8", "replace")))


def attachment_entity(attached: Attached) -> Entity:
    """The file in base64, to be saved rather than shown."""
    name = attached.filename
    disposition = ("Content-Disposition", f'attachment; filename="{name}"')
    return _encoded(f'{attached.content_type}; name="{name}"', "base64", base64.encodebytes(attached.content), disposition)


def inline_entity(cid: str, content_type: str, content: bytes) -> Entity:
    """A picture that the html beside it shows by its Content-ID (RFC 2392)."""
    further = (("Content-ID", f"<{cid}>"), ("Content-Disposition", "inline"))
    return _encoded(content_type, "base64", base64.encodebytes(content), *further)


def multipart(subtype: str, parts: Iterable[Entity], mark: str) -> Entity:
    """The parts under one roof (RFC 2046 §5.1). `mark` is anything of ours that differs between nested ones."""
    # The same each time, so that the same letter has the same octets; "=_" occurs neither in quoted-printable nor in base64.
    boundary = f"=_{subtype}_{mark}"
    delimiter = f"--{boundary}".encode("ascii")
    content = b"".join(b"%b\r\n%b\r\n" % (delimiter, assembled((), part)) for part in parts)
    return Entity(fields=(("Content-Type", f'multipart/{subtype}; boundary="{boundary}"'),), content=content + delimiter + b"--\r\n")


def assembled(fields: Iterable[tuple[str, str]], entity: Entity) -> bytes:
    """The entity with the fields before its own: CRLF, ASCII, no line over 998 octets; TemplateError as in header_block."""
    return b"%b\r\n%b" % (header_block((*fields, *entity.fields)), entity.content)


def header_block(fields: Iterable[tuple[str, str]]) -> bytes:
    """The fields as lines; TemplateError for a name or value that would not stay one field (CVE-2024-6923)."""
    return "".join([f"{name}: {value}\r\n" for name, value in map(_checked, fields)]).encode("ascii")


def words(text: str) -> str:
    """Unstructured text for a field: as it is where it is short ASCII, else as encoded words (RFC 2047)."""
    clean = " ".join((text if text.isprintable() else _CONTROL.sub(" ", text)).split())
    if clean.isascii() and len(clean) <= 200 and "=?" not in clean:
        return clean
    octets = clean.encode("utf-8", "replace")
    # Not by the package: it looks for the shortest way character by character, which took as long as the rest of the header.
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(piece).decode('ascii')}?=" for piece in _pieces(octets))


def named_address(name: str, addr_spec: str) -> str:
    """An address with its display name (RFC 5322 §3.4)."""
    return formataddr((words(name), addr_spec))


def plain_text(content: bytes) -> str:
    """The plain text of a message that we wrote; "" where it has none."""
    part = email.message_from_bytes(content, policy=email.policy.default).get_body(("plain",))
    return str(part.get_content()) if part else ""


def _pieces(octets: bytes) -> Iterator[bytes]:
    """The octets in pieces that fit into an encoded word each, none of which ends within a character (RFC 2047 §5)."""
    start = 0
    while start < len(octets):
        end = start + _ENCODED
        while end < len(octets) and octets[end] & 0xC0 == 0x80:
            end -= 1
        yield octets[start:end]
        start = end


def _checked(field: tuple[str, str]) -> tuple[str, str]:
    name, value = field
    if not _FIELD_NAME.fullmatch(name) or not _FIELD_BODY.fullmatch(value):
        raise TemplateError(f"the field {name!r} would not stay one field")
    return field


def _encoded(content_type: str, encoding: str, content: bytes, *further: tuple[str, str]) -> Entity:
    fields = (("Content-Type", content_type), *further, ("Content-Transfer-Encoding", encoding))
    return Entity(fields=fields, content=content.replace(b"\n", b"\r\n"))
