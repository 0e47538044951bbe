"""Messages that a server lists and does not hand over: when to ask again, and when to stop asking."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

#: Polls, each in a session of its own, in which a message may be listed or have been listed without its data coming.
_POLLS = 3


@dataclass(slots=True)
class _Asked:
    """What is known of one message that does not come."""

    since: datetime
    last: datetime
    polls: int
    listed: bool


class Withheld:
    """The messages of one mailbox that were asked for in vain."""

    def __init__(self, pause: timedelta) -> None:
        """The same message is asked for again after `pause` at the earliest."""
        self._pause = pause
        self._asked: dict[int, _Asked] = {}

    def __contains__(self, uid: object) -> bool:
        """Whether it was asked for in vain."""
        return uid in self._asked

    def resting(self, now: datetime) -> set[int]:
        """Those that it is too early to ask for again."""
        # A clock that was turned back must not let them rest for as long.
        return {uid for uid, it in self._asked.items() if it.last <= now < it.last + self._pause}

    def came(self, uids: Collection[int]) -> None:
        """They are here after all."""
        for uid in uids:
            self._asked.pop(uid, None)

    def in_vain(self, uids: Iterable[int], now: datetime, *, listed: bool) -> None:
        """They were asked for, or no longer listed, in a session of their own."""
        for uid in uids:
            it = self._asked.setdefault(uid, _Asked(now, now, 0, listed))
            it.polls, it.last, it.listed = it.polls + 1, now, listed

    def unlisted(self, listed: Collection[int], now: datetime) -> list[int]:
        """Those that the server no longer lists and that may be looked for again."""
        return sorted(set(self._asked) - set(listed) - self.resting(now))

    def hopeless(self) -> dict[int, str]:
        """Those to stop asking for, with the evidence in words."""
        return {uid: _evidence(it) for uid, it in self._asked.items() if it.polls >= _POLLS}


def _evidence(it: _Asked) -> str:
    what = "the server lists it and gives no data" if it.listed else "the server listed it and then no longer"
    return f"{what}: asked {it.polls} times, each in a fresh session, from {it.since:%Y-%m-%d %H:%M:%S} to {it.last:%H:%M:%S} UTC"
