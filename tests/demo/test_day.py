"""The sample mail and what is expected of it."""

import email
import email.policy
from collections import Counter
from pathlib import Path

import pytest

from triage.decision import Outcome
from triage.demo.day import Sample, sample_day
from triage.errors import SettingsError

_ROW = '[[message]]\nfile = "01-one.eml"\nfolder = "Orders"\n'
_SECOND = _ROW.replace("01-one", "02-two")
_CATEGORIES = ("order", "invoice", "receipt", "payment", "dispute", "other")


def _folder(path: Path, table: str, **mail: str) -> Path:
    (path / "day.toml").write_text(table)
    for name, text in mail.items():
        (path / f"{name.replace('_', '-', 1).removeprefix('m')}.eml").write_text(text)
    return path


def test_day_is_long_enough_and_every_message_has_its_own_number(day: tuple[Sample, ...]) -> None:
    """There are at least 44 messages, each with a number of its own."""
    assert len(day) >= 44
    assert len({sample.number for sample in day}) == len(day)


@pytest.mark.parametrize("category", _CATEGORIES)
def test_day_has_every_category_several_times(day: tuple[Sample, ...], category: str) -> None:
    """Each category is opened by at least three messages."""
    assert sum(sample.about.startswith(f"{category}/") for sample in day) >= 3


def test_day_has_most_issues(day: tuple[Sample, ...]) -> None:
    """Nearly every issue of the contract but the unasked-for ones opens a case."""
    assert len({sample.about for sample in day if sample.about}) >= 30


@pytest.mark.parametrize(
    ("outcome", "at_least"),
    [
        (Outcome.FOLLOW_UP, 5), (Outcome.NOTED, 4), (Outcome.AUTOMATIC, 2), (Outcome.SPAM, 1), (Outcome.REPORT, 1), (Outcome.DUPLICATE, 1),
    ],
)  # fmt: skip
def test_day_has_every_kind_of_end(day: tuple[Sample, ...], outcome: Outcome, at_least: int) -> None:
    """Follow-ups, notes, machines, spam, a bounce and a second copy are all there."""
    assert sum(sample.outcome is outcome for sample in day) >= at_least


@pytest.mark.parametrize(
    "mark",
    [
        b"4111 1111 1111 1111", b"List-Id:", b"X-Spam-Flag: YES", b"message/delivery-status", b"application/pdf", b"image/png",
        b"ORD789456", b"windows-1252", b"Sent from my iPhone", b"gmail_quote", b"Bestellung", b"commande", b"chargeback",
        b"Auto-Submitted: auto-replied",
    ],
)  # fmt: skip
def test_day_has_every_kind_of_mail(day: tuple[Sample, ...], mark: bytes) -> None:
    """Each kind of mail that people and machines send is there."""
    assert any(mark in sample.content for sample in day)


def test_some_mail_breaks_the_rules_of_mail(day: tuple[Sample, ...]) -> None:
    """Some messages have raw 8-bit text that is not UTF-8, or parts that never end."""
    undecodable = [sample for sample in day if _undecodable(sample.content)]
    defective = [sample for sample in day if email.message_from_bytes(sample.content).defects]
    assert len(undecodable) >= 2
    assert defective


def _undecodable(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def test_nobody_in_the_sample_mail_can_exist(day: tuple[Sample, ...]) -> None:
    """Every author lives in a reserved domain, but for the customer of the worked example."""
    authors = Counter[str]()
    for sample in day:
        message = email.message_from_bytes(sample.content, policy=email.policy.compat32)
        authors.update(str(message["From"]).rpartition("@")[2].strip(" >").rsplit(".", 1)[-1:])
    assert set(authors) == {"example", "com"}
    assert all(b"johndoe@email.com" in sample.content for sample in day if b"@email.com" in sample.content)


@pytest.mark.parametrize(
    ("table", "mail", "expected"),
    [
        (_ROW, {"m01_one": "x", "m02_two": "x"}, "02-two.eml: expected a row in day.toml"),
        (_ROW, {}, "01-one.eml: expected a file that is not empty"),
        (_ROW + 'outcome = "lost"\n', {"m01_one": "x"}, "01-one.eml: outcome: Input should be"),
        (_ROW + "colour = 1\n", {"m01_one": "x"}, "01-one.eml: colour: Extra inputs"),
        (_ROW + 'after = ["02"]\n', {"m01_one": "x"}, "01-one.eml: after 02: expected an earlier message"),
        (_ROW + _SECOND, {"m01_one": "x", "m02_two": "{{number:01}}"}, "02-two.eml: names 01: expected it under `after`"),
        (_ROW + _SECOND + 'case = "01"\n', {"m01_one": "x", "m02_two": "x"}, "02-two.eml: names 01: expected it under `after`"),
        (_ROW + _SECOND + 'beside = "01"\n', {"m01_one": "x", "m02_two": "x"}, "02-two.eml: names 01: expected it under `after`"),
    ],
)
def test_table_and_files_that_do_not_fit_are_refused(tmp_path: Path, table: str, mail: dict[str, str], expected: str) -> None:
    """A row without a file, a file without a row, a wrong word or an order that cannot be is named."""
    with pytest.raises(SettingsError, match=r"day\.toml|\.eml: ") as caught:
        sample_day(_folder(tmp_path, table, **mail))
    assert any(line.startswith(expected) for line in caught.value.problems)


def test_day_that_fits_is_read_in_its_order(tmp_path: Path) -> None:
    """Rows keep their order, and what they leave out is what holds for a message that opens a case."""
    second = _SECOND + 'after = ["01"]\ncase = "01"\noutcome = "follow_up"\n'
    first, last = sample_day(_folder(tmp_path, _ROW + second, m01_one="x", m02_two="{{number:01}}"))
    assert (first.number, first.outcome, first.is_answered) == ("01", Outcome.OPENED, True)
    assert (last.number, last.after, last.is_answered) == ("02", ("01",), False)
