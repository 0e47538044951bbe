"""Replies of further mail programs as whole messages, answers in every place, and what people do to quoted text."""

from base64 import b64encode
from urllib.parse import quote

import pytest

from tests.parsing.mail import read
from tests.parsing.test_clients import OLD, OLD_HTML, alternative, marked, message
from tests.rows import rows

NEW = "It is the X200, order ORD-4711."
PLAIN = "Content-Type: text/plain; charset=utf-8"
HTML = "Content-Type: text/html; charset=utf-8"
MIXED = 'Content-Type: multipart/alternative; boundary="b1"'


def plain_reply(below: str, above: str = NEW, *fields: str) -> bytes:
    """A reply in plain text: the person's words, then what the program wrote below them."""
    return message("Subject: Re: Your order", PLAIN, *fields, body=f"{above}\n\n{below}\n")


def html_reply(source: str) -> bytes:
    """A reply in HTML alone."""
    return message("Subject: Re: Your order", HTML, body=f"<html><head></head><body>{source}</body></html>")


PROGRAMS = {
    "gmail on a phone, german": message(
        "Subject: Re: Ihre Bestellung",
        MIXED,
        body=alternative(
            "b1",
            f"{NEW}\n\nSupport <support@shop.example> schrieb am Mo., 1. Juni 2026, 10:00:\n\n{marked(OLD)}",
            f'<div dir="auto">{NEW}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">Support &lt;support@shop.example&gt; '
            f'schrieb am Mo., 1. Juni 2026, 10:00:<br></div><blockquote class="gmail_quote">{OLD_HTML}</blockquote></div>',
        ),
    ),
    "iphone, french": plain_reply(f"> Le 1 juin 2026 à 10:00, Support <support@shop.example> a écrit :\n> \n{marked(OLD)}"),
    "iphone, html": html_reply(
        f'<div dir="ltr">{NEW}</div><div dir="ltr"><br><blockquote type="cite">Am 01.06.2026 um 10:00 schrieb Support '
        f'&lt;support@shop.example&gt;:<br><br></blockquote></div><blockquote type="cite"><div dir="ltr">{OLD_HTML}</div></blockquote>'
    ),
    "outlook for ios": html_reply(
        f'<div dir="ltr">{NEW}</div><div id="ms-outlook-mobile-body-separator-line" dir="ltr"><br></div>'
        f'<div id="mail-editor-reference-message-container"><hr><div id="divRplyFwdMsg"><b>From:</b> Support<br><b>Sent:</b> Monday'
        f"</div>{OLD_HTML}</div>"
    ),
    "outlook, dutch, plain": plain_reply(
        f"Van: Support <support@shop.example>\nVerzonden: maandag 1 juni 2026 10:00\nAan: Ann\nOnderwerp: Uw bestelling\n\n{OLD}"
    ),
    "outlook, italian, ruled": plain_reply(
        f"________________________________\nDa: Support <support@shop.example>\nInviato: lunedì 1 giugno 2026 10:00\nA: Ann\n"
        f"Oggetto: Il suo ordine\n\n{OLD}"
    ),
    "outlook express": plain_reply(
        f"----- Original Message ----- \nFrom: \"Support\" <support@shop.example>\nTo: <ann@customer.example>\n"
        f"Sent: Monday, June 01, 2026 10:00 AM\nSubject: Your order\n\n{marked(OLD)}"
    ),
    "windows mail": html_reply(
        f"<p>{NEW}</p><p>Sent from Mail for Windows</p><div style='mso-element:para-border-div;border:none;border-top:solid #E1E1E1 1.0pt;"
        f"padding:3.0pt 0cm 0cm 0cm'><p><b>From: </b>Support<br><b>Sent: </b>Monday, June 1, 2026 10:00 AM<br><b>To: </b>Ann<br>"
        f"<b>Subject: </b>Your order</p></div>{OLD_HTML}"
    ),
    "k-9": plain_reply(f"Am 1. Juni 2026 10:00:00 MESZ schrieb Support <support@shop.example>:\n{marked(OLD)}"),
    "roundcube": plain_reply(f"Am 01.06.2026 10:00, schrieb Support:\n{marked(OLD)}"),
    "roundcube, html": html_reply(
        f'<p>{NEW}</p><p id="reply-intro">On 2026-06-01 10:00, Support wrote:</p><blockquote type="cite">{OLD_HTML}</blockquote>'
    ),
    "horde": plain_reply(f"Quoting Support <support@shop.example>:\n\n{marked(OLD)}"),
    "sogo": plain_reply(f"On Monday, June 1, 2026 10:00 CEST, Support <support@shop.example> wrote:\n \n{marked(OLD)}"),
    "kmail": plain_reply(f"Am Montag, 1. Juni 2026, 10:00:00 CEST schrieb Support:\n{marked(OLD)}"),
    "evolution": plain_reply(f"Am Montag, dem 01.06.2026 um 10:00 +0200 schrieb Support:\n{marked(OLD)}"),
    "mutt": plain_reply(f"On Mon, Jun 01, 2026 at 10:00:00AM +0200, Support wrote:\n{marked(OLD)}"),
    "pine": plain_reply(f"On Mon, 1 Jun 2026, Support wrote:\n\n{marked(OLD)}"),
    "notes": plain_reply(f"-----Support <support@shop.example> wrote: -----\nTo: ann@customer.example\nDate: 06/01/2026 10:00AM\nSubject: Your order\n\n{OLD}"),
    "fastmail": plain_reply(f"On Mon, 1 Jun 2026, at 10:00 AM, Support wrote:\n{marked(OLD)}"),
    "spark": html_reply(
        f'<div name="messageBodySection"><div dir="auto">{NEW}</div></div><div name="messageReplySection">On 1 Jun 2026, 10:00 +0200, '
        f'Support &lt;support@shop.example&gt;, wrote:<br><blockquote type="cite">{OLD_HTML}</blockquote></div>'
    ),
    "mail.ru": plain_reply(f"Понедельник, 1 июня 2026, 10:00 +03:00 от Support <support@shop.example>:\n{marked(OLD)}"),
    "qq": plain_reply(f"------------------ Original ------------------\nFrom: \"Support\" <support@shop.example>;\nDate: Mon, Jun 1, 2026 10:00 AM\n"
                      f"To: \"Ann\"<ann@customer.example>;\nSubject: Your order\n\n{OLD}"),
    "web.de": plain_reply(f"Gesendet: Montag, 01. Juni 2026 um 10:00 Uhr\nVon: Support <support@shop.example>\nAn: ann@customer.example\n"
                          f"Betreff: Ihre Bestellung\n\n{OLD}"),
    "zimbra": plain_reply(f"----- Original Message -----\nFrom: \"Support\" <support@shop.example>\nTo: \"Ann\" <ann@customer.example>\n"
                          f"Sent: Monday, June 1, 2026 10:00:00 AM\nSubject: Your order\n\n{OLD}"),
    "huawei": plain_reply(f"-------- Originalnachricht --------\nVon: Support <support@shop.example>\nDatum: Mo., 1. Juni 2026, 10:00\n"
                          f"An: ann@customer.example\nBetreff: Ihre Bestellung\n\n{OLD}"),
    "aol": plain_reply(f"-----Original Message-----\nFrom: Support <support@shop.example>\nTo: ann <ann@customer.example>\n"
                       f"Sent: Mon, Jun 1, 2026 10:00 am\nSubject: Your order\n\n{OLD}"),
    "tutanota": html_reply(f'<div>{NEW}<br></div><div><br></div><div>1. Juni 2026, 10:00 von support@shop.example:<br></div>'
                           f'<blockquote class="tutanota_quote">{OLD_HTML}</blockquote>'),
    "zoho": html_reply(f'<div>{NEW}</div><div class="zmail_extra_hr"></div><div class="zmail_extra"><div>---- On Mon, 01 Jun 2026 10:00:00 '
                       f'+0200 <b>Support</b> wrote ---</div><blockquote>{OLD_HTML}</blockquote></div>'),
}  # fmt: skip


