"""Attachments of colleagues keep their bytes, because they may go on to a customer; nobody else's do."""

from email.message import EmailMessage

import pytest

from tests.parsing.mail import read
from triage.message import Attachment, Message
from triage.parsing.options import ParseOptions

JANE = ParseOptions(colleagues=frozenset({"jane@shop.example"}))


def message(sender: str = "Jane <jane@shop.example>", *contents: bytes, senders: int = 1) -> bytes:
    """A message with these files."""
    made = EmailMessage()
    made["From"] = ", ".join([sender] * senders)
    made["To"], made["Subject"] = "support@shop.example", "Re: a case"
    made.set_content("Dear Ann, see below.")
    for number, content in enumerate(contents):
        made.add_attachment(content, maintype="application", subtype="pdf", filename=f"file{number}.pdf")
    return made.as_bytes()


def files(content: bytes, options: ParseOptions = JANE) -> tuple[Attachment, ...]:
    """The attachments as they were read."""
    found: Message = read(content, options)
    return found.attachments


def test_a_colleague_s_files_keep_their_bytes() -> None:
    """Each file has what was attached."""
    assert [file.content for file in files(message("Jane <JANE@shop.example>", b"one", b"two"))] == [b"one", b"two"]


@pytest.mark.parametrize("sender", ["ann@customer.example", '"jane@shop.example" <eve@evil.example>', "jane@shop.example.evil.example"])
def test_nobody_else_s_do(sender: str) -> None:
    """A customer's files stay in the raw message."""
    assert [file.content for file in files(message(sender, b"one"))] == [b""]
    assert [file.size for file in files(message(sender, b"one"))] == [3]


def test_two_authors_are_nobody() -> None:
    """Where From names several, no bytes are handed on."""
    assert [file.content for file in files(message("jane@shop.example", b"one", senders=2))] == [b""]


def test_too_much_together_stays() -> None:
    """More than ten megabytes would be refused on the way anyway."""
    assert [len(file.content) for file in files(message("jane@shop.example", b"x" * 6_000_000, b"x" * 5_000_000))] == [0, 0]
    assert [len(file.content) for file in files(message("jane@shop.example", b"x" * 4_000_000, b"x" * 5_000_000))] == [4_000_000, 5_000_000]


def test_a_message_does_not_show_them() -> None:
    """Bytes never stand in a log line by way of a repr."""
    (file,) = files(message("jane@shop.example", b"secret"))
    assert "secret" not in repr(file)
