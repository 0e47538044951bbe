"""Mail of payment providers: read in the form that the configuration teaches, believed by its signature only, and told once with their webhooks."""

from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from tests.cli.calling import Shop
from tests.making import NOW, message
from tests.orders.making import order
from tests.payments.house import ADVICE, House, house
from tests.payments.making import CHARGE, DISPUTE, REFUND
from tests.rows import rows
from tests.spine.office import ANN, FINANCE, plain, written
from tests.spine.world import World
from triage import app
from triage.cli.check_orders import DoubtError, payments_said
from triage.extraction.patterns import Patterns
from triage.extraction.payment_alerts import AlertForm, alert_forms, find_alert
from triage.message import Address, Message
from triage.order import OrderStatus
from triage.payment import PaymentEvent, PaymentEventKind
from triage.policy.first_contact import FAILURES
from triage.sections.payments import AlertSettings, PaymentSettings, Reason

SENDER = "service@pay.example"
TABLE = f"""
[payments.alerts.Stripe]
senders = ["{SENDER}", "service@pay.test"]
transaction = 'Reference:[ \\t]*(\\S+)'
order = 'Your order:[ \\t]*(\\S+)'
amount = '^Amount:[ \\t]*(.+)$'
[payments.alerts.Stripe.events]
disputed = 'disputed'
refunded = 'refund of'
failed = 'could not be (?:taken|charged)'
[payments.alerts.Stripe.reasons]
insufficient_funds = 'not enough money'
declined = 'bank'
"""
SETTINGS: dict[str, Any] = {
    "senders": [SENDER],
    "transaction": r"Reference:[ \t]*(\S+)",
    "order": r"Your order:[ \t]*(\S+)",
    "amount": r"^Amount:[ \t]*(.+)$",
    "events": {"disputed": "disputed", "refunded": "refund of", "failed": "could not be (?:taken|charged)"},
    "reasons": {"insufficient_funds": "not enough money", "declined": "bank"},
}
FORM = AlertForm.of("Stripe", AlertSettings(**SETTINGS))
SUBJECT = "A payment could not be taken"
TEXT = "Reference: pi_1\nYour order: ORD1234\nAmount: 49,90 €\nWhy: not enough money, says the bank\n"
SIGNED = f"mx.shop.example; dkim=pass header.d={SENDER.partition('@')[2]}"


def alert(text: str = TEXT, **fields: Any) -> Message:
    """A message of the provider's, signed by it."""
    author = Address(addr_spec=fields.pop("sender", SENDER))
    given = {"from_": (author,), "subject": SUBJECT, "text": text, "full_text": text, "dkim_domains": ("pay.example",)}
    return message(**{**given, **fields})


def told(it: Message, form: AlertForm = FORM) -> PaymentEvent | None:
    """What is made of it."""
    return find_alert(it, (form,), Patterns(), NOW)


def test_what_an_alert_says() -> None:
    """What happened to which payment of which order, how much, and why; the same name as the webhook gives to it."""
    found = told(alert())
    assert found is not None
    assert (found.provider, found.kind, found.subject) == ("Stripe", PaymentEventKind.FAILED, "Stripe failed pi_1")
    assert (found.reference, found.order_number, str(found.amount)) == ("pi_1", "ORD1234", "49.90 EUR")
    assert (found.reason, found.at, found.by_mail, found.id) == ("insufficient_funds", NOW, True, "mail first@customer.example")


@rows(
    ("text", "subject", "kind", "order_number", "amount", "reason"),
    [
        ("Reference: re_1\nAmount: EUR 20", "We sent a refund of your customer's", PaymentEventKind.REFUNDED, "", "20.00 EUR", ""),
        ("It was disputed; a refund of it is too late.\nreference: dp_1\n", "News", PaymentEventKind.DISPUTED, "", "None", ""),
        ("Could not be charged. Reference: pi_2\nAmount: a lot\n", "News", PaymentEventKind.FAILED, "", "None", ""),
        ("Refund of it, your bank says. Reference: pi_2", "News", PaymentEventKind.REFUNDED, "", "None", ""),
        (f"Reference: pi_3\nYour order: {'9' * 61}\n", SUBJECT, PaymentEventKind.FAILED, "", "None", ""),
    ],
)
def test_forms_of_alerts(text: str, subject: str, kind: PaymentEventKind, order_number: str, amount: str, reason: str) -> None:
    """What is written is taken, and what is not, or cannot be, says nothing; of several events the first in the configuration counts."""
    found = told(alert(text, subject=subject))
    assert found is not None
    assert (found.kind, found.order_number, str(found.amount), found.reason) == (kind, order_number, amount, reason)


@rows(
    "fields",
    [
        {"subject": "Your monthly statement"},
        {"full_text": "Your order: ORD1234", "text": ""},
        {"full_text": f"Reference: {'x' * 61}", "text": ""},
        {"full_text": "x" * 20_000 + TEXT, "text": ""},
    ],
)
def test_other_mail_of_the_provider(fields: dict[str, str]) -> None:
    """A statement, a message without the transaction's number, or one in which it stands far below, is no alert."""
    assert told(alert(**fields)) is None


