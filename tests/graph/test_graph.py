"""Streams as values: equal history is an equal stream.

The compiler emits shared work once; rewrites keep the output.
"""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finish.graph import (
    Encoding,
    Output,
    PayloadBytes,
    Stream,
    Timeline,
    compile_outputs,
    decoded,
    describe,
    generate,
    history,
    image,
    one_decode,
    push_down_lut,
    read_during,
    slice_streams,
    source,
)
from finish.units import Size, Span

CLIP = source("video", "c0ffee", "/in/clip.mp4", index=0, demuxer="mov", size=Size(1280, 720))
SOUND = source("audio", "c0ffee", "/in/clip.mp4", index=1, demuxer="mov")
X264 = Encoding(".mp4", "mp4", (("c:v", "libx264"), ("crf", "19")))


def graded(stream: Stream) -> Stream:
    return stream.filter("zscale", pointwise=True, matrix="gbr").filter(
        "lut3d", pointwise=True, file=PayloadBytes(".cube", b"cube")
    )


def vertical(stream: Stream) -> Stream:
    return stream.filter("crop", w=404, h=720, x=438, y=0, size=Size(404, 720))


def place(payload: object) -> str:
    return "/tmp/p" + payload.suffix  # type: ignore[attr-defined]


def test_a_key_is_the_history_and_nothing_else() -> None:
    moved = source("video", "c0ffee", "/elsewhere/clip.mp4", index=0, demuxer="mov")
    assert graded(CLIP).key == graded(moved).key
    assert graded(CLIP) == graded(CLIP) and hash(graded(CLIP)) == hash(graded(CLIP))
    assert graded(CLIP).key != vertical(CLIP).key
    assert CLIP.filter("fps", fps=25).key != CLIP.filter("fps", fps=Fraction(30000, 1001)).key
    assert (
        CLIP.filter("lut3d", file=PayloadBytes(".cube", b"a")).key
        != CLIP.filter("lut3d", file=PayloadBytes(".cube", b"b")).key
    )
    assert graded(CLIP).encoded(X264).key != graded(CLIP).key


@given(st.text(), st.text(), st.text(), st.text())
def test_options_cannot_run_into_each_other(one: str, two: str, three: str, four: str) -> None:
    same = (one, two) == (three, four)
    assert (CLIP.filter("f", a=one, b=two).key == CLIP.filter("f", a=three, b=four).key) is same


def test_a_long_chain_is_no_problem() -> None:
    stream = CLIP
    for number in range(3000):
        stream = stream.filter("trim", start=number)
    assert sum(1 for _ in history([stream])) == 3001


def test_two_deliverables_share_their_prefix() -> None:
    wide, tall = graded(CLIP).filter("scale", w=1920), vertical(graded(CLIP))
    assert describe({"wide": wide, "tall": tall}) == (
        "v0   source c0ffee #0 (mov)\n"
        "v1   v0 | zscale matrix=gbr\n"
        f"v2   v1 | lut3d file=cube:{PayloadBytes('.cube', b'cube').digest[:16]}\n"
        "v3   v2 | scale w=1920\n"
        "v4   v2 | crop h=720 w=404 x=438 y=0  [404x720]\n"
        "wide = v3\n"
        "tall = v4\n"
    )


def test_lowering_opens_a_source_once_and_splits_where_a_stream_is_used_twice() -> None:
    wide, tall = graded(CLIP).filter("scale", w=1920), vertical(graded(CLIP))
    outputs = [
        Output((wide,), "/o/w.mp4", "mp4", X264.options),
        Output((tall, SOUND), "/o/t.mp4", "mp4", (("c:a", "aac"), *X264.options)),
    ]
    lowered = compile_outputs(outputs, place)
    assert lowered.inputs.count("-i") == 1
    assert lowered.graphs[0] == (
        "[0:0]zscale=matrix=gbr[s0];[s0]lut3d=file=/tmp/p.cube[s1];[s1]split=2[s2][s3];"
        "[s2]scale=w=1920[s4];[s3]crop=h=720:w=404:x=438:y=0[s5]"
    )
    assert lowered.outputs == (
        "-map",
        "[s4]",
        "-f",
        "mp4",
        "-c:v",
        "libx264",
        "-crf",
        "19",
        "file:/o/w.mp4",
        "-map",
        "[s5]",
        "-map",
        "0:1",
        "-f",
        "mp4",
        "-c:a",
        "aac",
        "-c:v",
        "libx264",
        "-crf",
        "19",
        "file:/o/t.mp4",
    )


