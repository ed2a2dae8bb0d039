"""Known text aligned to speech; names spelt by the glossary; masked words."""

from __future__ import annotations

from fractions import Fraction

import pytest
from caption_speech import cue, spoken_words, stamps
from hypothesis import given
from hypothesis import strategies as st

from finish.stages.captions.cues import Cue, StyledRun
from finish.stages.captions.masking import PROFANITY, mask_words
from finish.stages.captions.timing.alignment import cues_from_words, timed_by_speech, with_recognised_times
from finish.stages.captions.timing.name_glossary import with_glossary

# Known text


def test_words_of_a_known_text_have_the_times_at_which_they_were_heard() -> None:
    cues = (cue("Nobody had walked", 0.9, 2.6), cue("to the <b>old</b> house.", 2.5, 5))
    done, share = with_recognised_times(cues, spoken_words("nobody hat walked to a house"))
    assert [stamps(each) for each in done] == [
        [("Nobody", 1.0), ("had", 1.5), ("walked", 2.0)],
        [("to", 2.5), ("house.", 3.5)],
    ]
    assert [each.text for each in done] == [each.text for each in cues] and share == pytest.approx(5 / 7)


def test_a_time_outside_its_cue_is_none() -> None:
    (done,), _ = with_recognised_times([cue("one two", 10, 12)], spoken_words("one two"))
    assert stamps(done) == []


def test_a_text_without_times_has_those_of_its_words() -> None:
    spread = (cue("Hello there.", 0, 1), cue("Never heard.", 1, 2), cue("Good bye now.", 2, 3))
    done, share = timed_by_speech(spread, spoken_words("hello there good bye now", 4))
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
    done, share = with_recognised_times(cues, spoken_words(" ".join(said)))
    times = [time for each in done for _, time in stamps(each)]
    assert (
        [each.text for each in done] == [each.text for each in cues]
        and times == sorted(times)
        and 0 <= share <= 1
    )
    assert with_recognised_times(cues, spoken_words(" ".join(text)))[1] == 1


def test_three_thousand_words_are_aligned_in_time() -> None:
    text = " ".join(f"word{at % 97}" for at in range(3000))
    assert with_recognised_times([cue(text, 0, 10_000)], spoken_words(text))[1] == 1


def test_recognised_words_are_cues_by_sentences() -> None:
    found = cues_from_words((*spoken_words("Hello there. How are you?"), *spoken_words("Late.", 20)))
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
    done, notes = with_glossary(spoken_words(text), names)
    assert "".join(word.text for word in done).strip() == written
    assert len(notes) == (written != text) and all(each.startswith('heard "') for each in notes)


@given(words, st.lists(st.sampled_from(["Alpha", "Betagamma", "Three", "Omega"]), max_size=3))
def test_correcting_twice_is_correcting_once(text: list[str], names: list[str]) -> None:
    once, _ = with_glossary(spoken_words(" ".join(text)), names)
    assert with_glossary(once, names) == (once, ()) and with_glossary(spoken_words(" ".join(text)), [])[
        0
    ] == spoken_words(" ".join(text))


# Masked words


def test_words_are_masked_whole_in_any_case_over_stylings() -> None:
    one = Cue(
        Fraction(0),
        Fraction(1),
        (StyledRun("Fuck"), StyledRun("ing Scunthorpe, SHIT!", bold=True), StyledRun(" class")),
        1,
    )
    (done,), notes = mask_words([one], ["profanity"], "en")
    assert done.text == "F****** Scunthorpe, S***! class" and [run.bold for run in done.runs] == [
        False,
        True,
        False,
    ]
    assert notes == ["1 cue with masked words (first at 0:00.00)"]
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
