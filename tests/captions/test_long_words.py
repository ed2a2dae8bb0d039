"""Words wider than a line: whole on one card, divided only by patterns, in type that stays steady."""

from __future__ import annotations

from itertools import pairwise

import pytest
from caption_world import RATE, SQUARE, VERTICAL, WIDE, delivery, fitted, reading, srt, style
from hypothesis import given, settings
from hypothesis import strategies as st

from finish import resources
from finish.stages.captions.placement.card_fitting import CaptionCard, CardGrid, cards_of
from finish.stages.captions.placement.card_placement import CaptionArea
from finish.stages.captions.timing.cue_repair import character_layout
from finish.stages.captions.typesetting import compounds, hyphenation
from finish.stages.captions.typesetting.hyphenation import divisions, is_address
from finish.stages.captions.typesetting.word_fitting import WordFitting
from finish.stages.captions.typesetting.words import split_words
from finish.units import Size

FRAMES = {frame: delivery(frame) for frame in (VERTICAL, WIDE, SQUARE, Size(1080, 1350))}
COMPOUNDS = {
    "de": "Feuerversicherungsgesellschaften Straßenbahnhaltestellen Donaudampfschifffahrt Werkzeugkisten",
    "en": "internationalisation counterrevolutionaries electroencephalography",
    "fi": "lentokonesuihkuturbiinimoottori työttömyysvakuutus",
    "fr": "l'internationalisation anticonstitutionnellement",
    "tr": "muvaffakiyetsizleştiricileştiriveremeyebilecek",
}
OTHERS = "und a the - – ? » Nordrhein-Westfalen und/oder #FeuerVersicherung a@garden.example 1.000.000 GEZ 🎉"


def lines(cards: tuple[CaptionCard, ...]) -> list[list[str]]:
    return [[line.text for line in card.lines] for card in cards]


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_letters_stay_and_words_part_only_where_their_language_allows(data: st.DataObject) -> None:
    language = data.draw(st.sampled_from(sorted(COMPOUNDS)))
    words = data.draw(
        st.lists(st.sampled_from([*COMPOUNDS[language].split(), *OTHERS.split()]), min_size=1, max_size=12)
    )
    look = style(data.draw(st.sampled_from(sorted(resources.names("styles")))))
    to = data.draw(st.sampled_from(sorted(FRAMES.values(), key=str)))
    em = look.size * min(to.frame.width, to.frame.height)
    fitting = WordFitting(look, CaptionArea(to.frame, to.safe.within(to.frame), em, look).limit, language)
    cues = reading(srt(" ".join(words), seconds=60), "a.srt").cues
    if not cues:
        return
    cards = tuple(cards_of(cues, fitting, CardGrid(RATE, 100_000)))
    capitals = look.case == "upper"

    def drawn(text: str) -> str:
        text = text.replace("i", "İ") if capitals and language == "tr" else text
        return text.upper() if capitals else text

    rest = [drawn(word) for word in words]
    for card in cards:
        for one, other in pairwise([*(line.text for line in card.lines), ""]):
            for piece in one.split():
                if rest and piece == rest[0]:
                    rest.pop(0)
                    continue
                # A part of a word: its rest starts the next line of the same card.
                assert rest and other, (lines(cards), piece)
                places = {
                    (drawn(words[-len(rest)][: place.at]), place.mark)
                    for place in divisions(words[-len(rest)], language)
                } | {(part, "") for part in _after_hyphens(rest[0])}
                part = next(part for part, mark in places if part + mark == piece)
                assert one.endswith(piece)
                rest[0] = rest[0][len(part) :]
        # Every card ends with a whole word.
        assert not rest or rest[0] in map(drawn, words), lines(cards)
    assert not rest
    assert all(
        line.extent.advance * card.scale <= fitting.limit + 0.05 for card in cards for line in card.lines
    )
    assert all(card.small or card.scale >= fitting.least for card in cards)


def _after_hyphens(word: str) -> list[str]:
    return [word[: at + 1] for at, letter in enumerate(word) if letter in "-/"]


def test_names_stay_whole_each_word_of_them_and_in_the_genitive() -> None:
    names = ("Feuerversicherungsgesellschaft Nord",)
    for word in ("Feuerversicherungsgesellschaft", "feuerversicherungsgesellschaft,"):
        assert not list(divisions(word, "de", names))
    assert not list(divisions("Feuerversicherungsgesellschafts", "de", names))
    assert list(divisions("Straßenbahnhaltestelle", "de", names))


