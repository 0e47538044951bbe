"""What the person wrote: alternatives, HTML, charsets, flowed text, and everything kept."""

import pytest

from tests.parsing.mail import html, multipart, part, read
from triage.parsing import html as html_text


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((part("text/plain", "plain"), part("text/html", "<p>rich</p>")), "plain"),
        ((part("text/html", "<p>rich</p>"),), "rich"),
        ((part("text/plain", ""), part("text/html", "<p>rich</p>")), "rich"),
        ((part("text/plain", "Your mail client does not support HTML messages"), part("text/html", "<p>rich</p>")), "rich"),
        ((part("text/plain", "<html><body>source</body></html>"), part("text/html", "<p>rich</p>")), "rich"),
        ((part("text/plain", "plain"), part("text/enriched", "<bold>rich</bold>")), "plain"),
        ((part("text/plain", "one"), part("text/plain", "two"), part("text/html", "<p>rich</p>")), "one\n\ntwo"),
        ((part("text/plain", " "), part("image/png", "x")), ""),
        ((part("text/markdown", "**rich**"),), "**rich**"),
    ],
)
def test_the_best_alternative_is_shown(parts: tuple[str, ...], expected: str) -> None:
    """Plain text that says something is the text; a stub beside HTML is not."""
    assert read(multipart("alternative", *parts)).text == expected


def test_mixed_texts_follow_each_other_and_named_ones_are_attached() -> None:
    """Texts around a picture are one text; a text with a file name is an attachment."""
    message = read(
        multipart(
            "mixed",
            part("text/plain", "before"),
            part("image/png; name=a.png", "x", "Content-Disposition: inline", "Content-ID: <1>"),
            part("text/plain", "after"),
            part("text/plain; name=log.txt", "log"),
            part("text/html", "<p>no</p>", "Content-Disposition: attachment"),
        )
    )
    assert message.text == "before\n\nafter"
    assert [(one.filename, one.inline) for one in message.attachments] == [("a.png", True), ("log.txt", False), ("", False)]


def test_related_parts_are_inline() -> None:
    """Pictures of an HTML text are inline attachments."""
    message = read(multipart("related", part("text/html", "<p>see <img src=cid:1></p>"), part("image/png", "x"), part("text/plain", "y")))
    assert message.text == "see"
    assert [(one.content_type, one.inline) for one in message.attachments] == [("image/png", True), ("text/plain", True)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("one<br>two &amp; <b>three</b>", "one\ntwo & three"),
        ("<p>seen</p><p style='display: none'>hidden</p>", "seen"),
        ("<p>seen</p><span style='font-size:0'>hidden</span><p hidden>x</p>", "seen"),
        ("<p>seen</p><script>alert(1)</script><style>p{}</style><title>t</title>", "seen"),
        ("<!-- c --><p>seen</p>", "seen"),
        ("<table><tr><td>Order</td><td>1234</td></tr></table>", "Order  1234"),
        ("<ul><li>lamp</li><li>cable</li></ul>", "* lamp\n  * cable"),
        ("", ""),
        ("   ", ""),
        ("<p>Gr&uuml;&szlig;e&nbsp;Ann</p>", "Grüße Ann"),
        ("<div style='font-size:10px'>small but seen</div>", "small but seen"),
        ("text <unclosed", "text"),
        ("<body><p>\ue000x\ue001</p>", "x"),
    ],
)
def test_html_becomes_the_text_that_is_seen(source: str, expected: str) -> None:
    """Layout, entities and lists become text; what is hidden is left out; our own marks cannot be sent."""
    assert html_text.to_text(source).strip().replace("  * ", "* ").replace("\n* ", "\n  * ") == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>one</p>\n<script>x<y</script><p>two", "one\ntwo"),
        ("a<style>p{}</style>b<br>c", "ab\nc"),
        ("open <b", "open <b"),
        ("<script>never closed", "never closed"),
        ("1 &lt; 2", "1 < 2"),
    ],
)
def test_documents_too_large_to_lay_out_lose_only_their_tags(source: str, expected: str) -> None:
    """The linear way keeps all text between tags."""
    lines = [line.strip() for line in html_text.without_tags(source).split("\n") if line.strip()]
    assert "\n".join(lines) == expected


