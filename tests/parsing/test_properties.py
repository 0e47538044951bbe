"""What holds for any message whatever, looked for by building strange ones."""

import pickle
import re
from collections import Counter
from email.message import EmailMessage
from email.policy import default

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.parsing.mail import raw
from triage.message import Address, Message
from triage.parsing import address, charset, decoding, fields, filenames, headers, html, identifiers, quotes, tree
from triage.parsing.options import ParseOptions
from triage.parsing.parse import parse
from triage.parsing.salvage import salvage
from triage.sections.reading import FormSettings

OPTIONS = ParseOptions(authserv_id="mx.shop.example", trace_hosts=("shop.example",), forms=(FormSettings(address="form@shop.example"),))
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
BREAKS = re.compile("[\n\r\t\u2028\u2029\x85]")

VALUES = st.one_of(
    st.text(max_size=60),
    st.sampled_from([
        "Ann <ann@customer.example>", "<a@b.example>, <c@d.example>", "=?utf-8?b?R3LDvMOfZQ==?=", "=?x?q?=FF?=", "\x00", "(((", '"', "<",
        "text/html; charset=utf-8", "multipart/mixed; boundary=e", "multipart/alternative; boundary=\"e\"", "message/rfc822", "base64",
        "quoted-printable", "attachment; filename*0*=utf-8''%2e%2e%2f; filename*1=x", "Mon, 1 Jun 2026 10:00:00 +0200", "<a@b> <c@d>",
        "mx.shop.example; dmarc=pass; spf=fail", "by mx.shop.example", "multipart/report; report-type=delivery-status; boundary=e",
        "text/plain; format=flowed; delsp=yes", "text/plain; charset=utf-16", "form@shop.example", "failed", "rfc822; a@b.example",
    ]),
)  # fmt: skip
NAMES = st.sampled_from([
    "From", "Sender", "Reply-To", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Return-Path", "Received",
    "Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Content-ID", "Authentication-Results", "X-Failed-Recipients",
    "Auto-Submitted", "X-Triage-Case", "Action", "Status", "Final-Recipient", "from ", "SUBJECT", "", "Frоm",
])  # fmt: skip
LINE_ENDS = st.sampled_from([b"\r\n", b"\n", b"\r", b"\r\r\n", b"\r\n\r\n"])
LINES = st.one_of(
    st.binary(max_size=50),
    st.text(max_size=50).map(lambda text: text.encode("utf-8", "replace")),
    st.tuples(NAMES, VALUES).map(lambda pair: f"{pair[0]}: {pair[1]}".encode("utf-8", "replace")),
    st.sampled_from([
        b"", b"", b"--e", b"--e--", b"> quoted", b"On Mon, 1 Jun 2026 Ann <a@b.example> wrote:", b"-- ", b"<div class=gmail_quote>",
        b"<p style='display:none'>hidden</p>", b"From: Ann", b"Sent: Monday", b"Subject: x", b"begin 644 x", b"R3LDvMOfZQ==", b"=C3=BC=",
        b"-----Original Message-----", b"550 5.1.1 User unknown", b"Sent from my iPhone", b"&lt;b&gt;&#0;&#xd800;",
    ]),
)  # fmt: skip


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    """Header lines, an empty line, and a body that may have parts; any of them may be missing or broken."""
    end = draw(LINE_ENDS)
    head = draw(st.lists(st.tuples(NAMES, VALUES).map(lambda pair: f"{pair[0]}: {pair[1]}".encode("utf-8", "replace")), max_size=10))
    return end.join([*head, draw(st.sampled_from([b"", b" ", b"x"])), *draw(st.lists(LINES, max_size=14))])


ANY = st.one_of(messages(), st.binary(max_size=300), st.lists(LINES, max_size=15).map(b"\r\n".join))


def people(message: Message) -> tuple[Address, ...]:
    """Everybody the message names."""
    return (*message.from_, *message.sender, *message.reply_to, *message.to, *message.cc)


