"""The ways out in the order they are preferred: which server is used now, how long an absent one is left alone, and who is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.alarm import AlarmBoard
from triage.clocks.retry import probe_after
from triage.logs import get_logger
from triage.ports import Transport
from triage.reply import Cause, Receipt

#: Servers are restarted; an operator is told when it takes longer.
_TOLD_AFTER = timedelta(minutes=10)
_SAID_AT_ONCE = {
    Cause.LOGIN: "refuses the user name or password; it is tried again every five minutes",
    Cause.ENCRYPTION: "cannot be trusted to be ours; nothing is said to it until that is mended",
    Cause.SENDER: "refuses our sender address; nothing leaves until that is mended",
}
_log = get_logger("route")


@dataclass(slots=True)
class Hop:
    """A server and how it has behaved."""

    name: str
    transport: Transport
    #: It has taken something since it was last away: several messages may be tried at once.
    proven: bool = False
    failures: int = 0
    away_since: datetime | None = None
    probe_at: datetime | None = None

    def may_be_tried(self, now: datetime) -> bool:
        """Whether it is there, or it is time to look."""
        return self.probe_at is None or self.probe_at <= now


class Route:
    """Chooses the server. A fault of a server backs off the server and not each message (RFC 5321 §4.5.4.1)."""

    def __init__(self, servers: Sequence[tuple[str, Transport]], *, board: AlarmBoard, fallback_after: timedelta) -> None:
        self._hops = [Hop(name, transport) for name, transport in servers]
        self._board = board
        self._fallback_after = fallback_after
        self._hurried = False

    def hurry(self) -> None:
        """Use the fallback servers at once when the first is away: a promise is about to break."""
        self._hurried = True

    def choose(self, now: datetime) -> Hop | None:
        """The server to use now; None while all that may be used are to be left alone."""
        for hop in self._hops:
            if hop.may_be_tried(now):
                return hop
            patient = not self._hurried and hop.away_since is not None and now - hop.away_since < self._fallback_after
            if patient:
                return None
        return None

    def next_at(self, now: datetime) -> datetime | None:
        """When a server may be tried again; None where one may be tried now."""
        if self.choose(now):
            return None
        times = [hop.probe_at for hop in self._hops if hop.probe_at]
        times += [hop.away_since + self._fallback_after for hop in self._hops[:-1] if hop.away_since]
        return min((at for at in times if at > now), default=now)

    def worked(self, hop: Hop) -> None:
        """It has answered for a message, whatever it said."""
        if not hop.proven:
            for kind in ("smtp", *(f"smtp_{cause}" for cause in _SAID_AT_ONCE)):
                self._board.clear(f"{kind}:{hop.name}")
        hop.proven, hop.failures, hop.away_since, hop.probe_at = True, 0, None, None
        if hop is self._hops[0]:
            self._hurried = False

    def failed(self, hop: Hop, receipt: Receipt, now: datetime) -> None:
        """It is at fault: leave it alone for a while, longer each time."""
        if hop.probe_at and hop.probe_at > now:
            # Another message met the same fault a moment ago.
            return
        hop.proven = False
        hop.failures += 1
        hop.away_since = hop.away_since or now
        hop.probe_at = now + probe_after(hop.failures, receipt.cause)
        _log.warning("server_away", server=hop.name, failures=hop.failures, code=receipt.code, reason=receipt.text, cause=receipt.cause)
        words = f"the server {hop.name}"
        if receipt.cause in _SAID_AT_ONCE:
            said = f"{words} {_SAID_AT_ONCE[receipt.cause]} ({receipt.code} {receipt.text})"
            self._board.sound(f"smtp_{receipt.cause}:{hop.name}", said, now)
        elif now - hop.away_since >= _TOLD_AFTER:
            self._board.sound(
                f"smtp:{hop.name}", f"{words} has taken nothing since {hop.away_since:%Y-%m-%d %H:%M} UTC: {receipt.text}", now
            )
