"""policy.toml: what it says of every topic, and how its mistakes are told."""

import tomllib
from datetime import timedelta

import pytest

from tests.making import PEOPLE, ROOT, SHIPPED, TEMPLATES
from triage.case import Priority
from triage.errors import SettingsError
from triage.policy.table import Policy

CONTRACT = {
    "order": "order_status order_change order_cancel change_address delivery_delayed delivery_lost delivery_damaged"
    " item_missing item_wrong",
    "invoice": "invoice_request invoice_missing invoice_discrepancy invoice_tax",
    "receipt": "receipt_missing receipt_correction payment_confirmation",
    "payment": "payment_failed payment_duplicate payment_overcharge payment_pending payment_method",
    "dispute": "refund_request refund_status refund_policy quality chargeback",
    "other": "presales account technical partner feedback newsletter spam other",
}
SMALL = """
[category.gift]
title = "Gift"
folder = "Gifts"
department = "finance"
priority = "high"
ask_order_number = true
next_steps = "wrap"

[category.gift.issue.card]
title = "Gift: card"
priority = "low"
ask_order_number = false
resolve = "3d"

[next_steps.wrap]
en = "We wrap it."
de = "Wir packen es ein."
"""


@pytest.mark.parametrize(("category", "issues"), CONTRACT.items())
def test_the_shipped_policy_knows_every_category_and_issue(category: str, issues: str) -> None:
    """Every category and issue of the contract has a row of its own, and there are no others."""
    assert set(issues.split()) == {issue for name, issue in SHIPPED.matters if name == category and issue}


def test_the_shipped_policy_has_no_further_category() -> None:
    """The categories are those of the contract."""
    assert set(SHIPPED.categories) == {category for category, _ in SHIPPED.matters} == set(CONTRACT)


def test_the_shipped_policy_sends_work_to_the_known_departments() -> None:
    """Finance, billing, logistics, technical support and management are where work goes."""
    assert SHIPPED.departments == set(PEOPLE.departments)


@pytest.mark.parametrize(("category", "issue"), SHIPPED.matters)
def test_each_topic_can_be_worked_with(category: str, issue: str) -> None:
    """Each topic has a title and a folder, is promised an answer within 24 and a result within 48 hours, and escalates to somebody."""
    topic = SHIPPED.topic(category, issue)
    assert topic.title
    assert topic.folder
    assert topic.acknowledge == timedelta(hours=24)
    assert topic.resolve == timedelta(hours=48)
    assert topic.department or not topic.escalate


@pytest.mark.parametrize("category", CONTRACT)
@pytest.mark.parametrize("ending", [".txt", ".de.txt"])
def test_each_category_has_its_acknowledgment(category: str, ending: str) -> None:
    """Each category has its acknowledgment in English and in German."""
    assert (TEMPLATES / "acknowledgment" / f"{category}{ending}").is_file()


@pytest.mark.parametrize("name", SHIPPED.next_steps)
def test_what_happens_next_is_told_in_both_languages(name: str) -> None:
    """Each sentence on what happens next is there in English and German, and differs."""
    texts = SHIPPED.next_steps[name]
    assert set(texts) == {"en", "de"}
    assert texts["en"] != texts["de"]


