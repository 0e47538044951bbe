"""The whole demo: the real daemon on embedded servers, through the command line."""

import asyncio
import email
import email.policy
import imaplib
import json
import re
import signal
import smtplib
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from rich.cells import cell_len

from tests.forked import Forked, ran, triage
from tests.servers import invariants
from triage import settings
from triage.cli.main import triage as command
from triage.demo import place
from triage.demo.day import Sample
from triage.reply import Delivery, DeliveryStatus, ReplyKind
from triage.stores import open_case_store

#: Each takes seconds and both cores.
pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A folder in which the demo was played, and how that ended."""
    folder = tmp_path_factory.mktemp("demo")
    # As a shell begins it; what comes later is forked.
    begun = [sys.executable, "-m", "triage", "demo", "--once", "--json"]
    return folder, subprocess.run(begun, cwd=folder, capture_output=True, text=True, timeout=200, check=False)


@pytest.fixture(scope="session")
def sent(played: tuple[Path, subprocess.CompletedProcess[str]]) -> list[Delivery]:
    """Every message of ours, with its bytes."""
    return asyncio.run(_deliveries(played[0]))


async def _deliveries(folder: Path) -> list[Delivery]:
    store = open_case_store(settings.load(folder / "var" / "demo" / place.CONFIG))
    try:
        return await store.query(lambda tx: [mail for case in tx.cases.find() for mail in tx.deliveries.of_case(case.id)])
    finally:
        await store.close()


def test_demo_ends_well(played: tuple[Path, subprocess.CompletedProcess[str]], day: tuple[Sample, ...]) -> None:
    """It exits 0 with one document that has every message, and no problem."""
    _folder, ended = played
    document = json.loads(ended.stdout)
    assert (document["problems"], ended.returncode) == ([], 0)
    assert [message["file"] for message in document["messages"]] == [sample.file for sample in day]
    assert {message["outcome"] for message in document["messages"]} == {sample.outcome.value for sample in day}
    assert Path(document["store"]).is_file()


def test_document_agrees_with_what_was_expected(played: tuple[Path, subprocess.CompletedProcess[str]], day: tuple[Sample, ...]) -> None:
    """Read without the demo's own check, the document shows each message where the table wants it."""
    document = json.loads(played[1].stdout)
    by_number = {message["file"][:2]: message for message in document["messages"]}
    for sample in day:
        message = by_number[sample.number]
        seen = (message["outcome"], message["folder"], message["acknowledged"])
        assert seen == (sample.outcome, sample.folder, sample.is_answered), sample.file
        if sample.about:
            found = (f"{message['category']}/{message['issue']}", tuple(message["order_numbers"]), message["abstained"])
            assert found == (sample.about, sample.orders, False), sample.file
        if sample.case:
            assert message["case"] == by_number[sample.case]["case"], sample.file


def test_departments_are_told_as_often_as_expected(played: tuple[Path, subprocess.CompletedProcess[str]], day: tuple[Sample, ...]) -> None:
    """Each department gets one escalation for every message that is to reach it."""
    document = json.loads(played[1].stdout)
    told = Counter(mail["to"] for mail in document["sent"] if mail["kind"] == "escalation")
    assert told == Counter(place.DEPARTMENTS[key][1] for sample in day for key in sample.escalated_to)


