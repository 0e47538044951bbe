"""The `triage` command: its groups, its exit codes, and how errors are told."""

import io
import os
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import click

from triage import __version__, logs
from triage.cli.context import CONFIG, DEMO_CONFIG, printable
from triage.errors import SettingsError, TriageError

#: Exit codes of the contract: done, fell short, wrong use or configuration.
DONE, FELL_SHORT, WRONG_USE = 0, 1, 2

#: Where each command is; imported when it is called, so that a list of cases does not wait for the demo's mail servers.
COMMANDS = {
    "demo": "triage.cli.demo",
    "init": "triage.cli.init",
    "check": "triage.cli.check",
    "run": "triage.cli.run",
    "classify": "triage.cli.classify",
    "cases": "triage.cli.cases",
    "case": "triage.cli.cases",
    "log": "triage.cli.log",
    "audit": "triage.cli.audit",
    "retry": "triage.cli.retry",
    "health": "triage.cli.health",
    "flood": "triage.cli.flood",
    "model": "triage.cli.model",
    "train": "triage.cli.training",
    "evaluate": "triage.cli.training",
}


class Commands(click.Group):
    """The commands of the table, in its order."""

    def list_commands(self, _context: click.Context) -> list[str]:
        """Names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        """The command of that name; None where there is none."""
        if name not in COMMANDS:
            return None
        command = getattr(import_module(COMMANDS[name]), name)
        return command if isinstance(command, click.Command) else None

    def invoke(self, context: click.Context) -> object:
        """What the command returns; `triage cases | head` has done what was asked when its reader has seen enough."""
        try:
            return super().invoke(context)
        except (BrokenPipeError, SystemExit) as ended:
            # click and rich would take it for a failure; rich has turned it into an exit already.
            if not isinstance(ended, BrokenPipeError) and not isinstance(ended.__context__, BrokenPipeError):
                raise
        _drop_output()
        raise click.exceptions.Exit(DONE)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80})
@click.option(
    "--config", type=click.Path(path_type=Path), default=None, help=f"Configuration file (default {CONFIG}, else the demo's {DEMO_CONFIG})."
)
@click.version_option(__version__, prog_name="triage")
@click.pass_context
def triage(context: click.Context, config: Path | None) -> None:
    """Sort a marketplace's support mailbox: open cases, acknowledge, escalate.

    Start with `triage demo`, which needs no configuration.
    """
    context.obj = config
    logs.configure(level="warning")


def main() -> None:
    """Run the command line; exits 0 when done, 1 when it fell short, 2 on wrong use or configuration."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # What a terminal of another charset cannot show is spelled out instead of ending the command.
            stream.reconfigure(errors="backslashreplace")
    try:
        code = triage.main(standalone_mode=False)
        _flush()
    except click.exceptions.Abort:
        _complain("aborted")
        sys.exit(FELL_SHORT)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except SettingsError as error:
        _complain(*error.problems)
        sys.exit(WRONG_USE)
    except (TriageError, OSError) as error:
        # A disk that is full, a file that may not be read: the system's own words name it well enough.
        _drop_output()
        _complain(*str(error).splitlines())
        sys.exit(FELL_SHORT)
    sys.exit(code if isinstance(code, int) else DONE)


def _flush() -> None:
    # Here, and not while Python ends: what cannot be written is then told like any other error.
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_output()


def _drop_output() -> None:
    # What is still buffered goes nowhere, or Python would complain while it ends; a stream in memory has no such end.
    with suppress(io.UnsupportedOperation), Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def _complain(*lines: str) -> None:
    for line in lines:
        click.echo(f"triage: {printable(line)}", err=True)
