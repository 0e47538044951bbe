"""Reconciles server and store after the fact: every message accounted for, every acknowledgment proven or explained."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import chain

from triage.case import Case
from triage.decision import TO_OURSELVES, Outcome
from triage.ports import Mailbox, Store, Transaction
from triage.records import MessageRecord
from triage.reply import Cause, Delivery, DeliveryStatus, ReplyKind
from triage.sections.servers import MailboxSettings
from triage.stages.judge import SAME_ID

#: Left alone by us: not looked for.
_NOT_OURS = (Outcome.HISTORY, Outcome.VANISHED)
#: There is one every day.
_CENSUS_AGE = timedelta(hours=26)
#: As `smtp.receipt_wait` is where it is not set.
_WAIT = timedelta(minutes=15)


@dataclass(slots=True)
class Audit:
    """What was found; `problems` is empty when everything is explained."""

    messages: Counter[str] = field(default_factory=Counter)
    acknowledgments: Counter[str] = field(default_factory=Counter)
    #: Explained, but worth knowing: moved or deleted by a person, withheld with a reason.
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Copy:
    """A message that the server said it took, with its receipt copy."""

    case: str
    kind: ReplyKind
    begun_at: datetime
    seen: bool


@dataclass(frozen=True, slots=True)
class _Census:
    """What lies on the server."""

    uid_validity: int
    inbox: frozenset[int]
    #: UIDs by folder, for the folders messages were filed into.
    filed: dict[str, frozenset[int]]


async def audit(store: Store, mailboxes: dict[str, tuple[Mailbox, MailboxSettings]], now: datetime, wait: timedelta = _WAIT) -> Audit:
    """Compare what the servers hold with what the store says became of it; receipt copies are missed after that `wait`."""
    found = Audit()
    for account, (mailbox, settings) in mailboxes.items():
        records = await store.query(partial(_records, account=account))
        census = await _census(mailbox, settings, records)
        _account_for(found, account, settings, records, census)
        await store.query(partial(_intake, found, account, settings, now))
        await _look_for(found, account, mailbox, settings, _absent(records, settings, census))
    await store.query(lambda tx: _prove(found, tx, now, wait))
    return found


def _records(tx: Transaction, account: str) -> list[MessageRecord]:
    # What people sent lies where they keep it, which is no concern of ours.
    return [record for record in tx.messages.all(account) if record.outcome is not Outcome.SENT]


async def _census(mailbox: Mailbox, settings: MailboxSettings, records: Sequence[MessageRecord]) -> _Census:
    status = await mailbox.status(settings.folder)
    folders = {settings.folder_prefix + record.filed_folder for record in records if record.filed_folder}
    existing = folders & set(await mailbox.folders())
    filed = {folder: frozenset(await mailbox.uids(folder)) for folder in sorted(existing)}
    return _Census(status.uid_validity, frozenset(await mailbox.uids(settings.folder)), filed)


def _account_for(found: Audit, account: str, settings: MailboxSettings, records: Sequence[MessageRecord], census: _Census) -> None:
    found.messages.update(record.outcome or "waiting" for record in records)
    known = {record.key.uid for record in records if record.key.uid_validity == census.uid_validity}
    found.problems += [f"{account}: UID {uid} in {settings.folder} was never taken in" for uid in sorted(census.inbox - known)]
    found.problems += [
        f"{account}: message {record.id} waits to be decided since {record.received_at:%Y-%m-%d %H:%M}"
        + (f" ({record.reason})" if record.reason else "")
        for record in records
        if record.outcome is None
    ]

    for record in records:
        if SAME_ID in record.reason:
            found.notes.append(f"{account}: message {record.id}: {record.reason}")
        if record.outcome is Outcome.VANISHED:
            _tell_vanished(found, account, record, census)


def _tell_vanished(found: Audit, account: str, record: MessageRecord, census: _Census) -> None:
    what = f"{account}: message {record.id} (UID {record.key.uid} in {record.key.mailbox}) vanished: {record.reason or 'no data came'}"
    if record.key.uid_validity == census.uid_validity and record.key.uid in census.inbox:
        found.problems.append(f"{what}; it is there now")
    else:
        found.notes.append(what)


def _intake(found: Audit, account: str, settings: MailboxSettings, now: datetime, tx: Transaction) -> None:
    """What intake itself noticed."""
    cursor = tx.messages.cursor(account, settings.folder)
    if cursor and cursor.unseen:
        found.notes.append(f"{account}: {cursor.unseen} messages came to {settings.folder} and were gone before we looked")
    last = tx.censuses.latest(account, settings.folder)
    if last is None:
        return
    found.problems += [f"{account}: census of {last.at:%Y-%m-%d %H:%M} UTC: {line}" for line in last.mismatches]
    if now - last.at > _CENSUS_AGE:
        found.notes.append(f"{account}: the last census was on {last.at:%Y-%m-%d %H:%M} UTC: does the daemon run?")


def _absent(records: Iterable[MessageRecord], settings: MailboxSettings, census: _Census) -> list[MessageRecord]:
    looked_for = (record for record in records if record.outcome not in _NOT_OURS and record.reason != TO_OURSELVES)
    return [record for record in looked_for if not _present(record, settings, census)]


def _present(record: MessageRecord, settings: MailboxSettings, census: _Census) -> bool:
    if record.key.uid_validity == census.uid_validity and record.key.uid in census.inbox:
        return True
    return record.filed_uid is not None and record.filed_uid in census.filed.get(settings.folder_prefix + record.filed_folder, ())


async def _look_for(found: Audit, account: str, mailbox: Mailbox, settings: MailboxSettings, absent: Sequence[MessageRecord]) -> None:
    """Say where messages are that are not where we left them."""
    # Copies share their Message-ID, and a person who moves one usually moves them all.
    missing: dict[str, list[MessageRecord]] = {}
    for record in absent:
        missing.setdefault(record.message_id, []).append(record)
    gone = missing.pop("", [])
    for folder in await mailbox.folders() if missing else ():
        for message_id in await mailbox.find(folder, list(missing)) if missing else ():
            for record in missing.pop(message_id):
                if folder != settings.folder_prefix + record.filed_folder:
                    found.notes.append(f"{account}: message {record.id} was moved to {folder} by a person")
    for record in (*chain(*missing.values()), *gone):
        where = f"filed in {record.filed_folder}" if record.filed_folder else f"in {record.key.mailbox}"
        found.notes.append(f"{account}: message {record.id} ({where}) is gone from the server; its text is in the store")


def _prove(found: Audit, tx: Transaction, now: datetime, wait: timedelta) -> None:
    copies: list[_Copy] = []
    for case in tx.cases.find():
        deliveries = tx.deliveries.of_case(case.id)
        copies += _copies(case, deliveries)
        found.problems += [f"{case.number}: its {it.kind} is uncertain: {it.smtp_reply}" for it in deliveries if _in_doubt(it)]
        acknowledgments = [it for it in deliveries if it.kind is ReplyKind.ACKNOWLEDGMENT]
        if len(acknowledgments) > 1:
            found.problems.append(f"{case.number} has {len(acknowledgments)} acknowledgments")
        state, problem = _acknowledged(tx, case, acknowledgments, now)
        found.acknowledgments[state] += 1
        found.problems += [f"{case.number}: {problem}"] if problem else []
    found.problems += [f"{number}: its history was altered" for number in tx.cases.broken_chains()]

    _miss(found, copies, now - wait)


def _in_doubt(delivery: Delivery) -> bool:
    # Of an acknowledgment it is said with all else that may be wrong with one.
    return delivery.status is DeliveryStatus.UNCERTAIN and delivery.kind is not ReplyKind.ACKNOWLEDGMENT


def _copies(case: Case, deliveries: Iterable[Delivery]) -> list[_Copy]:
    return [
        _Copy(case=case.number, kind=it.kind, begun_at=it.begun_at, seen=it.receipt_seen_at is not None)
        for it in deliveries
        if it.status is DeliveryStatus.SENT and it.receipted and it.begun_at
    ]


def _miss(found: Audit, copies: Sequence[_Copy], until: datetime) -> None:
    """Name those whose copy was never seen while later ones were; after the last one that came, it is the copies that fail."""
    last = max((it.begun_at for it in copies if it.seen), default=None)
    missing = [it for it in copies if not it.seen and it.begun_at < until]
    alone = [it for it in missing if last and it.begun_at <= last]
    found.problems += [
        f"{it.case}: its {it.kind} was accepted, begun at {it.begun_at:%Y-%m-%d %H:%M} UTC, and its receipt copy was never seen"
        for it in alone
    ]
    if len(missing) > len(alone):
        since = f"since {last:%Y-%m-%d %H:%M} UTC" if last else "ever"
        found.notes.append(f"{len(missing) - len(alone)} messages were accepted whose receipt copies were not seen; none was {since}")


def _acknowledged(tx: Transaction, case: Case, acknowledgments: Sequence[Delivery], now: datetime) -> tuple[str, str]:
    """How the acknowledgment of a case stands, and what is wrong with it."""
    if not acknowledgments:
        why = next((event.detail.get("why", "") for event in tx.cases.events(case.id) if event.kind == "withheld"), None)
        if why is None and case.requester is not None:
            return "missing", "a person wrote and no acknowledgment was ever written"
        return "not due", ""
    return _fared(acknowledgments[0], now)


def _fared(delivery: Delivery, now: datetime) -> tuple[str, str]:
    if delivery.status is DeliveryStatus.SENT:
        late = bool(delivery.sent_at and delivery.sent_at > delivery.deadline)
        return ("late", f"acknowledged late, at {delivery.sent_at:%Y-%m-%d %H:%M} UTC") if late else ("in time", "")
    if delivery.status in (DeliveryStatus.QUEUED, DeliveryStatus.DEFERRED, DeliveryStatus.HELD):
        overdue = now > delivery.deadline
        return "waiting", f"its acknowledgment is overdue: {delivery.smtp_reply or 'not yet attempted'}" if overdue else ""
    if delivery.status is DeliveryStatus.WITHHELD:
        return delivery.smtp_reply or "withheld (shadow)", ""
    if delivery.cause is Cause.DROPPED:
        # Whoever decided so has seen what was known, and it stands in the case.
        return "given up by a person", ""
    return delivery.status.value, f"its acknowledgment is {delivery.status.value}: {delivery.smtp_reply}"
