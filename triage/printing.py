"""Has reports made in a process of its own, so that scientific libraries and long questions stay out of the daemon."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime

from triage.errand import errand
from triage.errors import ReportError
from triage.figures import Period
from triage.people import People
from triage.reply import Printed
from triage.settings import Settings

#: A million cases take less on a busy machine.
_AT_MOST = 600.0


@dataclass(frozen=True, slots=True)
class Press:
    """The way to a report as it is mailed."""

    settings: Settings

    async def report(self, period: Period, now: datetime) -> Printed:
        """The report; ReportError where it cannot be made."""
        people, identity = People.of(self.settings), self.settings.identity
        job = {
            "store": str(self.settings.paths.store),
            "names": {key: people.called(key) for key in (*people.agents, *people.departments)},
            "zone": identity.time_zone,
            "title": identity.name,
            "span": period.span.value,
            "first": period.first.isoformat(),
            "now": now.isoformat(),
        }
        said = json.loads(await errand("triage.press", json.dumps(job).encode(), seconds=_AT_MOST, fault=_fault))
        images = {key: base64.b64decode(content) for key, content in said["images"].items()}
        return Printed(title=said["title"], text=said["text"], html=said["html"], images=images)


def _fault(why: str) -> ReportError:
    return ReportError(f"the report {why}")