def test_a_source_is_read_by_its_demuxer_only() -> None:
    lowered = compile_outputs([Output((CLIP,), "/o/x.nut", "nut")], place)
    assert lowered.inputs == (
        "-f",
        "mov",
        "-format_whitelist",
        "mov",
        "-protocol_whitelist",
        "file,pipe",
        "-i",
        "file:/in/clip.mp4",
    )


@pytest.mark.parametrize(
    "path", ["/tmp/we ird, [x]: it's;100%\\q=1/l.cube", "/tmp/a\nb.cube", "/tmp/-dash.cube"]
)
def test_hostile_paths_stay_one_value(path: str) -> None:
    lowered = compile_outputs([Output((graded(CLIP),), "/o/x.nut", "nut")], lambda _: path)
    assert lowered.graphs[0].count("lut3d") == 1 and "[s0]lut3d=file=" in lowered.graphs[0]


def test_an_encoded_stream_is_never_computed_in_a_graph() -> None:
    with pytest.raises(AssertionError):
        compile_outputs([Output((CLIP.encoded(X264).filter("scale", w=2),), "/o/x.nut", "nut")], place)


def test_an_encoded_stream_is_read_from_its_file() -> None:
    piece = source("video", "piece", "/store/x.mp4", index=0, demuxer="mov")
    (read,) = decoded([graded(CLIP).encoded(X264).filter("scale", w=2)], lambda _: piece)
    assert read == piece.filter("scale", w=2)


def test_a_lut_sinks_below_the_only_crop() -> None:
    (cheap,) = push_down_lut([vertical(graded(CLIP))])
    assert [node.name for node in history([cheap])] == ["source", "crop", "zscale", "lut3d"]
    assert cheap.size == Size(404, 720)


def test_a_lut_stays_above_the_split_when_several_need_it() -> None:
    ends = [vertical(graded(CLIP)), graded(CLIP).filter("scale", w=1920)]
    assert push_down_lut(ends) == tuple(ends)
    many = [
        graded(CLIP).filter("crop", w=404, h=720, x=x, y=0, size=Size(404, 720)) for x in (0, 100, 200, 300)
    ]
    assert push_down_lut(many) == tuple(many)  # four crops touch more pixels than the whole picture


def test_two_small_crops_are_graded_apart() -> None:
    ends = [graded(CLIP).filter("crop", w=404, h=720, x=x, y=0, size=Size(404, 720)) for x in (0, 400)]
    assert [[node.name for node in history([end])] for end in push_down_lut(ends)] == [
        ["source", "crop", "zscale", "lut3d"]
    ] * 2


def test_a_lut_sinks_past_what_only_times_frames() -> None:
    steered = graded(CLIP).filter("fps", fps=25).filter("trim", end=2).filter("setsar", sar=1)
    (cheap,) = push_down_lut([vertical(steered)])
    assert [node.name for node in history([cheap])] == [
        "source",
        "fps",
        "trim",
        "setsar",
        "crop",
        "zscale",
        "lut3d",
    ]
    shared = graded(CLIP).filter("fps", fps=25)
    ends = (vertical(shared), shared.filter("scale", w=1920))
    assert push_down_lut(ends) == ends


def test_what_is_not_pointwise_does_not_sink() -> None:
    blurred = vertical(CLIP.filter("gblur", sigma=3))
    assert push_down_lut([blurred]) == (blurred,)


def test_a_graded_picture_that_is_itself_wanted_stays_graded_whole() -> None:
    ends = [vertical(graded(CLIP)), graded(CLIP)]
    assert push_down_lut(ends) == tuple(ends)


def test_a_range_seeks_and_begins_at_0() -> None:
    stream = CLIP.filter("fps", fps=25, start_time=0)
    (part,) = slice_streams([stream], Span(Fraction(2), Fraction(3)), Fraction(1, 5))
    assert describe({"part": part}) == (
        "v0   source c0ffee #0 (mov) from 1.8 s\n"
        "v1   v0 | fps fps=25\n"
        "v2   v1 | trim end=3 start=2\n"
        "v3   v2 | setpts expr=round(PTS-(2/1)/TB)\n"
        "part = v3\n"
    )


