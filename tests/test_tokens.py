"""Keyed tokens: bound to their key and to every part in its place."""

import base64
import hashlib
import hmac
import string
import struct

from hypothesis import example, given
from hypothesis import strategies as st

from triage.tokens import sign, verify

KEY = b"a key of thirty-two octets, fine"
TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=5)


def test_a_token_is_what_it_was() -> None:
    """The scheme does not change unnoticed: tokens that customers hold must stay valid."""
    assert sign(KEY, "reply", "SP-100001", "ann@customer.example") == "dao66kgztgirpiyfkvklqu45ai"


@given(TEXTS)
def test_a_token_fits_everywhere(parts: list[str]) -> None:
    """26 letters and digits of base 32 in lower case: 128 bits, safe in a local part and in a Message-ID."""
    token = sign(KEY, *parts)
    assert len(token) == 26
    assert set(token) <= set(string.ascii_lowercase + "234567")


@given(TEXTS)
def test_a_token_is_the_beginning_of_a_keyed_digest(parts: list[str]) -> None:
    """Anybody who has the key can make one with what every language has: HMAC-SHA-256 of framed parts, in base 32 (RFC 4648 §6)."""
    framed = b"".join(struct.pack(">I", len(part.encode())) + part.encode() for part in parts)
    digest = hmac.new(KEY, framed, hashlib.sha256).digest()
    assert sign(KEY, *parts) == base64.b32encode(digest[:20]).decode().lower()[:26]


@given(TEXTS)
def test_a_token_is_verified_by_the_same_key_and_parts(parts: list[str]) -> None:
    """Signing is deterministic, and what was signed verifies."""
    assert sign(KEY, *parts) == sign(KEY, *parts)
    assert verify(KEY, sign(KEY, *parts), *parts)


@given(TEXTS, TEXTS)
@example(["ab", "c"], ["a", "bc"])
@example(["abc"], ["abc", ""])
@example([], [""])
@example(["a", "b"], ["b", "a"])
@example(["a\0", "b"], ["a", "\0b"])
@example(["é"], ["e\u0301"])
def test_other_parts_have_another_token(parts: list[str], others: list[str]) -> None:
    """Parts are framed: neither moving a letter from one to the next, nor another order, nor an empty one gives the same token."""
    assert (sign(KEY, *parts) == sign(KEY, *others)) is (parts == others)
    assert verify(KEY, sign(KEY, *parts), *others) is (parts == others)


@given(st.binary(max_size=64), st.binary(max_size=64))
@example(KEY, KEY + b"x")
def test_another_key_has_another_token(key: bytes, other: bytes) -> None:
    """Without the key nobody makes a token; HMAC pads short keys with zeros, so those that differ only so are the same."""
    same = key.rstrip(b"\0") == other.rstrip(b"\0")
    assert (sign(key, "a") == sign(other, "a")) is same


@given(st.text(max_size=40))
@example("")
@example("dao66kgztgirpiyfkvklqu45a")
@example("DAO66KGZTGIRPIYFKVKLQU45AI")
@example("\udcff")
@example("ｄao66kgztgirpiyfkvklqu45ai")
def test_anything_else_is_refused_without_an_error(token: str) -> None:
    """Whatever a stranger sends in place of a token is False: wrong, cut, in capitals, or not even text."""
    assert not verify(KEY, token, "reply", "SP-100001", "ann@customer.example")


@given(st.integers(0, 25), st.sampled_from(string.ascii_lowercase + "234567"))
def test_one_wrong_letter_is_enough(position: int, letter: str) -> None:
    """A token with any letter changed does not verify."""
    token = sign(KEY, "a")
    changed = token[:position] + letter + token[position + 1 :]
    assert verify(KEY, changed, "a") is (changed == token)
