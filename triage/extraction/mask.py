"""Card numbers and security codes are taken out of every text of a message before anything else sees it (PCI DSS 3.3, 3.4)."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace

from stdnum import iban

from triage.extraction.cards import is_card_number, is_printed_grouping, shown
from triage.extraction.codes import without_codes
from triage.extraction.labels import label_before
from triage.extraction.words import CARD_WORDS
from triage.message import Address, Attachment, Message

#: Separators people, clients and html put between the digits of one number; those without width are not even seen.
_INVISIBLE = "\\x00-\\x08\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
_BETWEEN = rf"[\s\-._/|,;:()>*·•∙⋅~+#'’\"\\\\\[\]\u2010-\u2015\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d\uff0e\uff0f{_INVISIBLE}]"
#: What html leaves between digits where somebody pasted it; looked at as so many blanks, so that every position stays.
_HTML = re.compile(
    r"&(?:nbsp|ensp|emsp|thinsp|shy|zwnj|zwj|#160|#xa0|#8203);|</?(?:br|span|b|i|u|p|td|div|font|wbr)\b[^<>\d]{0,40}>", re.IGNORECASE
)
_DIGIT = re.compile(r"\d")
#: No upper end, for a number may stand behind any number of others; digits and separators have nothing in common, so it stays quick.
_RUN = re.compile(rf"\d(?:{_BETWEEN}{{0,24}}\d){{12,}}")
_FEWEST_DIGITS, _MOST_DIGITS = 13, 19
#: No scheme's numbers begin otherwise.
_FIRST_DIGITS = frozenset("234568")
_GROUP = re.compile(rf"\d(?:[{_INVISIBLE}]{{0,4}}\d){{0,200}}")

#: What a number in one piece is, where the word right before it says so.
_OTHER_KINDS = frozenset({"order_number", "invoice_number", "receipt_number", "tracking_number", "code"})
#: Where one of these stands near, a number behind "order" may be a card's all the same: "paid my order 4111… by card, exp 12/27".
_OF_CARDS = frozenset(CARD_WORDS.split())
_WORD = re.compile(r"[^\W\d_]{1,40}")
_NEAR_CARD = 100
#: Letters that may stand right before a card number; other letters make it part of an identifier (IBAN, tracking number).
_LETTERS_BEFORE = re.compile(r"(?:^|[^\w])(?:[^\W\d_]{3,20}|cc|nr|no|kk|%b)$", re.IGNORECASE)

_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b")

#: Magnetic stripe data (ISO/IEC 7813): nothing of it may be kept.
_STRIPE = re.compile(r"(?:%b\d{12,19}\^[^?\n]{1,100}|;\d{12,19}=\d{4,30})\?", re.IGNORECASE)

#: Fields made by machines, full of digits that mean something to machines only; no person writes there.
_MACHINE_FIELDS = frozenset({
    "received", "x-received", "return-path", "message-id", "in-reply-to", "references", "date", "dkim-signature", "arc-seal",
    "arc-message-signature", "arc-authentication-results", "authentication-results", "received-spf", "mime-version",
    "x-google-dkim-signature", "x-google-smtp-source", "x-gm-message-state", "content-transfer-encoding",
    "x-ms-exchange-antispam-messagedata", "x-microsoft-antispam",
    "x-forefront-antispam-report", "domainkey-signature", "x-microsoft-antispam-message-info", "x-mailer",
})  # fmt: skip


#: (start, end, digits) of digits with nothing but invisible characters between them.
_Group = tuple[int, int, str]


_MACHINE_PREFIXES = ("x-ms-exchange-", "x-google-", "x-gm-", "arc-", "x-spam-", "x-forefront-", "x-microsoft-")


def mask_text(text: str) -> tuple[str, int]:
    """The text with card numbers shortened and security codes removed, and how many of both there were."""
    if not _DIGIT.search(text):
        return text, 0
    text, stripes = _STRIPE.subn("[card data removed]", text) if "?" in text and ("^" in text or "=" in text) else (text, 0)
    found = list(_card_numbers(text))
    pieces, position = [], 0
    for start, end, digits in found:
        pieces += [text[position:start], shown(digits)]
        position = end
    masked = "".join((*pieces, text[position:])) if found else text
    masked, codes = without_codes(masked, after_number=bool(found))
    return masked, stripes + len(found) + codes


def mask(message: Message) -> Message:
    """The message with every text masked, and how much was masked."""
    total = 0
    seen: dict[str, str] = {}

    def masked(text: str) -> str:
        nonlocal total
        if text not in seen:
            seen[text], count = mask_text(text)
            total += count
        return seen[text]

    def named(addresses: tuple[Address, ...]) -> tuple[Address, ...]:
        return tuple(replace(address, name=masked(address.name)) if address.name else address for address in addresses)

    def files(attachments: tuple[Attachment, ...]) -> tuple[Attachment, ...]:
        return tuple(replace(part, filename=masked(part.filename)) if part.filename else part for part in attachments)

    changed = replace(
        message,
        # The whole text first: what is counted there is not counted again in its parts, where it reads the same.
        full_text=masked(message.full_text),
        text=masked(message.text),
        quoted=masked(message.quoted),
        signature=masked(message.signature),
        document_text=masked(message.document_text),
        subject=masked(message.subject),
        headers=tuple(
            (name, value if name in _MACHINE_FIELDS or name.startswith(_MACHINE_PREFIXES) else masked(value))
            for name, value in message.headers
        ),
        from_=named(message.from_),
        sender=named(message.sender),
        reply_to=named(message.reply_to),
        to=named(message.to),
        cc=named(message.cc),
        attachments=files(message.attachments),
        report=replace(message.report, diagnostic=masked(message.report.diagnostic)) if message.report else None,
        defects=tuple(masked(defect) for defect in message.defects),
    )
    return replace(changed, masked=message.masked + total) if total else message


def _card_numbers(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, digits) of every card number, from left to right, never overlapping."""
    if "<" in text or "&" in text:
        text = _HTML.sub(lambda leftover: " " * len(leftover[0]), text)
    for run in _RUN.finditer(text):
        groups = [(run.start() + found.start(), run.start() + found.end(), _digits(found[0])) for found in _GROUP.finditer(run[0])]
        if len(groups) > _MOST_DIGITS and all(len(group[2]) == 1 for group in groups):
            continue
        first = 0
        while first < len(groups):
            last = _number_from(text, groups, first)
            if last is None:
                first += 1
                continue
            yield groups[first][0], groups[last][1], "".join(group[2] for group in groups[first : last + 1])
            first = last + 1


