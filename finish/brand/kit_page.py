"""A kit as a web page: colours with their contrast, type at its real sizes, logos on grounds, and footage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from finish.brand.kit_reading import OpenedKit
from finish.errors import FinishError
from finish.model import Document
from finish.model.brand_kit import LEAST_CONTRAST, BrandKit
from finish.model.colour_contrast import contrast_ratio
from finish.pages import components, document
from finish.pages.components import Column
from finish.pages.frames import Frame, Pixels, gallery
from finish.pages.html_markup import Child, Markup, element
from finish.stages.composite import canvas, picture_file
from finish.stages.composite.ground_contrast import LEAST_LOGO_CONTRAST, contrast_on
from finish.stages.composite.lettering import LetteringLine, drawn
from finish.units import Size

_WHITE, _BLACK = "#FFFFFF", "#101014"
_SHORT: Final = 1080  # px: the short side of the frames for which type is shown
# The em of each size of type where the kit states none, as shares of the short side: those of the graphics.
_SIZES: Final = {"heading": 0.075, "title": 0.05, "subtitle": 0.034, "caption": 0.06, "legal": 0.03}
_DISPLAY: Final = ("heading", "title")  # sizes that the display font has
_SPECIMEN: Final = "Hamburgefonstiv 0123"
_PLATE: Final = Size(480, 270)  # px: a logo on its ground
_ROOM: Final = 0.62  # of a plate, for a logo


@dataclass(frozen=True)
class KitFrames:
    """Frames of the kit on footage, under a title."""

    title: str
    frames: tuple[Frame, ...]


def kit_page(opened: OpenedKit, footage: Sequence[KitFrames] = ()) -> bytes:
    """The page in UTF-8."""
    kit = opened.brand.kit
    sections = [*_colours(kit), *_type(kit), *_logos(kit), *_footage(footage), *_words(kit)]
    facts = (f"{len(kit.colours)} colours", f"{len(kit.fonts)} fonts", f"digest {opened.brand.digest[:16]}")
    notices = [components.notice("attention", warning) for warning in opened.warnings]
    return document.page(opened.title, notices, sections, kind="Brand", details=facts)


def _colours(kit: BrandKit) -> Iterator[Markup]:
    if not kit.colours:
        return
    swatches = element(
        "ul", [_swatch(role, colour) for role, colour in kit.colours.items()], class_="swatches"
    )
    yield components.section("Colours", swatches, _contrast(kit) if kit.contrast else None)


def _swatch(role: str, colour: str) -> Markup:
    """A colour, on itself its name in the ink that reads best."""
    ink = max((_WHITE, _BLACK), key=lambda other: contrast_ratio(other, colour))
    ratio = contrast_ratio(ink, colour)
    return element(
        "li",
        element("strong", role),
        element("span", colour),
        element("span", f"{'white' if ink == _WHITE else 'black'} {ratio:.1f}:1"),
        style=f"background:{colour};color:{ink}",
    )


def _contrast(kit: BrandKit) -> Markup:
    columns = (Column("Pair"), Column("Sample"), Column("Contrast", True), Column("Least", True))
    return components.table(columns, [_pair(kit, *pair) for pair in kit.contrast], compact=True)


def _pair(kit: BrandKit, first: str, second: str, use: str = "text") -> tuple[Child, ...]:
    one, other = kit.colours[first], kit.colours[second]
    sample = element("span", "Aa 123", class_="sample", style=f"color:{one};background:{other}")
    return (
        f"{first} on {second}",
        sample,
        f"{contrast_ratio(one, other):.1f}:1",
        f"{LEAST_CONTRAST[use]:g}:1",
    )


def _type(kit: BrandKit) -> Iterator[Markup]:
    """Each size of type in its font, on a frame whose short side is 1080 px."""
    specimens = []
    for role, standard in _SIZES.items():
        share = getattr(kit.type, role) or standard
        name, font = _font(kit, role)
        label = f"{role.capitalize()}, {round(share * _SHORT)} px of {_SHORT}"
        specimens.append(Frame(_specimen(kit, font, role, share), label, name))
    details = [f"{role}: {font.path.name}" for role, font in kit.fonts.items()]
    yield components.section("Type", gallery(specimens), details=details)


def _font(kit: BrandKit, role: str) -> tuple[str, Document | None]:
    """The name and the file of the font of a size of type; a packaged one without a file."""
    order = ("display", "text") if role in _DISPLAY else ("text", "display")
    font = next((kit.fonts[name] for name in order if name in kit.fonts), None)
    return (font.path.name, font) if font is not None else ("Noto Sans", None)


def _specimen(kit: BrandKit, font: Document | None, role: str, share: float) -> Pixels:
    line = LetteringLine(_SPECIMEN, 600 if role in _DISPLAY else 400, share * _SHORT, font)
    letters, left, baseline = drawn(line)
    ground, ink = kit.colours.get("ground", _BLACK), kit.colours.get("text", _WHITE)
    em = share * _SHORT
    cover = np.zeros((round(2.2 * em), _SHORT), np.float32)
    top, margin = round(1.45 * em) - baseline, round(0.04 * _SHORT) - left
    _laid(cover, letters, margin, top)
    behind, front = np.array(canvas.rgb(ground), np.float32), np.array(canvas.rgb(ink), np.float32)
    return _codes(behind + cover[..., None] * (front - behind))


def _laid(cover: NDArray[np.float32], letters: NDArray[np.float32], left: int, top: int) -> None:
    """Put letters onto a cover; what is outside of it is cut off."""
    rows, columns = slice(max(0, top), top + letters.shape[0]), slice(max(0, left), left + letters.shape[1])
    target = cover[rows, columns]
    part = letters[max(0, -top) :, max(0, -left) :][: target.shape[0], : target.shape[1]]
    target[: part.shape[0], : part.shape[1]] = part


def _logos(kit: BrandKit) -> Iterator[Markup]:
    """Each variant on each ground that it may stand on, with its contrast."""
    variants = {name: file for name in ("light", "dark", "mark") if (file := getattr(kit.logos, name))}
    roles = kit.logos.grounds or ("ground", "primary", "accent")
    grounds = {role: kit.colours[role] for role in roles if role in kit.colours}
    grounds = grounds or {"black": _BLACK, "white": _WHITE}
    frames = [
        Frame(_on_ground(file, colour), f"{name} on {role}", _legible(file, colour))
        for name, file in variants.items()
        for role, colour in grounds.items()
    ]
    rules = [
        *([f"least height {kit.logos.height_min:.0%} of the short side"] if kit.logos.height_min else []),
        *([f"clear space {kit.logos.clear:g} of its height"] if kit.logos.clear else []),
        *([f"a job {kit.logos.severity} keep these rules"] if variants else []),
    ]
    if frames:
        yield components.section("Logos", gallery(frames), details=rules)


def _on_ground(file: Document, colour: str) -> Pixels:
    logo = picture_file.trimmed(picture_file.read(file))
    height, width = logo.shape[:2]
    scale = min(_ROOM * _PLATE.width / width, _ROOM * _PLATE.height / height)
    size = Size(max(1, round(width * scale)), max(1, round(height * scale)))
    left, top = (_PLATE.width - size.width) // 2, (_PLATE.height - size.height) // 2
    return _codes(canvas.over(canvas.flat(_PLATE, colour), canvas.fitted(logo, size), left, top))


def _legible(file: Document, colour: str) -> str:
    try:
        ratio = contrast_on(file, colour)
    except FinishError as error:
        return str(error)
    low = ratio < LEAST_LOGO_CONTRAST
    return f"contrast {ratio:.1f}:1" + (f", less than {LEAST_LOGO_CONTRAST:g}:1" if low else "")


def _footage(footage: Sequence[KitFrames]) -> Iterator[Markup]:
    for part in footage:
        yield components.section(part.title, gallery(part.frames))


def _words(kit: BrandKit) -> Iterator[Markup]:
    """What people read and write: names, forbidden words, licences."""
    rows = [
        ("Spelled so", ", ".join(kit.glossary)),
        ("Never", ", ".join(kit.never)),
        ("Names of deliverables", kit.naming),
        ("Music", ", ".join([*kit.music.beds, *kit.music.stings])),
        ("A job can't change", ", ".join(kit.must)),
        *(("Licence", _licence(kit, at)) for at in range(len(kit.licences))),
    ]
    rows = [row for row in rows if row[1]]
    if rows:
        yield components.section("Rules", components.table((Column(""), Column("")), rows))


def _licence(kit: BrandKit, at: int) -> str:
    licence = kit.licences[at]
    parts = (
        licence.holder,
        f"until {licence.until}" if licence.until else "",
        ", ".join(licence.territories),
    )
    return "\n".join([licence.what, " · ".join(part for part in parts if part)])


def _codes(picture: NDArray[np.float32]) -> Pixels:
    return np.rint(np.clip(picture[..., :3], 0, 1) * 255).astype(np.uint8)