@pytest.mark.parametrize("language", ["ca", "cs", "nl", "nb", "ro", "fi", "xx", ""])
def test_a_language_without_patterns_that_may_be_used_is_not_hyphenated(language: str) -> None:
    assert not list(divisions("Donaudampfschifffahrtsgesellschaft", language))


def test_every_dictionary_is_there() -> None:
    for language in hyphenation._DICTIONARIES:
        assert hyphenation._patterns(language).positions("abababababab") is not None


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("www.garden.example", True),
        ("a@garden.example", True),
        ("https://x", True),
        ("docs/how-to/brand.md", True),
        ("/usr/lib", True),
        ("C:\\garden", True),
        ("and/or", False),
        ("24/7", False),
        ("1/2/2026", False),
        ("1.000,50", False),
        ("z.B.", False),
        ("@name", False),
    ],
)
def test_what_an_address_is(text: str, address: bool) -> None:
    assert is_address(text) is address


@pytest.mark.parametrize("mark", ["a", "a.", "a/", "a-", "@", "/a", "\\"])
def test_a_text_of_one_endless_word_is_no_burden(mark: str) -> None:
    word = mark * 200_000
    is_address(word)
    assert not list(divisions(word, "de"))


def test_an_address_prefers_a_full_stop_or_slash_to_a_hyphen() -> None:
    (card,) = fitted(srt("https://north-wind.example/spring-offer"), 10, language="en")
    assert [line.text for line in card.lines] == ["https://north-wind.", "example/spring-offer"]


def test_the_form_in_the_file_is_hyphenated_though_capitals_are_longer() -> None:
    (card,) = fitted(srt("Straßenbahnhaltestellen"), 6, style("bold-pop"), language="de")
    assert [line.text for line in card.lines] == ["STRASSENBAHN-", "HALTESTELLEN"]


@pytest.mark.parametrize(
    ("word", "joint"),
    [
        ("werkzeugkisten", "werkzeug"),
        ("arbeitsplatz", "arbeits"),
        ("versicherungssumme", "versicherungs"),
        ("grundstücksverwaltung", "grundstücks"),
    ],
)
def test_joints_of_compounds(word: str, joint: str) -> None:
    assert compounds.joint(word, len(joint), "de") and not compounds.joint(word, 4, "en")
    assert not compounds.joint("grundstück", 6, "de"), "a linking s isn't the start of the next part"


def test_cues_beside_a_smaller_one_differ_little() -> None:
    cards = fitted(srt("a", "b", "Feuerversicherungsgesellschaft", "c", "d", "e"), 12, language="de")
    scales = [card.scale for card in cards]
    assert scales[2] < 0.85 and scales[0] == scales[-1] == 1.0
    assert all(min(pair) / max(pair) >= 0.85 - 1e-9 for pair in pairwise(scales))


def test_a_cue_below_the_least_size_takes_no_other_there() -> None:
    cards = fitted(srt("a", "1234567890123456789012345678901234567890", "b"), 12)
    assert cards[1].small and [card.small for card in cards] == [False, True, False]
    assert cards[0].scale == cards[2].scale == 0.7


def test_the_least_size_is_that_of_the_drawn_type() -> None:
    assert WordFitting(style(), 10, size=0.6).least == pytest.approx(1 / 30 / (0.058 * 0.6))
    assert WordFitting(style(), 10, size=2.0).least == 0.7


@pytest.mark.parametrize(
    ("text", "limit", "language", "cards"),
    [
        ("- Ja, gern", 4, "de", [["- Ja,", "gern"]]),
        ("Internationalement ?", 9, "fr", [["Internationalement ?"]]),
        ("Il dit « bonjour » hier", 6, "fr", [["Il dit"], ["« bonjour »", "hier"]]),
        ("gut – sehr gut", 5, "de", [["gut –", "sehr gut"]]),
        ("♪ la la la la ♪", 4, "en", [["♪ la la", "la la ♪"]]),
    ],
)
def test_marks_stay_with_their_words(text: str, limit: float, language: str, cards: list[list[str]]) -> None:
    assert lines(fitted(srt(text), limit, language=language)) == cards


def test_a_hyphenated_word_is_on_one_card() -> None:
    cards = fitted(srt("Wir reisen nach Nordrhein-Westfalen heute"), 7, style(words=2), language="de")
    assert ["Nordrhein-", "Westfalen"] in lines(cards)


def test_recutting_for_a_file_keeps_soft_hyphens_inside_words() -> None:
    (cue,) = reading(srt("Donau\u00addampf\u00adschifffahrts\u00adgesellschaft " * 3), "a.srt").cues
    words = split_words(cue, "de")
    for rows in character_layout(words, "de").recut():
        assert not words[rows[0][0]].bound
