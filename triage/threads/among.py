"""Words typed within our own message: set apart from it line by line, by knowing what we had sent."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from triage.marks import CUSTOMER_BEGINS, CUSTOMER_ENDS, REPLY_ABOVE

_WORD = re.compile(r"\w{1,200}")
#: What mail programs put behind an address or a link of ours.
_LINK = re.compile(r"[<\[(](?:mailto|https?):[^>\])\s]{1,500}[>\])]", re.IGNORECASE)
#: So many words in a row that stand in our message are from there, wherever their line begins.
_RUN = 4
#: So many words of ours at the start of a line stand before something that was typed behind them.
_HEAD = 3
#: Longer answers are not compared.
_LINES = 5000

_Words = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Among:
    """What goes on of the text below our mark."""

    #: The customer's words with the answers among them, then what was typed elsewhere.
    text: str = ""
    #: What was typed alone.
    typed: str = ""
    #: Something of ours could not be told from it.
    unsure: bool = False


@dataclass(slots=True)
class _Ours:
    """Our message as a row of words, and where in it the reader is."""

    words: list[str] = field(default_factory=list)
    #: Whether the word at that place is the customer's.
    customers: list[bool] = field(default_factory=list)
    lines: dict[_Words, list[int]] = field(default_factory=dict)
    runs: dict[_Words, list[int]] = field(default_factory=dict)
    at: int = 0

    def place(self, said: _Words) -> int | None:
        """Where the words stand in our message: right here, else further down, else anywhere."""
        if self._stands(said, self.at):
            return self.at
        places = self.lines.get(said) or [at for at in self.runs.get(said[:_RUN], ()) if self._stands(said, at)]
        return next((at for at in places if at >= self.at), places[0] if places else None)

    def head(self, said: _Words) -> int:
        """How many words at the start of a line come next in our message; 0 for fewer than tell."""
        count = 0
        while count < len(said) and self.at + count < len(self.words) and self.words[self.at + count] == said[count]:
            count += 1
        return count if count >= _HEAD else 0

    def internal(self, said: _Words) -> bool:
        """Whether a run of the words stands in our message and nowhere among the customer's."""
        runs = (self.runs.get(said[at : at + _RUN]) for at in range(len(said) - _RUN + 1))
        return any(places and not any(self.customers[at] for at in places) for places in runs)

    def _stands(self, said: _Words, at: int) -> bool:
        return tuple(self.words[at : at + len(said)]) == said


def among(below: Sequence[str], sent: str) -> Among:
    """What somebody typed within the text below our mark, given the plain text of the message that we had sent."""
    ours = _ours(sent)
    inside, elsewhere, typed = [], [], []
    unsure = answered = False
    for line, rest, customers in _lines(below, ours):
        if customers:
            inside.append(line if rest or not line else f"> {line}")
        elif rest.strip():
            elsewhere.append(rest)
        if rest.strip():
            typed.append(rest)
            answered = answered or customers
            unsure = unsure or ours.internal(_words(rest))
    kept = [*(inside if answered else ()), *([""] if answered and elsewhere else ()), *elsewhere]
    return Among(text="\n".join(kept).strip("\n"), typed="\n".join(typed), unsure=unsure)


def _lines(below: Sequence[str], ours: _Ours) -> Iterator[tuple[str, str, bool]]:
    # Each line without marks of quotation, what of it was typed, and whether it stands among the customer's words.
    here = False
    for raw in below[:_LINES]:
        line = raw.lstrip("> \t|").rstrip()
        said = _words(line)
        at = ours.place(said) if said else None
        if at is not None:
            ours.at, here = at + len(said), ours.customers[at]
            yield line, "", here
            continue
        head = 0 if here else ours.head(said)
        ours.at += head
        # What bears a mark of quotation was not typed here, whoever changed it on its way.
        marked = raw.lstrip()[:1] in {">", "|"}
        yield line, "" if marked else _behind(line, head), here


def _behind(line: str, head: int) -> str:
    if not head:
        return line
    last = [found.end() for found in _WORD.finditer(line)][head - 1]
    return line[last:].lstrip(" .!?:,;>)]-")


def _ours(sent: str) -> _Ours:
    ours = _Ours()
    customers = False
    for line in sent.replace("\r\n", "\n").partition(REPLY_ABOVE)[2].split("\n"):
        customers = customers and CUSTOMER_ENDS not in line
        said = _words(line)
        if said:
            ours.lines.setdefault(said, []).append(len(ours.words))
        ours.words += said
        ours.customers += [customers] * len(said)
        customers = customers or CUSTOMER_BEGINS in line
    for at in range(len(ours.words) - _RUN + 1):
        ours.runs.setdefault(tuple(ours.words[at : at + _RUN]), []).append(at)
    return ours


def _words(line: str) -> _Words:
    return tuple(_WORD.findall(_LINK.sub(" ", line).casefold()))
