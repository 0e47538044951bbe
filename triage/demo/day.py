"""The sample day: every message in the order it arrives, what it waits for, and what must become of it."""

import re
import tomllib
from collections.abc import Sequence
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from triage.decision import Outcome
from triage.errors import SettingsError
from triage.inquiry import AnswerKind, Verdict

_TABLE = "day.toml"
#: `{{number:07}}` is filled with the case number of message 07; `{{date}}` with the time of delivery, `{{began}}` with that of the
#: day's beginning.
PLACEHOLDER = re.compile(rb"\{\{([a-z_]{1,30})(?::(\d\d))?\}\}")

#: Two digits: the beginning of a file's name.
Number = Annotated[str, Field(pattern=r"^\d\d$")]


class Sample(BaseModel):
    """One message with what must become of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: Annotated[str, Field(pattern=r"^\d\d-[a-z0-9-]{1,40}\.eml$")]
    #: As it lies in the package: line feeds for line ends, placeholders not yet filled.
    content: bytes
    #: Messages that must be settled before this one can be written.
    after: tuple[Number, ...] = ()
    outcome: Outcome = Outcome.OPENED
    #: category/issue of the case it opens; empty where only its being sorted or not matters.
    about: str = ""
    #: False where the honest answer is that a person has to sort it.
    sorted: bool = True
    #: Order numbers of the case it opens.
    orders: tuple[str, ...] = ()
    #: Whether its author is written to; None means when it opens a case.
    acknowledged: bool | None = None
    escalated_to: tuple[str, ...] = ()
    #: Where it lies at the end, without the prefix of the mailbox.
    folder: str
    #: The message whose case it joins.
    case: Number | None = None
    #: The message whose case is shown beside the one that it opens.
    beside: Number | None = None
    #: Of the orders it names or that are found for it; None where each is its author's own.
    verdicts: tuple[Verdict, ...] | None = None
    #: What its author is told of the order.
    told: AnswerKind | None = None
    #: How many documents go along.
    attached: int = 0
    #: Card numbers and security codes that must be masked.
    masked: int = 0

    @property
    def number(self) -> str:
        """How other messages refer to it."""
        return self.file[:2]

    @cached_property
    def is_answered(self) -> bool:
        """True where exactly one acknowledgment must be sent because of it."""
        return self.outcome is Outcome.OPENED if self.acknowledged is None else self.acknowledged


def sample_day(folder: Traversable | None = None) -> tuple[Sample, ...]:
    """The messages in their order; SettingsError where the table and the files do not fit together."""
    where = folder or files("triage.demo") / "mail"
    rows = tomllib.loads((where / _TABLE).read_text(encoding="utf-8"))["message"]
    mail = {entry.name: entry.read_bytes() for entry in where.iterdir() if entry.name.endswith(".eml")}
    problems = [f"{name}: expected a row in {_TABLE}" for name in sorted(mail.keys() - {row["file"] for row in rows})]
    samples = []
    for row in rows:
        try:
            samples.append(Sample.model_validate({**row, "content": mail.get(row["file"], b"")}))
        except ValidationError as error:
            problems += [f"{row['file']}: {problem['loc'][0]}: {problem['msg']}" for problem in error.errors()]
    problems += _misfits(samples)
    if problems:
        raise SettingsError(problems)
    return tuple(samples)


def _misfits(samples: Sequence[Sample]) -> list[str]:
    problems, earlier = [], set[str]()
    for sample in samples:
        if not sample.content:
            problems.append(f"{sample.file}: expected a file that is not empty")
        named = {found[2].decode() for found in PLACEHOLDER.finditer(sample.content) if found[2]} | {sample.case, sample.beside} - {None}
        problems += [f"{sample.file}: names {number}: expected it under `after`" for number in sorted(named - set(sample.after), key=str)]
        problems += [f"{sample.file}: after {number}: expected an earlier message" for number in sample.after if number not in earlier]
        earlier.add(sample.number)
    return problems
