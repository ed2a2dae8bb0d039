"""ASS in: drawn unchanged once the whole script is understood.

Missing glyphs, styles, and sizes are refused; missing fonts are replaced; text without a position keeps to
the safe zone of the delivery.
"""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import pytest
from caption_world import document, reading
from hypothesis import given
from hypothesis import strategies as st

from finish.errors import FinishError
from finish.model import Document
from finish.stages.captions.drawing.script_rescale import ScriptFrame, fit_script
from finish.stages.captions.formats.ass_script import AssScript
from finish.stages.captions.formats.caption_formats import read
from finish.stages.captions.typesetting import packaged_fonts
from finish.stages.captions.typesetting.custom_font import custom_font
from finish.units import Box, Size, Span

STYLES = """\
[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, \
Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, \
Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Noto Sans,48,&H00FFFFFF,&H000000FF,&H00000000,&H00000000,\
-1,0,0,0,100,100,0,0,1,2,2,2,10,10,10,1
Style: Unused,Comic Sans MS,48,&H00FFFFFF,&H000000FF,&H00000000,&H00000000,\
-1,0,0,0,100,100,0,0,1,2,2,2,10,10,10,1

"""
HEAD = (
    """\
[Script Info]
; a comment
Title: Test
ScriptType: v4.00+
PlayResX: 1920
PlayResY: 1080
YCbCr Matrix: TV.601

[Aegisub Project Garbage]
Video File: /home/me/secret.mp4

"""
    + STYLES
    + """\
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Comment: 0,0:00:00.00,0:00:09.00,Default,,0,0,0,,not shown
"""
)
GOLDEN = (
    """\
[Script Info]
PlayResX: 1920
PlayResY: 1080
YCbCr Matrix: TV.709
ScriptType: v4.00+

"""
    + STYLES
    + r"""[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:02.00,0:00:03.00,Default,,0,0,0,,{\i1}Second{\i0}, with a comma
Dialogue: 1,0:00:01.00,0:00:02.50,Default,Anna,0,0,0,,{\pos(9,9)\fnNoto Sans Arabic}First\Nline
Dialogue: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,{\p1}m 0 0 l 9 9 0 9
"""
)
BODY = GOLDEN.split("Effect, Text\n")[1]


def ass(*events: str, head: str = HEAD) -> str:
    return head + "".join(f"Dialogue: 0,0:00:01.00,0:00:02.00,{event}\n" for event in events)


def refusal(text: str) -> FinishError:
    with pytest.raises(FinishError) as wrong:
        reading(text, "a.ass")
    return wrong.value


def test_a_script_is_kept_and_its_private_parts_are_not() -> None:
    captions = reading(HEAD + BODY, "a.ass")
    assert captions.script is not None
    assert captions.script.content().decode() == GOLDEN
    assert [(cue.text, cue.start, cue.end, cue.place.line) for cue in captions.cues] == [
        ("First\nline", 1, Fraction(5, 2), 21),
        ("Second, with a comma", 2, 3, 20),
    ]
    assert captions.script.play == (1920, 1080)
    assert captions.notes == (
        "an ASS file keeps its own styles: style, line breaks, size and position of `captions:` don't apply",
    )


def test_embedded_files_are_left_behind() -> None:
    captions = reading(ass("Default,,0,0,0,,x") + "\n[Fonts]\nfontname: evil.ttf\n!!!!\n", "a.ass")
    assert captions.script is not None
    assert b"evil" not in captions.script.content()
    assert "embedded" in captions.notes[1]


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ("Nobody,,0,0,0,,x", "a.ass:20  unknown style 'Nobody' — the file has these styles: Default, Unused"),
        ("Default,,0,0,0,,ꓐꓑ", "a.ass:20  no font has 'ꓐ' (U+A4D0 LISU LETTER BA)"),
        ("Default,,0,0,0,,{\\fs99999}x", "a.ass:20  text more than 4 pictures high"),
        ("Default,,0,0,0,,{\\t(\\fscx99999)}x", "a.ass:20  text more than 4 pictures high"),
        ("Default,,0,0", "a.ass:20  Dialogue line with 7 fields instead of 10"),
        ("Default,,-1,0,0,,x", "a.ass:20  layer and margins must be whole numbers"),
        ("Default,,0,0,0,," + "x" * 10_001, "a.ass:20  an event of 10,001 characters"),
    ],
)
def test_refusals_name_the_line(event: str, message: str) -> None:
    assert message in str(refusal(ass(event)))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("0:00:01.00", "one second", "a.ass:20  invalid times 'one second'"),
        ("0:00:01.00", "0:00:01.00.00", "a.ass:20  invalid times"),
        ("0:00:01.00", "0:00:02.00", "a.ass:20  the event ends before it starts"),
        ("PlayResX: 1920", "PlayResX: 1e9", "a.ass  invalid PlayRes 1e9 × 1080"),
        ("PlayResX: 1920", "PlayResX: 99999", "a.ass  invalid PlayRes 99999 × 1080"),
        ("Noto Sans,48", "Noto Sans,nan", "a.ass:14  invalid Fontsize 'nan' in style 'Default'"),
        ("Noto Sans,48", "Noto Sans,4321", "a.ass:14  text more than 4 pictures high"),
        ("Format: Layer, Start, End", "Format: Layer, Start", "a.ass:18  the Format line has no End"),
        ("[V4+ Styles]", "[Styles]", "a.ass  not an ASS script"),
        ("[Events]", "[Nothing]", "a.ass"),
    ],
)
def test_broken_scripts_are_refused(old: str, new: str, message: str) -> None:
    assert message in str(refusal(ass("Default,,0,0,0,,x").replace(old, new)))


