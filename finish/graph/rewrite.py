"""Rewrites that keep what a stream shows and change what it costs, or show only a part of it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
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
    time, never by frame number. FFmpeg must keep the timestamps of what it seeks (-copyts).
    """
    start = Fraction(max(0, math.floor((span.start - preroll) * 1000)), 1000)  # FFmpeg seeks in whole microseconds

    def change(node: Stream) -> Stream:
        if node.name == "source":
            return replace(node, args=(*node.args, ("seek", start)))
        if node.name == "fps":
            return replace(node, args=tuple((name, span.start if name == "start_time" else value) for name, value in node.args))
        return node

    def cut(end: Stream) -> Stream:
        return end.filter("trim" if end.kind == "video" else "atrim", start=span.start, end=span.end)

    return tuple(cut(end) for end in substitute(ends, change))


def sink_pointwise(ends: Sequence[Stream]) -> tuple[Stream, ...]:
    """Pointwise filters moved below the crops that follow them wherever that touches fewer pixels.

    An expert crops before the LUT when one vertical is wanted, and grades once before the split when several are. A crop
    of a 4:2:0 picture at even offsets commutes exactly with a pointwise filter but for chroma interpolation at its edge.
    """
    users: defaultdict[str, list[Stream]] = defaultdict(list)
    for node in history(ends):
        for each in node.inputs:
            users[each.key].append(node)
    moved = {end.key: base for end, base in _worth_moving(ends, users)}
    if not moved:
        return tuple(ends)

    def change(node: Stream) -> Stream:
        if not (node.inputs and node.inputs[0].pointwise and _is_crop(node)):
            return node
        base = moved.get(node.inputs[0].key)
        return node if base is None else _swap(node, base)

    return substitute(ends, change)


def _worth_moving(ends: Sequence[Stream], users: Mapping[str, list[Stream]]) -> list[tuple[Stream, Stream]]:
    finals = {end.key for end in ends}
    found = []
    for node in history(ends):
        crops = users[node.key]
        if not (node.pointwise and node.size and crops and node.key not in finals and all(_is_crop(each) for each in crops)):
            continue
        base = _base(node)
        alone = all(len(users[link.key]) == 1 for link in _chain(node)[1:])
        if alone and sum(each.size.pixels for each in crops if each.size) < node.size.pixels:
            found.append((node, base))
    return found


def _is_crop(node: Stream) -> bool:
    return node.name.split("@")[0] == "crop" and node.size is not None


def _chain(top: Stream) -> list[Stream]:
    """The run of pointwise filters that ends in `top`, last first."""
    links = [top]
    while len(links[-1].inputs) == 1 and links[-1].inputs[0].pointwise:
        links.append(links[-1].inputs[0])
    return links


def _base(top: Stream) -> Stream:
    return _chain(top)[-1].inputs[0]


def _swap(crop: Stream, base: Stream) -> Stream:
    moved = crop.with_inputs((base,))
    for link in reversed(_chain(crop.inputs[0])):
        moved = replace(link, inputs=(moved, *link.inputs[1:]), size=crop.size)
    return moved
