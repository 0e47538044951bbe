"""Replies as programs of the world write them: what the person wrote is told from what they quote and sign with."""

from tests.parsing.mail import html, plain, read
from tests.rows import rows

OWN = "It has not arrived yet.\n\nCan you look again?"
OLD = "Dear customer,\nyour parcel was sent on Monday.\nRegards, Support"
MARKED = "\n".join(f"> {line}" for line in OLD.split("\n"))

#: Lines that programs put above the history, each as its program writes it in that language.
ATTRIBUTIONS = (
    ("Gmail, English", "On Mon, Jun 1, 2026 at 9:30 AM Shop Support <support@shop.example> wrote:\n\n"),
    ("Gmail, British", "On Mon, 1 Jun 2026 at 09:30, Shop Support <support@shop.example> wrote:\n\n"),
    ("Gmail, German", "Am Mo., 1. Juni 2026 um 09:30 Uhr schrieb Shop Support <\nsupport@shop.example>:\n\n"),
    ("Gmail, French", "Le lun. 1 juin 2026 à 09:30, Shop Support <support@shop.example> a écrit :\n\n"),
    ("Gmail, Spanish", "El lun, 1 jun 2026 a las 9:30, Shop Support (<support@shop.example>) escribió:\n\n"),
    ("Gmail, Italian", "Il giorno lun 1 giu 2026 alle ore 09:30 Shop Support <support@shop.example>\nha scritto:\n\n"),
    ("Gmail, Portuguese", "Shop Support <support@shop.example> escreveu (segunda, 1/06/2026 à(s) 09:30):\n\n"),
    ("Gmail, Brazilian", "Em seg., 1 de jun. de 2026 às 09:30, Shop Support <support@shop.example> escreveu:\n\n"),
    ("Gmail, Dutch", "Op ma 1 jun 2026 om 09:30 schreef Shop Support <support@shop.example>:\n\n"),
    ("Gmail, Polish", "pon., 1 cze 2026 o 09:30 Shop Support <support@shop.example> napisał(a):\n\n"),
    ("Gmail, Russian", "пн, 1 июн. 2026 г. в 09:30, Shop Support <support@shop.example>:\n\n"),
    ("Gmail, Ukrainian", "пн, 1 черв. 2026 р. о 09:30 Shop Support <support@shop.example> пише:\n\n"),
    ("Gmail, Swedish", "Den mån 1 juni 2026 kl 09:30 skrev Shop Support <support@shop.example>:\n\n"),
    ("Gmail, Danish", "Den man. 1. jun. 2026 kl. 09.30 skrev Shop Support <support@shop.example>:\n\n"),
    ("Gmail, Norwegian", "man. 1. juni 2026 kl. 09:30 skrev Shop Support <support@shop.example>:\n\n"),
    ("Gmail, Finnish", "ma 1. kesäk. 2026 klo 9.30 Shop Support (support@shop.example) kirjoitti:\n\n"),
    ("Gmail, Czech", "po 1. 6. 2026 v 9:30 odesílatel Shop Support <support@shop.example> napsal:\n\n"),
    ("Gmail, Slovak", "po 1. 6. 2026 o 9:30 Shop Support <support@shop.example> napísal(a):\n\n"),
    ("Gmail, Hungarian", "Shop Support <support@shop.example> ezt írta (időpont: 2026. jún. 1., H, 9:30):\n\n"),
    ("Gmail, Romanian", "În lun., 1 iun. 2026 la 09:30, Shop Support <support@shop.example> a scris:\n\n"),
    ("Gmail, Turkish", "Shop Support <support@shop.example>, 1 Haz 2026 Pzt, 09:30 tarihinde şunu yazdı:\n\n"),
    ("Gmail, Greek", "Στις Δευ 1 Ιουν 2026 στις 9:30 π.μ., ο χρήστης Shop Support <support@shop.example> έγραψε:\n\n"),
    ("Gmail, Bulgarian", "На пн, 1.06.2026 г. в 9:30 Shop Support <support@shop.example> написа:\n\n"),
    ("Gmail, Croatian", "pon, 1. lip 2026. u 09:30 Shop Support <support@shop.example> napisao je:\n\n"),
    ("Gmail, Japanese", "2026年6月1日(月) 9:30 Shop Support <support@shop.example>:\n\n"),
    ("Gmail, Korean", "2026년 6월 1일 (월) 오전 9:30, Shop Support <support@shop.example>님이 작성:\n\n"),
    ("Gmail, Chinese", "Shop Support <support@shop.example> 于2026年6月1日周一 09:30写道：\n\n"),
    ("Gmail, Hebrew", "\u202bבתאריך יום ב׳, 1 ביוני 2026 ב-9:30 מאת \u202aShop Support\u202c <\u202asupport@shop.example\u202c>:\u202c\n\n"),
    ("Gmail, Arabic", "في الاثنين، 1 يونيو 2026 في 9:30 ص تمت كتابة ما يلي بواسطة Shop Support <support@shop.example>:\n\n"),
    ("Gmail, Vietnamese", "Vào Th 2, 1 thg 6, 2026 vào lúc 09:30 Shop Support <support@shop.example> đã viết:\n\n"),
    ("Gmail, Catalan", "Missatge de Shop Support <support@shop.example> del dia dl., 1 de juny 2026 a les 9:30:\n\n"),
    ("Apple Mail, English", "On Jun 1, 2026, at 9:30 AM, Shop Support <support@shop.example> wrote:\n"),
    ("Apple Mail, German", "Am 01.06.2026 um 09:30 schrieb Shop Support <support@shop.example>:\n"),
    ("Apple Mail, French", "Le 1 juin 2026 à 09:30, Shop Support <support@shop.example> a écrit :\n"),
    ("Apple Mail, Dutch", "Op 1 jun. 2026, om 09:30 heeft Shop Support <support@shop.example> het volgende geschreven:\n"),
    ("Apple Mail, Italian", "Il giorno 1 giu 2026, alle ore 09:30, Shop Support <support@shop.example> ha scritto:\n"),
    ("Apple Mail, Spanish", "El 1 jun 2026, a las 9:30, Shop Support <support@shop.example> escribió:\n"),
    ("Apple Mail, Swedish", "1 juni 2026 kl. 09:30 skrev Shop Support <support@shop.example>:\n"),
    ("Apple Mail, Polish", "Wiadomość napisana przez Shop Support <support@shop.example> w dniu 1 cze 2026, o godz. 09:30:\n"),
    ("Apple Mail, Russian", "1 июня 2026 г., в 9:30, Shop Support <support@shop.example> написал(а):\n"),
    ("Thunderbird, English", "On 6/1/2026 9:30 AM, Shop Support wrote:\n"),
    ("Thunderbird, German", "Am 01.06.26 um 09:30 schrieb Shop Support:\n"),
    ("Thunderbird, French", "Le 01/06/2026 à 09:30, Shop Support a écrit :\n"),
    ("Thunderbird, Polish", "W dniu 1.06.2026 o 09:30, Shop Support pisze:\n"),
    ("Thunderbird, Russian", "01.06.2026 9:30, Shop Support пишет:\n"),
    ("Thunderbird, Portuguese", "Em 01/06/2026 09:30, Shop Support escreveu:\n"),
    ("Proton, English", "On Monday, June 1st, 2026 at 9:30 AM, Shop Support <support@shop.example> wrote:\n\n"),
    ("Proton, German", "Am Montag, 1. Juni 2026 um 09:30 schrieb Shop Support <support@shop.example>:\n\n"),
    ("Proton, older", "------- Original Message -------\nOn Monday, June 1st, 2026 at 9:30 AM, Shop Support <support@shop.example> wrote:\n\n"),
    ("Fastmail", "On Mon, Jun 1, 2026, at 9:30 AM, Shop Support wrote:\n"),
    ("Yahoo, English", "    On Monday, June 1, 2026 at 09:30:00 AM GMT+2, Shop Support <support@shop.example> wrote:  \n \n "),
    ("Yahoo, French", "    Le lundi 1 juin 2026 à 09:30:00 UTC+2, Shop Support <support@shop.example> a écrit :  \n \n "),
    ("Horde", "Quoting Shop Support <support@shop.example>:\n\n"),
    ("mutt", "On Mon, Jun 01, 2026 at 09:30:00AM +0200, Shop Support wrote:\n"),
    ("Gnus", 'Shop Support <support@shop.example> writes:\n\n'),
    ("KMail", "On Monday, 1 June 2026 09:30:00 CEST Shop Support wrote:\n"),
    ("mail.ru", "Понедельник, 1 июня 2026, 9:30 +03:00 от Shop Support <support@shop.example>:\n \n"),
    ("GMX", "Gesendet: Montag, 01. Juni 2026 um 09:30 Uhr\nVon: \"Shop Support\" <support@shop.example>\nAn: ann@customer.example\nBetreff: Re: Order\n\n"),
    ("Web.de, plain", "-----Ursprüngliche Nachricht-----\nVon: \"Shop Support\" <support@shop.example>\nGesendet: 01.06.2026 09:30\nAn: ann@customer.example\nBetreff: Re: Order\n\n"),
    ("T-Online", "-----Original-Nachricht-----\nBetreff: Re: Order\nDatum: 2026-06-01T09:30:00+0200\nVon: \"Shop Support\" <support@shop.example>\nAn: \"ann@customer.example\" <ann@customer.example>\n\n"),
    ("Samsung, English", "-------- Original message --------\nFrom: Shop Support <support@shop.example>\nDate: 01/06/2026 09:30 (GMT+01:00)\nTo: ann@customer.example\nSubject: Re: Order\n\n"),
    ("Samsung, German", "-------- Ursprüngliche Nachricht --------\nVon: Shop Support <support@shop.example>\nDatum: 01.06.26 09:30 (GMT+01:00)\nAn: ann@customer.example\nBetreff: Re: Order\n\n"),
    ("Samsung, Spanish", "-------- Mensaje original --------\nDe: Shop Support <support@shop.example>\nFecha: 1/6/26 9:30 (GMT+01:00)\nPara: ann@customer.example\nAsunto: Re: Order\n\n"),
    ("AOL", "-----Original Message-----\nFrom: Shop Support <support@shop.example>\nTo: ann@customer.example\nSent: Mon, Jun 1, 2026 9:30 am\nSubject: Re: Order\n\n"),
    ("Outlook 2003", "  _____  \n\nFrom: Shop Support [mailto:support@shop.example] \nSent: Monday, June 01, 2026 9:30 AM\nTo: ann@customer.example\nSubject: Re: Order\n\n"),
    ("Outlook, English", "From: Shop Support <support@shop.example>\nSent: Monday, June 1, 2026 9:30 AM\nTo: Ann Smith <ann@customer.example>\nSubject: Re: Order\n\n"),
    ("Outlook on the web, French", "________________________________\nDe : Shop Support <support@shop.example>\nEnvoyé : lundi 1 juin 2026 09:30\nÀ : Ann Smith <ann@customer.example>\nObjet : Re: Order\n\n"),
    ("Outlook, Dutch", "Van: Shop Support <support@shop.example>\nVerzonden: maandag 1 juni 2026 09:30\nAan: Ann Smith\nOnderwerp: Re: Order\n\n"),
    ("Outlook, Italian", "Da: Shop Support <support@shop.example>\nInviato: lunedì 1 giugno 2026 09:30\nA: Ann Smith\nOggetto: Re: Order\n\n"),
    ("Outlook, Portuguese", "De: Shop Support <support@shop.example>\nEnviado: segunda-feira, 1 de junho de 2026 09:30\nPara: Ann Smith\nAssunto: Re: Order\n\n"),
    ("Outlook, Polish", "Od: Shop Support <support@shop.example>\nWysłano: poniedziałek, 1 czerwca 2026 09:30\nDo: Ann Smith\nTemat: Re: Order\n\n"),
    ("Outlook, Czech", "Od: Shop Support <support@shop.example>\nOdesláno: pondělí 1. června 2026 9:30\nKomu: Ann Smith\nPředmět: Re: Order\n\n"),
    ("Outlook, Turkish", "Kimden: Shop Support <support@shop.example>\nGönderildi: 1 Haziran 2026 Pazartesi 09:30\nKime: Ann Smith\nKonu: Re: Order\n\n"),
    ("Outlook, Japanese", "差出人: Shop Support <support@shop.example>\n送信日時: 2026年6月1日 9:30\n宛先: Ann Smith\n件名: Re: Order\n\n"),
    ("Outlook, Chinese", "发件人: Shop Support <support@shop.example>\n发送时间: 2026年6月1日 9:30\n收件人: Ann Smith\n主题: Re: Order\n\n"),
    ("Outlook, Swedish", "Från: Shop Support <support@shop.example>\nSkickat: den 1 juni 2026 09:30\nTill: Ann Smith\nÄmne: Re: Order\n\n"),
    ("Outlook, Danish", "Fra: Shop Support <support@shop.example>\nSendt: 1. juni 2026 09:30\nTil: Ann Smith\nEmne: Re: Order\n\n"),
    ("Outlook, Finnish", "Lähettäjä: Shop Support <support@shop.example>\nLähetetty: maanantai 1. kesäkuuta 2026 9.30\nVastaanottaja: Ann Smith\nAihe: Re: Order\n\n"),
    ("Outlook, Hungarian", "Feladó: Shop Support <support@shop.example>\nElküldve: 2026. június 1., hétfő 9:30\nCímzett: Ann Smith\nTárgy: Re: Order\n\n"),
    ("Outlook, Greek", "Από: Shop Support <support@shop.example>\nΣτάλθηκε: Δευτέρα, 1 Ιουνίου 2026 9:30 πμ\nΠρος: Ann Smith\nΘέμα: Re: Order\n\n"),
    ("Outlook, Russian", "От: Shop Support <support@shop.example>\nОтправлено: 1 июня 2026 г. 9:30\nКому: Ann Smith\nТема: Re: Order\n\n"),
    ("Outlook, Korean", "보낸 사람: Shop Support <support@shop.example>\n보낸 날짜: 2026년 6월 1일 월요일 오전 9:30\n받는 사람: Ann Smith\n제목: Re: Order\n\n"),
    ("QQ", "------------------ 原始邮件 ------------------\n发件人: \"support\" <support@shop.example>;\n发送时间: 2026年6月1日(星期一) 上午9:30\n收件人: \"Ann\"<ann@customer.example>;\n主题: Re: Order\n\n"),
    ("NetEase", "At 2026-06-01 09:30:00, \"Shop Support\" <support@shop.example> wrote:\n"),
    ("NetEase, Chinese", "在 2026-06-01 09:30:00，\"Shop Support\" <support@shop.example> 写道：\n"),
    ("Zimbra", "----- Original Message -----\nFrom: \"Shop Support\" <support@shop.example>\nTo: \"Ann Smith\" <ann@customer.example>\nSent: Monday, June 1, 2026 9:30:00 AM\nSubject: Re: Order\n\n"),
    ("Zimbra, French", "----- Mail original -----\nDe: \"Shop Support\" <support@shop.example>\nÀ: \"Ann Smith\" <ann@customer.example>\nEnvoyé: Lundi 1 Juin 2026 09:30:00\nObjet: Re: Order\n\n"),
    ("Lotus Notes", "Shop Support <support@shop.example> wrote on 01/06/2026 09:30:00:\n\n"),
    ("Lotus Notes, German", "Von:    Shop Support <support@shop.example>\nAn:     ann@customer.example\nDatum:  01.06.2026 09:30\nBetreff:        Re: Order\n\n"),
    ("Windows Mail", "From: Shop Support\nSent: Monday, June 1, 2026 9:30 AM\nTo: Ann Smith\nSubject: Re: Order\n\n"),
    ("BlackBerry", "From: Shop Support\nSent: Monday, June 1, 2026 09:30\nTo: ann@customer.example\nSubject: Re: Order\n\n"),
    ("Orange, French", "> Message du 01/06/26 09:30\n> De : \"Shop Support\" <support@shop.example>\n> A : ann@customer.example\n> Copie à :\n> Objet : Re: Order\n>\n"),
    ("Libero, Italian", "----Messaggio originale----\nDa: support@shop.example\nData: 01/06/2026 9.30\nA: <ann@customer.example>\nOgg: Re: Order\n\n"),
    ("Onet, Polish", "W dniu 2026-06-01 09:30:00 użytkownik Shop Support <support@shop.example> napisał:\n"),
    ("WP, Polish", "Dnia 1 czerwca 2026 09:30 Shop Support <support@shop.example> napisał(a):\n"),
    ("Seznam, Czech", "---------- Původní e-mail ----------\nOd: Shop Support <support@shop.example>\nKomu: ann@customer.example\nDatum: 1. 6. 2026 9:30:00\nPředmět: Re: Order\n\n"),
    ("Seznam, quoted", "---------- Původní zpráva ----------\nOd: Shop Support <support@shop.example>\nKomu: ann@customer.example\nDatum: 1. 6. 2026 9:30:00\nPředmět: Re: Order\n\n"),
    ("freemail.hu", "Shop Support <support@shop.example> írta (2026. június 1., hétfő):\n\n"),
    ("UKR.NET", "1 червня 2026, 09:30:00, від \"Shop Support\" <support@shop.example>:\n\n"),
    ("Yandex", "01.06.2026, 09:30, \"Shop Support\" <support@shop.example>:\n\n"),
    ("Spark", "On 1 Jun 2026, 9:30 AM +0200, Shop Support <support@shop.example>, wrote:\n"),
    ("Edison", "On Mon, Jun 1, 2026 at 9:30 AM Shop Support <\">support@shop.example> wrote:\n\n"),
    ("Zoho", "---- On Mon, 01 Jun 2026 09:30:00 +0200 Shop Support <support@shop.example> wrote ---\n\n"),
    ("eM Client", "------ Original Message ------\nFrom \"Shop Support\" <support@shop.example>\nTo ann@customer.example\nDate 01/06/2026 09:30:00\nSubject Re: Order\n\n"),
    ("The Bat!", "Monday, June 1, 2026, 9:30:00 AM, you wrote:\n\n"),
    ("Tutanota", "1 Jun 2026, 09:30 by support@shop.example:\n\n"),
    ("Mailbird", "On 01/06/2026 09:30:00, Shop Support <support@shop.example> wrote:\n"),
)  # fmt: skip


