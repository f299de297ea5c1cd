"""Base class and types of the sections of params.yaml."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, lt=1)]
Count = Annotated[int, Field(ge=1)]
Penalty = Annotated[float, Field(ge=0)]


class Section(BaseModel):
    """A part of params.yaml: unknown keys and values of another type are errors."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


def matches(pattern: str, expected: str) -> AfterValidator:
    """Return a validator that rejects strings not matching all of ``pattern``; they are ``expected``."""

    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(f"found {text!r}, expected {expected}")
        return text

    return AfterValidator(check)
