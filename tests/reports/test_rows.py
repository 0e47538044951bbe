"""What customer service asks of the log and the reports, row by row: each stands in what is printed, in every form."""

import json
from dataclasses import replace

import pytest

from tests.ledger.files import worked_example
from tests.reports.making import BERLIN, full
from triage.classifier.drift import drift
from triage.cli.report import as_plain
from triage.ledger.columns import COLUMNS, row
from triage.ledger.project import entry_of
from triage.reports.pages import as_csv, as_html, as_markdown, as_text
from triage.reports.sections import sections
from triage.said import Said

#: Number of the requirement, the column of the log, and what it says of John Doe's case.
LOGGED = (
    (68, "customer name", "John Doe"),
    (69, "e-mail", "johndoe@email.com"),
    (69, "telephone", "+15551234"),
    (70, "order number", "ORD789456"),
    (71, "order date", "2026-11-20"),
    (72, "issue type", "item missing"),
    (73, "issue description", "smartphone case"),
    (74, "initial action", "acknowledgment sent"),
    (75, "follow-up actions", "the customer was answered"),
    (76, "escalation", "no escalation needed"),
    (77, "resolution status", "resolved"),
    (78, "resolution date", "2026-11-25"),
    (79, "customer satisfaction", "satisfied"),
    (80, "rating and comments", "4/5: resolved quickly"),
    (81, "representative", "Jane Adams"),
)
#: Number of the requirement, and words that the report has for it.
REPORTED = (
    (86, "Resolved in 48 h (target 99 %)"),
    (87, "Resolved: average time"),
    (88, "Resolved at first contact"),
    (89, "Escalated"),
    (90, "Satisfaction (1 to 5)"),
    (91, "What has risen"),
    (91, "By matter"),
    (92, "By representative"),
    (93, "By channel"),
    (94, "Not resolved within 48 hours"),
    (95, "resolved quickly, but late news"),
    (96, "What many messages have in common"),
    (97, "Orders that come up again and again"),
    (98, "Chargebacks by vendor"),
)


@pytest.mark.parametrize(("number", "column", "said"), LOGGED)
def test_the_log_has_each_field(number: int, column: str, said: str) -> None:
    """Each field that is asked for is a column, and says of the worked example what the example says."""
    found = dict(zip(COLUMNS, row(entry_of(worked_example()), BERLIN), strict=True))
    assert said in found[column], number


def test_the_fields_are_in_their_order() -> None:
    """The columns stand in the order in which they are asked for."""
    asked = [column for _number, column, _said in LOGGED]
    assert [name for name in COLUMNS if name in asked] == asked


@pytest.mark.parametrize(("number", "said"), REPORTED)
def test_the_report_has_each_figure(number: int, said: str) -> None:
    """Each figure that is asked for stands in the text and on the page."""
    parts = sections(full(), BERLIN)
    text = " ".join(as_text("Report", parts, width=400).split())
    assert said in text, number
    assert said in as_html("Report", parts, {}), number


def test_every_form_has_every_table() -> None:
    """Whatever form it is asked for in, no table is left out."""
    parts = sections(full(), BERLIN)
    for part in parts:
        first = next((cells[1] for cells in part.rows), "")
        for said in (as_text("R", parts, width=900), as_markdown("R", parts), as_csv(parts), as_html("R", parts, {})):
            # Markdown marks, CSV and HTML escape: letters and digits are the same in each.
            assert "".join(filter(str.isalnum, first)) in "".join(filter(str.isalnum, said)), part.title


def test_json_has_every_figure() -> None:
    """A program finds each count, duration, miss and cause under the name that it has here."""
    document = json.loads(json.dumps(as_plain(full())))
    assert set(document) == set(full().__dataclass_fields__)
    assert set(document["total"]["counts"]) == set(full().total.counts.__dataclass_fields__)
    assert document["total"]["csat"] == 4.2
    assert document["misses"]["resolution"]["listed"][0]["took"] == 50 * 3600
    assert document["causes"]["rises"][0]["name"] == "order/delivery_lost"
    assert document["days"][0]["day"] == "2026-11-01"


def test_json_says_how_well_the_model_knows_the_mail() -> None:
    """Each level, each comparison with whether it is more than chance, and which models answered."""
    before, after = (
        [Said(category="order", confidence=0.9, model="one", many=50)],
        [Said(category="order", confidence=0.9, corrected=True, many=40)],
    )
    said = json.loads(json.dumps(as_plain(replace(full(), model=drift([before], after)))))["model"]
    assert (said["weeks"], said["models"], said["models_before"]) == (1, {"": 40}, {"one": 50})
    assert said["now"][1] == {
        "category": "order", "many": 40, "sure": 0.9, "unsure": {"hits": 0, "of": 40}, "corrected": {"hits": 40, "of": 40}, "strange": None,
    }  # fmt: skip
    notable = {(it["category"], it["measure"]): it["notable"] for it in said["shifts"]}
    assert (notable["order", "corrected"], notable["order", "unsure"]) == (True, False)
