"""`triage case NUMBER --category …`: a person says what a case is about."""

import getpass

import click

from triage import app
from triage.case import Case
from triage.cli.context import run_async
from triage.correction import Provenance, Ruling
from triage.installation import load_policy
from triage.policy.folders import SPAM_RULING
from triage.policy.table import Policy
from triage.ports import Transaction
from triage.settings import Settings
from triage.stores import open_case_store


def correct(chosen: Settings, number: str, matter: str, by: str) -> None:
    """Correct the case while the daemon runs or not; it notices within a minute."""
    ruling = ruling_of(matter, load_policy(chosen))
    known, changed = run_async(_correct(chosen, number, ruling, by or system_user()))
    # On standard error: with --json, standard output is one document.
    if known:
        click.echo(f"{number.upper()}: {'corrected' if changed else 'nothing to correct'}", err=True)


def ruling_of(matter: str, policy: Policy) -> Ruling:
    """What a person means by CATEGORY or CATEGORY/ISSUE, spam or unsorted; an error names those there are."""
    named = {"spam": SPAM_RULING, "unsorted": Ruling()}
    category, _, issue = matter.strip().lower().partition("/")
    if matter in named:
        return named[matter]
    if (category, issue) in policy.matters:
        return Ruling(category=category, issue=issue)
    issues = [known for owner, known in policy.matters if owner == category and known]
    expected = f"one of {category}/{{{', '.join(issues)}}}" if issues else f"one of {', '.join((*policy.categories, *named))}"
    raise click.BadParameter(f"{matter!r}: expected {expected}", param_hint="--category")


async def _correct(chosen: Settings, number: str, ruling: Ruling, author: str) -> tuple[bool, bool]:
    store = open_case_store(chosen)
    corrector = app.corrector(chosen)

    def work(tx: Transaction) -> tuple[Case | None, Case | None]:
        case = tx.cases.by_number(number)
        if case is None:
            return None, None
        return case, corrector.correct(tx, case, ruling, author=author, provenance=Provenance.CLI, now=app.utc_now())

    try:
        case, after = await store.transact(work)
        if after:
            # The readers of a running daemon and `triage classify` know it from now on.
            app.learned(chosen).publish(*await store.query(lambda tx: (tx.corrections.all(), tx.corrections.latest())))
    finally:
        await store.close()
    return case is not None, after is not None


def system_user() -> str:
    """Who is at the command line, as far as the system knows."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container may run as a number that has no name.
        return "somebody at the command line"
