"""Messages out of text, html and attachments: what is to stand in them is chosen here, how it is written is the email package's."""

import base64
import quopri
import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.header import Header
from email.message import Message
from email.policy import SMTP
from email.utils import formataddr
from typing import TypeAlias

from triage.errors import TemplateError

#: CRLF, and fields as they were given: folded anew, a long Message-ID would become an encoded word or leave its name alone on a line.
#: Nor does anything read their parts, for which the package would parse each field by its grammar.
_WIRE = SMTP.clone(refold_source="none", header_factory=lambda _name, value: value)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z-]{1,40}")
_FIELD_BODY = re.compile(r"[\x20-\x7e]{0,950}(?:\r\n [\x21-\x7e][\x20-\x7e]{0,990})*")
#: A message or a part of one.
Entity: TypeAlias = Message


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
    clean = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip("\n") + "\n"
    entity = Entity()
    entity.add_header("Content-Type", f"text/{subtype}", charset="utf-8")
    # Not by the package's own encoders: one writes every space as three characters, the other is slow in Python.
    return _encoded(entity, "quoted-printable", quopri.encodestring(clean.encode("utf-8", "replace")))


def attachment_entity(attached: Attached) -> Entity:
    """The file in base64, to be saved rather than shown."""
    entity = Entity()
    entity.add_header("Content-Type", attached.content_type, name=attached.filename)
    entity.add_header("Content-Disposition", "attachment", filename=attached.filename)
    return _encoded(entity, "base64", base64.encodebytes(attached.content))


def multipart(subtype: str, parts: Iterable[Entity], mark: str) -> Entity:
    """The parts under one roof (RFC 2046 §5.1). `mark` is anything of ours that differs between nested ones."""
    entity = Entity()
    # The package's boundaries are random, ours the same each time; "=_" occurs neither in quoted-printable nor in base64.
    entity.add_header("Content-Type", f"multipart/{subtype}", boundary=f"=_{subtype}_{mark}")
    for part in parts:
        entity.attach(part)
    return entity


def assembled(fields: Iterable[tuple[str, str]], entity: Entity) -> bytes:
    """The entity with the fields before its own: CRLF, ASCII, no line over 998 octets; TemplateError as in header_block."""
    whole = Entity()
    for name, value in (*map(_checked, fields), *entity.items()):
        whole[name] = value
    whole.set_payload(entity.get_payload())
    return whole.as_bytes(policy=_WIRE)


def header_block(fields: Iterable[tuple[str, str]]) -> bytes:
    """The fields as lines; TemplateError for a name or value that would not stay one field (CVE-2024-6923)."""
    return b"".join(_WIRE.fold_binary(*_checked(field)) for field in fields)


def words(text: str) -> str:
    """Unstructured text for a field: as it is where it is short ASCII, else as encoded words (RFC 2047)."""
    clean = " ".join(_CONTROL.sub(" ", text).split())
    if clean.isascii() and len(clean) <= 200 and "=?" not in clean:
        return clean
    return Header(clean.encode("utf-8", "replace").decode(), "utf-8", maxlinelen=72).encode(linesep="\r\n")


def named_address(name: str, addr_spec: str) -> str:
    """An address with its display name (RFC 5322 §3.4)."""
    return formataddr((words(name), addr_spec))


def _checked(field: tuple[str, str]) -> tuple[str, str]:
    name, value = field
    if not _FIELD_NAME.fullmatch(name) or not _FIELD_BODY.fullmatch(value):
        raise TemplateError(f"the field {name!r} would not stay one field")
    return field


def _encoded(entity: Entity, encoding: str, content: bytes) -> Entity:
    entity["Content-Transfer-Encoding"] = encoding
    entity.set_payload(content.decode("ascii"))
    return entity
