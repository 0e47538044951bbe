"""`triage cases` and `triage case`: lists and one case's whole history, in 80 columns, harmless whatever the mail says."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from rich.cells import cell_len

from tests.cli.calling import HOSTILE, MARKS, Ended, Shop
from tests.store.words import ANN, DEFERRED, FAILED, NOON, SENT, UNCERTAIN, event, later, new_case, raw, reading, reply
from triage.case import Case, CaseStatus, Deadline, Priority
from triage.decision import Outcome
from triage.message import Address
from triage.ports import Transaction
from triage.reply import ReplyKind

BOB = Address(name="Bob", addr_spec="bob@other.example")


def some_cases(tx: Transaction) -> list[Case]:
    """Four cases of two customers, of several kinds and states."""
    made = [
        tx.cases.open(new_case(subject="first", order_numbers=("ORD1234",))),
        tx.cases.open(new_case(subject="second", category="payment", issue="payment_duplicate", requester=BOB)),
        tx.cases.open(new_case(subject="third", abstained=True, requester=None)),
        tx.cases.open(new_case(subject="fourth", category="other", issue="", requester=BOB)),
    ]
    tx.cases.set_status(made[1].id, CaseStatus.ON_HOLD, NOON)
    tx.cases.set_status(made[3].id, CaseStatus.SOLVED, NOON)
    return made


@pytest.fixture
def filled(shop: Shop) -> Shop:
    """A shop with those cases."""
    shop.store_now(some_cases)
    return shop


def subjects(ended: Ended) -> list[str]:
    """Subjects in the document."""
    assert (ended.code, ended.err) == (0, "")
    return [case["subject"] for case in ended.json["cases"]]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), ["fourth", "third", "second", "first"]),
        (("--limit", "2"), ["fourth", "third"]),
        (("--limit", "0"), ["fourth", "third", "second", "first"]),
        (("--status", "on_hold"), ["second"]),
        (("--status", "new"), ["third", "first"]),
        (("--status", "closed"), []),
        (("--category", "order"), ["third", "first"]),
        (("--category", "nothing"), []),
        (("--requester", "bob@other.example"), ["fourth", "second"]),
        (("--requester", "nobody@other.example"), []),
        (("--requester", "bob@other.example", "--category", "payment"), ["second"]),
        (("--requester", "bob@other.example", "--limit", "1"), ["fourth"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_filters(filled: Shop, arguments: tuple[str, ...], expected: list[str]) -> None:
    """Newest first, only what fits everything asked for."""
    assert subjects(filled.call("cases", "--json", *arguments)) == expected


def test_json_of_the_list(filled: Shop) -> None:
    """Each case has its whole row, with names of values as the store uses them and times in ISO 8601."""
    first = filled.call("cases", "--json").json["cases"][-1]
    assert first == {
        "number": "SP-100001", "status": "new", "category": "order", "issue": "order_status", "confidence": 0.9, "abstained": False,
        "priority": "normal", "requester": ANN.addr_spec, "requester_name": "Ann Smith", "subject": "first", "language": "",
        "order_numbers": ["ORD1234"], "departments": [], "received_at": "2026-03-02T12:00:00+00:00",
        "opened_at": "2026-03-02T12:00:00+00:00", "acknowledged_at": None, "unreachable": False, "rating": None, "rating_comment": "",
    }  # fmt: skip
    third = filled.call("cases", "--json").json["cases"][1]
    assert (third["requester"], third["requester_name"], third["abstained"]) == (None, None, True)


def test_the_list_for_people(filled: Shop) -> None:
    """A heading, a line for each case, and how many; unsorted and unknown are said in words."""
    ended = filled.call("cases")
    assert (ended.code, ended.err) == (0, "")
    heading, *rows, total = ended.lines
    assert heading.split() == ["case", "arrived", "(UTC)", "status", "about", "order", "requester"]
    assert [row.split()[0] for row in rows] == ["SP-100004", "SP-100003", "SP-100002", "SP-100001"]
    assert "to be sorted" in rows[1]
    assert rows[1].rstrip().endswith("unknown")
    assert "on hold" in rows[2]
    assert "ORD1234" in rows[3]
    assert total == "4 cases"


def test_numbers_times_and_states_are_whole_in_80_columns(shop: Shop) -> None:
    """A case with many orders, a long matter and a long address cuts no other's number, time or state; how many more orders there are is said."""
    long = Address(addr_spec="somebody.with.a.long.name@a-long-domain.example")
    shop.store_now(lambda tx: tx.cases.open(new_case(order_numbers=("ORD889901", "ORD889902", "ORD889903"), requester=long)))
    shop.store_now(lambda tx: tx.cases.open(new_case(category="payment", issue="payment_overcharge", requester=long)))
    _heading, second, first, _total = shop.call("cases").lines
    for line, number in ((first, "SP-100001"), (second, "SP-100002")):
        assert len(line.rstrip()) <= 80
        assert re.match(number + r"  ?\d\d-\d\d \d\d:\d\d +new ", line)
    assert "ORD889901 +2" in first
    assert "somebody" in first


