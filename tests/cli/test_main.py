"""The `triage` command as a whole: which configuration it takes, how errors are told, exit codes, streams."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.calling import Shop, call, spawn
from tests.spine.world import letter
from tests.store.words import new_case
from triage import __version__
from triage.cli.context import print_json, program
from triage.cli.main import COMMANDS
from triage.cli.places import config_path, printable


def test_help_lists_every_command() -> None:
    """`triage --help` names each command with what it does, in 80 columns."""
    ended = call("--help")
    assert (ended.code, ended.err) == (0, "")
    listed = ended.out.partition("Commands:\n")[2].splitlines()
    assert [line.split()[0] for line in listed] == list(COMMANDS)
    assert max(map(len, ended.lines)) <= 80


@pytest.mark.parametrize("command", list(COMMANDS))
def test_each_command_explains_itself(command: str) -> None:
    """-h shows usage and options, 0."""
    ended = call(command, "-h")
    assert ended.code == 0
    assert ended.out.startswith(f"Usage: triage {command} ")


def test_version() -> None:
    """--version names program and version."""
    assert call("--version").out == f"triage, version {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [("nonsense",), ("--nonsense",), ("cases", "--nonsense"), ("case",), ("cases", "--limit", "few"), ("cases", "--limit", "-1"),
     ("cases", "--status", "lost"), ("evaluate",), ("run", "now"), ("--config",), ("init", "--answer")],
)  # fmt: skip
def test_wrong_use(arguments: tuple[str, ...]) -> None:
    """What is not a command, option or value is told on standard error with usage; exit 2."""
    ended = call(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("Usage: triage") or ended.err.startswith("Error: ")
    assert "Traceback" not in ended.err


def test_demo_takes_no_configuration(shop: Shop) -> None:
    """The demo writes its own: --config with it is wrong use."""
    ended = shop.call("demo", "--once")
    assert (ended.code, ended.out) == (2, "")
    assert "expected no --config" in ended.err


@pytest.mark.parametrize(
    "command", [("check",), ("run", "--once"), ("cases",), ("case", "SP-1"), ("audit",), ("evaluate", __file__), ("classify", __file__)]
)
def test_a_configuration_that_is_missing(command: tuple[str, ...], tmp_path: Path) -> None:
    """Every command that needs the file named with --config says that it is not there; exit 2."""
    path = tmp_path / "triage.toml"
    ended = call("--config", path, *command)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == f"triage: {path}: No such file or directory: expected a configuration; `triage init` writes one\n"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("mode = ", ["expected TOML"]),
        ("", ["identity: Field required", "mailbox: Field required", "smtp: Field required"]),
        ("\xff", ["expected TOML"]),
    ],
    ids=["not TOML", "empty", "not UTF-8"],
)
def test_a_configuration_that_is_wrong(content: str, told: list[str], tmp_path: Path) -> None:
    """One line for each mistake, each with the file; exit 2."""
    path = tmp_path / "triage.toml"
    path.write_bytes(content.encode("latin-1"))
    ended = call("--config", path, "cases")
    assert (ended.code, ended.out) == (2, "")
    lines = ended.err.splitlines()
    assert len(lines) == len(told)
    assert all(line.startswith(f"triage: {path}: ") and words in line for line, words in zip(lines, told, strict=True))


def test_a_value_that_is_wrong(shop: Shop) -> None:
    """Key, value and expectation."""
    shop.configure(read_time="soon")
    ended = shop.call("cases")
    assert ended.code == 2
    assert ended.err == f"triage: {shop.config}: read.time = 'soon': expected a duration such as 30s, 5m, 24h or 7d\n"


def test_hostile_configuration_is_told_harmlessly(shop: Shop) -> None:
    """A key with an escape sequence does not drive the terminal that shows the error."""
    shop.configure('"\\u001b[31m" = 1\n')
    ended = shop.call("cases")
    assert ended.code == 2
    assert "\x1b" not in ended.err


def test_the_default_configuration(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --config it is config/triage.toml below the current folder, then the demo's, and the first where there are both."""
    shop.store_now(lambda tx: tx.cases.open(new_case(subject="of the shop")))
    monkeypatch.chdir(shop.root)
    assert config_path(None) == Path("config/triage.toml")
    assert call("cases", "--json").json["cases"][0]["subject"] == "of the shop"
    demo = shop.root / "var" / "demo"
    demo.mkdir()
    (demo / "triage.toml").write_text(shop.config.read_text())
    assert config_path(None) == Path("config/triage.toml")
    shop.config.unlink()
    assert config_path(None) == Path("var/demo/triage.toml")
    assert call("cases", "--json").json["cases"] == []
    assert (demo / "var" / "triage.db").exists()
    assert config_path(shop.config) == shop.config


