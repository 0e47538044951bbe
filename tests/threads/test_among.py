"""What agents type within our quoted message goes on, and nothing of ours with it, as Outlook and telephones write such answers."""

import pytest

from tests.effort import effort
from tests.threads.answers import NOTIFICATION, REFUSED, TOKEN
from triage.marks import CUSTOMER_BEGINS, CUSTOMER_ENDS, REPLY_ABOVE
from triage.threads.own_words import own_words

HEADS = {
    "Outlook 2016": "From: SayPro Support <support@shop.example>\nSent: Wednesday, November 25, 2026 10:00 AM\n"
    "To: Jane Adams <jane@shop.example>\nSubject: [SP-100042] Payment: charged twice\n\n",
    "Outlook 365": "________________________________\nFrom: SayPro Support <support@shop.example>\nSent: 25 November 2026 10:00\n"
    "To: Jane Adams <jane@shop.example>\nSubject: [SP-100042] Payment: charged twice\n\n",
    "Outlook, German": "Von: SayPro Support <support@shop.example>\nGesendet: Mittwoch, 25. November 2026 10:00\n"
    "An: Jane Adams <jane@shop.example>\nBetreff: [SP-100042] Payment: charged twice\n\n",
    "Outlook for Android": "Get Outlook for Android<https://aka.ms/AAb9ysg>\n________________________________\n"
    "From: SayPro Support <support@shop.example>\nSent: Wednesday, November 25, 2026 10:00:00 AM\n"
    "To: Jane Adams <jane@shop.example>\nSubject: [SP-100042] Payment: charged twice\n\n",
}
ROWS = "THE CASE\nE-mail:                ann@customer.example\nEscalation:            Finance"
#: As a program shows the table of the html, with the address made a link.
CELLS = "The case\nE-mail\tann@customer.example<mailto:ann@customer.example>\nEscalation\nFinance"


def quoted(*, answers: dict[str, str], cells: bool = False, marks: bool = False) -> str:
    """Our message as a program quotes it, with something typed below some of its lines."""
    text = NOTIFICATION.replace(ROWS, CELLS) if cells else NOTIFICATION
    # The html of ours has no marks before the customer's lines.
    lines = [line if marks else line.removeprefix("> ") for line in text.splitlines()]
    out: list[str] = []
    for line in lines:
        out.append(f"> {line}".rstrip() if marks else line)
        out += ["", answers[line.removeprefix("> ")], ""] if line.removeprefix("> ") in answers else []
    return "\n".join(out)


def given(above: str, head: str, below: str) -> tuple[str, str]:
    """What goes on of an answer, and the problem; a reader that cuts at the head leaves the text above alone."""
    found = own_words(above, f"{above}\n\n{head}{below}", (NOTIFICATION,))
    return found.text, found.problem


@pytest.mark.parametrize("cells", [False, True], ids=["plain", "html"])
@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
class TestOutlook:
    """Quotations without any mark, below a head of fields."""

    def test_answers_among_the_customer_s_lines_go_with_them(self, head: str, cells: bool) -> None:
        """Her questions are marked as hers, the answers stand below them, and nothing else goes along."""
        below = quoted(answers={"you charged me twice.": "We did, sorry.", "When do I get my money back?": "By Friday."}, cells=cells)
        text, problem = given("Dear Ann, see below.", head, below)
        assert problem == ""
        assert [line for line in text.splitlines() if line] == [
            "Dear Ann, see below.",
            "> Hello,",
            "> you charged me twice.",
            "We did, sorry.",
            "> When do I get my money back?",
            "By Friday.",
        ]

    def test_answers_among_our_own_lines_go_without_them(self, head: str, cells: bool) -> None:
        """What was typed beside an entry of the case is kept, the entry is not."""
        below = quoted(answers={"THE CASE": "We looked it up.", "The case": "We looked it up."}, cells=cells)
        assert given("Dear Ann,", head, below) == ("Dear Ann,\n\nWe looked it up.", "")

    def test_nothing_typed_below_changes_nothing(self, head: str, cells: bool) -> None:
        """An ordinary answer above is what it was before."""
        assert given("Dear Ann, done.", head, quoted(answers={}, cells=cells)) == ("Dear Ann, done.", "")

    def test_words_typed_below_all_of_it_are_kept(self, head: str, cells: bool) -> None:
        """The end of our message is no end of theirs."""
        assert given("Dear Ann,", head, quoted(answers={}, cells=cells) + "\n\nP.S. The parcel leaves today.") == (
            "Dear Ann,\n\nP.S. The parcel leaves today.",
            "",
        )

    def test_an_answer_below_alone_is_all_there_is(self, head: str, cells: bool) -> None:
        """Whoever types nothing above is answered by what stands below."""
        below = quoted(answers={"When do I get my money back?": "By Friday."}, cells=cells)
        whole = f"{head}{below}"
        found = own_words(whole, whole, (NOTIFICATION,))
        assert found.problem == ""
        assert found.text.endswith("> When do I get my money back?\n\nBy Friday.")
        assert found.text.startswith("> Hello,")


