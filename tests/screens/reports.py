"""Shows reports as a browser does: `python -m tests.screens.reports FOLDER` plays a quarter and takes pictures of its reports.

A wide window and a narrow one, light and dark, and the pages that a printer gets."""

import asyncio
import base64
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from tests.proof.quarter import WHERE, played
from triage import logs
from triage.app import People
from triage.figures import Report, Span
from triage.reporting import made
from triage.reports.charts import charts
from triage.reports.pages import as_html, as_text
from triage.reports.period import period_of
from triage.reports.sections import sections
from triage.stages.log import KeepLog

#: Kind of window: width, height, and what else the browser is told.
WINDOWS: dict[str, tuple[int, int, tuple[str, ...]]] = {
    "light": (1000, 5200, ()),
    "dark": (1000, 5200, ("--force-dark-mode", "--blink-settings=preferredColorScheme=0")),
    "narrow": (480, 7000, ()),
}
_QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync")
_PERIODS = ((Span.WEEK, date(2026, 11, 18)), (Span.MONTH, date(2026, 11, 1)), (Span.QUARTER, date(2026, 11, 1)))


async def reports(cases: int, seed: int) -> list[Report]:
    """The reports of a week, a month and the quarter of a simulated shop."""
    with tempfile.TemporaryDirectory() as root:
        office = await played(Path(root), cases, seed)
        people, now = People.of(office.settings), office.clock.at
        await KeepLog(store=office.store, people=people, now=office.clock).catch_up()
        try:
            return [
                await office.ask(lambda tx, span=span, day=day: made(tx, period_of(span, day, WHERE), now, people.called, WHERE))
                for span, day in _PERIODS
            ]
        finally:
            await office.store.close()


def page(report: Report) -> str:
    """The report as one file."""
    images = {name: (f"data:image/png;base64,{base64.b64encode(png).decode()}", said) for name, (png, said) in charts(report).items()}
    return as_html(f"SayPro Support: report for {report.period.title}", sections(report, WHERE), images)


def browse(browser: str, *arguments: str) -> None:
    """Run the browser once, without anything of an earlier run."""
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run([browser, *_QUIET, f"--user-data-dir={profile}", *arguments], check=True, capture_output=True, timeout=120)


def take(browser: str, folder: Path, found: Sequence[Report]) -> None:
    """Pictures of each report in each window, and the printed pages."""
    for report in found:
        source = folder / f"{report.period.span}.html"
        source.write_text(page(report), encoding="utf-8")
        title = f"SayPro Support: report for {report.period.title}"
        source.with_suffix(".txt").write_text(as_text(title, sections(report, WHERE)), encoding="utf-8")
        for name, (width, height, more) in WINDOWS.items():
            target = folder / f"{report.period.span}-{name}.png"
            browse(browser, *more, f"--window-size={width},{height}", f"--screenshot={target}", source.as_uri())
        browse(browser, f"--print-to-pdf={source.with_suffix('.pdf')}", "--no-pdf-header-footer", source.as_uri())


if __name__ == "__main__":
    found_browser = shutil.which("chromium") or shutil.which("google-chrome")
    if found_browser is None:
        sys.exit("no browser is installed: apt install chromium")
    logs.configure(level="error")
    where_to = Path(sys.argv[1])
    where_to.mkdir(parents=True, exist_ok=True)
    take(found_browser, where_to, asyncio.run(reports(int(sys.argv[2]) if len(sys.argv) > 2 else 400, 1)))
