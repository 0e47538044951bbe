"""Bytes → Message, for any bytes: mail-parser for dates, address diagnostics and defects, our own walk for what people wrote."""

import logging
import re
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import mailparser

from triage.message import MAX_DEFECTS, Address, Attachment, Message, RawMessage
from triage.parsing import (
    address,
    authentication,
    body,
    delivery_report,
    documents,
    filenames,
    headers,
    identifiers,
    language,
    parts,
    passed_on,
    trace,
    tree,
)
from triage.parsing.charset import cut
from triage.parsing.options import ParseOptions
from triage.parsing.salvage import salvage

# It logs each text part that it does not manage, which is most calendars.
logging.getLogger("mailparser").setLevel(logging.CRITICAL)

_MAX_DEFECT = 300
#: Larger ones together would be refused by many servers.
_PASSED_ON = 10_000_000
#: mail-parser refuses dates without a zone; the standard library also reads a year 0000, as 2000.
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
#: Fields that mail-parser judges for us.
_ASKED = frozenset({
    "from", "to", "cc", "bcc", "reply-to", "date", "resent-date", "subject", "message-id", "mime-version",
    "content-type", "content-transfer-encoding", "content-disposition", "content-id",
})  # fmt: skip


#: One mailbox in plain words, as most are: the library never finds fault with it, and took longer over it than over all the rest.
_PLAIN = re.compile(
    r"\A(?:[A-Za-z0-9]{1,40}(?: [A-Za-z0-9]{1,40}){0,4} )?<[A-Za-z0-9]{1,30}(?:[._-][A-Za-z0-9]{1,30}){0,4}"
    r"@(?:[A-Za-z0-9]{1,30}[.-]){1,6}[A-Za-z]{2,20}>"
)
_MAILBOXES = frozenset({"from", "to", "cc", "bcc", "reply-to"})


class _Judge(mailparser.MailParser):  # type: ignore[misc]
    """The library without the tables of all it has read, which nobody asks for and which take it a fifth of its time."""

    def _make_mail(self, complete: bool = True) -> dict[str, object]:
        return {}


def parse(raw: RawMessage, options: ParseOptions) -> Message:
    """The message as it reads; every defect in words, never an exception."""
    try:
        return _read(raw, options)
    except Exception as error:
        # The promise of this room: whatever a library raises, the message is shown by its header.
        saved = salvage(raw)
        return replace(saved, defects=(*saved.defects, f"reading failed: {type(error).__name__}"))


def _read(raw: RawMessage, options: ParseOptions) -> Message:
    content = raw.content[: options.max_bytes]
    root, defects = tree.grow(content)
    if raw.size > len(content):
        defects.append(f"only the first {len(content)} of {raw.size} bytes were read")
    library_date, library_defects = _by_library(root)
    defects += library_defects
    label = _label(root)
    fields = _fields(root, label)
    people = {name: _people(root, name, label, defects) for name in ("from", "sender", "reply-to", "to", "cc")}
    found = parts.collect(root)
    text = body.read(found.shown)
    identifier, problem = identifiers.message_id(_raw(root, "message-id"))
    defects += [problem] if problem else []
    defects += found.defects
    document_text = _documents(found, defects)
    checked = authentication.results(fields, options.authserv_id, options.trace_hosts)
    message = Message(
        message_id=identifier,
        in_reply_to=identifiers.identifiers(_raw(root, "in-reply-to") or ""),
        references=identifiers.identifiers(_raw(root, "references") or ""),
        from_=people["from"],
        sender=people["sender"],
        reply_to=people["reply-to"],
        to=people["to"],
        cc=people["cc"],
        return_path=_return_path(root),
        subject=headers.decode(_raw(root, "subject") or "", label),
        date=_date(library_date, _raw(root, "date"), raw.received_at, defects),
        headers=fields,
        content_type=root.get_content_type(),
        text=text.text,
        full_text=text.full_text,
        quoted=text.quoted,
        signature=text.signature,
        document_text=document_text,
        attachments=_attachments(found, people["from"], options.colleagues),
        report=delivery_report.read(root, found.leaves, text.full_text),
        authentication=checked.by_method,
        dkim_domains=checked.signers,
        accepted_at=trace.accepted_at(fields, options.trace_hosts),
        language=language.of(text.text),
        fingerprint=identifiers.fingerprint(content, identifier, tuple(_raw(root, name) or "" for name in ("from", "date", "subject"))),
        defects=tuple(dict.fromkeys(cut(line, _MAX_DEFECT) for line in defects))[:MAX_DEFECTS],
    )
    rule = passed_on.Rule(forms=options.forms, forwarders=options.forwarders, asked=bool(options.authserv_id))
    return passed_on.by_first_author(message, found.leaves, rule)


