"""Keyed tokens: nobody without the key can make one or guess one."""

import base64
import hmac

#: 128 bits in base 32 (lower case, no padding), safe in a local part and in a Message-ID.
_LENGTH = 26


def sign(key: bytes, *parts: str) -> str:
    """A token of 26 characters bound to `parts` in their order."""
    # Each part is framed by its length, so that ("ab", "c") and ("a", "bc") differ.
    framed = b"".join(len(data).to_bytes(4, "big") + data for data in (part.encode() for part in parts))
    # The first 20 octets make 32 characters without padding; the rest of the digest would be encoded only to be cut off.
    digest = hmac.digest(key, framed, "sha256")[:20]
    return base64.b32encode(digest).decode("ascii").lower()[:_LENGTH]


def verify(key: bytes, token: str, *parts: str) -> bool:
    """True when the token was signed with this key for these parts; takes the same time either way."""
    return same(sign(key, *parts), token)


def same(one: str, other: str) -> bool:
    """True for equal tokens; takes the same time either way."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))
