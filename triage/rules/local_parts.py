"""Local parts behind which no person, or not surely one, reads answers: data, so that an operator sees what is meant."""

import re

#: Nobody reads answers to these.
MACHINE = frozenset({
    "mailer-daemon", "mail-daemon", "maildaemon", "mailerdaemon", "mail_daemon", "mdaemon", "daemon", "nobody", "null", "devnull",
    "noreply", "no-reply", "no_reply", "no.reply", "noreplies", "donotreply", "do-not-reply", "do_not_reply", "do.not.reply", "dontreply",
    "nicht-antworten", "keine-antwort", "nepasrepondre", "ne-pas-repondre", "noresponder", "no-responder", "nao-responda", "naoresponda",
    "bounce", "bounces", "bounced", "bounce-handler", "mailbounce", "listserv", "majordomo", "mailman", "autoresponder", "auto-responder",
    "autoreply", "auto-reply", "autoresponse", "auto-confirm", "auto-confirmation", "automailer", "notification", "notifications", "notify",
    "alert", "alerts", "mailsystem", "mail-system", "feedback-loop", "fbl", "complaints-feedback-loop",
})  # fmt: skip

#: A person often does (RFC 5230 §4.6 warns of postmaster), but answering by itself is not safe.
ROLE = frozenset(
    {
        "postmaster",
        "post_master",
        "post-master",
        "abuse",
        "root",
        "hostmaster",
        "webmaster",
        "administrator",
        "system",
        "cron",
        "www-data",
        "apache",
    }
)

_MACHINE_FORMS = re.compile(
    r"(?:bounces?[+=]|bounces-|bounce-\d|(?:mailer-daemon|no-?reply|do-?not-?reply)[-+=._]).{0,200}"
    r"|.{1,64}(?:-bounces?|-noreply|-no-reply|\.noreply|_noreply|-donotreply)(?:\+.{0,200})?"
    r"|(?:prvs|srs[01])[=+-].{0,200}|mailer-daemon.{0,60}|msprvs1=.{0,200}"
)
_ROLE_FORMS = re.compile(r"owner-.{1,60}|.{1,60}-(?:owner|request|admin|errors)")


def is_machine(local_part: str) -> bool:
    """True where nobody reads answers."""
    return local_part in MACHINE or _MACHINE_FORMS.fullmatch(local_part) is not None


def is_role(local_part: str) -> bool:
    """True where a person may read answers, but an automatic one might start a loop."""
    return local_part in ROLE or _ROLE_FORMS.fullmatch(local_part) is not None
