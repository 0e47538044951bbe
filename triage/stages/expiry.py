"""Warns days before a server's certificate or a grant of access ends, while there is time to renew it."""

from collections.abc import Mapping
from datetime import timedelta

from triage.alarm import AlarmBoard
from triage.ports import Expiring, Now
from triage.stages.loop import Bell

_TICK = timedelta(minutes=10)


class Expiry:
    """Looks at what the connections have seen; it opens none of its own."""

    name = "expiry"

    def __init__(
        self, *, sources: Mapping[str, Expiring], grants: Mapping[str, Expiring], board: AlarmBoard, warn: timedelta, now: Now
    ) -> None:
        self._known = {f"certificate:{name}": (f"the certificate of {name}", source) for name, source in sources.items()}
        self._known |= {f"oauth:{name}": (f"the grant oauth.{name}", source) for name, source in grants.items()}
        self._board = board
        self._warn = warn
        self._now = now

    async def work(self) -> int:
        """Sound or clear the alarm of each server; 0, because there is never more to do at once."""
        now = self._now()
        for kind, (what, source) in self._known.items():
            ends = source.expires_at
            if ends is not None and ends - now < self._warn:
                how = f"ends in {(ends - now).days} days" if ends > now else "has ended"
                self._board.sound(kind, f"{what} {how} ({ends:%Y-%m-%d %H:%M} UTC): renew it", now)
            else:
                self._board.clear(kind)
        return 0

    async def idle(self) -> None:
        """Wait for the next look."""
        # Rung by nobody: a warning days ahead has time.
        await Bell().wait(_TICK)
