"""Mail that wants to break out: markup, template code, headers, invisible characters; it is shown and does nothing."""

import html
import re

import pytest

from tests.making import acknowledgment_order, case, escalation_order, order_number, raw, reading, written
from tests.responders.reading_back import assert_sound, html_of, parsed, text_of
from triage.case import Case
from triage.message import Address
from triage.reading import Fact, Reading
from triage.responders.warnings import warnings

POLYGLOTS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "jaVasCript:/*-/*`/*\\`/*'/*\"/**/(/* */oNcliCk=alert() )//</stYle/</titLe/</teXtarEa/</scRipt/--!>\\x3csVg/<sVg/oNloAd=alert()//>",
    "</title></div></body></html><h1>Pay now</h1>",
    "<!--", "]]>", "&lt;script&gt;", "'; DROP TABLE cases; --",
    "{{ 7*7 }}", "{% for x in y %}", "{{ config }}", "{# comment #}", "${7*7}", "#{7*7}", "%s%n",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "=?UTF-8?Q?=0A?=Bcc: x@evil.example",
    "x\r\nBcc: x@evil.example\r\n\r\nbody", "x\nSubject: other", "x\rTo: y",
    "\x00\x07\x1b[31m", "\u2028Bcc: x@evil.example", "\x85x",
    "\u202egnp.exe", "a\u200bb\u2066c", "\ufeff", "🎁" * 50, "\ud800", "ﷺ" * 100, "e" + "\u0301" * 500,
    "A" * 5000, "x " * 3000, ".", "..\n.\n", "From ",
    "--=_alternative_SP-100042--", "\n--=_mixed_SP-100042\nContent-Type: text/html\n\n<b>",
    "=SUM(1+1)*cmd|' /C calc'!A0",
]  # fmt: skip
TAGS = re.compile(r"<\s{0,3}/?\s{0,3}([a-zA-Z!][a-zA-Z0-9-]{0,20})")
OUR_TAGS = set(TAGS.findall(html_of(written(escalation_order(), case(), reading(facts=(order_number("ORD1"),))))))


def hostile(poison: str) -> tuple[Case, Reading]:
    """A case and a reading with the poison wherever a customer can put it."""
    author = Address(name=poison, addr_spec="eve@evil.example")
    read = reading(
        from_=(author,),
        subject=poison,
        text=f"before\n{poison}\nafter",
        facts=(Fact(kind="order_number", value=poison, source="text"), Fact(kind="name", value=poison, source="text")),
        reply_to=(Address(name=poison, addr_spec="eve@other.example"),),
        message_id=poison,
        references=(poison, "r@x.example"),
        language=poison[:5],
    )
    return case(requester=author, subject=poison, order_numbers=(poison,), language=poison[:5]), read


@pytest.mark.parametrize("poison", POLYGLOTS)
def test_an_acknowledgment_stays_an_acknowledgment(poison: str) -> None:
    """Wherever the poison stands, the acknowledgment is sound, uses its template, and carries none of it."""
    of, read = hostile(poison)
    reply = written(acknowledgment_order(), of, read)
    assert_sound(reply)
    assert reply.fallback == ""
    assert text_of(reply).startswith("Hello,\n")
    assert text_of(reply) == text_of(written(acknowledgment_order(), case(requester=None, order_numbers=("O",))))


@pytest.mark.parametrize("poison", POLYGLOTS)
def test_an_escalation_shows_it_and_does_nothing(poison: str) -> None:
    """The department's mail is sound, its html has only our own tags, and its fields are only ours."""
    of, read = hostile(poison)
    reply = written(escalation_order(), of, read, raw=raw(poison.encode("utf-8", "replace")))
    assert_sound(reply)
    assert reply.fallback == ""
    shown = html_of(reply)
    assert set(TAGS.findall(shown)) <= OUR_TAGS
    assert "49" not in shown.partition("What the customer wrote")[2].replace("490", "")
    assert [part.get_content_type() for part in parsed(reply).walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/octet-stream",
    ]  # fmt: skip


@pytest.mark.parametrize("poison", [text for text in POLYGLOTS if text.isprintable() and text.isascii()])
def test_what_was_written_can_be_read(poison: str) -> None:
    """The words are shown as they were written, character for character, in text and in html."""
    reply = written(escalation_order(), *hostile(poison))
    assert f"> {poison}\n" in text_of(reply)
    assert poison in html.unescape(html_of(reply))


@pytest.mark.parametrize("hidden", ["\u202e", "\u200b", "\u2066", "\ufeff", "\x1b", "\x00", "\x85", "\u00ad"])
def test_invisible_characters_are_left_out_and_told_of(hidden: str) -> None:
    """Nothing invisible reaches a department's eyes, and it is warned that there was something."""
    reply = written(escalation_order(), case(), reading(text=f"refund {hidden}approved"))
    assert "> refund approved\n" in text_of(reply)
    assert "invisible characters" in text_of(reply)


def warned(**fields: object) -> str:
    read = reading(facts=fields.pop("facts", ()), **fields)  # type: ignore[arg-type]
    return " ".join(warnings(read.message, read.facts))


VERIFIED = (("dmarc", "pass"),)


def author(name: str, addr_spec: str = "jane@customer.example") -> tuple[Address, ...]:
    return (Address(name=name, addr_spec=addr_spec),)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"authentication": ()}, "The sender is not verified"),
        ({"authentication": (("spf", "pass"),)}, "The sender is not verified"),
        ({"authentication": (("dmarc", "none"),)}, "The sender is not verified"),
        ({"authentication": (("dmarc", "fail"),)}, "says that this message does not come from customer.example"),
        ({"from_": ()}, "does not name one certain author"),
        (
            {"from_": author("support@shop.example")},
            "contains another address, support@shop.example; the message comes from jane@customer.example",
        ),
        ({"from_": author("Finance <CEO@Shop.example>")}, "contains another address, ceo@shop.example"),
        ({"from_": author("Jаne Doe")}, "mixes scripts (Cyrillic, Latin)"),
        ({"from_": author("Jane", "jane@xn--pypal-4ve.example")}, "letters from outside ASCII"),
        ({"reply_to": (Address(addr_spec="eve@other.example"),)}, "asks for answers to another address, eve@other.example"),
        ({"facts": (order_number("ORD1"), order_number("ORD2"))}, "Several order numbers are named (ORD1, ORD2); none of them"),
        ({"masked": 2}, "have been masked"),
        ({"text": "a\u200bb"}, "invisible characters"),
    ],
)
def test_each_danger_is_named(fields: dict[str, object], words: str) -> None:
    """Whoever acts on the message is told what to beware of."""
    assert words in warned(**{"authentication": VERIFIED, **fields})


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"from_": author("jane@customer.example")},
        {"from_": author("")},
        {"from_": author("Нина")},
        {"reply_to": (Address(addr_spec="jane@customer.example"),)},
        {"facts": (order_number("ORD1"), order_number("ORD1", "subject"))},
    ],
)
def test_nothing_is_warned_of_without_cause(fields: dict[str, object]) -> None:
    """A verified sender with a plain name and one order number is no danger."""
    assert warned(authentication=VERIFIED, **fields) == ""


def test_warnings_stand_in_both_bodies() -> None:
    """Text and html both warn."""
    reply = written(escalation_order(), case(), reading())
    assert "! The sender is not verified" in text_of(reply)
    assert "The sender is not verified" in html_of(reply)
