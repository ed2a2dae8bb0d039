"""Planned programmes → what has to be made, as values: pictures, sounds, captures, and how they are put in one file. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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


def rendering(planned: Planned, capture: Encoding) -> Rendering:
    """The pieces of a planned deliverable: colour tags put on last, because FFmpeg forgets them across a filter graph."""
    programme, delivery = planned.programme, planned.deliverable.delivery
    tagged = programme.picture.filter("setparams", color_primaries="bt709", color_trc="bt709", colorspace="bt709", range="tv")
    captures = [
        promise.analyser.wants.of(promise.against).encoded(capture)
        for promise in programme.promises
        if promise.against is not None and promise.analyser is not None and isinstance(promise.analyser.wants, Frames)
    ]
    return Rendering(
        planned, tagged.encoded(delivery.picture.encoding(programme.rate)), programme.sound.encoded(delivery.sound_encoding()),
        tuple(dict.fromkeys(captures)),
    )


def pictures(renderings: Sequence[Rendering]) -> tuple[Stream, ...]:
    """Everything that one picture process makes: each deliverable's picture, and the captures."""
    return tuple(dict.fromkeys(each for one in renderings for each in (one.picture, *one.captures)))


def text(renderings: Sequence[Rendering]) -> str:
    """The plan as text: the graph as it will run, each promise, each note."""
    ends = [stream for one in renderings for stream in (one.picture, one.sound)]
    inner = graph.sink_pointwise([end.inputs[0] for end in ends])
    shown = dict(zip([f"{one.name} {part}" for one in renderings for part in ("picture", "sound")],
                     (new.encoded(end.encoding) for new, end in zip(inner, ends, strict=True)), strict=True))
    lines = [graph.describe(shown)]
    for one in renderings:
        lines.append(f"{one.filename}: {one.planned.programme.frames} frames, {float(one.planned.programme.duration):.2f} s")
        lines += [f"  note: {note}" for note in one.planned.programme.notes]
        lines += [f"  promise: {each.name} {each.accept} {each.unit}".rstrip() for each in one.planned.promises]
        lines += [f"  beside it: {one.name}{file.suffix}" for file in one.planned.programme.files]
    return "\n".join(lines) + "\n"
