"""Derived sources: never sliced inside, opened where they are needed, and named by their whole history."""

from __future__ import annotations

import pickle
from fractions import Fraction
from pathlib import Path

from finish.graph import (
    Encoding,
    FrameFormat,
    Output,
    PayloadBytes,
    Stream,
    compile_outputs,
    computed,
    decoded,
    derived,
    derived_frames,
    describe,
    files,
    history,
    image,
    one_decode,
    packed,
    push_down_lut,
    read_during,
    relocated,
    slice_streams,
    source,
)
from finish.units import Size, Span

CLIP = source("video", "c0ffee", "/in/clip.mp4", index=0, demuxer="mov", size=Size(1280, 720))
FILM = derived(CLIP.filter("fieldmatch", order="tff").filter("decimate"), 96)
FORMAT = FrameFormat(Size(640, 360), Fraction(25), 50)
STILL = derived(computed("still-move", 1, FORMAT, file=PayloadBytes(".png", b"p"), box="0,0,1,1"), 50)


def part(stream: Stream, start: int, end: int) -> Stream:
    return slice_streams([stream], Span(Fraction(start), Fraction(end)), Fraction(0))[0]


def stored(node: Stream) -> Stream:
    return source(node.kind, node.key, f"/store/{node.key[:6]}.nut", index=0, demuxer="nut", size=node.size)


def test_a_slice_opens_a_derived_source_and_leaves_its_history() -> None:
    picture = FILM.filter("crop", w=404, h=720, x=0, y=0)
    assert describe({"part": part(picture, 2, 3)}) == (
        "v0   source c0ffee #0 (mov)\n"
        "v1   v0 | fieldmatch order=tff\n"
        "v2   v1 | decimate\n"
        "v3   v2 → nut map_metadata=-1 c:v=ffv1 level=3 g=1 slices=4 fps_mode=passthrough "
        "enc_time_base:v=filter frames:v=96\n"
        "v4   v3 opened from 2 s\n"
        "v5   v4 | crop h=720 w=404 x=0 y=0\n"
        "v6   v5 | trim end=3 start=2\n"
        "v7   v6 | setpts expr=round(PTS-(2/1)/TB)\n"
        "part = v7\n"
    )
    first = part(picture, 0, 2)
    assert FILM in set(history([first])) and not any(node.name == "opened" for node in history([first]))


def test_an_opened_source_becomes_its_file_with_that_start() -> None:
    ends = decoded([part(FILM, 2, 3), part(FILM, 4, 5)], stored)
    sources = [node for node in history(ends) if node.name == "source"]
    assert [node.fraction("seek") for node in sources] == [2, 4]
    (groups,) = one_decode([ends])
    assert len({node.key for node in history(groups) if node.name == "source"}) == 1
    inputs = compile_outputs([Output((ends[0],), "/o/a.mp4", "mp4")], str).inputs
    assert inputs[inputs.index("-ss") + 1] == "2" and inputs[inputs.index("-seek_timestamp") + 1] == "1"


def test_pictures_that_are_kept_and_not_derived_are_read_whole() -> None:
    kept = image(PayloadBytes(".png", b"x"), Size(2, 2), Fraction(25)).encoded(
        Encoding(".nut", "nut", (("c:v", "ffv1"),))
    )
    laid = CLIP.filter("overlay", kept.filter("setpts", expr="N"))
    assert derived_frames(kept) is None
    assert not any(node.name == "opened" for node in history([part(laid, 2, 3)]))


def test_a_worker_may_read_all_of_a_clip_that_something_is_derived_from() -> None:
    encoded = [part(FILM, 2, 3).encoded(Encoding(".mp4", "mp4", ()))]
    assert read_during(encoded) is None and read_during([FILM]) is None
    assert files(encoded) == (Path("/in/clip.mp4"),)


def test_a_derived_source_travels_with_its_payload_and_its_file() -> None:
    ends = packed([part(STILL, 1, 2), part(FILM, 1, 2)])
    moved = relocated(pickle.loads(pickle.dumps(ends)), {Path("/in/clip.mp4"): Path("/copy/clip.mp4")})
    assert [end.key for end in moved] == [part(STILL, 1, 2).key, part(FILM, 1, 2).key]
    assert files(moved) == (Path("/copy/clip.mp4"),)


def test_a_computed_picture_is_a_readable_line() -> None:
    line = describe({"still": STILL}).splitlines()[0]
    assert line.startswith(
        "v0   computed by still-move 1 pix_fmt=gbrp10le rate=25 frames=50 box=0,0,1,1 file=png:"
    )
    assert line.endswith("[640x360]")
    mixed = computed("mix", 2, FORMAT, CLIP)
    assert describe({"mixed": mixed}).splitlines()[1].startswith("v1   v0 | computed by mix 2 ")


def test_the_optimizer_leaves_what_is_derived() -> None:
    """Analyses read the same stream before: another history would be computed again."""
    graded = CLIP.filter("lut3d", pointwise=True, file=PayloadBytes(".cube", b"c"))
    film = derived(graded.filter("crop", w=404, h=720, x=0, y=0, size=Size(404, 720)), 9)
    assert push_down_lut([film.filter("setsar", sar=1)]) == (film.filter("setsar", sar=1),)
