"""Has reports made in a process of its own, so that scientific libraries and long questions stay out of the daemon."""

import asyncio
import base64
import contextlib
import json
import sys
from dataclasses import dataclass
from datetime import datetime

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
        said = json.loads(await _run(json.dumps(job).encode()))
        images = {key: base64.b64decode(content) for key, content in said["images"].items()}
        return Printed(title=said["title"], text=said["text"], html=said["html"], images=images)


async def _run(job: bytes) -> bytes:
    # A session of its own: Ctrl-C in a terminal is for the daemon, which ends it.
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "triage.press", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    try:
        async with asyncio.timeout(_AT_MOST):
            out, complaint = await process.communicate(job)
    except TimeoutError as error:
        raise ReportError(f"the report took longer than {_AT_MOST:.0f} seconds") from error
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    if process.returncode:
        last = complaint.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise ReportError(f"the report ended with code {process.returncode}: {''.join(last)}")
    return out
