"""What reading depends on: apart from it, so that the daemon need not load what its readers read with."""

from dataclasses import dataclass

from triage.extraction.patterns import Patterns
from triage.extraction.payment_alerts import AlertForm
from triage.parsing.options import ParseOptions
from triage.rules.context import RuleContext

#: Fields that name the address a message was delivered to; a delivery report on our mail is found by it.
KEPT_FIELDS = ("delivered-to", "x-original-to", "envelope-to")
#: Fields in which submission servers name who logged in to send a message.
SUBMITTER_FIELDS = ("x-authenticated-sender", "x-authenticated-user", "x-auth-user", "x-authuser")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPlan:
    """What reading depends on besides the bytes; travels to the reader processes."""

    parsing: ParseOptions
    rules: RuleContext
    patterns: Patterns
    #: In what mail payment providers tell us something.
    alerts: tuple[AlertForm, ...] = ()
