"""What came along: names made plain, nested messages, winmail.dat, PDF, signatures and encryption."""

import base64
import hashlib
import io
import struct

import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from tests.parsing.mail import multipart, part, read
from triage.parsing import documents, filenames, tnef


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("invoice.pdf", "invoice.pdf"),
        ("../../cron.d/x", "x"),
        ("..\\..\\x.exe", "x.exe"),
        ("C:\\x.txt", "x.txt"),
        ("/etc/passwd", "passwd"),
        ("a\0b.txt", "ab.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        (".htaccess", "htaccess"),
        ("..", ""),
        ("", ""),
        ("a<b>:c|?.txt", "a_b__c__.txt"),
        ("x" * 300 + ".pdf", "x" * 109 + ".pdf"),
        ("x" * 300, "x" * 120),
        ("a\r\nb.txt", "a  b.txt"),
        ("Grüße.pdf", "Grüße.pdf"),
    ],
)
def test_file_names_are_made_plain(given: str, expected: str) -> None:
    """No path, no control or directional characters, no device names, at most 120 characters with the ending kept."""
    assert filenames.plain(given) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (('application/pdf; name="a.pdf"', ""), "a.pdf"),
        (("application/pdf", 'Content-Disposition: attachment; filename="a.pdf"'), "a.pdf"),
        (("application/pdf", "Content-Disposition: attachment; filename*=utf-8''R%C3%A9sum%C3%A9.pdf"), "Résumé.pdf"),
        (("application/pdf", "Content-Disposition: attachment; filename*0*=utf-8''%2e%2e%2fR%C3%A9; filename*1=\"x.pdf\""), "Réx.pdf"),
        (("application/pdf", 'Content-Disposition: attachment; filename="=?utf-8?q?R=C3=A9.pdf?="'), "Ré.pdf"),
        (("application/pdf", "Content-Disposition: attachment; filename=Ré.pdf"), "Ré.pdf"),
        (("application/pdf", "Content-Disposition: attachment; filename*=nonsense''R%E9.pdf"), "Ré.pdf"),
        (("application/pdf", ""), ""),
    ],
)
def test_file_names_in_every_encoding(fields: tuple[str, str], expected: str) -> None:
    """Names come from both fields, in RFC 2231, RFC 2047 and raw 8-bit form."""
    kind, disposition = fields
    message = read(multipart("mixed", part("text/plain", "x"), part(kind, "y", *([disposition] if disposition else []))))
    assert [one.filename for one in message.attachments] == [expected]


def test_attached_message_keeps_its_text_to_itself() -> None:
    """A message that came along is an attachment named by its subject; its text and files are not the customer's."""
    inner = "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nContent-Type: text/plain\r\n\r\ninner text"
    message = read(multipart("mixed", part("text/plain", "outer"), part("message/rfc822", inner)))
    assert message.text == "outer"
    assert [(one.filename, one.content_type) for one in message.attachments] == [("Grüße.eml", "message/rfc822")]
    assert message.attachments[0].sha256 == hashlib.sha256(inner.encode()).hexdigest()
    nameless = read(multipart("mixed", part("text/plain", "outer"), part("message/rfc822", "\r\ninner text")))
    assert nameless.attachments[0].filename == "message.eml"


def test_attached_message_in_base64_and_digest() -> None:
    """An attached message is opened through its encoding, and the parts of a digest are messages."""
    inner = base64.b64encode(b"Subject: inner\r\n\r\ntext").decode()
    message = read(multipart("mixed", part("text/plain", "outer"), part("message/rfc822", inner, "Content-Transfer-Encoding: base64")))
    assert (message.text, message.attachments[0].filename) == ("outer", "inner.eml")
    digest = read("Content-Type: multipart/digest; boundary=x\r\n\r\n--x\r\n\r\nSubject: one\r\n\r\ntext\r\n--x--")
    assert [one.filename for one in digest.attachments] == ["one.eml"]
    empty = read(multipart("mixed", part("text/plain", "outer"), part("message/rfc822", "")))
    assert [one.content_type for one in empty.attachments] == ["message/rfc822"]


@pytest.mark.parametrize(
    ("kind", "defect"),
    [
        ("application/pkcs7-mime; name=smime.p7m", "encrypted with S/MIME, or damaged"),
        ("application/pgp-encrypted", "encrypted with PGP"),
        ("application/pgp-signature", "signed with PGP"),
        ("application/pkcs7-signature; name=smime.p7s", "signed with S/MIME"),
    ],
)
def test_signed_and_encrypted_mail_is_labelled(kind: str, defect: str) -> None:
    """S/MIME and PGP are kept and labelled, so that a person knows why there is no text."""
    message = read(multipart("mixed", part("text/plain", "x"), part(kind, "y")))
    assert defect in message.defects
    assert len(message.attachments) == 1


