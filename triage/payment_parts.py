"""The stages around payment providers: who listens to them, and who settles what they told."""

from collections.abc import Iterator

from triage.clocks.tell import zone
from triage.inquiry import OrderBook
from triage.parts import Parts
from triage.payment import PAYPAL, STRIPE, Receiver
from triage.ports import Store
from triage.sections.orders import AdviceSettings
from triage.sections.payments import PaymentSettings
from triage.stages.hear import Hear
from triage.stages.loop import Bell
from triage.stages.settle import Settle


def listener(parts: Parts, store: Store, heard: Bell) -> Hear | None:
    """Whoever takes in what is posted; None where nobody is to."""
    its = parts.settings.payments
    if its is None or not providers(its):
        return None
    # Heavy, and for those only who are told something.
    from triage.webhooks.server import WebhookServer

    server = WebhookServer(its.host, its.port)
    return Hear(receivers(its), listening=server, wait=its.wait, store=store, board=parts.board, now=parts.now, heard=heard)


def settling(parts: Parts, store: Store, book: OrderBook | None, heard: Bell) -> Iterator[Settle]:
    """Whoever finds out what follows; nobody where nobody listens."""
    orders = parts.settings.orders
    if parts.settings.payments:
        yield Settle(
            orders.advice if orders else AdviceSettings(),
            book=book,
            store=store,
            policy=parts.policy,
            people=parts.people,
            recorder=parts.recorder,
            now=parts.now,
            due=parts.due,
            where=zone(parts.settings.identity.time_zone),
            board=parts.board,
            heard=heard,
            to_send=parts.to_send,
        )


def providers(its: PaymentSettings | None) -> tuple[str, ...]:
    """Whose webhooks are heard."""
    return tuple(name for name, asked in ((STRIPE, its.stripe), (PAYPAL, its.paypal)) if asked) if its else ()


def receivers(its: PaymentSettings) -> dict[str, Receiver]:
    """Who reads what is posted, by the path to which it is."""
    return dict(_receivers(its))


def _receivers(its: PaymentSettings) -> Iterator[tuple[str, Receiver]]:
    if its.stripe:
        from triage.webhooks.stripe import StripeReceiver

        secrets = [secret.reveal("payments.stripe") for secret in its.stripe.secrets]
        tolerance, test_mode = its.stripe.tolerance, its.stripe.test_mode
        yield "/stripe", StripeReceiver(secrets, tolerance=tolerance, order_fields=its.order_fields, test_mode=test_mode)
    if its.paypal:
        from triage.webhooks.paypal import PayPalReceiver
        from triage.webhooks.paypal_signature import PayPalSignature

        signature = PayPalSignature(its.paypal.webhook_id, certificates=its.paypal.certificates)
        yield "/paypal", PayPalReceiver(signature, order_fields=its.order_fields, invoice_prefix=its.paypal.invoice_prefix)
