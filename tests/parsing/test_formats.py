"""Texts in other forms than plain and HTML: rich text, uuencoded files, PGP, S/MIME and calendars."""

import base64
import binascii
import struct

import compressed_rtf
import pytest
from asn1crypto import cms

from tests.effort import effort
from tests.parsing.mail import multipart, part, plain, read
from tests.parsing.test_attachments import tnef_record, with_winmail
from triage.parsing import calendars, embedded, rtf, smime

RTF = rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss\fcharset0 Arial;}}{\*\generator x;}\f0 Die Lampe ist \b kaputt\b0 .\par Gr\'fc\'dfe \u8364?\par}"


def encoded(kind: str, data: bytes, *fields: str) -> str:
    """A part in base64."""
    return part(kind, base64.encodebytes(data).decode(), "Content-Transfer-Encoding: base64", *fields)


def winmail_with_rtf(data: bytes) -> bytes:
    """A winmail.dat whose text is compressed rich text and nothing else."""
    packed = compressed_rtf.compress(data)
    properties = struct.pack("<IHHII", 1, 0x0102, 0x1009, 1, len(packed)) + packed + b"\0" * (-len(packed) % 4)
    return (
        struct.pack("<IH", 0x223E9F78, 1) + tnef_record(1, 0x00089006, struct.pack("<I", 0x10000)) + tnef_record(1, 0x00069003, properties)
    )


def test_rich_text_alone_in_winmail_is_read() -> None:
    """Old Outlooks put nothing but compressed rich text into winmail.dat: people see its words."""
    message = read(with_winmail(winmail_with_rtf(RTF)))
    assert message.text == "Die Lampe ist kaputt.\nGrüße €"
    assert [one.filename for one in message.attachments] == ["winmail.dat"]


@pytest.mark.parametrize("kind", ["text/rtf", "application/rtf", "text/richtext"])
def test_rich_text_is_read_where_it_is_the_only_text(kind: str) -> None:
    """A message of rich text alone shows its words, and not beside another text."""
    assert read(multipart("mixed", encoded(kind, RTF))).text == "Die Lampe ist kaputt.\nGrüße €"
    assert read(multipart("mixed", part("text/plain", "hi"), encoded(kind, RTF))).text == "hi"


@pytest.mark.parametrize(
    "data",
    [
        b"", b"no rich text", b"{\\rtf1", b"{\\rtf1\\ansicpg99999 \\'e4}", b"{\\rtf1 \\u55555? \\u-1? x}", b"{\\rtf1 \\u9999999? x}",
        b"{\\rtf1\\bin99999 x}", b"{\\rtf1" + b"{" * 90_000, b"{\\rtf1{\\fonttbl" + b"{\\f0\\fcharset0 " * 9000,
        b"{\\rtf1{\\fonttbl{\\f0\\fcharset999999999999 x;}} x}", b"{\\rtf1\\uc" + b"9" * 5000 + b" x}",
    ],
)  # fmt: skip
def test_damaged_rich_text_harms_nobody(data: bytes) -> None:
    """Whatever is inside, some text or none comes out, soon."""
    assert not set("\ud800\udfff\0") & set(rtf.to_text(data))
    assert effort(lambda: rtf.to_text(data), 2) < 2


def uuencoded(name: str, data: bytes) -> str:
    """A file as old programs put it into the text."""
    lines = (binascii.b2a_uu(data[start : start + 45]).decode() for start in range(0, len(data), 45))
    return f"begin 644 {name}\n{''.join(lines)}`\nend\n"


def test_uuencoded_files_in_the_text_are_attachments() -> None:
    """Files between the words are listed as attachments and the words stay."""
    photo = bytes(range(256)) * 3
    message = read(plain(f"Here is the lamp.\n\n{uuencoded('../lamp.jpg', photo)}\nand the bill\n{uuencoded('bill.txt', b'EUR 12')}\nAnn"))
    assert [(one.filename, one.content_type, one.size) for one in message.attachments] == [
        ("lamp.jpg", "image/jpeg", 768),
        ("bill.txt", "text/plain", 6),
    ]
    assert message.text.split() == ["Here", "is", "the", "lamp.", "and", "the", "bill", "Ann"]


