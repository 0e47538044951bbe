"""What customers write when they say how we did, in English and German, and what only looks like it."""

import pytest

from tests.effort import effort
from tests.rows import rows
from triage.threads.ratings import rating

#: Score, text, comment.
GIVEN = [
    (4, "4/5, would have liked to be told earlier about the delay", "would have liked to be told earlier about the delay"),
    (4, "4/5 – resolved quickly, but I wish I had been informed earlier about the delay",
     "resolved quickly, but I wish I had been informed earlier about the delay"),
    (4, "four stars", ""),
    (5, "Five stars!!! Thank you so much.", "Thank you so much"),
    (1, "1 star. Nobody answered me.", "Nobody answered me"),
    (3, "3 out of 5", ""),
    (3, "I'd say 3 out of 5, it took long", "I'd say , it took long"),
    (2, "two out of five", ""),
    (5, "5 of 5", ""),
    (4, "Rating: 4", ""),
    (4, "My rating is 4, thanks", "thanks"),
    (5, "score 5", ""),
    (4, "I give you a 4. Bit slow.", "Bit slow"),
    (5, "5", ""),
    (5, "5\n\nGreat service, Ann", "Great service, Ann"),
    (4, "4.", ""),
    (3, "3, because it took a week", "because it took a week"),
    (2, "2 - never heard back from the carrier", "never heard back from the carrier"),
    (1, "1!", ""),
    (5, "five", ""),
    (4, "★★★★☆", ""),
    (3, "★★★", ""),
    (5, "⭐⭐⭐⭐⭐ perfect", "perfect"),
    (4, "****", ""),
    (4, "4-star service", "service"),
    (4, "8/10", ""),
    (5, "10 out of 10, brilliant", "brilliant"),
    (1, "1/10 never again", "never again"),
    (4, "4.5/5 nearly perfect", "nearly perfect"),
    (4, "4 points", ""),
    (5, "Hi there,\n\n5/5 from me.\n\nBest, Ann", "Hi there, from me. Best, Ann"),
    (4, "My rating: 4 of 5\n\nMy comment: ", ""),
    (4, "My rating: 4 of 5\r\n\r\nMy comment: quick, but no word in between\r\n", "quick, but no word in between"),
    (2, "My rating: 2 of 5\n\nMy comment: The parcel is still not here", "The parcel is still not here"),
    (4, "4/5, hätte gern früher Bescheid gewusst", "hätte gern früher Bescheid gewusst"),
    (4, "vier Sterne", ""),
    (5, "5 Sterne, vielen Dank", "vielen Dank"),
    (1, "Ein Stern. Niemand hat geantwortet.", "Niemand hat geantwortet"),
    (3, "3 von 5", ""),
    (4, "vier von fünf", ""),
    (4, "Vier von fünf Sternen, es ging zu langsam", "es ging zu langsam"),
    (5, "Bewertung: 5", ""),
    (5, "Meine Bewertung: 5 von 5\n\nMein Kommentar: Alles bestens", "Alles bestens"),
    (2, "Meine Bewertung ist 2", ""),
    (4, "Ich gebe euch eine 4", ""),
    (5, "fünf", ""),
    (3, "drei Punkte", ""),
    (5, "Fuenf von 5", ""),
    (2, "2: das war nichts", "das war nichts"),
    (5, "5/5 5 stars", "5 stars"),
    (4, "Note: I would say 4/5", "Note: I would say"),
    (5, "5 stars from me", "from me"),
    (5, "A solid 5/5.", "A solid"),
    (4, "I would give it 4/5", "I would give it"),
    (4, "Overall: 4/5. The reply was friendly, the wait was long.", "Overall: . The reply was friendly, the wait was long"),
    (3, "3 stars, it was okay", "it was okay"),
    (2, "2/5. I had to write three times", "I had to write three times"),
    (1, "1/5", ""),
    (1, "one star", ""),
    (1, "1 out of 5!!!", ""),
    (5, "five out of five", ""),
    (3, "three stars", ""),
    (2, "Two stars because nobody called back", "because nobody called back"),
    (4, "Score: 4", ""),
    (4, "score = 4", ""),
    (3, "my score is 3", ""),
    (5, "I'd give you a 5", ""),
    (5, "I give it a five", ""),
    (2, "I give you 2", ""),
    (4, "4 – friendly but slow", "friendly but slow"),
    (4, "4; fine", "fine"),
    (5, "5, all good", "all good"),
    (5, "  5  ", ""),
    (5, "\n\n5/5\n", ""),
    (4, "★★★★", ""),
    (1, "★☆☆☆☆", ""),
    (5, "🌟🌟🌟🌟🌟", ""),
    (2, "**", ""),
    (3, "6/10", ""),
    (2, "3 out of 10", ""),
    (5, "9/10 would buy again", "would buy again"),
    (5, "fünf von fünf, gerne wieder", "gerne wieder"),
    (5, "Fünf Sterne", ""),
    (4, "4 Sterne", ""),
    (4, "4 von 5 Punkten", ""),
    (3, "3 Sterne, weil es gedauert hat", "weil es gedauert hat"),
    (2, "Zwei von fünf. Keiner hat angerufen.", "Keiner hat angerufen"),
    (1, "1 Stern!", ""),
    (1, "ein Stern", ""),
    (5, "Meine Bewertung lautet 5", ""),
    (4, "Bewertung 4", ""),
    (4, "Ich gebe Ihnen eine 4", ""),
    (5, "ich gebe 5 Sterne", "ich gebe"),
    (3, "Ich vergebe 3 Punkte", "Ich vergebe"),
    (4, "4,5/5 fast perfekt", "fast perfekt"),
    (5, "10 von 10", ""),
    (3, "drei", ""),
    (4, "Vier!", ""),
    (2, "2 – leider", "leider"),
    (4, "Guten Tag,\n\n4/5.\n\nGruß, Ann", "Guten Tag, . Gruß, Ann"),
]  # fmt: skip

