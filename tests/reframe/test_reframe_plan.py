"""What each reframe mode plans, as text; settings, notes, and what is refused."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from reframe_plans import FINAL, moves, names, text, walk
from reframe_studio import FixedAnswers, face, looks, planned, programme
from timing import Stopwatch

from finish.analysis.faces import Faces
from finish.analysis.shots import Shots
from finish.errors import FinishError
from finish.graph import Output, compile_outputs, history, push_down_lut
from finish.model import Stage
from finish.stages import reframe
from finish.stages.reframe import ReframeSettings
from finish.units import Size

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
    answers = FixedAnswers()
    for follow in ("subject", "pad", "none"):
        assert text(planned(programme(), answers, frame="1920x1080", follow=follow)) == plain
    assert answers.questions == [] and planned(programme(), frame="1920x1080").notes == ()
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
    answers = moves(done.picture)
    offsets = np.array([offset for _, offset in answers.runs])
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
    answers = dict(moves(done.picture).runs)
    before, after = (
        [answers[n] for n in sorted(answers) if n < 125],
        [answers[n] for n in sorted(answers) if n >= 125],
    )
    assert np.all(np.diff(before) > 0) and np.all(np.diff(after) < 0) and min(answers) == 0 and 125 in answers
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
    ("rate", "frames", "expected", "counted"),
    [
        (25, 250, "30", 300),
        (Fraction(30000, 1001), 1052, "24", 842),
        (30, 185, "25", 154),
        (25, 1, "30", 1),
        (60, 1, "24", 1),
        (30, 30, "30", 30),
    ],
)
def test_the_number_of_frames(rate: Fraction, frames: int, expected: str, counted: int) -> None:
    done = planned(programme(rate=rate, frames=frames), rate=expected)
    assert (done.frames, done.rate) == (counted, Fraction(expected))


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


def test_planning_is_quick(stopwatch: Stopwatch) -> None:
    ask = walk(*(0.5 + 0.2 * np.sin(np.arange(3000) / 40)))
    with stopwatch(2):  # ten minutes
        done = planned(programme(frames=15_000), ask, follow="subject")
    assert len(moves(done.picture).content()) < 600_000
