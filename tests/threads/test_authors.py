"""Who wrote from the shared mailbox, by the surest mark there is."""

import pytest

from triage.message import Address, Message
from triage.people import People
from triage.sections.identity import Identity
from triage.sections.people import AgentSettings
from triage.threads.authors import UNKNOWN, Author, author_of

PEOPLE = People(
    identity=Identity(address="support@shop.example"),
    agents={
        "jane": AgentSettings(name="Jane Adams", address="jane@shop.example"),
        "bob": AgentSettings(name="Bob Öz", address="b.oez@shop.example"),
        "jan": AgentSettings(name="Jan Kowalski", address="jan@shop.example"),
        "jan2": AgentSettings(name="Jan Nowak", address="nowak@shop.example"),
    },
)


def found(
    text: str = "", *, name: str = "SayPro Support", address: str = "support@shop.example", signature: str = "", **more: str
) -> Author:
    """The author of a message with these marks."""
    sender = (Address(addr_spec=more["sender"]),) if "sender" in more else ()
    message = Message(from_=(Address(name=name, addr_spec=address),), sender=sender, text=text, signature=signature)
    return author_of(message, PEOPLE, [more["login"]] if "login" in more else [])


@pytest.mark.parametrize("login", ["jane@shop.example", "<Jane@Shop.Example>", "jane"])
def test_whoever_was_logged_in(login: str) -> None:
    """The server's own word outweighs every other mark."""
    author = found("Regards,\nBob Öz", name="Bob Öz", login=login)
    assert (author.key, author.how) == ("jane", "logged in to send it")


def test_a_login_that_is_everybodys() -> None:
    """The shared account tells nothing, and the next mark counts."""
    assert found("Regards,\nBob Öz", login="support@shop.example").key == "bob"


@pytest.mark.parametrize(
    ("marks", "key", "how"),
    [
        ({"sender": "b.oez@shop.example"}, "bob", "the Sender field"),
        ({"address": "jane@shop.example"}, "jane", "the From address"),
        ({"name": "Jane Adams via Support"}, "jane", "the name in From"),
        ({"name": "ÖZ, Bob"}, "bob", "the name in From"),
        ({"name": "Jane from SayPro"}, "jane", "the name in From"),
        ({"signature": "Jan Nowak\nSupport team"}, "jan2", "the signature"),
        ({"text": "We look into it.\n\nKind regards\nJane"}, "jane", "the name below the text"),
        ({"text": "We look into it.\n\n– Bob Öz –"}, "bob", "the name below the text"),
    ],
)
def test_marks(marks: dict[str, str], key: str, how: str) -> None:
    """Each mark by itself."""
    author = found(**marks)
    assert (author.key, author.how) == (key, how)


@pytest.mark.parametrize(
    "marks",
    [
        {},
        {"text": "Best,\nJan"},
        {"name": "Janet from Support"},
        {"text": "Jane will call you back tomorrow.\n\nYour support team"},
        {"signature": "Jane Adams and Bob Öz"},
        {"address": "jane@elsewhere.example"},
    ],
    ids=["nothing", "two of that name", "part of another name", "a name in a sentence", "two names", "foreign address"],
)
def test_nobody_is_guessed(marks: dict[str, str]) -> None:
    """Where no mark is that of one person alone, the log says that nobody knows."""
    assert found(**marks) == Author()
    assert found(**marks).name == UNKNOWN


def test_nobody_is_configured() -> None:
    """Without agents everybody is unknown."""
    message = Message(from_=(Address(name="Jane", addr_spec="support@shop.example"),), text="Jane")
    assert author_of(message, People(identity=PEOPLE.identity), ["jane"]).key == ""


def test_long_texts() -> None:
    """Only the end of a text is looked at, in no time whatever is in it."""
    assert found("Jane\n" * 100 + "a" * 64_000).key == ""
    assert found("a" * 64_000 + "\nJane").key == "jane"
