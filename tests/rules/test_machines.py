"""Automatic mail of eighty systems in forty languages is known for what it is, and people who write like machines are answered."""

import json
from pathlib import Path

from tests.parsing.mail import read
from tests.rows import rows
from tests.rules.machines import MACHINES, PEOPLE, message
from tests.rules.messages import CONTEXT, MACHINE, effects
from triage.reading import Effect

_HERE = Path(__file__).parent
_ANSWERS = "In-Reply-To: <a@shop.example>\n"


def written(name: str) -> list[tuple[str, str, str]]:
    """(subject, further fields, text) of messages that were written before the rules knew their words."""
    found = [json.loads(line) for line in (_HERE / name).read_text("utf-8").splitlines()]
    return [(row["subject"], row.get("fields", ""), row["text"]) for row in found]


#: Absence notices in their writers' own words, without any field that says so, in 22 languages.
ABSENCES = written("absences.jsonl")
#: Two of them answer as a person does, with Re: and the old subject. People on holiday write so too: they are read by somebody.
LIKE_PEOPLE = {"Re: Your case SP-100042", "Re: Ihr Anliegen SP-100042"}
#: What customers write when they change the subject of our mail: an absence alone makes no machine.
CHANGED = (
    ("On holiday - please delay my parcel", "I am on holiday until the 20th, please do not ship before."),
    ("Out of the office on Friday", "Can the courier come to my home instead?"),
    ("Abwesend bei der Zustellung", "Ich war nicht zu Hause. Wo ist das Paket jetzt?"),
    ("Urlaub", "Bitte erst nach dem 12. liefern, wir sind nicht da."),
    ("Absent jeudi", "Merci de livrer vendredi."),
    ("De vacaciones", "¿Pueden enviarlo después del día 5?"),
    ("In ferie da lunedì", "Lasciate il pacco al portiere, grazie."),
    ("Semester i Norge", "Kan ni skicka paketet dit i stället?"),
    ("Urlop", "Proszę dostarczyć w sobotę."),
    ("В отпуске с пятницы", "Привезите в четверг, пожалуйста."),
)


def judged(subject: str, fields: str, text: str, who: str = "Ann Smith <ann@customer.example>") -> set[Effect]:
    """What the rules say of a message by a person's address."""
    address = who.partition("<")[2].rstrip(">")
    return effects(read(message(f"From: {who}\nReturn-Path: <{address}>\nSubject: {subject}\n{fields}", text)), CONTEXT)


@rows(("name", "header", "text"), MACHINES)
def test_a_machine_is_known_as_one(name: str, header: str, text: str) -> None:
    """No case is opened for what a machine wrote."""
    assert MACHINE & effects(read(message(header, text)), CONTEXT)


@rows(("subject", "fields", "text"), ABSENCES)
def test_an_absence_notice_is_known_by_its_words(subject: str, fields: str, text: str) -> None:
    """A notice that answers us and says in subject and text that somebody is away is a machine's; with a Re: it may be a person's."""
    assert bool(MACHINE & judged(subject, _ANSWERS, text)) is (subject not in LIKE_PEOPLE)


@rows(("subject", "fields", "text"), ABSENCES)
def test_an_absence_that_answers_nothing_is_no_machine_by_its_words_alone(subject: str, fields: str, text: str) -> None:
    """Without a sign that it answers a message, nobody's mail is taken for a machine's."""
    assert not MACHINE & judged(subject, "", text)


@rows(("name", "header", "text"), PEOPLE)
def test_a_person_is_answered(name: str, header: str, text: str) -> None:
    """Nothing that a person writes keeps them from an answer."""
    assert effects(read(message(header, text)), CONTEXT) <= {Effect.NOTE}


@rows(("subject", "fields", "text"), written("people.jsonl"))
def test_a_person_who_uses_the_words_of_machines_is_answered(subject: str, fields: str, text: str) -> None:
    """The words of bounces and notices within a customer's sentence keep nobody from an answer."""
    assert judged(subject, fields, text) <= {Effect.NOTE}


@rows(("subject", "text"), CHANGED)
def test_a_person_who_changes_the_subject_is_answered(subject: str, text: str) -> None:
    """Who answers our mail under a new subject that says they are away is still a person, for the text asks for something."""
    assert judged(subject, _ANSWERS, text) <= {Effect.NOTE}
