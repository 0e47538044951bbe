"""Settings become adapters and stages: the only place that names concrete adapters."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from triage.alarm import AlarmBoard
from triage.alarms.file import FileChannel
from triage.alarms.log import LogChannel
from triage.alarms.systemd import Systemd
from triage.alarms.webhook import WebhookChannel
from triage.clocks.due import due_at
from triage.clocks.tell import zone
from triage.installation import load_policy, load_writer, read_plan, secret_key
from triage.mailbox.imap import ImapMailbox
from triage.outgoing import Outgoing
from triage.people import People
from triage.policy.folders import rulings
from triage.policy.table import Policy
from triage.ports import AlarmChannel, Mailbox, Now, Reader, Store, Transport
from triage.rules.context import RuleContext
from triage.sections.servers import MailboxSettings
from triage.settings import Settings
from triage.stages.correct import Corrector
from triage.stages.decide import Decide
from triage.stages.deliver import Deliver
from triage.stages.file import File
from triage.stages.judge import Judge
from triage.stages.loop import Bell, Stage
from triage.stages.moved import Moved
from triage.stages.pulse import Pulses
from triage.stages.receipts import Receipts
from triage.stages.receive import Receive
from triage.stages.record import Recorder
from triage.stages.tend import Tend
from triage.stages.vitals import Vitals
from triage.stages.warn import Warn
from triage.stages.watch import FolderWatch
from triage.store.sqlite import SqliteStore, open_for_daemon, open_store
from triage.transport.smtp import SmtpTransport
from triage.worker import prepare, read_message
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
    file: tuple[File, ...]
    folders: tuple[FolderWatch, ...]
    tend: Tend
    watch: Watch

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages that mail passes, in that order; the watch over them runs beside."""
        sending: tuple[Stage, ...] = tuple(stage for stage in (self.deliver, self.receipts) if stage)
        return (*self.receive, self.decide, *sending, *self.file, *self.folders, self.tend)


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def open_case_store(settings: Settings) -> SqliteStore:
    """The store of these settings."""
    return open_store(settings.paths.store, settings.identity.case_prefix)


def vitals(settings: Settings, store: Store, board: AlarmBoard) -> Vitals:
    """The watch over promises, for a command beside a daemon that may be dead."""
    return _parts(settings, utc_now).vitals(store, Pulses(utc_now), board)


def corrector(settings: Settings) -> Corrector:
    """Whoever corrects cases, for a command beside the daemon."""
    return _parts(settings, utc_now).corrector()


