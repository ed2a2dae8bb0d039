"""`job.approved.yaml`: the presets, styles and defaults with which a job was first published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import Field, StrictBool

from finish.model.values import Settings

APPROVAL_VERSION: Final = 1
# Versions are shown on screens and pages, and come from files that anybody may have written.
PROGRAM_VERSION: Final = r"^[A-Za-z0-9][A-Za-z0-9.+~:_-]{0,99}$"

PlainDefault = StrictBool | int | float | str | tuple[int | float, ...]


class Approval(Settings):
    """What a job was first published with. A newer finish keeps it until `finish upgrade` replaces it.

    Packaged looks are recorded by digest only: a look never changes under its name.
    """

    version: Literal[1] = Field(default=APPROVAL_VERSION, description="the version of this format")
    finish: str = Field(
        pattern=PROGRAM_VERSION, description="the version of finish that published the job first"
    )
    brand: Annotated[str, Field(max_length=64)] = Field(
        default="", description="the digest of the brand that the job uses; another one is refused"
    )
    presets: Annotated[Mapping[str, str], Field(max_length=100)] = Field(
        default={}, description="the text of each packaged preset that the job uses, by name"
    )
    styles: Annotated[Mapping[str, str], Field(max_length=100)] = Field(
        default={}, description="the text of each packaged caption style that the job uses, by name"
    )
    titles: Annotated[Mapping[str, str], Field(max_length=100)] = Field(
        default={}, description="the text of each packaged title template that the job uses, by name"
    )
    looks: Annotated[Mapping[str, str], Field(max_length=1000)] = Field(
        default={}, description="the digest of each packaged look that the job uses, by name"
    )
    defaults: Annotated[Mapping[str, PlainDefault], Field(max_length=10_000)] = Field(
        default={},
        description="the default of each setting, by its path in the job spec, such as captions.lines",
    )
    analysers: Annotated[Mapping[str, int], Field(max_length=1000)] = Field(
        default={}, description="the version of each analyser, by name"
    )
