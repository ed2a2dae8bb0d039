"""Messages of the composite stage: one function per note code, and the errors."""

from __future__ import annotations

from fractions import Fraction

from finish.errors import CapabilityError, FontError, GlyphError, MediaError, SpecError
from finish.model import Note, act, detail, know
from finish.units import Size, clock

_EXPORT = "export it as PNG with an alpha channel, or as JPEG"


def logo_enlarged(size: Size, scale: float) -> Note:
    """A logo that is enlarged from a file of `size`."""
    return act("logo-enlarged", f"logo: {size} px enlarged {scale:.1f} times — use a larger file")


def end_card(seconds: float) -> Note:
    """How much longer the end card makes the programme (s)."""
    return detail("end-card", f"end card: {round(seconds, 2):g} s longer")


def font_lacks(graphic: str, font: str, letters: str) -> Note:
    """A line that a packaged font draws, because the user's `font` lacks some `letters`."""
    return act(
        "font-lacks",
        f"{graphic}: {font} lacks {letters!r}, so a packaged font draws that line "
        "— use a font with these characters, or other words",
    )


def logo_moved(corner: str) -> Note:
    """The corner that a logo takes because the usual one isn't clear."""
    return know("logo-moved", f"logo: {corner}, because faces or text are in its usual corner")


def logo_on_plate() -> Note:
    """A logo that needs a plate to stand out."""
    text = "logo: on a plate, because it doesn't stand out from the picture"
    return know("logo-plate", f"{text} — or name variants: `logo: {{light: …, dark: …}}`")


def logo_faint(ratio: float, needed: float) -> Note:
    """A logo that doesn't stand out."""
    text = f"logo: contrast with the picture {ratio:.1f}:1, below {needed:.0f}:1"
    return act("logo-contrast", f"{text} — use another corner, or a logo with an outline")


def third_moved() -> Note:
    """A lower third that isn't at the bottom of its side."""
    return know("lower-third-moved", "lower third: moved clear of faces, text and other graphics")


def covers(graphic: str, share: float) -> Note:
    """A graphic that covers eyes or a mouth because no place is clear."""
    text = f"the {graphic} covers up to {round(100 * share)} % of a face: no place is clear"
    return act("covers-face", f"{text} — show it at another time, or check the picture")


def no_room(graphic: str, place: str) -> SpecError:
    """A graphic for which other graphics leave no room."""
    return SpecError(
        f"the {graphic} doesn't fit at {place} beside the other graphics", "move or remove one of them"
    )


def logo_too_large(size: Size, area: Size) -> SpecError:
    """A logo that is larger than the `area`."""
    message = f"the logo is {size} px and the safe area {area}"
    return SpecError(message, "lower composite: {logo: {height: …}}")


def third_too_late(start: Fraction, end: Fraction, shortest: Fraction) -> SpecError:
    """A lower third that would show for less than `shortest` (s)."""
    message = f"the programme ends at {clock(end)}, too soon after the lower third starts at {clock(start)}"
    return SpecError(message, f"let it start at least {float(shortest):g} s before the end")


def third_too_large(size: Size, area: Size) -> SpecError:
    """A lower third that is larger than the `area`."""
    message = f"a lower third of {size} px doesn't fit in the safe area of {area}"
    return SpecError(message, "shorten its title or subtitle, or move the logo")


def card_too_tall(lines: int) -> SpecError:
    """An end card with too many lines."""
    return SpecError(f"an end card of {lines} lines is taller than the safe area", "shorten its text")


def card_too_wide(graphic: str, text: str, width: int, most: int) -> SpecError:
    """A word of an end card or a label that is wider than `most` (px)."""
    message = f"{text!r} is {width} px wide on the {graphic}, wider than the safe area ({most} px)"
    return SpecError(message, "use shorter words")


def label_too_large(name: str, size: Size, area: Size) -> SpecError:
    """A label that is larger than the `area`."""
    return SpecError(f"{name} is {size} px and the safe area {area}", "shorten its text, or lower its size")


def title_too_large(name: str, area: Size) -> SpecError:
    """A title whose words don't fit, even when they are set smaller."""
    message = f"the words of the title template {name} don't fit in the safe area of {area}"
    return SpecError(message, "shorten them, lower its size, or use another template")


def title_too_short(name: str, seconds: Fraction, least: Fraction) -> SpecError:
    """A title that the end of the programme cuts off."""
    message = (
        f"{name} shows for {float(seconds):.3g} s until the programme ends, and needs {float(least):g} s"
    )
    return SpecError(message, "let it start earlier")


def title_smaller(name: str, scale: float) -> Note:
    """A title that is set smaller than its template states."""
    text = f"{name}: set at {round(100 * scale)} % of its size so that its words fit"
    return know("title-smaller", f"{text} — shorten them, or state size")


def label_too_short(name: str, seconds: Fraction, least: Fraction) -> SpecError:
    """A label that the end of the programme cuts off."""
    message = (
        f"{name} shows for {float(seconds):.3g} s until the programme ends, and needs {float(least):g} s"
    )
    return SpecError(message, "let it start earlier")


def super_unchecked(name: str) -> Note:
    """A legal super of no market."""
    text = f"{name}: size and hold aren't checked, because it names no market"
    return know("super-unchecked", f"{text} — add market: uk if it's shown there")


def starts_after_end(graphic: str, start: Fraction, end: Fraction) -> SpecError:
    """A graphic that starts after the end of the programme."""
    message = f"the {graphic} starts at {clock(start)}, but the programme ends at {clock(end)}"
    return SpecError(message, "let it start earlier")


def pixel_format(pix_fmt: str, formats: str) -> CapabilityError:
    """A pixel format that graphics can't be drawn on."""
    return CapabilityError(f"graphics can't be drawn on {pix_fmt}", f"encode the picture as {formats}")


def no_font_has(letter: str, name: str, text: str) -> GlyphError:
    """A character that no packaged font has."""
    return GlyphError(f"no font draws {letter!r} ({name}) in {text!r}", "replace the character")


def several_fonts(text: str) -> GlyphError:
    """A line that needs more than one font."""
    message = f"no single font draws all of {text!r}"
    return GlyphError(message, "keep a line to one script, without emoji among letters")


def fonts_missing() -> FontError:
    """The package with the fonts isn't installed."""
    return FontError("the packaged fonts aren't installed", "pip install manimgx-fonts")


def not_a_picture(name: str, svg: bool) -> MediaError:
    """A file in another format."""
    return MediaError(f"{name} is {'an SVG drawing' if svg else 'not a PNG or JPEG picture'}", _EXPORT)


def picture_too_large(name: str, size: Size, side: int, pixels: int) -> MediaError:
    """A picture beyond the limits of size."""
    message = f"{name} has {size} px; at most {side} px a side and {pixels:,} px in total are read"
    return MediaError(message, "export it smaller")


def transparent_picture(name: str) -> MediaError:
    """A picture of which nothing is visible."""
    return MediaError(f"{name} is completely transparent", "export it with its layers visible")


def animated_picture(name: str) -> MediaError:
    """A picture with several frames."""
    return MediaError(f"{name} is an animated PNG", "export one frame of it")


def transparent_grey(name: str) -> MediaError:
    """A grey PNG with one grey for transparent, which can't be decoded."""
    return MediaError(f"{name} marks one grey as transparent", "export it with an alpha channel")


def damaged_picture(name: str) -> MediaError:
    """A picture that can't be decoded."""
    return MediaError(f"{name} is damaged or incomplete", "export or copy it again")