def test_all_mistakes_at_once() -> None:
    wrong = refusal(ass("Nobody,,0,0,0,,x", "Default,,0,0,0,,ꓐ"))
    assert [cause.where for cause in wrong.causes] == ["a.ass:20", "a.ass:21"]


def test_the_digest_follows_the_text() -> None:
    one, two = (reading(ass(f"Default,,0,0,0,,{text}"), "a.ass").script for text in "ab")
    assert isinstance(one, AssScript)
    assert isinstance(two, AssScript)
    assert one.digest != two.digest


SUBSTITUTED = (
    "fonts of the ASS file are missing ({}): drawn in Noto Sans, about as wide — "
    "name a folder with them: `captions: {{fonts: FOLDER}}`"
)


@pytest.mark.parametrize(
    "event", ["Default,,0,0,0,,{\\i1\\fnComic Sans MS}x", "Default,,0,0,0,,{\\rUnused}x", "Unused,,0,0,0,,x"]
)
def test_a_font_that_is_not_there_is_drawn_in_a_substitute_and_reported_once(event: str) -> None:
    captions = reading(ass(event, event.replace("x", "y")), "a.ass")
    assert captions.script is not None
    shown = [
        line
        for line in captions.script.content().decode().splitlines()
        if "Comic" in line and "Unused," not in line
    ]
    assert shown == [] and captions.notes[1:] == (SUBSTITUTED.format("Comic Sans MS"),)
    assert (captions.notes[1].code, captions.notes[1].level) == ("font-substituted", "know")


def test_fonts_that_are_there_keep_their_names() -> None:
    captions = reading(ass("Default,,0,0,0,,{\\fnNoto Sans SemiBold}x{\\fn}y"), "a.ass")
    assert (
        captions.script is not None
        and b"\\fnNoto Sans SemiBold}x{\\fn}y" in captions.script.content()
        and len(captions.notes) == 1
    )


def _own_font(name: str) -> Document:
    from fontTools.ttLib import TTFont

    font = TTFont(
        packaged_fonts.family("Noto Sans Mono").path
        if any(face.family == "Noto Sans Mono" for face in packaged_fonts.faces())
        else packaged_fonts.family("Noto Sans").path
    )
    for number in (1, 4, 16):
        font["name"].setName(name, number, 3, 1, 0x409)
    data = io.BytesIO()
    font.save(data)
    return Document(Path(f"fonts/{name}.ttf"), data.getvalue())


def test_a_font_of_the_users_folder_travels_in_the_script_and_in_every_part_of_it() -> None:
    mine = _own_font("House Sans")
    captions = read(document(ass("Default,,0,0,0,,{\\fnhouse sans}x"), "a.ass"), fonts=[mine])
    assert captions.script is not None and len(captions.notes) == 1
    family = custom_font(mine, 400).family
    for part in (captions.script, captions.script.slice(Span(Fraction(1), Fraction(2)))):
        assert part is not None
        text = part.content().decode()
        assert f"\\fn{family}}}x" in text and f"fontname: {family}.ttf" in text


def test_a_file_that_is_no_font_is_refused_by_its_name() -> None:
    with pytest.raises(FinishError, match=r"broken\.ttf"):
        read(
            document(ass("Default,,0,0,0,,{\\fnbroken}x"), "a.ass"),
            fonts=[Document(Path("fonts/broken.ttf"), b"no font at all")],
        )


