"""People and departments who work with us, and how they are dealt with."""

from datetime import date, timedelta
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from triage.sections.values import AddrSpec, Duration, Section


def _whole_days(value: timedelta) -> timedelta:
    if value < timedelta(days=1):
        raise ValueError("expected at least 1d")
    return value


class ColleagueSettings(Section):
    """Whoever works with us by mail."""

    name: str
    #: Where mail to them goes.
    address: AddrSpec
    #: Further addresses they write from.
    also: tuple[AddrSpec, ...] = ()

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every address of theirs, the one to write to first."""
        return (self.address, *self.also)


class DepartmentSettings(ColleagueSettings):
    """Who gets escalations by mail and answers them."""

    #: A vendor or payment provider is a department outside the house: it may answer us, and never the customer.
    role: Literal["department", "vendor"] = "department"
    #: Staffed time, in which their answer is expected: a working day.
    reply_within: Duration = timedelta(hours=8)
    #: Somebody is there at any hour, so that it runs on the clock.
    around_the_clock: bool = False


class Absence(Section):
    """Days on which somebody is given no cases, the last one included."""

    first: Annotated[date, Field(alias="from")]
    last: Annotated[date, Field(alias="to")]

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"to = {self.last} is before from = {self.first}: expected the last day of the absence")
        return self


class AgentSettings(ColleagueSettings):
    """A person who answers customers from a mail client."""

    #: A manager is given cases only when no agent is there.
    role: Literal["agent", "manager"] = "agent"
    #: What this person looks after; empty means everything.
    categories: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    away: tuple[Absence, ...] = ()
    #: false: nothing is obeyed any more, and open cases go to others.
    active: bool = True


class PeopleSettings(Section):
    """How agents are given cases, and told of them."""

    #: least_load: whoever has the fewest open cases; round_robin: in turn.
    assign: Literal["least_load", "round_robin"] = "least_load"
    #: each: one message for each event of a case; digest: a list now and then; off: people look into the mailbox by themselves.
    notify: Literal["each", "digest", "off"] = "each"
    #: How long an answer to a message of ours is obeyed.
    token_lifetime: Annotated[Duration, AfterValidator(_whole_days)] = timedelta(days=30)
    #: Whoever gives orders by mail must be confirmed by our own server (DMARC or aligned DKIM, see authserv_id).
    require_authentication: bool = True
    #: So long an answer can be taken back by #cancel before it leaves.
    undo: Duration = timedelta(seconds=60)
    #: What a case becomes once the customer was answered.
    after_reply: Literal["open", "pending", "solved"] = "pending"
    #: brand: the name of whoever answers, and ours; own: what they wrote under their words.
    signature: Literal["brand", "own"] = "brand"
    #: With more news than this at a time, one list is sent instead of so many messages.
    digest_above: Annotated[int, Field(ge=1)] = 10
    #: How long news is collected for a digest.
    digest_every: Duration = timedelta(minutes=30)
