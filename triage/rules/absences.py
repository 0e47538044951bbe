"""Words of absence notices as people write them, in the subject and in the text, by language: data, in lower case."""

import re

#: Somewhere in the subject. Customers on holiday write the same, so this counts only together with both of what follows.
SUBJECTS = (
    "out of office", "out of the office", "ooo:", "on leave", "on study leave", "parental leave", "maternity leave", "paternity leave",
    "annual leave", "sick leave", "on vacation", "on holiday", "away until", "autoresponse", "auto-reply",
    "auto-response", "auto-message", "auto reply", "auto response", "auto message",
    "automated reply", "automated response",
    "automated message",
    "automatic reply", "automatic response", "automatic message", "abwesen", "im urlaub", "nicht im büro",
    "elternzeit", "mutterschutz", "büro geschlossen", "automatische eingangsbestätigung", "automatische nachricht", "absent", "absence",
    "en congé", "message automatique", "fuera de oficina", "fuera de la oficina", "de vacaciones", "ausente", "ausencia",
    "mensaje automático", "fuori ufficio", "assente", "assenza", "messaggio automatico", "fora do escritório", "ausência", "férias",
    "mensagem automática", "afwezig", "niet aanwezig", "met vakantie", "verlof", "frånvar", "semester", "föräldraledig", "autosvar",
    "på kontoret", "fravær", "ferie", "barsel", "ute av kontoret", "permisjon", "poissa", "lomalla", "automaattinen viesti", "nieobecno",
    "poza biurem", "urlop", "mimo kancel", "nepřítomn", "neprítomn", "dovolen", "házon kívül", "távollét", "szabadság", "concediu",
    "mesaj automat", "lipsesc", "нет на месте", "отпуск", "нет в офисе", "вне офиса", "відпуст", "поза офісом", "ofis dışında", "izinde",
    "εκτός γραφείου", "απουσία", "σε άδεια", "不在", "休暇", "外出", "休假", "부재", "휴가",
)  # fmt: skip

#: What a notice says and a customer hardly does: when its writer reads mail again, who helps until then, that a program sent it.
TEXTS = (
    "currently on", "currently out", "currently away", "will reply", "will respond", "will answer", "will get back", "when i return",
    "when i'm back", "when i am back", "until i return",
    "until i'm back", "until i am back", "on my return", "no access to", "without access",
    "without signal", "for urgent", "anything urgent", "if urgent",
    "matters is urgent", "not forwarded", "not been forwarded", "not be forwarded", "thanks for your email",
    "thanks for your e-mail", "thanks for your message", "thank you for your email", "thank you for your e-mail",
    "thank you for your message", "do not reply", "im ooo", "i'm ooo", "i am on maternity leave", "i am on parental leave",
    "i am on paternity leave", "i am on annual leave", "i am on sick leave", "derzeit", "zurzeit", "zur zeit", "in dringenden",
    "nicht weitergeleitet", "wieder für sie", "wieder erreichbar", "vielen dank für ihre", "automatisch erstellt", "automatisch versandt",
    "automatisch generiert", "automatisch gesendet", "lese keine", "nicht gelesen", "actuellement", "pour toute urgence", "à mon retour",
    "merci de votre message", "message automatique", "je suis en congé", "si es urgente", "a mi regreso", "gracias por su correo",
    "gracias por su mensaje", "no tendré acceso", "mensaje automático", "al momento sono", "per urgenze", "al rientro",
    "grazie per avermi", "non verrà inoltrat", "em caso de urgência", "quando voltar", "mensagem será lida", "resposta automática",
    "voor spoed", "bedankt voor je", "bedankt voor uw", "niet doorgestuurd", "lees geen", "morgen lees ik", "maandag lees ik",
    "brådskande", "tack för ditt", "när jag är tillbaka", "är föräldraledig", "är inte på kontoret", "hastesager", "tak for din",
    "videresendes ikke", "læser ikke", "er på barsel", "om det haster", "takk for epost", "takk for e-post", "takk for din", "leser ikke",
    "automatisk svar", "autosvar", "kiireellisi", "kiitos viesti", "automaattinen viesti", "en ole tavoitettavissa", "w pilnych",
    "dziękuję za wiadomość", "przebywam", "v naléhavých", "děkuji za zprávu", "po návratu", "automaticky", "v súrnych",
    "ďakujem za správu", "po návrate", "sürgős esetben", "köszönöm level", "nem vagyok elérhető", "automatikus üzenet", "pentru urgențe",
    "mulțumesc pentru mesaj", "nu am acces", "по срочным", "спасибо за письмо", "после возвращения", "отправлено автоматически",
    "буду в офисе", "термінові", "дякую за лист", "після повернення", "немає в офісі", "acil durum", "mesajınız için", "otomatik mesaj",
    "otomatik bir mesaj", "şu anda ofis", "για επείγοντα", "με την επιστροφή", "お急ぎの", "自動送信", "不在にして", "紧急事宜",
    "自动回复", "급한",
)  # fmt: skip

#: With it, a person answers in person.
ANSWER = re.compile(r"(?:re|aw|antw|sv|vs|odp|ynt|rv|res|r|回复|答复|απ|отв|hal|vá|yt)\s{0,2}(?:\[\d{1,3}\]|\(\d{1,3}\))?\s{0,2}[:：]")