def test_the_time_that_slices_read_is_known() -> None:
    """A worker downloads only this part of a clip."""
    stream, preroll = CLIP.filter("fps", fps=25, start_time=0), Fraction(1, 5)
    spans = (Span(Fraction(2), Fraction(3)), Span(Fraction(5), Fraction(6)))
    parts = [slice_streams([stream], span, preroll)[0].encoded(X264) for span in spans]
    assert read_during(parts[:1]) == Span(Fraction(9, 5), Fraction(3))
    assert read_during(parts) == Span(Fraction(9, 5), Fraction(6))


def test_what_may_read_more_than_its_slice_is_not_limited() -> None:
    whole = CLIP.filter("fps", fps=25).encoded(X264)
    kept = Timeline(Fraction(25), (Span(Fraction(0), Fraction(2)), Span(Fraction(4), Fraction(8))))
    cut = CLIP.filter("fps", fps=25, start_time=0).cut(kept)
    part = slice_streams([cut], Span(Fraction(1), Fraction(3)), Fraction(0))[0].encoded(X264)
    other = source("video", "beef", "/in/other.mp4", index=0, demuxer="mov", size=Size(1280, 720))
    two = [
        slice_streams([clip], Span(Fraction(1), Fraction(2)), Fraction(0))[0].encoded(X264)
        for clip in (CLIP, other)
    ]
    assert [read_during(ends) for ends in ([whole], [part], two)] == [None, None, None]


def test_groups_share_a_decoder_and_each_drops_what_is_before_it() -> None:
    shown = PayloadBytes(".cube", b"x")
    clip = CLIP.since(Fraction(1)).filter("lut3d", file=shown)
    early, late = (
        slice_streams([clip], Span(Fraction(start), Fraction(start + 4)), Fraction(0))[0] for start in (4, 8)
    )
    groups = one_decode(
        [
            [early, early.filter("scale", w=8)],
            [late.filter("overlay", image(PayloadBytes(".png", b"y"), Size(2, 2)))],
        ]
    )
    ends = [(end, number) for number, group in enumerate(groups) for end in group]
    lowered = compile_outputs(
        [Output((end,), f"/o/{at}.mp4", "mp4", (), number) for at, (end, number) in enumerate(ends)], place
    )
    assert lowered.inputs.count("-i") == 2 and lowered.inputs[lowered.inputs.index("-ss") + 1] == "4"
    assert [text.split(";") for text in lowered.graphs] == [
        [
            "[0:0]setpts=expr=round(PTS-(1/1)/TB)[g0s0]",
            "[g0s0]lut3d=file=/tmp/p.cube[g0s1]",
            "[g0s1]trim=end=8:start=4[g0s2]",
            "[g0s2]setpts=expr=round(PTS-(4/1)/TB)[g0s3]",
            "[g0s3]split=2[g0s4][g0s5]",
            "[g0s4]scale=w=8[g0s6]",
        ],
        [
            "[0:0]setpts=expr=round(PTS-(1/1)/TB)[g1s0]",
            "[g1s0]trim=start=8[g1s1]",
            "[g1s1]lut3d=file=/tmp/p.cube[g1s2]",
            "[g1s2]trim=end=12:start=8[g1s3]",
            "[g1s3]setpts=expr=round(PTS-(8/1)/TB)[g1s4]",
            "[g1s4][1:0]overlay[g1s5]",
        ],
    ]
    assert lowered.outputs == (
        "-map",
        "[g0s5]",
        "-f",
        "mp4",
        "file:/o/0.mp4",
        "-map",
        "[g0s6]",
        "-f",
        "mp4",
        "file:/o/1.mp4",
        "-map",
        "[g1s5]",
        "-f",
        "mp4",
        "file:/o/2.mp4",
    )


def test_a_group_without_a_filter_is_mapped_from_the_common_input() -> None:
    other = source("video", "beef", "/in/other.mp4", index=1, demuxer="mov")
    (first,), (second,) = one_decode([[CLIP.filter("hflip")], [other]])
    lowered = compile_outputs(
        [Output((first,), "/o/0.mp4", "mp4", (), 0), Output((second,), "/o/1.mp4", "mp4", (), 1)], place
    )
    assert lowered.graphs == ("[0:0]hflip[g0s0]",) and lowered.outputs[5:7] == ("-map", "1:1")


