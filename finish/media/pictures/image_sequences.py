"""Numbered pictures as one clip: their files, and a video file made of their bytes, one packet each, that is
read in their place.

A note in `.finish/media` represents them among a job's files. It holds the state of every picture, so that it
changes as soon as one of them does. Notes are never read: a note that came with a job folder has no effect.
"""

from __future__ import annotations

import io
import json
import os
import re
import stat
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from finish.errors import FinishError, Interrupted, MediaError
from finish.media.pictures.still_headers import DEMUXERS, MOST_PIXELS, SUFFIXES, StillHeader, still_of
from finish.storage import platform
from finish.storage.file_patterns import LOOKED_AT, tame
from finish.storage.publish import write_whole
from finish.units import digest

if TYPE_CHECKING:
    import av.container

MOST: Final = 36_000  # pictures; house limit: 25 minutes at 24 fps
_MOST_BYTES: Final = 2**30  # of one picture; house: twice the largest that may be decoded, in 16 bits
_NUMBER: Final = re.compile(r"%(?:0([1-9]))?d")
_STATE: Final = ("st_dev", "st_ino", "st_size", "st_mtime_ns", "st_ctime_ns")


@dataclass(frozen=True)
class ImageSequence:
    """The pictures of one clip: `name` in messages, their files in order, the files' states when they were
    listed, and their `rate` (Hz)."""

    name: str
    files: tuple[Path, ...]
    states: tuple[tuple[int, ...], ...]
    rate: Fraction

    @property
    def digest(self) -> str:
        """The digest of the state of every picture: it differs on another machine, and for another
        picture."""
        return digest(
            "pictures",
            str(self.rate),
            *(f"{path} {known}" for path, known in zip(self.files, self.states, strict=True)),
        )


# By their notes. Only pictures that this process has listed itself are read.
_LISTED: Final[dict[Path, ImageSequence]] = {}


def sequence_at(path: Path) -> ImageSequence | None:
    """The pictures that a note represents; None for any other file."""
    return _LISTED.get(path)


def write_note(place: Path, name: str, files: Sequence[Path], rate: Fraction) -> Path:
    """Write the note at `place`, which represents the pictures from now on; ValueError for a picture that
    isn't a file or may not be read."""
    sequence = ImageSequence(name, tuple(files), tuple(map(_state_of, files)), rate)
    states = {path.name: known for path, known in zip(files, sequence.states, strict=True)}
    note = json.dumps({"rate": str(rate), "pictures": states}).encode()
    if not place.is_file() or place.is_symlink() or place.read_bytes() != note:
        try:
            write_whole(place, note)
        except FinishError:
            # A read-only folder needs no note, but an older one must not represent these pictures.
            if os.path.lexists(place):
                raise
    _LISTED[place] = sequence
    return place


def sequence_files(folder: Path, name: str, first: int | None, real: Callable[[str], Path]) -> list[Path]:
    """The pictures that match the pattern `name` in a folder, from the number `first` or the lowest number
    on.

    `real` returns the path where a link ends; ValueError outside the job. ValueError with the first missing
    number.
    """
    mark = _NUMBER.search(name)
    if mark is None or Path(name).suffix.lower() not in SUFFIXES or name.count("%") != 1:
        raise ValueError(
            f'"{tame(name)}" isn\'t a pattern of numbered pictures — write one %04d or %d and the suffix'
            " of PNG, JPEG or TIFF, such as shot.%04d.png"
        )
    entries = _entries(folder, name[: mark.start()], name[mark.end() :], int(mark[1] or 1))
    numbers = sorted(number for number in entries if first is None or number >= first)
    if not numbers:
        since = f" from {first} on" if first else ""
        raise ValueError(
            f'no picture matches "{tame(name)}"{since} — check the folder and the number of digits'
        )
    begin = numbers[0] if first is None else first
    missing = next((number for number in range(begin, numbers[-1]) if number not in entries), None)
    if missing is not None:
        lost = tame(_NUMBER.sub(f"{missing:0{mark[1] or 1}d}", name))
        count = numbers[-1] - begin + 1 - len(numbers)
        rest = f", and {count - 1} more" if count > 1 else ""
        raise ValueError(
            f'"{lost}"{rest} of {begin} to {numbers[-1]} is missing'
            " — render it, or set the first number (start: …)"
        )
    if len(numbers) > MOST:
        raise ValueError(f"{len(numbers)} pictures — the maximum is {MOST}")
    return [
        real(entries[number].name) if entries[number].is_symlink() else folder / entries[number].name
        for number in numbers
    ]


