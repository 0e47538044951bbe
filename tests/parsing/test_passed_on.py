"""Web forms and forwarded mail: who wrote first, what they wrote, and when nobody is believed."""

import pytest

from tests.parsing.mail import html, multipart, part, plain, read
from triage.message import Message
from triage.parsing.options import ParseOptions
from triage.sections.reading import FormSettings

FORM = "form@shop.example"
JANE = "jane@shop.example"
FORWARDERS = ParseOptions(forwarders=frozenset({JANE}))
FILLED_IN = "Name: Eva Groß\nE-Mail: eva@customer.example\nBestellung: ORD789456\nNachricht: Die Lampe ist kaputt."


def by_form(text: str, *, email_label: str = "", name_label: str = "", authserv_id: str = "", **fields: str) -> Message:
    form = FormSettings(address=FORM, email_label=email_label, name_label=name_label)
    return read(plain(text, From=f"Shop <{FORM}>", **fields), ParseOptions(forms=(form,), authserv_id=authserv_id))


def author(message: Message) -> str:
    return message.author.addr_spec if message.author else ""


def test_a_form_names_the_customer_in_reply_to() -> None:
    """Mail of a configured form has the customer of its Reply-To as author; of an unknown form it has not."""
    message = by_form("The lamp is broken.", Reply_To="Ann <ann@customer.example>")
    assert (author(message), message.relayed_by) == ("ann@customer.example", FORM)
    assert any("web form" in defect for defect in message.defects)
    unknown = read(plain("hi", From=FORM, Reply_To="Ann <ann@customer.example>"), ParseOptions(forms=(FormSettings(address=JANE),)))
    assert (author(unknown), unknown.relayed_by) == (FORM, "")


def test_who_wrote_comes_before_what_is_broken() -> None:
    """That a form names nobody is told first, also of a message with more defects than are kept, and no more than those are told."""
    fields = "To: a@shop.example>\r\n" * 60
    message = read(f"From: {FORM}\r\n{fields}\r\nThe lamp is broken.".encode(), ParseOptions(forms=(FormSettings(address=FORM),)))
    assert message.defects[0] == f"the web form {FORM} names no one customer"
    assert len(message.defects) == 40


@pytest.mark.parametrize(
    "text",
    [
        FILLED_IN,
        "*E-Mail:* eva@customer.example\nDie Lampe ist kaputt.",
        "E-Mail\neva@customer.example\n\nNachricht\nDie Lampe ist kaputt.",
        "E-Mail:\n\n  eva@customer.example\n",
        "e-mail = eva@customer.example",
        "E-Mail   eva@customer.example\nNachricht   hallo",
        "E-Mail: Eva Groß <eva@customer.example>",
        "E-Mail: eva@customer.example <mailto:eva@customer.example>",
        "| E-Mail | eva@customer.example |",
        "Hallo,\n\nE-Mail-Adresse folgt\nE-Mail: EVA@customer.example\nE-Mail: eva@customer.example",
    ],
)
def test_a_form_names_the_customer_in_its_text(text: str) -> None:
    """The line that the settings name gives the address, however the form lays it out."""
    assert author(by_form(text, email_label="E-Mail")) == "eva@customer.example"


def test_a_form_names_the_customer_in_a_table() -> None:
    """In HTML the label and the address stand in two cells."""
    source = "<table><tr><td>Name</td><td>Eva Groß</td></tr><tr><td><b>E-Mail</b></td><td>eva@customer.example</td></tr></table>"
    form = FormSettings(address=FORM, email_label="E-Mail", name_label="Name")
    message = read(html(source).replace("ann@customer.example", FORM), ParseOptions(forms=(form,)))
    assert message.author is not None
    assert (message.author.addr_spec, message.author.name) == ("eva@customer.example", "Eva Groß")


def test_the_name_comes_from_its_own_line() -> None:
    """Where a label for the name is configured, the author has that name, and the text is kept whole."""
    message = by_form(FILLED_IN, email_label="E-Mail", name_label="Name:")
    assert message.author is not None
    assert message.author.name == "Eva Groß"
    assert message.text == FILLED_IN