#: No score, several, or none that is one.
NOT_GIVEN = [
    "",
    "Thank you, all is well now.",
    "Danke, alles gut!",
    "The lamp is broken again.",
    "1. The lamp is broken\n2. The box is empty",
    "1) where is it?",
    "I ordered 5 lamps and 3 came.",
    "Order 4/2026 has not come",
    "It came on 4/5/2026.",
    "It came on 4/5.5",
    "I paid 4,50 for 5",
    "Please refund 5 euros",
    "5 days and nothing has happened",
    "2 of my 3 parcels are missing",
    "Es fehlen 2 von 3 Paketen",
    "I can't give you 5 stars for this",
    "This is not a five star service",
    "Das sind keine 5 Sterne",
    "nicht 5 von 5",
    "2 stars for the carrier, 5/5 for you",
    "6/5",
    "0 stars",
    "0/5",
    "9 of 5",
    "15/5",
    "room 5/5b",
    "my phone is 5-5555",
    "one of the lamps is broken",
    "Ein Paket fehlt",
    "three weeks and still nothing",
    "5 business days, really?",
    "I need 2 more",
    "4 weeks ago I wrote to you",
    "3x the same mistake",
    "Version 4.5",
    "see page 3 of 12",
    "5 of my colleagues agree",
    "It took one of your people 3 days",
    "Call me at 5",
    "I never give 5 stars",
    "keine fünf Sterne",
    "2 von 12 Teilen fehlen",
    "Seit 3 Wochen nichts",
    "Am 4. Mai bestellt",
    "Die 5 Lampen sind da",
    "Ich habe 2 bestellt und 1 bekommen",
    "3 stars? No, 1 star",
    "10/5",
    "0 von 5",
    "7 Sterne",
    "x" * 400 + " 5/5",
]


@rows(("score", "text", "comment"), GIVEN)
def test_a_rating_is_understood(score: int, text: str, comment: str) -> None:
    """The score is what was meant, and the comment is what was said beside it."""
    found = rating(text)
    assert found is not None
    assert (found.score, found.comment) == (score, comment)


@rows("text", NOT_GIVEN)
def test_other_numbers_rate_nothing(text: str) -> None:
    """Enumerations, dates, amounts, denials and contradictions are for people to read."""
    assert rating(text) is None


@pytest.mark.parametrize("score", range(1, 6))
@pytest.mark.parametrize("form", ["{}/5", "{} of 5", "{} out of five", "{} stars", "{} Sterne", "{} von 5", "rating: {}", "{}"])
def test_every_score_in_every_form(form: str, score: int) -> None:
    """Whatever the form, each of the five scores is itself."""
    found = rating(form.format(score))
    assert found is not None
    assert found.score == score


def test_long_comments_are_cut() -> None:
    """A comment is kept up to a length; the whole is with the message."""
    found = rating("4/5 " + "long " * 1000)
    assert found is not None
    assert len(found.comment) == 1000


@pytest.mark.parametrize("pump", ["5", "5 ", "4/", "★", "*", "give ", "give you a ", "not ", "- ", "my rating: ", "no x y z ", "\n", "İ"])
def test_it_is_quick_whatever_comes(pump: str) -> None:
    """64 KB of anything takes less than a fiftieth of a second."""
    text = pump * (65536 // len(pump))
    assert effort(lambda: rating(text), 0.02) < 0.02
