"""Has a module of ours do one thing in a process of its own: bounded in time, and never left behind."""

import asyncio
import contextlib
import sys
from collections.abc import Callable

from triage.errors import TriageError


async def errand(module: str, job: bytes, *, seconds: float, fault: Callable[[str], TriageError]) -> bytes:
    """What it writes when it is given the job; `fault` is raised with why it did not."""
    # A session of its own: Ctrl-C in a terminal is for the daemon, which ends it.
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    try:
        async with asyncio.timeout(seconds):
            out, complaint = await process.communicate(job)
    except TimeoutError as error:
        raise fault(f"took longer than {seconds:g} seconds") from error
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    if process.returncode:
        last = complaint.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise fault(f"ended with code {process.returncode}: {''.join(last)}")
    return out
