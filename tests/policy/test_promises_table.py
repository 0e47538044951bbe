"""What the policy file may say of promises, reminders and feedback, and what it may not."""

from datetime import timedelta

import pytest

from tests.making import ROOT, SHIPPED
from triage.errors import SettingsError
from triage.policy.promises import PROMISED, STAFFED, Feedback, Promises, Reminders
from triage.policy.table import Policy

SMALL = '[category.all]\ntitle = "All"\nfolder = "All"\n'


def parsed(table: str, line: str) -> Policy:
    """A small policy with one line in one table."""
    return Policy.parse(f"{SMALL}[{table}]\n{line}\n")


def test_the_shipped_file_says_what_the_program_would_do_anyway() -> None:
    """The defaults are those of the file, so that leaving a line out changes nothing."""
    assert (SHIPPED.promises, SHIPPED.reminders, SHIPPED.feedback) == (Promises(), Reminders(), Feedback())
    text = (ROOT / "config" / "policy.toml").read_text(encoding="utf-8")
    for model in (Promises, Reminders, Feedback):
        for name in model.model_fields:
            assert f"\n{name} = " in text, name


@pytest.mark.parametrize(
    ("table", "line", "name", "value"),
    [
        ("promises", 'answer = "90m"', "answer", timedelta(minutes=90)),
        ("promises", 'answer = "off"', "answer", "off"),
        ("promises", 'solve = "off"', "solve", "off"),
        ("promises", 'update = "off"', "update", "off"),
        ("promises", 'check = "off"', "check", "off"),
        ("promises", "updates = 1", "updates", 1),
        ("promises", "pause = []", "pause", frozenset()),
        ("promises", 'pause = ["promise"]', "pause", frozenset({"promise"})),
        ("reminders", "of = []", "of", ()),
        ("reminders", 'of = ["acknowledge", "assign"]', "of", ("acknowledge", "assign")),
        ("reminders", "person = 1", "person", 1),
        ("reminders", "department = 99", "department", 99),
        ("reminders", 'every = "10m"', "every", timedelta(minutes=10)),
        ("reminders", "one_by_one = 0", "one_by_one", 0),
        ("feedback", 'closing = "off"', "closing", "off"),
        ("feedback", "survey = false", "survey", False),
        ("feedback", "monthly = false", "monthly", False),
        ("feedback", 'again = "90d"', "again", timedelta(days=90)),
        ("feedback", "low = 0", "low", 0),
        ("feedback", 'on_low = "escalate"', "on_low", "escalate"),
        ("feedback", 'silence = "off"', "silence", "off"),
    ],
)
def test_what_may_be_said(table: str, line: str, name: str, value: object) -> None:
    """Each key takes what the file's comments say it does, and the others keep their values."""
    found = getattr(parsed(table, line), table)
    assert getattr(found, name) == value
    assert found.model_copy(update={name: type(found).model_fields[name].get_default(call_default_factory=True)}) == type(found)()


@pytest.mark.parametrize(
    ("table", "line", "said"),
    [
        ("promises", 'answer = "soon"', "promises.answer"),
        ("promises", "answer = 8", "promises.answer"),
        ("promises", 'acknowledge = "off"', "promises.acknowledge = 'off': expected a duration"),
        ("promises", 'resolve = "off"', "promises.resolve = 'off': expected a duration"),
        ("promises", "updates = 0", "promises.updates = 0"),
        ("promises", 'pause = ["always"]', "promises.pause"),
        ("promises", 'pause = "staffed"', "promises.pause"),
        ("promises", 'first_answer = "8h"', "promises.first_answer"),
        ("reminders", 'of = ["everything"]', "reminders.of.0"),
        ("reminders", "person = 0", "reminders.person = 0"),
        ("reminders", "department = 100", "reminders.department = 100"),
        ("reminders", "person = 0.5", "reminders.person = 0.5"),
        ("reminders", "person = 80", "department = 80: expected more than person = 80"),
        ("reminders", 'every = "0s"', "reminders.every"),
        ("reminders", "one_by_one = -1", "reminders.one_by_one = -1"),
        ("feedback", "low = 5", "feedback.low = 5"),
        ("feedback", 'on_low = "ignore"', "feedback.on_low = 'ignore'"),
        ("feedback", 'again = "never"', "feedback.again = 'never'"),
        ("feedback", 'survey = "perhaps"', "feedback.survey = 'perhaps'"),
        ("feedback", "stars = 5", "feedback.stars"),
    ],
)
def test_what_may_not(table: str, line: str, said: str) -> None:
    """A mistake is told with its key and its value before anything is promised by it."""
    with pytest.raises(SettingsError) as caught:
        parsed(table, line)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("pause", "paused"),
    [((), frozenset()), (("staffed",), STAFFED), (("promise",), PROMISED), (("staffed", "promise"), STAFFED | PROMISED)],
)
def test_which_promises_stand_still(pause: tuple[str, ...], paused: frozenset[str]) -> None:
    """Clocks are named by their kind; no promise is on both."""
    assert Promises(pause=pause).paused == paused  # type: ignore[arg-type]
    assert not STAFFED & PROMISED
