"""Looking through a folder in few round trips: UIDs, sizes and arrival times, batches bounded by count and octets, Message-IDs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from triage.mailbox import answers, refusals
from triage.mailbox.connection import Connection
from triage.message import NO_ARRIVAL

#: Items by UID, as the library gives them.
Fetched = Mapping[int, Mapping[bytes, object]]
#: UIDs in one command: a set of ten-digit numbers stays well below the 64 KB that servers take in a line.
_SET = 1000
#: Octets and messages in one FETCH of bodies; bounds the memory and the time of one answer.
_BATCH_OCTETS = 8 << 20
_BATCH_COUNT = 250
#: From this size on a message is fetched in parts, so that a line that breaks costs one part and not the whole.
LARGE = 1 << 20
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
    """Every UID in the folder that fits, ascending, in whatever order and however incompletely the server lists them."""
    exists = connection.open(folder).exists
    if exists <= _SEARCH_AT_ONCE:
        found = set(connection.client.search(which))
    else:
        # From the top down: when a message is expunged meanwhile, its followers move down and are seen twice rather than not at all.
        tops = range(exists, 0, -_SEARCH_AT_ONCE)
        found = {uid for top in tops for uid in connection.client.search([f"{max(1, top - _SEARCH_AT_ONCE + 1)}:{top}", which])}
    if which == "ALL" and len(found) < exists:
        # A search may leave messages out; asked for by their place in the folder, the server names them.
        found |= _by_place(connection, exists)
    return sorted(found)


def _by_place(connection: Connection, exists: int) -> set[int]:
    found: set[int] = set()
    connection.client.use_uid = False
    try:
        for chunk in chunks(range(1, exists + 1)):
            answered = connection.client.fetch(chunk, ["UID"])
            found.update(uid for items in answered.values() if isinstance(uid := items.get(b"UID"), int))
    except IMAPClientAbortError:
        raise
    except IMAPClientError:
        # Fewer messages than a moment ago, so that a place is not there any more: the search has told all there is.
        return found
    finally:
        connection.client.use_uid = True
    return found


def entries(connection: Connection, uids: Sequence[int]) -> list[Entry]:
    """Size and arrival of those messages that are there, in the order asked."""
    found: list[Entry] = []
    for chunk in chunks(uids):
        for uid, items in fetch(connection, chunk, ["RFC822.SIZE", "INTERNALDATE"]).items():
            size = items.get(b"RFC822.SIZE")
            arrived = _in_utc(items.get(b"INTERNALDATE"))
            found.append(Entry(uid=uid, size=size if isinstance(size, int) else 0, received_at=arrived))
    return found


def arrivals(connection: Connection, uids: Sequence[int]) -> dict[int, datetime]:
    """INTERNALDATE in UTC of those messages that are there; their sizes, which some servers must read whole messages for, are not asked."""
    return {
        uid: _in_utc(items.get(b"INTERNALDATE"))
        for chunk in chunks(uids)
        for uid, items in fetch(connection, chunk, ["INTERNALDATE"]).items()
    }


def _in_utc(arrived: object) -> datetime:
    try:
        return arrived.astimezone(UTC) if isinstance(arrived, datetime) else NO_ARRIVAL
    except OverflowError:
        # A date at either end of the calendar that a client gave its message.
        return NO_ARRIVAL


def fetch(connection: Connection, uids: Sequence[int], items: Sequence[str]) -> Fetched:
    """What the server has of the messages; those that it cannot bring itself to hand over are left out."""
    try:
        fetched: Fetched = connection.client.fetch(uids, items)
    except IMAPClientError as error:
        connection.client._imap.untagged_responses.pop("FETCH", None)
        if not refusals.is_about_a_message(error):
            raise
        # One damaged message makes some servers refuse the whole set: without it the others must still come.
        middle = len(uids) // 2
        fetched = {**fetch(connection, uids[:middle], items), **fetch(connection, uids[middle:], items)} if middle else {}
        if middle and not fetched:
            raise
    return fetched


def batches(announced: Sequence[Entry], large: int = LARGE) -> Iterator[list[Entry]]:
    """The entries in order, so many at a time as one FETCH may bring; each large one by itself, as it is fetched in parts."""
    batch: list[Entry] = []
    octets = 0
    for entry in announced:
        if batch and (max(entry.size, batch[0].size) > large or octets + entry.size > _BATCH_OCTETS or len(batch) == _BATCH_COUNT):
            yield batch
            batch, octets = [], 0
        batch.append(entry)
        octets += entry.size
    if batch:
        yield batch


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
    answered = fetch(connection, uids, ["BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"])
    for uid in uids:
        header = answered.get(uid, {}).get(b"BODY[HEADER.FIELDS (MESSAGE-ID)]")
        if isinstance(header, bytes):
            yield uid, answers.message_id(header)
