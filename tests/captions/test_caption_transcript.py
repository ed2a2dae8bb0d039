"""Transcripts in the formats of recognisers, and emphasised words."""

from __future__ import annotations

import contextlib
import json
from fractions import Fraction
from typing import Any

import pytest
from caption_world import reading
from hypothesis import given
from hypothesis import strategies as st

from finish.errors import FinishError
from finish.model.transcripts import SpokenWord
from finish.stages.captions.cues import Cue, StyledRun, emphasised
from finish.stages.captions.timing.spoken_cues import speech_sentences


def word(text: str, start: float | None, end: float | None, name: str = "word") -> dict[str, Any]:
    return {name: text, "start": start, "end": end, "probability": 0.9}


def cues(transcript: object) -> tuple[Cue, ...]:
    return reading(json.dumps(transcript), "a.json").cues


def test_whispers_segments_are_cues_and_its_words_their_times() -> None:
    transcript = {
        "text": "…",
        "language": "en",
        "segments": [
            {
                "id": 0,
                "start": 0.0,
                "end": 2.0,
                "text": " Hello there.",
                "words": [word(" Hello", 0.1, 0.42), word(" there.", 0.5, 1.98)],
            },
            {"id": 1, "start": 2.5, "end": 4.0, "text": " And goodbye"},
        ],
    }
    first, second = cues(transcript)
    assert (first.start, first.end, first.text, first.timed) == (
        Fraction(1, 10),
        Fraction(198, 100),
        "Hello there.",
        True,
    )
    assert [(run.text, run.time) for run in first.runs] == [
        ("Hello", Fraction(1, 10)),
        (" there.", Fraction(1, 2)),
    ]
    assert (second.start, second.end, second.text, second.timed) == (Fraction(5, 2), 4, "And goodbye", False)


def test_pieces_of_words_are_joined_where_blanks_are_written() -> None:
    (cue,) = cues(
        {
            "segments": [
                {"words": [word(" un", 0, 1), word("believ", 1, 2), word("able,", 2, 3), word(" yes", 3, 4)]}
            ]
        }
    )
    assert cue.text == "unbelievable, yes"


def test_a_list_of_words_becomes_sentences_and_breaks_at_pauses() -> None:
    transcript = [
        word("One", 0, 0.4, "text"),
        word("two.", 0.5, 0.9, "text"),
        word("three", 1.0, 1.4, "text"),
        word("four", 2.5, 2.9, "text"),
    ]
    expected = [("One two.", 0, 0.9), ("three", 1.0, 1.4), ("four", 2.5, 2.9)]
    assert [(cue.text, float(cue.start), float(cue.end)) for cue in cues(transcript)] == expected
    assert [cue.text for cue in cues({"words": transcript})] == ["One two.", "three", "four"]


def test_segments_that_say_nothing_are_nothing() -> None:
    """As Whisper leaves them."""
    transcript = {
        "segments": [
            {"start": 0, "end": 2, "text": " Hello"},
            {"start": 2.0, "end": 2.0, "text": "", "words": []},
        ]
    }
    assert [cue.text for cue in cues(transcript)] == ["Hello"]


def test_scripts_without_blanks_get_none() -> None:
    assert cues([word(text, at, at + 1) for at, text in enumerate("你好世界")])[0].text == "你好世界"
    assert cues([word("สวัส", 0, 1), word("ดี", 1, 2)])[0].text == "สวัสดี"
    assert cues([word("안녕", 0, 1), word("하세요", 1, 2)])[0].text == "안녕 하세요"


def test_a_word_without_a_time_is_shown_with_its_neighbours() -> None:
    """As WhisperX writes numbers."""
    (cue,) = cues({"segments": [{"words": [word("in", 0, 0.4), {"word": "1999"}, word("again", 1, 1.5)]}]})
    assert [(run.text, run.time) for run in cue.runs] == [("in", 0), (" 1999", None), (" again", 1)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", r"a\.json:1  the transcript isn't JSON"),
        ("[" * 100_000, "isn't JSON"),
        ("{}", "neither segments nor words"),
        ("3", "neither segments nor words"),
        ('[{"word": 3, "start": 0, "end": 1}]', "word 1  the text must be a string, not 3"),
        ('[{"word": "a", "start": NaN, "end": 1}]', "word 1  the time must be a number of seconds, not nan"),
        ('[{"word": "a", "start": -1, "end": 1}]', "word 1  the time must be a number of seconds, not -1"),
        ('[{"word": "a", "start": true, "end": 1}]', "seconds, not True"),
        ('[{"word": "a", "start": 2, "end": 1}]', "ends before it starts"),
        ('[{"word": "a"}]', "has no start"),
        ('{"segments": [[]]}', "segment 1  the segment isn't an object"),
        ('{"segments": [{"words": [3]}]}', "segment 1  the word isn't an object"),
        ('[{"word": "a\\u0000b", "start": 0, "end": 1}]', r"control character U\+0000"),
        ("[]", "the file has no cues"),
    ],
)
def test_what_is_no_transcript_is_told(text: str, told: str) -> None:
    with pytest.raises(FinishError, match=told):
        reading(text, "a.json")


KEYS = st.sampled_from(["segments", "words", "word", "text", "start", "end"])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(ANYTHING)
def test_no_json_is_a_fault_of_ours(said: Any) -> None:
    with contextlib.suppress(FinishError):
        assert reading(json.dumps(said), "a.json").cues


