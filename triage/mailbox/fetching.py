"""Reading a folder in few round trips: UIDs, arrival times, messages in batches bounded by count and octets, Message-IDs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from imapclient.exceptions import IMAPClientError

from triage.mailbox import answers, refusals
from triage.mailbox.connection import Connection

#: Items by UID, as the library gives them.
_Fetched = Mapping[int, Mapping[bytes, object]]
#: UIDs in one command: a set of ten-digit numbers stays well below the 64 KB that servers take in a line.
_SET = 1000
#: Octets and messages in one FETCH of bodies; bounds the memory and the time of one answer.
_BATCH_OCTETS = 8 << 20
_BATCH_COUNT = 250
#: The library reads lines of a million octets at most, and a UID with its blank may take eleven.
_SEARCH_AT_ONCE = 80_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A message as the server announces it."""

    uid: int
    size: int
    received_at: datetime


def chunks(uids: Sequence[int]) -> Iterator[Sequence[int]]:
    """The UIDs in sets that fit one command."""
    return (uids[start : start + _SET] for start in range(0, len(uids), _SET))


def all_uids(connection: Connection, folder: str, which: str = "ALL") -> list[int]:
    """Every UID in the folder that fits, ascending."""
    exists = connection.open(folder).exists
    found: set[int] = set()
    if exists <= _SEARCH_AT_ONCE:
        return sorted(connection.client.search(which))
    # From the top down: when a message is expunged meanwhile, its followers move down and are seen twice rather than not at all.
    for top in range(exists, 0, -_SEARCH_AT_ONCE):
        found.update(connection.client.search([f"{max(1, top - _SEARCH_AT_ONCE + 1)}:{top}", which]))
    return sorted(found)


def entries(connection: Connection, uids: Sequence[int]) -> list[Entry]:
    """Size and arrival of those messages that are there, in the order asked."""
    found: list[Entry] = []
    for chunk in chunks(uids):
        for uid, items in _fetch(connection, chunk, ["RFC822.SIZE", "INTERNALDATE"]).items():
            arrived, size = _in_utc(items.get(b"INTERNALDATE")), items.get(b"RFC822.SIZE")
            if arrived:
                found.append(Entry(uid=uid, size=size if isinstance(size, int) else 0, received_at=arrived))
    return found


def _in_utc(arrived: object) -> datetime | None:
    try:
        return arrived.astimezone(UTC) if isinstance(arrived, datetime) else None
    except OverflowError:
        # A date at either end of the calendar that a client gave its message.
        return None


def _fetch(connection: Connection, uids: Sequence[int], items: Sequence[str]) -> _Fetched:
    """What the server has of the messages; those that it cannot bring itself to hand over are left out."""
    try:
        fetched: _Fetched = connection.client.fetch(uids, items)
    except IMAPClientError as error:
        connection.client._imap.untagged_responses.pop("FETCH", None)
        if not refusals.is_about_a_message(error):
            raise
        # One damaged message makes some servers refuse the whole set: without it the others must still come.
        middle = len(uids) // 2
        fetched = {**_fetch(connection, uids[:middle], items), **_fetch(connection, uids[middle:], items)} if middle else {}
        if middle and not fetched:
            raise
    return fetched


def batches(announced: Sequence[Entry], max_octets: int) -> Iterator[list[Entry]]:
    """The entries in order, so many at a time as one FETCH may bring; never the large with the small, as they are fetched differently."""
    batch: list[Entry] = []
    octets = 0
    for entry in announced:
        cost = min(entry.size, max_octets)
        mixed = bool(batch) and (entry.size > max_octets) != (batch[0].size > max_octets)
        if batch and (mixed or octets + cost > _BATCH_OCTETS or len(batch) == _BATCH_COUNT):
            yield batch
            batch, octets = [], 0
        batch.append(entry)
        octets += cost
    if batch:
        yield batch


def bodies(connection: Connection, batch: Sequence[Entry], max_octets: int) -> dict[int, bytes]:
    """Content by UID, \\Seen untouched; a message that is gone, or comes as NIL, is left out."""
    large = batch[0].size > max_octets
    item = f"BODY.PEEK[]<0.{max_octets}>" if large else "BODY.PEEK[]"
    answered = _fetch(connection, [entry.uid for entry in batch], [item])
    key = b"BODY[]<0>" if large else b"BODY[]"
    return {uid: content for uid, items in answered.items() if isinstance(content := items.get(key), bytes) and content}


def uids_of(connection: Connection, folder: str, wanted: frozenset[str]) -> dict[str, int]:
    """UID by Message-ID of the newest message of that id, for those in the folder.

    The ids are compared here and never sent: whoever wrote them could otherwise write commands.
    """
    found: dict[str, int] = {}
    newest_first = all_uids(connection, folder)[::-1]
    for chunk in chunks(newest_first):
        for uid, known in ids_of(connection, chunk):
            if known in wanted:
                found.setdefault(known, uid)
        if len(found) == len(wanted):
            break
    return found


def ids_of(connection: Connection, uids: Sequence[int]) -> Iterator[tuple[int, str]]:
    """UID and Message-ID, "" where there is none, of those in the folder; in the order asked."""
    answered = _fetch(connection, uids, ["BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"])
    for uid in uids:
        header = answered.get(uid, {}).get(b"BODY[HEADER.FIELDS (MESSAGE-ID)]")
        if isinstance(header, bytes):
            yield uid, answers.message_id(header)
