"""What the person wrote: the shown texts as one, quoted history and signature set apart, and the whole kept beside them."""

from dataclasses import dataclass

from triage.parsing import html, quotes
from triage.parsing.parts import Shown

#: Text beyond these is never searched for quotations; it stays in the full text.
MAX_CHARACTERS = 200 * 1024
MAX_LINES = 800


@dataclass(frozen=True, slots=True)
class Body:
    """The text in its parts."""

    text: str
    full_text: str
    quoted: str = ""
    signature: str = ""


def read(shown: list[Shown]) -> Body:
    """The body of a message from the texts it shows."""
    whole = "\n\n".join(text for text in (_rendered(one) for one in shown) if text.strip())
    head, rest = _capped(whole)
    split = quotes.split(head)
    full_text, rest = _unmarked(whole).strip("\n"), _unmarked(rest)
    if not split.own.strip():
        return Body(text=full_text.strip(), full_text=full_text)
    quoted = "\n".join(part for part in (split.quoted, rest) if part) if split.quoted else ""
    own = split.own
    if rest and not split.quoted:
        own = f"{own}\n{rest}" if split.signature else full_text
    return Body(text=own.strip(), full_text=full_text, quoted=quoted.strip("\n"), signature=split.signature.strip("\n"))


def _rendered(one: Shown) -> str:
    if one.html:
        return html.to_text(one.text)
    text = _unmarked(one.text)
    return unflowed(text, delsp=one.delsp) if one.flowed else text


def _unmarked(text: str) -> str:
    return text.replace(html.QUOTE, "").replace(html.UNQUOTE, "")


def _capped(whole: str) -> tuple[str, str]:
    end = len("\n".join(whole[: MAX_CHARACTERS + 1].split("\n", MAX_LINES)[:MAX_LINES]))
    if end > MAX_CHARACTERS:
        # Whole lines only: half a line would break a word or a number in two.
        end = max(whole.rfind("\n", 0, MAX_CHARACTERS), 0) or MAX_CHARACTERS
    return whole[:end], whole[end:].lstrip("\n")


def unflowed(text: str, *, delsp: bool) -> str:
    """Paragraphs joined where lines end in a space (RFC 3676 §4); quotation depth and the signature line keep theirs apart."""
    out: list[str] = []
    joining = False
    depth_before = -1
    for line in text.split("\n"):
        body = line.lstrip(">")
        depth = len(line) - len(body)
        body = body.removeprefix(" ")
        flows = body.endswith(" ") and body != "-- "
        kept = body[:-1] if flows and delsp else body
        if joining and depth == depth_before and body != "-- ":
            out[-1] += kept
        else:
            out.append(">" * depth + " " * bool(depth) + kept)
        joining, depth_before = flows, depth
    return "\n".join(line.rstrip(" ") if line != "-- " else line for line in out)
