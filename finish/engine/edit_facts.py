"""The facts of a timeline as if it were one clip, for estimates: its length, and the size of its files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Final

from finish.model import ClipMaterial, Deliverable, Edit, Material, Source, SplitMaterial, clips_of
from finish.planning.drawn_segments import drawn_source
from finish.planning.segment_timeline import used_seconds
from finish.units import Size

_RATE: Final = Fraction(30)  # Hz; house: of a timeline that is only drawn
_HD: Final = Size(1920, 1080)


def programme_facts(deliverable: Deliverable, probe: Callable[[Path], Source]) -> Source:
    """The facts of a deliverable's clip, or of its timeline."""
    return edit_facts(deliverable.edit, probe) if deliverable.edit else probe(deliverable.source)


def edit_facts(edit: Edit, probe: Callable[[Path], Source]) -> Source:
    """A source as long as the timeline, with the rate of its first clip and the bytes of all of them."""
    sources = {path: probe(path) for path in edit.clips}
    first = next((source for source in sources.values() if source.video), None)
    rate = first.video.rate if first and first.video else _RATE
    seconds = sum((_seconds(segment.material, sources, rate) for segment in edit.segments), Fraction(0))
    frames = max(1, round(seconds * rate))
    if first is None or first.video is None:
        return drawn_source(Path(edit.name), edit.name, _HD, rate, frames)
    gap = max(source.video.key_gap for source in sources.values() if source.video)
    start = first.video.start
    video = replace(first.video, frames=frames, end=start + frames / rate, key_gap=gap)
    size = sum(source.size for source in sources.values())
    return replace(first, video=video, pictures=(video,), audio=(), size=size)


def _seconds(material: Material, sources: dict[Path, Source], rate: Fraction) -> Fraction:
    """About how long a segment is (s)."""
    length = getattr(material, "length", None)
    if length is not None:
        return Fraction(length.on(rate))
    if isinstance(material, SplitMaterial):
        return min(_seconds(clip, sources, rate) for clip in material.clips)
    return sum((_used(clip, sources[clip.path], rate) for clip in clips_of(material)), Fraction(0))


def _used(clip: ClipMaterial, source: Source, rate: Fraction) -> Fraction:
    return used_seconds(clip, Fraction(source.seconds), rate) / _speed([key.by for key in clip.speed])


def _speed(speeds: Sequence[Fraction]) -> Fraction:
    return sum(speeds, Fraction(0)) / len(speeds) if speeds else Fraction(1)
