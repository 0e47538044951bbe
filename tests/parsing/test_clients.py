"""Whole messages as the mail programs of customers send them, written for this project."""

import base64
import quopri

import pytest

from tests.parsing.mail import read

OLD = "Hello Ann,\n\nwhich lamp is it, and when did you order it?\n\nYour support team"
OLD_HTML = "<p>Hello Ann,</p><p>which lamp is it, and when did you order it?</p><p>Your support team</p>"


def message(*fields: str, body: str) -> bytes:
    """A message with the fields that every program writes."""
    common = (
        "From: Ann Smith <ann@customer.example>",
        "To: Support <support@shop.example>",
        "Date: Tue, 2 Jun 2026 09:30:00 +0200",
        "Message-ID: <reply.1@customer.example>",
        "In-Reply-To: <case.1@shop.example>",
        "References: <case.1@shop.example>",
        "MIME-Version: 1.0",
    )
    return "\r\n".join([*common, *fields, "", body.replace("\r\n", "\n").replace("\n", "\r\n")]).encode()


def alternative(boundary: str, plain: str, html: str) -> str:
    """Both texts of a reply, encoded as most programs do."""
    quoted = quopri.encodestring(html.encode()).decode()
    packed = base64.encodebytes(plain.encode()).decode()
    return (
        f"--{boundary}\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n{packed}\n"
        f"--{boundary}\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n{quoted}\n--{boundary}--\n"
    )


def marked(text: str) -> str:
    """The text with a mark before each line."""
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


GMAIL = message(
    "Subject: Re: [SP-100042] Your order",
    'Content-Type: multipart/alternative; boundary="000000000000a1b2c3"',
    body=alternative(
        "000000000000a1b2c3",
        "It is the X200, order ORD-4711.\n\nOn Mon, Jun 1, 2026 at 10:00 AM Support <support@shop.example>\nwrote:\n\n"
        + marked(OLD)
        + "\n",
        '<div dir="ltr">It is the X200, order ORD-4711.</div><br><div class="gmail_quote gmail_quote_container"><div '
        'dir="ltr" class="gmail_attr">'
        'On Mon, Jun 1, 2026 at 10:00 AM Support &lt;<a href="mailto:support@shop.example">support@shop.example</a>&gt; wrote:<br></div>'
        f'<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex">{OLD_HTML}</blockquote></div>',
    ),
)
OUTLOOK = message(
    "Subject: RE: [SP-100042] Your order",
    "Thread-Topic: [SP-100042] Your order",
    'Content-Type: multipart/alternative;\r\n\tboundary="_000_AM0PR01MB"',
    body=alternative(
        "_000_AM0PR01MB",
        "It is the X200, order ORD-4711.\n\nFrom: Support <support@shop.example>\nSent: Monday, June 1, 2026 10:00 AM\n"
        "To: Ann Smith <ann@customer.example>\nSubject: [SP-100042] Your order\n\n" + OLD + "\n",
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style><!-- p.MsoNormal {margin:0cm} --></style></head>'
        '<body lang="EN">'
        '<div class="WordSection1"><p class="MsoNormal">It is the X200, order ORD-4711.<o:p></o:p></p><p class="MsoNormal">'
        "<o:p>&nbsp;</o:p></p>"
        '<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal"><b>'
        "From:</b> Support<br>"
        f"<b>Sent:</b> Monday, June 1, 2026 10:00 AM<br><b>To:</b> Ann Smith<br><b>Subject:</b> Your order</p></div></div>"
        f"{OLD_HTML}</div></body></html>",
    ),
)
OUTLOOK_HTML_ONLY = message(
    "Subject: AW: [SP-100042] Ihre Bestellung",
    "Content-Type: text/html; charset=windows-1252",
    "Content-Transfer-Encoding: quoted-printable",
    body='<html><body><div style=3D"font-family:Calibri">It is the X200, order ORD-4711.</div><div id=3D"appendonsend"></div>'
    '<hr style=3D"display:inline-block;width:98%">'
    f'<div id=3D"divRplyFwdMsg" dir=3D"ltr"><b>Von:</b> Support<br><b>Gesendet:</b> Montag, 1. Juni 2026 10:00<br></div><div>'
    f"{OLD_HTML}</div></body></html>",
)
APPLE = message(
    "Subject: Re: [SP-100042] Your order",
    "X-Mailer: iPhone Mail (22F76)",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: 8bit",
    body="It is the X200, order ORD-4711.\n\nSent from my iPhone\n\n> On 1 Jun 2026, at 10:00, Support <support@shop.example> wrote:\n> \n"
    + marked(OLD)
    + "\n",
)
THUNDERBIRD = message(
    "Subject: Re: [SP-100042] Your order",
    "User-Agent: Mozilla Thunderbird",
    "Content-Type: text/plain; charset=UTF-8; format=flowed",
    "Content-Transfer-Encoding: 8bit",
    body="It is the X200, \norder ORD-4711.\n\nOn 01/06/26 10:00, Support wrote:\n" + marked(OLD) + "\n",
)
BOTTOM = message(
    "Subject: Re: [SP-100042] Your order",
    "Content-Type: text/plain; charset=us-ascii",
    body="On 01/06/26 10:00, Support wrote:\n" + marked(OLD) + "\n\nIt is the X200, order ORD-4711.\n",
)
YAHOO = message(
    "Subject: Re: [SP-100042] Your order",
    'Content-Type: multipart/alternative; boundary="----=_Part_1_1.1"',
    body=alternative(
        "----=_Part_1_1.1",
        " It is the X200, order ORD-4711.\n\n    On Monday, June 1, 2026 at 10:00:00 AM GMT+2, Support <support@shop.example> "
        "wrote:  \n \n " + OLD + "  ",
        '<html><head></head><body><div class="ydp1yahoo-style-wrap"><div dir="ltr">It is the X200, order ORD-4711.</div></div>'
        f'<div id="ydp2yahoo_quoted_1" class="ydp2yahoo_quoted yahoo_quoted"><div>On Monday, Support wrote:</div>'
        f"{OLD_HTML}</div></body></html>",
    ),
)
PROTON = message(
    "Subject: Re: [SP-100042] Your order",
    'Content-Type: multipart/alternative; boundary="b1_x"',
    body=alternative(
        "b1_x",
        "It is the X200, order ORD-4711.\n\nSent with Proton Mail secure email.\n\nOn Monday, June 1st, 2026 at 10:00 AM, "
        "Support <support@shop.example> wrote:\n\n" + marked(OLD),
        f'<div>It is the X200, order ORD-4711.</div><div class="protonmail_quote">On Monday wrote:<blockquote '
        f'class="protonmail_quote" type="cite">{OLD_HTML}</blockquote></div>',
    ),
)
SAMSUNG = message(
    "Subject: Re: [SP-100042] Your order",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: base64",
    body=base64.encodebytes(
        (
            "It is the X200, order ORD-4711.\nSent from my Galaxy\n\n-------- Original message --------\nFrom: Support "
            "<support@shop.example>\n"
            "Date: 01/06/2026 10:00 (GMT+01:00)\nTo: Ann Smith <ann@customer.example>\nSubject: Your order\n\n" + OLD
        ).encode()
    ).decode(),
)
T_ONLINE = message(
    "Subject: AW: [SP-100042] Ihre Bestellung",
    "Content-Type: text/plain; charset=iso-8859-15",
    "Content-Transfer-Encoding: 8bit",
    body="It is the X200, order ORD-4711.\n\n-----Original-Nachricht-----\nBetreff: Ihre Bestellung\nDatum: "
    "2026-06-01T10:00:00+0200\nVon: Support <support@shop.example>\nAn: ann@customer.example\n\n" + OLD,
)
GMX = message(
    "Subject: Aw: [SP-100042] Ihre Bestellung",
    "Content-Type: text/html; charset=UTF-8",
    body='<html><body><div style="font-family: Verdana;font-size: 12.0px;"><div>It is the X200, order ORD-4711.</div><div>'
    '&nbsp;<div name="quote" style="margin:10px 5px 5px 10px;">'
    '<div style="margin:0 0 10px 0;"><b>Gesendet:</b>&nbsp;Montag, 01. Juni 2026 um 10:00 Uhr<br><b>Von:</b>&nbsp;Support '
    "&lt;support@shop.example&gt;<br>"
    f"<b>An:</b>&nbsp;ann@customer.example<br><b>Betreff:</b>&nbsp;Ihre Bestellung</div><div>{OLD_HTML}</div></div></div></div>"
    f"</body></html>",
)

