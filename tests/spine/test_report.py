"""Reports by mail: each once it is over, once for each reader whatever happens in between, with charts in the mail itself."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.spine.office import ANN, Office, opened, opened_office, written
from tests.spine.world import Clock
from triage.errors import ReportError
from triage.figures import Period
from triage.parts import parts_of
from triage.people import People
from triage.printing import Press
from triage.reply import Printed, ReplyKind
from triage.sections.reports import ReportSettings
from triage.stages.log import KeepLog
from triage.stages.loop import Bell
from triage.stages.report import Prints, Report

WHERE = ZoneInfo("Europe/Berlin")
MANAGEMENT = "management@shop.example"
#: A Wednesday.
BEGIN = datetime(2026, 11, 25, 9, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n picture"


@dataclass
class Presses:
    """The port that makes reports, without counting."""

    made: list[str] = field(default_factory=list)
    fails: bool = False

    async def report(self, period: Period, now: datetime) -> Printed:
        """A report that says which it is."""
        if self.fails:
            raise ReportError("out of memory")
        self.made.append(period.title)
        html = '<h1>Report</h1><img src="cid:days" alt="Bars">'
        return Printed(title=f"Report for {period.title}", text=f"The text of {period.title}", html=html, images={"days": PNG})


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Office]:
    """Ann has written on Wednesday."""
    office, store = opened_office(tmp_path, Clock(BEGIN))
    await office.get(written(ANN, "You charged me twice for order ORD789456!"), minutes=0)
    yield office
    await store.close()


def stage(office: Office, press: Prints, **settings: object) -> Report:
    """The stage on the office's clock."""
    parts = parts_of(office.settings, office.clock)
    people = People.of(office.settings)
    return Report(
        ReportSettings(**settings),  # type: ignore[arg-type]
        store=office.store,
        press=press,
        log=KeepLog(store=office.store, people=people, now=office.clock),
        people=people,
        management="management",
        recorder=parts.recorder,
        now=office.clock,
        where=WHERE,
        to_send=Bell(),
    )


def reports(office: Office, address: str = MANAGEMENT) -> list[str]:
    """Subjects of the reports that somebody was sent."""
    return [it.subject for it in office.post.sent if it.kind is ReplyKind.REPORT and it.recipient == address]


async def look(office: Office, report: Report, *moments: datetime) -> int:
    """Look at each of these moments; how many mails were written."""
    await KeepLog(store=office.store, people=People.of(office.settings), now=office.clock).catch_up()
    written_in_all = 0
    for moment in moments:
        office.clock.at = moment
        written_in_all += await report.work()
        await office.work()
    return written_in_all


def local(day: int, hour: float, month: int = 11) -> datetime:
    """A moment of 2026, where we are."""
    return (datetime(2026, month, day, tzinfo=WHERE) + timedelta(hours=hour)).astimezone(UTC)


async def test_each_once_it_is_over(shop: Office) -> None:
    """The week comes on Monday morning, the month on the first, the quarter with the year, and nothing comes earlier."""
    press = Presses()
    report = stage(shop, press)
    assert await look(shop, report, local(29, 12), local(30, 6.9)) == 0
    assert await look(shop, report, local(30, 7)) == 1
    assert await look(shop, report, local(1, 7, 12)) == 1
    assert reports(shop) == ["Report for week 48 of 2026 (23–29 November 2026)", "Report for November 2026"]
    assert await look(shop, report, datetime(2027, 1, 1, 7, tzinfo=UTC)) == 3
    assert reports(shop)[-1] == "Report for quarter 4 of 2026"


async def test_each_only_once(shop: Office) -> None:
    """However often it is looked, also by a daemon that was started anew, nobody has a report twice."""
    press = Presses()
    for _ in range(3):
        await look(shop, stage(shop, press), local(30, 8), local(30, 9))
    assert len(press.made) == 1
    assert len(reports(shop)) == 1


