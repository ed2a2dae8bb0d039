"""A timeline as OpenTimelineIO: tracks of clips, gaps and transitions, each clip with its own file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final

from finish.interchange.exported_tracks import ExportedPart, ExportedTracks
from finish.interchange.otio import Node, clip_node, document, media_node, time_node
from finish.model import CardMaterial, EditSegment, GapMaterial, StillMaterial

_STANDARD: Final[Mapping[str, str]] = {"dissolve": "SMPTE_Dissolve"}
_CUSTOM: Final = "Custom_Transition"


def otio_of_tracks(title: str, tracks: ExportedTracks) -> tuple[str, tuple[str, ...]]:
    """The timeline as OpenTimelineIO JSON, in the delivery's frames, and what other programs may not read."""
    lanes: list[tuple[str, str, Sequence[ExportedPart]]] = [("Video", "Video", tracks.pictures)]
    lanes += [(f"Over {n}", "Video", lane) for n, lane in enumerate(_lanes(tracks.over), 1)]
    lanes += [("Audio", "Audio", tracks.sounds)] if tracks.sounds else []
    nodes = [
        {
            "OTIO_SCHEMA": "Track.1",
            "name": name,
            "kind": kind,
            "children": list(_children(items, tracks.rate, kind == "Video")),
        }
        for name, kind, items in lanes
    ]
    return json.dumps(document(title, tracks.rate, nodes), indent=1) + "\n", tuple(_losses(tracks))


def _lanes(items: Sequence[ExportedPart]) -> list[list[ExportedPart]]:
    """What is over the main track, on as few tracks as hold it without overlaps."""
    lanes = list[list[ExportedPart]]()
    for item in sorted(items, key=lambda item: item.start):
        lane = next((lane for lane in lanes if lane[-1].end <= item.start), None)
        if lane is None:
            lanes.append([item])
        else:
            lane.append(item)
    return lanes


def _children(items: Sequence[ExportedPart], rate: Fraction, is_picture: bool) -> Iterator[Node]:
    end = 0
    for item in items:
        if item.start > end:
            yield _gap(item.start - end, rate)
        if sum(item.into):
            yield _transition(item, rate, is_picture)
        yield _item(item, rate)
        end = item.end


def _item(item: ExportedPart, rate: Fraction) -> Node:
    row, segment = item.row, item.row.segment
    if isinstance(segment.material, GapMaterial) and segment.material.colour == "#000000":
        return _gap(item.end - item.start, rate)
    if row.source:
        media = media_node(row.source, rate)
    elif isinstance(segment.material, StillMaterial):
        media = {"OTIO_SCHEMA": "ExternalReference.1", "target_url": item.name}
    else:
        media = {
            "OTIO_SCHEMA": "GeneratorReference.1",
            "generator_kind": row.kind,
            "parameters": _parameters(segment),
        }
    return {**clip_node(item.name, media, item.part, rate), "metadata": {"finish": _facts(item)}}


def _facts(item: ExportedPart) -> Node:
    """The segment's name, and where it is on the frame."""
    place = item.row.place_text
    return {"segment": item.row.segment.name, **({"place": place} if place else {})}


def _parameters(segment: EditSegment) -> Node:
    material = segment.material
    if isinstance(material, CardMaterial):
        return {"title": material.title, "subtitle": material.subtitle, "background": material.background}
    return {"colour": material.colour} if isinstance(material, GapMaterial) else {}


def _gap(frames: int, rate: Fraction) -> Node:
    span = {
        "OTIO_SCHEMA": "TimeRange.1",
        "start_time": time_node(Fraction(0), rate),
        "duration": time_node(frames / rate, rate),
    }
    return {"OTIO_SCHEMA": "Gap.1", "name": "", "source_range": span}


def _transition(item: ExportedPart, rate: Fraction, is_picture: bool) -> Node:
    """The transition before an item; that of a sound is a crossfade."""
    stated = item.row.segment.transition if is_picture else None
    kind = stated.kind if stated else "dissolve"
    before, after = item.into
    node = {
        "OTIO_SCHEMA": "Transition.1",
        "name": kind,
        "transition_type": _STANDARD.get(kind, _CUSTOM),
        "in_offset": time_node(before / rate, rate),
        "out_offset": time_node(after / rate, rate),
    }
    if stated is None:
        return node
    details = {"kind": kind, "direction": stated.direction, "colour": stated.colour, "light": stated.light}
    return {**node, "metadata": {"finish": details}}


def _moves(segment: EditSegment) -> bool:
    material = segment.material
    return isinstance(material, StillMaterial) and (material.move != "none" or material.box is not None)


def _losses(tracks: ExportedTracks) -> Iterator[str]:
    """What isn't standard in the format, in words."""
    for item in tracks.pictures:
        segment = item.row.segment
        if segment.transition and sum(item.into) and segment.transition.kind not in _STANDARD:
            yield f"{segment.name}: the {segment.transition.kind} is a custom transition"
        if _moves(segment):
            yield f"{segment.name}: the move of the still is left out"
        elif not item.row.parts and item.row.kind in ("card", "split"):
            yield f"{segment.name}: the {item.row.kind} is a generator that only finish knows"
    for item in tracks.over:
        if item.row.segment.place and item.row.segment.place.corner:
            yield f"{item.row.segment.name}: its place on the frame is only in `metadata`"
