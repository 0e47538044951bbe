"""Further forms of a labelled message: the same matter, other words around it, and always the same ones."""

from tests.classifier.samples import example
from triage.classifier.augment import further_forms
from triage.classifier.corpus import Example

LETTER = example(
    "Good morning to all of you. The parcel with the lamp has not come. It was promised for Monday. Yours, Ann",
    "order",
    "delivery_delayed",
    subject="The lamp",
)


def short(number: int) -> Example:
    """A short message unlike the others."""
    return example(f"cancel the {'very ' * number} big order please", "order", "order_cancel")


def test_a_letter_is_also_taught_without_subject_and_cut_short() -> None:
    """Its label stays, its beginning stays, and each form counts less than the message."""
    bare, beginning = further_forms([LETTER])
    assert (bare.subject, bare.body, bare.label) == ("", LETTER.body, LETTER.label)
    assert beginning.body == "Good morning to all of you. The parcel with the lamp has not come."
    assert beginning.subject == LETTER.subject
    assert 0 < bare.weight < LETTER.weight
    assert 0 < beginning.weight < LETTER.weight


def test_what_is_said_in_a_few_words_is_left_as_it_is() -> None:
    """Nothing can be taken from a message of one sentence without a subject."""
    assert further_forms([short(1), short(2)]) == []


def test_two_in_one_teach_both_matters_the_first_more() -> None:
    """Of eight short messages two pairs are made; each pair is taught once for either matter, under the first one's subject."""
    examples = [short(number) for number in range(7)] + [example("I need an invoice", "invoice", "invoice_request", subject="hello")]
    forms = further_forms(examples)
    assert len(forms) == 4
    for first, second in zip(forms[::2], forms[1::2], strict=True):
        assert first.body == second.body
        assert first.subject == second.subject
        assert second.weight < first.weight < 1
        assert "\n" in first.body


def test_the_forms_are_the_same_in_every_run() -> None:
    """Training must give the same model again."""
    examples = [short(number) for number in range(12)]
    assert further_forms(examples) == further_forms(examples)


def test_a_heavier_message_has_heavier_forms() -> None:
    """What counts thrice counts thrice in every form."""
    heavy = example(LETTER.body, "order", "delivery_delayed", subject="The lamp", weight=3.0)
    assert [form.weight for form in further_forms([heavy])] == [3 * form.weight for form in further_forms([LETTER])]