def test_large_html_is_kept_whole() -> None:
    """A document beyond the cap is read by the linear way and nothing is cut off."""
    message = read(html("<p>start</p>" + "<p>line of text</p>" * 20_000 + "<p>the very end</p>"))
    assert "the very end" in message.full_text
    assert message.full_text.count("line of text") == 20_000


@pytest.mark.parametrize(
    ("label", "data", "expected", "defect"),
    [
        ("utf-8", "Grüße".encode(), "Grüße", ""),
        ("iso-8859-1", "Grüße".encode("latin-1"), "Grüße", ""),
        ("iso-8859-1", "Grüße".encode(), "Grüße", "text is UTF-8"),
        ("iso-8859-1", b"\x80 100 \x93quote\x94", "€ 100 “quote”", ""),
        ("us-ascii", "Grüße".encode("latin-1"), "Grüße", "labelled ascii"),
        ("utf-8", "Grüße".encode("latin-1"), "Grüße", "not valid"),
        ("utf-8", ("Grüße aus Köln und München " * 3).encode()[:-4] + b"\xc3", None, "not valid"),
        ("foo-bar-9", "Körper".encode("latin-1"), "Körper", "unknown"),
        ("", "Körper".encode("latin-1"), "Körper", "without a charset"),
        ('"\0"', "Körper".encode("latin-1"), "Körper", ""),
        ("idna", "Körper".encode("latin-1"), "Körper", "unknown"),
        ("unicode_escape", b"\\x41\xe4", "\\x41ä", "unknown"),
        ("gb2312", "订单".encode("gbk"), "订单", ""),
        ("koi8-r", "Заказ".encode("koi8-r"), "Заказ", ""),
        ("windows-1251", "Заказ".encode("cp1251"), "Заказ", ""),
        ("shift_jis", "注文①".encode("cp932"), "注文①", ""),
        ("iso-2022-jp", "注文".encode("iso-2022-jp"), "注文", ""),
        ("ks_c_5601-1987", "주문".encode("cp949"), "주문", ""),
        ("utf-16", "Grüße".encode("utf-16"), "Grüße", ""),
        ("utf-7", b"Gr+APwA3w-e", "Grüße", ""),
        ("utf-8", b"\xef\xbb\xbfGr\xc3\xbc\xc3\x9fe", "Grüße", ""),
        ("euc-jp", b"\xff\xfeA\x00", "A", ""),
        ("big5", b"\xff\x41", None, "not valid"),
        ("x" * 80, "ä".encode("latin-1"), "ä", "unknown"),
    ],
)
def test_charset_is_a_claim(label: str, data: bytes, expected: str | None, defect: str) -> None:
    """Right labels are followed, wrong ones found out by the bytes, and the defect is told."""
    message = read(b"Content-Type: text/plain; charset=" + label.encode() + b"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + data)
    if expected is not None:
        assert message.text == expected
    assert any(defect in line for line in message.defects)


def test_control_characters_are_removed() -> None:
    """NUL and other control characters leave the text; line feeds and tabs stay."""
    assert read(b"Content-Type: text/plain\r\n\r\na\x00b\x07\tc\x1b[0m\r\nd\x7f").text == "ab\tc[0m\nd"


@pytest.mark.parametrize(
    ("encoding", "data", "expected"),
    [
        ("base64", "SGVsbG8=", "Hello"),
        ("base64", "SGVs\r\nbG8=\r\n", "Hello"),
        ("base64", "SGVsbG8", "Hello"),
        ("base64", "SGVs-bG8=", "Hello"),
        ("base64", "SGVsbG8=\r\nV29ybGQ=", "HelloWorld"),
        ("base64", "SGVsbG8= ignored", "Hello"),
        ("base64", "This is plain text, not base64!", "This is plain text, not base64!"),
        ("quoted-printable", "Gr=C3=BC=C3=9Fe=\r\n an Ann", "Grüße an Ann"),
        ("quoted-printable", "a=ZZ  \r\nb", "a=ZZ\nb"),
        (" Quoted-Printable ", "=41", "A"),
        ("x-uuencode", "begin 644 a.txt\r\n#0V%T\r\n`\r\nend\r\n", "Cat"),
        ("x-uuencode", "no beginning", "no beginning"),
        ("x-uuencode", "begin 644 a.txt\r\n#0V%T~~~~~~\r\nend\r\n", "Cat"),
        ("x-uuencode", "begin 644 a.txt\r\n\x7f\x7f\r\nend\r\n", ""),
        ("x-weird", "hello", "hello"),
    ],
)
def test_transfer_encoding_is_undone(encoding: str, data: str, expected: str) -> None:
    """Encodings are undone however they are broken; a text under a wrong label stays readable."""
    assert read(f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{data}").text == expected


def test_flowed_text_is_joined() -> None:
    """Soft line breaks are joined, quotation depth and the signature line keep theirs apart."""
    body = "A long line \r\nthat continues\r\nnew line\r\n\r\n> quoted \r\n> more\r\n-- \r\nAnn"
    message = read(f"Content-Type: text/plain; format=flowed\r\n\r\n{body}")
    assert message.text == "A long line that continues\nnew line"
    assert message.quoted.startswith("> quoted more\n")
    deleted = read("Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\nlong \r\nword")
    assert deleted.text == "longword"


def test_text_beyond_the_cap_is_kept() -> None:
    """Only the first 800 lines are searched for quotations, and the whole stays in the full text."""
    long = read("Content-Type: text/plain\r\n\r\n" + "line\r\n" * 1000 + "> quoted\r\nend")
    assert long.text.endswith("> quoted\nend")
    reply = read("Content-Type: text/plain\r\n\r\nAnswer\r\n\r\n" + "> old line\r\n" * 1000)
    assert (reply.text, reply.quoted.count("old line"), reply.full_text.count("old line")) == ("Answer", 1000, 1000)


def test_multipart_without_parts_is_shown() -> None:
    """A multipart whose boundary nobody uses shows its text."""
    message = read("Content-Type: multipart/mixed; boundary=x\r\n\r\nJust text, no parts.")
    assert message.text == "Just text, no parts."
    assert any("without parts" in defect for defect in message.defects)


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        ('multipart/mixed; boundary="x"', "--x\r\n\r\none\r\n--x\r\n\r\ntwo", "one\n\ntwo"),
        ("multipart/mixed", "--x\r\nContent-Type: text/plain\r\n\r\none\r\n--x--", "one"),
        ('multipart/mixed; boundary="wrong"', "--right\r\nContent-Type: text/plain\r\n\r\none\r\n--right--", "one"),
        ("multipart/mixed; boundary='x'", "--x\r\n\r\none\r\n--x--", "one"),
        ('multipart/mixed; boundary="x"', "preamble\r\n--x\r\n\r\none\r\n--x \r\n\r\ntwo\r\n--x-- trailing\r\nepilogue", "one\n\ntwo"),
        ('multipart/mixed; boundary="x"', "--x\r\n\r\none\r\n--xy\r\nstill one\r\n--x--", "one\n--xy\nstill one"),
        ('multipart/mixed; boundary="x"', "--x\r\n\r\none--x--", "one"),
        ('multipart/mixed; boundary="x"', "--x\r\n--x--\r\n", ""),
        ('multipart/mixed; boundary*0="a"; boundary*1="b"', "--ab\r\n\r\none\r\n--ab--", "one"),
        ('multipart/mixed; boundary="("', "--(\r\n\r\none\r\n--(--", "one"),
    ],
)
def test_broken_boundaries_keep_their_text(content_type: str, body: str, expected: str) -> None:
    """Missing ends, wrong or undeclared boundaries, prefixes of each other and trailing words lose no text."""
    assert read(f"Content-Type: {content_type}\r\n\r\n{body}").text == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Where is my order? I have been waiting for two weeks now.", "en"),
        ("Wo ist meine Bestellung? Ich warte schon seit zwei Wochen.", "de"),
        ("Où est ma commande ? J'attends depuis deux semaines.", "fr"),
        ("¿Dónde está mi pedido? Llevo dos semanas esperando.", "es"),
        ("Waar is mijn bestelling? Ik wacht al twee weken.", "nl"),
        ("Где мой заказ? Я жду уже две недели.", "ru"),
        ("OK 12345", ""),
        ("", ""),
    ],
)
def test_language_of_the_text(text: str, expected: str) -> None:
    """The language is known from twenty letters on."""
    assert read("Content-Type: text/plain; charset=utf-8\r\n\r\n" + text).language == expected
