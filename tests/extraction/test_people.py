"""Names from introductions, closings and signatures in many languages; products; and what holds for every message of the corpus."""

import json
from collections import Counter
from functools import cache
from itertools import pairwise

import pytest

from tests.extraction.reading import NOW, PATTERNS, facts, piece, values
from tests.making import ROOT
from tests.rows import rows
from triage.extraction.extract import extract
from triage.extraction.mask import mask
from triage.extraction.patterns import Patterns
from triage.message import Address, Attachment, Message
from triage.sections.reading import ExtractionSettings

INTRODUCTIONS = [
    "My name is {}", "my name is {} and I ordered a lamp", "Hello, I am called {}.", "Mein Name ist {}", "Ich heiße {} und habe bestellt", "ich heisse {}.",
    "Je m'appelle {}", "Je m’appelle {} et", "Mon nom est {}", "Me llamo {} y", "Mi nombre es {}", "Mi chiamo {} e", "Il mio nome è {}", "Mijn naam is {}",
    "Ik heet {} en", "Meu nome é {}", "Chamo-me {}", "Nazywam się {} i", "Jag heter {} och", "Jeg hedder {} og", "Jeg heter {}", "Меня зовут {}", "Benim adım {}",
]  # fmt: skip
NAMES = ["Eve Miller", "Zoé Martin", "Jürgen Groß", "José Núñez", "Åsa Öberg", "Anna-Lena Meier", "Luca D'Angelo", "O'Brien", "Jan de Vries", "João da Silva",
         "Иван Петров", "Eve", "Mary Jane Watson", "Ludwig van der Berg"]  # fmt: skip
CLOSINGS = [
    "Regards", "Best regards", "Kind regards,", "Warm regards", "With kind regards", "Best wishes", "Best,", "Thanks", "Thanks!", "Thx", "Many thanks", "Thank you.",
    "Thanks in advance,", "Thank you very much", "Cheers", "Sincerely", "Yours sincerely,", "Yours faithfully", "Mit freundlichen Grüßen", "Mit freundlichem Gruß",
    "Mit freundlichen Gruessen", "MfG", "LG", "Viele Grüße", "Liebe Grüße,", "Vielen Dank", "Danke im Voraus", "Cordialement,", "Bien cordialement", "Merci", "Salutations",
    "Merci d'avance", "Saludos", "Un saludo", "Saludos cordiales,", "Atentamente,", "Gracias", "Muchas gracias", "Cordiali saluti", "Distinti saluti", "Grazie",
    "Met vriendelijke groet,", "Groetjes", "Groeten", "Mvg", "Bedankt", "Atenciosamente,", "Cumprimentos", "Obrigado", "Muito obrigada", "Pozdrawiam", "Z poważaniem",
    "Dziękuję", "Med vänlig hälsning", "Med vänliga hälsningar", "Mvh", "Med venlig hilsen", "Vennlig hilsen", "Ystävällisin terveisin", "S pozdravem", "Üdvözlettel",
    "Cu stimă", "Saygılarımla", "С уважением,", "З повагою", "Με εκτίμηση",
]  # fmt: skip


@rows("introduction", INTRODUCTIONS)
@rows("name", NAMES)
def test_who_says_their_name_is_believed(introduction: str, name: str) -> None:
    """In every language the words after the introduction are the name, and the span points at them."""
    text = f"Hello.\n{introduction.format(name)}, thank you"
    (fact,) = (fact for fact in facts(text) if fact.kind == "name")
    assert (fact.value, piece(fact, text)) == (name, name)


@rows("closing", CLOSINGS)
def test_the_line_under_a_closing_is_the_name(closing: str) -> None:
    """Whatever the language's farewell, in any case, the next line names the author."""
    for written in (closing, closing.lower(), closing.upper() if not {"ß", "ı"} & set(closing) else closing):
        for name in ("Eve Miller", "José Núñez"):
            assert values("name", f"Where is it?\n\n{written}\n{name}\n") == [name], written
    assert values("name", f"Where is it?\n\n{closing}\n\n\nEVE MILLER\n+49 170 1234567") == ["Eve Miller"]


