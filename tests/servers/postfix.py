"""A private Postfix on a free loopback port: it takes what is submitted and hands it to an LMTP server, in a temporary directory."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.ports import free_ports

_LIBRARY = Path("/usr/lib/postfix/sbin")
_MAIN = """\
compatibility_level = 3.6
queue_directory = {root}/queue
data_directory = {root}/data
command_directory = /usr/sbin
daemon_directory = {library}
mail_owner = postfix
setgid_group = postdrop
maillog_file = {root}/log
maillog_file_prefixes = {root}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
myhostname = mail.shop.example
mydestination =
local_recipient_maps =
alias_maps =
default_process_limit = 20
in_flow_delay = 0
relay_domains = static:all
relay_transport = lmtp:inet:127.0.0.1:{lmtp_port}
virtual_alias_domains =
virtual_alias_maps = regexp:{root}/accounts
"""
_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
pickup unix n - n 60 1 pickup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
lmtp unix - - n - - lmtp
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


def installed() -> bool:
    """Whether Postfix is here and may be started: its master serves root alone."""
    return os.getuid() == 0 and (_LIBRARY / "master").exists() and shutil.which("postfix") is not None


@dataclass(frozen=True, kw_only=True)
class Postfix:
    """The running server."""

    root: Path
    port: int

    def waiting(self) -> int:
        """How many messages it has taken and not yet handed on."""
        return sum(
            1 for name in ("incoming", "active", "deferred", "maildrop") for it in (self.root / "queue" / name).rglob("*") if it.is_file()
        )

    def handed_on(self, seconds: float = 60) -> bool:
        """Wait until all that it has taken is handed on; False where that takes longer."""
        give_up = time.monotonic() + seconds
        while self.waiting():
            if time.monotonic() > give_up:
                return False
            time.sleep(0.05)
        return True


@contextmanager
def running(lmtp_port: int, accounts: Mapping[str, str]) -> Iterator[Postfix]:
    """A Postfix that gives what is for an address that matches (regular expressions) to an account of the LMTP server."""
    memory = Path("/dev/shm")
    root = Path(tempfile.mkdtemp(prefix="postfix-", dir=memory if os.access(memory, os.W_OK) else "/tmp"))
    root.chmod(0o755)
    port = free_ports(1)[0]
    for name in ("queue", "data"):
        (root / name).mkdir()
    os.chown(root / "data", pwd.getpwnam("postfix").pw_uid, -1)
    (root / "main.cf").write_text(_MAIN.format(root=root, library=_LIBRARY, lmtp_port=lmtp_port))
    (root / "master.cf").write_text(_MASTER.format(port=port))
    # An account is rewritten to itself first, or Postfix would go on rewriting it.
    rows = [f"/^{account}$/ {account}" for account in accounts.values()] + [
        f"/{address}/ {account}" for address, account in accounts.items()
    ]
    (root / "accounts").write_text("\n".join(rows) + "\n")
    try:
        _postfix(root, "start")
        yield Postfix(root=root, port=port)
    finally:
        _postfix(root, "abort")
        shutil.rmtree(root, ignore_errors=True)


def _postfix(root: Path, what: str) -> None:
    subprocess.run(["postfix", "-c", str(root), what], check=True, capture_output=True, timeout=60)
