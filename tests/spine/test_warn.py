"""Alarms told to people: once when raised, again at growing intervals, once when over, and through every channel that works."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
import structlog

from tests.spine.world import Clock
from triage.alarm import Alarm, AlarmBoard, Notice
from triage.errors import TemporaryError
from triage.stages.warn import Warn

HOUR = timedelta(hours=1)


@dataclass
class Pager:
    """A channel that remembers what it was told; it fails while `away`."""

    name: str = "pager"
    told: list[str] = field(default_factory=list)
    away: bool = False
    asked: int = 0

    async def tell(self, notices: Sequence[Notice], standing: Sequence[Alarm], now: datetime) -> None:
        """Remember."""
        self.asked += 1
        if self.away:
            raise TemporaryError("nobody answers")
        self.told += [f"{notice.state} {notice.alarm.kind}" for notice in notices]


@dataclass
class Desk:
    """A board, a clock, two channels and the stage between them."""

    clock: Clock = field(default_factory=Clock)
    board: AlarmBoard = field(default_factory=AlarmBoard)
    pager: Pager = field(default_factory=Pager)
    other: Pager = field(default_factory=lambda: Pager("other"))

    def __post_init__(self) -> None:
        """Put the stage between them."""
        self.warn = Warn(board=self.board, channels=[self.pager, self.other], again=(HOUR, 4 * HOUR), now=self.clock)

    async def after(self, **by: float) -> list[str]:
        """What the pager is told when so much time has passed."""
        self.clock.forward(**by)
        self.pager.told.clear()
        await self.warn.work()
        return list(self.pager.told)


@pytest.fixture
def desk() -> Desk:
    """One for each test."""
    return Desk()


async def test_once_when_raised_and_once_when_over(desk: Desk) -> None:
    """An alarm is told at once, not again while it stands for minutes, and its end is told."""
    desk.board.sound("smtp", "away", desk.clock())
    assert await desk.after() == ["raised smtp"]
    assert await desk.after(minutes=59) == []
    desk.board.clear("smtp")
    assert await desk.after(seconds=1) == ["cleared smtp"]
    assert await desk.after(hours=9) == []


async def test_again_at_growing_intervals(desk: Desk) -> None:
    """While it stands it is told again after an hour, then every four."""
    desk.board.sound("smtp", "away", desk.clock())
    await desk.after()
    told = [hour for hour in range(1, 15) if await desk.after(hours=1) == ["standing smtp"]]
    assert told == [1, 5, 9, 13]


async def test_an_alarm_that_comes_back_is_new(desk: Desk) -> None:
    """One that was over and begins again is told at once, also when nobody looked in between."""
    desk.board.sound("smtp", "away", desk.clock())
    await desk.after()
    desk.board.clear("smtp")
    desk.clock.forward(minutes=1)
    desk.board.sound("smtp", "away", desk.clock())
    assert await desk.after() == ["raised smtp"]


async def test_new_words_are_no_new_alarm(desk: Desk) -> None:
    """An alarm whose count grows is the same one: nobody is woken by each further message."""
    desk.board.sound("uncertain", "1 delivery", desk.clock())
    await desk.after()
    desk.board.sound("uncertain", "2 deliveries", desk.clock())
    assert await desk.after(minutes=1) == []


async def test_a_channel_that_fails_keeps_no_other_from_being_told(desk: Desk) -> None:
    """What one channel could not carry is told by it later, a minute apart; the other is told at once, and once."""
    desk.pager.away = True
    desk.board.sound("smtp", "away", desk.clock())
    with structlog.testing.capture_logs() as logs:
        for _ in range(5):
            assert await desk.after(seconds=10) == []
    assert (desk.pager.asked, desk.other.told) == (1, ["raised smtp"])
    assert [(line["event"], line["channel"]) for line in logs] == [("alarm_not_told", "pager")]
    desk.pager.away = False
    assert await desk.after(minutes=1) == ["raised smtp"]
    assert desk.other.told == ["raised smtp"]


async def test_what_was_never_told_needs_no_end(desk: Desk) -> None:
    """An alarm that is over before its channel came back is not told at all."""
    desk.pager.away = True
    desk.board.sound("smtp", "away", desk.clock())
    await desk.after()
    desk.board.clear("smtp")
    desk.pager.away = False
    assert await desk.after(minutes=2) == []
    assert desk.other.told == ["raised smtp", "cleared smtp"]
