"""What payment providers told us."""

from datetime import datetime

from sqlite_utils import Database

from triage.payment import HeardEvent, PaymentEvent, PostCount, PostOutcome, Transmission, event_json, parse_event
from triage.store import rows

_ADD = """insert or ignore into payment_events(provider, event, subject, content, received_at, next_attempt_at)
    values (?, ?, ?, ?, ?, ?)"""
_WAITING = """select id, content, attempts from payment_events where next_attempt_at <= ? order by next_attempt_at, id limit ?"""
_SETTLE = """update payment_events set next_attempt_at = null, content = null, outcome = ?, settled_at = ?, case_id = ? where id = ?
    returning provider"""
_COUNT = """insert into payment_counts(provider, outcome, many, last_at) values (?, ?, ?, ?) on conflict(provider, outcome)
    do update set many = many + excluded.many, last_at = max(last_at, excluded.last_at)"""
_COUNTS = "select provider, outcome, many, last_at from payment_counts"

_FIRST = "insert or ignore into payment_transmissions(provider, id, digest, until) values (?, ?, ?, ?)"


class SqlitePayments:
    """The PaymentTable port."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, event: PaymentEvent, at: datetime, due: datetime) -> bool:
        """Keep it until it is due."""
        row = (event.provider, event.id, event.subject, event_json(event), rows.moment(at), rows.moment(due))
        new = self._db.execute(_ADD, row).rowcount > 0
        self.count(event.provider, PostOutcome.RECEIVED if new else PostOutcome.REPEATED, 1, at)
        return new

    def is_first(self, transmission: Transmission, now: datetime) -> bool:
        """Remember what came under its id."""
        it = transmission
        self._db.execute("delete from payment_transmissions where until < ?", (rows.moment(now),))
        self._db.execute(_FIRST, (it.provider, it.id, it.digest, rows.moment(it.until)))
        query = "select digest from payment_transmissions where provider = ? and id = ?"
        return str(self._db.execute(query, (it.provider, it.id)).fetchone()[0]) == it.digest

    def waiting(self, now: datetime, limit: int) -> list[HeardEvent]:
        """Events that are due, earliest first."""
        return [
            HeardEvent(row=rows.number(row, "id"), event=parse_event(rows.text(row, "content")), attempts=rows.number(row, "attempts"))
            for row in self._db.query(_WAITING, (rows.moment(now), limit))
        ]

    def put_off(self, row: int, at: datetime) -> None:
        """It is due then."""
        self._db.execute("update payment_events set attempts = attempts + 1, next_attempt_at = ? where id = ?", (rows.moment(at), row))

    def settle(self, row: int, outcome: str, at: datetime, case_id: int | None = None) -> None:
        """What came of it."""
        for (provider,) in self._db.execute(_SETTLE, (outcome, rows.moment(at), case_id, row)).fetchall():
            if case_id is not None:
                self.count(provider, PostOutcome.OPENED, 1, at)

    def case_of(self, subject: str) -> int | None:
        """The case that was opened because of it."""
        found = self._db.execute("select case_id from payment_events where subject = ? and case_id is not null", (subject,)).fetchone()
        return int(found[0]) if found else None

    def opened_since(self, since: datetime) -> int:
        """How many cases were opened since then."""
        query = "select count(*) from payment_events where settled_at > ? and case_id is not null"
        return int(self._db.execute(query, (rows.moment(since),)).fetchone()[0])

    def count(self, provider: str, outcome: PostOutcome, many: int, last_at: datetime) -> None:
        """So many more posts came to that."""
        self._db.execute(_COUNT, (provider, outcome, many, rows.moment(last_at)))

    def counts(self) -> list[PostCount]:
        """What became of all posts, by provider."""
        found = [_count(row) for row in self._db.query(_COUNTS)]
        return sorted(found, key=lambda it: (it.provider, list(PostOutcome).index(it.outcome)))


def _count(row: rows.Row) -> PostCount:
    return PostCount(
        provider=rows.text(row, "provider"),
        outcome=PostOutcome(rows.text(row, "outcome")),
        count=rows.number(row, "many"),
        last_at=rows.time(row, "last_at"),
    )