@pytest.mark.parametrize("content", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_reply_of_each_further_program(content: bytes) -> None:
    """The new sentence is the text, the old message is quoted, and nothing of either is lost."""
    reply = read(content)
    assert " ".join(reply.text.split()).removesuffix(" Sent from Mail for Windows") == NEW
    assert "when did you order it" in reply.quoted
    assert "when did you order it" in reply.full_text
    assert NEW in " ".join(reply.full_text.split())


@pytest.mark.parametrize("content", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_an_answer_below_is_the_text_too(content: bytes) -> None:
    """A further sentence under a quotation is never lost: it is in the text, or stays with the whole."""
    reply = read(content.replace(NEW.encode(), b"").rstrip(b"\r\n") + b"\r\n")
    assert reply.text.strip()
    assert "when did you order it" in reply.full_text


def test_answers_between_the_lines_keep_the_questions() -> None:
    """Where answers stand among the quoted questions, both are the text."""
    body = "On Mon, 1 Jun 2026, Support wrote:\n> Which lamp is it?\nThe X200.\n> When did you order it?\nIn May.\n"
    reply = read(message("Subject: Re: x", PLAIN, body=body))
    for words in ("Which lamp", "X200", "When did", "In May"):
        assert words in reply.text


def test_history_of_several_letters_is_quoted_whole() -> None:
    """Below the first quotation everything is history, however many letters it holds and whatever their programs."""
    older = (
        f"From: Ann\nSent: Sunday, May 31, 2026 9:00 AM\nTo: Support\nSubject: Lamp\n\nMy lamp is broken, order ORD-1111.\n\n{marked(OLD)}"
    )
    reply = read(plain_reply(f"On Mon, Jun 1, 2026 at 10:00 AM Support <support@shop.example> wrote:\n\n{marked(OLD)}\n>\n{marked(older)}"))
    assert reply.text == NEW
    assert "ORD-1111" in reply.quoted


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone", "Von meinem iPhone gesendet", "Envoyé de mon iPhone", "Enviado desde mi iPhone", "Inviato da iPhone",
        "Verstuurd vanaf mijn iPhone", "Skickat från min iPhone", "Wysłane z iPhone'a", "Get Outlook for iOS", "Gesendet mit der GMX Mail App",
        "Gesendet von Outlook für Android", "Sent from Yahoo Mail on Android", "Von meinem Samsung Galaxy Smartphone gesendet.",
    ],
)  # fmt: skip
def test_lines_that_phones_add(line: str) -> None:
    """What a phone adds under a letter is its signature, above a quotation too; the person's words stay."""
    alone = read(message("Subject: x", PLAIN, body=f"{NEW}\n\n{line}\n"))
    assert (alone.text, alone.signature) == (NEW, line)
    reply = read(plain_reply(f"On Mon, 1 Jun 2026 at 10:00 Support <s@shop.example> wrote:\n{marked(OLD)}", f"{NEW}\n\n{line}"))
    assert reply.text == NEW


