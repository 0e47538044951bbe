"""Shows the mailbox in a text client: `python -m tests.screens FOLDER` plays a morning on Dovecot and captures neomutt's screens as text."""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.conftest import PASSWORD
from tests.servers import dovecot as dovecot_server
from tests.servers import smtp_sink
from tests.servers.dovecot import Dovecot
from tests.spine.world import Readers, World, defaults, letter

USER = "support@shop.example"
WIDTH, HEIGHT = 80, 24
#: Cases also lie where they stand.
SHOWN = 'states = "folders"'
#: A client draws within this time, or something is wrong.
_PATIENCE = 10.0

MORNING = (
    letter("You charged me twice for order ORD1234.", subject="charged twice", message_id="<1@customer.example>"),
    letter("Where is my parcel? Order ORD2345 was to come on Monday.", subject="Where is my order?", sender="Bob <bob@customer.example>"),
    letter("Please send me the invoice for order ORD3456.", subject="Invoice wanted", sender="Cy <cy@customer.example>"),
    letter("Ich möchte mein Geld für ORD4567 zurück.", subject="Erstattung", sender="Dora Maier <dora@customer.example>"),
)

MUTTRC = """
set folder = "imap://{user}@127.0.0.1:{port}/"
set spoolfile = "{spool}"
set imap_user = "{user}"
set imap_pass = "{password}"
set ssl_starttls = no
set ssl_force_tls = no
set imap_list_subscribed = no
set imap_check_subscribed = no
set mail_check_stats = yes
set sidebar_visible = yes
set sidebar_width = 20
set sidebar_format = "%D%* %?N?%N/?%S"
set sort = date
set index_format = "%2C %Z %-10.10L %-18.18s %g"
set help = no
set wait_key = no
set pager_index_lines = 0
set date_format = "!%H:%M"
ignore *
unignore from to subject date in-reply-to
mailboxes {mailboxes}
"""


async def _play(server: Dovecot, root: Path) -> None:
    """The daemon deals with a morning's mail."""
    async with smtp_sink.running() as sink:
        values = defaults(root, imap_port=server.imap_port, smtp_port=sink.port, user=USER)
        readers = Readers()

        async def deliver(content: bytes) -> None:
            server.deliver(USER, content)

        world = World(root=root, post=deliver, values=values, readers=readers)
        try:
            await world.settle(mailbox=SHOWN)
            for content in MORNING:
                await deliver(content)
            await world.settle()
            # Somebody puts one where it is done, and one where it waits.
            with server.client(USER) as client:
                for source, target in (("Triage/Orders", "Triage/Done"), ("Triage/Disputes", "Triage/Waiting")):
                    client.create_folder(target)
                    client.select_folder(source)
                    client.move(client.search("ALL"), target)
            await world.settle()
            await world.settle()
        finally:
            await readers.close()


def _folders(server: Dovecot) -> list[str]:
    with server.client(USER) as client:
        return [name for flags, _separator, name in client.list_folders() if b"\\Noselect" not in flags]


def _screen(session: str, sign: str) -> str:
    """What the client shows once it shows this."""
    give_up = time.monotonic() + _PATIENCE
    shown = ""
    while time.monotonic() < give_up:
        shown = subprocess.run(["tmux", "capture-pane", "-p", "-t", session], capture_output=True, text=True, check=True).stdout
        if sign in shown:
            return shown
        time.sleep(0.05)
    raise RuntimeError(f"the client never showed {sign!r}, but:\n{shown}")


def _look(server: Dovecot, root: Path, spool: str, sign: str, *keys: tuple[str, str]) -> list[str]:
    """The client's screens in a folder: at first, and after each of these keys."""
    session = f"screens-{os.getpid()}"
    names = " ".join(f'"+{name}"' for name in _folders(server))
    (root / "muttrc").write_text(
        MUTTRC.format(user=USER, port=server.imap_port, password=PASSWORD, spool=f"+{spool}", mailboxes=names), encoding="utf-8"
    )
    size = ("-x", str(WIDTH), "-y", str(HEIGHT))
    subprocess.run(["tmux", "new-session", "-d", "-s", session, *size, f"neomutt -n -F {root / 'muttrc'}"], check=True)
    try:
        screens = [_screen(session, sign)]
        for key, expected in keys:
            subprocess.run(["tmux", "send-keys", "-t", session, key], check=True)
            screens.append(_screen(session, expected))
        return screens
    finally:
        subprocess.run(["tmux", "kill-session", "-t", session], check=False)


def main(target: Path) -> None:
    """Write the screens into a folder, and print them."""
    if not shutil.which("neomutt") or not shutil.which("tmux"):
        sys.exit("expected neomutt and tmux: apt-get install neomutt tmux")
    target.mkdir(parents=True, exist_ok=True)
    with dovecot_server.running({USER: PASSWORD}) as server, tempfile.TemporaryDirectory() as place:
        root = Path(place)
        asyncio.run(_play(server, root))
        taken = {
            "folders": _look(server, root, "Triage/Payments", "charged twice")[0],
            "done": _look(server, root, "Triage/Done", "Where is my order")[0],
            "drafts": _look(server, root, "Drafts", "Re: charged twice")[0],
            "draft": _look(server, root, "Drafts", "Re: charged twice", ("Home", "Re:"), ("C-m", "thank you"))[-1],
        }
    for name, screen in taken.items():
        (target / f"{name}.txt").write_text(screen, encoding="utf-8")
        print(f"--- {name}\n{screen}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "screens"))
