"""OpenTimelineIO timelines, with speeds and a reference to the clip's own file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction

from finish.graph.timeline import SpeedSpan, Timeline, ratio
from finish.model import ClipProgramme
from finish.units import Span

Node = Mapping[str, object]  # one object of OpenTimelineIO's JSON


def otio(title: str, programme: ClipProgramme, timeline: Timeline) -> str:
    """The timeline as OpenTimelineIO JSON, in the delivery's frames.

    It has a picture track, a sound track if the clip has sound, and on each a clip for each part.
    """
    kinds = ("Video", "Audio") if programme.content_sound is not None else ("Video",)
    name, rate = programme.source.path.name, timeline.rate
    whole = Span(Fraction(0), Fraction(max(1, round(Fraction(programme.source.seconds) * rate))) / rate)
    media = {"OTIO_SCHEMA": "ExternalReference.1", "target_url": name, "available_range": _range(whole, rate)}
    tracks = [
        {"OTIO_SCHEMA": "Track.1", "name": kind, "kind": kind, "children": _clips(name, media, timeline)}
        for kind in kinds
    ]
    document = {
        "OTIO_SCHEMA": "Timeline.1",
        "name": title,
        "global_start_time": _time(Fraction(0), rate),
        "tracks": {"OTIO_SCHEMA": "Stack.1", "name": "tracks", "children": tracks},
    }
    return json.dumps(document, indent=1) + "\n"


def _clips(name: str, media: Node, timeline: Timeline) -> list[Node]:
    return [
        {
            "OTIO_SCHEMA": "Clip.2",
            "name": name,
            "source_range": _source_range(part, timeline.rate),
            "effects": _effects(part),
            "media_references": {"DEFAULT_MEDIA": media},
            "active_media_reference_key": "DEFAULT_MEDIA",
        }
        for part in timeline.parts
    ]


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
        "start_time": _time(span.start, rate),
        "duration": _time(span.length, rate),
    }


def _time(time: Fraction, rate: Fraction) -> Node:
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": float(rate), "value": float(time * rate)}
