"""Structured logs: events by name with fields, one line each; never a body, an address or a secret."""

import logging
import sys
from collections.abc import Mapping

import structlog

#: Fields that would name a person; replaced by a mark wherever they are logged by mistake.
_PERSONAL = frozenset(
    {"address", "recipient", "requester", "sender", "from", "to", "subject", "body", "text", "password", "secret", "token"}
)


def configure(*, level: str = "info", json: bool = False) -> None:
    """Send logs to standard error, as JSON lines or as text, from `level` on."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=True) if json else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            withhold_personal_data,
            structlog.processors.format_exc_info,
            _one_line,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    # The libraries log what they read; our own events say all that is needed.
    logging.getLogger().addHandler(logging.NullHandler())


def get_logger(name: str) -> structlog.typing.FilteringBoundLogger:
    """A logger whose events carry `name` as their source."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(source=name)
    return logger


def withhold_personal_data(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """The event with personal fields replaced by a mark."""
    for key, value in event.items():
        event[key] = _withheld(key, value)
    return event


def _withheld(key: object, value: object) -> object:
    if str(key).lower() in _PERSONAL:
        return "[withheld]"
    return {name: _withheld(name, inner) for name, inner in value.items()} if isinstance(value, Mapping) else value


def _one_line(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    if "exception" in event:
        # Under its usual name the text renderer would put it on lines of its own.
        event["traceback"] = event.pop("exception")
    # A line break or escape sequence inside a field would forge a log line or drive a terminal.
    for key, value in event.items():
        if isinstance(value, str) and not value.isprintable():
            event[key] = value.encode("unicode_escape").decode("ascii")
    return event
