"""The text inside an S/MIME message that is signed and not encrypted (RFC 8551 §3.5.2): nobody needs a key to read it."""

MAX_BYTES = 20 * 1024 * 1024


def signed_content(data: bytes) -> bytes | None:
    """The MIME entity that was signed; None where the message is encrypted, compressed or damaged."""
    if not data or len(data) > MAX_BYTES:
        return None
    from asn1crypto import cms

    try:
        outer = cms.ContentInfo.load(data)
        if outer["content_type"].native != "signed_data":
            return None
        content = outer["content"]["encap_content_info"]["content"].native
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError):
        # On damaged structures the library says so in several ways.
        return None
    return content if isinstance(content, bytes) and content.strip() else None