def test_nobody_is_acknowledged_twice_and_no_machine_at_all(played: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    """Every case has at most one acknowledgment, each went to its requester, and machines and colleagues got none."""
    document = json.loads(played[1].stdout)
    acknowledged = [mail for mail in document["sent"] if mail["kind"] == "acknowledgment"]
    assert max(Counter(mail["case"] for mail in acknowledged).values()) == 1
    requester = {case["number"]: case["requester"] for case in document["cases"]}
    assert all(requester[mail["case"]] == mail["to"] for mail in acknowledged)
    silent = [message["from"] for message in document["messages"] if message["outcome"] in ("automatic", "spam", "report")]
    assert not {mail["to"] for mail in document["sent"] if mail["kind"] == "acknowledgment"} & {*silent, place.AGENT}


def test_worked_example_is_among_them(played: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    """John Doe's missing smartphone case is an order with an item missing, and logistics knows of it."""
    document = json.loads(played[1].stdout)
    case = next(case for case in document["cases"] if case["order_numbers"] == ["ORD789456"])
    assert (case["requester"], case["requester_name"], case["category"], case["issue"]) == (
        "johndoe@email.com", "John Doe", "order", "item_missing",
    )  # fmt: skip
    assert case["departments"] == ["logistics"]


def test_orders_are_told_to_their_owners_only(played: tuple[Path, subprocess.CompletedProcess[str]], sent: list[Delivery]) -> None:
    """The owner is answered with facts, the stranger who asks about the same number with words that hold none, and a receipt goes along."""
    plain = {
        (mail.recipient, mail.kind): email.message_from_bytes(mail.content, policy=email.policy.default)
        for mail in sent
        if mail.kind in (ReplyKind.ACKNOWLEDGMENT, ReplyKind.RESOLUTION, ReplyKind.ADVICE)
    }
    status = plain["priya.raman@fastpost.example", ReplyKind.RESOLUTION].get_content()
    assert "order ORD551203" in status
    assert "Expected with you:" in status
    stranger = [mail for (address, _kind), mail in plain.items() if address == "lena.frost@cheapbox.example"]
    assert [("ORD551203" in mail.get_content(), "Expected" in mail.get_content()) for mail in stranger] == [(False, False)]
    [receipt] = plain["hannah.l@skymail.example", ReplyKind.RESOLUTION].iter_attachments()
    assert (receipt.get_filename(), receipt.get_content()[:5]) == ("receipt-R-604.pdf", b"%PDF-")
    assert "is delayed" in plain[place.CUSTOMER, ReplyKind.ADVICE].get_content()
    document = json.loads(played[1].stdout)
    [advice] = [mail for mail in document["sent"] if mail["kind"] == "advice"]
    assert (advice["to"], advice["status"]) == (place.CUSTOMER, "sent")
    answered = {message["case"] for message in document["messages"] if message.get("told")}
    assert {case["status"] for case in document["cases"] if case["number"] in answered} == {"solved"}
    assert {order["source"] for message in document["messages"] for order in message.get("orders", ())} == {"order book"}


def test_everything_sent_keeps_the_rules_of_automatic_mail(sent: list[Delivery]) -> None:
    """Every acknowledgment and escalation passes the invariants for all that leaves, and all of it left."""
    assert len(sent) >= 60
    for mail in sent:
        wrong = invariants.check(
            mail.content, recipients=[mail.recipient], ours=[place.SUPPORT], acknowledgment=mail.kind is ReplyKind.ACKNOWLEDGMENT
        )
        assert (wrong, mail.status) == ([], DeliveryStatus.SENT)


def test_card_number_is_nowhere(played: tuple[Path, subprocess.CompletedProcess[str]], sent: list[Delivery]) -> None:
    """The card number that a customer wrote is neither in the store nor in any mail, attachments included."""
    number = re.compile(rb"4111[ -]?1111[ -]?1111[ -]?1111")
    parts = [part.get_payload(decode=True) or b"" for mail in sent for part in email.message_from_bytes(mail.content).walk()]
    files = [path.read_bytes() for path in (played[0] / "var" / "demo").glob("triage.db*")]
    assert files
    assert not any(number.search(data) for data in (*parts, *files))


def test_other_commands_find_the_store_by_themselves(played: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    """`triage cases` and `triage case` show what the demo left, without being told where."""
    folder, ended = played
    document = json.loads(ended.stdout)
    listed = json.loads(ran("cases", "--limit", "0", "--json", folder=folder).stdout)
    assert {case["number"] for case in listed["cases"]} == {case["number"] for case in document["cases"]}
    number = document["cases"][0]["number"]
    assert number in ran("case", number, folder=folder).stdout


def test_second_demo_starts_afresh_and_tells_it_in_80_columns(
    played: tuple[Path, subprocess.CompletedProcess[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the same folder it plays the same day again, with a line for every message and no colour where there is no terminal."""
    folder, ended = played
    monkeypatch.chdir(folder)
    again = CliRunner().invoke(command, ["demo", "--once"])
    assert again.exit_code == 0, again.output
    lines = again.output.splitlines()
    assert click.unstyle(again.output) == again.output
    assert max(map(cell_len, lines)) <= 80
    document = json.loads(ended.stdout)
    told = len(document["messages"]) + sum(mail["kind"] == "advice" for mail in document["sent"])
    assert sum(bool(re.match(r"\d\d:\d\d:\d\d  ", line)) for line in lines) == told
    assert f"cases            {len(document['cases'])}" in again.output
    assert "none: every message is in the state it should be in" in again.output


@pytest.fixture(scope="session")
def staying(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Forked, dict[str, int]]]:
    """A demo that goes on after its day, and its ports."""
    folder = tmp_path_factory.mktemp("staying")
    process = triage("demo", out=folder / "told", folder=folder)
    try:
        text = _told(folder, "The servers run until Ctrl-C.")
        yield folder, process, {name: int(port) for name, port in re.findall(r"(IMAP|SMTP) 127\.0\.0\.1:(\d+)", text)}
    finally:
        process.kill()
        process.wait()


def _told(folder: Path, wanted: str, seconds: float = 120) -> str:
    until = time.monotonic() + seconds
    while wanted not in (text := (folder / "told").read_text()) and time.monotonic() < until:
        time.sleep(0.1)
    assert wanted in text
    return text


def test_audit_proves_it_while_the_servers_run(staying: tuple[Path, Forked, dict[str, int]]) -> None:
    """`triage audit` from another process finds every message accounted for."""
    audited = ran("audit", folder=staying[0])
    assert (audited.returncode, "everything is accounted for" in audited.stdout) == (0, True)


def _count(port: int, account: str, folder: str = "INBOX") -> int:
    with imaplib.IMAP4("127.0.0.1", port) as client:
        client.login(account, place.PASSWORD)
        answer, data = client.select(folder, readonly=True)
        return int(data[0] or b"0") if answer == "OK" else -1


@pytest.mark.parametrize("key", list(place.DEPARTMENTS))
def test_departments_can_read_what_they_were_sent(staying: tuple[Path, Forked, dict[str, int]], day: tuple[Sample, ...], key: str) -> None:
    """Whoever opens a department's mailbox finds every escalation in it."""
    expected = sum(key in sample.escalated_to for sample in day)
    assert _count(staying[2]["IMAP"], place.DEPARTMENTS[key][1]) == expected


def test_support_finds_everything_filed(staying: tuple[Path, Forked, dict[str, int]], day: tuple[Sample, ...]) -> None:
    """The INBOX is empty at the end, and each folder holds what belongs there."""
    port = staying[2]["IMAP"]
    assert _count(port, place.SUPPORT) == 0
    expected = Counter(sample.folder for sample in day)
    assert {folder: _count(port, place.SUPPORT, f'"Triage/{folder}"') for folder in expected} == dict(expected)


def test_second_demo_beside_it_is_refused(staying: tuple[Path, Forked, dict[str, int]]) -> None:
    """A demo in the same folder says that one is running, exits 1, and leaves the first one's store alone."""
    refused = ran("demo", "--once", folder=staying[0])
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "another demo is running here" in refused.stderr
    assert ran("cases", "--limit", "1", folder=staying[0]).returncode == 0


def test_whoever_looks_on_can_write_and_is_answered(staying: tuple[Path, Forked, dict[str, int]]) -> None:
    """A message sent by SMTP becomes a case, is told, and its answer lies in the customer's mailbox."""
    folder, _process, ports = staying
    with smtplib.SMTP("127.0.0.1", ports["SMTP"]) as client:
        text = "Subject: Invoice please\r\n\r\nCould you send me the invoice for my order ORD424242?\r\n\r\nJohn Doe\r\n"
        fields = f"From: John Doe <{place.CUSTOMER}>\r\nTo: {place.SUPPORT}\r\nMessage-ID: <hand@email.com>\r\n"
        client.sendmail(place.CUSTOMER, [place.SUPPORT], fields + text)
    number = re.findall(r"(SP-\d+)  \S+ \d+%  ORD424242", _told(folder, "%  ORD424242"))[0]
    with imaplib.IMAP4("127.0.0.1", ports["IMAP"]) as client:
        client.login(place.CUSTOMER, place.PASSWORD)
        client.select("INBOX")
        assert client.search(None, "SUBJECT", number)[1] != [b""]


def test_interrupt_ends_it_within_ten_seconds(staying: tuple[Path, Forked, dict[str, int]]) -> None:
    """Ctrl-C ends servers and daemon, and a day that went well exits 0."""
    _folder, process, _ports = staying
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=10) == 0


def test_early_interrupt_is_said_and_exits_1(tmp_path: Path) -> None:
    """Whoever stops the demo before its day is over is told how far it came, and how to look at it beside a configuration of their own."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "triage.toml").touch()
    process = triage("demo", "--once", out=tmp_path / "told", folder=tmp_path)
    _told(tmp_path, "IMAP 127.0.0.1")
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) == 1
    text = (tmp_path / "told").read_text()
    assert re.search(r"PROBLEM stopped when \d+ of \d+ messages had settled", text)
    assert "triage --config var/demo/triage.toml cases" in text


def test_configuration_of_ones_own_is_refused(tmp_path: Path) -> None:
    """The demo never plays on a configuration that somebody names: exit 2, and nothing is written."""
    refused = ran("--config", "mine.toml", "demo", "--once", folder=tmp_path)
    assert (refused.returncode, list(tmp_path.iterdir())) == (2, [])
    assert "expected no --config" in refused.stderr


def test_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    """Where var/demo cannot be made, one line says so, and the exit code is that of a wrong setting."""
    (tmp_path / "var").touch()
    refused = ran("demo", "--once", folder=tmp_path)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == "triage: var/demo: Not a directory: expected a folder that the demo can write to\n"
