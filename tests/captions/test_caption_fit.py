"""Words into lines and cards: nothing lost or reordered, nothing too wide, time shared without a gap."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from itertools import pairwise

import pytest
from caption_world import RATE, fitted, srt, style
from hypothesis import example, given, settings
from hypothesis import strategies as st

from finish.errors import FinishError
from finish.stages.captions.placement.card_fitting import CaptionCard
from finish.stages.captions.typesetting import packaged_fonts
from finish.stages.captions.typesetting.words import right_to_left

CLEAN = style()
WIDE, NARROW = 30.0, 13.0


def lines(text: str, limit: float = NARROW, **look: object) -> list[list[str]]:
    return [[line.text for line in card.lines] for card in fitted(srt(text), limit, style(**look))]


def test_a_short_cue_is_one_line() -> None:
    assert lines("Go!") == [["Go!"]]


def test_lines_are_balanced() -> None:
    assert lines("Balanced lines look better than ragged ones", WIDE / 2) == [
        ["Balanced lines look", "better than ragged ones"]
    ]


def test_the_files_own_breaks_are_kept_where_they_fit() -> None:
    assert lines("Yes\nI would like that", WIDE) == [["Yes", "I would like that"]]
    assert lines("Yes\nI would like that very much", NARROW) == [["Yes I would like", "that very much"]]


def test_a_long_cue_is_cut_after_a_sentence() -> None:
    assert lines("I came home late. Nobody had waited for me, so I went to bed.") == [
        ["I came home late."],
        ["Nobody had waited", "for me, so I went to bed."],
    ]


def test_speakers_keep_their_lines() -> None:
    assert lines("- Where were you?\n- At home.") == [["- Where were you?", "- At home."]]
    assert lines("- Where were you all of the day long?\n- At home.") == [
        ["- Where were you all", "of the day long?"],
        ["- At home."],
    ]


def test_words_a_card_are_limited_by_the_style() -> None:
    assert lines("one two three four five", WIDE, words=3) == [["one two three"], ["four five"]]


def test_capitals_follow_the_language() -> None:
    grid = fitted(srt("straße ist in"), WIDE, style("bold-pop"))
    assert [line.text for card in grid for line in card.lines] == ["STRASSE IST IN"]


def test_a_word_a_little_wider_than_a_line_is_set_smaller() -> None:
    (card,) = fitted(srt("Werkzeugkisten"), 7, language="de")
    assert 0.7 <= card.scale < 1 and not card.divided and card.lines[0].text == "Werkzeugkisten"


@pytest.mark.parametrize(
    ("text", "language", "parts"),
    [
        ("Feuerversicherungsgesellschaften", "de", ["Feuerversicherungs-", "gesellschaften"]),
        ("Fahrradhaftpflichtversicherung", "de-AT", ["Fahrradhaftpflicht-", "versicherung"]),
        ("FEUERVERSICHERUNGSGESELLSCHAFTEN", "de", ["FEUERVERSICHERUNGS-", "GESELLSCHAFTEN"]),
        ("Fußga\u0308ngeru\u0308bergangsregelung", "de", ["Fußga\u0308ngeru\u0308ber-", "gangsregelung"]),
        ("Wohnungsgrundstücksverwaltung", "de", ["Wohnungsgrund-", "stücksverwaltung"]),
        ("l'internationalisation", "fr", ["l'internatio-", "nalisation"]),
        ("C:\\Garden\\Spring\\offer.txt", "en", ["C:\\Garden\\", "Spring\\offer.txt"]),
        ("internationalisation,", "en", ["internation-", "alisation,"]),
        ("hello@northwind-bakery-garden.example", "de", ["hello@northwind-", "bakery-garden.example"]),
        ("https://garden.example/spring/offer", "en", ["https://garden.", "example/spring/offer"]),
    ],
)
def test_a_long_word_is_divided_by_its_language_on_one_card(
    text: str, language: str, parts: list[str]
) -> None:
    (card,) = fitted(srt(text), 6, language=language)
    assert card.divided and [line.text for line in card.lines] == parts


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("#FeuerversicherungsGesellschaften", "de"),
        ("@feuerversicherungsgesellschaften", "de"),
        ("(#Feuerversicherungsgesellschaften)", "de"),
        ("1.234.567.890.123.456.789.012", "de"),
        ("1234567890123456789012345678901", "de"),
        ("Feuerversicherungsgesellschaften", ""),
        ("lentokonesuihkuturbiinimoottori", "fi"),
    ],
)
def test_what_no_rule_divides_stays_whole_and_is_reported_as_small(text: str, language: str) -> None:
    (card,) = fitted(srt(text), 8, language=language)
    assert [line.text for line in card.lines] == [text] and card.small and card.scale < 0.7


def test_a_divided_word_is_on_one_card_beside_others_in_a_style_of_one_word() -> None:
    made = fitted(srt("Die Feuerversicherungsgesellschaften zahlen"), 9, style(words=1), language="de")
    assert [[line.text for line in card.lines] for card in made] == [
        ["Die"],
        ["Feuerversicherungs-", "gesellschaften"],
        ["zahlen"],
    ]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.sampled_from(["Feuerversicherungsgesellschaften", "und", "a@b.example", "zwei", "#tag"]),
        min_size=1,
    ),
    st.floats(7, 20),
    st.sampled_from([None, 1, 3]),
)
def test_no_word_is_over_two_cards(texts: list[str], limit: float, most: int | None) -> None:
    made = fitted(srt(" ".join(texts), seconds=60), limit, style(words=most), language="de")
    for card in made:
        text = (
            " ".join(line.text for line in card.lines).replace("- ", "").replace("@ ", "@").replace(". ", ".")
        )
        assert set(text.split()) <= set(texts)


def test_a_soft_hyphen_shows_only_where_the_line_ends() -> None:
    assert lines("Donaudampf\u00adschifffahrts\u00adgesellschaft", 9) == [
        ["Donaudampf-", "schifffahrtsgesellschaft"]
    ]
    assert lines("co\u00adop", NARROW) == [["coop"]]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("👩\u200d💻👍🏽🇩🇪🇫🇷1\ufe0f\u20e3", ["👩\u200d💻", "👍🏽", "🇩🇪", "🇫🇷", "1\ufe0f\u20e3"]),
        ("क्षत्रिय", ["क्ष", "त्रि", "य"]),
        ("เกาะน้ำ", ["เกาะ", "น้ำ"]),
        ("e\u0301a", ["e\u0301", "a"]),
    ],
)
def test_what_belongs_together_is_never_torn(text: str, parts: list[str]) -> None:
    assert packaged_fonts.clusters(text) == parts


def test_every_character_finds_its_font() -> None:
    (card,) = fitted(srt("Hi שלום 2024 👍🏽!"), WIDE)
    assert [(piece.text, piece.face.family) for piece in card.lines[0].pieces] == [
        ("Hi ", "Noto Sans"),
        ("שלום ", "Noto Sans Hebrew"),
        ("2024 ", "Noto Sans"),
        ("👍🏽", "Noto Emoji"),
        ("!", "Noto Sans"),
    ]


def test_a_variation_selector_needs_no_font() -> None:
    selectors = [chr(code) for code in range(0xFE00, 0xFE10)]
    (card,) = fitted(srt("".join(f"o{selector}" for selector in selectors[:-1])), WIDE)
    assert {piece.face.family for piece in card.lines[0].pieces} == {"Noto Sans"}
    assert all(face.draws(selector) for face in packaged_fonts.faces() for selector in selectors)


def test_italics_are_drawn_or_upright_never_slanted() -> None:
    (card,) = fitted(srt("<i>so שלום</i>"), WIDE)
    assert [(piece.face.path.name, piece.italic) for piece in card.lines[0].pieces] == [
        ("NotoSans-Italic[wght].ttf", True),
        ("NotoSansHebrew[wght].ttf", False),
    ]


def test_a_character_without_a_font_is_named() -> None:
    with pytest.raises(FinishError) as wrong:
        fitted(srt("fine", "ꓐꓑ"), WIDE)
    assert (wrong.value.code, wrong.value.where) == ("glyph", "a.srt:6")
    assert "no font has 'ꓐ' (U+A4D0 LISU LETTER BA) in cue 2 at 0:04.00" in str(wrong.value)
    assert "Noto Sans" in str(wrong.value)


def test_a_font_that_is_not_there_is_named() -> None:
    with pytest.raises(
        FinishError, match=r"unknown font family 'Papyrus' — use a packaged one: Alfa Slab One, .*Noto Sans$"
    ):
        fitted(srt("x"), WIDE, style(family="Papyrus"))


def test_a_cue_too_short_for_its_cards_is_refused() -> None:
    text = (
        "1\n00:00:00,000 --> 00:00:00,080\n"
        + "many words that need a lot of cards to be seen at all by anyone " * 3
    )
    with pytest.raises(FinishError, match=r"a\.srt:2  cue 1 at 0:00\.00 has 2 frames for \d cards"):
        fitted(text, NARROW)


def test_a_cue_shorter_than_a_frame_still_shows() -> None:
    (card,) = fitted("1\n00:00:01,001 --> 00:00:01,010\nflash", NARROW)
    assert (card.start, card.end) == (25, 26)


def test_a_word_that_fits_at_no_readable_size_is_refused() -> None:
    with pytest.raises(
        FinishError, match=r"a\.srt:2  a word of cue 1 fits a line only at 1\d% of the type's size"
    ):
        fitted(srt("x" * 99), 9)


@pytest.mark.parametrize(
    ("text", "turned"), [("שלום Hello", True), ("Hello שלום", False), ("123 العربية", True), ("123", False)]
)
def test_direction_is_that_of_the_first_letter(text: str, turned: bool) -> None:
    assert right_to_left(text) is turned


LETTERS = st.sampled_from("abcdefgh WXYZ àßé .,!?-—/'\"()שלוםمرحباदुनियाสวัส😀👍🏽\u00ad\u200b\u00a0{}\\>&%\n ")


def visible(text: str) -> bool:
    return any(unicodedata.category(each)[0] in "LNPS" for each in text)


TEXTS = st.text(LETTERS, min_size=1, max_size=120).filter(visible)


def bare(text: str) -> str:
    """What must survive: everything but blanks and the marks that say where a word may break."""
    return "".join(each for each in text if not each.isspace() and each not in "\u00ad\u200b-")


def text_of(made: tuple[CaptionCard, ...]) -> str:
    return "".join(line.text for card in made for line in card.lines)


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.floats(6, 40), st.sampled_from([None, 1, 3]))
@example("- a\n- b\n- c", 20, None)
@example("a\u00ad", 20, None)
def test_no_word_is_lost_or_reordered_and_no_line_is_too_wide(
    text: str, limit: float, most: int | None
) -> None:
    source = srt(text, seconds=60)
    made = fitted(source, limit, style(words=most))
    assert bare(text_of(made)) == bare(made[0].cue.text)
    assert all(line.extent.advance * card.scale <= limit + 0.05 for card in made for line in card.lines)
    assert all(1 <= len(card.lines) <= 2 for card in made)
    assert (made[0].start, made[-1].end) == (0, 60 * RATE)
    assert all(one.end == two.start and one.start < one.end for one, two in pairwise(made))


def test_a_font_is_the_same_font_whoever_made_it() -> None:
    """Two threads that ask first at the same time each get their own Face of one file."""
    one = packaged_fonts.family("Noto Sans")
    another = replace(one)
    packaged_fonts._face_for.cache_clear()
    for text, base in ((" ", one), ("a", another), ("a a a", one)):
        assert list(packaged_fonts.font_runs(text, base, base)) == [(text, one)]
