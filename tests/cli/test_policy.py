"""What the policy would do is shown before it does: to a message, and to the cases there are."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.calling import HOSTILE, MARKS, Shop
from tests.spine.world import letter
from tests.store.words import ANN, new_case
from triage.case import CaseEvent, CaseStatus, NewCase, Rating
from triage.ports import Transaction

NOW = datetime.now(UTC)
_SMALL = """
[category.order]
title = "Order"
folder = "Orders"
department = "logistics"
escalate = true
[category.payment]
title = "Payment"
folder = "Payments"
[[trigger]]
name = "third payment matter"
department = "finance"
matters = ["payment"]
repeats = 3
[[trigger]]
name = "old"
department = "billing"
matters = ["payment"]
age = "36h"
[[trigger]]
name = "badly rated"
priority = "high"
rating = 2
[[trigger]]
name = "broken promise"
department = "technical_support"
missed = ["answer"]
"""


@pytest.fixture
def replayed(shop: Shop) -> Shop:
    """A shop with a small policy of its own."""
    policy = shop.root / "policy.toml"
    policy.write_text(_SMALL)
    shop.configure(f'[paths]\npolicy = "{policy}"\n')
    return shop


def written(shop: Shop, text: str, **fields: str) -> Path:
    path = shop.root / "message.eml"
    path.write_bytes(letter(text, **fields))
    return path


def put(shop: Shop, *cases: NewCase) -> list[int]:
    """These cases in the store."""
    return shop.store_now(lambda tx: [tx.cases.open(case).id for case in cases])


def payment(days: float = 1, **fields: object) -> NewCase:
    at = NOW - timedelta(days=days)
    return new_case(**{"category": "payment", "issue": "payment_failed", "received_at": at, "opened_at": at, **fields})


class TestTry:
    """One message, and everything that would follow."""

    def test_a_double_charge(self, shop: Shop) -> None:
        """Where it goes, who is called and why, and what is promised by when; nothing is stored."""
        path = written(shop, "You charged me twice for order ORD789456. I will call my lawyer!", subject="Charged twice")
        said = shop.call("policy", "--try", path, "--json").json
        assert (said["category"], said["folder"], said["priority"], said["acknowledged"]) == ("payment", "Payments", "urgent", True)
        assert [it["department"] for it in said["escalations"]] == ["finance", "management"]
        assert "legal action: the customer writes “lawyer”" in said["escalations"][1]["why"]
        promised = [it["what"] for it in said["promises"]]
        assert {"acknowledge", "resolve", "answer", "solve", "update", "reply (finance)", "escalate (unresolved payment dispute)"} <= set(
            promised
        )
        assert [it["by"] for it in said["promises"]] == sorted(it["by"] for it in said["promises"])
        assert not shop.store.exists()

    def test_for_people(self, shop: Shop) -> None:
        """Line by line, in words, within a terminal's patience."""
        ended = shop.call("policy", "--try", written(shop, "You charged me twice for order ORD789456.", subject="Charged twice"))
        assert (ended.code, ended.err) == (0, "")
        labels = [line.split()[0] for line in ended.lines[1:]]
        assert labels[:5] == ["outcome", "about", "folder", "priority", "acknowledged"]
        assert {"escalated", "by"} <= set(labels)
        assert "to finance: “Payment: charged twice” is theirs" in ended.out

    def test_a_machine_opens_no_case(self, shop: Shop) -> None:
        """What would only be filed is said to be."""
        ended = shop.call("policy", "--try", written(shop, "I am away.", headers={"Auto-Submitted": "auto-replied"}))
        assert "outcome       automatic" in ended.out
        assert "priority" not in ended.out

    def test_why_nobody_would_be_acknowledged(self, shop: Shop) -> None:
        """The rule that keeps it back is named."""
        ended = shop.call("policy", "--try", written(shop, "Where is ORD1?", headers={"X-Auto-Response-Suppress": "All"}))
        assert "acknowledged  no: " in ended.out

    def test_hostile_mail_does_not_drive_the_terminal(self, shop: Shop) -> None:
        """Whatever a message says comes out as text."""
        path = shop.root / "hostile.eml"
        path.write_bytes(
            b"From: a@b.example\r\nSubject: lawyer " + HOSTILE.encode().replace(b"\r", b"").replace(b"\n", b"") + b"\r\n\r\nmy lawyer\r\n"
        )
        out = shop.call("policy", "--try", path).out
        assert not set(MARKS) & set(out)

    def test_without_a_configuration(self, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        """The shipped policy is tried where nobody has configured anything."""
        from tests.cli.calling import call

        path = written(shop, "Where is ORD1234?")
        monkeypatch.chdir(shop.root / "config")
        ended = call("policy", "--try", path, "--json")
        assert ended.json["folder"]


class TestReplay:
    """The cases there are, under the policy as it stands."""

    def test_each_trigger_names_its_cases(self, replayed: Shop) -> None:
        """The third payment matter of a customer, what grew old, what was rated badly, what was missed; by number."""
        ids = put(replayed, *(payment(days) for days in (9, 8, 7)), payment(0.1, requester=None))

        def more(tx: Transaction) -> None:
            tx.cases.set_rating(ids[0], Rating(score=1), NOW)
            tx.cases.set_status(ids[1], CaseStatus.SOLVED, NOW - timedelta(days=7.5))
            tx.cases.record(ids[2], [CaseEvent(at=NOW, kind="missed", provenance="clock", detail={"promise": "answer"})])
            tx.cases.record(ids[0], [CaseEvent(at=NOW, kind="note", provenance="mail")])

        replayed.store_now(more)
        said = replayed.call("policy", "--replay", "90d", "--json").json
        assert said["cases"] == 4
        assert {it["name"]: it["cases"] for it in said["triggers"]} == {
            "third payment matter": ["SP-100003"],
            "old": ["SP-100001", "SP-100003"],
            "badly rated": ["SP-100001"],
            "broken promise": ["SP-100003"],
        }
        assert said["would_call_now"] == {
            "billing": ["SP-100001", "SP-100003"], "finance": ["SP-100003"], "technical_support": ["SP-100003"],
        }  # fmt: skip

    def test_what_differs_from_then_is_said(self, replayed: Shop) -> None:
        """A department that was called and would not be now, one that would be and was not; management aside."""
        order, money = put(replayed, new_case(received_at=NOW, opened_at=NOW), payment(0.1))

        def more(tx: Transaction) -> None:
            for case_id, to in ((money, "finance"), (money, "management")):
                tx.cases.record(case_id, [CaseEvent(at=NOW, kind="escalated", provenance="policy", detail={"to": to})])

        replayed.store_now(more)
        said = replayed.call("policy", "--replay", "90d", "--json").json
        assert said["would_call_now"] == {"logistics": [f"SP-{100000 + order}"]}
        assert said["would_not_call_now"] == {"finance": [f"SP-{100000 + money}"]}

    def test_only_so_far_back(self, replayed: Shop) -> None:
        """Older cases are not counted, but what they repeat is."""
        put(replayed, payment(20), payment(15), payment(5, requester=ANN))
        said = replayed.call("policy", "--replay", "10d", "--json").json
        assert said["cases"] == 1
        assert "third payment matter" in [it["name"] for it in said["triggers"]]

    def test_for_people(self, replayed: Shop) -> None:
        """Counts first, names of a few cases, and how many more."""
        put(replayed, *(new_case(received_at=NOW, opened_at=NOW, requester=None) for _ in range(7)))
        ended = replayed.call("policy", "--replay", "1d")
        assert (ended.code, ended.err) == (0, "")
        assert ended.lines[0] == "7 cases"
        assert "7 category -> logistics: SP-100001, SP-100002, SP-100003, SP-100004, SP-100005 and 2 more" in ended.lines[1]
        assert "7 logistics would be called now and was not:" in ended.lines[2]

    def test_an_empty_store(self, replayed: Shop) -> None:
        """Nothing to replay is no mistake."""
        assert replayed.call("policy", "--replay", "90d").out == "0 cases\n"


@pytest.mark.parametrize("arguments", [(), ("--try", "{message}", "--replay", "1d"), ("--replay", "soon"), ("--try", "nowhere.eml")])
def test_wrong_use(shop: Shop, arguments: tuple[str, ...]) -> None:
    """One of the two, and what was expected is said."""
    message = written(shop, "Where is ORD1?")
    ended = shop.call("policy", *(argument.format(message=message) for argument in arguments))
    assert ended.code == 2
    assert ended.err
