"""The shipped policy by examples: for each kind of letter who is called upon, how urgent it is, and when somebody looks again."""

from datetime import timedelta

import pytest

from tests.making import ARRIVED, NOW, SHIPPED, case, decided, reading
from tests.rows import rows
from triage.case import Case, Priority
from triage.policy.timing import aged, opened
from triage.reading import Fact
from triage.reply import ReplyKind
from triage.topic import StaffedTime

FINANCE, BILLING, LOGISTICS, TECHNICAL, MANAGEMENT = "finance", "billing", "logistics", "technical_support", "management"
LOW, NORMAL, HIGH, URGENT = Priority

#: Matter, what is written, the largest amount; then departments and priority.
LETTERS = [
    ("order/order_status", "Where is my parcel?", 0, [], NORMAL),
    ("order/order_status", "Where is my parcel? STILL NOT HERE, THIS IS UNACCEPTABLE AND OUTRAGEOUS!!", 0, [], HIGH),
    ("order/order_status", "Where is my parcel? My lawyer will hear of it.", 0, [MANAGEMENT], URGENT),
    ("order/order_change", "Please make it the blue one.", 0, [LOGISTICS], HIGH),
    ("order/order_cancel", "Please cancel it, I have changed my mind.", 0, [LOGISTICS], HIGH),
    ("order/order_cancel", "Cancel it, or I will dispute the charge.", 0, [LOGISTICS, FINANCE], URGENT),
    ("order/change_address", "We have moved to Main Street 5.", 0, [LOGISTICS], HIGH),
    ("order/delivery_delayed", "It should have been here on Monday.", 0, [LOGISTICS], NORMAL),
    ("order/delivery_lost", "The carrier says that it is lost.", 0, [LOGISTICS], HIGH),
    ("order/delivery_damaged", "The glass is broken.", 0, [LOGISTICS], HIGH),
    ("order/delivery_damaged", "The glass is broken. It cost a fortune.", 4000, [LOGISTICS], HIGH),
    ("order/item_missing", "The smartphone case was not in the parcel.", 0, [LOGISTICS], HIGH),
    ("order/item_wrong", "I got somebody else's shoes.", 0, [LOGISTICS], HIGH),
    ("order/item_wrong", "Falsche Schuhe. Ich gehe zum Anwalt.", 0, [LOGISTICS, MANAGEMENT], URGENT),
    ("invoice/invoice_request", "Please send me an invoice.", 0, [], NORMAL),
    ("invoice/invoice_missing", "I never got my invoice.", 0, [], NORMAL),
    ("invoice/invoice_discrepancy", "The shipping fee is too high.", 0, [BILLING], NORMAL),
    ("invoice/invoice_discrepancy", "The invoice says 5000.", 5000, [BILLING], NORMAL),
    ("invoice/invoice_tax", "There is no tax number on it.", 0, [BILLING], NORMAL),
    ("receipt/receipt_missing", "I have no receipt.", 0, [], NORMAL),
    ("receipt/receipt_correction", "My name is wrong on the receipt.", 0, [BILLING], NORMAL),
    ("receipt/payment_confirmation", "Has my payment arrived?", 0, [], NORMAL),
    ("payment/payment_failed", "My card was declined.", 0, [TECHNICAL], URGENT),
    ("payment/payment_duplicate", "You charged me twice.", 0, [FINANCE], URGENT),
    ("payment/payment_duplicate", "You charged me twice.", 1000, [FINANCE], URGENT),
    ("payment/payment_duplicate", "You charged me twice.", 1000.01, [FINANCE, MANAGEMENT], URGENT),
    ("payment/payment_overcharge", "It should have been 20.", 25, [FINANCE], URGENT),
    ("payment/payment_pending", "It has been pending since yesterday.", 0, [FINANCE], HIGH),
    ("payment/payment_method", "How can I pay by invoice?", 0, [], NORMAL),
    ("payment/payment_method", "Somebody used a stolen card.", 0, [FINANCE], URGENT),
    ("dispute/refund_request", "I want my money back.", 0, [FINANCE], HIGH),
    ("dispute/refund_request", "I want my money back.", 1500, [FINANCE, MANAGEMENT], HIGH),
    ("dispute/refund_request", "Ich will mein Geld zurück. Das ist Betrug!", 0, [FINANCE], URGENT),
    ("dispute/refund_status", "Where is my refund?", 0, [FINANCE], HIGH),
    ("dispute/refund_policy", "How long can I return it?", 0, [], NORMAL),
    ("dispute/quality", "It is not as described.", 0, [LOGISTICS], HIGH),
    ("dispute/quality", "It is not as described, and I will go to small claims court.", 0, [LOGISTICS, MANAGEMENT], URGENT),
    ("dispute/chargeback", "I never ordered that.", 0, [FINANCE], URGENT),
    ("dispute/chargeback", "I have asked my bank for a chargeback.", 0, [FINANCE], URGENT),
    ("other/presales", "Do you have it in red?", 0, [], NORMAL),
    ("other/account", "I cannot log in.", 0, [], NORMAL),
    ("other/technical", "The page is blank.", 0, [TECHNICAL], NORMAL),
    ("other/partner", "We would like to sell with you.", 0, [], NORMAL),
    ("other/feedback", "I like your shop.", 0, [], LOW),
    ("other/feedback", "Your shop is ridiculous, appalling, the worst!", 0, [], HIGH),
    ("other/newsletter", "Please no more newsletters.", 0, [], LOW),
    ("other/other", "Hello.", 0, [], NORMAL),
]  # fmt: skip


