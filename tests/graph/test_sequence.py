"""Sequences: what a slice opens and shows, and that its key doesn't depend on when that is."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

import pytest

from finish.graph import (
    EnableSpan,
    Encoding,
    Output,
    PayloadBytes,
    PictureLayout,
    PicturePlace,
    PictureTransition,
    SoundLayout,
    SoundPlace,
    Stream,
    compile_outputs,
    describe,
    history,
    image,
    one_decode,
    picture_sequence,
    push_down_lut,
    read_during,
    slice_streams,
    sound_sequence,
    source,
    steady_until,
)
from finish.media import doctor
from finish.units import Size, Span

RATE = Fraction(25)
SIZE = Size(96, 64)
DISSOLVE = PictureTransition("dissolve", 10)
X264 = Encoding(".mp4", "mp4", (("c:v", "libx264"),))


def clip(name: str) -> Stream:
    """A clip of ten seconds, on its grid and in its format."""
    picture = source("video", name, f"/in/{name}.mp4", index=0, demuxer="mov", size=SIZE)
    on_grid = picture.filter("fps", fps=RATE, start_time=0).filter("trim", end=Fraction(10))
    return on_grid.filter("format", pix_fmts="yuv420p10le")


A, B, C = map(clip, ("aaaa", "bbbb", "cccc"))
SHORT = Fraction(1, 5)
# Two seconds of A, a dissolve of ten frames into B, a cut to C, a cut to another part of A.
LAYOUT = PictureLayout(
    RATE,
    (
        PicturePlace(0, 55, 25, preroll=SHORT),
        PicturePlace(45, 100, 50, DISSOLVE, SHORT),
        PicturePlace(100, 150, 0, None, SHORT),
        PicturePlace(150, 200, 200, None, SHORT),
    ),
)
FILM = picture_sequence([A, B, C, A], LAYOUT)


def part(stream: Stream, first: int, end: int) -> Stream:
    """The frames of a stream from `first` until before `end`."""
    return slice_streams([stream], Span(first / RATE, end / RATE), Fraction(0))[0]


def opened(stream: Stream) -> list[str]:
    """The files that a stream opens, with the time (s) from which each is read."""
    words = compile_outputs([Output((stream,), "/o/x.nut", "nut")], lambda _: "/p.png").inputs
    starts, opens = "0", []
    for option, value in zip(words[::2], words[1::2], strict=True):
        starts = value if option == "-ss" else starts
        if option == "-i" and value.startswith("file:/in/"):
            opens.append(f"{value.removeprefix('file:/in/')[:1]} {starts}")
            starts = "0"
    return opens


def places(stream: Stream) -> list[str]:
    """The places of the sequence in a stream."""
    return [spelled for node in history([stream]) for spelled in map(str, _layouts(node))]


def _layouts(node: Stream) -> list[PicturePlace]:
    layout = node.arg("layout")
    return list(layout.places) if isinstance(layout, PictureLayout) else []


@pytest.mark.parametrize(
    ("first", "end", "opens"),
    [
        (0, 45, ["a 0.8"]),
        (0, 46, ["a 0.8", "b 1.8"]),
        (50, 54, ["a 2.8", "b 2"]),
        (54, 55, ["a 2.96", "b 2.16"]),
        (55, 100, ["b 2.2"]),
        (90, 160, ["b 3.6", "c 0", "a 7.8"]),
        (110, 120, ["c 0.2"]),
        (190, 200, ["a 9.4"]),
    ],
)
def test_only_what_is_in_range_is_opened_where_it_is_needed(first: int, end: int, opens: list[str]) -> None:
    assert opened(part(FILM, first, end)) == opens


def test_one_picture_without_a_transition_is_a_slice_of_that_picture() -> None:
    assert part(FILM, 60, 90) == slice_streams([B], Span(Fraction(65, 25), Fraction(95, 25)), SHORT)[0]
    assert part(FILM, 150, 200) == slice_streams([A], Span(Fraction(8), Fraction(10)), SHORT)[0]


def test_a_slice_in_a_transition_knows_how_much_is_done() -> None:
    assert places(part(FILM, 50, 70)) == ["0-5@0", "0-20@0 dissolve 10 from 5"]
    assert places(part(FILM, 40, 50)) == ["0-10@0", "5-10@0 dissolve 10"]
    assert places(part(FILM, 50, 52)) == ["0-2@0", "0-2@0 dissolve 10 from 5"]
    assert places(part(part(FILM, 48, 60), 2, 9)) == ["0-5@0", "0-7@0 dissolve 10 from 5"]


def test_a_key_does_not_depend_on_the_time_or_on_what_is_out_of_range() -> None:
    before = PicturePlace(0, 75, 0, preroll=SHORT)
    moved = tuple(replace(place, start=place.start + 75, end=place.end + 75) for place in LAYOUT.places)
    later = picture_sequence([C, A, B, C, A], PictureLayout(RATE, (before, *moved)))
    other = picture_sequence([A, B, clip("dddd"), A], LAYOUT)
    for first, end in ((0, 40), (30, 50), (50, 60), (60, 100)):
        assert (
            part(FILM, first, end).key == part(later, first + 75, end + 75).key == part(other, first, end).key
        )
    assert part(FILM, 90, 110).key != part(other, 90, 110).key


def test_filters_after_it_are_on_the_slices_clock() -> None:
    shows = EnableSpan(Fraction(3), Fraction(5), Fraction(1, 50))
    logo = image(PayloadBytes(".png", b"logo"), Size(8, 8))
    timed = image(PayloadBytes(".png", b"title"), Size(8, 8), RATE).filter("setpts", expr="PTS+3/TB")
    picture = FILM.filter("overlay", logo, x=1).filter("overlay", timed, enable=shows)
    assert describe({"part": part(picture, 60, 90)}) == (
        "v0   source bbbb #0 (mov) from 2.4 s\n"
        "v1   v0 | fps fps=25\n"
        "v2   v1 | trim end=10\n"
        "v3   v2 | format pix_fmts=yuv420p10le\n"
        "v4   v3 | trim end=3.8 start=2.6\n"
        "v5   v4 | setpts expr=round(PTS-(13/5)/TB)\n"
        f"v6   image png:{PayloadBytes('.png', b'logo').digest[:16]}  [8x8]\n"
        "v7   v5 + v6 | overlay x=1\n"
        f"v8   image png:{PayloadBytes('.png', b'title').digest[:16]} at 25 fps  [8x8]\n"
        "v9   v8 | setpts expr=PTS+3/TB\n"
        "v10  v9 | setpts expr=round(PTS-(12/5)/TB)\n"
        "v11  v7 + v10 | overlay enable=gte(t,0.58)*lt(t,2.58)\n"
        "v12  v11 | trim end=1.2 start=0\n"
        "part = v12\n"
    )
    assert [node.name for node in history([part(picture, 10, 40)])].count("overlay") == 1


def test_a_held_end_is_read_for_what_comes_after() -> None:
    card = image(PayloadBytes(".png", b"card"), SIZE)
    held = FILM.filter("tpad", stop_mode="clone", stop_duration=3).filter("trim", end=Fraction(11))
    picture = held.filter("overlay", card, enable=EnableSpan(Fraction(8), Fraction(11)))
    assert steady_until(picture) == Fraction(199, 25) and steady_until(FILM) is None
    assert part(picture, 160, 190) == part(FILM, 160, 190)
    assert opened(part(picture, 250, 260))[0] == "a 9.76" and "tpad" in describe(
        {"": part(picture, 250, 260)}
    )
    crossing = describe({"": part(picture, 190, 210)})
    assert "| trim end=3.4\n" in crossing and "| trim end=0.8 start=0\n" in crossing


def test_a_picture_in_picture_is_opened_only_while_it_is_visible() -> None:
    inset = picture_sequence([C], PictureLayout(RATE, (PicturePlace(60, 90, 10, preroll=SHORT),)))
    small = inset.filter("scale", w=48, h=32)
    picture = FILM.filter("overlay", small, x=4, y=4, eof_action="pass")
    assert part(picture, 10, 40) == part(FILM, 10, 40) and part(picture, 90, 100) == part(FILM, 90, 100)
    assert opened(part(picture, 70, 80)) == ["b 2.8", "c 0.6"]
    assert places(part(picture, 56, 95)) == ["4-34@0"]
    assert places(part(picture, 65, 95)) == [], "a picture that begins with the slice needs no place"


def test_a_picture_beside_a_sequence_is_sliced_too() -> None:
    inset = picture_sequence([C], PictureLayout(RATE, (PicturePlace(60, 90),)))
    assert opened(part(A.filter("overlay", inset), 50, 70)) == ["a 2", "c 0"]
    assert opened(part(A.filter("overlay", inset), 10, 20)) == ["a 0.4"]


def test_a_long_sequence_is_no_problem() -> None:
    cuts = tuple(PicturePlace(20 * number, 20 * number + 20, number % 7) for number in range(2000))
    film = picture_sequence([A, B] * 1000, PictureLayout(RATE, cuts))
    assert opened(part(film, 30_010, 30_030)) == ["a 0.48", "b 0.12"]
    dissolves = tuple(
        PicturePlace(20 * number, 20 * number + 25, 0, PictureTransition("dissolve", 5) if number else None)
        for number in range(40)
    )
    whole = picture_sequence([A, B] * 20, PictureLayout(RATE, dissolves))
    graph = compile_outputs([Output((whole,), "/o/x.nut", "nut")], lambda _: "/p").graphs[0]
    assert graph.count("xfade") == 3 * 39 and graph.count("concat=n=79") == 1


def test_a_crop_stays_after_a_sequence() -> None:
    """A LUT on each picture isn't a LUT on their mix."""
    graded = [stream.filter("lut3d", pointwise=True, file=PayloadBytes(".cube", b"x")) for stream in (A, B)]
    layout = PictureLayout(RATE, LAYOUT.places[:2])
    film = picture_sequence(graded, layout).filter("crop", w=48, h=64, x=0, y=0, size=Size(48, 64))
    assert push_down_lut([film]) == (film,)