def test_each_sentence_on_what_happens_next_is_used() -> None:
    """No sentence lies about that no row names."""
    text = (ROOT / "config" / "policy.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)["category"].values()
    used = {row.get("next_steps") for category in rows for row in (category, *category.get("issue", {}).values())}
    assert used - {None} == set(SHIPPED.next_steps)


@pytest.mark.parametrize("issue", ["delivery_damaged", "item_wrong"])
def test_photos_are_asked_for_where_goods_are_damaged_or_wrong(issue: str) -> None:
    """Damaged and wrong goods need photos."""
    assert SHIPPED.topic("order", issue).ask_photos


@pytest.mark.parametrize("issue", ["payment_failed", "payment_duplicate", "payment_overcharge"])
def test_payment_problems_are_urgent(issue: str) -> None:
    """Trouble with a payment is urgent, and a department hears of it at once."""
    topic = SHIPPED.topic("payment", issue)
    assert (topic.priority, topic.escalate) == (Priority.URGENT, True)


def test_an_issue_says_only_what_differs_from_its_category() -> None:
    """An issue's row overrides its category's, key by key."""
    policy = Policy.parse(SMALL)
    whole, card = policy.topic("gift", ""), policy.topic("gift", "card")
    assert (whole.title, whole.priority, whole.ask_order_number, whole.resolve) == ("Gift", Priority.HIGH, True, timedelta(hours=48))
    assert (card.title, card.priority, card.ask_order_number, card.resolve) == ("Gift: card", Priority.LOW, False, timedelta(days=3))
    assert (card.department, card.folder, card.escalate) == ("finance", "Gifts", False)


def test_an_unknown_issue_is_what_its_category_is() -> None:
    """An issue that the policy has no row for is dealt with as its category."""
    policy = Policy.parse(SMALL)
    assert policy.topic("gift", "ribbon") == policy.topic("gift", "")


def test_an_unknown_category_is_for_people_to_sort() -> None:
    """A category that the policy does not know goes to the folder for people, and nobody is written to."""
    topic = Policy.parse(SMALL).topic("warranty", "claim")
    assert (topic.folder, topic.escalate, topic.department) == ("Sort by hand", False, "")


@pytest.mark.parametrize(
    ("language", "said"), [("en", "We wrap it."), ("de", "Wir packen es ein."), ("fr", "We wrap it."), ("", "We wrap it.")]
)
def test_what_happens_next_falls_back_to_english(language: str, said: str) -> None:
    """A language without a sentence gets the English one."""
    assert Policy.parse(SMALL).topic("gift", "card").next_step(language) == said


def test_a_topic_without_next_steps_says_nothing() -> None:
    """Where the policy has nothing to add, nothing is said."""
    assert SHIPPED.topic("other", "presales").next_step("en") == ""


def test_what_is_left_out_has_sensible_values() -> None:
    """A policy of one category promises 24, 48 and 1 hours and knows the folders of the rest."""
    policy = Policy.parse('[category.all]\ntitle = "All"\nfolder = "All"\n')
    assert (policy.promises.acknowledge, policy.promises.resolve, policy.promises.assign) == tuple(timedelta(hours=h) for h in (24, 48, 1))
    assert len({*policy.folders.model_dump().values()}) == 7
    assert policy.threads.follow_up_window == timedelta(days=30)
    assert policy.departments == {"management"}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("not toml", "expected TOML"),
        ("", "category: Field required"),
        ("[category]", "category: Dictionary should have at least 1 item"),
        ("[category.a]\ntitle = 'A'", "category.a.folder: Field required"),
        ("[category.a]\ntitle = 1\nfolder = 'A'", "category.a.title = 1: Input should be a valid string"),
        ("[category.a]\ntitle = 'A'\nfolder = 'A'\ncolour = 'red'", "category.a.colour = 'red': Extra inputs are not permitted"),
        ("[category.a]\ntitle = 'A'\nfolder = 'A'\npriority = 'hot'", "category.a.priority = 'hot'"),
        ("[category.a]\ntitle = 'A'\nfolder = 'A'\nresolve = 'soon'", "category.a.resolve = 'soon': expected a duration"),
        ("[category.a]\ntitle = 'A'\nfolder = 'A'\nnext_steps = 'x'", "category.a.next_steps = 'x': expected a name under [next_steps]"),
        (SMALL + "[category.gift.issue.b]\nnext_steps = 'y'", "category.gift.issue.b.next_steps = 'y': expected a name"),
        (SMALL + "[next_steps.z]\nde = 'Nein.'", "next_steps.z: expected a text in English (en)"),
        (SMALL + "[escalation]\nfollow_ups = 0", "escalation.follow_ups = 0: Input should be greater than or equal to 1"),
        (SMALL + "[[trigger]]\nname = 't'\ndepartment = 'd'\nwords = []", "trigger.0.words: Tuple should have at least 1 item"),
        (SMALL + "[folders]\nspam = ''", "folders.spam = ''"),
        (SMALL + '[folders]\nspam = "a\\nb"', "folders.spam = 'a\\nb'"),
        (SMALL + "[promises]\nresolve = '1 fortnight'", "promises.resolve = '1 fortnight': expected a duration such as 30s, 5m, 24h or 7d"),
    ],
)
def test_a_mistake_is_told_by_key_value_and_expectation(text: str, line: str) -> None:
    """A mistake in the file is one line that names the key, the value and what was expected."""
    with pytest.raises(SettingsError) as told:
        Policy.parse(text)
    assert any(line in problem for problem in told.value.problems), told.value.problems


def test_every_mistake_is_told_at_once() -> None:
    """Two mistakes make two lines."""
    with pytest.raises(SettingsError) as told:
        Policy.parse("[promises]\nassign = 'x'\n[category.a]\ntitle = 'A'")
    assert len(told.value.problems) == 2
