"""A caption style: how captions look, in em, so that a style is the same on every frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, PrivateAttr

from finish.model import Document, Settings

if TYPE_CHECKING:
    from finish.stages.captions.typesetting.packaged_fonts import FontFace

Colour = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]
Opacity = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Ems = Annotated[float, Field(ge=0, le=2, allow_inf_nan=False)]


class OutlineStyle(Settings):
    """A line around every letter."""

    width: Ems = Field(description="em")
    blur: Ems = Field(default=0, description="em by which the outer edge is softened")
    colour: Colour = Field(default="#000000", description="#RRGGBB")
    opacity: Opacity = Field(default=1, description="0 transparent to 1 opaque")


class ShadowStyle(Settings):
    """A soft copy of the text, below it."""

    drop: Ems = Field(description="em below the text")
    blur: Ems = Field(default=0, description="em by which the shadow is softened")
    colour: Colour = Field(default="#000000", description="#RRGGBB")
    opacity: Opacity = Field(default=0.5, description="0 transparent to 1 opaque")


class PlateStyle(Settings):
    """A rounded plate behind the whole card."""

    colour: Colour = Field(default="#000000", description="#RRGGBB")
    opacity: Opacity = Field(default=0.8, description="0 transparent to 1 opaque")
    padding: tuple[Ems, Ems] = Field(
        default=(0.5, 0.25), description="em beside the text, em above and below it"
    )
    radius: Ems = Field(default=0.25, description="em; radius of the corners")
    across: bool = Field(default=False, description="as wide as the safe area")


class SpokenWordStyle(Settings):
    """How a card shows which word is spoken."""

    how: Literal["fill", "word", "type"] = Field(
        description="fill: a sweep over each word; word: the spoken word lights up; type: letters appear"
    )
    colour: Colour = Field(default="#FFE500", description="#RRGGBB of what is spoken")


class CaptionStyle(Settings):
    """One caption style: a folder with a style.yaml, and the font files that it names.

    `font` is the name of a file next to the style; once the file is found, it identifies the font by its
    bytes.
    """

    title: str = Field(description="the name that people read")
    family: str = Field(default="Noto Sans", description="a packaged font family")
    font: Annotated[str, Field(pattern=r"^[^/\\\\]+$", max_length=200)] | None = Field(
        default=None, description="a font file beside the style, instead of a family"
    )
    weight: Literal[400, 500, 600, 700] = Field(default=600, description="400 regular to 700 bold")
    size: Annotated[float, Field(ge=0.02, le=0.2, description="the em, as a share of the frame's short side")]
    case: Literal["as-is", "upper"] = Field(default="as-is", description="upper draws capitals only")
    colour: Colour = Field(default="#FFFFFF", description="#RRGGBB of the letters")
    outline: OutlineStyle | None = Field(default=None, description="a line around every letter")
    shadow: ShadowStyle | None = Field(default=None, description="a soft copy below the text")
    box: PlateStyle | None = Field(default=None, description="a plate behind the card")
    leading: Annotated[float, Field(ge=1, le=2, description="em from baseline to baseline")] = 1.25
    lines: Literal[1, 2] = Field(default=2, description="the most lines of a card")
    words: Annotated[int, Field(ge=1, le=50)] | None = Field(
        default=None, description="the most words of a card; without a number, as many as fit"
    )
    entrance: Literal["none", "pop"] = Field(default="none", description="how a card comes in")
    spoken: SpokenWordStyle | None = Field(default=None, description="how the card follows the spoken words")
    emphasis: Colour | None = Field(
        default=None, description="#RRGGBB of bold words; otherwise the letters' colour"
    )
    _own: FontFace | None = PrivateAttr(default=None)

    @property
    def face(self) -> FontFace:
        """The font that draws every character that it has; FontError for a family that isn't packaged."""
        from finish.stages.captions.typesetting import (
            packaged_fonts,  # fonts are loaded only where letters are
        )

        return self._own or packaged_fonts.family(self.family)

    def drawn_by(self, document: Document) -> CaptionStyle:
        """The style with the font of a document."""
        from finish.stages.captions.typesetting.custom_font import custom_font

        face = custom_font(document, self.weight)
        style = self.model_copy(update={"font": face.family})
        style._own = face
        return style
