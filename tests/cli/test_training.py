"""`triage train` and `triage evaluate`: a model from labelled messages, how good it is, and wrong files named with their line."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.classifier.samples import small_corpus
from tests.classifier.tiny import BILL, CANCEL, LOST, SENSES, messages, sentence_model
from tests.cli.calling import MARKS, Shop, call
from triage.classifier.corpus import Example
from triage.classifier.model import Model
from triage.classifier.sentences import SentenceModel
from triage.classifier.shelf import SHIPPED, Shelf
from triage.cli.context import program
from triage.sections.places import Paths

KEYS = {"n", "accuracy", "macro_f1", "abstain_rate", "selective", "ece", "per_category", "per_issue", "messages_per_second"}
LABELS = {"order/order_cancel", "order/delivery_lost", "invoice/invoice_request", "dispute/refund_request", "other/presales", "other/spam"}


def row(body: str, category: str, issue: str = "", **more: object) -> dict[str, object]:
    """One labelled message."""
    return {"subject": "", "body": body, "label_category": category, "label_issue": issue, **more}


def write(path: Path, *rows: object) -> Path:
    """A file of JSON lines; text is written as it is."""
    path.write_text("".join((it if isinstance(it, str) else json.dumps(it)) + "\n" for it in rows))
    return path


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A current folder without configuration."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """Three messages whose answers are plain."""
    return write(
        tmp_path / "three.jsonl",
        row("You charged my card twice for the same order", "payment", "payment_duplicate"),
        "",
        row("Please cancel my order ORD1234", "order", "order_cancel", alt=["dispute"]),
        row("Where is my parcel? It has not arrived.", "order"),
    )


def few() -> list[Example]:
    """Messages of a few issues only, which are taught in a moment."""
    return [example for example in small_corpus() if example.label in LABELS]


def taught(path: Path, examples: list[Example]) -> Path:
    """A file of these messages."""
    return write(path, *(row(it.body, it.category, it.issue, subject=it.subject) for it in examples))


def test_json_keeps_its_contract(labelled: Path) -> None:
    """Every figure that programs rely on is there, each of its kind."""
    ended = call("evaluate", labelled, "--json")
    assert (ended.code, ended.err) == (0, "")
    figures: dict[str, Any] = ended.json
    assert set(figures) >= KEYS
    assert figures["n"] == 3
    assert {"coverage", "accuracy"} <= set(figures["selective"])
    for name in ("accuracy", "macro_f1", "abstain_rate", "ece", "messages_per_second"):
        assert isinstance(figures[name], float), name
    assert 0 <= figures["accuracy"] <= 1
    assert set(figures["per_category"]) == {"order", "payment"}
    assert set(figures["per_issue"]) == {"order/order_cancel", "payment/payment_duplicate"}
    assert figures["per_category"]["order"]["n"] == 2


def test_text_for_people(labelled: Path) -> None:
    """Each figure on its line, names and numbers apart, and a table for categories and issues."""
    ended = call("evaluate", labelled)
    assert (ended.code, ended.err) == (0, "")
    figures = {line[:24].strip(): line[24:].strip() for line in ended.lines if line[:1].strip()}
    assert figures["n"] == "3"
    assert float(figures["accuracy"]) >= 0
    assert float(figures["spam taken for inquiry"]) == 0
    assert [name for name in ("selective", "per category", "per issue") if name not in ended.out] == []
    assert "order/order_cancel" in ended.out
    assert max(map(len, ended.lines)) <= 80


def test_several_files_are_one_measure(labelled: Path, tmp_path: Path) -> None:
    """The messages of all files count."""
    more = write(tmp_path / "more.jsonl", row("Do you sell lamps?", "other", "presales"))
    assert call("evaluate", labelled, more, "--json").json["n"] == 4


def test_no_issue_judged_gives_no_table(tmp_path: Path) -> None:
    """Where only categories are labelled the table of issues is left out."""
    ended = call("evaluate", write(tmp_path / "a.jsonl", row("Do you sell lamps?", "other")))
    assert ended.code == 0
    assert "per category" in ended.out
    assert "per issue" not in ended.out


WRONG = [
    ('{"subject":', 2, "expected a JSON object with subject, body, label_category and label_issue"),
    ("[1, 2]", 2, "expected a JSON object"),
    ('"text"', 2, "expected a JSON object"),
    ('{"subject": "", "body": ""}', 2, "label_category"),
    ('{"subject": "", "body": "", "label_category": ""}', 2, "label_category is empty"),
]


@pytest.mark.parametrize(("line", "number", "told"), WRONG)
@pytest.mark.parametrize(
    "command",
    [("evaluate",), ("train", "--out", "m.npz", "--extra"), ("train", "--out", "m.npz", "--only")],
    ids=["evaluate", "extra", "only"],
)
def test_a_wrong_line_is_named(command: tuple[str, ...], line: str, number: int, told: str, tmp_path: Path) -> None:
    """File, line and expectation on one line of standard error; exit 1, and no model is written."""
    path = write(tmp_path / "wrong.jsonl", row("fine", "order"), line)
    ended = call(*command, path)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith(f"triage: {path}:{number}: ")
    assert told in ended.err
    assert len(ended.err.splitlines()) == 1
    assert not Path("m.npz").exists()


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    """Octets that are not UTF-8 are told with the file."""
    (tmp_path / "a.jsonl").write_bytes(b"\xff\xfe\x00")
    ended = call("evaluate", tmp_path / "a.jsonl")
    assert ended.code == 1
    assert ended.err.startswith(f"triage: {tmp_path}/a.jsonl: ")


@pytest.mark.parametrize("content", ["", "\n\n"], ids=["empty", "blank lines"])
def test_nothing_to_measure(tmp_path: Path, content: str) -> None:
    """Figures of nothing would look like a result: exit 1 instead."""
    path = tmp_path / "a.jsonl"
    path.write_text(content)
    for arguments in ((), ("--json",)):
        ended = call("evaluate", path, *arguments)
        assert (ended.code, ended.out) == (1, "")
        assert f"{path}: no messages: expected one JSON object on each line" in ended.err


@pytest.mark.parametrize(
    "command",
    [("evaluate", "none.jsonl"), ("evaluate", "."), ("train", "--extra", "none.jsonl"), ("train", "--only", "."), ("train", "--out", ".")],
    ids=" ".join,
)
def test_a_file_that_is_not_there(command: tuple[str, ...]) -> None:
    """A path that leads to no file is wrong use: exit 2 with the path."""
    ended = call(*command)
    assert (ended.code, ended.out) == (2, "")
    assert f"'{command[-1]}'" in ended.err


def test_a_place_that_cannot_be_written_is_told_before_the_work(tmp_path: Path) -> None:
    """Training takes minutes; that its result has nowhere to go is said at once."""
    (tmp_path / "file").write_text("")
    for target in (tmp_path / "none" / "m.npz", tmp_path / "file" / "m.npz"):
        ended = call("train", "--out", target)
        assert ended.code == 2
        assert f"{target}: expected a file in a folder that exists and can be written" in " ".join(ended.err.split())


def test_a_model_that_is_missing(labelled: Path, tmp_path: Path) -> None:
    """Without its model there is nothing to measure: exit 1 with the path."""
    shop = Shop(tmp_path, {})
    shop.config.parent.mkdir()
    shop.config.write_text(
        '[identity]\naddress = "a@b.example"\n[mailbox.s]\nhost = "localhost"\nport = 1\n[smtp]\nhost = "localhost"\nport = 1\n'
        '[paths]\nmodel = "none.npz"\n'
    )
    ended = call("evaluate", labelled)
    assert (ended.code, ended.out) == (1, "")
    assert f"triage: {tmp_path}/none.npz: missing" in ended.err


def test_labels_cannot_drive_a_terminal(tmp_path: Path) -> None:
    """A label with an escape sequence is printed spelled out."""
    path = write(tmp_path / "a.jsonl", row("x", "or\x1b[31mder", "is\x07sue"))
    for arguments in ((), ("--json",)):
        ended = call("evaluate", path, *arguments)
        assert ended.code == 0
        assert not any(mark in ended.out for mark in MARKS)


def test_a_model_is_taught_and_used(tmp_path: Path) -> None:
    """Trained on the files named, with further ones added, it is written where asked, and a configuration that names it uses it."""
    examples = few()
    only, extra = taught(tmp_path / "only.jsonl", examples[::2]), taught(tmp_path / "extra.jsonl", examples[1::2])
    ended = call("train", "--only", only, "--extra", extra, "--out", tmp_path / "own.npz")
    assert (ended.code, ended.err) == (0, "")
    model = Model.load(tmp_path / "own.npz")
    assert ended.out == f"wrote {tmp_path}/own.npz, version {model.version}\n"
    assert set(model.classes) == {example.label for example in examples}
    shop = Shop(tmp_path, {})
    shop.config.parent.mkdir()
    shop.config.write_text(
        '[identity]\naddress = "a@b.example"\n[mailbox.s]\nhost = "localhost"\nport = 1\n[smtp]\nhost = "localhost"\nport = 1\n'
        '[paths]\nmodel = "own.npz"\n'
    )
    figures = call("evaluate", only, "--json").json
    assert figures["n"] == len(examples[::2])
    assert figures["accuracy"] > 0.6


def test_a_sentence_model_is_taught_with_and_measured_with(tmp_path: Path) -> None:
    """Named on the command line or in the configuration it is heard; where it was not, figures are those of words alone."""
    only, folder = taught(tmp_path / "only.jsonl", messages()), sentence_model(tmp_path / "sentences", SENSES)
    assert call("train", "--only", only, "--out", tmp_path / "own.npz", "--sentence-model", folder).code == 0
    assert Model.load(tmp_path / "own.npz", SentenceModel(folder)).sentences is not None
    configuration = (
        '[identity]\naddress = "a@b.example"\n[mailbox.s]\nhost = "localhost"\nport = 1\n[smtp]\nhost = "localhost"\nport = 1\n'
        '[paths]\nmodel = "own.npz"\n'
    )
    shop = Shop(tmp_path, {})
    shop.config.parent.mkdir()
    shop.config.write_text(configuration)
    kinds = (("order", "order_cancel", CANCEL[1]), ("order", "delivery_lost", LOST[1]), ("invoice", "invoice_request", BILL[1]))
    others = write(tmp_path / "others.jsonl", *(row(f"please {word} my lamp", category, issue) for category, issue, word in kinds))
    alone, named = call("evaluate", others, "--json").json, call("evaluate", others, "--sentence-model", folder, "--json").json
    shop.config.write_text(f'{configuration}sentence_model = "sentences"\n')
    configured = call("evaluate", others, "--json").json
    assert named["issue_macro_f1"] == configured["issue_macro_f1"] == 1 > alone["issue_macro_f1"]


@pytest.mark.parametrize("command", ["train", "evaluate"])
def test_a_sentence_model_that_does_not_serve(labelled: Path, tmp_path: Path, command: str) -> None:
    """A folder without one is said before any work; a path that is no folder is refused as such."""
    (tmp_path / "empty").mkdir()
    arguments = ["--out", tmp_path / "m.npz", "--only", labelled] if command == "train" else [labelled]
    ended = call(command, *arguments, "--sentence-model", tmp_path / "empty")
    assert (ended.code, ended.out) == (1, "")
    assert "no model.onnx and no tokenizer.json: expected the files" in " ".join(ended.err.split())
    ended = call(command, *arguments, "--sentence-model", labelled)
    assert ended.code == 2
    assert "is a file" in ended.err


def test_what_is_taught_is_used_and_taught_again(tmp_path: Path) -> None:
    """Without --out the new model lies beside the shipped one and answers; what it was given is given again until something takes its place."""
    examples = few()
    only, mine = (
        taught(tmp_path / "only.jsonl", examples),
        write(tmp_path / "mine.jsonl", *(row(f"pony ride {it}", "pony") for it in "abc")),
    )
    shelf, before = Shelf(tmp_path / "var" / "models", Paths().model), Paths().model.read_bytes()

    def version(*arguments: object) -> str:
        ended = call("train", "--only", only, *arguments)
        assert (ended.code, ended.err) == (0, "")
        name, _, rest = ended.lines[-1].partition(" ")
        assert rest == f"is in use; to go back: {program()} model use {former}"
        assert shelf.chosen() == name
        return name

    former = SHIPPED
    first = former = version("--extra", mine)
    assert call("evaluate", mine, "--json").json["accuracy"] == 1
    assert version() == first
    assert shelf.own.read_text().count("pony ride") == 3
    assert version("--extra", write(tmp_path / "one.jsonl", row("boat trip a", "boat"))) != first
    assert "pony" not in shelf.own.read_text()
    assert "pony" not in {name.partition("/")[0] for name in Model.load(shelf.in_use()).classes}
    assert Paths().model.read_bytes() == before


def test_the_place_of_earlier_messages_is_taken_aloud(tmp_path: Path) -> None:
    """Whoever gives other messages than before is told how many are no longer taught."""
    only = taught(tmp_path / "only.jsonl", few())
    for number, said in ((3, []), (1, ["messages of your own that are taught: 1, before 3"])):
        mine = write(tmp_path / "mine.jsonl", *(row(f"pony ride {it}", "pony") for it in range(number)))
        assert call("train", "--only", only, "--extra", mine).lines[:-1] == said


def test_a_state_folder_that_cannot_be_made_is_told_before_the_work(tmp_path: Path) -> None:
    """Where the models would lie lies a file: exit 1 with its path, and nothing was trained."""
    (tmp_path / "var").write_text("")
    ended = call("train", "--only", taught(tmp_path / "only.jsonl", few()))
    assert (ended.code, ended.out) == (1, "")
    assert "var" in ended.err
    assert len(ended.err.splitlines()) == 1


def test_too_few_labels_teach_nothing(tmp_path: Path) -> None:
    """Messages of one kind only are refused with their number; exit 1."""
    path = write(tmp_path / "a.jsonl", row("x", "order", "order_cancel"), row("y", "order", "order_cancel"))
    ended = call("train", "--only", path, "--out", tmp_path / "m.npz")
    assert (ended.code, ended.out) == (1, "")
    assert "2 messages with fewer than 3 different labels teach nothing" in ended.err
