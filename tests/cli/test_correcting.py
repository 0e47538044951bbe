"""`triage case NUMBER --category …`: what a person may say, and what is told where it cannot be."""

import pytest

from tests.cli.calling import Shop
from tests.store.words import new_case
from triage.case import Case
from triage.ports import Transaction


def one_case(tx: Transaction) -> Case:
    """A case that nobody has sorted."""
    return tx.cases.open(new_case())


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("nonsense", "one of order, invoice, receipt, payment, dispute, other, spam, unsorted"),
        ("invoice/refund", "one of invoice/{invoice_request, invoice_missing, invoice_discrepancy, invoice_tax}"),
    ],
)
def test_an_unknown_category_names_those_there_are(shop: Shop, said: str, expected: str) -> None:
    """Wrong use, before anything is changed."""
    shop.store_now(one_case)
    ended = shop.call("case", "SP-100001", "--category", said)
    assert ended.code == 2
    assert expected in " ".join(ended.err.split())
    assert shop.store_now(lambda tx: tx.corrections.latest()) == 0


def test_an_unknown_case_is_told(shop: Shop) -> None:
    """Nothing is corrected where there is no such case."""
    ended = shop.call("case", "SP-999999", "--category", "order")
    assert ended.code == 1
    assert "there is no case" in ended.err


@pytest.mark.parametrize(
    ("said", "category", "issue", "abstained", "status"),
    [
        ("dispute/quality", "dispute", "quality", False, "on_hold"),
        ("INVOICE", "invoice", "", False, "new"),
        ("unsorted", "order", "order_status", True, "new"),
        ("spam", "other", "spam", False, "closed"),
    ],
)
def test_a_correction_shows_at_once(shop: Shop, said: str, category: str, issue: str, abstained: bool, status: str) -> None:
    """The case is shown as it is now, as one JSON document; who did it is in its history."""
    shop.store_now(one_case)
    ended = shop.call("case", "sp-100001", "--category", said, "--by", "Jane", "--json")
    assert (ended.code, ended.err) == (0, "SP-100001: corrected\n")
    found = ended.json
    assert (found["category"], found["issue"], found["abstained"], found["status"]) == (category, issue, abstained, status)
    [event] = [each for each in found["events"] if each["kind"] == "corrected"]
    assert (event["actor"], event["provenance"]) == ("Jane", "cli")


def test_the_system_user_is_the_author(shop: Shop) -> None:
    """Without --by the history names whoever is logged in."""
    shop.store_now(one_case)
    shop.call("case", "SP-100001", "--category", "invoice")
    [correction] = shop.store_now(lambda tx: tx.corrections.all())
    assert correction.author
