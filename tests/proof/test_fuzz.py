"""A sample of the fuzzing proof, and that it finds what it is made to find."""

import dataclasses
import os
from pathlib import Path

import pytest

from tests.proof import fuzz, mutate
from triage import worker
from triage.message import Address, Attachment, DeliveryReport, Message, RawMessage
from triage.reading import Classification, Facts, Reading


def reading(**fields: object) -> Reading:
    """A reading of a message with these fields."""
    message = Message(fingerprint="0" * 64, **fields)  # type: ignore[arg-type]
    classification = Classification(category="unsorted", issue="unsorted", confidence=0.0)
    return Reading(message=message, findings=(), facts=Facts(), classification=classification)


@pytest.fixture(scope="module", autouse=True)
def _ready() -> None:
    fuzz.ready()


@pytest.mark.timeout(600)
def test_ten_thousand_mutants_are_read() -> None:
    """No mutant of our own messages raises, takes a second, needs the last resort or breaks a promise."""
    tally = fuzz.read_chunk(1, 0, 10_000, shared=False)
    assert tally.details() == []
    assert tally.clean
    # Mutants that nobody finds anything wrong with, or that are all rejected, would prove nothing.
    assert 5000 < tally.with_defects < 9800


def test_a_mutant_is_always_the_same_one() -> None:
    """Number and seed alone make the message, so that a finding can be looked at again; other numbers make other ones."""
    originals = mutate.seeds(shared=False)
    made = [mutate.mutant(originals, 7, number) for number in range(200)]
    assert made == [mutate.mutant(originals, 7, number) for number in range(200)]
    assert len(set(made)) > 190
    assert made != [mutate.mutant(originals, 8, number) for number in range(200)]
    assert max(map(len, made)) <= mutate.MAX_BYTES


def test_mutants_reach_every_corner() -> None:
    """Among a few hundred mutants there are broken boundaries, charsets, encodings, line ends, deep nesting and NULs."""
    originals = mutate.seeds(shared=False)
    made = b"\n".join(mutate.mutant(originals, 1, number) for number in range(800))
    for sign in (b"charset=idna", b"charset=undefined", b"\r\r\n", b"\0", b"boundary=w30", b"=0D=0ABcc", b"BASE64 (comment)", b"From: <\r"):
        assert sign in made, sign


def test_what_raises_and_what_falls_back_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception is counted where it was raised, a reading by the last resort as such, and the run is not clean."""

    def broken(raw: RawMessage) -> Reading:
        if raw.key.uid % 2:
            raise KeyError(raw.key.uid)
        return reading(defects=("reading failed: KeyError", "mail-parser gave up: ValueError"))

    monkeypatch.setattr(fuzz, "read_message", broken)
    tally = fuzz.read_chunk(1, 0, 10, shared=False)
    assert [len(numbers) for numbers in (*tally.raised.values(), *tally.last_resort.values())] == [5, 5]
    assert tally.raised[next(iter(tally.raised))] == [0, 2, 4, 6, 8]
    assert next(iter(tally.raised)).startswith("KeyError at test_fuzz.py:")
    assert tally.library_gave_up == 5
    assert not tally.clean
    assert len(tally.details()) == 2


def test_what_is_slow_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that takes longer than the limit is told by its number."""
    monkeypatch.setattr(fuzz, "SLOW", 0.0)
    tally = fuzz.read_chunk(1, 40, 3, shared=False)
    assert tally.slow == [40, 41, 42]
    assert not tally.clean


@pytest.mark.parametrize(
    ("fields", "promise"),
    [
        ({"text": "a\x07", "full_text": "a\x07"}, "control characters"),
        ({"subject": "a\nBcc: x"}, "line break"),
        ({"from_": (Address(addr_spec="änn@customer.example"),)}, "not ASCII"),
        ({"attachments": (Attachment(filename="../x", content_type="", size=0, sha256=""),)}, "path"),
        ({"text": "invented words", "full_text": "words"}, "more words"),
        ({"references": ("a@b",) * 51}, "too many references"),
        ({"defects": ("x" * 500,)}, "defects without bound"),
        ({"report": DeliveryReport(action="failed", diagnostic="4111 1111 1111 1111")}, "card number"),
    ],
)
def test_each_broken_promise_is_found(fields: dict[str, object], promise: str) -> None:
    """A reading that breaks one promise is told for that one alone."""
    good, bad = reading(), reading(**fields)
    assert fuzz.broken_promises(good, good) == []
    assert [promise in line for line in fuzz.broken_promises(bad, bad)] == [True]
    assert fuzz.broken_promises(good, dataclasses.replace(good, facts=Facts(), message=bad.message)) == ["another reading the second time"]


def test_a_run_goes_on_where_it_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read is not read again; another set of seeds begins anew; the sum is that of one run."""
    monkeypatch.setattr(fuzz, "KEPT", tmp_path)
    first = fuzz.run(30, 3, workers=1)
    assert (first.messages, first.clean) == (30, True)
    assert (tmp_path / "fuzz-3.json").is_file()
    longer = fuzz.run(50, 3, workers=1)
    assert (longer.messages, longer.clean) == (50, True)
    assert longer.octets > first.octets
    # Nothing is left to do: no process is started.
    monkeypatch.setattr(fuzz, "ProcessPool", None)
    assert fuzz.run(50, 3).messages == 50
    monkeypatch.setattr(fuzz, "digest", lambda _: "other seeds")
    with pytest.raises(TypeError):
        fuzz.run(50, 3)


def test_a_process_that_dies_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages whose process was killed are counted as a dead chunk, not as read."""
    monkeypatch.setattr(fuzz, "KEPT", tmp_path)
    monkeypatch.setattr(fuzz, "read_chunk", die)
    tally = fuzz.run(5, 4, workers=1)
    assert tally.dead == [0]
    assert not tally.clean
    assert "process died" in tally.details()[0]


def die(*_: object, **__: object) -> None:
    """Leave without a word."""
    os._exit(9)


def test_the_shipped_model_is_used() -> None:
    """The proof reads with the model that is shipped, not without one."""
    found = worker.read_message(
        fuzz.raw(1, b"From: a@b.example\r\nSubject: Refund\r\n\r\nI want my money back for the broken lamp, please refund.")
    )
    assert found.classification.category not in {"", "unsorted"}
