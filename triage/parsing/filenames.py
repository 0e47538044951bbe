"""File names of parts as senders mean them (RFC 2231, RFC 2047 and their abuse), reduced to plain names."""

import re
from email.utils import collapse_rfc2231_value

from triage.parsing import charset, headers
from triage.parsing.tree import Part

MAX_LENGTH = 120
_FORBIDDEN = re.compile(r'[<>:"|?*\\/\x00-\x1f\x7f]')
#: Names that mean a device to Windows.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)


def parameter(part: Part, name: str, field: str = "content-type") -> str:
    """A parameter of Content-Type or Content-Disposition as text; "" when missing."""
    if name not in str(part.get(field, "")).lower():
        # Most parts have none, and taking the field apart costs far more than a look at it.
        return ""
    try:
        value = part.get_param(name, "", field)
    except (LookupError, ValueError, TypeError):
        return ""
    if isinstance(value, tuple):
        label, _, text = value
        data = str(text).encode("latin-1", "replace") if str(text).isascii() is False else str(text).encode()
        return charset.one_line(charset.decode(data, label or "")[0])
    return headers.decode(collapse_rfc2231_value(str(value)))


def of(part: Part) -> str:
    """The part's file name, made plain; "" when it has none."""
    return plain(parameter(part, "filename", "content-disposition") or parameter(part, "name"))


def plain(name: str) -> str:
    """A name without path, control characters or tricks, at most 120 characters with its ending kept."""
    name = charset.one_line(name)
    name = re.split(r"[\\/]", name)[-1]
    name = _FORBIDDEN.sub("_", name).strip(" .")
    if _DEVICE.match(name):
        name = f"_{name}"
    if len(name) > MAX_LENGTH:
        stem, dot, ending = name.rpartition(".")
        kept = charset.cut(stem, MAX_LENGTH - 11) + dot + ending
        name = kept if dot and len(ending) <= 10 else charset.cut(name, MAX_LENGTH).rstrip(" .")
    return name
