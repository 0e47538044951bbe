"""What the tests of this room share: a customer's ordinary message, changed where a row says so."""

from triage.message import Address, Attachment, Message
from triage.reading import Effect
from triage.rules.table import RuleContext, check_all

US = "support@shop.example"
EVE = "eve@customer.example"
PAY = "service@pay.example"
CONTEXT = RuleContext(
    own_addresses=frozenset({US, "hello@shop.example"}),
    staff_addresses=frozenset({"ann@shop.example"}),
    provider_addresses=frozenset({PAY}),
)
#: Effects with which no case is opened.
MACHINE = {Effect.AUTOMATIC, Effect.REPORT, Effect.SPAM}


def person(*headers: tuple[str, str], **changes: object) -> Message:
    """A customer's message, with fields added and values changed."""
    plain = {
        "message_id": "1@mail.example",
        "from_": (Address(name="Eve Miller", addr_spec=EVE),),
        "to": (Address(addr_spec=US),),
        "return_path": EVE,
        "subject": "Where is my parcel?",
        "text": "It was to come on Monday.",
        "headers": (("date", "Mon, 02 Mar 2026 10:00:00 +0000"), *headers),
    }
    return Message(**(plain | changes))  # type: ignore[arg-type]


def addresses(*addr_specs: str) -> tuple[Address, ...]:
    """Mailboxes without display names."""
    return tuple(Address(addr_spec=addr_spec) for addr_spec in addr_specs)


def author(addr_spec: str, **changes: object) -> Message:
    """The same message by somebody else."""
    return person(from_=addresses(addr_spec), **changes)


def part(content_type: str, filename: str = "") -> Attachment:
    """An attachment of that type."""
    return Attachment(filename=filename, content_type=content_type, size=9, sha256="")


def effect(rule: str, message: Message, context: RuleContext = CONTEXT) -> Effect | None:
    """What a rule says within the whole table; None for its silence."""
    return next((finding.effect for finding in check_all(message, context) if finding.rule == rule), None)


def effects(message: Message, context: RuleContext = CONTEXT) -> set[Effect]:
    """What all rules say."""
    return {finding.effect for finding in check_all(message, context)}
