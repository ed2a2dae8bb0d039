"""A title template: rows of words and shapes, how they look, and how they come in."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from finish import resources
from finish.errors import FontError
from finish.model import Document, Settings
from finish.model.yaml_models import YamlKind
from finish.units import composed

ROWS: Final = 10  # the packaged templates have at most six
_DEPTH: Final = 5
_EXAMPLE: Final = "see docs/extending/title.md for every key"

Kind = Literal[
    "title", "chapter", "end card", "callout", "list", "counter", "countdown", "progress", "sticker"
]
Content = Literal[
    "title", "subtitle", "kicker", "action", "handle", "items", "logo", "code", "count", "rule", "bar"
]
WORDS: Final[tuple[Content, ...]] = ("title", "subtitle", "kicker", "action", "handle")
Motion = Literal["none", "fade", "rise", "drop", "slide", "wipe", "pop"]
Symbol = Literal["", "bell", "heart", "play", "check", "arrow", "star", "plus"]
Role = Annotated[str, Field(pattern=r"^(ink|accent|#[0-9A-Fa-f]{6})$")]
Ems = Annotated[float, Field(ge=0, le=40, allow_inf_nan=False)]
Opacity = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Seconds = Annotated[float, Field(ge=0, le=5, allow_inf_nan=False)]


class TitlePlate(Settings):
    """What is behind words."""

    colour: Role = Field(default="#101014", description="#RRGGBB, or accent")
    opacity: Opacity = Field(default=1, description="0 transparent to 1 opaque; 0 leaves the border alone")
    radius: Ems = Field(default=0, description="em of round corners")
    padding: tuple[Ems, Ems] = Field(default=(0.5, 0.4), description="em beside, and above and below")
    border: Ems = Field(default=0, description="em of a line around it, in the accent colour")


class TitleMotion(Settings):
    """How something comes in. It goes out the same way."""

    how: Motion = Field(default="fade", description="rise, drop and slide come from behind their own edge")
    after: Seconds = Field(default=0, description="s after the title's start")
    seconds: Annotated[float, Field(ge=0.05, le=3)] = Field(default=0.5, description="s that it takes")


class TitleRow(Settings):
    """One row. Lengths are in em of the template, and `size` is a factor on it."""

    show: Content = Field(description="which text of the job; or a picture, a QR code, a number, a shape")
    size: Annotated[float, Field(ge=0.1, le=8)] = Field(default=1, description="factor on the size")
    font: str = Field(
        default="", max_length=100, description="a packaged file such as Anton-Regular, or one beside"
    )
    weight: Annotated[int, Field(ge=100, le=900)] = Field(default=600, description="of Noto Sans")
    colour: Role = Field(default="ink", description="#RRGGBB, accent, or ink: what is clear on its ground")
    capitals: bool = Field(default=False, description="whether it's set in capitals")
    tracking: Annotated[float, Field(ge=-0.1, le=1)] = Field(default=0, description="em between letters")
    leading: Annotated[float, Field(ge=0.8, le=2)] = Field(default=1.18, description="em from line to line")
    lines: Annotated[int, Field(ge=1, le=6)] = Field(default=2, description="at most")
    gap: Ems = Field(default=0.5, description="em above it")
    plate: TitlePlate | None = Field(default=None, description="behind this row alone")
    symbol: Symbol = Field(default="", description="a shape before its words")
    marker: Literal["", "number", "dot", "dash", "check"] = Field(default="", description="before an item")
    above: Ems = Field(default=0, description="em above the first item of a list, in addition to gap")
    stagger: Seconds = Field(default=0.2, description="s from item to item")
    width: Annotated[float, Field(ge=0, le=40)] = Field(
        default=0, description="em of a rule or a bar; 0 is as wide as the words, or the area"
    )
    thickness: Ems = Field(default=0.08, description="em of a rule, a bar, or a ring")
    ring: bool = Field(default=False, description="whether a number stands in a ring that runs down")
    enter: TitleMotion = Field(default_factory=TitleMotion, description="how it comes in")


class TitleEdge(Settings):
    """An upright line beside all rows."""

    thickness: Ems = Field(default=0.12, description="em")
    gap: Ems = Field(default=0.5, description="em between the line and the rows")
    colour: Role = Field(default="accent", description="#RRGGBB, accent, or ink")


class TitleLeader(Settings):
    """The line from a callout to its point."""

    length: Ems = Field(default=2.5, description="em")
    thickness: Ems = Field(default=0.07, description="em")
    dot: Ems = Field(default=0.22, description="em across the dot at the point")
    colour: Role = Field(default="accent", description="#RRGGBB, accent, or ink")


class TitleSample(Settings):
    """Words that show what the template is for, in previews."""

    title: str = Field(default="", max_length=80, description="as in a job")
    subtitle: str = Field(default="", max_length=80, description="as in a job")
    kicker: str = Field(default="", max_length=40, description="as in a job")
    action: str = Field(default="", max_length=40, description="as in a job")
    handle: str = Field(default="", max_length=40, description="as in a job")
    items: tuple[str, ...] = Field(default=(), max_length=8, description="as in a job")
    count: Annotated[float, Field(ge=-1e9, le=1e9)] | None = Field(
        default=None, description="the last value of a number that runs from 0"
    )


TitlePlace = Literal[
    "centre", "top", "bottom", "top-left", "top-right", "bottom-left", "bottom-right", "left", "right"
]


class TitleTemplate(Settings):
    """A design of titles. `size` is its em, as a share of the frame's short side."""

    schema_: Literal[1] = Field(alias="schema", description="the version of the format")
    about: Annotated[str, Field(min_length=1, max_length=120)] = Field(description="what it is for")
    kind: Kind = Field(description="what it is")
    size: Annotated[float, Field(ge=0.01, le=0.3)] = Field(description="em, as share of the short side")
    align: Literal["left", "centre", "right"] = Field(default="centre", description="of the rows")
    places: Annotated[tuple[TitlePlace, ...], Field(min_length=1, max_length=9)] = Field(
        default=("centre",), description="where it can be, the best place first"
    )
    width: Annotated[float, Field(ge=0.1, le=1)] = Field(
        default=1, description="at most, as a share of the safe area's width"
    )
    plate: TitlePlate | None = Field(default=None, description="behind all rows")
    edge: TitleEdge | None = Field(default=None, description="an upright line beside the rows")
    leader: TitleLeader | None = Field(default=None, description="of a callout")
    rows: Annotated[tuple[TitleRow, ...], Field(min_length=1, max_length=ROWS)] = Field(
        description="from top to bottom"
    )
    exit: Annotated[float, Field(ge=0, le=2)] = Field(default=0.4, description="s of the way out")
    sample: TitleSample = Field(default_factory=TitleSample, description="words for previews")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        shows = [row.show for row in self.rows if row.show not in ("rule", "bar")]
        double = next((show for show in shows if shows.count(show) > 1), None)
        if double:
            raise ValueError(f"{double} is in two rows — keep one")
        if (self.kind == "callout") is not (self.leader is not None):
            raise ValueError("a callout has a leader, and nothing else does")
        if self.kind == "progress" and "bar" not in (row.show for row in self.rows):
            raise ValueError("a progress template has a row that shows a bar")
        return self

    @property
    def shows(self) -> tuple[Content, ...]:
        """What its rows show of a job: texts, pictures, and numbers."""
        return tuple(row.show for row in self.rows if row.show not in ("rule", "bar"))

    @property
    def coming(self) -> Fraction:
        """The time after which all of it is in, but for the items of a list (s)."""
        return max(Fraction(str(row.enter.after + row.enter.seconds)) for row in self.rows)


