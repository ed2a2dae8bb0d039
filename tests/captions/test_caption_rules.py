"""Reading rules: as published in their tables, and cues retimed within them without losing a word."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from caption_world import RATE, WIDE, delivery, plan_captions, programme, reading, settings, srt
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from finish.analysis.shots import ShotFacts, Shots
from finish.cli.verbs import app
from finish.errors import FinishError
from finish.stages import captions as stage
from finish.stages.captions.cues import Cue, StyledRun
from finish.stages.captions.source_place import SourcePlace
from finish.stages.captions.timing.cue_repair import repaired
from finish.stages.captions.timing.shot_snapping import ShotTimes
from finish.stages.captions.timing.timing_rules import (
    LINES,
    LONGEST_CUE,
    SHORTEST_CUE,
    broken_rules,
    reading_limits,
    reading_speed,
    width,
)

EDGES = ShotTimes(RATE)


def cue(start: float, end: float, text: str, number: int = 1) -> Cue:
    return Cue(
        Fraction(str(start)), Fraction(str(end)), (StyledRun(text),), number, SourcePlace(line=number * 10)
    )


def rules(*cues: Cue, language: str = "en") -> list[tuple[int, str]]:
    return [(rule.cue.number, rule.rule) for rule in broken_rules(cues, language, EDGES)]


@pytest.mark.parametrize(
    ("language", "line", "most"),
    [
        ("", 42, 20),
        ("en", 42, 20),
        ("en-GB", 42, 20),
        ("de", 42, 17),
        ("fr", 42, 17),
        ("ar", 42, 20),
        ("hi", 42, 22),
        ("ja", 13, 4),
        ("ko", 16, 12),
        ("zh-Hant", 16, 9),
        ("th", 35, 17),
    ],
)
def test_the_table(language: str, line: int, most: int) -> None:
    assert (reading_limits(language).line, reading_limits(language).speed) == (line, most)


def test_characters_as_languages_count_them() -> None:
    assert width("ab c", "en") == 4 and width("漢字a", "ja") == Fraction(5, 2) and width("漢字a", "en") == 3
    assert reading_speed(cue(0, 2, "ab\ncd  e"), "en") == 3.5


@pytest.mark.parametrize(
    ("checked", "problems"),
    [
        (cue(0, 2, "x" * 40), []),  # 20 characters a second, 40 of 42
        (cue(0, 2, "x" * 41), [(1, "reads too fast")]),
        (cue(0, 3, "x" * 43), [(1, "a line is too long")]),
        (cue(0, 0.84, "a"), []),
        (cue(0, 0.83, "a"), [(1, "shows too briefly")]),
        (cue(0, 7, "a"), []),
        (cue(0, 7.1, "a"), [(1, "stays too long")]),
        (cue(0, 2, "a\nb"), []),
        (cue(0, 2, "a\nb\nc"), [(1, "too many lines")]),
    ],
)
def test_cases_counted_by_hand(checked: Cue, problems: list[tuple[int, str]]) -> None:
    assert rules(checked) == problems


def test_two_frames_lie_between_cues() -> None:
    assert rules(cue(0, 1, "a"), cue(1.08, 2, "b", 2)) == [] and rules(
        cue(0, 1, "a"), cue(1.07, 2, "b", 2)
    ) == [(1, "no gap to the next")]


def test_the_same_line_is_too_fast_in_german_and_not_in_english() -> None:
    assert rules(cue(0, 2, "x" * 38)) == [] and rules(cue(0, 2, "x" * 38), language="de") == [
        (1, "reads too fast")
    ]


def test_a_brief_cue_gets_the_pause_behind_it_and_a_near_gap_is_closed() -> None:
    done, changes = repaired([cue(0, 0.4, "a"), cue(3, 4, "b", 2), cue(4.3, 5.3, "c", 3)], "en", EDGES)
    assert [(float(each.start), float(each.end)) for each in done] == [(0, 0.834), (3, 4.22), (4.3, 5.3)]
    assert changes == ("cue 1 at 0:00.00: ends 0.43 s later", "cue 2 at 0:03.00: ends 0.22 s later")


def test_a_long_cue_is_parted_at_words_with_its_styling() -> None:
    text = (
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen"
    )
    long = Cue(Fraction(0), Fraction(8), (StyledRun(text[:60]), StyledRun(text[60:], italic=True)), 1)
    done, changes = repaired([long], "en", EDGES)
    assert (
        len(done) == 2
        and changes == ("cue 1 at 0:00.00: split into 2",)
        and not list(broken_rules(done, "en", EDGES))
    )
    assert " ".join(" ".join(each.text.split()) for each in done) == text and done[1].runs[-1].italic


def test_the_parts_of_a_cue_stay_with_what_is_said() -> None:
    """Of 14 s of twenty even words, the eleventh shows in the middle.

    Words with times show at their times.
    """
    even = Cue(Fraction(0), Fraction(14), (StyledRun(" ".join(f"word{at:02d}" for at in range(20))),), 1)
    done, _ = repaired([even], "en", EDGES)
    assert [float(each.start) for each in done] == [0, 7]
    timed = replace(
        even,
        runs=(
            StyledRun(
                "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda my ny xi", time=Fraction(0)
            ),
            StyledRun(" omikron pi rho sigma tau ypsilon phi chi psi omega and more", time=Fraction(4)),
        ),
    )
    parts, _ = repaired([timed], "en", EDGES)
    stamped = [run for part in parts for run in part.runs if run.time is not None]
    assert [(run.text.split()[0], run.time) for run in stamped] == [("alpha", 0), ("omikron", 4)]


texts = st.lists(
    st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12), min_size=1, max_size=40
).map(" ".join)


@st.composite
def files(draw: st.DrawFn) -> list[Cue]:
    at, found = Fraction(0), []
    for number in range(1, draw(st.integers(1, 6)) + 1):
        at += Fraction(draw(st.integers(-200, 3000)), 1000)
        at = max(at, Fraction(0), found[-1].start if found else Fraction(0))
        end = at + Fraction(draw(st.integers(1, 9000)), 1000)
        found.append(Cue(at, end, (StyledRun(draw(texts)),), number, SourcePlace(line=number)))
        at = end
    return found


@given(files(), st.sampled_from(["en", "de", "ja", "zh", "th"]))
def test_mending_loses_and_reorders_no_word_and_breaks_nothing_that_held(
    cues: list[Cue], language: str
) -> None:
    done, _ = repaired(cues, language, EDGES)
    glue = "" if language in ("ja", "zh") else " "
    before, after = (glue.join(glue.join(each.text.split()) for each in some) for some in (cues, done))
    assert after.replace(" ", "") == before.replace(" ", "")
    assert all(each.start < each.end for each in done)
    assert [each.start for each in done] == sorted(each.start for each in done)
    assert all(
        len(each.text.split("\n")) <= LINES and each.end - each.start <= LONGEST_CUE + Fraction(1, 1000)
        for each in done
    )


def at(time: Fraction, frames: int) -> Fraction:
    return time + Fraction(frames, 24)


@pytest.mark.parametrize(
    ("start", "end", "then"),
    [
        (5, 96, (0, 96)),
        (11, 96, (0, 96)),
        (12, 96, (12, 96)),
        (-1, 96, (0, 96)),
        (-8, 96, (0, 96)),
        (-9, 96, (-12, 96)),
        (-11, 96, (-12, 96)),
        (-12, 96, (-12, 96)),
        (0, 96, (0, 96)),
        (-96, 0, (-96, -2)),
        (-96, -2, (-96, -2)),
        (-96, -11, (-96, -2)),
        (-96, -12, (-96, -12)),
        (-96, 11, (-96, -2)),
        (-96, 12, (-96, 12)),
    ],
)
def test_shot_changes_take_what_begins_or_ends_near_them(start: int, end: int, then: tuple[int, int]) -> None:
    """At 24 frames a second, counted in frames from a change at 10 s; derived by hand from the guidelines."""
    cut = Fraction(10)
    edges = ShotTimes(Fraction(24), (cut,))
    one = Cue(at(cut, start), at(cut, end), (StyledRun("Some words."),), 1)
    near = [rule.rule for rule in broken_rules([one], "en", edges)]
    assert near == [
        rule
        for rule, was, now in (
            ("begins near a shot change", start, then[0]),
            ("ends near a shot change", end, then[1]),
        )
        if was != now
    ]
    (done,), _ = repaired([one], "en", edges)
    assert [round((time - cut) * 24) for time in (done.start, done.end)] == list(then) and not list(
        broken_rules([done], "en", edges)
    )


def test_a_shot_change_takes_no_words_from_their_readers() -> None:
    """Ending before the change would leave 0.4 s: the cue stays, and a note says so."""
    edges = ShotTimes(Fraction(24), (Fraction(10),))
    one = Cue(Fraction("9.5"), Fraction("10.4"), (StyledRun("Some words."),), 1)
    assert repaired([one], "en", edges) == ((one,), ()) and [
        rule.by for rule in broken_rules([one], "en", edges)
    ] == ["ends 12 frames late"]


@given(files(), st.lists(st.fractions(0, 40, max_denominator=24), max_size=8))
def test_mending_at_shot_changes_keeps_words_and_order(cues: list[Cue], cuts: list[Fraction]) -> None:
    done, _ = repaired(cues, "en", ShotTimes(RATE, tuple(sorted(set(cuts)))))
    assert "".join("".join(each.text.split()) for each in done) == "".join(
        "".join(each.text.split()) for each in cues
    )
    assert [each.start for each in done] == sorted(each.start for each in done) and all(
        each.start < each.end for each in done
    )


@given(files())
def test_mending_twice_is_mending_once(cues: list[Cue]) -> None:
    once, _ = repaired(cues, "en", EDGES)
    twice, changes = repaired(
        [replace(each, place=SourcePlace(line=each.number)) for each in once], "en", EDGES
    )
    assert [each.text for each in twice] == [each.text for each in once] and changes == ()


def test_the_command_lists_its_changes_and_leaves_the_file_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.srt"
    file.write_text(srt("one", seconds=9) + "2\n00:00:09,000 --> 00:00:09,200\ntwo\n")
    before = file.read_bytes()
    judged = CliRunner().invoke(app, ["captions", "check", str(file)])
    assert judged.exit_code == 1 and "cue 1 at 0:00.00: stays too long: 9.0 s (at most 7 s)" in judged.output
    assert "3 broken rules" in judged.output
    done = CliRunner().invoke(app, ["captions", "fix", str(file)])
    assert (
        done.exit_code == 0
        and "a.fixed.srt: 2 changes, 0 rules still broken" in done.output
        and file.read_bytes() == before
    )
    assert [(each.start, each.end) for each in reading((tmp_path / "a.fixed.srt").read_text()).cues] == [
        (0, 7),
        (9, Fraction("9.834")),
    ]
    again = CliRunner().invoke(app, ["captions", "fix", str(file)])
    assert again.exit_code == 2 and "a.fixed.srt exists" in again.output
    assert Fraction(5, 6) == SHORTEST_CUE


def test_a_destination_may_require_the_rules() -> None:
    def told(question: Any) -> ShotFacts:
        assert question.analyser == Shots()
        return ShotFacts((Fraction("3.92"),), 100)

    clip, wide = programme(WIDE), delivery(WIDE)
    text = srt("A cue that runs over the cut", "x" * 43, seconds=4)
    with pytest.raises(FinishError) as wrong:
        plan_captions(settings(text, rules="require", burn=False), clip, wide, told)
    message = str(wrong.value)
    assert "a.srt:2  cue 1 at 0:00.00: ends near a shot change: ends 4 frames late" in message
    assert "captions fix FILE --clip CLIP" in message
    assert "a.srt:6  cue 2 at 0:04.00: a line is too long: 43 characters (at most 42)" in message
    assert plan_captions(settings(text, burn=False, sidecar=["srt"]), clip, wide, told).notes == ()
    assert stage.questions(settings(text, rules="require", burn=False)) == (Shots(),)
