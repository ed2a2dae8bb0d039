"""A clip with missing parts: refused with times and a way out, or delivered and reported if accepted."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from paper_media import stereo_track, video_track

from finish.errors import FinishError
from finish.model import Loss, Source
from finish.stages.conform import ConformSettings
from finish.stages.conform.loss_notes import damage_notes
from finish.units import Size

VIDEO = video_track(Size(64, 64), start=Fraction(1), end=Fraction(5))
AUDIO = stereo_track(VIDEO.start, VIDEO.end)
CLIP = Source(Path("take 3.mkv"), "d", 1, "matroska", Fraction(1), VIDEO, (AUDIO,))
CUT = Loss("cut-off", "the file is cut off: 600 bytes are missing", start=Fraction(5), seconds=Fraction(4))


def test_what_is_missing_is_refused_with_times_and_the_way_out() -> None:
    assert ConformSettings().damaged == "refuse"
    with pytest.raises(FinishError) as raised:
        damage_notes(replace(CLIP, losses=(CUT,)), (0, 1), accept=False)
    assert (raised.value.code, str(raised.value)) == (
        "media",
        "take 3.mkv is damaged: the file is cut off: 600 bytes are missing (4 s from 4 s on) "
        "— copy the clip again, or set conform: {damaged: accept} to accept the loss",
    )


def test_a_loss_that_another_copy_does_not_heal_says_what_does() -> None:
    joined = Loss(
        "clock-restarts",
        "its timestamps start again",
        start=Fraction(3),
        hint="join the parts with FFmpeg's concat demuxer",
    )
    for accept in (False, True):  # there is nothing to accept: the whole clip can't be shown in order
        with pytest.raises(FinishError, match="join the parts"):
            damage_notes(replace(CLIP, losses=(CUT, joined)), (0, 1), accept=accept)


def test_an_accepted_loss_asks_for_action() -> None:
    (note,) = damage_notes(replace(CLIP, losses=(CUT,)), (0, 1), accept=True)
    assert (note.code, note.level) == ("damaged-accepted", "act") and "4 s from 4 s on" in note


def test_what_may_be_whole_is_reported_and_what_is_not_delivered_refuses_nothing() -> None:
    maybe = Loss("unfinished", "the file may be cut off", certain=False)
    late = Loss(
        "starts-late",
        "the recording begins in the middle",
        "picture",
        Fraction(1),
        Fraction(1),
        0,
        certain=False,
    )
    other = Loss("decode-errors", "its sound is damaged", "sound", track=1)
    notes = damage_notes(replace(CLIP, losses=(maybe, late, other)), (0, None), accept=False)
    assert [(note.code, note.level) for note in notes] == [
        ("unfinished", "act"),
        ("starts-late", "know"),
        ("damaged-unused", "know"),
    ]