TEMPLATE_KIND: Final = YamlKind(TitleTemplate, "title template", _EXAMPLE, _DEPTH, ("about", "font"))


@lru_cache(maxsize=64)  # validated with the spec, used by every plan
def read_template(document: Document) -> TitleTemplate:
    """The template in a document, whose fonts exist; FinishError with every mistake, each with its line."""
    template = TEMPLATE_KIND.read(document)
    for row in template.rows:
        row_font(document, row)
    return template


def row_font(document: Document, row: TitleRow) -> Document | None:
    """The font of a row: packaged, or beside the template; None for Noto Sans. FontError without one."""
    if not row.font:
        return None
    for font in document.beside:
        if composed(font.path.name) == composed(row.font):
            return font
    packaged = _packaged_fonts()
    if row.font in packaged:
        return packaged[row.font]
    hint = "put the file into the template's folder, or use one of " + ", ".join(packaged)
    raise FontError(f"no font {row.font!r} for {row.show}", hint, where=str(document.path))


@cache
def _packaged_fonts() -> dict[str, Document]:
    """The packaged display fonts by the names of their files, without the suffix."""
    return {path.stem: Document(path, path.read_bytes()) for path in sorted(_font_files())}


def _font_files() -> Iterator[Path]:
    return resources.folder("fonts").glob("*/*.ttf")
