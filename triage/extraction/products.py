"""What was ordered: a line that names it, or words in quotation marks after "ordered" or "bought". Modest, and never sure."""

import re
from collections.abc import Iterator

from triage.extraction.search import Search
from triage.reading import Fact

_LABELLED = re.compile(
    r"(?:^|\n)[ \t]{0,8}(?:product|item|article|produkt|artikel|produit|article|producto|artículo|prodotto|articolo|produto)"
    r"(?: ?name)?[ \t]{0,2}:[ \t]{1,4}([^\n]{3,80})",
    re.IGNORECASE,
)
_QUOTED = re.compile(
    r"\b(?:ordered|bought|purchased|received|bestellt|gekauft|erhalten|commandé|acheté|reçu|pedí|compré|comprado|ordinato|acquistato|comprato"
    r"|besteld|gekocht|encomendei|comprei)\b[^\n\"“„«».!?]{0,40}[\"“„«] ?([^\n\"“”„«»]{3,80}?) ?[\"”“»]"
    r"|[\"“„«] ?([^\n\"“”„«»]{3,80}?) ?[\"”“»][^\n\"“„«».]{0,20}\b(?:bestellt|gekauft|erhalten)\b",
    re.IGNORECASE,
)


def find_products(search: Search) -> Iterator[Fact]:
    """Names of products, in the customer's words."""
    if search.source not in {"subject", "text"}:
        return
    for pattern, confidence in ((_LABELLED, 0.8), (_QUOTED, 0.6)):
        for found in pattern.finditer(search.text):
            group = 1 if found[1] else 2
            if any(character.isalpha() for character in found[group]) and search.free(*found.span(group)):
                yield search.fact("product", " ".join(found[group].split()), confidence, found.span(group))
