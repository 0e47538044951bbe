"""What makes digits a payment card number: issuer range, length and the Luhn check digit (ISO/IEC 7812)."""

from itertools import accumulate

from stdnum import luhn

#: (first and last beginning of a range, lengths) of the card schemes in use; unissued ranges stay out, for they hold order numbers.
_RANGES: tuple[tuple[str, str, frozenset[int]], ...] = (
    ("4", "4", frozenset({13, 16, 19})),  # Visa
    ("51", "55", frozenset({16})),  # Mastercard
    ("2221", "2720", frozenset({16})),
    ("34", "34", frozenset({15})),  # American Express
    ("37", "37", frozenset({15})),
    ("300", "305", frozenset({14, 16})),  # Diners Club
    ("36", "36", frozenset({14, 16})),
    ("38", "39", frozenset({14, 16})),
    ("6011", "6011", frozenset({16, 19})),  # Discover
    ("644", "659", frozenset({16, 19})),
    ("3528", "3589", frozenset({16, 19})),  # JCB
    ("62", "62", frozenset({16, 17, 18, 19})),  # UnionPay
    ("81", "82", frozenset({16})),  # RuPay
    ("508", "508", frozenset({16})),
    ("60", "60", frozenset({16})),
    ("2200", "2204", frozenset({16, 19})),  # Mir
    ("5018", "5018", frozenset({13, 14, 15, 16, 17, 18, 19})),  # Maestro
    ("5019", "5019", frozenset({16})),  # Dankort
    ("5020", "5020", frozenset({13, 14, 15, 16, 17, 18, 19})),
    ("5038", "5038", frozenset({13, 14, 15, 16, 17, 18, 19})),
    ("5893", "5893", frozenset({13, 14, 15, 16, 17, 18, 19})),
    ("6304", "6304", frozenset({13, 14, 15, 16, 17, 18, 19})),
    ("6759", "6763", frozenset({13, 14, 15, 16, 17, 18, 19})),
)

#: How issuers print numbers, beside fours and a rest: places of the gaps by the number of digits.
_GAPS = {13: {4, 8}, 14: {4, 10}, 15: {4, 10}, 16: {6}, 19: {6}}


def is_card_number(digits: str) -> bool:
    """True for 13 to 19 digits in the range and length of an issuer, with the right check digit."""
    in_range = any(low <= digits[: len(low)] <= high and len(digits) in lengths for low, high, lengths in _RANGES)
    # 4000…0 and the like pass the check too, but nobody was issued one.
    return in_range and len(set(digits)) > 1 and luhn.is_valid(digits)


def is_printed_grouping(sizes: tuple[int, ...]) -> bool:
    """True where groups of digits stand as on a card, or where gaps of the card are left out."""
    *gaps, length = accumulate(sizes)
    return all(gap % 4 == 0 for gap in gaps) or set(gaps) <= _GAPS.get(length, set())


def shown(digits: str) -> str:
    """The first six and the last four digits, which is what may be kept (PCI DSS 3.4)."""
    return f"{digits[:6]}{'*' * (len(digits) - 10)}{digits[-4:]}"