def _entries(folder: Path, before: str, after: str, width: int) -> dict[int, os.DirEntry[str]]:
    """The entries of a folder that have a number of at least `width` digits between `before` and `after`."""
    numbered = {}
    with os.scandir(folder) as entries:
        for count, entry in enumerate(entries):
            if count >= LOOKED_AT:
                raise ValueError(
                    f"the folder holds more than {LOOKED_AT:,} names"
                    " — move the pictures to a folder of their own"
                )
            digits = entry.name[len(before) : len(entry.name) - len(after)]
            right = len(digits) == width or (len(digits) > width and digits[:1] != "0")
            if (
                entry.name.startswith(before)
                and entry.name.endswith(after)
                and re.fullmatch(r"[0-9]{1,9}", digits)
                and right
            ):
                numbered[int(digits)] = entry
    return numbered


def _state(status: os.stat_result) -> tuple[int, ...]:
    return tuple(getattr(status, field) for field in _STATE)


def _state_of(path: Path) -> tuple[int, ...]:
    try:
        status = path.stat()
    except OSError as error:
        raise ValueError(f'"{tame(path.name)}" can\'t be read: {(error.strerror or "").lower()}') from error
    if not stat.S_ISREG(status.st_mode):
        raise ValueError(f'"{tame(path.name)}" isn\'t a file — numbered pictures must be files')
    return _state(status)


def write_video(pictures: ImageSequence, cancel: threading.Event, target: Path) -> None:
    """Write the pictures' bytes, unchanged, as packets of a QuickTime movie; FinishError for a picture that
    doesn't fit the others."""
    import av

    try:
        with av.open(str(target), "w", format="mov", options={"fflags": "+bitexact"}) as out:
            _write(pictures, out, cancel)
    except (av.FFmpegError, ValueError) as error:
        message = f"{pictures.name}: {pictures.files[0].name} can't be read as a picture"
        raise MediaError(message, "export the pictures again") from error


def _write(pictures: ImageSequence, out: av.container.OutputContainer, cancel: threading.Event) -> None:
    import av

    first: StillHeader | None = None
    stream: Any = None
    for number, (path, known) in enumerate(zip(pictures.files, pictures.states, strict=True)):
        if cancel.is_set():
            raise Interrupted()
        data = _read(path, known)
        header = still_of(data, path.suffix)
        first = first or header
        _refuse(path.name, header, first, pictures.files[0].name)
        if stream is None:
            with av.open(io.BytesIO(data), format=DEMUXERS[path.suffix.lower()]) as one:
                stream = out.add_stream_from_template(one.streams.video[0])
            stream.time_base = 1 / pictures.rate
        packet = av.Packet(data)
        packet.stream, packet.time_base = stream, 1 / pictures.rate
        packet.pts = packet.dts = number
        packet.duration, packet.is_keyframe = 1, True
        out.mux(packet)


def _read(path: Path, known: tuple[int, ...]) -> bytes:
    """The bytes of a picture; MediaError if it has changed since it was listed."""
    changed = MediaError(f"{path.name} changed while it was read", "run again when all pictures are rendered")
    try:
        handle = platform.open_regular(path)
    except OSError as error:
        raise changed from error
    with os.fdopen(handle, "rb") as file:
        if _state(os.fstat(handle)) != known:
            raise changed
        if known[2] > _MOST_BYTES:
            raise MediaError(f"{path.name} is larger than {_MOST_BYTES >> 20} MB", "export smaller pictures")
        data = file.read(known[2] + 1)
        if len(data) != known[2] or _state(os.fstat(handle)) != known:
            raise changed
    return data


def _refuse(name: str, header: StillHeader | None, first: StillHeader | None, other: str) -> None:
    """MediaError for a picture that is damaged, or differs in kind from the first picture, `other`."""
    if header is None or first is None:
        raise MediaError(f"{name} isn't the kind of picture that its suffix states", "export it again")
    if not header.whole:
        raise MediaError(f"{name} is cut off", "export or copy it again")
    if not 0 < header.size.pixels <= MOST_PIXELS:
        message = f"{name}: a size of {header.size} isn't supported"
        raise MediaError(message, "export it smaller: the maximum is 8192x4320 pixels")
    if header.size != first.size:
        message = f"{name} is {header.size}, and {other} is {first.size}"
        raise MediaError(message, "export all pictures of a clip in one size")
    if header.form != first.form:
        message = f"{name} is {header.form}, and {other} is {first.form}"
        raise MediaError(message, "export all pictures of a clip in one format")
    if "premultiplied alpha" in header.form:
        message = f"{name} has premultiplied alpha"
        raise MediaError(message, "export it with straight alpha, or as PNG")
