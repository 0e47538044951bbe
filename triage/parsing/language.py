"""Text → ISO 639-1 code of its language, where there is enough of it to say."""

from functools import cache
from typing import Protocol

MIN_LETTERS = 20
#: The beginning says it; each character costs.
MAX_CHARACTERS = 600
#: Languages a marketplace's customers write; a short text is less often mistaken when there is less to mistake it for.
LANGUAGES = tuple(
    "ar bg ca cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv ms nb nl no pl pt ro ru sk sl sq sr sv th tr uk ur vi zh".split()  # noqa: SIM905 - one line instead of forty
)


class Identifier(Protocol):
    """Whoever tells languages."""

    def classify(self, text: str) -> tuple[str, float]:
        """The code, and how sure it is."""


@cache
def _in_use() -> list[Identifier]:
    return []


def use(identifier: Identifier) -> None:
    """Tell languages with this one from now on, in this process."""
    _in_use()[:] = [identifier]


def shipped() -> Identifier:
    """The one that comes with py3langid, for the languages that customers write."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages([code for code in LANGUAGES if code in identifier.nb_classes])
    found: Identifier = identifier
    return found


def of(text: str) -> str:
    """The language's code; "" for fewer than 20 letters."""
    text = text[:MAX_CHARACTERS]
    if sum(map(str.isalpha, text)) < MIN_LETTERS:
        return ""
    if not _in_use():
        # Read once for each process that was not given one, and only where a text needs it.
        use(shipped())
    code = _in_use()[0].classify(text)[0]
    return "no" if code == "nb" else str(code)
