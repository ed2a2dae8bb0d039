"""Decisions by stage and segment: newer ones replace earlier ones, and what is decided again is left out."""

from __future__ import annotations

from finish.model import Decision
from finish.model.programme_records import with_decisions, without_stages

KNOWN = {
    "sound": {"of": "mix", "gain": -3.0},
    "segments": {
        "beach": {"reframe": {"of": "a", "shots": [1]}, "colour": {"of": "b"}},
        "walk": {"reframe": {"of": "c", "shots": [2]}},
    },
}


def test_newer_decisions_replace_earlier_ones_of_the_same_stage_and_segment() -> None:
    newer = [
        Decision("sound", "mix", {"gain": -4.0}),
        Decision("captions", "mix", {"places": []}),
        Decision("reframe", "d", {"shots": [3]}, "walk"),
        Decision("pacing", "e", {"pauses": []}, "pack"),
    ]
    assert with_decisions(KNOWN, newer) == {
        "sound": {"of": "mix", "gain": -4.0},
        "captions": {"of": "mix", "places": []},
        "segments": {
            **KNOWN["segments"],
            "walk": {"reframe": {"of": "d", "shots": [3]}},
            "pack": {"pacing": {"of": "e", "pauses": []}},
        },
    }
    assert KNOWN["segments"]["walk"] == {"reframe": {"of": "c", "shots": [2]}}


def test_a_programme_without_segments_has_no_decisions_of_segments() -> None:
    assert with_decisions({}, [Decision("sound", "mix", {"gain": 1.0})]) == {
        "sound": {"of": "mix", "gain": 1.0}
    }
    assert with_decisions({}, []) == {}


def test_the_decisions_of_a_stage_are_left_out_of_every_segment() -> None:
    assert without_stages(KNOWN, ["reframe", "sound"]) == {
        "segments": {"beach": {"colour": {"of": "b"}}, "walk": {}}
    }
    assert without_stages(KNOWN, []) == KNOWN
    assert without_stages({"sound": {"of": "mix"}}, ["reframe"]) == {"sound": {"of": "mix"}}
