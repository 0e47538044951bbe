"""The lease on the store: who holds it, and the fence that keeps everybody else's writes out."""

from datetime import datetime

from sqlite_utils import Database

from triage.errors import LeaseLostError
from triage.records import LeaseClaim
from triage.store import rows

#: There is one lease, because there is one outbox.
_ROW = 1


def take(db: Database, claim: LeaseClaim, fence: int | None, now: datetime) -> int | None:
    """The number of our turn where the lease is ours, or can be: free, run out, or left behind by a dead process of this place."""
    found = next(iter(db.query("select place, holder, fence, expires_at from lease where id = ?", (_ROW,))), None)
    if found and found["fence"] == fence:
        turn = int(found["fence"])
    elif found is None or not found["holder"] or found["place"] == claim.place or rows.time(found, "expires_at") <= now:
        turn = int(found["fence"]) + 1 if found else 1
    else:
        return None
    db.execute(
        "insert or replace into lease(id, place, holder, fence, expires_at) values (?, ?, ?, ?, ?)",
        (_ROW, claim.place, claim.holder, turn, rows.moment(now + claim.lasts)),
    )
    return turn


def displaced(db: Database, claim: LeaseClaim, fence: int | None) -> str:
    """Who holds the lease, where that is neither we nor anybody of this place: whom a turn of ours would displace."""
    found = next(iter(db.query("select place, holder, fence from lease where id = ?", (_ROW,))), None)
    return "" if found is None or found["fence"] == fence or found["place"] == claim.place else rows.text(found, "holder")


def release(db: Database, fence: int) -> None:
    """Let the next one have it at once."""
    db.execute("update lease set holder = '' where id = ? and fence = ?", (_ROW, fence))


def check(db: Database, fence: int) -> None:
    """LeaseLostError where another's turn has begun; the write lock that the caller holds keeps it from beginning now."""
    found = db.execute("select fence, holder from lease where id = ?", (_ROW,)).fetchone()
    if found is None or found[0] != fence:
        raise LeaseLostError(f"another daemon has taken over ({found[1] if found else 'nobody holds the lease'}): nothing was written")
