"""Names and texts of strangers, made harmless to look at."""

import re
import unicodedata

#: Controls but tab and line feed; bidirectional controls, zero-width characters and the like, which make a text look like another one
#: (Unicode TR36 §2.5).
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")
_LONGEST_NAME = 40
_MOST_WORDS = 4


def greetable(name: str) -> str:
    """The name, if it is nothing but a few words of letters; else "", because a name can carry an advertisement to whoever was forged."""
    plain = unicodedata.normalize("NFC", name)
    fits = 0 < len(plain) <= _LONGEST_NAME and len(plain.split(" ")) <= _MOST_WORDS
    return plain if fits and all(map(_wordly, plain.split(" "))) else ""


def _wordly(word: str) -> bool:
    letters = word.replace("-", "").replace("'", "").replace("’", "")
    return bool(letters) and all(unicodedata.category(character)[0] in "LM" for character in letters)


def visible(text: str) -> str:
    """The text without characters that cannot be seen."""
    # Most names and numbers are printable from end to end, so there is nothing to look for in them.
    return text if text.isprintable() else _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str, at_most: int) -> str:
    """The visible text on one line, cut to a length."""
    flat = " ".join(visible(text).split())
    # After a whole word: half a number would pass for a number.
    return flat if len(flat) <= at_most else flat[: at_most - 1].rsplit(" ", 1)[0].rstrip(" .,;:") + "…"
