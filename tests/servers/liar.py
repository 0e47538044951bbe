"""A small IMAP server that lies, forgets, floods and falls silent as told; it knows as much of IMAP as a mailbox asks for."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

_PARTIAL = re.compile(rb"BODY\.PEEK\[\]<(\d+)\.(\d+)>")
_NUMBERS = re.compile(rb"^[\d:,]+$")


@dataclass
class Liar:
    """What it holds, and how it lies about it; everything may be changed while it runs."""

    port: int = 0
    uid_validity: int = 7
    #: Folder by name: content by UID.
    folders: dict[str, dict[int, bytes]] = field(default_factory=lambda: {"INBOX": {}})
    uid_next: int = 1
    #: Answered to SELECT instead of the truth.
    says_uid_next: int | None = None
    #: Which UIDs of the INBOX a search names, and in which order.
    lists: Callable[[list[int]], list[int]] = lambda uids: uids
    #: Whether the body of this UID is left out of an answer.
    omits: Callable[[int], bool] = lambda uid: False
    #: What stands for the body of a message: the literal with its count, or anything else.
    tells: Callable[[int, bytes], bytes] = lambda uid, content: b"{%d}\r\n%s" % (len(content), content)
    sizes: dict[int, int] = field(default_factory=dict)
    dates: dict[int, str] = field(default_factory=dict)
    greeting: bytes = b"* OK ready\r\n"
    #: Seconds between the octets of the greeting.
    drips: float = 0
    #: Said before the answer to a command, by its name; b"" instead of an answer hangs up, None says nothing for ever.
    instead: dict[str, bytes | None] = field(default_factory=dict)
    #: How often each command was given; "session" counts connections.
    given: Counter[str] = field(default_factory=Counter)

    def put(self, content: bytes, uid: int = 0) -> int:
        """Put a message into the INBOX; its UID."""
        uid = uid or self.uid_next
        self.folders["INBOX"][uid] = content
        self.uid_next = max(self.uid_next, uid + 1)
        return uid

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.given["session"] += 1
        for octet in self.greeting if self.drips else ():
            writer.write(bytes([octet]))
            await asyncio.sleep(self.drips)
        writer.write(b"" if self.drips else self.greeting)
        folder = "INBOX"
        while line := await reader.readline():
            tag, name, rest = (*line.rstrip(b"\r\n").split(b" ", 2), b"", b"")[:3]
            by_uid = name.upper() == b"UID"
            if by_uid:
                name, _, rest = rest.partition(b" ")
            command = name.decode().upper()
            self.given[command] += 1
            if command in self.instead:
                answer = self.instead[command]
                if answer is None:
                    await asyncio.Event().wait()
                if not answer:
                    break
                writer.write(answer.replace(b"TAG", tag))
                continue
            if command == "SELECT":
                folder = rest.strip(b'"').decode()
            if command == "IDLE":
                writer.write(b"+ idling\r\n")
                await reader.readline()
            for said in self._answer(command, rest, folder, by_uid=by_uid):
                writer.write(said)
            writer.write(tag + (b" OK done\r\n" if folder in self.folders else b" NO [NONEXISTENT] no such folder\r\n"))
            await writer.drain()
            if command == "LOGOUT":
                break
        writer.close()

    def _answer(self, command: str, rest: bytes, folder: str, *, by_uid: bool) -> list[bytes]:
        held = self.folders.get(folder, {})
        if command == "CAPABILITY":
            return [b"* CAPABILITY IMAP4rev1 MOVE IDLE\r\n"]
        if command == "LIST":
            return [b'* LIST () "/" "%s"\r\n' % name.encode() for name in self.folders]
        if command == "CREATE":
            self.folders.setdefault(rest.strip(b'"').decode(), {})
        if command == "SELECT":
            next_uid = self.says_uid_next if self.says_uid_next is not None else self.uid_next
            return [b"* %d EXISTS\r\n* OK [UIDVALIDITY %d] x\r\n* OK [UIDNEXT %d] x\r\n" % (len(held), self.uid_validity, next_uid)]
        if command == "SEARCH":
            listed = self.lists(sorted(held)) if folder == "INBOX" else sorted(held)
            return [b"* SEARCH" + b"".join(b" %d" % uid for uid in listed) + b"\r\n"]
        if command == "FETCH":
            return self._fetch(held, rest, by_uid=by_uid)
        if command == "MOVE":
            numbers, _, target = rest.partition(b" ")
            for uid in _numbers(numbers):
                if uid in held:
                    self.folders[target.strip(b'"').decode()][self.uid_next] = held.pop(uid)
        return []

    def _fetch(self, held: dict[int, bytes], rest: bytes, *, by_uid: bool) -> list[bytes]:
        numbers, _, items = rest.partition(b" ")
        places = {uid: place for place, uid in enumerate(sorted(held), 1)}
        wanted = [uid for uid in held if (uid if by_uid else places[uid]) in set(_numbers(numbers))]
        answers = []
        for uid in wanted:
            told = self._tell(uid, held[uid], items)
            if told is not None:
                answers.append(b"* %d FETCH (UID %d%s)\r\n" % (places[uid], uid, told))
        return answers

    def _tell(self, uid: int, content: bytes, items: bytes) -> bytes | None:
        told = b""
        if b"RFC822.SIZE" in items:
            told += b" RFC822.SIZE %d" % self.sizes.get(uid, len(content))
        if b"INTERNALDATE" in items:
            told += b' INTERNALDATE "%s"' % self.dates.get(uid, f"{datetime.now(UTC):%d-%b-%Y %H:%M:%S +0000}").encode()
        if b"HEADER.FIELDS" in items:
            found = b"".join(line + b"\r\n" for line in content.split(b"\r\n") if line.lower().startswith(b"message-id:")) + b"\r\n"
            told += b" BODY[HEADER.FIELDS (MESSAGE-ID)] {%d}\r\n%s" % (len(found), found)
        elif b"BODY" in items:
            if self.omits(uid):
                return None
            part = _PARTIAL.search(items)
            start, length = (int(part[1]), int(part[2])) if part else (0, len(content))
            name = b" BODY[]<%d> " % start if part else b" BODY[] "
            told += name + self.tells(uid, content[start : start + length])
        return told


def _numbers(text: bytes) -> list[int]:
    if not _NUMBERS.match(text):
        return []
    numbers: list[int] = []
    for part in text.split(b","):
        first, _, last = part.partition(b":")
        numbers += range(int(first), int(last or first) + 1)
    return numbers


@asynccontextmanager
async def running() -> AsyncIterator[Liar]:
    """A server in this process that lets anybody in."""
    liar = Liar()
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        # A client that gives up on us, or the end of the test, is no error here.
        with suppress(asyncio.CancelledError, OSError):
            await liar.serve(reader, writer)

    listener = await asyncio.start_server(serve, "127.0.0.1", 0)
    liar.port = listener.sockets[0].getsockname()[1]
    try:
        yield liar
    finally:
        listener.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
