"""Card numbers of every scheme, in every grouping and with whatever stands between the digits; and numbers that are none."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import luhn

from tests.effort import effort
from tests.extraction.reading import SHOWN, card, masked
from tests.rows import rows
from triage.extraction.cards import is_card_number
from triage.extraction.mask import mask, mask_text
from triage.message import Address, Attachment, Message

#: (scheme, beginning, length, how it is printed)
SCHEMES = [
    ("Visa", "4", 16, (4, 4, 4, 4)),
    ("Visa of old", "4", 13, (4, 4, 4, 1)),
    ("Visa of nineteen digits", "4", 19, (4, 4, 4, 4, 3)),
    ("Mastercard", "51", 16, (4, 4, 4, 4)),
    ("Mastercard", "55", 16, (4, 4, 4, 4)),
    ("Mastercard of the second range", "2221", 16, (4, 4, 4, 4)),
    ("Mastercard of the second range", "2720", 16, (4, 4, 4, 4)),
    ("American Express", "34", 15, (4, 6, 5)),
    ("American Express", "37", 15, (4, 6, 5)),
    ("Diners Club", "300", 14, (4, 6, 4)),
    ("Diners Club", "36", 14, (4, 6, 4)),
    ("Diners Club", "38", 14, (4, 6, 4)),
    ("Discover", "6011", 16, (4, 4, 4, 4)),
    ("Discover", "644", 16, (4, 4, 4, 4)),
    ("Discover", "65", 16, (4, 4, 4, 4)),
    ("JCB", "3528", 16, (4, 4, 4, 4)),
    ("JCB", "3589", 16, (4, 4, 4, 4)),
    ("UnionPay", "62", 16, (4, 4, 4, 4)),
    ("UnionPay", "62", 19, (6, 13)),
    ("RuPay", "81", 16, (4, 4, 4, 4)),
    ("RuPay", "508", 16, (4, 4, 4, 4)),
    ("RuPay", "60", 16, (4, 4, 4, 4)),
    ("Mir", "2200", 16, (4, 4, 4, 4)),
    ("Mir", "2204", 16, (4, 4, 4, 4)),
    ("Maestro", "5018", 16, (4, 4, 4, 4)),
    ("Maestro", "6304", 18, (4, 4, 4, 4, 2)),
    ("Maestro", "6759", 19, (4, 4, 4, 4, 3)),
    ("Dankort", "5019", 16, (4, 4, 4, 4)),
]
IDS = [f"{name} {beginning} {length}" for name, beginning, length, _ in SCHEMES]

#: What people, clients, scanners and html put between digits.
SEPARATORS = {
    "nothing": "", "a blank": " ", "two blanks": "  ", "eight blanks": " " * 8, "a tab": "\t", "a dash": "-", "a dash between blanks": " - ",
    "a non-breaking hyphen": "\u2011", "an en dash": "–", "an em dash": "—", "a minus": "\u2212", "a full-width dash": "－",
    "a small dash": "﹣", "a dot": ".", "a middle dot": "·", "a full-width dot": "．", "a bullet": "•", "a stroke": "/", "a bar": "|",
    "a backslash": "\\", "an underscore": "_", "a plus of a form": "+", "a tilde": "~", "a number sign": "#", "an apostrophe": "'",
    "a comma and a blank": ", ", "brackets": "][", "quotation marks": '" "', "a line": "\n", "a Windows line": "\r\n", "an empty line": "\n\n",
    "a quoted line": "\n> ", "a twice quoted line": "\n>> ", "a no-break space": "\u00a0", "a narrow no-break space": "\u202f",
    "a thin space": "\u2009", "an ideographic space": "\u3000", "a zero-width space": "\u200b", "a zero-width joiner": "\u200d",
    "a soft hyphen": "\u00ad", "a word joiner": "\u2060", "a byte order mark": "\ufeff", "a Mongolian separator": "\u180e",
    "a combining joiner": "\u034f", "a variation selector": "\ufe0f", "a direction mark": "\u200e", "an isolate": "\u2066",
    "an override": "\u202e", "an Arabic letter mark": "\u061c", "a null": "\x00", "a line separator": "\u2028", "a form feed": "\x0c",
    "an entity": "&nbsp;", "a numeric entity": "&#160;", "a break": "<br>", "an xhtml break": " <br/> ", "a cell": "</td><td>",
    "a span": "</span><span>",
}  # fmt: skip

#: Decimal digits of other scripts.
SCRIPTS = {"full-width": "０", "Arabic": "٠", "Persian": "۰", "Devanagari": "०", "Bengali": "০", "Thai": "๐", "mathematical": "𝟎"}

CARD = "4111111111111111"
FOURS = ["4111", "1111", "1111", "1111"]


def cut(number: str, sizes: tuple[int, ...]) -> list[str]:
    """The groups of a number as it is printed."""
    groups, start = [], 0
    for size in sizes:
        groups.append(number[start : start + size])
        start += size
    return groups


@rows(("name", "beginning", "length", "sizes"), SCHEMES)
@rows("separator", ["", " ", "-", ".", "\n", "\u00a0"])
def test_every_scheme_is_masked_as_it_is_printed(name: str, beginning: str, length: int, sizes: tuple[int, ...], separator: str) -> None:
    """Six digits and four are kept of every scheme's numbers, in its own grouping and in one piece."""
    number = card(beginning, length)
    text = f"{name}: {separator.join(cut(number, sizes))}, valid"
    assert mask_text(text) == (f"{name}: {masked(number)}, valid", 1)


