"""Which FFmpeg is used, and what it supports."""

from __future__ import annotations

import os
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from finish.errors import CapabilityError, FinishError
from finish.media.ffmpeg import process

_ANSWER: Final = (
    10.0  # s for a question that FFmpeg answers in 0.05 s; house: a program on a share that has gone to sleep
)
OLDEST: Final = 9  # what `-/filter_complex` and several options of ours mean changed between 5 and 9


@cache
def binary() -> str:
    """The FFmpeg to start: `FINISH_FFMPEG` when it is set, else the one that imageio-ffmpeg carries, and
    no other."""
    chosen = os.environ.get("FINISH_FFMPEG")
    if chosen:
        if not (os.path.isfile(chosen) and os.access(chosen, os.X_OK)):
            raise CapabilityError(
                f"FINISH_FFMPEG is {chosen!r}, which can't be run", "unset it to use the embedded FFmpeg"
            )
        return chosen
    spec = find_spec("imageio_ffmpeg")
    folder = Path(spec.origin).parent / "binaries" if spec and spec.origin else Path("/nonexistent")
    found = sorted(path for path in folder.glob("ffmpeg-*") if os.access(path, os.X_OK))
    if not found:
        raise CapabilityError(
            "imageio-ffmpeg has no FFmpeg for this machine", "set FINISH_FFMPEG to the path of FFmpeg 9"
        )
    return str(found[-1])


def version() -> str:
    """The build's own version text: part of what a rendered piece is named by. FinishError for what is too
    old or no FFmpeg."""
    said = _version(binary())
    if isinstance(said, FinishError):
        raise said
    return said


@cache  # what is wrong too: one that does not answer is waited for once
def _version(path: str) -> str | FinishError:
    try:
        first, _, rest = _ask("-version").partition("\n")[0].partition("ffmpeg version ")
    except FinishError as error:
        return error
    if first or not rest:
        return CapabilityError(f"{path} isn't FFmpeg", "unset FINISH_FFMPEG to use the embedded one")
    said = rest.split(" Copyright")[0]
    major = re.match(r"n?(\d+)\.", said)
    if major and int(major[1]) < OLDEST:
        hint = f"finish needs version {OLDEST}: unset FINISH_FFMPEG to use the embedded one"
        return CapabilityError(f"FFmpeg {said} is too old", hint)
    return said


@cache
def listing(what: str) -> frozenset[str]:
    """The names that FFmpeg lists for "filters", "encoders", "muxers" or "demuxers"."""
    version()
    words = [line.split() for line in _ask(f"-{what}").splitlines()]
    return frozenset(name for word in words if len(word) > 1 for name in word[1].split(","))


def _ask(*arguments: str) -> str:
    return process.answer([binary(), "-hide_banner", *arguments], _ANSWER)
