"""The captions stage: what it plans, promises, notes, and refuses."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from caption_world import (
    RATE,
    VERTICAL,
    PaperLibrary,
    delivery,
    document,
    plan_captions,
    programme,
    settings,
    srt,
)
from pydantic import ValidationError

from finish.analysis.caption_ink import CaptionInk, InkOutside
from finish.analysis.clearance import GraphicClearance
from finish.checks import graphic_clearance
from finish.errors import FinishError
from finish.graph import Timeline, describe
from finish.graph.timeline import SpeedSpan
from finish.model import CheckResult, Measure, Programme, Stage
from finish.stages import captions as stage
from finish.stages.captions.drawing.caption_promises import SAMPLED
from finish.units import Size, Span

TIKTOK = delivery(VERTICAL, top=250, bottom=480, left=60, right=180)


def plan(
    text: str | bytes = srt("one", "two"), name: str = "a.srt", frames: int = 1000, **given: Any
) -> Programme:
    return plan_captions(settings(text, name, **given), programme(VERTICAL, frames), TIKTOK)


def test_it_is_a_stage_that_asks_nothing() -> None:
    made: Stage = stage
    assert made.name == "captions"
    settings = stage.CaptionSettings.model_validate({}, context=PaperLibrary())
    assert made.questions(settings) == settings.requirements == ()


def test_without_a_file_nothing_changes() -> None:
    before = programme(VERTICAL)
    nothing = stage.CaptionSettings.model_validate({}, context=PaperLibrary())
    assert plan_captions(nothing, before, TIKTOK, None) == before  # type: ignore[arg-type]


def test_the_plan_is_one_filter_over_the_picture() -> None:
    done = plan()
    filename = done.picture.arg("filename")
    assert describe({"picture": done.picture}) == (
        "v0   color color=0x808080 duration=40 rate=25 s=1080x1920\n"
        "v1   v0 | format pix_fmts=yuv420p\n"
        "v2   v1 | setparams colorspace=bt709 range=tv\n"
        f"v3   v2 | ass filename=ass:{filename.digest[:16]} shaping=complex\n"  # type: ignore[union-attr]
        "picture = v3\n"
    )


def test_three_promises_compare_with_the_picture_before() -> None:
    done, before = plan(), programme(VERTICAL)
    outside, missing, other = done.promises
    assert [promise.fact for promise in done.promises] == [
        graphic_clearance.outside,
        graphic_clearance.missing,
        graphic_clearance.differing,
    ]
    assert outside.analyser == missing.analyser == other.analyser
    assert outside.against == (before.picture,)
    question = outside.analyser
    assert isinstance(question, GraphicClearance)
    assert [card.times for card in question.cards] == [
        (0, Fraction(2, 25), 2, Fraction(99, 25)),
        (4, Fraction(102, 25), 6, Fraction(199, 25)),
    ]
    assert question.safe == TIKTOK.safe.within(VERTICAL)
    assert "px, promised 0 px; lower `captions: size`" in str(CheckResult(outside, 16))


def paced(*parts: tuple[int, int]) -> Timeline:
    return Timeline(RATE, tuple(Span(Fraction(start), Fraction(end)) for start, end in parts))


def cut(text: str, timeline: Timeline, name: str = "a.srt", **given: Any) -> Programme:
    clip = replace(programme(VERTICAL, int(timeline.end * RATE)), timeline=timeline)
    return plan_captions(settings(text, name, **given), clip, TIKTOK)


def test_cues_follow_cuts() -> None:
    """Four cues of 4 s: one ends early, one is removed, one begins late, and one loses its middle."""
    done = cut(srt("one", "two", "three", "four"), paced((0, 3), (9, 13), (14, 16)), sidecar=["srt"])
    assert done.files[0].content.decode().split("\n\n") == [
        "1\n00:00:00,000 --> 00:00:03,000\none",
        "2\n00:00:03,000 --> 00:00:06,000\nthree",
        "3\n00:00:06,000 --> 00:00:09,000\nfour",
        "",
    ]
    assert "1 of 4 cues fall in parts of the clip that are cut, and were dropped" in done.notes


WORDS = "WEBVTT\n\n00:00.000 --> 00:04.000\none <00:01.000>two <00:02.000>three <00:03.500>four\n"


def test_words_are_lit_when_they_are_heard_whatever_is_cut_or_sped() -> None:
    """When a word of one second is cut, it is lit together with the next one; the words after it move up."""
    gone = cut(
        WORDS,
        Timeline(RATE, (Span(Fraction(0), Fraction(1)), Span(Fraction(2), Fraction(5)))),
        "a.vtt",
        sidecar=["vtt"],
    )
    assert "one <00:00:01.000>two <00:00:01.000>three <00:00:02.500>four" in gone.files[0].content.decode()
    slow = cut(
        WORDS, Timeline(RATE, (SpeedSpan(Fraction(0), Fraction(4), Fraction(8)),)), "a.vtt", sidecar=["vtt"]
    )
    assert "one <00:00:02.000>two <00:00:04.000>three <00:00:07.000>four" in slow.files[0].content.decode()


def test_what_is_left_of_a_cue_does_not_flash() -> None:
    done = cut(srt("one", "two"), Timeline(RATE, (Span(Fraction(18, 5), Fraction(8)),)), sidecar=["srt"])
    assert b"one" not in done.files[0].content and b"two" in done.files[0].content


def test_captions_of_what_is_left_out_are_of_another_clip() -> None:
    with pytest.raises(FinishError, match="pacing removes every cue"):
        cut(srt("one"), paced((6, 8)))


def test_many_cards_are_sampled_evenly() -> None:
    text = "".join(
        f"{n}\n00:00:{n // 10:02d},{n % 10}00 --> 00:00:{n // 10:02d},{n % 10}80\nx\n\n"
        for n in range(1, 400)
    )
    question = plan(text).promises[0].analyser
    assert isinstance(question, GraphicClearance)
    assert len(question.cards) == SAMPLED
    assert (question.cards[0].times[0], question.cards[-1].times[0]) == (Fraction(2, 25), Fraction(998, 25))


def test_sidecars_hold_the_files_own_cues() -> None:
    text = srt("long words that make more than one card out of one cue <i>here</i> & there")
    done = plan(text, burn=False, sidecar=["srt", "vtt"], lang="pt-BR")
    assert [file.suffix for file in done.files] == [".pt-BR.srt", ".pt-BR.vtt"]
    srt_text, vtt_text = (file.content.decode() for file in done.files)
    assert srt_text == text
    assert vtt_text.startswith("WEBVTT\n\n00:00:00.000 --> 00:00:04.000\nlong words")
    assert "&amp; there" in vtt_text
    assert done.picture == programme(VERTICAL).picture
    assert done.promises == ()


def test_a_cue_that_looks_like_times_is_not_written_to_srt() -> None:
    with pytest.raises(FinishError, match="the SRT file would have 2 cues instead of 1"):
        plan("WEBVTT\n\n00:01.000 --> 00:02.000\n00:00:01,000 --&gt; 00:00:02,000", "a.vtt", sidecar=["srt"])


def test_cues_end_with_the_programme() -> None:
    done = plan(srt("one", "two", "three"), frames=150, sidecar=["srt"])
    assert (
        "1 of 3 cues start too late to show before the programme ends, and were dropped — "
        "check that the captions belong to this clip"
    ) in done.notes
    assert "00:00:04,000 --> 00:00:06,000" in done.files[0].content.decode()
    assert len(done.promises[0].analyser.cards) == 2  # type: ignore[union-attr]


def test_captions_of_another_clip_are_refused() -> None:
    message = (
        r"a\.srt:2  the first cue starts at 1:00\.00, and the programme ends at 0:04\.00 — "
        r"check that the captions belong"
    )
    with pytest.raises(FinishError, match=message):
        plan("1\n00:01:00,000 --> 00:01:02,000\nlate", frames=100)


def test_what_is_odd_is_told() -> None:
    done = plan(srt("read this very long text in a second" * 2, "slow", seconds=1), burn=False)
    assert done.notes == (
        (
            "1 cue faster to read than 20 characters per second (fastest: cue 1, "
            "72 characters per second) — `finish captions fix` gives them more time"
        ),
        "captions are neither burned in nor written — set `burn: true`, or list a format in `sidecar`",
    )
    assert (
        "1 cue too small to read well: a word doesn't fit a line (first: cue 1)"
        in plan(srt("x" * 60)).notes[-1]
    )


def test_a_script_is_burnt_as_it_stands() -> None:
    from test_caption_script import BODY, HEAD

    done = scripted(HEAD + BODY, InkOutside(), sidecar=["vtt"])
    question = done.promises[0].analyser
    assert isinstance(question, GraphicClearance)
    assert [(card.times[2], card.box) for card in question.cards] == [
        (Fraction(43, 25), question.safe),
        (Fraction(62, 25), question.safe),
    ]
    assert "First\nline" in done.files[0].content.decode()


def scripted(text: str, reached: InkOutside, **given: Any) -> Programme:
    """A script's plan when its ink reaches this far outside."""

    def ask(question: Measure[Any]) -> InkOutside:
        assert isinstance(question.analyser, CaptionInk) and question.analyser.safe == TIKTOK.safe.within(
            VERTICAL
        )
        return reached

    return plan_captions(settings(text, "a.ass", **given), programme(VERTICAL), TIKTOK, ask)  # type: ignore[arg-type]


