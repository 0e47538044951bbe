"""Labelled messages: read with errors that help, checked for copies, labels and leakage."""

import json
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from tests.classifier.samples import MEASURING, ROOT, example
from triage.classifier import train
from triage.classifier.check import copies, leaks, plain_words, problems, taxonomy
from triage.classifier.corpus import CorpusError, Example, corpus_files, digest, read, read_all
from triage.classifier.model import Model

GOOD = {"subject": "Hi", "body": "where is it", "label_category": "order", "label_issue": "order_status"}


def written(tmp_path: Path, *lines: object) -> Path:
    """A file of these lines."""
    path = tmp_path / "mine.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8")
    return path


def test_a_file_is_read(tmp_path: Path) -> None:
    """Every field arrives; empty lines and missing extras do no harm."""
    path = written(tmp_path, {**GOOD, "alt": ["dispute"], "lang": "en"}, "", {**GOOD, "subject": None, "label_issue": ""})
    first, second = read(path)
    assert (first.subject, first.also, first.language, first.source) == ("Hi", ("dispute",), "en", "mine")
    assert (first.label, second.label) == ("order/order_status", "order/")
    assert second.subject == ""


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "3",
        '"text"',
        "null",
        {"subject": "", "body": ""},
        {**GOOD, "label_category": ""},
        {"subject": "x", "label_category": "order"},
        {**GOOD, "alt": 3},
    ],
)
def test_a_bad_line_is_named(line: object, tmp_path: Path) -> None:
    """The error says which file and line."""
    with pytest.raises(CorpusError, match=r"mine\.jsonl:2"):
        read(written(tmp_path, GOOD, line))


def test_a_missing_or_foreign_file_is_named(tmp_path: Path) -> None:
    """The error says which file."""
    with pytest.raises(CorpusError, match="nowhere"):
        read(tmp_path / "nowhere.jsonl")
    (tmp_path / "latin.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(CorpusError, match="latin"):
        read(tmp_path / "latin.jsonl")


def test_the_digest_goes_by_content() -> None:
    """Another text, label or weight is another teaching; the file's name is not."""
    base = example("a", "order", "x")
    same = example("a", "order", "x", source="elsewhere")
    assert digest([base]) == digest([same])
    for other in (example("b", "order", "x"), example("a", "order", "y"), example("a", "order", "x", weight=2.0)):
        assert digest([base]) != digest([other])


def test_too_little_is_not_taught(tmp_path: Path) -> None:
    """One or two labels are no choice."""
    with pytest.raises(CorpusError, match="different labels"):
        train.train_on([example("a b", "order", "x"), example("c d", "order", "y")], target=tmp_path / "m.npz")


def test_a_category_alone_teaches_its_likeliest_issue(few: list[Example], tmp_path: Path) -> None:
    """Messages sorted into folders have no issue; no class without issue comes of them."""
    extra = [example(f"parcel number {number} never arrived, lost by the courier", "order") for number in range(3)]
    train.train_on([*few, *extra], target=tmp_path / "m.npz")
    classes = Model.load(tmp_path / "m.npz").classes
    assert "order/" not in classes


def test_a_new_category_without_issues_is_learnt(few: list[Example], tmp_path: Path) -> None:
    """A folder of the user's own is a category, though nothing is known of its issues."""
    extra = [example(f"riding lesson for pony {name}", "ponies") for name in ("ann", "bob", "eve")]
    train.train_on([*few, *extra], target=tmp_path / "m.npz")
    answer = Model.load(tmp_path / "m.npz").classify("", "riding lesson pony")
    assert (answer.category, answer.issue) == ("ponies", "")


@pytest.mark.parametrize("source", ["brief", "brief and more"])
def test_too_few_kinds_of_mail_make_a_cautious_model(source: str, few: list[Example], tmp_path: Path) -> None:
    """Where no part could be judged by a model taught with the others, nearly everything is left to people; else the bar is chosen."""
    examples = [replace(each, source="brief") for each in few]
    if source != "brief":
        examples[0] = replace(examples[0], source="letters")
    train.train_on(examples, target=tmp_path / "m.npz")
    model = Model.load(tmp_path / "m.npz")
    assert (model.threshold == 0.95) or source != "brief"


def test_files_and_extra_are_taught_together(few: list[Example], tmp_path: Path) -> None:
    """`train` reads the files it is given and adds what it is told."""
    path = written(
        tmp_path,
        *({"subject": each.subject, "body": each.body, "label_category": each.category, "label_issue": each.issue} for each in few),
    )
    extra = [example(f"riding lesson for pony {name}", "ponies", "riding") for name in ("ann", "bob", "eve")]
    train.train([path], extra=extra, target=tmp_path / "m.npz")
    model = Model.load(tmp_path / "m.npz")
    assert model.header["examples"] == len(few) + 3
    assert "ponies/riding" in model.classes
    card = json.loads((tmp_path / "m.json").read_text(encoding="utf-8"))
    assert card["version"] == model.version
    assert card["taught"] == model.header["taught"]


def test_the_taxonomy_is_what_the_messages_say() -> None:
    """Categories with their issues; an empty issue is none."""
    found = taxonomy([example("a", "order", "late"), example("b", "order"), example("c", "invoice", "tax"), example("d", "order", "late")])
    assert found == {"invoice": ["tax"], "order": ["late"]}


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [
        ("where is my order 123", "Where is my order 456?", True),
        ("where is my order", "where is my parcel", False),
        (
            "i bought a red lamp for my aunt in march and it still has not come",
            "i bought a red lamp for my aunt in march and it still has not arrived",
            True,
        ),
        (
            "i bought a red lamp for my aunt in march and it still has not come",
            "a red lamp that i bought in may for an aunt of mine has come today",
            False,
        ),
        ("?", "!!", False),
        ("ok", "ok", True),
    ],
)
def test_copies_are_found(first: str, second: str, alike: bool) -> None:
    """Same words are one message twice, and so are long messages with nearly the same words."""
    assert bool(list(copies([example(first, "order"), example(second, "order")]))) is alike


