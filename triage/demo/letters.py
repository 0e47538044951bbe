"""What stands in a message of ours: its text and its attachments."""

import email
import email.policy
from email.message import EmailMessage

from triage.reply import Delivery


def attachments(mail: Delivery) -> tuple[str, ...]:
    """The names of its files."""
    return tuple(part.get_filename() or "" for part in _parsed(mail).iter_attachments())


def text(mail: Delivery) -> str:
    """Its subject and its text, in one line, as no line break of ours is to hide anything."""
    message = _parsed(mail)
    plain = message.get_body(("plain",))
    return " ".join(f"{message['Subject']} {plain.get_content() if plain else ''}".split())


def _parsed(mail: Delivery) -> EmailMessage:
    return email.message_from_bytes(mail.content, policy=email.policy.default)