def test_a_script_that_reaches_outside_is_refused_when_it_is_planned() -> None:
    from test_caption_script import BODY, HEAD

    with pytest.raises(
        FinishError,
        match=r"a\.ass:20  the text at 0:02\.00 extends beyond the safe area \(840x1190 of 1080x1920\)",
    ):
        scripted(HEAD + BODY, InkOutside(((Fraction(62, 25), 40),)))


@pytest.mark.parametrize(
    "given",
    [
        {"style": "none-such"},
        {"size": 9},
        {"size": float("nan")},
        {"lang": "../x"},
        {"sidecar": ["ass"]},
        {"position": "left"},
        {"fnt": 1},
    ],
)
def test_settings_that_cannot_be_meant(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        settings(srt("x"), **given)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "title: x\nsize: 9\nwieght: 400\n",
            r"own\.yaml:2  size: 9 is out of range: at most 0.2.*\n.*own\.yaml:3  wieght: unknown key",
        ),
        ("title: x\nsize: .nan\n", r"own\.yaml:2  size"),
        ("title: x\nsize: 0.05\ncolour: red\n", r"own\.yaml:3  colour"),
        ("title: x\nsize: 0.05\nbox: {padding: [1, .inf]}\n", r"own\.yaml:3  box\.padding\.1"),
        ("a: &a [x, x]\nb: [*a, *a]\n", r"own\.yaml:2  a YAML alias"),
        ("title: [x\n", r"own\.yaml:2  invalid YAML"),
        ("title: x\ntitle: y\nsize: 0.05\n", r"own\.yaml:2  invalid YAML"),
        ("- x\n", r"own\.yaml:1  style: must be a map"),
        ("", r"own\.yaml:1  style"),
        ("[" * 5000, r"own\.yaml:1  YAML nested more than 4 deep"),
        ("#" * 70_000, r"own\.yaml  the style has 70,000 bytes"),
    ],
)
def test_a_style_that_cannot_be_read_is_refused_with_its_lines(text: str, message: str) -> None:
    library = PaperLibrary(document(srt("x")), document(text, "own.yaml"))
    with pytest.raises(ValidationError, match=f"(?s){message}"):
        stage.CaptionSettings.model_validate({"file": "a.srt", "style": "own.yaml"}, context=library)


