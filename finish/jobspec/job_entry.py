"""The keys of a job file, as people write them."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field

from finish.jobspec import name_fields, sources
from finish.jobspec.brand_loader import BrandPin
from finish.jobspec.entries import Codes
from finish.model import Settings

_ADDRESS: Final = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^/\x00-\x1f]+)*/?")


def _address(text: str) -> str:
    if text and not _ADDRESS.fullmatch(text):
        hint = "write s3://BUCKET/FOLDER; finished files are in out/, too"
        raise ValueError(f"isn't an address in object storage — {hint}")
    return text


class JobFile(Settings):
    """One job: one or more clips, and the files to make of each."""

    job: Annotated[str, Field(min_length=1, max_length=100)] = Field(
        "", description="the title; by default the name of its folder"
    )
    version: Annotated[str | int, AfterValidator(name_fields.valid_version)] | None = Field(
        None, description="{version} in names, such as v3"
    )
    brand: str | BrandPin = Field(
        "",
        description="the brand's file, such as brand/brand.yaml; or {file: …, digest: …} for one that stays",
    )
    libraries: tuple[str, ...] = Field(
        (), description="more folders that paths can lead into, if the person who runs the job allows them"
    )
    source: (
        str
        | sources.ImageSequenceEntry
        | Annotated[tuple[str | sources.ImageSequenceEntry, ...], Field(min_length=1)]
    ) = Field(
        description="the clip, such as media/hero.mp4, or several, such as media/*.mp4 or a list; "
        "numbered pictures as {pictures: media/shot.%04d.png, rate: 24}"
    )
    deliver: Annotated[str, AfterValidator(_address)] = Field(
        "", description="where finished files go in addition to out/: s3://BUCKET/FOLDER"
    )
    accept: Codes = Field(
        (), description="codes of notes that need no action in any deliverable, such as alpha"
    )
    timeline: Any = None
    over: Any = None
    timelines: Any = None
    clips: dict[str, Any] | None = None
    encode: Any = None
    deliverables: Annotated[tuple[Any, ...], Field(min_length=1, max_length=500)]


class TimelineJobFile(JobFile):
    """One job whose programmes are timelines."""

    source: Any = None
    clips: None = None
