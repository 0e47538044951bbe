"""Security codes in the languages of customers; and short numbers beside such words that are none."""

import pytest

from tests.extraction.reading import SHOWN
from tests.rows import rows
from triage.extraction.mask import mask_text

#: Each is followed by the code.
NAMED = {
    "en": ["CVV", "CVV2:", "cvc2 ", "CVN =", "CSC:", "my cvv is", "the CVV code was", "CVV number:", "security code", "Card security code:",
           "card verification value", "CVV on the back is", "CVV (3 digits):", "three digits on the back:", "3-digit security code is",
           "4 digits on the front:", "security code of my card:"],
    "de": ["Prüfnummer", "Kartenprüfnummer:", "Prüfziffer ist", "Pruefziffer:", "Sicherheitscode:", "Sicherheitsnummer lautet", "CVC-Code:",
           "CVC-Nummer:", "Sicherheitscode der Karte:", "drei Ziffern auf der Rückseite:", "3 Zahlen auf der Rückseite:"],
    "fr": ["cryptogramme", "cryptogramme visuel :", "le cryptogramme est le", "code de sécurité :", "code de securite est",
           "code de vérification :", "les 3 chiffres au dos :", "trois chiffres au verso :", "numéro CVV :"],
    "es": ["código de seguridad:", "codigo de seguridad es", "el código CVV es", "código de verificación:", "tres dígitos al reverso:",
           "3 números del dorso:"],
    "it": ["codice di sicurezza", "codice di sicurezza è", "codice CVV:", "3 cifre sul retro:"],
    "nl": ["beveiligingscode is", "veiligheidscode:", "CVC nummer", "3 cijfers op de achterkant:"],
    "pt": ["código de segurança", "código de segurança é", "codigo de seguranca:", "três dígitos no verso:"],
    "pl": ["kod CVV", "kod CVC to", "kod bezpieczeństwa:", "kod bezpieczenstwa to"],
    "sv": ["säkerhetskod:", "CVC-kod är"],
    "no": ["sikkerhetskode:", "CVC er"],
    "da": ["sikkerhedskode:"],
    "fi": ["turvakoodi", "turvaluku on"],
    "cs": ["bezpečnostní kód:", "kod CVV:"],
    "hu": ["biztonsági kód:"],
    "ro": ["cod de securitate:"],
    "tr": ["güvenlik kodu:"],
    "ru": ["код безопасности", "CVV код:", "код проверки:"],
    "el": ["κωδικός ασφαλείας:"],
    "ja": ["セキュリティコード：", "セキュリティコード "],
    "zh": ["安全码：", "安全碼 "],
    "ko": ["보안코드 ", "보안 코드: "],
}  # fmt: skip
ROWS = [(language, words) for language, rows in NAMED.items() for words in rows]


@rows(("language", "words"), ROWS)
@rows("code", ["123", "0007", "１２３"])
def test_a_named_code_is_removed_in_every_language(language: str, words: str, code: str) -> None:
    """The word for the code in each language takes the digits behind it away, and nothing else."""
    for text in (f"{words} {code}", f"x. {words} {code}, exp. 12/27", f"{words.upper()} {code}\n12345"):
        masked, count = mask_text(text)
        assert count == 1, (language, text)
        assert masked == text.replace(code, "***", 1)


@rows(("language", "words"), ROWS)
@rows("number", ["12", "12345", "482133", "123.50 EUR", "123,50 €", "20260304"])
def test_a_longer_number_or_a_price_behind_the_words_is_no_code(language: str, words: str, number: str) -> None:
    """One-time passwords, prices and dates behind the same words stay."""
    assert mask_text(f"{words} {number}") == (f"{words} {number}", 0), language


