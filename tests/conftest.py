"""Servers for every test: `dovecot` and `dovecot_user`, `postgres`, `sink`, `postfix_sink`, `embedded`; absent ones skip with the reason.

How the tests are dealt out to workers stands here as well."""

import itertools
import os
import shutil
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from functools import cache
from pathlib import Path

import hypothesis
import pytest
import structlog

from tests.servers import dovecot as dovecot_server
from tests.servers import postgres as postgres_server
from tests.servers import smtp_sink
from triage.demo import servers as demo_servers

PASSWORD = "a secret of the tests"
_USERS = 400
_MEMORY, _ROOM = Path("/dev/shm"), 2 << 30
_fresh = itertools.count()
#: As it comes, structlog's draws each error in seconds, with a frame around every line and all variables.
_PLAIN = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
#: Files that wait for processes, servers and time-outs, the longest first: one of them begun last would run alone at the end.
_LONG = ("tests/demo/test_whole.py", "tests/spine/test_daemon.py", "tests/mailbox/test_contract.py", "tests/proof/", "tests/spine/",
         "tests/mailbox/", "tests/transport/", "tests/cli/", "tests/classifier/", "tests/demo/")  # fmt: skip

# How long an example takes says how busy the machine is; what must be quick is measured by its effort. The same examples each time, so that a failure
# is the change's: `--hypothesis-profile default` looks for others.
_CALM = [hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.function_scoped_fixture]
hypothesis.settings.register_profile("calm", deadline=None, derandomize=True, suppress_health_check=_CALM)
hypothesis.settings.load_profile("calm")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--slowest-folders` prints where the time went."""
    parser.addoption("--slowest-folders", action="store_true", help="print the seconds of the tests of each folder")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Seconds and tests of each folder, the slowest first, where they are asked for."""
    if not config.getoption("--slowest-folders"):
        return
    seconds, tests = Counter[str](), Counter[str]()
    for report in (report for reports in terminalreporter.stats.values() for report in reports if isinstance(report, pytest.TestReport)):
        folder = report.nodeid.split("::")[0].rpartition("/")[0]
        seconds[folder] += report.duration
        tests[folder] += report.when == "call"
    terminalreporter.section("seconds by folder")
    for folder, spent in seconds.most_common():
        terminalreporter.write_line(f"{spent:8.1f} s {tests[folder]:6} tests  {folder}")


def pytest_configure() -> None:
    """Byte code is kept: dozens of interpreters are started, and each would compile a thousand modules again; files lie in memory."""
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    # Stores are synced with each commit, thousands of times: in memory where there is room.
    if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free >= _ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))


def pytest_xdist_auto_num_workers() -> int:
    """One worker more than there are cores: while one waits for a server, another computes."""
    return len(os.sched_getaffinity(0)) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that wait come first; tests on the shared Dovecot are marked, so that they can be chosen."""
    items.sort(key=lambda item: _place(item.nodeid.partition("::")[0]))
    for item in items:
        if "dovecot" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.dovecot)


@cache
def _place(file: str) -> int:
    return next((place for place, prefix in enumerate(_LONG) if file.startswith(prefix)), len(_LONG))


def need_dovecot() -> None:
    """Skip where Dovecot is not installed."""
    if dovecot_server.installed() is None:
        pytest.skip("Dovecot is not installed: apt install dovecot-imapd dovecot-lmtpd")


@pytest.fixture(autouse=True)
def _logs_as_at_the_start() -> None:
    """No test hears less because another one, in the same process, ran a command that logs only warnings."""
    structlog.reset_defaults()
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], _PLAIN])


@pytest.fixture(scope="session")
def dovecot() -> Iterator[dovecot_server.Dovecot]:
    """A running Dovecot; take a `dovecot_user` from it rather than share one."""
    need_dovecot()
    with dovecot_server.running({f"user{number}@shop.example": PASSWORD for number in range(_USERS)}) as server:
        yield server


@pytest.fixture(scope="session")
def postgres() -> Iterator[postgres_server.Postgres]:
    """A running PostgreSQL; take a `database` of your own from it."""
    if postgres_server.programs() is None:
        pytest.skip("PostgreSQL is not installed: apt install postgresql")
    with postgres_server.running() as server:
        yield server


@pytest.fixture
def dovecot_user(dovecot: dovecot_server.Dovecot) -> str:
    """An account on it that no other test has; its password is in `dovecot.users`."""
    return list(dovecot.users)[next(_fresh)]


@pytest.fixture
async def sink() -> AsyncIterator[smtp_sink.Sink]:
    """An SMTP server that does as told."""
    async with smtp_sink.running() as running:
        yield running


@pytest.fixture
def postfix_sink() -> Iterator[smtp_sink.PostfixSink]:
    """Postfix's smtp-sink."""
    if not smtp_sink.postfix_sink_installed():
        pytest.skip("smtp-sink is not installed: apt install postfix")
    with smtp_sink.postfix_sink() as running:
        yield running


@pytest.fixture
async def embedded() -> AsyncIterator[demo_servers.DemoServers]:
    """The embedded IMAP and SMTP servers with the account support@shop.example."""
    async with demo_servers.running({"support@shop.example": PASSWORD}) as running:
        yield running
