"""Putting a message into a folder says what it is about, where the folder says so."""

import pytest

from tests.making import SHIPPED
from triage.correction import Ruling
from triage.policy.folders import SPAM_RULING, rulings
from triage.policy.table import Policy


@pytest.mark.parametrize(
    ("folder", "ruling"),
    [
        ("Orders", Ruling(category="order")),
        ("Disputes", Ruling(category="dispute")),
        ("Payments", Ruling(category="payment")),
        ("Other", Ruling(category="other")),
        ("Spam", SPAM_RULING),
        ("Sort by hand", Ruling()),
        ("Automatic", None),
        ("Delivery reports", None),
        ("Unreadable", None),
    ],
)
def test_the_shipped_folders(folder: str, ruling: Ruling | None) -> None:
    """Category folders name the category, Spam closes, Sort by hand takes the category away, the others say nothing."""
    assert rulings(SHIPPED)[folder] == ruling


def test_a_folder_of_one_issue_names_it() -> None:
    """An issue with a folder of its own is named by it; a folder that categories share names neither."""
    policy = Policy.parse(
        """
        [category.order]
        title = "Order"
        folder = "Orders"
        [category.order.issue.order_cancel]
        folder = "Cancel"
        [category.invoice]
        title = "Invoice"
        folder = "Papers"
        [category.receipt]
        title = "Receipt"
        folder = "Papers"
        """
    )
    found = rulings(policy)
    assert found["Cancel"] == Ruling(category="order", issue="order_cancel")
    assert found["Orders"] == Ruling(category="order")
    assert found["Papers"] is None
