"""Charsets one by one, and encoded text as senders and attackers write it (RFC 2047, RFC 2231)."""

import base64
import codecs
import quopri

import pytest

from tests.parsing.mail import multipart, part, read
from tests.rows import rows
from triage.parsing import charset, headers

WESTERN, EASTERN, CYRILLIC = "Größe für Übergabe", "Żółć i gęś, čeština", "Где мой заказ"
GREEK, TURKISH, HEBREW, ARABIC = "Που είναι η παραγγελία", "Siparişim nerede, ığüşöç", "איפה ההזמנה שלי", "أين طلبي"
BALTIC, THAI, VIETNAMESE = "Kur yra mano užsakymas, ąčęėįšųūž", "คำสั่งซื้อของฉันอยู่ที่ไหน", "đơn hàng"
JAPANESE, CHINESE, TRADITIONAL, KOREAN = "注文した商品はどこですか", "我的订单在哪里", "我的訂單在哪裡", "제 주문은 어디에 있나요"

#: Every label as mail carries it, the codec its bytes are really in, and a text of a language that is written in it.
CHARSETS = [
    ("utf-8", "utf-8", CYRILLIC), ("UTF8", "utf-8", WESTERN), ("utf_8", "utf-8", WESTERN), ("unicode-1-1-utf-8", "utf-8", WESTERN),
    ("utf8mb4", "utf-8", "🎁 Geschenk"), ('"utf-8"', "utf-8", GREEK), ("'utf-8'", "utf-8", GREEK), ("utf-16", "utf-16", CYRILLIC),
    ("utf-16le", "utf-16-le", CYRILLIC), ("utf-16be", "utf-16-be", CYRILLIC), ("utf-32", "utf-32", CYRILLIC), ("utf-7", "utf-7", WESTERN),
    ("us-ascii", "ascii", "plain words"), ("ANSI_X3.4-1968", "ascii", "plain words"), ("iso-8859-1", "latin-1", WESTERN),
    ("latin1", "latin-1", WESTERN), ("ISO_8859-1", "latin-1", WESTERN), ("iso8859-1", "cp1252", "„Größe“ – 5 €"),
    ("iso-8859-2", "iso8859-2", EASTERN), ("iso-8859-3", "iso8859-3", "Ĉu mia mendo"), ("iso-8859-4", "iso8859-4", "ąčēģ"),
    ("iso-8859-5", "iso8859-5", CYRILLIC), ("iso-8859-6", "iso8859-6", ARABIC), ("iso-8859-7", "iso8859-7", GREEK),
    ("iso-8859-8", "iso8859-8", HEBREW), ("iso-8859-8-i", "iso8859-8", HEBREW), ("iso-8859-9", "iso8859-9", TURKISH),
    ("iso-8859-10", "iso8859-10", "þæŋ"), ("iso-8859-13", "iso8859-13", BALTIC), ("iso-8859-14", "iso8859-14", "ŵŷ"),
    ("iso-8859-15", "iso8859-15", "100 € für Œuvre"), ("iso-8859-16", "iso8859-16", "țară și"), ("windows-1250", "cp1250", EASTERN),
    ("windows-1251", "cp1251", CYRILLIC), ("cp1251", "cp1251", CYRILLIC), ("windows-1252", "cp1252", "„Größe“ – 5 €"),
    ("cp-1252", "cp1252", WESTERN), ("ansi", "cp1252", WESTERN), ("windows-1253", "cp1253", GREEK), ("windows-1254", "cp1254", TURKISH),
    ("windows-1255", "cp1255", HEBREW), ("windows-1256", "cp1256", ARABIC), ("windows-1257", "cp1257", BALTIC),
    ("windows-1258", "cp1258", "đơ".replace("ơ", "ô")), ("windows-874", "cp874", THAI), ("tis-620", "cp874", THAI), ("ibm850", "cp850", WESTERN),
    ("cp-850", "cp850", WESTERN), ("ibm437", "cp437", "Größe ½"), ("ibm852", "cp852", "Żółć"), ("ibm866", "cp866", CYRILLIC),
    ("koi8-r", "koi8-r", CYRILLIC), ("koi8-u", "koi8-u", "Де моє замовлення їґ"), ("x-mac-roman", "mac-roman", WESTERN),
    ("macintosh", "mac-roman", WESTERN), ("x-mac-cyrillic", "mac-cyrillic", CYRILLIC), ("iso-2022-jp", "iso2022_jp", JAPANESE),
    ("iso-2022-jp-2", "iso2022_jp_2", JAPANESE), ("shift_jis", "shift_jis", JAPANESE), ("Shift-JIS", "shift_jis", JAPANESE),
    ("x-sjis", "cp932", "①" + JAPANESE), ("windows-31j", "cp932", "㈱" + JAPANESE), ("euc-jp", "euc_jp", JAPANESE),
    ("gb2312", "gb2312", CHINESE), ("gb2312", "gbk", "镕" + CHINESE), ("gbk", "gbk", CHINESE), ("gb18030", "gb18030", CHINESE + "€"),
    ("hz-gb-2312", "hz", CHINESE), ("big5", "big5", TRADITIONAL), ("x-big5", "big5", TRADITIONAL), ("big5-hkscs", "big5hkscs", TRADITIONAL + "嘅"),
    ("euc-kr", "euc_kr", KOREAN), ("ks_c_5601-1987", "cp949", KOREAN + "똠"), ("iso-2022-kr", "iso2022_kr", KOREAN), ("johab", "johab", KOREAN),
]  # fmt: skip
IDS = [f"{label}/{codec}" for label, codec, _ in CHARSETS]


