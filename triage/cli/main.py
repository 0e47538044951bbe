"""The `triage` command: its groups, its exit codes, and how errors are told."""

import io
import os
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import click

from triage import __version__
from triage.cli.places import CONFIG, DEMO_CONFIG, printable
from triage.errors import SettingsError, TriageError

#: Exit codes of the contract: done, fell short, wrong use or configuration.
DONE, FELL_SHORT, WRONG_USE = 0, 1, 2

#: Where each command is and what it does; imported when it is called, so that a list of cases does not wait for the demo's mail servers.
COMMANDS = {
    "demo": ("triage.cli.demo", "Play a day of support mail on embedded servers."),
    "init": ("triage.cli.init", "Write a configuration by asking."),
    "check": ("triage.cli.check", "Prove every part of the configuration."),
    "run": ("triage.cli.run", "Run the daemon, or one pass over everything due."),
    "classify": ("triage.cli.classify", "Say what messages are about, and why."),
    "policy": ("triage.cli.policy", "Show what the policy would do, before it does."),
    "cases": ("triage.cli.cases", "List cases, newest first."),
    "case": ("triage.cli.cases", "Show everything known of one case, or correct it."),
    "log": ("triage.cli.log", "Print the customer-service log."),
    "report": ("triage.cli.report", "Report on a week, month or quarter."),
    "evidence": ("triage.cli.evidence", "Put what speaks for us in a dispute into one file."),
    "audit": ("triage.cli.audit", "Account for every message, reply and receipt."),
    "retry": ("triage.cli.retry", "Look at what is stuck, and decide on it."),
    "forget": ("triage.cli.forget", "Show what is known of a person, and erase it."),
    "health": ("triage.cli.health", "Say whether every promise will be kept, and what is wrong."),
    "flood": ("triage.cli.flood", "Look at a flood's held acknowledgments, and decide on them."),
    "model": ("triage.cli.model", "List, compare and choose models."),
    "train": ("triage.cli.training", "Teach the classifier."),
    "evaluate": ("triage.cli.training", "Measure the classifier on labelled messages."),
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
        command = getattr(import_module(COMMANDS[name][0]), name)
        return command if isinstance(command, click.Command) else None

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands in two columns, without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, said) for name, (_module, said) in COMMANDS.items()])

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
    from triage import logs

    context.obj = config
    logs.configure(level="warning")


def main() -> None:
    """Run the command line; exits 0 when done, 1 when it fell short, 2 on wrong use or configuration."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # What a terminal of another charset cannot show is spelled out instead of ending the command.
            stream.reconfigure(errors="backslashreplace")
    try:
        # By name, whatever started us: `python -m triage`, or a test.
        code = triage.main(prog_name="triage", standalone_mode=False)
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
