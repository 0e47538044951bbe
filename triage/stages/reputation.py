"""Tells the operator when servers refuse what we write, or when we would send what must not leave."""

from datetime import datetime, timedelta

from triage.alarm import AlarmBoard
from triage.reply import Cause, DeliveryStatus, Receipt

#: A filter that has taken everything for this long has changed its mind.
_CALM = timedelta(hours=1)
_CONTENT, _OURS = "smtp_content", "outgoing"


class Reputation:
    """Listens to the receipts of all attempts."""

    def __init__(self, board: AlarmBoard) -> None:
        self._board = board
        self._refused_at: datetime | None = None

    def heard(self, receipt: Receipt, now: datetime) -> None:
        """Learn from a receipt."""
        if receipt.cause is Cause.CONTENT:
            self._refused_at = now
            said = f"mail of ours is refused for its content ({receipt.code} {receipt.text}): see `triage retry`"
            self._board.sound(_CONTENT, said, now)
        elif receipt.status is DeliveryStatus.SENT and self._refused_at and now - self._refused_at >= _CALM:
            self._refused_at = None
            self._board.clear(_CONTENT)
        if receipt.cause is Cause.OURS:
            # Never cleared by itself: it is a defect, and a person must have looked.
            self._board.sound(_OURS, f"a message was not fit to leave and was held back ({receipt.text}): see `triage retry`", now)
