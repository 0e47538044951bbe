"""`triage cases` and `triage case`: lists, and one case's whole history."""

from collections.abc import Callable
from typing import TypeVar

import click

from triage.case import CaseStatus
from triage.cli.case_view import WholeCase, case_json, list_cases, show_case, whole_json
from triage.cli.context import print_json, run_async, settings
from triage.ports import Transaction
from triage.settings import Settings
from triage.stores import open_case_store

T = TypeVar("T")


@click.command()
@click.option("--status", type=click.Choice([status.value for status in CaseStatus]), default=None, help="Only cases that stand so.")
@click.option("--category", default="", help="Only cases of this category.")
@click.option("--requester", default="", metavar="ADDRESS", help="Only this customer's cases.")
@click.option("--limit", type=click.IntRange(min=0), default=50, show_default=True, help="The newest so many; 0 for all.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.pass_context
def cases(context: click.Context, *, status: str | None, category: str, requester: str, limit: int, as_json: bool) -> None:
    """List cases, newest first."""
    wanted = CaseStatus(status) if status else None
    found = run_async(
        _query(settings(context), lambda tx: tx.cases.find(status=wanted, category=category, requester=requester, limit=limit))
    )
    if as_json:
        print_json({"cases": [case_json(case) for case in found]})
    else:
        list_cases(found)


class _Case(click.Group):
    """`triage case NUMBER` shows a case; what is no number is a command of its own."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """The arguments, with the command that shows a case where none is named."""
        if args and args[0] not in ("new", "show", *context.help_option_names):
            args = ["show", *args]
        return super().parse_args(context, args)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command of that name; None where there is none."""
        if name == "new":
            from triage.cli.case_new import new

            return new
        return super().get_command(context, name)

    def list_commands(self, _context: click.Context) -> list[str]:
        """Names of the commands."""
        return ["show", "new"]


@click.group(cls=_Case)
def case() -> None:
    """Show everything known of one case, or correct it: `triage case NUMBER`; open one by hand: `triage case new`."""


@case.command()
@click.argument("number")
@click.option("--category", "matter", default="", metavar="CATEGORY[/ISSUE]", help="Correct what it is about; also: spam, unsorted.")
@click.option("--by", default="", metavar="NAME", help="Who corrects it (default: the system user).")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.pass_context
def show(context: click.Context, number: str, *, matter: str, by: str, as_json: bool) -> None:
    """Show everything known of one case, e.g. `triage case SP-100001`, or correct it.

    A correction refiles the messages, tells the department that must act, and teaches: similar messages get the corrected answer.
    """
    chosen = settings(context)
    if matter:
        from triage.cli.correcting import correct

        correct(chosen, number, matter, by)
    found = run_async(_query(chosen, lambda tx: _whole(tx, number)))
    if found is None:
        raise click.ClickException(f"there is no case {number!r}: expected a number as `triage cases` lists them")
    if as_json:
        print_json(whole_json(found))
    else:
        show_case(found)


async def _query(chosen: Settings, work: Callable[[Transaction], T]) -> T:
    store = open_case_store(chosen)
    try:
        return await store.query(work)
    finally:
        await store.close()


def _whole(tx: Transaction, number: str) -> WholeCase | None:
    found = tx.cases.by_number(number)
    if found is None:
        return None
    return WholeCase(
        case=found,
        events=tx.cases.events(found.id),
        messages=tx.messages.of_case(found.id),
        deliveries=tx.deliveries.of_case(found.id),
        deadlines=tx.deadlines.of_case(found.id),
    )
