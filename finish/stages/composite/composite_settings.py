"""The settings of the composite stage."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Annotated, Final, Literal

from pydantic import ConfigDict, Field, field_validator, model_validator

from finish import model
from finish.model import Delivery, Document, File, Seconds
from finish.model.drawn_text import DRAWN, TextFit
from finish.model.font_files import readable_font
from finish.model.values import TitleFile, as_mistake
from finish.stages.composite.label_settings import Label
from finish.stages.composite.text_settings import HEADING, FontFile, TextSize, Words, one_line
from finish.stages.composite.third_designs import DesignName
from finish.stages.composite.titles.title_settings import Title
from finish.stages.composite.titles.title_template import read_template
from finish.units import LANGUAGE

NAME: Final = "composite"  # of the stage, and of its section in a job spec

# s; house value: the animations in and out take one second; a shorter time leaves nothing to read.
SHORTEST_THIRD: Final = Fraction(3, 2)

Corner = Literal["top-left", "top-right", "bottom-left", "bottom-right"]
Side = Literal["left", "right"]
Colour = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]


def _picture(document: Document | None) -> Document | None:
    """A picture that can't be used is reported with every other mistake of the job spec."""
    if document is None:
        return None
    from finish.stages.composite import picture_file  # decoders are loaded only where there is a picture

    with as_mistake():
        picture_file.read(document)
    return document


LOGO_FILES: Final = ("file", "light", "dark", "mark")
LogoFile = File | None
LOGO_HEIGHT: Final = 0.08  # of the frame's short side; house value
LogoHeight = Annotated[float, Field(ge=0.01, le=0.5, description="a share of the frame's short side")]


class Logo(model.Settings):
    """A picture in a corner, for the whole programme or from `from` to `to` (s).

    `height` is a share of the frame's short side. A logo with variants states `light`, `dark` or `mark`
    instead of, or in addition to, `file`.
    """

    model_config = ConfigDict(populate_by_name=True)

    file: LogoFile = Field(
        default=None, description="PNG, best with an alpha channel, or JPEG; its empty border is left out"
    )
    light: LogoFile = Field(default=None, description="the logo in light colours, for dark pictures")
    dark: LogoFile = Field(default=None, description="the logo in dark colours, for light pictures")
    mark: LogoFile = Field(default=None, description="the mark alone, where the complete logo doesn't fit")
    corner: Corner | Literal["auto"] = Field(
        default="auto", description="the corner of the frame; auto is the first clear one, from top-right"
    )
    height: LogoHeight = LOGO_HEIGHT
    height_min: LogoHeight | None = Field(
        default=None, description="the least height, as a share of the frame's short side"
    )
    clear: Annotated[
        float, Field(ge=0, le=2, description="clear space around the logo, as a share of its height")
    ] = 0
    grounds: tuple[Colour, ...] = Field(
        default=(), max_length=64, description="#RRGGBB that a plate behind it can have; else dark or light"
    )
    opacity: Annotated[float, Field(ge=0.1, le=1, description="1 is opaque")] = 1
    start: Annotated[Seconds, Field(alias="from", ge=0, description="s of the programme")] = Fraction(0)
    end: Annotated[Seconds | None, Field(alias="to", description="s; the end if left out")] = None

    _readable = field_validator("file", "light", "dark", "mark")(_picture)

    @property
    def variants(self) -> tuple[tuple[str, Document], ...]:
        """The pictures of the logo with their names (file, light, dark, mark), at least one."""
        named = {name: getattr(self, name) for name in LOGO_FILES}
        return tuple((name, document) for name, document in named.items() if document is not None)

    @property
    def picture(self) -> Document:
        """The picture that is drawn where nothing chooses another variant."""
        return self.variants[0][1]

    @model_validator(mode="after")
    def _has_a_picture(self) -> Logo:
        if not self.variants:
            raise ValueError("the logo has no picture — name its file, or the logos of the brand")
        if self.height_min is not None and self.height < self.height_min:
            raise ValueError(
                f"the logo's height of {self.height:g} is less than its least height of "
                f"{self.height_min:g} — raise height"
            )
        return self

    @model_validator(mode="after")
    def _forwards(self) -> Logo:
        if self.end is not None and self.end <= self.start:
            raise ValueError(
                f"the logo ends before it starts: {float(self.start):g} to {float(self.end):g} s "
                "— swap from and to"
            )
        return self


