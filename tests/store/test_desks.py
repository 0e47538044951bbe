"""Who looks after what, what they are to be told, and whether mail reaches them: the contract of those tables."""

import itertools

import pytest

from tests.store.words import NOON, Each, later, new_case, raw, reading, reply
from triage.case import CaseStatus, Priority
from triage.decision import Outcome
from triage.message import Address
from triage.outbox import Lane
from triage.reply import DeliveryStatus, ReplyKind
from triage.staff import Notice, NoticeKind, Workload


async def test_cases_at_work_wait_for_somebody(each: Each) -> None:
    """Only cases that are not done and that nobody has are waiting, oldest first."""
    ids = [(await each.cases.open(new_case())).id for _ in range(4)]
    await each.cases.set_status(ids[0], CaseStatus.SOLVED, NOON)
    await each.assignments.assign(ids[1], "ann")
    assert [case.id for case in await each.assignments.unassigned(10)] == ids[2:]
    assert [case.id for case in await each.assignments.unassigned(1)] == ids[2:3]
    assert (await each.cases.get(ids[1])).assignee == "ann"


async def test_a_desk_is_counted_by_cases_at_work(each: Each) -> None:
    """A solved case is off the desk, and the latest case says who was given one last."""
    ids = [(await each.cases.open(new_case())).id for _ in range(3)]
    for case_id in ids:
        await each.assignments.assign(case_id, "ann")
    await each.cases.set_status(ids[0], CaseStatus.CLOSED, NOON)
    assert await each.assignments.workloads() == {"ann": Workload(open_cases=2, latest=ids[2])}


async def test_cases_of_those_who_are_gone_are_found(each: Each) -> None:
    """Whoever is not among the given ones has cases to hand over."""
    first, second = [(await each.cases.open(new_case())).id for _ in range(2)]
    await each.assignments.assign(first, "ann")
    await each.assignments.assign(second, "bob")
    assert [case.id for case in await each.assignments.of_others({"ann"}, 10)] == [second]
    assert await each.assignments.of_others({"ann", "bob"}, 10) == []


async def test_a_notice_waits_until_it_was_told(each: Each) -> None:
    """Notices come back oldest first, and those that were told do not."""
    case = await each.cases.open(new_case())
    for kind in (NoticeKind.ASSIGNED, NoticeKind.FOLLOW_UP):
        await each.notices.add(Notice(kind=kind, case_id=case.id, colleague="ann", message_row=3), NOON)
    first, second = await each.notices.waiting()
    assert (first.kind, first.colleague, first.message_row, second.kind) == (NoticeKind.ASSIGNED, "ann", 3, NoticeKind.FOLLOW_UP)
    await each.notices.told([first])
    assert await each.notices.waiting() == [second]


async def test_whom_mail_does_not_reach_is_remembered_once(each: Each) -> None:
    """The first failure is news, the second is not; mail that arrives again is."""
    assert await each.colleagues.set_unreachable("ann", NOON)
    assert not await each.colleagues.set_unreachable("ann", later(hours=1))
    assert await each.colleagues.unreachable() == {"ann"}
    assert await each.colleagues.set_unreachable("ann", None)
    assert not await each.colleagues.set_unreachable("ann", None)
    assert await each.colleagues.unreachable() == frozenset()


async def test_the_latest_digest_is_remembered(each: Each) -> None:
    """Nobody was sent a digest at first; the latest one counts."""
    assert await each.colleagues.notified_at("ann") is None
    await each.colleagues.set_notified("ann", NOON)
    await each.colleagues.set_notified("ann", later(hours=2))
    assert await each.colleagues.notified_at("ann") == later(hours=2)


class TestMerging:
    """Cases that became a part of others."""

    async def test_each_knows_its_survivor_however_deep(self, each: Each) -> None:
        """Merged into the next one again and again, all lead to the last."""
        cases = [await each.cases.open(new_case()) for _ in range(5)]
        for one, other in itertools.pairwise(cases):
            await each.cases.merge(one.id, other.id)
        for case in cases[:-1]:
            merged = await each.cases.get(case.id)
            assert (await each.cases.survivor(merged)).id == cases[-1].id

    async def test_merging_into_a_part_leads_to_the_survivor(self, each: Each) -> None:
        """Whoever names a merged case means the one it became a part of."""
        one, two, three = [await each.cases.open(new_case()) for _ in range(3)]
        await each.cases.merge(one.id, two.id)
        await each.cases.merge(three.id, one.id)
        assert (await each.cases.get(three.id)).merged_into == two.id

    @pytest.mark.parametrize("into", [0, 1])
    async def test_no_circle_forms(self, each: Each, into: int) -> None:
        """Neither into itself nor into a part of itself."""
        cases = [await each.cases.open(new_case()) for _ in range(2)]
        await each.cases.merge(cases[1].id, cases[0].id)
        with pytest.raises(ValueError, match="expected another one"):
            await each.cases.merge(cases[0].id, cases[into].id)

    async def test_the_survivor_is_the_candidate(self, each: Each) -> None:
        """A message that points to a merged case points to its survivor, and whoever took part in either takes part in it."""
        bob = Address(addr_spec="bob@customer.example")
        one, two = await each.cases.open(new_case(requester=bob)), await each.cases.open(new_case())
        await each.cases.merge(one.id, two.id)
        (candidate,) = await each.cases.candidates((), (one.number,))
        assert (candidate.case_id, candidate.by_number) == (two.id, True)
        assert candidate.participants == {"bob@customer.example", "ann@customer.example"}

    async def test_a_case_by_itself_survives_as_it_is(self, each: Each) -> None:
        """What was never merged leads to itself."""
        case = await each.cases.open(new_case())
        assert await each.cases.survivor(case) == case


