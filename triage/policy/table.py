"""The order of work as data: policy.toml, checked, and asked topic by topic."""

import tomllib
from datetime import timedelta
from functools import cached_property
from typing import Annotated, Self

from pydantic import Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from triage.case import Priority
from triage.errors import SettingsError
from triage.policy.base import Folder, Table, Title
from triage.policy.promises import Feedback, Promises, Reminders
from triage.policy.trigger import Trigger
from triage.sections.values import Duration
from triage.topic import Mode, Topic


class Folders(Table):
    """Where messages are filed that have no category."""

    sort_by_hand: Folder = "Sort by hand"
    automatic: Folder = "Automatic"
    spam: Folder = "Spam"
    unreadable: Folder = "Unreadable"
    reports: Folder = "Delivery reports"
    #: Only where an account shows states by folders.
    waiting: Folder = "Waiting"
    done: Folder = "Done"


class Threads(Table):
    """How long a case can be taken up again."""

    follow_up_window: Duration = timedelta(days=30)
    #: A customer who asks nothing but how the case stands is told.
    tell_status: bool = True


class Escalation(Table):
    """Who hears of what went wrong, and who stands in."""

    management: str = "management"
    fallback_department: str = ""
    #: Further messages of the customer before anybody solved the case.
    follow_ups: Annotated[int, Field(ge=1)] = 3


class FirstContact(Table):
    """How sure it must be what a message is about, before the order system's facts answer it."""

    confidence: Annotated[float, Field(ge=0.5, le=1)] = 0.8
    #: Another matter that is as likely as this leaves the answer to a person.
    other_matter: Annotated[float, Field(gt=0, le=1)] = 0.25


class IssueRow(Table):
    """What differs for one issue; None leaves what its category says."""

    title: Title | None = None
    folder: Folder | None = None
    department: str | None = None
    escalate: bool | None = None
    priority: Priority | None = None
    ask_order_number: bool | None = None
    ask_photos: bool | None = None
    draft: bool | None = None
    first_contact: Mode | None = None
    next_steps: str | None = None
    acknowledge: Duration | None = None
    resolve: Duration | None = None


class CategoryRow(IssueRow):
    """What holds for a category."""

    title: Title
    folder: Folder
    issue: dict[str, IssueRow] = Field(default_factory=dict)


class Policy(Table):
    """The whole file."""

    promises: Promises = Promises()
    folders: Folders = Folders()
    threads: Threads = Threads()
    escalation: Escalation = Escalation()
    reminders: Reminders = Reminders()
    feedback: Feedback = Feedback()
    first_contact: FirstContact = FirstContact()
    trigger: tuple[Trigger, ...] = ()
    category: Annotated[dict[str, CategoryRow], Field(min_length=1)]
    next_steps: dict[str, dict[str, str]] = Field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The policy in a TOML text; SettingsError with one line per mistake."""
        try:
            return cls.model_validate(tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise SettingsError([f"{error}: expected TOML"]) from error
        except ValidationError as error:
            raise SettingsError([_line(problem) for problem in error.errors(include_url=False)]) from error

    @model_validator(mode="after")
    def _complete(self) -> Self:
        for name, texts in self.next_steps.items():
            if "en" not in texts:
                raise ValueError(f"next_steps.{name}: expected a text in English (en)")
        for name, row in self.category.items():
            for issue, own in {"": row, **row.issue}.items():
                if own.next_steps and own.next_steps not in self.next_steps:
                    key = f"category.{name}.issue.{issue}" if issue else f"category.{name}"
                    raise ValueError(f"{key}.next_steps = {own.next_steps!r}: expected a name under [next_steps]")
        for place, trigger in enumerate(self.trigger):
            if trigger.tell and trigger.tell not in self.next_steps:
                raise ValueError(f"trigger.{place}.tell = {trigger.tell!r}: expected a name under [next_steps]")
            for matter in trigger.matters or ():
                category, _, issue = matter.partition("/")
                if category not in self.category or (issue and issue not in self.category[category].issue):
                    raise ValueError(f"trigger.{place}.matters = {matter!r}: expected a category, or CATEGORY/ISSUE, of this file")
        return self

    @cached_property
    def _topics(self) -> dict[tuple[str, str], Topic]:
        # Not a private attribute of the model, for which the library searches at each look.
        return {
            (name, issue): self._topic(row, own) for name, row in self.category.items() for issue, own in {"": row, **row.issue}.items()
        }

    def topic(self, category: str, issue: str) -> Topic:
        """What is to be done about that category and issue; an unknown one is for people to sort."""
        known = self._topics.get((category, issue)) or self._topics.get((category, ""))
        return known or self.unsorted

    @cached_property
    def unsorted(self) -> Topic:
        """What is to be done where the category is not certain."""
        return self._apart("Not sorted", self.folders.sort_by_hand)

    @cached_property
    def unreadable(self) -> Topic:
        """What is to be done with a message that could not be read."""
        return self._apart("Could not be read", self.folders.unreadable)

    @property
    def management(self) -> str:
        """Key of the department that hears of what goes wrong."""
        return self.escalation.management

    @property
    def categories(self) -> tuple[str, ...]:
        """Names of the categories."""
        return tuple(self.category)

    @property
    def matters(self) -> tuple[tuple[str, str], ...]:
        """Every category and issue it knows, each of which needs its texts."""
        return tuple(self._topics)

    @property
    def departments(self) -> frozenset[str]:
        """Names of the departments it sends work to."""
        named = {topic.department for topic in self._topics.values()} | {key for trigger in self.trigger for key in trigger.departments}
        return frozenset(named | {self.escalation.management, self.escalation.fallback_department}) - {""}

    def _topic(self, row: CategoryRow, own: IssueRow) -> Topic:
        said = row.model_copy(update=own.model_dump(exclude_none=True, exclude={"issue"}))
        return Topic(
            title=said.title,
            folder=said.folder,
            department=said.department or "",
            escalate=said.escalate or False,
            priority=said.priority or Priority.NORMAL,
            ask_order_number=said.ask_order_number or False,
            ask_photos=said.ask_photos or False,
            draft=said.draft or False,
            first_contact=said.first_contact or "off",
            next_steps=self.next_steps.get(said.next_steps or "", {}),
            acknowledge=said.acknowledge or self.promises.acknowledge,
            resolve=said.resolve or self.promises.resolve,
        )

    def _apart(self, title: str, folder: str) -> Topic:
        return Topic(title=title, folder=folder, acknowledge=self.promises.acknowledge, resolve=self.promises.resolve)


def _line(problem: ErrorDetails) -> str:
    key = ".".join(str(part) for part in problem["loc"])
    value = problem.get("input")
    shown = "" if isinstance(value, dict | list) or problem["type"] == "missing" else f" = {value!r}"
    said = problem["msg"].removeprefix("Value error, ")
    return f"{key}{shown}: {said}" if key else said
