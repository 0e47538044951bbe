"""No pattern of these rooms can be made slow: each is run against 64 KB of what it likes best."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest

import triage.extraction
import triage.rules
from tests.effort import effort, seconds
from triage.extraction import dates
from triage.extraction.extract import extract
from triage.extraction.mask import mask
from triage.extraction.patterns import Patterns
from triage.message import Address, Message
from triage.rules.table import RuleContext, check_all
from triage.sections.reading import ExtractionSettings

SIZE = 65536
LIMIT = 0.02
#: A quarter of the size is tried first: what takes LIMIT at full size takes more than a sixteenth of it here, if it grows with the square
#: or faster, and only what does is run at full size.
QUARTER = SIZE // 4
SUSPICIOUS = LIMIT / 16
#: What the patterns like best, repeated; the last one fails them at the very end.
PIECES = (
    "a", "1", " ", "\n", ".", "-", "$", "é", "１", "a ", "1 ", "1-", "1,", "1\n", "a1", "a-", "12 ", "1234 ", "12/", "+1 ", "(1",
    "91 ", "1Z", "EUR ", "1 EUR", "$1,", "4111 ", "cvv is ", "1234 (", "*****1111 12/27 ", "%b411111111111^", "orders 123, ",
    "order no ", "12 march ", "vor 1 ", "my name is a-", "a b ", "ordered \"", "\"a ", "product: ", "method = ", ";SCL:", "ack.",
    "a+c.", "\n rcpt", "i am ", "DE12ABCD", "ORD 1", "ch_a",
    "<b ", "&nbsp;", "cvv code number ", "3 digits on the back ", "1 / ", "-Jan-", "kr 1", "12€", "regards, ", "oder 1 ",
)  # fmt: skip
WHOLE = ("1 ", "4111 ", "1 EUR", "12 march ", "order 12345, ", "+49 170 1234567 ", "cvv 123 4111 ", "gestern ", "<br>4", "4111, 12/27, ")
SETTINGS = ExtractionSettings()


def modules() -> Iterator[ModuleType]:
    for package in (triage.rules, triage.extraction):
        for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            yield importlib.import_module(found.name)


def patterns() -> dict[str, re.Pattern[str]]:
    """Every compiled pattern of both rooms, also those that are compiled by configuration or on first use."""
    found = {
        f"{module.__name__}.{name}": value for module in modules() for name, value in vars(module).items() if isinstance(value, re.Pattern)
    }
    configured = Patterns.of(SETTINGS).configured
    assert configured is not None
    found["configured"] = configured
    return found | {f"relative.{language}": dates._relative_words(language) for language in dates.NEAR_DAYS}


def pump(piece: str, size: int) -> str:
    """So many characters of a piece, and one at the end that spoils them."""
    return (piece * (size // len(piece) + 1))[: size - 1] + "!"


def slowest(pattern: re.Pattern[str]) -> tuple[float, str]:
    """Seconds and piece of the worst pump."""
    worst = (0.0, "")
    for piece in PIECES:
        if seconds(partial(pattern.search, pump(piece, QUARTER))) >= SUSPICIOUS:
            worst = max(worst, (effort(partial(pattern.search, pump(piece, SIZE)), LIMIT), piece))
    return worst


@pytest.mark.parametrize("name", sorted(patterns()))
def test_every_pattern_is_fast_on_pump_strings(name: str) -> None:
    """A pattern takes less than 20 ms on any 64 KB string made to slow it down."""
    taken, piece = slowest(patterns()[name])
    assert taken < LIMIT, f"{taken * 1000:.0f} ms on {piece!r}"


def test_patterns_are_only_made_where_this_test_finds_them() -> None:
    """No pattern is hidden inside a function or a table, but for the places that are named here."""
    hidden = []
    for module in modules():
        source = Path(str(module.__file__)).read_text(encoding="utf-8")
        hidden += [f"{module.__name__}: {line.strip()}" for line in source.splitlines() if re.match(r"\s{2,}.*\bre\.compile\(", line)]
    assert {line.partition(":")[0].rpartition(".")[2] for line in hidden} <= {"patterns", "dates", "pledges", "payment_alerts"}, hidden


def test_the_pump_finds_a_slow_pattern() -> None:
    """A pattern that tries everything twice is caught, so the figure above means something."""
    assert seconds(partial(re.compile(r"[a1]{0,400}b").search, pump("a1", SIZE))) > LIMIT


@pytest.mark.parametrize("piece", WHOLE)
def test_a_whole_message_of_pump_strings_is_read_in_time(piece: str) -> None:
    """64 KB of the worst text is masked, searched and judged within two seconds, far inside the limit of a reader."""
    text = (piece * (SIZE // len(piece) + 1))[:SIZE]
    message = Message(subject=text[:2000], text=text, full_text=text, from_=(Address(name=text[:300], addr_spec="eve@customer.example"),))

    def judge() -> None:
        masked = mask(message)
        extract(masked, Patterns.of(SETTINGS), datetime(2026, 3, 4, tzinfo=UTC))
        check_all(masked, RuleContext())

    assert effort(judge, 2) < 2
