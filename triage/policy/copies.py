"""Who else gets an answer: whom the agent names with #cc and nobody besides; whoever had no part in the case takes a second step."""

from dataclasses import replace

from triage.command import Word
from triage.decision import ReplyOrder
from triage.policy.colleague import Answer, Steps
from triage.reply import ReplyKind
from triage.sections.values import is_addr_spec

_AT_MOST = 5


def copied(answer: Answer, steps: Steps) -> tuple[str, ...]:
    """The addresses behind #cc; what is wrong with them goes to the problems."""
    named = tuple(dict.fromkeys(answer.orders.value(Word.CC).lower().replace(",", " ").replace(";", " ").split()))
    people = answer.people
    for address in named:
        if not is_addr_spec(address):
            steps.problems.append(f"#cc {address}: expected addresses such as ann@customer.example.")
        elif address in people.own | people.staff or address.rpartition("@")[2] == people.identity.address.rpartition("@")[2]:
            # The customer would see it, and answers to it would pass us by.
            steps.problems.append(f"#cc {address}: that is one of ours; write #note to keep somebody here informed, or #assign.")
    if len(named) > _AT_MOST:
        steps.problems.append(f"#cc names {len(named)} addresses: expected at most {_AT_MOST}.")
    customer = answer.case.requester
    return tuple(address for address in named if not customer or address != customer.addr_spec)


def strangers(answer: Answer, named: tuple[str, ...]) -> tuple[str, ...]:
    """Those who have had no part in the case yet."""
    return tuple(address for address in named if address not in answer.participants)


def with_copies(order: ReplyOrder, named: tuple[str, ...]) -> list[ReplyOrder]:
    """The answer to the customer, which shows who else has it, and the same for each of them."""
    answer = replace(order, copies=named)
    return [answer, *(replace(answer, kind=ReplyKind.COPY, recipient=address, addressee=order.recipient) for address in named)]


def to_be_confirmed(answer: Answer, unknown: tuple[str, ...]) -> tuple[ReplyOrder, str]:
    """The question whether these are to have it, and the orders that a confirmation stands for."""
    action = f"#{Word.CC} {' '.join(unknown)}\n#{Word.REPLY}"
    those = f"{', '.join(unknown)}, who {'has' if len(unknown) == 1 else 'have'} had no part in this case"
    reason = f"Your answer waits: it also goes to {those}. From then on they may write to it as the customer does."
    colleague = answer.colleague
    order = ReplyOrder(
        kind=ReplyKind.CONFIRMATION, recipient=colleague.address, deadline=answer.now, colleague=colleague.key, reason=reason, words=action
    )
    return order, action