@pytest.mark.parametrize(("name", "beginning", "length", "sizes"), SCHEMES, ids=IDS)
def test_a_wrong_check_digit_is_no_card(name: str, beginning: str, length: int, sizes: tuple[int, ...]) -> None:
    """Nine numbers in ten of a scheme's form were never issued, and are left for people to read."""
    number = card(beginning, length)
    for wrong in range(1, 10):
        other = number[:-1] + str((int(number[-1]) + wrong) % 10)
        assert not is_card_number(other), name
        assert mask_text(f"number {other} stays") == (f"number {other} stays", 0)
    assert sum(sizes) == length


@pytest.mark.parametrize(
    "beginning", ["0", "1", "7", "9", "2220", "2721", "2205", "3527", "3590", "306", "35", "5017", "83", "49990000000000000"]
)
def test_ranges_that_nobody_issues_are_no_cards(beginning: str) -> None:
    """The check digit alone makes no card: a tenth of all order numbers has it by chance."""
    number = card(beginning, 16) if len(beginning) < 16 else beginning + luhn.calc_check_digit(beginning)
    assert mask_text(f"id {number} end")[1] == 0


@pytest.mark.parametrize("length", [*range(8, 13), 17, 18, *range(20, 25)])
def test_a_length_that_no_scheme_has_is_no_card(length: int) -> None:
    """A Visa number has 13, 16 or 19 digits; a longer run that holds one is another number."""
    number = card("4", length)[:length].ljust(length, "7")
    assert mask_text(f"id {number} end")[1] == 0


@rows("name", SEPARATORS)
def test_no_separator_hides_a_card(name: str) -> None:
    """Whatever stands between the groups, seen or unseen, the number is found and what was around it stays."""
    assert mask_text(f"My card: {SEPARATORS[name].join(FOURS)} thanks") == (f"My card: {SHOWN} thanks", 1)


@pytest.mark.parametrize(
    "name", [name for name, separator in SEPARATORS.items() if not separator.strip("\u00ad\u200b\u2060 \t\u00a0\u3000")]
)
def test_separators_between_all_digits_hide_no_card(name: str) -> None:
    """A number spelled digit by digit is a number all the same."""
    assert mask_text(f"My card: {SEPARATORS[name].join(CARD)} thanks") == (f"My card: {SHOWN} thanks", 1)


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_script_hides_a_card(name: str) -> None:
    """Digits of any script that a person can copy from a screen count as digits, and what is shown is plain."""
    digits = "".join(chr(ord(SCRIPTS[name]) + int(digit)) for digit in CARD)
    assert mask_text(f"card {digits} x") == (f"card {SHOWN} x", 1)
    spaced = " ".join(digits[place : place + 4] for place in range(0, 16, 4))
    assert mask_text(f"card {spaced} x") == (f"card {SHOWN} x", 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Visa4111111111111111", f"Visa{SHOWN}"),
        ("card:4111111111111111.", f"card:{SHOWN}."),
        ("(4111 1111 1111 1111)", f"({SHOWN})"),
        ("<4111111111111111>", f"<{SHOWN}>"),
        ("*4111-1111-1111-1111*", f"*{SHOWN}*"),
        ("pay?card=4111111111111111&x=1", f"pay?card={SHOWN}&x=1"),
        ("12345 4111 1111 1111 1111", f"12345 {SHOWN}"),
        ("4111 1111 1111 1111 560034", f"{SHOWN} 560034"),
        ("01.02.2026 4111 1111 1111 1111", f"01.02.2026 {SHOWN}"),
        ("4111111111111111,5555555555554444", f"{SHOWN},555555******4444"),
        ("4111111111111111\n5555555555554444\n378282246310005", f"{SHOWN}\n555555******4444\n378282*****0005"),
        ("order 12345 paid with 4111111111111111", f"order 12345 paid with {SHOWN}"),
        ("order number: 4111 1111 1111 1111", f"order number: {SHOWN}"),
        ("reference number 4111111111111111", f"reference number {SHOWN}"),
        ("Kartennummer 4111111111111111 bitte", f"Kartennummer {SHOWN} bitte"),
        ("numéro de carte : 4111 1111 1111 1111", f"numéro de carte : {SHOWN}"),
        ("número de tarjeta 4111-1111-1111-1111", f"número de tarjeta {SHOWN}"),
        ("номер карты 4111 1111 1111 1111", f"номер карты {SHOWN}"),
        ("カード番号：４１１１ １１１１ １１１１ １１１１", f"カード番号：{SHOWN}"),
        ("卡号4111111111111111", f"卡号{SHOWN}"),
    ],
)
def test_what_stands_beside_a_card_stays(text: str, expected: str) -> None:
    """Only the number changes: labels, marks, other numbers and further cards around it are kept."""
    assert mask_text(text)[0] == expected


