"""Which messages to take in first when many wait: whose promise can still be kept, and neither the old nor the new ones starve."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from heapq import nlargest, nsmallest
from itertools import zip_longest

from triage.message import NO_ARRIVAL

#: How long an acknowledgment may take. Those that waited longer are late already and must not make others late.
PROMISE = timedelta(hours=24)
#: One in so many places goes to a message that is late already, so that it comes at last however many follow.
_FOR_LATE = 8


def urgent(arrivals: Mapping[int, datetime], now: datetime, count: int) -> list[int]:
    """At most so many UIDs, the next to take in first.

    By turns the one that must be answered soonest and the newest, and in between one that is late already, the least late first.
    """
    # What has no arrival counts from when it was first seen, which is now.
    since = {uid: now if at == NO_ARRIVAL else at for uid, at in arrivals.items()}
    savable = [uid for uid, at in since.items() if at > now - PROMISE]
    late = nlargest(count, (uid for uid, at in since.items() if at <= now - PROMISE), key=lambda uid: (since[uid], uid))
    oldest = nsmallest(count, savable, key=lambda uid: (since[uid], uid))
    newest = nlargest(count, savable, key=lambda uid: (since[uid], uid))
    alternating = dict.fromkeys(uid for pair in zip_longest(oldest, newest) for uid in pair if uid is not None)
    return list(_with_late(list(alternating), late))[:count]


def _with_late(savable: list[int], late: list[int]) -> Iterator[int]:
    step = _FOR_LATE - 1
    for start in range(0, len(savable), step):
        yield from savable[start : start + step]
        yield from late[start // step : start // step + 1]
    yield from late[-(-len(savable) // step) :]
