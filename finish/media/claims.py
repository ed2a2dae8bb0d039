"""The claims of a media file, checked before memory or time is spent on it, and compared with its content."""

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
from finish.model import Loss, Source, Whose, merged

# 8K in the frame of digital cinema (SMPTE ST 2036-1 has 7680 × 4320). A decoder holds a few dozen such
# pictures in under 2 GB.
MOST_PIXELS: Final = 8192 * 4320
_KEPT_BY_INDEX: Final = (
    "mov",
    "mp4",
)  # the index of each track was compared with itself; edit lists shorten what is shown
_COUNTED: Final = Fraction(1, 10)  # s
_TAGGED: Final = ("matroska", "webm")
_LASTING: Final = re.compile(r"(\d\d):(\d\d):(\d\d(?:\.\d{1,9})?)")
_PADDED: Final = Fraction(1, 20)  # s; the padding of a last block of sound counts, and is not heard
_SAMPLES_A_BYTE: Final = 8  # one-bit sound has that many; nothing has more
_FEW: Final = 1_000_000
_LOOKED_AT: Final = 100  # frames that one look may take: limits of time and output follow
_TOO_LARGE: Final = re.compile(r"Picture size (\d+x\d+) exceeds specified max pixel count")


def limits() -> dict[str, str]:
    """The limits for FFmpeg's libraries when they open a file."""
    return {"max_pixels": str(MOST_PIXELS)}


def refuse_claims(path: Path, name: str) -> None:
    """MediaError for an index of more entries than the file could hold: FFmpeg makes room for all of them
    at once."""
    claimed = containers.claimed(path)
    if claimed > path.stat().st_size * _SAMPLES_A_BYTE + _FEW:
        message = (
            f"{name} is damaged: its index states {claimed:,} frames or samples, more than the file can hold"
        )
        raise MediaError(message, "copy or export the clip again")


def refuse_size(pictures: Sequence[Any], path: Path, name: str, options: Mapping[str, str]) -> None:
    """MediaError for pictures larger than are taken; from now on their decoders refuse larger ones
    themselves."""
    if any(picture.codec_context is not None and not picture.codec_context.width for picture in pictures):
        refuse_large(path, name, options)  # FFmpeg knows no size where it has refused one
    for context in (picture.codec_context for picture in pictures if picture.codec_context is not None):
        if context.width * context.height > MOST_PIXELS:
            raise _too_large(name, f"{context.width}x{context.height}")
        context.options = {**context.options, **limits()}


def refuse_large(path: Path, shown: str, options: Mapping[str, str]) -> None:
    """MediaError for a file in which a picture is too large for FFmpeg's limit: only its log says so,
    where it is opened once more with the same `options`. By a process of its own: a log of PyAV's belongs
    to all threads, and may stop them for ever."""
    general = {
        name: value for name, value in options.items() if name not in reading("apng")
    }  # a program refuses another demuxer's
    opened = [word for name, value in general.items() for word in (f"-{name}", value)]
    arguments = [
        binary(),
        "-hide_banner",
        "-nostdin",
        "-loglevel",
        "repeat+level+error",
        "-threads",
        "1",
        *opened,
        "-i",
        f"file:{path}",
    ]
    log = ffmpeg_runner.lines(arguments, _LOOKED_AT, threading.Event())
    large = next((match[1] for line in log if (match := _TOO_LARGE.search(line))), None)
    if large:
        raise _too_large(shown, large)


def _too_large(name: str, size: str) -> FinishError:
    message = f"{name}: the picture is {size}, and the maximum is 8192x4320 pixels"
    return MediaError(message, "export it smaller")


def stated_ends(streams: Iterable[Any]) -> dict[int, Fraction]:
    """When each stream ends (s) by the statistics that writers of Matroska add (RFC 9559, tag DURATION);
    those without are left out."""
    said = {stream.index: _LASTING.fullmatch(str(stream.metadata.get("DURATION", ""))) for stream in streams}
    return {
        index: Fraction(int(found[1])) * 3600 + int(found[2]) * 60 + Fraction(found[3])
        for index, found in said.items()
        if found
    }


def compared(source: Source, lasting: Mapping[int, Fraction], others: Fraction) -> Source:
    """The source with what its container states, `lasting` of each stream, and what of that is missing.

    `others` is when the last of what is neither picture nor sound ends (s): a container's length counts
    subtitles too.
    """
    stated = containers.read(source.path, source.demuxer)
    ends = max(
        (*(picture.end for picture in source.pictures), *(each.end for each in source.audio)),
        default=Fraction(0),
    )
    short = Fraction(0)
    if stated.seconds is not None and source.demuxer not in _KEPT_BY_INDEX:
        # An AVI counts its pictures, one by one; other containers state the length of what is longest.
        last = (
            max(picture.end for picture in source.pictures)
            if _counts(source)
            else max(ends, ends - source.start, others)
        )
        short = max(Fraction(0), stated.seconds - last)
    losses = [_placed(loss, ends, short) for loss in stated.losses]
    if short > (_COUNTED if _counts(source) else TOLERATED) and not any(
        loss.code == "cut-off" for loss in losses
    ):
        losses.append(_uncounted(short) if _counts(source) else _placed(cut_off(), ends, short))
    if not losses and source.demuxer in _TAGGED:
        losses += _ended(source, lasting)
    warnings = source.warnings if losses else (*source.warnings, *stated.odd)
    return replace(source, stated=stated, losses=merged((*source.losses, *losses)), warnings=warnings)


def _uncounted(short: Fraction) -> Loss:
    return Loss(
        "pictures-missing", "its header counts more frames than the file holds", "picture", seconds=short
    )


def _counts(source: Source) -> bool:
    return source.demuxer == "avi" and bool(source.pictures)


def _ended(source: Source, lasting: Mapping[int, Fraction]) -> Iterator[Loss]:
    """Losses for streams that end before the end that their container states."""
    ends: list[tuple[Whose, int, Fraction]] = [
        ("picture", picture.index, picture.end) for picture in source.pictures
    ]
    ends += [("sound", each.index, each.end) for each in source.audio]
    for part, index, end in ends:
        missing = lasting.get(index, Fraction(0)) - end
        if missing > _PADDED:
            text = f"its {part} ends before the {float(lasting[index]):.2f} s that the file states"
            yield Loss("ends-early", text, part, end, missing, index)


def _placed(loss: Loss, ends: Fraction, short: Fraction) -> Loss:
    """What is missing of the whole file is missing at its end."""
    if loss.code != "cut-off" or loss.start is not None:
        return loss
    return replace(loss, start=ends, seconds=short if short > TOLERATED else None)
