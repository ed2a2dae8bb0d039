"""Which pictures of a folder are logos, and which variant each is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from finish.brand.palette import InkColour, ink_colours
from finish.model import Document
from finish.model.colour_contrast import relative_luminance
from finish.stages.composite.ground_contrast import edge_luminances
from finish.stages.composite.picture_file import read, trimmed

LogoRole = Literal["light", "dark", "mark"]

_VARIANTS: Final[tuple[tuple[LogoRole, bool], ...]] = (("light", True), ("dark", False))
_WORD: Final = re.compile(r"[A-Za-z][a-z]*|[A-Z]+(?![a-z])")
_LOGO: Final = frozenset({"logo", "logos", "logotype", "wordmark", "lockup", "brandmark"})
_MARK: Final = frozenset({"mark", "icon", "symbol", "glyph", "emblem", "avatar", "favicon", "monogram"})
_LIGHT: Final = frozenset({"light", "white", "negative", "reverse", "reversed", "inverse", "inverted"})
_DARK: Final = frozenset({"dark", "black", "positive"})
_GROUND: Final = frozenset({"for", "on", "bg", "background", "ground", "mode", "theme"})
_CARD: Final = frozenset({"endcard", "card", "outro", "endframe", "packshot"})
# House values. A mark is about square; ink with this luminance at its median (WCAG 2.2) stands out on black
# as much as on white, so what is above it is light.
_SQUARE, _MIDDLE = 1.35, 0.179
# Between these, a logo has light and dark parts, and its name counts.
_DARK_INK, _LIGHT_INK = 0.03, 0.75


@dataclass(frozen=True)
class LogoPicture:
    """A picture that could be a logo: `luminance` (0 to 1) is that of its ink, `aspect` its width by its
    height.

    `own_ground`: it has no transparent border, so it covers what is behind it.
    """

    name: str
    luminance: float
    aspect: float
    height: int
    own_ground: bool
    colours: tuple[InkColour, ...]

    @property
    def words(self) -> frozenset[str]:
        return name_words(self.name)

    @property
    def is_card(self) -> bool:
        """Whether it is the picture of an end card."""
        return bool(self.words & _CARD) or {"end", "card"} <= self.words

    @property
    def is_logo(self) -> bool:
        """Whether it is a logo: its name says so, or it has a transparent ground."""
        return not self.is_card and (bool(self.words & (_LOGO | _MARK)) or not self.own_ground)

    @property
    def is_mark(self) -> bool:
        return bool(self.words & _MARK) and not self.words & {"wordmark", "lockup"}

    @property
    def is_square(self) -> bool:
        return 1 / _SQUARE <= self.aspect <= _SQUARE

    @property
    def is_light(self) -> bool:
        """Whether it is in light colours: by its name, where its ink has light and dark parts."""
        if self.says_light is not None and _DARK_INK < self.luminance < _LIGHT_INK:
            return self.says_light
        return self.luminance > _MIDDLE

    @property
    def says_light(self) -> bool | None:
        """Whether its name says that it is in light colours; None if it says nothing, or both."""
        light, dark = bool(self.words & _LIGHT), bool(self.words & _DARK)
        if light == dark:
            return None
        return dark if self.words & _GROUND else light  # `for-dark` is in light colours

    @property
    def reason(self) -> str:
        """Why it is the light or the dark variant."""
        text = f"its ink has a luminance of {self.luminance:.2f}"
        if self.says_light is None:
            return text
        return (
            text if self.says_light is self.is_light else f"{text}, though its name says otherwise: check it"
        )


@dataclass(frozen=True)
class ChosenLogo:
    """A logo in its role, and why."""

    role: LogoRole
    picture: LogoPicture
    reason: str


def logo_picture(name: str, document: Document) -> LogoPicture:
    """The facts about a picture; MediaError for one that can't be read."""
    picture = trimmed(read(document))
    height, width = picture.shape[:2]
    return LogoPicture(
        name,
        _luminance(picture),
        width / height,
        height,
        not edge_luminances(document),
        ink_colours(picture, name),
    )


def chosen_logos(pictures: Sequence[LogoPicture]) -> tuple[ChosenLogo, ...]:
    """The logos of a kit: a light and a dark variant, and a mark, as far as there are such pictures."""
    logos = [picture for picture in pictures if picture.is_logo]
    marks = [logo for logo in logos if logo.is_mark]
    if not marks and any(not logo.is_square for logo in logos):
        marks = [logo for logo in logos if logo.is_square]
    complete = [logo for logo in logos if logo not in marks] or marks
    chosen = [
        ChosenLogo(role, best, best.reason)
        for role, light in _VARIANTS
        if (best := _best([logo for logo in complete if logo.is_light is light]))
    ]
    mark = _best([logo for logo in marks if logo not in complete])
    if mark:
        why = "its name says so" if mark.is_mark else "it is the only square one"
        chosen.append(ChosenLogo("mark", mark, why))
    return tuple(chosen)


def _best(logos: Sequence[LogoPicture]) -> LogoPicture | None:
    """The one that says that it is a logo, has a transparent ground, and has the most rows."""
    return max(
        logos,
        key=lambda logo: (not logo.own_ground, bool(logo.words & _LOGO), logo.height, logo.name),
        default=None,
    )


def name_words(name: str) -> frozenset[str]:
    """The words of a file's path, in lower case: `Logos/AcmeLogo_dark.png` has logos, acme, logo and dark."""
    stem = name.rsplit(".", 1)[0]
    return frozenset(word.lower() for word in _WORD.findall(stem))


def _luminance(picture: NDArray[np.float32]) -> float:
    """The median of the luminance of a picture's ink."""
    inked = picture[picture[:, :, 3] > 0.5][:, :3]
    median = np.median(inked, axis=0) if len(inked) else (0.0, 0.0, 0.0)
    return float(relative_luminance(median))
