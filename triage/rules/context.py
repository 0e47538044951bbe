"""What a rule may know besides the message: who we are and who works for us."""

from dataclasses import dataclass
from functools import lru_cache

from triage.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleContext:
    """Everything outside a message that a rule may look at; picklable, so that it travels to the reader processes."""

    #: Addresses that reach us, in lower case.
    own_addresses: frozenset[str] = frozenset()
    #: Addresses of agents and departments, in lower case.
    staff_addresses: frozenset[str] = frozenset()
    #: Addresses from which payment providers send alerts, in lower case.
    provider_addresses: frozenset[str] = frozenset()

    @classmethod
    def of(cls, settings: Settings) -> "RuleContext":
        """The context that the settings describe."""
        alerts = settings.payments.alerts.values() if settings.payments else ()
        providers = frozenset(address for alert in alerts for address in alert.senders)
        return cls(own_addresses=settings.own_addresses, staff_addresses=settings.staff_addresses, provider_addresses=providers)

    @property
    def own_domains(self) -> frozenset[str]:
        """Domains of our addresses, under which our Message-IDs are made."""
        return frozenset(address.rpartition("@")[2] for address in self.own_addresses)

    def is_own(self, addr_spec: str) -> bool:
        """True for an address of ours, also with a +detail (RFC 5233)."""
        return without_detail(addr_spec) in self.own_addresses or addr_spec in self.own_addresses


@lru_cache(maxsize=1024)
def without_detail(addr_spec: str) -> str:
    """local@domain where the address reads local+detail@domain (RFC 5233), in lower case."""
    local_part, _, domain = addr_spec.lower().rpartition("@")
    return f"{local_part.partition('+')[0]}@{domain}"
