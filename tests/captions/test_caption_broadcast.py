"""Broadcast formats in: TTML, SCC, and EBU STL."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction

import pytest
from caption_reading import cue_texts, refused
from caption_world import document
from hypothesis import given
from hypothesis import strategies as st
from timing import Stopwatch

from finish.errors import FinishError
from finish.stages.captions.formats.caption_formats import CaptionFile, read

TT = (
    '<tt xmlns="http://www.w3.org/ns/ttml" xmlns:tts="http://www.w3.org/ns/ttml#styling" '
    'xmlns:ttp="http://www.w3.org/ns/ttml#parameter" '
    'ttp:frameRate="30" ttp:frameRateMultiplier="1000 1001" xml:lang="en"><head><styling>'
    '<style xml:id="s" tts:fontStyle="italic"/></styling>'
    '<layout><region xml:id="r" tts:displayAlign="after"/></layout></head><body '
    'begin="1s"><div>%s</div></body></tt>'
)


def test_ttml_times_count_from_what_a_paragraph_lies_in() -> None:
    text = TT % (
        '<p begin="1s" dur="2s">one<br/>two</p>\n'
        '<p begin="00:00:04:15" end="6s" style="s">three <span tts:fontStyle="normal">four</span></p>'
    )
    cues = read(document(text, "a.ttml")).cues
    assert [(cue.start, cue.end) for cue in cues] == [(2, 4), (1 + 4 + Fraction(15 * 1001, 30000), 7)]
    assert [[(run.text, run.italic) for run in cue.runs] for cue in cues] == [
        [("one\ntwo", False)],
        [("three ", True), ("four", False)],
    ]


def test_parts_of_a_paragraph_with_times_are_words_with_times() -> None:
    text = TT % '<p begin="1s" end="4s"><span begin="0s">one </span><span begin="1.5s">two</span></p>'
    (cue,) = read(document(text, "a.dfxp")).cues
    assert [(run.text, run.time) for run in cue.runs] == [("one ", None), ("two", Fraction(7, 2))]


def test_paragraphs_that_show_together_are_lines_of_one_cue() -> None:
    assert cue_texts("a.xml", TT % '<p begin="1s" end="2s">one</p><p begin="1s" end="2s">two</p>') == [
        (2, 3, "one\ntwo")
    ]


PAINT_ON = (
    "Scenarist_SCC V1.0\n\n00:00:10;00\t9429 9429 9470 9470 c8e9 2080 6162 2080 6162\n\n"
    "00:00:12;00\t942c 942c\n"
)


def test_painted_on_words_have_their_own_times_from_the_start_of_their_caption() -> None:
    (cue,) = read(document(PAINT_ON, "a.scc")).cues
    assert cue.text == "Hi ab ab"
    assert 10 < cue.start < Fraction(21, 2) and 12 < cue.end < Fraction(61, 5)
    times = [run.time for run in cue.runs if run.time is not None]
    assert times == sorted(times) and all(cue.start < time < cue.end for time in times)
    assert len(times) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<tt", "invalid XML"),
        ("<html/>", "not a TTML document"),
        ('<!DOCTYPE a [<!ENTITY b "c">]>' + TT % "", "<!DOCTYPE isn't allowed in a caption file"),
        (TT % ("<div>" * 60 + "</div>" * 60), "nested more than 40 deep"),
        (TT % '<p begin="1s" end="2s"/>', "the file has no cues"),
        (
            TT.replace("<tt ", '<tt xmlns:smpte="http://www.smpte-ra.org/schemas/2052-1/2010/smpte-tt" ')
            % '<div smpte:backgroundImage="x.png" begin="1s" end="2s"/>',
            "the captions are pictures",
        ),
        (TT % '<p begin="3s" end="2s">x</p>', "ends at 3 s, before it starts at 4 s"),
    ],
)
def test_ttml_that_is_none_is_refused(text: str, message: str) -> None:
    assert message in refused("a.ttml", text)


def test_a_long_programme_is_read_in_time(stopwatch: Stopwatch) -> None:
    many = "".join(f'<p begin="{at}s" end="{at + 0.9}s">word {at}</p>' for at in range(3000))
    with stopwatch(5):
        assert len(cue_texts("a.ttml", TT % many)) == 3000


SCC = "Scenarist_SCC V1.0\n\n%s\t9420 9420 94ae 94ae 9470 9470 %s 942f 942f\n\n%s\t942c 942c\n"


def test_scc_timecodes_are_of_29_97_frames() -> None:
    """Ten codes of two bytes, one per frame, come before the caption appears.

    The ninth is at 1 s and 9 frames of 30/1.001 …
    """
    ((start, end, text),) = cue_texts("a.scc", SCC % ("00:00:01:00", "c8e5 ecec ef80", "00:00:03:15"))
    assert (
        text == "Hello"
        and start == pytest.approx(40 * 1.001 / 30, abs=0.051)
        and end == pytest.approx(105 * 1.001 / 30, abs=1e-6)
    )
    assert "must start with the line Scenarist_SCC" in refused("a.scc", "hello")


def stl(
    *subtitles: tuple[str, str, bytes],
    head: str = "STL25.01",
    start: str = "10000000",
    table: bytes = b"00",
    count: int = 0,
) -> bytes:
    """An EBU STL file (Tech 3264) of subtitles as (in, out, text field)."""
    gsi = bytearray(b" " * 1024)
    blocks = b"%05d" % (count or len(subtitles))
    for at, value in (
        (0, b"850"),
        (3, head.encode()),
        (11, b"1"),
        (12, table),
        (238, blocks),
        (256, start.encode()),
    ):
        gsi[at : at + len(value)] = value
    blocks = b""
    for number, (begin, end, text) in enumerate(subtitles):
        times = bytes(int(part) for time in (begin, end) for part in time.split(":"))
        blocks += (
            bytes([0, number % 256, number // 256, 0xFF, 0])
            + times
            + bytes([20, 2, 0])
            + text.ljust(112, b"\x8f")
        )
    return bytes(gsi) + blocks


def test_stl_counts_from_the_programmes_start() -> None:
    data = stl(
        ("10:00:01:00", "10:00:03:12", b"\x0b\x0bHello \x80there\x81\x8aworld\x0a\x0a"),
        ("10:00:04:24", "10:00:06:00", b"Caf\xc2e  \xc8Uber"),
    )
    captions = read(document(data, "a.stl"))
    assert [(cue.start, cue.end) for cue in captions.cues] == [(1, Fraction(87, 25)), (Fraction(124, 25), 6)]
    assert [[(run.text, run.italic) for run in cue.runs] for cue in captions.cues] == [
        [("Hello ", False), ("there\n", True), ("world", False)],
        [("Café Über", False)],
    ]
    assert captions.notes == (
        "caption times count from 10:00:00:00, the programme start that the file states",
    )


def test_stl_in_other_letters_and_at_30() -> None:
    data = stl(
        ("00:00:01:15", "00:00:02:00", "Привет".encode("iso8859_5")),
        head="STL30.01",
        start="00000000",
        table=b"01",
    )
    assert cue_texts("a.stl", data) == [(1.5, 2, "Привет")]


def test_stl_subtitles_before_the_programme_are_left_out_with_a_note() -> None:
    data = stl(
        ("09:59:00:00", "09:59:50:00", b"Title card"),
        ("09:59:59:00", "10:00:01:00", b"over the start"),
        ("10:00:02:00", "10:00:03:00", b"in it"),
    )
    assert cue_texts("a.stl", data) == [(0, 1, "over the start"), (2, 3, "in it")]
    notes = read(document(data, "a.stl")).notes
    assert [note.code for note in notes] == ["caption-times", "cues-early"]
    assert "1 subtitle before the programme start (10:00:00:00) left out" in str(notes[1])


def test_stl_times_that_are_all_before_the_stated_start_count_from_0() -> None:
    data = stl(("00:00:01:00", "00:00:02:00", b"x"))
    (cue,), (note,) = read(document(data, "a.stl")).cues, read(document(data, "a.stl")).notes
    assert (cue.start, cue.end) == (1, 2) and note.code == "cues-early" and note.level == "act"


@pytest.mark.parametrize(
    ("head", "rate"), [("STL24.01", 24), ("STL25.01", 25), ("STL30.01", 30), ("STL50.01", 50)]
)
def test_stl_of_every_rate(head: str, rate: int) -> None:
    data = stl(("00:00:01:12", "00:00:03:00", b"x"), head=head, start="00000000")
    (cue,) = read(document(data, "a.stl")).cues
    assert cue.start == 1 + Fraction(12, rate)


def test_reserved_blocks_of_stl_hold_no_text() -> None:
    data = bytearray(
        stl(*[("00:00:01:00", "00:00:02:00", text) for text in (b"one ", b"no", b"two")], start="00000000")
    )
    for block, extension in enumerate((0x00, 0xF3, 0xFF)):
        data[1024 + 128 * block + 1 : 1024 + 128 * block + 4] = bytes((7, 0, extension))
    assert cue_texts("a.stl", bytes(data)) == [(1, 2, "one two")]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not an EBU STL file"),
        (stl(("10:00:01:00", "10:00:02:00", b"x"))[:-1], "not an EBU STL file"),
        (stl(("10:00:01:00", "10:00:02:00", b"x"), table=b"09"), "character table b'09'"),
        (stl(("10:00:01:25", "10:00:02:00", b"x")), "invalid timecode 10:00:01:25 at 25 fps"),
        (stl(("10:00:03:00", "10:00:02:00", b"x")), "ends before it starts"),
    ],
)
def test_stl_that_is_none_is_refused(data: bytes, message: str) -> None:
    assert message in refused("a.stl", data)


def test_a_head_that_lies_is_told() -> None:
    data = stl(("10:00:01:00", "10:00:02:00", b"x"), count=7)
    assert (
        "the header states 00007 blocks, but the file has 1 — check that it's complete"
        in read(document(data, "a.stl")).notes
    )


@given(st.binary(max_size=400), st.sampled_from(["a.ttml", "a.scc", "a.stl", "a.txt", "a.srt"]))
def test_any_bytes_are_captions_or_refused(data: bytes, name: str) -> None:
    head = {"a.scc": b"Scenarist_SCC V1.0\n\n00:00:01:00\t", "a.stl": stl()[:1024], "a.ttml": b"<tt>"}.get(
        name, b""
    )
    for each in (data, head + data, head + data[:128].ljust(128, b"\x01")):
        with suppress(FinishError):
            assert isinstance(read(document(each, name)), CaptionFile)
