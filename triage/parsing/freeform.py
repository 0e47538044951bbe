"""Delivery reports without RFC 3464 fields: Exim, qmail, Exchange, Postfix of old and others, known by two kinds of evidence."""

import re

from triage.message import DeliveryReport
from triage.parsing import address, headers
from triage.parsing.tree import Part

_SENDERS = re.compile(
    r"(?:mailer[-_. ]?daemon|mail[-_. ]?daemon|postmaster|mail[-_. ]?delivery|mdaemon|mailerdaemon|maildelivery|bounce[s]?|mail-?system|undeliver\w{0,9}|smtp|exim|mda|microsoftexchange\w{0,60})(?=[@+._ <-]|$)",
    re.IGNORECASE,
)
_SUBJECTS = re.compile(
    r"undeliver|returned mail|return(?:ed)? to sender|delivery (?:status )?notification|delivery (?:has )?(?:fail|delay|report|problem)|deliver\w{0,3} (?:error|failure)|failure notice|failure delivery|mail (?:delivery )?(?:fail|system error|error|could not)|"
    r"message (?:not delivered|you sent blocked|delayed|status|delivery|undeliverable)|non[- ]?(?:delivery|remis|recapit)|not delivered|could not be delivered|cannot be delivered|unzustellbar|unable to deliver|warning: (?:message|could not)|"
    r"no se puede entregar|não é possível entregar|недостав|delivery notice|bounce|user unknown|nondeliverable|rejected|配信|送信できません|failed|エラー|returned email|email not delivered|mensagem não|zustellung|onbestelbaar|olevererbar",
    re.IGNORECASE,
)  # fmt: skip
_DELAYED = re.compile(
    r"will (?:continue to be|be) (?:retried|tried)|delay|not yet been delivered|still trying|warning message only|warning only|has not been delivered to|keep trying|will be retried|will keep trying|temporar|you do not need to resend|trying to (?:send|deliver)|next attempt|queued for",
    re.IGNORECASE,
)
_FAILED = re.compile(
    r"permanent|fatal|giving up|given up|gave up|could not be delivered|undeliverable|user unknown|unknown user|no such user|does not exist|mailbox unavailable|not delivered|expired|no further (?:attempts|action)|retry time(?:out)? exceeded|failed",
    re.IGNORECASE,
)
_STATUS = re.compile(r"(?<![\d.])([45]\.\d{1,2}\.\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.])([45]\d\d)[ -](?:#?[45]\.\d|[A-Za-z<])")
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253}")
_NAMED = re.compile(
    r"(?:final-recipient:.{0,20};|original-recipient:.{0,20};|rcpt to:|to:|recipient:|for|recipients?:?|user|address(?:es)?:?|following.{0,60}:|unknown to)\s{0,40}<?([^\s<>:;,\"()]{1,64}@[A-Za-z0-9.-]{1,253})",
    re.IGNORECASE,
)  # fmt: skip
_LOOKED_AT = 20_000


def read(root: Part, text: str, original: str) -> DeliveryReport | None:
    """The report in free form, or None where nothing but a person's words says so."""
    failed_recipients = headers.decode(str(root.get("x-failed-recipients", "")))
    text = text[:_LOOKED_AT]
    if not failed_recipients and not _is_report(root, text):
        return None
    subject = headers.decode(str(root.get("subject", "")))
    status = _STATUS.search(text)
    reply = _REPLY.search(text)
    code = status[1] if status else ""
    first = (code or (reply[1] if reply else ""))[:1]
    return DeliveryReport(
        action=_action(first, f"{subject}\n{text}"), status=code, recipient=_recipient(failed_recipients, text), original_message_id=original,
        diagnostic=_diagnostic(text, status or reply),
    )  # fmt: skip


def _is_report(root: Part, text: str) -> bool:
    # One sign is what a person could also show; two of three are a mail server's.
    sender = headers.decode(str(root.get("from", "")))
    null_path = str(root.get("return-path", "")).strip() in {"<>", "<MAILER-DAEMON>"}
    from_server = bool(_SENDERS.search(sender))
    subject = bool(_SUBJECTS.search(headers.decode(str(root.get("subject", "")))))
    says = bool(_STATUS.search(text) or _REPLY.search(text) or _FAILED.search(text) or _DELAYED.search(text))
    report_type = "delivery-status" in str(root.get("content-type", "")).lower()
    return (
        report_type
        or ((null_path or from_server) and subject)
        or (null_path and from_server and says)
        or (from_server and says and bool(_ADDRESS.search(text)))
    )


def _action(first: str, text: str) -> str:
    if first == "5":
        return "failed"
    delayed, failed = _DELAYED.search(text), _FAILED.search(text)
    return "delayed" if delayed and (first == "4" or not failed) else "failed"


def _recipient(header: str, text: str) -> str:
    for candidate in header.split(","):
        found = address.addr_spec(candidate.strip(" <>"))
        if found:
            return found
    for pattern in (_NAMED, _ADDRESS):
        for match in pattern.finditer(text[:8000]):
            found = address.addr_spec((match[1] if pattern is _NAMED else match[0]).strip(".'"))
            if found and not _SENDERS.match(found):
                return found
    return ""


def _diagnostic(text: str, match: re.Match[str] | None) -> str:
    if match is None:
        return ""
    start = text.rfind("\n", 0, match.start()) + 1
    end = text.find("\n", match.end())
    return " ".join(text[start : end if end >= 0 else None].split())[:500]
