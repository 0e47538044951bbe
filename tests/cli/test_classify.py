"""`triage classify`: what would be made of a message, for people and for programs; it changes nothing and nothing in mail drives a terminal."""

import shutil
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.cli.calling import HOSTILE, MARKS, Ended, Shop, call, spawn
from tests.spine.world import defaults, letter
from triage.sections.places import project_root

TWICE = letter(
    "Hello,\n\nyou charged my card twice for order ORD789456: 20.00 EUR each. Call me: +49 30 1234567.\n\nAnn Customer",
    subject="charged twice",
)
KEYS = ["file", "category", "issue", "confidence", "abstained", "alternatives", "facts", "findings", "answerable", "reasons"]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder without configuration."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def mail(name: str, content: bytes = TWICE) -> Path:
    """A file with a message."""
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def a_shop(root: Path) -> Shop:
    """A configuration whose servers are never asked."""
    root.mkdir(exist_ok=True)
    return Shop(root, defaults(root, imap_port=1, smtp_port=1, user="support@shop.example"))


def said(*arguments: object) -> list[dict[str, Any]]:
    """Messages of the JSON document; nothing else was printed anywhere."""
    ended = call("classify", *arguments, "--json")
    assert (ended.code, ended.err) == (0, "")
    assert list(ended.json) == ["messages"]
    return list(ended.json["messages"])


def harmless(ended: Ended) -> bool:
    """Nothing in the output would drive a terminal."""
    return not any(mark in ended.out + ended.err for mark in MARKS)


def test_json_keeps_its_contract() -> None:
    """Each message has exactly the keys that programs rely on, each of its type."""
    (message,) = said(mail("a.eml"))
    assert list(message) == KEYS
    assert (message["file"], message["category"], message["issue"]) == ("a.eml", "payment", "payment_duplicate")
    assert isinstance(message["confidence"], float)
    assert 0.5 < message["confidence"] <= 1
    assert message["abstained"] is False
    assert message["answerable"] is True
    assert message["facts"]["order_numbers"] == ["ORD789456"]
    assert message["facts"]["amount"] == ["EUR 20.00"]
    assert all(isinstance(values, list) for values in message["facts"].values())
    assert all(set(it) == {"category", "issue", "confidence"} for it in message["alternatives"])
    assert message["reasons"]
    assert all(isinstance(reason, str) for reason in message["reasons"])


def test_findings_say_what_keeps_an_answer_back() -> None:
    """A newsletter is not answerable, and a finding says which rule and why."""
    (message,) = said(mail("n.eml", letter("Sale!", headers={"List-Unsubscribe": "<mailto:x@list.example>", "Precedence": "bulk"})))
    assert message["answerable"] is False
    assert all(set(it) == {"rule", "effect", "reason"} for it in message["findings"])
    assert [it for it in message["findings"] if it["effect"] != "note" and it["reason"]]


def test_order_numbers_are_always_there() -> None:
    """Without any number the list is empty, not missing."""
    (message,) = said(mail("a.eml", letter("Which colours does the lamp come in?")))
    assert message["facts"]["order_numbers"] == []


def test_files_and_folders_in_their_order() -> None:
    """Files come in the order given; a folder stands for every file in it, by name, those below included."""
    for name in ("mail/b.eml", "mail/a.eml", "mail/deep/c.txt", "z.eml", "y.eml"):
        mail(name)
    Path("mail/empty").mkdir()
    assert [it["file"] for it in said("z.eml", "mail", "y.eml")] == ["z.eml", "mail/a.eml", "mail/b.eml", "mail/deep/c.txt", "y.eml"]


def test_an_empty_folder_is_an_empty_list() -> None:
    """Nothing to read is nothing said, and no failure."""
    Path("none").mkdir()
    assert said("none") == []
    assert call("classify", "none") == Ended(0, "", "")


def test_text_for_people() -> None:
    """Without --json: the file, what it is about with confidence and words, each fact with its place, and whether it may be answered."""
    ended = call("classify", mail("a.eml"))
    assert (ended.code, ended.err) == (0, "")
    lines = ended.lines
    assert lines[0] == "a.eml"
    assert lines[1].startswith("  payment/payment_duplicate (")
    assert "“twice”" in lines[1]
    assert "  order number: ORD789456 (in the text, 99%)" in lines
    assert lines[-1] == "  may be answered"


def test_text_names_a_further_matter() -> None:
    """Whoever asks for two things is shown with both, and whoever asks for one with one."""
    both = letter("Two of the six plates were not in the box. And could you also send me an invoice for the office?", subject="Hello")
    shown = call("classify", mail("two.eml", both)).lines
    matters = [line for line in shown if "item_missing (" in line or "invoice_request (" in line]
    assert len(matters) == 2
    assert matters[1].startswith("  also: ")
    assert "also:" not in call("classify", mail("a.eml")).out


def test_text_names_what_keeps_an_answer_back() -> None:
    """A machine's message is shown with the rule that silences us."""
    ended = call("classify", mail("a.eml", letter("I am away.", subject="Out of office", headers={"Auto-Submitted": "auto-replied"})))
    assert "  auto_submitted:" in ended.out
    assert ended.lines[-1] == "  gets no automatic answer"


