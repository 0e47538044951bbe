"""What was ordered: a line that names it, or words in quotation marks after "ordered" or "bought". Modest, and never sure."""

import re
from collections.abc import Iterator

from triage.extraction.search import Search
from triage.extraction.words import GOT
from triage.reading import Fact

_LABELS = frozenset({
    "product", "product name", "item", "item name", "article", "produkt", "produktname", "artikel", "artikelname", "produit",
    "producto", "artículo",
    "prodotto", "articolo", "produto",
})  # fmt: skip
_NAMED = re.compile(r":[ \t]{1,4}([^\n]{3,80})")
_QUOTED = re.compile(r"[\"“„«»] ?([^\n\"“”„«»]{3,80}?) ?[\"”“»«]")
_WORD = re.compile(r"[^\W\d_]{3,20}|[.!?\n]")
_GOT = frozenset(GOT.split())


def find_products(search: Search) -> Iterator[Fact]:
    """Names of products, in the customer's words."""
    if search.source not in {"subject", "text"}:
        return
    for found in _NAMED.finditer(search.text):
        line_start = search.text.rfind("\n", max(0, found.start() - 20), found.start()) + 1
        if search.text[line_start : found.start()].strip().lower() in _LABELS:
            yield from _product(search, found, 1, 0.8)
    for found in _QUOTED.finditer(search.text):
        if _got(search.text[max(0, found.start() - 44) : found.start()], last=True) or _got(
            search.text[found.end() : found.end() + 32], last=False
        ):
            yield from _product(search, found, 1, 0.6)


def _got(text: str, *, last: bool) -> bool:
    """True where a verb of getting stands in the part of the sentence next to a quotation."""
    words = [word.lower() for word in _WORD.findall(text)]
    for word in reversed(words) if last else words:
        if not word.isalpha():
            return False
        if word in _GOT:
            return True
    return False


def _product(search: Search, found: re.Match[str], group: int, confidence: float) -> Iterator[Fact]:
    if any(character.isalpha() for character in found[group]) and search.free(*found.span(group)):
        yield search.fact("product", " ".join(found[group].split()), confidence, found.span(group))
