"""Outlook's winmail.dat (MS-OXTNEF) opened: its text and files, within limits, and never a failure."""

import struct
from dataclasses import dataclass

from triage.parsing import rtf

MAX_BYTES = 20 * 1024 * 1024
MAX_RECORDS = 2000
#: A larger one takes too long to unpack.
MAX_RTF = 512 * 1024
_SIGNATURE = b"\x78\x9f\x3e\x22"


@dataclass(frozen=True, slots=True)
class Opened:
    """What was inside."""

    text: str = ""
    html: str = ""
    #: (name, bytes) of each file.
    files: tuple[tuple[str, bytes], ...] = ()


def unpack(data: bytes) -> Opened | None:
    """The contents, or None where it cannot be opened."""
    if len(data) > MAX_BYTES or not _is_sane(data):
        return None
    from tnefparse import TNEF

    try:
        opened = TNEF(data, do_checksum=False)
        files = tuple((str(file.long_filename() or file.name or ""), bytes(file.data or b"")) for file in opened.attachments[:200])
        text, html = _text(opened.body), _text(opened.htmlbody)
        if not (text or html) and len(data) - sum(len(file) for _, file in files) <= MAX_RTF:
            text = rtf.to_text(bytes(opened.rtfbody or b""))
        return Opened(text=text, html=html, files=files)
    except Exception:
        # On a damaged file the library raises whatever its offsets lead to.
        return None


def _is_sane(data: bytes) -> bool:
    # The library copies the rest of the file for each record: their number is checked before it begins.
    if not data.startswith(_SIGNATURE):
        return False
    position, records = 6, 0
    while position + 11 <= len(data):
        (length,) = struct.unpack_from("<I", data, position + 5)
        position += 11 + length
        records += 1
        if records > MAX_RECORDS:
            return False
    return records > 0


def _text(value: object) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return str(value).rstrip("\0") if value else ""