@pytest.mark.parametrize("command", [("cases",), ("cases", "--status", "new", "--category", "order")])
def test_an_empty_store(shop: Shop, command: tuple[str, ...]) -> None:
    """No cases is said, and is no failure."""
    ended = shop.call(*command)
    assert (ended.code, ended.err) == (0, "")
    assert ended.lines[-1] == "no cases"
    assert shop.call(*command, "--json").json == {"cases": []}


def test_one_is_one_case(shop: Shop) -> None:
    """Counting is done as people count."""
    shop.store_now(lambda tx: tx.cases.open(new_case()))
    assert shop.call("cases").lines[-1] == "1 case"


@pytest.mark.parametrize("number", ["SP-999999", "100001", "", "nonsense", "SP-100001 ", "\x1b[31m", "-"])
def test_an_unknown_number(filled: Shop, number: str) -> None:
    """Exit 1 with the number and what was expected, on standard error."""
    ended = filled.call("case", number)
    assert (ended.code, ended.out) == (1, "")
    assert f"there is no case {number!r}: expected a number as `triage cases` lists them" in " ".join(ended.err.split("\n"))
    assert "\x1b" not in ended.err


def whole(tx: Transaction, hostile: str = "") -> Case:
    """A case with everything that a case can have."""
    case = tx.cases.open(
        new_case(
            subject=f"charged twice{hostile}", priority=Priority.HIGH, departments=("finance", "management"), order_numbers=("ORD1", "ORD2"),
            category="payment", issue="payment_duplicate", language="en", requester=Address(name=f"Ann{hostile}", addr_spec=ANN.addr_spec),
        )
    )  # fmt: skip
    tx.messages.add([raw(1), raw(2)])
    said = reading(subject=f"charged twice{hostile}", text=f"You charged me twice.\n\n{hostile}Please help.\n" + "again and again " * 30)
    one, two = [it.id for it in tx.messages.all("support")]
    tx.messages.settle(one, Outcome.OPENED, case.id, said, reason="", keep_raw=False)
    tx.messages.settle(two, Outcome.UNREADABLE, case.id, None, reason="twice killed its reader", keep_raw=False)
    for name, kind, receipt in (
        ("ack", ReplyKind.ACKNOWLEDGMENT, SENT),
        ("one", ReplyKind.ESCALATION, DEFERRED),
        ("two", ReplyKind.ESCALATION, FAILED),
        ("three", ReplyKind.ESCALATION, UNCERTAIN),
    ):
        number = tx.deliveries.queue(case.id, one, reply(name, kind), NOON)
        assert tx.deliveries.begin_data(number, NOON)
        tx.deliveries.settle(number, receipt, later(minutes=1), later(hours=1))
    tx.deliveries.queue(case.id, one, reply("four", ReplyKind.ESCALATION), NOON)
    tx.deadlines.set(Deadline(case_id=case.id, kind="resolve", due_at=later(hours=48)))
    tx.deadlines.set(Deadline(case_id=case.id, kind="reply", due_at=later(hours=24), bound="finance"))
    tx.deadlines.set(Deadline(case_id=case.id, kind="acknowledge", due_at=later(hours=24)))
    tx.deadlines.keep(case.id, "acknowledge", later(minutes=1))
    tx.cases.record(case.id, [event("opened", NOON, why="a person wrote"), event("note", later(seconds=5)), event("x", NOON, text=hostile)])
    tx.cases.set_acknowledged(case.id, later(minutes=1))
    return case


