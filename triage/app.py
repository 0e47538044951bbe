"""Settings become adapters and stages: the only place that names concrete adapters."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from triage import order_parts, payment_parts
from triage.alarm import AlarmBoard, Told
from triage.alarms.file import FileChannel, read_alarms
from triage.alarms.log import LogChannel
from triage.alarms.systemd import Systemd
from triage.alarms.webhook import WebhookChannel
from triage.books import open_book
from triage.clocks.tell import zone
from triage.inquiry import OrderBook
from triage.installation import read_plan
from triage.learned import Learned
from triage.mailbox.imap import ImapMailbox
from triage.outgoing import Outgoing
from triage.parts import Parts, parts_of
from triage.people import People
from triage.ports import AlarmChannel, Expiring, Mailbox, Now, Reader, Store
from triage.printing import Press
from triage.reader import prepare, read_message
from triage.servers import Servers
from triage.settings import Settings
from triage.stages.canary import Canary
from triage.stages.correct import Corrector
from triage.stages.decide import Decide
from triage.stages.deliver import Deliver
from triage.stages.draft import Drafts
from triage.stages.expiry import Expiry
from triage.stages.file import File
from triage.stages.front_desk import FrontDesk
from triage.stages.hear import Hear
from triage.stages.learn import Learn
from triage.stages.log import KeepLog
from triage.stages.loop import Bell, Stage
from triage.stages.pulse import Pulses
from triage.stages.receipts import Receipts
from triage.stages.receive import Receive
from triage.stages.release import Release
from triage.stages.report import Report
from triage.stages.sent import SentWatch
from triage.stages.states import States
from triage.stages.tend import Tend
from triage.stages.vitals import Vitals
from triage.stages.warn import Warn
from triage.stages.watch import FolderWatch
from triage.store.sqlite import open_for_daemon
from triage.transport.smtp import SmtpTransport
from triage.workers.pool import ReaderPool

#: In the state folder: the alarms that stand.
ALARMS = "alarms.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What looks after the daemon itself: it needs no mail server."""

    board: AlarmBoard
    pulses: Pulses
    vitals: Vitals
    warn: Warn
    systemd: Systemd


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """A running assembly: the stages in the order a message passes them."""

    settings: Settings
    now: Now
    #: What an operator must know.
    board: AlarmBoard
    store: Store
    mailboxes: dict[str, Mailbox]
    receive: tuple[Receive, ...]
    decide: Decide
    #: None in shadow mode, in which nothing leaves.
    deliver: Deliver | None
    #: None without an audit mailbox.
    receipts: Receipts | None
    #: Lets go what waited out a flood; None in shadow mode.
    release: Release | None
    #: Mails to ourselves; None in shadow mode, and where it is not asked for.
    canary: Canary | None
    file: tuple[File, ...]
    states: tuple[States, ...]
    folders: tuple[FolderWatch, ...]
    sent: tuple[SentWatch, ...]
    drafts: tuple[Drafts, ...]
    learn: Learn
    tend: Tend
    #: Keeps the customer-service log.
    log: KeepLog
    #: What is done about orders and payments beside the mail; nothing without an order system, and without payment providers.
    orders: tuple[Stage, ...]
    #: Listens to payment providers; None where nobody is to.
    hear: Hear | None
    #: Mails management how it went.
    report: Report
    #: Whoever gives out cases and tells of them; nobody where no agents are configured.
    desk: tuple[Stage, ...]
    expiry: Expiry
    watch: Watch

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages that mail passes, in that order; the watch over them runs beside."""
        sending: tuple[Stage, ...] = tuple(stage for stage in (self.release, self.deliver, self.receipts, self.canary) if stage)
        beside: tuple[Stage, ...] = (*self.file, *self.folders, *self.sent, *self.orders, *self.drafts, *self.states)
        return (*self.receive, self.decide, *self.desk, *sending, *beside, self.learn, self.tend, self.log, self.report)


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def vitals(settings: Settings, store: Store, board: AlarmBoard, now: Now = utc_now) -> Vitals:
    """The watch over promises, for a command beside a daemon that may be dead."""
    return parts_of(settings, now).vitals(store, Pulses(now), board)


def learned(settings: Settings) -> Learned:
    """What was learned from people, beside the model that came with the program."""
    return Learned(settings.paths.state, settings.paths.model, settings.learning.at_most, sentence_model=settings.paths.sentence_model)


def corrector(settings: Settings) -> Corrector:
    """Whoever corrects cases, for a command beside the daemon."""
    return parts_of(settings, utc_now).corrector()


def front_desk(settings: Settings) -> FrontDesk:
    """Whoever opens cases that are taken down by hand."""
    parts = parts_of(settings, utc_now)
    return FrontDesk(policy=parts.policy, people=parts.people, due=parts.due, recorder=parts.recorder)


def keep_log(settings: Settings, store: Store) -> KeepLog:
    """Whoever keeps the customer-service log, for a command that reads it beside a daemon or without one."""
    return KeepLog(store=store, people=People.of(settings), now=utc_now)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """The way out; nothing in shadow mode but the grants of access."""

    servers: Mapping[str, SmtpTransport] = field(default_factory=dict)
    grants: Mapping[str, Expiring] = field(default_factory=dict)
    deliver: Deliver | None = None
    receipts: Receipts | None = None


@contextlib.asynccontextmanager
async def assembled(
    settings: Settings, now: Now = utc_now, reader: Reader | None = None, board: AlarmBoard | None = None
) -> AsyncIterator[App]:
    """The whole daemon, put together and taken apart again in reverse order; a reader that is lent is used and left running."""
    async with contextlib.AsyncExitStack() as stack:
        parts = parts_of(settings, now, board)
        store = open_for_daemon(settings.paths.store, settings.identity.case_prefix)
        stack.push_async_callback(store.close)
        if reader is None:
            reader = reader_pool(settings)
            stack.push_async_callback(reader.close)
        servers = Servers(settings)
        mailboxes = {name: servers.mailbox(name) for name in settings.mailbox}
        for mailbox in mailboxes.values():
            stack.push_async_callback(mailbox.close)
        book = open_book(settings)
        if book:
            stack.push_async_callback(book.close)
        way = await _way(parts.outgoing(store), servers, stack) if parts.recorder.live else _Way(grants=servers.grants)
        app = _app(parts, store, reader, mailboxes, way, book=book)
        stack.push_async_callback(app.decide.close)
        stack.push_async_callback(app.learn.close)
        if app.hear:
            stack.push_async_callback(app.hear.rest)
        yield app


def _report(parts: Parts, store: Store, log: KeepLog) -> Report:
    return Report(
        parts.settings.reports,
        store=store,
        press=Press(parts.settings),
        log=log,
        people=parts.people,
        management=parts.policy.escalation.management,
        recorder=parts.recorder,
        now=parts.now,
        where=zone(parts.settings.identity.time_zone),
        to_send=parts.to_send,
    )


def _app(parts: Parts, store: Store, reader: Reader, mailboxes: Mapping[str, ImapMailbox], way: _Way, *, book: OrderBook | None) -> App:
    expiring: dict[str, Expiring] = {f"mailbox {name}": mailbox for name, mailbox in mailboxes.items()}
    canary = parts.canary(store, mailboxes, way.deliver) if way.deliver else None
    heard = Bell()
    accounts, log = parts.accounts(store, mailboxes), KeepLog(store=store, people=parts.people, now=parts.now)
    return App(
        settings=parts.settings,
        now=parts.now,
        board=parts.board,
        store=store,
        mailboxes=dict(mailboxes),
        receive=tuple(parts.receive(store, mailboxes)),
        decide=parts.decide(store, reader, order_parts.inquiry(parts, book)),
        deliver=way.deliver,
        receipts=way.receipts,
        release=parts.release(store, way.deliver) if way.deliver else None,
        canary=canary,
        file=tuple(accounts.file()),
        states=tuple(accounts.states()),
        folders=tuple(accounts.folders()),
        sent=tuple(accounts.sent(reader)),
        drafts=tuple(accounts.drafts()),
        learn=parts.learn(store, learned(parts.settings)),
        tend=parts.tend(store),
        log=log,
        report=_report(parts, store, log),
        orders=(*order_parts.beside(parts, store, book), *payment_parts.settling(parts, store, book, heard)),
        hear=payment_parts.listener(parts, store, heard),
        desk=tuple(parts.desk(store)),
        expiry=parts.expiry({**expiring, **way.servers}, way.grants),
        watch=_watch(parts, store, way.deliver, canary),
    )


def _watch(parts: Parts, store: Store, deliver: Deliver | None, canary: Canary | None) -> Watch:
    alarms, systemd, pulses = parts.settings.alarms, Systemd(), Pulses(parts.now)
    # What the file of the last run says is taken down where it no longer stands.
    left = read_alarms(parts.settings.paths.state / ALARMS)
    parts.board.told.setdefault(FileChannel.name, {alarm.kind: Told(alarm=alarm, times=1, at=alarm.since) for alarm in left})
    return Watch(
        board=parts.board,
        pulses=pulses,
        vitals=parts.vitals(store, pulses, parts.board, deliver, canary),
        warn=Warn(board=parts.board, channels=_channels(parts.settings, systemd), again=alarms.again, now=parts.now),
        systemd=systemd,
    )


def _channels(settings: Settings, systemd: Systemd) -> list[AlarmChannel]:
    its = settings.alarms
    channels: list[AlarmChannel] = [LogChannel(), FileChannel(settings.paths.state / ALARMS), systemd]
    if its.webhook:
        channels.append(WebhookChannel(its.webhook, its.webhook_secret.reveal("alarms.webhook") if its.webhook_secret else ""))
    return channels


async def _way(outgoing: Outgoing, servers: Servers, stack: contextlib.AsyncExitStack) -> _Way:
    settings, smtp = outgoing.settings, outgoing.settings.smtp
    ways = {f"{its.host}:{its.port}": servers.transport(its, smtp.receipt_address) for its in (smtp, *smtp.fallback)}
    for transport in ways.values():
        stack.push_async_callback(transport.close)
    deliver = outgoing.deliver(list(ways.items()))
    stack.push_async_callback(deliver.close)
    if not smtp.receipt_address:
        return _Way(servers=ways, grants=servers.grants, deliver=deliver)
    # A connection of its own: the one that takes mail in need not change folders for it.
    mailbox = servers.mailbox(settings.receipt_account)
    stack.push_async_callback(mailbox.close)
    return _Way(servers=ways, grants=servers.grants, deliver=deliver, receipts=outgoing.receipts(mailbox))


def reader_pool(settings: Settings) -> ReaderPool:
    """Processes that read messages as these settings say."""
    limits = settings.read
    ready = partial(prepare, read_plan(settings), settings.paths)
    return ReaderPool(read_message, ready, workers=limits.workers, time=limits.time, memory_mb=limits.memory_mb)
