"""The configuration: one TOML file, checked at start, with errors that name the key, the value and what was expected."""

import re
import sys
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from triage.errors import SettingsError
from triage.secret import Secret

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_DURATION = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)\s{0,3}([smhd])")
#: Anything longer is a slip of the pen, and adding it to a date may leave the calendar.
_LONGEST = timedelta(days=3653)
_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
#: A dot-atom on either side (RFC 5322 §3.4.1); quoted local parts and address literals are no addresses to write to customers from.
_ADDR_SPEC = re.compile(rf"(?=[^@]{{1,64}}@.{{1,253}}$){_ATOM}(?:\.{_ATOM}){{0,31}}@{_LABEL}(?:\.{_LABEL}){{0,31}}")


def _duration(value: object) -> object:
    if isinstance(value, str):
        found = _DURATION.fullmatch(value.strip())
        if not found:
            raise ValueError("expected a duration such as 30s, 5m, 24h or 7d")
        value = timedelta(**{_UNITS[found[2]]: float(found[1])})
    if not isinstance(value, timedelta):
        raise ValueError("expected a duration with its unit such as 30s, 5m, 24h or 7d")  # noqa: TRY004 - pydantic turns only ValueError into a line
    if not timedelta() < value <= _LONGEST:
        raise ValueError("expected a duration above zero and up to ten years")
    return value


def _addr_spec(value: str) -> str:
    if not _ADDR_SPEC.fullmatch(value.lower()):
        raise ValueError("expected a plain address such as support@shop.example")
    return value.lower()


def _start(value: object) -> object:
    if value in ("now", "all"):
        return value
    try:
        # A TOML date prints as ISO 8601, as a string would be written.
        at = datetime.fromisoformat(str(value))
    except ValueError:
        raise ValueError('expected "now", "all" or a date such as 2026-01-31') from None
    # A time without its zone is taken as UTC, not as whatever the machine is set to.
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError("expected a time zone such as Europe/Berlin") from None
    return value


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"expected a regular expression ({error})") from None
    return value


