"""Subjects of absence notices, bounces and read receipts in the languages that programs write them in: data."""

import re

#: Beginnings of absence notices and other automatic replies.
ABSENCES = (
    "automatic reply:", "auto-reply:", "autoreply:", "auto reply:", "automated reply", "auto response:", "auto-response:",
    "autoresponse:", "out of office:", "out of office re:", "out of the office:", "out-of-office", "automatische antwort:",
    "automatisches antwort", "abwesenheitsnotiz", "abwesenheitsbenachrichtigung", "abwesend:", "abwesenheit:", "automatisch antwoord:",
    "automatische beantwoording", "afwezig:", "afwezigheidsbericht", "autosvar:", "automatisk svar:", "automatiskt svar:", "frånvaro:",
    "fravær:", "fraværende:", "poissa:", "automaattinen vastaus:", "réponse automatique", "reponse automatique", "absence du bureau",
    "absent du bureau", "message d'absence", "respuesta automática", "respuesta automatica", "fuera de la oficina:",
    "fuera de oficina:", "resposta automática", "resposta automatica", "ausência temporária", "fora do escritório:",
    "risposta automatica:", "risposta non al computer", "fuori sede:", "fuori ufficio:", "assente dall'ufficio:",
    "automatyczna odpowiedź", "autoodpowiedź", "automatická odpověď", "automatická odpoveď", "automatikus válasz", "răspuns automat",
    "автоматический ответ", "автоответ", "автоматична відповідь", "автовідповідь", "otomatik yanıt", "otomatik cevap", "αυτόματη απάντηση",
    "automatski odgovor", "samodejni odgovor", "автоматичен отговор", "automātiskā atbilde", "automaatvastus", "automatinis atsakymas",
    "מענה אוטומטי", "رد تلقائي", "自動返信", "自动回复", "自動回覆", "不在通知", "자동 회신", "자동 응답", "ตอบกลับอัตโนมัติ",
    "trả lời tự động", "balasan otomatis", "odpowiedź automatyczna", "自動応答", "自动答复", "การตอบอัตโนมัติ", "resposta automàtica",
    "аутоматски одговор", "پاسخ خودکار", "sjálfvirkt svar", "erantzun automatikoa", "automatyczna odpowiedz", "automatische rückantwort",
    "abwesenheitsassistent", "réponse d'absence", "automatic response:", "自动应答", "स्वचालित उत्तर", "স্বয়ংক্রিয় উত্তর",
)  # fmt: skip

#: Beginnings of delivery reports.
BOUNCES = (
    "undelivered mail returned to sender", "undeliverable:", "undeliverable mail", "undelivered mail", "undeliverable message",
    "mail delivery failed", "mail delivery failure", "mail delivery subsystem", "mail delivery system", "mail system error",
    "delivery status notification", "delivery notification:", "delivery failure notification", "failure notice", "failed delivery",
    "delayed mail (still being retried)", "returned mail:", "returned to sender:", "warning: could not send message",
    "warning: message ", "message delivery failure", "message not delivered", "message delayed", "nondeliverable mail", "non-delivery",
    "non delivery", "notification d'échec", "unzustellbar", "nicht zustellbar", "zustellung fehlgeschlagen", "unzustellbare nachricht",
    "non remis", "échec de la remise", "no se puede entregar", "no se ha podido entregar", "não é possível entregar",
    "mensagem não entregue", "impossibile recapitare", "mancato recapito", "onbestelbaar", "niet te bestellen", "nie można dostarczyć",
    "niedostarczon", "nedoručiteln", "kézbesíthetetlen", "недоставленное", "недоставленное сообщение",
    "не удалось доставить", "olevererbart", "kan ikke leveres",
    "toimittaminen epäonnistui", "teslim edilemedi", "退信", "系统退信", "配信不能", "未配信", "배달되지 않음", "배달 못함",
    "mail failure", "email delivery failure", "banned or potentially offensive",
)  # fmt: skip

#: Beginnings of read receipts.
RECEIPTS = (
    "read:", "gelesen:", "lu :", "leído:", "letto:", "gelezen:", "lida:", "not read:", "ungelesen gelöscht:",
)  # fmt: skip

#: Notes writes who is away between these.
NOTES_ABSENCE = re.compile(r"auto(?:matische antwort)?: .{1,80}(?:is out of the office|ist außer haus|est absent|no está en la oficina)")

#: The subject of reports on DMARC and TLS (RFC 7489 §7.2.1.1, RFC 8460 §5.3).
AGGREGATE_REPORT = re.compile(r"report[- ]domain: \S{3,253} submitter: \S{1,253} report-id: ")

#: Beginnings that programs write and people hardly do, in lower case.
WRITTEN_BY_PROGRAMS = (*ABSENCES, *BOUNCES, *RECEIPTS)

#: Words that bounces and notices share with customers ("delivery failed" is what a customer says of a parcel).
SHARED_WITH_PEOPLE = re.compile(
    r"^auto:|undeliver(?:ed|able)|delivery (?:has )?(?:failed|failure|problem|error)|delivery report|returned mail|not delivered"
    r"|could not be delivered|out of (?:the )?office|(?:i am|i'm|am) (?:away|on vacation|on leave|out of)|vacation (?:reply|respon)"
    r"|on (?:annual|maternity|parental|sick) leave|auto(?:matic)?[- ]?(?:reply|response|respond)|user unknown"
    r"|mailbox (?:is )?(?:full|unavailable)"
    r"|urlaub|abwesen|absence|vacaciones|fuera de (?:la )?oficina|ferie|vakantie|urlop|отпуск|mail delivery|bounce"
)