def test_what_a_sequence_reads_of_a_file_is_not_limited() -> None:
    twice = picture_sequence([A, A], PictureLayout(RATE, (PicturePlace(0, 50), PicturePlace(50, 100, 150))))
    assert read_during([part(twice, 40, 60).encoded(X264)]) is None
    assert read_during([part(twice, 60, 80).encoded(X264)]) == Span(Fraction("6.4"), Fraction("7.2"))


def test_two_moments_of_a_clip_have_a_decoder_each() -> None:
    twice = picture_sequence([A, A], PictureLayout(RATE, (PicturePlace(0, 50, 150), PicturePlace(50, 100))))
    (group,) = one_decode([[part(twice, 40, 60)]])
    assert opened(group[0]) == ["a 7.6", "a 0"]
    near = picture_sequence([A, A], PictureLayout(RATE, (PicturePlace(0, 50), PicturePlace(50, 100, 55))))
    (group,) = one_decode([[part(near, 40, 60)]])
    assert opened(group[0]) == ["a 1.6"]


def test_it_is_a_line_of_a_plan() -> None:
    assert describe({"film": FILM}).splitlines()[-2] == (
        "v12  v3 + v7 + v11 + v3 in sequence at "
        "25 fps: 0-55@25, 45-100@50 dissolve 10, 100-150@0, 150-200@200"
    )


def test_doctor_knows_the_filters_of_every_transition() -> None:
    kinds = ("dissolve", "dip", "wipe", "slide", "whip", "zoom")
    transitions = [PictureTransition(kind, 10) for kind in kinds]
    transitions += [PictureTransition("dissolve", 10, light="linear")]
    films = [
        picture_sequence([A, B], PictureLayout(RATE, (PicturePlace(0, 55), PicturePlace(45, 100, 0, change))))
        for change in transitions
    ]
    places = (SoundPlace(0, 96_000), SoundPlace(90_000, 180_000, 10, 480, 480, -3.0))
    tone = source("audio", "aaaa", "/in/a.mp4", index=1, demuxer="mov")
    ends = [*films, sound_sequence([tone, tone], SoundLayout(200_000, places))]
    for end in ends:
        text = compile_outputs([Output((end,), "/o/x.nut", "nut")], lambda _: "/p").graphs[0]
        names = set(re.findall(r"(?:^|(?<!\\);)(?:\[[^]]+\])*([a-z0-9]+)", text))
        assert names - set(doctor.FILTERS) == set(), "a machine without these is refused only in mid-render"
