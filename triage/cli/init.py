"""`triage init`: write a configuration by asking."""

import contextlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

import click

from triage.cli.context import program
from triage.cli.places import CONFIG
from triage.errors import SettingsError
from triage.sections.places import project_root
from triage.settings import load

_NUMBER = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """One thing to ask, and the keys of the file that the answer fills in."""

    option: str
    text: str
    default: str
    #: (table, key) pairs.
    fills: tuple[tuple[str, str], ...]


_QUESTIONS = (
    _Question(option="address", text="Address customers write to", default="support@shop.example", fills=(("identity", "address"),)),
    _Question(option="name", text="Name they see", default="SayPro Support", fills=(("identity", "name"),)),
    _Question(option="imap-host", text="IMAP server", default="imap.shop.example", fills=(("mailbox.support", "host"),)),
    _Question(option="imap-port", text="IMAP port", default="993", fills=(("mailbox.support", "port"),)),
    _Question(option="imap-security", text="IMAP security (tls, starttls, none)", default="tls", fills=(("mailbox.support", "security"),)),
    _Question(option="smtp-host", text="SMTP submission server", default="smtp.shop.example", fills=(("smtp", "host"),)),
    _Question(option="smtp-port", text="SMTP port", default="587", fills=(("smtp", "port"),)),
    _Question(option="smtp-security", text="SMTP security (tls, starttls, none)", default="starttls", fills=(("smtp", "security"),)),
    _Question(
        option="username",
        text="User name on both servers",
        default="support@shop.example",
        fills=(("mailbox.support", "username"), ("smtp", "username")),
    ),
    _Question(
        option="password-env",
        text="Environment variable with the password",
        default="TRIAGE_PASSWORD",
        fills=(("mailbox.support", "password"), ("smtp", "password")),
    ),
    _Question(
        option="finance", text="Finance department's address", default="finance@shop.example", fills=(("departments.finance", "address"),)
    ),
    _Question(
        option="logistics",
        text="Logistics department's address",
        default="logistics@shop.example",
        fills=(("departments.logistics", "address"),),
    ),
    _Question(
        option="canary",
        text="Mail yourself to see that the way is open: how often, e.g. 1h, or off",
        default="off",
        fills=(("canary", "every"),),
    ),
)


@click.command()
@click.option("--answer", "answers", multiple=True, metavar="QUESTION=ANSWER",
              help=f"Answer beforehand, e.g. imap-host=mail.example. Questions: {', '.join(it.option for it in _QUESTIONS)}.")  # fmt: skip
@click.option("--defaults", is_flag=True, help="Ask nothing: take the defaults for what is not answered.")
@click.option("--force", is_flag=True, help="Replace a configuration that exists.")
@click.pass_context
def init(context: click.Context, answers: tuple[str, ...], defaults: bool, force: bool) -> None:
    """Write a configuration by asking; it starts in shadow mode, in which nothing is sent or moved."""
    path: Path = context.obj or CONFIG
    if path.exists() and not force:
        raise SettingsError([f"{path} exists: expected --force to replace it"])
    given = _given(answers)
    text = (project_root() / "config" / "triage.example.toml").read_text(encoding="utf-8")
    for question in _QUESTIONS:
        answer = given[question.option] if question.option in given else _asked(question, defaults)
        for table, key in question.fills:
            text = fill(text, table, key, answer)
    _write_checked(path, text)
    click.echo(f"wrote {path}; next: `{program()} check`, then `{program()} run`")


def _asked(question: _Question, defaults: bool) -> str:
    return question.default if defaults else str(click.prompt(question.text, default=question.default))


def fill(text: str, table: str, key: str, answer: str) -> str:
    """The configuration with that key set, comments kept."""
    head, mark, rest = text.partition(f"[{table}]\n")
    # JSON's strings are TOML's, but for DEL. A port that is no number is left for the check of the settings to name.
    quoted = json.dumps(answer, ensure_ascii=False).replace("\x7f", "\\u007f")
    value = f"{{env = {quoted}}}" if key == "password" else str(int(answer)) if key == "port" and _NUMBER.fullmatch(answer) else quoted
    # A function as replacement: a backslash in an answer is a backslash.
    filled = re.sub(rf"(?m)^{key} = .{{0,200}}$", lambda _found: f"{key} = {value}", rest, count=1)
    return head + mark + filled


def _given(answers: tuple[str, ...]) -> dict[str, str]:
    given = dict(answer.split("=", 1) for answer in answers if "=" in answer)
    wrong = [
        answer for answer in answers if answer.partition("=")[0] not in {question.option for question in _QUESTIONS} or "=" not in answer
    ]
    if wrong:
        raise SettingsError([f"--answer {answer!r}: expected QUESTION=ANSWER as `triage init --help` lists them" for answer in wrong])
    return given


def _write_checked(path: Path, text: str) -> None:
    draft = path.with_name(path.name + ".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(text, encoding="utf-8")
        load(draft)
        draft.replace(path)
    except OSError as error:
        raise SettingsError([f"{path}: {error.strerror}: expected a place that can be written"]) from error
    except UnicodeEncodeError as error:
        raise SettingsError([f"{error.object[error.start : error.end]!r} in an answer: expected UTF-8"]) from error
    except SettingsError as error:
        raise SettingsError([line.replace(f"{draft}: ", "") for line in error.problems]) from error
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()
