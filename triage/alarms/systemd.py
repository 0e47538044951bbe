"""Tells systemd how we are (sd_notify(3)): ready, alive, a line of status; nothing happens where no systemd asks."""

import os
import socket
from collections.abc import Sequence
from datetime import datetime

from triage.alarm import Alarm, Notice
from triage.errors import TemporaryError


class Systemd:
    """The notification socket of the service, if there is one, and the AlarmChannel port on its status line."""

    name = "systemd"

    def __init__(self, address: str | None = None) -> None:
        found = os.environ.get("NOTIFY_SOCKET", "") if address is None else address
        # A name that begins with @ lies in the abstract namespace, which the kernel knows by a NUL.
        self._address = "\0" + found[1:] if found.startswith("@") else found

    def ready(self) -> None:
        """The daemon works: dependent services may start."""
        self._say("READY=1")

    def alive(self, status: str) -> None:
        """A sign of life for the watchdog, and the line that `systemctl status` shows."""
        self._say(f"WATCHDOG=1\nSTATUS={_one_line(status)}")

    def stopping(self) -> None:
        """The daemon is about to end because it was asked to."""
        self._say("STOPPING=1")

    async def tell(self, notices: Sequence[Notice], standing: Sequence[Alarm], now: datetime) -> None:
        """Show the oldest alarm that stands in the status line; TemporaryError where systemd does not listen."""
        if standing:
            more = f" (and {len(standing) - 1} more)" if len(standing) > 1 else ""
            self._say(f"STATUS={_one_line(f'ALARM {standing[0].kind}: {standing[0].text}{more}')}")

    def _say(self, words: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
                line.settimeout(1.0)
                line.connect(self._address)
                line.sendall(words.encode())
        except OSError as error:
            raise TemporaryError(f"systemd does not take our notice: {error.strerror or error}") from error


def _one_line(text: str) -> str:
    return " ".join(text.split())
