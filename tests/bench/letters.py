"""Messages to measure with: the corpus's texts in the shapes in which mail clients send them."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape

from triage.sections.places import project_root

_TRACE = (
    "from mail-{n}.provider.example (mail-{n}.provider.example [192.0.2.{octet}])\r\n"
    "\tby mx.shop.example (Postfix) with ESMTPS id {n:08X}\r\n\tfor <support@shop.example>; {date}"
)
_SIGNATURE = "v=1; a=rsa-sha256; c=relaxed/relaxed; d=customer{n}.example; s=mail;\r\n\tbh={hash}; h=From:To:Subject:Date;\r\n\tb={long}"


def corpus() -> list[tuple[str, str]]:
    """(subject, body) of every message in the training corpus."""
    folder = project_root() / "triage" / "classifier" / "corpus"
    rows = [json.loads(line) for path in sorted(folder.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()]
    return [(row["subject"], row["body"]) for row in rows]


def letters(number: int, seed: int = 1) -> Iterator[bytes]:
    """So many messages, the same for the same seed; each from a customer of its own."""
    choose = random.Random(seed)
    texts = corpus()
    for n in range(number):
        subject, body = choose.choice(texts)
        yield _letter(n, subject or body[:40].split("\n")[0], body, choose)


def _letter(n: int, subject: str, body: str, choose: random.Random) -> bytes:
    message = EmailMessage()
    date = format_datetime(datetime.now(UTC) - timedelta(minutes=1))
    message["Return-Path"] = f"<customer@customer{n}.example>"
    message["Received"] = _TRACE.format(n=n, octet=n % 250, date=date).replace("\r\n\t", " ")
    message["DKIM-Signature"] = _SIGNATURE.format(n=n, hash="f" * 43, long=("Q" * 68 + " ") * 4).replace("\r\n\t", " ")
    message["From"] = f"Customer Number{n} <customer@customer{n}.example>"
    message["To"] = "Support <support@shop.example>"
    message["Subject"] = " ".join(subject.split())
    message["Date"] = date
    message["Message-ID"] = f"<{n}.{choose.getrandbits(64):x}@customer{n}.example>"
    message.set_content(body)
    if choose.random() < 0.5:
        message.add_alternative(f"<html><body><p>{escape(body).replace(chr(10), '<br>')}</p></body></html>", subtype="html")
    return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