@pytest.mark.parametrize(
    "text",
    [
        "begin 644 a.txt\nand more of this story\nend",
        "We begin 2026 with\nbegin 644 without lines\n",
        f"begin 644 x\n{'M' + '!' * 60}\n" * 3,
        "begin 644 x\n`\nend",
    ],
)
def test_words_that_look_like_a_file_stay_words(text: str) -> None:
    """What is not wholly a file is kept as text."""
    assert embedded.files(text) == (text, [])


def test_the_number_of_files_in_a_text_is_bounded() -> None:
    """A text of thousands of small files gives the first ones and keeps the rest."""
    text, files = embedded.files(uuencoded("a", b"x") * 100)
    assert len(files) == embedded.MAX_FILES
    assert text.count("begin 644") == 80


SIGNED = """-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA256

Where is my order ORD789456?
- --
Ann
-----BEGIN PGP SIGNATURE-----

iQEzBAEBCAAdFiEE
=abcd
-----END PGP SIGNATURE-----
"""


def test_pgp_signed_text_is_read_without_its_armour() -> None:
    """The signed words are the text, with their escaped dashes restored; the message is labelled."""
    message = read(plain(SIGNED + "\nOne more thing."))
    assert message.full_text == "Where is my order ORD789456?\n--\nAnn\nOne more thing."
    assert "signed with PGP" in message.defects


def test_pgp_encrypted_text_is_labelled() -> None:
    """Cipher text is replaced by a word that says so; what stands around it is read."""
    message = read(plain("Hello,\n\n-----BEGIN PGP MESSAGE-----\n\nhQEMA4111111111111111\n=ab\n-----END PGP MESSAGE-----\n\nAnn"))
    assert message.text == "Hello,\n\n[encrypted with PGP]\n\nAnn"
    assert "encrypted with PGP" in message.defects
    key = read(plain("My key:\n-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQ\n-----END PGP PUBLIC KEY BLOCK-----\n"))
    assert (key.text, key.defects) == ("My key:\n[PGP key]", ())


def test_armour_without_its_end_loses_no_words() -> None:
    """A signed text without its signature is left as it is; a message cut within its cipher text is still labelled."""
    cut = SIGNED.split("-----BEGIN PGP SIGNATURE", maxsplit=1)[0]
    assert embedded.without_armour(cut) == (cut, "")
    assert embedded.without_armour("Hi\n-----BEGIN PGP MESSAGE-----\nabc")[0] == "Hi\n[encrypted with PGP]"


def signed(entity: bytes) -> bytes:
    """An S/MIME message that is signed, without anybody's signature."""
    content = {"content_type": "data", "content": entity}
    data = cms.SignedData({"version": "v1", "digest_algorithms": [], "encap_content_info": content, "signer_infos": []})
    return cms.ContentInfo({"content_type": "signed_data", "content": data}).dump()


def test_smime_signed_text_is_read() -> None:
    """An opaquely signed message shows what was signed, with its files, and says that it is signed."""
    inner = multipart("mixed", part("text/plain; charset=utf-8", "Wo ist meine Lampe?"), part("image/png; name=l.png", "x"), header="")
    message = read(multipart("mixed", encoded("application/pkcs7-mime; smime-type=signed-data; name=smime.p7m", signed(inner.encode()))))
    assert message.text == "Wo ist meine Lampe?"
    assert [one.filename for one in message.attachments] == ["l.png"]
    assert "signed with S/MIME" in message.defects
    alone = encoded(
        "application/x-pkcs7-mime; name=smime.p7m", signed(b"Content-Type: text/plain\r\n\r\nhello"), "From: ann@customer.example"
    )
    assert read(alone).text == "hello"


@pytest.mark.parametrize(
    "data", [b"junk", b"", signed(b"  "), signed(b"x")[:20], cms.ContentInfo({"content_type": "enveloped_data"}).dump()]
)
def test_smime_that_cannot_be_read_is_labelled(data: bytes) -> None:
    """An encrypted or damaged message is attached, and a person is told why there is no text."""
    message = read(multipart("mixed", encoded("application/pkcs7-mime; name=smime.p7m", data)))
    assert smime.signed_content(data) is None
    assert [one.filename for one in message.attachments] == ["smime.p7m"]
    assert "encrypted with S/MIME, or damaged" in message.defects


