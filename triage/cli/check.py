"""`triage check`: prove every part of the configuration."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TypeVar

import click

from triage import app, installation
from triage.case import State
from triage.classifier.model import Model
from triage.classifier.sentences import SentenceModel
from triage.classifier.shelf import MODELS, Shelf
from triage.cli.check_orders import DoubtError, orders_said, payments_said
from triage.cli.context import print_json, program, run_async, settings
from triage.cli.places import printable
from triage.clocks.tell import zone
from triage.errors import PermanentError, TemplateError, TriageError
from triage.mailbox.imap import ImapMailbox
from triage.message import MailboxStatus
from triage.people import People
from triage.policy.states import folders_of
from triage.policy.table import Policy
from triage.ports import Transaction
from triage.sections.servers import MailboxSettings, SubmissionSettings
from triage.servers import Servers
from triage.settings import Settings
from triage.stages import draft, sent
from triage.stores import open_case_store

T = TypeVar("T")

#: Clocks of two machines differ a little.
_TOLERANCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class _Verdict:
    """How one part fared."""

    part: str
    good: bool
    said: str
    #: It works, and probably not as it is meant to.
    doubtful: bool = False

    @property
    def mark(self) -> str:
        """The word before the line."""
        return ("warn" if self.doubtful else "ok  ") if self.good else "FAIL"


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.pass_context
def check(context: click.Context, as_json: bool) -> None:
    """Prove every part of the configuration; changes nothing on the servers.

    The parts: policy, people, calendar, templates, model, store, clock, SMTP and its fallback servers, the folder of receipt copies,
    the order system, and each mailbox with its folders.
    """
    chosen = settings(context)
    verdicts = run_async(_check(chosen))
    if as_json:
        print_json(
            {
                "mode": chosen.mode,
                "parts": [{"part": it.part, "good": it.good, "doubtful": it.doubtful, "said": it.said} for it in verdicts],
            }
        )
    else:
        for verdict in verdicts:
            click.echo(f"{verdict.mark} {verdict.part}: {printable(verdict.said)}")
    context.exit(0 if all(verdict.good for verdict in verdicts) else 1)


async def _check(chosen: Settings) -> list[_Verdict]:
    parts: list[tuple[str, Callable[[Settings], Awaitable[str]]]] = [
        ("policy", _policy),
        ("people", _people),
        ("reports", _reports),
        ("calendar", _calendar),
        ("templates", _templates),
        ("model", _model),
        ("store", _store),
        ("clock", _clock),
        ("smtp", partial(_submission, chosen.smtp)),
        *((f"smtp fallback {its.host} port {its.port}", partial(_submission, its)) for its in chosen.smtp.fallback),
    ]
    parts += [("receipts", _receipts)] if chosen.smtp.receipt_address else []
    parts += [("orders", orders_said)] if chosen.orders else []
    parts += [("payments", payments_said)] if chosen.payments else []
    verdicts = [await _try(part, prove(chosen)) for part, prove in parts]
    for name, its in chosen.mailbox.items():
        verdicts.append(await _try(f"mailbox {name}", _mailbox(name, its, chosen)))
    return verdicts


async def _try(part: str, proof: Awaitable[str]) -> _Verdict:
    try:
        return _Verdict(part, good=True, said=await proof)
    except DoubtError as doubt:
        return _Verdict(part, good=True, said=str(doubt), doubtful=True)
    except TriageError as error:
        return _Verdict(part, good=False, said=str(error))


async def _policy(chosen: Settings) -> str:
    policy = installation.load_policy(chosen)
    unknown = sorted(policy.departments - set(chosen.departments))
    missing = f"; not configured, so their cases stay with support: {', '.join(unknown)}" if unknown else ""
    counted = f"{len(policy.categories)} categories, {len(policy.trigger)} triggers, {len(policy.departments)} departments"
    return f"{counted}, {_deadlines(policy)}{missing}"


def _deadlines(policy: Policy) -> str:
    """How many a case may have: those of [promises] that are not off, and that of a department which is called upon."""
    spans = policy.promises
    kinds = ("acknowledge", "assign", "answer", "solve", "resolve", "update", "check")
    topics = [policy.topic(category, issue) for category, issue in policy.matters]
    own = sum((topic.acknowledge, topic.resolve) != (spans.acknowledge, spans.resolve) for topic in topics)
    return f"{sum(getattr(spans, kind) != 'off' for kind in kinds) + 1} deadlines{f' ({own} matters have others)' if own else ''}"


async def _people(chosen: Settings) -> str:
    at_work = sum(agent.active for agent in chosen.agents.values())
    said = f"{at_work} agents, {len(chosen.departments)} departments"
    if at_work and chosen.people.require_authentication and not chosen.authserv_id:
        # Nobody's mail would be obeyed, and each answer would come back with an explanation.
        raise DoubtError(
            f"{said}; nobody of them can answer or give orders by mail, because authserv_id is empty: set it to the first word of the "
            "Authentication-Results fields that your mail server adds; only where nobody outside can send in your names, set "
            "[people] require_authentication = false instead"
        )
    return said


async def _reports(chosen: Settings) -> str:
    wanted = chosen.reports
    if not wanted.send:
        return "made by command only"
    keys = wanted.to or (installation.load_policy(chosen).escalation.management,)
    colleagues = People.of(chosen).colleagues
    readers = [colleagues[key].name for key in keys if key in colleagues]
    if not readers:
        absent = ", ".join(keys)
        raise DoubtError(
            f"mailed to nobody, because {absent} is not configured: set [reports] to, or add [departments.{keys[0]}], or send = []"
        )
    return f"of each {', '.join(wanted.send)} to {', '.join(readers)}"


async def _calendar(chosen: Settings) -> str:
    calendar, public, now = installation.load_calendar(chosen), installation.public_holiday(chosen), app.utc_now()
    staffed = calendar.staffed_between(now, now + timedelta(days=28)) / timedelta(hours=1)
    if not staffed:
        raise PermanentError("nobody is at work within the next four weeks: expected some hours")
    days = (now.date() + timedelta(days=ahead) for ahead in range(366))
    named = next((f"; the next public holiday is {day} ({name})" for day in days if (name := public(day))), "; no public holidays")
    return f"{staffed:.0f} staffed hours in the next four weeks{named}"


async def _templates(chosen: Settings) -> str:
    policy = installation.load_policy(chosen)
    problems = installation.load_writer(chosen, policy).problems(policy.matters)
    if problems := problems + installation.load_drafter(chosen, policy).problems(policy.matters, app.utc_now()):
        raise TemplateError("; ".join(problems))
    return f"{len(installation.template_sources(chosen))} templates, tried on {len(policy.matters)} matters"


async def _model(chosen: Settings) -> str:
    folder = chosen.paths.sentence_model
    model = Model.load(Shelf(chosen.paths.state / MODELS, chosen.paths.model).in_use(), SentenceModel(folder) if folder else None)
    if folder and not model.sentences:
        raise DoubtError(
            f"version {model.version} answers by words alone: it was not taught with the sentence model in {folder};"
            f" to do that: {program()} train"
        )
    beside = ", a sentence model beside the words" if model.sentences else ""
    size = f"{len(model.categories)} categories, {len(model.classes)} issues"
    return f"version {model.version}, {size}, unsure below {model.threshold:.2f}{beside}"


async def _store(chosen: Settings) -> str:
    found = await _asked(chosen, lambda tx: len(tx.cases.find()))
    return f"{chosen.paths.store}, {found} cases"


async def _asked(chosen: Settings, question: Callable[[Transaction], T]) -> T:
    store = open_case_store(chosen)
    try:
        return await store.query(question)
    finally:
        await store.close()


async def _clock(chosen: Settings) -> str:
    now, here = app.utc_now(), zone(chosen.identity.time_zone)
    newest = now
    # A store that cannot be asked has said so under its own name.
    with contextlib.suppress(TriageError):
        newest = await _asked(chosen, lambda tx: max((it.opened_at for it in tx.cases.find(limit=1)), default=now))
    if newest > now + _TOLERANCE:
        # Promises are kept by this clock: one that was set back keeps them late.
        raise PermanentError(f"it shows {now:%Y-%m-%d %H:%M} UTC, but the newest case is of {newest:%Y-%m-%d %H:%M}: expected no step back")
    return f"{now:%Y-%m-%d %H:%M:%S} UTC, {now.astimezone(here):%H:%M:%S} in {chosen.identity.time_zone}"


async def _submission(its: SubmissionSettings, chosen: Settings) -> str:
    transport = Servers(chosen).transport(its)
    try:
        return await transport.check()
    finally:
        await transport.close()


async def _receipts(chosen: Settings) -> str:
    smtp, name = chosen.smtp, chosen.receipt_account
    async with _opened(name, chosen) as mailbox:
        status = await mailbox.status(smtp.receipt_folder)
    return f"copies for {smtp.receipt_address} are looked for in {smtp.receipt_folder} of mailbox {name}, which holds {status.exists}"


async def _mailbox(name: str, its: MailboxSettings, chosen: Settings) -> str:
    async with _opened(name, chosen) as mailbox:
        status = await mailbox.status(its.folder)
        folders = [folder for folder in await mailbox.folders() if folder.startswith(its.folder_prefix)]
        said = f"{its.folder} holds {status.exists} messages; {len(folders)} folders under {its.folder_prefix} so far"
        if not its.receive:
            return said
        said = "; ".join((said, *await _done_there(mailbox, status, its, chosen)))
    if status.read_only:
        raise DoubtError(
            f"{said}; but {its.folder} is read-only for {its.username}: mail is answered and nothing can be filed, so grant it"
        )
    return said


async def _done_there(mailbox: ImapMailbox, status: MailboxStatus, its: MailboxSettings, chosen: Settings) -> list[str]:
    """What is done in the account besides taking mail in and filing it, part by part, and what keeps it from being done."""
    parts = (
        (its.watch_sent, "answers are looked for", "sent_folder", its.sent_folder, sent.USE),
        (its.drafts, "answers are suggested", "drafts_folder", its.drafts_folder, draft.USE),
    )
    return [_states(status, its, chosen), *[await _place(mailbox, *part) for wanted, *part in parts if wanted]]


def _states(status: MailboxStatus, its: MailboxSettings, chosen: Settings) -> str:
    if its.states == "off":
        return "the states of cases are not shown"
    kept = all(status.keeps(state.keyword) for state in State)
    keywords = "by keywords" if kept else f"by no keywords, which the server does not keep in {its.folder}"
    if its.states == "keywords":
        return f"the states of cases are shown {keywords}"
    folders = " and ".join(its.folder_prefix + name for name in folders_of(installation.load_policy(chosen)).values())
    return f"the states of cases are shown {keywords}, and by the folders {folders}"


async def _place(mailbox: ImapMailbox, what: str, key: str, named: str, use: str) -> str:
    folder = named or await mailbox.special(use)
    if not folder:
        return f"no {what}: the server marks no folder as {use}, name it by {key}"
    there = folder in await mailbox.folders()
    return f"{what} in {folder}" + ("" if there else f", which is not there yet (is {key} right?)")


@contextlib.asynccontextmanager
async def _opened(name: str, chosen: Settings) -> AsyncIterator[ImapMailbox]:
    mailbox = Servers(chosen).mailbox(name)
    try:
        yield mailbox
    finally:
        await mailbox.close()
