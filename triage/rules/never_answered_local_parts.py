"""RFC 3834 §2, RFC 5230 §4.6: addresses that are not answered by their name alone; the lists are in `local_parts`."""

from triage.message import Address, Message
from triage.reading import Effect, Finding
from triage.rules.context import RuleContext
from triage.rules.local_parts import is_machine, is_role


def check(message: Message, context: RuleContext) -> Finding | None:
    """AUTOMATIC for addresses that nobody reads, NO_ANSWER for roles and for web forms that send on a person's behalf."""
    # The Sender of a message that was passed on is the carrier's.
    for address in (*message.from_, *(() if message.relayed_by else message.sender[:1])):
        if is_machine(address.local_part):
            return _finding(address, Effect.NO_ANSWER if _on_behalf(message, address) else Effect.AUTOMATIC)
        if is_role(address.local_part):
            return _finding(address, Effect.NO_ANSWER)
    return None


def _on_behalf(message: Message, machine: Address) -> bool:
    # A web form writes from no-reply@ and names the customer in Reply-To; list and daemon addresses never do. The reverse also occurs:
    # a person's From with a machine as Sender, where a form or a provider carried it.
    if machine not in message.from_:
        return True
    return any(not is_machine(other.local_part) and other.addr_spec != machine.addr_spec for other in message.reply_to)


def _finding(address: Address, effect: Effect) -> Finding:
    return Finding(rule="never_answered_local_parts", effect=effect, reason=f"{address.local_part[:60]}@ is not answered")
