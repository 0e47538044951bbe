"""What becomes of a message that claims to be a colleague's and may not be obeyed: a note, and word to whom it concerns."""

from triage.case import Case
from triage.decision import Decision, Outcome, ReplyOrder
from triage.people import People
from triage.policy.incoming import Incoming
from triage.reading import Effect
from triage.reply import ReplyKind
from triage.staff import Colleague


def untrusted(incoming: Incoming, case: Case | None, why: str, *, holder: Colleague | None, tell: frozenset[str]) -> Decision:
    """The message kept beside its case; nobody outside learns anything. `tell` has the addresses that may be written to just now."""
    folder = incoming.policy.folders.sort_by_hand
    detail = {"why": why, "holder": holder.key if holder else ""}
    orders = _orders(incoming, why, holder, tell) if case else ()
    return Decision(
        outcome=Outcome.NOTED,
        reason=f"not obeyed: {why}",
        case_id=case.id if case else None,
        events=(incoming.author_event("untrusted", **{name: text for name, text in detail.items() if text}),) if case else (),
        replies=orders,
        folder=folder,
    )


def told(decision: Decision) -> tuple[str, ...]:
    """The addresses that the decision writes to because a message was not obeyed."""
    return tuple(order.recipient for order in decision.replies if order.kind in (ReplyKind.REFUSAL, ReplyKind.DISCLAIMER))


def _orders(incoming: Incoming, why: str, holder: Colleague | None, tell: frozenset[str]) -> tuple[ReplyOrder, ...]:
    author = incoming.message.author
    named = _named(incoming.people, holder, author.addr_spec if author else "")
    orders = []
    if named and named.address in tell:
        # To the address in the settings, never to one in the message: whoever used their name does not read this.
        orders.append(
            ReplyOrder(
                kind=ReplyKind.REFUSAL, recipient=named.address, deadline=incoming.now, colleague=named.key, reason=_reason(incoming, why)
            )
        )
    stranger = author is not None and author.addr_spec not in incoming.people.staff | incoming.people.own
    if author and stranger and author.addr_spec in tell and not _withheld(incoming):
        orders.append(ReplyOrder(kind=ReplyKind.DISCLAIMER, recipient=author.addr_spec, deadline=incoming.now))
    return tuple(orders)


def _named(people: People, holder: Colleague | None, author: str) -> Colleague | None:
    return holder or people.colleague_at(author)


def _reason(incoming: Incoming, why: str) -> str:
    author = incoming.message.author
    return f"A message from {author.addr_spec if author else 'nobody in particular'} was not obeyed, because {why}."


def _withheld(incoming: Incoming) -> bool:
    # A stranger is answered by the same rules as any customer.
    return any(finding.effect not in (Effect.NOTE, Effect.STAFF) for finding in (*incoming.reading.findings, *incoming.limits))