Pattern = Annotated[str, AfterValidator(_pattern)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
AddrSpec = Annotated[str, AfterValidator(_addr_spec)]
Limit = Annotated[int, Field(ge=0)]


class _Section(BaseModel):
    """A table of the file: unknown keys are mistakes, values never change."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Security = Literal["tls", "starttls", "none"]
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class _Server(_Section):
    """What both kinds of server have in common."""

    host: str
    port: Annotated[int, Field(ge=1, le=65535)]
    #: tls from the first byte, STARTTLS, or none (loopback only); never a silent downgrade.
    security: Security = "tls"
    username: str = ""
    password: Secret | None = None
    #: Extra certificate authorities (PEM), for a server with a private one.
    ca_file: Path | None = None
    #: For anything that waits on this server.
    timeout: Duration = timedelta(seconds=60)

    @model_validator(mode="after")
    def _no_plain_text_abroad(self) -> "_Server":
        if self.security == "none" and self.host not in _LOOPBACK:
            raise ValueError(f'security = "none" is for loopback only, and host is {self.host!r}: expected "tls" or "starttls"')
        return self


Server = TypeVar("Server", bound=_Server)


class MailboxSettings(_Server):
    """An account whose INBOX is watched."""

    folder: str = "INBOX"
    poll: Duration = timedelta(seconds=60)
    #: Where the account begins: "now" (what is there already stays untouched), "all", or a date.
    start: Annotated[Literal["now", "all"] | datetime, BeforeValidator(_start)] = "now"
    #: Put before the names of the folders we make, e.g. "Triage/"; the server's own separator is used for the slash.
    folder_prefix: str = "Triage/"


class SmtpSettings(_Server):
    """The submission server (RFC 6409)."""

    connections: Annotated[int, Field(ge=1, le=32)] = 4
    #: How long the server may take after the final dot (RFC 5321 §4.5.3.2.6 asks for ten minutes).
    data_timeout: Duration = timedelta(minutes=10)


class Identity(_Section):
    """Who we are towards customers."""

    name: str = "SayPro Support"
    address: AddrSpec
    #: Other addresses that reach the watched mailboxes; mail from them is our own.
    aliases: tuple[AddrSpec, ...] = ()
    #: The server delivers local+anything@domain to local@domain: reply tokens and reverse-paths use it.
    plus_addressing: bool = True
    #: Put before the number of a case.
    case_prefix: Annotated[str, Field(pattern=r"^[A-Z]{2,6}$")] = "SP"
    #: Time zone in which times are told to customers and staff.
    time_zone: Annotated[str, AfterValidator(_time_zone)] = "Europe/Berlin"


class DepartmentSettings(_Section):
    """Who gets escalations by mail and answers them."""

    name: str
    address: AddrSpec
    reply_within: Duration = timedelta(hours=24)


class AgentSettings(_Section):
    """A person who answers customers from a mail client."""

    name: str
    address: AddrSpec


class ReadLimits(_Section):
    """What one message may cost."""

    #: Reader processes; 0 means one for each core.
    workers: Annotated[int, Field(ge=0, le=64)] = 0
    time: Duration = timedelta(seconds=10)
    memory_mb: Annotated[int, Field(ge=256)] = 1024
    #: Larger messages are fetched and read in part.
    message_mb: Annotated[int, Field(ge=1)] = 30


class SendLimits(_Section):
    """How much automatic mail may leave."""

    per_sender_day: Limit = 4
    per_sender_week: Limit = 10
    per_domain_hour: Limit = 50
    per_hour: Limit = 600
    #: Domains with many unrelated people behind them are not limited per domain.
    shared_domains: tuple[str, ...] = (
        "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "me.com",
        "gmx.de", "gmx.net", "web.de", "t-online.de", "aol.com", "proton.me", "protonmail.com", "mail.ru", "orange.fr", "free.fr",
    )  # fmt: skip


class ExtractionSettings(_Section):
    """How numbers of this marketplace look: regular expressions, matched without regard to case."""

    order: tuple[Pattern, ...] = (r"ORD[- ]?\d{4,12}",)
    invoice: tuple[Pattern, ...] = (r"INV(?:OICE)?[-/ ]?\d{3,12}(?:[-/]\d{1,8}){0,2}",)
    receipt: tuple[Pattern, ...] = (r"(?:RCPT|REC)[-/ ]?\d{3,12}",)
    transaction: tuple[Pattern, ...] = (r"(?:TXN|TRX|PAY)[-_]?[A-Z0-9]{6,24}", r"(?:ch|pi|re|txn)_[A-Za-z0-9]{14,32}")
    #: Region for telephone numbers without a country code (ISO 3166).
    phone_region: str = "US"


def project_root() -> Path:
    """Where templates/, models/ and config/ lie: the checkout, else the installation's share/triage."""
    checkout = Path(__file__).resolve().parent.parent
    return checkout if (checkout / "templates").is_dir() else Path(sys.prefix) / "share" / "triage"


class Paths(_Section):
    """Where things lie; relative paths are resolved against the directory that holds config/."""

    store: Path = Path("var/triage.db")
    #: Secret key, heartbeat and locks.
    state: Path = Path("var")
    templates: Path = project_root() / "templates" / "emails"
    model: Path = project_root() / "models" / "triage.npz"
    policy: Path = project_root() / "config" / "policy.toml"


class LogSettings(_Section):
    """How much is logged, and how."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    json_lines: bool = False


class Settings(_Section):
    """The whole file."""

    #: shadow does everything but send and file, and shows what it would have done.
    mode: Literal["shadow", "live"] = "shadow"
    #: Keep raw messages in the store after they are decided (the mailbox is the archive otherwise).
    keep_raw: bool = False
    identity: Identity
    mailbox: Annotated[dict[str, MailboxSettings], Field(min_length=1)]
    smtp: SmtpSettings
    departments: dict[str, DepartmentSettings] = {}
    agents: dict[str, AgentSettings] = {}
    #: authserv-id of our own boundary server: only its Authentication-Results count (RFC 8601 §2.5). Empty: none do.
    authserv_id: str = ""
    read: ReadLimits = ReadLimits()
    limits: SendLimits = SendLimits()
    extraction: ExtractionSettings = ExtractionSettings()
    paths: Paths = Paths()
    log: LogSettings = LogSettings()

    @property
    def own_addresses(self) -> frozenset[str]:
        """Addresses that reach us."""
        return frozenset({self.identity.address, *self.identity.aliases})

    @property
    def staff_addresses(self) -> frozenset[str]:
        """Addresses of agents and departments."""
        return frozenset(agent.address for agent in self.agents.values()) | frozenset(room.address for room in self.departments.values())


def _problems(error: ValidationError) -> list[str]:
    return [_line(problem["loc"], problem["type"], problem["msg"], problem.get("input")) for problem in error.errors(include_url=False)]


def _line(loc: tuple[int | str, ...], kind: str, message: str, value: object) -> str:
    key = ".".join(map(str, loc)) or "file"
    if kind == "extra_forbidden":
        # A misspelt "password" may hold one, so the value of an unknown key is never shown.
        return f"{key}: expected no such key; is it misspelt, or in the wrong table?"
    if "password" in loc:
        return f'{key}: expected a table {{env = "NAME"}}, {{file = "PATH"}} or {{keyring = "SERVICE"}}; the file holds no secrets'
    # A whole table as value would print its secrets and help nobody.
    shown = "" if isinstance(value, dict | list) or kind == "missing" else f" = {value!r:.80}"
    return f"{key}{shown}: {message.removeprefix('Value error, ')}"


def load(path: Path) -> Settings:
    """The settings in `path`; SettingsError with one line per mistake."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError([f"{path}: {error.strerror}: expected a configuration; `triage init` writes one"]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError([f"{path}: {error}: expected TOML"]) from error
    try:
        settings = Settings.model_validate(data)
    except ValidationError as error:
        raise SettingsError([f"{path}: {line}" for line in _problems(error)]) from error
    return _anchored(settings, path.resolve())


def _anchored(settings: Settings, path: Path) -> Settings:
    # A daemon is started from anywhere; a relative path means relative to the installation, not to the shell.
    base = path.parent.parent if path.parent.name == "config" else path.parent
    return settings.model_copy(
        update={
            "paths": Paths(**{name: base / value for name, value in settings.paths}),
            "mailbox": {name: _anchored_server(account, base) for name, account in settings.mailbox.items()},
            "smtp": _anchored_server(settings.smtp, base),
        }
    )


def _anchored_server(server: Server, base: Path) -> Server:
    password = server.password
    if password and password.file:
        password = password.model_copy(update={"file": base / password.file})
    return server.model_copy(update={"password": password, "ca_file": server.ca_file and base / server.ca_file})
