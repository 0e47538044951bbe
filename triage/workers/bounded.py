"""What runs inside a reader: reading with a bound on memory, and on processor time where messages share a trip."""

import resource
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from triage.message import RawMessage
from triage.reading import Reading, Unreadable

Read = Callable[[RawMessage], Reading]
#: What a reader is asked: how to read, and what.
Job = tuple[Callable[[Read, Sequence[RawMessage]], "list[Reading | Unreadable | None]"], Sequence[RawMessage]]

#: Processor time, not time on the clock: on a busy machine everything takes long, and nothing is the message's fault.
_SHARED_SECONDS = 0.5


class _TooLongError(BaseException):
    """Reading took more than its share; no library may mistake it for an ordinary error."""


def bound(memory_mb: int) -> None:
    """Let this process have so much more memory than it has now."""
    signal.signal(signal.SIGPROF, _too_long)
    # Set after the imports, on top of what they took: the limit is for what a message makes us allocate.
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = _address_space() + memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def read_alone(read: Read, messages: Sequence[RawMessage]) -> list[Reading | Unreadable | None]:
    """The reading of the only message, or why there is none."""
    try:
        return [read(message) for message in messages]
    except MemoryError:
        return [Unreadable(reason="reading needed more memory than allowed")]
    # A defect of ours, met by this message: it becomes a case for a person instead of a daemon that cannot go on.
    except Exception as error:
        return [Unreadable(reason=f"the reader failed: {type(error).__name__}")]


def read_together(read: Read, messages: Sequence[RawMessage]) -> list[Reading | Unreadable | None]:
    """A reading for each message, None for one that failed or took too long: it is then to be read alone."""
    return [_attempt(read, message) for message in messages]


def _attempt(read: Read, message: RawMessage) -> Reading | None:
    signal.setitimer(signal.ITIMER_PROF, _SHARED_SECONDS)
    try:
        return read(message)
    # Read alone it will show what is wrong with it, and harm nobody; here it would spoil the trip of its neighbours.
    except (Exception, _TooLongError):
        return None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _too_long(_number: int, _frame: FrameType | None) -> None:
    raise _TooLongError


def _address_space() -> int:
    """Octets of address space mapped now; libraries map far more than they use."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * resource.getpagesize()