@rows(("name", "attribution"), ATTRIBUTIONS)
def test_the_history_below_each_programs_line_is_quoted(name: str, attribution: str) -> None:
    """Above the line stands what the person wrote, below it the history, marked or not as the program does it."""
    lines = attribution.strip().split("\n")
    marked = len(lines) < 3 or lines[-1].startswith(">")
    message = read(plain(f"{OWN}\n\n{attribution}{MARKED if marked else OLD}\n"))
    assert message.text == OWN, message.text
    assert "Monday" in message.quoted or "Monday" in attribution


#: (name, what stands below the person's words, what is the signature)
SIGNATURES = (
    ("dashes", "-- \nAnn Smith\nExample Ltd"),
    ("dashes without their blank", "--\nAnn Smith"),
    ("underscores", "_____________________\nAnn Smith\nHead of Garden\n+44 20 7946 0958"),
    ("closing and name", "Kind regards,\nAnn Smith"),
    ("German", "Mit freundlichen Grüßen\n\nAnn Schmidt\nHauptstraße 1\n10115 Berlin"),
    ("French", "Cordialement,\nAnne Dupont"),
    ("Spanish", "Un saludo,\nAna"),
    ("Italian", "Cordiali saluti\nAnna Rossi"),
    ("Dutch", "Met vriendelijke groet,\n\nAnna de Vries"),
    ("Polish", "Z poważaniem\nAnna Kowalska"),
    ("Swedish", "Med vänliga hälsningar\nAnna"),
    ("Danish", "Med venlig hilsen\nAnna"),
    ("Finnish", "Ystävällisin terveisin,\nAnna"),
    ("Czech", "S pozdravem\nAnna Nováková"),
    ("Turkish", "Saygılarımla,\nAyşe Yılmaz"),
    ("Russian", "С уважением,\nАнна"),
    ("iPhone", "Sent from my iPhone"),
    ("iPhone, German", "Von meinem iPhone gesendet"),
    ("iPhone, French", "Envoyé de mon iPhone"),
    ("iPhone, Spanish", "Enviado desde mi iPhone"),
    ("iPad, Dutch", "Verstuurd vanaf mijn iPad"),
    ("iPhone, Italian", "Inviato da iPhone"),
    ("Samsung", "Sent from my Samsung Galaxy smartphone."),
    ("Samsung, German", "Von meinem Samsung Galaxy Smartphone gesendet."),
    ("Outlook for Android", "Get Outlook for Android<https://aka.ms/x>"),
    ("Outlook for iOS, German", "Outlook für iOS beziehen"),
    ("Yahoo for iPhone", "Sent from Yahoo Mail for iPhone"),
    ("Windows", "Sent from Mail for Windows"),
    ("Proton", "Sent with Proton Mail secure email."),
    ("name and how to reach it", "Ann Smith\nann@customer.example\n(555) 346-9947\nwww.customer.example"),
    ("name and program", "Ann Smith\nvia mobile"),
    ("name, firm and links", "Ann M. Smith\nExample Ltd\nhttps://example.com/ann"),
)  # fmt: skip


