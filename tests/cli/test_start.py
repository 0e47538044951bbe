"""What a command loads before it does anything: no more than it needs."""

import subprocess
import sys
from importlib import import_module

import click
import pytest

from triage.cli.main import COMMANDS

#: What readers parse, extract and classify with, and what only some daemons use.
HEAVY = ("lxml", "mailparser", "phonenumbers", "inscriptis", "httpx", "sklearn", "pymap", "aiosmtpd", "triage.classifier.model")


def loaded(module: str) -> set[str]:
    """What is loaded once that module is."""
    code = f"import sys, {module}; print(*sys.modules)"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


def test_the_daemon_leaves_to_its_readers_what_they_read_with() -> None:
    """No library for parsing, extraction or models is loaded twice."""
    assert not loaded("triage.cli.run").intersection(HEAVY)


def test_help_needs_no_command() -> None:
    """Neither the settings nor the store nor the logs are loaded for a list of commands."""
    assert not loaded("triage.cli.main").intersection(
        (*HEAVY, "triage.settings", "triage.logs", "sqlite_utils", "pydantic", "rich", "numpy")
    )


def test_a_list_of_cases_needs_no_daemon() -> None:
    """The store alone is opened."""
    assert not loaded("triage.cli.cases").intersection((*HEAVY, "triage.app", "jinja2"))


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_is_where_the_list_says(name: str) -> None:
    """It has a name of its own, help, and a line in the list that fits a terminal of 80 columns."""
    module, said = COMMANDS[name]
    command = getattr(import_module(module), name)
    assert isinstance(command, click.Command)
    assert command.name == name
    assert command.help
    assert said.endswith(".")
    assert len(f"  {max(COMMANDS, key=len)}  {said}") <= 80
