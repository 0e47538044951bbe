"""When people may be written to who did not ask: not at night, on the clock of the house."""

from datetime import datetime, time, timedelta, tzinfo


def awake(now: datetime, quiet_from: time, quiet_until: time, where: tzinfo) -> datetime:
    """Now, or the end of the quiet hours that it is in; they may span midnight, and there are none where both times are the same."""
    local = now.astimezone(where)
    clock = local.time()
    within = quiet_from <= clock < quiet_until
    over_midnight = quiet_from > quiet_until and not quiet_until <= clock < quiet_from
    if not within and not over_midnight:
        return now
    day = local.date() + timedelta(days=1) if clock >= quiet_until else local.date()
    return datetime.combine(day, quiet_until, tzinfo=where).astimezone(now.tzinfo)
