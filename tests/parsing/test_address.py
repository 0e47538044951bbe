"""Who wrote it: addresses under a strict grammar, names that lie, fields that confuse."""

import pytest

from tests.parsing.mail import plain, read
from tests.rows import rows
from triage.parsing import address


def people(field: str) -> list[tuple[str, str]]:
    """(name, address) of a From field."""
    return [(person.name, person.addr_spec) for person in read(f"From: {field}\r\n\r\nx").from_]


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("ann@customer.example", [("", "ann@customer.example")]),
        ("Ann Smith <Ann.Smith+shop@Customer.Example>", [("Ann Smith", "ann.smith+shop@customer.example")]),
        ('"Smith, Ann" <ann@customer.example>', [("Smith, Ann", "ann@customer.example")]),
        ('"O\\"Neil" <ann@customer.example>', [('O"Neil', "ann@customer.example")]),
        ("=?utf-8?q?J=C3=B6rg_M=C3=BCller?= <j@customer.example>", [("Jörg Müller", "j@customer.example")]),
        ("=?utf-8?q?M=C3=BCller=2C_J?= <j@customer.example>", [("Müller, J", "j@customer.example")]),
        ("ann@customer.example (Ann Smith)", [("Ann Smith", "ann@customer.example")]),
        ("(Ann) ann@customer.example", [("Ann", "ann@customer.example")]),
        ("Ann <ann@customer.example>, Bob <bob@customer.example>", [("Ann", "ann@customer.example"), ("Bob", "bob@customer.example")]),
        ("Team: ann@customer.example, bob@customer.example;", [("", "ann@customer.example"), ("", "bob@customer.example")]),
        ("undisclosed-recipients:;", []),
        ("<ann@xn--mller-kva.example>", [("", "ann@xn--mller-kva.example")]),
        ("ann@customer.example <ann@customer.example>", [("", "ann@customer.example")]),
        ("Ann\r\n <ann@customer.example>", [("Ann", "ann@customer.example")]),
        ("J. R. Ewing <jr@customer.example>", [("J. R. Ewing", "jr@customer.example")]),
        (",, ann@customer.example ,", [("", "ann@customer.example")]),
    ],
)
def test_honest_fields_give_their_mailboxes(field: str, expected: list[tuple[str, str]]) -> None:
    """Forms that people and programs use are read as what they mean."""
    assert people(field) == expected


@rows(
    "field",
    [
        "",
        "<",
        '"',
        "a@",
        "@b.example",
        "<>",
        "<<>>@@",
        "(" * 2000,
        '"ann@customer.example',
        "ann",
        "ann@localhost",
        "ann@1.2.3.4",
        "ann@[1.2.3.4]",
        '"ann smith"@customer.example',
        "ann(comment)@customer.example",
        "ann@(comment)customer.example",
        "ann@customer.example(c)x",
        "<@relay.example:ann@customer.example>",
        "alice@shop.example)bob@evil.example",
        "alice@shop.example(c)bob@evil.example",
        "Ann ann@customer.example",
        "ann @ customer.example",
        "<ann@customer.example> <bob@evil.example>",
        "<ann@customer.example> Bob",
        "ann@customer.example@evil.example",
        "ann..x@customer.example",
        ".ann@customer.example",
        "ann.@customer.example",
        "ann@-x.example",
        "ann@x-.example",
        "ann@customer..example",
        "ann@cüstomer.example",
        "änn@customer.example",
        "ａnn@customer.example",
        "ann＠customer.example",
        "ann@customer.example.",
        "a" * 65 + "@customer.example",
        "ann@" + "x" * 64 + ".example",
        "ann@" + "x." * 130 + "example",
        "support@shop.example:ann@evil.example",
        "=?utf-8?q?ann=40customer.example?=",
        "=?utf-8?q?Ann_=3Cann=40customer.example=3E?=",
        "ann\0@customer.example",
        "<ann@customer.example",
        'Ann <ann@customer.example> "x"',
        "<ann@customer.example\\>",
        "Ann \\ <ann@customer.example>",
    ],
)
def test_what_could_be_read_two_ways_is_nobody(field: str) -> None:
    """Quoted strings, comments inside, routes, literals, look-alike letters and broken brackets give no address."""
    assert people(field) == []


@pytest.mark.parametrize(
    ("field", "addr_spec"),
    [
        ("support@shop.example <x@evil.example>", "x@evil.example"),
        ('"Finance support@shop.example" <x@evil.example>', "x@evil.example"),
        ("=?utf-8?q?support=40shop=2Eexample?= <x@evil.example>", "x@evil.example"),
    ],
)
def test_a_name_that_contains_an_address_is_only_a_name(field: str, addr_spec: str) -> None:
    """An address inside a display name is never the sender, and the message says that it is there."""
    message = read(plain("hi", From=field))
    assert [person.addr_spec for person in message.from_] == [addr_spec]
    assert any("display name contains an address" in defect for defect in message.defects)


def test_names_lose_what_reorders_or_hides() -> None:
    """Directional overrides, zero-width and control characters do not reach a display name."""
    assert people("=?utf-8?q?Ann=0A=E2=80=AEx=E2=80=8By=00?= <ann@customer.example>") == [("Ann xy", "ann@customer.example")]


def test_several_authors_are_no_author() -> None:
    """Two From fields, or two mailboxes in one, leave the author open."""
    two_fields = read("From: ann@customer.example\r\nFrom: bob@evil.example\r\n\r\nx")
    assert (len(two_fields.from_), two_fields.author) == (2, None)
    assert read("From: ann@customer.example, bob@evil.example\r\n\r\nx").author is None


def test_a_broken_item_says_so_and_does_not_hide_the_others() -> None:
    """Beside a broken mailbox the good ones are kept, and the defect names the field."""
    message = read("To: ann@customer.example, <bob@, carl@customer.example\r\n\r\nx")
    assert [person.addr_spec for person in message.to] == ["ann@customer.example"]
    assert any(defect.startswith("To: ") for defect in message.defects)


def test_number_of_mailboxes_is_limited() -> None:
    """Only the first 500 mailboxes of a field are taken, and the message says so."""
    found, defects = address.parse(", ".join(f"u{number}@x.example" for number in range(600)), "To")
    assert len(found) == address.MAX_MAILBOXES
    assert any("the rest was not read" in defect for defect in defects)


def test_raw_eight_bit_names_are_understood() -> None:
    """Names in raw UTF-8 and in raw Windows-1252 are readable; the latter is a defect."""
    assert read("From: Jörg <j@customer.example>\r\n\r\nx".encode()).from_[0].name == "Jörg"
    message = read("From: Jörg <j@customer.example>\r\n\r\nx".encode("cp1252"))
    assert message.from_[0].name == "Jörg"
    assert any("8-bit" in defect for defect in message.defects)


@pytest.mark.parametrize(
    ("path", "expected"),
    [("<ann@customer.example>", "ann@customer.example"), ("<>", ""), ("< >", ""), ("<MAILER-DAEMON>", "mailer-daemon")],
)
def test_reverse_path(path: str, expected: str) -> None:
    """The reverse-path is the address, or empty for the null one."""
    assert read(plain("x", Return_Path=path)).return_path == expected


def test_reverse_path_absent() -> None:
    """Without a Return-Path nothing is known of the reverse-path."""
    assert read(plain("x")).return_path is None
