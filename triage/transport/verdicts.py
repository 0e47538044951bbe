"""What a reply, or silence, at each phase of an SMTP transaction means for the message (RFC 5321 §4.2, §4.5.3.1.10)."""

from enum import StrEnum

from triage.reply import Cause, DeliveryStatus, Receipt

_MOST = 200
#: Replies that speak of us or of the server, never of the recipient: going away, out of step, authentication wanted or refused.
_HOST_CODES = frozenset({421, 503, 530, 534, 535, 538})
#: Of these, those that a person must mend (RFC 4954 §6).
PASSWORD_CODES = frozenset({530, 534, 535, 538})


class Phase(StrEnum):
    """How far a transaction has come."""

    #: Connection, greeting, EHLO, STARTTLS, AUTH.
    CONNECT = "connect"
    MAIL = "mail"
    RCPT = "rcpt"
    #: From the DATA command until the final dot is written.
    DATA = "data"
    #: The final dot is on its way: from here only a reply tells.
    DOT = "dot"


def of_reply(phase: Phase, code: int, text: str) -> Receipt:
    """The receipt for a reply that ends the attempt."""
    status = _status(phase, code)
    return Receipt(status=status, code=code, text=clean(text), cause=_cause(phase, code, status))


def _status(phase: Phase, code: int) -> DeliveryStatus:
    if phase is Phase.DOT:
        by_class = {2: DeliveryStatus.SENT, 4: DeliveryStatus.DEFERRED, 5: DeliveryStatus.FAILED}
        return by_class.get(code // 100, DeliveryStatus.UNCERTAIN)
    # 552 means too large, except at RCPT, where it was long used for too many recipients (RFC 5321 §4.5.3.1.10).
    too_large = code == 552 and phase in (Phase.MAIL, Phase.DATA)
    refused = phase is Phase.RCPT and code // 100 == 5 and code != 552 and code not in _HOST_CODES
    return DeliveryStatus.FAILED if too_large or refused else DeliveryStatus.DEFERRED


def of_copy(code: int, text: str) -> Receipt:
    """The receipt for a server that takes the recipient and refuses the receipt copy."""
    if code in _HOST_CODES or not 400 <= code < 600:
        return of_reply(Phase.RCPT, code, text)
    return Receipt(status=DeliveryStatus.DEFERRED, code=code, text=clean(text), cause=Cause.RECEIPT)


def _cause(phase: Phase, code: int, status: DeliveryStatus) -> Cause:
    if status is DeliveryStatus.FAILED:
        return Cause.CONTENT if phase in (Phase.DATA, Phase.DOT) else Cause.NONE
    if status is not DeliveryStatus.DEFERRED:
        return Cause.NONE
    if code in PASSWORD_CODES:
        return Cause.LOGIN
    if phase is Phase.CONNECT or code in _HOST_CODES or not 400 <= code < 600:
        return Cause.HOST
    if phase is Phase.MAIL:
        return Cause.SENDER if code // 100 == 5 else Cause.HOST
    return Cause.CONTENT if phase is Phase.DATA and code // 100 == 5 else Cause.RECIPIENT if phase is Phase.RCPT else Cause.NONE


def of_silence(phase: Phase, why: str) -> Receipt:
    """The receipt where no reply came: a drop, a time-out, or words that are no reply."""
    if phase is Phase.DOT:
        return Receipt(status=DeliveryStatus.UNCERTAIN, text=clean(why))
    return Receipt(status=DeliveryStatus.DEFERRED, text=clean(why), cause=Cause.HOST)


def of_distrust(why: str) -> Receipt:
    """The receipt where nothing was said, because the line cannot be encrypted as configured."""
    return Receipt(status=DeliveryStatus.DEFERRED, text=clean(why), cause=Cause.ENCRYPTION)


def of_no_access(why: str) -> Receipt:
    """The receipt where nothing was said, because nobody gave us access."""
    return Receipt(status=DeliveryStatus.DEFERRED, text=clean(why), cause=Cause.LOGIN)


def of_ourselves(why: str) -> Receipt:
    """The receipt for a message that must not reach the wire."""
    return Receipt(status=DeliveryStatus.FAILED, text=clean(why), cause=Cause.OURS)


def clean(text: str) -> str:
    """The text on one line, bounded and printable, with addresses taken out: servers like to repeat them."""
    words = ("(address)" if "@" in word else word for word in text[: 4 * _MOST].split())
    return "".join(character if character.isprintable() else "?" for character in " ".join(words))[:_MOST]
