"""The learning curve: what a user's own sorted folders are worth, and how long it takes to learn from them."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from tests.bench.classifier import evenly, right
from tests.classifier.samples import MEASURING, SHIPPED
from triage.classifier import train
from triage.classifier.corpus import Example, corpus_files, read, read_all
from triage.classifier.model import Model

#: Public messages as one user's: what is least like the corpus, and what is most.
USERS = ("banking77_mapped", "bitext_8k_retail")
STEPS = (50, 200, 1000)


def main(messages: int) -> None:
    """Print accuracy after 0, 50, 200 and 1,000 sorted messages; a user has at most so many in all."""
    if not MEASURING.is_dir():
        print("the measuring data is not here")
        return
    print("| user | 0 | " + " | ".join(f"{step:,}" for step in STEPS) + " |")
    for user in USERS:
        rows = evenly(read(MEASURING / f"{user}.jsonl"), messages)
        taught, judged = rows[::2], rows[1::2]
        cells = [f"{right(Model.load(SHIPPED), judged):.3f}"]
        for step in STEPS:
            accuracy, seconds = after(evenly(taught, step), judged)
            cells.append(f"{accuracy:.3f} ({seconds:.0f} s)")
        print(f"| {user} | {' | '.join(cells)} |")


def after(folders: list[Example], judged: list[Example]) -> tuple[float, float]:
    """Accuracy of a model that was also taught the folders, which know no issues, and the seconds it took."""
    sorted_by_hand = [replace(each, issue="", source="folders", weight=3.0) for each in folders]
    with TemporaryDirectory() as folder:
        target = Path(folder) / "candidate.npz"
        begun = process_time()
        train.train_on([*read_all(corpus_files()), *sorted_by_hand], target=target)
        seconds = process_time() - begun
        return right(Model.load(target), judged), seconds
