"""Pauses that are shortened, lengths that are met, and parts that are chosen by their words."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pacing_world import SpeechAnswers, lengths, parts, planned, unasked
from pydantic import ValidationError

from finish.errors import FinishError
from finish.model import ClipRange, Delivery, Document, Programme, Rates
from finish.model.stored_text import stored_text
from finish.stages import pacing
from finish.stages.pacing import messages, pacing_planning


def paused(ask: Any, locked: dict[str, Any] | None = None, heard: bool = True, **settings: Any) -> Programme:
    """A clip of ten seconds in which somebody speaks, with its pauses shortened."""
    base = planned()
    clip = replace(base, content_sound=base.sound if heard else None, locked=locked or {})
    delivery = Delivery(frame="1080x1920", rates=Rates(low=24, high=60, otherwise=30))
    return pacing.plan(pacing.PacingSettings(**{"pauses": {}, **settings}), clip, delivery, ask)


def test_long_pauses_are_shortened_and_words_kept_whole() -> None:
    planned = paused(SpeechAnswers((1, 2), (2.6, 4), (6, 8.2)))
    assert parts(planned) == [(0.8, 4.2), (5.8, 8.4)]
    assert planned.notes[0] == "pacing: 3 pauses shortened by 4.0 s in total"
    (decision,) = planned.decisions
    assert decision.values == {"pauses": ["0-0.8", "4.2-5.8", "8.4-10"]}


@given(
    st.lists(st.integers(0, 99), min_size=2, max_size=12, unique=True).map(sorted),
    st.integers(2, 8),
    st.integers(8, 20),
)
def test_no_word_is_clipped_and_every_pause_is_as_long_as_asked(
    marks: list[int], keep: int, longer: int
) -> None:
    spoken = [(start / 10, end / 10) for start, end in zip(marks[::2], marks[1::2], strict=False)]
    planned = paused(SpeechAnswers(*spoken), pauses={"keep": keep / 10, "longer": longer / 10})
    kept = parts(planned) if planned.timeline else [(0.0, 10.0)]
    for start, end in spoken:
        assert any(one <= start + 0.021 and end - 0.021 <= other for one, other in kept), (spoken, kept)
    for (_, end), (start, _) in pairwise(spoken):
        shown = sum(max(0.0, min(other, start) - max(one, end)) for one, other in kept)
        expected = start - end if round((start - end) * 10) <= longer else keep / 10
        assert abs(shown - expected) < 1 / 25, (shown, expected)


def test_a_clip_in_which_nobody_speaks_or_nothing_is_heard_stays_whole() -> None:
    assert paused(SpeechAnswers()).timeline is None
    silent = paused(unasked, heard=False)
    assert silent.timeline is None and silent.notes[0] == "pacing: no sound, so no pauses to shorten"


def test_pauses_as_decided_before_are_kept_and_changed_by_hand() -> None:
    (decision,) = paused(SpeechAnswers((1, 2), (6, 9.9))).decisions
    changed = {"pacing": {"of": decision.of, "pauses": ["3-4"]}}
    assert parts(paused(unasked, changed)) == [(0, 3), (4, 10)]
    for wrong in (["x"], "no", [None], 7):
        with pytest.raises(FinishError, match="the lock file's values of pacing can't be read"):
            paused(unasked, {"pacing": {"of": decision.of, "pauses": wrong}})


@pytest.mark.parametrize("pauses", [{"keep": 0.1}, {"longer": 0.3}, {"keep": 2, "longer": 1}, {"longer": 60}])
def test_pauses_that_make_no_sense(pauses: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        pacing.PacingSettings(pauses=pauses)  # type: ignore[arg-type]


def fitted(*spoken: tuple[float, float], locked: dict[str, Any] | None = None, **settings: Any) -> Programme:
    clip = planned()
    clip = replace(clip, content_sound=clip.sound, locked=locked or {})
    delivery = Delivery(frame="1080x1920", rates=Rates(low=24, high=60, otherwise=30))
    return pacing.plan(pacing.PacingSettings(**settings), clip, delivery, SpeechAnswers(*spoken))


def test_a_programme_is_fitted_from_its_pauses_first() -> None:
    done = fitted((1, 4), (6, 9), fit={"max": 8})
    assert done.timeline is not None and done.timeline.end == 8 and not done.timeline.sped
    assert done.notes[0] == "pacing: 3 pauses shortened by 2.0 s in total"
    for start, end in ((1, 4), (6, 9)):  # no word is touched
        assert any(part.start <= start and end <= part.end for part in done.timeline.parts)
    (decision,) = done.decisions
    again = fitted(locked={"pacing": {"of": decision.of, **decision.values}}, fit={"max": 8})
    assert again.timeline == done.timeline


def test_a_fit_keeps_its_key_when_a_class_or_field_gets_another_name() -> None:
    """The words of this value are part of the key under which lock files store the cuts of pauses."""
    filler = messages.fillers(1)
    chosen = pacing_planning.ChosenRanges(None, (ClipRange(Fraction(0), None),), (), (filler,))
    assert stored_text(chosen) == (
        f"_Chosen(trim=None, keep=(Range(start=Fraction(0, 1), end=None),), cut=(), told=({filler!r},))"
    )


def test_then_it_is_shown_faster_and_what_is_longer_still_is_refused() -> None:
    done = fitted((0, 10), fit={"max": 9.6})
    assert lengths(done) == [(0, 10, 9.6)]
    assert "at 1.04×" in done.notes[-1]
    both = fitted((1, 9), fit={"max": 8})
    assert both.timeline is not None and both.timeline.end == 8 and both.timeline.sped
    with pytest.raises(
        FinishError,
        match=(
            r"with its shortest pauses, and at most 0:07\.00 is requested: that needs 1\.20 times the speed"
        ),
    ):
        fitted((1, 9), fit={"max": 7})


def test_an_exact_length_is_met_to_the_frame() -> None:
    assert (
        (short := fitted((1, 9), fit={"exactly": 9.96}).timeline)
        and short.end == Fraction("9.96")
        and not short.sped
    )
    assert (long := fitted((0, 10), fit={"exactly": 10.8}).timeline) and long.end == Fraction("10.8")
    assert fitted((0, 10), fit={"exactly": 10}).timeline is None
    assert fitted((0, 10), fit={"max": 12}).timeline is None
    with pytest.raises(FinishError, match="exactly 0:20"):
        fitted((0, 10), fit={"exactly": 20})


@given(st.lists(st.integers(0, 99), min_size=2, max_size=10, unique=True).map(sorted), st.integers(70, 101))
def test_whatever_fits_is_as_long_as_asked_and_keeps_every_word(marks: list[int], wanted: int) -> None:
    spoken = [(start / 10, end / 10) for start, end in zip(marks[::2], marks[1::2], strict=False)]
    try:
        done = fitted(*spoken, fit={"exactly": wanted / 10})
    except FinishError as refused:
        assert refused.code == "limit"
        return
    assert abs((done.timeline.end if done.timeline else 10) - Fraction(wanted, 10)) <= Fraction(1, 50)
    kept = (
        [(float(part.start), float(part.end)) for part in done.timeline.parts]
        if done.timeline
        else [(0.0, 10.0)]
    )
    for start, end in spoken:
        assert any(one <= start + 1e-9 and end - 1e-9 <= other for one, other in kept), (spoken, kept)


WORDS = b"""[
{"word": "So,", "start": 0.5, "end": 0.8}, {"word": "um", "start": 1.0, "end": 1.4},
{"word": " what", "start": 2, "end": 2.3}, {"word": "I", "start": 2.4, "end": 2.5},
{"word": "mean:", "start": 2.6, "end": 3.0}, {"word": "Um,", "start": 5.0, "end": 5.6}]"""


def by_words(data: bytes = WORDS, **settings: Any) -> Programme:
    return planned(words=Document(Path("words.json"), data), **settings)


def test_fillers_are_left_out_by_the_times_of_their_words() -> None:
    done = by_words(fillers=True)
    assert parts(done) == [(0, 1), (1.4, 5), (5.6, 10)] and done.notes[0] == "pacing: 2 fillers left out"
    assert parts(by_words(fillers=["so"])) == [(0, 0.52), (0.8, 10)]
    assert by_words(fillers=["never"]).timeline is None


def test_parts_are_told_by_what_is_said() -> None:
    assert parts(by_words(cut=[{"text": "what i MEAN"}, "8-"])) == [(0, 2), (3, 8)]
    assert parts(by_words(keep=[{"text": "so um what"}])) == [(0.52, 2.32)]
    assert parts(by_words(cut=[{"text": "um"}])) == [(0, 1), (1.4, 5), (5.6, 10)]
    with pytest.raises(FinishError, match=r"pacing\.cut: no such words: 'I meant'"):
        by_words(cut=[{"text": "I meant"}])


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"{", "isn't JSON"),
        (b'{"a": 1}', "neither segments nor words"),
        (b"\xff\xfe[", "isn't UTF-8"),
        (b'[{"word": "a"}]', "doesn't give the times of all words"),
        (b'[{"word": "a", "start": 2, "end": 1}]', "doesn't give the times of all words"),
        (b'{"segments": [{"text": "a b"}]}', "must be a number of seconds, not None"),
    ],
)
def test_a_transcript_that_cannot_be_used_is_told(data: bytes, told: str) -> None:
    with pytest.raises(FinishError, match=told):
        by_words(data, fillers=True)
