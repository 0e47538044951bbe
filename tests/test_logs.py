"""Log lines: by name with fields, one event to a line whatever the fields hold, and nothing of persons or secrets."""

import json
from collections.abc import Callable, Iterator

import pytest
import structlog

from triage import logs

Lines = Callable[[], list[str]]


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[Lines]:
    """What was logged so far, by lines; standard output must stay clean for programs."""

    def read() -> list[str]:
        out, err = capsys.readouterr()
        assert out == ""
        return err.split("\n")[:-1]

    yield read
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def test_json_lines_carry_name_time_level_and_fields(lines: Lines) -> None:
    """An event is one JSON object with its name, source, level, time in UTC and fields."""
    logs.configure(json=True)
    logs.get_logger("deliver").warning("deferred", delivery=7, code=451)
    [line] = lines()
    said = json.loads(line)
    assert said.pop("timestamp").endswith("Z")
    assert said == {"event": "deferred", "source": "deliver", "level": "warning", "delivery": 7, "code": 451}


def test_text_lines_read_well(lines: Lines) -> None:
    """The same event as text is one line without colours."""
    logs.configure()
    logs.get_logger("deliver").info("sent", delivery=7)
    [line] = lines()
    assert "sent" in line
    assert "delivery=7" in line
    assert "source=deliver" in line
    assert "\x1b" not in line


@pytest.mark.parametrize(("level", "expected"), [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)])
def test_the_level_is_kept(lines: Lines, level: str, expected: int) -> None:
    """Events below the configured level are left out."""
    logs.configure(level=level, json=True)
    log = logs.get_logger("test")
    for name in ("debug", "info", "warning", "error"):
        getattr(log, name)("event")
    assert len(lines()) == expected


def test_what_is_bound_is_in_every_line(lines: Lines) -> None:
    """Message and case are bound once for a unit of work."""
    logs.configure(json=True)
    structlog.contextvars.bind_contextvars(message=3, case="SP-100001")
    logs.get_logger("decide").info("decided")
    said = json.loads(lines()[0])
    assert (said["message"], said["case"]) == (3, "SP-100001")


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize(
    "field",
    [
        "address",
        "recipient",
        "requester",
        "sender",
        "from",
        "to",
        "subject",
        "body",
        "text",
        "password",
        "secret",
        "token",
        "Subject",
        "TO",
    ],
)
def test_personal_fields_are_withheld(lines: Lines, as_json: bool, field: str) -> None:
    """A field that would name a person or a secret is replaced, also inside another field and when it was bound."""
    logs.configure(json=as_json)
    log = logs.get_logger("test")
    log.info("event", **{field: "canary"})
    log.info("event", headers={field: "canary", "deeper": {field: ["canary"]}, "size": 5})
    log.bind(**{field: "canary"}).info("event")
    said = lines()
    assert len(said) == 3
    assert all("[withheld]" in line for line in said)
    assert "canary" not in "".join(said)
    assert "size" in said[1]


@pytest.mark.parametrize("as_json", [True, False], ids=["json", "text"])
@pytest.mark.parametrize(
    "nasty",
    [
        "x\r\n2026-03-02T12:00:00Z [info] login ok",
        "x\nlevel=error",
        "\x1b]0;title\x07",
        "\x1b]52;c;Y2FuYXJ5\x1b\\",
        "\x1b[2J\x1b[1;1H",
        "\x9b31mred",
        "a\x7f\x08b",
        "safe\u202etxt.exe",
        "zero\u200bwidth",
        "line\u2028separator\u2029",
        "\x85next",
        "\x00",
        "lone \ud800 surrogate",
    ],
)
def test_no_field_forges_a_line_or_drives_a_terminal(lines: Lines, as_json: bool, nasty: str) -> None:
    """Line breaks, escape sequences and invisible characters come out spelt, in values of every shape."""
    logs.configure(json=as_json)
    logs.get_logger("test").info(f"event {nasty}", filename=nasty, several=[nasty], table={"a": nasty}, error=ValueError(nasty))
    said = lines()
    assert len(said) == 1
    assert said[0].isprintable()
    if as_json:
        assert json.loads(said[0])["level"] == "info"


@pytest.mark.parametrize("as_json", [True, False], ids=["json", "text"])
def test_an_exception_is_told_without_local_values(lines: Lines, as_json: bool) -> None:
    """A traceback is in the log in spelt line breaks, and values of local variables are not."""
    logs.configure(json=as_json)
    password = "".join(["can", "ary"])
    try:
        raise ValueError(f"of {len(password)}\n\x1b[31mletters")
    except ValueError:
        logs.get_logger("test").exception("failed")
    said = lines()
    assert len(said) == 1
    assert "ValueError: of 6\\n" in said[0].replace("\\\\", "\\")
    assert "canary" not in said[0]
    assert said[0].isprintable()


def test_ordinary_words_stay_readable(lines: Lines) -> None:
    """Letters of other scripts are not spelt in text lines, so that folder names can be read."""
    logs.configure()
    logs.get_logger("test").info("filed", folder="Rückerstattung/退款")
    assert "Rückerstattung/退款" in lines()[0]