@pytest.mark.parametrize(
    ("stated", "play"),
    [
        ("", (384, 288)),
        ("PlayResX: 640\n", (640, 480)),
        ("PlayResX: 1280\n", (1280, 1024)),
        ("PlayResY: 720\n", (960, 720)),
        ("PlayResY: 1024\n", (1280, 1024)),
    ],
)
def test_playres_that_is_not_stated_follows_the_rule_of_libass(stated: str, play: tuple[int, int]) -> None:
    captions = reading(ass("Default,,0,0,0,,x").replace("PlayResX: 1920\nPlayResY: 1080\n", stated), "a.ass")
    assert captions.script is not None and captions.script.play == play


WIDE_CLIP, TALL = Size(1920, 1080), Size(1080, 1920)


def laid(*events: str, clip: Size = WIDE_CLIP, frame: Size = TALL) -> list[str]:
    """The fields of the events as drawn on a delivery with a safe zone of 60, 250, 180, and 480 px."""
    script = reading(ass(*events), "a.ass").script
    assert script is not None
    safe = Box(60, 250, frame.width - 180, frame.height - 480)
    done = fit_script(script, ScriptFrame(clip, frame, safe, safe, "a.ass"))
    text = done.content().decode()
    return [
        text.split("PlayResX: ")[1].split("\n")[0],
        *(line.split(",", 9)[5:8] for line in text.splitlines() if line.startswith("Dial")),
    ]


def test_text_without_a_place_is_laid_out_anew_on_another_shape() -> None:
    """The short side keeps its 1080 units.

    Margins are the safe zone's edges, plus 4 for the outline and shadow.
    """
    play, bottom, top = laid("Default,,0,0,0,,low", "Default,,0,0,0,,{\\an8}high")
    assert play == "1080"
    assert bottom == ["64", "184", "484"] and top == ["64", "184", "254"]


def test_margins_of_the_same_shape_grow_to_the_safe_zone_and_no_further() -> None:
    assert laid("Default,,0,0,0,,low", "Default,,400,500,600,,own", frame=WIDE_CLIP) == [
        "1920",
        ["64", "184", "484"],
        ["400", "500", "600"],
    ]


@pytest.mark.parametrize(
    "place", ["{\\pos(300,540)}", "{\\fad(1,1)\\move(1,2,3,4)}", "{\\clip(0,0,9,9)}", "{\\p1}"]
)
def test_text_with_a_place_is_refused_on_another_shape_and_kept_on_its_own(place: str) -> None:
    with pytest.raises(
        FinishError,
        match=(
            r"a\.ass:2[01]  the script positions text on a 16:9 picture \(PlayRes 1920x1080\), "
            r"but the delivery is 1080x1920"
        ),
    ):
        laid(f"Default,,0,0,0,,{place}m 0 0 l 9 9", "Default,,0,0,0,,words")
    assert laid(f"Default,,0,0,0,,{place}m 0 0 l 9 9", "Default,,0,0,0,,words", frame=WIDE_CLIP)[1] == [
        "0",
        "0",
        "0",
    ]


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=60))
def test_any_event_is_shown_or_refused(text: str) -> None:
    try:
        captions = reading(ass(f"Default,,0,0,0,,{text}"), "a.ass")
    except FinishError as wrong:
        assert wrong.code in ("captions", "font", "glyph")
    else:
        assert captions.script is not None


def test_moved_events_show_in_the_frames_they_are_moved_to_and_moving_back_is_exact() -> None:
    line = "Dialogue: 0,0:00:0{0}.{1},0:00:0{2}.{3},Default,,0,0,0,,{{\\an8}}line {0}\n"
    text = (
        HEAD + line.format(1, "00", 2, "00") + line.format(3, "01", 3, "99") + line.format(5, "50", 6, "00")
    )
    script = reading(text, "a.ass").script
    assert script is not None
    rate = Fraction(30)

    def move(span: Span) -> Span | None:
        return None if span.start == 1 else Span(span.start - 2, span.end - 2)

    moved = script.moved(rate, move)
    shown = [line.split(",")[1:3] for line in moved.data.decode().splitlines() if line.startswith("Dialogue")]
    # Frame 91 is the first to show at 3.01 s, and 120 the first not to at 3.99 s. Half a frame before 31 and
    # 60 is 1.0167 and 1.9833.
    assert shown == [["0:00:01.02", "0:00:01.98"], ["0:00:03.48", "0:00:03.98"]]
    assert moved.shift(Fraction(7, 30)).shift(Fraction(-7, 30)).data == moved.data
