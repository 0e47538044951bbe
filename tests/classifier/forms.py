"""The same message in another form: typos, capitals, without subject, above a long history, with a signature."""

import random
from collections.abc import Callable
from dataclasses import replace

from triage.classifier.corpus import Example

HISTORY = """

On Mon, 4 May 2026, SayPro <help@saypro.example> wrote:
> Thank you for your payment. Your invoice is attached.
> Your refund is on its way.
>
> On Sun, 3 May 2026, Jo Field wrote:
>> The parcel never came and the receipt is wrong.
>> Please cancel my order."""


def with_typos(example: Example) -> Example:
    """Two neighbouring letters swapped in every twelfth word or so."""
    dice = random.Random(example.body)  # the same slips in every run
    words = example.body.split(" ")
    for place, word in enumerate(words):
        if len(word) > 4 and dice.random() < 0.08:
            cut = dice.randrange(1, len(word) - 2)
            words[place] = word[:cut] + word[cut + 1] + word[cut] + word[cut + 2 :]
    return replace(example, body=" ".join(words))


FORMS: dict[str, Callable[[Example], Example]] = {
    "typos": with_typos,
    "upper case": lambda example: replace(example, subject=example.subject.upper(), body=example.body.upper()),
    "no subject": lambda example: replace(example, subject=""),
    "history": lambda example: replace(example, body=example.body + HISTORY),
    "signature": lambda example: replace(example, body=f"{example.body}\n\n-- \nJo Field\nInvoice & Payment Services Ltd"),
}
