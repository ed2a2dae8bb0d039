"""Scripts in other dialects of SSA are read as libass reads them: fields, alignments, colours, and times."""

from __future__ import annotations

import pytest
from caption_reading import refused
from caption_world import document
from hypothesis import given
from hypothesis import strategies as st

from finish.stages.captions.formats.caption_formats import read
from finish.stages.captions.formats.script_dialects import in_order
from finish.stages.captions.source_place import NOWHERE

OLD = """\
[Script Info]
ScriptType: v4.00
PlayResX: 384
PlayResY: 288

[V4 Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, TertiaryColour, BackColour, Bold, Italic, \
BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, AlphaLevel, Encoding
Style: Default,Noto Sans,20,16777215,65535,65535,-2147483640,-1,0,1,3,0,6,30,30,30,0,0

[Events]
Format: Marked, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: Marked=0,0:00:01.5,0:00:03.25,Default,NTP,0000,0000,0000,,Hello, you
"""


def lines(text: str, kind: str) -> list[list[str]]:
    made = in_order(text, NOWHERE).splitlines()
    return [line.split(":", 1)[1].strip().split(",", 9) for line in made if line.startswith(kind)]


@pytest.mark.parametrize("name", ["a.ssa", "a.ass"])
def test_ssa_of_version_4_is_read(name: str) -> None:
    captions = read(document(OLD, name))
    (cue,) = captions.cues
    assert (cue.text, float(cue.start), float(cue.end)) == ("Hello, you", 1.5, 3.25)


def test_its_styles_have_new_alignments_and_colours() -> None:
    (style,) = [line for line in in_order(OLD, NOWHERE).splitlines() if line.startswith("Style")]
    fields = style.removeprefix("Style: ").split(",")
    assert len(fields) == 23
    assert fields[18] == "8", "6 of SSA is the top, in the middle"
    assert fields[5] == "&H00000008" and fields[6] == "&H80000008", "BackColour is that of the outline"


def test_fields_in_another_order_are_put_in_order() -> None:
    text = OLD.replace(
        "Marked, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text", "End, Start, Style, Text"
    )
    text = text.replace(
        "Marked=0,0:00:01.5,0:00:03.25,Default,NTP,0000,0000,0000,,Hello, you",
        "0:00:03.25,0:00:01.5,Default,Hello, you",
    )
    assert lines(text, "Dialogue") == [
        ["0", "0:00:01.50", "0:00:03.25", "Default", "", "0", "0", "0", "", "Hello, you"]
    ]


@pytest.mark.parametrize(
    ("stated", "read_as"),
    [
        ("0:0:0.04", "0:00:00.04"),
        ("-1:59:54.93", "0:00:00.00"),
        ("0:00:01", "0:00:01.00"),
        ("10:00:00.5", "10:00:00.50"),
    ],
)
def test_times_with_fewer_digits_and_before_0(stated: str, read_as: str) -> None:
    assert lines(OLD.replace("0:00:01.5", stated), "Dialogue")[0][1] == read_as


def test_a_format_line_without_times_is_refused() -> None:
    text = OLD.replace("Marked, Start, End,", "Marked, Start,")
    assert "the Format line has no End" in refused("a.ass", text.encode())


def test_lines_keep_their_numbers() -> None:
    assert len(in_order(OLD, NOWHERE).split("\n")) == len(OLD.split("\n"))
    wrong = OLD.replace("0:00:03.25", "nonsense")
    assert "a.ass:12" in refused("a.ass", wrong.encode())


@given(st.text("[V4+ Styles]\nFormat:Style:Dialogue,0.&H\t", max_size=300))
def test_no_text_stops_the_reader(text: str) -> None:
    from finish.errors import FinishError

    try:
        in_order(text, NOWHERE)
    except FinishError:
        return