@pytest.mark.parametrize(
    "closing", ["Best regards", "Kind regards", "Thanks", "Liebe Grüße", "Saludos", "Cordialement", "Groetjes", "Best"]
)
def test_the_name_beside_a_closing_is_read(closing: str) -> None:
    """In short messages the name stands on the closing's own line."""
    assert values("name", f"Where is it? {closing}\n{closing}, Eve Miller") == ["Eve Miller"]
    assert values("name", f"Where is it?\n{closing}, will you answer soon") == []


@pytest.mark.parametrize("text", [
    "My name is not important", "my name is wrong on the invoice", "My name is spelled wrong", "my name is missing", "mein Name ist falsch geschrieben",
    "mi nombre es incorrecto", "My name is 12345", "Thanks\nfor everything", "Danke\nfür alles", "Merci\npour tout", "Thanks\nplease answer", "Thanks\nShop GmbH",
    "Regards\nCustomer Support", "Regards\nSales Team", "Regards\nSent from my iPhone", "Regards\n+49 170 1234567", "Regards\nhttps://x.example", "Regards\neve@x.example",
    "Regards\nMiller Ltd.", "Regards", "Regards\n", "Eve Miller", "the name of the lamp", "Thanks for Eve", "Regards\n12345", "Regards\nOrder 12345",
    "Thanks\nI have been waiting for three weeks now", "What is your name?", "my name",
])  # fmt: skip
def test_what_is_no_name(text: str) -> None:
    """Complaints about names, firms, teams, programs, numbers and sentences are nobody's name."""
    assert values("name", text) == []


@pytest.mark.parametrize(("shown", "name"), [
    ("Eve Miller", "Eve Miller"), ("eve miller", "Eve Miller"), ("EVE MILLER", "Eve Miller"), ("Müller, Eve", None), ("Eve (Shop)", None), ("eve@x.example", None),
    ("Miller GmbH", None), ("Support", None), ("Eve via Shop", None), ("", None), ("Eve1", None), ("Eve J. Miller", "Eve J. Miller"), ("Newsletter Team", None),
    ("Eve Miller Smith Jones Brown", None), ("李小龙", "李小龙"), ("Иван", "Иван"),
])  # fmt: skip
def test_display_names(shown: str, name: str | None) -> None:
    """A display name is the last resort, and only where it is like a person's."""
    found = [fact for fact in facts("x", from_=(Address(name=shown, addr_spec="a@x.example"),)) if fact.kind == "name"]
    assert [(fact.value, fact.source, fact.confidence) for fact in found] == ([(name, "sender", 0.6)] if name else [])


@pytest.mark.parametrize("text", [
    'I ordered the "Aurora lamp" last week', "I bought “Aurora lamp” here", "Ich habe „Aurora lamp“ bestellt", "Ich habe »Aurora lamp« gekauft", "J'ai commandé « Aurora lamp »",
    "J'ai acheté «Aurora lamp»", 'He comprado "Aurora lamp"', 'Ho ordinato "Aurora lamp"', 'Ik heb "Aurora lamp" besteld', 'Comprei "Aurora lamp"', 'Zamówiłem "Aurora lamp"',
    "Product: Aurora lamp", "item: Aurora lamp\nSize: 42", "Artikel: Aurora lamp", "Produit: Aurora lamp", "Producto: Aurora lamp", "Prodotto: Aurora lamp", "Produto: Aurora lamp",
])  # fmt: skip
def test_products_in_seven_languages(text: str) -> None:
    """What was ordered in quotation marks or stands on a line of its own is the product, never surely."""
    (fact,) = (fact for fact in facts(text) if fact.kind == "product")
    assert (fact.value, piece(fact, text)) == ("Aurora lamp", "Aurora lamp")
    assert fact.confidence < 0.9


@pytest.mark.parametrize("text", [
    'She said "no way"', 'I ordered a lamp. He said "Aurora lamp"', "I ordered a lamp", 'the "best" shop', "Product: 12345", 'I bought "12345"', "Products: x", "my product: x",
    'I ordered it! "Why"', "Product:", 'ordered "', 'I bought\n\n"Aurora lamp"',
])  # fmt: skip
def test_what_is_no_product(text: str) -> None:
    """Nouns, quotations of other things and numbers are no products."""
    assert values("product", text) == []