@pytest.mark.parametrize(
    "line", ["Sent from Berlin on Monday.", "Sent by the wrong carrier", "Von meinem Konto abgebucht", "Enviado a la dirección equivocada"]
)
def test_lines_that_only_sound_like_it(line: str) -> None:
    """A sentence that begins like a phone's signature is the person's own."""
    assert line in read(message("Subject: x", PLAIN, body=f"{NEW}\n\n{line}\n")).text


TRAVERSALS = [
    ("../../../etc/passwd", "passwd"), ("..%2f..%2fx.txt", "..%2f..%2fx.txt".strip(".")), ("/absolute/path.pdf", "path.pdf"),
    ("C:\\Windows\\system32\\x.dll", "x.dll"), ("\\\\server\\share\\x.doc", "x.doc"), ("file:///etc/passwd", "passwd"), ("a/b/../c.txt", "c.txt"),
    ("....//....//x", "x"), ("x\0.pdf.exe", "x.pdf.exe"), ("~/.ssh/id_rsa", "id_rsa"), ("~root", "~root"), ("$(reboot).txt", "$(reboot).txt"),
    ("-rf", "-rf"), ("con.pdf", "_con.pdf"), ("LPT1", "_LPT1"), ("aux .txt", "aux .txt"), ("console.txt", "console.txt"), ("x.txt.", "x.txt"),
    ("x.txt   ", "x.txt"), (" x.txt", "x.txt"), ("...", ""), ("/", ""), ("x:y.txt", "x_y.txt"), ("x.txt::$DATA", "x.txt__$DATA"),
    ("<script>.html", "_script_.html"), ("a|b?c*d\"e.txt", "a_b_c_d_e.txt"), ("tab\there.txt", "tab here.txt"), ("\u202egnp.exe", "gnp.exe"),
    ("a\u2028b.txt", "a b.txt"), ("x" * 119 + ".p", "x" * 119 + ".p" if len("x" * 119 + ".p") <= 120 else "x" * 109 + ".p"), ("🎁.png", "🎁.png"),
    ("e\u0301.txt", "e\u0301.txt"), ("x" * 115 + ".jpeg", "x" * 115 + ".jpeg"), ("x" * 116 + ".jpeg", "x" * 109 + ".jpeg"),
    ("no ending " * 30, ("no ending " * 30)[:120].strip()), ("x." + "y" * 200, "x." + "y" * 118),
]  # fmt: skip


def writable(given: str, form: str) -> bool:
    """Whether the name can be written between quotes as it is."""
    return form in {"extended", "word"} or (not set('"\\\0\u2028\t') & set(given) and given == given.strip())


WRITTEN = [(form, *pair) for form in ("quoted", "extended", "word", "name") for pair in TRAVERSALS if writable(pair[0], form)]


@rows(("form", "given", "expected"), WRITTEN)
def test_names_of_files_are_names_only(form: str, given: str, expected: str) -> None:
    """However a path, a device or a trick is written into a file name, a plain name comes out, whichever way it was encoded."""
    packed = b64encode(given.encode()).decode()
    field = {
        "quoted": f'Content-Disposition: attachment; filename="{given}"',
        "extended": f"Content-Disposition: attachment; filename*=utf-8''{quote(given, safe='')}",
        "word": f'Content-Disposition: attachment; filename="=?utf-8?b?{packed}?="',
        "name": f'Content-Disposition: attachment\r\nContent-Type: application/octet-stream; name="{given}"',
    }[form]
    found = read(f"From: a@b.example\r\n{field}\r\n\r\nx").attachments
    assert [one.filename for one in found] == [expected]
