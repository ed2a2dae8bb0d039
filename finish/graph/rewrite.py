"""Rewrites that keep what a stream shows and change what it costs, or show only a part of it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from finish.graph.stream import Stream, history
from finish.units import Span


def substitute(ends: Sequence[Stream], change: Callable[[Stream], Stream]) -> tuple[Stream, ...]:
    """The same streams with `change` applied to every node, after its inputs; shared nodes stay shared."""
    new: dict[str, Stream] = {}
    for node in history(ends):
        new[node.key] = change(node.with_inputs(tuple(new[each.key] for each in node.inputs)))
    return tuple(new[end.key] for end in ends)


def decoded(ends: Sequence[Stream], become: Callable[[Stream], Stream]) -> tuple[Stream, ...]:
    """The streams with every encoded one in them replaced by the source that it became."""
    new: dict[str, Stream] = {}
    for node in history(ends, into_encoded=False):
        new[node.key] = become(node) if node.name == "encode" else node.with_inputs(tuple(new[each.key] for each in node.inputs))
    return tuple(new[end.key] for end in ends)


def during(ends: Sequence[Stream], span: Span, preroll: Fraction) -> tuple[Stream, ...]:
    """The streams restricted to `span` of programme time, times unchanged: only what is needed is decoded.

    Every source starts `preroll` seconds early, so that a rate conversion finds the frame before. Filters must count by
    time, never by frame number. FFmpeg must keep the timestamps of what it seeks (-copyts). Where a picture's last frame is
    held (`trim`, then `tpad`), that frame is still read for what comes after.
    """
    last = min([span.start, *_held(ends)])
    start = Fraction(max(0, math.floor((last - preroll) * 1000)), 1000)  # FFmpeg seeks in whole microseconds

    def change(node: Stream) -> Stream:
        if node.name == "source":
            return replace(node, args=(*node.args, ("seek", start)))
        if node.name == "fps":
            return replace(node, args=tuple((name, last if name == "start_time" else value) for name, value in node.args))
        return node

    def cut(end: Stream) -> Stream:
        return end.filter("trim" if end.kind == "video" else "atrim", start=span.start, end=span.end)

    return tuple(cut(end) for end in substitute(ends, change))


def _held(ends: Sequence[Stream]) -> Iterator[Fraction]:
    """The times (s) of the last frames that are held on: a frame before the end of what is trimmed above a `tpad`."""
    for node in history(ends):
        if node.name == "tpad":
            above = {name: value for each in history([node]) for name, value in each.args if (each.name, name) in _LAST}
            if len(above) == len(_LAST):
                yield Fraction(above["end"]) - 1 / Fraction(above["fps"])  # type: ignore[arg-type]


_LAST = frozenset({("trim", "end"), ("fps", "fps")})

# Filters that choose, repeat, time or steer frames and leave every pixel as it is: a pointwise filter may pass them.
_TIMELY = frozenset({"fps", "tpad", "trim", "setpts", "setsar", "sendcmd", "select"})


def sink_pointwise(ends: Sequence[Stream]) -> tuple[Stream, ...]:
    """Pointwise filters moved below the crops that follow them wherever that touches fewer pixels.

    An expert crops before the LUT when one vertical is wanted, and grades once before the split when several are. A crop
    of a 4:2:0 picture at even offsets commutes exactly with a pointwise filter but for chroma interpolation at its edge.
    """
    users: defaultdict[str, list[Stream]] = defaultdict(list)
    for node in history(ends):
        for each in node.inputs:
            users[each.key].append(node)
    moved = _worth_moving(_falls(ends, users), users)
    return substitute(ends, lambda node: _moved(moved[node.key]) if node.key in moved else node) if moved else tuple(ends)


@dataclass(frozen=True)
class _Fall:
    """A crop and the timely filters between it and the pointwise `top` above: the crop first."""

    links: tuple[Stream, ...]
    top: Stream

    @property
    def pointwise(self) -> tuple[Stream, ...]:
        """The run of pointwise filters that ends in `top`, last first."""
        chain = [self.top]
        while len(chain[-1].inputs) == 1 and chain[-1].inputs[0].pointwise:
            chain.append(chain[-1].inputs[0])
        return tuple(chain)


def _falls(ends: Sequence[Stream], users: Mapping[str, list[Stream]]) -> Iterator[_Fall]:
    finals = {end.key for end in ends}

    def alone(node: Stream) -> bool:
        return len(users[node.key]) == 1 and node.key not in finals

    for crop in history(ends):
        if crop.name.split("@")[0] != "crop" or crop.size is None:
            continue
        links = [crop]
        while links[-1].inputs[0].name in _TIMELY and alone(links[-1].inputs[0]):
            links.append(links[-1].inputs[0])
        top = links[-1].inputs[0]
        if top.pointwise and top.key not in finals:
            yield _Fall(tuple(links), top)


def _worth_moving(falls: Iterator[_Fall], users: Mapping[str, list[Stream]]) -> dict[str, _Fall]:
    """The falls to move, by their crop: all that leave one top, when they are all that leave it and touch fewer pixels."""
    by_top: defaultdict[str, list[_Fall]] = defaultdict(list)
    for fall in falls:
        by_top[fall.top.key].append(fall)
    return {
        fall.links[0].key: fall for group in by_top.values()
        if len(group) == len(users[group[0].top.key]) and all(len(users[link.key]) == 1 for link in group[0].pointwise[1:])
        and sum(_pixels(each.links[0]) for each in group) < _pixels(group[0].top)
        for fall in group
    }


def _pixels(node: Stream) -> int:
    return node.size.pixels if node.size else 0


def _moved(fall: _Fall) -> Stream:
    crop, base = fall.links[0], fall.pointwise[-1].inputs[0]
    for link in reversed(fall.links):
        base = replace(link, inputs=(base,))
    for link in reversed(fall.pointwise):
        base = replace(link, inputs=(base, *link.inputs[1:]), size=crop.size)
    return base