async def test_killed_before_the_commit(shop: Office) -> None:
    """What was made and not written down is made again and mailed once."""
    press = Presses(fails=True)
    report = stage(shop, press)
    with pytest.raises(ReportError):
        await look(shop, report, local(30, 8))
    assert reports(shop) == []
    press.fails = False
    assert await look(shop, report, local(30, 9)) == 1
    assert len(reports(shop)) == 1


async def test_a_shop_that_began_later(shop: Office) -> None:
    """Of the time before its first case a shop reports nothing."""
    press = Presses()
    assert await look(shop, stage(shop, press), BEGIN + timedelta(hours=1)) == 0
    assert press.made == []


async def test_who_is_to_have_it(shop: Office) -> None:
    """Each reader has a mail of their own; whoever is added later has the next one."""
    press = Presses()
    await look(shop, stage(shop, press, to=("management", "max"), send=("week",)), local(30, 8))
    assert len(reports(shop)) == len(reports(shop, "max@shop.example")) == 1
    await look(shop, stage(shop, press, to=("nobody",)), local(30, 9))
    assert len(press.made) == 1
    await look(shop, stage(shop, press, send=()), local(30, 9, 12))
    assert len(press.made) == 1


async def test_from_a_time_of_day_on(shop: Office) -> None:
    """It is mailed from the time that is set, and also later where the daemon was away."""
    report = stage(shop, Presses(), at=time(16, 30), send=("week",))
    assert await look(shop, report, local(30, 16.4)) == 0
    assert await look(shop, report, local(30, 20)) == 1


async def test_the_mail(shop: Office) -> None:
    """Text and html with its chart in the mail, to be answered to us, from us, and on no customer's history in the log."""
    await look(shop, stage(shop, Presses(), send=("week",)), local(30, 8))
    (delivery,) = [it for it in shop.post.sent if it.kind is ReplyKind.REPORT]
    message = opened(delivery.content)
    text, page, picture = (message.get_body(("plain",)), message.get_body(("html",)), None)
    assert text is not None
    assert page is not None
    for part in message.walk():
        picture = part if part.get_content_type() == "image/png" else picture
    assert picture is not None
    assert "The text of week 48" in text.get_content()
    assert f'src="cid:{str(picture["Content-ID"]).strip("<>")}"' in page.get_content()
    assert picture.get_content() == PNG
    assert str(message["Reply-To"]) == "support@shop.example"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "multipart/alternative"
    await KeepLog(store=shop.store, people=People.of(shop.settings), now=shop.clock).catch_up()
    from triage.entry import Wanted

    (entry,) = await shop.ask(lambda tx: list(tx.log.find(Wanted())))
    assert "report sent" not in entry.follow_up_actions


async def test_made_in_a_process_of_its_own(shop: Office) -> None:
    """The real press counts the real store, and what comes back can be mailed."""
    await look(shop, stage(shop, Press(shop.settings), send=("week",)), local(30, 8))
    (delivery,) = [it for it in shop.post.sent if it.kind is ReplyKind.REPORT]
    message = opened(delivery.content)
    text = message.get_body(("plain",))
    assert text is not None
    assert "Cases received" in text.get_content()
    assert "week 48 of 2026" in str(message["Subject"])
    pictures = [part.get_content() for part in message.walk() if part.get_content_type() == "image/png"]
    assert pictures
    assert all(picture.startswith(b"\x89PNG") for picture in pictures)
    assert len(delivery.content) < 600_000


async def test_a_press_that_cannot(shop: Office) -> None:
    """A store that is not there is an error with its reason, to be tried again."""
    nowhere = shop.settings.model_copy(update={"paths": shop.settings.paths.model_copy(update={"store": Path("/proc/nothing/triage.db")})})
    from triage.figures import Span
    from triage.reports.period import latest_over

    with pytest.raises(ReportError, match="ended with code 1"):
        await Press(nowhere).report(latest_over(Span.WEEK, local(30, 8), WHERE), local(30, 8))