def body(label: str, coding: str, data: bytes) -> bytes:
    """A message of that text."""
    head = f"From: ann@customer.example\r\nContent-Type: text/plain; charset={label}\r\nContent-Transfer-Encoding: {coding}\r\n\r\n"
    return head.encode() + data


@rows(("label", "codec", "text"), CHARSETS)
def test_text_in_each_charset(label: str, codec: str, text: str) -> None:
    """A text in the charset of its label comes out as it was written, in base64, quoted-printable and raw."""
    data = text.encode(codec)
    assert read(body(label, "base64", base64.encodebytes(data))).text == text
    assert read(body(label, "quoted-printable", quopri.encodestring(data))).text == text
    if "16" not in codec and "32" not in codec:
        assert read(body(label, "8bit", data)).text == text


@rows(("label", "codec", "text"), CHARSETS)
def test_subject_and_name_in_each_charset(label: str, codec: str, text: str) -> None:
    """The same holds for encoded-words in a subject, in B and Q, and in a display name."""
    label, data = label.strip("\"'"), text.encode(codec)
    packed = base64.b64encode(data).decode()
    spelled = "".join(f"={byte:02X}" for byte in data)
    message = read(f"From: =?{label}?B?{packed}?= <ann@customer.example>\r\nSubject: =?{label}?q?{spelled}?=\r\n\r\nx")
    assert message.subject == text
    assert message.from_[0].name == text


@pytest.mark.parametrize(
    "label",
    [
        "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "rot13", "rot_13", "base64", "hex", "zlib", "bz2", "uu",
        "quopri", "mbcs", "oem", "palmos", "utf-8-sig-x", "cp500", "ebcdic", "x-unknown", "none", "null", "default", "8bit",
        "../../etc/passwd", "utf-8\0", "\u00fctf-8", "=?utf-8?q?utf-8?=", "a" * 5000,
    ],
)  # fmt: skip
def test_labels_that_are_no_charset(label: str) -> None:
    """Codecs that do something else, and names of nothing, are not followed: the bytes decide, and the defect says so."""
    text, defect = charset.decode("Größe für Übergabe".encode("cp1252"), label)
    assert text == "Größe für Übergabe"
    assert "unknown" in defect
    assert len(defect) < 100
    assert charset.decode("Größe für Übergabe".encode(), label)[0] == "Größe für Übergabe"