PROGRAMS = {
    "gmail": GMAIL,
    "outlook": OUTLOOK,
    "outlook on the web": OUTLOOK_HTML_ONLY,
    "apple mail on a phone": APPLE,
    "thunderbird": THUNDERBIRD,
    "answer below": BOTTOM,
    "yahoo": YAHOO,
    "proton": PROTON,
    "samsung": SAMSUNG,
    "t-online": T_ONLINE,
    "gmx": GMX,
}


@pytest.mark.parametrize("content", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_reply_of_each_program(content: bytes) -> None:
    """Of each program's reply the new sentence alone is the text; the old message is quoted, and the whole is kept."""
    reply = read(content)
    assert " ".join(reply.text.split()).removesuffix(" Sent from my Galaxy") == "It is the X200, order ORD-4711."
    assert "when did you order it" in reply.quoted
    assert "when did you order it" in reply.full_text
    assert reply.thread_ids() == ("case.1@shop.example",)


@pytest.mark.parametrize("content", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_reply_of_each_program_has_its_author(content: bytes) -> None:
    """Each program's reply has the customer as author and no attachment that is not there."""
    reply = read(content)
    assert reply.author is not None
    assert reply.author.addr_spec == "ann@customer.example"
    assert reply.attachments == ()
    assert reply.report is None


@pytest.mark.parametrize("content", PROGRAMS.values(), ids=PROGRAMS.keys())
@pytest.mark.parametrize("ends", [b"\n", b"\r"], ids=["unix", "mac"])
def test_line_ends_change_nothing(content: bytes, ends: bytes) -> None:
    """The same reply with other line ends reads the same and is the same message."""
    as_sent, changed = read(content), read(content.replace(b"\r\n", ends))
    assert (changed.text, changed.quoted, changed.subject, changed.fingerprint) == (
        as_sent.text,
        as_sent.quoted,
        as_sent.subject,
        as_sent.fingerprint,
    )


@pytest.mark.parametrize("cut", [0.3, 0.5, 0.7, 0.9])
@pytest.mark.parametrize("content", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_a_reply_cut_short_is_read_as_far_as_it_goes(content: bytes, cut: float) -> None:
    """A message of which the end is missing still has its header and what text there is."""
    reply = read(content[: int(len(content) * cut)])
    assert not [defect for defect in reply.defects if defect.startswith("reading failed")]
    assert reply.from_ == () or reply.from_[0].addr_spec == "ann@customer.example"