@rows(
    ("fields", "believed"),
    [
        ({}, True),
        ({"dkim_domains": ("mail.pay.example",)}, True),
        ({"dkim_domains": ("evil.example", "pay.example")}, True),
        ({"sender": "service@pay.test", "dkim_domains": ("pay.test",)}, False),
        ({"authentication": (("dmarc", "pass"),)}, True),
        ({"authentication": (("dmarc", "fail"),)}, False),
        ({"dkim_domains": ()}, False),
        ({"dkim_domains": (), "authentication": (("dmarc", "pass"), ("spf", "pass"))}, False),
        ({"dkim_domains": ("evil.example",)}, False),
        ({"dkim_domains": ("notpay.example",)}, False),
        ({"dkim_domains": ("example",)}, False),
        ({"dkim_domains": ("",)}, False),
        ({"sender": "billing@pay.example"}, False),
        ({"sender": "service@pay.example.evil.example", "dkim_domains": ("evil.example",)}, False),
        ({"relayed_by": "form@shop.example"}, False),
        ({"from_": ()}, False),
        ({"from_": (Address(addr_spec=SENDER), Address(addr_spec="eve@evil.example"))}, False),
    ],
)
def test_whose_word_is_believed(fields: dict[str, Any], believed: bool) -> None:
    """Of the one author at a configured address, signed by its domain; what somebody else signed, passed on or only wrote is not."""
    assert (told(alert(**fields)) is not None) is believed


def test_nothing_is_configured() -> None:
    """Then no mail is an alert."""
    assert alert_forms(None) == ()
    assert find_alert(alert(), (), Patterns(), NOW) is None
    settings = PaymentSettings(alerts={"Some provider": AlertSettings(senders=[SENDER], transaction="(x)", events={"failed": "x"})})
    [form] = alert_forms(settings)
    found = told(alert("xx"), form)
    assert found is not None
    assert (found.provider, found.order_number, found.amount, found.reason) == ("Some provider", "", None, "")


def test_reasons_are_those_there_are_words_for() -> None:
    """A customer is told why a payment failed in words of ours."""
    assert frozenset(get_args(Reason)) == FAILURES


@rows(
    ("fields", "said"),
    [
        ({"senders": []}, "senders"),
        ({"senders": ["pay.example"]}, "expected a plain address"),
        ({"events": {}}, "events"),
        ({"events": {"paid": "x"}}, "failed"),
        ({"events": {"failed": "("}}, "expected a regular expression"),
        ({"transaction": "no group"}, "expected a regular expression with one group"),
        ({"order": "(two) (groups)"}, "expected a regular expression with one group"),
        ({"amount": "(?:none)"}, "expected a regular expression with one group"),
        ({"reasons": {"too_poor": "x"}}, "insufficient_funds"),
    ],
)
def test_mistakes_in_the_settings(fields: dict[str, Any], said: str) -> None:
    """Each is told with what was expected."""
    assert AlertSettings(**SETTINGS)
    with pytest.raises(ValidationError, match=said):
        AlertSettings(**{**SETTINGS, **fields})


@pytest.mark.parametrize("name", ["stripe", "STRIPE", "paypal", ""])
def test_the_names_of_providers(name: str) -> None:
    """One whose webhooks are known is called as they call it, because that is how the same event is known."""
    with pytest.raises(ValidationError, match="alerts"):
        PaymentSettings(alerts={name: AlertSettings(**SETTINGS)})


def mailed(text: str = TEXT, subject: str = SUBJECT, *, passed: str = SIGNED, **fields: str) -> bytes:
    """The alert as it arrives."""
    return written(f"Stripe <{SENDER}>", text, subject=subject, passed=passed, **fields)


async def get(at_home: House, content: bytes) -> None:
    """It arrives, and a quarter of an hour goes by."""
    await at_home.office.get(content, minutes=0)
    await at_home.pass_by(15)


@pytest.mark.parametrize("first", ["mail", "post"])
async def test_a_failed_payment_is_told_once(tmp_path: Path, first: str) -> None:
    """By mail, by webhook, in whatever order and however often: one case, one letter to the customer, nothing to the provider."""
    async with house(tmp_path, extra=ADVICE + TABLE) as at_home:
        for way in (first, "mail", "post"):
            if way == "mail":
                await get(at_home, mailed())
            else:
                await at_home.posted("charge.failed", CHARGE, minutes=15)
        [letter] = at_home.office.came(ANN)
        assert "the payment of 49.90 EUR" in plain(letter)
        assert at_home.office.came(SENDER) == []
        assert await at_home.cases() == 1
        [event] = await at_home.office.events("payment_event")
        assert event.detail["reference"] == "pi_1"


