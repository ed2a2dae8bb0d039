"""What each reframe mode plans, as text; settings, notes, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from reframe_studio import FixedAnswers, face, looks, planned, programme
from timing import Stopwatch

from finish.analysis.faces import FaceBox, Faces, FacesAtTime
from finish.analysis.shots import Shots
from finish.analysis.text_detection import TextAtTime, TextBox
from finish.errors import FinishError
from finish.graph import Output, Stream, compile_outputs, describe, history, push_down_lut
from finish.model import Programme, Stage
from finish.stages import reframe
from finish.stages.reframe import ReframeSettings
from finish.stages.reframe.camera_path import still_path
from finish.stages.reframe.crop_commands import CropOffsets
from finish.stages.reframe.crop_keyframes import CropKeyframes
from finish.stages.reframe.crop_segments import CropSegment
from finish.units import Box, Size

FINAL = (
    "chromal=left dither=ordered filter=spline36 height={1} matrix=709 primaries=709 range=limited "
    "threads=1 transfer=709 width={0}"
)


def text(done: Programme) -> str:
    return describe({"picture": done.picture})


def moves(picture: Stream) -> CropOffsets:
    (payload,) = [
        value for node in history([picture]) for _, value in node.args if isinstance(value, CropOffsets)
    ]
    return payload


def names(picture: Stream) -> list[str]:
    return [node.name for node in history([picture])]


def walk(*middles: float, wide: float = 0.08) -> FixedAnswers:
    return FixedAnswers(looks=looks(*[[face(middle, wide)] for middle in middles]))


# ---------------------------------------------------------------- plans


def test_the_middle() -> None:
    done = planned(programme())
    assert text(done) == (
        "v0   source cccccccccccccccc #0 (mov)\n"
        "v1   v0 | crop h=718 w=404 x=438 y=0  [404x718]\n"
        "v2   v1 | fps fps=25 round=near start_time=0\n"
        "v3   v2 | tpad stop_duration=0.1 stop_mode=clone\n"
        "v4   v3 | trim end=10\n"
        f"v5   v4 | zscale {FINAL.format(1080, 1920)}  [1080x1920]\n"
        "v6   v5 | setsar sar=1\n"
        "v7   v6 | format pix_fmts=yuv420p\n"
        "picture = v7\n"
    )
    assert (done.frame, done.rate, done.frames) == (Size(1080, 1920), 25, 250)
    assert done.notes == (
        "the crop of 405×720 px is enlarged 2.67× — try a 4:5 destination or reframe.follow: pad",
    )


def test_the_same_aspect_is_only_scaled_whatever_is_asked() -> None:
    plain = text(planned(programme(), frame="1920x1080"))
    assert plain == (
        "v0   source cccccccccccccccc #0 (mov)\n"
        "v1   v0 | fps fps=25 round=near start_time=0\n"
        "v2   v1 | tpad stop_duration=0.1 stop_mode=clone\n"
        "v3   v2 | trim end=10\n"
        f"v4   v3 | zscale {FINAL.format(1920, 1080)}  [1920x1080]\n"
        "v5   v4 | setsar sar=1\n"
        "v6   v5 | format pix_fmts=yuv420p\n"
        "picture = v6\n"
    )
    told = FixedAnswers()
    for follow in ("subject", "pad", "none"):
        assert text(planned(programme(), told, frame="1920x1080", follow=follow)) == plain
    assert told.questions == [] and planned(programme(), frame="1920x1080").notes == ()
    assert planned(programme("640x360"), frame="1920x1080").notes == (
        "the picture of 640×360 px is enlarged 3× — use a larger source",
    )


def test_padding() -> None:
    done = planned(programme("1920x1080"), follow="pad")
    assert text(done) == (
        "v0   source cccccccccccccccc #0 (mov)\n"
        "v1   v0 | fps fps=25 round=near start_time=0\n"
        "v2   v1 | tpad stop_duration=0.1 stop_mode=clone\n"
        "v3   v2 | trim end=10\n"
        f"v4   v3 | zscale {FINAL.format(1080, 608)}  [1080x608]\n"
        "v5   v4 | setsar sar=1\n"
        "v6   v5 | format pix_fmts=yuv420p\n"
        "v7   v6 | crop h=608 w=342 x=368 y=0  [342x608]\n"
        "v8   v7 | zscale filter=bilinear height=240 matrix=gbr range=full width=136  [136x240]\n"
        "v9   v8 | format pix_fmts=gbrpf32le\n"
        "v10  v9 | gblur sigma=8\n"
        "v11  v10 | exposure exposure=-0.234\n"
        f"v12  v11 | zscale {FINAL.format(1080, 1920)}  [1080x1920]\n"
        "v13  v12 | setsar sar=1\n"
        "v14  v13 | format pix_fmts=yuv420p\n"
        "v15  v14 + v6 | overlay format=yuv420 x=0 y=656\n"
        "v16  v15 | format pix_fmts=yuv420p\n"
        "picture = v16\n"
    )
    assert done.notes == ()


def test_a_face_that_stays_is_a_still_crop() -> None:
    done = planned(programme(), walk(*[0.3] * 50), follow="subject")
    assert "v1   v0 | crop h=718 w=404 x=182 y=0  [404x718]\nv2   v1 | fps" in text(done)
    assert done.notes == (
        "the crop of 405×720 px is enlarged 2.67× — try a 4:5 destination or reframe.follow: pad",
        "faces in 100 % of samples; 1 shot: the crop moves in 0 and is still in 1",
        "subject in frame in 100 % of samples (100 % of it visible)",
    )


def test_still_shots_jump_at_their_cuts_and_nowhere_else() -> None:
    ask = FixedAnswers([Fraction(4)], looks(*[[face(0.3)]] * 20, *[[face(0.7)]] * 30))
    done = planned(programme(), ask, follow="subject", rate="30")
    assert text(done) == (
        "v0   source cccccccccccccccc #0 (mov)\n"
        "v1   v0 | fps fps=30 round=near start_time=0\n"
        "v2   v1 | tpad stop_duration=0.1 stop_mode=clone\n"
        "v3   v2 | trim end=10\n"
        f"v4   v3 | crop exact=1 h=718 w=404 x=cmd:{moves(done.picture).digest[:16]} y=0  [404x718]\n"
        f"v5   v4 | zscale {FINAL.format(1080, 1920)}  [1080x1920]\n"
        "v6   v5 | setsar sar=1\n"
        "v7   v6 | format pix_fmts=yuv420p\n"
        "picture = v7\n"
    )
    assert moves(done.picture).first == 182 and moves(done.picture).content() == b"3.983333333 crop x 694;\n"
    assert done.notes[-2] == "faces in 100 % of samples; 2 shots: the crop moves in 0 and is still in 2"


def test_a_face_that_walks_is_scaled_first_and_only_where_the_crop_goes() -> None:
    done = planned(programme(), walk(*np.linspace(0.3, 0.5, 50)), follow="subject")
    reach = next(node for node in history([done.picture]) if node.name == "crop")
    assert names(done.picture) == [
        "source",
        "crop",
        "fps",
        "tpad",
        "trim",
        "zscale",
        "setsar",
        "format",
        "crop",
    ]
    assert reach.size is not None and 560 < reach.size.width < 680 and reach.size.height == 720
    told = moves(done.picture)
    offsets = np.array([offset for _, offset in told.runs])
    assert np.all(np.diff(offsets) > 0) and offsets[0] >= 0
    large = next(node for node in history([done.picture]) if node.name == "zscale").size
    assert large is not None and offsets[-1] + 1080 <= large.width and large.height == 1920
    assert done.picture.size == Size(1080, 1920)


def test_the_same_walk_on_another_picture_has_a_name_of_its_own() -> None:
    """FFmpeg sends a command to every filter of that name, and graphs run at their own pace."""
    clip = programme()
    graded = clip.with_picture(clip.picture.filter("lut3d", file="x", pointwise=True))
    ends = [
        planned(each, walk(*np.linspace(0.3, 0.5, 50)), follow="subject").picture for each in (clip, graded)
    ]
    lowered = compile_outputs(
        [Output((end,), f"/o/{number}.mp4", "mp4") for number, end in enumerate(ends)],
        lambda _: "/tmp/payload",
    )
    assert (
        len(set(re.findall(r"crop@\w+", lowered.graphs[0]))) == 2 and lowered.graphs[0].count("sendcmd") == 2
    )


def test_a_tall_picture_moves_up_and_down() -> None:
    clip = programme("720x1280")
    done = planned(clip, walk(*[0.5] * 50), frame="1920x1080", follow="subject")
    crop = next(node for node in history([done.picture]) if node.name == "crop")
    assert crop.arg("x") == 0 and 0 < int(str(crop.arg("y"))) < 400
    assert done.notes[0] == "the crop of 720×405 px is enlarged 2.67× — try reframe.follow: pad"


def test_a_panorama_is_cropped_before_it_is_scaled() -> None:
    done = planned(
        programme("8000x100"), walk(*np.linspace(0.1, 0.9, 50), wide=0.01), follow="subject", inside=0
    )
    assert names(done.picture).index("crop") < names(done.picture).index("zscale")
    assert all(node.size is None or node.size.pixels <= 8000 * 1920 for node in history([done.picture]))


def test_no_face_holds_the_centre() -> None:
    done = planned(programme(), FixedAnswers(looks=looks(*[[]] * 50)), follow="subject", subject="faces")
    assert text(done) == text(planned(programme()))
    assert done.notes[-1] == "no face found: the crop stays in the centre — set reframe.centre to move it"
    nobody = (
        "no person, animal or salient region found: the crop stays in the centre — "
        "set reframe.centre to move it"
    )
    assert planned(programme(), FixedAnswers(looks=looks(*[[]] * 50)), follow="subject").notes[-1] == nobody
    assert planned(programme(), FixedAnswers(), follow="subject").notes[-1] == nobody


def test_a_shot_without_faces_holds_the_centre_between_others() -> None:
    ask = FixedAnswers(
        [Fraction(4), Fraction(6)], looks(*[[face(0.3)]] * 20, *[[]] * 10, *[[face(0.7)]] * 20)
    )
    assert moves(planned(programme(), ask, follow="subject").picture).runs == (
        (0, 182),
        (100, 438),
        (150, 694),
    )


def test_nothing_is_smoothed_over_a_cut() -> None:
    """A walk in both shots; nothing of the second shot's path comes before the cut."""
    ways = [*np.linspace(0.3, 0.5, 25), *np.linspace(0.9, 0.7, 25)]
    done = planned(
        programme(), FixedAnswers([Fraction(5)], looks(*[[face(way)] for way in ways])), follow="subject"
    )
    told = dict(moves(done.picture).runs)
    before, after = [told[n] for n in sorted(told) if n < 125], [told[n] for n in sorted(told) if n >= 125]
    assert np.all(np.diff(before) > 0) and np.all(np.diff(after) < 0) and min(told) == 0 and 125 in told
    assert max(np.diff(before)) < 12 and after[0] - before[-1] > 400