def test_signed_messages_within_each_other_end() -> None:
    """Signed messages wrapped in each other are opened to the depth of other parts."""
    entity = b"Content-Type: text/plain\r\n\r\nhello"
    for _ in range(40):
        entity = b"Content-Type: application/pkcs7-mime\r\n\r\n" + signed(entity)
    assert any("nested deeper" in defect for defect in read(b"From: ann@customer.example\r\n" + entity).defects)


INVITATION = """BEGIN:VCALENDAR
METHOD:{method}
BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:STANDARD
DTSTART:19701025T030000
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
SUMMARY:Delivery of the lamp\\, second
  try
DTSTART;TZID="Europe/Berlin":20260604T093000
DTEND;TZID=Europe/Berlin:20260604T100000
LOCATION:Main Street 1
ORGANIZER;CN="Ann Smith":mailto:ann@customer.example
ATTENDEE;PARTSTAT={answer};CN=Support:mailto:support@shop.example
DESCRIPTION:Please ring.\\nOrder ORD789456
BEGIN:VALARM
DESCRIPTION:Reminder
END:VALARM
END:VEVENT
END:VCALENDAR
"""


def test_an_invitation_is_told_in_words() -> None:
    """A calendar alone shows what, when, where, by whom and its description; beside a text it is only attached."""
    calendar = INVITATION.format(method="REQUEST", answer="NEEDS-ACTION")
    said = "Invitation: Delivery of the lamp, second try\n2026-06-04 09:30 Europe/Berlin – 2026-06-04 10:00 Europe/Berlin\nMain Street 1\nby Ann Smith\n\nPlease ring.\nOrder ORD789456"
    assert read(multipart("alternative", part("text/calendar; method=REQUEST", calendar))).text == said
    both = read(multipart("alternative", part("text/plain", "See you."), part("text/calendar; method=REQUEST", calendar)))
    assert (both.text, [one.content_type for one in both.attachments]) == ("See you.", ["text/calendar"])


@pytest.mark.parametrize(
    ("method", "answer", "said"),
    [
        ("REPLY", "DECLINED", ("Answer to an invitation: Delivery", "Support: declined")),
        ("REPLY", "X-OTHER", ("Support: no answer",)),
        ("CANCEL", "ACCEPTED", ("Cancelled: Delivery",)),
        ("X-ODD", "ACCEPTED", ("Event: Delivery",)),
    ],
)
def test_answers_and_cancellations_are_told(method: str, answer: str, said: tuple[str, ...]) -> None:
    """What was answered, and by whom, stands in the summary."""
    text = calendars.to_text(INVITATION.format(method=method, answer=answer))
    assert all(words in text for words in said), text


@pytest.mark.parametrize(
    "source", ["", "hello", "BEGIN:VCALENDAR", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:soon\nSUMMARY", "BEGIN:VCARD\nFN:x"]
)
def test_calendars_without_an_event_are_no_failure(source: str) -> None:
    """What has nothing to tell says at most that it is an event."""
    assert calendars.to_text(source) in {"", "Event"}


def seeds() -> list[bytes]:
    """A message of each format, for whoever breaks messages."""
    result = "Authentication-Results: mx.shop.example; dmarc=pass\r\n"
    signed_mail = encoded(
        "application/pkcs7-mime; name=smime.p7m", signed(b"Content-Type: text/plain\r\n\r\nhello"), "From: ann@customer.example"
    )
    forwarded = "FYI\n\n---------- Forwarded message ---------\nFrom: Eva <eva@customer.example>\nSubject: Lamp\n\nIt is broken.\n"
    made = (
        with_winmail(winmail_with_rtf(RTF)),
        multipart("mixed", encoded("text/rtf", RTF)),
        plain(f"Here.\n\n{uuencoded('lamp.jpg', bytes(range(90)))}\nAnn"),
        plain(SIGNED),
        signed_mail,
        multipart("alternative", part("text/calendar; method=REPLY", INVITATION.format(method="REPLY", answer="ACCEPTED"))),
        result + plain("Name: Eva\nE-mail: eva@customer.example\nIt is broken.", From="form@shop.example"),
        result + plain(forwarded, Subject="Fwd: Lamp"),
        result + multipart("mixed", part("text/plain", "FYI"), part("message/rfc822", plain("It is broken.", From="eva@customer.example"))),
    )
    return [message.encode() for message in made]
