"""Who may be told of an order: its own customer, found genuine by our own server, and nobody who only knows its number."""

from triage.inquiry import Verdict
from triage.message import Message
from triage.order import Order
from triage.orders.look_alike import looks_like

#: What DMARC says of domains without a policy (RFC 8601 §2.7.1), and where it is not asked.
_SILENT = ("", "none")


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
    doubt = _doubt(message, author.domain, own | linked, require_authentication=require_authentication)
    return doubt or (Verdict.OWNER if address in own else Verdict.LINKED)


def _doubt(message: Message, domain: str, theirs: frozenset[str], *, require_authentication: bool) -> Verdict | None:
    """Why the author may not be who the address says."""
    if message.relayed_by:
        return Verdict.PASSED_ON
    if _forged(message):
        return Verdict.FORGED
    if require_authentication and not _authentic(message, domain):
        return Verdict.UNVERIFIED
    elsewhere = any(other.addr_spec.lower() not in theirs for other in (*message.sender, *message.reply_to))
    return Verdict.ELSEWHERE if elsewhere else None


def _lower(addresses: tuple[str, ...]) -> frozenset[str]:
    return frozenset(address.strip().lower() for address in addresses if "@" in address)


def _forged(message: Message) -> bool:
    results = {method: message.authentication_result(method) for method in ("dmarc", "spf", "dkim")}
    return results["dmarc"] == "fail" or (results["dmarc"] != "pass" and results["spf"] == results["dkim"] == "fail")


def _authentic(message: Message, domain: str) -> bool:
    # DMARC asks for alignment with From by itself; a bare SPF pass may be of any domain.
    dmarc = message.authentication_result("dmarc")
    return dmarc == "pass" or (dmarc in _SILENT and any(_aligned(signer, domain) for signer in message.dkim_domains))


def _aligned(signer: str, domain: str) -> bool:
    """RFC 7489 §3.1.1, relaxed: the same domain, or one below the other."""
    if signer.count(".") < 1:
        return False
    return signer == domain or domain.endswith(f".{signer}") or signer.endswith(f".{domain}")
