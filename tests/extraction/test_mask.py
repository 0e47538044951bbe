"""Card numbers and security codes: what is masked, and which other numbers are not mistaken for them."""

import pytest

from triage.extraction.mask import mask, mask_text
from triage.message import Address, Attachment, DeliveryReport, Message

SHOWN = "411111******1111"


@pytest.mark.parametrize(
    "written",
    [
        "4111111111111111",
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4111.1111.1111.1111",
        "4111  1111  1111  1111",
        "4111\n1111\n1111\n1111",
        "4111 1111\n1111 1111",
        "411111\n1111111111",
        "41111111 11111111",
        "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
        "4111_1111_1111_1111",
        "4111/1111/1111/1111",
        "4111|1111|1111|1111",
        "4111•1111•1111•1111",
        "4111, 1111, 1111, 1111",
        "4111 1111\n> 1111 1111",
        "4111\r\n1111\r\n1111\r\n1111",
        "4111\t1111\t1111\t1111",
        "4111\u00a01111\u00a01111\u00a01111",
        "4111\u20111111\u20111111\u20111111",
        "41\u200b11111\u200b111111111",
        "4111\u00ad1111\u00ad1111\u00ad1111",
        "４１１１１１１１１１１１１１１１",
        "４１１１ １１１１ １１１１ １１１１",
        "٤١١١١١١١١١١١١١١١",
    ],
)
def test_a_card_number_is_masked_however_it_is_written(written: str) -> None:
    """Spaces, dashes, line breaks, invisible characters and other scripts' digits hide no card number."""
    assert mask_text(f"My card is {written}, thanks.") == (f"My card is {SHOWN}, thanks.", 1)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("378282246310005", "378282*****0005"),
        ("3782 822463 10005", "378282*****0005"),
        ("30569309025904", "305693****5904"),
        ("3056 930902 5904", "305693****5904"),
        ("5555555555554444", "555555******4444"),
        ("2223003122003222", "222300******3222"),
        ("6011111111111117", "601111******1117"),
        ("3530111333300000", "353011******0000"),
        ("6200000000000005", "620000******0005"),
        ("4222222222222", "422222***2222"),
        ("4917 6100 0000 0000 003", "491761*********0003"),
        ("5019717010103742", "501971******3742"),
        ("2200000000000004", "220000******0004"),
        ("6759649826438453", "675964******8453"),
    ],
)
def test_the_cards_of_every_scheme_are_known(number: str, shown: str) -> None:
    """Visa, Mastercard, American Express, Diners, Discover, JCB, UnionPay and Maestro numbers are shortened."""
    assert mask_text(f"paid with {number}.") == (f"paid with {shown}.", 1)


@pytest.mark.parametrize(
    "text",
    [
        "order 113542617735902 and 732201349959",
        "My order id is 404-1796907-6903540",
        "IBAN DE89 3704 0044 0532 0130 00",
        "IBAN DE89370400440532013000",
        "GB29 NWBK 6016 1331 9268 19",
        "UPS 1Z999AA10123456784",
        "DHL 00340434161094042557",
        "USPS 9400 1118 9922 3197 4284 90",
        "call +49 170 1234567 or 0171 2345678",
        "+1 415 555 2671 and +44 20 7946 0958",
        "4111111111111112",
        "0000 0000 0000 0000",
        "order number 4539578763621486",
        "Bestellnummer: 4539578763621486",
        "tracking no. 4539578763621486",
        "ids 41111111111111119999999999",
        "2026-03-01 10:11:12 2026-03-02 10:11:12",
        "token a4111111111111111f",
        "no digits at all",
        "imei 490154203237518, ean 4006381333931",
        "ISBN 978-3-16-148410-0",
        "Invoice 2024 0301 1234 5678",
        "1772625600 1772625601",
        "uuid 41111111-1111-1111-8111-111111111111",
        "4111-111111-11-1111",
        "4,111,111,111,111,111",
        "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 2 3 4 5 6 7",
        "+41 111 111 111 111 11",
        "account 4111111111111111999999",
        "AB4111111111111111",
        "IBAN RS35260005601001611379",
        "DE95 4111 1111 1111 1111 00",
        "",
    ],
)
def test_other_long_numbers_are_left_alone(text: str) -> None:
    """Order, tracking, bank account and telephone numbers stay as they are, for people need them."""
    assert mask_text(text) == (text, 0)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("CVV 123", "CVV ***"),
        ("cvv: 1234", "cvv: ***"),
        ("my CVC2 code is 987.", "my CVC2 code is ***."),
        ("Security code = 123", "Security code = ***"),
        ("Prüfnummer: 123", "Prüfnummer: ***"),
        ("Sicherheitscode lautet 123", "Sicherheitscode lautet ***"),
        ("cryptogramme 123", "cryptogramme ***"),
        ("código de seguridad: 123", "código de seguridad: ***"),
        ("codice di sicurezza 123", "codice di sicurezza ***"),
        ("123 is my cvv", "*** is my cvv"),
        ("456 (CVC)", "*** (CVC)"),
        ("CVV:\n123", "CVV:\n***"),
        ("CVV：１２３", "CVV：***"),
        ("three digits on the back: 123", "three digits on the back: ***"),
        ("3-digit security code is 123", "3-digit security code is ***"),
        ("drei Ziffern auf der Rückseite: 123", "drei Ziffern auf der Rückseite: ***"),
        ("kod CVV 123", "kod CVV ***"),
    ],
)
def test_security_codes_are_removed(text: str, masked: str) -> None:
    """A security code may not be kept at all, in whatever language it is named."""
    assert mask_text(text) == (masked, 1)


