"""The place the demo plays in: accounts on the embedded servers, a fresh store, and a real configuration for all of it."""

from collections.abc import Mapping
from pathlib import Path

from triage.demo.boundary import AUTHSERV_ID
from triage.demo.servers import DemoServers
from triage.errors import SettingsError
from triage.sections.places import Paths

#: One for all accounts: it opens nothing but mailboxes on this machine that end with the demo.
PASSWORD = "demo"  # noqa: S105
SUPPORT = "support@saypro.example"
#: The mailbox's name in the configuration.
ACCOUNT = "support"
CONFIG = "triage.toml"
POLICY = "policy.toml"
#: The order book.
ORDERS = "orders.db"
#: What is answered from it at once, where its author may be told.
LIVE = ("order.issue.order_status", "receipt.issue.receipt_missing", "dispute.issue.refund_status")
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
# The embedded server says of each message whether its author is genuine.
authserv_id = "{authserv_id}"

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

# What the shop knows of its orders, which customers are told of it at once (policy.toml beside this file), and before they ask.
[orders]
time_out = "20s"

[orders.book]
path = "orders.db"

[orders.advice]
tell = ["delayed"]
every = "1s"
# The same twice: the demo is played at any time of day.
quiet_from = "00:00"
quiet_until = "00:00"

[paths]
store = "triage.db"
state = "."
policy = "{policy}"

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
    databases = (f"{name}{ending}" for name in ("triage.db", ORDERS) for ending in ("", "-wal", "-shm"))
    for name in (*databases, "heartbeat.json"):
        (folder / name).unlink(missing_ok=True)


def configured(folder: Path, servers: DemoServers) -> Path:
    """Write the configuration for these servers; where it is."""
    # A secret's file is not looked for beside the configuration, so its whole path is written.
    password_file = (folder / "password").resolve()
    password_file.write_text(PASSWORD, encoding="utf-8")
    (folder / POLICY).write_text(_policy(), encoding="utf-8")
    path = folder / CONFIG
    text = _CONFIG.format(
        support=SUPPORT,
        account=ACCOUNT,
        agent=AGENT,
        authserv_id=AUTHSERV_ID,
        policy=POLICY,
        imap_port=servers.imap_port,
        smtp_port=servers.smtp_port,
        password_file=_quoted(str(password_file)),
        departments="".join(_DEPARTMENT.format(key=key, name=name, address=address) for key, (name, address) in DEPARTMENTS.items()),
    )
    path.write_text(text, encoding="utf-8")
    return path


def _policy() -> str:
    """The shipped policy, with answers from the order system."""
    text = Paths().policy.read_text(encoding="utf-8")
    for issue in LIVE:
        row = f"[category.{issue}]\n"
        if row not in text:
            raise SettingsError([f"{Paths().policy}: expected a row {row.strip()}"])
        text = text.replace(row, f'{row}first_contact = "live"\n')
    return text


def _quoted(text: str) -> str:
    escaped = "".join(f"\\u{ord(letter):04x}" if letter in '"\\' or not letter.isprintable() else letter for letter in text)
    return f'"{escaped}"'
