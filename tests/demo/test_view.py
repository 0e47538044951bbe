"""How the demo looks on a terminal and as a document."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import click
import pytest
from rich.cells import cell_len

from tests.demo.conftest import CUSTOMER, NOW, case, delivery, sample, standing
from tests.orders.making import checked, order
from triage.cli.demo_view import document, further, narrated, opening, summary
from triage.decision import Outcome
from triage.demo.run import Door, Result
from triage.demo.watch import Notice, Standing
from triage.inquiry import Checked, Verdict
from triage.reply import DeliveryStatus, ReplyKind

_DOOR = Door(imap_port=65143, smtp_port=65025)
_TOLD = delivery(ReplyKind.ESCALATION, "technical@saypro.example", number=2)
_GOOD = standing(of=case(), deliveries=(delivery(), _TOLD))


def _result(*problems: str, settled: bool = True) -> Result:
    sent = [(mail, case(), NOW - timedelta(seconds=1 + mail.id)) for mail in _GOOD.deliveries]
    return Result(
        messages=[(sample(), _GOOD if settled else None)],
        sent=sent if settled else [],
        cases=[case()] if settled else [],
        problems=problems,
        store=Path("/var/demo/triage.db"),
    )


def _plain(lines: tuple[str, ...]) -> list[str]:
    return [click.unstyle(line) for line in lines]


def test_message_is_told_with_all_that_became_of_it() -> None:
    """Author, subject, case, category, confidence, order number, who was written to and where it lies."""
    lines = _plain(narrated(_GOOD, NOW - timedelta(seconds=1.5)))
    assert lines[0].endswith(f"  {CUSTOMER}")
    assert [line.strip() for line in lines[1:]] == [
        "Missing",
        "SP-100001  order/item_missing 90%  ORD789456",
        f"= order book at {NOW.astimezone():%H:%M:%S}: ORD789456 shipped, the author's own",
        f"> acknowledged to {CUSTOMER} in 1.50 s",
        "> escalated to Technical Support, technical@saypro.example in 1.50 s",
        "> filed in Orders",
        "",
    ]


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (standing(of=case(), outcome=Outcome.FOLLOW_UP), "continues SP-100001"),
        (standing(of=case(), outcome=Outcome.NOTED), "is noted in SP-100001"),
        (standing(of=case(), outcome=Outcome.REPORT), "is a delivery report, told in SP-100001"),
        (standing(outcome=Outcome.REPORT), "is a delivery report"),
        (standing(outcome=Outcome.AUTOMATIC), "was sent by a machine: no case, no answer"),
        (standing(outcome=Outcome.SPAM), "is spam: no case, no answer"),
        (standing(of=case(), outcome=Outcome.DUPLICATE), "is a second copy of a message in SP-100001"),
        (standing(outcome=Outcome.HISTORY), "history"),
        (standing(of=case(abstained=True)), "SP-100001  not sure (order 90%): a person sorts it  ORD789456"),
        (standing(of=case(issue="", order_numbers=())), "SP-100001  order/? 90%  no order number"),
    ],
)
def test_every_end_has_its_words(seen: Standing, expected: str) -> None:
    """What became of a message is said in words, with the case where there is one."""
    assert _plain(narrated(seen, NOW))[2].strip() == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (ReplyKind.NOTIFICATION, "> told jane.adams@saypro.example in 1.50 s"),
        (ReplyKind.RESOLUTION, "> answered jane.adams@saypro.example in 1.50 s"),
        (ReplyKind.REFUSAL, "> wrote to jane.adams@saypro.example in 1.50 s"),
    ],
)
def test_what_left_is_called_by_its_name(kind: ReplyKind, expected: str) -> None:
    """Only an escalation is called one: an agent is told what is new."""
    seen = standing(of=case(), deliveries=(delivery(kind, "jane.adams@saypro.example"),))
    assert expected in [line.strip() for line in _plain(narrated(seen, NOW - timedelta(seconds=1.5)))]


def test_what_has_not_left_is_told_as_it_stands() -> None:
    """A delivery that failed shows its status in place of a time, and an unfiled message no folder."""
    seen = standing(of=case(), deliveries=(delivery(status=DeliveryStatus.FAILED),), author="", subject="", filed_folder="")
    lines = [line.strip() for line in _plain(narrated(seen, NOW))]
    assert lines[0].endswith("unknown author")
    assert lines[1] == "(no subject)"
    assert lines[4:] == [f"> acknowledged to {CUSTOMER}: failed", ""]


@pytest.mark.parametrize("subject", ["a" * 300, "日本語の件名" * 30, "\x1b[31mred\u202e" * 20, "🎉" * 90])
def test_lines_fit_a_terminal_and_cannot_drive_it(subject: str) -> None:
    """No subject makes a line wider than 80 columns or brings its own escape sequences."""
    seen = standing(of=case(order_numbers=("ORD123456789",) * 9), subject=subject, author=f"{'x' * 200}@customer.example")
    for line in _plain(narrated(seen, NOW)):
        assert cell_len(line) <= 80
        assert line.isprintable()


def test_everything_before_and_after_fits_a_terminal() -> None:
    """The first lines, the figures and the hints keep to 80 columns, too."""
    lines = (*opening(_DOOR), *summary(_result()), *further(_result(), _DOOR, once=False, option=""))
    assert max(cell_len(line) for line in _plain(lines)) <= 80


def test_summary_has_the_figures() -> None:
    """Messages by outcome, times of acknowledgments, escalations by department, and that all is well."""
    text = "\n".join(_plain(summary(_result())))
    assert "1: 1 opened" in text
    assert "1 sent, after 2.00 s (median), 2.00 s (slowest)" in text
    assert "1: 1 Technical Support" in text
    assert "none: every message is in the state it should be in" in text


def test_summary_names_every_problem() -> None:
    """Problems are counted and listed, also when nothing was sent at all."""
    text = "\n".join(_plain(summary(_result("01-some-mail.eml: has not settled", settled=False))))
    assert "acknowledgments  none" in text
    assert "PROBLEM 01-some-mail.eml: has not settled" in text


def test_hints_name_ports_accounts_and_commands() -> None:
    """While the servers run, one is told how to open the mailboxes, how to write, and which commands show more."""
    running = "\n".join(further(_result(), _DOOR, once=False, option="--config var/demo/triage.toml "))
    for hint in ("65143", "65025", "support@saypro.example", "johndoe@email.com", "triage --config var/demo/triage.toml audit", "Ctrl-C"):
        assert hint in running
    over = "\n".join(further(_result(), _DOOR, once=True, option=""))
    assert "triage case SP-100001" in over
    assert "65143" not in over


def test_document_says_all_of_it() -> None:
    """Messages, cases, what was sent, problems and the store are in one document."""
    said = document(_result("x"))
    assert (said["problems"], said["store"]) == (["x"], "/var/demo/triage.db")
    ((message,), (mail, *_more), (opened,)) = said["messages"], said["sent"], said["cases"]
    assert (message["file"], message["case"], message["order_numbers"]) == ("01-some-mail.eml", "SP-100001", ["ORD789456"])
    assert (message["acknowledged"], message["folder"], message["category"]) == (True, "Orders", "order")
    assert (mail["kind"], mail["to"], mail["case"], mail["seconds"]) == ("acknowledgment", CUSTOMER, "SP-100001", 2.0)
    assert opened["number"] == "SP-100001"


def test_unsettled_message_has_no_outcome_in_the_document() -> None:
    """A message that has not settled is in the document, without an outcome."""
    assert document(_result(settled=False))["messages"] == [{"file": "01-some-mail.eml", "outcome": None}]


def test_orders_are_told_with_source_and_time() -> None:
    """Where a fact comes from and when it was read stands beside it; an answer is told with its document, for a stranger that it was none."""
    own = standing(of=case(), deliveries=(delivery(ReplyKind.RESOLUTION),), told="status")
    at = f"{NOW.astimezone():%H:%M:%S}"
    assert [line.strip() for line in _plain(narrated(own, NOW))[3:5]] == [
        f"= order book at {at}: ORD789456 shipped, the author's own",
        f"> answered {CUSTOMER} in 0.00 s",
    ]
    for verdict, words in (
        (Verdict.SOMEBODY_ELSES, "ORD789456 shipped, not the author's"),
        (Verdict.FORGED, "ORD789456 shipped, our mail server says…"),
    ):
        seen = standing(of=case(), orders=(checked(order("ORD789456"), verdict, at=NOW),))
        assert _plain(narrated(seen, NOW))[3].strip().startswith(f"= order book at {at}: {words.removesuffix('…')}")
    unknown = standing(of=case(), orders=(Checked(number="ORD1", verdict=Verdict.UNKNOWN, source="order book", at=NOW),))
    assert _plain(narrated(unknown, NOW))[3].strip() == f"= order book at {at}: ORD1, no such order"


def test_a_notice_is_told_like_a_message() -> None:
    """What changed, the case, source and time, and who heard of it how soon."""
    mail = delivery(ReplyKind.ADVICE)
    notice = Notice(case=case(subject="Order ORD789456 is delayed"), delivery=mail, checked=checked(order("ORD789456"), at=NOW))
    lines = _plain(narrated(notice, NOW - timedelta(seconds=2)))
    assert lines[0].endswith("  the order system")
    assert [line.strip() for line in lines[1:]] == [
        "Order ORD789456 is delayed",
        "SP-100001  order/item_missing  ORD789456",
        f"= order book at {NOW.astimezone():%H:%M:%S}: ORD789456 shipped, the author's own",
        f"> told before asking: {CUSTOMER} in 2.00 s",
        "",
    ]
    result = replace(_result(), notices=(notice,), messages=[(sample(), replace(_GOOD, told="status"))])
    assert "order answers    2: 1 status, 1 notice" in "\n".join(_plain(summary(result)))
    ((message,), _sent) = document(result)["messages"], None
    assert (message["told"], message["orders"][0]["verdict"], message["orders"][0]["source"]) == ("status", "owner", "order book")
