"""Commands in mail: a contiguous block at the very top of somebody's own new text, one command a line; all are obeyed or none."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import Enum
from itertools import islice

from triage.command import Command, Orders, Word, day_of

#: "#1 is broken" and "# heading" are text; "#resolve" at the top is an order, also when it is misspelt.
_LINE = re.compile(r"#([^\W\d_][\w-]{0,30})(?:[:\s]\s{0,20}(.{0,500}))?")
_AT_MOST = 20
_NUMBER = re.compile(r"[A-Z]{2,6}-?\d{4,9}", re.IGNORECASE)


class _Value(Enum):
    NONE = "nothing"
    MAYBE = "nothing, or a text"
    NEEDED = "a value"
    DATE = "a date such as 2026-12-31, or a time such as 3d or 2w"
    MAYBE_DATE = "nothing, or a date such as 2026-12-31, or a time such as 3d or 2w"
    CASE = "a case number such as SP-100042"


_TAKES: Mapping[Word, _Value] = {
    Word.RESOLVE: _Value.MAYBE,
    Word.PENDING: _Value.MAYBE_DATE,
    Word.NOTE: _Value.NONE,
    Word.REPLY: _Value.NONE,
    Word.CC: _Value.NEEDED,
    Word.ASSIGN: _Value.NEEDED,
    Word.ESCALATE: _Value.NEEDED,
    Word.CATEGORY: _Value.NEEDED,
    Word.ORDER: _Value.NEEDED,
    Word.PRIORITY: _Value.NEEDED,
    Word.MERGE: _Value.CASE,
    Word.SPLIT: _Value.NONE,
    Word.SPAM: _Value.NONE,
    Word.REOPEN: _Value.NONE,
    Word.SNOOZE: _Value.DATE,
    Word.CANCEL: _Value.NONE,
    Word.CONFIRM: _Value.NONE,
    Word.HELP: _Value.NONE,
}
#: Of each row at most one: they say the opposite of each other.
_EXCLUSIVE = (
    frozenset({Word.NOTE, Word.REPLY}),
    frozenset({Word.NOTE, Word.CC}),
    frozenset({Word.RESOLVE, Word.PENDING, Word.SPAM, Word.REOPEN, Word.SNOOZE}),
    frozenset({Word.MERGE, Word.SPLIT}),
    frozenset({Word.SPAM, Word.REPLY}),
    frozenset({Word.CONFIRM, Word.RESOLVE}),
)


def orders(text: str, today: date) -> Orders:
    """The commands above the text; `problems` says what is wrong with them."""
    lines = text.replace("\u00a0", " ").strip("\n").split("\n")
    # Beyond so many nothing is obeyed anyway.
    block = list(islice(_block(lines), 2 * _AT_MOST))
    found = [_LINE.fullmatch(line.strip()) for line in block if line.strip()]
    if not found:
        return Orders(text="\n".join(lines))
    rest = "\n".join(lines[len(block) :]).strip("\n")
    words = [(match[1].casefold(), (match[2] or "").strip()) if match else ("", "") for match in found]
    known = [Command(word=Word(name), value=value) for name, value in words if name in _NAMES]
    problems = (*_unknown(words), *_conflicts(known), *(problem for one in known for problem in _malformed(one, today)))
    if len(words) > _AT_MOST:
        problems = (f"There are more than {_AT_MOST} commands: expected at most {_AT_MOST}.", *problems)
    written = "\n".join(line.strip() for line in block if line.strip())
    return Orders(commands=tuple(known), text=rest, block=written, problems=tuple(dict.fromkeys(problems)))


_NAMES = frozenset(word.value for word in Word)


def _block(lines: Sequence[str]) -> Iterator[str]:
    # Empty lines above the first command are a mail client's; one below the last ends the block.
    begun = False
    for line in lines:
        if _LINE.fullmatch(line.strip()):
            begun = True
        elif begun or line.strip():
            return
        yield line


def _unknown(words: Sequence[tuple[str, str]]) -> Iterator[str]:
    for name, _value in words:
        if name not in _NAMES:
            yield f"#{name} is no command: expected one of {', '.join(f'#{word}' for word in Word)}."


def _conflicts(commands: Sequence[Command]) -> Iterator[str]:
    given = [command.word for command in commands]
    for word in dict.fromkeys(given):
        if given.count(word) > 1:
            yield f"#{word} stands there {given.count(word)} times: expected once."
    if Word.HELP in given and len(given) > 1:
        yield "#help stands alone: nothing else is done in the same message."
    for row in _EXCLUSIVE:
        both = [word for word in dict.fromkeys(given) if word in row]
        if len(both) > 1:
            yield f"{' and '.join(f'#{word}' for word in both)} do not go together: expected one of them."


def _malformed(command: Command, today: date) -> Iterator[str]:
    takes, value = _TAKES[command.word], command.value
    fine = {
        _Value.NONE: not value,
        _Value.MAYBE: True,
        _Value.NEEDED: bool(value),
        _Value.DATE: day_of(value, today) is not None,
        _Value.MAYBE_DATE: not value or day_of(value, today) is not None,
        _Value.CASE: _NUMBER.fullmatch(value) is not None,
    }
    if not fine[takes]:
        yield f"{command}: expected {takes.value} behind #{command.word}."
