"""The configuration: what is taken, what is refused and how that is said, and where relative paths lead."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from triage.errors import PermanentError, SettingsError
from triage.sections.learning import LearningSettings
from triage.sections.places import project_root
from triage.sections.servers import MailboxSettings, SmtpSettings
from triage.settings import Settings, load

#: The smallest file that is right; "#name" marks where a test may put a line of its own.
RIGHT = """
#top
[identity]
address = "Support@Shop.example"
#identity
[mailbox.support]
host = "imap.shop.example"
port = 993
username = "support"
password = {env = "IMAP_PASSWORD"}
#mailbox
[smtp]
host = "smtp.shop.example"
port = 465
#smtp
[departments.finance]
name = "Finance"
address = "finance@shop.example"
#departments
[agents.jane]
name = "Jane"
address = "jane@shop.example"
#end
"""


def written(directory: Path, text: str) -> Path:
    """A configuration file with this text."""
    path = directory / "triage.toml"
    path.write_text(text, encoding="utf-8")
    return path


def with_line(where: str, line: str) -> str:
    """The right file with one more line, or another value for a key that is there."""
    name = line.partition(" =")[0]
    before, mark, after = RIGHT.partition(f"#{where}\n")
    assert mark
    start = before.rfind("[")
    return before[:start] + re.sub(rf"^{re.escape(name)} = .*\n", "", before[start:], flags=re.MULTILINE) + line + "\n" + after


def refused(directory: Path, text: str) -> list[str]:
    """The lines by which the file is refused, without the name of the file that each must begin with."""
    path = written(directory, text)
    with pytest.raises(SettingsError) as error:
        load(path)
    assert str(error.value) == "\n".join(error.value.problems)
    assert all(line.startswith(f"{path}: ") for line in error.value.problems)
    return [line.removeprefix(f"{path}: ") for line in error.value.problems]


def test_the_smallest_file_has_safe_defaults(tmp_path: Path) -> None:
    """Without a word about it nothing is sent, everything is encrypted, and what is there already stays untouched."""
    settings = load(written(tmp_path, RIGHT))
    assert (settings.mode, settings.keep_raw, settings.authserv_id) == ("shadow", False, "")
    account = settings.mailbox["support"]
    assert (account.security, account.folder, account.start, account.poll) == ("tls", "INBOX", "now", timedelta(minutes=1))
    assert (settings.smtp.security, settings.smtp.connections, settings.smtp.dot_timeout) == ("tls", 4, timedelta(minutes=10))
    assert settings.identity.case_prefix == "SP"


def test_who_we_are_and_who_works_with_us(tmp_path: Path) -> None:
    """Our own addresses and those of staff are known, in lower case."""
    settings = load(written(tmp_path, with_line("identity", 'aliases = ["Help@Shop.example"]')))
    assert settings.own_addresses == {"support@shop.example", "help@shop.example"}
    assert settings.staff_addresses == {"finance@shop.example", "jane@shop.example"}


@pytest.mark.parametrize(
    ("where", "line", "expected"),
    [
        ("top", 'mode = "on"', "mode = 'on': Input should be 'shadow' or 'live'"),
        ("top", 'keep_raw = "perhaps"', "keep_raw = 'perhaps': Input should be a valid boolean"),
        ("top", "authserv_id = 7", "authserv_id = 7: Input should be a valid string"),
        ("top", "moed = 'live'", "moed: expected no such key"),
        ("top", "limits = 5", "limits = 5: Input should be a valid dictionary"),
        ("identity", 'address = "support"', "identity.address = 'support': expected a plain address such as support@shop.example"),
        ("identity", 'address = "Support <s@x.example>"', "identity.address = 'Support <s@x.example>': expected a plain address"),
        ("identity", 'address = "a@b.example\\nc"', "identity.address = 'a@b.example\\nc': expected a plain address"),
        ("identity", 'address = ".a@b.example"', "identity.address = '.a@b.example': expected a plain address"),
        ("identity", 'address = "a..b@c.example"', "identity.address = 'a..b@c.example': expected a plain address"),
        ("identity", 'address = "a@b..example"', "identity.address = 'a@b..example': expected a plain address"),
        ("identity", 'address = "a@-b.example"', "identity.address = 'a@-b.example': expected a plain address"),
        ("identity", 'address = "ü@b.example"', "identity.address = 'ü@b.example': expected a plain address"),
        ("identity", 'aliases = ["help@shop.example", "two"]', "identity.aliases.1 = 'two': expected a plain address"),
        ("identity", 'aliases = "help@shop.example"', "identity.aliases = 'help@shop.example': Input should be a valid tuple"),
        ("identity", 'case_prefix = "sp-"', "identity.case_prefix = 'sp-': String should match pattern '^[A-Z]{2,6}$'"),
        ("identity", 'time_zone = "Europe/Berlni"', "identity.time_zone = 'Europe/Berlni': expected a time zone such as Europe/Berlin"),
        ("identity", 'time_zone = "../../etc/passwd"', "identity.time_zone = '../../etc/passwd': expected a time zone"),
        ("identity", 'plus_addressing = "x"', "identity.plus_addressing = 'x': Input should be a valid boolean"),
        ("mailbox", "port = 0", "mailbox.support.port = 0: Input should be greater than or equal to 1"),
        ("mailbox", "port = 70000", "mailbox.support.port = 70000: Input should be less than or equal to 65535"),
        ("mailbox", 'port = "imaps"', "mailbox.support.port = 'imaps': Input should be a valid integer"),
        ("mailbox", 'security = "ssl"', "mailbox.support.security = 'ssl': Input should be 'tls', 'starttls' or 'none'"),
        ("mailbox", 'timeout = "soon"', "mailbox.support.timeout = 'soon': expected a duration such as 30s, 5m, 24h or 7d"),
        ("mailbox", 'timeout = "-5s"', "mailbox.support.timeout = '-5s': expected a duration such as"),
        ("mailbox", 'timeout = "5"', "mailbox.support.timeout = '5': expected a duration such as"),
        ("mailbox", 'timeout = "0s"', "mailbox.support.timeout = '0s': expected a duration above zero"),
        ("mailbox", 'poll = "999999d"', "mailbox.support.poll = '999999d': expected a duration above zero and up to ten years"),
        ("mailbox", 'poll = "99999999999d"', "mailbox.support.poll = '99999999999d': expected a duration such as"),
        ("mailbox", "poll = 60", "mailbox.support.poll = 60: expected a duration with its unit"),
        ("mailbox", 'census = "half past three"', "mailbox.support.census = 'half past three': expected a time of day such as 03:30"),
        ("mailbox", 'census = "03:30Z"', "mailbox.support.census = '03:30Z': expected a time of day such as 03:30"),
        ("mailbox", "census = 3", "mailbox.support.census = 3: expected a time of day such as 03:30"),
        ("mailbox", "poll = true", "mailbox.support.poll = True: expected a duration with its unit"),
        ("mailbox", 'start = "yesterday"', "mailbox.support.start = 'yesterday': expected \"now\", \"all\" or a date such as 2026-01-31"),
        ("mailbox", "start = 5", "mailbox.support.start = 5: expected \"now\", \"all\" or a date such as 2026-01-31"),
        ("mailbox", "start = 10:00:00", "mailbox.support.start = datetime.time(10, 0): expected"),
        ("mailbox", 'security = "none"', 'mailbox.support: security = "none" is for loopback only, and host is \'imap.shop.example\''),
        ("mailbox", "folders = ['INBOX']", "mailbox.support.folders: expected no such key"),
        ("mailbox", "[mailbox.other]", "mailbox.other.host: Field required"),
        ("smtp", "connections = 0", "smtp.connections = 0: Input should be greater than or equal to 1"),
        ("smtp", "connections = 100", "smtp.connections = 100: Input should be less than or equal to 32"),
        ("smtp", 'dot_timeout = "ten minutes"', "smtp.dot_timeout = 'ten minutes': expected a duration"),
        ("smtp", 'security = "none"', 'smtp: security = "none" is for loopback only, and host is \'smtp.shop.example\''),
        ("departments", 'address = "finance"', "departments.finance.address = 'finance': expected a plain address"),
        ("departments", 'reply_within = "never"', "departments.finance.reply_within = 'never': expected a duration"),
        ("end", "[agents.bob]\nname = 'Bob'", "agents.bob.address: Field required"),
        ("end", "[read]\nworkers = -1", "read.workers = -1: Input should be greater than or equal to 0"),
        ("end", "[read]\nmemory_mb = 16", "read.memory_mb = 16: Input should be greater than or equal to 256"),
        ("end", '[read]\ntrace_hosts = ["*.shop"]', "read.trace_hosts.0 = '*.shop': expected the name of a server, or the end of one"),
        ("end", '[read]\nforwarders = ["jane"]', "read.forwarders.0 = 'jane': expected a plain address"),
        ("end", "[[form]]\nemail_label = 'E-mail'", "form.0.address: Field required"),
        ("end", "[[form]]\naddress = 'form'", "form.0.address = 'form': expected a plain address"),
        ("end", "[limits]\nper_hour = -1", "limits.per_hour = -1: Input should be greater than or equal to 0"),
        ("end", "[limits]\nper_sender_day = 1.5", "limits.per_sender_day = 1.5: Input should be a valid integer"),
        ("end", "[extraction]\norder = ['ORD(']", "extraction.order.0 = 'ORD(': expected a regular expression (missing )"),
        ("end", "[log]\nlevel = 'loud'", "log.level = 'loud': Input should be 'debug', 'info', 'warning' or 'error'"),
        ("end", "[alarms]\nwebhook = 'pager.example'", "alarms.webhook = 'pager.example': expected a URL such as https://pager.example/hook"),
        ("end", "[alarms]\nwebhook = 'ftp://pager.example'", "alarms.webhook = 'ftp://pager.example': expected a URL such as"),
        ("end", "[alarms]\nagain = []", "alarms.again: Tuple should have at least 1 item"),
        ("end", "[paths]\nstore = 5", "paths.store = 5: Input is not a valid path"),
        ("end", "[paths]\nlogs = 'var'", "paths.logs: expected no such key"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_in_one_line(tmp_path: Path, where: str, line: str, expected: str) -> None:
    """Each mistake is one line with its key, its value where that helps, and what was expected."""
    lines = refused(tmp_path, with_line(where, line))
    assert [line for line in lines if line.startswith(expected)], lines
    assert len([line for line in lines if "port: Field required" not in line]) == 1


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    """An operator sees all mistakes of the file together."""
    text = with_line("mailbox", "port = 0").replace("port = 465", 'port = "x"').replace('host = "imap.shop.example"\n', "")
    assert [line.split(" ")[0] for line in refused(tmp_path, text)] == ["mailbox.support.host:", "mailbox.support.port", "smtp.port"]


def test_an_empty_file_names_what_is_needed(tmp_path: Path) -> None:
    """The tables without which nothing works are asked for."""
    assert refused(tmp_path, "") == ["identity: Field required", "mailbox: Field required", "smtp: Field required"]


def test_a_mailbox_is_needed(tmp_path: Path) -> None:
    """A daemon without a mailbox has nothing to do."""
    text = 'mailbox = {}\n[identity]\naddress = "a@b.example"\n[smtp]\nhost = "x"\nport = 1\n'
    assert refused(tmp_path, text) == ["mailbox: Dictionary should have at least 1 item after validation, not 0"]


def test_a_long_value_is_cut(tmp_path: Path) -> None:
    """A value of any length leaves the line readable, and control characters are shown, not sent to the terminal."""
    [line] = refused(tmp_path, with_line("top", f'mode = "\\u001b[31m{"x" * 500}"'))
    assert len(line) < 200
    assert "\x1b" not in line
    assert "\\x1b[31mxxx" in line


@pytest.mark.parametrize(
    ("where", "line", "key"),
    [
        ("mailbox", 'password = "hunter2-canary"', "mailbox.support.password"),
        ("mailbox", 'password = ["hunter2-canary"]', "mailbox.support.password"),
        ("mailbox", 'password = {value = "hunter2-canary"}', "mailbox.support.password.value"),
        ("mailbox", 'password = {env = ["hunter2-canary"]}', "mailbox.support.password.env"),
        ("mailbox", 'password = {env = "A", file = "hunter2-canary"}', "mailbox.support.password"),
        ("mailbox", 'pasword = "hunter2-canary"', "mailbox.support.pasword"),
        ("smtp", 'password = "hunter2-canary"', "smtp.password"),
        ("top", 'secret = "hunter2-canary"', "secret"),
    ],
)
def test_a_secret_in_the_wrong_place_is_not_repeated(tmp_path: Path, where: str, line: str, key: str) -> None:
    """Whoever writes a password into the file is told so by the key, and the password appears in no error."""
    lines = refused(tmp_path, with_line(where, line))
    assert any(it.startswith(f"{key}: expected") for it in lines), lines
    assert "canary" not in "\n".join(lines)


@pytest.mark.parametrize("wrong", ["{}", '{env = ""}', '{env = "A", keyring = "b"}'])
def test_a_secret_has_one_source(tmp_path: Path, wrong: str) -> None:
    """None or several sources of a password are refused with the four there are."""
    [line] = refused(tmp_path, with_line("smtp", f"password = {wrong}"))
    assert line.startswith('smtp.password: expected a table {env = "NAME"}, {file = "PATH"}, {keyring = "SERVICE"} or {command = […]}')


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("30s", timedelta(seconds=30)),
        ("5m", timedelta(minutes=5)),
        (" 24 h ", timedelta(days=1)),
        ("7d", timedelta(days=7)),
        ("1.5h", timedelta(minutes=90)),
        ("0.25s", timedelta(milliseconds=250)),
        ("3653d", timedelta(days=3653)),
    ],
)
def test_durations(tmp_path: Path, given: str, meant: timedelta) -> None:
    """A duration is a number with its unit."""
    assert load(written(tmp_path, with_line("mailbox", f'timeout = "{given}"'))).mailbox["support"].timeout == meant


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ('"now"', "now"),
        ('"all"', "all"),
        ("2026-01-31", datetime(2026, 1, 31, tzinfo=UTC)),
        ('"2026-01-31"', datetime(2026, 1, 31, tzinfo=UTC)),
        ("2026-01-31T10:00:00", datetime(2026, 1, 31, 10, tzinfo=UTC)),
        ("2026-01-31T10:00:00+02:00", datetime(2026, 1, 31, 8, tzinfo=UTC)),
    ],
)
def test_where_an_account_begins(tmp_path: Path, given: str, meant: object) -> None:
    """The beginning is now, all or a moment; a moment without its zone is UTC wherever the machine stands."""
    assert load(written(tmp_path, with_line("mailbox", f"start = {given}"))).mailbox["support"].start == meant


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_plain_text_stays_on_the_machine(host: str) -> None:
    """Without encryption a server may only be on the loopback; names that merely look like it are refused."""
    assert MailboxSettings(host=host, port=143, security="none").security == "none"
    for near in (f"{host}.evil.example", f"x{host}"):
        with pytest.raises(ValueError, match="loopback only"):
            SmtpSettings(host=near, port=25, security="none")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"mode = ", "expected TOML"),
        (b"mode = 'live'\nmode = 'live'", "expected TOML"),
        (b"name = '\xff'", "expected TOML"),
        (b"\x00", "expected TOML"),
    ],
)
def test_what_is_no_toml_is_told(tmp_path: Path, content: bytes, said: str) -> None:
    """A file that cannot be read as TOML in UTF-8 is one line with its name."""
    path = tmp_path / "triage.toml"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=said) as error:
        load(path)
    [line] = error.value.problems
    assert line.startswith(f"{path}: ")
    assert isinstance(error.value, PermanentError)


@pytest.mark.parametrize("name", ["missing.toml", ""], ids=["no such file", "a directory"])
def test_a_missing_file_names_the_way_to_make_one(tmp_path: Path, name: str) -> None:
    """Where there is no configuration the error says which command writes one."""
    with pytest.raises(SettingsError, match="`triage init` writes one"):
        load(tmp_path / name)


@pytest.mark.parametrize("folder", ["config", "etc"])
def test_relative_paths_start_at_the_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    """Paths of store, passwords and certificates are taken from the directory of the installation, wherever the daemon is started."""
    (tmp_path / folder).mkdir()
    text = with_line("mailbox", 'ca_file = "tls/ca.pem"').replace('{env = "IMAP_PASSWORD"}', '{file = "secrets/imap"}')
    text += '[paths]\nstore = "data/t.db"\ntemplates = "/srv/templates"\n'
    path = written(tmp_path / folder, text)
    monkeypatch.chdir(path.parent)
    base = tmp_path if folder == "config" else tmp_path / folder
    settings = load(Path("triage.toml"))
    assert (settings.paths.store, settings.paths.state) == (base / "data/t.db", base / "var")
    assert settings.paths.templates == Path("/srv/templates")
    account = settings.mailbox["support"]
    assert account.password
    assert (account.ca_file, account.password.file) == (base / "tls/ca.pem", base / "secrets/imap")
    assert (settings.smtp.ca_file, settings.smtp.password) == (None, None)


def test_right_values_of_every_kind_are_taken(tmp_path: Path) -> None:
    """Time zones, patterns, limits and other spellings of addresses that are right are kept as they are."""
    text = with_line("identity", 'time_zone = "America/New_York"')
    text += '[extraction]\norder = ["SO-[0-9]{6}"]\n[limits]\nper_hour = 0\n[log]\njson_lines = true\n'
    text = text.replace("finance@shop.example", "o'neil+finance@Shop-2.x.example")
    settings = load(written(tmp_path, text))
    assert settings.identity.time_zone == "America/New_York"
    assert (settings.extraction.order, settings.limits.per_hour, settings.log.json_lines) == (("SO-[0-9]{6}",), 0, True)
    assert settings.departments["finance"].address == "o'neil+finance@shop-2.x.example"


def test_settings_do_not_change(tmp_path: Path) -> None:
    """What was loaded stays as it is."""
    settings = load(written(tmp_path, RIGHT))
    with pytest.raises(ValueError, match="frozen"):
        settings.mode = "live"
    assert isinstance(settings, Settings)


def test_the_installation_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Templates lie in the checkout, or in share/triage of an installation."""
    assert (project_root() / "templates" / "emails").is_dir()
    monkeypatch.setattr("triage.sections.places.__file__", str(tmp_path / "lib" / "triage" / "sections" / "places.py"))
    monkeypatch.setattr("sys.prefix", "/opt/triage")
    assert project_root() == Path("/opt/triage/share/triage")


