"""The model says what a message is about: equal to scikit-learn, consistent, honest, and with its reasons."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from tests.classifier.samples import ROOT, SHIPPED, small_corpus
from triage.classifier import artefact, train
from triage.classifier.calibrate import sharpened, softmax
from triage.classifier.corpus import Example
from triage.classifier.features import Lexicon, document
from triage.classifier.model import Model, unsorted
from triage.reading import Fact, Facts

ODD = [
    ("", ""),
    ("?", "?"),
    ("", "a"),
    ("", "zzzz qqqq xxxx"),
    ("", "😀😀"),
    ("Ä ß", "ñ\n\n\t"),
    ("", "не пришёл заказ"),
    ("", "order " * 2000),
    ("subject only", ""),
    ("", "refund refund refund. refund? REFUND!"),
    ("Re: Re: Fwd: invoice INV-2031", "$5 5% www.a.example b@c.example 12345 #77 A-1"),
]


def by_scikit_learn(stored: artefact.Artefact, messages: list[tuple[str, str]]) -> np.ndarray:
    """Probabilities from a scikit-learn pipeline with the stored numbers in it."""
    documents = [document(*message) for message in messages]
    parts = []
    for view, unfitted in train.vectorisers(Lexicon(stored.header["lexicon"])).items():
        vocabulary = {name: row for row, name in enumerate(stored.vocabulary[view])}
        vectoriser = TfidfVectorizer(analyzer=unfitted.analyzer, sublinear_tf=True, vocabulary=vocabulary)
        vectoriser.idf_ = stored.idf[view]
        parts.append(vectoriser.transform(documents) * stored.header["views"][view])
    classifier = LogisticRegression()
    classifier.classes_ = np.array(stored.header["classes"])
    classifier.coef_ = stored.weights.T.astype(np.float64)
    classifier.intercept_ = stored.intercept
    matrix = scipy.sparse.hstack(parts).tocsr()
    scores = sharpened(classifier.decision_function(matrix), np.diff(matrix.indptr), stored.header["dilution"])
    return softmax(scores / stored.header["temperature"])


@pytest.mark.parametrize("which", ["small", "shipped"])
def test_it_equals_scikit_learn(which: str, small_path: Path) -> None:
    """Numpy alone gives what the scikit-learn pipeline gives, to nine digits, also on odd texts."""
    stored, version = artefact.load(small_path if which == "small" else SHIPPED)
    model = Model(stored, version)
    messages = [*ODD, *((example.subject, example.body) for example in small_corpus(2))]
    ours = np.array([model.probabilities(*message) for message in messages])
    assert np.abs(ours - by_scikit_learn(stored, messages)).max() < 1e-9


def test_the_same_teaching_gives_the_same_model(few: list[Example], tmp_path: Path) -> None:
    """Training is deterministic, down to the file's version."""
    versions = {train.train_on(few, target=tmp_path / name) for name in ("once.npz", "again.npz")}
    assert len(versions) == 1
    assert (tmp_path / "once.npz").read_bytes() == (tmp_path / "again.npz").read_bytes()


def test_it_learnt_what_it_was_taught(small: Model, examples: list[Example]) -> None:
    """It knows its own examples again."""
    answers = small.classify_many([(example.subject, example.body) for example in examples])
    right = [answer.category == example.category for answer, example in zip(answers, examples, strict=True)]
    assert np.mean(right) > 0.95


@pytest.mark.parametrize("message", ODD)
def test_every_answer_is_consistent(message: tuple[str, str], shipped: Model) -> None:
    """Scores add up, the category is the likeliest, its issue belongs to it, alternatives fall and leave out the answer."""
    answer = shipped.classify(*message)
    assert sum(answer.scores.values()) == pytest.approx(1, abs=1e-3)
    assert answer.scores[answer.category] == max(answer.scores.values()) == answer.confidence
    assert f"{answer.category}/{answer.issue}" in shipped.classes
    likelihoods = [matter.confidence for matter in answer.alternatives]
    assert likelihoods == sorted(likelihoods, reverse=True)
    assert 2 <= len(likelihoods) <= 4
    assert (answer.category, answer.issue) not in [(matter.category, matter.issue) for matter in answer.alternatives]
    assert answer.model_version == shipped.version


def test_many_are_answered_as_one_by_one(shipped: Model) -> None:
    """A batch changes no answer."""
    assert shipped.classify_many(ODD) == [shipped.classify(*message) for message in ODD]


def test_a_model_of_single_words() -> None:
    """One that was taught no two words together answers by what is left, and equals scikit-learn there, too."""
    stored, version = artefact.load(SHIPPED)
    names = stored.vocabulary["words"]
    kept = [row for row, name in enumerate(names) if " " not in name]
    assert 0 < len(kept) < len(names)
    begin = sum(len(stored.vocabulary[view]) for view in list(stored.header["views"])[: list(stored.header["views"]).index("words")])
    rows = [*range(begin), *(begin + row for row in kept), *range(begin + len(names), len(stored.weights))]
    alone = replace(
        stored,
        vocabulary={**stored.vocabulary, "words": [names[row] for row in kept]},
        idf={**stored.idf, "words": stored.idf["words"][kept]},
        weights=stored.weights[rows],
    )
    model = Model(alone, version)
    ours = np.array([model.probabilities(*message) for message in ODD])
    assert np.abs(ours - by_scikit_learn(alone, ODD)).max() < 1e-9
    assert model.classify("", "I want a refund").category == "dispute"


