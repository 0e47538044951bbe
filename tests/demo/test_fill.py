"""Placeholders of the sample mail."""

from datetime import timedelta

import pytest

from tests.demo.conftest import NOW, case, delivery, sample, standing
from triage.demo.fill import MissingPieceError, filled
from triage.reply import ReplyKind

_EARLIER = {
    "01": standing(of=case(), deliveries=(delivery(), delivery(ReplyKind.ESCALATION, "finance@saypro.example", number=2))),
    "02": standing(2),
}


def _filled(text: bytes) -> bytes:
    return filled(sample("03", content=text), _EARLIER, now=NOW, began=NOW - timedelta(minutes=1))


@pytest.mark.parametrize(
    ("placeholder", "value"),
    [
        (b"{{number:01}}", b"SP-100001"),
        (b"{{message_id:01}}", b"acknowledgment1@saypro.example"),
        (b"{{reverse_path:01}}", b"support+b.acknowledgment1@saypro.example"),
        (b"{{reply_to:01}}", b"support+c.acknowledgment@saypro.example"),
        (b"{{escalation_id:01}}", b"escalation2@saypro.example"),
        (b"{{escalation_reply_to:01}}", b"support+c.escalation@saypro.example"),
        (b"{{date}}", b"Sat, 21 Nov 2026 09:00:00 +0000"),
        (b"{{began}}", b"Sat, 21 Nov 2026 08:59:00 +0000"),
    ],
)
def test_placeholders_become_what_the_daemon_wrote(placeholder: bytes, value: bytes) -> None:
    """Each placeholder is replaced wherever it stands."""
    assert _filled(b"X: <" + placeholder + b">\n\n" + placeholder + b"\n") == b"X: <" + value + b">\r\n\r\n" + value + b"\r\n"


@pytest.mark.parametrize("placeholder", [b"{{number:02}}", b"{{number:09}}", b"{{reply_to:02}}", b"{{escalation_id:02}}", b"{{hue:01}}"])
def test_missing_piece_is_named(placeholder: bytes) -> None:
    """A placeholder for something that was never written is an error, never an empty word."""
    with pytest.raises(MissingPieceError, match=r"\w+"):
        _filled(placeholder)


def test_line_ends_are_those_of_the_wire() -> None:
    """Bare line feeds become CRLF, CRLF stays, and no other byte changes."""
    assert _filled(b"a\nb\r\n\xfc\x00{}") == b"a\r\nb\r\n\xfc\x00{}"


def test_reply_to_of_a_message_without_one_is_empty() -> None:
    """A message of ours without Reply-To leaves nothing to write to."""
    silent = standing(of=case(), deliveries=(delivery(ReplyKind.ESCALATION, number=5),))
    object.__setattr__(silent.deliveries[0], "content", b"To: x\r\n\r\n")
    assert filled(sample("03", content=b"{{escalation_reply_to:01}}"), {"01": silent}, now=NOW, began=NOW) == b""