@pytest.mark.parametrize("arguments", [(), ("--json",)], ids=["text", "json"])
def test_hostile_text_is_harmless(arguments: tuple[str, ...]) -> None:
    """Escape sequences and control characters in subject, sender, body, attachment and file name come out spelled out."""
    message = EmailMessage()
    message["From"], message["To"] = "x@customer.example", "support@shop.example"
    message.set_content(f"{HOSTILE} charged twice for ORD4711\x1b[31m\n")
    content = message.as_bytes().replace(b"From: x", b'From: "=?utf-8?q?=1b]0;owned=07_=c2=9b31m?=" <x').replace(
        b"\n\n", b"\nSubject: =?utf-8?q?=1b[31mred=07_ORD815=e2=80=ae11?=\n\n", 1
    )  # fmt: skip
    path = mail("a\x1b[31m\x07\u202e.eml", content)
    ended = call("classify", path, *arguments)
    assert ended.code == 0
    assert harmless(ended)
    assert "a\\x1b[31m" in ended.out or "a\\u001b[31m" in ended.out


def test_json_gives_back_what_it_escaped() -> None:
    """A program that reads the document gets the file's name as it is."""
    name = "a\x1b[31m\x9b\u202e\U000e0041😀.eml"
    assert said(mail(name))[0]["file"] == name


def test_a_file_name_that_is_no_text() -> None:
    """A name with octets of another charset is printed escaped, by either form."""
    path = Path("b\udcff.eml")
    mail(str(path))
    assert said(".")[0]["file"] == "b\udcff.eml"
    assert "b\\udcff.eml" in call("classify", ".").out


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00" * 2000, b"\xff\xfe\x00\x01" * 500, b"From: " + b"a" * 50_000, b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n" * 50,
     b"Subject: =?utf-8?b?////?=\r\n\r\n=FF", b"\r\n" * 500, "Subject: caf\xe9\r\n\r\n\xfc".encode("latin-1"),
     b"Content-Type: text/html\r\n\r\n" + b"<div>" * 3000],
    ids=["nothing", "zeros", "binary", "endless header", "nested parts", "broken words", "empty lines", "bare latin-1", "deep html"],
)  # fmt: skip
def test_anything_at_all_gets_an_answer(content: bytes) -> None:
    """Files that are hardly mail are classified or declared unsure, never a traceback."""
    (message,) = said(mail("odd", content))
    assert message["category"]


def test_without_a_model_it_is_unsorted() -> None:
    """A missing model leaves the category open and says why; the facts are found all the same."""
    shop = a_shop(Path.cwd() / "shop")
    shop.configure('[paths]\nmodel = "nowhere.npz"\n')
    ended = shop.call("classify", mail("a.eml"), "--json")
    assert ended.code == 0
    (message,) = ended.json["messages"]
    assert message["abstained"] is True
    assert message["confidence"] == 0
    assert message["facts"]["order_numbers"] == ["ORD789456"]
    assert any("nowhere.npz" in reason for reason in message["reasons"])
    text = shop.call("classify", "a.eml")
    assert text.code == 0
    assert text.lines[1].startswith("  not sure enough to say; closest: ")


def test_a_damaged_model_is_unsorted() -> None:
    """A file that is no model is like none."""
    shop = a_shop(Path.cwd() / "shop")
    (shop.root / "model.npz").write_bytes(b"PK\x03\x04 broken")
    shop.configure('[paths]\nmodel = "model.npz"\n')
    assert shop.call("classify", mail("a.eml"), "--json").json["messages"][0]["abstained"] is True


def test_a_configuration_is_used_where_there_is_one() -> None:
    """Its patterns find this marketplace's numbers, and its addresses are known as ours."""
    shop = a_shop(Path.cwd())
    shop.configure("[extraction]\norder = ['BX-\\d{3}']\n")
    path = mail("a.eml", letter("Where is BX-123, and where is ORD789456?"))
    (message,) = said(path)
    assert message["facts"]["order_numbers"] == ["BX-123"]
    assert "not_addressed_to_us" not in {it["rule"] for it in message["findings"]}


def test_a_wrong_configuration_is_not_passed_over() -> None:
    """One that exists must be right: exit 2 rather than an answer by other rules."""
    shop = a_shop(Path.cwd())
    shop.configure(mode="sideways")
    ended = call("classify", mail("a.eml"))
    assert (ended.code, ended.out) == (2, "")
    assert "mode = 'sideways'" in ended.err


def test_it_needs_no_configuration_and_writes_nothing(tmp_path: Path) -> None:
    """In a folder with nothing but the message, nothing else is there afterwards."""
    mail("a.eml")
    ended = spawn("classify", "a.eml", "--json", cwd=tmp_path)
    assert (ended.code, ended.err) == (0, "")
    assert ended.json["messages"][0]["category"] == "payment"
    assert [path.name for path in tmp_path.iterdir()] == ["a.eml"]


def test_the_sample_day_is_understood() -> None:
    """A folder of sample mail gives one entry for each file; the message about a missing phone case is an order with an item missing."""
    shutil.copytree(project_root() / "triage" / "demo" / "mail", "mail")
    files = sorted(str(path) for path in Path("mail").rglob("*") if path.is_file())
    messages = said("mail")
    assert [it["file"] for it in messages] == files
    assert any(it["facts"]["order_numbers"] == ["ORD789456"] and it["issue"] == "item_missing" for it in messages)


@pytest.mark.parametrize("arguments", [(), ("nowhere.eml",), ("--jsno", ".")])
def test_wrong_use(arguments: tuple[str, ...]) -> None:
    """No file, a file that is not there, an option that does not exist: usage on standard error, exit 2."""
    ended = call("classify", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert "triage classify" in ended.err
