"""How much computing something takes, in seconds of one machine, on whatever machine and however busy that is."""

import re
import sys
import time
from collections.abc import Callable

#: Processor seconds of `_yardstick` on the machine whose seconds the limits are.
_THERE = 0.0036
#: What is traced line by line, as where coverage is measured, takes several times its own effort.
_TRACED = 4.0
_TEXT = "a1 " * 60_000
_PATTERN = re.compile(r"[a-z0-9]{2,9}+ [^a]")


def effort(work: Callable[[], object], limit: float) -> float:
    """Processor seconds of a call, as they would be on the machine of the limits; what looks too slow is tried again beside the yardstick."""
    least = seconds(work)
    for _ in range(8):
        if least < limit:
            break
        least = min(least, seconds(work) / max(1.0, seconds(_yardstick) / _THERE) / (_TRACED if sys.gettrace() else 1.0))
    return least


def seconds(work: Callable[[], object]) -> float:
    """Processor seconds of this thread that a call takes here and now."""
    begun = time.thread_time()
    work()
    return time.thread_time() - begun


def _yardstick() -> None:
    _PATTERN.search(_TEXT)
    sum(number * number for number in range(40_000))
