"""Text for pictures of pages, drawn by MoviePy in a packaged font that has the characters."""

from __future__ import annotations

from functools import lru_cache
from math import ceil
from typing import Any, Final
from unicodedata import bidirectional

import numpy as np

from finish.review.small_frames import Pixels
from finish.stages.captions.typesetting import packaged_fonts
from finish.stages.captions.typesetting.packaged_fonts import FontFace

Ink = tuple[int, int, int]
LINE: Final = 1.45  # em from one line to the next, and
# … and from a line's top to its baseline: Latin and Thai with marks fit; Noto Sans' own line is 1.37.
_BASELINE: Final = 1.05


def height(em: int) -> int:
    """The height of a line (px)."""
    return round(em * LINE)


def wrapped(text: str, em: int, width: int, most: int) -> list[str]:
    """`text` in at most `most` lines of `width` px, broken between words; "…" ends text that doesn't fit."""
    lines: list[str] = []
    for word in _drawable(text).split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _advance(longer, em) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    cut = [*lines[: most - 1], " ".join(lines[most - 1 :])] if len(lines) > most else lines
    return [_shortened(line, em, width) for line in cut]


def _shortened(line: str, em: int, width: int) -> str:
    """A line cut to a width, between whole clusters: a mark without its letter isn't text."""
    if _advance(line, em) <= width:
        return line
    clusters = packaged_fonts.clusters(line)
    low, high = 0, len(clusters)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (
            (middle, high) if _advance("".join(clusters[:middle]) + "…", em) <= width else (low, middle - 1)
        )
    return "".join(clusters[:low]).rstrip() + "…"


def drawn(line: str, em: int, ink: Ink, paper: Ink) -> Pixels:
    """One line of text as RGB, `height(em)` high and as wide as it is."""
    stretches = [_stretch(text, face, em, ink, paper) for text, face in _faces(_drawable(line))]
    strong = next((kind for kind in map(bidirectional, line) if kind in ("L", "R", "AL")), "L")
    ordered = stretches if strong == "L" else stretches[::-1]
    return np.concatenate([np.full((height(em), 0, 3), paper, np.uint8), *ordered], axis=1)


def _drawable(text: str) -> str:
    """The text with a mark in place of every character that no packaged font draws."""
    return "".join("?" if packaged_fonts.missing_character(letter) else letter for letter in text)


def _faces(text: str) -> list[tuple[str, FontFace]]:
    base = packaged_fonts.family("Noto Sans")
    return list(packaged_fonts.font_runs(text, base, base))


def _advance(text: str, em: int) -> float:
    return em * sum(packaged_fonts.extent(face, 400, part).advance for part, face in _faces(text))


@lru_cache(2_000)
def _stretch(text: str, face: FontFace, em: int, ink: Ink, paper: Ink) -> Pixels:
    """The part of a line in one font, with its baseline at the height of every other font's.

    The margin keeps marks and descenders complete.
    """
    from moviepy import TextClip

    margin = em  # px on all sides, cut off again
    clip: Any = TextClip(
        font=str(face.path), text=text, font_size=em, color=ink, bg_color=paper, margin=(margin, margin)
    )
    picture = np.asarray(clip.get_frame(0), np.uint8)[:, :, :3]
    top = margin + _ascent(face, em) - round(em * _BASELINE)
    return picture[top : top + height(em), margin : picture.shape[1] - margin]


def _ascent(face: FontFace, em: int) -> int:
    """The distance (px) from the top to the baseline in Pillow, which draws for MoviePy.

    It is FreeType's ascender, rounded up.
    """
    ascender: float = face.at(400).get_font_extents("ltr").ascender
    return ceil(em * ascender / face.upem)
