"""When models are taught with what people have corrected."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from triage.sections.values import Duration, Section


class LearningSettings(Section):
    """When models are taught with what people have corrected."""

    #: False: corrections answer near-identical messages, and no model is ever replaced by itself.
    retrain: bool = True
    #: After so many new corrections.
    after: Annotated[int, Field(ge=1)] = 20
    #: At the latest this long after the last time, if there was any correction since.
    every: Duration = timedelta(hours=24)
    #: A lesson that takes longer is given up.
    at_most: Duration = timedelta(hours=1)
