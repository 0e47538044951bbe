"""Asks the order system about a message before it is decided: which orders it means, and whether its author may be told of them."""

from collections.abc import Sequence
from datetime import datetime

from triage.errors import PermanentError, TemporaryError
from triage.inquiry import NOTHING_ASKED, Checked, Enclosure, Known, OrderBook, Verdict
from triage.logs import get_logger
from triage.message import Message
from triage.order import Order, same_number
from triage.orders.disclose import verdict
from triage.orders.proposal import proposals
from triage.policy.first_contact import the_one, wanted_document
from triage.policy.table import Policy
from triage.ports import Now
from triage.reading import Classification, Effect, Reading
from triage.sections.orders import OrderSettings

#: A message that names more is a list, and nobody is told of a list.
_NUMBERS = 5
#: Orders looked for by the address of a customer who names none.
_RECENT = 3
#: Written by machines and colleagues: nobody is to be told anything.
_NOT_CUSTOMERS = (Effect.AUTOMATIC, Effect.REPORT, Effect.SPAM, Effect.STAFF)
_log = get_logger("inquire")


class Inquiry:
    """Asks, checks and never raises: without an answer everything goes on without facts."""

    def __init__(self, book: OrderBook, settings: OrderSettings, *, policy: Policy, now: Now) -> None:
        self._book = book
        self._settings = settings
        self._policy = policy
        self._now = now

    async def ask(self, reading: Reading) -> Known:
        """What the order system knows that concerns the message."""
        if any(finding.effect in _NOT_CUSTOMERS for finding in reading.findings):
            return NOTHING_ASKED
        try:
            checked = await self._checked(reading)
            return Known(checked=checked, enclosure=await self._enclosure(reading.classification, checked))
        except (TemporaryError, PermanentError) as error:
            _log.warning("orders_unanswered", error=type(error).__name__, reason=str(error))
            return Known(failed=str(error))

    async def _checked(self, reading: Reading) -> tuple[Checked, ...]:
        message, numbers = reading.message, reading.facts.order_numbers[:_NUMBERS]
        now = self._now()
        if numbers:
            found = await self._book.by_numbers(numbers)
            return tuple(self._named(number, found, reading, now) for number in numbers)
        author = message.author
        # Who asks about nothing that was bought is not looked up.
        if author is None or message.relayed_by or reading.classification.category == "other":
            return ()
        recent = await self._book.by_address(author.addr_spec, _RECENT)
        return tuple(self._one(order.number, order, reading, now, named=False) for order in recent)

    def _named(self, number: str, found: Sequence[Order], reading: Reading, now: datetime) -> Checked:
        fitting = [order for order in found if same_number(order.number) == same_number(number)]
        if len(fitting) == 1:
            return self._one(number, fitting[0], reading, now, named=True)
        verdict_ = Verdict.AMBIGUOUS if fitting else Verdict.UNKNOWN
        return Checked(number=number, verdict=verdict_, source=self._book.name, at=now)

    def _one(self, number: str, order: Order, reading: Reading, now: datetime, *, named: bool) -> Checked:
        said = reading.classification
        return Checked(
            number=number,
            verdict=self._verdict(order, reading.message),
            order=order,
            named=named,
            source=self._book.name,
            at=now,
            proposals=proposals(order, said.category, said.issue, now=now, returns=self._settings.returns),
        )

    def _verdict(self, order: Order, message: Message) -> Verdict:
        return verdict(order, message, require_authentication=self._settings.require_authentication)

    async def _enclosure(self, said: Classification, checked: Sequence[Checked]) -> Enclosure | None:
        """The document that is asked for, where it would be sent: nobody else's is fetched."""
        kind, one = wanted_document(said.category), the_one(checked)
        if kind is None or isinstance(one, str) or not one.may_be_told or one.order is None:
            return None
        document = one.order.document(kind) if self._policy.topic(said.category, said.issue).first_contact != "off" else None
        if document is None:
            return None
        content = await self._book.document(one.order, document)
        return Enclosure(document=document, content=content) if 0 < len(content) <= self._settings.document_mb << 20 else None