def test_a_generator_is_an_input_of_its_own() -> None:
    silence = generate("audio", "anullsrc", sample_rate=48000, channel_layout="stereo").filter("atrim", end=2)
    inputs = ("-f", "lavfi", "-i", "anullsrc=channel_layout=stereo:sample_rate=48000")
    assert compile_outputs([Output((silence,), "/o/s.m4a", "ipod")], place).inputs == inputs


def test_an_image_is_read_by_the_png_demuxer_alone_and_never_sought() -> None:
    one, moving = (
        image(PayloadBytes(".png", b"logo"), Size(80, 40)),
        image(PayloadBytes(".png", b"frames"), Size(20, 10), Fraction(25)),
    )
    picture = CLIP.filter("overlay", one, x=4).filter("overlay", moving, x=8)
    (cut,) = slice_streams([picture], Span(Fraction(5), Fraction(6)), Fraction(0))
    lowered = compile_outputs(
        [Output((cut,), "/o/x.mp4", "mp4")], lambda payload: f"/tmp/{payload.digest[:4]}.png"
    )
    whitelist = ("-format_whitelist", "png_pipe", "-protocol_whitelist", "file,pipe")
    assert [word for word in lowered.inputs if word.startswith("file:")] == [
        "file:/in/clip.mp4",
        f"file:/tmp/{PayloadBytes('.png', b'logo').digest[:4]}.png",
        f"file:/tmp/{PayloadBytes('.png', b'frames').digest[:4]}.png",
    ]
    text = " ".join(lowered.inputs)
    assert (
        text.count("-ss") == 1 and text.count("-framerate 25") == 1 and text.count(" ".join(whitelist)) == 1
    )
    assert text.count("-f png_pipe") == 2 and one.key != moving.key
    assert describe({"logo": one, "moving": moving}) == (
        f"v0   image png:{PayloadBytes('.png', b'logo').digest[:16]}  [80x40]\n"
        f"v1   image png:{PayloadBytes('.png', b'frames').digest[:16]} at 25 fps  [20x10]\nlogo = v0\n"
        "moving = v1\n"
    )


def test_a_slice_of_a_cut_picture_keeps_its_filters() -> None:
    """Also what comes before an end that isn't held."""
    kept = Timeline(Fraction(25), (Span(Fraction(0), Fraction(2)), Span(Fraction(4), Fraction(8))))
    cut = CLIP.filter("hqdn3d").filter("trim", end=Fraction(9)).filter("unsharp").cut(kept)
    (part,) = slice_streams([cut], Span(Fraction(1), Fraction(3)), Fraction(0))
    filters = [node.name for node in history([part])]
    assert filters[:5] == ["source", "hqdn3d", "trim", "unsharp", "cut"]


def test_a_held_last_frame_is_still_read_for_what_comes_after() -> None:
    on_grid = CLIP.filter("fps", fps=Fraction(25), start_time=0).filter("trim", end=Fraction(10))
    held = on_grid.filter("tpad", stop_mode="clone", stop_duration=3).filter("trim", end=Fraction(13))

    def sought(span: Span) -> tuple[str, int]:
        (cut,) = slice_streams([held], span, Fraction(2, 25))
        lowered = compile_outputs([Output((cut,), "/o/x.mp4", "mp4")], place)
        return lowered.inputs[lowered.inputs.index("-ss") + 1], lowered.graphs[0].count("tpad")

    assert sought(Span(Fraction(5), Fraction(6))) == ("4.92", 0)
    assert sought(Span(Fraction(12), Fraction(13))) == ("9.88", 1)


@pytest.mark.parametrize(("begins", "start"), [(Fraction(2, 5), Fraction(2, 5)), (Fraction(4), None)])
def test_the_first_picture_is_held_in_slices_before_it(begins: Fraction, start: Fraction | None) -> None:
    """A clip whose sound begins 0.8 s before its picture: only slices that begin earlier hold a picture."""
    late = source("video", "c0ffee", "/in/clip.mp4", index=0, demuxer="mov", late=Fraction(4, 5))
    whole = late.filter("fps", fps=25, start_time=0)
    (part,) = slice_streams([whole], Span(begins, begins + 1), Fraction(1, 5))
    grid = next(node for node in history([part]) if node.name == "fps")
    assert grid.arg("start_time") == start
