"""What our own servers wrote into a message when they took it in (RFC 5321 §4.4); everything below may be the sender's."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_BY = re.compile(r"\bby\s{1,9}([A-Za-z0-9.-]{1,253})")
_FROM = re.compile(r"\s{0,9}from\s{1,9}([A-Za-z0-9.-]{1,253})(?:\s{1,9}\(([A-Za-z0-9.-]{1,253}))?")
#: Longest Received field that is looked at.
_MAX = 2000


def is_ours(received: str, trace_hosts: tuple[str, ...]) -> bool:
    """True for a Received field that one of our own servers wrote."""
    found = _BY.search(received[:_MAX])
    return found is not None and _is_host_of_ours(found[1], trace_hosts)


def came_from_us(received: str, trace_hosts: tuple[str, ...]) -> bool:
    """True for one that tells of a way between two of our own servers."""
    # The name after "from" is the client's word; the one in the bracket is what our server found out.
    found = _FROM.match(received)
    return found is not None and all(
        host == "localhost" or _is_host_of_ours(host, trace_hosts) for host in found.groups() if host is not None
    )


def accepted_at(fields: tuple[tuple[str, str], ...], trace_hosts: tuple[str, ...]) -> datetime | None:
    """When the first of our own servers took the message in, in UTC; None where none is known to have, or the date makes no sense."""
    accepted = None
    for received in (value for name, value in fields if name == "received"):
        if not is_ours(received, trace_hosts):
            break
        accepted = received
        if not came_from_us(received, trace_hosts):
            # Here the message came in; whatever stands below, in our name too, was written outside.
            break
    try:
        at = parsedate_to_datetime(accepted[:_MAX].rpartition(";")[2].strip()) if accepted else None
        return at.astimezone(UTC) if at and at.tzinfo else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _is_host_of_ours(host: str, trace_hosts: tuple[str, ...]) -> bool:
    host = host.lower().rstrip(".")
    return any(host == end or host.endswith(f".{end}") for end in trace_hosts)
