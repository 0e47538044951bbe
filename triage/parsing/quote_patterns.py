"""How mail programs announce quoted history, in the languages of the people who write to us; data for `quotes`."""

import re


def _any(words: str) -> str:
    # Longer words first: "от кого" must win over "от".
    return "|".join(sorted((re.escape(word.strip()) for word in words.split("|") if word.strip()), key=len, reverse=True))


def _field(words: str) -> re.Pattern[str]:
    # Outlook's plain text writes *From:*, French puts a space before the colon, Chinese uses a wide one.
    return re.compile(rf"\A[\s>|*_\u200e\u200f]{{0,12}}(?:{_any(words)})\s{{0,3}}\*?\s{{0,2}}[:：]\*?", re.IGNORECASE)


#: "wrote", in the forms that mail programs use, with the name before or after it.
_WROTE = _any(
    """
    wrote|writes|schrieb|schreibt|geschrieben|a écrit|écrit|a ecrit|escribió|escribio|ha escrito|escreveu|ha scritto|schreef|
    heeft geschreven|het volgende geschreven|skrev|skrev følgende|kirjoitti|napisał|napisała|napisał(a)|napisał/a|pisze|написал|
    написала|написал(а)|пишет|писал|написав|написала|написав(ла)|пише|napsal|napsala|napsal(a)|napsal/a|napísal|napísala|napísal(a)|
    írta|ezt írta|a scris|yazdı|şunları yazdı|şunu yazdı|έγραψε|写道|寫道|写了|のメッセージ|のメール|が書きました|님이 작성|님이 씀|
    作成|כתב|כתבה|מאת|كتب|đã viết|menulis|va escriure|kirjutas|rašė|rakstīja|je napisao|je napisala|je napisao/la|je napisal|
    je napisala|написа|пише|skrifaði|เขียนว่า|schreef het volgende|a trimis următoarele|hat geschrieben|missatge de|napisana przez
    """
)
#: Searched in lower case.
WROTE = re.compile(rf"(?:{_WROTE})(?![^\W\d_])|写道|寫道|のメッセージ|님이")
#: A person telling what they themselves wrote.
OWN_WORDS = re.compile(
    r"\b(?:i|we|you|ich|wir|yo|eu|jeg|jag|ik|wij)\s{1,3}(?:\w{1,12}\s{1,3})?(?:wrote|schrieb|schrieben|skrev|schreef)\b|"
    r"j.ai écrit|ich habe .{0,60}geschrieben",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"(?<=[^\s<>@:])@[^\s<>@]")
#: An address in brackets as programs put it behind a name, then at most a few words and the colon.
BRACKETED_END = re.compile(r"[<(\[]\s?(?:mailto:)?[^\s<>@()\[\]]{1,64}@[^\s<>@()\[\]]{1,120}\s?[>)\]]{1,2}[^<>@\d]{0,40}[:：]\s{0,3}$")
ENDS = re.compile(r"[:：]\s{0,2}$")
#: Day and month, a year, or a time of day: a date as programs write it.
DATE = re.compile(
    r"\d{4}[年년]|\b(?:19|20)\d{2}\b|\b\d{1,4}\s?[./-]\s?\d{1,2}\b|"
    r"\b\d{1,2}(?:[:h.]\d{2}\b|(?:\.|st|nd|rd|th|º|°)?\s(?:de\s)?[^\W\d_]{3,12})|\b[^\W\d_]{3,12}\.?\s\d{1,2},"
)
#: Two parts of a date at least: what "30 apr. 2025 15:19" has and "room 12.30" has not.
FULL_DATE = re.compile(
    r"(?<!\d)(?:19|20)\d{2}(?!\d)|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b|\b\d{1,2}\.? [^\W\d_]{3,12}\.? .{0,12}\d{1,2}[:.h]\d{2}"
)

#: A day with a year and a time of day.
TIMED = re.compile(r"\b(?:19|20)\d{2}\b.{0,24}\b\d{1,2}\s?[:.h]\s?\d{2}\b")

