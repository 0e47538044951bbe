"""What becomes of a message: gathers what the store knows, asks the pure rooms, returns a decision."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from triage.case import Case, CaseEvent
from triage.decision import TO_OURSELVES, Decision, History, Match, Outcome
from triage.inquiry import NOTHING_ASKED, Known
from triage.keyed import is_canary
from triage.message import Message, StoredMessage
from triage.parsing.salvage import salvage
from triage.payment import PaymentEvent
from triage.people import People
from triage.policy.decide import decide, unreadable
from triage.policy.overdue import report_events
from triage.policy.table import Policy
from triage.ports import Transaction
from triage.reading import Classification, Effect, Finding, Reading
from triage.records import MessageRecord
from triage.reply import BY_PEOPLE, TO_CUSTOMER, Delivery, ReplyKind
from triage.rules.context import RuleContext
from triage.rules.limits import check_limits
from triage.rules.table import check_all
from triage.sections.sending import SendLimits
from triage.staff import Notice, NoticeKind
from triage.staff_tokens import KeyRing
from triage.stages.colleagues import Colleagues
from triage.stages.flood import Floodgate
from triage.stages.plan import KEPT_FIELDS
from triage.stages.ratings import Ratings
from triage.stages.unreached import Unreached
from triage.threads.match import match
from triage.threads.numbers import answered_numbers, quoted_numbers
from triage.topic import Clocks

#: No message is longer on its way between two of our servers; a date before that is a clock that is wrong.
_LONGEST_WAY = timedelta(days=7)
_DAY = timedelta(days=1)
#: Begins what is said of a message whose Message-ID another one has.
SAME_ID = "its Message-ID is that of message"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Decides, given a transaction to look things up in; writes nothing."""

    policy: Policy
    people: People
    rules: RuleContext
    limits: SendLimits
    flood: Floodgate
    due: Clocks
    #: The installation's secrets, with which the addresses for answers are keyed.
    ring: KeyRing
    colleagues: Colleagues

    def judge(self, tx: Transaction, stored: StoredMessage, reading: Reading, now: datetime, known: Known = NOTHING_ASKED) -> Decision:
        """Everything that follows from one message."""
        message = reading.message
        if by_nobody := self._by_nobody(tx, stored, reading, now):
            return by_nobody
        if by_colleague := self._by_colleague(tx, stored, reading, now):
            return by_colleague
        if rated := self._ratings.by_link(tx, stored, reading, now):
            return rated
        found = self._match(tx, stored, reading, now)
        decision = self._held(tx, self._decide(tx, stored, reading, found, now, known=known), stored, message, now)
        return self._flagged(tx, decision, stored, message, now)

    def _by_nobody(self, tx: Transaction, stored: StoredMessage, reading: Reading, now: datetime) -> Decision | None:
        """Of what no person has written to us now."""
        message = reading.message
        if any(is_canary(key, message.message_id) for key in self.ring.every):
            # Before any rule, and left where it lies.
            return Decision(outcome=Outcome.AUTOMATIC, reason=TO_OURSELVES)
        if twin := tx.messages.twin(message.fingerprint, stored.id):
            return self._duplicate(twin, stored, reading)
        if reading.payment:
            return self._alert(reading.payment)
        return self._report(tx, stored, reading, now) if reading.first(Effect.REPORT) else None

    def _flagged(self, tx: Transaction, decision: Decision, stored: StoredMessage, message: Message, now: datetime) -> Decision:
        """The decision, with what a person should know of how the message came."""
        flags: dict[str, str] = {}
        raw = stored.raw
        if raw.size > len(raw.content):
            why = f"only the first {len(raw.content)} of {raw.size} octets were read"
            flags["read_in_part"] = f"{why}; the whole message is in the mailbox"
        # Carriers use one Message-ID again and again, and a stranger may copy one to have a customer's message passed over.
        namesake = tx.messages.namesake(message.message_id, message.fingerprint, stored.id) if message.message_id else None
        if namesake:
            flags["message_id_collision"] = f"{SAME_ID} {namesake.id}, with other content"
        if not flags:
            return decision
        events = tuple(CaseEvent(at=now, kind=kind, provenance="rule", detail={"why": why}) for kind, why in flags.items())
        reason = "; ".join(filter(None, (decision.reason, *flags.values())))
        return replace(decision, reason=reason, events=(*decision.events, *events))

    def _by_colleague(self, tx: Transaction, stored: StoredMessage, reading: Reading, now: datetime) -> Decision | None:
        # An out-of-office note or a read receipt is seen for what it is before anything in it could be taken for an order.
        if reading.first(Effect.AUTOMATIC):
            return None
        return self.colleagues.judge(tx, stored, reading, lambda case: self._limits(tx, reading.message, case, now), now)

    def judge_unreadable(self, tx: Transaction, stored: StoredMessage, reason: str, now: datetime) -> tuple[Reading, Decision]:
        """What could be seen of a message that nothing could read, and a case for a person."""
        message = salvage(stored.raw)
        findings = check_all(message, self.rules)
        classification = Classification(category="other", issue="", confidence=0.0, abstained=True, reasons=(reason,))
        received_at = stored.raw.received_at
        decision = unreadable(
            message, reason, findings, people=self.people, policy=self.policy, received_at=received_at, now=now, due=self.due
        )
        decision = self._held(tx, decision, stored, message, now)
        return Reading(message=message, findings=findings, classification=classification), decision

    def _duplicate(self, twin: MessageRecord, stored: StoredMessage, reading: Reading) -> Decision:
        # The same arrival time means the same message, put back by a person after we had filed it: it stays where they want it.
        put_back = bool(twin.filed_folder) and twin.received_at == stored.raw.received_at
        said = reading.classification
        folder = "" if put_back else twin.filed_folder or self.policy.topic(said.category, said.issue).folder
        reason = f"a second copy of message {twin.id}"
        return Decision(outcome=Outcome.DUPLICATE, reason=reason, case_id=twin.case_id, folder=folder)

    def _alert(self, event: PaymentEvent) -> Decision:
        # What follows from it is found out where posts of payment providers are settled, too.
        reason = f"{event.provider} tells of a payment: {event.kind}, {event.reference}"
        return Decision(outcome=Outcome.AUTOMATIC, reason=reason, payment=event, folder=self.policy.folders.automatic)

    def _report(self, tx: Transaction, stored: StoredMessage, reading: Reading, now: datetime) -> Decision:
        delivery = _reported(tx, reading.message)
        found = Match(case_id=delivery.case_id, reason="a delivery report on our message") if delivery else Match()
        decision = self._decide(tx, stored, reading, found, now)
        report = reading.message.report
        if report is None or delivery is None:
            return decision
        to_customer = delivery.kind in TO_CUSTOMER
        return replace(
            decision,
            case_id=delivery.case_id,
            events=report_events(report, delivery, now),
            unreachable=report.permanent and to_customer,
            notices=self._of_report(tx, delivery, now) if report.permanent else (),
        )

    def _of_report(self, tx: Transaction, delivery: Delivery, now: datetime) -> tuple[Notice, ...]:
        """Who is told that mail fails: of an answer whoever looks after the case, of mail to a colleague somebody else, once."""
        case = tx.cases.get(delivery.case_id)
        if delivery.kind in BY_PEOPLE and case and case.assignee:
            kind = NoticeKind.UNDELIVERED if delivery.kind is ReplyKind.ANSWER else NoticeKind.COPY_UNDELIVERED
            return (Notice(kind=kind, case_id=case.id, colleague=case.assignee),)
        return Unreached(people=self.people, management=self.policy.escalation.management).notices(tx, delivery, now)

    def _held(self, tx: Transaction, decision: Decision, stored: StoredMessage, message: Message, now: datetime) -> Decision:
        """While a flood lasts only people who are known or authenticated are acknowledged at once; the others wait."""
        asks = any(order.kind is ReplyKind.ACKNOWLEDGMENT for order in decision.replies)
        if not asks or not self.flood.rises(tx, now) or self._trusted(tx, message):
            return decision
        group = message.likeness or f"message {stored.id}"
        replies = tuple(replace(it, crowd=group) if it.kind is ReplyKind.ACKNOWLEDGMENT else it for it in decision.replies)
        why = "more people write than ever do, and the author is neither known nor authenticated"
        event = CaseEvent(at=now, kind="held_in_flood", provenance="rule", detail={"what": "acknowledgment", "why": why})
        return replace(decision, replies=replies, events=(*decision.events, event))

    def _trusted(self, tx: Transaction, message: Message) -> bool:
        author = message.author
        return message.authentication_result("dmarc") == "pass" or (author is not None and tx.cases.knows(author.addr_spec))

    def _match(self, tx: Transaction, stored: StoredMessage, reading: Reading, now: datetime) -> Match:
        message = reading.message
        prefix = self.people.identity.case_prefix
        answered = tuple(number for key in self.ring.every for number in answered_numbers(message, self.people.own, key, prefix))
        numbers = tuple(dict.fromkeys((*answered, *quoted_numbers(message, prefix))))
        ids = message.thread_ids()
        candidates = tx.cases.candidates(ids, numbers) if ids or numbers else []
        window = self.policy.threads.follow_up_window
        found = match(reading, candidates, staff=self.people.staff, window=window, now=now, answered=answered)
        return found if found.case_id is not None else self._echo(tx, stored, message) or found

    def _echo(self, tx: Transaction, stored: StoredMessage, message: Message) -> Match | None:
        """The case of the same message, where its author has sent it before within a day: impatience, or a program that stutters."""
        if not (message.likeness and message.author) or message.author.addr_spec in self.people.staff:
            return None
        first = tx.messages.echo(message.likeness, message.author.addr_spec, stored.raw.received_at - _DAY)
        return None if first is None else Match(case_id=first.case_id, repeated=True, reason=f"says the same as message {first.id}")

    def _decide(
        self, tx: Transaction, stored: StoredMessage, reading: Reading, found: Match, now: datetime, *, known: Known = NOTHING_ASKED
    ) -> Decision:
        case = tx.cases.get(found.case_id) if found.case_id is not None else None
        log = tx.cases.events(case.id) if case else ()
        if rated := self._ratings.in_words(tx, stored, reading, match=found, now=now):
            return rated
        return decide(
            reading,
            found,
            case,
            self._limits(tx, reading.message, case, now),
            people=self.people,
            policy=self.policy,
            received_at=_since(stored, reading.message),
            now=now,
            due=self.due,
            log=log,
            known=known,
            repeats=partial(_repeats, tx, reading, stored.raw.received_at),
        )

    @property
    def _ratings(self) -> Ratings:
        return Ratings(policy=self.policy, people=self.people, ring=self.ring, due=self.due)

    def _limits(self, tx: Transaction, message: Message, case: Case | None, now: datetime) -> tuple[Finding, ...]:
        author = message.author
        history = tx.deliveries.history(author.addr_spec, author.domain, case.id if case else None, now) if author else History()
        return check_limits(message, history, self.limits)


