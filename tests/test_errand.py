"""A module in a process of its own: its answer, or why there is none, and nothing is left behind."""

import pytest

from triage.errand import errand
from triage.errors import ReportError


def fault(why: str) -> ReportError:
    """As whoever asks says it."""
    return ReportError(f"the sum {why}")


async def test_what_it_writes_is_the_answer() -> None:
    """The job goes in whole, also where it is long, and what was written comes out."""
    job = b"[" + b"1, " * 100_000 + b"1]"
    out = await errand("json.tool", job, seconds=60, fault=fault)
    assert out.count(b"1") == 100_001


async def test_the_last_line_of_a_complaint_says_why() -> None:
    """A module that fails, and one that is not there, are errors of whoever asked."""
    with pytest.raises(ReportError, match=r"^the sum ended with code 1: Expecting value"):
        await errand("json.tool", b"no json", seconds=60, fault=fault)
    with pytest.raises(ReportError, match=r"^the sum ended with code 1: .*No module named triage\.nowhere"):
        await errand("triage.nowhere", b"", seconds=60, fault=fault)


async def test_it_is_not_waited_for_without_end() -> None:
    """What takes too long is ended."""
    with pytest.raises(ReportError, match=r"^the sum took longer than 0 seconds$"):
        await errand("json.tool", b"", seconds=0, fault=fault)