def test_by_hand() -> None:
    ranges = [{"from": 2, "to": "0:04", "at": [0.1, 0.5]}, {"from": 6, "at": [0.9, 0.5]}]
    assert moves(planned(programme(), centre=ranges).picture).runs == (
        (0, 438),
        (50, 0),
        (100, 438),
        (150, 876),
    )
    ask = walk(*[0.3] * 50)
    assert moves(planned(programme(), ask, follow="subject", centre=ranges).picture).runs == (
        (0, 182),
        (50, 0),
        (100, 182),
        (150, 876),
    )
    whole = planned(programme(), centre=[{"at": [0.3, 0.9]}])
    assert "crop h=718 w=404 x=182 y=0" in text(whole), "no range: all of it"
    ask = walk(*np.linspace(0.5, 0.7, 50))
    both = planned(programme(), ask, follow="subject", centre=[{"from": 2, "to": 4, "at": [0, 0.5]}]).picture
    assert [offset for frame, offset in moves(both).runs if frame == 50] == [0]
    assert [frame for frame, _ in moves(both).runs if 50 < frame <= 100] == [100], (
        "held while by hand, though all else moves"
    )
    tall = planned(programme("720x1280"), frame="1920x1080", centre=[{"at": [0.3, 0.9]}])
    assert "crop h=404 w=718 x=0 y=876" in text(tall), "up and down it is the other one"
    ignored = planned(programme(), follow="pad", centre=ranges)
    assert (
        ignored.notes[-1]
        == "reframe.centre has no effect: the whole picture is shown — remove it, or use follow: centre"
    )


