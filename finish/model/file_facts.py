"""The facts of a file that promises are about: functions of the probed file; None if the file has no such
fact."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Final, TypeVar

from finish.model.media import AudioTrack, Source, VideoTrack
from finish.units import Size

T = TypeVar("T")
FileFact = Callable[[Source], T | None]


def _picture(fact: Callable[[VideoTrack], T]) -> FileFact[T]:
    """A fact of the picture in use."""
    return lambda file: None if file.video is None else fact(file.video)


def _sound(fact: Callable[[AudioTrack], T]) -> FileFact[T]:
    """A fact of the first audio track."""
    return lambda file: None if file.track is None else fact(file.track)


frame_size: Final[FileFact[Size]] = _picture(lambda video: video.size)
frame_rate: Final[FileFact[Fraction]] = _picture(lambda video: video.rate)
frame_count: Final[FileFact[int]] = _picture(lambda video: video.frames)
picture_codec: Final[FileFact[str]] = _picture(lambda video: video.codec)
picture_profile: Final[FileFact[str]] = _picture(lambda video: video.profile)
pixel_format: Final[FileFact[str]] = _picture(lambda video: video.pix_fmt)
pixel_aspect: Final[FileFact[Fraction]] = _picture(lambda video: video.sample_aspect)
rotation: Final[FileFact[int]] = _picture(lambda video: video.rotation)
interlaced: Final[FileFact[bool]] = _picture(lambda video: video.fielded)
variable_rate: Final[FileFact[bool]] = _picture(lambda video: video.variable)
primaries: Final[FileFact[str]] = _picture(lambda video: video.primaries)
transfer: Final[FileFact[str]] = _picture(lambda video: video.transfer)
matrix: Final[FileFact[str]] = _picture(lambda video: video.matrix)
full_range: Final[FileFact[bool | None]] = _picture(lambda video: video.full_range)
short_side: Final[FileFact[int]] = _picture(lambda video: video.short_side)
long_side: Final[FileFact[int]] = _picture(lambda video: video.long_side)

sound_codec: Final[FileFact[str]] = _sound(lambda track: track.codec)
sound_rate: Final[FileFact[int]] = _sound(lambda track: track.rate)
sound_channels: Final[FileFact[int]] = _sound(lambda track: track.channels)


def whole(file: Source) -> bool:
    return file.whole


def faststart(file: Source) -> bool | None:
    return file.faststart


def edit_list(file: Source) -> bool | None:
    return file.edit_list


def timecode(file: Source) -> str:
    return file.extras.timecode


def credentials(file: Source) -> str | None:
    """`valid` for a file that is as it was signed; else what is wrong; None for an unsigned one."""
    store = file.extras.credentials
    if store is None or store.intact:
        return None if store is None else "valid"
    return f"{store.state}: {'; '.join(store.problems[:2])}"


def source_type(file: Source) -> str | None:
    """The digital source type in the file's XMP; None without one."""
    return next(iter(file.extras.source_types), None)


def seconds(file: Source) -> float:
    return file.seconds


def file_size(file: Source) -> int:
    """Bytes."""
    return file.size


def mean_rate(file: Source) -> float:
    """kbit/s."""
    return file.kbits


def sound_lead(file: Source) -> float | None:
    """Milliseconds by which the sound starts before the picture."""
    return file.sound_lead


def sound_excess(file: Source) -> float | None:
    """Milliseconds by which the sound ends after the picture."""
    return file.sound_excess
