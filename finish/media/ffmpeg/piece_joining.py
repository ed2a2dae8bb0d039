"""Joins the encoded pieces of a picture without encoding again, and proves that a file holds them."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

from finish.errors import DiskError


def join(pieces: Sequence[Path], frames: Sequence[int], rate: Fraction, target: Path) -> str:
    """Write `pieces` one after another; the digest of their packets.

    Each piece is an MP4 that begins at 0 with a keyframe and has as many frames as `frames` states. Times are
    whole ticks of the pieces' own clock, so nothing is rounded. DiskError for pieces that don't belong
    together.
    """
    with _disk_errors(target):
        return _joined(pieces, frames, rate, target)


def _joined(pieces: Sequence[Path], frames: Sequence[int], rate: Fraction, target: Path) -> str:
    import av

    proof, first = hashlib.sha256(), 0
    clock, header = _format(pieces[0])
    frame = round(1 / (rate * clock))
    with av.open(
        str(target), "w", format="mp4", options={"video_track_timescale": str(clock.denominator)}
    ) as out:
        stream: Any = None
        for path, count in zip(pieces, frames, strict=True):
            with av.open(f"file:{path}", format="mov") as piece:
                own = piece.streams.video[0]
                stream = stream or out.add_stream_from_template(own)
                packets: list[Any] = [packet for packet in piece.demux(own) if packet.size]
                if len(packets) != count or not packets[0].is_keyframe or _format(path) != (clock, header):
                    raise DiskError(
                        f"{path.name} isn't the piece that its name states", "delete .finish and run again"
                    )
                for packet in packets:
                    proof.update(bytes(packet))
                    packet.pts, packet.dts, packet.stream = (
                        packet.pts + first * frame,
                        packet.dts + first * frame,
                        stream,
                    )
                    out.mux(packet)
            first += count
    return proof.hexdigest()


def _format(piece: Path) -> tuple[Fraction, bytes]:
    """A piece's time base and codec headers."""
    import av

    with av.open(f"file:{piece}", format="mov") as container:
        stream = container.streams.video[0]
        return Fraction(stream.time_base or 0), bytes(stream.codec_context.extradata or b"")


@contextmanager
def _disk_errors(path: Path) -> Iterator[None]:
    """Raise errors of PyAV and the disk as FinishError."""
    import av

    try:
        yield
    except (av.FFmpegError, OSError, IndexError) as error:
        full = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT)
        hint = (
            "free some space and run again; finished deliverables are kept"
            if full
            else "run again; if it happens again, delete .finish"
        )
        raise DiskError(f"can't join {path.name}: {getattr(error, 'strerror', '') or error}", hint) from error


def frame_count(piece: Path) -> int:
    """The number of frames in the index of an MP4 or MOV that finish wrote; 0 without a picture."""
    import av

    with suppress(av.FFmpegError, IndexError), av.open(f"file:{piece}", format="mov") as container:
        return container.streams.video[0].frames
    return 0


def proof(file: Path) -> str:
    """The digest of a file's picture packets, in storage order."""
    import av

    packets = hashlib.sha256()
    with _disk_errors(file), av.open(f"file:{file}", format="mov") as container:
        for packet in container.demux(container.streams.video[0]):
            if packet.size:
                packets.update(bytes(packet))
    return packets.hexdigest()
