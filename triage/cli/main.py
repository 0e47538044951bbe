"""The `triage` command: its groups, its exit codes, and how errors are told."""

import sys
from pathlib import Path

import click

from triage import __version__, logs
from triage.cli import audit, cases, check, classify, demo, init, run, training
from triage.cli.context import CONFIG, DEMO_CONFIG
from triage.errors import SettingsError, TriageError

#: Exit codes of the contract: done, fell short, wrong use or configuration.
FELL_SHORT, WRONG_USE = 1, 2


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80})
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


for command in (
    demo.demo, init.init, check.check, run.run, classify.classify, cases.cases, cases.case, audit.audit, training.train, training.evaluate,
):  # fmt: skip
    triage.add_command(command)


def main() -> None:
    """Run the command line; exits 0 when done, 1 when it fell short, 2 on wrong use or configuration."""
    try:
        code = triage.main(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(FELL_SHORT)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except SettingsError as error:
        for line in error.problems:
            click.echo(f"triage: {line}", err=True)
        sys.exit(WRONG_USE)
    except TriageError as error:
        click.echo(f"triage: {error}", err=True)
        sys.exit(FELL_SHORT)
    except BrokenPipeError:
        # `triage cases | head`: the reader has seen enough. Python would complain once more while closing.
        sys.stderr.close()
        sys.exit(0)
    sys.exit(code if isinstance(code, int) else 0)