def test_memory_of_words_changes_nothing(small_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When more words were seen than are remembered, answers stay the same."""
    before = Model.load(small_path).classify("", "my parcel is late and broken")
    model = Model.load(small_path)
    monkeypatch.setattr("triage.classifier.encoder._REMEMBERED", 3)
    assert model.classify("", "my parcel is late and broken") == before


@pytest.mark.parametrize("body", ["", "?", "zzzz qqqq xxxx", "blue seven tomorrow or so", "не пришёл"])
def test_it_abstains_where_it_knows_nothing(body: str, shipped: Model) -> None:
    """Without words that it knows it is not sure, or says other."""
    answer = shipped.classify("", body)
    assert answer.abstained or answer.category == "other"


def test_abstaining_goes_by_the_threshold(shipped: Model) -> None:
    """Whoever is less sure than the threshold abstains; an unsuspicious sure one does not."""
    for message in [*ODD, ("", "I want a refund"), ("", "hm refund or invoice or parcel")]:
        answer = shipped.classify(*message)
        assert answer.abstained or answer.confidence >= shipped.threshold
    assert not shipped.classify("", "I want a refund").abstained


def test_suspected_spam_is_no_sure_matter() -> None:
    """However sure of a category, what may be spam is left to a person."""
    stored, version = artefact.load(SHIPPED)
    stored.header["spam_guard"] = 0.0
    stored.header["threshold"] = 0.0
    answer = Model(stored, version).classify("", "I want a refund")
    assert answer.category == "dispute"
    assert answer.abstained


def test_a_taxonomy_without_spam_is_fine(few: list[Example], tmp_path: Path) -> None:
    """The categories are those of the corpus; none is built in."""
    chosen = [example for example in few if example.category in ("order", "invoice")]
    extra = [
        Example(subject="", body=f"my bicycle lesson number {number} fell out", category="lesson", issue="fell_out") for number in range(6)
    ]
    train.train_on([*chosen, *extra], target=tmp_path / "m.npz")
    model = Model.load(tmp_path / "m.npz")
    assert model.categories == ["invoice", "lesson", "order"]
    assert model.classify("", "bicycle lesson fell out").category == "lesson"


REASONS = [
    ("", "where is my refund, three weeks now", "refund", "dispute/refund_status"),
    ("", "my card was charged twice", "twice", "payment/payment_duplicate"),
    ("Rechnung", "bitte eine rechnung schicken", "rechnung", "invoice/"),
]


@pytest.mark.parametrize(("subject", "body", "word", "label"), REASONS)
def test_reasons_name_the_words(subject: str, body: str, word: str, label: str, shipped: Model) -> None:
    """The words that decided, in a sentence."""
    (reason,) = shipped.classify(subject, body).reasons
    assert f"“{word}”" in reason
    assert f"to {label}" in reason


def test_reasons_name_the_facts(shipped: Model) -> None:
    """A number found elsewhere is among the reasons."""
    facts = Facts(found=(Fact(kind="invoice_number", value="INV-7", source="document"), Fact(kind="phone", value="+4930", source="text")))
    (reason,) = shipped.classify("", "the amount is not right", facts).reasons
    assert "invoice number INV-7" in reason
    assert "4930" not in reason


def test_a_fact_helps(shipped: Model) -> None:
    """An invoice number in an attachment speaks for the invoice."""
    facts = Facts(found=(Fact(kind="invoice_number", value="INV-7", source="document"),))
    plain, helped = shipped.classify("", "the amount is not right"), shipped.classify("", "the amount is not right", facts)
    assert helped.scores["invoice"] > plain.scores["invoice"]


def test_a_single_reason_is_in_the_singular(small: Model) -> None:
    """One word points; none says nothing."""
    assert small.classify("", "").reasons == ()
    answer = small.classify("", "refund")
    assert answer.reasons[0].startswith("“refund” points to ")


def test_several_matters_are_named(shipped: Model) -> None:
    """Who asks for two things gets both named."""
    answer = shipped.classify("", "I want my money back for the broken lamp. I also still need an invoice for the chairs.")
    named = {answer.category, *(matter.category for matter in answer.alternatives)}
    assert {"dispute", "invoice"} <= named


def test_without_a_model_nothing_is_claimed() -> None:
    """Unsorted says why, and abstains."""
    answer = unsorted("no model: models/triage.npz is missing")
    assert answer.abstained
    assert answer.confidence == 0
    assert answer.reasons == ("no model: models/triage.npz is missing",)


def test_running_needs_no_scikit_learn() -> None:
    """Loading and classifying imports numpy and nothing heavier."""
    program = (
        "import sys; from pathlib import Path; from triage.classifier.model import Model; "
        f"Model.load(Path({str(SHIPPED)!r})).classify('', 'refund'); "
        "assert not {'sklearn', 'scipy'} & set(sys.modules), 'heavy'"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT)


def test_the_shipped_model_is_small() -> None:
    """It stays under 8 MB."""
    assert SHIPPED.stat().st_size < 8 * 1024 * 1024


def test_words_it_was_not_taught_are_counted(shipped: Model) -> None:
    """The share of different words that training never saw: none of plain mail, most of words that nobody uses."""
    plain = shipped.classify("", "Where is my order, it has not come yet and I want my money back").strange
    invented = shipped.classify("", "Blorp zaxit the fremble gwindo of your snorkelquist, vantabule 77 99-AB!").strange
    assert plain == 0.0
    assert invented is not None
    assert invented >= 0.5
    repeated = shipped.classify("blorp", "blorp blorp the order of your parcel").strange
    assert repeated == pytest.approx(1 / 6, abs=0.01)


def test_of_a_few_words_nothing_is_said(shipped: Model) -> None:
    """Four words are too few, and numbers and punctuation are none."""
    assert shipped.classify("", "any news? 12 34 -- ok").strange is None
