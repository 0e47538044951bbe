"""What follows from a colleague's message: an answer to the customer or a note, the commands above it, or an explanation why not."""

from dataclasses import replace
from datetime import datetime

from triage.case import CaseEvent, CaseStatus
from triage.command import Word
from triage.decision import CaseChange, Decision, HeldAnswers, Outcome, ReplyOrder
from triage.message import Address
from triage.policy.colleague import Answer, Rival, Steps
from triage.policy.commands import carry_out
from triage.policy.copies import copied, strangers, to_be_confirmed, with_copies
from triage.reply import ReplyKind
from triage.staff import Colleague, NoticeKind

_NO_CHANGE = CaseChange()
_LARGEST = "at most 10 MB"
#: Files that are named to whoever attached them.
_NAMED = 10


def answered(answer: Answer) -> Decision:
    """Everything that follows from a message that may be obeyed; with any problem nothing but an explanation."""
    steps = carry_out(answer)
    if not steps.problems and not steps.risky:
        _words(answer, steps)
    if steps.problems:
        return _refused(answer, steps)
    if steps.risky:
        return _to_be_confirmed(answer, steps)
    folder = answer.incoming.policy.topic(answer.case.category, answer.case.issue).folder
    return Decision(
        outcome=Outcome.NOTED,
        reason=f"{answer.colleague.name}: {'; '.join(steps.done)}",
        case_id=answer.case.id,
        status=steps.status,
        events=tuple(steps.events),
        replies=tuple(steps.replies),
        deadlines=tuple(steps.deadlines),
        kept=tuple(steps.kept),
        assignee=steps.assignee,
        change=None if steps.change == _NO_CHANGE else steps.change,
        notices=tuple(steps.notices),
        folder=answer.incoming.policy.unsorted.folder if answer.case.abstained else folder,
    )


def _words(answer: Answer, steps: Steps) -> None:
    orders = answer.orders
    if Word.HELP in orders:
        steps.replies.append(_to(answer.colleague, answer.now, ReplyKind.REFUSAL, reason="You asked for help.", words=orders.text))
        steps.done.append("help")
    elif Word.REPLY in orders and not orders.text and answer.waiting and (answer.confirmed or Word.CC not in orders):
        steps.change = replace(steps.change, answers=HeldAnswers.RELEASED, authors=answer.colleague.addresses)
        steps.done.append("the answer that waited leaves")
        _replied(answer, steps, "the answer that waited")
    elif not orders.text:
        if not orders.commands or orders.any_of(Word.REPLY, Word.NOTE, Word.CC):
            steps.problems.append("There are no words of yours in the message.")
    elif Word.REPLY in orders or (answer.colleague.answers_customers and Word.NOTE not in orders):
        _reply(answer, steps)
    else:
        _note(answer, steps)


def _reply(answer: Answer, steps: Steps) -> None:
    customer = answer.case.requester
    if customer is None:
        steps.problems.append(f"{answer.case.number} has no customer's address to answer to: write #note above what is for us alone.")
        return
    if answer.case.status is CaseStatus.CLOSED and steps.status is None:
        steps.problems.append(f"{answer.case.number} is closed: write #reopen above your answer.")
        return
    if left_out := [file.filename or file.content_type for file in answer.incoming.message.attachments if file.size and not file.content]:
        steps.problems.append(
            f"Files that are too large together to go along ({_LARGEST}): {', '.join(left_out[:_NAMED])}. The customer was sent nothing: "
            "answer again with smaller files, or with a link to them."
        )
        return
    named = copied(answer, steps)
    unknown = strangers(answer, named)
    held = answer.rival is not None or bool(unknown)
    if answer.waiting:
        # Whoever writes again after a warning means this, and not what they wrote before.
        steps.change = replace(steps.change, answers=HeldAnswers.TAKEN_BACK, authors=answer.colleague.addresses)
    steps.replies += with_copies(_answer(answer, customer, held=held), named)
    if unknown:
        order, action = to_be_confirmed(answer, unknown)
        steps.replies.append(order)
        steps.event(answer, "proposed", {"action": action})
        steps.event(answer, "held", {"why": order.reason})
        steps.done.append("the answer waits to be confirmed")
    if answer.rival:
        _collided(answer, steps, answer.rival)
    if not held:
        _replied(answer, steps, answer.orders.text)


