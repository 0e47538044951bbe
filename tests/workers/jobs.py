"""What readers do in tests; with little to load, because each fork server loads it."""

import os
import time
from datetime import UTC, datetime

from triage.message import Message, MessageKey, RawMessage
from triage.reading import Classification, Reading

SAID = Classification(category="other", issue="", confidence=0.0)


def prepare() -> None:
    """Nothing to make ready."""


def read_or_misbehave(raw: RawMessage) -> Reading:
    """Reads, unless the message tells the reader to die, hang, eat memory or fail."""
    match raw.content:
        case b"die":
            os._exit(7)
        case b"hang":
            time.sleep(60)
        case b"spin":
            while True:
                pass
        case b"eat":
            bytearray(4 << 30)
        case b"fail":
            raise KeyError("a defect")
        case b"niceness":
            return Reading(message=Message(subject=str(os.nice(0))), classification=SAID)
    return Reading(message=Message(subject=raw.content.decode()), classification=SAID)


def raw(content: bytes, uid: int = 1) -> RawMessage:
    """A message with that content."""
    key = MessageKey(account="a", mailbox="INBOX", uid_validity=1, uid=uid)
    return RawMessage(key=key, received_at=datetime.now(UTC), content=content, size=len(content))


def read_process(message: RawMessage) -> Reading:
    """Says in which process it was read, unless it is told to spin."""
    while message.content == b"spin":
        pass
    return Reading(message=Message(subject=f"{os.getpid()} {os.getppid()}"), classification=SAID)


def never_ready() -> None:
    """Something is wrong with what readers need."""
    raise RuntimeError("no model, no language, nothing")
