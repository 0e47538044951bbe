"""How long an idle daemon takes from a message's arrival to the server's 250 for its acknowledgment."""

import asyncio
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import monotonic

from tests.conftest import PASSWORD
from tests.servers import dovecot, smtp_sink
from tests.spine.world import CONFIG, defaults, letter

_USER = "support@shop.example"


def main(messages: int) -> None:
    """Print the median and the 95th percentile."""
    waits = asyncio.run(_measure(messages))
    ordered = sorted(waits)
    print(f"{'idle daemon, arrival to acknowledgment':40}{'median ms':>12}{'95th ms':>14}")
    print(
        f"{f'{messages} messages, Dovecot, one by one':40}{1000 * statistics.median(ordered):12.0f}{1000 * ordered[int(messages * 0.95)]:14.0f}"
    )


async def _measure(messages: int) -> list[float]:
    with tempfile.TemporaryDirectory(prefix="triage-latency-") as name, dovecot.running({_USER: PASSWORD}) as imap:
        async with smtp_sink.running() as sink:
            root = Path(name)
            config = root / "config" / "triage.toml"
            config.parent.mkdir()
            (root / "password").write_text(PASSWORD)
            config.write_text(CONFIG.format(**defaults(root, imap_port=imap.imap_port, smtp_port=sink.port, user=_USER)))
            daemon = subprocess.Popen([sys.executable, "-m", "triage", "--config", str(config), "run"], stderr=subprocess.DEVNULL)
            client = await asyncio.to_thread(imap.client, _USER)
            try:
                # The first few meet a cold daemon and are not counted.
                return [await _one(client, sink, number) for number in range(messages + 5)][5:]
            finally:
                client.logout()
                daemon.terminate()
                await asyncio.to_thread(daemon.wait, 15)


async def _one(client: dovecot.IMAPClient, sink: smtp_sink.Sink, number: int) -> float:
    customer = f"c{number}@customer.example"
    text = letter("Which colours does the lamp come in?", sender=customer)
    await asyncio.to_thread(client.append, "INBOX", text)
    arrived = monotonic()
    while not any(customer in envelope.recipients for envelope in sink.accepted[-4:]):
        if monotonic() - arrived > 20:
            raise TimeoutError(f"no acknowledgment for message {number} within 20 s")
        await asyncio.sleep(0.002)
    waited = monotonic() - arrived
    # A person's mail does not come in step with our clock.
    await asyncio.sleep(0.05 + (number * 37 % 100) / 1000)
    return waited
