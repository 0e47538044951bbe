"""Who wrote a message from the shared mailbox: the address is everybody's, so other marks must tell."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from triage.message import Message
from triage.people import People

#: The representative of the log where nothing tells.
UNKNOWN = "unknown representative"
#: Lines of the end of a text in which people put their names.
_CLOSING = 6
_SEARCHED = 2000
_WORD = re.compile(r"[^\W\d_]{1,60}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """The person behind a message."""

    #: Of the agent in the settings; empty where nobody knows.
    key: str = ""
    name: str = UNKNOWN
    #: What tells, in words.
    how: str = "nothing in the message tells who wrote it"


def author_of(message: Message, people: People, submitters: Iterable[str]) -> Author:
    """The agent who wrote it, by the surest mark there is; `submitters` are whom the server names as logged in."""
    for how, key in _marks(message, people, submitters):
        if key:
            return Author(key=key, name=people.agents[key].name, how=how)
    return Author()


def _marks(message: Message, people: People, submitters: Iterable[str]) -> Iterator[tuple[str, str]]:
    for name in submitters:
        yield "logged in to send it", _by_login(name, people)
    for address in message.sender:
        yield "the Sender field", _by_login(address.addr_spec, people)
    for address in message.from_:
        yield "the From address", _by_login(address.addr_spec, people)
        yield "the name in From", _by_name(address.name, people)
    yield "the signature", _by_name(message.signature[:_SEARCHED], people)
    yield "the name below the text", _by_closing(message.text, people)


def _by_login(name: str, people: People) -> str:
    given = name.strip().strip("<>").lower()
    by_address = [key for key, agent in people.agents.items() if given in agent.addresses]
    local_parts = [key for key, agent in people.agents.items() if given == key.lower() or given in _local_parts(agent.addresses)]
    return _only(by_address or local_parts)


def _local_parts(addresses: Iterable[str]) -> set[str]:
    return {address.partition("@")[0] for address in addresses}


def _by_name(text: str, people: People) -> str:
    """The agent of whom the full name stands there, or the first name where it is that of one alone."""
    said = " ".join(_words(text))
    for names in (_full_names(people), _first_names(people)):
        if found := _only(key for key, name in names.items() if f" {name} " in f" {said} "):
            return found
    return ""


def _by_closing(text: str, people: People) -> str:
    """A line at the end that is a name and nothing else."""
    lines = [line for line in text[-_SEARCHED:].splitlines() if line.strip()][-_CLOSING:]
    said = {" ".join(_words(line)) for line in lines}
    names = (_full_names(people), _first_names(people))
    return next((found for known in names if (found := _only(key for key, name in known.items() if name in said))), "")


def _full_names(people: People) -> dict[str, str]:
    return {key: " ".join(_words(agent.name)) for key, agent in people.agents.items()}


def _first_names(people: People) -> dict[str, str]:
    return {key: name.partition(" ")[0] for key, name in _full_names(people).items()}


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _only(found: Iterable[str]) -> str:
    known = list(found)
    return known[0] if len(known) == 1 else ""
