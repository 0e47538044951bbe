"""What the tables of the policy file have in common."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Folder = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,80}$")]
Title = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,60}$")]


class Table(BaseModel):
    """A table of the file: unknown keys are mistakes, values never change."""

    model_config = ConfigDict(frozen=True, extra="forbid")
