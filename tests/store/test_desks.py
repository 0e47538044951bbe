"""Who looks after what, what they are to be told, and whether mail reaches them: the contract of those tables."""

from tests.store.words import NOON, Each, later, new_case
from triage.case import CaseStatus
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
