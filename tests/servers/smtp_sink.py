"""An SMTP server that does as told at each step: it answers, drops, hangs, or talks nonsense; and Postfix's own sink, where installed."""

import asyncio
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers.ports import free_ports

#: Steps that can be scripted, in the order of a session.
STEPS = ("connect", "ehlo", "starttls", "auth", "rset", "mail", "rcpt", "data", "dot", "quit")
#: Instead of a reply: close the connection, or never answer.
DROP, HANG = "drop", "hang"

_OK = "250 2.0.0 ok"
_USUAL = {
    "connect": "220 sink ESMTP", "starttls": "220 2.0.0 go ahead", "auth": "235 2.7.0 welcome",
    "mail": "250 2.1.0 ok", "rcpt": "250 2.1.5 ok", "data": "354 go on", "dot": "250 2.0.0 queued as 1", "quit": "221 2.0.0 bye",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """A message that the sink was given, accepted or not."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    #: The reply after the final dot; "" where there was none.
    reply: str


@dataclass
class Sink:
    """The running sink: `script` says what to do at a step, once per entry, then it behaves; `always` says it for good."""

    port: int = 0
    extensions: tuple[str, ...] = ("SIZE 10485760", "8BITMIME", "ENHANCEDSTATUSCODES", "AUTH PLAIN LOGIN")
    script: dict[str, list[str]] = field(default_factory=dict)
    always: dict[str, str] = field(default_factory=dict)
    envelopes: list[Envelope] = field(default_factory=list)
    #: Every command line, in order, of all connections.
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    #: Close the connection once that many octets of content have come; 0 never.
    hang_up_after: int = 0
    #: Called with the step before it is answered; for tests that look at the state of the world at that moment.
    observe: Callable[[str], None] = field(default=lambda step: None)
    tls: ssl.SSLContext | None = None

    @property
    def accepted(self) -> list[Envelope]:
        """Messages answered with 2yz after the dot, or taken in silence: what a recipient would get."""
        return [envelope for envelope in self.envelopes if envelope.reply.startswith("2")]

    def answer(self, step: str) -> str:
        """What is done at this step now: a reply, DROP or HANG."""
        self.observe(step)
        waiting = self.script.get(step, [])
        return waiting.pop(0) if waiting else self.always.get(step, _USUAL.get(step, _OK))


class _Session:
    """One connection."""

    def __init__(self, sink: Sink, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.sink, self.reader, self.writer = sink, reader, writer
        self.sender = ""
        self.recipients: list[str] = []

    async def run(self) -> None:
        self.sink.connections += 1
        going = await self._say("connect")
        while going and (line := await self.reader.readline()):
            command = line.decode("utf-8", "replace").rstrip("\r\n")
            self.sink.commands.append(command)
            going = await self._obey(command.split(" ")[0].lower(), command)

    async def _obey(self, verb: str, command: str) -> bool:
        if verb == "auth":
            return await self._authenticate(command)
        if verb == "data":
            return await self._take()
        if verb == "mail":
            self.sender, self.recipients = _path(command), []
        if verb == "rcpt":
            self.recipients.append(_path(command))
        going = await self._say(verb)
        if verb == "starttls" and going and self.sink.tls:
            await self.writer.start_tls(self.sink.tls)
        return going and verb != "quit"

    async def _authenticate(self, command: str) -> bool:
        if command.upper() == "AUTH LOGIN" or command.upper().startswith("AUTH LOGIN "):
            for prompt in ("334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6")[command.count(" ") - 1 :]:
                await self._reply(prompt)
                await self.reader.readline()
        if command.upper() == "AUTH CRAM-MD5":
            await self._reply("334 PDFAc2luaz4=")
            await self.reader.readline()
        return await self._say("auth")

    async def _take(self) -> bool:
        invitation = self.sink.answer("data")
        if not await self._reply(invitation) or not invitation.startswith("354"):
            return invitation not in (DROP, HANG) and not invitation.startswith("421")
        content = bytearray()
        while (line := await self.reader.readline()) != b".\r\n":
            if not line:
                return False
            content += line[1:] if line.startswith(b".") else line
            if self.sink.hang_up_after and len(content) > self.sink.hang_up_after:
                return await self._reply(DROP)
        reply = self.sink.answer("dot")
        self.sink.envelopes.append(
            Envelope(
                sender=self.sender, recipients=tuple(self.recipients), content=bytes(content), reply="" if reply in (DROP, HANG) else reply
            )
        )
        return await self._reply(reply)

    async def _say(self, step: str) -> bool:
        action = self.sink.answer(step)
        if step == "ehlo" and action == _OK:
            lines = ["sink", *self.sink.extensions]
            action = "\r\n".join([f"250-{line}" for line in lines[:-1]] + [f"250 {lines[-1]}"])
        return await self._reply(action)

    async def _reply(self, action: str) -> bool:
        if action == HANG:
            await asyncio.Event().wait()
        if action == DROP:
            self.writer.transport.abort()
            return False
        self.writer.write(action.encode("utf-8", "surrogateescape") + b"\r\n")
        await self.writer.drain()
        return not action.startswith("421")


def _path(command: str) -> str:
    return command.partition("<")[2].partition(">")[0]


@asynccontextmanager
async def running(*, tls: ssl.SSLContext | None = None, implicit_tls: bool = False) -> AsyncIterator[Sink]:
    """A sink on a free port; with a context it offers STARTTLS, or speaks TLS from the first octet."""
    sink = Sink(tls=tls)
    if tls and not implicit_tls:
        sink.extensions = (*sink.extensions, "STARTTLS")
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        with suppress(OSError, asyncio.LimitOverrunError, ValueError, asyncio.CancelledError):
            await _Session(sink, reader, writer).run()
        writer.close()

    listener = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls if implicit_tls else None)
    sink.port = listener.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        listener.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def postfix_sink_installed() -> bool:
    """Whether Postfix's smtp-sink is here."""
    return _binary() is not None


def _binary() -> str | None:
    return shutil.which("smtp-sink") or shutil.which("smtp-sink", path="/usr/sbin")


@dataclass(frozen=True, kw_only=True)
class PostfixSink:
    """Postfix's own sink, in a process of its own: fast, and as strict as Postfix."""

    port: int
    dumps: Path

    def messages(self) -> list[bytes]:
        """What was accepted, each with the sink's X- fields for the envelope before it."""
        return [path.read_bytes() for path in sorted(self.dumps.iterdir())]


@contextmanager
def postfix_sink(*options: str) -> Iterator[PostfixSink]:
    """Postfix's smtp-sink writing each message to a file; further options as its manual says (-f, -q, -r, -s … COMMANDS)."""
    binary = _binary()
    assert binary, "smtp-sink is not installed"
    port = free_ports(1)[0]
    with tempfile.TemporaryDirectory(prefix="smtp-sink-") as folder:
        # As root it asks for a user to become; that user must be able to write the dumps.
        Path(folder).chmod(0o777)
        user = ["-u", "nobody"] if Path("/proc/self").stat().st_uid == 0 else []
        command = [binary, *user, "-c", "-d", f"{folder}/%H%M%S.", *options, f"127.0.0.1:{port}", "200"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait_for(port, process)
            yield PostfixSink(port=port, dumps=Path(folder))
        finally:
            process.terminate()
            process.wait()


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    give_up = time.monotonic() + 60
    while True:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        if process.poll() is not None or time.monotonic() > give_up:
            raise RuntimeError("smtp-sink did not start")
        time.sleep(0.02)
