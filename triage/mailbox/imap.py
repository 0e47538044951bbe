"""The Mailbox port over IMAP4rev1 and IMAP4rev2 servers (RFC 3501, RFC 9051)."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from triage.access import Access
from triage.errors import ConnectionLostError
from triage.mailbox import bodies, fetching, filing
from triage.mailbox.connection import Connection
from triage.mailbox.door import Door
from triage.mailbox.session import Session
from triage.mailbox.waiting import Waiter
from triage.message import MailboxStatus, MessageKey, RawMessage
from triage.sections.servers import MailboxSettings

#: Octets a second: a server slower than that is given up on.
_SLOWEST = 1000
#: Broken connections in a row after which fetching a part of a message waits for a better time.
_FAULTS = 3


class ImapMailbox:
    """One account on an IMAP server: a connection for work, and one that waits for news."""

    def __init__(
        self,
        account: str,
        settings: MailboxSettings,
        *,
        access: Access | None = None,
        max_octets: int = 30 << 20,
        pulse: timedelta = timedelta(milliseconds=100),
    ) -> None:
        """Larger messages than `max_octets` are fetched in part; a server on this machine is asked for news every `pulse`, unless 0."""
        self._account = account
        self._max_octets = max_octets
        self._large = min(fetching.LARGE, max_octets)
        self._timeout = settings.timeout.total_seconds()
        door = Door()
        self._session = Session(account, settings, max_octets, door, access)
        #: What has come of a large message whose fetching broke off.
        self._begun: dict[MessageKey, bytearray] = {}
        self._listening = Session(account, settings, max_octets, door, access)
        # Another's server is never asked that often: providers count commands.
        self._waiter = Waiter(self._listening, pulse.total_seconds() if _is_here(settings.host) else 0)

    @property
    def expires_at(self) -> datetime | None:
        """When the certificate ends that the server last showed."""
        connection = self._session.connection
        return connection.expires_at if connection else None

    async def status(self, folder: str) -> MailboxStatus:
        """UIDVALIDITY, UIDNEXT, the number of messages and the keywords the folder keeps."""
        return await self._session.run("looking at a folder", lambda connection: connection.open(folder))

    async def look(self, folder: str) -> tuple[MailboxStatus, list[int]]:
        """The state of the folder and every UID in it."""

        def work(connection: Connection) -> tuple[MailboxStatus, list[int]]:
            uids = fetching.all_uids(connection, folder)
            # Selecting it afresh is the first thing that the listing does.
            return connection.stay(folder), uids

        return await self._session.run("listing messages", work)

    async def uids(self, folder: str) -> list[int]:
        """Every UID in the folder, ascending."""
        return await self._session.run("listing messages", lambda connection: fetching.all_uids(connection, folder))

    async def kept_uids(self, folder: str) -> list[int]:
        """UIDs of the messages that nobody has marked as deleted, ascending."""
        return await self._session.run("listing messages", lambda connection: fetching.all_uids(connection, folder, "UNDELETED"))

    async def message_ids(self, folder: str, uids: Sequence[int], uid_validity: int) -> Mapping[int, str]:
        """Message-ID by UID, "" where a message has none; UIDs that are gone are left out."""

        def work(connection: Connection) -> dict[int, str]:
            connection.stay(folder, uid_validity)
            return dict(pair for chunk in fetching.chunks(uids) for pair in fetching.ids_of(connection, chunk))

        return await self._session.run("fetching Message-IDs", work, self._patience(200 * len(uids)))

    async def arrivals(self, folder: str, uids: Sequence[int]) -> Mapping[int, datetime]:
        """INTERNALDATE in UTC by UID, NO_ARRIVAL where it makes no sense; UIDs that are gone are left out."""

        def work(connection: Connection) -> dict[int, datetime]:
            connection.stay(folder)
            return fetching.arrivals(connection, uids)

        return await self._session.run("fetching arrival times", work, self._patience(200 * len(uids)))

    async def fetch(self, folder: str, uids: Sequence[int], uid_validity: int) -> AsyncIterator[list[RawMessage]]:
        """The messages in batches of bounded size, \\Seen untouched; those without data are left out.

        Of those over the limit the first 256 KB come. Large ones come part by part, and go on after a broken connection where it broke.
        """

        def announce(connection: Connection) -> list[fetching.Entry]:
            connection.stay(folder, uid_validity)
            return fetching.entries(connection, uids)

        announced = await self._session.run("fetching sizes", announce, self._patience(200 * len(uids)))
        for batch in fetching.batches(announced, self._large):
            contents = await self._contents(folder, batch, uid_validity)
            yield [self._raw(folder, uid_validity, entry, contents[entry.uid]) for entry in batch if contents.get(entry.uid)]

    async def _contents(self, folder: str, batch: list[fetching.Entry], uid_validity: int) -> dict[int, bytes]:
        first = batch[0]
        content = await self._in_parts(folder, first, uid_validity) if first.size > self._large else b""
        if content or first.size > self._max_octets:
            return {first.uid: content}

        def work(connection: Connection) -> dict[int, bytes]:
            # Between two batches the connection may have been made again, and the folder with it.
            connection.stay(folder, uid_validity)
            return bodies.whole(connection, batch)

        # Also for a large message of which the server hands over no part.
        return await self._session.run("fetching messages", work, self._patience(sum(entry.size for entry in batch)))

    async def _in_parts(self, folder: str, entry: fetching.Entry, uid_validity: int) -> bytes:
        key = MessageKey(account=self._account, mailbox=folder, uid_validity=uid_validity, uid=entry.uid)
        begun = self._begun.pop(key, None) or bytearray()
        # One at a time is enough to go on with, and bounds the memory.
        self._begun.clear()
        wanted = entry.size if entry.size <= self._max_octets else min(bodies.PART, self._max_octets)
        faults = 0
        while len(begun) < wanted:
            length = min(bodies.PART, wanted - len(begun))
            try:
                content = await self._part(key, len(begun), length)
            except ConnectionLostError:
                faults += 1
                if faults == _FAULTS:
                    self._begun[key] = begun
                    raise
                continue
            faults = 0
            begun += content
            if len(content) < length:
                break
        return bytes(begun)

    async def _part(self, key: MessageKey, start: int, length: int) -> bytes:
        def work(connection: Connection) -> bytes:
            connection.stay(key.mailbox, key.uid_validity)
            return bodies.part(connection, key.uid, start, length)

        return await self._session.run("fetching a large message", work, self._patience(length))

    def _raw(self, folder: str, uid_validity: int, entry: fetching.Entry, content: bytes) -> RawMessage:
        key = MessageKey(account=self._account, mailbox=folder, uid_validity=uid_validity, uid=entry.uid)
        in_part = entry.size > self._max_octets
        # Some servers announce a size that is not that of what they send; it counts only where we asked for a part.
        size = entry.size if in_part else len(content)
        doubt = bodies.doubt(content, len(content) if in_part else entry.size)
        return RawMessage(key=key, received_at=entry.received_at, content=content, size=size, doubt=doubt)

    def _patience(self, octets: int) -> float:
        return 2 * self._timeout + octets / _SLOWEST

    async def renew(self) -> None:
        """The next call speaks to the server in a fresh session."""
        await self._session.renew()

    async def wait(self, folder: str, at_most: timedelta) -> bool:
        """True as soon as the folder may have got a message, False after the time-out."""
        return await self._waiter.wait(folder, at_most.total_seconds())

    async def move(self, folder: str, uids: Sequence[int], target: str, uid_validity: int) -> Mapping[int, int]:
        """New UID by old UID where the server tells; the target is made where needed."""

        def work(connection: Connection) -> dict[int, int]:
            return filing.move(connection, folder, uids, target, uid_validity)

        return await self._session.run("moving messages", work, self._patience(200 * len(uids)))

    async def delete(self, folder: str, uids: Sequence[int], uid_validity: int) -> None:
        """Remove messages of ours for good."""
        work = partial(filing.delete, folder=folder, uids=uids, uid_validity=uid_validity)
        await self._session.run("deleting messages", work, self._patience(200 * len(uids)))

    async def append(self, folder: str, content: bytes, flags: Sequence[str] = (), at: datetime | None = None) -> None:
        """Add a message to a folder, making the folder where needed."""

        filing.check_flags(flags)

        def work(connection: Connection) -> None:
            filing.append(connection, folder, content, flags, at)

        await self._session.run("appending a message", work, self._patience(len(content)))

    async def set_keywords(self, folder: str, uids: Sequence[int], keywords: Collection[str], instead_of: Collection[str] = ()) -> None:
        """Set keywords and take others off, where the server keeps them."""
        others = [other for other in instead_of if other not in keywords]
        filing.check_flags([*keywords, *others])
        await self._session.run("setting keywords", lambda connection: filing.set_keywords(connection, folder, uids, keywords, others))

    async def folders(self) -> list[str]:
        """Names of all folders that can hold messages."""
        return await self._session.run("listing folders", filing.folders)

    async def special(self, use: str) -> str:
        """Name of the folder that the server marks for a use; "" where it marks none."""
        return await self._session.run("listing folders", lambda connection: filing.special(connection, use))

    async def find(self, folder: str, message_ids: Iterable[str]) -> Mapping[str, int]:
        """UID by Message-ID for those of the given ids that are in the folder."""
        wanted = frozenset(message_ids)
        # The whole folder may have to be looked through.
        return await self._session.run(
            "finding messages", lambda connection: fetching.uids_of(connection, folder, wanted), 10 * self._timeout
        )

    async def close(self) -> None:
        """Log out and let go; the next use connects again."""
        await self._listening.close()
        await self._session.close()


def _is_here(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")
