"""Quoted history and signatures set apart, in many languages and programs; what people wrote is never lost."""

import pytest

from tests.parsing.mail import html, plain, read
from tests.rows import rows
from triage.parsing import quotes

WHO = "Support <support@shop.example>"

#: How programs announce what they quote, by language and program.
ATTRIBUTIONS = {
    "en gmail": f"On Mon, Jun 1, 2026 at 10:00 AM {WHO} wrote:",
    "en gmail wrapped": "On Mon, Jun 1, 2026 at 10:00 AM Customer Support Team\n<support@shop.example> wrote:",
    "en gmail wrapped in the address": "On Mon, Jun 1, 2026 at 10:00 AM Customer Support Team <\nsupport@shop.example> wrote:",
    "en thunderbird": "On 01/06/26 10:00, Support wrote:",
    "en apple": f"On 1 Jun 2026, at 10:00, {WHO} wrote:",
    "en zoho": "---- On Mon, 01 Jun 2026 10:00:00 +0200 support@shop.example wrote ----",
    "en yahoo": "On Monday, June 1, 2026 at 10:00:32 AM GMT+2, Support <support@shop.example> wrote:",
    "en proton": "On Monday, June 1st, 2026 at 10:00 AM, Support <support@shop.example> wrote:",
    "de gmail": f"Am Mo., 1. Juni 2026 um 10:00 Uhr schrieb {WHO}:",
    "de thunderbird": "Am 01.06.26 um 10:00 schrieb Support:",
    "de apple": f"Am 01.06.2026 um 10:00 schrieb {WHO}:",
    "fr gmail": f"Le lun. 1 juin 2026 à 10:00, {WHO} a écrit :",
    "fr wrapped": "Le lun. 1 juin 2026 à 10:00, Support <support@shop.example>\na écrit :",
    "es gmail": "El lun, 1 jun 2026 a las 10:00, Support (<support@shop.example>) escribió:",
    "pt gmail": f"Em seg., 1 de jun. de 2026 às 10:00, {WHO} escreveu:",
    "it gmail": f"Il giorno lun 1 giu 2026 alle ore 10:00 {WHO} ha scritto:",
    "nl gmail": f"Op ma 1 jun 2026 om 10:00 schreef {WHO}:",
    "da gmail": f"Den man. 1. jun. 2026 kl. 10.00 skrev {WHO}:",
    "no gmail": f"man. 1. juni 2026 kl. 10:00 skrev {WHO}:",
    "sv gmail": f"Den mån 1 juni 2026 kl 10:00 skrev {WHO}:",
    "fi gmail": f"ma 1. kesäk. 2026 klo 10.00 {WHO} kirjoitti:",
    "pl gmail": f"pon., 1 cze 2026 o 10:00 {WHO} napisał(a):",
    "cs gmail": f"po 1. 6. 2026 v 10:00 odesílatel {WHO} napsal:",
    "sk gmail": f"po 1. 6. 2026 o 10:00 {WHO} napísal(a):",
    "hu gmail": f"{WHO} ezt írta (időpont: 2026. jún. 1., H, 10:00):",
    "ro gmail": f"În lun., 1 iun. 2026 la 10:00, {WHO} a scris:",
    "tr gmail": f"{WHO}, 1 Haz 2026 Pzt, 10:00 tarihinde şunu yazdı:",
    "el gmail": f"Στις Δευ 1 Ιουν 2026 στις 10:00 π.μ., ο χρήστης {WHO} έγραψε:",
    "ru gmail": f"пн, 1 июн. 2026 г. в 10:00, {WHO}:",
    "ru mail": f"Понедельник, 1 июня 2026, 10:00 +03:00 от {WHO}:",
    "uk gmail": f"пн, 1 черв. 2026 р. о 10:00 {WHO} пише:",
    "zh gmail": f"{WHO} 于2026年6月1日周一 10:00写道:",
    "ja gmail": f"2026年6月1日(月) 10:00 {WHO}:",
    "ko gmail": f"2026년 6월 1일 (월) 오전 10:00, {WHO}님이 작성:",
    "he gmail": f"בתאריך יום ב׳, 1 ביוני 2026 ב-10:00 מאת {WHO}:",
    "no name of a month": "2026-06-01 10:00 GMT+02:00 Support <support@shop.example>:",
}

