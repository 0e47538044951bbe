"""Short letters about a message that was not carried out as written; and the one line that a stranger gets."""

from triage.responders.colleague import letter_to_colleague
from triage.responders.compose import text_entity
from triage.responders.desk import Assignment, Desk
from triage.responders.envelope import Letter

_DISCLAIMER = (
    "Hello,\n\nyour message reached an address that is not for you, so nothing was done with it.\n"
    "If you need us, please write to {address}.\n\n{sender}\n"
)


def refuse(desk: Desk, assignment: Assignment) -> Letter:
    """Why a message was not obeyed, with its text, so that nothing has to be written twice."""
    return letter_to_colleague(desk, assignment, "colleague/refusal", "Your message was not carried out", {})


def collide(desk: Desk, assignment: Assignment) -> Letter:
    """What another colleague has answered meanwhile, before a second answer leaves."""
    return letter_to_colleague(desk, assignment, "colleague/collision", "A colleague was first: your answer waits", {})


def ask_again(desk: Desk, assignment: Assignment) -> Letter:
    """What a risky order would do, and how to say it again."""
    return letter_to_colleague(desk, assignment, "colleague/confirmation", "Please confirm", {})


def disclaim(desk: Desk, assignment: Assignment) -> Letter:
    """Nothing about any case: whoever reads it is a stranger to it."""
    identity = desk.people.identity
    return Letter(
        subject="Your message",
        entity=text_entity(_DISCLAIMER.format(address=identity.address, sender=identity.name)),
        answers=assignment.message,
    )
