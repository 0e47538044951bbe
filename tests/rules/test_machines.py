"""Automatic mail of eighty systems in forty languages is known for what it is, and people who write like machines are answered."""

from tests.parsing.mail import read
from tests.rows import rows
from tests.rules.machines import MACHINES, PEOPLE, message
from tests.rules.messages import CONTEXT, MACHINE, effects
from triage.reading import Effect


@rows(("name", "header", "text"), MACHINES)
def test_a_machine_is_known_as_one(name: str, header: str, text: str) -> None:
    """No case is opened for what a machine wrote."""
    assert MACHINE & effects(read(message(header, text)), CONTEXT)


@rows(("name", "header", "text"), PEOPLE)
def test_a_person_is_answered(name: str, header: str, text: str) -> None:
    """Nothing that a person writes keeps them from an answer."""
    assert effects(read(message(header, text)), CONTEXT) <= {Effect.NOTE}
