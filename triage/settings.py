"""The configuration: one TOML file, checked at start, with errors that name the key, the value and what was expected."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field, ValidationError, model_validator

from triage.errors import SettingsError
from triage.secret import Secret
from triage.sections.access import OAuthSettings
from triage.sections.alarms import AlarmSettings, CanarySettings
from triage.sections.calendar import CalendarSettings
from triage.sections.identity import Identity
from triage.sections.learning import LearningSettings
from triage.sections.orders import OrderSettings
from triage.sections.payments import PaymentSettings
from triage.sections.people import AgentSettings, ColleagueSettings, DepartmentSettings, PeopleSettings
from triage.sections.places import LeaseSettings, LogSettings, Paths
from triage.sections.reading import ExtractionSettings, FormSettings, ReadLimits
from triage.sections.reports import ReportSettings
from triage.sections.sending import SendLimits
from triage.sections.servers import MailboxSettings, ServerSettings, SmtpSettings
from triage.sections.values import Section

Server = TypeVar("Server", bound=ServerSettings)


class Settings(Section):
    """The whole file."""

    #: shadow does everything but send and file, and shows what it would have done.
    mode: Literal["shadow", "live"] = "shadow"
    #: Keep raw messages in the store after they are decided (the mailbox is the archive otherwise).
    keep_raw: bool = False
    identity: Identity
    mailbox: Annotated[dict[str, MailboxSettings], Field(min_length=1)]
    smtp: SmtpSettings
    #: Access by OAuth 2.0, for servers that take no password.
    oauth: dict[str, OAuthSettings] = Field(default_factory=dict)
    departments: dict[str, DepartmentSettings] = Field(default_factory=dict)
    agents: dict[str, AgentSettings] = Field(default_factory=dict)
    people: PeopleSettings = PeopleSettings()
    #: When people are at work.
    calendar: CalendarSettings = CalendarSettings()
    #: authserv-id of our own boundary server: only its Authentication-Results count (RFC 8601 §2.5). Empty: none do.
    authserv_id: str = ""
    read: ReadLimits = ReadLimits()
    #: Web forms that send us what customers fill in.
    form: tuple[FormSettings, ...] = ()
    learning: LearningSettings = LearningSettings()
    #: The order system; None where there is none, and facts then come from people.
    orders: OrderSettings | None = None
    #: What payment providers tell us by themselves; None where nobody listens.
    payments: PaymentSettings | None = None
    limits: SendLimits = SendLimits()
    extraction: ExtractionSettings = ExtractionSettings()
    paths: Paths = Paths()
    alarms: AlarmSettings = AlarmSettings()
    canary: CanarySettings = CanarySettings()
    reports: ReportSettings = ReportSettings()
    lease: LeaseSettings = LeaseSettings()
    log: LogSettings = LogSettings()

    @model_validator(mode="after")
    def _receipts_are_found(self) -> "Settings":
        account, folder = self.receipt_account, self.smtp.receipt_folder
        if account not in self.mailbox:
            raise ValueError(f"smtp.receipt_account = {account!r}: expected the name of a table [mailbox.NAME]")
        its = self.mailbox[account]
        if self.smtp.receipt_address and its.receive and its.folder == folder:
            raise ValueError(f"smtp.receipt_folder = {folder!r}: expected a folder that is not watched, so that no copy is taken for mail")
        if not self.watched:
            raise ValueError("mailbox: expected at least one that is watched")
        if self.canary.mailbox and self.canary.mailbox not in self.watched:
            raise ValueError(f"canary.mailbox = {self.canary.mailbox!r}: expected the name of a table [mailbox.NAME] that is watched")
        return self

    @model_validator(mode="after")
    def _grants_are_there(self) -> Self:
        places: dict[str, ServerSettings] = {f"mailbox.{name}": its for name, its in self.mailbox.items()}
        places |= {"smtp": self.smtp} | {f"smtp.fallback.{place}": its for place, its in enumerate(self.smtp.fallback)}
        for where, its in places.items():
            if its.oauth and its.oauth not in self.oauth:
                raise ValueError(f"{where}.oauth = {its.oauth!r}: expected the name of a table [oauth.NAME]")
        return self

    @property
    def watched(self) -> dict[str, MailboxSettings]:
        """The mailboxes that are watched, by name."""
        return {name: its for name, its in self.mailbox.items() if its.receive}

    @property
    def receipt_account(self) -> str:
        """The name of the mailbox table in whose account receipt copies are found."""
        return self.smtp.receipt_account or next(iter(self.mailbox))

    @property
    def own_addresses(self) -> frozenset[str]:
        """Addresses that reach us."""
        return frozenset({self.identity.address, *self.identity.aliases})

    @property
    def staff_addresses(self) -> frozenset[str]:
        """Addresses of agents and departments, also of those who are disabled: they are no customers."""
        known: tuple[ColleagueSettings, ...] = (*self.agents.values(), *self.departments.values())
        return frozenset(address for one in known for address in one.addresses)

    @model_validator(mode="after")
    def _reports_have_readers(self) -> Self:
        if unknown := sorted(set(self.reports.to) - set(self.departments) - set(self.agents)):
            raise ValueError(f"reports.to = {unknown[0]!r}: expected the name of a table [departments.NAME] or [agents.NAME]")
        return self

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        if both := sorted(set(self.agents) & set(self.departments)):
            raise ValueError(f"agents.{both[0]} and departments.{both[0]} have the same name: expected different ones")
        return self


_SECRETS = frozenset({"password", "client_secret", "refresh_token", "token", "key", "secret", "secrets", "webhook_secret"})


def _problems(error: ValidationError) -> list[str]:
    return [_line(problem["loc"], problem["type"], problem["msg"], problem.get("input")) for problem in error.errors(include_url=False)]


def _line(loc: tuple[int | str, ...], kind: str, message: str, value: object) -> str:
    key = ".".join(map(str, loc)) or "file"
    if kind == "extra_forbidden":
        # A misspelt "password" may hold one, so the value of an unknown key is never shown.
        return f"{key}: expected no such key; is it misspelt, or in the wrong table?"
    if _SECRETS.intersection(loc):
        sources = '{env = "NAME"}, {file = "PATH"}, {keyring = "SERVICE"} or {command = […]}'
        return f"{key}: expected a table {sources}; the file holds no secrets"
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
            "paths": Paths(**{name: base / value for name, value in settings.paths if value}),
            "calendar": settings.calendar.model_copy(update={"files": tuple(base / file for file in settings.calendar.files)}),
            "orders": settings.orders and settings.orders.anchored(base),
            "payments": settings.payments and settings.payments.anchored(base),
            "mailbox": {name: _anchored_server(account, base) for name, account in settings.mailbox.items()},
            "oauth": {name: _anchored_grant(grant, base) for name, grant in settings.oauth.items()},
            "smtp": _anchored_server(settings.smtp, base).model_copy(
                update={"fallback": tuple(_anchored_server(server, base) for server in settings.smtp.fallback)}
            ),
        }
    )


def _anchored_server(server: Server, base: Path) -> Server:
    return server.model_copy(
        update={"password": _anchored_secret(server.password, base), "ca_file": server.ca_file and base / server.ca_file}
    )


def _anchored_grant(grant: OAuthSettings, base: Path) -> OAuthSettings:
    secrets = {name: _anchored_secret(getattr(grant, name), base) for name in ("client_secret", "refresh_token")}
    return grant.model_copy(update=secrets)


def _anchored_secret(secret: Secret | None, base: Path) -> Secret | None:
    return secret and secret.anchored(base)
