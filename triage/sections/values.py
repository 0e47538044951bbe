"""Values as the configuration file writes them: durations, addresses, dates, time zones, patterns."""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_DURATION = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)\s{0,3}([smhd])")
#: Anything longer is a slip of the pen, and adding it to a date may leave the calendar.
_LONGEST = timedelta(days=3653)
_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
#: A dot-atom on either side (RFC 5322 §3.4.1); quoted local parts and address literals are no addresses to write to customers from.
_ADDR_SPEC = re.compile(rf"(?=[^@]{{1,64}}@.{{1,253}}$){_ATOM}(?:\.{_ATOM}){{0,31}}@{_LABEL}(?:\.{_LABEL}){{0,31}}")

#: This machine.
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_HOST_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL}){{0,31}}")


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


def is_addr_spec(value: str) -> bool:
    """Whether that is a plain address that mail may be sent to."""
    return _ADDR_SPEC.fullmatch(value.lower()) is not None


def _addr_spec(value: str) -> str:
    if not is_addr_spec(value):
        raise ValueError("expected a plain address such as support@shop.example")
    return value.lower()


def _host_name(value: str) -> str:
    if not _HOST_NAME.fullmatch(value.lower()):
        raise ValueError("expected the name of a server, or the end of one, such as mx.shop.example")
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


def _time_of_day(value: object) -> object:
    try:
        at = value if isinstance(value, time) else time.fromisoformat(str(value))
    except ValueError:
        at = None
    if at is None or at.tzinfo:
        raise ValueError("expected a time of day such as 03:30")
    return at


Pattern = Annotated[str, AfterValidator(_pattern)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
HostName = Annotated[str, AfterValidator(_host_name)]
AddrSpec = Annotated[str, AfterValidator(_addr_spec)]
Start = Annotated[Literal["now", "all"] | datetime, BeforeValidator(_start)]
Limit = Annotated[int, Field(ge=0)]


class Section(BaseModel):
    """A table of the file: unknown keys are mistakes, values never change."""

    model_config = ConfigDict(frozen=True, extra="forbid")
