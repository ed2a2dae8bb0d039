"""SRT and VTT in: what is styling, what is text, what is refused and where. Nothing is lost silently."""

from __future__ import annotations

import re
from collections import Counter
from fractions import Fraction

import pysubs2
import pytest
from caption_world import document, reading, srt
from hypothesis import given
from hypothesis import strategies as st

from finish.errors import FinishError
from finish.stages.captions.cues import Cue, CuePosition, StyledRun, without_small_overlaps
from finish.stages.captions.formats.caption_formats import read
from finish.stages.captions.formats.sidecar import SidecarOptions, sidecar
from finish.stages.captions.formats.subrip_markup import srt_text
from finish.stages.captions.source_place import SourcePlace

VTT = """WEBVTT - made by hand

NOTE
00:00.000 --> 00:09.000 is no cue here

STYLE
::cue { color: red }

intro
00:01.000 --> 00:02.500 line:80% align:start
<v Anna>Fish &amp; <c.loud>chips</c>&nbsp;&lt;now&gt;
<00:00:02.000><i.x>and</i> <b>then</b>

1:00:00.000 --> 01:00:01.000
skipped? no
"""


def texts(text: str, name: str = "a.srt") -> list[str]:
    return [cue.text for cue in reading(text, name).cues]


def refusal(text: str | bytes, name: str = "a.srt") -> str:
    with pytest.raises(FinishError) as wrong:
        reading(text, name)
    assert wrong.value.code == "captions"
    return str(wrong.value)


def test_a_plain_file() -> None:
    captions = reading(
        "1\r\n00:00:01,000 --> 00:00:02,500\r\nOne\r\nline\r\n\r\n2\r\n"
        "00:00:03,000 --> 00:00:04,000\r\nTwo\r\n"
    )
    assert captions.cues == (
        Cue(Fraction(1), Fraction(5, 2), (StyledRun("One\nline"),), 1, SourcePlace("a.srt", 2)),
        Cue(Fraction(3), Fraction(4), (StyledRun("Two"),), 2, SourcePlace("a.srt", 7)),
    )
    assert captions.notes == ()


def test_srt_keeps_three_tags_and_drops_a_few() -> None:
    (cue,) = reading(srt('<i>a</i> <B>b</B> <u>c<b>d</b></u> <font color="red">e</font> <3 <sigh> a<b')).cues
    assert cue.runs == (
        StyledRun("a", italic=True),
        StyledRun(" "),
        StyledRun("b", bold=True),
        StyledRun(" "),
        StyledRun("c", underline=True),
        StyledRun("d", bold=True, underline=True),
        StyledRun(" "),
        StyledRun("e", colour="#FF0000"),
        StyledRun(" <3 <sigh> a<b"),
    )


@pytest.mark.parametrize(
    "text",
    [
        r"C:\News\home",
        "list<int> or set<u> works",
        "if a<b and c>d, wait",
        "Write a <span> and no <font>",
        "R&D; AT&T",
        "%{x}",
        "{",
        "}",
        "\\",
        "00:00 -> 1",
        "see --> there",
    ],
)
def test_srt_text_stays_text(text: str) -> None:
    assert texts(srt(text)) == [text]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (r"{\i1}Softly{\i0} she said", "Softly she said"),
        (r"Row one\NRow two", "Row one\nRow two"),
        (r"a\hb", "a\u00a0b"),
        ("Salt &amp; pepper &#233;", "Salt & pepper é"),
        (r"{\an8}top", "top"),
        ("<i>never closed", "never closed"),
    ],
)
def test_srt_tags_that_editors_write_are_obeyed(text: str, plain: str) -> None:
    captions = reading(srt(text))
    assert captions.cues[0].text == plain and captions.notes == ()


def test_srt_alignment_is_a_place_and_other_overrides_are_left_out_with_a_note() -> None:
    top, corner, usual = reading(srt(r"{\an8}a", r"{\an1}b", r"{\an2}c")).cues
    assert top.position == CuePosition(edge="top")
    assert corner.position == CuePosition(edge="bottom", align="left", across=0.0) and usual.position is None
    (note,) = reading(srt("x", r"{\p1}m 0 0 l 9 9")).notes
    assert note.code == "captions-tags" and "left out of 1 cue (first at line 6)" in note


