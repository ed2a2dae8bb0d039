"""Moves over still pictures: which part of the picture is shown, and the stream that shows it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

from finish.graph import FrameFormat, PayloadBytes, Stream, computed, derived
from finish.model.spec_documents import Document
from finish.units import Size, number

Move = Literal["none", "push", "pull", "pan"]
# The method and its version: in the key of each stored still, because another version draws other frames.
METHOD, VERSION = "still-move", 1
# House values. A push magnifies by a tenth, as editors do for a clip of a few seconds. A pan moves by at most
# a fifth of what is shown, so that it isn't a whip in a short one.
_ZOOM: Final = 1.1
_TRAVEL: Final = 0.2
_CENTRE: Final = (0.5, 0.5)


@dataclass(frozen=True)
class PictureShare:
    """A rectangle as shares of a picture's width and height, 0 to 1."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def read(cls, text: str) -> PictureShare:
        """The rectangle that `str` wrote."""
        return cls(*map(float, text.split(",")))

    @property
    def across(self) -> tuple[float, float]:
        """From left to right."""
        return self.left, self.right

    @property
    def down(self) -> tuple[float, float]:
        """From top to bottom."""
        return self.top, self.bottom

    @property
    def middle(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def __str__(self) -> str:
        return ",".join(map(number, (self.left, self.top, self.right, self.bottom)))


@dataclass(frozen=True)
class StillMove:
    """What is shown of a picture in the first frame and in the last one.

    Between them, the size of the rectangle changes by the same factor in every frame, so that a zoom has a
    constant speed. `ease` is the share of the length (0 to 0.5) in which the move gets its speed, and loses
    it at the end. By default it has none, because a still between two cuts that starts and stops looks as if
    it hesitated.
    """

    start: PictureShare
    end: PictureShare
    ease: float = 0.0

    def at(self, frame: int, frames: int) -> PictureShare:
        """What frame number `frame` of `frames` shows."""
        done = _eased(frame / max(1, frames - 1), self.ease)
        left, right = _between(self.start.across, self.end.across, done)
        top, bottom = _between(self.start.down, self.end.down, done)
        return PictureShare(left, top, right, bottom)


def _between(start: tuple[float, float], end: tuple[float, float], done: float) -> tuple[float, float]:
    """The interval at a share of the move: its length changes exponentially, and its ends with its length."""
    growth = math.log((end[1] - end[0]) / (start[1] - start[0]))
    share = math.expm1(growth * done) / math.expm1(growth) if abs(growth) > 1e-9 else done
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def _eased(time: float, ease: float) -> float:
    """The share of the way at a share of the time: the speed rises and falls as half a cosine."""
    if time > 1 - time:
        return 1 - _eased(1 - time, ease)
    if time >= ease:
        return (time - ease / 2) / (1 - ease)
    return (time - ease / math.pi * math.sin(math.pi * time / ease)) / 2 / (1 - ease)


def still_move(picture: Document, move: StillMove, made: FrameFormat, background: str = "#000000") -> Stream:
    """The frames of a move over a PNG or JPEG, as a conformed picture: RGB in full range, BT.709, from 0.

    Codes of sRGB are taken as BT.709's. What is transparent is shown on `background` (#RRGGBB). MediaError if
    the frames are too many to be stored.
    """
    frames = computed(
        METHOD,
        VERSION,
        made,
        file=still_payload(picture),
        start=str(move.start),
        end=str(move.end),
        ease=move.ease,
        background=background,
    )
    stated = derived(frames, made.frames).filter(
        "setparams", colorspace="gbr", range="pc", color_trc="bt709", color_primaries="bt709"
    )
    return stated.filter("setsar", sar=1)


def still_payload(picture: Document) -> PayloadBytes:
    """A PNG or JPEG as the payload of a node."""
    return PayloadBytes(".png" if picture.data.startswith(b"\x89PNG") else ".jpg", picture.data)


def filled(picture: Size, frame: Size, share: PictureShare | None = None) -> PictureShare:
    """The smallest part of a picture that has the frame's shape and shows `share`, as far as the picture
    reaches; without one, the largest part, in the middle."""
    widest, highest = _covering(picture, frame)
    if share is None:
        return _placed((widest, highest), _CENTRE, None)
    scale = min(1.0, max((share.right - share.left) / widest, (share.bottom - share.top) / highest))
    return _placed((widest * scale, highest * scale), share.middle, share)


def move_boxes(picture: Size, frame: Size, move: Move, focus: PictureShare | None = None) -> StillMove:
    """The move over a picture that always fills the frame, and keeps `focus`, such as a face, in it.

    A push and a pull are towards and from the focus, or else the middle. A pan goes to the right or down,
    where the picture has more than the frame shows.
    """
    whole = _placed(_covering(picture, frame), focus.middle if focus else _CENTRE, focus)
    if move == "pan":
        return _panned(whole, focus)
    if move == "none":
        return StillMove(whole, whole)
    near = _nearer(whole, focus)
    return StillMove(whole, near) if move == "push" else StillMove(near, whole)


def _covering(picture: Size, frame: Size) -> tuple[float, float]:
    """The shares of a picture's width and height that fill a frame."""
    shape = frame.width * picture.height / (frame.height * picture.width)
    return min(1.0, shape), min(1.0, 1 / shape)


def _placed(
    size: tuple[float, float], middle: tuple[float, float], focus: PictureShare | None
) -> PictureShare:
    """A rectangle inside the picture around a point, or as near to it as the picture and the focus allow."""
    left = _start(size[0], middle[0], (0.0, 1.0), focus.across if focus else None)
    top = _start(size[1], middle[1], (0.0, 1.0), focus.down if focus else None)
    return PictureShare(left, top, left + size[0], top + size[1])


def _start(
    length: float, middle: float, limits: tuple[float, float], kept: tuple[float, float] | None
) -> float:
    """Where an interval of a length begins that shows what is `kept`, if it is long enough, and is inside
    `limits`."""
    start = middle - length / 2
    if kept and kept[1] - kept[0] <= length:
        start = min(max(start, kept[1] - length), kept[0])
    return min(max(start, limits[0]), limits[1] - length)


def _nearer(whole: PictureShare, focus: PictureShare | None) -> PictureShare:
    """What a push ends with: a part of the whole, magnified less if the focus wouldn't fit."""
    size = whole.right - whole.left, whole.bottom - whole.top
    scale = 1 / _ZOOM
    if focus:
        scale = max(scale, (focus.right - focus.left) / size[0], (focus.bottom - focus.top) / size[1])
    width, height = (length * min(1.0, scale) for length in size)
    middle = (focus or whole).middle
    # The point in the middle of the focus stays where it is in the frame.
    across, down = (
        point - (point - start) * min(1.0, scale) + length / 2
        for point, start, length in zip(middle, (whole.left, whole.top), (width, height), strict=True)
    )
    left = _start(width, across, (whole.left, whole.right), focus.across if focus else None)
    top = _start(height, down, (whole.top, whole.bottom), focus.down if focus else None)
    return PictureShare(left, top, left + width, top + height)


def _panned(whole: PictureShare, focus: PictureShare | None) -> StillMove:
    """A pan along the side of the picture that has more to show; if neither has, in a slightly smaller
    part."""
    width, height = whole.right - whole.left, whole.bottom - whole.top
    if max(1 - width, 1 - height) < 1 - 1 / _ZOOM:
        width, height = width / _ZOOM, height / _ZOOM
    steps = (width * _TRAVEL / 2, 0.0) if 1 - width >= 1 - height else (0.0, height * _TRAVEL / 2)
    middle = [
        min(max(point, length / 2 + step), 1 - length / 2 - step) if length / 2 + step <= 0.5 else 0.5
        for point, length, step in zip(
            focus.middle if focus else _CENTRE, (width, height), steps, strict=True
        )
    ]  # far enough from the edges for the whole way
    start, end = (
        _placed((width, height), (middle[0] + sign * steps[0], middle[1] + sign * steps[1]), focus)
        for sign in (-1, 1)
    )
    return StillMove(start, end)
