"""The outbox's table of moves: what every path through it has in common."""

import pytest

from triage.outbox import HAPPENED, MOVES, WAITING, Happening, after
from triage.reply import DeliveryStatus

SENT, FAILED, WITHHELD = DeliveryStatus.SENT, DeliveryStatus.FAILED, DeliveryStatus.WITHHELD
SENDING, UNCERTAIN = DeliveryStatus.SENDING, DeliveryStatus.UNCERTAIN


@pytest.mark.parametrize("end", [SENT, WITHHELD])
@pytest.mark.parametrize("happening", list(Happening))
def test_nothing_moves_what_was_sent_or_withheld(end: DeliveryStatus, happening: Happening) -> None:
    """A sent delivery is never sent again, and one of shadow mode never leaves, whatever happens."""
    assert after(end, happening) is end


def test_nothing_is_sent_but_by_way_of_data() -> None:
    """Sent follows only from a server's 250 in the middle of an attempt, or from the proof of a receipt copy."""
    ways = {(place, happening) for happening, (places, target) in MOVES.items() for place in places if target is SENT}
    assert ways == {(SENDING, Happening.ACCEPTED), *((place, Happening.RECEIPT) for place in WAITING | {UNCERTAIN})}


def test_data_begins_only_for_what_waits() -> None:
    """Nothing that is on the wire, in doubt or at its end can be begun."""
    assert MOVES[Happening.BEGIN] == (WAITING, SENDING)


def test_doubt_ends_only_by_proof_its_absence_or_a_person() -> None:
    """No server and no restart moves what is uncertain."""
    moving = {happening for happening in Happening if after(UNCERTAIN, happening) is not UNCERTAIN}
    assert moving == {Happening.RECEIPT, Happening.AGAIN, Happening.DROP}


def test_every_attempt_has_an_end() -> None:
    """From `sending` each outcome and a crash lead somewhere, so that nothing stays on the wire for ever."""
    outcomes = {*HAPPENED.values(), Happening.CRASH}
    assert {after(SENDING, happening) for happening in outcomes} == {SENT, FAILED, UNCERTAIN, DeliveryStatus.DEFERRED}


def test_every_status_can_be_reached() -> None:
    """From queued, or held, the table leads everywhere."""
    written = {DeliveryStatus.QUEUED, DeliveryStatus.HELD}
    reached, fresh = written, written
    while fresh:
        fresh = {after(status, happening) for status in fresh for happening in Happening} - reached
        reached |= fresh
    assert reached == set(DeliveryStatus)
