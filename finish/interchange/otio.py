"""What pacing keeps of a clip for other programs, as OpenTimelineIO: with speeds, and the clip's own file."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

from finish.graph.timeline import SpeedSpan, Timeline, ratio
from finish.model import Programme
from finish.units import Span


def otio(title: str, programme: Programme, timeline: Timeline) -> str:
    """A timeline of one picture track, and one of sound where the clip has any: a clip for each part, in the delivery's frames."""
    tracks = ["Video", "Audio"] if programme.heard is not None else ["Video"]
    name, rate = programme.source.path.name, timeline.rate
    whole = Span(Fraction(0), Fraction(max(1, round(Fraction(programme.source.seconds) * rate))) / rate)
    media = {"OTIO_SCHEMA": "ExternalReference.1", "target_url": name, "available_range": _range(whole, rate)}
    listed = [
        {"OTIO_SCHEMA": "Track.1", "name": kind, "kind": kind, "children": _clips(name, media, timeline)}
        for kind in tracks
    ]
    stack = {"OTIO_SCHEMA": "Stack.1", "name": "tracks", "children": listed}
    start = _time(Fraction(0), rate)
    return (
        json.dumps(
            {"OTIO_SCHEMA": "Timeline.1", "name": title, "global_start_time": start, "tracks": stack},
            indent=1,
        )
        + "\n"
    )


def _clips(name: str, media: dict[str, Any], timeline: Timeline) -> list[dict[str, Any]]:
    return [
        {
            "OTIO_SCHEMA": "Clip.2",
            "name": name,
            "source_range": _shown(part, timeline.rate),
            "effects": _effects(part),
            "media_references": {"DEFAULT_MEDIA": media},
            "active_media_reference_key": "DEFAULT_MEDIA",
        }
        for part in timeline.parts
    ]


def _shown(part: Span, rate: Fraction) -> dict[str, Any]:
    """As long as it is shown: a time warp says how much of the clip that is."""
    return _range(Span(part.start, part.start + part.length), rate)


def _effects(part: Span) -> list[dict[str, Any]]:
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


def _range(span: Span, rate: Fraction) -> dict[str, Any]:
    return {
        "OTIO_SCHEMA": "TimeRange.1",
        "start_time": _time(span.start, rate),
        "duration": _time(span.length, rate),
    }


def _time(time: Fraction, rate: Fraction) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": float(rate), "value": float(time * rate)}
