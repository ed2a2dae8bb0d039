"""Compiles a sequence of sounds to FFmpeg's filters: exact samples, equal-power fades, few lanes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from finish.graph.filter_pads import FilterPad, combined, then
from finish.graph.layouts import SoundLayout, SoundPlace
from finish.graph.stream import Stream
from finish.units import number

PlacedSound: TypeAlias = tuple[SoundPlace, FilterPad]


def sequence_sound(node: Stream, sounds: Sequence[FilterPad]) -> FilterPad:
    """The samples of each place, added where two overlap; silence elsewhere.

    Places that overlap are in different lanes, in which there are only gaps: two, unless a third sound is
    audible at the same time. A lane is one filter, whatever the number of places.
    """
    layout = node.arg("layout")
    assert isinstance(layout, SoundLayout), "a sequence of sounds has their layout"
    lanes = [_lane(placed) for placed in _lanes(list(zip(layout.places, sounds, strict=True)))]
    added = _added(lanes) if len(lanes) > 1 else lanes[0]
    return then(then(added, "apad", whole_len=layout.length), "atrim", end_sample=layout.length)


def _lanes(placed: Sequence[PlacedSound]) -> list[list[PlacedSound]]:
    """The sounds in lanes: each in the one that ends first, or in a new one while there is only one or all
    are audible."""
    lanes: list[list[PlacedSound]] = []
    for place, sound in placed:
        first = min(lanes, key=lambda lane: lane[-1][0].end, default=None)
        if first is None or len(lanes) == 1 or first[-1][0].end > place.start:
            lanes.append([(place, sound)])
        else:
            first.append((place, sound))
    return lanes


def _added(lanes: Sequence[FilterPad]) -> FilterPad:
    """The sum of the lanes.

    `amix` gives no timestamps to what follows the end of the first lane, so samples are counted.
    """
    return then(combined(lanes, "amix", inputs=len(lanes), normalize=0), "asetpts", expr="N")


def _lane(placed: Sequence[PlacedSound]) -> FilterPad:
    parts = list(_delayed(placed))
    return combined(parts, "concat", n=len(parts), v=0, a=1) if len(parts) > 1 else parts[0]


def _delayed(placed: Sequence[PlacedSound]) -> Iterator[FilterPad]:
    """Each sound of a lane after the silence before it."""
    begin = 0
    for place, sound in placed:
        assert place.start >= begin, "the sounds of a lane don't overlap"
        part = _part(sound, place)
        yield _later(part, place.start - begin) if place.start > begin else part
        begin = place.end


def _later(part: FilterPad, silence: int) -> FilterPad:
    """A sound after so many samples of silence.

    `adelay` gives no timestamps to what comes from a filter that begins late, so samples are counted.
    """
    return then(then(part, "adelay", delays=f"{silence}S", all=1), "asetpts", expr="N")


def _part(sound: FilterPad, place: SoundPlace) -> FilterPad:
    """Exactly the samples of a place, with its gain and its fades."""
    length = place.end - place.start
    part = then(sound, "atrim", start_sample=place.first, end_sample=place.first + length)
    part = then(part, "asetpts", expr="PTS-STARTPTS")
    part = then(part, "aformat", sample_fmts="fltp", sample_rates=48_000, channel_layouts="stereo")
    part = then(part, "apad", whole_len=length)
    if place.gain:
        part = then(part, "volume", volume=f"{number(place.gain)}dB")
    if place.fade_in:
        part = then(part, "afade", type="in", nb_samples=place.fade_in, curve="qsin")
    if place.fade_out:
        begin = length - place.fade_out
        part = then(part, "afade", type="out", start_sample=begin, nb_samples=place.fade_out, curve="qsin")
    return part
