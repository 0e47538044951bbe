"""Messages read per second beside a bare parse by the standard library of the same messages, in processor time of one core."""

import email
import email.policy
import time
from pathlib import Path

from tests.parsing.mail import raw
from triage.parsing.options import ParseOptions
from triage.parsing.parse import parse

SHARED = Path(__file__).resolve().parents[3] / "shared" / "mail"
SETS = ("sisimai/maildir/bsd/*", "stalwart_mail_parser/**/*.eml", "mikel_mail/**/*.eml", "mime4j/**/*.msg", "talon/**/*.eml")


def bare(content: bytes) -> None:
    """What the standard library needs for header fields and text alone."""
    try:
        message = email.message_from_bytes(content, policy=email.policy.default)
        for value in message.values():
            str(value)
        body = message.get_body(("plain", "html"))
        if body:
            body.get_content()
    except Exception:
        pass


def compare(pattern: str, rounds: int = 2) -> tuple[int, float, float]:
    """(number of messages, seconds of the standard library, seconds of ours), the better of the rounds."""
    contents = [path.read_bytes() for path in sorted(SHARED.glob(pattern))]
    messages, options = [raw(content) for content in contents], ParseOptions()
    for message in messages[:5]:
        parse(message, options)
    theirs = ours = float("inf")
    for _ in range(rounds):
        started = time.process_time()
        for content in contents:
            bare(content)
        middle = time.process_time()
        for message in messages:
            parse(message, options)
        theirs, ours = min(theirs, middle - started), min(ours, time.process_time() - middle)
    return len(contents), theirs, ours


if __name__ == "__main__":
    for group in SETS:
        count, theirs, ours = compare(group)
        print(
            f"{group:32} {count:4} messages  standard library {theirs / count * 1e3:.2f} ms  ours {ours / count * 1e3:.2f} ms  "
            f"ratio {theirs / ours:.2f}"
        )
