"""The rows [[trigger]] of the policy file: what makes a case more than its category says, and whom that calls upon."""

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from triage.case import Priority
from triage.policy.base import Table, Title
from triage.sections.values import Duration

#: What may be said once in a while of a case that is not solved.
Broken = Literal["acknowledge", "assign", "answer", "solve", "resolve", "reply"]


class Trigger(Table):
    """Conditions, all of which must hold, and what follows; None is no condition."""

    name: Title
    #: Who is called upon; empty: nobody, only the priority rises.
    department: str = ""
    also: tuple[str, ...] = ()
    priority: Priority = Priority.URGENT
    #: Name of a sentence under [next_steps]: what the customer is told then; empty: what the category says.
    tell: str = ""
    #: "payment", or "order/delivery_lost".
    matters: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    #: One of these in the customer's own text.
    words: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    #: The largest amount that the message names, in whatever currency.
    amount_over: Annotated[float, Field(gt=0)] | None = None
    mood: Literal["upset", "angry"] | None = None
    #: So many matters of that category by the customer, or about the order, within a time.
    repeats: Annotated[int, Field(ge=2)] | None = None
    within: Duration = timedelta(days=90)
    #: Not solved so long after arrival.
    age: Duration | None = None
    #: One of these promises was missed.
    missed: Annotated[tuple[Broken, ...], Field(min_length=1)] | None = None
    #: The customer rates it so or lower.
    rating: Annotated[int, Field(ge=1, le=4)] | None = None

    @model_validator(mode="after")
    def _can_happen(self) -> Self:
        later = [name for name in ("age", "missed", "rating") if getattr(self, name) is not None]
        at_once = [name for name in ("words", "amount_over", "mood", "repeats") if getattr(self, name) is not None]
        if not later and not at_once and self.matters is None:
            raise ValueError(f"{self.name}: expected at least one condition, such as words or matters")
        if len(later) > 1 or (later and at_once):
            raise ValueError(
                f"{self.name}: {' and '.join([*later, *at_once])} never hold at the same moment: expected triggers of their own"
            )
        return self

    @property
    def of_message(self) -> bool:
        """Looked for in what customers write; the others are by the clock, or by what the customer says afterwards."""
        return self.age is None and self.missed is None and self.rating is None

    @property
    def departments(self) -> tuple[str, ...]:
        """Everybody who is called upon."""
        return tuple(key for key in (self.department, *self.also) if key)

    def concerns(self, category: str, issue: str) -> bool:
        """Whether it is about that matter; an empty category is one that nobody knows."""
        return self.matters is None or bool(category and {category, f"{category}/{issue}"} & set(self.matters))
