"""Words for who we are and who works with us: the only addresses that mail may go to besides the customer's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

from triage.sections.identity import Identity
from triage.sections.people import AgentSettings, ColleagueSettings, DepartmentSettings, PeopleSettings
from triage.settings import Settings
from triage.staff import Colleague, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Ourselves, departments and agents, by the names they have in the settings."""

    identity: Identity
    departments: Mapping[str, DepartmentSettings] = field(default_factory=dict)
    agents: Mapping[str, AgentSettings] = field(default_factory=dict)
    rules: PeopleSettings = field(default_factory=PeopleSettings)
    #: Addresses that reach us.
    own: frozenset[str] = field(init=False, repr=False, compare=False)
    #: Addresses of agents and departments, also of those who are disabled.
    staff: frozenset[str] = field(init=False, repr=False, compare=False)
    #: Everybody who may act, by key: agents who are active, and departments.
    colleagues: Mapping[str, Colleague] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Once: each message asks for all of them several times.
        known: tuple[ColleagueSettings, ...] = (*self.departments.values(), *self.agents.values())
        object.__setattr__(self, "own", frozenset({self.identity.address, *self.identity.aliases}))
        object.__setattr__(self, "staff", frozenset(address for one in known for address in one.addresses))
        object.__setattr__(self, "colleagues", self._colleagues())

    def _colleagues(self) -> dict[str, Colleague]:
        agents = {key: _agent(key, agent) for key, agent in self.agents.items() if agent.active}
        return agents | {
            key: Colleague(key=key, name=room.name, role=Role(room.role), addresses=room.addresses)
            for key, room in self.departments.items()
        }

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The people named in the settings."""
        return cls(identity=settings.identity, departments=settings.departments, agents=settings.agents, rules=settings.people)

    @property
    def agents_at_work(self) -> tuple[Colleague, ...]:
        """Agents and managers who are active."""
        return tuple(_agent(key, agent) for key, agent in self.agents.items() if agent.active)

    def colleague_at(self, address: str) -> Colleague | None:
        """Whoever may act and has that address; an agent before a department."""
        return next((one for one in self.colleagues.values() if address in one.addresses), None)

    def clock(self, moment: datetime) -> str:
        """A time to the minute where we are, with the zone's name: what colleagues read beside the deadlines that they are told."""
        return f"{self.local(moment):%Y-%m-%d %H:%M %Z}"

    def local(self, moment: datetime) -> datetime:
        """The same moment in our time zone."""
        return moment.astimezone(ZoneInfo(self.identity.time_zone))

    def called(self, key: str) -> str:
        """The name of an agent or department; one no longer configured keeps the key."""
        found = self.agents.get(key) or self.departments.get(key)
        return found.name if found else key

    def names(self, departments: tuple[str, ...]) -> tuple[str, ...]:
        """The departments as people call them; those no longer configured keep their key."""
        return tuple(self.departments[key].name if key in self.departments else key for key in departments)


def _agent(key: str, settings: AgentSettings) -> Colleague:
    return Colleague(
        key=key,
        name=settings.name,
        role=Role(settings.role),
        addresses=settings.addresses,
        categories=settings.categories,
        languages=settings.languages,
        away=tuple((absence.first, absence.last) for absence in settings.away),
    )