@contextlib.asynccontextmanager
async def assembled(settings: Settings, now: Now = utc_now, reader: Reader | None = None) -> AsyncIterator[App]:
    """The whole daemon, put together and taken apart again in reverse order; a reader that is lent is used and left running."""
    async with contextlib.AsyncExitStack() as stack:
        parts = _parts(settings, now)
        store = open_for_daemon(settings.paths.store, settings.identity.case_prefix)
        stack.push_async_callback(store.close)
        if reader is None:
            reader = reader_pool(settings)
            stack.push_async_callback(reader.close)
        mailboxes = {name: ImapMailbox(name, its, max_octets=settings.read.message_mb << 20) for name, its in settings.mailbox.items()}
        for mailbox in mailboxes.values():
            stack.push_async_callback(mailbox.close)
        deliver, receipts = None, None
        if parts.recorder.live:
            outgoing = Outgoing(settings=settings, store=store, board=parts.board, now=now, to_send=parts.to_send)
            deliver, receipts = await _way_out(outgoing, stack)
        app = parts.app(store, reader, dict(mailboxes), deliver, receipts)
        stack.push_async_callback(app.decide.close)
        yield app


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """What the stages share and what needs no closing."""

    settings: Settings
    now: Now
    policy: Policy
    people: People
    key: bytes
    recorder: Recorder
    board: AlarmBoard
    arrived: Bell
    to_send: Bell
    to_file: dict[str, Bell]

    def app(self, store: Store, reader: Reader, mailboxes: dict[str, Mailbox], deliver: Deliver | None, receipts: Receipts | None) -> App:
        """The stages around these adapters."""
        accounts = self.settings.watched
        return App(
            settings=self.settings,
            now=self.now,
            board=self.board,
            store=store,
            mailboxes=mailboxes,
            receive=tuple(self._receive(name, its, mailboxes[name], store) for name, its in accounts.items()),
            decide=self._decide(store, reader),
            deliver=deliver,
            receipts=receipts,
            file=tuple(
                File(name, prefix=its.folder_prefix, mailbox=mailboxes[name], store=store, now=self.now, to_file=self.to_file[name])
                for name, its in accounts.items()
                if self.recorder.live
            ),
            folders=tuple(
                FolderWatch(
                    name,
                    prefix=its.folder_prefix,
                    every=its.watch,
                    mailbox=mailboxes[name],
                    store=store,
                    moved=Moved(account=name, rulings=rulings(self.policy), corrector=self.corrector()),
                    now=self.now,
                    corrected=Bell(self.to_send, self.to_file[name]),
                )
                for name, its in accounts.items()
                if self.recorder.live and its.watch != "off"
            ),
            tend=self._tend(store),
            watch=self._watch(store),
        )

    def corrector(self) -> Corrector:
        """Whoever carries out what people say of cases."""
        return Corrector(policy=self.policy, people=self.people, due=due_at, recorder=self.recorder)

    def _receive(self, account: str, settings: MailboxSettings, mailbox: Mailbox, store: Store) -> Receive:
        where = zone(self.settings.identity.time_zone)
        return Receive(account, settings, mailbox=mailbox, store=store, now=self.now, zone=where, arrived=self.arrived, board=self.board)

    def _decide(self, store: Store, reader: Reader) -> Decide:
        rules, limits = RuleContext.of(self.settings), self.settings.limits
        return Decide(
            store=store,
            reader=reader,
            judge=Judge(policy=self.policy, people=self.people, rules=rules, limits=limits, due=due_at, key=self.key),
            recorder=self.recorder,
            now=self.now,
            arrived=self.arrived,
            decided=Bell(self.to_send, *self.to_file.values()),
        )

    def vitals(self, store: Store, pulses: Pulses, board: AlarmBoard) -> Vitals:
        """The watch over promises and stages."""
        return Vitals(
            store=store,
            pulses=pulses,
            board=board,
            rate=lambda: None,
            acknowledge=self.policy.promises.acknowledge,
            margin=self.settings.alarms.margin,
            now=self.now,
        )

    def _watch(self, store: Store) -> Watch:
        alarms, systemd, pulses = self.settings.alarms, Systemd(), Pulses(self.now)
        return Watch(
            board=self.board,
            pulses=pulses,
            vitals=self.vitals(store, pulses, self.board),
            warn=Warn(board=self.board, channels=_channels(self.settings, systemd), again=alarms.again, now=self.now),
            systemd=systemd,
        )

    def _tend(self, store: Store) -> Tend:
        return Tend(
            store=store,
            policy=self.policy,
            people=self.people,
            due=due_at,
            recorder=self.recorder,
            now=self.now,
            to_send=self.to_send,
            tick=timedelta(minutes=1),
        )


def _parts(settings: Settings, now: Now) -> _Parts:
    policy = load_policy(settings)
    return _Parts(
        settings=settings,
        now=now,
        policy=policy,
        people=People.of(settings),
        key=secret_key(settings.paths.state),
        recorder=Recorder(writer=load_writer(settings, policy), live=settings.mode == "live", keep_raw=settings.keep_raw),
        board=AlarmBoard(),
        arrived=Bell(),
        to_send=Bell(),
        to_file={account: Bell() for account in settings.watched},
    )


def _channels(settings: Settings, systemd: Systemd) -> list[AlarmChannel]:
    its = settings.alarms
    channels: list[AlarmChannel] = [LogChannel(), FileChannel(settings.paths.state / ALARMS), systemd]
    if its.webhook:
        channels.append(WebhookChannel(its.webhook, its.webhook_secret.reveal("alarms.webhook") if its.webhook_secret else ""))
    return channels


async def _way_out(outgoing: Outgoing, stack: contextlib.AsyncExitStack) -> tuple[Deliver, Receipts | None]:
    settings, smtp = outgoing.settings, outgoing.settings.smtp
    servers: list[tuple[str, Transport]] = []
    for its in (smtp, *smtp.fallback):
        transport = SmtpTransport(its, smtp.receipt_address)
        stack.push_async_callback(transport.close)
        servers.append((f"{its.host}:{its.port}", transport))
    deliver = outgoing.deliver(servers)
    stack.push_async_callback(deliver.close)
    if not smtp.receipt_address:
        return deliver, None
    # A connection of its own: the one that takes mail in need not change folders for it.
    mailbox = ImapMailbox(settings.receipt_account, settings.mailbox[settings.receipt_account])
    stack.push_async_callback(mailbox.close)
    return deliver, outgoing.receipts(mailbox)


def reader_pool(settings: Settings) -> ReaderPool:
    """Processes that read messages as these settings say."""
    limits = settings.read
    ready = partial(prepare, read_plan(settings), settings.paths.model)
    return ReaderPool(read_message, ready, workers=limits.workers, time=limits.time, memory_mb=limits.memory_mb, preload="triage.preload")