def test_copies_arrive_where_nothing_is_taken_in(tmp_path: Path) -> None:
    """Receipt copies need a folder that is not watched, in an account that is configured; an account may be there for them alone."""
    audit = 'receipt_address = "audit@shop.example"'
    assert load(written(tmp_path, with_line("smtp", audit))).receipt_account == "support"
    for lines, said in (
        (f'{audit}\nreceipt_account = "nowhere"', "smtp.receipt_account = 'nowhere': expected the name of a table [mailbox.NAME]"),
        (f'{audit}\nreceipt_folder = "INBOX"', "smtp.receipt_folder = 'INBOX': expected a folder that is not watched"),
    ):
        [line] = refused(tmp_path, with_line("smtp", lines))
        assert said in line
    apart = '[mailbox.audit]\nhost = "imap.shop.example"\nport = 993\nreceive = false'
    lines = f'{audit}\nreceipt_account = "audit"\nreceipt_folder = "INBOX"\n{apart}'
    settings = load(written(tmp_path, with_line("smtp", lines)))
    assert (settings.receipt_account, list(settings.watched), list(settings.mailbox)) == ("audit", ["support"], ["support", "audit"])


def test_some_mailbox_is_watched(tmp_path: Path) -> None:
    """A configuration that takes nothing in is a mistake."""
    [line] = refused(tmp_path, with_line("mailbox", "receive = false"))
    assert "expected at least one" in line


