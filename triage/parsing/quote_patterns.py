"""How mail programs announce quoted history, in the languages of the people who write to us; data for `quotes`."""

import re

#: Words that end an attribution line ("On … wrote:") and those that begin it, by language.
_WROTE = (
    "wrote", "schrieb", "a écrit", "escribió", "escreveu", "ha scritto", "schreef", "geschreven", "skrev", "kirjoitti", "napisał", "napisał\\(a\\)", "napisała",
    "написал", "написал\\(а\\)", "написала", "пишет", "пише", "написав", "написала", "napsal", "napsal\\(a\\)", "napísal", "napísal\\(a\\)", "írta", "ezt írta", "a scris", "yazdı",
    "şunu yazdı", "έγραψε", "写道", "寫道", "のメッセージ", "作成", "님이 작성", "כתב", "כתבה", "كتب", "đã viết", "menulis", "va escriure", "kirjutas", "rašė", "rakstīja", "je napisao", "je napisala", "je napisao/la", "је написао", "писал", "писала", "escribio", "a ecrit", "เขียนว่า", "geschrieben", "sent", "napisao je", "pisze", "skreiv", "skrifaði",
)  # fmt: skip
#: A line, or two to four wrapped ones, that ends in such a word and names a date or an address.
ATTRIBUTION_END = re.compile(rf"(?:{'|'.join(_WROTE)})[^\w\n]{{0,5}}(?:[:：].{{0,3}})?$|[:：]\s{{0,3}}$", re.IGNORECASE)
WROTE = re.compile(rf"(?:^|[\s>)\],\d\"'年])(?:{'|'.join(_WROTE)})(?=[\s:：;,.(]|$)|写道|寫道|のメッセージ|님이 작성", re.IGNORECASE)
ATTRIBUTION_START = re.compile(
    r"^[\s>*_-]{0,6}(?:on|am|le|el|em|il|op|den|de|dne|dnia|w dniu|em|vào|pada|la|på|fre|man|tir|ons|tor|lør|søn|mån|tis|lör|sön|ma|ti|ke|to|pe|"
    r"at|in data|στις|το|пн|вт|ср|чт|пт|сб|вс|от|在|于|於|ב|في|a|ter|\d{1,4}[./\-年]|\w{2,12}[.,]{0,2}\s\d{1,2}|\w[^\n]{0,80}<[^<>\s]{3,120}>)",
    re.IGNORECASE,
)
DATE_LIKE = re.compile(r"\d{1,4}[./\-年]\s?\d{1,2}|\d{1,2}[:h.]\d{2}|\b(?:19|20)\d{2}\b|\d{1,2}\.? \w{3,10}")
ADDRESS_LIKE = re.compile(r"[^\s<>@]{1,64}@[^\s<>@]{1,120}")