def _repeats(tx: Transaction, reading: Reading, at: datetime, category: str, within: timedelta) -> int:
    author = reading.message.author
    order_number = next(iter(reading.facts.order_numbers), "")
    return tx.cases.repeats(author.addr_spec if author else "", order_number, category, at - within)


def _since(stored: StoredMessage, message: Message) -> datetime:
    """When the message reached us, from which every promise counts: the mailbox may have got it later than our first server."""
    received_at, accepted_at = stored.raw.received_at, message.accepted_at
    believable = accepted_at is not None and received_at - _LONGEST_WAY <= accepted_at < received_at
    return accepted_at if accepted_at is not None and believable else received_at


def _reported(tx: Transaction, message: Message) -> Delivery | None:
    """The delivery a report speaks of: by the keyed reverse-path it came to, else by the Message-ID it names."""
    addressed = [address.addr_spec for address in (*message.to, *message.cc)]
    delivered = [value.strip("<> ").lower() for name, value in message.headers if name in KEPT_FIELDS]
    found: Sequence[Delivery] = ()
    for address in dict.fromkeys((*delivered, *addressed)):
        found = found or ([] if "+" not in address else tx.deliveries.find(reverse_path=address))
    if not found and message.report and message.report.original_message_id:
        found = tx.deliveries.find(message_id=message.report.original_message_id)
    return found[0] if found else None