@pytest.mark.parametrize("first", ["mail", "post"])
async def test_a_refund_is_told_once(tmp_path: Path, first: str) -> None:
    """Also where mail and webhook name it by different numbers; another amount is another refund."""
    known = order(status=OrderStatus.DELIVERED)
    refund = f"Reference: ref-9\n{TEXT.partition('pi_1')[2].replace('49,90', '20,00')}"
    async with house(tmp_path, known=[known], extra=ADVICE + TABLE) as at_home:
        for way in (first, "mail", "post"):
            if way == "mail":
                await get(at_home, mailed(refund, "A refund of a payment"))
            else:
                await at_home.posted("charge.refunded", REFUND, minutes=1)
        assert len(at_home.office.came(ANN)) == 1
        await get(at_home, mailed(refund.replace("ref-9", "ref-10").replace("20,00", "5,00"), "A refund of a payment"))
        assert len(at_home.office.came(ANN)) == 2


async def test_a_dispute_by_mail(tmp_path: Path) -> None:
    """Calls for the same people, says that it came by mail, and joins what the webhook says of it."""
    async with house(tmp_path, known=[order()], extra=ADVICE + TABLE) as at_home:
        await get(at_home, mailed(TEXT.replace("pi_1", "dp_1"), "A payment was disputed"))
        assert "Stripe tells by mail: a payment is disputed, 49.90 EUR" in " ".join(plain(at_home.office.last(FINANCE)).split())
        await at_home.posted("charge.dispute.created", DISPUTE)
        assert await at_home.cases() == 1
        [settled] = await at_home.office.ask(lambda tx: tx.messages.all("support"))
        assert (settled.outcome, settled.reason) == ("automatic", "Stripe tells of a payment: disputed, dp_1")


@pytest.mark.parametrize(
    "content",
    [
        mailed(passed=""),
        mailed(passed="mx.shop.example; dmarc=pass header.from=pay.example"),
        mailed(passed="mx.shop.example; dkim=pass header.d=evil.example"),
        mailed(passed="mx.evil.example; dkim=pass header.d=pay.example"),
        mailed("Dear merchant, please look at our new prices.", "News"),
    ],
    ids=["unsigned", "no signature", "of another domain", "by another server", "no alert"],
)
async def test_who_only_uses_the_address(content: bytes, tmp_path: Path) -> None:
    """Nothing is believed, nobody is answered, and a person sees the message."""
    async with house(tmp_path, extra=ADVICE + TABLE) as at_home:
        await get(at_home, content)
        assert (at_home.office.came(ANN), at_home.office.came(SENDER)) == ([], [])
        [case] = await at_home.office.ask(lambda tx: tx.cases.find())
        assert case.requester is not None
        assert case.requester.addr_spec == SENDER
        [withheld] = await at_home.office.events("withheld")
        assert withheld.detail["rule"] == "payment_provider"


async def test_a_copy_of_an_alert_is_one(tmp_path: Path) -> None:
    """Two addresses of ours that both get it, or a provider that says it again tomorrow."""
    async with house(tmp_path, extra=ADVICE + TABLE) as at_home:
        again = mailed(Message_ID="<1@pay.example>")
        for content in (again, again, mailed(TEXT + "\nAgain.")):
            await get(at_home, content)
        assert len(at_home.office.came(ANN)) == 1
        counts = await at_home.office.ask(lambda tx: tx.payments.counts())
        assert {it.outcome.value: it.count for it in counts} == {"received": 2, "opened": 1}


async def test_mail_alone(world: World) -> None:
    """Where no webhook is configured no port is opened, and `triage check` says what is read, or that nothing would be believed."""
    shop = Shop(world.root, world.values)
    settings = world.configure(extra=TABLE)
    assert await payments_said(settings) == "alerts of Stripe are read; customers are told of: nothing ([orders.advice] tell)"
    with pytest.raises(DoubtError, match="no alert of Stripe is believed, because authserv_id is empty"):
        await payments_said(settings.model_copy(update={"authserv_id": ""}))
    async with app.assembled(settings) as running:
        assert running.hear is None
        assert "payments" in [stage.name for stage in running.stages]
    shop.configure(TABLE)
    assert "posted yet" not in (await shop.calls("health")).out


def test_classify_says_what_an_alert_is_taken_for(shop: Shop) -> None:
    """Whoever teaches a form tries it on a message that was saved."""

    shop.configure(TABLE)
    path = shop.root / "alert.eml"
    path.write_bytes(mailed())
    ended = shop.call("classify", path)
    assert "  Stripe tells of a payment: failed, pi_1, order ORD1234, 49.90 EUR, insufficient_funds" in ended.lines
    assert "  gets no automatic answer" in ended.lines
    [said] = shop.call("classify", "--json", path).json["messages"]
    assert (said["payment"]["subject"], said["payment"]["by_mail"], said["answerable"]) == ("Stripe failed pi_1", True, False)
    path.write_bytes(mailed(passed=""))
    assert "tells of a payment" not in shop.call("classify", path).out
    assert "payment" not in shop.call("classify", "--json", path).json["messages"][0]