def test_encrypted_multipart_and_calendar() -> None:
    """PGP/MIME is labelled by its container; an invitation is an attachment."""
    assert "encrypted with PGP" in read(multipart("encrypted", part("application/octet-stream", "y"))).defects
    invitation = read(multipart("alternative", part("text/plain", "Come"), part("text/calendar; method=REQUEST", "BEGIN:VCALENDAR")))
    assert (invitation.text, invitation.attachments[0].content_type) == ("Come", "text/calendar")


def tnef_record(level: int, attribute: int, data: bytes) -> bytes:
    """One record of winmail.dat with its checksum."""
    return struct.pack("<BII", level, attribute, len(data)) + data + struct.pack("<H", sum(data) % 65536)


def winmail(text: bytes = b"The lamp is broken.\0") -> bytes:
    """A winmail.dat with a text and one file."""
    return (
        struct.pack("<IH", 0x223E9F78, 1)
        + tnef_record(1, 0x00089006, struct.pack("<I", 0x10000))
        + tnef_record(1, 0x0002800C, text)
        + tnef_record(2, 0x00069002, b"\0" * 14)
        + tnef_record(2, 0x00018010, b"lamp.txt\0")
        + tnef_record(2, 0x0006800F, b"a picture of the lamp")
    )


def with_winmail(data: bytes, *parts: str) -> str:
    """A message that carries winmail.dat."""
    return multipart(
        "mixed", *parts, part("application/ms-tnef; name=winmail.dat", base64.b64encode(data).decode(), "Content-Transfer-Encoding: base64")
    )


def test_winmail_is_opened() -> None:
    """Text and files inside Outlook's winmail.dat are found; a text beside it wins."""
    alone = read(with_winmail(winmail()))
    assert alone.text == "The lamp is broken."
    assert [(one.filename, one.content_type) for one in alone.attachments] == [
        ("winmail.dat", "application/ms-tnef"),
        ("lamp.txt", "text/plain"),
    ]
    assert read(with_winmail(winmail(), part("text/plain", "beside"))).text == "beside"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"junk",
        winmail()[:40],
        b"\x78\x9f\x3e\x22\0\0" + b"\1" + b"\0" * 8,
        b"\x78\x9f\x3e\x22\0\0" + b"\1" + b"\0" * 10 + b"\xff" * 40,
    ],
)
def test_damaged_winmail_is_told(data: bytes) -> None:
    """A winmail.dat that cannot be opened is a defect, never a failure."""
    message = read(with_winmail(data, part("text/plain", "x")))
    assert message.text == "x"
    assert tnef.unpack(data) is None or message.attachments


def test_winmail_of_endless_records_is_refused() -> None:
    """A file of thousands of empty records is not handed to the library."""
    assert tnef.unpack(struct.pack("<IH", 0x223E9F78, 1) + tnef_record(1, 0x00089006, b"") * 5000) is None
    assert tnef.unpack(b"\x78\x9f\x3e\x22" + b"\0" * tnef.MAX_BYTES) is None


def pdf(text: str, password: str = "") -> bytes:
    """A PDF of one page that shows the text."""
    writer = PdfWriter()
    page = writer.add_blank_page(300, 300)
    stream = DecodedStreamObject()
    stream.set_data(f"BT /F1 12 Tf 20 200 Td ({text}) Tj ET".encode())
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})})
    page[NameObject("/Contents")] = writer._add_object(stream)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def with_pdf(data: bytes) -> str:
    """A message with a PDF attached."""
    return multipart(
        "mixed",
        part("text/plain", "x"),
        part("application/pdf; name=i.pdf", base64.b64encode(data).decode(), "Content-Transfer-Encoding: base64"),
    )


def test_pdf_text_is_for_finding_numbers() -> None:
    """The text of a PDF stands apart from what the person wrote."""
    message = read(with_pdf(pdf("Invoice INV-2026-001")))
    assert (message.text, message.document_text.strip()) == ("x", "Invoice INV-2026-001")


@pytest.mark.parametrize("data", [b"%PDF-1.4 junk", b"", b"%PDF-1.4\n" + b"1 0 obj\n<<>>\n" * 100])
def test_damaged_pdf_is_told(data: bytes) -> None:
    """A PDF that cannot be read is a defect."""
    message = read(with_pdf(data))
    assert message.document_text == ""
    assert any(line.startswith("i.pdf: PDF") for line in message.defects)


def test_limits_of_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Encrypted and very large files are not searched, and long texts are cut."""
    assert documents.pdf_text(pdf("secret", password="x")) == ("", "PDF is encrypted")
    assert documents.pdf_text(b"%PDF" + b"\0" * documents.MAX_BYTES) == ("", "PDF is too large to be searched")
    monkeypatch.setattr(documents, "MAX_CHARACTERS", 5)
    assert documents.pdf_text(pdf("Invoice"))[0] == "Invoi"
