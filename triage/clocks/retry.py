"""When a delivery is tried again, when a server is, and when a receipt copy must have arrived."""

from datetime import datetime, timedelta

from triage.reply import Cause

#: The submission server is ours and the promise is a day, so the first retries come soon (an MTA would wait 30 min, RFC 5321 §4.5.4.1).
_MINUTES = (1, 2, 5, 10, 20, 30)
#: Five days, as RFC 5321 §4.5.4.1 asks of a sender before it gives up.
GIVE_UP_AFTER = timedelta(days=5)
#: Who is put off by greylisting and comes back sooner is put off again; later only costs time.
_GREYLIST = (timedelta(minutes=5), timedelta(minutes=15))
#: A filter's mind is changed by its operator, not by asking soon.
_CONTENT = timedelta(minutes=30)
#: A password does not heal by trying, and trying locks the account.
_LOGIN = timedelta(minutes=5)
_FIRST_PROBE = timedelta(seconds=5)
_LAST_PROBE = timedelta(minutes=5)
#: A promise is not brought closer to its end than this by waiting for proof.
MARGIN = timedelta(minutes=30)
#: A copy needs this long to arrive even where time presses.
_SHORTEST_WAIT = timedelta(minutes=1)


def retry_after(attempts: int, cause: Cause) -> timedelta:
    """How long a delivery waits that was put off, after so many attempts before."""
    usual = timedelta(minutes=_MINUTES[min(attempts, len(_MINUTES) - 1)])
    if cause is Cause.RECIPIENT:
        return min(max(usual, _GREYLIST[0]), _GREYLIST[1])
    return _CONTENT if cause is Cause.CONTENT else usual


def probe_after(failures: int, cause: Cause) -> timedelta:
    """How long a server is left alone that has failed so many times in a row."""
    if cause is Cause.LOGIN:
        return _LOGIN
    return min(_LAST_PROBE, _FIRST_PROBE * (1 << min(failures - 1, 10)))


def absent_from(begun_at: datetime, deadline: datetime, wait: timedelta) -> datetime:
    """From when the absence of a receipt copy means that the message was not accepted."""
    pressing = max(begun_at + _SHORTEST_WAIT, deadline - MARGIN)
    # Where the promise is broken already, haste helps nobody and may write twice.
    return begun_at + wait if begun_at >= deadline else min(begun_at + wait, pressing)
