"""What the demo's server says of the messages it takes in: genuine or not, and nobody else in its name."""

from tests.demo.conftest import NOW
from tests.rows import rows
from triage.demo.boundary import AUTHSERV_ID, vouched
from triage.demo.day import Sample
from triage.message import MessageKey, RawMessage
from triage.parsing.parse import ParseOptions, parse

MAIL = "Return-Path: <{sender}>\r\nReceived: from a.example by mx.saypro.example; now\r\nFrom: {author}\r\nSubject: hello\r\n\r\nText\r\n\r\nmore\r\n"


def mail(author: str, sender: str = "ann@customer.example") -> bytes:
    """A message as it comes in."""
    return MAIL.format(author=author, sender=sender).encode()


def believed(content: bytes) -> str:
    """What the daemon takes from it."""
    raw = RawMessage(
        key=MessageKey(account="a", mailbox="INBOX", uid_validity=1, uid=1), received_at=NOW, content=content, size=len(content)
    )
    return parse(raw, ParseOptions(authserv_id=AUTHSERV_ID)).authentication_result("dmarc")


@rows(
    ("author", "sender", "result"),
    [
        ("Ann <ann@customer.example>", "ann@customer.example", "pass"),
        ("ann@Customer.Example", "bounces@customer.example", "pass"),
        ("Ann <ann@customer.example>", "eve@evil.example", "fail"),
        ("ann@customer.example <eve@evil.example>", "ann@customer.example", "permerror"),
        ("ann@customer.example", "", "fail"),
        ("ann@customer.example, bob@customer.example", "ann@customer.example", "permerror"),
        ("Ann", "ann@customer.example", "permerror"),
    ],
)
def test_who_is_genuine(author: str, sender: str, result: str) -> None:
    """The author's domain must be that of the reverse-path; of two authors nothing can be said."""
    content = vouched(mail(author, sender))
    assert content.startswith(f"Authentication-Results: {AUTHSERV_ID}; dmarc={result}".encode())
    assert content.endswith(mail(author, sender))
    assert believed(content) == result


def test_the_envelope_goes_before_what_a_message_says() -> None:
    """A message that is submitted cannot say itself who sent it."""
    content = mail("ann@customer.example")
    assert b"dmarc=pass" in vouched(content)
    assert b"dmarc=fail" in vouched(content, "eve@evil.example")
    assert b"dmarc=fail" in vouched(content, "")


def test_nobody_else_speaks_in_its_name() -> None:
    """Fields that bear its name go, also folded ones and in any case; those of others stay."""
    forged = b"authentication-results:\r\n MX.saypro.example;\r\n dmarc=pass\r\nAuthentication-Results: mx.other.example; dmarc=pass\r\n"
    content = vouched(forged + mail("ann@customer.example", "eve@evil.example"))
    assert content.lower().count(b"mx.saypro.example;") == 1 + b"by mx.saypro.example;".count(b"mx.saypro.example;")
    assert b"Authentication-Results: mx.other.example; dmarc=pass" in content
    assert believed(content) == "fail"


def test_a_message_without_a_body_or_a_head() -> None:
    """Nothing is lost of what is hardly a message."""
    assert vouched(b"From: ann@customer.example\r\n").endswith(b"\r\nFrom: ann@customer.example\r\n")
    assert vouched(b"").startswith(b"Authentication-Results: ")
    assert vouched("From: käthe@customer.example\r\n\r\nx".encode("latin-1")).endswith("käthe@customer.example\r\n\r\nx".encode("latin-1"))


def test_the_mail_of_the_day_is_genuine(day: tuple[Sample, ...]) -> None:
    """Everybody in the demo is who they say, but where a message names two authors or none."""
    doubtful = [sample.number for sample in day if b"; dmarc=pass" not in vouched(sample.content.replace(b"\n", b"\r\n"))[:200]]
    # What comes of itself, such as a bounce, has no reverse-path.
    assert doubtful == ["73", "74", "64"]
