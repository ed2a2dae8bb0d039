"""When words are spoken, and how a card follows them."""

from __future__ import annotations

import re
from fractions import Fraction

import numpy as np
import pytest
from caption_world import VERTICAL, burn, burnt, delivery, frame_at, grey, reading, style
from hypothesis import given
from hypothesis import strategies as st

from finish.stages.captions.cues import StyledRun
from finish.stages.captions.timing.word_timing import syllables, word_starts
from finish.stages.captions.typesetting.word_fitting import WordFitting
from finish.stages.captions.typesetting.words import CaptionWord, styled_words

TIKTOK = delivery(VERTICAL, top=250, bottom=480, left=60, right=180)
SRT = "1\n00:00:01,000 --> 00:00:03,000\n{}\n"
VTT = "WEBVTT\n\n00:01.000 --> 00:03.000\n{}\n"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a", 1),
        ("rhythm", 1),
        ("beautiful", 3),
        ("captions", 2),
        ("élève", 3),
        ("молоко", 3),
        ("1,250", 4),
        ("漢字", 2),
        ("…", 1),
    ],
)
def test_syllables_are_counted_about_right(text: str, count: int) -> None:
    assert syllables(text) == count


timed = st.lists(
    st.tuples(
        st.text(st.characters(categories=["L"]), min_size=1, max_size=8), st.none() | st.integers(0, 5000)
    ),
    min_size=1,
)


@given(timed, st.integers(0, 2000), st.integers(1, 3000))
def test_words_begin_one_after_the_other_inside_their_cue(
    said: list[tuple[str, int | None]], begin: int, length: int
) -> None:
    start, end = Fraction(begin, 1000), Fraction(begin + length, 1000)
    parts = [
        CaptionWord((StyledRun(text),), time=None if at is None else Fraction(at, 1000)) for text, at in said
    ]
    found = word_starts(parts, start, end)
    assert len(found) == len(parts) and start <= found[0] and found == sorted(found) and found[-1] < end


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=12, unique=True))
def test_what_the_file_says_is_kept_exactly(stamps: list[int]) -> None:
    times = [Fraction(stamp, 1000) for stamp in sorted(stamps)]
    found = word_starts(
        [CaptionWord((StyledRun("word"),), time=time) for time in times], times[0], times[-1] + 1
    )
    assert found == times


def test_words_without_a_time_share_what_is_between_by_syllables() -> None:
    parts = [
        CaptionWord((StyledRun("one"),)),
        CaptionWord((StyledRun("beautiful"),)),
        CaptionWord((StyledRun("day"),), time=Fraction(2)),
        CaptionWord((StyledRun("out"),)),
    ]
    # "one" has two groups of vowels, "beautiful" has three.
    assert word_starts(parts, Fraction(1), Fraction(4)) == [1, Fraction(7, 5), 2, 3]


def test_vtt_stamps_are_words_times_whatever_styling_is_between() -> None:
    (cue,) = reading(VTT.format("Hello <00:01.500><i>my</i> <b><00:02.000>dear</b> friend"), "a.vtt").cues
    assert cue.text == "Hello my dear friend" and cue.timed
    assert [(word.text, word.time) for word in styled_words(cue, style(), "")] == [
        ("Hello", None),
        ("my", Fraction(3, 2)),
        ("dear", 2),
        ("friend", None),
    ]


def test_cards_of_a_timed_cue_change_with_the_words() -> None:
    text = VTT.format("one two three four <00:02.600>five six seven eight")
    cards = [card.card for card in burnt_vtt(text, "bold-pop").cards]
    assert [(card.start, card.end) for card in cards] == [(25, 65), (65, 75)]


def burnt_vtt(text: str, name: str, **changes: object):  # type: ignore[no-untyped-def]
    from finish.stages.captions.drawing.ass_writer import AssCards
    from finish.stages.captions.placement.card_fitting import CardGrid, cards_of
    from finish.stages.captions.placement.card_placement import CaptionArea, place_cards

    look = style(name, **changes)
    em = look.size * 1080
    room = CaptionArea(TIKTOK.frame, TIKTOK.safe.within(TIKTOK.frame), em, look)
    grid = CardGrid(Fraction(25), 100_000)
    made = tuple(cards_of(reading(text, "a.vtt").cues, WordFitting(look, room.limit), grid))
    return AssCards(TIKTOK.frame, Fraction(25), em, look, place_cards(made, room, lambda _: "bottom"))


