"""Which server is used: back-off of the server and not of each message, one canary, and the fallback servers."""

from datetime import UTC, datetime, timedelta

import pytest

from triage.alarm import AlarmBoard
from triage.outbox import Copy
from triage.ports import BeforeData
from triage.reply import Cause, Delivery, DeliveryStatus, Receipt
from triage.stages.route import Hop, Route

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
AWAY = Receipt(status=DeliveryStatus.DEFERRED, text="refused", cause=Cause.HOST)
LOGIN = Receipt(status=DeliveryStatus.DEFERRED, code=535, text="wrong", cause=Cause.LOGIN)
DISTRUST = Receipt(status=DeliveryStatus.DEFERRED, text="certificate has expired", cause=Cause.ENCRYPTION)
SENDER = Receipt(status=DeliveryStatus.DEFERRED, code=550, text="not you", cause=Cause.SENDER)
PATIENCE = timedelta(minutes=30)


class Nowhere:
    """A transport that is never used here."""

    async def send(self, delivery: Delivery, before_data: BeforeData, copy: Copy = Copy.NONE) -> Receipt:
        """Nothing is sent."""
        raise NotImplementedError

    async def close(self) -> None:
        """Nothing is open."""


def after(**units: float) -> datetime:
    """So long after noon."""
    return NOON + timedelta(**units)


def route(*names: str, board: AlarmBoard | None = None) -> Route:
    """Servers of these names."""
    return Route([(name, Nowhere()) for name in names], board=board or AlarmBoard(), fallback_after=PATIENCE)


def chosen(made: Route, now: datetime) -> str:
    """The name of the server that would be used."""
    hop = made.choose(now)
    return hop.name if hop else ""


def fail(made: Route, now: datetime, receipt: Receipt = AWAY) -> Hop:
    """The server that would be used turns out to be away."""
    hop = made.choose(now)
    assert hop
    made.failed(hop, receipt, now)
    return hop


def test_a_server_is_proven_by_one_message() -> None:
    """Nothing is known of a server at first, and nothing again once it was away: a single message goes ahead then."""
    made = route("a")
    hop = made.choose(NOON)
    assert hop
    assert not hop.proven
    made.worked(hop)
    assert hop.proven
    made.failed(hop, AWAY, NOON)
    assert not hop.proven


def test_an_absent_server_is_left_alone_for_longer_each_time() -> None:
    """Between two probes nothing is tried; the time between them grows to five minutes and starts anew after a success."""
    made, now, gaps = route("a"), NOON, []
    for _ in range(9):
        hop = fail(made, now)
        assert chosen(made, now) == ""
        at = made.next_at(now)
        assert at
        gaps.append((at - now).total_seconds())
        now = at
        assert made.next_at(now) is None
    assert gaps == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    made.worked(hop)
    fail(made, now)
    assert made.next_at(now) == now + timedelta(seconds=5)


def test_messages_that_meet_the_same_fault_count_once() -> None:
    """Several that were on the wire when a server went away make it one failure."""
    made = route("a")
    hop = fail(made, NOON)
    made.failed(hop, AWAY, after(seconds=1))
    assert (hop.failures, made.next_at(after(seconds=1))) == (1, after(seconds=5))


def test_the_next_server_is_used_when_the_first_is_away_for_long() -> None:
    """Until half an hour only the first is probed; then the second carries, the first is still probed, and is used again once back."""
    made = route("a", "b")
    now = NOON
    while now < NOON + PATIENCE:
        assert fail(made, now).name == "a"
        now = made.next_at(now) or now
    assert chosen(made, now) in ("a", "b")
    if chosen(made, now) == "a":
        fail(made, now)
    second = made.choose(now)
    assert second
    assert second.name == "b"
    made.worked(second)
    used = [chosen(made, now + timedelta(seconds=number)) for number in range(301)]
    assert (used[0], used[-1]) == ("b", "a")
    assert used == sorted(used, reverse=True)
    first = made.choose(now + timedelta(seconds=300))
    assert first
    made.worked(first)
    assert chosen(made, now + timedelta(seconds=301)) == "a"


def test_a_promise_about_to_break_hurries() -> None:
    """Told to hurry, the fallback is used as soon as the first is away, and only until the first is back."""
    made = route("a", "b")
    first = fail(made, NOON)
    assert chosen(made, NOON) == ""
    made.hurry()
    assert chosen(made, NOON) == "b"
    made.worked(first)
    fail(made, after(hours=1))
    assert chosen(made, after(hours=1)) == ""


def test_when_all_are_away_the_first_probe_of_any_is_awaited() -> None:
    """Nothing is tried until the earliest probe of a server that may be used."""
    made = route("a", "b")
    made.hurry()
    fail(made, NOON)
    fail(made, after(seconds=2))
    assert chosen(made, after(seconds=3)) == ""
    assert made.next_at(after(seconds=3)) == after(seconds=5)


@pytest.mark.parametrize(("receipt", "kind"), [(LOGIN, "smtp_login:a"), (DISTRUST, "smtp_encryption:a"), (SENDER, "smtp_sender:a")])
def test_what_a_person_must_mend_is_told_at_once(receipt: Receipt, kind: str) -> None:
    """A refused password, certificate or sender is an alarm from the first time, until something is taken again."""
    board = AlarmBoard()
    made = route("a", board=board)
    hop = fail(made, NOON, receipt)
    [alarm] = board.standing()
    assert (alarm.kind, alarm.since) == (kind, NOON)
    assert receipt.text in alarm.text
    made.worked(hop)
    assert board.standing() == ()


def test_a_refused_password_is_tried_every_five_minutes() -> None:
    """No storm that would lock the account: one attempt, then five minutes."""
    made = route("a")
    fail(made, NOON, LOGIN)
    assert made.next_at(NOON) == after(minutes=5)


def test_an_absence_is_an_alarm_after_ten_minutes() -> None:
    """A server that is restarted worries nobody; one that stays away does, with the time since when."""
    board = AlarmBoard()
    made, now = route("a", board=board), NOON
    while now < after(minutes=10):
        fail(made, now)
        assert board.standing() == ()
        now = made.next_at(now) or now
    fail(made, now)
    [alarm] = board.standing()
    assert (alarm.kind, "since 2026-03-02 12:00 UTC" in alarm.text) == ("smtp:a", True)
