"""Content-Transfer-Encoding (RFC 2045 §6) undone for whatever was sent under its name; what cannot be decoded stays as it is."""

import base64
import binascii
import re

_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]")
_INNER_SPACE = re.compile(rb"[^\s=] (?=\S)")
_AFTER_PADDING = re.compile(rb"=[ \t][^\r\n]*")
_UU_LINE = re.compile(rb"^begin [0-7]{3,4} [^\r\n]{1,200}\r?\n", re.MULTILINE)


def content(data: bytes, encoding: str) -> bytes:
    """The bytes that were meant."""
    word = encoding.strip().lower().partition(";")[0].strip(" \t\"'")
    if word == "base64":
        return _base64(data)
    if word in {"quoted-printable", "quoted_printable", "quotedprintable", "q"}:
        return _quoted_printable(data)
    if word in {"x-uuencode", "uuencode", "uue", "x-uue"}:
        return _uuencoded(data)
    return data


def _base64(data: bytes) -> bytes:
    # After its padding a line is over: what stands behind it is not data.
    packed = _AFTER_PADDING.sub(b"=", data).translate(None, b" \t\r\n")
    clean = _NOT_BASE64.sub(b"", packed)
    if len(packed) - len(clean) > len(packed) // 4 or len(_INNER_SPACE.findall(data)) > len(data) // 40:
        # A text under a wrong label: reading it as base64 would leave noise.
        return data
    body = clean.rstrip(b"=")
    if b"=" not in body:
        return _padded(body)
    # Pieces encoded one by one and put together keep their padding in the middle.
    return b"".join(_padded(piece) for piece in body.split(b"=") if piece)


def _padded(piece: bytes) -> bytes:
    spare = len(piece) % 4 == 1
    return base64.b64decode(piece[: len(piece) - spare] + b"==")


def _quoted_printable(data: bytes) -> bytes:
    # White space at the end of a line was added on the way (RFC 2045 §6.7, rule 3).
    return binascii.a2b_qp(re.sub(rb"[ \t]{1,99}(?=\r?\n)", b"", data) if b" \n" in data or b" \r\n" in data else data)


def _uuencoded(data: bytes) -> bytes:
    begin = _UU_LINE.search(data)
    if not begin:
        return data
    out: list[bytes] = []
    for line in data[begin.end() :].splitlines():
        if line.strip() in {b"end", b"`", b""}:
            break
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            # Some encoders count wrongly; what the line's first character promises is what it holds.
            wanted = -(-((line[0] - 32) & 63) // 3) * 4
            try:
                out.append(binascii.a2b_uu(line[: wanted + 1]))
            except binascii.Error:
                break
    return b"".join(out)