@given(st.text(st.sampled_from('ab<>/iu{}\\N&;h an1 "='), max_size=40))
def test_srt_loses_no_letter_outside_markup(text: str) -> None:
    """What is left out is markup: a tag in angle brackets, an override in braces, or an entity."""
    read = srt_text(text)
    patterns = (r"<[^<>]*>", r"\{\\[^{}]*\}", r"&\S{1,8}?;", r"\\[Nh]")
    markup = {
        at for pattern in patterns for match in re.finditer(pattern, text) for at in range(*match.span())
    }
    rest = [letter for at, letter in enumerate(text) if at not in markup and not letter.isspace()]
    assert not Counter(rest) - Counter("".join(run.text for run in read.runs))


def test_vtt_is_read_as_the_standard_says() -> None:
    first, second = reading(VTT.replace("1:00:00", "01:00:00"), "a.vtt").cues
    assert first.text == "Fish & chips\u00a0<now>\nand then"
    assert first.runs[1:] == (
        StyledRun("and", italic=True, time=Fraction(2)),
        StyledRun(" "),
        StyledRun("then", bold=True),
    )
    assert (first.start, first.end, first.place.line) == (1, Fraction(5, 2), 10)
    assert (second.start, second.number) == (3600, 2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "1\n00:00:01,0000 --> 00:00:02,000\nx",
            "a.srt:2  invalid cue times: '00:00:01,0000 --> 00:00:02,000' — write 0:00:01,500",
        ),
        ("1\n00:00:03,000 --> 00:00:02,000\nx", "a.srt:2  the cue ends before it starts"),
        ("1\n-00:00:01,000 --> 00:00:02,000\nx", "a.srt:2  negative time"),
        ("1\n00:00:01,000 --> -00:00:02,000\nx", "a.srt:2  negative time"),
        ("1\n24:00:01,000 --> 24:00:02,000\nx", "a.srt:2  the time 1440:02.00 is past 24 hours"),
        ("1\n00:61:01,000 --> 00:62:02,000\nx", "a.srt:2  invalid cue times"),
        ("\n1\nab --> cd\nx", "a.srt:3  invalid cue times: 'ab --> cd'"),
        ("hello\n\n1\n00:00:01,000 --> 00:00:02,000\nx", "a.srt:1  text outside any cue: 'hello'"),
        ("just text", "a.srt:1  text outside any cue"),
        ("", "a.srt  the file has no cues"),
        ("1\n00:00:01,000 --> 00:00:02,000\n \n\u200b\n", "a.srt  the file has no cues"),
        ("1\n00:00:01,000 --> 00:00:02,000\na\x00b", "a.srt:3:2  control character U+0000"),
        (
            "1\n00:00:01,000 --> 00:00:02,000\n" + "x" * 2001,
            "a.srt:2  a cue of 2,001 characters; the limit is 2,000",
        ),
        ("x" * 5_000_001, "a.srt  the caption file has 5,000,001 bytes"),
    ],
)
def test_srt_refusals_name_the_line(text: str, message: str) -> None:
    assert message in refusal(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("WEBVTT\n\nlost text", "a.vtt:3  neither a cue nor a NOTE: 'lost text'"),
        ("hello", "a.vtt  the file has no cues"),
        ("WEBVTT\n\n00:01;000 --> 00:02.000\nx", "a.vtt:3  invalid cue times"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n&#7;", "a.vtt  the file has no cues"),
    ],
)
def test_vtt_refusals_name_the_line(text: str, message: str) -> None:
    assert message in refusal(text, "a.vtt")


HEADLESS = "the file doesn't start with the line WEBVTT, and was read as WebVTT"


