"""The language model is unpacked once on a machine, and tells the same languages from then on."""

from pathlib import Path

import pytest

from triage import languages
from triage.parsing import language

SENTENCES = {
    "en": "Where is my order, please? I have been waiting for two weeks now.",
    "de": "Wo bleibt meine Bestellung? Ich warte nun schon zwei Wochen darauf.",
    "fr": "Où est ma commande, s'il vous plaît ? J'attends depuis deux semaines.",
    "ja": "注文した商品がまだ届きません。二週間も待っています。いつ届きますか。",
    "no": "Hvor er bestillingen min? Jeg har ikke mottatt pakken, og jeg har ventet lenge på den nå.",
}


@pytest.fixture(scope="module")
def from_the_package() -> language.Identifier:
    """To unpack it takes half a second, which is the point."""
    return language.shipped()


@pytest.fixture(autouse=True)
def _unpacked_once(from_the_package: language.Identifier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "shipped", lambda: from_the_package)


def test_the_same_languages_from_the_unpacked_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first start unpacks, the second reads what lies there, and both say what the shipped one says; older ones are cleared away."""
    monkeypatch.setenv("CACHE_DIRECTORY", str(tmp_path / "cache"))
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "languages-0-0.npz").write_bytes(b"of an older version")
    language.use(language.shipped())
    expected = {code: language._in_use()[0].classify(text) for code, text in SENTENCES.items()}
    assert {code: language.of(text) for code, text in SENTENCES.items()} == {code: code for code in SENTENCES}
    languages.prepare()
    (kept,) = (tmp_path / "cache").iterdir()
    unpacked = kept.stat()
    languages.prepare()
    assert (kept.stat().st_ino, kept.stat().st_mtime_ns) == (unpacked.st_ino, unpacked.st_mtime_ns)
    assert {code: language._in_use()[0].classify(text) for code, text in SENTENCES.items()} == expected


def test_a_damaged_one_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a file, as a full disk leaves it, or one of another program."""
    monkeypatch.setenv("CACHE_DIRECTORY", str(tmp_path))
    languages.prepare()
    (kept,) = tmp_path.iterdir()
    whole = kept.stat().st_size
    for damaged in (kept.read_bytes()[:100_000], kept.read_bytes()[:-1], b"PK\x03\x04 a zip", b"\x93NUMPY\x01\x00", b""):
        kept.write_bytes(damaged)
        languages.prepare()
        assert language.of(SENTENCES["de"]) == "de"
        assert kept.stat().st_size == whole


def test_it_is_not_read_but_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is large in it is mapped and takes no memory of the process; taken away or made anew, it serves on."""
    monkeypatch.setenv("CACHE_DIRECTORY", str(tmp_path))
    languages.prepare()
    languages.prepare()
    (kept,) = tmp_path.iterdir()
    assert str(kept) in Path("/proc/self/maps").read_text()
    kept.unlink()
    assert {language.of(text) for text in SENTENCES.values()} == set(SENTENCES)


def test_a_folder_that_takes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Languages are told all the same."""
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("CACHE_DIRECTORY", str(tmp_path / "file"))
    languages.prepare()
    assert language.of(SENTENCES["fr"]) == "fr"


def test_a_disk_that_fills_up_leaves_no_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written of it is taken away again."""
    monkeypatch.setenv("CACHE_DIRECTORY", str(tmp_path))

    def full(*_arguments: object, **_arrays: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("numpy.save", full)
    languages.prepare()
    assert list(tmp_path.iterdir()) == []


def test_where_it_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    """In systemd's cache folder where the unit names one, else in the user's."""
    monkeypatch.setenv("CACHE_DIRECTORY", "/var/cache/triage")
    monkeypatch.setenv("XDG_CACHE_HOME", "/home/ann/fast")
    assert languages.folder() == Path("/var/cache/triage")
    monkeypatch.delenv("CACHE_DIRECTORY")
    assert languages.folder() == Path("/home/ann/fast/triage")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert languages.folder() == Path("~/.cache/triage").expanduser()