HEADERS = {
    "en outlook": f"From: {WHO}\nSent: Monday, June 1, 2026 10:00 AM\nTo: Ann <ann@customer.example>\nSubject: Re: Order",
    "en underscores": f"________________________________\nFrom: {WHO}\nSent: Monday, June 1, 2026 10:00 AM\nTo: Ann\nSubject: Re: Order",
    "en stars": f"*From:* {WHO}\n*Sent:* Monday, June 1, 2026 10:00 AM\n*To:* Ann\n*Subject:* Re: Order",
    "en original message": f"-----Original Message-----\nFrom: {WHO}\nSent: Monday, June 1, 2026 10:00 AM\nTo: Ann\nSubject: Re: Order",
    "de outlook": "Von: Support\nGesendet: Montag, 1. Juni 2026 10:00\nAn: Ann\nBetreff: AW: Bestellung",
    "de original message": "-----Ursprüngliche Nachricht-----\nVon: Support\nGesendet: Montag, 1. Juni 2026 10:00",
    "fr outlook": f"De : {WHO}\nEnvoyé : lundi 1 juin 2026 10:00\nÀ : Ann\nObjet : RE: Commande",
    "es outlook": f"De: {WHO}\nEnviado el: lunes, 1 de junio de 2026 10:00\nPara: Ann\nAsunto: RE: Pedido",
    "it outlook": f"Da: {WHO}\nInviato: lunedì 1 giugno 2026 10:00\nA: Ann\nOggetto: R: Ordine",
    "nl outlook": f"Van: {WHO}\nVerzonden: maandag 1 juni 2026 10:00\nAan: Ann\nOnderwerp: RE: Bestelling",
    "pl outlook": f"Od: {WHO}\nWysłano: poniedziałek, 1 czerwca 2026 10:00\nDo: Ann\nTemat: RE: Zamówienie",
    "da outlook": f"Fra: {WHO}\nSendt: 1. juni 2026 10:00\nTil: Ann\nEmne: SV: Ordre",
    "ru outlook": f"От: {WHO}\nОтправлено: 1 июня 2026 г. 10:00\nКому: Ann\nТема: RE: Заказ",
    "zh outlook": f"发件人: {WHO}\n发送时间: 2026年6月1日 10:00\n收件人: Ann\n主题: 回复: 订单",
    "no subject": "От: Support\nОтправлено: четверг, 26 июня 2026 г. 15:05\nКому: Ann",
}


@rows("attribution", ATTRIBUTIONS.values())
@rows("below", ["> Hello Ann,\n> please try again.\n>", "Hello Ann,\nplease try again."])
def test_text_above_an_attribution_is_the_reply(attribution: str, below: str) -> None:
    """The answer above "On … wrote:" is the text, in each language, with and without marks before the quoted lines."""
    split = quotes.split(f"It still does not work.\nPlease help.\n\n{attribution}\n\n{below}\n")
    assert split.own == "It still does not work.\nPlease help."
    assert "please try again." in split.quoted


@pytest.mark.parametrize("attribution", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS.keys())
def test_attribution_needs_no_empty_line_before_it(attribution: str) -> None:
    """An attribution straight below the answer takes nothing of the answer with it."""
    assert quotes.split(f"It still does not work.\n{attribution}\n> Hello Ann,\n").own == "It still does not work."


@pytest.mark.parametrize("block", HEADERS.values(), ids=HEADERS.keys())
def test_text_above_a_header_block_is_the_reply(block: str) -> None:
    """The answer above the header of the old message is the text."""
    split = quotes.split(f"Please cancel the order.\n\n{block}\n\nHello Ann,\nwhat can we do?\n")
    assert split.own == "Please cancel the order."
    assert split.quoted