#: Ruled lines over the original message.
SEPARATOR = re.compile(
    r"^[\s>*]{0,6}(?:[-_=]{2,40}\s{0,3})(?:original message|original appointment|forwarded message|forwarded by .{0,80}|ursprüngliche nachricht|originalnachricht|urspr\. nachricht|"
    r"weitergeleitete nachricht|message d.origine|message original|message transféré|mensaje original|mensaje reenviado|mensagem original|mensagem encaminhada|messaggio originale|messaggio inoltrato|"
    r"oorspronkelijk bericht|oorspronkelijke bericht|doorgestuurd bericht|original besked|oprindelig besked|oprindelig meddelelse|opprinnelig melding|ursprungligt meddelande|originalmeddelande|"
    r"vidarebefordrat meddelande|alkuperäinen viesti|wiadomość oryginalna|oryginalna wiadomość|původní zpráva|pôvodná správa|eredeti üzenet|mesaj original|orijinal mesaj|özgün ileti|исходное сообщение|"
    r"пересылаемое сообщение|пересланное сообщение|оригинальное сообщение|вихідне повідомлення|αρχικό μήνυμα|原始邮件|原始郵件|转发邮件|元のメッセージ|원본 메시지|원본 메일|الرسالة الأصلية|הודעה מקורית|reply message|antwort|original email|quoted message|izvorna poruka|originalna poruka|izvirno sporočilo)"
    r"\s{0,3}[-_=]{0,40}.{0,3}$",
    re.IGNORECASE,
)
FORWARD = re.compile(
    r"(?:forwarded|weitergeleitet|transféré|réexpédié|reenviad|encaminhad|inoltrato|doorgestuurd|vidarebefordra|videresend|пересыл|переслан|转发|転送|przekazan|továbbított|přeposlan|edelleen|begin forwarded|iletilen)",
    re.IGNORECASE,
)
#: Apple's and others' one-line announcements of a forward, without rules around them.
FORWARD_LINE = re.compile(
    r"^[\s>*]{0,6}(?:begin forwarded message|anfang der weitergeleiteten (?:e-mail|nachricht)|début du message (?:réexpédié|transféré)|inicio del mensaje reenviado|inizio messaggio inoltrato|"
    r"begin doorgestuurd bericht|início da mensagem encaminhada|vidarebefordrat brev|начало переадресованного сообщения|początek przekazywanej wiadomości)\s{0,2}:?\s{0,3}$",
    re.IGNORECASE,
)
#: Fields of a header block in the text, by what they mean.
_FROM = "from|von|de|da|van|fra|från|lähettäjä|od|от|от кого|від|expéditeur|mittente|remitente|afzender|absender|nadawca|feladó|kimden|gönderen|από|发件人|寄件者|寄件人|差出人|보낸 사람|보낸사람|من|מאת|odosielateľ|odesílatel|de la|expediteur|pošiljatelj"
_SENT = "sent|date|gesendet|datum|date d.envoi|envoyé|envoyé le|message du|enviado|enviado el|enviada em|enviado em|fecha|data|data invio|inviato|inviata|verzonden|sendt|dato|skickat|lähetetty|päivämäärä|päiväys|wysłano|data wysłania|отправлено|дата|надіслано|odesláno|odoslané|elküldve|küldve|dátum|dată|trimis|gönderildi|gönderilme tarihi|tarih|ημερομηνία|στάλθηκε|发送时间|发送日期|日期|寄件日期|時間|送信日時|送信日|日付|보낸 날짜|날짜|تاريخ|נשלח|poslano|on|sent at"
_TO = "to|an|à|a|para|aan|til|till|vastaanottaja|do|кому|címzett|kime|alıcı|προς|收件人|收件者|宛先|받는 사람|받는사람|إلى|אל|către|cc|kopie|copie à|copie|copia|cópia|kopia|копия|抄送|komu|za|reply-to|antwort an"
_SUBJECT = "subject|betreff|betr|objet|sujet|asunto|assunto|oggetto|onderwerp|emne|ämne|aihe|temat|тема|předmět|predmet|tárgy|subiect|konu|θέμα|主题|主旨|件名|제목|الموضوع|נושא|zadeva|importance|priority|priorité|wichtigkeit"
HEADER_FROM = re.compile(rf"^[\s>|*_]{{0,8}}(?:{_FROM})\s{{0,3}}\*?\s{{0,2}}[:：]\*?", re.IGNORECASE)
HEADER_SENT = re.compile(rf"^[\s>|*_]{{0,8}}(?:{_SENT})\s{{0,3}}\*?\s{{0,2}}[:：]\*?", re.IGNORECASE)
HEADER_TO = re.compile(rf"^[\s>|*_]{{0,8}}(?:{_TO})\s{{0,3}}\*?\s{{0,2}}[:：]\*?", re.IGNORECASE)
HEADER_SUBJECT = re.compile(rf"^[\s>|*_]{{0,8}}(?:{_SUBJECT})\s{{0,3}}\*?\s{{0,2}}[:：]\*?", re.IGNORECASE)

#: Rules of characters that stand over a header block.
RULE = re.compile(r"^[\s>]{0,4}(?:[-_=*]{2,200}|[—–]{3,80})\s{0,3}$")
#: The line that begins a signature (RFC 3676 §4.3), and what people and programs make of it.
SIGNATURE_DASHES = re.compile(r"^\s{0,2}(?:--|—{1,2}|__|–{2})\s{0,3}$|^\s{0,2}(?:_{5,80}|—{3,40}|-{20,80})\s{0,3}$")
MOBILE_SIGNATURE = re.compile(
    r"^\W{0,4}(?:sent (?:from|via|with|using)\b|get outlook for|von mein(?:em|er) .{1,40} gesendet|gesendet (?:von|mit)|diese nachricht wurde von mein|envoyé (?:de|depuis|à partir|avec)|"
    r"enviado (?:desde|do|de|a partir|com|con)|inviato da|verstuurd vanaf|verzonden (?:vanaf|met|vanuit)|verstuurd met|sendt fra|skickat från|lähetetty |wysłan[eo] z|отправлено (?:из|с)|надіслано (?:з|із)|"
    r"odesláno z|odoslané z|trimis de pe|iphone'?umdan|gönderildi|iphone 'umdan|从我的|发自我的|傳送自|寄自我的|iPhoneから送信|나의 .{1,20}에서 보냄|στάλθηκε από|نرسلت|outlook (?:for|für|pour|para) (?:ios|android)|"
    r"télécharge[rz] outlook|outlook für (?:ios|android) beziehen|obtener outlook|laden sie outlook|scarica outlook|hämta outlook|hent outlook|download outlook|via (?:gmx|web\.de) |yahoo mail )",
    re.IGNORECASE,
)  # fmt: skip