def _answer(answer: Answer, customer: Address, *, held: bool) -> ReplyOrder:
    return ReplyOrder(
        kind=ReplyKind.ANSWER,
        recipient=customer.addr_spec,
        deadline=answer.now + answer.undo,
        colleague=answer.colleague.key,
        words=answer.orders.text,
        thread=answer.thread,
        not_before=answer.now + answer.undo,
        held=held,
    )


def _replied(answer: Answer, steps: Steps, text: str) -> None:
    steps.event(answer, "replied", {"text": text[:2000], "message_id": answer.incoming.message.message_id})
    steps.done.append("answered the customer")
    steps.status = steps.status or answer.after_reply
    if not answer.case.assignee and steps.assignee is None:
        steps.assignee = answer.colleague.key
    steps.tell(answer, NoticeKind.NOTE)


def _collided(answer: Answer, steps: Steps, rival: Rival) -> None:
    reason = f"{rival.name} has answered the customer since we wrote to you."
    steps.replies.append(_to(answer.colleague, answer.now, ReplyKind.COLLISION, reason=reason, words=rival.text))
    steps.event(answer, "held", {"why": reason})
    steps.done.append("the answer waits: a colleague was first")


def _note(answer: Answer, steps: Steps) -> None:
    colleague = answer.colleague
    department = "" if colleague.answers_customers else colleague.key
    detail = {"text": answer.orders.text[:2000], "department": department, "message_id": answer.incoming.message.message_id}
    steps.event(answer, "answered" if department else "note", detail)
    steps.done.append("left a note")
    if department:
        steps.kept.append(("reply", department))
        if answer.case.status is CaseStatus.ON_HOLD and steps.status is None:
            steps.status = CaseStatus.OPEN
    steps.tell(answer, NoticeKind.NOTE)


def _refused(answer: Answer, steps: Steps) -> Decision:
    why = " ".join(steps.problems)
    return Decision(
        outcome=Outcome.NOTED,
        reason=f"nothing was done: {why}",
        case_id=answer.case.id,
        events=(_event(answer, "refused", why=why),),
        replies=(_to(answer.colleague, answer.now, ReplyKind.REFUSAL, reason=why, words=_all_words(answer)),),
        folder=answer.incoming.policy.folders.sort_by_hand,
    )


def _to_be_confirmed(answer: Answer, steps: Steps) -> Decision:
    action = "\n".join(steps.risky)
    reason = f"{action} joins the cases of two customers: from then on both are answered in one."
    return Decision(
        outcome=Outcome.NOTED,
        reason=f"to be confirmed: {action}",
        case_id=answer.case.id,
        events=(_event(answer, "proposed", action=action),),
        replies=(_to(answer.colleague, answer.now, ReplyKind.CONFIRMATION, reason=reason, words=action),),
        folder=answer.incoming.policy.topic(answer.case.category, answer.case.issue).folder,
    )


def _event(answer: Answer, kind: str, **detail: str) -> CaseEvent:
    return answer.incoming.event(kind, "mail", {"by": answer.colleague.key, **detail}, actor=answer.colleague.name)


def _all_words(answer: Answer) -> str:
    return "\n".join(filter(None, (answer.orders.block, answer.orders.text)))


def _to(colleague: Colleague, now: datetime, kind: ReplyKind, *, reason: str, words: str) -> ReplyOrder:
    return ReplyOrder(kind=kind, recipient=colleague.address, deadline=now, colleague=colleague.key, reason=reason, words=words)