@rows("codec", sorted(charset._ALLOWED))
def test_every_allowed_codec_takes_any_bytes(codec: str) -> None:
    """No codec of the list raises, invents surrogates or lets control characters through, whatever bytes it gets."""
    for data in (
        bytes(range(256)),
        bytes(range(255, -1, -1)) * 3,
        b"\xff\xfe\xff",
        b"\x1b$B\xff\x1b(",
        b"~{\xff~",
        b"+\xff-",
        b"\x80" * 99,
    ):
        text, _ = charset.decode(data, codec)
        clean = charset.clean(text)
        assert not any("\ud800" <= character <= "\udfff" or (character < " " and character not in "\n\t") for character in clean)
        clean.encode("utf-8")
    assert codecs.lookup(codec).name == codec


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("=?utf-8?Q?a?==?utf-8?Q?b?=", "ab"),
        ("=?utf-8?q?a?=\t=?utf-8?q?b?=", "ab"),
        ("=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"),
        ("(=?utf-8?q?a?=)", "(a)"),
        ('"=?utf-8?q?a?="', '"a"'),
        ("=?utf-8?q??=", ""),
        ("=?utf-8?b??=", ""),
        ("=?utf-8?b?8J+OgQ==?=", "🎁"),
        ("=?utf-8?b?8J+O?= =?utf-8?b?gQ==?=", "🎁"),
        ("=?utf-8?q?=F0=9F?= =?UTF-8?Q?=8E=81?=", "🎁"),
        ("=?utf-8?b?R3LDvMOfZQ?=", "Grüße"),
        ("=?utf-8?b?R3LD vMOfZQ==?=", "Grüße"),
        ("=?utf-8?q?Gr=c3=bc=c3=9fe?=", "Grüße"),
        ("=?utf-8?q?a=3?=", "a=3"),
        ("=?utf-8?q?a=?=", "a"),
        ("=?utf-8?q?a_b=5Fc?=", "a b_c"),
        ("=?utf-8?q?100=25?=", "100%"),
        ("=?utf-8?q?=3D=3Futf-8=3Fq=3Fx=3F=3D?=", "=?utf-8?q?x?="),
        ("=?us-ascii?q?=E4?=", "ä"),
        ("=?iso-8859-1?q?=80?=", "€"),
        ("=?utf-8?q?=E4?=", "ä"),
        ("=?utf-8?q?=00=01=02a=7F?=", "a"),
        ("=?utf-8?q?a=0D=0ABcc:_victim=40x.example?=", "a  Bcc: victim@x.example"),
        ("=?utf-8?b?YQ0KQmNjOiB4?=", "a  Bcc: x"),
        ("=?utf-8?q?=E2=80=AEevil?=", "evil"),
        ("=?utf-7?q?+AA0ACg-Bcc:?=", "Bcc:"),
        ("=?utf-16?b?/v8ADQAKAEI=?=", "B"),
        ("=??q?a?=", "a"),
        ("=?utf-8??a?=", "=?utf-8??a?="),
        ("=?utf-8?q?a", "=?utf-8?q?a"),
        ("=?utf-8?qq?a?=", "=?utf-8?qq?a?="),
        ("?= =?utf-8?q?a?=", "?= a"),
        ("=?utf-8?q?a?b?=", "a?b"),
        ("Re: =?utf-8?q?a?= [#1]", "Re: a [#1]"),
        ("=?UTF-8*EN-us?Q?a?=", "a"),
        ("=?utf-8?q?a?=\r\n\t=?utf-8?q?b?=\r\n =?utf-8?q?c?=", "abc"),
        ("a=?utf-8?q?b?=c", "abc"),
        ("=20=20", "=20=20"),
        ("&#60;b&#62;", "&#60;b&#62;"),
    ],
)
def test_encoded_words_of_every_kind(field: str, expected: str) -> None:
    """Words that programs write are decoded, words that are none stay, and none brings a line break or a control character."""
    assert read(f"Subject: {field}\r\n\r\nx").subject == expected.strip()


def test_decoding_is_not_done_twice() -> None:
    """What comes out of an encoded-word is text, even where it looks like another one."""
    inner = "=?utf-8?q?evil?="
    packed = base64.b64encode(inner.encode()).decode()
    assert headers.decode(f"=?utf-8?b?{packed}?=") == inner


