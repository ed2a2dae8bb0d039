"""Several pictures or sounds one after the other, with transitions: the main track of a programme."""

from __future__ import annotations

from collections.abc import Sequence

from finish.graph.layouts import PictureLayout, SoundLayout
from finish.graph.stream import Stream


def picture_sequence(pictures: Sequence[Stream], layout: PictureLayout) -> Stream:
    """The pictures, of one size, format and rate, each at its place of the layout.

    A picture can have several places: then it is listed several times.
    """
    return Stream("video", "sequence", (("layout", layout),), tuple(pictures), pictures[0].size)


def sound_sequence(sounds: Sequence[Stream], layout: SoundLayout) -> Stream:
    """The sounds, 48 kHz stereo, each at its place of the layout."""
    return Stream("audio", "sequence", (("layout", layout),), tuple(sounds))
