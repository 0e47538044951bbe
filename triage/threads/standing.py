"""Whether a message that carries a colleague's token may be obeyed: the token, the one author, and our own server's word must agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from triage.message import Message
from triage.staff import Colleague


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A token as it came with a message, and whom it was found to belong to."""

    #: Short name for records.
    token: str
    number: str
    expires: date
    #: None where nobody holds it: forged, of an old format, or of somebody who may not act any more.
    holder: Colleague | None
    #: address, thread or text.
    where: str
    #: The second step of a risky order.
    confirms: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a message's author may do."""

    #: Whoever is obeyed; None for nobody.
    colleague: Colleague | None = None
    #: The claim that counts; None where there is none.
    claim: Claim | None = None
    #: Why nobody is obeyed, in words for a person.
    why: str = ""
    #: What our own server said, for the record.
    authentication: str = ""


def standing(message: Message, claims: Sequence[Claim], *, today: date, require_authentication: bool) -> Standing:
    """Who is to be obeyed; each step must hold, and the first that does not says why."""
    claim = next((one for one in claims if one.holder), claims[0] if claims else None)
    found = _result(message)
    why = _problem(message, claims, claim, today)
    if not why and require_authentication and not message.is_authentic:
        why = f"our mail server does not confirm who sent it ({found})"
    colleague = claim.holder if claim and not why else None
    return Standing(colleague=colleague, claim=claim, why=why, authentication=found)


def _problem(message: Message, claims: Sequence[Claim], claim: Claim | None, today: date) -> str:
    if claim is None:
        return "it carries no token of ours"
    holder = claim.holder
    if holder is None:
        return "its token is not one of ours, or whoever it was given to may not act any more"
    if today > claim.expires:
        return f"its token held until {claim.expires}"
    if len({(one.number, one.holder.key) for one in claims if one.holder and one.where == claim.where}) > 1:
        return "it carries tokens of several cases or people"
    return _author_problem(message, holder)


def _author_problem(message: Message, holder: Colleague) -> str:
    author = message.author
    if author is None:
        return "it does not name one certain author"
    if author.addr_spec not in holder.addresses:
        return f"its token was given to {holder.name}, and it comes from another address"
    if any(address.addr_spec not in holder.addresses for address in message.sender):
        return "its Sender is somebody else"
    if any(address.addr_spec not in holder.addresses for address in message.reply_to):
        return "it asks for answers to somebody else"
    return ""


def _result(message: Message) -> str:
    return ", ".join(f"{method}={result}" for method, result in message.authentication) or "no result"