def test_emphasised_words_are_bold_whole_and_in_any_case_and_keep_their_times() -> None:
    cue = Cue(
        Fraction(0),
        Fraction(1),
        (StyledRun("Free shipping, freely", time=Fraction(1, 2)), StyledRun(" free!", italic=True)),
        1,
    )
    found = emphasised(cue, ("free", "free shipping", " "))
    assert found.runs == (
        StyledRun("Free shipping", bold=True, time=Fraction(1, 2)),
        StyledRun(", freely"),
        StyledRun(" ", italic=True),
        StyledRun("free", italic=True, bold=True),
        StyledRun("!", italic=True),
    )
    assert emphasised(cue, ()) == cue and emphasised(cue, ("C++", "(")) == cue


@given(st.text(max_size=40), st.lists(st.text(max_size=5), max_size=3))
def test_emphasis_changes_no_letter(text: str, words: list[str]) -> None:
    cue = Cue(Fraction(0), Fraction(1), (StyledRun(text),), 1)
    assert emphasised(cue, tuple(words)).text == text


def test_words_without_times_at_the_ends_of_a_segment_have_its_times() -> None:
    """Aligners give figures no times."""
    words = [{"word": "2031"}, {"word": "it", "start": 1.0, "end": 1.2}, {"word": "40%"}]
    text = json.dumps({"segments": [{"start": 0.2, "end": 4.0, "words": words}]})
    (cue,) = reading(text, "a.json").cues
    assert (cue.start, cue.end, cue.text) == (Fraction("0.2"), 4, "2031 it 40%")


def test_a_transcript_of_whisper_cpp_is_read() -> None:
    parts = [
        {"offsets": {"from": 0, "to": 1500}, "text": " Good evening."},
        {"offsets": {"from": 1500, "to": 4000}, "text": " Welcome."},
    ]
    cues = reading(json.dumps({"transcription": parts}), "a.json").cues
    assert [(float(cue.start), float(cue.end), cue.text) for cue in cues] == [
        (0, 1.5, "Good evening."),
        (1.5, 4, "Welcome."),
    ]


def test_words_without_times_in_a_list_are_spread_between_their_neighbours() -> None:
    words = [word("In", 0.0, 0.4), {"word": "20"}, {"word": "31."}, word("It", 1.0, 1.2), {"word": "40%."}]
    first, second = cues(words)
    assert (first.text, float(first.end)) == ("In 20 31.", 1.0)
    assert [run.time for run in first.runs] == [0, Fraction("0.4"), Fraction("0.7")]
    assert (second.text, float(second.end)) == ("It 40%.", 1.6)


def test_a_separate_list_gives_segments_their_word_times_where_the_words_are_the_same() -> None:
    segments = [
        {"start": 0, "end": 2, "text": " Hello, there."},
        {"start": 2, "end": 4, "text": " Twenty one."},
    ]
    words = [word("hello", 0.5, 0.7), word("there", 1.0, 1.4), word("21", 2.5, 3.0)]
    first, second = cues({"segments": segments, "words": words})
    assert [(run.text, run.time) for run in first.runs] == [("Hello,", Fraction("0.5")), (" there.", 1)]
    assert (second.start, second.end, second.timed) == (2, 4, False)


def test_words_of_other_recognisers_are_read_with_their_speakers() -> None:
    """Deepgram nests its list and punctuates apart; AssemblyAI counts milliseconds."""
    nested = [
        word("hi", 0.1, 0.5) | {"punctuated_word": "Hi", "speaker": 0},
        word("yes", 0.6, 0.9) | {"speaker": 1},
    ]
    deepgram = cues({"results": {"channels": [{"alternatives": [{"words": nested}]}]}})
    assert [(cue.text, cue.speaker) for cue in deepgram] == [("Hi", "0"), ("yes", "1")]
    (cue,) = cues(
        {"words": [word("Hi", 240, 500, "text") | {"speaker": "A"}, word("you", 600, 800) | {"speaker": "A"}]}
    )
    assert (cue.start, cue.end, cue.speaker) == (Fraction("0.24"), Fraction("0.8"), "A")
    (cue,) = cues({"words": [word("Hi", 1, 2), word("you", 2, 3)]})
    assert (cue.start, cue.end) == (1, 3)


def test_a_segments_speaker_is_the_cues_unless_its_words_differ() -> None:
    words = [word("a", 0, 1), word("b", 1, 2)]
    (cue,) = cues({"segments": [{"words": words, "speaker": "SPEAKER_01"}]})
    assert cue.speaker == "SPEAKER_01"
    (cue,) = cues({"segments": [{"words": [words[0] | {"speaker": "B"}, words[1]], "speaker": "A"}]})
    assert cue.speaker == ""


def test_whisper_cpp_can_state_clocks_and_a_segment_no_length() -> None:
    clocks = {"from": "00:00:01,500", "to": "00:00:01,500"}
    captions = reading(json.dumps({"transcription": [{"timestamps": clocks, "text": " Hi"}]}), "a.json")
    assert captions.cues[0].start == Fraction("1.5") < captions.cues[0].end
    assert [note.code for note in captions.notes] == ["cues-without-length"]
    with pytest.raises(FinishError, match="aren't clocks"):
        cues({"transcription": [{"timestamps": {"from": "soon"}, "text": "x"}]})


def test_a_sentence_is_full_only_beyond_its_most_letters() -> None:
    """Letters of words and the blanks between them count."""
    spoken = [SpokenWord("aaaa", Fraction(at), Fraction(at + 1)) for at in range(4)]
    assert [len(part) for part in speech_sentences(spoken, longest=14)] == [3, 1]
    assert [len(part) for part in speech_sentences(spoken, longest=13)] == [2, 2]
