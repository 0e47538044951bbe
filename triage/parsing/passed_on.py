"""Who really wrote what a web form sends or a colleague forwards: by configured rule only, and nobody where it is not plain."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from triage.message import MAX_DEFECTS, Address, Message
from triage.parsing import address, body, language, parts, quotes
from triage.parsing import quote_patterns as patterns
from triage.parsing.body import Body
from triage.parsing.tree import Part
from triage.sections.reading import FormSettings

#: A form's fields stand at its beginning; a forward's header follows the forwarder's own words.
_LINES = 200
#: What our boundary must have found of the carrier: results on SPF or DKIM alone may speak of another domain than From's.
_AUTHENTIC = frozenset({("dmarc", "pass"), ("compauth", "pass")})
_MAILTO = re.compile(r"[<\[]\s?mailto:([^\s<>\[\]]{3,320})\s?[>\]]", re.IGNORECASE)
#: What programs put before the subject of a forwarded message.
_SUBJECT = re.compile(
    r"\A\s{0,3}(?:fwd?|wg|tr|rv|enc|i|vs|vb|pd|fs|doorst|ilt|továbbítás|πρθ|转发|轉寄|転送)\s{0,2}[:：]", re.IGNORECASE
)  # fmt: skip
#: A label and its value, as forms write them.
_AFTER_LABEL = re.compile(r"[\s*_]{0,4}(?:[:：=|>-]{1,2}[\s*_]{0,6}|\s{2,20}|\t|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Whose word on the author is taken."""

    forms: tuple[FormSettings, ...] = ()
    forwarders: frozenset[str] = frozenset()
    #: Our boundary tells who is authentic, so that whoever passes mail on must be.
    asked: bool = False


def by_first_author(message: Message, leaves: Sequence[Part], rule: Rule) -> Message:
    """The message of whoever wrote it first, where a form or a colleague passed it on; else the message as it is."""
    carrier = message.author
    if carrier is None or not (rule.forms or rule.forwarders):
        return message
    form = next((form for form in rule.forms if form.address == carrier.addr_spec), None)
    if form is None and carrier.addr_spec not in rule.forwarders:
        return message
    if rule.asked and _AUTHENTIC.isdisjoint(message.authentication):
        return _noted(message, f"claims to come from {carrier.addr_spec}, which may pass mail on, but is not authenticated")
    return _forwarded(message, carrier, leaves) if form is None else _by_form(message, carrier, form)


def _by_form(message: Message, carrier: Address, form: FormSettings) -> Message:
    lines = message.full_text.split("\n")[:_LINES]
    author = _filled_in(form, lines) if form.email_label else message.reply_to
    author = author if len(author) == 1 else ()
    said = (
        f"the customer was named by the web form {carrier.addr_spec}"
        if author
        else f"the web form {carrier.addr_spec} names no one customer"
    )
    # A form quotes nobody: its fields may look like the header of an answered message.
    whole = Body(text=message.full_text.strip(), full_text=message.full_text)
    return _noted(_rewritten(message, author, carrier, whole), said)


def _rewritten(message: Message, author: tuple[Address, ...], carrier: Address, text: Body) -> Message:
    return replace(
        message,
        from_=author,
        relayed_by=carrier.addr_spec,
        text=text.text,
        full_text=text.full_text,
        quoted=text.quoted,
        signature=text.signature,
        language=language.of(text.text),
        # They were found of the carrier and prove nothing of the author.
        authentication=(),
    )


def _noted(message: Message, defect: str) -> Message:
    # In front: it decides who is answered, and among forty others it would be the one that is cut off.
    return replace(message, defects=(defect, *message.defects)[:MAX_DEFECTS])


def _filled_in(form: FormSettings, lines: list[str]) -> tuple[Address, ...]:
    """The mailbox that the form's line names; none where lines contradict each other, as one of them may be the customer's own text."""
    found = {one.addr_spec: one for value in _values(form.email_label, lines) for one in _mailboxes(value)}
    if len(found) != 1:
        return ()
    only = next(iter(found.values()))
    name = next(iter(_values(form.name_label, lines)), "") if form.name_label else only.name
    return (Address(name=name[:200].strip(), addr_spec=only.addr_spec),)


