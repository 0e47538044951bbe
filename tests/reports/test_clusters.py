"""Messages that have words in common are found, with the words that tell them from the rest."""

import random
from itertools import product

from triage.figures import Text
from triage.reports.clusters import clusters

KETTLES = (
    "The lid of my kettle is broken, it does not close",
    "My new kettle has a broken lid",
    "kettle lid broken again, please replace the lid",
    "The kettle's lid broke when I opened it",
    "Broken lid on the kettle, what now?",
    "The lid of the kettle came broken",
)
VOUCHERS = (
    "The voucher code from your newsletter is not accepted",
    "Your voucher code does not work, newsletter of Monday",
    "newsletter voucher: code rejected at the checkout",
    "The code of the newsletter voucher was rejected",
    "Voucher code rejected, it is from the newsletter",
)
SYLLABLES = ("ba", "lo", "mi", "ter", "ka", "nu", "sol", "ve", "ri", "dam")
WORDS = ["".join(parts) for parts in product(SYLLABLES, repeat=3)]


def texts(found: tuple[str, ...], matter: str) -> list[Text]:
    """Messages about a matter."""
    return [Text(number=f"SP-{matter}-{number}", matter=matter, words=words) for number, words in enumerate(found)]


def noise(many: int = 40) -> list[Text]:
    """Messages that have nothing in common."""
    chance = random.Random(3)
    return [Text(number=f"SP-n{number}", matter="other", words=" ".join(chance.sample(WORDS, 6))) for number in range(many)]


def test_two_troubles_among_much_else() -> None:
    """Each trouble is one cluster with its words, its cases and what they are about."""
    found = clusters([*noise(), *texts(KETTLES, "dispute/quality"), *texts(VOUCHERS, "payment/payment_failed")])
    by_matter = {next(iter(it.matters)): it for it in found}
    kettles, vouchers = by_matter["dispute/quality"], by_matter["payment/payment_failed"]
    assert {"kettle", "lid"} <= set(" ".join(kettles.words).split())
    assert {"voucher", "code"} <= set(" ".join(vouchers.words).split())
    assert kettles.many >= 5
    assert all(number.startswith("SP-dispute") for number in kettles.numbers)
    assert len(kettles.numbers) <= 5


def test_nothing_in_common() -> None:
    """Neither few messages, nor empty ones, nor such that share only what everybody writes, are a cluster."""
    assert clusters([]) == ()
    assert clusters(texts(KETTLES[:3], "x")) == ()
    assert clusters(texts(("",) * 30, "x")) == ()
    assert clusters(texts(tuple(f"Hello, thank you, best regards {number}" for number in range(30)), "x")) == ()
    assert clusters(noise()) == ()


def test_numbers_make_no_cluster() -> None:
    """Order numbers, amounts and dates make messages neither alike nor different."""
    given = [
        Text(
            number=str(number),
            matter="x",
            words=f"ORD{100 + number % 3} 12.50 2026-11-{number % 28 + 1:02} {WORDS[number]} {WORDS[-number - 1]}",
        )
        for number in range(25)
    ]
    assert clusters(given) == ()


def test_the_same_every_time() -> None:
    """The same messages give the same clusters, the largest first."""
    given = [*noise(), *texts(KETTLES, "a"), *texts(VOUCHERS, "b")]
    found = clusters(given)
    assert found == clusters(given)
    assert [it.many for it in found] == sorted((it.many for it in found), reverse=True)
