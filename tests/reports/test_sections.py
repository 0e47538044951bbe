"""A report as sections: every figure is told, each miss with its reason, and what is not known is a dash."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.reports.making import BERLIN, counts, empty, full, group, miss
from triage.figures import Causes, Group, Misses, Promise, Rated, Report, Times
from triage.reports.sections import sections
from triage.reports.wording import Section, csat, share, span, words


def told(report: Report) -> dict[str, Section]:
    """Sections by the beginning of their titles."""
    return {section.title.partition(":")[0]: section for section in sections(report, BERLIN)}


def key(report: Report) -> dict[str, tuple[str, ...]]:
    """The lines of the key figures."""
    return {first: tuple(others) for first, *others in told(report)["Key figures"].rows}


def test_the_order_of_reading() -> None:
    """What was reached comes first, then what was missed, then what to do, then everything else."""
    assert list(told(full())) == [
        "Key figures", "Not acknowledged within 24 hours", "Not resolved within 48 hours", "Neither resolved nor updated within 48 hours",
        "Not resolved at the end of the period", "Satisfaction", "What to do", "What has risen", "What many messages have in common",
        "Customers who write again and again", "Orders that come up again and again", "Chargebacks by vendor", "By representative",
        "By department", "By category", "By matter", "By product", "By vendor", "By channel", "Not counted", "How this was counted",
    ]  # fmt: skip


def test_key_figures() -> None:
    """Each key figure for all cases, for disputes and for the period before."""
    found = key(full())
    assert found == {
        "Cases received": ("50", "9", "50"),
        "Acknowledged in 24 h (target 100 %)": ("94.0 % (47/50)",) * 3,
        "– net of servers that refuse us": ("97.9 % (47/48)",) * 3,
        "Resolved in 48 h (target 99 %)": ("83.3 % (40/48)",) * 3,
        "Resolved or updated in 48 h (100 %)": ("91.7 % (44/48)",) * 3,
        "Acknowledged: median; 90 %": ("36 s; 108 s",) * 3,
        "Person's answer: median; 90 %": ("10.0 h; 30.0 h",) * 3,
        "Resolved: median; 90 %": ("30.0 h; 3.8 d",) * 3,
        "Resolved: average time": ("36.0 h",) * 3,
        "Resolved at first contact": ("66.7 % (30/45)",) * 3,
        "Escalated": ("40.0 % (20/50)", "222.2 % (20/9)", "40.0 % (20/50)"),
        "Taken up again": ("10.0 % (5/50)", "55.6 % (5/9)", "10.0 % (5/50)"),
        "Satisfaction (1 to 5)": ("4.20 (10)",) * 3,
    }  # fmt: skip
    assert told(full())["Key figures"].notes == ("46 cases were resolved in the period, whenever they had arrived.",)


def test_a_month_in_which_nothing_happened() -> None:
    """Nothing is divided by nothing, and what did not happen is said in words."""
    found = told(empty())
    assert {cell for cells in key(empty()).values() for cell in cells} == {"0", "–"}
    assert found["Not resolved within 48 hours"].notes == ("None.",)
    assert found["Satisfaction"].title == "Satisfaction: nobody has rated"
    assert found["What to do"].notes == ["Nothing stands out by more than chance."]
    assert found["What has risen"].notes == ("Nothing has risen by more than chance.",)
    assert found["Not counted"].notes == ("Nothing.",)
    assert not {"By representative", "Chargebacks by vendor", "What many messages have in common"} & set(found)


def test_each_miss_is_listed_with_its_reason() -> None:
    """Case, arrival, matter, how long, why and whose; all of them by reason; and how many more there are."""
    found = told(full())
    late = found["Not resolved within 48 hours"]
    assert late.title == "Not resolved within 48 hours: 8"
    assert late.rows[1] == ("SP-100001", "2026-11-01 01:00", "order: delivery lost", "2.1 d", "waits for a department", "Jane Adams")
    assert late.notes == ("6 × waits for a department", "2 × waits for the customer")
    assert found["Not acknowledged within 24 hours"].rows[0][3] == "not yet"
    assert found["Neither resolved nor updated within 48 hours"].notes[-1] == "59 more are in `triage log`."
    nobody = replace(full(), misses={Promise.RESOLUTION: Misses(listed=(miss(1, representative=""),), by_reason={"x": 1})})
    assert told(nobody)["Not resolved within 48 hours"].rows[0][-1] == "nobody"


def test_comments_are_told() -> None:
    """Each comment with its rating, its case and what it was about; of very many only the first."""
    found = told(full())["Satisfaction"]
    assert found.title == "Satisfaction: 4.20 (10)"
    assert found.rows == [("1 of 5", "1"), ("2 of 5", "0"), ("3 of 5", "0"), ("4 of 5", "1"), ("5 of 5", "0")]
    assert found.notes == ("4/5, SP-100001, order: delivery lost: “resolved quickly, but late news”",)
    many = tuple(Rated(number=f"SP-{number}", score=5, comment="x", representative="", matter="other") for number in range(40))
    assert told(replace(full(), rated=many))["Satisfaction"].notes[-1] == "15 more comments are in `triage log`."


def test_causes_are_told() -> None:
    """Rises with what was expected, words in common, who comes again, and chargebacks by vendor."""
    found = told(full())
    assert found["What to do"].notes == ["Find out why. Evidence: 20 cases."]
    assert found["What has risen"].rows == [("matter", "order: delivery lost", "20", "6.5", "0.0004")]
    assert found["What many messages have in common"].rows == [
        ("kettle, lid, broken", "9", "order: delivery lost 9", "SP-100001, SP-100002")
    ]  # fmt: skip
    assert found["Customers who write again and again"].rows == [("ann@customer.example", "4", "order: delivery lost", "SP-100001")]
    assert found["Chargebacks by vendor"].rows == [("Acme", "4"), ("vendor unknown", "1")]
    assert "What has risen" in told(replace(full(), causes=Causes()))


def test_groups_are_told() -> None:
    """A row of all figures for each group; what nobody timed or rated is a dash; of many groups the largest."""
    found = told(full())
    assert found["By representative"].rows[0] == (
        "Jane Adams", "50", "94.0 % (47/50)", "83.3 % (40/48)", "91.7 % (44/48)", "10.0 h; 30.0 h", "30.0 h; 3.8 d", "66.7 % (30/45)",
        "40.0 % (20/50)", "4.20 (10)",
    )  # fmt: skip
    for by in ("product", "vendor", "channel"):
        assert found[f"By {by}"].rows[0][1:] == found["By representative"].rows[0][1:]
    unrated = told(replace(full(), by={"vendor": (Group(name="Acme", counts=counts(escalated=0)),)}))["By vendor"].rows[0]
    assert unrated[5:] == ("–", "–", "66.7 % (30/45)", "0.0 % (0/50)", "–")
    many = tuple(group(f"matter{number}") for number in range(30))
    by = {**full().by, "matter": many}
    section = told(replace(full(), by=by))["By matter"]
    assert (len(section.rows), section.notes) == (25, ("5 more are in `triage log`.",))
    assert all(len(row) == len(section.headings) for row in section.rows)


def test_what_is_not_counted_is_told() -> None:
    """What arrived and is in no figure, by name, and how many cases' time is not up."""
    found = told(full())["Not counted"]
    assert found.rows == [("spam", "3"), ("delivery reports", "2")]
    assert found.notes == ("2 cases whose 48 hours are not up count as neither reached nor missed.",)
    assert told(replace(full(), total=group(counts=counts(resolution_due=50))))["Not counted"].notes == ()


