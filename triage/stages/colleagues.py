"""What becomes of mail by colleagues: whose token it carries, whether it may be obeyed, and what it then says."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo

from triage import staff_tokens
from triage.case import Case, CaseEvent, CaseStatus
from triage.command import Orders, Word
from triage.decision import Decision, Match
from triage.marks import REPLY_ABOVE
from triage.message import Message, StoredMessage
from triage.people import People
from triage.policy.answering import answered
from triage.policy.colleague import Answer, Rival
from triage.policy.incoming import Incoming
from triage.policy.table import Policy
from triage.policy.untrusted import told, untrusted
from triage.ports import Transaction
from triage.reading import Finding, Reading
from triage.records import MessageRecord
from triage.reply import ReplyKind
from triage.responders.compose import plain_text
from triage.sections.people import PeopleSettings
from triage.staff import Colleague
from triage.staff_tokens import KeyRing, StaffToken
from triage.threads.commands import orders
from triage.threads.numbers import quoted_numbers
from triage.threads.own_words import own_words
from triage.threads.standing import Claim, Standing, standing
from triage.topic import Clocks

Limits = Callable[[Case | None], tuple[Finding, ...]]

#: Kinds of ours that a colleague may answer.
_ANSWERABLE = (ReplyKind.NOTIFICATION, ReplyKind.ESCALATION, ReplyKind.REFUSAL, ReplyKind.COLLISION)
#: An answer that names no message of ours quotes one of so many.
_QUOTABLE = 3
#: An address is told of a message that was not obeyed at most once in that time.
_TOLD_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleagues:
    """Judges mail by colleagues, given a transaction to look things up in."""

    settings: PeopleSettings
    people: People
    policy: Policy
    due: Clocks
    ring: KeyRing
    where: tzinfo

    def judge(self, tx: Transaction, stored: StoredMessage, reading: Reading, limits: Limits, now: datetime) -> Decision | None:
        """Everything that follows from the message; None where it is none of a colleague's."""
        message = reading.message
        by_staff = any(address.addr_spec in self.people.staff for address in message.from_)
        claims = tuple(self._claims(tx, message, by_staff=by_staff))
        case = self._case(tx, message, claims) if claims or by_staff else None
        if not claims and (case is None or not self._meant_for_us(message)):
            # A colleague's letter to a customer of which we got a copy is a note on the case, and nobody asked us to do anything.
            return None
        if case and not by_staff and _is_requester(message, case):
            # A customer who answers what somebody passed on to her is a customer, and her words are her own.
            return None
        incoming = Incoming(
            reading=reading, match=Match(case_id=case.id if case else None), limits=limits(case), people=self.people,
            policy=self.policy, received_at=stored.raw.received_at, now=now, due=self.due, log=tx.cases.events(case.id) if case else (),
        )  # fmt: skip
        today = now.astimezone(UTC).date()
        found = standing(message, claims, today=today, require_authentication=self.settings.require_authentication)
        if found.colleague and case:
            decision = self._obey(tx, incoming, case, found, found.colleague)
        else:
            decision = self._refuse(tx, incoming, case, found, now)
        return replace(decision, events=(*decision.events, *_audit(stored, found, decision, now)))

    def _claims(self, tx: Transaction, message: Message, *, by_staff: bool) -> Iterator[Claim]:
        addressed = (address.addr_spec for address in (*message.to, *message.cc))
        tags = [detail for address in addressed if (detail := self._detail(address))]
        yield from self._claimed([token for tag in tags if (token := staff_tokens.read(tag))], "address", tx)
        if not by_staff:
            return
        for message_id in message.thread_ids()[:5]:
            for delivery in tx.deliveries.find(message_id=message_id):
                case = tx.cases.get(delivery.case_id)
                if case and delivery.kind in _ANSWERABLE:
                    expires = staff_tokens.expiry(delivery.created_at, self.settings.token_lifetime)
                    yield Claim(
                        token=f"m.{delivery.id}",
                        number=case.number,
                        expires=expires,
                        holder=self.people.colleague_at(delivery.recipient),
                        where="thread",
                    )
        yield from self._claimed(staff_tokens.in_text(f"{message.text}\n{message.quoted}"[:100_000]), "text", tx)

    def _meant_for_us(self, message: Message) -> bool:
        return any(_bare(address.addr_spec) in self.people.own for address in message.to)

    def _detail(self, address: str) -> str:
        local, _, domain = address.rpartition("@")
        bare, plus, detail = local.partition("+")
        return detail if plus and f"{bare}@{domain}" in self.people.own else ""

    def _claimed(self, found: Sequence[StaffToken], where: str, tx: Transaction) -> Iterator[Claim]:
        prefix, lifetime = self.people.identity.case_prefix, self.settings.token_lifetime
        for token in found:
            number = f"{prefix}-{token.digits}"
            action = self._proposed(tx, number) if token.confirms else ""
            holder = staff_tokens.holder(self.ring, token, prefix, self.people.colleagues.values(), lifetime=lifetime, action=action)
            yield Claim(token=token.id, number=number, expires=token.expires, holder=holder, where=where, confirms=token.confirms)

    def _proposed(self, tx: Transaction, number: str) -> str:
        case = tx.cases.by_number(number)
        events = tx.cases.events(case.id) if case else []
        return next((event.detail.get("action", "") for event in reversed(events) if event.kind == "proposed"), "-")

    def _case(self, tx: Transaction, message: Message, claims: Sequence[Claim]) -> Case | None:
        claim = next((one for one in claims if one.holder), claims[0] if claims else None)
        if claim:
            case = tx.cases.by_number(claim.number)
            return tx.cases.survivor(case) if case else None
        numbers = quoted_numbers(message, self.people.identity.case_prefix)
        found = tx.cases.candidates(message.thread_ids(), numbers)
        return tx.cases.get(found[0].case_id) if found else None

    def _refuse(self, tx: Transaction, incoming: Incoming, case: Case | None, found: Standing, now: datetime) -> Decision:
        holder = found.claim.holder if found.claim else None
        author = incoming.message.author
        addresses = {holder.address if holder else "", author.addr_spec if author else ""}
        named = self.people.colleague_at(author.addr_spec) if author else None
        addresses |= {named.address} if named else set()
        tell = frozenset(address for address in addresses if address and tx.colleagues.may_tell(address, now - _TOLD_EVERY))
        decision = untrusted(incoming, case, found.why, holder=holder, tell=tell)
        for address in told(decision):
            tx.colleagues.set_told(address, now)
        return decision

    def _obey(self, tx: Transaction, incoming: Incoming, case: Case, found: Standing, colleague: Colleague) -> Decision:
        message, today = incoming.message, incoming.now.astimezone(self.where).date()
        own = own_words(message.text, message.full_text, self._sent(tx, message, case, colleague))
        given = orders(own.text, today)
        if own.problem:
            given = replace(given, problems=(*given.problems, own.problem))
        confirmed = bool(found.claim and found.claim.confirms)
        if confirmed:
            given = self._confirmed(tx, case, given, today)
        merge = given.value(Word.MERGE)
        other = tx.cases.by_number(_number(merge, self.people.identity.case_prefix)) if merge else None
        records = [record for record in tx.messages.of_case(case.id) if case.requester and record.author == case.requester.addr_spec]
        tx.colleagues.set_unreachable(colleague.key, None)
        return answered(
            Answer(
                incoming=incoming,
                case=case,
                colleague=colleague,
                orders=given,
                thread=tuple(record.message_id for record in records if record.message_id),
                other=tx.cases.survivor(other) if other else None,
                rival=self._rival(tx, incoming, case, colleague),
                participants=tx.cases.participants(case),
                waiting=_waiting(incoming.log, colleague),
                confirmed=confirmed,
                latest=_split_off(records),
                where=self.where,
                undo=self.settings.undo,
                after_reply=CaseStatus(self.settings.after_reply),
            )
        )

    def _sent(self, tx: Transaction, message: Message, case: Case, colleague: Colleague) -> tuple[str, ...]:
        """The texts of ours that the message may quote, where it quotes any."""
        if REPLY_ABOVE not in message.full_text:
            return ()
        ours = [one for one in tx.deliveries.of_case(case.id) if one.recipient in colleague.addresses and one.kind in _ANSWERABLE]
        answered = [one for one in ours if one.message_id in message.thread_ids()] or ours[-_QUOTABLE:]
        return tuple(plain_text(one.content) for one in answered)

    def _confirmed(self, tx: Transaction, case: Case, given: Orders, today: date) -> Orders:
        if Word.CONFIRM not in given:
            return replace(given, problems=(*given.problems, "Write #confirm as the first line to have it done."))
        return orders(self._proposed(tx, case.number), today)

    def _rival(self, tx: Transaction, incoming: Incoming, case: Case, colleague: Colleague) -> Rival | None:
        """Whoever answered the customer after this colleague was last told of the case."""
        ids = incoming.message.thread_ids()
        ours = [one for one in tx.deliveries.of_case(case.id) if one.recipient in colleague.addresses and one.kind in _ANSWERABLE]
        seen = [one for one in ours if one.message_id in ids or one.kind is ReplyKind.COLLISION] or ours
        told_at = max((one.created_at for one in seen), default=None)
        replies = [one for one in incoming.log if one.kind == "replied" and one.detail.get("by") != colleague.key]
        if not replies or told_at is None or replies[-1].at <= told_at:
            return None
        return Rival(name=replies[-1].actor, text=replies[-1].detail.get("text", ""))


def _waiting(log: Sequence[CaseEvent], colleague: Colleague) -> bool:
    latest = next(
        (event.kind for event in reversed(log) if event.kind in ("held", "replied") and event.detail.get("by") == colleague.key), ""
    )
    return latest == "held"


def _bare(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _is_requester(message: Message, case: Case) -> bool:
    return message.author is not None and case.requester is not None and message.author.addr_spec == case.requester.addr_spec


def _number(value: str, prefix: str) -> str:
    return f"{prefix}-{''.join(filter(str.isdigit, value))}"


def _split_off(records: Sequence[MessageRecord]) -> int | None:
    return records[-1].id if len(records) > 1 else None


def _audit(stored: StoredMessage, found: Standing, decision: Decision, now: datetime) -> tuple[CaseEvent, ...]:
    if decision.case_id is None:
        return ()
    detail = {
        "sha256": stored.raw.sha256,
        "token": found.claim.token if found.claim else "",
        "where": found.claim.where if found.claim else "",
        "authentication": found.authentication,
        "colleague": found.colleague.key if found.colleague else "",
        "result": decision.reason[:300],
    }
    return (CaseEvent(at=now, kind="staff_mail", provenance="mail-token", detail={key: text for key, text in detail.items() if text}),)