@rows(("matter", "text", "amount", "departments", "priority"), LETTERS)
def test_who_is_called_and_how_urgent_it_is(matter: str, text: str, amount: float, departments: list[str], priority: Priority) -> None:
    """The department whose matter it is, and whoever the words and amounts call upon besides; the priority rises and never falls."""
    category, _, issue = matter.partition("/")
    facts = [Fact(kind="amount", value=f"EUR {amount:.2f}", source="text")] if amount else []
    decision = decided(reading(category, issue, text=text, facts=facts))
    assert decision.new_case is not None
    assert [order.department for order in decision.replies if order.kind is ReplyKind.ESCALATION] == departments
    assert decision.new_case.priority is priority
    assert sum(order.kind is ReplyKind.ACKNOWLEDGMENT for order in decision.replies) == 1


def test_every_matter_has_an_example() -> None:
    """No category or issue of the shipped policy is without one."""
    known = {f"{category}/{issue}" for category, issue in SHIPPED.matters if issue}
    assert known - {matter for matter, *_ in LETTERS} <= {"other/spam"}


#: Matter, and after how many hours somebody looks at it again where it is not solved.
AGES = [
    ("payment/payment_failed", [36]), ("payment/payment_duplicate", [36]), ("payment/payment_method", [36]),
    ("dispute/chargeback", [36]), ("dispute/refund_status", [36]), ("dispute/refund_request", []), ("dispute/quality", []),
    ("order/delivery_delayed", [36]), ("order/delivery_lost", [36]), ("order/order_status", []), ("invoice/invoice_tax", []), ("other/other", []),
]  # fmt: skip


def matter_of(matter: str, **fields: object) -> Case:
    category, _, issue = matter.partition("/")
    return case(category=category, issue=issue, **fields)


@pytest.mark.parametrize(("matter", "hours"), AGES)
def test_what_grows_old_is_looked_at_again(matter: str, hours: list[int]) -> None:
    """Unresolved payment disputes and critical shipping delays, a day and a half after they arrived; other matters by their promises alone."""
    found = [one.due_at - ARRIVED for one in aged(matter_of(matter), SHIPPED, NOW)]
    assert found == [timedelta(hours=it) for it in hours]


@pytest.mark.parametrize("earlier", [0, 1, 2, 5])
@pytest.mark.parametrize(
    "matter", ["invoice/invoice_request", "invoice/invoice_discrepancy", "order/order_status", "payment/payment_failed"]
)
def test_recurring_invoice_problems_go_to_management(matter: str, earlier: int) -> None:
    """The third invoice matter of a customer or an order within ninety days, and only invoices."""
    category, _, issue = matter.partition("/")
    decision = decided(reading(category, issue), repeats=lambda _category, _within: earlier)
    called = [order.department for order in decision.replies if order.kind is ReplyKind.ESCALATION]
    assert (MANAGEMENT in called) == (category == "invoice" and earlier >= 2)


class Around(StaffedTime):
    """Somebody is always there."""

    def staffed(self, start, span):  # type: ignore[no-untyped-def]
        """At once."""
        return start + span

    def staffed_between(self, start, end):  # type: ignore[no-untyped-def]
        """All of it."""
        return max(end - start, timedelta())

    def working_days(self, start, days):  # type: ignore[no-untyped-def]
        """Every day."""
        return start + timedelta(days=days)


@rows("matter", [matter for matter, *_ in LETTERS])
def test_every_matter_has_its_clocks(matter: str) -> None:
    """Whatever it is about: a first answer, a solution and word of progress, whose times do not depend on the matter."""
    found = {one.kind: one.due_at - ARRIVED for one in opened(matter_of(matter), SHIPPED, Around())}
    assert found == {"answer": timedelta(hours=8), "solve": timedelta(hours=16), "update": timedelta(hours=46)}