@given(content=ANY)
@settings(max_examples=250)
@example(content=b"")
@example(content=b"\r")
@example(content=b"Content-Type: multipart/mixed; boundary=e\n\n--e\n--e--")
def test_any_bytes_give_a_message(content: bytes) -> None:
    """Nothing raises, nothing needs the last resort, and reading again gives the same; the message can travel between processes."""
    message = parse(raw(content), OPTIONS)
    assert not [defect for defect in message.defects if defect.startswith("reading failed")]
    assert parse(raw(content), OPTIONS) == message
    assert pickle.loads(pickle.dumps(message)) == message
    assert re.fullmatch("[0-9a-f]{64}", message.fingerprint)


@given(content=ANY)
@settings(max_examples=250)
def test_no_text_has_control_characters(content: bytes) -> None:
    """Texts have line feeds and tabs at most; subject, names, fields and file names stand on one line."""
    message = parse(raw(content), OPTIONS)
    for text in (message.text, message.full_text, message.quoted, message.signature, message.document_text, *message.defects):
        assert not CONTROL.search(text)
        text.encode("utf-8")
    one_line = [message.subject, message.message_id, *message.references, *message.in_reply_to, *(value for _, value in message.headers)]
    one_line += [person.name for person in people(message)] + [file.filename for file in message.attachments]
    for text in one_line:
        assert not CONTROL.search(text)
        assert not BREAKS.search(text)


@given(content=ANY)
@settings(max_examples=250)
def test_nothing_is_invented_or_lost(content: bytes) -> None:
    """Every word of text, quotation and signature is in the full text, and every word of the full text is in one of them."""
    message = parse(raw(content), OPTIONS)
    whole = Counter(message.full_text.split())
    pieces = Counter(f"{message.text}\n{message.quoted}\n{message.signature}".split())
    assert not Counter(message.text.split()) - whole
    assert not Counter(message.quoted.split()) - whole
    assert not Counter(message.signature.split()) - whole
    assert not set(whole) - set(pieces)


@given(content=ANY)
@settings(max_examples=200)
def test_everything_is_bounded(content: bytes) -> None:
    """Addresses are plain, names and lists have their limits, and our own namespace is ours."""
    message = parse(raw(content), OPTIONS)
    for person in people(message):
        assert address.addr_spec(person.addr_spec) == person.addr_spec
        assert len(person.name) <= 200
    assert len(message.references) <= 50
    assert len(message.defects) <= 40
    assert all(len(file.filename) <= filenames.MAX_LENGTH and not set("/\\") & set(file.filename) for file in message.attachments)
    assert not [name for name, _ in message.headers if name.startswith(headers.OWN_PREFIX) and name != headers.LOOP_FIELD]
    assert len(message.text) <= len(message.full_text) + 1


@given(content=ANY)
@settings(max_examples=200)
def test_salvage_says_no_more_than_reading(content: bytes) -> None:
    """Whoever salvage names as the author, reading names too, or nobody."""
    saved, message = salvage(raw(content)), parse(raw(content), ParseOptions())
    assert saved.defects
    assert {person.addr_spec for person in saved.from_} <= {person.addr_spec for person in message.from_} or message.author is None


@given(text=st.text(max_size=300))
@settings(max_examples=200)
def test_charset_is_total(text: str) -> None:
    """Text in UTF-8 comes back as it was, cleaned, and under any label something comes back."""
    data = text.encode("utf-8", "surrogatepass")
    for label in ("utf-8", "", "iso-8859-1", "big5", "utf-16", "nonsense", "hz", "utf-7"):
        assert not CONTROL.search(charset.clean(charset.decode(data, label)[0]))
    once = charset.clean(text)
    assert charset.clean(once) == once
    assert charset.one_line(charset.one_line(text)) == charset.one_line(text)


