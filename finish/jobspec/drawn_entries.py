"""The entries of a timeline that are drawn: stills, cards, and gaps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BeforeValidator, Field, PlainSerializer, field_validator, model_validator

from finish.jobspec.segment_entry import SegmentEntry
from finish.jobspec.spec_tree import quoted
from finish.jobspec.timeline_values import (
    TIME_SCHEMA,
    Box,
    Colour,
    Length,
    StillFile,
    as_time,
    more_than_none,
)
from finish.model import CardMaterial, Document, EditTime, GapMaterial, Material, StillMaterial
from finish.model.drawn_text import DRAWN
from finish.model.values import BY_CLASS, TitleFile, as_mistake
from finish.stages.composite.titles.title_template import read_template

_COLOUR: Final = re.compile(r"#[0-9A-Fa-f]{6}")
_GAPS: Final = {"black": "#000000", "white": "#ffffff"}


class StillEntry(SegmentEntry):
    """A still picture, with a move."""

    still: StillFile = Field(description="the picture: .png or .jpg")
    seconds: Length = Field(description="its length")
    move: Literal["none", "push", "pull", "pan"] = Field("none", description="a slow move of the camera")
    begin: Box | None = Field(
        None, alias="from", description="what is shown first, as shares: [left, top, right, bottom]"
    )
    end: Box | None = Field(None, alias="to", description="what is shown last, as shares")

    @model_validator(mode="after")
    def _one_move(self) -> Self:
        for key, box in (("from", self.begin), ("to", self.end)):
            if box and (box[0] >= box[2] or box[1] >= box[3]):
                raise ValueError(f"{key} is empty — write [left, top, right, bottom]")
        if (self.begin or self.end) and self.move != "none":
            raise ValueError(f"move: {self.move} and from or to are both stated — keep one")
        return self

    def material(self, paths: Sequence[Path]) -> Material:  # noqa: ARG002 (of clips)
        return StillMaterial(self.still, self.seconds, self.move, self.begin, self.end)


class CardEntry(SegmentEntry):
    """A drawn card with text."""

    card: Literal["title", "chapter", "end"] = Field(title="template", description="the template")
    seconds: Length = Field(description="its length")
    title: Annotated[str, DRAWN, Field(max_length=200)] = Field("", description="its large text")
    subtitle: Annotated[str, DRAWN, Field(max_length=200)] = Field("", description="its small text")
    background: Colour = Field("#101014", description="its colour")
    kicker: Annotated[str, DRAWN, Field(max_length=200)] = Field("", description="a text above its title")
    accent: Colour = Field("#FFB000", description="the colour of the accents of its design")
    design: TitleFile | None = Field(None, description="a title template; without one, it's plain and still")

    @field_validator("design")
    @classmethod
    def _valid_design(cls, document: Document | None) -> Document | None:
        if document is not None:
            with as_mistake():
                kind = read_template(document).kind
            if kind not in ("title", "chapter", "end card"):
                name = document.path.parent.name
                raise ValueError(f"{name} is a {kind} — use a template of a title, a chapter, or an end card")
        return document

    @model_validator(mode="after")
    def _worded(self) -> Self:
        if self.kicker and (self.design is None or "kicker" not in read_template(self.design).shows):
            raise ValueError("its design shows no kicker — delete it, or use another design")
        if self.design is not None and not (self.title or self.subtitle or self.kicker):
            raise ValueError("a card with a design needs words — state title")
        return self

    def material(self, paths: Sequence[Path]) -> Material:  # noqa: ARG002 (of clips)
        return CardMaterial(
            self.card,
            self.seconds,
            self.title,
            self.subtitle,
            self.background,
            self.kicker,
            self.accent,
            self.design,
        )


def _gap(value: Any) -> Any:
    """The length of a gap, or its colour as #RRGGBB."""
    if not isinstance(value, str) or value[:1].isdecimal():
        return more_than_none(as_time(value))
    colour = _GAPS.get(value, value)
    if not _COLOUR.fullmatch(colour):
        raise ValueError(f'{quoted(value)} isn\'t a colour — write black, white, or "#101010"')
    return colour


class GapEntry(SegmentEntry):
    """A plain colour, silent."""

    gap: Annotated[
        EditTime | str, BY_CLASS, BeforeValidator(_gap), PlainSerializer(str, return_type=str), TIME_SCHEMA
    ] = Field(description='its length; or its colour (black, white or "#101010"), and its length as seconds')
    seconds: Length | None = Field(None, description="the length of a gap with a colour")

    @model_validator(mode="after")
    def _one_length(self) -> Self:
        if isinstance(self.gap, str) and self.seconds is None:
            raise ValueError("the length is missing — add seconds")
        if isinstance(self.gap, EditTime) and self.seconds is not None:
            raise ValueError("the length is stated twice — write {gap: black, seconds: 1}, or {gap: 1}")
        return self

    def material(self, paths: Sequence[Path]) -> Material:  # noqa: ARG002 (of clips)
        if isinstance(self.gap, EditTime):
            return GapMaterial(self.gap)
        assert self.seconds is not None
        return GapMaterial(self.seconds, self.gap)
