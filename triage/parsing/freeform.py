"""Delivery reports without RFC 3464 fields: Exim, qmail, Exchange, carriers and others, known by several kinds of evidence at once."""

import re

from triage.message import DeliveryReport
from triage.parsing import address, charset, headers
from triage.parsing.tree import Part


def _any(words: str) -> str:
    return "|".join(word.strip() for word in words.split("|") if word.strip())


# All of these are searched in lower case, which is several times faster than ignoring case.
#: Names under which only mail servers write, and names that people use too.
_SERVER = re.compile(
    r"mailer[-_. ]?daemon|mail[-_. ]?daemon|mail delivery (?:sub)?system|mail delivery service|microsoftexchange[0-9a-f]{8}", re.IGNORECASE
)
_MAYBE_SERVER = re.compile(
    r"post[-_. ]?master|mdaemon|mail[-_. ]?delivery|mail[-_. ]?system|system administrator|bounces?\b|undeliver|"
    r"no[-_.]?reply|do[-_.]?not[-_.]?reply|\bsmtp\b|exim|"
    r"delivery[-_. ]?(?:notification|status|report)|(?:^|[\"<\s])mail(?:er|gw|admin)?\d{0,3}@|"
    r"scanmail|amavis|gateway|administrator|mailscanner",
)  # fmt: skip
_SUBJECT = re.compile(
    _any(
        r"""
        undeliver|returned mail|return(?:ed)? to sender|returned e?-?mail|delivery (?:status )?(?:notification|notice)|
        deliver\w{0,3} (?:has )?(?:fail|delay|report|problem|error|incomplete|temporar|unsuccess)|failure notice|failure delivery|
        failed delivery|mail (?:delivery )?(?:fail|system error|error|could not|not )|mailbox (?:full|unavailable|exceed)|
        message (?:not|could not|cannot )|message you sent|message (?:delayed|status|delivery|undeliverable|was not|notify)|
        non[- ]?(?:delivery|remis|recapit)|nondeliverable|(?:not|n't) (?:be )?delivered|could not (?:be )?(?:send|sent|deliver)|
        cannot be delivered|unable to deliver|unzustellbar|unzustellbarkeit|nicht zugestellt|zustellung|user unknown|unknown user|
        no se puede entregar|no se ha podido|não é possível entregar|não entregue|недостав|не доставлен|onbestelbaar|niet bezorgd|
        olevererbar|kunne ikke leveres|impossibile recapitare|mancato recapito|rapport de non|échec de|niedostarcz|nedoručiteln|
        nelze doručit|エラー|送信できません|配信不能|配送|退信|系统退信|반송|bounce|rejected mail|mail rejected|blocked|virus|quarantin|
        warning[: -]|delivery has failed|error sending
        """
    )
)
_DELAYED = re.compile(
    _any(
        r"""
        will (?:continue to be|be) (?:re)?tried|delayed|not yet been delivered|still trying|still being|warning message only|
        warning only|keep(?:s)? trying|will keep|temporar|do not need to (?:re)?send|trying to (?:send|deliver)|
        continue(?:s)? (?:to try|trying)|next attempt|queued for|noch nicht zugestellt|for past \d|will retry
        """
    )
)
_FAILED = re.compile(
    _any(
        r"""
        permanent|fatal|giving up|given up|gave up|could not be (?:delivered|sent)|couldn't be delivered|undeliverable|user unknown|
        unknown (?:user|recipient|address)|no such (?:user|address|mailbox|recipient)|(?:does not|doesn't) exist|mailbox (?:unavailable|
        full|is full|not found)|not (?:be )?delivered|was not delivered|did not reach|expired|no further|retry time(?:out)? exceeded|
        failed|delivery errors?|rejected|refused|unable to deliver|invalid (?:user|recipient|address)|timed out|over quota|
        quota exceeded|is disabled|no longer|送信できません|届きません|一杯|unrouteable|host unknown
        """
    )
)
_RETURNED = re.compile(
    r"original message (?:follows|header|is attached|was)|(?:copy|header)s? of (?:the|your) (?:original )?(?:message|mail)|"
    r"message details|^your message$|the message you sent|"
    r"^\s{0,9}message-id:|ursprüngliche nachricht folgt|this message was created automatically",
    re.IGNORECASE | re.MULTILINE,
)  # fmt: skip
_STATUS = re.compile(r"(?<![\d.])([45]\.\d{1,2}\.\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.])([45]\d\d)[ -]{1,3}(?:#?[45]\.\d|[A-Za-z<])")
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253}")
_NAMED = re.compile(
    r"(?:recipient[^\n]{0,20};|rcpt to:|\bto:|recipients?:?|\bfor|\buser|address(?:es)?:?|unknown to|following[^\n]{0,60}:)"
    r"\s{0,40}<?([^\s<>:;,\"()]{1,64}@[A-Za-z0-9.-]{1,253})",
    re.IGNORECASE,
)  # fmt: skip
_LOOKED_AT = 20_000


