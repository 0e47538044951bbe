"""The watch over the daemon: the forecast, the stages that fail, what a person must look at; alarms come and go by themselves."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.spine.world import Clock
from tests.store.words import NOON, Each, key, new_case, raw, reading
from tests.stores import laid
from triage.alarm import AlarmBoard
from triage.clocks.forecast import Capacity
from triage.decision import Outcome
from triage.errors import AuthenticationFailedError, ConnectionLostError
from triage.health import Health
from triage.ports import Store
from triage.reply import DeliveryStatus, Receipt, ReplyKind
from triage.stages.pulse import Pulses
from triage.stages.vitals import Vitals
from triage.store.sqlite import open_store

DAY = timedelta(hours=24)


@dataclass
class Ward:
    """A store, a clock, and the watch over them."""

    store: Store
    clock: Clock
    board: AlarmBoard
    pulses: Pulses
    per_second: float = 0.5
    hurried: list[datetime] = field(default_factory=list)

    def __post_init__(self) -> None:
        """The watch."""
        self.vitals = Vitals(
            store=self.store, pulses=self.pulses, board=self.board, capacity=lambda: Capacity(per_second=self.per_second),
            hurry=lambda: self.hurried.append(self.clock()), round_trip=lambda: None, acknowledge=DAY, margin=timedelta(hours=1), now=self.clock,
        )  # fmt: skip

    async def alarms(self) -> dict[str, str]:
        """Kind and words of what stands after a look."""
        return {alarm.kind: alarm.text for alarm in (await self.vitals.look()).alarms}


@pytest.fixture
async def ward(tmp_path: Path):  # type: ignore[no-untyped-def]
    """One on an empty store, at noon."""
    clock = Clock(NOON)
    store = open_store(laid(tmp_path / "triage.db"), "SP")
    yield Ward(store, clock, AlarmBoard(), Pulses(clock))
    await store.close()


async def test_nothing_waits_and_all_is_well(ward: Ward) -> None:
    """An empty store has no slack to speak of, no alarm, and says so in one line."""
    found = await ward.vitals.look()
    assert (found.well, found.line, found.oldest) == (True, "slack ≥ 0, nothing waits", None)
    assert await ward.vitals.work() == 0
    assert ward.vitals.latest == found


async def test_slack_counts_what_is_not_even_decided(ward: Ward) -> None:
    """A message that waits to be decided has its promise too, from its arrival; the oldest is named."""
    await Each(ward.store).queued("a", deadline=NOON + DAY)
    await ward.store.transact(lambda tx: tx.messages.add([raw(1, at=NOON - timedelta(hours=3))]))
    found = await ward.vitals.look()
    assert (found.unacknowledged, found.oldest) == (2, NOON - timedelta(hours=3))
    # 24 hours, less the three it has waited, the margin of one, and two seconds a message.
    assert found.slack == timedelta(hours=20) - timedelta(seconds=2)
    assert found.line == "slack 19 h 59 min, 2 waiting"


async def test_the_alarm_comes_before_the_promise_breaks(ward: Ward) -> None:
    """With more waiting than the rate can carry the alarm stands hours ahead, and goes when the rate is better."""

    def fill(tx) -> None:  # type: ignore[no-untyped-def]
        tx.messages.add([raw(uid, at=NOON) for uid in range(1, 201)])

    await ward.store.transact(fill)
    assert await ward.alarms() == {}
    ward.per_second = 1 / 600
    said = "62 of 200 acknowledgments will miss their deadline: they leave at 0.00167 a second, the last one at 2026-03-03 21:20 UTC"
    assert await ward.alarms() == {"promise": said}
    assert ward.hurried == [NOON]
    assert not (await ward.vitals.look()).well
    ward.per_second = 1.0
    assert await ward.alarms() == {}


async def test_what_is_late_is_said(ward: Ward) -> None:
    """A deadline that has passed while its acknowledgment waits is an alarm, and no slack hides it."""
    await Each(ward.store).queued("a", deadline=NOON + DAY)
    ward.clock.forward(hours=25)
    assert await ward.alarms() == {"late": "1 acknowledgments that wait are past their deadline"}
    assert (await ward.vitals.look()).line == "1 late; 1 alarm"


async def test_only_acknowledgments_have_this_promise(ward: Ward) -> None:
    """An escalation that waits is counted among deliveries and not among the unacknowledged."""
    await Each(ward.store).queued("a", kind=ReplyKind.ESCALATION, deadline=NOON)
    found = await ward.vitals.look()
    assert (found.unacknowledged, found.late, dict(found.deliveries)) == (0, 0, {"queued": 1})


async def test_uncertain_and_failed_are_seen_until_settled(ward: Ward) -> None:
    """Deliveries that ended well are not counted; an uncertain one is an alarm until somebody settles it."""
    each = Each(ward.store)
    for name, status in (("a", DeliveryStatus.SENT), ("b", DeliveryStatus.UNCERTAIN), ("c", DeliveryStatus.FAILED)):
        delivery = await each.queued(name)
        await each.deliveries.begin_data(delivery, NOON)
        await each.deliveries.settle(delivery, Receipt(status=status), NOON, None)
    assert await ward.alarms() == {"uncertain": "1 delivery is uncertain: `triage retry` shows them"}
    assert dict((await ward.vitals.look()).deliveries) == {"uncertain": 1, "failed": 1}


async def test_unreadable_messages_ask_for_a_person_until_their_case_is_solved(ward: Ward) -> None:
    """A message set aside is an alarm while its case is open; vanished ones are counted."""

    def work(tx) -> int:  # type: ignore[no-untyped-def]
        tx.messages.add([raw(1)])
        tx.messages.add_settled([(key(2), NOON)], Outcome.VANISHED)
        case = tx.cases.open(new_case())
        tx.messages.settle(1, Outcome.UNREADABLE, case.id, reading(), reason="hangs", keep_raw=False)
        return int(case.id)

    case_id = await ward.store.transact(work)
    assert await ward.alarms() == {"set_aside": "1 message could not be read: a person must look at the case"}
    assert (await ward.vitals.look()).vanished == 1
    await ward.store.transact(lambda tx: tx.cases.set_status(case_id, "solved", NOON))
    assert await ward.alarms() == {}


async def test_a_stage_that_fails_is_told_after_a_while(ward: Ward) -> None:
    """A server that is away for ten minutes is an alarm with its reason; it goes with the first unit that works."""
    ward.pulses.miss("receive:support", ConnectionLostError("timed out"), permanent=False)
    assert await ward.alarms() == {}
    ward.clock.forward(minutes=10)
    ward.pulses.miss("receive:support", ConnectionLostError("refused"), permanent=False)
    assert await ward.alarms() == {"stage:receive:support": f"receive:support has failed since {NOON:%Y-%m-%d %H:%M} UTC: refused"}
    ward.pulses.beat("receive:support")
    assert await ward.alarms() == {}


async def test_what_waiting_cannot_mend_is_told_at_once(ward: Ward) -> None:
    """A refused password asks for a person now, not in ten minutes."""
    ward.pulses.miss("receive:support", AuthenticationFailedError("refused"), permanent=True)
    assert list(await ward.alarms()) == ["stage:receive:support"]


async def test_a_stage_that_hangs_is_told(ward: Ward) -> None:
    """A stage that neither works nor fails for ten minutes is an alarm."""
    ward.pulses.beat("decide")
    ward.clock.forward(minutes=10)
    assert await ward.alarms() == {"stage:decide": f"decide has not got through a unit of work since {NOON:%Y-%m-%d %H:%M} UTC"}
    found: Health = await ward.vitals.look()
    assert [(stage.name, stage.worked_at) for stage in found.stages] == [("decide", NOON)]


async def test_an_event_goes_by_itself(ward: Ward) -> None:
    """What happened once, such as a vanished message, is shown for a day after the last time; a state stands until it is cleared."""
    ward.board.note("vanished:support", "one", ward.clock())
    ward.board.sound("census:support", "does not agree", ward.clock())
    ward.clock.forward(hours=20)
    ward.board.note("vanished:support", "another", ward.clock())
    ward.clock.forward(hours=23)
    assert await ward.alarms() == {"vanished:support": "another", "census:support": "does not agree"}
    ward.clock.forward(hours=1)
    assert await ward.alarms() == {"census:support": "does not agree"}
