"""Words of absence notices as people write them, in the subject and in the text, by language: data."""

import re

#: Somewhere in the subject. Customers on holiday write the same, so this counts only together with both of what follows.
SUBJECTS = re.compile(
    r"out of (?:the )?office|\booo\b|on (?:annual |sick |study )?leave"
    r"|(?:parental|maternity|paternity|annual|sick) leave|on (?:vacation|holiday)"
    r"|away until|auto(?:mat(?:ed|ic))?[- ]?(?:reply|response|message)"
    r"|abwesen|im urlaub|nicht im büro|elternzeit|mutterschutz|büro geschlossen|automatische (?:eingangsbestätigung|nachricht)"
    r"|\babsente?\b|absence|en congé|message automatique|fuera de (?:la )?oficina|de vacaciones|ausente|ausencia|mensaje automático"
    r"|fuori ufficio|in ferie|assente|assenza|messaggio automatico|fora do escritório|ausência|férias|mensagem automática"
    r"|afwezig|niet aanwezig|met vakantie|verlof|frånvar|semester|föräldraledig|autosvar|på kontoret|fravær"
    r"|ferie|barsel|ute av kontoret|permisjon"
    r"|poissa|lomalla|automaattinen viesti|nieobecno|poza biurem|urlop|mimo kancel|nepřítomn|neprítomn|dovolen"
    r"|házon kívül|távollét|szabadság|concediu|mesaj automat|lipsesc|нет на месте|отпуск|нет в офисе|вне офиса|відпуст|поза офісом"
    r"|ofis dışında|izinde|εκτός γραφείου|απουσία|σε άδεια|不在|休暇|外出|休假|부재|휴가"
)

#: What a notice says and a customer hardly does: when its writer reads mail again, who helps until then, that a program sent it.
#: Two patterns, English and German and the others, as a single one takes too long.
TEXTS = re.compile(
    r"\bcurrently (?:on|out|away)|will (?:reply|respond|answer|get back)"
    r"|(?:when|until) i(?:'m| am)? (?:return|back)|(?:on|upon) my return|no access to"
    r"|without (?:access|signal)|(?:for|anything|if|matter\w?) (?:is )?urgent|not (?:been |be )?forwarded"
    r"|thank(?:s| you) for your (?:e-?mail|message)"
    r"|do not reply|i'?m ooo|i am on \w{3,12} leave|derzeit|zurzeit|zur zeit|in dringenden"
    r"|nicht weitergeleitet|wieder (?:für sie|erreichbar)"
    r"|vielen dank für ihre|automatisch (?:erstellt|versandt|generiert|gesendet)|lese keine|nicht gelesen"
)
MORE_TEXTS = re.compile(
    r"actuellement|pour toute urgence|à mon retour|merci de votre message|message automatique|je suis en congé"
    r"|si es urgente|a mi regreso|gracias por su (?:correo|mensaje)|no tendré acceso|mensaje automático"
    r"|al momento sono|per urgenze|al rientro|grazie per avermi|non verrà inoltrat|em caso de urgência"
    r"|quando voltar|mensagem será lida|resposta automática"
    r"|voor spoed|bedankt voor (?:je|uw)|niet doorgestuurd|lees geen|(?:morgen|maandag) lees ik|brådskande"
    r"|tack för ditt|när jag är tillbaka"
    r"|är (?:föräldraledig|inte på kontoret)|hastesager|tak for din|videresendes ikke|læser ikke|er på barsel"
    r"|om det haster|takk for (?:e-?post|din)"
    r"|leser ikke|automatisk svar|autosvar|kiireellisi|kiitos viesti|automaattinen viesti|en ole tavoitettavissa"
    r"|w pilnych|dziękuję za wiadomość|przebywam|v naléhavých|děkuji za zprávu|po návratu|automaticky"
    r"|v súrnych|ďakujem za správu|po návrate"
    r"|sürgős esetben|köszönöm level|nem vagyok elérhető|automatikus üzenet|pentru urgențe|mulțumesc pentru mesaj|nu am acces"
    r"|по срочным|спасибо за письмо|после возвращения|отправлено автоматически|буду в офисе|термінові"
    r"|дякую за лист|після повернення|немає в офісі"
    r"|acil durum|mesajınız için|otomatik (?:bir )?mesaj|şu anda ofis|για επείγοντα|με την επιστροφή|お急ぎの"
    r"|自動送信|不在にして|紧急事宜|自动回复|급한"
)

#: With it, a person answers in person.
ANSWER = re.compile(r"(?:re|aw|antw|sv|vs|odp|ynt|rv|res|r|回复|答复|απ|отв|hal|vá|yt)\s{0,2}(?:\[\d{1,3}\]|\(\d{1,3}\))?\s{0,2}[:：]")
