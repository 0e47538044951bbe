"""Renders mail of ours as people see it: `python -m tests.screens.letters FOLDER` writes PNGs of text and HTML, wide and narrow, light and dark."""

import asyncio
import html
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

from tests.making import case
from tests.responders.test_draft import draft
from tests.spine.office import ANN, BOB, FINANCE, JANE, Office, answer, opened, opened_office, plain, written
from tests.spine.world import Clock

#: Pixels: a mail client on a desk, and one in a hand.
WIDTHS = (1280, 390)
SCHEMES = ("light", "dark")
_PATIENCE = 60
_BROWSER = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--hide-scrollbars", "--force-device-scale-factor=1",
)  # fmt: skip
#: How a client shows plain text.
_PLAIN = """<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>:root{{color-scheme:light dark}}
pre{{white-space:pre-wrap;overflow-wrap:anywhere;font:14px/1.45 monospace;margin:16px;max-width:80ch}}</style><pre>{text}</pre>"""
FIRST = """Hello,

you charged me twice for order ORD789456, 49.90 EUR on Monday and once more on Tuesday!
Here is the link to my bank: https://bank.example/statement?account=123456789012345678901234567890&month=november&page=17

Ann Customer
+1 555 0100
"""


async def play(root: Path) -> dict[str, EmailMessage]:
    """Everybody's mail in a case with its ups and downs."""
    office, store = opened_office(root, Clock())
    try:
        await office.get(written(f"Ann Customer <{ANN}>", FIRST, Message_ID="<first@customer.example>"), minutes=0)
        return await _letters(office)
    finally:
        await store.close()


async def _letters(office: Office) -> dict[str, EmailMessage]:
    found = {"acknowledgment": office.last(ANN), "notification": office.last(JANE), "escalation": office.last(FINANCE)}
    told = office.last(JANE)
    await office.get(answer(told, "#resolv\nDear Ann, done.", JANE))
    found["refusal"] = office.last(JANE)
    await office.get(answer(told, "#cc tom@neighbour.example\nDear Ann,\nthe second charge goes back today.", JANE))
    found["confirmation"] = office.last(JANE)
    await office.get(answer(office.last(JANE), "#confirm", JANE))
    found["answer"] = office.last(ANN)
    await office.get(answer(told, "#assign bob", JANE))
    found["reassigned"] = office.last(BOB)
    await office.get(answer(told, "#resolve The second charge went back.", JANE))
    office.clock.forward(hours=2)
    await office.work()
    found["closing"] = office.last(ANN)
    found["draft"] = opened(draft(case(order_numbers=("ORD789456",))).content)
    return found


def pages(letter: EmailMessage) -> Iterator[tuple[str, str]]:
    """("text" or "html", page) for each form that the letter has."""
    yield "text", _PLAIN.format(text=html.escape(plain(letter)))
    if part := letter.get_body(("html",)):
        yield "html", str(part.get_content())


def render(page: str, target: Path, width: int, scheme: str) -> None:
    """The page as a PNG, as high as it is."""
    with tempfile.TemporaryDirectory() as place:
        source = Path(place) / "page.html"
        # A window is no narrower than 500 pixels, but a frame is; and it tells how high its content is.
        source.write_text(page, encoding="utf-8")
        frame = Path(place) / "frame.html"
        frame.write_text(
            f'<!doctype html><meta name="color-scheme" content="{scheme}"><body style="margin:0">'
            f'<iframe src="page.html" style="border:0;width:{width}px;height:2400px;color-scheme:{scheme}"></iframe>',
            encoding="utf-8",
        )
        dark = (
            ("--force-dark-mode", "--blink-settings=preferredColorScheme=0")
            if scheme == "dark"
            else ("--blink-settings=preferredColorScheme=1",)
        )
        size = f"--window-size={max(width, 500)},2400"
        command = ["chromium", *_BROWSER, *dark, f"--user-data-dir={place}/profile", size, f"--screenshot={target}", frame.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=_PATIENCE)


def main(target: Path, only: str = "") -> None:
    """Write all of them, or one, into a folder."""
    if not shutil.which("chromium"):
        sys.exit("expected chromium: apt-get install chromium")
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as root:
        letters = asyncio.run(play(Path(root)))
    for name, letter in ((name, letter) for name, letter in letters.items() if only in ("", name)):
        print(f"--- {name}: {letter['Subject']}")
        for form, page in pages(letter):
            (target / f"{name}.{form}.html").write_text(page, encoding="utf-8")
            for width in WIDTHS:
                for scheme in SCHEMES:
                    render(page, target / f"{name}.{form}.{width}.{scheme}.png", width, scheme)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "screens"), *sys.argv[2:3])