@pytest.mark.parametrize(
    "text",
    [
        "Die Lampe ist kaputt.",
        "E-Mail: eva at customer.example",
        "E-Mail: eva@customer.example, bob@other.example",
        "E-Mail: eva@customer.example\nNachricht: hallo\nE-Mail: bob@other.example",
        'E-Mail: "eva@customer.example"@other.example',
        "E-Mailadresse von eva@customer.example",
    ],
)
def test_a_form_that_names_nobody_for_certain_is_answered_by_nobody(text: str) -> None:
    """Without exactly one plain address there is no author, and a person is told why; the form itself is never the author."""
    message = by_form(text, email_label="E-Mail", Reply_To="mallory@other.example")
    assert (message.author, message.relayed_by) == (None, FORM)
    assert f"the web form {FORM} names no one customer" in message.defects


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ("mx.shop.example; dmarc=pass", "eva@customer.example"),
        ("mx.shop.example; dmarc=fail", FORM),
        ("mx.shop.example; spf=pass smtp.mailfrom=evil.example; dkim=pass header.d=evil.example", FORM),
        ("evil.example; dmarc=pass", FORM),
    ],
)
def test_a_forged_form_is_not_believed(results: str, expected: str) -> None:
    """Where our boundary checks senders, a form must have passed; else its message stays its own, and a person is told."""
    message = by_form(FILLED_IN, email_label="E-Mail", authserv_id="mx.shop.example", Authentication_Results=results)
    assert author(message) == expected
    assert any("not authenticated" in defect for defect in message.defects) == (expected == FORM)
    # What was found of the form says nothing of the customer.
    assert message.authentication_result("dmarc") != "pass"


GMAIL = "Please take this.\n\n---------- Forwarded message ---------\nFrom: Eva Groß <eva@customer.example>\nDate: Mon, 1 Jun 2026 at 09:00\nSubject: Lampe\nTo: <jane@shop.example>\n\nDie Lampe ist seit gestern kaputt.\n\nMit freundlichen Grüßen\nEva"
APPLE = "> Begin forwarded message:\n> \n> From: Eva Groß <eva@customer.example>\n> Subject: Lampe\n> Date: 1 June 2026\n> To: jane@shop.example\n> \n> Die Lampe ist seit gestern kaputt.\n"
OUTLOOK = "FYI\n\nVon: Eva Groß [mailto:eva@customer.example]\nGesendet: Montag, 1. Juni 2026 09:00\nAn: Jane\nBetreff: Lampe\n\nDie Lampe ist seit gestern kaputt.\n"
WRAPPED = "-------- Weitergeleitete Nachricht --------\nBetreff: Lampe\nVon: Eva Maria Magdalena Groß\n <eva@customer.example>\nAn: jane@shop.example\n\nDie Lampe ist seit gestern kaputt.\n"


@pytest.mark.parametrize(("subject", "text"), [("Fwd: Lampe", GMAIL), ("Lampe", APPLE), ("WG: Lampe", OUTLOOK), ("Lampe", WRAPPED)])
def test_a_forwarded_message_is_its_first_authors(subject: str, text: str) -> None:
    """Mail forwarded by a configured colleague has the author and the text of the message inside; the whole is kept."""
    message = read(plain(text, From=f"Jane Adams <{JANE}>", Subject=subject), FORWARDERS)
    assert (author(message), message.relayed_by) == ("eva@customer.example", JANE)
    assert message.text == "Die Lampe ist seit gestern kaputt."
    assert message.language == "de"
    assert " ".join(text.split()) == " ".join(message.full_text.split())


@pytest.mark.parametrize("words", ["Can you help her?", "Die Lampe ist seit gestern kaputt.!", "Eva: Die Lampe ist seit gestern kaputt."])
def test_a_message_forwarded_as_a_file_is_its_first_authors(words: str) -> None:
    """A forwarded message may be attached: its From and its text count, the colleague's words stand beside it, whatever they repeat."""
    inner = plain("Die Lampe ist seit gestern kaputt.", From="Eva <eva@customer.example>")
    header = f"From: {JANE}\r\nSubject: please\r\n"
    message = read(multipart("mixed", part("text/plain", words), part("message/rfc822", inner), header=header), FORWARDERS)
    assert author(message) == "eva@customer.example"
    assert (message.text, message.quoted) == ("Die Lampe ist seit gestern kaputt.", words)
    assert message.full_text == f"{words}\n\nDie Lampe ist seit gestern kaputt."


@pytest.mark.parametrize(
    ("sender", "subject", "text"),
    [
        ("bob@customer.example", "Fwd: Lampe", GMAIL),
        (JANE, "Re: Lampe", OUTLOOK),
        (JANE, "Fwd: Lampe", "See the attached invoice, please."),
        (JANE, "Fwd: Lampe", GMAIL.replace("eva@customer.example", "eva(at)customer.example")),
        (JANE, "Fwd: Lampe", GMAIL.replace("eva@customer.example", JANE)),
    ],
)
def test_what_is_not_plainly_forwarded_stays_its_senders(sender: str, subject: str, text: str) -> None:
    """A stranger's forward, an answer, or a forward that names nobody changes no author."""
    message = read(plain(text, From=sender, Subject=subject), FORWARDERS)
    assert (author(message), message.relayed_by) == (sender, "")


def test_a_forward_of_several_messages_is_nobodys_in_particular() -> None:
    """With two attached messages it cannot be told whose matter it is."""
    inner = part("message/rfc822", plain("Hallo", From="Eva <eva@customer.example>"))
    message = read(multipart("mixed", part("text/plain", "both"), inner, inner, header=f"From: {JANE}\r\n"), FORWARDERS)
    assert (author(message), message.relayed_by) == (JANE, "")