@given(value=st.text(alphabet=st.sampled_from('ab@.<>"(),;:\\ =?[]é\t\n'), max_size=40))
@settings(max_examples=400)
def test_addresses_are_those_that_everybody_reads(value: str) -> None:
    """One mailbox read from a field is never another than the one the standard library reads there."""
    found, _ = address.parse(value, "From")
    if len(found) != 1 or "\n" in value:
        return
    message = EmailMessage(policy=default)
    try:
        message["From"] = value
        theirs = {one.addr_spec.lower() for one in message["From"].addresses}
    except (ValueError, IndexError, AttributeError):
        return
    assert found[0].addr_spec in theirs or not any(address.addr_spec(one) for one in theirs) or '"' in value or "(" in value


@given(name=st.text(max_size=200))
@settings(max_examples=200)
def test_file_names_are_stable(name: str) -> None:
    """A plain name stays as it is, and any other becomes one in a single step."""
    plain = filenames.plain(name)
    assert filenames.plain(plain) == plain
    assert plain not in {".", ".."}
    assert len(plain) <= filenames.MAX_LENGTH + 1


@given(text=st.lists(st.sampled_from(["Hello", "> a", "> b", "", "-- ", "On Mon, 1 Jun 2026 Ann <a@b.example> wrote:", "From: Ann <a@b.example>",
                                      "Sent: Monday, June 1, 2026 10:00", "Subject: x", "To: y", "Regards,", "____", "Le 1 juin 2026 a écrit :",
                                      html.QUOTE, html.UNQUOTE, "Sent from my iPhone"]), max_size=14).map("\n".join))  # fmt: skip
@settings(max_examples=400)
def test_splitting_keeps_every_line(text: str) -> None:
    """However announcements, marks, signatures and fences follow each other, each line of the text is in one of the three."""
    split = quotes.split(text)
    lines = Counter(line.strip() for line in re.sub(f"[{html.QUOTE}{html.UNQUOTE}]", "\n", text).split("\n") if line.strip())
    found = Counter(line.strip() for part in (split.own, split.quoted, split.signature) for line in part.split("\n") if line.strip())
    assert not lines - found


@given(data=st.binary(max_size=300), coding=st.sampled_from(["base64", "quoted-printable", "x-uuencode", "7bit", "", "x"]))
@settings(max_examples=200)
def test_decoding_never_fails(data: bytes, coding: str) -> None:
    """Any bytes under any encoding give bytes, and never many more than came in."""
    assert len(decoding.content(data, coding)) <= len(data) + 2


@given(content=ANY)
@settings(max_examples=150)
def test_tree_keeps_its_limits(content: bytes) -> None:
    """However boundaries lie, the tree is no deeper and no larger than its limits, and its fields no longer than theirs."""
    root, _ = tree.grow(content)
    pending, parts = [(root, 0)], 0
    while pending:
        part, depth = pending.pop()
        parts += 1
        assert depth <= tree.MAX_DEPTH
        assert all(len(value) <= fields.MAX_FIELD for _, value in part.raw_items())
        pending += [(child, depth + 1) for child in part.children]
    assert parts <= tree.MAX_PARTS + 1


@given(value=st.text(max_size=200))
@settings(max_examples=200)
def test_identifiers_are_words(value: str) -> None:
    """An identifier has no spaces, brackets or control characters, whatever the field holds."""
    for found in identifiers.identifiers(value):
        assert found
        assert not re.search(r"[\s<>\x00-\x1f\x7f-\xa0]", found)


@given(source=st.lists(st.sampled_from(["<p>", "</p>", "<div>", "</div>", "<table>", "<tr>", "<td colspan=9>", "</table>", "<br>", "word", "&lt;",
                                        "<!--", "-->", "<blockquote type=cite>", "</blockquote>", "<a href='", "\x00", "<div class=gmail_quote>",
                                        "<ul>", "<li>", "<script>", "</script>", "<", ">", "<![CDATA[", "<b style='display:none'>", "</b>", "&#0;"]),
                       max_size=25).map("".join))  # fmt: skip
@settings(max_examples=250)
def test_html_of_any_shape(source: str) -> None:
    """However elements are opened and closed, layout ends, and leaves no tag that it knew."""
    text = html.to_text(source)
    assert isinstance(text, str)
    assert text.count(html.UNQUOTE) <= text.count(html.QUOTE)
    assert "<table>" not in text
