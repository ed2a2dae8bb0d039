"""The claims of a media file: limited before memory or time is spent on it, and compared with its content."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from finish.errors import FinishError, MediaError
from finish.graph import reading
from finish.media import containers
from finish.media.containers.container_losses import TOLERATED, cut_off
from finish.media.ffmpeg import ffmpeg_runner
from finish.media.ffmpeg.ffmpeg_program import binary
from finish.media.pictures.still_headers import MOST_PIXELS
from finish.model import Loss, Source, Whose, merged
from finish.model.account import in_seconds

# Containers whose reader has compared the index of each track with itself; edit lists shorten the picture.
_KEPT_BY_INDEX: Final = ("mov", "mp4")
_COUNTED: Final = Fraction(1, 10)  # s
_TAGGED: Final = ("matroska", "webm")
_LASTING: Final = re.compile(r"(\d\d):(\d\d):(\d\d(?:\.\d{1,9})?)")
_PADDED: Final = Fraction(1, 20)  # s; the stated end includes the padding of the last block of sound
_SAMPLES_A_BYTE: Final = 8  # of one-bit sound; nothing has more
_FEW: Final = 1_000_000
_FRAMES: Final = 100  # for the limits of CPU time and output of one FFmpeg run
_TOO_LARGE: Final = re.compile(r"Picture size (\d+x\d+) exceeds specified max pixel count")


def limits() -> dict[str, str]:
    """The options that limit FFmpeg's libraries when they open a file."""
    return {"max_pixels": str(MOST_PIXELS)}


def refuse_claims(path: Path, name: str) -> None:
    """MediaError for an index with more entries than the file can hold: FFmpeg allocates memory for all of
    them at once."""
    claimed = containers.claimed(path)
    if claimed > path.stat().st_size * _SAMPLES_A_BYTE + _FEW:
        message = (
            f"{name} is damaged: its index states {claimed:,} frames or samples, more than the file can hold"
        )
        raise MediaError(message, "copy or export the clip again")


def refuse_size(pictures: Sequence[Any], path: Path, name: str, options: Mapping[str, str]) -> None:
    """MediaError for pictures that exceed the maximum; from then on, their decoders refuse larger frames."""
    if any(picture.codec_context is not None and not picture.codec_context.width for picture in pictures):
        refuse_large(path, name, options)  # FFmpeg reports no size if it has refused one
    for context in (picture.codec_context for picture in pictures if picture.codec_context is not None):
        if context.width * context.height > MOST_PIXELS:
            raise _too_large(name, f"{context.width}x{context.height}")
        context.options = {**context.options, **limits()}


def refuse_large(path: Path, name: str, options: Mapping[str, str]) -> None:
    """MediaError for a file with a picture that exceeds FFmpeg's limit.

    Only FFmpeg's log names the size, so the file is opened again with the same `options`, by a process of its
    own: PyAV's log belongs to all threads, and can block them for ever.
    """
    # The program refuses options of other demuxers.
    general = {option: value for option, value in options.items() if option not in reading("apng")}
    words = [word for option, value in general.items() for word in (f"-{option}", value)]
    quiet = ["-hide_banner", "-nostdin", "-loglevel", "repeat+level+error", "-threads", "1"]
    arguments = [binary(), *quiet, *words, "-i", f"file:{path}"]
    log = ffmpeg_runner.lines(arguments, _FRAMES, threading.Event())
    size = next((match[1] for line in log if (match := _TOO_LARGE.search(line))), None)
    if size:
        raise _too_large(name, size)


def _too_large(name: str, size: str) -> FinishError:
    message = f"{name}: the picture is {size}, and the maximum is 8192x4320 pixels"
    return MediaError(message, "export it smaller")


def stated_ends(streams: Iterable[Any]) -> dict[int, Fraction]:
    """When each stream ends (s) by the statistics that Matroska writers add (RFC 9559, tag DURATION); streams
    without them are left out."""
    tags = {stream.index: _LASTING.fullmatch(str(stream.metadata.get("DURATION", ""))) for stream in streams}
    return {
        index: Fraction(int(match[1])) * 3600 + int(match[2]) * 60 + Fraction(match[3])
        for index, match in tags.items()
        if match
    }


def compared(source: Source, lasting: Mapping[int, Fraction], others: Fraction) -> Source:
    """The source with the claims of its container, and with the losses that they show.

    `lasting` is the stated end of each stream. `others` is when the last packet that is neither picture nor
    sound ends (s): a container's length includes subtitles.
    """
    stated = containers.read(source.path, source.demuxer)
    ends = max(
        (*(picture.end for picture in source.pictures), *(sound.end for sound in source.audio)),
        default=Fraction(0),
    )
    short = Fraction(0)
    if stated.seconds is not None and source.demuxer not in _KEPT_BY_INDEX:
        # An AVI counts its frames; other containers state the length of their longest stream.
        last = (
            max(picture.end for picture in source.pictures)
            if _counts(source)
            else max(ends, ends - source.start, others)
        )
        short = max(Fraction(0), stated.seconds - last)
    losses = [_placed(loss, ends, short) for loss in stated.losses]
    tolerated = _COUNTED if _counts(source) else TOLERATED
    if short > tolerated and not any(loss.code == "cut-off" for loss in losses):
        losses.append(_missing_pictures(short) if _counts(source) else _placed(cut_off(), ends, short))
    if not losses and source.demuxer in _TAGGED:
        losses += _early_ends(source, lasting)
    warnings = source.warnings if losses else (*source.warnings, *stated.odd)
    return replace(source, stated=stated, losses=merged((*source.losses, *losses)), warnings=warnings)


def _missing_pictures(short: Fraction) -> Loss:
    text = "its header counts more frames than the file holds"
    return Loss("pictures-missing", text, "picture", seconds=short)


def _counts(source: Source) -> bool:
    return source.demuxer == "avi" and bool(source.pictures)


def _early_ends(source: Source, lasting: Mapping[int, Fraction]) -> Iterator[Loss]:
    """Losses for streams that end before the end that their container states."""
    ends: list[tuple[Whose, int, Fraction]] = [
        ("picture", picture.index, picture.end) for picture in source.pictures
    ]
    ends += [("sound", sound.index, sound.end) for sound in source.audio]
    for part, index, end in ends:
        missing = lasting.get(index, Fraction(0)) - end
        if missing > _PADDED:
            text = f"its {part} ends before the {in_seconds(lasting[index])} that the file states"
            yield Loss("ends-early", text, part, end, missing, index)


def _placed(loss: Loss, ends: Fraction, short: Fraction) -> Loss:
    """A loss with its place: bytes that are missing from the file are missing at its end."""
    if loss.code != "cut-off" or loss.start is not None:
        return loss
    return replace(loss, start=ends, seconds=short if short > TOLERATED else None)
