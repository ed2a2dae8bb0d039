"""TTML: when text shows, as W3C TTML2 says it, and as old tools write it."""

from __future__ import annotations

from fractions import Fraction

import pytest
from caption_reading import cue_texts, refused
from caption_world import document
from hypothesis import given
from hypothesis import strategies as st

from finish.stages.captions.formats.caption_formats import read

TT = (
    '<tt xmlns="http://www.w3.org/ns/ttml" xmlns:tts="http://www.w3.org/ns/ttml#styling" '
    'xmlns:ttp="http://www.w3.org/ns/ttml#parameter" %s xml:lang="en"><head><layout>%s</layout></head>'
    "<body>%s</body></tt>"
)


def ttml(body: str, layout: str = "", root: str = "") -> str:
    return TT % (root, layout, f"<div>{body}</div>")


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.integers(0, 999), st.sampled_from(".,"))
def test_clocks_with_fewer_digits_or_a_comma_are_read(
    hours: int, minutes: int, seconds: int, part: int, point: str
) -> None:
    """Every way of writing a time gives the same one; none is taken for 0."""
    time = hours * 3600 + minutes * 60 + seconds + Fraction(part, 1000)
    ways = [f"{hours}:{minutes}:{seconds}{point}{part:03}", f"{hours:02}:{minutes:02}:{seconds:02}.{part:03}"]
    ways += [f"{minutes}:{seconds:02}{point}{part:03}"] * (hours == 0)
    ways += [f"{float(time)}", f"{float(time)}s"]
    for way in ways:
        cues = read(document(ttml(f'<p begin="{way}" dur="2s">one</p>'), "a.ttml")).cues
        assert [(cue.start, cue.end, cue.text) for cue in cues] == [(time, time + 2, "one")]


@pytest.mark.parametrize("time", ["soon", "1:2:3:4:5", "wallclock(2020-01)", "-1s", "1::2"])
def test_a_time_that_is_none_is_refused_by_its_words(time: str) -> None:
    message = refused("a.dfxp", ttml(f'<p begin="{time}" end="9s">one</p>'))
    assert f"an element states '{time}' as its begin" in message


def test_clocks_on_the_wall_are_refused() -> None:
    message = refused("a.ttml", ttml('<p begin="10:00:00">one</p>', root='ttp:timeBase="clock"'))
    assert "clock on the wall" in message


def test_an_empty_end_is_none() -> None:
    (cue,) = read(document(ttml('<p begin="1s" end="">one</p>'), "a.ttml")).cues
    assert cue.start == 1 and cue.open_end


def test_text_directly_in_a_sequence_shows_for_no_time() -> None:
    body = (
        '<div timeContainer="seq"><p timeContainer="seq" begin="1s">never <span dur="2s">one</span> never</p>'
        '<p timeContainer="seq">never</p><p dur="1s">two</p></div>'
    )
    assert cue_texts("a.ttml", ttml(body)) == [(1, 3, "one"), (3, 4, "two")]


def test_a_region_that_is_not_there_shows_nothing() -> None:
    layout = '<region xml:id="r" begin="2s" end="5s"/>'
    body = '<p region="r" begin="1s" end="4s">one</p><p region="r" begin="3s" end="9s">two</p>'
    assert cue_texts("a.ttml", ttml(body, layout)) == [(2, 4, "one"), (3, 5, "two")]


def test_text_beside_parts_with_regions_needs_one() -> None:
    layout = '<region xml:id="r"/><region xml:id="s"/>'
    body = '<p begin="1s" end="2s">never <span region="r">one</span> <span region="s">two</span></p>'
    assert cue_texts("a.ttml", ttml(body, layout)) == [(1, 2, "one two")]
    assert cue_texts("a.ttml", ttml('<p begin="1s" end="2s">one</p>', layout)) == [(1, 2, "one")]


@pytest.mark.parametrize(
    ("style", "hidden", "visible"),
    [("visibility", "hidden", "visible"), ("display", "none", "auto"), ("opacity", 0, 1)],
)
def test_text_shows_while_an_animation_lets_it(style: str, hidden: object, visible: object) -> None:
    hide = f'<set tts:{style}="{hidden}" begin="1s" dur="2s"/>'
    body = f'<p begin="10s" end="16s">{hide}one</p>'
    assert cue_texts("a.ttml", ttml(body)) == [(10, 11, "one"), (13, 16, "one")]
    show = f'<set tts:{style}="{visible}" begin="1s" end="3s"/>'
    assert cue_texts("a.ttml", ttml(f'<p begin="10s" end="16s" tts:{style}="{hidden}">{show}one</p>')) == [
        (11, 13, "one")
    ]
    region = f'<region xml:id="r"><set tts:{style}="{hidden}" begin="11s" end="13s"/></region>'
    body = '<p region="r" begin="10s" end="16s">one</p>'
    assert cue_texts("a.ttml", ttml(body, region)) == [(10, 11, "one"), (13, 16, "one")]


def test_an_answer_does_not_show_before_it_is_given() -> None:
    body = (
        '<p begin="1s" end="9s"><span begin="0s">Who</span> <span begin="0.5s">is it?</span>'
        '<span begin="5s"><br/>Me.</span></p>'
    )
    assert cue_texts("a.ttml", ttml(body)) == [
        (1, Fraction(3, 2), "Who"),
        (Fraction(3, 2), 6, "Who is it?"),
        (6, 9, "Who is it?\nMe."),
    ]


def test_blanks_around_timed_words_do_not_start_a_cue() -> None:
    body = '<p begin="1s" end="9s">\n <span begin="2s">one</span>\n <span begin="3s">two</span>\n</p>'
    assert cue_texts("a.ttml", ttml(body)) == [(3, 9, "one two")]


def test_styles_that_nobody_knows_are_no_reason_to_refuse() -> None:
    body = (
        '<p begin="1s" end="2s" tts:rubyAlign="withBase" tts:extent="auto" tts:textAlign="sideways">one</p>'
    )
    assert cue_texts("a.ttml", ttml(body, root='tts:extent="auto"')) == [(1, 2, "one")]


def test_a_picture_behind_a_region_is_no_caption() -> None:
    layout = '<region xml:id="r" tts:backgroundImage="a.png"/>'
    assert cue_texts("a.ttml", ttml('<p region="r" begin="1s" end="2s">one</p>', layout)) == [(1, 2, "one")]


def test_lyrics_of_apple_count_all_times_from_the_start() -> None:
    root = 'xmlns:itunes="http://music.apple.com/lyric-ttml-internal" itunes:timing="Line"'
    body = '<div begin="19.764" end="59.3"><p begin="19.764" end="21.9">one</p></div>'
    assert cue_texts("a.ttml", ttml(body, root=root)) == [(19.764, 21.9, "one")]
