"""A private Dovecot on free loopback ports: rootless, with its own configuration, users and maildirs in a temporary directory."""

import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from imapclient import IMAPClient

from tests.servers.ports import free_ports

#: Dovecot refuses to serve mail as root; a test run by root lends it this user.
_UNPRIVILEGED = "nobody"

_COMMON = """\
protocols = imap lmtp
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/dovecot.log
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
ssl = yes
auth_mechanisms = {mechanisms}
auth_failure_delay = 0
first_valid_uid = {uid}
first_valid_gid = {gid}
mailbox_list_index = yes
mail_fsync = never
namespace inbox {{
  inbox = yes
  prefix = {prefix}
  separator = {separator}
  mailbox Drafts {{
    special_use = \\Drafts
    auto = create
  }}
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  service_count = 0
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
    ssl = yes
  }}
}}
service lmtp {{
  chroot =
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp_port}
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-urlauth-login {{
  chroot =
}}
service submission-login {{
  chroot =
}}
"""

_SINCE_2_3 = """\
ssl_cert = <{root}/cert.pem
ssl_key = <{root}/key.pem
disable_plaintext_auth = no
recipient_delimiter = +
mail_location = maildir:~/Maildir
passdb {{
  driver = passwd-file
  args = {root}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={root}/mail/%u
}}
protocol imap {{
  mail_max_userip_connections = {connections}
}}
"""

_SINCE_2_4 = """\
ssl_server_cert_file = {root}/cert.pem
ssl_server_key_file = {root}/key.pem
auth_allow_cleartext = yes
recipient_delimiter = +
mail_driver = maildir
mail_path = ~/Maildir
mail_max_userip_connections = {connections}
passdb passwd-file {{
  passwd_file_path = {root}/users
}}
userdb static {{
  fields {{
    uid = {uid}
    gid = {gid}
    home = {root}/mail/%{{user}}
  }}
}}
"""

_OAUTH_2_3 = """\
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {root}/oauth2.conf
}}
"""

_OAUTH_FILE = """\
introspection_mode = post
introspection_url = {introspection}
username_attribute = username
active_attribute = active
active_value = true
"""

_OAUTH_2_4 = """\
oauth2 {{
  introspection_mode = post
  introspection_url = {introspection}
  username_attribute = username
  active_attribute = active
  active_value = true
}}
passdb oauth2 {{
  mechanisms_filter = xoauth2 oauthbearer
}}
"""

_HEAD_2_4 = """\
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
"""


def installed() -> str | None:
    """The installed version, such as 2.3.19.1; None when there is no Dovecot with IMAP and LMTP here."""
    binary = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")
    if not binary or not Path("/usr/lib/dovecot/imap").exists() or not Path("/usr/lib/dovecot/lmtp").exists():
        return None
    found = re.match(r"\d[\d.]*", subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout)
    return found[0] if found else None