def test_an_own_style_is_taken() -> None:
    library = PaperLibrary(
        document(srt("x")),
        document("title: Mine\nsize: 0.1\ncolour: '#ff0000'\nbox: {opacity: 1}\n", "own.yaml"),
    )
    own = stage.CaptionSettings.model_validate({"file": "a.srt", "style": "own.yaml"}, context=library)
    text = plan_captions(own, programme(VERTICAL), TIKTOK, None).picture.arg("filename").content()  # type: ignore[union-attr, arg-type]
    assert b"Style: caption,Noto Sans,100,&H000000FF" in text


def test_the_em_is_a_part_of_the_shorter_side() -> None:
    def size_on(frame: Size) -> bytes:
        made = plan_captions(settings(srt("x")), programme(frame), delivery(frame))
        return made.picture.arg("filename").content().split(b"\\fs")[1][:5]  # type: ignore[union-attr]

    assert size_on(VERTICAL) == size_on(Size(1920, 1080)) == size_on(Size(1080, 1080)) == b"95.15"


def test_a_cue_of_which_two_frames_are_left_at_the_end_is_left_out() -> None:
    done = plan_captions(
        settings(srt("one", "two three four five", seconds=2), burn=False, sidecar=["srt"]),
        programme(VERTICAL, 52),
        TIKTOK,
        None,
    )  # type: ignore[arg-type]
    assert done.files[0].content.decode().count("-->") == 1
    assert done.notes == (
        (
            "1 of 2 cues start too late to show before the programme ends, and were dropped — "
            "check that the captions belong to this clip"
        ),
    )