_ORIGINAL = _any(
    """
    original|original message|original appointment|original email|originalmessage|reply message|quoted message|ursprüngliche nachricht|
    originalnachricht|original-nachricht|urspr. nachricht|ursprüngliche mail|ursprünglicher termin|message d'origine|message d’origine|
    message original|message initial|mensaje original|mensaje de origen|mensagem original|messaggio originale|messaggio origin|
    oorspronkelijk bericht|oorspronkelijke bericht|origineel bericht|original besked|oprindelig besked|oprindelig meddelelse|
    opprinnelig melding|original melding|ursprungligt meddelande|originalmeddelande|alkuperäinen viesti|wiadomość oryginalna|
    oryginalna wiadomość|původní zpráva|původní e-mail|pôvodný e-mail|mail original|e-mail original|e-mail d'origine|messaggio di origine|
    původní email|pôvodná správa|eredeti üzenet|mesaj original|mesajul original|orijinal mesaj|özgün ileti|
    orijinal ileti|исходное сообщение|оригинальное сообщение|первоначальное сообщение|вихідне повідомлення|оригінальне повідомлення|
    αρχικό μήνυμα|原始邮件|原始郵件|原邮件|元のメッセージ|元のメール|original mail|원본 메시지|원본 메일|원본메일|الرسالة الأصلية|
    הודעה מקורית|originalna poruka|izvorna poruka|izvirno sporočilo|missatge original|thư gốc|originaal teade|pesan asli
    """
)
_FORWARDED = _any(
    """
    forwarded message|forwarded mail|forwarded by|weitergeleitete nachricht|weitergeleitete e-mail|weitergeleitet von|message transféré|
    message réexpédié|transféré par|mensaje reenviado|mensagem encaminhada|messaggio inoltrato|doorgestuurd bericht|
    doorgestuurde bericht|videresendt besked|videresendt melding|videresendt meddelelse|vidarebefordrat meddelande|välitetty viesti|
    edelleenlähetetty viesti|przekazana wiadomość|wiadomość przekazana|přeposlaná zpráva|preposlaná správa|továbbított üzenet|
    mesaj redirecționat|iletilen mesaj|iletilmiş mesaj|пересылаемое сообщение|пересланное сообщение|переслане повідомлення|
    προωθημένο μήνυμα|转发邮件|转发的邮件|轉寄郵件|転送メッセージ|전달된 메일|전달된 메시지|begin forwarded message|
    anfang der weitergeleiteten nachricht|anfang der weitergeleiteten e-mail|début du message réexpédié|début du message transféré|
    inicio del mensaje reenviado|inizio messaggio inoltrato|begin doorgestuurd bericht|início da mensagem encaminhada|
    vidarebefordrat brev|videresendt brev|начало переадресованного сообщения|начало переадресуемого сообщения|
    początek przekazywanej wiadomości
    """
)
#: A ruled line that stands over the message that is answered, or over the one that is passed on.
ORIGINAL = re.compile(rf"\A[\s>*]{{0,8}}[-_=—–]{{2,40}}\s{{0,3}}(?:{_ORIGINAL})\s{{0,3}}[-_=—–]{{0,40}}[\s:]{{0,3}}$", re.IGNORECASE)
FORWARDED = re.compile(rf"\A[\s>*]{{0,8}}[-_=—–]{{0,40}}\s{{0,3}}(?:{_FORWARDED})\b.{{0,80}}$", re.IGNORECASE)

