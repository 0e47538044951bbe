"""What the policy file says of time: promises, reminders, and what follows once a case is solved."""

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from triage.policy.base import Table
from triage.sections.values import Duration

#: Promises that run on staffed time; the others run around the clock.
STAFFED = frozenset({"answer", "solve"})
#: Promises to the customer that run around the clock until the case is solved.
PROMISED = frozenset({"resolve", "update"})
Remindable = Literal["acknowledge", "assign", "answer", "solve", "resolve", "reply"]
Percent = Annotated[int, Field(ge=1, le=99)]
OrOff = Duration | Literal["off"]


class Promises(Table):
    """How soon we do things: counted from arrival at the server."""

    acknowledge: Duration = timedelta(hours=24)
    resolve: Duration = timedelta(hours=48)
    assign: Duration = timedelta(hours=1)
    #: Staffed time until a person has answered.
    answer: OrOff = timedelta(hours=8)
    #: Staffed time until the case is solved.
    solve: OrOff = timedelta(hours=16)
    #: After so long without a word from us the customer hears how the case stands.
    update: OrOff = timedelta(hours=46)
    #: So often at most.
    updates: Annotated[int, Field(ge=1)] = 5
    #: Staffed time after a department's answer until whoever looks after the case sees whether all is well.
    check: OrOff = timedelta(hours=8)
    #: Which clocks stand still while the customer must act.
    pause: frozenset[Literal["staffed", "promise"]] = frozenset({"staffed"})

    @property
    def paused(self) -> frozenset[str]:
        """The promises whose clock stands still while the customer must act."""
        return (STAFFED if "staffed" in self.pause else frozenset()) | (PROMISED if "promise" in self.pause else frozenset())


class Reminders(Table):
    """Who is reminded of a promise before its time, and how mail about it is bundled."""

    of: tuple[Remindable, ...] = ("answer", "solve", "resolve", "reply")
    #: Percent of the time that have passed when whoever looks after the case is reminded, and when the department is.
    person: Percent = 50
    department: Percent = 80
    #: Nobody is written to about promises more often than this; what comes up meanwhile is collected.
    every: Duration = timedelta(hours=1)
    #: More cases than this at a time come as one list.
    one_by_one: Annotated[int, Field(ge=0)] = 3

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.department <= self.person:
            raise ValueError(f"department = {self.department}: expected more than person = {self.person}")
        return self


class Feedback(Table):
    """What follows once a case is solved."""

    #: So long after that the customer is told, unless the case was taken up again.
    closing: OrOff = timedelta(hours=1)
    #: That mail asks how we did.
    survey: bool = True
    #: Each month those who had a dispute in the month before are asked, too.
    monthly: bool = True
    #: Nobody is asked more often than this.
    again: Duration = timedelta(days=30)
    #: Up to this a rating is low.
    low: Annotated[int, Field(ge=0, le=4)] = 2
    #: What a low one does besides being recorded.
    on_low: Literal["reopen", "escalate", "record"] = "reopen"
    #: A case that waits for its customer is taken as solved after so long without a word.
    silence: OrOff = timedelta(days=7)
