"""A sample of the kills at system calls, and what the proof makes of what it sees."""

import pytest

from tests.proof import syscalls
from tests.proof.syscalls import Point, Verdict


def test_killed_at_system_calls() -> None:
    """A daemon killed at a few of the calls of a message's way: each message is acknowledged once or in doubt, filed, and accounted for."""
    if why := syscalls.why_not():
        pytest.skip(why)
    verdict = syscalls.kill_at(3, seed=2)
    assert verdict.clean, verdict.details()
    assert len(verdict.points) == 3
    assert verdict.struck


def test_a_violation_is_told() -> None:
    """One point that went wrong spoils the verdict, has its line, and stands in the table by its call."""
    good = Point("store", "fdatasync", 7, call="fdatasync", on="triage.db-wal", status="sent", accepted=1)
    bad = Point(
        "main", "sendto", 9, call="sendto", on="socket", status="uncertain", accepted=2, violations=["acknowledged 2 times and not marked"]
    )
    missed = Point("main", "sendto", 99)
    verdict = Verdict([good, bad, missed])
    assert not verdict.clean
    rows = [line.split() for line in verdict.details()]
    assert rows[1:3] == [["main", "sendto", "1", "1", "1"], ["store", "fdatasync", "1", "0", "0"]]
    assert verdict.details()[3:] == ["main 9 sendto socket: acknowledged 2 times and not marked"]
    assert str(verdict).startswith("2 kills at as many system calls, 1 with violations, 1 uncertain (of which 1 had been accepted)")
