"""Each month those who had a dispute are asked how we did: once, not too often, and never where nobody may be written to."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.spine.office import Office, answer, opened_office, plain
from tests.spine.world import Clock
from tests.store.words import new_case
from triage.case import CaseStatus, NewCase, Rating
from triage.message import Address
from triage.policy.table import Policy
from triage.ports import Transaction
from triage.reply import ReplyKind

#: A Tuesday in the middle of November, and the first of December at half past eight and at ten in Berlin.
NOVEMBER = datetime(2026, 11, 17, 9, tzinfo=UTC)
EARLY, TEN = datetime(2026, 12, 1, 7, 30, tzinfo=UTC), datetime(2026, 12, 1, 9, tzinfo=UTC)


def dispute(name: str, at: datetime = NOVEMBER, **fields: object) -> NewCase:
    requester = Address(name=name.title(), addr_spec=f"{name}@customer.example")
    return new_case(
        **{"category": "dispute", "issue": "refund_request", "requester": requester, "received_at": at, "opened_at": at, **fields}
    )


async def remembered(office: Office, *cases: NewCase) -> list[int]:
    """Cases that were acknowledged and solved long ago."""

    def work(tx: Transaction) -> list[int]:
        ids = []
        for new in cases:
            case = tx.cases.open(new)
            tx.cases.set_acknowledged(case.id, new.opened_at)
            tx.cases.set_status(case.id, CaseStatus.SOLVED, new.opened_at)
            ids.append(case.id)
        return ids

    return await office.store.transact(work)


def asked(office: Office) -> list[str]:
    """Who was asked."""
    return [one.recipient.partition("@")[0] for one in office.post.sent if one.kind is ReplyKind.SURVEY]


@pytest.fixture
async def office(tmp_path: Path):  # type: ignore[no-untyped-def]
    """Early on the first of December."""
    opened, store = opened_office(tmp_path, Clock(at=EARLY))
    yield opened
    await store.close()


async def test_each_is_asked_once_on_the_first_morning(office: Office) -> None:
    """Everybody with a dispute in November, from nine o'clock on, about the first of them; and not again, also not after a new start."""
    await remembered(office, dispute("ann"), dispute("ann"), dispute("bea"), dispute("cem", language="de"))
    await office.work()
    assert asked(office) == []
    office.clock.at = TEN
    await office.work()
    assert sorted(asked(office)) == ["ann", "bea", "cem"]
    said = plain(office.last("ann@customer.example"))
    assert "Your case number was SP-100001" in said
    assert "Wie zufrieden waren Sie" in plain(office.last("cem@customer.example"))
    assert [len(await office.events("asked", number)) for number in (1, 2, 3, 4)] == [1, 0, 1, 1]
    again, store = opened_office(office.settings.paths.state.parent, office.clock)
    await again.work()
    office.clock.forward(days=3)
    await again.work()
    assert asked(again) == []
    await store.close()


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("another matter", {"category": "order"}),
        ("the month before", {"at": datetime(2026, 10, 31, 12, tzinfo=UTC)}),
        ("this month", {"at": datetime(2026, 12, 1, 0, tzinfo=UTC)}),
        ("nobody", {"requester": None}),
    ],
)
async def test_others_are_not(office: Office, name: str, fields: dict[str, object]) -> None:
    """Other matters, other months by our own calendar, and cases without a customer."""
    await remembered(office, dispute("ann", **fields))
    office.clock.at = TEN
    await office.work()
    assert asked(office) == [], name


async def test_the_month_is_that_of_our_own_clock(office: Office) -> None:
    """What came half an hour before midnight in Berlin on the last of November counts; half an hour after it does not."""
    midnight = datetime(2026, 11, 30, 23, tzinfo=UTC)
    await remembered(office, dispute("ann", midnight.replace(hour=22, minute=30)), dispute("bea", midnight.replace(minute=30)))
    office.clock.at = TEN
    await office.work()
    assert asked(office) == ["ann"]


async def test_nobody_is_bothered(office: Office) -> None:
    """Who was asked of late, who has said so already, who cannot be reached, and who never heard from us."""
    ids = await remembered(office, *(dispute(name) for name in ("asked", "rated", "lost", "new")))

    def more(tx: Transaction) -> None:
        tx.surveys.add(tx.cases.get(ids[0]), "closing", datetime(2026, 11, 20, tzinfo=UTC))  # type: ignore[arg-type]
        tx.cases.set_rating(ids[1], Rating(score=4), NOVEMBER)
        tx.cases.set_unreachable(ids[2])
        tx.cases.open(dispute("unheard"))

    await office.store.transact(more)
    office.clock.at = TEN
    await office.work()
    assert asked(office) == ["new"]


async def test_the_answer_counts(office: Office) -> None:
    """A plain answer to the monthly question is a rating of that case."""
    await remembered(office, dispute("ann"))
    office.clock.at = TEN
    await office.work()
    await office.get(answer(office.last("ann@customer.example"), "Three stars, it took long", "ann@customer.example", passed=""))
    assert (await office.case()).rating == Rating(score=3, comment="it took long")


async def test_many_are_asked_in_one_morning(office: Office) -> None:
    """More than are asked in one commit are all asked, each once."""
    await remembered(office, *(dispute(f"c{number}") for number in range(60)))
    office.clock.at = TEN
    await office.work()
    assert len(asked(office)) == len(set(asked(office))) == 60


async def test_a_house_may_do_without(tmp_path: Path) -> None:
    """With `monthly = false` nobody is asked."""
    office, store = opened_office(tmp_path, Clock(at=TEN))
    await store.close()
    policy = tmp_path / "policy.toml"
    shipped = office.settings.paths.policy.read_text(encoding="utf-8")
    policy.write_text(shipped.replace("monthly = true", "monthly = false"), encoding="utf-8")
    assert not Policy.parse(policy.read_text(encoding="utf-8")).feedback.monthly
    quiet, store = opened_office(tmp_path, Clock(at=TEN), f'undo = "60s"\n[paths]\npolicy = "{policy}"')
    await remembered(quiet, dispute("ann"))
    await quiet.work()
    assert asked(quiet) == []
    await store.close()
