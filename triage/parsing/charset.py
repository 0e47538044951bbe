"""Bytes and a charset label into text that can always be stored: the label is a claim, checked against the bytes."""

import codecs
import re

#: Codecs that turn bytes into text and do nothing else; Python also accepts idna, unicode_escape, rot13 and the like as labels.
_NAMES = """
ascii utf-8 utf-7 utf-16 utf-16-le utf-16-be utf-32 utf-32-le utf-32-be iso8859-1 iso8859-2 iso8859-3 iso8859-4 iso8859-5
iso8859-6 iso8859-7 iso8859-8 iso8859-9 iso8859-10 iso8859-11 iso8859-13 iso8859-14 iso8859-15 iso8859-16 cp1250 cp1251 cp1252
cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp437 cp720 cp737 cp775 cp850 cp852 cp855 cp857 cp858 cp860 cp861 cp862 cp863 cp864
cp865 cp866 cp869 cp874 cp932 cp949 cp950 big5 big5hkscs gb2312 gbk gb18030 hz euc_jp euc_jis_2004 euc_jisx0213 euc_kr shift_jis
shift_jis_2004 shift_jisx0213 iso2022_jp iso2022_jp_1 iso2022_jp_2 iso2022_jp_2004 iso2022_jp_3 iso2022_jp_ext iso2022_kr johab
koi8-r koi8-t koi8-u kz1048 mac-cyrillic mac-greek mac-iceland mac-latin2 mac-roman mac-turkish ptcp154 tis-620
"""
_ALLOWED = frozenset(_NAMES.split())
#: Labels that mail carries and Python does not know, and labels whose superset is what senders really use (WHATWG Encoding §4.2).
_ALIASES = {
    "gb2312": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "gbk": "gb18030", "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949", "euc-kr": "cp949", "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932",
    "windows-31j": "cp932", "iso-8859-8-i": "iso8859-8", "iso-8859-8-e": "iso8859-8", "iso-8859-9": "cp1254", "tis-620": "cp874",
    "iso-8859-11": "cp874", "windows-874": "cp874", "utf8mb4": "utf-8", "unicode": "utf-16", "unicode-1-1-utf-7": "utf-7",
    "x-mac-roman": "mac-roman", "macintosh": "mac-roman", "x-mac-cyrillic": "mac-cyrillic", "big5-hkscs": "big5hkscs",
    "x-big5": "big5", "cn-big5": "big5", "ansi": "cp1252", "x-user-defined": "cp1252", "iso-2022-jp": "iso2022_jp_ext",
    "windows1252": "cp1252", "unicode11utf8": "utf-8", "utf_8": "utf-8", "cp-1252": "cp1252", "cp-850": "cp850",
    "iso-10646-ucs-2": "utf-16-be",
}  # fmt: skip
#: Labels that say nothing, or that senders put on anything: the bytes decide.
_LATIN = frozenset({"ascii", "iso8859-1", "cp1252"})
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_MULTIBYTE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]{1,3}")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_END = re.compile("\r\n?|\x85|\u2028|\u2029")
_SEPARATORS = " \t\n./_-"
_BREAK = re.compile("[\t\n\r\u2028\u2029]")
#: Directional overrides and isolates, which show a name in another order than it is stored, and characters that show nothing.
_DECEIVING = re.compile("[\u202a-\u202e\u2066-\u2069\u200b-\u200f\u2060\ufeff\u00ad\u061c]")


def decode(data: bytes, label: str = "") -> tuple[str, str]:
    """The text, and what was wrong with its label ("" when nothing); never fails."""
    if data.isascii() and not _shifts(label):
        return data.decode("ascii"), ""
    for bom, name in _BOMS:
        if data.startswith(bom):
            return data.decode(name, "replace").lstrip("\ufeff"), ""
    codec = _codec(label)
    if codec is None:
        return guess(data), f"charset {_shown(label)} is unknown" if label else "8-bit text without a charset"
    if codec in _LATIN:
        return _latin(data, codec)
    try:
        return data.decode(codec).lstrip("\ufeff"), ""
    except (UnicodeError, ValueError):
        text = guess(data) if codec == "utf-8" else data.decode(codec, "replace")
        return text, f"text is not valid {_shown(label)}"


def guess(data: bytes) -> str:
    """Text of bytes whose charset nobody says: UTF-8 where it is one or nearly so, else Windows-1252."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        # A text cut in the middle of a character is still UTF-8: count what fits against what does not.
        fitting = len(_MULTIBYTE.findall(data))
        replaced = data.decode("utf-8", "replace")
        if fitting > replaced.count("\ufffd"):
            return replaced
    return windows_1252(data)


def windows_1252(data: bytes) -> str:
    """Text in Windows-1252; the five bytes that it leaves open say nothing."""
    return data.decode("cp1252", "ignore")


def clean(text: str) -> str:
    """Text with line feeds as its only line ends and without control characters other than the tab."""
    if "\r" in text or not text.isascii():
        text = _LINE_END.sub("\n", text)
    return _CONTROL.sub("", text)


def one_line(text: str) -> str:
    """Text for a header or a name: one line, no control characters, nothing that reorders or hides."""
    if text.isascii() and text.isprintable():
        return text.strip()
    text = _CONTROL.sub("", _BREAK.sub(" ", text))
    return _DECEIVING.sub("", text).strip()


def cut(text: str, limit: int) -> str:
    """The beginning of a text that does not end within a number: half a card number would pass for none, and show it."""
    if len(text) <= limit:
        return text
    end = text[max(0, limit - 60) : limit]
    number = end[len(end.rstrip(f"0123456789{_SEPARATORS}")) :].lstrip(_SEPARATORS)
    return text[: limit - len(number)]


def _latin(data: bytes, codec: str) -> tuple[str, str]:
    # Nobody writes "Ã¼" on purpose: bytes that are wholly valid UTF-8 are UTF-8, whatever a Latin label says.
    try:
        return data.decode("utf-8"), f"text is UTF-8, not {codec}"
    except UnicodeDecodeError:
        return windows_1252(data), "8-bit text labelled ascii" if codec == "ascii" else ""


def _shifts(label: str) -> bool:
    # In these even pure ASCII bytes may mean other characters.
    lowered = label.lower()
    return any(mark in lowered for mark in ("2022", "utf-7", "hz", "utf-16", "utf-32", "unicode", "ucs"))


def _codec(label: str) -> str | None:
    label = label.strip(" \t\"'").lower()
    if not label or len(label) > 60 or not label.isascii() or not label.isprintable():
        return None
    try:
        name = codecs.lookup(_ALIASES.get(label, label)).name
    except (LookupError, ValueError):
        return None
    return name if name in _ALLOWED else None


def _shown(label: str) -> str:
    return repr(one_line(label)[:40])
