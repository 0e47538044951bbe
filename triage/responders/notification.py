"""The notification: all that an agent needs to answer a customer by answering this message."""

from collections.abc import Mapping

from triage.case import CaseEvent
from triage.happened import what
from triage.responders.case_facts import about, is_written
from triage.responders.colleague import letter_to_colleague
from triage.responders.desk import Assignment, Desk
from triage.responders.envelope import Letter
from triage.responders.names import one_line, visible
from triage.staff import NoticeKind

_LOGGED = 12
_REASON = 500
_FILES = 20
#: Of a note; the whole is in the case.
_NOTED = 5000
#: What happened and tells nobody anything who works on the case.
_NO_NEWS = frozenset({"staff_mail", "paused", "resumed", "answers", "proposed", "filing", "fallback"})
_OURSELVES = "daemon"
#: How the reason for writing reads.
NEWS: Mapping[NoticeKind, str] = {
    NoticeKind.ASSIGNED: "a new case for you",
    NoticeKind.REASSIGNED: "this case is yours now",
    NoticeKind.FOLLOW_UP: "the customer wrote again",
    NoticeKind.NOTE: "there is a note on the case",
    NoticeKind.UNDELIVERED: "an answer did not reach the customer",
    NoticeKind.COPY_UNDELIVERED: "a copy of an answer did not reach whom you named",
    NoticeKind.REOPENED: "the case is open again",
    NoticeKind.COLLEAGUE_UNREACHABLE: "mail to the colleague who looked after it fails",
    NoticeKind.FACTS: "the order system has answered",
    NoticeKind.REMINDED: "the day has come until which the case was to wait",
    NoticeKind.DUE_SOON: "a promise is close to its time",
    NoticeKind.CHECK: "please look whether all is well",
    NoticeKind.RATED: "the customer has said how we did",
}


def notify(desk: Desk, assignment: Assignment) -> Letter:
    """The mail to whoever looks after the case."""
    case, message = assignment.case, assignment.message
    news = [NEWS[kind] for kind in assignment.order.news]
    why = one_line(assignment.order.reason, _REASON)
    files = message.attachments if message else ()
    context = {
        **about(desk, assignment),
        "news": [*news, why] if why else news,
        "next_step": assignment.topic(desk).next_step("en") if message and is_written(message) else "",
        "files": [f"{one_line(file.filename, 80) or 'without a name'} ({file.size / 1000:.0f} kB)" for file in files[:_FILES]],
        "note": visible(assignment.order.words)[:_NOTED],
        "log": [_line(desk, event) for event in assignment.log if event.kind not in _NO_NEWS][-_LOGGED:],
        "customer": one_line(case.requester.name or case.requester.addr_spec, 80) if case.requester else "",
        "answers_customers": (who := desk.people.colleagues.get(assignment.order.colleague)) is not None and who.answers_customers,
    }
    first = news[0] if news else "news"
    return letter_to_colleague(desk, assignment, "notification/default", f"{context['title']} ({case.priority}): {first}", context)


def _line(desk: Desk, event: CaseEvent) -> str:
    by = f" ({event.actor})" if event.actor not in ("", _OURSELVES) and "@" not in event.actor else ""
    said = event.detail.get("text") or event.detail.get("why") or ""
    return one_line(f"{desk.people.clock(event.at)} {what(event)}{by}{': ' if said else ''}{said}", 200)


def digest(desk: Desk, assignment: Assignment) -> Letter:
    """A list of cases with news, one line each; its token leads to none of them, so that an answer to it cannot go astray."""
    lines = assignment.order.words.split("\n")
    return letter_to_colleague(
        desk, assignment, "notification/digest", f"and {len(lines) - 1} more: news of your cases", {"lines": lines, "token": ""}
    )


def remind(desk: Desk, assignment: Assignment) -> Letter:
    """A list of cases of which a promise is close to its time or past it; as a digest, it is no letter about any one of them."""
    lines, count = assignment.order.words.split("\n"), assignment.order.reason
    subject = "Promises that are broken or close to their time"
    return letter_to_colleague(desk, assignment, "reminder/default", subject, {"lines": lines, "count": count, "token": ""})
