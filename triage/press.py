"""What runs in a process of its own to make a report: a job on standard input, the report as it is mailed on standard output, both JSON."""

import asyncio
import base64
import json
import os
import sys
from datetime import date, datetime
from pathlib import Path

from triage.clocks.tell import zone
from triage.figures import Report, Span
from triage.reporting import made
from triage.reports.charts import charts
from triage.reports.pages import as_html, as_text
from triage.reports.period import period_of
from triage.reports.sections import sections
from triage.store.sqlite import open_store

#: Mail goes first.
_NICE = 10


async def counted(job: dict[str, object]) -> Report:
    """The report of the job, from its store."""
    names = job["names"]
    called = {str(key): str(name) for key, name in names.items()} if isinstance(names, dict) else {}
    where = zone(str(job["zone"]))
    period = period_of(Span(str(job["span"])), date.fromisoformat(str(job["first"])), where)
    # A connection of its own: counting takes seconds, and the daemon's must not wait.
    store = open_store(Path(str(job["store"])), "")
    try:
        now = datetime.fromisoformat(str(job["now"]))
        return await store.query(lambda tx: made(tx, period, now, lambda key: called.get(key, key), where))
    finally:
        await store.close()


def printed(report: Report, title: str, where: str) -> dict[str, object]:
    """The report in text, html and pictures."""
    parts, drawn = sections(report, zone(where)), charts(report)
    whole = f"{title}: report for {report.period.title}"
    return {
        "title": whole,
        "text": as_text(whole, parts),
        "html": as_html(whole, parts, {key: (f"cid:{key}", said) for key, (_png, said) in drawn.items()}),
        "images": {key: base64.b64encode(png).decode() for key, (png, _said) in drawn.items()},
    }


def main() -> None:
    """Read the job, count, draw, write the report."""
    os.nice(_NICE)
    job = json.load(sys.stdin)
    report = asyncio.run(counted(job))
    sys.stdout.write(json.dumps(printed(report, str(job["title"]), str(job["zone"]))))


if __name__ == "__main__":
    main()
