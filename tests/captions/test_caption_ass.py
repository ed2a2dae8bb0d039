"""The ASS text, character by character; no caption text ever becomes an override."""

from __future__ import annotations

import re

import pytest
from caption_world import VERTICAL, WIDE, burnt, delivery, srt, style
from hypothesis import given, settings
from hypothesis import strategies as st

from finish.errors import FinishError
from finish.stages.captions.drawing.ass_writer import AssCards, escaped
from finish.stages.captions.placement.card_placement import Position

TIKTOK = delivery(VERTICAL, top=250, bottom=480, left=60, right=180)
YOUTUBE = delivery(WIDE)

HEAD = """\
[Script Info]
PlayResX: 1080
PlayResY: 1920
WrapStyle: 2
ScaledBorderAndShadow: yes
Kerning: yes
YCbCr Matrix: TV.709
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, \
Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, \
Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: caption,Noto Sans,100,&H00FFFFFF,&H000000FF,&H00000000,&H00000000,0,0,0,0,100,100,0,0,1,0,0,5,0,0,0,-1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""
# Invisible marks: a word joiner after a backslash, the direction of a line, the lead of an emoji.
MARKS = {"[WJ]": "\u2060", "[RLM]": "\u200f", "[MVS]": "\u180e"}
# A backslash at the end of a line continues it.
PLAIN = r"""
Dialogue: 2,0:00:00.00,0:00:03.98,caption,,0,0,0,,{\pos(540,1390.13)}\
{\fnNoto Sans SemiBold\fs95.15\b0\u0}a \{b\} C:\[WJ]N {\fnNoto Sans SemiBold Italic\fs95.15\b0\u0}c
Dialogue: 2,0:00:03.98,0:00:07.98,caption,,0,0,0,,{\pos(540,1310.36)}\
{\fnNoto Sans Hebrew SemiBold\fs85.19\b0\u0}שלום
Dialogue: 2,0:00:03.98,0:00:07.98,caption,,0,0,0,,{\pos(540,1390.13)}\
[RLM]{\fnNoto Sans SemiBold\fs95.15\b0\u0}OK {\fnNoto Emoji\fs73.41\b700\u0}[MVS]👍🏽
""".lstrip().replace("\\\n", "")


def test_the_text_of_a_file() -> None:
    look = style(outline=None, shadow=None)
    events = PLAIN
    for name, mark in MARKS.items():
        events = events.replace(name, mark)
    assert (
        burnt(srt(r"a {b} C:\N <i>c</i>", "שלום\nOK 👍🏽"), look, TIKTOK).content().decode() == HEAD + events
    )


def test_a_plate_lies_under_the_text_and_a_shadow_between() -> None:
    boxed = events(burnt(srt("x"), style("boxed"), TIKTOK))
    assert [event[0] for event in boxed] == ["0", "2"]
    assert re.fullmatch(
        r"\{\\pos\([\d.,]+\)\\1c&H141010&\\1a&H2E&\\bord0\\shad0\\p1\}m [\d.]+ 0 l [\d. ]+ b .*\{\\p0\}",
        boxed[0][-1],
    )
    assert [event[0] for event in events(burnt(srt("x"), style("clean"), TIKTOK))] == ["1", "2"]


def test_a_pop_only_where_there_is_time_for_it() -> None:
    long, short = (
        burnt(f"1\n00:00:00,000 --> 00:00:0{end}\nx", style("bold-pop"), TIKTOK).content()
        for end in ("1,000", "0,300")
    )
    assert rb"\fscx70\fscy70\t(0,120,\fscx106\fscy106)\t(120,200,\fscx100\fscy100)" in long
    assert rb"\t(" not in short


def test_cards_at_once_are_stacked_and_never_touch() -> None:
    text = (
        "1\n00:00:00,000 --> 00:00:04,000\none\n\n2\n00:00:01,000 --> 00:00:05,000\ntwo\n\n3\n"
        "00:00:04,000 --> 00:00:06,000\nthree\n"
    )
    for position in ("bottom", "top", "middle"):
        one, two, three = (card.ink for card in burnt(text, style("boxed"), TIKTOK, position).cards)
        upper, lower = (one, two) if position == "top" else (two, one)
        assert upper.bottom < lower.top
        assert three == one or position != "bottom" or three.bottom == one.bottom


def test_what_does_not_fit_on_the_frame_is_refused() -> None:
    text = "".join(f"{n}\n00:00:00,000 --> 00:00:04,000\nline\nand line\n\n" for n in range(1, 12))
    with pytest.raises(
        FinishError, match=r"a\.srt:\d+  cue \d+ at 0:00\.00 needs \d+x\d+, but the safe area is"
    ):
        burnt(text, style("boxed"), TIKTOK)
    with pytest.raises(FinishError, match="but the safe area is 1080x60"):
        burnt(srt("x"), style("boxed"), delivery(VERTICAL, top=930, bottom=930))


@pytest.mark.parametrize("position", ["top", "middle", "bottom"])
@pytest.mark.parametrize("name", ["clean", "boxed", "bold-pop"])
def test_cards_stand_inside_the_safe_box(name: str, position: Position) -> None:
    for to in (TIKTOK, YOUTUBE):
        box = to.safe.within(to.frame)
        for card in burnt(
            srt("Words that fill a whole line and then another one " * 2), style(name), to, position
        ).cards:
            assert box.left < card.ink.left < card.ink.right < box.right
            assert box.top < card.ink.top < card.ink.bottom < box.bottom


def test_the_digest_follows_text_and_place() -> None:
    digests = {burnt(srt(text), style("clean"), to).digest for text in ("a", "b") for to in (TIKTOK, YOUTUBE)}
    assert len(digests) == 4
    assert burnt(srt("a"), style("clean"), TIKTOK).digest in digests


def events(payload: AssCards) -> list[list[str]]:
    text = payload.content().decode()
    return [
        line.removeprefix("Dialogue: ").split(",", 9)
        for line in text.splitlines()
        if line.startswith("Dialogue: ")
    ]


# The override blocks that finish writes; every other brace or backslash must be escaped text.
OURS = re.compile(r"\{\\pos\([^{}]*\)[^{}]*\}|\{\\fn[A-Za-z ]+\\fs[\d.]+\\b(?:0|700)\\u[01]\}|\{\\p0\}")


def shown(text: str) -> str:
    """What libass draws of an event's text, by its own rules; fails on an unknown override."""
    found, at = "", 0
    while at < len(text):
        if text[at] == "{":
            block = OURS.match(text, at)
            assert block, f"an override that is not ours: {text[at : at + 40]!r}"
            at = block.end()
        elif text[at] == "\\" and text[at + 1 : at + 2] in ("N", "n", "h", "{", "}"):
            assert text[at + 1] in "{}", f"an escape that is not ours: {text[at : at + 10]!r}"
            found, at = found + text[at + 1], at + 2
        else:
            found, at = found + text[at], at + 1
    return found.replace("\u2060", "").replace("\u180e", "").replace("\u200e", "").replace("\u200f", "")


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from("abN nhp1{}\\%&|,;:()0\u05e9😀"), min_size=1, max_size=40).filter(str.strip))
def test_text_never_becomes_an_override(text: str) -> None:
    webvtt = (
        f"WEBVTT\n\n00:00.000 --> 00:04.000\nx{text.replace('&', '&amp;')}"  # in SRT, some of it is markup
    )
    look = style("bold-pop", case="as-is", words=None, shadow=None)
    payload = burnt(webvtt, look, TIKTOK, name="a.vtt")
    drawn = "".join(shown(event[-1]) for event in events(payload))
    assert drawn.replace(" ", "").replace("-", "") == f"x{text}".replace(" ", "").replace("-", "")


def test_the_check_itself_finds_an_override() -> None:
    for bad in (r"a{\p1}b", r"a\Nb", r"{\pos(1,1)}a{b}"):
        with pytest.raises(AssertionError):
            shown(bad)
    assert shown(escaped(r"{\p1}\N")) == r"{\p1}\N"
