"""A caption style: how captions look, in em, so that a style is the same on every frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, PrivateAttr, model_validator

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
    """A soft or hard copy of the text, below it and beside it."""

    drop: Ems = Field(description="em below the text")
    side: Annotated[float, Field(ge=-2, le=2, allow_inf_nan=False)] = Field(
        default=0, description="em to the right of the text; negative: to the left"
    )
    blur: Ems = Field(default=0, description="em by which the shadow is softened")
    colour: Colour = Field(default="#000000", description="#RRGGBB")
    opacity: Opacity = Field(default=0.5, description="0 transparent to 1 opaque")


class GlowStyle(Settings):
    """Light around every letter."""

    width: Ems = Field(
        default=0.08, description="em that it extends beyond the letters, before it is softened"
    )
    blur: Ems = Field(default=0.18, description="em by which it is softened")
    colour: Colour = Field(description="#RRGGBB")
    opacity: Opacity = Field(default=0.9, description="0 transparent to 1 opaque")


class WordPlateStyle(Settings):
    """A rounded plate behind each word, or behind the word that is spoken."""

    colours: Annotated[tuple[Colour, ...], Field(min_length=1, max_length=8)] = Field(
        description="#RRGGBB; the words of a card take them in turn"
    )
    opacity: Opacity = Field(default=1, description="0 transparent to 1 opaque")
    padding: tuple[Ems, Ems] = Field(
        default=(0.2, 0.08), description="em beside the word, em above and below its line"
    )
    radius: Ems = Field(default=0.2, description="em; radius of the corners")
    gap: Ems = Field(default=0.1, description="em between the plates of two words")
    when: Literal["always", "spoken"] = Field(
        default="always", description="behind every word, or only behind the one that is spoken"
    )


class PlateStyle(Settings):
    """A rounded plate behind the whole card, or behind each of its lines."""

    colour: Colour = Field(default="#000000", description="#RRGGBB")
    opacity: Opacity = Field(default=0.8, description="0 transparent to 1 opaque")
    padding: tuple[Ems, Ems] = Field(
        default=(0.5, 0.25), description="em beside the text, em above and below it"
    )
    radius: Ems = Field(default=0.25, description="em; radius of the corners")
    across: bool = Field(default=False, description="as wide as the safe area")
    stepped: bool = Field(default=False, description="a plate for each line, as wide as the line")


class SpokenWordStyle(Settings):
    """How a card shows which word is spoken."""

    how: Literal["fill", "word", "stay", "type"] = Field(
        description="fill: a sweep over each word; word: the spoken word lights up; stay: it stays lit; "
        "type: letters appear"
    )
    colour: Colour = Field(default="#FFE500", description="#RRGGBB of what is spoken")
    accents: Annotated[tuple[Colour, ...], Field(max_length=8)] = Field(
        default=(), description="#RRGGBB; spoken words take them in turn, instead of `colour`"
    )
    scale: Annotated[float, Field(ge=1, le=1.4, allow_inf_nan=False)] = Field(
        default=1, description="the size of the spoken word; the others don't move"
    )
    unspoken: Opacity = Field(
        default=1, description="the opacity of words that are yet to come; 0 hides them"
    )

    @property
    def changes_words(self) -> bool:
        """Whether each word is drawn by itself."""
        return self.how == "stay" or bool(self.accents) or self.scale > 1 or self.unspoken < 1

    @model_validator(mode="after")
    def _of_words(self) -> Self:
        if self.changes_words and self.how in ("fill", "type"):
            raise ValueError(
                f"accents, scale and unspoken don't go with how: {self.how} — use how: word or stay"
            )
        return self


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
    weight: Literal[400, 500, 600, 700, 800, 900] = Field(
        default=600, description="400 regular to 700 bold, 900 black; Noto has weights up to 700"
    )
    size: Annotated[float, Field(ge=0.02, le=0.2, description="the em, as a share of the frame's short side")]
    case: Literal["as-is", "upper"] = Field(default="as-is", description="upper draws capitals only")
    colour: Colour = Field(default="#FFFFFF", description="#RRGGBB of the letters")
    outline: OutlineStyle | None = Field(default=None, description="a line around every letter")
    shadow: ShadowStyle | None = Field(default=None, description="a copy below the text")
    echo: ShadowStyle | None = Field(default=None, description="a second copy, below the shadow")
    glow: GlowStyle | None = Field(default=None, description="light around the letters")
    box: PlateStyle | None = Field(default=None, description="a plate behind the card")
    word_plate: WordPlateStyle | None = Field(default=None, description="a plate behind words")
    leading: Annotated[float, Field(ge=1, le=2, description="em from baseline to baseline")] = 1.25
    lines: Literal[1, 2] = Field(default=2, description="the most lines of a card")
    words: Annotated[int, Field(ge=1, le=50)] | None = Field(
        default=None, description="the most words of a card; without a number, as many as fit"
    )
    entrance: Literal["none", "pop", "fade", "rise", "drop", "zoom"] = Field(
        default="none", description="how a card comes in; a word, if words are drawn by themselves"
    )
    exit: Literal["none", "fade"] = Field(default="none", description="how a card goes out")
    spoken: SpokenWordStyle | None = Field(default=None, description="how the card follows the spoken words")
    emphasis: Colour | None = Field(
        default=None, description="#RRGGBB of bold words; otherwise the letters' colour"
    )
    _own: FontFace | None = PrivateAttr(default=None)

    @property
    def changes_words(self) -> bool:
        """Whether each word is drawn by itself, because words change or have plates."""
        return self.word_plate is not None or (self.spoken is not None and self.spoken.changes_words)

    @property
    def by_word(self) -> bool:
        """Whether a line is set as words, whose places or times matter."""
        return self.spoken is not None or self.word_plate is not None

    @model_validator(mode="after")
    def _of_words(self) -> Self:
        plate, spoken = self.word_plate, self.spoken
        if plate is None:
            return self
        if plate.when == "spoken" and spoken is None:
            raise ValueError("word_plate: when: spoken needs spoken — add spoken: {how: word}")
        if spoken is not None and spoken.how in ("fill", "type"):
            raise ValueError(f"a word_plate doesn't go with how: {spoken.how} — use how: word or stay")
        return self

    @property
    def face(self) -> FontFace:
        """The font that draws every character that it has; FontError for a family that isn't packaged."""
        from finish.stages.captions.typesetting import (
            display_fonts,  # fonts are loaded only where letters are
        )

        return self._own or display_fonts.face(self.family, self.weight)

    def drawn_by(self, document: Document) -> CaptionStyle:
        """The style with the font of a document."""
        from finish.stages.captions.typesetting.custom_font import custom_font

        face = custom_font(document, self.weight)
        style = self.model_copy(update={"font": face.family})
        style._own = face
        return style
