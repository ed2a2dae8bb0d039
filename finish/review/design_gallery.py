"""A page of designs on a clip: each as small films, and the YAML that states it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from finish import graph
from finish.graph import Output, Stream
from finish.media.ffmpeg import ffmpeg_runner
from finish.model import Programme
from finish.pages import document
from finish.pages.components import section
from finish.pages.html_markup import Markup, element
from finish.review.small_frames import small
from finish.storage import cleanup
from finish.units import Size, Span

SECONDS: Final = Fraction(4)  # of a film: a title comes, stays, and goes
_AT_ONCE: Final = 6  # films of one process: they share its decode
_H264: Final = (
    ("map_metadata", "-1"),
    ("c:v", "libx264"),
    ("preset", "veryfast"),
    ("crf", "27"),
    ("pix_fmt", "yuv420p"),
    ("movflags", "+faststart"),
)
_STYLE: Final = Markup(
    ".designs { display: grid; gap: 20px;"
    " grid-template-columns: repeat(auto-fill, minmax(min(100%, 420px), 1fr)); }"
    ".design { border: 1px solid var(--line); border-radius: 14px; background: var(--card);"
    " overflow: hidden; }"
    ".design summary { cursor: pointer; list-style: none; }"
    ".design summary::-webkit-details-marker { display: none; }"
    ".design .films { display: flex; align-items: stretch; gap: 2px; background: #000; }"
    ".design video { min-width: 0; height: auto; display: block; }"
    ".design .name { padding: 12px 16px; display: block; }"
    ".design .name small { color: var(--quiet, inherit); display: block; }"
    ".design pre { margin: 0; padding: 12px 16px; border-top: 1px solid var(--line); overflow-x: auto;"
    " user-select: all; }"
)


@dataclass(frozen=True)
class DesignEntry:
    """A design: its name, what it is for, the YAML that states it, and its planned pictures."""

    name: str
    about: str
    yaml: str
    programmes: tuple[Programme, ...]


def gallery_page(
    title: str, details: Sequence[str], groups: Sequence[tuple[str, Sequence[DesignEntry]]]
) -> bytes:
    """The page of designs by groups, each with its heading."""
    entries = [entry for _, group in groups for entry in group]
    films = iter(_films([programme for entry in entries for programme in entry.programmes]))
    parts = []
    for heading, group in groups:
        cards = [_card(entry, [next(films) for _ in entry.programmes]) for entry in group]
        parts.append(section(heading, element("div", cards, class_="designs")))
    style = element("style", _STYLE)
    return document.page(title, style, *parts, kind="Designs", details=details)


def _card(entry: DesignEntry, films: Sequence[bytes]) -> Markup:
    videos = [
        _video(film, small(programme.frame), entry.name)
        for film, programme in zip(films, entry.programmes, strict=True)
    ]
    name = element("span", element("strong", entry.name), element("small", entry.about), class_="name")
    summary = element("summary", element("div", videos, class_="films"), name)
    return element("details", summary, element("pre", entry.yaml), class_="design")


def _video(film: bytes, size: Size, name: str) -> Markup:
    source = "data:video/mp4;base64," + b64encode(film).decode()
    # The widths of films side by side are as their aspects are, so that they are equally tall.
    return element(
        "video", src=source, width=size.width, height=size.height, autoplay=True, muted=True, loop=True,
        playsinline=True, aria_label=name, style=f"flex: {float(size.aspect):.4f} 1 0",
    )  # fmt: skip


def _films(programmes: Sequence[Programme]) -> Iterator[bytes]:
    """The beginning of each programme as a small, silent film (H.264 in MP4)."""
    with cleanup.scratch("finish-designs-") as folder:
        for first in range(0, len(programmes), _AT_ONCE):
            batch = programmes[first : first + _AT_ONCE]
            paths = [folder / f"{first + number}.mp4" for number in range(len(batch))]
            pictures = [_small_picture(programme) for programme in batch]
            ffmpeg_runner.write(
                [
                    Output((picture,), str(path), "mp4", _H264)
                    for picture, path in zip(pictures, paths, strict=True)
                ]
            )
            for path in paths:
                yield path.read_bytes()
                path.unlink()


def _small_picture(programme: Programme) -> Stream:
    """The first seconds of a planned picture, drawn anew and small."""
    drawn = graph.decoded([programme.picture], lambda kept: kept.inputs[0])
    end = min(SECONDS, programme.duration)
    (part,) = graph.slice_streams(drawn, Span(Fraction(0), end), programme.preroll)
    size = small(programme.frame)
    return part.filter("zscale", size=size, width=size.width, height=size.height, filter="bilinear").filter(
        "format", pix_fmts="yuv420p"
    )