def test_words_beyond_the_limit_stay_as_they_are() -> None:
    """Of thousands of encoded-words the first three hundred are decoded, and nothing hangs."""
    decoded = headers.decode_words("=?utf-8?q?a?= " * 400)
    assert decoded.startswith("a" * headers.MAX_WORDS)
    assert decoded.count("=?utf-8?q?a?=") == 400 - headers.MAX_WORDS


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ("filename*=utf-8''Gr%C3%BC%C3%9Fe.pdf", "Grüße.pdf"),
        ("filename*=UTF-8'de'Gr%c3%bc%c3%9fe.pdf", "Grüße.pdf"),
        ("filename*=iso-8859-1''Gr%FC%DFe.pdf", "Grüße.pdf"),
        ("filename*=''plain.pdf", "plain.pdf"),
        ("filename*=utf-8''%e4%f6.pdf", "äö.pdf"),
        ("filename*=idna''x.pdf", "x.pdf"),
        ("filename*0=\"Gru\"; filename*1=\"sse.pdf\"", "Grusse.pdf"),
        ("filename*1=\"sse.pdf\"; filename*0=\"Gru\"", "Grusse.pdf"),
        ("filename*0*=utf-8''Gr%C3; filename*1*=%BC%C3%9Fe.pdf", "Grüße.pdf"),
        ("filename*0*=utf-8''%2e%2e%2f%2e%2e%2f; filename*1=x.pdf", "x.pdf"),
        ("filename*=utf-8''a%00b%0d%0a.pdf", "ab  .pdf"),
        ("filename*=utf-8''invoice%E2%80%AEfdp.exe", "invoicefdp.exe"),
        ('filename="=?utf-8?b?R3LDvMOfZS5wZGY=?="', "Grüße.pdf"),
        ('filename="=?utf-8?q?Gr=C3=BC?= =?utf-8?q?=C3=9Fe.pdf?="', "Grüße.pdf"),
        ("filename==?utf-8?q?Gr=C3=BC=C3=9Fe.pdf?=", "Grüße.pdf"),
        ('filename="a\\"b.pdf"', "a_b.pdf"),
        ("filename=two words.pdf", "two words.pdf"),
        ("FileName=Invoice.PDF", "Invoice.PDF"),
        ('filename="a;b.pdf"', "a;b.pdf"),
        ("filename='quoted.pdf'", "'quoted.pdf'"),
        ("filename=", ""),
        ("filename*=%%%", "%%%"),
        ("filename*0*=''%; filename*5=x", None),
    ],
)  # fmt: skip
def test_parameters_of_every_kind(parameters: str, expected: str | None) -> None:
    """File names in extended, continued, encoded and broken form become plain ones."""
    content = multipart("mixed", part("text/plain", "x"), part("application/pdf", "y", f"Content-Disposition: attachment; {parameters}"))
    names = [one.filename for one in read(content).attachments]
    assert len(names) == 1
    assert expected is None or names == [expected]


@pytest.mark.parametrize(
    ("data", "label", "expected"),
    [
        (codecs.BOM_UTF8 + "Größe".encode(), "iso-8859-1", "Größe"),
        (codecs.BOM_UTF16_LE + "Größe".encode("utf-16-le"), "utf-8", "Größe"),
        (codecs.BOM_UTF16_BE + "Größe".encode("utf-16-be"), "us-ascii", "Größe"),
        (codecs.BOM_UTF32_LE + "Größe".encode("utf-32-le"), "utf-8", "Größe"),
        ("Größe".encode(), "iso-8859-15", None),
        ("Größe".encode(), "windows-1252", "Größe"),
        ("Größe ".encode() * 20 + b"\xe4", "utf-8", None),
        (b"\xa0\xa0x", "", "\xa0\xa0x"),
    ],
)
def test_bytes_that_say_what_they_are(data: bytes, label: str, expected: str | None) -> None:
    """A byte order mark, and text that is wholly UTF-8 under a Latin label, win over the label; one bad byte does not spoil the rest."""
    text, _ = charset.decode(data, label)
    assert expected is None or text == expected
    if data.startswith("Größe ".encode() * 20):
        assert text.count("Größe") == 20
