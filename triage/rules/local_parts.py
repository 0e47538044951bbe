"""Local parts behind which no person, or not surely one, reads answers: data, so that an operator sees what is meant."""

#: Nobody reads answers to these.
MACHINE = frozenset({
    "mailer-daemon", "mail-daemon", "maildaemon", "mailerdaemon", "mail_daemon", "mdaemon", "daemon", "nobody", "null", "devnull",
    "noreply", "no-reply", "no_reply", "no.reply", "noreplies", "donotreply", "do-not-reply", "do_not_reply", "do.not.reply", "dontreply",
    "nicht-antworten", "keine-antwort", "nepasrepondre", "ne-pas-repondre", "noresponder", "no-responder", "nao-responda", "naoresponda",
    "nichtantworten", "nicht_antworten", "keineantwort", "keine_antwort", "bitte-nicht-antworten", "svarainte", "svara-inte", "svar-ej",
    "ikkesvar", "ikke-svar", "svarikke", "svar-ikke", "alavastaa", "niet-beantwoorden", "nietbeantwoorden", "niet-antwoorden",
    "geen-antwoord", "nonrispondere", "non-rispondere", "non_rispondere", "nie-odpowiadaj", "nieodpowiadaj", "neodpovidat", "neodpovedat",
    "ne-otvechat", "neotvechat", "no-responda", "noresponda", "ne_pas_repondre", "nu-raspunde", "nuraspunde", "yanitlama",
    "bounce", "bounces", "bounced", "bounce-handler", "mailbounce", "listserv", "majordomo", "mailman", "autoresponder", "auto-responder",
    "autoreply", "auto-reply", "autoresponse", "auto-confirm", "auto-confirmation", "automailer", "notification", "notifications",
    "notify",
    "alert", "alerts", "mailsystem", "mail-system", "feedback-loop", "fbl", "complaints-feedback-loop",
})  # fmt: skip

#: A person often does (RFC 5230 §4.6 warns of postmaster), but answering by itself is not safe.
ROLE = frozenset({
    "postmaster", "post_master", "post-master", "abuse", "root", "hostmaster", "webmaster", "administrator", "system", "cron", "www-data",
    "apache", "news", "newsletter", "newsletters", "enews", "e-news", "announce", "announcements", "mailing", "mailings", "offers", "deals",
    "promo", "promotions",
})  # fmt: skip

#: Forms of mailing lists' and mail servers' own addresses (VERP, BATV, SRS) and of variations on the names above.
_MACHINE_BEGINNINGS = (
    "bounce+", "bounces+", "bounce=", "bounces=", "bounces-", "mailer-daemon", "noreply-", "noreply+", "noreply_", "noreply.", "noreply=",
    "no-reply-", "no-reply+", "no-reply_", "no-reply.", "no-reply=", "donotreply-", "donotreply+", "donotreply_", "donotreply.",
    "do-not-reply-",
    "do-not-reply+", "do-not-reply.", "prvs=", "prvs+", "msprvs1=", "srs0=", "srs0+", "srs0-", "srs1=", "srs1+", "srs1-",
)  # fmt: skip
_MACHINE_ENDINGS = ("-bounce", "-bounces", "-noreply", "-no-reply", ".noreply", ".no-reply", "_noreply", "-donotreply")
_ROLE_BEGINNINGS = ("owner-",)
_ROLE_ENDINGS = ("-owner", "-request", "-admin", "-errors")


def is_machine(local_part: str) -> bool:
    """True where nobody reads answers."""
    before_detail = local_part.partition("+")[0]
    return local_part in MACHINE or local_part.startswith(_MACHINE_BEGINNINGS) or before_detail.endswith(_MACHINE_ENDINGS)


def is_role(local_part: str) -> bool:
    """True where a person may read answers, but an automatic one might start a loop."""
    return local_part in ROLE or local_part.startswith(_ROLE_BEGINNINGS) or local_part.endswith(_ROLE_ENDINGS)
