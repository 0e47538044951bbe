"""`triage model`: what there is, how it compares, which is used, and whether answers drift; in 80 columns and as JSON."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.classifier.samples import small_corpus
from tests.cli.calling import Ended, Shop
from tests.store.test_log import entry
from tests.store.words import new_case, raw, reading
from triage.classifier import train
from triage.classifier.shelf import Shelf
from triage.correction import Correction, Provenance
from triage.decision import Outcome
from triage.ports import Transaction
from triage.sections.places import Paths

BODY = "the rose workshop on sunday number {}, may i bring my {} along to it"
KIN = ("brother", "sister", "mother", "father", "uncle", "aunt", "cousin", "nephew", "niece", "wife", "husband", "daughter", "son")


@pytest.fixture(scope="session")
def candidate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another model, with its card."""
    path = tmp_path_factory.mktemp("candidate") / "candidate.npz"
    train.train_on(small_corpus(2), target=path)
    return path


@pytest.fixture
def stocked(shop: Shop, candidate: Path) -> tuple[Shop, str]:
    """A shop with that model on its shelf, and its version."""
    for path in (candidate, candidate.with_suffix(".json")):
        shutil.copy(path, shop.root / path.name)
    card = {"taught_at": "2026-03-02T12:00:00+00:00", "corrections": 7, "benchmark": 0.91234, "verdict": "better"}
    return shop, Shelf(shop.root / "var" / "models", Paths().model).take_in(shop.root / candidate.name, card)


def corrected(shop: Shop, kin: tuple[str, ...] = KIN) -> None:
    """A message of each of these relatives, corrected by a person."""

    def work(tx: Transaction) -> None:
        for number, relative in enumerate(kin, start=1):
            tx.messages.add([raw(number)])
            [stored] = tx.messages.undecided(1)
            said = reading(text=BODY.format(number, relative), fingerprint=f"f{number}")
            tx.messages.settle(stored.id, Outcome.OPENED, tx.cases.open(new_case()).id, said, reason="", keep_raw=False)
            at = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(minutes=number)
            tx.corrections.add(
                Correction(
                    at=at, author="Jane", provenance=Provenance.CLI, case_id=number, message_row=stored.id, from_category="order",
                    from_issue="order_status", category="invoice", issue="invoice_request",
                )
            )  # fmt: skip

    shop.store_now(work)


def fits(ended: Ended) -> list[str]:
    """Its lines, none wider than a terminal."""
    assert (ended.code, ended.err) == (0, "")
    assert max(map(len, ended.lines)) <= 80
    return ended.lines


def test_the_list(stocked: tuple[Shop, str]) -> None:
    """The shipped one and what was taught here, which of them is in use, and what its card says."""
    shop, version = stocked
    lines = fits(shop.call("model", "list"))
    assert [line.split()[0] for line in lines] == ["version", "shipped", version]
    assert "in use" in lines[1]
    assert lines[2].split()[1:] == ["2026-03-02", "68", "7", "0.912"]
    first, second = shop.call("model", "list", "--json").json["models"]
    assert (first["name"], first["in_use"], second["in_use"]) == ("shipped", True, False)
    assert second["card"]["verdict"] == "better"


def test_use_and_back(stocked: tuple[Shop, str]) -> None:
    """The answer names the way back, and every command uses the model that was chosen."""
    shop, version = stocked
    assert fits(shop.call("model", "use", version))[0].endswith("model use shipped")
    assert "in use" in shop.call("model", "list").lines[2]
    letter = shop.root / "a.eml"
    letter.write_bytes(b"Subject: x\r\n\r\nPlease cancel my order ORD1234\r\n")
    assert shop.call("classify", letter, "--json").json["messages"][0]["category"]
    labelled = shop.root / "a.jsonl"
    labelled.write_text(json.dumps({"subject": "", "body": "Where is it?", "label_category": "order", "label_issue": ""}))
    chosen = shop.call("evaluate", labelled, "--json").json
    assert shop.call("model", "use", "shipped").code == 0
    assert chosen["ece"] != shop.call("evaluate", labelled, "--json").json["ece"]