def _number_from(text: str, groups: list[_Group], first: int) -> int | None:
    """Index of the group that ends the longest card number beginning with group `first`, None where none begins there."""
    digits, sizes, longest = "", [], None
    for last in range(first, len(groups)):
        digits += groups[last][2]
        sizes.append(len(groups[last][2]))
        if len(digits) > _MOST_DIGITS or digits[0] not in _FIRST_DIGITS:
            break
        if len(digits) >= _FEWEST_DIGITS and is_card_number(digits) and _stands_alone(text, groups, first, last, tuple(sizes)):
            longest = last
    return longest


def _stands_alone(text: str, groups: list[_Group], first: int, last: int, sizes: tuple[int, ...]) -> bool:
    """False where the surroundings show that the digits are part of something else or mean something else."""
    whole = first == 0 and last == len(groups) - 1
    start, end = groups[first][0], groups[last][1]
    before = text[max(0, start - 48) : start]
    gaps = "".join(text[groups[index][1] : groups[index + 1][0]] for index in range(first, last))
    # Odd groups come from line breaks and html; dashes and dots in odd places are somebody's numbering, a plus is a telephone.
    if not is_printed_grouping(sizes) and (not whole or gaps.strip() or before.endswith("+")):
        return False
    if max(sizes) > 6 and len(sizes) > 1 and (before[-1:] == "-" or text[end : end + 1] == "-"):
        # 41111111-1111-1111-8111-… goes on as no card does.
        return False
    if before[-1:].isascii() and before[-1:].isalnum() and not _LETTERS_BEFORE.search(before):
        return False
    if _within_iban(text, start, end):
        return False
    if len(sizes) > 1 or label_before(text, start).kind not in _OTHER_KINDS:
        return True
    near = _WORD.findall(f"{text[max(0, start - _NEAR_CARD) : start]} {text[end : end + _NEAR_CARD]}")
    return not _OF_CARDS.isdisjoint(word.lower() for word in near)


def _within_iban(text: str, start: int, end: int) -> bool:
    around = range(max(0, start - 40), end + 40)
    found = _IBAN.finditer(text, around.start, min(around.stop, len(text)))
    return any(match.start() < start and end <= match.end() and iban.is_valid(match[0]) for match in found)


def _digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(character)) for character in text if character.isdecimal())