def test_problems_are_listed() -> None:
    """Unknown labels, rare issues and copies, one line each."""
    found = problems([example("one thing", "order", "late"), example("one thing", "order", "odd")], {"order": ["late"]}, at_least=2)
    assert len(found) == 3
    assert any("unknown label order/odd" in line for line in found)
    assert any("order/late: 1 messages where 2" in line for line in found)
    assert any(line.startswith("twice") for line in found)


def test_leaks_are_found() -> None:
    """Eight words in a row are not the same by chance; seven may be."""
    foreign = ["Well: the brown table that you sold me lost a leg (yesterday)."]
    copied = example("hello the brown table that you sold me lost a leg", "order")
    similar = example("hello the brown table that you sold me is fine", "order")
    assert leaks([copied, similar], foreign) == [copied]


@pytest.fixture(scope="module")
def corpus() -> list[Example]:
    """The project's own messages."""
    return read_all(corpus_files())


def test_our_corpus_is_sound(corpus: list[Example]) -> None:
    """At least sixty messages of every issue and 2,500 in all, no copies, no stray labels."""
    known = taxonomy(corpus)
    assert sum(map(len, known.values())) == 34
    assert problems(corpus, known) == []
    assert len(corpus) >= 2500
    assert sum(each.category == "other" for each in corpus) >= 500


def test_our_corpus_speaks_the_policy_s_language(corpus: list[Example]) -> None:
    """Every category that is taught is one that the policy knows what to do with."""
    policy = tomllib.loads((ROOT / "config" / "policy.toml").read_text(encoding="utf-8"))
    assert set(taxonomy(corpus)) == set(policy["category"])


def test_our_corpus_is_varied(corpus: list[Example]) -> None:
    """Several languages, short and long messages, with and without subject."""
    assert sum(each.language != "en" for each in corpus) >= 0.08 * len(corpus)
    assert sum(len(each.body) > 300 for each in corpus) >= 0.08 * len(corpus)
    assert sum(len(each.body) < 60 for each in corpus) >= 0.2 * len(corpus)
    assert 0.2 <= sum(bool(each.subject) for each in corpus) / len(corpus) <= 0.8


@pytest.mark.skipif(not MEASURING.is_dir(), reason="the measuring data is not here")
def test_nothing_was_copied_from_the_measuring_data(corpus: list[Example]) -> None:
    """No message shares eight words in a row with those that judge the model, and none of two words or more is one of them."""
    foreign = [json.loads(line)["body"] for path in MEASURING.glob("*.jsonl") for line in path.read_text(encoding="utf-8").splitlines()]
    assert leaks(corpus, foreign) == []
    theirs = {plain_words(body) for body in foreign}
    assert [each for each in corpus if len(plain_words(each.body)) > 1 and plain_words(each.body) in theirs] == []
