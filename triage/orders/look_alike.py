"""Whether an address only looks like another one, for the warning that an agent gets; nothing is ever disclosed because of it."""

import unicodedata

#: Letters that fonts draw alike (Unicode TR39): what people really forge, not the whole table.
_ALIKE = str.maketrans(
    {
        "а": "a", "ɑ": "a", "α": "a", "с": "c", "ϲ": "c", "ԁ": "d", "е": "e", "ҽ": "e", "һ": "h", "і": "i", "ι": "i", "ı": "i", "ј": "j",
        "к": "k", "κ": "k", "ӏ": "l", "м": "m", "п": "n", "η": "n", "о": "o", "ο": "o", "σ": "o", "р": "p", "ρ": "p", "ԛ": "q", "г": "r",
        "ѕ": "s", "т": "t", "τ": "t", "υ": "u", "ν": "v", "ѵ": "v", "ԝ": "w", "х": "x", "χ": "x", "у": "y", "γ": "y", "в": "b",
        "0": "o", "1": "l", "i": "l", "|": "l", "5": "s", "8": "b",
    }
)  # fmt: skip
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))


def looks_like(address: str, theirs: str) -> bool:
    """Whether the two would be taken for each other at a glance, and are not equal."""
    return address != theirs and _skeleton(address) == _skeleton(theirs)


def _skeleton(address: str) -> str:
    local, _, domain = address.rpartition("@")
    shown = ".".join(_readable(label) for label in domain.split("."))
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", f"{local}@{shown}").lower() if not unicodedata.combining(letter))
    plain = plain.translate(_ALIKE)
    for pair, letter in _PAIRS:
        plain = plain.replace(pair, letter)
    return plain.replace("-", "").replace("_", "")


def _readable(label: str) -> str:
    """A label as a mail client shows it (RFC 5890): an A-label as its letters."""
    if not label.startswith("xn--"):
        return label
    try:
        return label.encode("ascii").decode("idna")
    except UnicodeError:
        return label