def test_a_crop_may_pass_below_what_is_pointwise() -> None:
    clip = programme()
    graded = clip.with_picture(clip.picture.filter("lut3d", file="x", pointwise=True))
    (sunk,) = push_down_lut([planned(graded).picture])
    assert names(sunk)[:3] == ["source", "crop", "lut3d"]
    walked = planned(graded, walk(*np.linspace(0.3, 0.5, 50)), follow="subject").picture
    assert names(push_down_lut([walked])[0])[:3] == ["source", "crop", "lut3d"]


# ---------------------------------------------------------------- rates


@pytest.mark.parametrize(
    ("rate", "frames", "wanted", "counted"),
    [
        (25, 250, "30", 300),
        (Fraction(30000, 1001), 1052, "24", 842),
        (30, 185, "25", 154),
        (25, 1, "30", 1),
        (60, 1, "24", 1),
        (30, 30, "30", 30),
    ],
)
def test_the_number_of_frames(rate: Fraction, frames: int, wanted: str, counted: int) -> None:
    done = planned(programme(rate=rate, frames=frames), rate=wanted)
    assert (done.frames, done.rate) == (counted, Fraction(wanted))


def test_a_slow_source_may_hold_its_last_picture_for_one_frame() -> None:
    assert "tpad stop_duration=1 stop_mode=clone" in text(planned(programme(rate=1, frames=10)))


