"""Reports that management is mailed."""

from datetime import time
from typing import Literal

from triage.sections.values import Section


class ReportSettings(Section):
    """Which reports are mailed, to whom and when."""

    #: Each once it is over; none: reports are only made by command.
    send: tuple[Literal["week", "month", "quarter"], ...] = ("week", "month", "quarter")
    #: Names of departments and agents; empty for whoever is told of missed promises.
    to: tuple[str, ...] = ()
    #: On the first day after the period, from this time on.
    at: time = time(7)
