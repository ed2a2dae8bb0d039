"""What is kept of a clip: the settings, the timeline, and its maps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paper_media import silent_programme
from pydantic import ValidationError
from timing import Stopwatch

from finish import graph
from finish.analysis.speech_detection import SpeechSpan, Voice, VoiceFacts
from finish.errors import FinishError
from finish.graph import Timeline
from finish.graph.timeline import SpeedSpan
from finish.model import ClipRange, Delivery, Document, Programme, Rates
from finish.model.stored_text import stored_text
from finish.stages import pacing
from finish.stages.pacing import messages, pacing_planning
from finish.units import Size, Span, merged

PAL = Fraction(25)


def planned(*, frames: int = 250, rate: Fraction = PAL, to: str = "", **settings: Any) -> Programme:
    """A clip on paper, paced."""
    size = Size(1280, 720)
    clip = silent_programme(size, rate, frames)
    rates = Rates(low=to, high=to, otherwise=to) if to else Rates(low=24, high=60, otherwise=30)
    return pacing.plan(
        pacing.PacingSettings(**settings), clip, Delivery(frame="1080x1920", rates=rates), _unasked
    )


def _unasked(_: Any) -> Any:
    raise AssertionError("pacing by hand asks nothing")


def parts(programme: Programme) -> list[tuple[float, float]]:
    assert programme.timeline is not None
    return [(float(part.start), float(part.end)) for part in programme.timeline.parts]


@pytest.mark.parametrize(
    ("settings", "kept"),
    [
        ({"trim": "3-"}, [(3, 10)]),
        ({"trim": "-7"}, [(0, 7)]),
        ({"trim": -7}, [(0, 7)]),
        ({"keep": [-4.52]}, [(0, 4.52)]),
        ({"trim": "0:02-9.5"}, [(2, 9.52)]),
        ({"cut": ["3-4"]}, [(0, 3), (4, 10)]),
        ({"cut": ["6-7", "3-4", "3.5-5"]}, [(0, 3), (5, 6), (7, 10)]),
        ({"cut": ["8-"]}, [(0, 8)]),
        ({"keep": ["1-2", "5-6"]}, [(1, 2), (5, 6)]),
        ({"keep": ["5-6", "1-2", "2-3"]}, [(1, 3), (5, 6)]),
        ({"trim": "1-9", "keep": ["0-3", "5-20"], "cut": ["2-2.5"]}, [(1, 2), (2.52, 3), (5, 9)]),
        ({"cut": ["3-3.01", "5-6"]}, [(0, 5), (6, 10)]),
    ],
)
def test_what_is_kept(settings: dict[str, Any], kept: list[tuple[float, float]]) -> None:
    assert parts(planned(**settings)) == kept


def test_nothing_said_changes_nothing() -> None:
    assert planned().timeline is None and planned().notes == ()
    whole = planned(trim="0-")
    assert whole.timeline is None and whole.notes == ("pacing: the whole clip is kept",)


def test_cuts_lie_on_the_deliverys_frames_and_the_sound_is_cut_there_too() -> None:
    cut = planned(rate=Fraction(24_000, 1001), to="29.97", cut=["3-4"])
    assert cut.timeline is not None
    assert all(
        (each * Fraction(30_000, 1001)).denominator == 1
        for part in cut.timeline.parts
        for each in (part.start, part.end)
    )
    assert cut.sound.arg("kept") == cut.timeline


def test_the_edit_is_told() -> None:
    assert planned(cut=["3-4"]).notes == (
        "pacing: 0:09.00 of 0:10.00 kept: 0:00.00–0:03.00, 0:04.00–0:10.00",
    )
    many = planned(cut=[f"{at}-{at}.5" for at in range(1, 10)])
    assert many.notes[0].endswith("and 2 more")


def test_hundreds_of_cuts_are_planned_at_once() -> None:
    many = planned(frames=25 * 2000, cut=[f"{at}.2-{at}.7" for at in range(1, 1500)])
    assert many.timeline is not None and len(many.timeline.parts) == 1500


def test_a_flash_is_left_out_and_said_so() -> None:
    cut = planned(cut=["3-4", "4.04-5"])
    assert parts(cut) == [(0, 3), (5, 10)]
    assert cut.notes[1] == "pacing: dropped 1 part shorter than 0.1 s, which would flash"


@pytest.mark.parametrize("settings", [{"trim": "12-"}, {"cut": ["0-"]}, {"keep": ["20-30"]}])
def test_nothing_left_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(FinishError, match=r"pacing keeps nothing of a clip of 0:10\.00"):
        planned(**settings)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("4-3", "ends before it starts"),
        ("3", "isn't a range"),
        ("-", "isn't a range"),
        (3, "isn't a range"),
        ("a-b", "isn.t a time"),
        ("1e9-", "isn.t a time"),
    ],
)
def test_a_bad_range_is_told(value: Any, told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        pacing.PacingSettings(cut=[value])


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    rate = draw(st.sampled_from([Fraction(25), Fraction(30_000, 1001), Fraction(60)]))
    edges = sorted(draw(st.sets(st.integers(0, 2000), min_size=2, max_size=12)))
    spans = tuple(Span(edges[at] / rate, edges[at + 1] / rate) for at in range(0, len(edges) - 1, 2))
    return Timeline(rate, spans)


@given(timelines(), st.data())
def test_every_frame_of_the_programme_is_one_of_the_clip_and_back(
    kept: Timeline, data: st.DataObject
) -> None:
    frames = [
        at for part in kept.parts for at in range(round(part.start * kept.rate), round(part.end * kept.rate))
    ]
    assert kept.end * kept.rate == len(frames)
    number = data.draw(st.integers(0, len(frames) - 1))
    assert kept.where(number / kept.rate) * kept.rate == frames[number]
    assert kept.when(frames[number] / kept.rate) == number / kept.rate


@given(timelines(), st.integers(0, 2100), st.integers(1, 300))
def test_a_span_shows_where_its_frames_show(kept: Timeline, first: int, length: int) -> None:
    moments = [kept.when(number / kept.rate) for number in range(first, first + length)]
    shown = [moment for moment in moments if moment is not None]
    found = kept.programme_span(Span(first / kept.rate, (first + length) / kept.rate))
    assert found == (Span(shown[0], shown[-1] + 1 / kept.rate) if shown else None)


@st.composite
def sped_timelines(draw: st.DrawFn) -> Timeline:
    """Some parts faster or slower, to whole frames."""
    plain = draw(timelines())
    parts = []
    for part in plain.parts:
        frames = round(part.length * plain.rate)
        shown = draw(st.integers(max(1, frames // 4), frames * 4))
        parts.append(SpeedSpan(part.start, part.end, shown / plain.rate) if draw(st.booleans()) else part)
    return Timeline(plain.rate, tuple(parts))


@given(sped_timelines(), st.data())
def test_speeds_map_there_and_back_and_keep_their_length(kept: Timeline, data: st.DataObject) -> None:
    frames = [number for part in kept.frames for number in part]
    assert len(frames) == kept.end * kept.rate
    number = data.draw(st.integers(0, len(frames) - 1))
    assert kept.frame(number / kept.rate) * kept.rate == frames[number]
    assert kept.when(kept.where(number / kept.rate)) == number / kept.rate
    assert frames == sorted(frames)


@given(sped_timelines(), st.data())
def test_a_part_of_a_sped_timeline_shows_the_same_frames(kept: Timeline, data: st.DataObject) -> None:
    frames = [number for part in kept.frames for number in part]
    start = data.draw(st.integers(0, len(frames) - 1))
    end = data.draw(st.integers(start + 1, len(frames)))
    part = kept.slice(Span(start / kept.rate, end / kept.rate))
    if part is None:
        assert frames[start:end] == list(range(frames[start], frames[start] + end - start))
        return
    assert [number for frame in part.frames for number in frame] == frames[start:end]
    assert part.start * kept.rate == frames[start] and (part.end - part.start) * kept.rate == end - start


@given(timelines(), st.data())
def test_a_part_of_a_timeline_is_the_same_wherever_it_shows(kept: Timeline, data: st.DataObject) -> None:
    total = int(kept.end * kept.rate)
    start = data.draw(st.integers(0, total - 1))
    span = Span(start / kept.rate, data.draw(st.integers(start + 1, total)) / kept.rate)
    part = kept.slice(span)
    later = Timeline(kept.rate, tuple(Span(each.start + 5, each.end + 5) for each in kept.parts))
    sooner = Timeline(kept.rate, (Span(Fraction(0), 2 / kept.rate), *later.parts))
    assert sooner.slice(Span(span.start + 2 / kept.rate, span.end + 2 / kept.rate)) == later.slice(span)
    joints = [joint for joint in kept.joints if span.start < joint < span.end]
    assert (part is None) == (not joints)
    if part:
        assert (
            part.start == part.parts[0].start == kept.where(span.start)
            and part.end - part.start == span.end - span.start
        )


class Heard:
    """An `Ask` with fixed answers on where somebody speaks."""

    def __init__(self, *spoken: tuple[float, float]) -> None:
        self.facts = VoiceFacts(
            tuple(SpeechSpan(Fraction(str(start)), Fraction(str(end))) for start, end in spoken)
        )

    def __call__(self, question: Any) -> VoiceFacts:
        assert isinstance(question.analyser, Voice) and question.of.kind == "audio"
        return self.facts


def paused(ask: Any, locked: dict[str, Any] | None = None, heard: bool = True, **settings: Any) -> Programme:
    """A clip of ten seconds in which somebody speaks, with its pauses shortened."""
    base = planned()
    clip = replace(base, clip_sound=base.sound if heard else None, locked=locked or {})
    delivery = Delivery(frame="1080x1920", rates=Rates(low=24, high=60, otherwise=30))
    return pacing.plan(pacing.PacingSettings(**{"pauses": {}, **settings}), clip, delivery, ask)


def test_long_pauses_are_shortened_and_words_kept_whole() -> None:
    planned = paused(Heard((1, 2), (2.6, 4), (6, 8.2)))
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
    planned = paused(Heard(*spoken), pauses={"keep": keep / 10, "longer": longer / 10})
    kept = parts(planned) if planned.timeline else [(0.0, 10.0)]
    for start, end in spoken:
        assert any(one <= start + 0.021 and end - 0.021 <= other for one, other in kept), (spoken, kept)
    for (_, end), (start, _) in pairwise(spoken):
        shown = sum(max(0.0, min(other, start) - max(one, end)) for one, other in kept)
        wanted = start - end if round((start - end) * 10) <= longer else keep / 10
        assert abs(shown - wanted) < 1 / 25, (shown, wanted)


def test_a_clip_in_which_nobody_speaks_or_nothing_is_heard_stays_whole() -> None:
    assert paused(Heard()).timeline is None
    silent = paused(_unasked, heard=False)
    assert silent.timeline is None and silent.notes[0] == "pacing: no sound, so no pauses to shorten"


def test_pauses_as_decided_before_are_kept_and_changed_by_hand() -> None:
    (decision,) = paused(Heard((1, 2), (6, 9.9))).decisions
    changed = {"pacing": {"of": decision.of, "pauses": ["3-4"]}}
    assert parts(paused(_unasked, changed)) == [(0, 3), (4, 10)]
    for wrong in (["x"], "no", [None], 7):
        with pytest.raises(FinishError, match="the lock file's values of pacing can't be read"):
            paused(_unasked, {"pacing": {"of": decision.of, "pauses": wrong}})


@pytest.mark.parametrize("pauses", [{"keep": 0.1}, {"longer": 0.3}, {"keep": 2, "longer": 1}, {"longer": 60}])
def test_pauses_that_make_no_sense(pauses: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        pacing.PacingSettings(pauses=pauses)  # type: ignore[arg-type]


def lengths(programme: Programme) -> list[tuple[float, float, float]]:
    assert programme.timeline is not None
    return [(float(part.start), float(part.end), float(part.length)) for part in programme.timeline.parts]


@pytest.mark.parametrize(
    ("settings", "shown"),
    [
        ({"speed": 2}, [(0, 10, 5)]),
        ({"speed": 1}, None),
        ({"speed": 0.5, "trim": "2-4"}, [(2, 4, 4)]),
        ({"speed": [{"range": "3-5", "by": 2}]}, [(0, 3, 3), (3, 5, 1), (5, 10, 5)]),
        ({"speed": [{"by": 2}, {"range": "3-5", "by": 1}]}, [(0, 3, 1.52), (3, 5, 2), (5, 10, 2.48)]),
        ({"speed": [{"range": "3-5", "by": 2}], "cut": ["4-9"]}, [(0, 3, 3), (3, 4, 0.48), (9, 10, 1)]),
    ],
)
def test_parts_are_faster_or_slower(
    settings: dict[str, Any], shown: list[tuple[float, float, float]] | None
) -> None:
    done = planned(**settings)
    assert (lengths(done) if done.timeline else None) == shown


def test_a_speed_is_told_with_its_part() -> None:
    assert planned(speed=[{"range": "3-5", "by": 2}]).notes == (
        "pacing: 0:09.00 made of 0:10.00: 0:00.00–0:03.00, 0:03.00–0:05.00 at 2×, 0:05.00–0:10.00",
    )


def fitted(*spoken: tuple[float, float], locked: dict[str, Any] | None = None, **settings: Any) -> Programme:
    clip = planned()
    clip = replace(clip, clip_sound=clip.sound, locked=locked or {})
    delivery = Delivery(frame="1080x1920", rates=Rates(low=24, high=60, otherwise=30))
    return pacing.plan(pacing.PacingSettings(**settings), clip, delivery, Heard(*spoken))


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


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"fillers": True}, "need word times"),
        ({"cut": [{"text": "so"}]}, "need word times"),
        ({"speed": 9}, "less than or equal to 4"),
        ({"fit": {}}, "either max or exactly"),
        ({"fit": {"max": 3, "exactly": 3}}, "either max or exactly"),
        ({"fit": {"max": 0}}, "greater than 0"),
    ],
)
def test_what_contradicts_itself_is_refused(settings: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        pacing.PacingSettings(**settings)


SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=8).map(
    lambda pairs: merged(
        Span(Fraction(min(pair)), Fraction(max(pair))) for pair in pairs if pair[0] != pair[1]
    )
)


@given(SPANS, SPANS)
def test_what_is_left_of_parts_is_what_no_hole_holds(parts: list[Span], holes: list[Span]) -> None:
    def held(spans: Iterable[Span]) -> set[int]:
        return {second for span in spans for second in range(int(span.start), int(span.end))}

    left = list(pacing_planning._without(parts, holes))
    assert held(left) == held(parts) - held(holes)
    assert all(one.end <= other.start for one, other in pairwise(left)) and all(
        each.start < each.end for each in left
    )


def test_a_flash_alone_is_refused_as_one() -> None:
    with pytest.raises(
        FinishError, match=r"pacing keeps only 1 part shorter than 0\.1 s of a clip of 0:10\.00"
    ):
        planned(keep=["3-3.05"])


def test_thousands_of_cuts_take_no_time_that_grows_with_their_square(stopwatch: Stopwatch) -> None:
    cuts = tuple(f"{number * 10 / 20_000:.5f}-{(number + 0.5) * 10 / 20_000:.5f}" for number in range(20_000))
    with stopwatch(10):  # measured: 1.1 s, and over 100 s if each part is compared with each cut
        planned(cut=cuts)


def test_more_parts_than_can_be_joined_are_refused() -> None:
    cuts = tuple(f"{number}.5-{number + 1}" for number in range(2_001))
    with pytest.raises(
        FinishError, match=r"pacing makes 2,001 parts of a clip of 33:21\.00; at most 2,000 can be joined"
    ):
        planned(frames=25 * 2_001, cut=cuts)


def test_a_thousand_parts_can_be_built() -> None:
    """Graphs deeper than a thousand filters are impossible."""
    sound = planned(frames=25 * 1_000, cut=tuple(f"{number}.5-{number + 1}" for number in range(1_000))).sound
    lowered = graph.compile_outputs(
        [graph.Output((sound,), "out.wav", "wav")], lambda payload: payload.digest
    )
    assert sum("acrossfade" in each for each in repr(lowered).split(";")) >= 999