def test_hints_can_be_pasted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a clone, hints name the script in its virtual environment; where the shell finds it, or from elsewhere, the plain name."""
    script = tmp_path / ".venv" / "bin" / "triage"
    script.parent.mkdir(parents=True)
    script.touch(mode=0o755)
    monkeypatch.setattr(sys, "executable", str(script.with_name("python")))
    monkeypatch.chdir(tmp_path)
    assert program() == ".venv/bin/triage"
    monkeypatch.chdir("/")
    assert program() == str(script.relative_to("/"))
    monkeypatch.setenv("PATH", str(script.parent))
    assert program() == "triage"


def test_without_any_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the default place and what writes one."""
    monkeypatch.chdir(tmp_path)
    ended = call("cases")
    assert ended.code == 2
    assert ended.err == "triage: config/triage.toml: No such file or directory: expected a configuration; `triage init` writes one\n"


def test_a_store_that_is_broken_falls_short(shop: Shop) -> None:
    """A damaged store is no wrong use: one line that names it, exit 1."""
    shop.store.parent.mkdir()
    shop.store.write_bytes(b"no database " * 400)
    ended = shop.call("cases")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith(f"triage: {shop.store}: the store cannot be read")
    assert len(ended.err.splitlines()) == 1


def test_exit_codes_of_the_real_process(shop: Shop, tmp_path: Path) -> None:
    """0, 1 and 2 reach the shell, errors on standard error, no traceback."""
    fine = spawn("--config", shop.config, "cases", "--json")
    short = spawn("--config", shop.config, "case", "SP-999999")
    wrong = spawn("--config", tmp_path / "none.toml", "cases")
    assert [it.code for it in (fine, short, wrong)] == [0, 1, 2]
    assert [bool(it.out) for it in (fine, short, wrong)] == [True, False, False]
    assert [bool(it.err) for it in (fine, short, wrong)] == [False, True, True]
    assert "Traceback" not in short.err + wrong.err


def to_reader_who_leaves(*arguments: object, cwd: Path) -> tuple[int, str]:
    """Exit code and standard error where nobody reads standard output."""
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "triage", *map(str, arguments)]
    ended = subprocess.run(command, cwd=cwd, stdout=writing, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    os.close(writing)
    return ended.returncode, ended.stderr


@pytest.mark.parametrize("arguments", [("cases",), ("cases", "--json"), ("classify", "a.eml")], ids=" ".join)
def test_a_reader_who_has_seen_enough(shop: Shop, arguments: tuple[str, ...]) -> None:
    """`triage cases | head` ends quietly with 0 when the reader leaves, through rich and through click."""
    (shop.root / "a.eml").write_bytes(letter("Where is ORD1234?"))
    shop.store_now(lambda tx: [tx.cases.open(new_case()) for _ in range(50)])
    assert to_reader_who_leaves(*arguments, cwd=shop.root) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_disk_that_is_full_is_told(unbuffered: str, shop: Shop) -> None:
    """Output that cannot be written, at once or in the end, is a line on standard error and exit 1."""
    environment = os.environ | {"PYTHONUNBUFFERED": unbuffered}
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "triage", "--config", str(shop.config), "cases", "--json"]
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=environment, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert "No space left on device" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("ascii", "SP-100001  Gr\\xf6\\xdfe \\u5e97 \\U0001f600"),
        ("latin-1", "SP-100001  Größe \\u5e97 \\U0001f600"),
        ("utf-8", "SP-100001  Größe 店 😀"),
    ],
)
def test_a_terminal_of_another_charset(encoding: str, shown: str, shop: Shop) -> None:
    """What it cannot show is spelled out; the command goes on."""
    shop.store_now(lambda tx: tx.cases.open(new_case(subject="Größe 店 😀", requester=None)))
    ended = call("--config", shop.config, "case", "SP-100001", encoding=encoding)
    assert (ended.code, ended.err) == (0, "")
    assert ended.lines[0] == shown


def test_ctrl_c_is_no_traceback(tmp_path: Path) -> None:
    """Interrupted while it asks, it says so on one line and exits 1."""
    command = [sys.executable, "-m", "triage", "--config", str(tmp_path / "t.toml"), "init"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.read(1) == "A"
    process.send_signal(signal.SIGINT)
    _out, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert err.strip() == "triage: aborted"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ä 店 😀", "plain ä 店 😀"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\r\nb\tc", "a\\r\\nb\\tc"),
        ("\x9b", "\\x9b"),
        ("\u202e\u2066\ufeff\u200b", "\\u202e\\u2066\\ufeff\\u200b"),
        ("\U000e0041", "\\U000e0041"),
        ("\udcff", "\\udcff"),
        ("\x00\x7f", "\\x00\\x7f"),
    ],
)
def test_printable(text: str, shown: str) -> None:
    """Control, format and bidirectional characters are spelled out, letters of any script are not."""
    assert printable(text) == shown


def test_json_is_read_back_as_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    """Characters that could drive a terminal are escaped in the document and are themselves again when read."""
    import json

    document = {"a\x9b": 'ä\x1b\u202e\x7f\udcff\U000e0041😀\n\u2028 \\ "', "at": Path("x")}
    print_json(document)
    printed = capsys.readouterr().out
    assert all(character.isprintable() or character == "\n" for character in printed)
    assert "ä" in printed
    assert json.loads(printed) == {"a\x9b": document["a\x9b"], "at": "x"}
