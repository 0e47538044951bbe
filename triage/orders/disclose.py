"""Who may be told of an order: its own customer, found genuine by our own server, and nobody who only knows its number."""

from triage.inquiry import Verdict
from triage.message import Message
from triage.order import Order
from triage.orders.look_alike import looks_like


def verdict(order: Order, message: Message, *, require_authentication: bool) -> Verdict:
    """Whether the author of the message may be told; each step must hold, and the first that does not is the verdict."""
    author = message.author
    if author is None:
        return Verdict.NO_AUTHOR
    address = author.addr_spec.lower()
    own, linked = _lower(order.addresses), _lower(order.linked)
    if address not in own | linked:
        # Only for the warning: an address that is not equal is not told, whatever it looks like.
        return Verdict.LOOK_ALIKE if any(looks_like(address, theirs) for theirs in own | linked) else Verdict.SOMEBODY_ELSES
    doubt = _doubt(message, own | linked, require_authentication=require_authentication)
    return doubt or (Verdict.OWNER if address in own else Verdict.LINKED)


def _doubt(message: Message, theirs: frozenset[str], *, require_authentication: bool) -> Verdict | None:
    """Why the author may not be who the address says."""
    if message.relayed_by:
        return Verdict.PASSED_ON
    if _forged(message):
        return Verdict.FORGED
    if require_authentication and not message.is_authentic:
        return Verdict.UNVERIFIED
    elsewhere = any(other.addr_spec.lower() not in theirs for other in (*message.sender, *message.reply_to))
    return Verdict.ELSEWHERE if elsewhere else None


def _lower(addresses: tuple[str, ...]) -> frozenset[str]:
    return frozenset(address.strip().lower() for address in addresses if "@" in address)


def _forged(message: Message) -> bool:
    results = {method: message.authentication_result(method) for method in ("dmarc", "spf", "dkim")}
    return results["dmarc"] == "fail" or (results["dmarc"] != "pass" and results["spf"] == results["dkim"] == "fail")
