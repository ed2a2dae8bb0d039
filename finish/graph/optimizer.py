"""Rewrites that keep what a stream shows and change what it costs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from finish.graph.filter_values import FrameSteps
from finish.graph.stream import ENCODED, Arg, PackedPayload, Plain, Stream, history


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
        new[node.key] = (
            become(node)
            if node.name in ENCODED
            else node.with_inputs(tuple(new[each.key] for each in node.inputs))
        )
    return tuple(new[end.key] for end in ends)


def packed(ends: Sequence[Stream]) -> tuple[Stream, ...]:
    """The same streams, of the same keys, that can be sent elsewhere: each payload as the bytes that it is."""
    new: dict[str, Stream] = {}
    for node in history(
        ends
    ):  # not by `substitute`: inputs of equal keys are equal to it, and it would keep the old ones
        args = tuple((name, _as_bytes(value)) for name, value in node.args)
        inputs = tuple(new[each.key] for each in node.inputs)
        new[node.key] = replace(node, args=args, inputs=inputs)
    return tuple(new[end.key] for end in ends)


def relocated(ends: Sequence[Stream], places: Mapping[Path, Path]) -> tuple[Stream, ...]:
    """The same streams, of the same keys, with their files where they lie elsewhere."""
    new: dict[str, Stream] = {}
    for node in history(ends):
        path = str(places.get(Path(node.path), node.path)) if node.path else node.path
        new[node.key] = replace(node, path=path, inputs=tuple(new[each.key] for each in node.inputs))
    return tuple(new[end.key] for end in ends)


def _as_bytes(value: Arg) -> Arg:
    """A payload's bytes under its own digest; what FFmpeg is told from frame to frame is plain numbers already."""
    if isinstance(value, Plain | FrameSteps):
        return value
    return PackedPayload(value.suffix, value.digest, value.content())


def one_decode(groups: Sequence[Sequence[Stream]]) -> tuple[tuple[Stream, ...], ...]:
    """The streams with each source begun where the earliest of its uses begins, so that all share one decoder.

    A group whose own first use is later drops what comes before that at once.
    """
    starts = [_starts(ends) for ends in groups]
    first: dict[tuple[object, ...], Fraction] = {}
    for place, start in ((place, start) for each in starts for place, start in each.items()):
        first[place] = min(first.get(place, start), start)
    return tuple(tuple(_begun(ends, own, first)) for ends, own in zip(groups, starts, strict=True))


def _starts(ends: Sequence[Stream]) -> dict[tuple[object, ...], Fraction]:
    """Where the earliest use of each source begins (s)."""
    found: dict[tuple[object, ...], Fraction] = {}
    for node in history(ends):
        if node.name == "source":
            found[_place(node)] = min(found.get(_place(node), _seek(node)), _seek(node))
    return found


def _begun(
    ends: Sequence[Stream],
    own: Mapping[tuple[object, ...], Fraction],
    first: Mapping[tuple[object, ...], Fraction],
) -> Iterator[Stream]:
    """The streams with their sources begun at `first`, and what comes before their `own` start dropped: where the clip's clock begins."""
    new: dict[str, Stream] = {}
    late: dict[str, Fraction] = {}
    for node in history(ends):
        if node.name == "source":
            place = _place(node)
            args = tuple(pair for pair in node.args if pair[0] != "seek")
            new[node.key] = replace(node, args=(*args, ("seek", first[place])) if first[place] else args)
            if own[place] > first[place]:
                late[node.key] = own[place]
            continue
        clocked = node.name == "setpts" and node.inputs[0].key in late
        inputs = (
            new[each.key] if clocked or each.key not in late else _from(new[each.key], late[each.key])
            for each in node.inputs
        )
        now = node.with_inputs(tuple(inputs))
        new[node.key] = _from(now, late[node.inputs[0].key]) if clocked else now
    yield from (new[end.key] for end in ends)


def _from(stream: Stream, start: Fraction) -> Stream:
    return stream.filter("trim" if stream.kind == "video" else "atrim", start=start)


def _place(source: Stream) -> tuple[object, ...]:
    return source.path, source.kind, source.arg("content"), source.arg("index")


def _seek(source: Stream) -> Fraction:
    return Fraction(source.arg("seek") or 0)  # type: ignore[arg-type]


# Filters that choose, repeat, time or steer frames and leave every pixel as it is: a pointwise filter may pass them.
_TIMELY = frozenset({"fps", "tpad", "trim", "cut", "setpts", "setsar", "select"})


def push_down_lut(ends: Sequence[Stream]) -> tuple[Stream, ...]:
    """Pointwise filters moved below the crops that follow them wherever that touches fewer pixels.

    An expert crops before the LUT when one vertical is wanted, and grades once before the split when several are. A crop
    of a 4:2:0 picture at even offsets commutes exactly with a pointwise filter but for chroma interpolation at its edge.
    """
    users: defaultdict[str, list[Stream]] = defaultdict(list)
    for node in history(ends):
        for each in node.inputs:
            users[each.key].append(node)
    moved = _worth_moving(_falls(ends, users), users)
    return (
        substitute(ends, lambda node: _moved(moved[node.key]) if node.key in moved else node)
        if moved
        else tuple(ends)
    )


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
        if crop.name != "crop" or crop.size is None:
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
        fall.links[0].key: fall
        for group in by_top.values()
        if len(group) == len(users[group[0].top.key])
        and all(len(users[link.key]) == 1 for link in group[0].pointwise[1:])
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