def test_how_it_was_counted_is_told() -> None:
    """The period, the moment of which the figures are, and what each word means."""
    notes = " ".join(told(full())["How this was counted"].notes)
    for said in ("November 2026", "2026-12-01 07:00 CET", "24 hours", "First contact", "90 %"):
        assert said in notes, said


def test_charts_stand_with_their_sections() -> None:
    """Each chart has one place, and none where there is nothing to draw."""
    found = [section.chart for section in sections(full(), BERLIN) if section.chart]
    assert sorted(found) == ["days", "matters", "ratings", "resolution", "rises", "waiting"]


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(None, "–"), (0, "0 s"), (59.4, "59 s"), (119, "119 s"), (120, "2 min"), (3599, "60 min"), (3600, "1.0 h"), (172799, "48.0 h"), (172800, "2.0 d")],
)  # fmt: skip
def test_durations_in_words(seconds: float | None, expected: str) -> None:
    """Seconds, minutes, hours or days, whichever says it best."""
    assert span(seconds) == expected


def test_shares_and_names_in_words() -> None:
    """A share with what it is a share of, a mean with how many there are, and names without their underscores."""
    assert (share(49, 50), share(0, 0)) == ("98.0 % (49/50)", "–")
    assert (csat(group(ratings=3, points=13)), csat(group(ratings=0, points=0))) == ("4.33 (3)", "–")
    assert words("order/delivery_lost") == "order: delivery lost"
    assert Times().mean is None
    assert timedelta(hours=1)
