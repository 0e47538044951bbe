"""Words for what people order by mail: one command a line, at the very top of their own text."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

_DAYS = re.compile(r"(\d{1,3})\s?(d|day|days|w|week|weeks)", re.ASCII)
_LONGEST_WAIT = timedelta(days=366)


class Word(StrEnum):
    """Every command there is."""

    RESOLVE = "resolve"
    PENDING = "pending"
    NOTE = "note"
    REPLY = "reply"
    #: Further people who get the answer.
    CC = "cc"
    ASSIGN = "assign"
    ESCALATE = "escalate"
    CATEGORY = "category"
    ORDER = "order"
    PRIORITY = "priority"
    MERGE = "merge"
    SPLIT = "split"
    SPAM = "spam"
    REOPEN = "reopen"
    SNOOZE = "snooze"
    #: Takes back an answer that has not left yet.
    CANCEL = "cancel"
    #: The second step of what is too risky for one message.
    CONFIRM = "confirm"
    HELP = "help"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One line of orders."""

    word: Word
    #: What stands behind the word, as it was written.
    value: str = ""

    def __str__(self) -> str:
        return f"#{self.word} {self.value}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """The commands of a message, and the text below them."""

    commands: tuple[Command, ...] = ()
    #: What is left for whoever the message is for.
    text: str = ""
    #: The block of commands as it was written, those included that are none.
    block: str = ""
    #: Why nothing may be done, one sentence each; empty where all is well.
    problems: tuple[str, ...] = ()

    def __contains__(self, word: Word) -> bool:
        return any(command.word is word for command in self.commands)

    def any_of(self, *words: Word) -> bool:
        """Whether one of these words was given."""
        return any(word in self for word in words)

    def value(self, word: Word) -> str:
        """What stands behind that word; "" where it was not given."""
        return next((command.value for command in self.commands if command.word is word), "")


def day_of(value: str, today: date) -> date | None:
    """The day that a value names: 2026-12-31, 3d, 2w, tomorrow; None where it names none that lies ahead within a year."""
    text = value.strip().casefold()
    waited = _DAYS.fullmatch(text)
    if text == "tomorrow":
        found = today + timedelta(days=1)
    elif waited:
        found = today + timedelta(days=int(waited[1]) * (7 if waited[2].startswith("w") else 1))
    else:
        try:
            found = date.fromisoformat(text)
        except ValueError:
            return None
    return found if today < found <= today + _LONGEST_WAIT else None
