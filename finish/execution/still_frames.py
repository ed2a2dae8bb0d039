"""Draws the frames of a move over a still picture, at exact positions between pixels."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from finish.graph import Payload, Stream
from finish.model import Document
from finish.model.still_move import PictureShare, StillMove
from finish.stages.composite import picture_file

Planes = NDArray[np.uint16]
Floats = NDArray[np.float32]

_LOBES: Final = 3  # of the Lanczos kernel
# Lines and columns of one multiplication. More lines multiply more zeros, and larger blocks make the library
# use several threads, which wait for each other: measured, that takes nine times the CPU time.
_BLOCK, _COLUMNS = 8, 4096
# Pixels of the picture that one of the frame shows: a picture with many more is reduced once, to this many.
_DENSE, _REDUCED = 1.6, 1.3


def still_frames(node: Stream, inputs: Sequence[Iterator[Planes]]) -> Iterator[Planes]:  # noqa: ARG001 (a method)
    """The frames of a "still-move" node. MediaError for a picture that can't be read."""
    args = dict(node.args)
    assert node.size is not None
    move = StillMove(
        PictureShare.read(str(args["start"])),
        PictureShare.read(str(args["end"])),
        float(node.fraction("ease") or 0),
    )
    picture = _picture(args["file"], str(args["background"]))  # type: ignore[arg-type]
    frames, deep = int(str(args["frames"])), _bits(str(args["pix_fmt"]))
    picture = _reduced(picture, move, (node.size.width, node.size.height))
    columns = np.ascontiguousarray(picture.transpose(1, 0, 2))
    drawn: tuple[PictureShare, Planes] | None = None
    for number in range(frames):
        share = move.at(number, frames)
        if drawn is None or drawn[0] != share:
            rgb = _drawn(columns, share, (node.size.width, node.size.height))
            codes = np.rint(rgb.clip(0, 1) * (2**deep - 1)).astype(np.uint16)
            drawn = share, np.ascontiguousarray(codes.transpose(2, 0, 1)[[1, 2, 0]])
        yield drawn[1]


def _bits(pix_fmt: str) -> int:
    """The bits of a component of `gbrp10le` and the like."""
    return int(pix_fmt.removeprefix("gbrp").removesuffix("le"))


def _picture(file: Payload, background: str) -> Floats:
    """The picture in RGB from 0 to 1, (height, width, 3), upright, on the background."""
    rgba = picture_file.read(Document(Path(f"picture{file.suffix}"), file.content()))
    colour = np.array([int(background[at : at + 2], 16) / 255 for at in (1, 3, 5)], np.float32)
    alpha = rgba[:, :, 3:]
    return np.asarray(rgba[:, :, :3] * alpha + colour * (1 - alpha), np.float32)


def _reduced(picture: Floats, move: StillMove, size: tuple[int, int]) -> Floats:
    """The picture with smaller sides if no frame shows all of its detail: each frame then costs less."""
    density = min(_density(picture.shape, share, size) for share in (move.start, move.end))
    if density < _DENSE:
        return picture
    high, wide = (math.ceil(side * _REDUCED / density) for side in picture.shape[:2])
    lines = _scaled(picture, (0.0, picture.shape[0]), high)
    columns = np.ascontiguousarray(lines.transpose(1, 0, 2))
    return _scaled(columns, (0.0, picture.shape[1]), wide).transpose(1, 0, 2)


def _density(shape: tuple[int, ...], share: PictureShare, size: tuple[int, int]) -> float:
    """How many pixels of the picture one pixel of the frame shows, along the side with fewer."""
    across = shape[1] * (share.right - share.left) / size[0]
    return min(across, shape[0] * (share.bottom - share.top) / size[1])


def _drawn(columns: Floats, share: PictureShare, size: tuple[int, int]) -> Floats:
    """The part of a picture, (width, height, 3), in the size of a frame: (height, width, 3)."""
    wide, high = columns.shape[:2]
    first, last = _rows(high, share, size[1])
    part = _scaled(columns[:, first:last], (share.left * wide, share.right * wide), size[0])
    lines = np.ascontiguousarray(part.transpose(1, 0, 2))
    return _scaled(lines, (share.top * high - first, share.bottom * high - first), size[1])


def _rows(high: int, share: PictureShare, count: int) -> tuple[int, int]:
    """The rows of a picture that a part of it reads, with those that the kernel reaches."""
    reach = _LOBES * max(1.0, (share.bottom - share.top) * high / count) + 1
    return max(0, int(share.top * high - reach)), min(high, int(share.bottom * high + reach) + 1)


def _scaled(lines: Floats, part: tuple[float, float], count: int) -> Floats:
    """A `part` of some lines (from edge to edge, in lines), as `count` lines.

    Each of them is a weighted mean of lines. Dense multiplication of blocks is faster than adding up line by
    line.
    """
    step = (part[1] - part[0]) / count
    centres = part[0] + (np.arange(count) + 0.5) * step - 0.5
    flat = lines.reshape(len(lines), -1)
    out = np.empty((count, flat.shape[1]), np.float32)
    reach = _LOBES * max(1.0, step)
    for begin in range(0, count, _BLOCK):
        block = centres[begin : begin + _BLOCK]
        low, high = int(np.floor(block[0] - reach)), int(np.ceil(block[-1] + reach)) + 1
        places = np.arange(low, high)
        weights = _kernel((places - block[:, None]) / max(1.0, step))
        weights /= weights.sum(axis=1, keepdims=True)
        inside = places.clip(0, len(lines) - 1)  # beyond its edges, a picture goes on with its last line
        folded = np.zeros((len(block), inside[-1] - inside[0] + 1))
        np.add.at(folded.T, inside - inside[0], weights.T)
        used, mixed = flat[inside[0] : inside[-1] + 1], folded.astype(np.float32)
        for left in range(0, flat.shape[1], _COLUMNS):
            columns = slice(left, left + _COLUMNS)
            np.matmul(mixed, used[:, columns], out=out[begin : begin + _BLOCK, columns])
    return out.reshape(count, *lines.shape[1:])


def _kernel(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """The Lanczos kernel."""
    return np.where(np.abs(distance) < _LOBES, np.sinc(distance) * np.sinc(distance / _LOBES), 0.0)