#: Fields of a header block in the text, by what they mean.
FIELDS = (
    ("from", _field(
        """
        from|von|de|da|van|fra|från|lähettäjä|od|от|от кого|від|від кого|expéditeur|mittente|remitente|remetente|afzender|absender|
        nadawca|feladó|kimden|gönderen|gönderici|από|发件人|寄件者|寄件人|差出人|送信者|보낸 사람|보낸사람|من|מאת|odosielateľ|
        odesílatel|expeditor|de la|pošiljatelj|pošiljalac|saatja|nuo|no|từ|dari
        """
    )),
    ("sent", _field(
        """
        sent|date|gesendet|gesendet am|datum|date d'envoi|date d’envoi|envoyé|envoyé le|envoyé par|message du|enviado|enviado el|
        enviada em|enviado em|enviada|fecha|data|data invio|inviato|inviata|data di invio|verzonden|verzonden op|sendt|dato|skickat|
        lähetetty|päivämäärä|päiväys|aika|wysłano|wysłane|data wysłania|отправлено|дата|дата отправки|надіслано|odesláno|odoslané|dátum|
        elküldve|küldve|küldés dátuma|dată|trimis|data trimiterii|gönderildi|gönderilme tarihi|gönderim tarihi|tarih|ημερομηνία|
        στάλθηκε|发送时间|发送日期|日期|寄件日期|时间|時間|送信日時|送信日|日付|日時|보낸 날짜|보낸날짜|날짜|تاريخ الإرسال|التاريخ|נשלח|
        תאריך|poslano|poslato|saadetud|išsiųsta|sent at|sent on|received|ngày|tanggal
        """
    )),
    ("subject", _field(
        """
        subject|betreff|betr|objet|sujet|asunto|assunto|oggetto|onderwerp|emne|ämne|aihe|temat|тема|předmět|predmet|tárgy|subiect|konu|
        θέμα|主题|主旨|件名|题目|제목|الموضوع|נושא|zadeva|naslov|teema|assumpte|chủ đề|subjek|perihal
        """
    )),
    ("to", _field(
        """
        to|an|à|a|para|aan|til|till|vastaanottaja|do|кому|címzett|kime|alıcı|προς|收件人|收件者|宛先|받는 사람|받는사람|إلى|אל|către|cc|
        kopie|copie à|copie|copia|cópia|kopia|kopi|копия|копія|抄送|副本|komu|za|reply-to|antwort an|répondre à|destinataire|
        destinatario|empfänger|importance|priority|wichtigkeit|priorité|importancia
        """
    )),
)  # fmt: skip