@rows(("name", "signature"), SIGNATURES)
def test_the_signature_is_set_apart(name: str, signature: str) -> None:
    """What people and programs sign with is no part of the text, above a history or without one."""
    history = f"\n\nOn 6/1/2026 9:30 AM, Shop Support wrote:\n{MARKED}\n"
    for below in ("", history):
        message = read(plain(f"{OWN}\n\n{signature}\n{below}"))
        assert (message.text, message.signature) == (OWN, signature)


#: Letters that end in what is no signature.
LETTERS = (
    "Please send it to\n\nAnn Smith\nMain Street 1\nSpringfield",
    "The numbers are\n\nOrder 12345\nOrder 12346",
    "Hello,\n\nI ordered two lamps\nand got one.",
    "My order:\n\nLamp Model 7\nORD789456",
    "Hello\n\nAnn",
    "What I wrote on Monday:\n- it is late\n- it is broken\n\nI want my money back.",
    "On Monday, 1 June 2026 I wrote to you: no answer.\n\nPlease help.",
    "He said that you wrote:\nwe will refund it.\n\nWhere is it?",
    "From: the shop\nI got no lamp.",
    "Sent with DHL on Monday.\n\nWhere is it?",
    "Date: Monday\nPlace: Berlin\nThe courier came at 12:30 and left.",
    "I need:\n\n> 100 pieces\n\nby Friday.",
    "The box says -- fragile --\n\nand it was broken",
    "Thanks, but it is still broken.\n\nPlease call me:\n555 346 9947",
)  # fmt: skip


