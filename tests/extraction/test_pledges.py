"""Promises in what people write to customers, English and German, and what only sounds like one."""

import pytest

from tests.effort import effort
from triage.extraction.pledges import Unit, pledges

PROMISED = [
    ("Your refund will arrive in 3–5 business days.", 5, Unit.WORKING_DAYS),
    ("Your refund will arrive in 3-5 business days.", 5, Unit.WORKING_DAYS),
    ("The refund takes 3 to 5 working days.", 5, Unit.WORKING_DAYS),
    ("We will send the replacement within 2 business days.", 2, Unit.WORKING_DAYS),
    ("The replacement will ship within two working days.", 2, Unit.WORKING_DAYS),
    ("You'll hear from us within 24 hours.", 24, Unit.HOURS),
    ("You’ll hear from us within the next 48 hours!", 48, Unit.HOURS),
    ("I will get back to you in a day.", 1, Unit.DAYS),
    ("It should arrive in about 10 days", 10, Unit.DAYS),
    ("We are going to write to you in two weeks", 14, Unit.DAYS),
    ("We will call you by Friday.", 4, Unit.WEEKDAY),
    ("You will have an answer on Monday", 0, Unit.WEEKDAY),
    ("We'll look into it tomorrow.", 1, Unit.DAYS),
    ("Hello Ann,\n\nthank you.\n\nYour refund will reach you in five days.\n\nJane", 5, Unit.DAYS),
    ("Die Erstattung dauert 3 bis 5 Werktage.", 5, Unit.WORKING_DAYS),
    ("Wir werden Ihnen innerhalb von zwei Werktagen antworten.", 2, Unit.WORKING_DAYS),
    ("Den Ersatz erhalten Sie in 3 Arbeitstagen", 3, Unit.WORKING_DAYS),
    ("Das Geld wird binnen 10 Tagen bei Ihnen sein", 10, Unit.DAYS),
    ("Wir melden uns spätestens in 24 Stunden bei Ihnen", 24, Unit.HOURS),
    ("Ich melde mich bis Freitag.", 4, Unit.WEEKDAY),
    ("Wir werden uns morgen darum kümmern", 1, Unit.DAYS),
    ("Die Ware wird in etwa zwei Wochen geliefert", 14, Unit.DAYS),
    ("We will refund you within 10 working days", 10, Unit.WORKING_DAYS),
    ("Refunds take 5 business days", 5, Unit.WORKING_DAYS),
    ("The refund takes about five business days to show on your statement", 5, Unit.WORKING_DAYS),
    ("I'll write again in two hours", 2, Unit.HOURS),
    ("The carrier will come back to us in 48 hours", 48, Unit.HOURS),
    ("You will receive a new invoice in one week", 7, Unit.DAYS),
    ("We'll have it sorted by Wednesday", 2, Unit.WEEKDAY),
    ("It will be with you on Saturday", 5, Unit.WEEKDAY),
    ("It will ship tomorrow", 1, Unit.DAYS),
    ("Your parcel should arrive within 2 to 4 days", 4, Unit.DAYS),
    ("Finance will look at it within a week", 7, Unit.DAYS),
    ("Wir werden Ihnen das Geld in 3-5 Werktagen überweisen", 5, Unit.WORKING_DAYS),
    ("Die Erstattung dauert bis zu zehn Tage, sie wird in zehn Tagen da sein", 10, Unit.DAYS),
    ("Den neuen Beleg senden wir in einer Stunde", 1, Unit.HOURS),
    ("Am Montag werden wir Sie anrufen", 0, Unit.WEEKDAY),
    ("Das Paket wird bis Samstag zugestellt", 5, Unit.WEEKDAY),
    ("Ich melde mich morgen", 1, Unit.DAYS),
    ("Sie bekommen Ersatz, er wird innerhalb von einer Woche geliefert", 7, Unit.DAYS),
]

NOTHING = [
    "", "Thank you for your patience.", "I have waited for 5 days.", "You have been waiting for two weeks, we will look into it",
    "The parcel left 3 days ago.", "Seit drei Tagen warten Sie", "It was delivered on Monday", "Your order ORD12345 is being packed",
    "We will look into it.", "We will send it soon", "It will arrive in 99 weeks", "The warranty is valid within 14 days", "In 2 days",
    "Wir werden das prüfen", "Please answer within 3 days",
    "We have been waiting for the carrier since Monday and will write", "It happened 2 weeks ago, we will see", "Gestern war Montag",
    "Ich habe drei Tage gewartet und werde weiter warten", "You will like it", "It will be ready soon", "Your order of 5 days ago is here",

]  # fmt: skip


@pytest.mark.parametrize(("text", "count", "unit"), PROMISED, ids=[text[:40] for text, _count, _unit in PROMISED])
def test_a_promise_is_found(text: str, count: int, unit: Unit) -> None:
    """How much of what, and the words in which it was said."""
    (found,) = pledges(text)
    assert (found.count, found.unit) == (count, unit)
    assert found.words in " ".join(text.replace("’", "'").split())


@pytest.mark.parametrize("text", NOTHING)
def test_no_promise_is_made_up(text: str) -> None:
    """What lies behind, what others are to do, and what has no time promise nothing."""
    assert list(pledges(text)) == []


def test_each_sentence_may_promise() -> None:
    """Two promises in one letter are two, in their order."""
    found = list(pledges("We will send it within 2 days. The refund will take longer: it will come in 5 business days. Bye!"))
    assert [(one.count, one.unit) for one in found] == [(2, Unit.DAYS), (5, Unit.WORKING_DAYS)]


@pytest.mark.parametrize("pump", ["will in 1 ", "in 3 to ", "will ", "a", ". ", "will be by ", "refund in 3–", "we'll\n"])
def test_it_is_quick_whatever_comes(pump: str) -> None:
    """64 KB of anything takes less than a twentieth of a second."""
    text = pump * (65536 // len(pump))
    assert effort(lambda: list(pledges(text)), 0.05) < 0.05
