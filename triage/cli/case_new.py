"""`triage case new`: a case from the telephone, a chat or the counter, so that the log is complete."""

import sys
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

import click

from triage import app, installation
from triage.case import Case
from triage.cli.case_view import case_json
from triage.cli.context import print_json, run_async, settings
from triage.cli.correcting import ruling_of, system_user
from triage.clocks.tell import zone
from triage.entry import Channel
from triage.message import MessageKey, RawMessage
from triage.people import People
from triage.policy.by_hand import Contact
from triage.reader import prepare, read_message
from triage.reading import Classification, Reading
from triage.sections.values import is_addr_spec
from triage.settings import Settings
from triage.stores import open_case_store

_CHANNELS = [Channel.PHONE.value, Channel.CHAT.value, Channel.WALK_IN.value]


@click.command()
@click.option("--channel", type=click.Choice(_CHANNELS), required=True, help="How the customer reached us.")
@click.option("--text", required=True, help="What the customer said; - reads it from standard input.")
@click.option("--subject", default="", help="In a few words (default: the first words of the text).")
@click.option("--name", default="", help="The customer's name.")
@click.option("--email", default="", metavar="ADDRESS", help="The customer's address.")
@click.option("--phone", default="", help="The customer's telephone number.")
@click.option("--order", "orders", multiple=True, metavar="NUMBER", help="An order number; may be given several times.")
@click.option("--category", "matter", default="", metavar="CATEGORY[/ISSUE]", help="What it is about (default: as the classifier says).")
@click.option("--by", default="", metavar="NAME", help="Who took it down: an agent then looks after it (default: the system user).")
@click.option(
    "--at",
    "when",
    type=click.DateTime(["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"]),
    default=None,
    help="When it was (default: now).",
)
@click.option("--acknowledge", is_flag=True, help="Mail the case number to the customer; needs --email.")
@click.option("--resolved", default="", metavar="TEXT", help="It was settled at once, and this is how.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.pass_context
def new(context: click.Context, /, *, text: str, matter: str, as_json: bool, **said: object) -> None:
    """Open a case that did not come by mail, with everything that follows from one."""
    chosen = settings(context)
    text = sys.stdin.read() if text == "-" else text
    contact = _contact(chosen, **said)
    email, subject = str(said["email"]), str(said["subject"])
    if email and not is_addr_spec(email):
        raise click.BadParameter(f"{email!r}: expected a plain address such as ann@customer.example", param_hint="--email")
    if contact.acknowledge and not email:
        raise click.BadParameter("expected --email, too: there is no address to write to", param_hint="--acknowledge")
    if not text.strip():
        raise click.BadParameter("it is empty: expected what the customer said", param_hint="--text")
    raw = _as_message(contact, text, subject or " ".join(text.split()[:8]), email)
    opened = run_async(_open(chosen, raw, _read(chosen, raw, matter, contact), contact))
    if as_json:
        print_json(case_json(opened))
    else:
        click.echo(f"{opened.number} is open: {opened.category}{'/' if opened.issue else ''}{opened.issue}, {opened.status}")


def _contact(chosen: Settings, **said: object) -> Contact:
    where, when = zone(chosen.identity.time_zone), said["when"]
    at, now = (_local(when, where) if isinstance(when, datetime) else app.utc_now()), app.utc_now()
    if at > now:
        raise click.BadParameter("it is in the future: expected when the customer reached us", param_hint="--at")
    wanted = " ".join(str(said["by"]).casefold().split())
    agents = People.of(chosen).agents_at_work
    agent = next((it for it in agents if wanted and wanted in (it.key.casefold(), it.name.casefold(), *it.addresses)), None)
    orders = said["orders"]
    return Contact(
        channel=Channel(str(said["channel"])),
        at=at,
        by=agent.name if agent else str(said["by"]) or system_user(),
        agent=agent.key if agent else "",
        customer=str(said["name"]),
        phone=str(said["phone"]),
        order_numbers=tuple("".join(str(one).split()).upper() for one in orders) if isinstance(orders, tuple) else (),
        acknowledge=bool(said["acknowledge"]),
        resolution=str(said["resolved"]),
    )


def _local(when: datetime, where: tzinfo) -> datetime:
    return when.replace(tzinfo=where).astimezone(UTC)


def _as_message(contact: Contact, text: str, subject: str, email: str) -> RawMessage:
    """What was said in the form of a message, so that it is read, and card numbers are masked, as in mail."""
    message = EmailMessage()
    if email:
        message["From"] = formataddr((contact.customer, email))
    message["Subject"], message["Date"] = " ".join(subject.split()), format_datetime(contact.at)
    message.set_content("\n".join(filter(None, (text.strip(), "", contact.customer, contact.phone))))
    content = bytes(message).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    key = MessageKey(account="", mailbox=contact.channel.value, uid_validity=1, uid=0)
    return RawMessage(key=key, received_at=contact.at, content=content, size=len(content))


def _read(chosen: Settings, raw: RawMessage, matter: str, contact: Contact) -> Reading:
    ruling = ruling_of(matter, installation.load_policy(chosen)) if matter else None
    prepare(installation.read_plan(chosen), chosen.paths)
    reading = read_message(raw)
    if ruling is None or ruling.unsorted:
        return reading
    said = Classification(category=ruling.category, issue=ruling.issue, confidence=1.0, reasons=(f"said by {contact.by}",))
    return replace(reading, classification=said)


async def _open(chosen: Settings, raw: RawMessage, reading: Reading, contact: Contact) -> Case:
    store, desk = open_case_store(chosen), app.front_desk(chosen)
    try:
        return await store.transact(lambda tx: desk.open(tx, raw, reading, contact, app.utc_now()))
    finally:
        await store.close()
