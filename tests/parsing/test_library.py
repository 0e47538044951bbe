"""What mail-parser is asked, and what it need not be asked."""

import mailparser
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.parsing.mail import read
from triage.parsing import parse


@given(st.from_regex(parse._PLAIN, fullmatch=True))
@settings(max_examples=60)
def test_it_never_finds_fault_with_a_plain_mailbox(field: str) -> None:
    """Fields that are kept from mail-parser are such as it has nothing to say of."""
    judged = mailparser.parse_from_string(f"From: {field}\nTo: {field}\nCc: {field}\nReply-To: {field}\n\nx")
    assert not judged.defects
    assert len(judged.from_) == 1


def test_it_judges_what_is_not_plain() -> None:
    """A field that is not plainly one mailbox is still judged, also where a plain one of the same name stands before it."""
    message = read('From: Ann <ann@customer.example>\r\nFrom: "ann <ann@customer.example>\r\n\r\nx')
    assert any("AddressHeaderDefect" in defect for defect in message.defects)


def test_parameters_that_are_not_there_are_empty() -> None:
    """A part without a name is no attachment; one whose name is in pieces, in any letters, is (RFC 2231 §3)."""
    bare = read("Content-Type: text/plain; charset=utf-8\r\n\r\nx")
    named = read('Content-Type: application/pdf; NAME*0="in"; NAME*1="voice.pdf"\r\n\r\nx')
    assert bare.attachments == ()
    assert [file.filename for file in named.attachments] == ["invoice.pdf"]
