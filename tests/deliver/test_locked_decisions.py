"""Decisions in a lock file: each stage's typed value is written for people, and read back as it was."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import pytest

from finish.deliver import lock_file
from finish.errors import SpecError
from finish.model import ClipRange, Decision
from finish.model.programme_records import with_decisions
from finish.stages.colour.balance import Balance
from finish.stages.colour.correction_fitting import FittedCorrection
from finish.stages.colour.shot_corrections import MatchedShot, ShotCorrections
from finish.stages.mix.mixing import SpeechTimes
from finish.stages.pacing.pause_cuts import PauseCuts
from finish.stages.placement.placement_decisions import LockedPlaces, StatedPlace
from finish.stages.reframe.camera_path import CameraPath, still_path
from finish.stages.reframe.crop_keyframes import CropKeyframes, SubjectReport
from finish.stages.reframe.crop_quality import CropQuality
from finish.stages.reframe.crop_segments import CropSegment, Panel
from finish.stages.sound.gain_search import LimiterSetting
from finish.units import Span

END: Final = Fraction(60)
THIRD: Final = Fraction("1.333333")  # a lock file has at most microseconds
SEGMENTS: Final = (
    CropSegment(Fraction(0), CameraPath(0.2, (0.25, 0.3, 0.4))),
    CropSegment(THIRD, still_path(0.5), fit=True),
    CropSegment(Fraction(3), still_path(0.5), panels=(Panel(0.2, 0.4, 0.3), Panel(0.8, 0.4, 0.3))),
    CropSegment(Fraction(4), still_path(0.75), wide=True),
)
REPORT: Final = SubjectReport((("face", 0.75), ("gaze", 0.25)), CropQuality(0.9, 0.8, (), 0.5, 0.125))
CORRECTION: Final = FittedCorrection(Balance(exposure=0.25, tint=-3), True, 2.5, 0.5)
NEUTRAL: Final = FittedCorrection(Balance(), False, 1.0, 1.0)

# By stage: what it decided, how its values are read, and its text in the file.
DECISIONS: Final[dict[str, tuple[Any, Callable[[Any], Any], str]]] = {
    "pacing": (
        PauseCuts((ClipRange(Fraction("2.32"), Fraction("3.68")), ClipRange(Fraction(9), None))),
        PauseCuts.read,
        "    pauses:\n    - 2.32-3.68\n    - 9-\n",
    ),
    "colour": (
        ShotCorrections((MatchedShot(Fraction(0), CORRECTION), MatchedShot(THIRD, NEUTRAL))),
        ShotCorrections.read,
        "    shots:\n"
        "    - {from: 0.0, exposure: 0.25, temperature: 6504, tint: -3.0, contrast: 1, saturation: 1, "
        "scene: same, before: 2.5, after: 0.5}\n"
        "    - {from: 1.333333, exposure: 0, temperature: 6504, tint: 0, contrast: 1, saturation: 1, "
        "scene: other, before: 1.0, after: 1.0}\n",
    ),
    "reframe": (
        CropKeyframes(SEGMENTS, REPORT),
        CropKeyframes.read,
        "    shots:\n"
        "    - {from: 0.0, start: 0.2, path: [0.25, 0.3, 0.4]}\n"
        "    - {from: 1.333333, layout: fit, centre: 0.5}\n"
        "    - {from: 3.0, layout: stack, panels: [[0.2, 0.4, 0.3], [0.8, 0.4, 0.3]]}\n"
        "    - {from: 4.0, layout: wide, centre: 0.75}\n"
        "    subject:\n"
        "      samples:\n        face: 0.75\n        gaze: 0.25\n"
        "      inside: 0.9\n      covered: 0.8\n      reversals: 0.5\n      jerk: 0.125\n",
    ),
    "captions": (
        LockedPlaces((StatedPlace(Fraction(0), "bottom"), StatedPlace(THIRD, 0.625)), 0.25, 7.5),
        lambda values: LockedPlaces.read(values, ["bottom", "top"], "captions"),
        "    places:\n"
        "    - {from: 0.0, position: bottom}\n    - {from: 1.333333, position: 0.625}\n"
        "    covered: 0.25\n    contrast: 7.5\n",
    ),
    "mix": (
        SpeechTimes((Span(Fraction(1), Fraction("2.5")),), (Span(Fraction(4), Fraction(5)),)),
        lambda values: SpeechTimes.read(values, END),
        "    clip:\n    - 1-2.5\n    voice:\n    - 4-5\n",
    ),
    "sound": (LimiterSetting(-3.25, -1.2), LimiterSetting.read, "    gain: -3.25\n    limit: -1.2\n"),
}


@pytest.mark.parametrize("stage", DECISIONS)
def test_a_decision_is_read_as_it_was_written(stage: str, tmp_path: Path) -> None:
    value, read, text = DECISIONS[stage]
    path = tmp_path / "job.lock.yaml"
    lock_file.write(path, {"clip": [Decision(stage, "about", value.values)]})
    assert f"  {stage}:\n    of: about\n{text}" in path.read_text()
    assert read(lock_file.read(path)["clip"][stage]) == value
    written = path.read_bytes()
    lock_file.write(path, {"clip": [Decision(stage, "about", read(value.values).values)]})
    assert path.read_bytes() == written


@pytest.mark.parametrize("stage", DECISIONS)
def test_values_that_are_not_a_decision_name_their_stage(stage: str) -> None:
    value, read, _ = DECISIONS[stage]
    first = next(iter(value.values))
    for wrong in ({}, {**value.values, first: "nonsense"}, {**value.values, first: [{"from": "soon"}]}):
        with pytest.raises(SpecError, match=f"the lock file's values of {stage} can't be read") as error:
            read(wrong)
        assert error.value.hint == f"correct them, or run with --redecide {stage}"


OF_SEGMENTS = (
    Decision("reframe", "about", {"shots": [{"from": 0.0, "centre": 0.5}]}, "beach"),
    Decision("reframe", "about", {"shots": [{"from": 0.0, "centre": 0.25}]}, "walk"),
    Decision("sound", "mix", {"gain": 1.5}),
)


def test_decisions_of_segments_are_under_their_names(tmp_path: Path) -> None:
    path = tmp_path / "job.lock.yaml"
    lock_file.write(path, {"film": OF_SEGMENTS})
    assert lock_file.read(path)["film"] == with_decisions({}, OF_SEGMENTS)
    lock_file.forget(path, ["film"], ["reframe"])
    assert lock_file.read(path)["film"] == {
        "segments": {"beach": {}, "walk": {}},
        "sound": {"of": "mix", "gain": 1.5},
    }


@pytest.mark.parametrize("emptied", ["    beach:\n", "    beach: 5\n", "    beach:\n      reframe:\n"])
def test_a_segment_that_was_emptied_by_hand_decides_again(emptied: str, tmp_path: Path) -> None:
    path = tmp_path / "job.lock.yaml"
    path.write_text(f"film:\n  segments:\n{emptied}    walk:\n      reframe: {{of: about}}\n")
    read = lock_file.read(path)["film"]
    assert read["segments"]["walk"] == {"reframe": {"of": "about"}}
    assert not read["segments"].get("beach")
    assert with_decisions(read, OF_SEGMENTS)["segments"]["beach"]["reframe"]["of"] == "about"
    lock_file.write(path, {"film": OF_SEGMENTS})
    assert lock_file.read(path)["film"] == with_decisions({}, OF_SEGMENTS)


@pytest.mark.parametrize("emptied", ["  segments:\n", "  segments: 5\n", "  segments: [beach]\n"])
def test_segments_that_were_emptied_by_hand_decide_again(emptied: str, tmp_path: Path) -> None:
    path = tmp_path / "job.lock.yaml"
    path.write_text(f"film:\n{emptied}  sound: {{of: mix, gain: 1.5}}\n")
    assert lock_file.read(path)["film"] == {"sound": {"of": "mix", "gain": 1.5}}