def read(root: Part, text: str, original: str, *, returned: bool) -> DeliveryReport | None:
    """The report in free form, or None where nothing but a person's words says so; `returned` is the message that came back."""
    recipients = headers.decode(str(root.get("x-failed-recipients", "")))
    subject = headers.decode(str(root.get("subject", "")))
    text = text[:_LOOKED_AT]
    if returned and subject.strip().lower().startswith("complaint about message from"):
        return DeliveryReport(action="delivered", original_message_id=original, diagnostic="feedback report: abuse")
    status, reply = _STATUS.search(text), _REPLY.search(text)
    if not recipients and not _is_report(root, subject, text, code=bool(status or reply), returned=returned):
        return None
    code = status[1] if status else ""
    return DeliveryReport(
        action=_action((code or (reply[1] if reply else ""))[:1], f"{subject}\n{text}"),
        status=code,
        recipient=_recipient(recipients, text),
        original_message_id=original,
        diagnostic=_diagnostic(text, status or reply),
    )


def _is_report(root: Part, subject: str, text: str, *, code: bool, returned: bool) -> bool:
    # Each sign alone is one that a person's mail can show too; three together are a mail server's.
    if "delivery-status" in str(root.get("content-type", "")).lower():
        return True
    sender = headers.decode(str(root.get("from", ""))).lower()
    null_path = str(root.get("return-path", "")).strip().upper().startswith(("<>", "<MAILER-DAEMON"))
    returned = returned or bool(_RETURNED.search(text))
    server = 2 * bool(_SERVER.search(sender)) or int(bool(_MAYBE_SERVER.search(sender)))
    if not (null_path or server) or not (null_path or code or returned or server == 2):
        return False
    lowered = text.lower()
    says = bool(_FAILED.search(lowered) or _DELAYED.search(lowered))
    return server + null_path + bool(_SUBJECT.search(subject.lower())) + code + says + returned >= 3


def _action(first: str, text: str) -> str:
    if first == "5":
        return "failed"
    text = text.lower()
    delayed, failed = _DELAYED.search(text), _FAILED.search(text)
    return "delayed" if delayed and (first == "4" or not failed or delayed.start() < failed.start()) else "failed"


def _recipient(header: str, text: str) -> str:
    named = (match[1] for match in _NAMED.finditer(text[:8000]))
    other = (match[0] for match in _ADDRESS.finditer(text[:8000]))
    for candidate in (*header.split(",")[:20], *named, *other):
        found = address.addr_spec(candidate.strip(" <>.'"))
        if found and not _SERVER.match(found) and not found.startswith("postmaster@"):
            return found
    return ""


def _diagnostic(text: str, match: re.Match[str] | None) -> str:
    if match is None:
        return ""
    start = text.rfind("\n", 0, match.start()) + 1
    end = text.find("\n", match.end())
    return charset.cut(" ".join(text[start : end if end >= 0 else None].split()), 500)