@pytest.mark.parametrize(
    "text",
    [
        "the security code is wrong",
        "security code 123456",
        "cvv 12",
        "my cvv is 12345",
        "cvv 123.50 EUR",
        "paid 123 EUR by card",
        "exp 12/2027 (cvv)",
        "3 digits",
        "digit 4 of 1234",
    ],
)
def test_other_short_numbers_are_left_alone(text: str) -> None:
    """One-time passwords, prices and years beside the word are no security codes."""
    assert mask_text(text) == (text, 0)


def test_a_code_that_follows_the_expiry_date_needs_no_name() -> None:
    """The three digits after number and date are the security code, named or not."""
    assert mask_text("4111 1111 1111 1111, 12/27, 123 thanks") == (f"{SHOWN}, 12/27, *** thanks", 2)
    assert mask_text("4111111111111111 exp 12/2027 123") == (f"{SHOWN} exp 12/2027 ***", 2)


def test_magnetic_stripe_data_is_removed_whole() -> None:
    """Nothing of a stripe may be kept, not even the first digits."""
    assert mask_text("%B4111111111111111^DOE/JOHN^25121011234567890?")[0] == "[card data removed]"
    assert mask_text(";4111111111111111=25121011234567890?") == ("[card data removed]", 1)


def test_several_cards_in_one_text_are_all_masked() -> None:
    """A second card, and one that follows other digits, is not overlooked."""
    text, count = mask_text("12 4111 1111 1111 1111 and 5555-5555-5555-4444; 4111111111111111")
    assert (text, count) == (f"12 {SHOWN} and 555555******4444; {SHOWN}", 3)


def test_every_text_of_a_message_is_masked() -> None:
    """Subject, bodies, quoted history, documents, file names, display names and fields keep no card number."""
    card = "4111 1111 1111 1111"
    who = (Address(name=card, addr_spec="eve@customer.example"),)
    message = Message(
        subject=f"card {card}", text=card, full_text=card, quoted=f"> {card}", signature=card, document_text=f"pdf {card}",
        headers=(("subject", f"card {card}"), ("received", "id 4111111111111111"), ("x-note", card)),
        from_=who, sender=who, reply_to=who, to=who, cc=who,
        attachments=(Attachment(filename=f"{card}.png", content_type="image/png", size=1, sha256=""),),
        defects=(f"odd name {card}",), report=DeliveryReport(action="failed", diagnostic=f"550 {card}"),
    )  # fmt: skip
    masked = mask(message)
    assert "1111 1111" not in repr(masked)
    assert masked.text == SHOWN
    assert masked.attachments[0].filename == f"{SHOWN}.png"
    assert dict(masked.headers)["received"] == "id 4111111111111111"
    assert masked.masked >= 1


def test_a_message_without_cards_is_the_same_message() -> None:
    """Nothing to mask changes nothing, not even the object."""
    message = Message(subject="order 12345", text="Where is it?", from_=(Address(addr_spec="eve@customer.example"),))
    assert mask(message) is message