@pytest.mark.parametrize(
    "head", ["", "WEBVTTX\n\n", "\n\nWEBVTT\n\n", "junk WEBVTT\nmore\n\n", "\tWEBVTT\n\n"]
)
def test_webvtt_without_its_first_line_is_read_with_a_note(head: str) -> None:
    captions = read(document(f"{head}00:01.000 --> 00:02.000\nx", "a.vtt"))
    assert [(cue.start, cue.end, cue.text) for cue in captions.cues] == [(1, 2, "x")]
    assert captions.notes == (HEADLESS,)


@pytest.mark.parametrize(
    ("part", "quoted"),
    [
        ("lost text", "'lost text'"),
        ("00:0x.000 --> 00:04.000\nlost", "'00:0x.000 --> 00:04.000'"),
        ("-->\nlost", "'-->'"),
        ("-00:00:01.000 --> 00:04.000\nlost", "'-00:00:01.000 --> 00:04.000'"),
    ],
)
def test_what_no_player_shows_of_webvtt_is_reported_by_its_line(part: str, quoted: str) -> None:
    text = f"WEBVTT\n\n00:01.000 --> 00:02.000\nx\n\n{part}\n\n00:05.000 --> 00:06.000\ny"
    captions = read(document(text, "a.vtt"))
    assert [cue.text for cue in captions.cues] == ["x", "y"]
    (note,) = captions.notes
    assert note.code == "captions-skipped" and note.level == "act"
    assert f"1 part of the file outside any cue (first at line 6: {quoted})" in str(note)


@pytest.mark.parametrize("part", ["WEBVTT\nX-TIMESTAMP-MAP=LOCAL:0", "Region: id=a width=40%", "NOTE a\n-->"])
def test_headers_and_notes_between_cues_are_nothing_to_report(part: str) -> None:
    text = f"WEBVTT\n\n00:01.000 --> 00:02.000\nx\n\n{part}\n\n00:05.000 --> 00:06.000\ny"
    captions = read(document(text, "a.vtt"))
    assert [cue.text for cue in captions.cues] == ["x", "y"] and captions.notes == ()


@given(
    st.integers(0, 200), st.integers(0, 59), st.integers(0, 999),
    st.sampled_from(["", " ", "  align:start", "line:40%", "\tposition:10%"]),
)  # fmt: skip
def test_minutes_above_59_and_settings_without_a_blank_are_read(
    minutes: int, seconds: int, part: int, settings: str
) -> None:
    start = f"{minutes:02}:{seconds:02}.{part:03}"
    text = f"WEBVTT\n\n{start} --> {minutes + 1:03}:{seconds:02}.{part:03}{settings}\nx"
    (cue,) = read(document(text, "a.vtt")).cues
    assert cue.start == 60 * minutes + seconds + Fraction(part, 1000) and cue.end == cue.start + 60


@pytest.mark.parametrize(
    ("text", "meant"),
    [("It\x92s", "It’s"), ("a\x0bb", "a b"), ("\x80 5", "€ 5"), ("x\x1a", "x"), ("a\x85", "a…")],
)
def test_control_characters_are_letters_of_windows_or_blanks(text: str, meant: str) -> None:
    captions = read(document(srt(text), "a.srt"))
    assert [cue.text for cue in captions.cues] == [meant]
    (note,) = captions.notes
    assert (note.code, note.level) == ("captions-controls", "act")
    assert "1 control character in the captions (first at line 3)" in str(note)


def test_nul_is_none_of_the_text_of_webvtt() -> None:
    captions = read(document("WEBVTT\n\n00:01.000 --> 00:02.000\na\0b", "a.vtt"))
    assert captions.cues[0].text == "a b" and captions.notes[0].code == "captions-controls"


def test_rt_outside_ruby_is_text() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n<rt>a</rt><ruby>b<rt>c</rt></ruby>d"
    captions = read(document(text, "a.vtt"))
    assert captions.cues[0].text == "abd" and captions.notes[0].code == "captions-ruby"


