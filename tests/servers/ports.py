"""Ports for servers of tests, beneath those that the system lends to connections: none of them is taken between being chosen and being listened at."""

import secrets
import socket
from contextlib import suppress
from pathlib import Path

_LENT = Path("/proc/sys/net/ipv4/ip_local_port_range")
_LOWEST, _USUAL = 10_000, 32_768
#: None is given twice by one process.
_given: set[int] = set()


def free_ports(count: int) -> list[int]:
    """Loopback ports nobody listens at, and no connection will be given."""
    beneath = int(_LENT.read_text().split()[0]) if _LENT.exists() else _USUAL
    choice = range(_LOWEST, beneath if beneath > 2 * _LOWEST else _USUAL)
    found: list[int] = []
    while len(found) < count:
        port = secrets.choice(choice)
        if port not in _given and _is_free(port):
            _given.add(port)
            found.append(port)
    return found


def _is_free(port: int) -> bool:
    with socket.socket() as probe, suppress(OSError):
        probe.bind(("127.0.0.1", port))
        return True
    return False