# ---------------------------------------------------------------- settings and refusals


def test_the_stage_is_one() -> None:
    stage: Stage = reframe
    assert (stage.name, stage.touches) == ("reframe", ("video",))


def test_questions_are_asked_only_to_follow() -> None:
    assert [reframe.questions(ReframeSettings(follow=follow)) for follow in ("centre", "pad", "none")] == [
        (),
        (),
        (),
    ]
    shots, faces = reframe.questions(ReframeSettings(follow="subject"))
    assert (shots, faces) == (Shots(), Faces()) and repr(shots.wants) == repr(faces.wants), "one decode"
    ask, clip = walk(0.5), programme()
    graded = clip.with_picture(clip.picture.filter("lut3d", file="x"))
    planned(graded, ask, follow="subject")
    assert {question.of for question in ask.questions} == {clip.conformed}, (
        "a new look never looks for faces again"
    )


def test_none_refuses_to_crop() -> None:
    with pytest.raises(FinishError, match="1280x720 doesn't fill a frame of 1080x1920") as caught:
        planned(programme(), follow="none")
    assert caught.value.code == "spec" and "follow: pad" in caught.value.hint


def test_an_odd_frame_is_refused() -> None:
    with pytest.raises(FinishError, match="1081x1920 has an odd side"):
        planned(programme(), frame="1081x1920")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"follow": "subjet"}, "subject"),
        ({"motion": "wild"}, "responsive"),
        (
            {"centre": [{"from": 3, "to": 2, "at": [0.5, 0.5]}]},
            "must end after it starts, but this one is 3 to 2 s",
        ),
        ({"centre": [{"from": 3, "to": 3, "at": [0.5, 0.5]}]}, "must end after it starts"),
        ({"centre": [{"from": -1, "at": [0.5, 0.5]}]}, "isn't a time"),
        ({"centre": [{"at": [1.5, 0.5]}]}, "less than or equal to 1"),
        ({"centre": [{"at": [float("nan"), 0.5]}]}, "centre"),
        ({"centre": [{"at": [0.5]}]}, "at"),
        ({"centre": [{"from": 1}]}, "at"),
        ({"centre": [{"from": 1, "at": [0.5, 0.5]}, {"from": 4, "at": [0.5, 0.5]}]}, "two centres at 4 s"),
        (
            {"centre": [{"from": 4, "to": 9, "at": [0.5, 0.5]}, {"from": 1, "to": 5, "at": [0.5, 0.5]}]},
            "two centres at 4 s",
        ),
        (
            {"centre": [{"from": 1, "at": [0.5, 0.5], "layout": "fit"}]},
            "either a crop or the whole picture — state `at`, or layout: fit",
        ),
        ({"centre": [{"from": 1, "at": [0.5, 0.5], "until": [0.7, 0.5]}]}, "state all three"),
        ({"centre": [{"from": 1, "to": 3, "layout": "fit", "until": [0.7, 0.5]}]}, "state all three"),
        ({"zoom": 2}, "zoom"),
    ],
)
def test_settings_that_cannot_be_meant(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        ReframeSettings.model_validate(wrong)


def test_the_schema_speaks_the_user_s_words() -> None:
    centre = ReframeSettings.model_json_schema()["$defs"]["CropOverride"]
    assert set(centre["properties"]) == {"from", "to", "at", "until", "layout"}


# ---------------------------------------------------------------- shots that show all of the picture


def lines(*boxes: tuple[float, float], looks: int = 10) -> tuple[TextAtTime, ...]:
    """The same lines of text, from left to right, once a second."""
    return tuple(
        TextAtTime(Fraction(number), tuple(TextBox(left, 0.8, right, 0.9) for left, right in boxes))
        for number in range(looks)
    )


def told(
    rows: list[FacesAtTime], cuts: Sequence[Fraction] = (), reads: tuple[TextAtTime, ...] = ()
) -> FixedAnswers:
    return FixedAnswers(cuts, rows, reads)


GROUP = [face(0.1), face(0.5), face(0.9)]
PAIR = [face(0.15), face(0.8)]


def test_whom_a_crop_would_lose_is_shown_with_all_of_the_picture() -> None:
    """Three faces all over the picture for five seconds, then one alone."""
    rows = looks(*[GROUP] * 25, *[[face(0.3)]] * 25)
    done = planned(programme(), told(rows, [Fraction(5)]), follow="subject", layout="auto")
    overlay = next(node for node in history([done.picture]) if node.name == "overlay" and node.arg("enable"))
    assert str(overlay.arg("enable")) == "gte(t,-0.02)*lt(t,4.98)"
    assert "the whole picture is shown in 1 of 2 shots: a crop would cut off people or text" in done.notes
    assert done.framing is not None and done.framing.panes(10)[0].target == Box(0, 656, 1080, 1264)
    crop_only = planned(programme(), told(rows, [Fraction(5)]), follow="subject")
    assert not [node for node in history([crop_only.picture]) if node.name == "overlay"]
    everybody = planned(programme(), told(looks(*[GROUP] * 50)), follow="subject", layout="auto")
    assert text(everybody) == text(planned(programme(), follow="pad"))


def test_two_who_are_far_apart_show_one_above_the_other() -> None:
    rows = looks(*[PAIR] * 25, *[[face(0.3)]] * 25)
    done = planned(programme(), told(rows, [Fraction(5)]), follow="subject", layout="auto")
    assert "two people are shown one above the other in 1 of 2 shots" in done.notes
    assert done.framing is not None
    upper, lower = done.framing.panes(10)
    assert (upper.target, lower.target) == (Box(0, 0, 1080, 960), Box(0, 960, 1080, 1920))
    for pane, mine, other in ((upper, 0.15, 0.8), (lower, 0.8, 0.15)):
        left, right = pane.crop_box.left / 1280, pane.crop_box.right / 1280
        assert left < mine - 0.04 and mine + 0.04 < right and not left < other < right
        assert abs(pane.crop_box.size.aspect / Fraction(9, 8) - 1) < Fraction(1, 100)
    assert (
        done.framing.box(10, 0.11, 0.23, 0.19, 0.37).bottom
        <= 960
        < done.framing.box(10, 0.76, 0.23, 0.84, 0.37).top
    )
    again = planned(
        replace(programme(), locked={"reframe": {"of": done.decisions[0].of, **done.decisions[0].values}}),
        FixedAnswers(),
        follow="subject",
        layout="auto",
    )
    assert again.picture == done.picture
    assert again.notes == done.notes, "notes are derived from the keyframes of the lock file"
    assert "notes" not in done.decisions[0].values


def test_keyframes_of_an_earlier_lock_file_keep_their_notes_on_the_subject() -> None:
    """Lock files once stored notes; those about the layout are derived now."""
    shots = [{"from": 0, "centre": 0.3}, {"from": 5, "layout": "fit", "centre": 0.5}]
    notes = [
        {"level": "detail", "code": "crop", "text": "faces in 90 %"},
        {"level": "know", "code": "layout", "text": "old"},
    ]
    done = planned(programme(), told(looks(*[[face(0.3)]] * 50)), follow="subject")
    locked = {"reframe": {"of": done.decisions[0].of, "shots": shots, "notes": notes}}
    again = planned(replace(programme(), locked=locked), FixedAnswers(), follow="subject")
    assert again.notes[-2:] == (
        "faces in 90 %",
        "the whole picture is shown in 1 of 2 shots: a crop would cut off people or text",
    )
    assert again.decisions[0].values["notes"] == notes[:1]


def test_a_little_wider_is_enough_for_three_side_by_side() -> None:
    three = [face(0.36), face(0.5), face(0.64)]
    done = planned(programme(), told(looks(*[three] * 50)), follow="subject", layout="auto")
    assert (
        "a wider window with a background is shown in 1 of 1 shots" in done.notes and done.framing is not None
    )
    (pane,) = done.framing.panes(0)
    assert (
        pane.crop_box.left < 0.30 * 1280
        and pane.crop_box.right > 0.70 * 1280
        and pane.crop_box.size.height == 720
    )
    assert pane.target.left == 0 and pane.target.size.width == 1080 and pane.target.top > 0
    way = CropKeyframes.read(done.decisions[0].values)
    assert way.segments[0].wide and way.values["shots"] == [{"from": 0.0, "layout": "wide", "centre": 0.5}]
    letters = planned(
        programme(), told(looks(*[three] * 50), reads=lines((0.1, 0.6))), follow="subject", layout="auto"
    )
    assert "the whole picture is shown in 1 of 1 shots" in str(letters.notes)


@pytest.mark.parametrize(
    "pair",
    [
        [face(0.15), face(0.8, 0.2)],  # one much larger
        [face(0.45), face(0.55)],  # near each other: a crop holds both
    ],
)
def test_others_are_no_pair(pair: list[FaceBox]) -> None:
    done = planned(programme(), told(looks(*[pair] * 50)), follow="subject", layout="auto")
    assert "one above the other" not in str(done.notes)


def test_a_wide_frame_has_no_panels() -> None:
    done = planned(
        programme("2560x720"), told(looks(*[PAIR] * 50)), frame="1280x720", follow="subject", layout="auto"
    )
    assert "one above the other" not in str(done.notes)


@pytest.mark.parametrize(
    ("boxes", "fit", "crop"),
    [
        ([(0.1, 0.4)], False, None),  # entirely outside 0.44 to 0.76
        ([(0.5, 0.7)], False, None),  # entirely inside
        ([(0.40, 0.60)], False, 490),  # a step to the left includes all of it
        ([(0.05, 0.70)], True, None),  # no step does
        ([(0.40, 0.60), (0.7, 0.9)], False, None),
        ([(0.40, 0.60), (0.62, 0.80)], True, None),
    ],
)
def test_letters_are_never_half_cut(boxes: list[tuple[float, float]], fit: bool, crop: int | None) -> None:
    ask = told(looks(*[[face(0.6)]] * 50), reads=lines(*boxes))
    done = planned(programme(), ask, follow="subject", layout="auto")
    assert any("the whole picture is shown in" in note for note in done.notes) is fit
    if not fit:
        left = next(node for node in history([done.picture]) if node.name == "crop").arg("x")
        middle = (int(str(left)) + 202) / 1280
        cut = [
            box
            for box in boxes
            if 0.05 < (min(box[1], middle + 0.158) - max(box[0], middle - 0.158)) / (box[1] - box[0]) < 0.95
        ]
        assert cut == []
        assert crop is None or int(str(left)) == pytest.approx(crop, abs=10)


def test_a_face_is_no_title() -> None:
    brow = tuple(TextAtTime(Fraction(number), (TextBox(0.5, 0.25, 0.62, 0.35),)) for number in range(10))
    ask = told(looks(*[[face(0.45), face(0.6)]] * 50), reads=brow)
    assert "the whole picture is shown in" not in str(
        planned(programme(), ask, follow="subject", layout="auto").notes
    )


def test_letters_that_pass_are_no_titles_and_a_short_shot_keeps_the_layout_before() -> None:
    passing = tuple(
        TextAtTime(Fraction(number), (TextBox(number / 8, 0.8, number / 8 + 0.3, 0.9),))
        for number in range(6)
    )
    assert "the whole picture is shown in" not in str(
        planned(
            programme(), told(looks(*[[face(0.6)]] * 50), reads=passing), follow="subject", layout="auto"
        ).notes
    )
    rows = looks(*[GROUP] * 20, *[[face(0.3)]] * 5, *[[face(0.3)]] * 25)
    brief = planned(programme(), told(rows, [Fraction(4), Fraction(5)]), follow="subject", layout="auto")
    assert "the whole picture is shown in 2 of 3 shots" in str(brief.notes)


def test_a_crop_moves_by_hand_from_one_place_to_another() -> None:
    done = planned(
        programme(),
        centre=[
            {"from": 2, "to": 4.5, "at": [0.3, 0.5], "until": [0.6, 0.5]},
            {"from": 4.5, "at": [0.6, 0.5]},
        ],
    )
    path = moves(done.picture)
    places = [path.at(frame) for frame in range(250)]
    first, last = places[50], places[113]
    assert places[113:] == [last] * 137 and last > first and sorted(places[50:114]) == places[50:114]
    assert abs(places[81] - (first + last) / 2) < 0.02 * (last - first), "half of the way in half of the time"


def test_a_layout_by_hand_and_from_the_lock_file() -> None:
    by_hand = planned(programme(), centre=[{"from": 2, "to": 4, "layout": "fit"}])
    overlay = next(
        node for node in history([by_hand.picture]) if node.name == "overlay" and node.arg("enable")
    )
    assert str(overlay.arg("enable")) == "gte(t,1.98)*lt(t,3.98)"
    way = CropKeyframes(
        (CropSegment(Fraction(0), still_path(0.3)), CropSegment(Fraction(3), still_path(0.5), fit=True))
    )
    assert way.values["shots"] == [
        {"from": 0.0, "centre": 0.3},
        {"from": 3.0, "layout": "fit", "centre": 0.5},
    ]
    assert CropKeyframes.read(way.values) == way
    with pytest.raises(FinishError, match="the lock file's values of reframe can't be read"):
        CropKeyframes.read({"shots": [{"from": 0, "centre": 0.3, "layout": "stack"}]})
    with pytest.raises(FinishError, match="the lock file's values of reframe can't be read"):
        CropKeyframes.read({"shots": [{"from": 0, "layout": "stack", "panels": [[0.1, 0.2, 0.3]]}]})


# ---------------------------------------------------------------- anything to anything


even = st.integers(1, 2000).map(lambda half: 2 * half)
sizes = st.builds(Size, even, even)


@settings(deadline=None, max_examples=60)
@given(
    sizes,
    sizes.filter(lambda frame: min(frame.width, frame.height) >= 16),
    st.lists(st.floats(0.02, 0.98), min_size=1, max_size=50),
    st.sampled_from(["subject", "centre", "pad"]),
    st.tuples(st.integers(1, 300), st.floats(0, 1)),
)
def test_any_picture_to_any_frame(
    picture: Size, frame: Size, way: list[float], follow: str, rest: tuple[int, float]
) -> None:
    frames, hand = rest
    by_hand = [{"from": 1, "to": 2, "at": [hand, hand]}]
    done = planned(
        programme(str(picture), frames=frames),
        walk(*way),
        frame=str(frame),
        follow=follow,
        centre=by_hand,
        inside=0,
    )
    assert done.picture.size == frame
    assert_crops_are_even_and_inside(done.picture)


boxes = st.tuples(st.floats(0, 0.95), st.floats(0.02, 0.4)).map(
    lambda box: (box[0], min(1.0, box[0] + box[1]))
)
faces = st.builds(
    lambda x, wide, down: FaceBox(x - wide / 2, down, x + wide / 2, min(1.0, down + wide), 0.9),
    st.floats(0.05, 0.95),
    st.floats(0.01, 0.3),
    st.floats(0, 0.9),
)


@settings(deadline=None, max_examples=60)
@given(
    sizes,
    sizes.filter(lambda frame: min(frame.width, frame.height) >= 16),
    st.lists(st.lists(faces, max_size=5), min_size=1, max_size=4),
    st.lists(boxes, max_size=3),
    st.lists(st.integers(1, 99), max_size=12, unique=True).map(sorted),
)
def test_any_shots_to_any_frame_by_their_layouts(
    picture: Size,
    frame: Size,
    scenes: list[list[FaceBox]],
    titles: list[tuple[float, float]],
    cuts: list[int],
) -> None:
    """Crowds, nobody, ten shots a second, text everywhere: crops are even and inside, frames are filled."""
    rows = looks(*[scenes[number * len(scenes) // 50] for number in range(50)])
    ask = FixedAnswers([Fraction(cut, 10) for cut in cuts], rows, lines(*titles))
    done = planned(programme(str(picture)), ask, frame=str(frame), follow="subject", layout="auto", inside=0)
    assert done.picture.size == frame and done.framing is not None
    assert_crops_are_even_and_inside(done.picture)
    for _, panes in done.framing.runs:
        assert sum(pane.target.size.pixels for pane in panes) <= frame.pixels
        assert all(
            0 <= pane.crop_box.left < pane.crop_box.right <= picture.width
            and 0 <= pane.crop_box.top < pane.crop_box.bottom <= picture.height
            for pane in panes
        )


def assert_crops_are_even_and_inside(picture: Stream) -> None:
    for node in history([picture]):
        if node.name == "crop":
            (before,) = [each.size for each in node.inputs]
            wide, high = (int(str(node.arg(name))) for name in "wh")
            assert wide % 2 == high % 2 == 0 and wide > 0 < high
            for left, top in product(*(stands(node.arg(name)) for name in "xy")):
                assert (
                    before is not None
                    and left >= 0
                    and top >= 0
                    and left + wide <= before.width
                    and top + high <= before.height
                )


def stands(value: object) -> list[int]:
    return [offset for _, offset in value.runs] if isinstance(value, CropOffsets) else [int(str(value))]


def test_planning_is_quick(stopwatch: Stopwatch) -> None:
    ask = walk(*(0.5 + 0.2 * np.sin(np.arange(3000) / 40)))
    with stopwatch(2):  # ten minutes
        done = planned(programme(frames=15_000), ask, follow="subject")
    assert len(moves(done.picture).content()) < 600_000


def test_a_way_is_decided_anew_where_more_must_be_inside() -> None:
    rows = looks(*[[face(0.3)]] * 50)
    usual, stricter, again = (
        planned(programme(), told(rows), follow="subject", inside=inside) for inside in (0.8, 0.95, 0.8)
    )
    assert usual.decisions[0].of == again.decisions[0].of != stricter.decisions[0].of
