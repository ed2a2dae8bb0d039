"""A brand kit: the tokens of a brand (colours, fonts, logos, words), from which jobs take their defaults."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, WithJsonSchema

from finish.model.colour_contrast import LARGE, TEXT, contrast_ratio
from finish.model.font_files import readable_font
from finish.model.values import File, Settings

KIT_SCHEMA: Final = 1
NEAR_DAYS: Final = 30  # house policy: a month is time enough to renew a licence
_HEX: Final = re.compile(r"#[0-9A-Fa-f]{6}")

Role = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,39}$")]
# House value, as of titles: from letters that can just be read to a word that fills a frame.
_Size = Annotated[float, Field(ge=0.01, le=0.3)]
_Word = Annotated[str, Field(min_length=1, max_length=100)]
_Territory = Annotated[str, Field(pattern=r"^[A-Z]{2}$|^world$")]
ContrastUse = Literal["text", "large", "logo"]
LEAST_CONTRAST: Final[Mapping[str, float]] = {"text": TEXT, "large": LARGE, "logo": LARGE}


def _date(value: Any) -> Any:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueError(f'"{value[:40]}" isn\'t a date — write one such as 2027-03-31') from None


def _colour(text: str) -> str:
    if not _HEX.fullmatch(text):
        raise ValueError(f'"{text[:40]}" isn\'t a colour — write #RRGGBB in quotes, such as "#FF8800"')
    return text


# The pattern isn't that of colour settings, where names of these colours stand, too.
KitColour = Annotated[
    str, AfterValidator(_colour), WithJsonSchema({"type": "string", "pattern": "^#([0-9A-Fa-f]{6})$"})
]
KitFont = Annotated[File, AfterValidator(readable_font)]
_Date = Annotated[date, BeforeValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]


class TypeScale(Settings):
    """Sizes of type by role: the em, as a share of the frame's short side."""

    heading: _Size | None = Field(default=None, description="the first line of an end card")
    title: _Size | None = Field(default=None, description="the title of a lower third")
    subtitle: _Size | None = Field(default=None, description="the subtitle of a lower third")
    caption: Annotated[float, Field(ge=0.02, le=0.2)] | None = Field(default=None, description="captions")
    legal: _Size | None = Field(default=None, description="legal lines")


class KitLogos(Settings):
    """The brand's logo and its rules."""

    light: File | None = Field(default=None, description="in light colours, for dark pictures")
    dark: File | None = Field(default=None, description="in dark colours, for light pictures")
    mark: File | None = Field(default=None, description="the mark alone, where the complete logo doesn't fit")
    height_min: Annotated[float, Field(ge=0.01, le=0.5)] | None = Field(
        default=None, description="the least height, as a share of the frame's short side"
    )
    clear: Annotated[float, Field(ge=0, le=2)] | None = Field(
        default=None, description="clear space around the logo, as a share of its height"
    )
    grounds: tuple[Role, ...] = Field(
        default=(), description="roles of the colours that it may stand on; any if left out"
    )
    severity: Literal["must", "should"] = Field(
        default="should", description="must refuses a job that departs from these rules, should notes it"
    )


class KitTemplates(Settings):
    """Settings of graphics, as defaults where a job states the graphic."""

    lower_third: Mapping[str, Any] = Field(default={}, description="keys of composite.lower_third")
    end_card: Mapping[str, Any] = Field(default={}, description="keys of composite.end_card")


class KitMusic(Settings):
    """Music by name, which jobs write instead of a file."""

    beds: Mapping[Role, str] = Field(default={}, description="files by name, for mix.music")
    stings: Mapping[Role, str] = Field(default={}, description="files by name, for mix.effects")


class KitLicence(Settings):
    """A licence of music, a font, or talent."""

    what: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        description="a file of the brand; anything else, such as a person, counts for every job"
    )
    holder: Annotated[str, Field(max_length=200)] = Field(default="", description="who grants it")
    until: _Date | None = Field(default=None, description="its last day, such as 2027-03-31")
    territories: tuple[_Territory, ...] = Field(
        default=(), description="countries as ISO 3166 codes, such as DE, or world; any if left out"
    )


class BrandKit(Settings):
    """A brand: its tokens, and sections of a job as defaults for every job that names it."""

    model_config = ConfigDict(populate_by_name=True)

    version: Literal[1] = Field(default=KIT_SCHEMA, alias="schema", description="the version of this format")
    name: Annotated[str, Field(max_length=100)] = Field(default="", description="the name of the brand")
    colours: Annotated[Mapping[Role, KitColour], Field(max_length=64)] = Field(
        default={}, description="colours by role: accent and ground are defaults of graphics"
    )
    contrast: Annotated[
        tuple[tuple[Role, Role] | tuple[Role, Role, ContrastUse], ...], Field(max_length=200)
    ] = Field(
        default=(),
        description="pairs of roles, such as [text, ground] (4.5:1) or [accent, ground, large] (3:1)",
    )
    fonts: Annotated[Mapping[Role, KitFont], Field(max_length=16)] = Field(
        default={}, description="fonts by role: display draws titles, text draws captions and smaller lines"
    )
    type: TypeScale = Field(default=TypeScale(), description="sizes of type by role")
    logos: KitLogos = Field(default=KitLogos(), description="the logo and its rules")
    templates: KitTemplates = Field(default=KitTemplates(), description="settings of graphics")
    music: KitMusic = Field(default=KitMusic(), description="music by name")
    naming: Annotated[str, Field(max_length=200)] = Field(
        default="", description="how the names of deliverables read, such as acme-{clip}-{preset}"
    )
    glossary: Annotated[tuple[_Word, ...], Field(max_length=1000)] = Field(
        default=(), description="names and how to spell them, in addition to captions.glossary"
    )
    never: Annotated[tuple[_Word, ...], Field(max_length=1000)] = Field(
        default=(), description="words that must not be drawn"
    )
    licences: Annotated[tuple[KitLicence, ...], Field(max_length=1000)] = Field(
        default=(), description="licences of music, fonts and talent"
    )
    must: Annotated[tuple[str, ...], Field(max_length=200)] = Field(
        default=(), description="settings that no job may change, such as captions.style; or never, naming"
    )

    def failing(self) -> tuple[tuple[int, float, float], ...]:
        """The contrast pairs that fail: index in `contrast`, ratio (to 1), least ratio.

        Pairs of unknown roles are left out.
        """
        failing = []
        for at, (first, second, *use) in enumerate(self.contrast):
            if first in self.colours and second in self.colours:
                ratio = contrast_ratio(self.colours[first], self.colours[second])
                least = LEAST_CONTRAST[use[0] if use else "text"]
                if ratio < least:
                    failing.append((at, ratio, least))
        return tuple(failing)
