"""How a customer rates us in plain words, English or German: "4/5, would have liked …", "four stars", "5 Sterne", or just a number."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from triage import keyed
from triage.case import Rating
from triage.message import Message

#: A rating stands at the beginning; further down numbers are about other things.
_LOOKED_AT = 300
_COMMENT = 1000
_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5,
    "ein": 1, "eins": 1, "einen": 1, "eine": 1, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "fuenf": 5,
}  # fmt: skip
_NUMBER = rf"(?P<n>10|[0-9](?:[.,]5)?|{'|'.join(_WORDS)})"
_FIVE = r"(?:5|five|fünf|fuenf)"
_STARS = r"(?:stars?|sternen?|stern|points?|punkten?|punkte)"
#: Any of these says it for certain; what the message of a link says is among them.
_SURE = (
    rf"(?<![\w/.,-]){_NUMBER}\s?(?:/|of|out of|von|aus)\s?{_FIVE}(?![\w/]|[.,]\d)(?:\s?{_STARS}\b)?",
    rf"(?<![\w/.,-]){_NUMBER}\s?(?:/|of|out of|von)\s?(?P<ten>10)(?![\w/]|[.,]\d)(?:\s?{_STARS}\b)?",
    rf"(?<![\w/.,-]){_NUMBER}[\s-]?{_STARS}\b",
    rf"\b(?:(?:my|meine)\s)?(?:rating|score|bewertung|vote)(?:\s(?:is|ist|lautet))?\s?[:=]?\s?{_NUMBER}(?![\w/]|[.,]\d)",
    rf"\b(?:(?:i|ich|i would|i'd)\s)?(?:give|gebe|vergebe)\s(?:you|it|euch|ihnen|dafür|an?|eine?n?|\s){{1,9}}{_NUMBER}(?![\w/]|[.,]\d)",
)
_EXPRESSIONS = tuple(re.compile(pattern) for pattern in _SURE)
_GLYPHS = re.compile(r"(?P<full>[★⭐🌟]{1,5})[☆✩]{0,4}|^(?P<plain>\*{1,5})$", re.MULTILINE)
#: A number that begins the text and is followed by nothing, or by a pause; "1." and "1)" count points, and rate nothing.
_ALONE = re.compile(rf"(?P<n>[1-5]|{'|'.join(_WORDS)})(?:[!.]?\s{{0,3}}(?:\n|$)|\s?[,;:–—]\s|\s-\s)")
_DENIED = re.compile(r"(?:\bnot|n't|\bnever|\bnicht|\bkeine?n?|\bno)\s(?:\w{1,12}\s){0,3}$")
#: What our own message of a link says, which is no comment.
_LABELS = re.compile(r"^[ \t]{0,9}(?:my rating|meine bewertung|my comment|mein kommentar) ?:", re.IGNORECASE | re.MULTILINE)


def rating(text: str) -> Rating | None:
    """The score that the text gives, from 1 to 5, and what is said beside it; None where it gives none, or more than one."""
    flat = unicodedata.normalize("NFC", text.strip())
    # As long as the text itself, so that what is found in the one can be cut out of the other.
    head = "".join(letter if len(letter) == 1 else " " for letter in (one.lower() for one in flat[:_LOOKED_AT])).replace("\r", " ")
    found = list(_found(head))
    if len({score for score, _place in found}) != 1:
        return None
    return Rating(score=found[0][0], comment=_comment(flat, found[0][1]))


def linked(message: Message, keys: Iterable[bytes], prefix: str) -> tuple[str, Rating] | None:
    """Case number and rating of a message that a link of ours opened: its address or its subject carries a token; None for any other."""
    places = [place for place in (*(to.addr_spec for to in (*message.to, *message.cc)), message.subject) if keyed.RATING in place]
    found = next((one for place in places for key in keys if (one := keyed.rated(key, place, prefix))), None)
    if found is None:
        return None
    number, score = found
    # Who changed the number in the message that the link opened meant the changed one.
    said = rating(message.text)
    return number, said or Rating(score=score, comment=_comment(message.text, (0, 0)))


def _found(head: str) -> Iterator[tuple[int, tuple[int, int]]]:
    taken: list[tuple[int, int]] = []
    for expression in _EXPRESSIONS:
        for match in expression.finditer(head):
            score, (start, end) = _score(match.group("n"), of_ten="ten" in match.groupdict()), match.span()
            # "Four of five stars" says four, and not five stars besides.
            again = any(start < to and end > from_ for from_, to in taken)
            if score and not again and not _DENIED.search(head[max(0, start - 60) : start]):
                taken.append((start, end))
                yield score, (start, end)
    for match in _GLYPHS.finditer(head):
        yield len(match.group("full") or match.group("plain")), match.span()
    if alone := _ALONE.match(head):
        yield _score(alone.group("n"), of_ten=False), alone.span()


def _score(number: str, *, of_ten: bool) -> int:
    """1 to 5; 0 for what is no score. Half a point is not given."""
    value = _WORDS.get(number) or int(number.replace(",", ".").partition(".")[0])
    if of_ten:
        return (value + 1) // 2
    return value if 1 <= value <= 5 else 0


def _comment(text: str, place: tuple[int, int]) -> str:
    rest = f"{text[: place[0]]} {text[place[1] :]}"
    said = " ".join(_LABELS.sub(" ", rest).split()).strip(" ,;:–—-.!")
    return said[:_COMMENT] if any(letter.isalpha() for letter in said) else ""
