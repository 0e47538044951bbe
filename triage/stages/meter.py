"""How fast mail leaves, measured: the forecast stands on it, also while nothing leaves at all."""

from datetime import datetime, timedelta

#: Messages per second where too little was measured yet.
UNMEASURED = 1.0
#: Of what was measured before, so much is kept with each message: the last hundred say most of it.
_KEPT = 0.99
#: Fewer say more of a first handshake than of the server.
_ENOUGH = 10
#: Nothing waits longer than for the answer to a final dot (RFC 5321 §4.5.3.2.6); a longer span is a clock that was turned.
_LONGEST = timedelta(minutes=10)


class Meter:
    """Divides messages by the time for which they occupied connections, so that a quiet hour does not look like a slow server."""

    def __init__(self, connections: int) -> None:
        self._connections = connections
        self._hand = 0
        self._at: datetime | None = None
        #: Seconds of connections: since the last message that was answered, and before; and how many were answered, the old ones fading.
        self._pending = 0.0
        self._seconds = 0.0
        self._served = 0.0
        self._count = 0

    @property
    def per_second(self) -> float:
        """Messages per second with every connection in use, as last measured."""
        if self._count < _ENOUGH or self._seconds <= 0:
            return UNMEASURED
        return self._connections * self._served / self._seconds

    def in_hand(self, count: int, now: datetime) -> None:
        """So many are on their way from now on."""
        span = now - self._at if self._at else timedelta()
        if timedelta() <= span <= _LONGEST:
            self._pending += min(self._hand, self._connections) * span.total_seconds()
        self._hand, self._at = count, now

    def ended(self, left: int, now: datetime, *, served: bool) -> None:
        """One came to its end and so many are left; `served`: the server has answered, whatever it said."""
        self.in_hand(left, now)
        # Waiting for a server that is away says nothing of its speed: what was measured before still counts.
        if served:
            self._seconds = self._seconds * _KEPT + self._pending
            self._served = self._served * _KEPT + 1
            self._count += 1
        self._pending = 0.0
