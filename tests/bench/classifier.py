"""What the shipped model is worth on public messages it never saw, in every form, and how fast it is; a table for models/README.md."""

import statistics
from collections.abc import Callable, Sequence
from pathlib import Path
from time import process_time
from typing import TypeVar

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union

from tests.classifier.forms import FORMS
from tests.classifier.samples import MEASURED, MEASURING, SHIPPED, UNTAUGHT
from triage.classifier.corpus import Example, corpus_files, read, read_all
from triage.classifier.evaluate import Judged, figures, judge
from triage.classifier.model import Model
from triage.classifier.sentences import SentenceModel

T = TypeVar("T")
#: Of each source, so that none outweighs the others where they are pooled.
POOLED = 300
_FORMED = 150


def main(messages: int, sentence_model: Path | None = None) -> None:
    """Print the tables; at most so many messages of each source."""
    model = Model.load(SHIPPED, SentenceModel(sentence_model) if sentence_model else None)
    beside = ", a sentence model beside the words" if model.sentences else ""
    print(f"model {model.version}, taught {model.header['examples']} messages{beside}")
    if MEASURING.is_dir():
        sources = {name: read(MEASURING / f"{name}.jsonl")[:messages] for name in MEASURED}
        worth(model, sources)
        forms(model, sources)
    speed(model)


def worth(model: Model, sources: dict[str, list[Example]]) -> None:
    """One line per source, and one for all of them pooled."""
    print("| source | n | right | lenient | macro-F1 | surest 80 / 90 % | answered / right of those | ECE | issue F1 / top 3 | lured |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    pooled: list[Judged] = []
    for name, examples in sources.items():
        judged, _ = judge(model, examples)
        pooled += evenly(judged, POOLED)
        print(line(name, judged))
    print(line("pooled", pooled))
    print(line("ours, never taught, written to be hard", judge(model, read(UNTAUGHT))[0]))


def line(name: str, judged: Sequence[Judged]) -> str:
    """A source's figures as a row of the table."""
    found = figures(judged)
    chosen = found["selective"]
    cells = [
        name,
        f"{found['n']:,}",
        *(f"{found[key]:.3f}" for key in ("accuracy", "lenient_accuracy", "macro_f1")),
        f"{chosen['accuracy_at_80']:.3f} / {chosen['accuracy_at_90']:.3f}",
        f"{chosen['coverage']:.2f} / {chosen['accuracy']:.3f}",
        f"{found['ece']:.3f}",
        f"{found['issue_macro_f1']:.3f} / {found['issue_top_3']:.3f}",
        f"{found['spam_taken_for_inquiry']:.3f}",
    ]
    return f"| {' | '.join(cells)} |"


def evenly(rows: Sequence[T], most: int) -> list[T]:
    """At most so many rows, evenly spaced, as files may be sorted."""
    return [rows[place * len(rows) // most] for place in range(most)] if len(rows) > most else list(rows)


def forms(model: Model, sources: dict[str, list[Example]]) -> None:
    """What another form of the same messages costs, in points."""
    plain = [example for examples in sources.values() for example in evenly(examples, _FORMED)]
    before = right(model, plain)
    print(f"form, {len(plain)} messages, change in accuracy in points:", end=" ")
    print(", ".join(f"{name} {100 * (right(model, [change(each) for each in plain]) - before):+.1f}" for name, change in FORMS.items()))


def right(model: Model, examples: Sequence[Example]) -> float:
    """Share of messages whose category is right."""
    return statistics.fmean(each.right for each in judge(model, examples)[0])


def speed(model: Model) -> None:
    """Milliseconds a message, beside a plain pipeline of scikit-learn, mails of about 800 characters."""
    ours = read_all(corpus_files())
    texts = [example for example in ours if 600 < len(example.body) < 1100][:200]
    plain = make_pipeline(
        make_union(TfidfVectorizer(ngram_range=(1, 2)), TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5))),
        LogisticRegression(solver="saga", max_iter=5, tol=0.1, random_state=0),
    ).fit([example.body for example in ours[::4]], [example.category for example in ours[::4]])
    pairs, bodies = [(each.subject, each.body) for each in texts], [f"{each.subject}\n{each.body}" for each in texts]
    model.classify_many(pairs)
    print(f"{len(texts)} mails of {statistics.fmean(map(len, bodies)):.0f} characters on average, ms a message: one by one / in a batch")
    print(
        f"ours         {each_ms(lambda: [model.classify(*pair) for pair in pairs]):.2f} / {each_ms(lambda: model.classify_many(pairs)):.2f}"
    )
    print(f"scikit-learn {each_ms(lambda: [plain.predict([body]) for body in bodies]):.2f} / {each_ms(lambda: plain.predict(bodies)):.2f}")


def each_ms(work: Callable[[], Sequence[object]]) -> float:
    """Milliseconds of processor time for each result, the best of five runs."""
    best = float("inf")
    for _ in range(5):
        begun = process_time()
        results = work()
        best = min(best, (process_time() - begun) / len(results))
    return best * 1e3
