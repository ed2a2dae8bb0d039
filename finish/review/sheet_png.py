"""A review sheet as one picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import ceil
from typing import Final

import numpy as np

from finish.review import page_text
from finish.review.page import PageCell, PageRow, PageSection, SafeZoneShares, SheetPage
from finish.review.page_text import Ink
from finish.review.small_frames import Pixels

# House layout: a neutral dark grey, which shifts no colour; four small 16:9 frames, or seven of 9:16, fill a
# line.
WIDTH, MARGIN, GAP = 2048, 24, 16
PAPER: Final[Ink] = (26, 26, 26)
INK: Final[Ink] = (238, 238, 238)
QUIET: Final[Ink] = (158, 158, 158)
ALARM: Final[Ink] = (255, 128, 112)
TITLE_EM, SECTION_EM, ROW_EM, EM = 32, 25, 19, 16
WORD_LINES: Final = 2
DASH: Final = 6  # px of light, then as many of dark, so that the outline is visible on any picture
LIGHT, DARK = (255, 255, 255), (0, 0, 0)
_INNER: Final = WIDTH - 2 * MARGIN


def picture(page: SheetPage) -> bytes:
    """The page as PNG."""
    bands = [_line(page.title, TITLE_EM, INK), *_paragraph(_dotted(page.facts), EM, QUIET)]
    for section in page.sections:
        bands += _section(section)
    width = max(band.shape[1] for band in bands)
    return _png(
        np.pad(
            np.concatenate([_widened(band, width) for band in bands]),
            ((MARGIN, MARGIN), (MARGIN, MARGIN), (0, 0)),
            constant_values=PAPER[0],
        )
    )


def zoned(frame: Pixels, zone: SafeZoneShares) -> Pixels:
    """The frame with its safe area as a dashed outline of two tones."""
    height, width = frame.shape[:2]
    left, right = round(zone.left * width), min(width - 1, round(zone.right * width))
    top, bottom = round(zone.top * height), min(height - 1, round(zone.bottom * height))
    drawn = frame.copy()
    for edge in (
        drawn[top, left : right + 1],
        drawn[bottom, left : right + 1],
        drawn[top : bottom + 1, left],
        drawn[top : bottom + 1, right],
    ):
        edge[:] = np.where((np.arange(len(edge)) // DASH % 2)[:, None], DARK, LIGHT)
    return drawn


def _section(section: PageSection) -> Iterator[Pixels]:
    if section.title:
        yield _space(MARGIN)
        yield _line(section.title, SECTION_EM, INK)
    yield from _paragraph(_dotted(section.facts), EM, QUIET)
    for row in section.rows:
        yield from _row(row)


def _row(row: PageRow) -> Iterator[Pixels]:
    yield _space(GAP)
    title = _line(row.title, ROW_EM, INK, 2 * _INNER // 3)
    yield _beside([title, _line(_dotted(row.facts), ROW_EM, QUIET, _INNER - GAP - title.shape[1])])
    yield from _paragraph(row.trouble, EM, ALARM)
    if row.cells:
        across = _across(row.cells)
        for start in range(0, len(row.cells), across):
            yield _space(GAP // 2)
            yield _beside([_cell(cell, row.zone) for cell in row.cells[start : start + across]])


def _across(cells: Sequence[PageCell]) -> int:
    """How many cells a line holds, so that all lines are about equally long."""
    width: int = cells[0].picture.shape[1]
    most = max(1, (_INNER + GAP) // (width + GAP))
    return ceil(len(cells) / ceil(len(cells) / most))


def _cell(cell: PageCell, zone: SafeZoneShares | None) -> Pixels:
    width = cell.picture.shape[1]
    lines = [(line, INK) for line in page_text.wrapped(cell.head, EM, width, 1)]
    lines += [(line, QUIET) for line in page_text.wrapped(cell.words, EM, width, WORD_LINES)]
    frame = zoned(cell.picture, zone) if zone else cell.picture
    parts = [frame, _space(4), *(_line(line, EM, ink) for line, ink in lines)]
    return np.concatenate([_widened(part, width)[:, :width] for part in parts])


def _dotted(facts: Iterable[str]) -> str:
    return "  ·  ".join(filter(None, facts))


def _paragraph(words: str, em: int, ink: Ink) -> list[Pixels]:
    return [_line(line, em, ink) for line in page_text.wrapped(words, em, _INNER, 3)]


def _line(words: str, em: int, ink: Ink, width: int = _INNER) -> Pixels:
    return page_text.drawn("".join(page_text.wrapped(words, em, width, 1)), em, ink, PAPER)


def _beside(parts: Sequence[Pixels]) -> Pixels:
    tallest = max(part.shape[0] for part in parts)
    filled = [
        np.pad(part, ((0, tallest - part.shape[0]), (0, GAP), (0, 0)), constant_values=PAPER[0])
        for part in parts
    ]
    return np.concatenate(filled, axis=1)[:, :-GAP]


def _widened(part: Pixels, width: int) -> Pixels:
    return np.pad(part, ((0, 0), (0, max(0, width - part.shape[1])), (0, 0)), constant_values=PAPER[0])


def _space(height: int) -> Pixels:
    return np.full((height, 1, 3), PAPER, np.uint8)


def _png(page: Pixels) -> bytes:
    import cv2

    good, data = cv2.imencode(".png", np.ascontiguousarray(page[:, :, ::-1]))
    assert good
    return bytes(data.tobytes())