def _values(label: str, lines: list[str]) -> list[str]:
    """What stands behind a label, or below it where nothing does."""
    found: list[str] = []
    wanted = label.lower().rstrip(" :")
    for index, line in enumerate(lines):
        text = line.lstrip(" \t*_>|").rstrip(" \t*_|")
        if not text.lower().startswith(wanted):
            continue
        behind = _AFTER_LABEL.match(text, len(wanted))
        if behind:
            found.append(
                text[behind.end() :].strip(" \t*_|") or next((below.strip(" \t*_|") for below in lines[index + 1 :] if below.strip()), "")
            )
    return found


def _mailboxes(written: str) -> tuple[Address, ...]:
    people, _ = address.parse(_MAILTO.sub(r"<\1>", written[:1000]), "")
    return people


def _forwarded(message: Message, carrier: Address, leaves: Sequence[Part]) -> Message:
    attached = [leaf.children[0] for leaf in leaves if leaf.children]
    if len(attached) == 1:
        author, inside = _attached(attached[0])
    else:
        author, inside = _below_header(message.full_text, by_subject=bool(_SUBJECT.match(message.subject)))
    if inside is None:
        # A colleague's own words.
        return message
    if len(author) != 1 or author[0].addr_spec == carrier.addr_spec:
        return _noted(message, "a forwarded message whose author cannot be told")
    whole = message.full_text
    # Whole lines: a short message may be the beginning of a word in what was written above it.
    if f"\n{inside.full_text}\n" not in f"\n{whole}\n":
        whole = f"{whole}\n\n{inside.full_text}"
    kept = "\n".join(part for part in (whole.removesuffix(inside.full_text).strip("\n"), inside.quoted) if part)
    text = Body(text=inside.text, full_text=whole, quoted=kept, signature=inside.signature)
    return _noted(_rewritten(message, author, carrier, text), f"forwarded by {carrier.addr_spec}")


def _attached(message: Part) -> tuple[tuple[Address, ...], Body | None]:
    people, _ = address.parse(str(message.get("from", "")), "From")
    return people, body.read(parts.collect(message).shown)


def _below_header(text: str, *, by_subject: bool) -> tuple[tuple[Address, ...], Body | None]:
    """Author and text of the message whose header stands in the text."""
    lines = text.split("\n")
    start = _header_start(lines, by_subject=by_subject)
    if start is None:
        return (), None
    marked, author, end = _header(lines, start)
    below = [_unmarked(line) for line in lines[end:]] if marked else lines[end:]
    split = quotes.split("\n".join(below))
    full_text = "\n".join(lines[end:]).strip("\n")
    inside = Body(text=split.own.strip() or full_text, full_text=full_text, quoted=split.quoted, signature=split.signature)
    return _mailboxes(author), inside


def _header_start(lines: list[str], *, by_subject: bool) -> int | None:
    # A header without a line that announces it stands over an answered message as well: then the subject must say what this is.
    for index, line in enumerate(lines[:_LINES]):
        if patterns.FORWARDED.match(line):
            return index + 1
        if by_subject and line.strip() and quotes.is_header_block(lines, index):
            return index
    return None


def _unmarked(line: str) -> str:
    return line.lstrip(" ").removeprefix(">").removeprefix(" ")


def _header(lines: list[str], index: int) -> tuple[bool, str, int]:
    """Whether the header's lines are marked as quoted, what its From says, and where the text below begins."""
    while index < len(lines) and not lines[index].strip(" >"):
        index += 1
    marked = index < len(lines) and lines[index].lstrip().startswith(">")
    author, of_author = "", False
    while index < len(lines) and lines[index].strip(" >"):
        line = lines[index].lstrip(" >*\t").rstrip(" *\t")
        field = next((name for name, pattern in patterns.FIELDS if pattern.match(line)), "")
        of_author = (field == "from" and not author) or (of_author and not field)
        if of_author:
            # A long name pushes the address to the next line.
            author = f"{author} {re.split('[:：]', line, maxsplit=1)[-1].strip(' *') if field else line}"
        index += 1
    return marked, author.strip(), index