@rows("letter", LETTERS)
def test_a_letter_without_history_is_kept_whole(letter: str) -> None:
    """Addresses, lists, numbers and reported speech are what the person wrote."""
    message = read(plain(letter))
    assert (message.text, message.quoted) == (letter, "")


FOOTER = "This message and any attachment are confidential and may be privileged. If you are not the intended recipient, please notify the sender and delete it."

#: (what was written, the text that is the person's)
PLACES = (
    (f"{MARKED}\n\n{OWN}\n", OWN),
    (f"On 6/1/2026 9:30 AM, Shop Support wrote:\n{MARKED}\n\n{OWN}\n", OWN),
    (f"Am 01.06.26 um 09:30 schrieb Shop Support:\n{MARKED}\n{OWN}\n-- \nAnn\n", OWN),
    ("On 6/1/2026, Shop wrote:\n> Which size?\n42\n> Which colour?\nred\n", None),
    ("Hi, answers below.\n\nOn 6/1/2026, Shop wrote:\n> Which size?\n\n42\n\n> Which colour?\n\nred\n", None),
    (f"{OWN}\n\nOn 6/1/2026 9:30 AM, Shop Support wrote:\n> On 5/1/2026 9:30 AM, Ann wrote:\n>> Where is it?\n> It is coming.\n", OWN),
    (f"{OWN}\n\n---------- Forwarded message ---------\nFrom: DHL <info@dhl.example>\nDate: Mon\nSubject: Parcel\n\nNot found.\n", None),
    (f"> It is coming.\n{OWN}", OWN),
)


