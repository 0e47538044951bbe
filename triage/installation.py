"""What the installation provides, loaded from where the settings say: policy, templates, the secret key."""

import contextlib
import os
import secrets
from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from triage.clocks.calendar import Calendar, Shift
from triage.clocks.closures import IcalendarFiles, closed_days, public_holidays
from triage.clocks.due import due_at
from triage.clocks.tell import tell, zone
from triage.errors import SettingsError
from triage.extraction.patterns import Patterns
from triage.extraction.payment_alerts import alert_forms
from triage.parsing.options import ParseOptions
from triage.people import People
from triage.policy.table import Policy
from triage.responders.draft import Drafter
from triage.responders.templates import Templates
from triage.responders.writer import Writer
from triage.rules.context import RuleContext
from triage.sections.calendar import WEEKDAYS
from triage.settings import Settings
from triage.staff_tokens import KeyRing, Retired
from triage.stages.plan import ReadPlan

_KEY_OCTETS = 32


def read_plan(settings: Settings) -> ReadPlan:
    """What reading depends on, taken from the settings."""
    return ReadPlan(
        parsing=ParseOptions(
            authserv_id=settings.authserv_id,
            trace_hosts=settings.read.trace_hosts,
            forms=settings.form,
            forwarders=frozenset(settings.read.forwarders),
            colleagues=settings.staff_addresses,
        ),
        rules=RuleContext.of(settings),
        patterns=Patterns.of(settings.extraction, settings.identity.case_prefix),
        alerts=alert_forms(settings.payments),
    )


def load_policy(settings: Settings) -> Policy:
    """The policy file; SettingsError with one line per mistake."""
    path = settings.paths.policy
    try:
        return _policy(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError([f"paths.policy = {str(path)!r}: {error.strerror}: expected a policy file"]) from error
    except UnicodeDecodeError as error:
        raise SettingsError([f"paths.policy = {str(path)!r}: {error}: expected UTF-8"]) from error
    except SettingsError as error:
        raise SettingsError([f"{path}: {line}" for line in error.problems]) from error


# A check asks six times, and to read TOML takes longer than most of what it does with the answer.
_policy = lru_cache(maxsize=1)(Policy.parse)


def load_calendar(settings: Settings) -> Calendar:
    """When people are at work; SettingsError where a country or a file is not what it should be."""
    its = settings.calendar
    where = zone(its.time_zone or settings.identity.time_zone)
    closed = closed_days([(one.first, one.last) for one in its.closed])
    public = public_holiday(settings)
    return Calendar(
        {WEEKDAYS.index(day): [Shift(start=start, end=end) for start, end in shifts] for day, shifts in its.hours.items()},
        where,
        holiday=lambda day: closed(day) or bool(public(day)),
        closed=_closed_files(its.files, where) if its.files else lambda _day: (),
    )


def public_holiday(settings: Settings) -> Callable[[date], str]:
    """The name of the public holiday on a day; "" where there is none."""
    its = settings.calendar
    try:
        return public_holidays(its.country, its.region) if its.country else lambda _day: ""
    except ValueError as error:
        raise SettingsError([f"calendar.country = {its.country!r}, region = {its.region!r}: {error}"]) from error


def _closed_files(files: Iterable[Path], where: ZoneInfo) -> IcalendarFiles:
    texts: list[str] = []
    for path in files:
        try:
            texts.append(path.read_text(encoding="utf-8"))
            IcalendarFiles(texts[-1:], where)
        except OSError as error:
            raise SettingsError([f"calendar.files: {path}: {error.strerror}: expected an iCalendar file"]) from error
        except ValueError as error:
            raise SettingsError([f"calendar.files: {path}: {error}: expected an iCalendar file (RFC 5545)"]) from error
    return IcalendarFiles(texts, where)


def template_sources(settings: Settings) -> dict[str, str]:
    """Every template by its name below the templates folder."""
    folder = str(settings.paths.templates)
    # Plain names: there are more than a hundred files, and a path object for each takes longer than to read it.
    found = [path for place, _folders, names in os.walk(folder) for name in names if _is_template(path := f"{place}/{name}", name)]
    if not found:
        raise SettingsError([f"paths.templates = {folder!r}: expected a folder with templates"])
    return {path[len(folder) + 1 :]: _template(path) for path in sorted(found)}


def _is_template(path: str, name: str) -> bool:
    # Editors and file managers leave hidden files behind.
    return "." in name and not name.startswith(".") and os.path.isfile(path)  # noqa: PTH113


def _template(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([f"{path}: {error}: expected a template in UTF-8"]) from error


def load_writer(settings: Settings, policy: Policy) -> Writer:
    """The writer of replies; where a template turns out to be broken it uses a built-in text and says so."""
    where = zone(settings.identity.time_zone)
    return Writer(
        template_sources(settings),
        people=People.of(settings),
        key=secret_key(settings.paths.state),
        guide=policy,
        tell=lambda moment, language: tell(moment, where, language),
        due=due_at,
    )


def load_drafter(settings: Settings, policy: Policy) -> Drafter:
    """The writer of suggested answers."""
    where = zone(settings.identity.time_zone)
    return Drafter(
        Templates(template_sources(settings)),
        people=People.of(settings),
        key=secret_key(settings.paths.state),
        guide=policy,
        tell=lambda moment, language: tell(moment, where, language),
        due=due_at,
    )


def key_ring(state: Path) -> KeyRing:
    """The key that signs, and those that were retired: files named secret.2026-11-22.key after the day on which they were."""
    current = secret_key(state)
    return KeyRing(current=current, retired=tuple(_retired(path) for path in sorted(state.glob("secret.*.key"), reverse=True)))


def _retired(path: Path) -> Retired:
    try:
        on, key = date.fromisoformat(path.name.split(".")[1]), path.read_bytes()
    except (OSError, ValueError) as error:
        raise SettingsError([f"{path}: {error}: expected a retired key, named after a day such as secret.2026-11-22.key"]) from error
    if len(key) != _KEY_OCTETS:
        raise SettingsError([f"{path} has {len(key)} octets: expected the {_KEY_OCTETS} of a key"])
    return Retired(key=key, on=on)


def secret_key(state: Path) -> bytes:
    """The installation's secret, made at first use: tokens and Message-IDs are keyed with it."""
    path = state / "secret.key"
    try:
        state.mkdir(parents=True, exist_ok=True)
        _make_key(path)
        key = path.read_bytes()
    except OSError as error:
        raise SettingsError([f"paths.state = {str(state)!r}: {error.strerror}: expected a folder that can be written"]) from error
    if len(key) != _KEY_OCTETS:
        raise SettingsError([f"{path} has {len(key)} octets: expected the {_KEY_OCTETS} that were written when it was made"])
    return key


def _make_key(path: Path) -> None:
    # Linked under its name when whole: of two processes that start at once one makes it and both use it, and a crash leaves no half.
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    if path.exists():
        return
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(_KEY_OCTETS))
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
