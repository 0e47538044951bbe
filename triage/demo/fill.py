"""Fills a sample's placeholders with what the daemon wrote earlier, and gives it the line ends of the wire."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import format_datetime

from triage.demo.day import PLACEHOLDER, Sample
from triage.demo.watch import Standing
from triage.errors import PermanentError
from triage.reply import Delivery, ReplyKind

_REPLY_TO = re.compile(rb"^Reply-To: ([^\r\n]{1,320})", re.MULTILINE)


class MissingPieceError(PermanentError):
    """A sample speaks of something that the daemon never wrote."""


def filled(sample: Sample, earlier: Mapping[str, Standing], *, now: datetime, began: datetime) -> bytes:
    """The message as it goes over the wire; MissingPieceError where an earlier one left nothing to speak of."""
    moments = {"date": now, "began": began}

    def piece(found: re.Match[bytes]) -> bytes:
        name, number = found[1].decode(), (found[2] or b"").decode()
        if name in moments:
            return format_datetime(moments[name]).encode()
        if name not in _PIECES or number not in earlier:
            raise MissingPieceError(f"{sample.file}: {found[0].decode()}: expected one of {', '.join(_PIECES)} of a settled message")
        return _PIECES[name](earlier[number]).encode()

    return PLACEHOLDER.sub(piece, sample.content).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _first(standing: Standing, kind: ReplyKind) -> Delivery:
    found = standing.of_kind(kind)
    if not found:
        raise MissingPieceError(f"message {standing.record.id} ({standing.record.outcome}) led to no {kind}")
    return found[0]


def _number(standing: Standing) -> str:
    if standing.case is None:
        raise MissingPieceError(f"message {standing.record.id} ({standing.record.outcome}) has no case")
    return standing.case.number


def _reply_to(delivery: Delivery) -> str:
    found = _REPLY_TO.search(delivery.content)
    return found[1].decode() if found else ""


#: What a placeholder stands for: something of the case, the acknowledgment or the first escalation of an earlier message.
_PIECES: Mapping[str, Callable[[Standing], str]] = {
    "number": _number,
    "message_id": lambda standing: _first(standing, ReplyKind.ACKNOWLEDGMENT).message_id,
    "reverse_path": lambda standing: _first(standing, ReplyKind.ACKNOWLEDGMENT).reverse_path,
    "reply_to": lambda standing: _reply_to(_first(standing, ReplyKind.ACKNOWLEDGMENT)),
    "escalation_id": lambda standing: _first(standing, ReplyKind.ESCALATION).message_id,
    "escalation_reply_to": lambda standing: _reply_to(_first(standing, ReplyKind.ESCALATION)),
}
