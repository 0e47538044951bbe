"""Searching the log by words beside a plain search of the same texts, for any texts and any question."""

from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.test_log import entry
from tests.stores import laid
from triage.entry import Wanted
from triage.store.connect import connect
from triage.store.log import SqliteLog

WORDS = ("refund", "refunds", "parcel", "lid", "lids", "broken", "kettle")
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join), max_size=8)
ASKED = st.lists(st.sampled_from((*WORDS, "refund*", "li*", "nothing", "PARCEL")), min_size=1, max_size=3)
_fresh = count()


def fits(text: str, asked: list[str]) -> bool:
    """Every word is there, or begins so where a star stands behind it."""
    there = text.lower().split()
    return all(any(it.startswith(word[:-1].lower()) if word.endswith("*") else it == word.lower() for it in there) for word in asked)


def written(folder: Path, texts: list[str]) -> SqliteLog:
    """A log of these texts."""
    log = SqliteLog(connect(laid(folder / f"{next(_fresh)}.db")))
    for number, text in enumerate(texts, 1):
        log.put(entry(number), text)
    return log


@settings(max_examples=25)
@given(texts=TEXTS, asked=ASKED)
def test_what_is_found_is_what_fits(tmp_path: Path, texts: list[str], asked: list[str]) -> None:
    """All cases that have every word asked for are found, and no other."""
    found = [it.case_id for it in written(tmp_path, texts).find(Wanted(words=tuple(asked)))]
    assert sorted(found) == [number for number, text in enumerate(texts, 1) if fits(text, asked)]


@settings(max_examples=25)
@given(asked=st.lists(st.text(max_size=12), min_size=1, max_size=3))
def test_any_question_may_be_asked(tmp_path: Path, asked: list[str]) -> None:
    """Whatever is typed, nothing of it is an operator and nothing breaks."""
    log = written(tmp_path, ["refund the kettle"])
    assert len(list(log.find(Wanted(words=tuple(asked))))) <= 1


@pytest.mark.parametrize(
    "asked",
    ["refund OR nothing", "refund NOT kettle", "words: refund", "refund AND (kettle", 'refund" "x', "NEAR(refund kettle)", "^refund -x"],
)
def test_operators_are_words(tmp_path: Path, asked: str) -> None:
    """What FTS5 takes for an operator is looked for as a word, which no case has."""
    log = written(tmp_path, ["please refund the kettle"])
    assert list(log.find(Wanted(words=tuple(asked.split())))) == []


def test_accents_and_case_are_no_matter(tmp_path: Path) -> None:
    """Whoever types without accents or in capitals finds the word all the same, and a part of a word only with a star."""
    log = written(tmp_path, ["Die Überweisung für José war doppelt"])

    def finds(*asked: str) -> bool:
        return bool(list(log.find(Wanted(words=asked))))

    assert finds("uberweisung")
    assert finds("JOSE", "Für")
    assert finds("überw*")
    assert not finds("überw")


def test_an_entry_that_is_put_again_is_found_once(tmp_path: Path) -> None:
    """However often an entry is written anew, its words stand in the index once, and the old ones are gone."""
    log = written(tmp_path, ["old words"])
    for text in ("new words", "new words", "newest words"):
        log.put(entry(1), text)
    assert len(list(log.find(Wanted(words=("words",))))) == 1
    assert list(log.find(Wanted(words=("old",)))) == []
    assert list(log.find(Wanted(words=("new",)))) == []
