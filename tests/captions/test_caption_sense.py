"""Lines break at sense units: never between article and noun, first and last name, number and unit."""

from __future__ import annotations

from itertools import pairwise

import pytest
from caption_world import fitted, srt, style
from hypothesis import given
from hypothesis import strategies as st

from finish.stages.captions.cues import Cue, StyledRun
from finish.stages.captions.placement.card_fitting import CardGrid, cards_of
from finish.stages.captions.typesetting import break_points, phrases
from finish.stages.captions.typesetting.word_fitting import WordFitting


@pytest.mark.parametrize(
    ("before", "after", "language"),
    [
        ("the", "house", "en"),
        ("a", "dog", ""),
        ("The", "end", "en"),
        ("Mr.", "Smith", "en"),
        ("Dr.", "No", ""),
        ("J.", "Smith", "en"),
        ("Marie", "Curie", "fr"),
        ("Ada", "Lovelace", ""),
        ("12", "kg", "en"),
        ("3.5", "million", ""),
        ("der", "Hund", "de"),
        ("einen", "Hund", "de"),
        ("les", "enfants", "fr"),
        ("los", "niños", "es"),
        ("della", "casa", "it"),
        ("uma", "casa", "pt"),
        ("het", "huis", "nl"),
        ("“the", "house", "en"),
        ("w", "domu", "pl"),
        ("в", "доме", "ru"),
        ("den", "gamle", "da"),
    ],
)
def test_these_are_never_parted(before: str, after: str, language: str) -> None:
    assert break_points.cost(before, after, language) == break_points.NEVER


@pytest.mark.parametrize(
    ("before", "after", "language", "cost"),
    [
        ("home.", "He", "en", break_points.SENTENCE),
        ("home.”", "He", "en", break_points.SENTENCE),
        ("home,", "he", "en", break_points.CLAUSE),
        ("home", "and", "en", break_points.GOOD),
        ("house", "of", "en", break_points.GOOD),
        ("of", "cards", "en", break_points.BAD),
        ("and", "then", "en", break_points.BAD),
        ("not", "go", "en", break_points.BAD),
        ("they", "went", "en", break_points.BAD),
        ("green", "house", "en", 0.0),
        ("nicht", "gehen", "de", break_points.BAD),
        ("schöne", "Stadt", "de", 0.0),
        ("Stadt", "Berlin", "de", 0.0),
        ("do", "domu", "pl", break_points.BAD),
        ("på", "vägen", "sv", break_points.BAD),
        ("egy", "nagy", "hu", break_points.SHORT),
        ("- the", "house", "en", break_points.NEVER),
        ("fini ?", "Oui", "fr", break_points.SENTENCE),
        ("wielki", "dom", "pl", 0.0),
        ("好。", "我", "zh", break_points.SENTENCE),
    ],
)
def test_other_ends_have_their_price(before: str, after: str, language: str, cost: float) -> None:
    assert break_points.cost(before, after, language) == cost


def test_a_capital_that_begins_a_sentence_is_no_name() -> None:
    assert (
        break_points.cost("Yesterday", "Tom", "en", first=True) == 0.0
        and break_points.cost("Yesterday", "Tom", "en") == break_points.NEVER
    )


TEXT = (
    "The director of the film said that Marie Curie and a friend had walked 12 kilometres to the old house, "
    "but nobody knew the reason. On the other hand, Ada Lovelace wrote a letter to her brother, "
    "and the answer came after a week."
)


@pytest.mark.parametrize("limit", [9, 10, 11, 12, 13, 15, 18, 22, 26])
@pytest.mark.parametrize("words", [None, 4])
def test_no_line_of_a_long_text_ends_where_none_should(limit: float, words: int | None) -> None:
    lines = [
        line.text for card in fitted(srt(TEXT, seconds=60), limit, style(words=words)) for line in card.lines
    ]
    ends = [(one.split()[-1], other.split()[0]) for one, other in pairwise(lines)]
    bad = [pair for pair in ends if break_points.cost(*pair, "en") == break_points.NEVER]
    assert not bad, lines


def test_capitals_of_a_style_hide_no_name() -> None:
    cards = fitted(srt("We met old Ada Lovelace there", seconds=9), 12, style(case="upper"))
    assert [line.text for card in cards for line in card.lines] == ["WE MET OLD", "ADA LOVELACE THERE"]


@pytest.mark.parametrize(
    ("language", "text", "parts"),
    [
        ("ja", "今日は天気がいいので、公園に行きました。", "今日は|天気が|いいので、|公園に|行きました。"),
        ("", "「今日は」と言った", "「今日は」と|言った"),
        ("zh", "我们今天去公园散步，因为天气很好。", "我们|今天|去|公园|散步，|因为|天气|很|好。"),
        ("zh-Hant", "我們今天去公園散步，因為天氣很好。", "我們|今天|去|公園|散步，|因為|天氣|很|好。"),
        ("ja", "価格は￥500だ", "価格は￥500だ"),
        ("th", "วันนี้อากาศดีมาก", "วัน|นี้|อากาศ|ดี|มาก"),
        ("en", "no such place here", "no such place here"),
    ],
)
def test_scripts_without_blanks_have_their_phrases(language: str, text: str, parts: str) -> None:
    at = [0, *phrases.phrase_breaks(text, language), len(text)]
    assert "|".join(text[i:j] for i, j in pairwise(at)) == parts


def test_thai_lines_end_between_words() -> None:
    cue = Cue(0, 9, (StyledRun("วันนี้อากาศดีมากเราจึงไปเดินเล่นที่สวนสาธารณะ"),), 1)
    (card,) = cards_of([cue], WordFitting(style(), 14, "th"), CardGrid(25, 1000))
    assert [line.text for line in card.lines] == [
        "วันนี้อากาศดีมากเราจึงไป",
        "เดินเล่นที่สวนสาธารณะ",
    ] and not card.divided


@given(
    st.text(st.sampled_from("今日はいい天気。、「」ーっวันนี้ดีabc 我们去"), max_size=60),
    st.sampled_from(["", "ja", "zh-Hant", "th"]),
)
def test_places_are_inside_and_ascend(text: str, language: str) -> None:
    at = list(phrases.phrase_breaks(text, language))
    assert at == sorted(set(at)) and all(0 < each < len(text) for each in at)
    assert all(text[each] not in "。、」ーっ" for each in at)
