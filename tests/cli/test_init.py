"""`triage init`: answers become a configuration that loads, and wrong ones are told by key, value and expectation."""

import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.calling import Ended, Shop, call
from tests.conftest import PASSWORD
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import Sink
from triage.cli.context import program
from triage.demo.servers import DemoServers
from triage.sections.places import project_root
from triage.settings import load

QUESTIONS = (
    "address", "name", "imap-host", "imap-port", "imap-security", "smtp-host", "smtp-port", "smtp-security", "username", "password-env",
    "finance", "logistics", "canary",
)  # fmt: skip
EXAMPLE = (project_root() / "config" / "triage.example.toml").read_text()


def init(path: Path, *arguments: str, stdin: str = "", **answers: object) -> Ended:
    """`triage init` for that file, with answers by question."""
    given = [word for key, value in answers.items() for word in ("--answer", f"{key.replace('_', '-')}={value}")]
    return call("--config", path, "init", *arguments, *given, stdin=stdin)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the configuration goes; its folder does not exist yet."""
    return tmp_path / "config" / "triage.toml"


def test_defaults_ask_nothing_and_give_the_example(path: Path) -> None:
    """With --defaults the file says what the shipped example says, and what to do next."""
    ended = init(path, "--defaults")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == f"wrote {path}; next: `{program()} check`, then `{program()} run`\n"
    assert tomllib.loads(path.read_text()) == tomllib.loads(EXAMPLE)


def test_questions_are_asked_in_their_order(path: Path) -> None:
    """Every question is asked once with its default, an empty line takes it, and the answers land where they belong."""
    answers = ["help@other.example", "Other Shop", "mx.other.example", "1993", "starttls", "out.other.example", "2465", "tls",
               "robot", "OTHER_PASSWORD", "", "depot@other.example", "1h"]  # fmt: skip
    ended = init(path, stdin="\n".join(answers) + "\n")
    assert ended.code == 0
    assert ended.out.count("[") == len(QUESTIONS)
    assert "IMAP port [993]: " in ended.out
    settings = load(path)
    mailbox, smtp = settings.mailbox["support"], settings.smtp
    assert (settings.identity.address, settings.identity.name) == ("help@other.example", "Other Shop")
    assert (mailbox.host, mailbox.port, mailbox.security, mailbox.username) == ("mx.other.example", 1993, "starttls", "robot")
    assert (smtp.host, smtp.port, smtp.security, smtp.username) == ("out.other.example", 2465, "tls", "robot")
    assert mailbox.password is not None
    assert mailbox.password.env == "OTHER_PASSWORD"
    assert smtp.password == mailbox.password
    assert settings.canary.every == timedelta(hours=1)
    assert {key: it.address for key, it in settings.departments.items()} == {
        "finance": "finance@shop.example", "logistics": "depot@other.example",
    }  # fmt: skip


def test_a_question_answered_beforehand_is_not_asked(path: Path) -> None:
    """--answer takes a question off the list; the others are asked."""
    ended = init(path, stdin="\n" * 12, imap_host="mx.other.example")
    assert ended.code == 0
    assert "IMAP server" not in ended.out
    assert "IMAP port" in ended.out
    assert load(path).mailbox["support"].host == "mx.other.example"


def test_it_starts_in_shadow(path: Path) -> None:
    """Nothing is sent or moved until a person changes the mode."""
    init(path, "--defaults")
    assert load(path).mode == "shadow"


def test_comments_are_kept(path: Path) -> None:
    """The explanations of the example stay, each where it was; only answered lines differ."""
    init(path, "--defaults", address="help@other.example", imap_port=1993)
    before, after = EXAMPLE.splitlines(), path.read_text().splitlines()
    assert [line for line in after if line.startswith("#")] == [line for line in before if line.startswith("#")]
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert changed == [('address = "support@shop.example"', 'address = "help@other.example"'), ("port = 993", "port = 1993")]


@pytest.mark.parametrize(
    "name",
    [
        'Shop "Quote" & Sons',
        "back\\slash\\1",
        "Büro für Geschenke",
        "店舗 😀",
        "[smtp]",
        "a # comment",
        "x\ty",
        "del\x7fete",
        "'single'",
        "${HOME}",
    ],
)
def test_any_name_comes_back_as_it_was_given(path: Path, name: str) -> None:
    """Quotes, backslashes, other scripts and TOML's own signs in an answer are only text."""
    assert init(path, "--defaults", name=name).code == 0
    settings = load(path)
    assert settings.identity.name == name
    assert settings.smtp.host == "smtp.shop.example"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"imap_port": "many"}, ("mailbox.support.port", "'many'", "integer")),
        ({"imap_port": "0"}, ("mailbox.support.port", "0", "greater than or equal to 1")),
        ({"smtp_port": "70000"}, ("smtp.port", "70000", "less than or equal to 65535")),
        ({"smtp_port": "25; rm"}, ("smtp.port", "'25; rm'", "integer")),
        ({"address": "not an address"}, ("identity.address", "'not an address'", "expected a plain address such as support@shop.example")),
        ({"finance": ""}, ("departments.finance.address", "''", "expected a plain address")),
        ({"logistics": 'a"@x.example'}, ("departments.logistics.address", "expected a plain address")),
        ({"imap_security": "ssl"}, ("mailbox.support.security", "'ssl'", "'tls', 'starttls' or 'none'")),
        ({"smtp_security": "none"}, ("smtp", 'security = "none" is for loopback only', 'expected "tls" or "starttls"')),
    ],
)
def test_a_wrong_answer_is_told(path: Path, answer: dict[str, str], told: tuple[str, ...]) -> None:
    """It exits 2 with a line that names key, value and expectation, and leaves no file behind."""
    ended = init(path, "--defaults", **answer)
    assert (ended.code, ended.out) == (2, "")
    lines = ended.err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(f"triage: {told[0]}")
    assert [part for part in told if part not in lines[0]] == []
    assert list(path.parent.iterdir()) == []