#: Rules of characters that stand over a header block.
RULE = re.compile(r"\A[\s>]{0,4}(?:[-_=*]{2,200}|[—–]{3,80})\s{0,3}$")
#: The line that begins a signature (RFC 3676 §4.3), and what people and programs make of it.
SIGNATURE = re.compile(r"\A\s{0,2}(?:--|—|——|–|__|-{3,80}|_{3,80}|—{3,40}|–{3,40})\s{0,3}$")
_MOBILE = _any(
    """
    sent from my|sent from|sent via|sent with|sent using|get outlook for|outlook for|gesendet von|gesendet mit|gesendet aus|
    gesendet über|diese nachricht wurde envoyé de mon|envoyé de|envoyé depuis|envoyé à partir|envoyé avec|envoyé via|enviado desde|
    enviado do|enviado de|enviado a partir|enviado com|enviado con|enviada do|inviato da|inviato dal|inviato con|verstuurd vanaf|
    verzonden vanaf|verzonden met|verzonden vanuit|verstuurd met|verstuurd vanuit|sendt fra|sendt med|skickat från|skickades från|
    lähetetty|wysłane z|wysłano z|отправлено из|отправлено с|отправлено от|надіслано з|надіслано із|odesláno z|odoslané z|trimis de pe|
    trimis din|iphone'umdan|iphone’umdan|şuradan gönderildi|从我的|发自我的|傳送自|寄自我的|iphoneから送信|ipadから送信|στάλθηκε από|
    εστάλη από|נשלח מה|أُرسلت من|تم الإرسال من|téléchargez outlook|télécharger outlook|obtenir outlook|outlook für|outlook pour|
    outlook para|obtener outlook|obter o outlook|scarica outlook|hämta outlook|hent outlook|ottieni outlook|outlook voor|yahoo mail|
    enviat des|poslano z|poslano iz|изпратено от
    """
)
MOBILE = re.compile(
    rf"\A\W{{0,4}}(?:(?:{_MOBILE})\b.{{0,110}}|von meine[mr] .{{1,40}}gesendet|나의 .{{1,40}}에서 보냄)\W{{0,3}}$", re.IGNORECASE
)
#: What a program names there; "Sent with DHL" and "Sent from the warehouse" are a person's words.
DEVICE = re.compile(
    r"phone|ipad|android|galaxy|samsung|huawei|honor|xiaomi|redmi|pixel|oneplus|nokia|sony|wiko|motorola|blackberry|windows|outlook|mail|handy|gerät|device|appareil|"
    r"mobil|móvil|celular|telef|tablet|tableta|gmx|web\.de|proton|aol|mac\b|\bapp\b|\blg\b|htc|téléphone|smartfon|телефон|android|手机|手機"
)
_CLOSINGS = _any(
    """
    regards|best regards|kind regards|kindest regards|warm regards|warmest regards|with regards|with best regards|with kind regards|
    many regards|best wishes|yours sincerely|sincerely|sincerely yours|yours faithfully|yours truly|respectfully|thanks and regards|
    thanks & regards|thank you and regards|mit freundlichen grüßen|mit freundlichen grüssen|mit freundlichem gruß|
    mit freundlichem gruss|freundliche grüße|freundliche grüsse|viele grüße|viele grüsse|beste grüße|herzliche grüße|liebe grüße|
    mit besten grüßen|mfg|lg|cordialement|bien cordialement|bien à vous|salutations|sincères salutations|meilleures salutations|saludos|
    un saludo|saludos cordiales|atentamente|un cordial saludo|cordialmente|atenciosamente|cumprimentos|com os melhores cumprimentos|
    melhores cumprimentos|cordiali saluti|distinti saluti|saluti|met vriendelijke groet|met vriendelijke groeten|vriendelijke groeten|
    groeten|mvg|med venlig hilsen|venlig hilsen|hilsen|mvh|med vennlig hilsen|vennlig hilsen|med vänliga hälsningar|vänliga hälsningar|
    ystävällisin terveisin|terveisin|pozdrawiam|z poważaniem|s pozdravem|s pozdravom|üdvözlettel|cu stimă|saygılarımla|с уважением|
    з повагою|με εκτίμηση|敬具|此致|よろしくお願いします
    """
)
CLOSING = re.compile(rf"\A\s{{0,4}}(?:{_CLOSINGS})\s{{0,2}}[,.!:–—-]{{0,3}}\s{{0,3}}$", re.IGNORECASE)
#: A person's name as people sign with it, or a role or firm in such words; no verb can be told from a name without capitals.
NAME = re.compile(r"\A[^\W\d_a-z][\w.'’-]{0,24},?(?: (?:[^\W\d_a-z][\w.'’&-]{0,24}|&|van|von|de|der|den|da|di|of|and|und),?){0,5}$")
#: An address, a link, a telephone number, or what a program adds, alone on a line.
CONTACT = re.compile(
    r"\A(?:(?:e-?mail|mail|web|www|internet|tel|phone|fon|telefon|mobile?|mob|cell|handy|fax|skype|t|m|f|p|e|w)[.:]{0,2}\s{0,3})?"
    r"(?:<?[^\s<>@]{1,64}@[^\s<>@]{1,120}>?|<?(?:https?://|www\.)\S{3,200}|[+(]?\d[\d ()./-]{5,24}|via mobile|from my mobile)$",
    re.IGNORECASE,
)
#: A line under the closing that says something: an order's number, not a telephone's.
REFERENCE = re.compile(
    r"\b(?:order|bestell|auftrag|commande|pedido|ordine|invoice|rechnung|facture|factura|fattura|ref|case|ticket|tracking|p\.?s)\b|#\s?\d|\b[a-z]{2,5}-\d{3}"
)
