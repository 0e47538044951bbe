"""The Mailbox port in memory, which fails when told: before it does what it is asked for, or after."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from email import message_from_bytes

from tests.spine.world import Clock
from triage.errors import ConnectionLostError
from triage.message import MailboxStatus, MessageKey, RawMessage

VALIDITY = 7


class Box:
    """Folders of messages by UID."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._next = 1
        self.lying: dict[str, dict[int, tuple[datetime, bytes]]] = {"INBOX": {}}
        #: The next call fails, and whether it has done its work by then.
        self.fails: str = ""

    def put(self, content: bytes, folder: str = "INBOX") -> None:
        """A message arrives."""
        self.lying.setdefault(folder, {})[self._next] = (self._clock(), content)
        self._next += 1

    def _before(self) -> None:
        if self.fails == "before":
            self.fails = ""
            raise ConnectionLostError("the line broke")

    def _after(self) -> None:
        if self.fails == "after":
            self.fails = ""
            raise ConnectionLostError("the line broke before the answer")

    def _held(self, folder: str) -> dict[int, tuple[datetime, bytes]]:
        self._before()
        self._after()
        return self.lying.setdefault(folder, {})

    async def status(self, folder: str) -> MailboxStatus:
        return MailboxStatus(uid_validity=VALIDITY, uid_next=self._next, exists=len(self._held(folder)))

    async def look(self, folder: str) -> tuple[MailboxStatus, list[int]]:
        return await self.status(folder), sorted(self.lying[folder])

    async def uids(self, folder: str) -> list[int]:
        return sorted(self._held(folder))

    async def kept_uids(self, folder: str) -> list[int]:
        return sorted(self._held(folder))

    async def message_ids(self, folder: str, uids: Sequence[int], uid_validity: int) -> Mapping[int, str]:
        held = self._held(folder)
        return {uid: _message_id(held[uid][1]) for uid in uids if uid in held}

    async def arrivals(self, folder: str, uids: Sequence[int]) -> Mapping[int, datetime]:
        held = self._held(folder)
        return {uid: held[uid][0] for uid in uids if uid in held}

    async def fetch(self, folder: str, uids: Sequence[int], uid_validity: int) -> AsyncIterator[list[RawMessage]]:
        held = self._held(folder)
        for uid in uids:
            if uid in held:
                at, content = held[uid]
                key = MessageKey(account="support", mailbox=folder, uid_validity=VALIDITY, uid=uid)
                yield [RawMessage(key=key, received_at=at, content=content, size=len(content))]

    async def renew(self) -> None:
        """Nothing is open."""

    async def wait(self, folder: str, at_most: timedelta) -> bool:
        return True

    async def move(self, folder: str, uids: Sequence[int], target: str, uid_validity: int) -> Mapping[int, int]:
        self._before()
        moved = {}
        for uid in uids:
            if uid in self.lying[folder]:
                self.lying.setdefault(target, {})[self._next] = self.lying[folder].pop(uid)
                moved[uid], self._next = self._next, self._next + 1
        self._after()
        return moved

    async def delete(self, folder: str, uids: Sequence[int], uid_validity: int) -> None:
        for uid in uids:
            self._held(folder).pop(uid, None)

    async def append(self, folder: str, content: bytes, flags: Sequence[str] = (), at: datetime | None = None) -> None:
        self._before()
        self.put(content, folder)
        self._after()

    async def set_keywords(self, folder: str, uids: Sequence[int], keywords: Collection[str], instead_of: Collection[str] = ()) -> None:
        self._held(folder)

    async def folders(self) -> list[str]:
        self._before()
        return list(self.lying)

    async def special(self, use: str) -> str:
        return ""

    async def find(self, folder: str, message_ids: Iterable[str]) -> Mapping[str, int]:
        wanted = set(message_ids)
        return {name: uid for uid, (_, content) in self._held(folder).items() if (name := _message_id(content)) in wanted}

    async def close(self) -> None:
        """Nothing is open."""


def _message_id(content: bytes) -> str:
    return str(message_from_bytes(content)["Message-ID"] or "").strip("<> ")
