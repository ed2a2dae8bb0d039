"""The settings of titles: a template, its words, when it shows, and where."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Final, Literal, Self

from pydantic import ConfigDict, Field, field_validator, model_validator

from finish import model
from finish.model import Document, Seconds
from finish.model.drawn_text import DRAWN
from finish.model.font_files import readable_font
from finish.model.values import TitleFile, as_mistake
from finish.stages.composite.text_settings import FontFile, Words, one_line
from finish.stages.composite.titles.title_content import NumberFormat, TitleContent
from finish.stages.composite.titles.title_template import WORDS, TitlePlace, TitleTemplate, read_template

ITEMS: Final = 8
SHORTEST_TITLE: Final = Fraction(3, 2)  # s; house value: as a lower third
Share = Annotated[float, Field(ge=0, le=1)]
_PROGRESS: Final = "progress"


class Count(model.Settings):
    """A number that runs from one value to another. A countdown runs down to zero, one a second."""

    model_config = ConfigDict(populate_by_name=True)

    start: Annotated[float, Field(alias="from", ge=-1e9, le=1e9, allow_inf_nan=False)] = Field(
        default=0, description="the first value"
    )
    end: Annotated[float, Field(alias="to", ge=-1e9, le=1e9, allow_inf_nan=False)] = Field(
        description="the last value"
    )
    seconds: Annotated[float, Field(ge=0.3, le=10)] = Field(default=1.5, description="s that it takes")
    decimals: Annotated[int, Field(ge=0, le=3)] = Field(default=0, description="digits after the point")
    separator: Literal["", ",", ".", " "] = Field(default=",", description="between thousands")
    prefix: Annotated[str, DRAWN, Field(max_length=12)] = Field(default="", description="before it")
    suffix: Annotated[str, DRAWN, Field(max_length=12)] = Field(default="", description="after it")

    @property
    def written(self) -> NumberFormat:
        """How its values are written."""
        return NumberFormat(self.decimals, self.separator, self.prefix, self.suffix)


class Title(model.Settings):
    """An animated title from `from` to `to` (s). Its template states what it shows."""

    model_config = ConfigDict(populate_by_name=True)

    template: TitleFile = Field(description="a packaged title template, or a folder's template.yaml")
    title: Words | None = Field(default=None, description="its large text")
    subtitle: Words | None = Field(default=None, description="its small text")
    kicker: Words | None = Field(default=None, description="a short text above the title")
    action: Words | None = Field(default=None, description="a call to action")
    handle: Words | None = Field(default=None, description="a name or an address")
    items: tuple[Words, ...] = Field(default=(), max_length=ITEMS, description="the items of a list")
    count: Count | None = Field(default=None, description="a number that runs")
    start: Annotated[
        Seconds | None, Field(alias="from", ge=0, description="s of the programme; 0 for progress")
    ] = None
    end: Annotated[
        Seconds | None, Field(alias="to", description="s of the programme; its end for progress")
    ] = None
    place: Literal["auto"] | TitlePlace = Field(
        default="auto", description="where it is; auto is the template's first clear place"
    )
    at: tuple[Share, Share] | None = Field(
        default=None, description="[x, y], where a callout points, as shares of the frame"
    )
    accent: Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")] = Field(
        default="#FFB000", description="#RRGGBB of plates, rules, and symbols"
    )
    font: FontFile = None
    size: Annotated[float, Field(ge=0.4, le=2)] = Field(
        default=1, description="factor on the template's size"
    )

    _plain = field_validator(*WORDS)(one_line)
    _drawable = field_validator("font")(readable_font)

    @field_validator("items")
    @classmethod
    def _plain_items(cls, items: tuple[str, ...]) -> tuple[str, ...]:
        for item in items:
            one_line(item)
        return items

    @field_validator("template")
    @classmethod
    def _valid_template(cls, document: Document) -> Document:
        with as_mistake():
            read_template(document)
        return document

    @property
    def design(self) -> TitleTemplate:
        """Its template, read."""
        return read_template(self.template)

    @property
    def name(self) -> str:
        """Its template's name, as messages use it: that of its folder."""
        return self.template.path.parent.name

    @property
    def words(self) -> str:
        """All of its words on one line."""
        texts = (*(getattr(self, name) for name in WORDS), *self.items)
        return " · ".join(text for text in texts if text)

    @property
    def content(self) -> TitleContent:
        """What its rows show."""
        texts = tuple((name, text) for name in WORDS if (text := getattr(self, name)))
        count = self.count
        return TitleContent(
            texts,
            self.items,
            accent=self.accent,
            font=self.font,
            count=(count.start, count.end, count.seconds) if count else None,
            number=count.written if count else NumberFormat(),
        )

    @model_validator(mode="after")
    def _of_its_template(self) -> Self:
        design = self.design
        stated = {
            **{name: getattr(self, name) is not None for name in WORDS},
            "items": bool(self.items),
            "count": self.count is not None,
        }
        unused = [name for name, has in stated.items() if has and name not in design.shows]
        if unused:
            takes = ", ".join(name for name in design.shows if name in stated) or "no text"
            raise ValueError(
                f"the template {self.name} doesn't show {', '.join(unused)}: it shows {takes} "
                "— delete it, or use another template"
            )
        needed = [name for name in ("title", "items", "count") if name in design.shows and not stated[name]]
        if needed and not (needed == ["count"] and design.kind == "countdown"):
            raise ValueError(f"the template {self.name} needs {', '.join(needed)} — state it")
        if not any(stated[name] for name in design.shows if name in stated) and design.kind not in (
            _PROGRESS,
            "countdown",
        ):
            raise ValueError(f"the template {self.name} has no words — state {design.shows[0]}")
        return self

    @model_validator(mode="after")
    def _where_and_when(self) -> Self:
        design = self.design
        if (design.kind == "callout") is (self.at is None):
            wrong = "a callout needs at" if self.at is None else "at is for callouts"
            raise ValueError(f"{wrong} — write at: [0.5, 0.3]" if self.at is None else f"{wrong} — delete it")
        if design.kind == "callout" and self.place != "auto":
            raise ValueError("a callout is beside its point — delete place")
        missing = [key for key, time in (("from", self.start), ("to", self.end)) if time is None]
        if missing and design.kind != _PROGRESS:
            raise ValueError(f"a title needs {' and '.join(missing)} — state when it shows, in seconds")
        if self.end is not None and self.end - (self.start or 0) < SHORTEST_TITLE:
            raise ValueError(
                f"a title must show for at least {float(SHORTEST_TITLE):g} s to be read — raise to"
            )
        return self
