"""How much automatic mail may leave."""

from triage.sections.values import Limit, Section


class SendLimits(Section):
    """How much automatic mail may leave."""

    per_sender_day: Limit = 4
    per_sender_week: Limit = 10
    per_domain_hour: Limit = 50
    per_hour: Limit = 600
    #: Domains with many unrelated people behind them are not limited per domain.
    shared_domains: tuple[str, ...] = (
        "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "me.com",
        "gmx.de", "gmx.net", "web.de", "t-online.de", "aol.com", "proton.me", "protonmail.com", "mail.ru", "orange.fr", "free.fr",
    )  # fmt: skip
