"""What parsing depends on beside the bytes: apart from it, so that the daemon need not load what its readers parse with."""

from dataclasses import dataclass

from triage.sections.reading import FormSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseOptions:
    """What reading depends on beside the bytes; can be sent to another process."""

    #: authserv-id of our own boundary server; "" means that no authentication result counts.
    authserv_id: str = ""
    #: Ends of the names our own servers write after "by" in Received, e.g. ("mx.shop.example",); () means only the topmost result counts.
    trace_hosts: tuple[str, ...] = ()
    #: Web forms that we trust to name the customer, and addresses whose forwarded mail is its first author's.
    forms: tuple[FormSettings, ...] = ()
    forwarders: frozenset[str] = frozenset()
    #: Addresses of agents and departments, whose attachments may go on to customers.
    colleagues: frozenset[str] = frozenset()
    #: Bytes read of one message.
    max_bytes: int = 40 * 1024 * 1024
