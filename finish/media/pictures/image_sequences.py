"""Numbered pictures as one clip: which they are, and a file made of their own bytes, one packet each, that is
read in their place.

What stands for them among a job's files is a note in `.finish/media`, of the state of every picture: it is
another file as soon as one of them is. A note is never read, so one that came with a job folder leads
nowhere.
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
from finish.media.claims import MOST_PIXELS
from finish.media.pictures.still_headers import DEMUXERS, SUFFIXES, StillHeader, still_of
from finish.storage import platform
from finish.storage.file_patterns import LOOKED_AT, tame
from finish.storage.publish import write_whole
from finish.units import digest

if TYPE_CHECKING:
    import av.container

MOST: Final = 36_000  # pictures; house limit: 25 minutes at 24 a second
_MOST_BYTES: Final = 2**30  # of one picture; house: twice the largest that may be decoded, in 16 bits
_NUMBER: Final = re.compile(r"%(?:0([1-9]))?d")
_STATE: Final = ("st_dev", "st_ino", "st_size", "st_mtime_ns", "st_ctime_ns")


@dataclass(frozen=True)
class ImageSequence:
    """The pictures of one clip in their order, their states when they were listed, and how many are shown
    a second."""

    shown: str
    files: tuple[Path, ...]
    states: tuple[tuple[int, ...], ...]
    rate: Fraction

    @property
    def digest(self) -> str:
        """Of what the file system says of every picture: another machine, and another picture, have
        another."""
        return digest(
            "pictures",
            str(self.rate),
            *(f"{path} {known}" for path, known in zip(self.files, self.states, strict=True)),
        )


# By their notes. Only what this process has listed itself is read.
_LISTED: Final[dict[Path, ImageSequence]] = {}


def numbered(path: Path) -> ImageSequence | None:
    """The pictures for which a note stands; None for any other file."""
    return _LISTED.get(path)


def noted(place: Path, name: str, files: Sequence[Path], rate: Fraction) -> Path:
    """The note at `place`, which stands for the pictures from now on; ValueError for one that is no file
    or may not be read."""
    found = ImageSequence(name, tuple(files), tuple(map(_state_of, files)), rate)
    said = json.dumps(
        {
            "rate": str(rate),
            "pictures": {path.name: known for path, known in zip(files, found.states, strict=True)},
        }
    ).encode()
    if not place.is_file() or place.is_symlink() or place.read_bytes() != said:
        try:
            write_whole(place, said)
        except (
            FinishError
        ):  # a folder that is only looked at needs none, but no older one may stand for these pictures
            if os.path.lexists(place):
                raise
    _LISTED[place] = found
    return place


def listed(folder: Path, name: str, first: int | None, real: Callable[[str], Path]) -> list[Path]:
    """The pictures that the pattern `name` means in a folder, from the number `first` or the lowest one on,
    none left out.

    `real` says where a link ends, ValueError outside the job. ValueError with the first number that is
    missing.
    """
    mark = _NUMBER.search(name)
    if mark is None or Path(name).suffix.lower() not in SUFFIXES or name.count("%") != 1:
        raise ValueError(
            f'"{tame(name)}" isn\'t a pattern of numbered pictures — write one %04d or %d and the suffix'
            " of PNG, JPEG or TIFF, such as shot.%04d.png"
        )
    there = _there(folder, name[: mark.start()], name[mark.end() :], int(mark[1] or 1))
    numbers = sorted(number for number in there if first is None or number >= first)
    if not numbers:
        since = f" from {first} on" if first else ""
        raise ValueError(
            f'no picture matches "{tame(name)}"{since} — check the folder and the number of digits'
        )
    begin = numbers[0] if first is None else first
    missing = next((number for number in range(begin, numbers[-1]) if number not in there), None)
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
        real(there[number].name) if there[number].is_symlink() else folder / there[number].name
        for number in numbers
    ]


def _there(folder: Path, before: str, after: str, width: int) -> dict[int, os.DirEntry[str]]:
    """The names of a folder that have a number of so many digits, or of more, in its place."""
    found = {}
    with os.scandir(folder) as entries:
        for looked_at, entry in enumerate(entries):
            if looked_at >= LOOKED_AT:
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
                found[int(digits)] = entry
    return found


def _state(status: os.stat_result) -> tuple[int, ...]:
    return tuple(getattr(status, each) for each in _STATE)


def _state_of(path: Path) -> tuple[int, ...]:
    try:
        status = path.stat()
    except OSError as error:
        raise ValueError(f'"{tame(path.name)}" can\'t be read: {(error.strerror or "").lower()}') from error
    if not stat.S_ISREG(status.st_mode):
        raise ValueError(f'"{tame(path.name)}" isn\'t a file — numbered pictures must be files')
    return _state(status)


def film(pictures: ImageSequence, cancel: threading.Event, target: Path) -> None:
    """Write the pictures' bytes, unchanged, as packets of a QuickTime film; FinishError for one that
    cannot be among the others."""
    import av

    try:
        with av.open(str(target), "w", format="mov", options={"fflags": "+bitexact"}) as out:
            _write(pictures, out, cancel)
    except (av.FFmpegError, ValueError) as error:
        message = f"{pictures.shown}: {pictures.files[0].name} can't be read as a picture"
        raise MediaError(message, "export the pictures again") from error


def _write(pictures: ImageSequence, out: av.container.OutputContainer, cancel: threading.Event) -> None:
    import av

    first: StillHeader | None = None
    stream: Any = None
    for number, (path, known) in enumerate(zip(pictures.files, pictures.states, strict=True)):
        if cancel.is_set():
            raise Interrupted()
        data = _read(path, known)
        found = still_of(data, path.suffix)
        first = first or found
        _refuse(path.name, found, first, pictures.files[0].name)
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
    """The bytes of a picture that is still what it was when it was listed."""
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


def _refuse(name: str, found: StillHeader | None, first: StillHeader | None, other: str) -> None:
    """FinishError for a picture that is damaged, or another kind of picture than the first of the clip."""
    if found is None or first is None:
        raise MediaError(f"{name} isn't the kind of picture that its suffix states", "export it again")
    if not found.whole:
        raise MediaError(f"{name} is cut off", "export or copy it again")
    if not 0 < found.size.pixels <= MOST_PIXELS:
        raise MediaError(
            f"{name}: a size of {found.size} isn't supported",
            "export it smaller: the maximum is 8192x4320 pixels",
        )
    if found.size != first.size:
        raise MediaError(
            f"{name} is {found.size}, and {other} is {first.size}",
            "export all pictures of a clip in one size",
        )
    if found.form != first.form:
        raise MediaError(
            f"{name} is {found.form}, and {other} is {first.form}",
            "export all pictures of a clip in one format",
        )
    if "premultiplied alpha" in found.form:
        message = f"{name} has premultiplied alpha"
        raise MediaError(message, "export it with straight alpha, or as PNG")