class Dovecot:
    """One running server; `deliver` puts mail into an account, `client` opens a connection beside the code under test."""

    def __init__(
        self,
        root: Path,
        users: Mapping[str, str],
        *,
        separator: str = "/",
        prefix: str = "",
        connections: int = 100,
        introspection: str = "",
    ) -> None:
        self.root = root
        self.users = dict(users)
        self.imap_port, self.imaps_port, self.lmtp_port = free_ports(3)
        self.account = pwd.getpwnam(_UNPRIVILEGED) if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        mechanisms = "oauthbearer xoauth2" if introspection else "plain login"
        self._layout = {"separator": separator, "prefix": prefix, "connections": connections, "mechanisms": mechanisms}
        #: Where tokens are asked about (RFC 7662), instead of passwords.
        self._introspection = introspection
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def ca_file(self) -> Path:
        """The certificate to trust; it is its own authority."""
        return self.root / "cert.pem"

    def write_config(self) -> None:
        """Write configuration, users and certificate, in the syntax of the installed version."""
        newer = tuple(map(int, (installed() or "0").split(".")[:2])) >= (2, 4)
        values = {
            "root": self.root, "user": self.account.pw_name, "group": _group_of(self.account.pw_gid), "uid": self.account.pw_uid,
            "gid": self.account.pw_gid, "imap_port": self.imap_port, "imaps_port": self.imaps_port, "lmtp_port": self.lmtp_port,
            **self._layout,
        }  # fmt: skip
        text = _HEAD_2_4 + _COMMON + _SINCE_2_4 if newer else _COMMON + _SINCE_2_3
        if self._introspection:
            text += _OAUTH_2_4 if newer else _OAUTH_2_3
            values["introspection"] = self._introspection
            (self.root / "oauth2.conf").write_text(_OAUTH_FILE.format(**values), encoding="utf-8")
        for name in ("run", "state", "mail"):
            (self.root / name).mkdir(exist_ok=True)
        (self.root / "dovecot.conf").write_text(text.format(**values), encoding="utf-8")
        self.write_users()
        make_certificate(self.root)
        if os.getuid() == 0:
            for path in (self.root, *self.root.rglob("*")):
                os.chown(path, self.account.pw_uid, self.account.pw_gid)

    def write_users(self) -> None:
        """Write the password file again after `users` was changed."""
        lines = [f"{name}:{{PLAIN}}{password}::::::\n" for name, password in self.users.items()]
        (self.root / "users").write_text("".join(lines), encoding="utf-8")

    def start(self) -> None:
        """Start and wait until it greets."""
        binary = shutil.which("dovecot") or "/usr/sbin/dovecot"
        command = [binary, "-F", "-c", str(self.root / "dovecot.conf")]
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._process = subprocess.Popen(command, start_new_session=True, **quiet, **self._as_user())
        give_up = time.monotonic() + 60
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.imap_port), timeout=2) as probe:
                if probe.recv(100).startswith(b"* OK"):
                    return
            if self._process.poll() is not None or time.monotonic() > give_up:
                log = (self.root / "dovecot.log").read_text(errors="replace") if (self.root / "dovecot.log").exists() else ""
                raise RuntimeError(f"dovecot did not start: {log[-2000:]}")
            time.sleep(0.02)

    def stop(self) -> None:
        """End it and all its sessions within a second; mail and configuration stay, so that `start` goes on."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1)
        # Its sessions and helpers are of its group; those that are stopped or busy end here.
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def admin(self, *arguments: str) -> str:
        """What `doveadm` prints on this server."""
        command = ["doveadm", "-c", str(self.root / "dovecot.conf"), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True, **self._as_user()).stdout

    def kick(self, user: str) -> None:
        """Throw the user's sessions out, with the server's BYE."""
        self.admin("kick", user)

    def session_pids(self) -> list[int]:
        """Processes that serve IMAP sessions, to be killed or stopped."""
        pids = []
        for status in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                name, _, rest = status.read_text(encoding="utf-8", errors="replace").partition(") ")
                if name.endswith("(imap") and self._is_ours(int(rest.split()[1])):
                    pids.append(int(status.parent.name))
        return pids

    def _is_ours(self, parent: int) -> bool:
        return self._process is not None and parent == self._process.pid

    def client(self, user: str) -> IMAPClient:
        """A logged-in connection of the test's own."""
        client = IMAPClient("127.0.0.1", port=self.imap_port, ssl=False, timeout=10)
        client.normalise_times = False
        client.login(user, self.users[user])
        return client

    def deliver(self, user: str, *contents: bytes, at: datetime | None = None, folder: str = "INBOX") -> None:
        """Put messages into a folder of the account, as arrived `at`."""
        with self.client(user) as client:
            for content in contents:
                client.append(folder, content, msg_time=at)

    def _as_user(self) -> dict[str, object]:
        if os.getuid() != 0:
            return {}
        return {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}


def _group_of(gid: int) -> str:
    import grp

    return grp.getgrgid(gid).gr_name


def make_certificate(root: Path) -> None:
    """Write cert.pem and key.pem for localhost and 127.0.0.1 into a folder."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", root / "key.pem", "-out", root / "cert.pem", "-days", "30",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip


@contextmanager
def running(
    users: Mapping[str, str], *, separator: str = "/", prefix: str = "", connections: int = 100, introspection: str = ""
) -> Iterator[Dovecot]:
    """A Dovecot with these users (password by name); it and its files are gone after the block."""
    # Unix sockets have short paths, and an unprivileged server must be able to walk to its files: neither holds for pytest's directories.
    memory = Path("/dev/shm")
    root = Path(tempfile.mkdtemp(prefix="dovecot-", dir=memory if os.access(memory, os.W_OK) else "/tmp"))
    root.chmod(0o755)
    server = Dovecot(root, users, separator=separator, prefix=prefix, connections=connections, introspection=introspection)
    try:
        server.write_config()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(root, ignore_errors=True)
