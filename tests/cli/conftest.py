"""Shops without servers, on the embedded servers, and on Dovecot."""

from pathlib import Path

import pytest

from tests.cli.calling import Shop
from tests.servers.dovecot import Dovecot
from tests.servers.ports import free_ports
from tests.servers.smtp_sink import Sink
from tests.spine.conftest import big_world, readers, world
from tests.spine.world import defaults
from triage.demo.servers import DemoServers

__all__ = ["big_world", "readers", "world"]

_USER = "support@shop.example"


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A configuration whose servers are away."""
    imap, smtp = free_ports(2)
    made = Shop(tmp_path, defaults(tmp_path, imap_port=imap, smtp_port=smtp, user=_USER))
    made.configure()
    return made


@pytest.fixture
def served(tmp_path: Path, embedded: DemoServers, sink: Sink) -> Shop:
    """A configuration on the embedded IMAP server and an SMTP server that does as told."""
    made = Shop(tmp_path, defaults(tmp_path, imap_port=embedded.imap_port, smtp_port=sink.port, user=_USER))
    made.configure()
    return made


@pytest.fixture
def big_shop(tmp_path: Path, dovecot: Dovecot, dovecot_user: str, sink: Sink) -> Shop:
    """A configuration on Dovecot and an SMTP server that does as told."""
    made = Shop(tmp_path, defaults(tmp_path, imap_port=dovecot.imap_port, smtp_port=sink.port, user=dovecot_user))
    made.configure()
    return made