@pytest.mark.parametrize("version", ["0" * 12, "../../models", "latest"])
def test_an_unknown_model_is_refused(stocked: tuple[Shop, str], version: str) -> None:
    """Nothing changes, and what was wrong is said in a line."""
    shop, _ = stocked
    ended = shop.call("model", "use", version)
    assert ended.code == 1
    assert len(ended.err.splitlines()) == 1
    assert "in use" in shop.call("model", "list").lines[1]


def test_two_compared(stocked: tuple[Shop, str]) -> None:
    """Side by side on corrections that were never taught and on a file, with the difference."""
    shop, version = stocked
    assert "no correction is held back" in shop.call("model", "compare", "shipped", version).out
    corrected(shop)
    labelled = shop.root / "own.jsonl"
    rows = [{"subject": "", "body": it.body, "label_category": it.category, "label_issue": it.issue} for it in small_corpus(1)]
    labelled.write_text("".join(json.dumps(row) + "\n" for row in rows))
    lines = fits(shop.call("model", "compare", "shipped", version, labelled))
    assert {"shipped", version, "difference"} <= set(lines[0].split())
    assert sum("accuracy" in line for line in lines) == 2
    sets = shop.call("model", "compare", "shipped", version, labelled, "--json").json["sets"]
    assert sets[str(labelled)]["n"] == len(rows)
    assert sets["corrections"]["n"] < len(KIN)
    assert set(sets["corrections"][version]) == {"n", "accuracy", "macro_f1", "abstain_rate", "ece"} - {"n"}


def test_a_few_corrections_are_taught_by_hand(shop: Shop) -> None:
    """Whoever does not want to wait for a lesson trains: five corrections, and messages that are merely similar follow them."""
    only = shop.root / "small.jsonl"
    rows = [{"subject": it.subject, "body": it.body, "label_category": it.category, "label_issue": it.issue} for it in small_corpus(2)]
    only.write_text("".join(json.dumps(row) + "\n" for row in rows))
    similar = shop.root / "similar.eml"
    similar.write_bytes(b"Subject: x\r\n\r\nIs there a rose workshop next sunday as well, and may my grandmother watch?\r\n")

    def category() -> str:
        return str(shop.call("classify", similar, "--json").json["messages"][0]["category"])

    assert shop.call("train", "--only", only).code == 0
    assert category() != "invoice"
    corrected(shop, KIN[:5])
    assert shop.call("train", "--only", only).code == 0
    assert category() == "invoice"
    cards = [each["card"] for each in shop.call("model", "list", "--json").json["models"]]
    assert 3 <= cards[-1]["corrections"] <= 5
    assert cards[-2]["corrections"] == 0


def test_drift_is_shown(shop: Shop) -> None:
    """What was corrected is counted in its week, and told where it is more than chance; without messages that is said."""
    assert fits(shop.call("model", "drift")) == ["no model was asked in these weeks"]
    now = datetime.now(UTC)
    said = {"model": "m", "said": "order", "confidence": 0.9, "strange": 0.1}

    def answered(tx: Transaction) -> None:
        for number in range(40):
            at, new = now - timedelta(days=10 if number < 20 else 3), {"strange": 0.4, "corrected_at": now - timedelta(days=1)}
            tx.log.put(entry(number + 1, received_at=at, **said | (new if number >= 25 else {})), "")

    shop.store_now(answered)
    found = shop.call("model", "drift", "--json").json
    shares = {(each["category"], each["measure"]): (each["before"], each["after"], each["notable"]) for each in found["shifts"]}
    none, most = {"hits": 0, "of": 20}, {"hits": 15, "of": 20}
    assert shares["order", "corrected"] == shares["all", "strange"] == (none, most, True)
    assert shares["all", "unsure"] == (none, none, False)
    assert any("corrected" in line and "yes" in line for line in fits(shop.call("model", "drift")))


def test_teaching_now_without_corrections(shop: Shop) -> None:
    """A lesson needs something to teach and to judge by, and says so."""
    ended = shop.call("model", "learn")
    assert (ended.code, ended.out) == (0, "not used: 0 corrections to teach, 0 to judge by\n")