@cache
def corpus() -> list[tuple[str, str, str]]:
    """(subject, text, language) of every twelfth letter the classifier learns from."""
    rows = [
        json.loads(line)
        for path in sorted((ROOT / "triage" / "classifier" / "corpus").glob("*.jsonl"))
        for line in path.open(encoding="utf-8")
    ]
    return [(row.get("subject", ""), row["body"], row["lang"]) for row in rows][::12]


def test_every_fact_of_the_corpus_stands_where_it_says() -> None:
    """In letters nobody wrote for this room: spans lie inside, do not overlap, hold what they say, and twice is the same."""
    kinds = Counter[str]()
    for subject, text, language in corpus():
        message = mask(Message(subject=subject, text=text, full_text=text, language=language))
        found = extract(message, PATTERNS, NOW)
        assert found == extract(message, PATTERNS, NOW)
        assert [fact.confidence for fact in found] == sorted((fact.confidence for fact in found), reverse=True)
        for source, whole in (("subject", message.subject), ("text", message.text)):
            here = [fact for fact in found if fact.source == source and fact.span != (-1, -1)]
            for fact in here:
                said = "".join(character for character in piece(fact, whole) if character.isalnum()).lower()
                meant = "".join(character for character in fact.value if character.isalnum()).lower()
                assert said, (fact, whole)
                assert 0 < fact.confidence <= 1
                assert len(piece(fact, whole)) <= len(whole)
                if fact.kind in {
                    "order_number",
                    "invoice_number",
                    "receipt_number",
                    "transaction_id",
                    "tracking_number",
                    "product",
                    "name",
                }:
                    assert said == meant, (fact, whole)
            spans = sorted(fact.span for fact in here if fact.kind != "name")
            assert all(one[1] <= other[0] for one, other in pairwise(spans)), whole
        kinds.update(fact.kind for fact in found)
    assert min(kinds[kind] for kind in ("order_number", "date", "amount")) > 5, kinds


def test_masking_changes_no_fact_of_the_corpus() -> None:
    """No order, invoice or parcel in four hundred letters is taken for a card."""
    numbers = {"order_number", "invoice_number", "receipt_number", "transaction_id", "tracking_number"}
    for subject, text, language in corpus():
        message = Message(subject=subject, text=text, full_text=text, language=language)
        before = [fact for fact in extract(message, PATTERNS, NOW) if fact.kind in numbers]
        assert [fact for fact in extract(mask(message), PATTERNS, NOW) if fact.kind in numbers] == before, text


def test_a_region_and_a_prefix_change_only_what_is_theirs() -> None:
    """Another region changes telephones and ambiguous dates, another prefix the case numbers, and nothing else."""
    other = Patterns.of(ExtractionSettings(phone_region="DE"), case_prefix="HELP")
    for subject, text, language in corpus()[::4]:
        message = Message(subject=subject, text=text, language=language)
        kept = {"invoice_number", "receipt_number", "transaction_id", "amount", "product", "name"}
        assert [fact for fact in extract(message, other, NOW) if fact.kind in kept] == [
            fact for fact in extract(message, PATTERNS, NOW) if fact.kind in kept
        ]


@pytest.mark.parametrize(("source", "parts", "trust"), [
    ("subject", {"subject": "ORD55512"}, 1.0), ("text", {"text": "ORD55512"}, 1.0), ("signature", {"signature": "ORD55512"}, 0.9),
    ("document", {"document_text": "ORD55512"}, 0.8), ("quoted", {"quoted": "> ORD55512"}, 0.7),
    ("filename", {"attachments": (Attachment(filename="ORD55512.pdf", content_type="x/y", size=1, sha256=""),)}, 0.6),
])  # fmt: skip
def test_each_source_has_its_trust(source: str, parts: dict[str, object], trust: float) -> None:
    """The nearer to the customer's own words, the surer."""
    (fact,) = extract(Message(**parts), PATTERNS, NOW)  # type: ignore[arg-type]
    assert (fact.source, fact.value, fact.confidence) == (source, "ORD55512", trust)
