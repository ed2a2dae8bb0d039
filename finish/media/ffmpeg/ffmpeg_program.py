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

# s for a question that FFmpeg answers in 0.05 s; house: the program may be on a network share that must wake.
_ANSWER: Final = 10.0
OLDEST: Final = 9  # `-/filter_complex` and several other options changed between versions 5 and 9


@cache
def binary() -> str:
    """The FFmpeg to start: `FINISH_FFMPEG` if it is set, else the one in imageio-ffmpeg. The PATH isn't
    searched."""
    chosen = os.environ.get("FINISH_FFMPEG")
    if chosen:
        if not (os.path.isfile(chosen) and os.access(chosen, os.X_OK)):
            raise CapabilityError(
                f"FINISH_FFMPEG is {chosen!r}, which can't be run", "unset it to use the embedded FFmpeg"
            )
        return chosen
    spec = find_spec("imageio_ffmpeg")
    folder = Path(spec.origin).parent / "binaries" if spec and spec.origin else Path("/nonexistent")
    programs = sorted(path for path in folder.glob("ffmpeg-*") if os.access(path, os.X_OK))
    if not programs:
        raise CapabilityError(
            "imageio-ffmpeg has no FFmpeg for this machine", "set FINISH_FFMPEG to the path of FFmpeg 9"
        )
    return str(programs[-1])


def version() -> str:
    """The build's own version text, which is part of the name of a rendered piece. FinishError for a program
    that is too old or isn't FFmpeg."""
    answer = _version(binary())
    if isinstance(answer, FinishError):
        raise answer
    return answer


@cache  # errors too: a program that doesn't answer is waited for once
def _version(path: str) -> str | FinishError:
    try:
        first, _, rest = _ask("-version").partition("\n")[0].partition("ffmpeg version ")
    except FinishError as error:
        return error
    if first or not rest:
        return CapabilityError(f"{path} isn't FFmpeg", "unset FINISH_FFMPEG to use the embedded one")
    text = rest.split(" Copyright")[0]
    major = re.match(r"n?(\d+)\.", text)
    if major and int(major[1]) < OLDEST:
        hint = f"finish needs version {OLDEST}: unset FINISH_FFMPEG to use the embedded one"
        return CapabilityError(f"FFmpeg {text} is too old", hint)
    return text


@cache
def listing(what: str) -> frozenset[str]:
    """The names that FFmpeg lists for "filters", "encoders", "muxers" or "demuxers"."""
    version()
    words = [line.split() for line in _ask(f"-{what}").splitlines()]
    return frozenset(name for word in words if len(word) > 1 for name in word[1].split(","))


def _ask(*arguments: str) -> str:
    return process.answer([binary(), "-hide_banner", *arguments], _ANSWER)
