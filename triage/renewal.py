"""A configuration read again while the daemon works: a good one is taken over, a broken one leaves everything as it is."""

import asyncio
import signal
from collections.abc import Callable
from dataclasses import dataclass, field

from triage.alarm import AlarmBoard
from triage.errors import SettingsError
from triage.installation import load_policy, load_writer
from triage.logs import get_logger
from triage.ports import Now
from triage.settings import Settings

_KIND = "reload"
_log = get_logger("renewal")


@dataclass(frozen=True, slots=True)
class Renewal:
    """What SIGHUP asks for."""

    #: Reads the configuration file.
    read: Callable[[], Settings]
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    def on_signal(self) -> None:
        """From now on SIGHUP asks."""
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self.asked.set)

    async def next(self, old: Settings, board: AlarmBoard, now: Now) -> Settings:
        """The next settings that are asked for and sound, with policy and templates; what is wrong with others is an alarm."""
        while True:
            await self.asked.wait()
            self.asked.clear()
            try:
                fresh = await asyncio.to_thread(self._sound, old)
            except SettingsError as error:
                _log.error("not_renewed", problems=error.problems)
                more = f" (and {len(error.problems) - 1} more)" if len(error.problems) > 1 else ""
                board.sound(_KIND, f"the configuration was not taken over, the old one is kept: {error.problems[0]}{more}", now())
            else:
                _log.info("renewed")
                board.clear(_KIND)
                # What templates could not say is over where they can: the new ones are whole.
                board.clear("template")
                return fresh

    def _sound(self, old: Settings) -> Settings:
        fresh = self.read()
        if (fresh.paths.state, fresh.paths.store) != (old.paths.state, old.paths.store):
            raise SettingsError(["paths.state, paths.store: expected the same as before; stop and start the daemon to change them"])
        policy = load_policy(fresh)
        if problems := load_writer(fresh, policy).problems(policy.matters):
            raise SettingsError(problems)
        return fresh
