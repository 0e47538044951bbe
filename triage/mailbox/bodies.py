"""The bytes of messages: whole ones many at a time, large ones part by part, and what speaks against those that came."""

import re
from collections.abc import Sequence

from triage.mailbox.connection import Connection
from triage.mailbox.fetching import Entry, fetch

#: Octets of a large message asked for at once; also what is read of one that is over the limit.
PART = 256 << 10
#: A field name and its colon (RFC 5322 §2.2), perhaps after the envelope line that mbox files leave.
_HEADER = re.compile(rb"(?:>?From [^\r\n]{0,998}\r?\n)?[!-9;-~]{1,200}[ \t]{0,20}:")


def whole(connection: Connection, batch: Sequence[Entry]) -> dict[int, bytes]:
    """Content by UID, \\Seen untouched; a message that is gone, or comes as NIL or empty, is left out."""
    answered = fetch(connection, [entry.uid for entry in batch], ["BODY.PEEK[]"])
    return {uid: content for uid, items in answered.items() if isinstance(content := items.get(b"BODY[]"), bytes) and content}


def part(connection: Connection, uid: int, start: int, length: int) -> bytes:
    """So many octets from `start` on (RFC 9051 §6.4.5.1); fewer at the end of the message, none where there is no data."""
    items = fetch(connection, [uid], [f"BODY.PEEK[]<{start}.{length}>"]).get(uid, {})
    content = items.get(b"BODY[]<%d>" % start)
    return content[:length] if isinstance(content, bytes) else b""


def doubt(content: bytes, announced: int) -> str:
    """What speaks against these bytes being the whole message; "" when nothing does.

    More than was announced is whole all the same: many servers guess the size, and the literal says where it ends.
    """
    bare = content.count(b"\n") - content.count(b"\r\n") if len(content) < announced else 0
    # Some servers count each line end as two octets and send one.
    if len(content) < announced != len(content) + bare:
        return f"{len(content)} of {announced} octets came"
    return "" if _HEADER.match(content) else "no header field at its beginning"