def _by_library(root: tree.Part) -> tuple[datetime | None, list[str]]:
    # It reads every trace field several times over; the view has only what is asked of it.
    view = copy(root)
    fields = [(name.lower(), value) for name, value in root.raw_items()]
    asked = {name for name, value in fields if name in _ASKED and not (name in _MAILBOXES and _PLAIN.fullmatch(value))}
    for name in {name for name, _ in fields} - asked:
        del view[name]
    try:
        parsed: Any = _Judge(view)
        return parsed.date, [str(line) for group in parsed.defects for lines in group.values() for line in lines]
    except Exception as error:
        # On hostile input the library raises anything at all; our own walk goes on without it.
        return None, [f"mail-parser gave up: {type(error).__name__}"]


def _raw(root: tree.Part, name: str) -> str | None:
    wanted = name.lower()
    return next((value for field, value in root.raw_items() if field.lower() == wanted), None)


def _label(root: tree.Part) -> str:
    # The charset of the first text stands for raw characters in the header.
    part = root
    while part.children:
        part = part.children[0]
    return filenames.parameter(part, "charset")


def _fields(root: tree.Part, label: str) -> tuple[tuple[str, str], ...]:
    return tuple((name.lower(), headers.decode(value, label)) for name, value in root.raw_items() if headers.foreign(name))


def _people(root: tree.Part, name: str, label: str, defects: list[str]) -> tuple[Address, ...]:
    found: list[Address] = []
    for field, value in root.raw_items():
        if field.lower() == name:
            people, problems = address.parse(value, name.title(), label)
            found += people
            defects += problems
    return tuple(found)


def _return_path(root: tree.Part) -> str | None:
    value = _raw(root, "return-path")
    if value is None:
        return None
    text = headers.unfold(value).strip(" <>\t")
    return address.addr_spec(text) or text.lower()[:320]


def _date(found: datetime | None, raw: str | None, received_at: datetime, defects: list[str]) -> datetime | None:
    if found is None and raw and _YEAR.search(raw):
        try:
            found = parsedate_to_datetime(headers.decode(raw)[:100])
        except (ValueError, TypeError, IndexError, OverflowError):
            found = None
    if found is None:
        return None
    found = found.replace(tzinfo=UTC) if found.tzinfo is None else found
    if not datetime(1980, 1, 1, tzinfo=UTC) <= found <= received_at + timedelta(days=366):
        defects.append("the date makes no sense")
        return None
    return found.astimezone(UTC)


def _attachments(found: parts.Content, author: tuple[Address, ...], colleagues: frozenset[str]) -> tuple[Attachment, ...]:
    # What a colleague attaches may have to go on to the customer; nobody else's bytes leave this process.
    passed_on = len(author) == 1 and author[0].addr_spec in colleagues and sum(len(data) for _, data, _ in found.attached) <= _PASSED_ON
    return tuple(replace(attachment, content=data) if passed_on else attachment for _, data, attachment in found.attached)


def _documents(found: parts.Content, defects: list[str]) -> str:
    texts: list[str] = []
    for _, data, attachment in found.attached:
        if attachment.content_type == "application/pdf" or attachment.filename.lower().endswith(".pdf"):
            text, defect = documents.pdf_text(data)
            texts += [text] if text else []
            defects += [f"{attachment.filename}: {defect}"] if defect else []
    return cut("\n".join(texts), documents.MAX_CHARACTERS)