@pytest.mark.parametrize(
    "text",
    [
        "On Monday I wrote: please send me a new invoice.\nOn Tuesday nothing happened.",
        "On 3 June I wrote to you:\nplease send me the invoice.",
        "New contact form\n\nFrom: Berlin\nTo: Hamburg\nDate: 3 June\nWeight: 20 kg\n\nPlease quote.",
        "I need:\n\n- 3 lamps\n- 2 cables\n- one invoice\n\nThanks",
        "The order came on 1.6.2026 at 10:00 and the lamp was broken:\nthe glass is in pieces.",
        "I can be reached at ann@customer.example:\nplease write.",
        "Details:\n----\n\n1. The lamp is broken.\n\n----\n\nThe rules above are mine.",
        "The notification was sent from my iPhone app to all users.",
        "With regards to the payment I have a question.",
        "The lamp is broken\n--\nOrder 12345678",
        "Hello\n\nSent from the warehouse on Monday, it never came.\n\nOrder 12345",
        "Hello\n\nVon meinem Konto wurde zweimal abgebucht.\n\nBestellung 12345",
        "Hallo\n\nVerzonden met DHL, niet aangekomen.",
        "안녕하세요\n\n나의 주문이 오지 않았습니다.",
        "Hello\n\nRegards,\nAnn\nOrder 12345678",
        "Please see below\n\n---------- Forwarded message ---------\nFrom: Bob <bob@x.example>\nDate: Mon, Jun 1, 2026 at "
        "9:00 AM\nSubject: defective\nTo: Ann\n\nThe pump leaks.",
        "Begin forwarded message:\n\n> From: Bob <bob@x.example>\n> Subject: defective\n> Date: Mon, Jun 1, 2026\n>\n> The pump leaks.",
        "> Which model?\n\nX200\n\n> And the serial number?\n\n12345",
        "Hi,\nOn Mon, 1 Jun 2026, Support wrote:\n> Which model?\n\nThe X200.\n\n> And the colour?\nBlue.",
        "> Is the lamp that you have received from us broken in any way you can see?\nyes\n\n> And which one was it of the "
        "two that you ordered from us in May?\nthe big one",
        "> all quoted\n> and nothing else",
        "On Mon, Jun 1, 2026 Support <support@shop.example> wrote:\n> all quoted",
        "a" * 600,
        "",
    ],
)
def test_everything_is_kept_where_it_is_the_person_s(text: str) -> None:
    """Sentences that look like announcements, forms, forwards and answers among questions stay whole."""
    message = read(plain(text))
    assert message.text == text.strip()
    assert message.full_text == text


def test_answer_below_the_quotation() -> None:
    """An answer below the quotation is the text."""
    split = quotes.split("On Mon, Jun 1, 2026 at 10:00 AM Support <support@shop.example> wrote:\n> Which model?\n\nIt is the X200.\n")
    assert split.own == "It is the X200."
    assert "> Which model?" in split.quoted


def test_marked_header_block() -> None:
    """A header block that is itself marked as quoted opens the quotation."""
    block = f"> Subject: Order\n> From: {WHO}\n> To: ann@customer.example\n> Date: Mon, 1 Jun 2026 10:00:00 +0200\n>\n> Hello"
    assert quotes.split(f"Please cancel the order.\n\n{block}\n").own == "Please cancel the order."


def test_tail_of_a_wrapped_quoted_line_is_no_answer() -> None:
    """The unmarked end of a long quoted line belongs to the quotation."""
    quoted = "> This is a long line of the old message that the program has wrapped at some\ncolumn of its own.\n> And the next line."
    assert quotes.split(f"Thanks\n\nOn Mon, Jun 1, 2026 at 10:00 AM {WHO} wrote:\n{quoted}\n").own == "Thanks"


@pytest.mark.parametrize(
    ("text", "own", "signature"),
    [
        ("The lamp is broken.\n\n-- \nAnn Smith\nACME Ltd", "The lamp is broken.", "-- \nAnn Smith\nACME Ltd"),
        ("The lamp is broken.\n--\nAnn", "The lamp is broken.", "--\nAnn"),
        ("Ok!\n\nSent from my iPhone", "Ok!", "Sent from my iPhone"),
        ("Ok!\n\nVon meinem iPhone gesendet", "Ok!", "Von meinem iPhone gesendet"),
        ("Ok!\n\n나의 iPhone에서 보냄", "Ok!", "나의 iPhone에서 보냄"),
        ("Ok!\n\nSent with Proton Mail secure email.", "Ok!", "Sent with Proton Mail secure email."),
        ("Ok!\n\nEnvoyé de mon iPhone", "Ok!", "Envoyé de mon iPhone"),
        ("Ok!\n\nGet Outlook for Android<https://aka.ms/x>", "Ok!", "Get Outlook for Android<https://aka.ms/x>"),
        ("Please ship.\n\nKind regards,\nAnn Smith\nT +44 20 7946 0000", "Please ship.", "Kind regards,\nAnn Smith\nT +44 20 7946 0000"),
        ("Bitte senden.\n\nMit freundlichen Grüßen\nJörg", "Bitte senden.", "Mit freundlichen Grüßen\nJörg"),
        ("Merci.\n\nCordialement,\nJean", "Merci.", "Cordialement,\nJean"),
        ("Text\n\n________________\nAnn\nSales", "Text", "________________\nAnn\nSales"),
        ("-- \nAnn", "-- \nAnn", ""),
        ("One\n\n-----\nThis is a whole sentence that goes on.\nAnd one more after it, with words.", None, ""),
    ],
)
def test_signature_is_set_apart(text: str, own: str | None, signature: str) -> None:
    """What a mark, a mobile program or a closing sets apart is the signature; a rule between paragraphs is not."""
    split = quotes.split(text)
    assert (split.own, split.signature) == (text if own is None else own, signature)


