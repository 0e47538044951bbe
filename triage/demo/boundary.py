"""What the embedded server writes above a message that comes in, as the boundary of its domain: is its author genuine (RFC 8601)?"""

import re
from email.parser import BytesHeaderParser
from email.utils import getaddresses, parseaddr

#: The name under which it writes; the demo's configuration trusts it.
AUTHSERV_ID = "mx.saypro.example"
_FIELD = re.compile(rb"^authentication-results:[^\n]{0,2000}\n(?:[ \t][^\n]{0,2000}\n){0,50}", re.IGNORECASE | re.MULTILINE)


def vouched(content: bytes, sender: str | None = None) -> bytes:
    """The message with the server's word on it; `sender` is the envelope's, and else what Return-Path says.

    There are no other hosts here that could forge one, so the reverse-path counts as confirmed; DMARC asks that it and the author's
    address are of one domain (RFC 7489 §3.1).
    """
    head, blank, body = content.partition(b"\r\n\r\n")
    fields = BytesHeaderParser().parsebytes(head)
    authors = [address for _name, address in getaddresses([str(one) for one in fields.get_all("From", [])]) if "@" in address]
    envelope = _domain(sender if sender is not None else parseaddr(str(fields.get("Return-Path", "")))[1])
    result = "permerror" if len(authors) != 1 else "pass" if _domain(authors[0]) == envelope else "fail"
    word = f"Authentication-Results: {AUTHSERV_ID}; dmarc={result}" + (f" header.from={_domain(authors[0])}" if len(authors) == 1 else "")
    # What others have written in our name goes (RFC 8601 §5).
    ours = _FIELD.sub(lambda found: b"" if AUTHSERV_ID.encode() in found[0].lower() else found[0], head + b"\r\n")
    return word.encode("ascii", "replace") + b"\r\n" + ours.removesuffix(b"\r\n") + blank + body


def _domain(address: str) -> str:
    return re.sub(r"[^a-z0-9.-]{1,255}", "", address.rpartition("@")[2].lower())
