"""Words for who we are and who works with us: the only addresses that mail may go to besides the customer's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from triage.sections.identity import AgentSettings, DepartmentSettings, Identity
from triage.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Ourselves, departments and agents, by the names they have in the settings."""

    identity: Identity
    departments: Mapping[str, DepartmentSettings] = field(default_factory=dict)
    agents: Mapping[str, AgentSettings] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The people named in the settings."""
        return cls(identity=settings.identity, departments=settings.departments, agents=settings.agents)

    @property
    def own(self) -> frozenset[str]:
        """Addresses that reach us."""
        return frozenset({self.identity.address, *self.identity.aliases})

    @property
    def staff(self) -> frozenset[str]:
        """Addresses of agents and departments."""
        return frozenset(room.address for room in self.departments.values()) | frozenset(agent.address for agent in self.agents.values())

    def names(self, departments: tuple[str, ...]) -> tuple[str, ...]:
        """The departments as people call them; those no longer configured keep their key."""
        return tuple(self.departments[key].name if key in self.departments else key for key in departments)
