"""OpenTimelineIO timelines, with speeds and a reference to the clip's own file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction

from finish.graph.timeline import SpeedSpan, Timeline, ratio
from finish.model import ClipProgramme, Source
from finish.units import Span

Node = Mapping[str, object]  # one object of OpenTimelineIO's JSON


def otio(title: str, programme: ClipProgramme, timeline: Timeline) -> str:
    """The timeline as OpenTimelineIO JSON, in the delivery's frames.

    It has a picture track, a sound track if the clip has sound, and on each a clip for each part.
    """
    kinds = ("Video", "Audio") if programme.content_sound is not None else ("Video",)
    name, rate = programme.source.path.name, timeline.rate
    media = media_node(programme.source, rate)
    clips = [clip_node(name, media, part, rate) for part in timeline.parts]
    tracks = [{"OTIO_SCHEMA": "Track.1", "name": kind, "kind": kind, "children": clips} for kind in kinds]
    return json.dumps(document(title, rate, tracks), indent=1) + "\n"


def document(title: str, rate: Fraction, tracks: Sequence[Node]) -> Node:
    """A timeline of these tracks."""
    return {
        "OTIO_SCHEMA": "Timeline.1",
        "name": title,
        "global_start_time": time_node(Fraction(0), rate),
        "tracks": {"OTIO_SCHEMA": "Stack.1", "name": "tracks", "children": tracks},
    }


def media_node(source: Source, rate: Fraction) -> Node:
    """A reference to a clip's file, with its length."""
    whole = Span(Fraction(0), Fraction(max(1, round(Fraction(source.seconds) * rate))) / rate)
    url = source.path.name
    return {"OTIO_SCHEMA": "ExternalReference.1", "target_url": url, "available_range": _range(whole, rate)}


def clip_node(name: str, media: Node, part: Span, rate: Fraction) -> Node:
    """A part of a clip."""
    return {
        "OTIO_SCHEMA": "Clip.2",
        "name": name,
        "source_range": _source_range(part, rate),
        "effects": _effects(part),
        "media_references": {"DEFAULT_MEDIA": media},
        "active_media_reference_key": "DEFAULT_MEDIA",
    }


def _source_range(part: Span, rate: Fraction) -> Node:
    """The part's range, as long as the programme shows it.

    A time warp states how much of the clip that is.
    """
    return _range(Span(part.start, part.start + part.length), rate)


def _effects(part: Span) -> list[Node]:
    if not isinstance(part, SpeedSpan):
        return []
    return [
        {
            "OTIO_SCHEMA": "LinearTimeWarp.1",
            "name": "speed",
            "effect_name": "LinearTimeWarp",
            "time_scalar": float(ratio(part)),
        }
    ]


def _range(span: Span, rate: Fraction) -> Node:
    return {
        "OTIO_SCHEMA": "TimeRange.1",
        "start_time": time_node(span.start, rate),
        "duration": time_node(span.length, rate),
    }


def time_node(time: Fraction, rate: Fraction) -> Node:
    """A time (s) in frames of `rate` (Hz)."""
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": float(rate), "value": float(time * rate)}
