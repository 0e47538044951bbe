"""What stands in a plain text beside words: uuencoded files, and the armour of PGP (RFC 9580 §6.2, §7)."""

import binascii
import re

#: Files taken out of one text.
MAX_FILES = 20
_BEGIN = re.compile(r"^begin [0-7]{3,4} ([^\n]{1,200})\n", re.MULTILINE)
_END = re.compile(r"(?:`?[ ]{0,3}\n)?end[ ]{0,3}(?:\n|\Z)")
_LINE = re.compile(r"[ -`]{1,90}\n")
_SIGNED = re.compile(r"^-----BEGIN PGP SIGNED MESSAGE-----\n(?:[A-Za-z]{2,20}: [^\n]{0,200}\n){0,9}\n", re.MULTILINE)
_SIGNATURE = "\n-----BEGIN PGP SIGNATURE-----\n"
_SIGNATURE_END = "-----END PGP SIGNATURE-----"
_SECRET, _SECRET_END = "-----BEGIN PGP MESSAGE-----\n", "-----END PGP MESSAGE-----"
_KEY, _KEY_END = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n", "-----END PGP PUBLIC KEY BLOCK-----"

File = tuple[str, bytes]


def files(text: str) -> tuple[str, list[File]]:
    """The text without the uuencoded files in it, and these as (name, bytes); what is not wholly a file stays text."""
    if "begin " not in text:
        return text, []
    kept: list[str] = []
    found: list[File] = []
    position = 0
    for begin in _BEGIN.finditer(text):
        if begin.start() < position or len(found) >= MAX_FILES:
            continue
        data, end = _decoded(text, begin.end())
        if data:
            kept.append(text[position : begin.start()])
            found.append((begin[1].strip(), data))
            position = end
    return "".join((*kept, text[position:])), found


def _decoded(text: str, position: int) -> tuple[bytes, int]:
    """The bytes of the lines from there, and where their end mark ends; no bytes where it is missing."""
    out: list[bytes] = []
    while line := _LINE.match(text, position):
        if end := _END.match(text, position):
            return b"".join(out), end.end()
        try:
            # Blanks that ended a line may have been lost on the way.
            out.append(binascii.a2b_uu(line[0].rstrip("\n")))
        except binascii.Error:
            return b"", position
        position = line.end()
    end = _END.match(text, position)
    return (b"".join(out), end.end()) if end else (b"", position)


def without_armour(text: str) -> tuple[str, str]:
    """The words inside PGP's armour, and what a person should know of it; "" where there is no armour."""
    if "-----BEGIN PGP " not in text:
        return text, ""
    text = _without_block(text, _KEY, _KEY_END, "[PGP key]")
    if _SECRET in text:
        return _without_block(text, _SECRET, _SECRET_END, "[encrypted with PGP]"), "encrypted with PGP"
    signed = _SIGNED.search(text)
    start = text.find(_SIGNATURE, signed.end()) if signed else -1
    if signed is None or start < 0:
        return text, ""
    end = text.find(_SIGNATURE_END, start)
    behind = text[end + len(_SIGNATURE_END) :].lstrip("\n") if end >= 0 else ""
    # Lines that begin with a dash were escaped (§7.1).
    words = text[signed.end() : start].replace("\n- ", "\n").removeprefix("- ")
    return "\n".join(part for part in (text[: signed.start()] + words, behind) if part), "signed with PGP"


def _without_block(text: str, begin: str, end: str, instead: str) -> str:
    start = text.find(begin)
    if start < 0:
        return text
    stop = text.find(end, start)
    return text[:start] + instead + (text[stop + len(end) :] if stop >= 0 else "")