def test_the_name_in_brackets_stays() -> None:
    """Outlook can put the writer's name before each remark."""
    below = quoted(answers={"When do I get my money back?": "[Jane Adams] By Friday."})
    assert "[Jane Adams] By Friday." in given("See below.", HEADS["Outlook 2016"], below)[0]


def test_an_entry_that_was_written_on_loses_our_part() -> None:
    """Of a line that we began only the end is theirs."""
    below = quoted(answers={}).replace("The sender is not verified.", "The sender is not verified. I telephoned.")
    assert given("Dear Ann,", HEADS["Outlook 2016"], below) == ("Dear Ann,\n\nI telephoned.", "")


def test_ours_in_other_words_is_a_problem() -> None:
    """A line that repeats several words of ours and is not ours cannot be told apart: nothing goes on."""
    below = quoted(answers={"THE CASE": "They say the sender is not verified here."})
    text, problem = given("Dear Ann,", HEADS["Outlook 2016"], below)
    assert text == ""
    assert "must not see" in problem


def test_a_token_among_the_words_is_a_problem() -> None:
    """Wherever it was put."""
    below = quoted(answers={"THE CASE": f"see {TOKEN}"})
    assert given("Dear Ann,", HEADS["Outlook 2016"], below)[1]


def test_words_among_marked_entries_go_on_once_we_know_what_was_sent() -> None:
    """What had to be refused without knowing our message is plain with it."""
    name, whole = REFUSED[0]
    assert name == "words among the entries of the case"
    found = own_words(whole, whole, (NOTIFICATION,))
    assert (found.text, found.problem) == ("That is the wrong address.", "")


def test_the_message_that_explains_the_most_is_the_one_that_was_answered() -> None:
    """With several of ours at hand the right one is found by its words."""
    below = quoted(answers={"When do I get my money back?": "By Friday."})
    other = NOTIFICATION.replace("you charged me twice.", "nothing came.").replace("Finance", "Logistics")
    found = own_words("Dear Ann,", f"Dear Ann,\n\n{below}", (other, NOTIFICATION))
    assert "By Friday." in found.text
    assert "Finance" not in found.text


def test_an_answer_without_our_mark_is_read_as_before() -> None:
    """Nothing is compared where nothing is quoted."""
    assert own_words("Dear Ann, done.", "Dear Ann, done.", (NOTIFICATION,)).text == "Dear Ann, done."


@pytest.mark.parametrize("pump", ["the case\n", "a " * 40 + "\n", "> > x\n", "<mailto:" * 9 + "\n", "E-mail: ann\n"])
def test_long_quotations_are_compared_quickly(pump: str) -> None:
    """64 KB of what is almost ours cost little."""
    text = (pump * (65536 // len(pump) + 1))[:65536]
    sent = f"{REPLY_ABOVE}\n{CUSTOMER_BEGINS}\n{text[:20000]}\n{CUSTOMER_ENDS}\nTHE CASE\n"
    assert effort(lambda: own_words("x", f"x\n{REPLY_ABOVE}\n{text}", (sent,)), 1.5) < 1.5
