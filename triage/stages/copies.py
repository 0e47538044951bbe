"""Whether a delivery takes a receipt copy along: always, until the server has refused them for two hours or a promise would break."""

from datetime import datetime, timedelta

from triage.alarm import AlarmBoard
from triage.clocks.retry import MARGIN
from triage.outbox import Copy
from triage.reply import Cause, Delivery, DeliveryStatus, Receipt

#: After this, an acknowledgment without proof is better than none.
_WITHOUT_AFTER = timedelta(hours=2)
_KIND = "receipts_refused"


class Copies:
    """Remembers since when the server takes no receipt copies, and counts what left without one."""

    def __init__(self, *, wanted: bool, board: AlarmBoard) -> None:
        self._wanted = wanted
        self._board = board
        self._refused_since: datetime | None = None
        self._without = 0

    def wanted(self, delivery: Delivery, now: datetime) -> Copy:
        """What to ask the transport for."""
        if not self._wanted:
            return Copy.NONE
        since = self._refused_since
        pressing = since is not None and (now - since >= _WITHOUT_AFTER or now >= delivery.deadline - MARGIN)
        return Copy.WISHED if pressing else Copy.REQUIRED

    def heard(self, receipt: Receipt, now: datetime, *, copied: bool) -> bool:
        """Learn from a receipt; True where the message left without the copy it should have had."""
        if receipt.cause is Cause.RECEIPT:
            self._refused_since = self._refused_since or now
            self._sound(receipt.text, now)
        elif copied and self._refused_since:
            self._refused_since, self._without = None, 0
            self._board.clear(_KIND)
        without = self._wanted and not copied and receipt.status in (DeliveryStatus.SENT, DeliveryStatus.UNCERTAIN)
        if without:
            self._without += 1
            self._sound("the server refuses it", now)
        return without

    def _sound(self, why: str, now: datetime) -> None:
        left = f"; {self._without} messages have left without" if self._without else "; mail waits for up to two hours"
        self._board.sound(_KIND, f"the server takes no receipt copies for smtp.receipt_address: {why}{left}", now)