def test_a_style_that_follows_no_words_is_one_text() -> None:
    assert burnt(SRT.format("one two"), style("clean"), TIKTOK).content().count(b"Dialogue") == 2, (
        "the text and its shadow"
    )


def test_a_filled_card_has_a_syllable_for_each_word_and_waits_for_the_second_line() -> None:
    payload = burnt_vtt(VTT.format("one <00:01.400>two\n<00:02.000>three"), "karaoke")
    lines = [line for line in payload.content().decode().splitlines() if line.startswith("Dialogue: 2")]
    assert [re.findall(r"\\(k[f]?\d+)", line) for line in lines] == [
        ["k0", "kf40", "kf60"],
        ["k100", "kf100"],
    ]


def test_arabic_is_lit_and_not_filled_from_the_wrong_side() -> None:
    text = burnt(SRT.format("مرحبا بالعالم"), style("karaoke"), TIKTOK).content().decode()
    assert "\\kf" not in text and text.count("Dialogue: 2") == 2


def test_letters_keep_their_place_before_they_are_shown() -> None:
    payload = burnt_vtt(VTT.format("one <00:02.000>two"), "typewriter")
    shown = [
        re.sub(r"\{[^}]*alpha&HFF&[^}]*\}", "|", line).rsplit("}", 1)[-1].split("|")
        for line in payload.content().decode().splitlines()
        if line.startswith("Dialogue: 2")
    ]
    assert len(shown) == 7, "six letters and the blank, the first at once"
    whole = [
        re.sub(r"\{[^}]*\}", "", line.split(",", 9)[9]).strip("\u200e\u200f")
        for line in payload.content().decode().splitlines()
        if line.startswith("Dialogue: 2")
    ]
    assert set(whole) == {"one two"}


@pytest.mark.render
@pytest.mark.parametrize("how", ["word", "fill"])
def test_a_word_lights_up_in_the_frame_in_which_it_is_spoken(how: str) -> None:
    """Measured in pixels, to one frame: green moves to (or starts to fill) the next word at its time."""
    stamps = [Fraction(number, 1000) for number in (1240, 1560, 2080)]
    text = VTT.format("MM " + " ".join(f"<00:0{float(stamp):.3f}>MM" for stamp in stamps))
    payload = burnt_vtt(text, "highlight", **plain(how))
    picture = burn(grey(VERTICAL, frames=100), payload)
    starts_at = [25, *(round(stamp * 25) for stamp in stamps)]
    edges = [greens(picture, frame) for frame in range(24, 76)]
    for word, frame in enumerate(starts_at[1:], 1):
        before, after = edges[frame - 1 - 24], edges[frame + 1 - 24]
        assert after[1] > before[1] + 5, f"word {word} is not lit in the frame after {frame}"
        assert edges[frame - 2 - 24][1] <= before[1] + (30 if how == "fill" else 0)


def plain(how: str) -> dict[str, object]:
    from finish.stages.captions.typesetting.caption_style import SpokenWordStyle

    return {
        "words": None,
        "lines": 1,
        "shadow": None,
        "outline": None,
        "spoken": SpokenWordStyle(how=how, colour="#00FF00"),
    }  # type: ignore[arg-type]


def greens(picture: object, frame: int) -> tuple[int, int]:
    """The left and right edge of the green pixels of a frame; (0, 0) if there are none."""
    pixels = frame_at(picture, Fraction(frame, 25), "rgb24").astype(int)  # type: ignore[arg-type]
    columns = np.flatnonzero(((pixels[..., 1] > 200) & (pixels[..., 0] < 90)).any(0))
    return (int(columns[0]), int(columns[-1])) if columns.size else (0, 0)