@pytest.mark.parametrize("count", [1, 40, 92, 96, 98, 99, 100, 101, 150, 600])
def test_a_card_behind_many_other_numbers_is_found(count: int) -> None:
    """A table of quantities before the number pushes it out of no window."""
    assert mask_text("12 " * count + "4111 1111 1111 1111 end") == ("12 " * count + f"{SHOWN} end", 1)


@rows(
    "text",
    [
        "IBAN DE89 3704 0044 0532 0130 00", "IBAN FR14 2004 1010 0505 0001 3M02 606", "IBAN: NL91ABNA0417164300", "IT60X0542811101000000123456",
        "ES91 2100 0418 4502 0005 1332", "GB29 NWBK 6016 1331 9268 19", "PL61 1090 1014 0000 0712 1981 2874", "CH93 0076 2011 6238 5295 7",
        "AT61 1904 3002 3457 3201", "BE68 5390 0754 7034", "PT50 0002 0123 1234 5678 9015 4", "SE45 5000 0000 0583 9825 7466",
        "IMEI 490154203237518", "IMEI: 35-209900-176148-1", "EAN 4006381333931", "barcode 5901234123457", "ISBN 978-3-16-148410-0",
        "ISBN 9783161484100", "UPS 1Z999AA10123456784", "DHL 00340434161094042557", "USPS 9400 1118 9922 3197 4284 90", "RR123456785DE",
        "FedEx 986578788855", "JJD000390007882345678", "TBA123456789012", "order 404-1796907-6903540", "order 113542617735902",
        "Order no. 4539578763621486", "tracking number: 4539578763621486", "Rechnungsnummer 4539578763621486", "SO12345 and ORD-2024-00001",
        "+49 170 1234567", "+1 (415) 555-2671", "+91 98765 43210", "0049 30 901820", "+44 20 7946 0958, +44 20 7946 0959",
        "2026-03-01 10:11:12.123456", "20260301101112", "1772625600000", "192.168.100.200 10.20.30.40",
        "550e8400-e29b-41d4-a716-446655440000", "0000 0000 0000 0000", "1111 1111 1111 1111",
        "9999 9999 9999 9999", "4,111,111,111,111,111", "€ 4.111.111.111.111.111", "12 34 56 78 90 12 34 56 78",
        "10:00 - 12:00, 13:00 - 17:00", "GSTIN 27AAPFU0939F1ZV", "VIN 1M8GDM9AXKP042788", "411111******1111", "**** **** **** 1111",
        "card ending in 1111", "xxxx-xxxx-xxxx-1111",
    ],
)  # fmt: skip
def test_numbers_that_people_need_are_not_touched(text: str) -> None:
    """Bank accounts, devices, goods, parcels, orders, telephones and moments stay readable."""
    assert mask_text(text) == (text, 0)


@given(text=st.text(alphabet=st.characters(exclude_categories=["Nd", "Cs"]), max_size=300))
@settings(max_examples=150)
def test_a_text_without_digits_is_the_same_text(text: str) -> None:
    """Where there is no digit there is nothing to mask."""
    assert mask_text(text) == (text, 0)


