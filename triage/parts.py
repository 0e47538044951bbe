"""The stages around their ports, and what they share; names no adapter."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from triage.accounts import Accounts
from triage.alarm import AlarmBoard
from triage.clocks.due import BothClocks
from triage.clocks.tell import zone
from triage.installation import key_ring, load_calendar, load_policy, load_writer
from triage.outgoing import Outgoing, pace
from triage.people import People
from triage.policy.table import Policy
from triage.ports import Expiring, Learner, Mailbox, Now, Reader, Store
from triage.responders.inspection import Inspector
from triage.rules.context import RuleContext
from triage.settings import Settings
from triage.staff_tokens import KeyRing
from triage.stages.assign import Assign
from triage.stages.canary import Canary
from triage.stages.clockwork import Clockwork
from triage.stages.colleagues import Colleagues
from triage.stages.correct import Corrector
from triage.stages.decide import Decide
from triage.stages.deliver import Deliver
from triage.stages.expiry import Expiry
from triage.stages.flood import Floodgate
from triage.stages.inquire import Inquiry
from triage.stages.judge import Judge
from triage.stages.learn import Learn
from triage.stages.loop import Bell
from triage.stages.meter import UNMEASURED
from triage.stages.notify import Notify
from triage.stages.pulse import Pulses
from triage.stages.receive import Receive
from triage.stages.record import Recorder
from triage.stages.release import Release
from triage.stages.remind import Reminding
from triage.stages.survey import MonthlySurvey
from triage.stages.tend import Tend
from triage.stages.unreached import Unreached
from triage.stages.vitals import Vitals

#: How often cases are given out and news is told: both may wait a moment, mail may not.
_TICK = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the stages share and what needs no closing."""

    settings: Settings
    now: Now
    policy: Policy
    people: People
    ring: KeyRing
    recorder: Recorder
    board: AlarmBoard
    arrived: Bell
    to_send: Bell
    came_due: Bell
    to_file: dict[str, Bell]
    corrected: Bell
    floodgate: Floodgate

    def receive(self, store: Store, mailboxes: Mapping[str, Mailbox]) -> Iterator[Receive]:
        """One for each watched mailbox."""
        where, now = zone(self.settings.identity.time_zone), self.now
        for name, its in self.settings.watched.items():
            yield Receive(name, its, mailbox=mailboxes[name], store=store, now=now, zone=where, arrived=self.arrived, board=self.board)

    def accounts(self, store: Store, mailboxes: Mapping[str, Mailbox]) -> Accounts:
        """The stages around the folders of accounts."""
        return Accounts(
            settings=self.settings,
            now=self.now,
            policy=self.policy,
            people=self.people,
            recorder=self.recorder,
            corrector=self.corrector(),
            to_send=self.to_send,
            to_file=self.to_file,
            corrected=self.corrected,
            store=store,
            mailboxes=mailboxes,
        )

    def learn(self, store: Store, learner: Learner) -> Learn:
        """Whoever spreads what was corrected."""
        return Learn(
            store=store, learner=learner, settings=self.settings.learning, now=self.now, corrected=self.corrected, board=self.board
        )

    @property
    def due(self) -> BothClocks:
        """When promises fall due."""
        return BothClocks(self.recorder.clockwork.time.staffed)

    def corrector(self) -> Corrector:
        """Whoever carries out what people say of cases."""
        return Corrector(policy=self.policy, people=self.people, due=self.due, recorder=self.recorder)

    def decide(self, store: Store, reader: Reader, inquiry: Inquiry | None = None) -> Decide:
        """Whoever reads and judges."""
        rules, limits = RuleContext.of(self.settings), self.settings.limits
        return Decide(
            store=store,
            reader=reader,
            judge=Judge(
                policy=self.policy,
                people=self.people,
                rules=rules,
                limits=limits,
                flood=self.floodgate,
                due=self.due,
                ring=self.ring,
                colleagues=self._colleagues(),
            ),
            corrector=self.corrector(),
            recorder=self.recorder,
            now=self.now,
            arrived=self.arrived,
            decided=Bell(self.to_send, *self.to_file.values()),
            inquiry=inquiry,
        )

    def outgoing(self, store: Store) -> Outgoing:
        """The way out, before it has its adapters."""
        return Outgoing(
            settings=self.settings,
            store=store,
            board=self.board,
            now=self.now,
            to_send=self.to_send,
            came_due=self.came_due,
            writer=self.recorder.writer,
            inspect=Inspector(self.people, *self.ring.every).fault,
            unreached=Unreached(people=self.people, management=self.policy.escalation.management),
        )

    def _colleagues(self) -> Colleagues:
        where = zone(self.settings.identity.time_zone)
        return Colleagues(settings=self.settings.people, people=self.people, policy=self.policy, due=self.due, ring=self.ring, where=where)

    def desk(self, store: Store) -> Iterator[Assign | Notify]:
        """Whoever gives out cases and tells of them; nobody where no agents are configured: people share the mailbox as they like."""
        if self.settings.agents:
            where, its = zone(self.settings.identity.time_zone), self.settings.people
            yield Assign(
                its,
                store=store,
                people=self.people,
                policy=self.policy,
                due=self.due,
                recorder=self.recorder,
                now=self.now,
                where=where,
                tick=_TICK,
            )
            yield Notify(
                its,
                store=store,
                people=self.people,
                key=self.ring.current,
                recorder=self.recorder,
                now=self.now,
                to_send=self.to_send,
                tick=_TICK,
            )

    def release(self, store: Store, deliver: Deliver) -> Release:
        """Whoever lets go what waited out a flood."""
        settings = self.settings
        return Release(
            store=store,
            floodgate=self.floodgate,
            board=self.board,
            capacity=deliver.capacity,
            per_hour=settings.limits.per_hour,
            margin=settings.alarms.margin,
            now=self.now,
            to_send=self.to_send,
        )

    def expiry(self, sources: Mapping[str, Expiring], grants: Mapping[str, Expiring]) -> Expiry:
        """The look at certificates and at grants of access."""
        return Expiry(sources=sources, grants=grants, board=self.board, warn=self.settings.alarms.certificate, now=self.now)

    def canary(self, store: Store, mailboxes: Mapping[str, Mailbox], deliver: Deliver) -> Canary | None:
        """Whoever mails to ourselves; None where that is not asked for."""
        its, watched = self.settings.canary, self.settings.watched
        account = its.mailbox or next(iter(watched))
        if its.every == "off":
            return None
        return Canary(
            its.model_copy(update={"mailbox": account}),
            address=its.address or self.settings.identity.address,
            folder=watched[account].folder,
            keys=tuple(self.ring.every),
            mailbox=mailboxes[account],
            store=store,
            send=deliver.probe,
            board=self.board,
            now=self.now,
        )

    def vitals(
        self, store: Store, pulses: Pulses, board: AlarmBoard, deliver: Deliver | None = None, canary: Canary | None = None
    ) -> Vitals:
        """The watch over promises and stages; without a way out at hand it knows the provider's limits and no more."""
        limits = pace(self.settings)
        return Vitals(
            store=store,
            pulses=pulses,
            board=board,
            capacity=deliver.capacity if deliver else lambda: limits.capacity(UNMEASURED, None, self.now()),
            hurry=deliver.hurry if deliver else lambda: None,
            round_trip=lambda: canary.round_trip if canary else None,
            acknowledge=self.policy.promises.acknowledge,
            margin=self.settings.alarms.margin,
            now=self.now,
        )

    def tend(self, store: Store) -> Tend:
        """Whoever watches the clocks of cases."""
        return Tend(
            store=store,
            policy=self.policy,
            people=self.people,
            due=self.due,
            recorder=self.recorder,
            reminding=Reminding(people=self.people, policy=self.policy, recorder=self.recorder, due=self.due, key=self.ring.current),
            survey=MonthlySurvey(policy=self.policy, recorder=self.recorder, where=zone(self.settings.identity.time_zone)),
            now=self.now,
            to_send=self.to_send,
            came_due=self.came_due,
            tick=timedelta(minutes=1),
        )


def _clockwork(settings: Settings, policy: Policy) -> Clockwork:
    at_any_hour = frozenset(key for key, department in settings.departments.items() if department.around_the_clock)
    return Clockwork(time=load_calendar(settings), policy=policy, around_the_clock=at_any_hour)


def parts_of(settings: Settings, now: Now, board: AlarmBoard | None = None) -> Parts:
    """What the stages of these settings share; a board that is given has alarms that stand already."""
    policy, board = load_policy(settings), board or AlarmBoard()
    writer = load_writer(settings, policy)
    return Parts(
        settings=settings,
        now=now,
        policy=policy,
        people=People.of(settings),
        ring=key_ring(settings.paths.state),
        recorder=Recorder(
            writer=writer,
            live=settings.mode == "live",
            keep_raw=settings.keep_raw,
            board=board,
            clockwork=_clockwork(settings, policy),
            has_orders=settings.orders is not None,
            payment_wait=settings.payments.wait if settings.payments else timedelta(),
        ),
        board=board,
        arrived=Bell(),
        to_send=Bell(),
        came_due=Bell(),
        to_file={account: Bell() for account in settings.watched},
        corrected=Bell(),
        floodgate=Floodgate(settings.limits.per_hour),
    )