def test_fallback_servers_are_servers(tmp_path: Path) -> None:
    """They are configured like the first one, in their order, and relative paths lead where those of the first lead."""
    more = '[[smtp.fallback]]\nhost = "b.example"\nport = 587\nsecurity = "starttls"\n[[smtp.fallback]]\nhost = "c.example"\nport = 465\nca_file = "c.pem"'
    settings = load(written(tmp_path, with_line("smtp", more)))
    assert [(it.host, it.port, it.security) for it in settings.smtp.fallback] == [("b.example", 587, "starttls"), ("c.example", 465, "tls")]
    assert settings.smtp.fallback[1].ca_file == tmp_path / "c.pem"
    [line] = refused(tmp_path, with_line("smtp", '[[smtp.fallback]]\nhost = "b.example"\nport = 25\nsecurity = "none"'))
    assert "loopback only" in line


@pytest.mark.parametrize(("key", "value"), [("after", 0), ("every", "soon"), ("at_most", 60), ("retrain", "sometimes"), ("weekly", True)])
def test_learning_that_makes_no_sense_is_refused(key: str, value: object) -> None:
    """A number of corrections, durations with their unit, yes or no; nothing else."""
    with pytest.raises(ValueError, match=key):
        LearningSettings.model_validate({key: value})


@pytest.mark.parametrize("value", ["1h", "0s", "often", 60])
def test_folders_are_watched_every_few_minutes_or_never(value: object) -> None:
    """A stage that stood still for longer would pass for one that hangs."""
    with pytest.raises(ValueError, match="watch"):
        MailboxSettings.model_validate({"host": "localhost", "port": 143, "watch": value})


REPORTS = "[departments.management]\nname = 'Management'\naddress = 'management@shop.example'\n[reports]\n"


def test_reports_go_to_people_who_are_there(tmp_path: Path) -> None:
    """Readers of reports are departments or agents of the same file; a stranger is named with what was expected."""
    path = tmp_path / "triage.toml"
    path.write_text(RIGHT + REPORTS + "to = ['management']\nsend = ['month']\nat = 16:30:00\n")
    found = load(path).reports
    assert (found.to, found.send, found.at.hour) == (("management",), ("month",), 16)
    path.write_text(RIGHT + REPORTS + "to = ['eve']\n")
    with pytest.raises(SettingsError, match=r"reports\.to = 'eve': expected the name of a table"):
        load(path)


@pytest.mark.parametrize("line", ["send = ['year']", "at = '25:00'", "to = 'management'", "every = '1d'"])
def test_reports_that_make_no_sense_are_refused(tmp_path: Path, line: str) -> None:
    """Spans, times and keys that there are not are refused, each with its name."""
    path = tmp_path / "triage.toml"
    path.write_text(RIGHT + REPORTS + line + "\n")
    with pytest.raises(SettingsError, match=re.escape(f"reports.{line.split(maxsplit=1)[0]}")):
        load(path)