def test_every_mistake_is_told_at_once() -> None:
    message = refusal(
        srt("a", "b", "c")
        .replace("00:00:00,000 -->", "0,0 -->")
        .replace("--> 00:00:12,000", "--> 00:00:01,000")
    )
    assert [line.split("  ")[0] for line in message.splitlines()] == ["a.srt:2", "a.srt:10"]


@pytest.mark.parametrize("name", ["a.sub", "captions"])
def test_other_formats_are_refused_by_name(name: str) -> None:
    assert "use one of .srt .vtt .webvtt .ass .ssa .json .scc .stl .txt" in refusal(srt("x"), name)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_that_are_read(encoding: str) -> None:
    assert [cue.text for cue in reading(srt("naïve שלום 😀").encode(encoding)).cues] == ["naïve שלום 😀"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            srt("plain", "na\u00efve").encode("latin-1"),
            (
                "a.srt:7  byte 0xef isn't valid UTF-8 — "
                "save the file as UTF-8, or state its encoding: `encoding:"
            ),
        ),
        (
            srt("x").encode("utf-16") + b"\x00\xd8\x41\x00",
            "isn't valid UTF-16 — save the file as UTF-8, or state its encoding: `encoding: windows-1252`",
        ),
        (srt("plain", "日本").encode("shift-jis"), "a.srt:7  byte 0x93 isn't valid UTF-8"),
        (b"\x89PNG\r\n\x1a\n", "a.srt:1  byte 0x89 isn't valid UTF-8"),
    ],
)
def test_other_encodings_are_refused_with_their_line(data: bytes, message: str) -> None:
    assert message in refusal(data)


def test_what_turns_the_reading_direction_is_taken_out() -> None:
    captions = reading(srt("\u202bשלום\u202c!", "a\u200f\ufeffb"))
    assert [cue.text for cue in captions.cues] == ["שלום!", "a\u200fb"]
    assert "change the reading direction" in captions.notes[0]
    assert reading("WEBVTT\n\n00:01.000 --> 00:02.000\na&#x202e;b", "a.vtt").cues[0].text == "ab"


def test_oddities_are_kept_and_told() -> None:
    text = (
        "2\n00:00:05,000 --> 00:00:06,000\nlate\n\n1\n00:00:01,000 --> 00:00:05,500\nearly\n\n3\n"
        "00:00:07,000 --> 00:00:08,000\n\n"
    )
    captions = reading(text)
    assert [cue.text for cue in captions.cues] == ["early", "late"]
    assert captions.notes == (
        "1 empty cue dropped (first at line 10)",
        "the cues weren't in order of time, and were sorted",
        "1 cue starting before the previous cue ends",
    )


def test_numbers_are_text_unless_they_count() -> None:
    assert texts("1\n00:00:01,000 --> 00:00:02,000\nThe answer is\n42") == ["The answer is\n42"]
    assert texts("1\n00:00:01,000 --> 00:00:02,000\nten\n9\n\n2\n00:00:03,000 --> 00:00:04,000\nx") == [
        "ten\n9",
        "x",
    ]
    assert texts("1\n00:00:01,000 --> 00:00:02,000\nno blank\n2\n00:00:03,000 --> 00:00:04,000\nx") == [
        "no blank",
        "x",
    ]
    assert texts("00:00:01,000 --> 00:00:02,000\nx\n\nwith a gap\n\n00:00:03,000 --> 00:00:04,000\ny") == [
        "x\nwith a gap",
        "y",
    ]


def test_a_line_of_digits_without_end_is_only_text() -> None:
    assert texts("1\n00:00:01,000 --> 00:00:02,000\nx\n" + "9" * 900 + "\n00:00:03,000 --> 00:00:04,000\ny")[
        0
    ].startswith("x\n999")
    assert "the limit is" in refusal(
        "1\n00:00:01,000 --> 00:00:02,000\nx\n" + "9" * 5000 + "\n00:00:03,000 --> 00:00:04,000\ny"
    )


def test_other_line_separators_end_a_line() -> None:
    assert texts(srt("a\u2028b")) == ["a\nb"]