@st.composite
def pans(draw: st.DrawFn) -> tuple[str, tuple[int, ...]]:
    """A number that an issuer could print, and its grouping."""
    _, beginning, length, sizes = draw(st.sampled_from(SCHEMES))
    body = beginning + draw(st.text(alphabet="0123456789", min_size=length, max_size=length))
    body = body[: length - 1]
    return body + luhn.calc_check_digit(body), sizes


@given(
    pan=pans(),
    separators=st.lists(st.sampled_from(sorted(SEPARATORS.values())), min_size=5, max_size=5),
    before=st.sampled_from(
        ["", "Hello, ", "my card is ", "Karte: ", "paid 12,50 € with ", "order 55512, card ", "2 lamps\n", "¿Tarjeta? "]
    ),
    after=st.sampled_from(["", ".", ", thanks", "\nEve", " exp 12/27", " (Visa)", "; call me"]),
)
@settings(max_examples=250)
def test_no_number_survives_whatever_is_between_its_groups(
    pan: tuple[str, tuple[int, ...]], separators: list[str], before: str, after: str
) -> None:
    """Any issuer's number with any mixture of separators inside any sentence leaves at most six and four digits."""
    number, sizes = pan
    groups = cut(number, sizes)
    written = "".join(group + (separators[place] if place < len(groups) - 1 else "") for place, group in enumerate(groups))
    result, count = mask_text(f"{before}{written}{after}")
    assert count >= 1
    assert written not in result
    assert masked(number) in result
    assert mask_text(result) == (result, 0)


@given(text=st.text(max_size=60), number=st.sampled_from([card(beginning, length) for _, beginning, length, _ in SCHEMES]))
@settings(max_examples=150)
def test_no_number_survives_between_any_words(text: str, number: str) -> None:
    """Whatever stands in the lines before and after, a number on a line of its own is shortened."""
    words = "".join(character for character in text if not character.isdecimal())
    result, _ = mask_text(f"{words}\nCard: {number}\n{words}")
    assert number not in result


def test_every_part_of_a_message_is_masked_and_counted() -> None:
    """Subject, texts, names, file names, header fields and defects lose the number; the fields of machines keep theirs."""
    spaced = "4111 1111 1111 1111"
    who = (Address(name=f"Eve {spaced}", addr_spec="eve@customer.example"),)
    parts = {name: f"{name} {spaced}" for name in ("subject", "text", "full_text", "quoted", "signature", "document_text")}
    message = Message(
        **parts,  # type: ignore[arg-type]
        from_=who, sender=who, reply_to=who, to=who, cc=who,
        headers=(("x-comment", spaced), ("comments", CARD), ("message-id", f"<{CARD}@mail.example>"), ("x-google-id", CARD)),
        attachments=(Attachment(filename=f"scan {CARD}.pdf", content_type="application/pdf", size=1, sha256=""),),
        defects=(f"odd header {CARD}", "none"),
    )  # fmt: skip
    result = mask(message)
    for name in parts:
        assert getattr(result, name) == f"{name} {SHOWN}"
    for name in ("from_", "sender", "reply_to", "to", "cc"):
        assert getattr(result, name)[0].name == f"Eve {SHOWN}"
    assert dict(result.headers) == {
        "x-comment": SHOWN, "comments": SHOWN, "message-id": f"<{CARD}@mail.example>", "x-google-id": CARD,
    }  # fmt: skip
    assert result.attachments[0].filename == f"scan {SHOWN}.pdf"
    assert result.defects == (f"odd header {SHOWN}", "none")
    assert result.masked >= 6
    assert mask(result) is result


def test_the_same_text_twice_is_counted_once() -> None:
    """A body that is both the whole and the new text holds one card, not two."""
    assert mask(Message(text=CARD, full_text=CARD)).masked == 1
    assert mask(Message(text=CARD, full_text=CARD, masked=2)).masked == 3


@pytest.mark.parametrize(
    "line", ["Order 12345 of 3 lamps at €12.50 on 2026-03-04. ", "card 4111 1111 1111 1111 cvv 123 ", "12 " * 16, "<br>"]
)
def test_a_very_long_message_is_masked_in_time(line: str) -> None:
    """200 KB take less than three seconds of computing time, far inside a reader's limit."""
    text = line * (200_000 // len(line))
    assert effort(lambda: mask(Message(text=text, full_text=text)), 3) < 3
