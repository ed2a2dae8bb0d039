"""Shorthands for the nodes of ffmpeg-python."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from ffmpeg.nodes import FilterNode

FilterPad: TypeAlias = Any  # an output of a node of ffmpeg-python, which has no types


def then(stream: FilterPad, name: str, **options: str | int) -> FilterPad:
    """The stream through one filter."""
    return FilterNode([stream], name, kwargs=options).stream()


def combined(streams: Sequence[FilterPad], name: str, **options: str | int) -> FilterPad:
    """The output of a filter with several inputs."""
    return FilterNode(list(streams), name, max_inputs=None, kwargs=options).stream()


def copies(stream: FilterPad, count: int, name: str = "split") -> list[FilterPad]:
    """The stream for `count` users, each of which is connected once."""
    if count == 1:
        return [stream]
    node = FilterNode([stream], name, args=[count])
    return [node.stream(index) for index in range(count)]