class EndCard(model.Settings):
    """A card after the programme, for some `seconds`: a picture, or text with the largest line first."""

    file: Annotated[
        File | None,
        Field(description="PNG or JPEG: of the frame's aspect it fills it, else it keeps to the safe area"),
    ] = None
    text: Annotated[
        str | None,
        DRAWN,
        Field(min_length=1, max_length=300, description="lines of words, the first the largest"),
    ] = None
    logo: LogoFile = Field(default=None, description="a picture above the words, PNG or JPEG")
    link: Annotated[str, Field(min_length=1, max_length=300)] | None = Field(
        default=None, description="an address, drawn as a QR code"
    )
    action: Words | None = Field(
        default=None, description="a call to action, on a plate of the accent colour"
    )
    handle: Words | None = Field(default=None, description="a name or an address below everything else")
    template: TitleFile | None = Field(
        default=None, description="a title template of the kind end card; the plain card without one"
    )
    accent: Colour = Field(default="#FFB000", description="#RRGGBB of the plate behind the action")
    over: Literal["colour", "picture"] = Field(
        default="colour", description="what it is over: its background, or the last frame, darkened"
    )
    background: Colour | None = Field(default=None, description="#RRGGBB behind the card")
    font: FontFile = None
    size: TextSize = HEADING
    seconds: Annotated[
        Seconds, Field(ge=Fraction(1, 2), le=30, description="s that the card adds to the programme")
    ] = Fraction(5, 2)

    _readable = field_validator("file", "logo")(_picture)
    _drawable = field_validator("font")(readable_font)
    _plain = field_validator("link", "action", "handle")(one_line)

    @field_validator("template")
    @classmethod
    def _valid_template(cls, document: Document | None) -> Document | None:
        if document is not None:
            with as_mistake():
                kind = read_template(document).kind
            if kind != "end card":
                name = document.path.parent.name
                raise ValueError(f"{name} is a template of the kind {kind} — use one of the kind end card")
        return document

    @property
    def has_parts(self) -> bool:
        """Whether it has more than its words."""
        return any(part is not None for part in (self.logo, self.link, self.action, self.handle))

    @model_validator(mode="after")
    def _of_its_template(self) -> EndCard:
        if self.template is None:
            return self
        if self.file is not None:
            raise ValueError("a file is a whole card — delete template, or file")
        shows = read_template(self.template).shows
        stated = {"logo": self.logo, "code": self.link, "action": self.action, "handle": self.handle}
        lost = [name for name, value in stated.items() if value and name not in shows]
        if lost:
            name = self.template.path.parent.name
            raise ValueError(
                f"the template {name} has no {' or '.join(lost)} — delete it, or use another one"
            )
        return self

    @model_validator(mode="after")
    def _either(self) -> EndCard:
        if self.file is not None and (self.text is not None or self.has_parts):
            raise ValueError("an end card has either file or text — set the other to null")
        if self.file is None and self.text is None and self.logo is None:
            raise ValueError("an end card has either file or text — set the other to null")
        if self.text is not None and not (self.text.strip() and self.text.replace("\n", "").isprintable()):
            raise ValueError("the end card's text has characters that can't be printed — write lines of text")
        return self


class LowerThird(model.Settings):
    """A name and a role, shown for a time. `accent` is the colour of the bar beside them."""

    model_config = ConfigDict(populate_by_name=True)

    title: Words = Field(description="one line, such as a name")
    subtitle: Words | None = Field(default=None, description="one smaller line, such as a role")
    start: Annotated[Seconds, Field(alias="from", ge=0, description="s of the programme")]
    end: Annotated[Seconds, Field(alias="to", description="s of the programme; at least 1.5 s later")]
    side: Side | Literal["auto"] = Field(
        default="auto", description="the side of the frame; auto is the left if it's clear"
    )
    design: DesignName = Field(
        default="bar", description="what it looks like; bar, block, pill and frame have a plate"
    )
    accent: Colour = Field(default="#FFB000", description="#RRGGBB of the bar, the line, or the plate")
    font: FontFile = None
    size: TextSize = 0.044
    subtitle_size: TextSize | None = Field(
        default=None, description="as size; without a number, 0.7 of the title's"
    )

    _plain = field_validator("title", "subtitle")(one_line)
    _drawable = field_validator("font")(readable_font)

    @model_validator(mode="after")
    def _long_enough(self) -> LowerThird:
        if self.end - self.start < SHORTEST_THIRD:
            raise ValueError(
                f"a lower third must show for at least {float(SHORTEST_THIRD):g} s to be read — raise to"
            )
        return self


class CompositeSettings(model.Settings):
    """Graphics over the picture. Null removes one that a brand or a job sets."""

    logo: Logo | None = Field(default=None, description="a picture in a corner")
    end_card: EndCard | None = Field(default=None, description="a picture or words after the programme")
    lower_third: LowerThird | None = Field(default=None, description="a name and a role, shown for a time")

    labels: tuple[Label, ...] = Field(
        default=(),
        max_length=50,
        description="texts on the picture: labels, callouts, legal supers, disclosures",
    )
    titles: tuple[Title, ...] = Field(
        default=(), max_length=50, description="animated titles, each from a template"
    )
    lang: Annotated[
        str,
        Field(
            pattern=f"^({LANGUAGE.pattern})?$",
            description="BCP 47 language of a disclosure without a text; that of `for` if left out",
        ),
    ] = ""

    @property
    def worded_labels(self) -> tuple[Label, ...]:
        """The labels, each with its text."""
        return tuple(label.worded(self.lang) for label in self.labels)

    def text_fits(self, delivery: Delivery, *, rooms: bool = False) -> Iterable[TextFit]:
        from finish.stages.composite.short_texts import texts_are_short

        if not (self.lower_third or self.end_card or self.labels or self.titles):
            return ()
        if not rooms and texts_are_short(self, delivery):
            return ()
        from finish.stages.composite import text_fits  # fonts are read only where a text is measured

        return text_fits.text_fits(self, delivery)