def test_sloppy_ends_are_cut_and_long_overlaps_kept() -> None:
    def cue(start: float, end: float) -> Cue:
        return Cue(Fraction(start), Fraction(end), (StyledRun("x"),), 1)

    assert [overlap.end for overlap in without_small_overlaps((cue(0, 2.25), cue(2, 4), cue(4, 6)))] == [
        2,
        4,
        6,
    ]
    assert [overlap.end for overlap in without_small_overlaps((cue(0, 3), cue(2, 4)))] == [3, 4]
    assert [overlap.end for overlap in without_small_overlaps((cue(0, 4.25), cue(4, 4.125)))] == [
        Fraction(17, 4),
        Fraction(33, 8),
    ]


WORDS = (
    st.text(
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cf")),
        min_size=1,
        max_size=30,
    )
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: text and "-->" not in text and not text.isdecimal())
)
SPANS = st.tuples(st.integers(0, 10_000_000), st.integers(1, 10_000)).map(
    lambda pair: (Fraction(pair[0], 1000), Fraction(sum(pair), 1000))
)
COLOURS = st.sampled_from(["", "#FFFF00", "#00FF00", "#12AB9F"])
STYLED = st.builds(StyledRun, WORDS, st.booleans(), st.booleans(), st.booleans(), st.none(), COLOURS)


@given(st.lists(st.tuples(SPANS, STYLED), min_size=1, max_size=8))
def test_a_vtt_sidecar_is_read_back_as_it_was(
    made: list[tuple[tuple[Fraction, Fraction], StyledRun]],
) -> None:
    made.sort(key=lambda each: each[0][0])
    cues = tuple(Cue(*span, (run,), number) for number, (span, run) in enumerate(made, 1))
    written = sidecar(cues, "vtt", SidecarOptions("en"))
    again = reading(written.content, "a.vtt").cues
    assert [(cue.start, cue.end, cue.runs) for cue in again] == [
        (cue.start, cue.end, cue.runs) for cue in cues
    ]
    assert written.suffix == ".en.vtt"


def test_a_literal_line_break_of_another_format_stays_text_in_srt() -> None:
    cues = (Cue(Fraction(0), Fraction(1), (StyledRun(r"C:\New"),), 1),)
    (cue,) = reading(sidecar(cues, "srt", SidecarOptions()).content).cues
    assert cue.text.replace("\u2060", "") == r"C:\New"


@given(
    st.lists(
        st.tuples(SPANS, WORDS.filter(lambda text: not re.search(r"<|\\[Nnh]", text))), min_size=1, max_size=8
    )
)
def test_an_srt_sidecar_is_read_back_by_us_and_by_another(
    made: list[tuple[tuple[Fraction, Fraction], str]],
) -> None:
    made.sort(key=lambda each: each[0][0])
    cues = tuple(Cue(*span, (StyledRun(text),), number) for number, (span, text) in enumerate(made, 1))
    content = sidecar(cues, "srt", SidecarOptions()).content
    assert [(cue.start, cue.end, cue.text) for cue in reading(content).cues] == [
        (cue.start, cue.end, cue.text) for cue in cues
    ]
    other = pysubs2.SSAFile.from_string(content.decode(), format_="srt")
    assert [(event.start, event.end) for event in other] == [
        (cue.start * 1000, cue.end * 1000) for cue in cues
    ]


@given(st.text(max_size=400), st.sampled_from(["a.srt", "a.vtt", "a.ass"]))
def test_any_text_is_read_or_refused(text: str, name: str) -> None:
    try:
        captions = read(document(text.encode("utf-8", "replace"), name))
    except FinishError as wrong:
        assert wrong.code in ("captions", "font", "glyph")
    else:
        assert len(captions.cues) <= len(re.findall("-->|Dialogue", text))


@given(st.binary(max_size=200), st.sampled_from(["a.srt", "a.vtt", "a.ass"]))
def test_any_bytes_are_read_or_refused(data: bytes, name: str) -> None:
    try:
        read(document(data, name))
    except FinishError as wrong:
        assert wrong.where.startswith(name)
