"""Rules on messages that a web form or a colleague passed on."""

from tests.rules.messages import MACHINE, addresses, author, effects, person
from triage.reading import Effect


def test_marks_of_the_carrier_are_not_held_against_the_author() -> None:
    """What a form or a colleague puts on a message says nothing of the customer inside; marks of loops and staff still count."""
    marks = (
        ("auto-submitted", "auto-generated"),
        ("list-id", "<a.b.example>"),
        ("precedence", "bulk"),
        ("x-auto-response-suppress", "All"),
    )
    machine = addresses("noreply@forms.example")
    assert effects(person(*marks, return_path="", sender=machine, relayed_by="noreply@forms.example")) == set()
    assert MACHINE & effects(person(*marks, return_path="", sender=machine))
    assert Effect.AUTOMATIC in effects(person(("x-triage-loop", "1"), relayed_by="form@shop.example"))
    assert Effect.STAFF in effects(author("ann@shop.example", relayed_by="form@shop.example"))