QUOTED = "<p>Hello Ann, please try again.</p>"
HTML_REPLIES = {
    "gmail": f'<div dir="ltr">Thanks!</div><br><div class="gmail_quote gmail_quote_container"><div class="gmail_attr">On Mon, '
    f'Jun 1, 2026 Support wrote:<br></div><blockquote class="gmail_quote">{QUOTED}</blockquote></div>',
    "outlook web": f'<div>Thanks!</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> Support</div><div>'
    f"{QUOTED}</div>",
    "outlook forwarded through another": f'<div>Thanks!</div><div id="x_divRplyFwdMsg"><b>From:</b> Support</div><div>{QUOTED}</div>',
    "outlook 2013": f'<p>Thanks!</p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in"><p>'
    f"<b>From:</b> Support</p></div></div>{QUOTED}",
    "outlook 2003": f'<p>Thanks!</p><div><hr size=3 width="100%" align=center tabindex=-1><b>From:</b> Support</div>{QUOTED}',
    "outlook for mac": f'<div>Thanks!</div><span id="OLK_SRC_BODY_SECTION">{QUOTED}</span>',
    "outlook mobile": f'<div>Thanks!</div><div id="mail-editor-reference-message-container">{QUOTED}</div>',
    "thunderbird": f'Thanks!<br><div class="moz-cite-prefix">On 01.06.26 Support wrote:</div><blockquote type="cite" '
    f'cite="mid:1">{QUOTED}</blockquote>',
    "apple": f'<div>Thanks!</div><br><blockquote type="cite"><div>On 1 Jun 2026, at 10:00, Support wrote:</div>{QUOTED}</blockquote>',
    "yahoo": f'<div>Thanks!</div><div id="yahoo_quoted_123" class="yahoo_quoted">{QUOTED}</div>',
    "proton": f'<div>Thanks!</div><div class="protonmail_quote">On Monday Support wrote:<blockquote type="cite">'
    f"{QUOTED}</blockquote></div>",
    "zimbra": f'<div>Thanks!</div><hr data-marker="__DIVIDER__"><div><b>From:</b> Support</div>{QUOTED}',
    "zoho": f'<div>Thanks!</div><div class="zmail_extra">{QUOTED}</div>',
    "text only": "<div>Thanks!</div><div>On Mon, Jun 1, 2026 at 10:00 AM Support &lt;support@shop.example&gt; wrote:</div>"
    "<div>Hello Ann, please try again.</div>",
}


@pytest.mark.parametrize("source", HTML_REPLIES.values(), ids=HTML_REPLIES.keys())
def test_html_reply(source: str) -> None:
    """What a mail program's HTML marks as the old message is set apart, and stays in the full text."""
    message = read(html(f"<html><body>{source}</body></html>"))
    assert message.text == "Thanks!"
    assert "please try again" in message.quoted
    assert "please try again" in message.full_text
    assert "\ue000" not in message.full_text


def test_html_forward_is_the_text() -> None:
    """A forwarded message in Gmail's markup is what the person wants read."""
    source = (
        '<div>See below</div><div class="gmail_quote"><div>---------- Forwarded message ---------<br>From: Bob</div><p>'
        "The pump leaks.</p></div>"
    )
    assert "The pump leaks." in read(html(source)).text


def test_html_answer_below_and_all_quoted() -> None:
    """An answer below the quoted element is the text; where all is quoted, all is the text."""
    assert read(html('<blockquote type="cite"><p>Which model?</p></blockquote><p>The X200.</p>')).text == "The X200."
    assert read(html('<blockquote type="cite"><p>Which model?</p></blockquote>')).text == "Which model?"


def test_nothing_but_an_attribution_above_the_quotation() -> None:
    """Where only "On … wrote:" stands outside the quoted element it stays, rather than nothing."""
    source = (
        '<div>On Mon, Jun 1, 2026 at 10:00 AM Support &lt;s@shop.example&gt; wrote:</div><blockquote type="cite"><p>'
        "Which model?</p></blockquote>"
    )
    assert "Support" in read(html(source)).text