def test_the_whole_case_for_people(shop: Shop) -> None:
    """Facts, promises with their state, mail with its fate, history with its actor, and what was written."""
    shop.store_now(whole)
    ended = shop.call("case", "SP-100001")
    assert (ended.code, ended.err) == (0, "")
    lines = [line.rstrip() for line in ended.lines]
    assert lines[0] == "SP-100001  charged twice"
    for expected in (
        "  status       new, priority high",
        "  about        payment/payment_duplicate (90% sure)",
        "  requester    Ann <ann@customer.example>",
        "  order        ORD1, ORD2",
        "  departments  finance, management",
        "  arrived      2026-03-02 12:00:00 UTC",
        "  acknowledged 2026-03-02 12:01:00 UTC",
        "  acknowledge by 2026-03-03 12:00 UTC [kept]",
        "  resolve by 2026-03-04 12:00 UTC [open]",
        "  reply by 2026-03-03 12:00 UTC finance [open]",
        "  acknowledgment to ann@customer.example: sent 2026-03-02 12:01 UTC",
        "  escalation to ann@customer.example: queued",
        "  03-02 12:00:00 opened by daemon: why: a person wrote",
        "  03-02 12:00:05 note by daemon",
        "message 1 from ann@customer.example, 2026-03-02 12:00 UTC",
        "  | You charged me twice.",
        "message 2 from unknown, 2026-03-02 12:00 UTC",
    ):
        assert expected in lines
    assert [line for line in lines if line.startswith("  escalation") and "no such user" in line]
    assert [line for line in lines if line.startswith("  escalation") and "uncertain" in line]
    assert "unreachable" not in ended.out


def test_nothing_is_certain_in_the_history_either(shop: Shop) -> None:
    """How sure something was is told as everywhere else, at most 99 %; numbers in other words stay as they are, and so does JSON."""
    detail = {"confidence": "1.00", "reasons": "0.50 EUR", "also": "invoice/invoice_tax 0.30, order/order_change 0.00"}

    def sorted_so(tx: Transaction) -> None:
        tx.cases.record(tx.cases.open(new_case()).id, [event("classified", NOON, **detail)])

    shop.store_now(sorted_so)
    told = " ".join(shop.call("case", "SP-100001").out.split())
    assert "also: invoice/invoice_tax 30%, order/order_change <1%; confidence: 99%; reasons: 0.50 EUR" in told
    assert shop.call("case", "SP-100001", "--json").json["events"][0]["detail"] == detail


def test_a_case_with_hardly_anything(shop: Shop) -> None:
    """What is not known is said so, and an unreachable customer is pointed out."""
    case = shop.store_now(lambda tx: tx.cases.open(new_case(subject="", requester=None, issue="", abstained=True)))
    shop.store_now(lambda tx: tx.cases.set_unreachable(case.id))
    lines = [line.rstrip() for line in shop.call("case", "sp-100001").lines]
    assert lines[0] == "SP-100001  (no subject)"
    assert "  about        to be sorted (90% sure: order/?)" in lines
    for label in ("requester    unknown", "order        unknown", "departments  none", "acknowledged not yet"):
        assert f"  {label}" in lines
    assert "  unreachable  mail to the customer fails for good" in lines


def test_the_whole_case_as_json(shop: Shop) -> None:
    """One document with deadlines, deliveries, events and messages."""
    shop.store_now(whole)
    document: dict[str, Any] = shop.call("case", "SP-100001", "--json").json
    assert document["number"] == "SP-100001"
    assert document["acknowledged_at"] == "2026-03-02T12:01:00+00:00"
    assert {(it["kind"], it["bound"], it["state"]) for it in document["deadlines"]} == {
        ("acknowledge", "", "kept"), ("resolve", "", "open"), ("reply", "finance", "open"),
    }  # fmt: skip
    assert [it["status"] for it in document["deliveries"]] == ["sent", "deferred", "failed", "uncertain", "queued"]
    assert document["deliveries"][0]["sent_at"] == "2026-03-02T12:01:00+00:00"
    assert document["deliveries"][4]["sent_at"] is None
    assert [it["kind"] for it in document["events"]] == ["opened", "note", "x"]
    assert document["events"][0]["detail"] == {"why": "a person wrote"}
    assert [it["author"] for it in document["messages"]] == ["ann@customer.example", ""]


