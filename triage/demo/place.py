"""The place the demo plays in: accounts on the embedded servers, a fresh store, and a real configuration for all of it."""

from collections.abc import Mapping
from pathlib import Path

from triage.demo.servers import DemoServers
from triage.errors import SettingsError

#: One for all accounts: it opens nothing but mailboxes on this machine that end with the demo.
PASSWORD = "demo"  # noqa: S105
SUPPORT = "support@saypro.example"
#: The mailbox's name in the configuration.
ACCOUNT = "support"
CONFIG = "triage.toml"
#: A customer whose mailbox can be opened, too; all others live outside.
CUSTOMER = "johndoe@email.com"
AGENT = "jane.adams@saypro.example"
DEPARTMENTS: Mapping[str, tuple[str, str]] = {
    "finance": ("Finance", "finance@saypro.example"),
    "logistics": ("Logistics", "logistics@saypro.example"),
    "billing": ("Billing", "billing@saypro.example"),
    "technical_support": ("Technical Support", "technical@saypro.example"),
    "management": ("Management", "management@saypro.example"),
}

_CONFIG = """# Written by `triage demo` for its embedded servers; the next demo writes it anew.
mode = "live"

[identity]
name = "SayPro Support"
address = "{support}"
aliases = ["help@saypro.example"]

[mailbox.{account}]
host = "127.0.0.1"
port = {imap_port}
security = "none"
username = "{support}"
password = {{file = {password_file}}}
poll = "5s"
start = "all"

[smtp]
host = "127.0.0.1"
port = {smtp_port}
security = "none"
username = "{support}"
password = {{file = {password_file}}}
{departments}
[agents.jane]
name = "Jane Adams"
address = "{agent}"

# The embedded servers confirm nobody, and nobody else can reach them.
[people]
require_authentication = false

[paths]
store = "triage.db"
state = "."

[log]
level = "warning"
"""
_DEPARTMENT = """
[departments.{key}]
name = "{name}"
address = "{address}"
"""


def users() -> dict[str, str]:
    """Password by address, for every account there is."""
    return dict.fromkeys((SUPPORT, *(address for _name, address in DEPARTMENTS.values()), AGENT, CUSTOMER), PASSWORD)


def prepared(folder: Path) -> None:
    """Make the folder; SettingsError where that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError([f"{folder}: {error.strerror}: expected a folder that the demo can write to"]) from error


def swept(folder: Path) -> None:
    """Remove what the last demo left; nothing else is touched."""
    for name in ("triage.db", "triage.db-wal", "triage.db-shm", "heartbeat.json"):
        (folder / name).unlink(missing_ok=True)


def configured(folder: Path, servers: DemoServers) -> Path:
    """Write the configuration for these servers; where it is."""
    # A secret's file is not looked for beside the configuration, so its whole path is written.
    password_file = (folder / "password").resolve()
    password_file.write_text(PASSWORD, encoding="utf-8")
    path = folder / CONFIG
    text = _CONFIG.format(
        support=SUPPORT,
        account=ACCOUNT,
        agent=AGENT,
        imap_port=servers.imap_port,
        smtp_port=servers.smtp_port,
        password_file=_quoted(str(password_file)),
        departments="".join(_DEPARTMENT.format(key=key, name=name, address=address) for key, (name, address) in DEPARTMENTS.items()),
    )
    path.write_text(text, encoding="utf-8")
    return path


def _quoted(text: str) -> str:
    escaped = "".join(f"\\u{ord(letter):04x}" if letter in '"\\' or not letter.isprintable() else letter for letter in text)
    return f'"{escaped}"'
