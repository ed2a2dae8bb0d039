"""Words that are drawn one by one: their places, times, and plates; lines in two directions."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from pysubs2 import SSAEvent, SSAFile

from finish import resources
from finish.model import Document
from finish.stages.captions.drawing.ass_writer import AssCards
from finish.stages.captions.formats.caption_formats import read as read_captions
from finish.stages.captions.placement.card_fitting import CardGrid, cards_of
from finish.stages.captions.placement.card_placement import CaptionArea, PlacedCard, inside, place_cards
from finish.stages.captions.placement.legibility import LEAST_CONTRAST, legible_anywhere
from finish.stages.captions.typesetting.caption_style import CaptionStyle
from finish.stages.captions.typesetting.style_file import read
from finish.stages.captions.typesetting.word_fitting import WordFitting
from finish.units import Box, Size

FRAME, RATE = Size(1080, 1920), Fraction(25)
SAFE = Box(60, 250, 900, 1440)
SCRIPTS = {
    "en": "Short words, long ones, and every unforgettable number: 1,250",
    "de": "Donaudampfschifffahrtsgesellschaft und Rechtsschutzversicherung",
    "ru": "Привет, как ваши дела сегодня вечером",
    "ar": "مرحبا بكم في ثلاثة أيام جديدة من العمل",
    "hi": "नमस्ते दोस्तों आप सब कैसे हैं आज",
    "th": "สวัสดีครับทุกคนวันนี้เป็นวันที่ดี",
}


def style(**given: Any) -> CaptionStyle:
    base = {"title": "t", "size": 0.06, "outline": {"width": 0.05}}
    return CaptionStyle.model_validate({**base, **given})


def placed(
    made: CaptionStyle,
    text: str,
    *,
    frame: Size = FRAME,
    safe: Box = SAFE,
    seconds: int = 4,
    lang: str = "en",
) -> tuple[CaptionArea, tuple[PlacedCard, ...]]:
    data = f"WEBVTT\n\n00:00.000 --> 00:{seconds:02d}.000\n{text}\n".encode()
    area = CaptionArea(frame, safe, made.size * min(frame.width, frame.height), made)
    cues = read_captions(Document(Path("a.vtt"), data)).cues
    cards = tuple(cards_of(cues, WordFitting(made, area.limit, lang), CardGrid(RATE, 25 * seconds)))
    return area, place_cards(cards, area, lambda _: "bottom")


def events(made: CaptionStyle, text: str, **given: Any) -> list[SSAEvent]:
    area, cards = placed(made, text, **given)
    payload = AssCards(area.frame, RATE, area.em, made, cards)
    return SSAFile.from_string(payload.content().decode(), format_="ass").events


def place(event: SSAEvent) -> tuple[float, float]:
    match = re.search(r"\\(?:pos|move)\(([\d.]+),([\d.]+)", event.text)
    assert match
    return float(match[1]), float(match[2])


def words(found: list[SSAEvent]) -> list[SSAEvent]:
    return [event for event in found if event.layer == 2]


def plates(found: list[SSAEvent]) -> list[SSAEvent]:
    return [event for event in found if r"\p1" in event.text]


def test_no_word_moves_when_another_is_spoken() -> None:
    made = style(spoken={"how": "word", "colour": "#FFD700", "scale": 1.2})
    lit = words(events(made, "one two three"))
    places: dict[str, set[tuple[float, float]]] = {}
    for event in lit:
        places.setdefault(event.plaintext, set()).add(place(event))
    assert set(places) == {"one", "two", "three"} and all(len(where) == 1 for where in places.values())
    across = [next(iter(places[word]))[0] for word in ("one", "two", "three")]
    assert across == sorted(across)


def test_each_word_is_lit_from_its_own_frame_to_the_next_ones() -> None:
    made = style(spoken={"how": "word", "colour": "#FFD700", "scale": 1.1})
    gold = sorted(
        (event.start, event.end, event.plaintext)
        for event in words(events(made, "one two three four"))
        if "00D7FF" in event.text
    )
    assert [word for *_, word in gold] == ["one", "two", "three", "four"]
    assert [end for _, end, _ in gold[:-1]] == [start for start, _, _ in gold[1:]]


def test_plates_take_their_colours_in_turn_and_do_not_touch() -> None:
    made = style(word_plate={"colours": ["#FFD60A", "#5EE6C5"], "padding": [0.3, 0.1]}, colour="#111111")
    found = plates(events(made, "one two three"))
    yellow = ["0AD6FF" in event.text for event in found]
    assert yellow == [True, False, True]
    edges = []
    for event in found:
        width = max(map(float, re.findall(r"[\d.]+", event.text.split("}")[1])[::2]))
        edges.append((place(event)[0] - width / 2, place(event)[0] + width / 2))
    assert all(left[1] < right[0] for left, right in pairwise(edges))


def test_a_plate_of_the_spoken_word_shows_while_it_is_spoken_and_drops_the_outline() -> None:
    made = style(
        word_plate={"colours": ["#0059E6"], "when": "spoken"},
        spoken={"how": "word", "colour": "#FFFFFF"},
        shadow={"drop": 0.05},
    )
    found = events(made, "one two three")
    assert len(plates(found)) == 3
    for plate in plates(found):
        during = [event for event in found if (event.start, event.end) == (plate.start, plate.end)]
        over = [event for event in during if event is not plate and place(event)[0] == place(plate)[0]]
        assert [event.layer for event in over] == [2], "no shadow"
        assert r"\bord" not in over[0].text, "no outline"


def test_words_to_come_are_faint_or_hidden() -> None:
    faint = words(events(style(spoken={"how": "stay", "unspoken": 0.45}), "one two"))
    assert any(r"\alpha&H8C&" in event.text and event.plaintext == "two" for event in faint)
    hidden = words(events(style(spoken={"how": "stay", "unspoken": 0}), "one two"))
    assert min(event.start for event in hidden if event.plaintext == "two") > 0


def test_entrances_and_exits_belong_to_the_first_and_the_last_moment() -> None:
    found = events(style(entrance="fade", exit="fade", spoken={"how": "word"}), "one two three")
    comes = [r"\fad(200" in event.text for event in found]
    goes = [",150)" in event.text for event in found]
    assert comes == [event.start == min(one.start for one in found) for event in found]
    assert goes == [event.end == max(one.end for one in found) for event in found]


def test_a_line_in_two_directions_is_drawn_whole_on_a_plate() -> None:
    made = style(
        size=0.04,
        word_plate={"colours": ["#FFD60A", "#5EE6C5"]},
        colour="#111111",
        spoken={"how": "word", "colour": "#111111", "scale": 1.2},
    )
    found = events(made, "שלום iPhone לכולם", lang="he")
    assert len(plates(found)) == 1 and all(r"\fscx" not in event.text for event in found)


def test_words_from_right_to_left_stand_in_their_order() -> None:
    made = style(spoken={"how": "word", "scale": 1.1})
    first = {event.plaintext: place(event)[0] for event in words(events(made, "שלום לכולם היום", lang="he"))}
    across = [first[word] for word in ("שלום", "לכולם", "היום")]
    assert across == sorted(across, reverse=True)


def test_stepped_plates_are_as_wide_as_their_lines() -> None:
    made = style(box={"stepped": True}, words=None)
    found = plates(events(made, "A long first line that is broken into two lines"))
    widths = [max(map(float, re.findall(r"[\d.]+", event.text.split("}")[1])[::2])) for event in found]
    assert len(found) >= 2 and len(set(widths)) > 1


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"spoken": {"how": "fill", "scale": 1.1}}, "don't go with how: fill"),
        ({"word_plate": {"colours": ["#FFFFFF"], "when": "spoken"}}, "needs spoken"),
        ({"word_plate": {"colours": ["#FFFFFF"]}, "spoken": {"how": "type"}}, "doesn't go with how: type"),
        ({"word_plate": {"colours": []}}, "at least 1"),
    ],
)
def test_keys_that_contradict_each_other_are_refused(given: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        style(**given)


@pytest.mark.parametrize("name", resources.names("styles"))
def test_every_style_keeps_every_script_inside_in_every_aspect(name: str) -> None:
    path = resources.entry("styles", name)
    made = read(Document(path, path.read_bytes()))
    assert legible_anywhere(made), f"contrast below {LEAST_CONTRAST}"
    for frame in (FRAME, Size(1920, 1080), Size(1080, 1080), Size(1080, 1350)):
        edge = Box(frame.width // 12, frame.height // 8, frame.width * 5 // 6, frame.height * 3 // 4)
        for lang, text in SCRIPTS.items():
            area, cards = placed(made, text, frame=frame, safe=edge, seconds=12, lang=lang)
            assert cards and all(inside(card, area) for card in cards), (frame, lang)


def test_an_echo_lies_aside_by_its_share_of_the_letters() -> None:
    made = style(echo={"drop": 0.0, "side": 0.2, "colour": "#00D8FF"})
    area, _ = placed(made, "one")
    across = {place(event)[0] for event in events(made, "one")}
    assert max(across) - min(across) == pytest.approx(0.2 * area.em, abs=0.6)