@pytest.mark.parametrize("command", [("cases",), ("case", "SP-100001"), ("cases", "--json"), ("case", "SP-100001", "--json")], ids=" ".join)
def test_hostile_text_is_harmless(shop: Shop, command: tuple[str, ...]) -> None:
    """Control characters in subject, name, text and history never reach the terminal, and markup is only text."""
    shop.store_now(lambda tx: whole(tx, HOSTILE))
    ended = shop.call(*command)
    assert ended.code == 0
    assert not any(mark in ended.out for mark in MARKS)
    if command == ("case", "SP-100001"):
        unfolded = "".join(line.strip() for line in ended.lines)
        assert "[bold]loud[/bold]" in unfolded
        assert ":smile:" in unfolded
        assert "\\x1b[31mred" in unfolded


def test_json_gives_hostile_text_back(shop: Shop) -> None:
    """A program reads what the customer wrote, to the letter."""
    shop.store_now(lambda tx: whole(tx, HOSTILE))
    assert shop.call("case", "SP-100001", "--json").json["subject"] == f"charged twice{HOSTILE}"


WIDE: list[Callable[[str], dict[str, Any]]] = [
    lambda text: {"subject": text},
    lambda text: {"category": "payment", "issue": text},
    lambda text: {"order_numbers": (text, text)},
    lambda text: {"departments": (text,)},
    lambda text: {"requester": Address(name=text, addr_spec=f"{text[:60].replace(' ', '')}@customer.example")},
]


@pytest.mark.parametrize(
    "text", ["x" * 300, "long words and more " * 20, "店舗の注文番号は" * 40, "é" * 200], ids=["letters", "words", "wide", "accents"]
)
@pytest.mark.parametrize("fields", WIDE, ids=["subject", "issue", "orders", "departments", "requester"])
def test_eighty_columns(shop: Shop, fields: Callable[[str], dict[str, Any]], text: str) -> None:
    """Whatever is long or wide, the list and the case fit a terminal of 80 columns."""
    shop.store_now(lambda tx: tx.cases.open(new_case(**fields(text))))
    for command in (("cases",), ("case", "SP-100001")):
        assert max(map(cell_len, shop.call(*command).lines)) <= 80


def test_a_stranger_cannot_write_a_line_of_ours(shop: Shop) -> None:
    """Text that wraps stays indented: no line of a message or subject can pose as a heading or an entry of the history."""
    posing = "y" * 78 + " SP-100001  all is well, nothing to do here, this line is a fake one " + "z" * 78 + " promises are kept"
    shop.store_now(lambda tx: whole(tx, f" {posing}\nmail\r\nhistory (UTC)\u2028promises"))
    lines = shop.call("case", "SP-100001").lines
    ours = ("SP-100001  charged", "promises", "mail", "history (UTC)", "message 1 from", "message 2 from")
    assert [line for line in lines if line and not line.startswith("  ") and not line.startswith(ours)] == []
    assert [line.rstrip() for line in lines].count("mail") == 1
    assert [line.rstrip() for line in lines].count("history (UTC)") == 1


def test_long_messages_are_cut(shop: Shop) -> None:
    """The case shows the beginning of a message; the mailbox has the whole."""

    def work(tx: Transaction) -> None:
        case = tx.cases.open(new_case())
        tx.messages.add([raw(1)])
        tx.messages.settle(1, Outcome.OPENED, case.id, reading(text="word " * 5000), reason="", keep_raw=False)

    shop.store_now(work)
    assert len(shop.call("case", "SP-100001").out) < 4000


def test_the_list_of_many_is_quick(shop: Shop) -> None:
    """A thousand cases are listed, and only as many as asked for."""
    shop.store_now(lambda tx: [tx.cases.open(new_case(received_at=NOON + timedelta(minutes=number))) for number in range(1000)])
    assert shop.call("cases").lines[-1] == "50 cases"
    assert len(shop.call("cases", "--limit", "0", "--json").json["cases"]) == 1000