async def test_details_change_one_by_one(each: Each) -> None:
    """What is not given stays."""
    case = await each.cases.open(new_case(order_numbers=("ORD1",)))
    await each.cases.set_details(case.id, priority=Priority.URGENT)
    await each.cases.set_details(case.id, order_numbers=("ORD2", "ORD1"))
    found = await each.cases.get(case.id)
    assert (found.priority, found.order_numbers) == (Priority.URGENT, ("ORD2", "ORD1"))


async def test_whom_we_told_is_remembered_for_a_while(each: Each) -> None:
    """An address may be told again once the time is over."""
    assert await each.colleagues.may_tell("eve@evil.example", NOON)
    await each.colleagues.set_told("eve@evil.example", NOON)
    assert not await each.colleagues.may_tell("eve@evil.example", later(hours=-1))
    assert await each.colleagues.may_tell("eve@evil.example", NOON)
    assert await each.colleagues.may_tell("bob@customer.example", later(hours=-1))


class TestHeldAnswers:
    """Answers that wait for a word, or for the time in which they can be taken back."""

    author = "jane@shop.example"

    async def answered(self, each: Each, *, held: bool = False) -> int:
        """A case with an answer by Jane that has not left."""
        case = await each.cases.open(new_case())
        await each.messages.add([raw(case.id)])
        (stored,) = await each.messages.undecided(1)
        reading_ = reading(from_=(Address(addr_spec=self.author),), fingerprint=f"f{case.id}", message_id=f"m{case.id}@x.example")
        await each.messages.settle(stored.id, Outcome.NOTED, case.id, reading_, reason="", keep_raw=False)
        of_jane = reply(f"answer{case.id}", kind=ReplyKind.ANSWER, not_before=later(minutes=1))
        await each.deliveries.queue(case.id, stored.id, of_jane, NOON, held=held)
        return int(case.id)

    async def statuses(self, each: Each, case_id: int) -> list[DeliveryStatus]:
        """How the deliveries of the case stand."""
        return [delivery.status for delivery in await each.deliveries.of_case(case_id)]

    async def test_it_does_not_leave_before_its_time(self, each: Each) -> None:
        """Queued with a time, it is due then and not earlier."""
        await self.answered(each)
        assert await each.deliveries.due(NOON, 10, Lane.OTHERS) == []
        assert len(await each.deliveries.due(later(minutes=1), 10, Lane.OTHERS)) == 1
        assert await each.deliveries.next_due() == later(minutes=1)

    async def test_a_held_one_is_never_due(self, each: Each) -> None:
        """It waits for a word, however long."""
        case_id = await self.answered(each, held=True)
        assert await each.deliveries.due(later(days=30), 10, Lane.OTHERS) == []
        assert await self.statuses(each, case_id) == [DeliveryStatus.HELD]

    async def test_its_author_releases_it(self, each: Each) -> None:
        """Released, it leaves at the given time; nobody else's word does that."""
        case_id = await self.answered(each, held=True)
        assert await each.deliveries.hold_answers(case_id, ("bob@shop.example",), release_at=NOON) == 0
        assert await each.deliveries.hold_answers(case_id, (self.author,), release_at=NOON) == 1
        assert len(await each.deliveries.due(NOON, 10, Lane.OTHERS)) == 1

    @pytest.mark.parametrize("held", [False, True])
    async def test_its_author_takes_it_back(self, each: Each, held: bool) -> None:
        """Taken back, it never leaves; nobody else can take it back."""
        case_id = await self.answered(each, held=held)
        assert await each.deliveries.hold_answers(case_id, ("bob@shop.example",), release_at=None) == 0
        assert await each.deliveries.hold_answers(case_id, (self.author,), release_at=None, reason="taken back") == 1
        assert await self.statuses(each, case_id) == [DeliveryStatus.WITHHELD]
        assert await each.deliveries.due(later(days=30), 10, Lane.OTHERS) == []

    async def test_what_was_on_the_wire_cannot_be_taken_back(self, each: Each) -> None:
        """Once DATA began, the customer may have it."""
        case_id = await self.answered(each)
        (delivery,) = await each.deliveries.of_case(case_id)
        await each.deliveries.begin_data(delivery.id, later(minutes=1))
        assert await each.deliveries.hold_answers(case_id, (self.author,), release_at=None) == 0
        assert await self.statuses(each, case_id) == [DeliveryStatus.SENDING]


async def test_a_message_moves_to_another_case(each: Each) -> None:
    """Split off, a message belongs to the other case alone."""
    one, two = [await each.cases.open(new_case()) for _ in range(2)]
    await each.messages.add([raw(1)])
    (stored,) = await each.messages.undecided(1)
    await each.messages.settle(stored.id, Outcome.OPENED, one.id, reading(), reason="", keep_raw=False)
    await each.messages.move(stored.id, two.id)
    assert await each.messages.of_case(one.id) == []
    assert [record.id for record in await each.messages.of_case(two.id)] == [stored.id]