@rows(("written", "own"), PLACES)
def test_answers_stand_in_every_place(written: str, own: str | None) -> None:
    """Answers below the history are the text; answers within it, and what is forwarded, keep everything."""
    message = read(plain(written))
    assert message.text == (own if own is not None else written.strip())


def test_a_legal_footer_stays_with_the_whole() -> None:
    """A confidentiality notice below the signature is no part of the text and is kept."""
    message = read(plain(f"{OWN}\n\n-- \nAnn Smith\n{FOOTER}\n"))
    assert message.text == OWN
    assert FOOTER in message.full_text


#: HTML as programs build it around the history.
HTML = (
    ("Gmail", '<div dir="ltr">{own}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">On Mon, Jun 1, 2026 at 9:30 AM Shop &lt;<a href="mailto:s@s.example">s@s.example</a>&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0px">{old}</blockquote></div>'),
    ("Outlook", '<div class="WordSection1"><p class="MsoNormal">{own}</p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal"><b>From:</b> Shop &lt;s@s.example&gt;<br><b>Sent:</b> Monday, June 1, 2026 9:30 AM<br><b>To:</b> Ann<br><b>Subject:</b> Re: Order</p></div></div><p>{old}</p></div>'),
    ("Outlook on the web", '<div style="font-family:Calibri">{own}</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><b>From:</b> Shop<br><b>Sent:</b> Monday</div><div>{old}</div>'),
    ("Outlook 2003", '<div>{own}</div><div class=MsoNormal align=center><hr size=3 width="100%" align=center tabindex=-1></div><p><b>From:</b> Shop</p><p>{old}</p>'),
    ("Apple Mail", '<body style="overflow-wrap: break-word;">{own}<br><div><br><blockquote type="cite"><div>On 1 Jun 2026, at 09:30, Shop &lt;s@s.example&gt; wrote:</div><br><div>{old}</div></blockquote></div></body>'),
    ("Yahoo", '<div class="yahoo-style-wrap"><div>{own}</div></div><div id="ydp1yahoo_quoted_1" class="ydp1yahoo_quoted yahoo_quoted"><div>On Monday, Shop wrote:</div><div>{old}</div></div>'),
    ("Proton", '<div>{own}</div><div class="protonmail_quote">On Monday, June 1st, Shop wrote:<br><blockquote class="protonmail_quote" type="cite">{old}</blockquote></div>'),
    ("Thunderbird", '<p>{own}</p><div class="moz-cite-prefix">On 6/1/2026 9:30 AM, Shop wrote:<br></div><blockquote type="cite" cite="mid:x"><p>{old}</p></blockquote>'),
    ("Zimbra", '<div>{own}</div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><b>From: </b>Shop</div><div>{old}</div>'),
    ("Web.de", '<div style="font-family: Verdana;"><div>{own}</div><div name="quote" style="margin:10px 5px 5px 10px;"><div style="margin:0 0 10px 0;"><b>Gesendet:</b>&nbsp;Montag, 01. Juni 2026 um 09:30 Uhr<br/><b>Von:</b>&nbsp;"Shop" &lt;s@s.example&gt;<br/><b>An:</b>&nbsp;ann@c.example<br/><b>Betreff:</b>&nbsp;Re: Order</div><div name="quoted-content">{old}</div></div></div>'),
    ("Samsung", '<div dir="auto">{own}</div><div align="left" dir="auto" style="font-size:100%"><div>-------- Original message --------</div><div>From: Shop &lt;s@s.example&gt; </div><div>Date: 01/06/2026 09:30 (GMT+01:00) </div><div>To: ann@c.example </div><div>Subject: Re: Order </div></div><div>{old}</div>'),
    ("Windows Mail", '<div dir="ltr">{own}</div><div style="padding-top: 5px; border-top-color: rgb(229, 229, 229); border-top-width: 1px; border-top-style: solid;"><div><font><b>From:</b>&nbsp;Shop<br><b>Sent:</b>&nbsp;Monday, June 1, 2026 9:30 AM<br><b>To:</b>&nbsp;Ann<br><b>Subject:</b>&nbsp;Order</font></div></div><div>{old}</div>'),
    ("QQ", '<div>{own}</div><div><includetail><div>------------------&nbsp;Original&nbsp;------------------</div><div style="font-size: 12px;background:#efefef;padding:8px;"><div><b>From: </b>&nbsp;"Shop";&lt;s@s.example&gt;;</div><div><b>Date: </b>&nbsp;Mon, Jun 1, 2026 09:30 AM</div><div><b>To: </b>&nbsp;"Ann"&lt;ann@c.example&gt;;</div><div><b>Subject: </b>&nbsp;Re: Order</div></div><div>{old}</div></includetail></div>'),
    ("mail.ru", '<div>{own}</div><blockquote style="border-left:1px solid #0857A6;margin:10px;padding:0 0 0 10px;">Понедельник, 1 июня 2026, 9:30 +03:00 от Shop &lt;s@s.example&gt;:<br><div>{old}</div></blockquote>'),
    ("Lotus Notes", '<font size=2 face="sans-serif">{own}</font><br><br><br><font size=1 color=#5f5f5f>From: &nbsp; &nbsp;Shop &lt;s@s.example&gt;</font><br><font size=1>To: &nbsp; &nbsp;Ann</font><br><font size=1>Date: &nbsp; &nbsp;01/06/2026 09:30</font><br><font size=1>Subject: &nbsp; &nbsp;Re: Order</font><br><hr noshade><br><br>{old}'),
)  # fmt: skip


@rows(("name", "source"), HTML)
def test_the_history_in_each_programs_html_is_quoted(name: str, source: str) -> None:
    """However a program marks the history up, the text is what the person wrote and the history is kept beside it."""
    message = read(html(source.format(own="It has not arrived.<br>Look again?", old="Dear customer, it was sent on Monday evening.")))
    assert message.text.split("\n") == ["It has not arrived.", "Look again?"], message.text
    assert "Monday evening" in message.quoted
