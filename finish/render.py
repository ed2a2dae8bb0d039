"""Planned programmes → what has to be made, as values: pictures, sounds, captures, and how they are put in one file. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from finish import graph
from finish.graph import Encoding, Stream
from finish.model import Frames, Planned


@dataclass(frozen=True)
class Rendering:
    """The pieces of one deliverable; `captures` are planned frames that its checks compare the file with."""

    planned: Planned
    picture: Stream
    sound: Stream
    captures: tuple[Stream, ...]

    @property
    def name(self) -> str:
        return self.planned.deliverable.name

    @property
    def filename(self) -> str:
        return f"{self.name}.{self.planned.deliverable.delivery.container.format}"


def renderings(planned: Sequence[Planned], capture: Encoding) -> tuple[Rendering, ...]:
    """The pieces of planned deliverables, rewritten together to cost least: the graph that is named is the graph that runs.

    Colour tags are put on last, because FFmpeg forgets them across a filter graph.
    """
    tagged = [_tagged(each.programme.picture) for each in planned]
    compared = [promise.against for each in planned for promise in each.promises if promise.against is not None]
    ends = [*tagged, *compared]
    cheap = dict(zip((end.key for end in ends), graph.sink_pointwise(ends), strict=True))
    return tuple(_rendering(each, cheap[picture.key], cheap, capture) for each, picture in zip(planned, tagged, strict=True))


def _tagged(picture: Stream) -> Stream:
    return picture.filter("setparams", color_primaries="bt709", color_trc="bt709", colorspace="bt709", range="tv")


def _rendering(planned: Planned, picture: Stream, cheap: Mapping[str, Stream], capture: Encoding) -> Rendering:
    programme, delivery = planned.programme, planned.deliverable.delivery
    promises = tuple(replace(each, against=cheap[each.against.key]) if each.against is not None else each for each in planned.promises)
    captures = dict.fromkeys(
        each.analyser.wants.of(each.against).encoded(capture)
        for each in promises
        if each.against is not None and each.analyser is not None and isinstance(each.analyser.wants, Frames)
    )
    return Rendering(
        replace(planned, promises=promises), picture.encoded(delivery.picture.encoding(programme.rate)),
        programme.sound.encoded(delivery.sound_encoding()), tuple(captures),
    )


def pictures(renderings: Sequence[Rendering]) -> tuple[Stream, ...]:
    """Everything that one picture process makes: each deliverable's picture, and the captures."""
    return tuple(dict.fromkeys(each for one in renderings for each in (one.picture, *one.captures)))


def text(renderings: Sequence[Rendering]) -> str:
    """The plan as text: the graph as it will run, each promise, each note."""
    shown = {f"{one.name} {part}": piece for one in renderings for part, piece in (("picture", one.picture), ("sound", one.sound))}
    lines = [graph.describe(shown)]
    for one in renderings:
        lines.append(f"{one.filename}: {one.planned.programme.frames} frames, {float(one.planned.programme.duration):.2f} s")
        lines += [f"  note: {note}" for note in one.planned.programme.notes]
        lines += [f"  promise: {each.name} {each.accept} {each.unit}".rstrip() for each in one.planned.promises]
        lines += [f"  beside it: {one.name}{file.suffix}" for file in one.planned.programme.files]
    return "\n".join(lines) + "\n"