@pytest.mark.parametrize(
    "gap", ["", " ", ":", ": ", " : ", "=", " = ", " - ", " – ", "\t", "\n", "\r\n", ": **", " '", " #", "→", "\u00a0"]
)
def test_any_mark_may_stand_between_name_and_code(gap: str) -> None:
    """Colons, dashes, blanks and lines between the name and the code make no difference."""
    assert mask_text(f"CVV{gap}123") == (f"CVV{gap}***", 1)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("123 is my cvv", "*** is my cvv"),
        ("123 is the CVC", "*** is the CVC"),
        ("123 is cvv", "*** is cvv"),
        ("use 123 as CVV", "use *** as CVV"),
        ("456 (CVC)", "*** (CVC)"),
        ("12/27, 456 cvv", "12/27, *** cvv"),
        ("1234 (security code)", "*** (security code)"),
        ("CVV: 1 2 3", "CVV: ***"),
        ("CVV: 1 2 3 4.", "CVV: ***."),
    ],
)
def test_a_code_before_its_name_is_removed(text: str, masked: str) -> None:
    """Some write the digits first, or one by one."""
    assert mask_text(text) == (masked, 1)


@pytest.mark.parametrize(
    "text",
    [
        "the security code is wrong", "security code for the door is 1234", "security code sent by SMS 4821", "no CVV was asked for order 1234",
        "order 1234, the CVV was refused", "CVVs 123", "discvv 123", "pin 1234", "PIN code 5600", "code 1234", "voucher code 123",
        "Gutscheincode 1234", "size 123", "3 digits", "digit 4 of 1234", "Sicherheit 123", "sécurité 123", "room 123 (call me)",
        "12/2027 (cvv)", "exp 12/27 (cvv missing)", "error code 500", "Fehlercode 404", "código postal 1234", "postcode 1234 AB",
        "kod pocztowy 123", "codice cliente 1234", "código de producto 123", "verified 123 times",
    ],
)  # fmt: skip
def test_other_codes_and_numbers_stay(text: str) -> None:
    """Pin codes, vouchers, rooms and numbers elsewhere in the sentence are no security codes."""
    assert mask_text(text) == (text, 0)


@pytest.mark.parametrize(
    "between",
    [
        " 12/27 ", ", 12/27, ", " 12/2027 ", " exp 12/27 ", " exp. 12/27, ", " exp date 12/27 ", " valid thru 12/27 ", " gültig bis 12/27 ",
        "\n12/27\n", " (12/27) ", " - 12/27 - ", "|12|2027|", " 12-27 ", " 12.27 ", " 1227 ", " / 12 / 27 / ", "; 12/27; ",
    ],
)  # fmt: skip
@pytest.mark.parametrize("code", ["123", "1234"])
def test_a_code_behind_number_and_date_needs_no_name(between: str, code: str) -> None:
    """Number, expiry date, digits: the third is the code, however the three are set apart."""
    assert mask_text(f"4111 1111 1111 1111{between}{code}") == (f"{SHOWN}{between}***", 2)


@pytest.mark.parametrize("behind", [" 12/27 12.50 EUR", " 12/27 thanks", " 12/27 12345", " 55512 12/27", " and 123 lamps", ""])
def test_other_numbers_behind_a_card_stay(behind: str) -> None:
    """A price, a postcode or an order number behind the date is none."""
    assert mask_text(f"4111 1111 1111 1111{behind}") == (f"{SHOWN}{behind}", 1)


@pytest.mark.parametrize(
    "stripe",
    [
        "%B4111111111111111^DOE/JOHN^25121011234567890?", "%b378282246310005^DOE/J ^2512101?", ";4111111111111111=25121011234567890?",
        ";5555555555554444=2512101123?",
    ],
)  # fmt: skip
def test_the_magnetic_stripe_goes_whole(stripe: str) -> None:
    """Nothing of the stripe may be kept (PCI DSS 3.3.1), and what is around it stays."""
    assert mask_text(f"swiped {stripe} twice") == ("swiped [card data removed] twice", 1)


@pytest.mark.parametrize("text", ["50% off B4? yes", "a;b=12?", ";411=2512?", "%B4111^X?", "is x=5? or x^2=4?"])
def test_other_marks_are_no_stripe(text: str) -> None:
    """Questions, sums and short numbers between the same marks stay."""
    assert mask_text(text) == (text, 0)


def test_two_codes_behind_one_name_are_both_removed() -> None:
    """Masking again finds nothing that was left the first time."""
    assert mask_text("CVC123:456 and CVC000*000") == ("CVC***:*** and CVC*******", 4)
