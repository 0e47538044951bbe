"""The outbox as a table: which status a delivery may move to, by what, and in which lane it waits. Store and proofs use the same one."""

from collections.abc import Mapping
from enum import StrEnum

from triage.reply import DeliveryStatus

QUEUED, SENDING, SENT = DeliveryStatus.QUEUED, DeliveryStatus.SENDING, DeliveryStatus.SENT
DEFERRED, FAILED, UNCERTAIN = DeliveryStatus.DEFERRED, DeliveryStatus.FAILED, DeliveryStatus.UNCERTAIN
HELD = DeliveryStatus.HELD

#: Waiting to be tried; surely not accepted so far, unless it is marked as a possible duplicate.
WAITING = frozenset({QUEUED, DEFERRED})


class Happening(StrEnum):
    """What moves a delivery."""

    #: Committed before the DATA command.
    BEGIN = "begin"
    ACCEPTED = "accepted"
    #: Refused for now, before DATA or in place of the 250.
    PUT_OFF = "put_off"
    REFUSED = "refused"
    #: No reply after the final dot.
    SILENCE = "silence"
    #: Found in `sending` at start.
    CRASH = "crash"
    #: The receipt copy was found.
    RECEIPT = "receipt"
    #: The receipt copy is absent after the wait, or a person asks for it.
    AGAIN = "again"
    #: A person decides against it.
    DROP = "drop"
    #: Its case was found to be none that is answered, or its author takes it back.
    WITHDRAW = "withdraw"
    #: Its author says that it may leave, or the flood that it waited out is over.
    RELEASE = "release"


#: By what happens: where it can happen, and what it leads to. Elsewhere it changes nothing: a sent delivery is never sent again, a
#: withheld one never leaves.
MOVES: Mapping[Happening, tuple[frozenset[DeliveryStatus], DeliveryStatus]] = {
    Happening.BEGIN: (WAITING, SENDING),
    Happening.ACCEPTED: (frozenset({SENDING}), SENT),
    Happening.PUT_OFF: (WAITING | {SENDING}, DEFERRED),
    Happening.REFUSED: (WAITING | {SENDING}, FAILED),
    Happening.SILENCE: (frozenset({SENDING}), UNCERTAIN),
    Happening.CRASH: (frozenset({SENDING}), UNCERTAIN),
    # Also of what waits again after silence, or in a store that was brought back from a backup: the copy is there, so it was sent.
    Happening.RECEIPT: (WAITING | {UNCERTAIN}, SENT),
    Happening.AGAIN: (frozenset({UNCERTAIN, FAILED}), DEFERRED),
    Happening.DROP: (WAITING | {UNCERTAIN, FAILED, HELD}, FAILED),
    Happening.WITHDRAW: (WAITING | {HELD}, DeliveryStatus.WITHHELD),
    Happening.RELEASE: (frozenset({HELD}), QUEUED),
}

#: What a receipt's status says happened.
HAPPENED: Mapping[DeliveryStatus, Happening] = {
    SENT: Happening.ACCEPTED,
    DEFERRED: Happening.PUT_OFF,
    FAILED: Happening.REFUSED,
    UNCERTAIN: Happening.SILENCE,
}


def after(status: DeliveryStatus, happening: Happening) -> DeliveryStatus:
    """Where a delivery stands after something happened to it."""
    places, target = MOVES[happening]
    return target if status in places else status


class Lane(StrEnum):
    """Deliveries wait in two lanes, so that neither many acknowledgments nor a few escalations hold the others up."""

    ACKNOWLEDGMENTS = "acknowledgments"
    OTHERS = "others"


class Copy(StrEnum):
    """Whether a receipt copy is to go along."""

    NONE = "none"
    #: Without it nothing is sent.
    REQUIRED = "required"
    #: If the server takes it.
    WISHED = "wished"
