"""How upset a message sounds: a count of plain signs, so that anybody can see why; it raises a case, and never lowers one."""

import re

from triage.message import Message

_LOOKED_AT = 5_000
UPSET, ANGRY = 2, 4
#: Two points each, and one point each; twice at most.
_STRONG = re.compile(
    r"\b(?:outrag\w{2,6}|unacceptable|disgust\w{2,5}|furious|ridiculous|appalling|scandal\w{0,4}|rip[- ]?off|liars?|thieves|worst|fed up"
    r"|had enough|unverschämt\w{0,4}|frechheit|unmöglich|skandal\w{0,4}|betrüger\w{0,2}|abzocke|wütend|katastrophe"
    r"|reicht(?:'s)? (?:mir|jetzt)|nie wieder)\b"
)
_IMPATIENT = re.compile(
    r"\b(?:still (?:no|not|nothing|waiting)|(?:third|fourth|fifth|\dth) time|for (?:weeks|months)|nobody (?:answers|replies|cares)"
    r"|never (?:heard|answered)|immer noch (?:nicht|kein\w{0,2}|nichts)|zum (?:dritten|vierten|x-ten) mal|seit (?:wochen|monaten)"
    r"|niemand (?:antwortet|meldet))\b"
)
_SHOUTED = re.compile(r"\b[A-ZÄÖÜ]{4,30}\b")
_WORD = re.compile(r"\b[^\W\d_]{4,30}\b")


def mood(message: Message) -> tuple[int, str]:
    """Points for how upset the message sounds (UPSET, ANGRY), and by which signs."""
    text = f"{message.subject}\n{message.text}"[:_LOOKED_AT]
    low = text.casefold()
    strong, impatient = _STRONG.findall(low), _IMPATIENT.findall(low)
    shouted, words = _SHOUTED.findall(text), len(_WORD.findall(text))
    marks = max(0, min(2, text.count("!!") - text.count("! !")))
    signs = (
        (2 * min(len(strong), 2), f"“{strong[0]}”" if strong else ""),
        (min(len(impatient), 2), f"“{impatient[0]}”" if impatient else ""),
        (2 if len(shouted) >= 3 and len(shouted) * 3 >= words else 0, "capital letters"),
        (marks, "exclamation marks"),
    )
    return sum(points for points, _sign in signs), ", ".join(sign for points, sign in signs if points)
