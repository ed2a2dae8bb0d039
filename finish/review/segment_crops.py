"""The crop sheet of a timeline: each of its clips with the crop of each deliverable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from finish.model import ClipProgramme, PlacedClip, Programme
from finish.review.crop_picture import ClipSightings, page
from finish.review.moments import tidy
from finish.review.page import PageSection, SheetPage

_LEAST: Final = 2  # frames of a segment

LookUp = Callable[[ClipProgramme], ClipSightings]


def segments_page(planned: Sequence[tuple[str, Programme]], look_up: LookUp, most: int) -> SheetPage:
    """A section for each segment that is a clip, with a row for each deliverable that shows it.

    `planned` are the timeline's deliverables by their names, and `most` is the number of frames of a row.
    """
    clips: dict[str, list[tuple[str, PlacedClip]]] = {}
    for name, programme in planned:
        for part in programme.parts:
            if part.clip.source.demuxer != "drawn" and part.clip.framing is not None:
                clips.setdefault(part.name, []).append((name, part))
    share = max(_LEAST, most // max(1, len(clips)))
    pages = [(name, _segment_page(rows, look_up, share)) for name, rows in clips.items()]
    sections = tuple(
        PageSection(tidy(name), (tidy(one.title),), rows.rows) for name, one in pages for rows in one.sections
    )
    facts = pages[0][1].facts if pages else ()
    return SheetPage("Crops", tidy(planned[0][1].title), facts, sections)


def _segment_page(rows: Sequence[tuple[str, PlacedClip]], look_up: LookUp, most: int) -> SheetPage:
    """The sheet of one clip, as the deliverables show it."""
    own = [(name, part.clip) for name, part in rows]
    whole = uncropped(own[0][1])
    return page(whole, own, look_up(whole), most)


def uncropped(clip: ClipProgramme) -> ClipProgramme:
    """All of a clip, before any cut and crop."""
    rate = clip.content_rate
    return replace(
        clip,
        picture=clip.conformed,
        frame=clip.content_size,
        rate=rate,
        frames=max(1, round(clip.content_length * rate)),
        timeline=None,
        framing=None,
    )
