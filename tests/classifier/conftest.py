"""A small model trained once, and the shipped one."""

from pathlib import Path

import pytest

from tests.classifier.samples import SHIPPED, small_corpus
from triage.classifier import train
from triage.classifier.corpus import Example
from triage.classifier.model import Model


@pytest.fixture(scope="session")
def examples() -> list[Example]:
    """A few messages of every issue."""
    return small_corpus()


@pytest.fixture(scope="session")
def few(examples: list[Example]) -> list[Example]:
    """Messages of a few issues only, which are taught in a moment."""
    labels = {
        "order/order_cancel",
        "order/delivery_lost",
        "invoice/invoice_request",
        "dispute/refund_request",
        "other/presales",
        "other/spam",
    }
    return [example for example in examples if example.label in labels]


@pytest.fixture(scope="session")
def small_path(examples: list[Example], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model file trained on a few messages of every issue."""
    path = tmp_path_factory.mktemp("model") / "small.npz"
    train.train_on(examples, target=path)
    return path


@pytest.fixture(scope="session")
def small(small_path: Path) -> Model:
    """The small model."""
    return Model.load(small_path)


@pytest.fixture(scope="session")
def shipped() -> Model:
    """The model that comes with the project."""
    return Model.load(SHIPPED)
