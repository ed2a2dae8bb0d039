"""Several pictures or sounds one after the other, with transitions: the main track of a programme."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

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


def layout_of(node: Stream) -> PictureLayout:
    """The places of the pictures of a "sequence" node."""
    layout = node.arg("layout")
    assert isinstance(layout, PictureLayout), "a sequence of pictures has their layout"
    return layout


def sequence_end(node: Stream) -> Fraction:
    """The time (s) at which the last picture of a "sequence" node ends."""
    layout = layout_of(node)
    return layout.places[-1].end / layout.rate