def test_all_wrong_answers_are_told_at_once(path: Path) -> None:
    """Two mistakes are two lines."""
    ended = init(path, "--defaults", imap_port="x", address="y")
    assert ended.code == 2
    assert len(ended.err.splitlines()) == 2


@pytest.mark.parametrize("answer", ["imap-hots=mx.example", "imap-host", "=x", "IMAP-HOST=x"])
def test_an_answer_to_no_question_is_refused(path: Path, answer: str) -> None:
    """A misspelt question or a missing equals sign is wrong use, and nothing is written."""
    ended = call("--config", path, "init", "--defaults", "--answer", answer)
    assert ended.code == 2
    assert ended.err == f"triage: --answer {answer!r}: expected QUESTION=ANSWER as `triage init --help` lists them\n"
    assert not path.exists()


def test_help_lists_the_questions() -> None:
    """Whoever answers beforehand finds the names."""
    ended = call("init", "--help")
    assert ended.code == 0
    said = "".join(ended.out.split())
    assert f"Questions:{','.join(QUESTIONS)}." in said


def test_a_configuration_that_exists_is_not_replaced(path: Path) -> None:
    """Without --force it exits 2 and the file stays as it is; with it the file is written anew."""
    path.parent.mkdir()
    path.write_text("# mine\n")
    ended = init(path, "--defaults")
    assert (ended.code, ended.err) == (2, f"triage: {path} exists: expected --force to replace it\n")
    assert path.read_text() == "# mine\n"
    assert init(path, "--defaults", "--force").code == 0
    assert load(path).mode == "shadow"


def test_a_wrong_answer_with_force_keeps_the_old_file(path: Path) -> None:
    """The old configuration goes only when the new one is good."""
    init(path, "--defaults")
    before = path.read_text()
    assert init(path, "--defaults", "--force", imap_port="x").code == 2
    assert path.read_text() == before


def test_end_of_input_ends_it(path: Path) -> None:
    """Nobody answers: it says that it was aborted, exits 1, and writes nothing."""
    ended = init(path)
    assert ended.code == 1
    assert ended.err.splitlines()[-1] == "triage: aborted"
    assert not path.exists()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A file stands where the folder should be: one line, exit 2."""
    (tmp_path / "file").write_text("")
    ended = init(tmp_path / "file" / "config" / "triage.toml", "--defaults")
    assert ended.code == 2
    assert ended.err == f"triage: {tmp_path}/file/config/triage.toml: Not a directory: expected a place that can be written\n"


def test_an_answer_that_is_no_text_is_refused(path: Path) -> None:
    """Octets of another charset on the command line are told instead of ending in a traceback."""
    ended = init(path, "--defaults", name="B\udcfcro")
    assert ended.code == 2
    assert ended.err == "triage: '\\udcfc' in an answer: expected UTF-8\n"
    assert not path.exists()


def test_without_a_file_named_it_goes_to_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The default place is config/triage.toml below the current folder."""
    monkeypatch.chdir(tmp_path)
    assert call("init", "--defaults").code == 0
    assert load(tmp_path / "config" / "triage.toml").paths.store == tmp_path / "var" / "triage.db"


def answers_for(imap_port: int, smtp_port: int, user: str) -> dict[str, object]:
    """Answers that lead to servers on this machine."""
    return {
        "imap_host": "127.0.0.1", "imap_port": imap_port, "imap_security": "none", "smtp_host": "127.0.0.1", "smtp_port": smtp_port,
        "smtp_security": "none", "username": user, "password_env": "SHOP_PASSWORD",
    }  # fmt: skip


async def test_check_passes_on_what_it_wrote(
    path: Path, embedded: DemoServers, sink: Sink, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The configuration works on real servers, with the password from the environment."""
    monkeypatch.setenv("SHOP_PASSWORD", PASSWORD)
    assert init(path, "--defaults", **answers_for(embedded.imap_port, sink.port, "support@shop.example")).code == 0
    shop = Shop(tmp_path, {})
    ended = await shop.calls("check")
    assert (ended.code, ended.err) == (0, "")
    assert {line[:4] for line in ended.lines} <= {"ok  ", "warn"}


async def test_check_passes_on_dovecot(
    path: Path, dovecot: Dovecot, dovecot_user: str, sink: Sink, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The same on Dovecot."""
    monkeypatch.setenv("SHOP_PASSWORD", PASSWORD)
    assert init(path, "--defaults", **answers_for(dovecot.imap_port, sink.port, dovecot_user)).code == 0
    ended = await Shop(tmp_path, {}).calls("check")
    assert ended.code == 0, ended.out
