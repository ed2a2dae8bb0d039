"""SCC and EBU STL out: times to the frame, every character, places, and what is refused or noted."""

from __future__ import annotations

import re
import subprocess
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from caption_world import document
from hypothesis import given
from hypothesis import strategies as st

from finish.errors import FinishError
from finish.media.ffmpeg import ffmpeg_runner
from finish.stages.captions.cues import Cue, CuePosition, StyledRun
from finish.stages.captions.formats import line21_codes
from finish.stages.captions.formats.caption_formats import read
from finish.stages.captions.formats.frame_timecode import NTSC, FrameClock
from finish.stages.captions.formats.sidecar import SidecarOptions, lost_notes, sidecar

TEN, FRAME = Fraction(10), 1 / NTSC


def cue(text: str, start: Fraction | int = TEN, length: Fraction | int = 3, **given: object) -> Cue:
    runs = given.pop("runs", None) or (StyledRun(text),)
    return Cue(Fraction(start), Fraction(start) + length, runs, 1, **given)  # type: ignore[arg-type]


def scc(*cues: Cue, timecode: str = "") -> str:
    return sidecar(cues, "scc", SidecarOptions("en", Fraction(30), timecode)).content.decode()


def stl(*cues: Cue, rate: int = 25, timecode: str = "", language: str = "en", **given: object) -> bytes:
    options = SidecarOptions(language, Fraction(rate), timecode, **given)  # type: ignore[arg-type]
    return sidecar(cues, "stl", options).content


def read_back(content: bytes, suffix: str) -> tuple[Cue, ...]:
    return read(document(content, f"a.{suffix}")).cues


def words(text: str) -> list[str]:
    return text.split()


# Frames and timecode.


@pytest.mark.parametrize(
    ("frame", "label"),
    [
        (0, "00:00:00;00"),
        (1799, "00:00:59;29"),
        (1800, "00:01:00;02"),
        (17_981, "00:09:59;29"),
        (17_982, "00:10:00;00"),
        (107_892, "01:00:00;00"),
    ],
)
def test_drop_frame_labels_are_those_of_st_12(frame: int, label: str) -> None:
    clock = FrameClock.ntsc("")
    assert clock.label(frame) == label and clock.number(label) == frame


@given(st.integers(0, 24 * 107_892 - 1))
def test_labels_and_frames_are_each_others(frame: int) -> None:
    for clock in (FrameClock.ntsc("00:00:00;00"), FrameClock.ntsc("00:00:00:00")):
        assert clock.number(clock.label(frame)) == frame


def test_a_start_timecode_is_the_label_of_the_first_frame() -> None:
    assert FrameClock.whole(25, "10:00:00:00").label(25) == "10:00:01:00"
    assert FrameClock.ntsc("01:00:00;00").label(0) == "01:00:00;00"


# SCC.


def test_a_caption_shows_and_ends_at_its_own_frames() -> None:
    lines = [line.split("\t") for line in scc(cue("Hello there")).splitlines()[2::2]]
    clock = FrameClock.ntsc("")
    shown, erased = lines[-2:]
    assert shown == [clock.label(clock.frame(TEN)), "942f 942f"]
    assert erased == [clock.label(clock.frame(TEN + 3)), "942c 942c"]
    assert lines[0][1].startswith("9420 9420 94ae 94ae")


TEXTS = st.lists(
    st.text("".join(sorted({*line21_codes._BASIC, *line21_codes._SPECIAL, *line21_codes._EXTENDED} - {" "})))
    .map(lambda text: text[:12])
    .filter(bool),
    min_size=1,
    max_size=6,
).map(" ".join)


@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_every_character_and_time_comes_back(texts: list[str]) -> None:
    cues = [cue(text, 10 + 5 * number, 4) for number, text in enumerate(texts)]
    content = scc(*cues)
    check_bandwidth(content)
    for one, back in zip(cues, read_back(content.encode(), "scc"), strict=True):
        assert plain(back.text) == plain(one.text)
        assert abs(back.start - one.start) <= FRAME and abs(back.end - one.end) <= FRAME


def plain(text: str) -> str:
    """Text as an independent reader has it: it draws a few signs in another way."""
    spelled = text.translate(
        str.maketrans({"—": "━", "’": "'", "‘": "'", "│": "|", "¦": "|", "┃": "|", "^": "ʌ"})
    )
    return "".join(re.sub(r"[┌┐└┘┏┓┗┛|]", "+", spelled).split())


def check_bandwidth(content: str) -> None:
    """A decoder gets two bytes per frame: no line begins before the one above is sent."""
    clock = FrameClock.ntsc("")
    lines = [line.split("\t") for line in content.splitlines()[2::2]]
    for (at, codes), (after, _) in pairwise(lines):
        assert clock.number(at) + len(codes.split()) <= clock.number(after)
    for _, codes in lines:
        for code in codes.split():
            assert all(byte.bit_count() % 2 for byte in bytes.fromhex(code)), "odd parity"


def test_rows_have_thirty_two_columns_and_four_show() -> None:
    (back,) = read_back(
        scc(cue("one two three four five six seven eight nine ten", length=6)).encode(), "scc"
    )
    assert all(len(line) <= 32 for line in back.text.split("\n"))
    with pytest.raises(FinishError, match="SCC shows 4"):
        scc(cue(" ".join(["a long word"] * 14), length=20))
    with pytest.raises(FinishError, match="wider than the 32 columns"):
        scc(cue("x" * 33))


@pytest.mark.parametrize("text", ["Привет", "你好", "שלום", "καλά"])
def test_letters_without_a_code_are_refused(text: str) -> None:
    with pytest.raises(FinishError, match="CEA-608 has no code for"):
        scc(cue(text))


def test_typographic_marks_and_accents_are_written_plainly() -> None:
    (back,) = read_back(scc(cue("Łódź … ‚it’s‘ 5−3 👍")).encode(), "scc")
    assert back.text == "Lódz ... ,it's‘ 5-3"


def test_a_caption_that_could_only_show_late_is_refused() -> None:
    early = cue("It takes a second to send so many letters", Fraction(1, 5), Fraction(3, 2))
    with pytest.raises(FinishError, match="SCC sends two bytes per frame"):
        scc(early)


def test_a_short_delay_is_noted() -> None:
    cues = (cue("First", 10, 2), cue("Then a second", 12, 3))
    options = SidecarOptions("en", Fraction(30))
    assert lost_notes(cues, ("scc",), options) == []
    quick = (cue("First", 10, 1), cue("x" * 30 + " " + "y" * 30, 11, 4))
    assert [note.code for note in lost_notes(quick, ("scc",), options)] == ["scc-late"]


def test_places_and_styles_are_kept() -> None:
    top = cue("Up here", position=CuePosition(edge="top"))
    (back,) = read_back(scc(top).encode(), "scc")
    assert back.position is not None and (back.position.down or 0) < 0.3
    runs = (StyledRun("Slanted ", italic=True), StyledRun("and "), StyledRun("yellow", colour="#FFFF00"))
    (styled,) = read_back(scc(cue("", runs=runs)).encode(), "scc")
    assert any(run.italic and "Slanted" in run.text for run in styled.runs)
    assert any(run.colour.upper() == "#FFFF00" and "yellow" in run.text for run in styled.runs)


def test_cues_at_one_time_are_one_screen() -> None:
    pair = (cue("Who is there?", 10, 3), cue("Me!", 10, 3, position=CuePosition(edge="top")))
    back = read_back(scc(*pair).encode(), "scc")
    assert [" ".join(one.text.split()) for one in back] == ["Me! Who is there?"]


@pytest.mark.media
def test_ffmpeg_reads_the_same_words_and_times(tmp_path: Path) -> None:
    cues = (cue("Hello “there”, ñandú", 10, 3), cue("Très bien – à bientôt", 14, 3))
    (tmp_path / "a.scc").write_text(scc(*cues))
    command = [ffmpeg_runner.binary(), "-v", "error", "-i", str(tmp_path / "a.scc"), "-f", "srt", "-"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    back = read(document(re.sub(r"\\h|\{[^}]*\}", "", text), "a.srt")).cues
    assert [words(one.text) for one in back] == [
        ["Hello", "“there”,", "ñandú"],
        words("Très bien - à bientôt"),
    ]
    assert all(abs(one.start - other.start) <= 2 * FRAME for one, other in zip(cues, back, strict=True))


# EBU STL.


def test_the_header_states_the_programme() -> None:
    content = stl(cue("Hello"), cue("There", 14), timecode="10:00:00:00")
    assert (content[:3], content[3:11], content[11:12], content[12:14]) == (b"850", b"STL25.01", b"1", b"00")
    assert content[14:16] == b"09", "English (Tech 3264, appendix 3)"
    assert (content[238:243], content[243:248]) == (b"00002", b"00002")
    assert (content[256:264], content[264:272]) == (b"10000000", b"10001000")
    assert len(content) == 1024 + 2 * 128


def test_a_block_has_its_times_row_and_text() -> None:
    block = stl(cue("Hello"), timecode="10:00:00:00")[1024:]
    assert tuple(block[5:13]) == (10, 0, 10, 0, 10, 0, 13, 0)
    assert (block[3], block[13], block[14], block[15]) == (0xFF, 22, 2, 0)
    assert block[16:].rstrip(b"\x8f") == b"\x0d\x0b\x0bHello\x0a\x0a"


STL_TEXTS = st.lists(
    st.text("abcXYZ0189äöüßéèñçŁłØøĐđŠšőűąęÆæ¿¡£¥°½♪-.,?!", min_size=1, max_size=12), min_size=1, max_size=8
).map(" ".join)


@given(st.lists(STL_TEXTS, min_size=1, max_size=5), st.sampled_from(["teletext", "open"]))
def test_every_letter_and_frame_comes_back(texts: list[str], mode: str) -> None:
    cues = tuple(cue(text, 10 + 5 * number, 4) for number, text in enumerate(texts))
    back = read_back(stl(*cues, stl_mode=mode), "stl")
    assert [words(one.text) for one in back] == [words(one.text.replace("Đ", "Ð")) for one in cues]
    assert [(one.start, one.end) for one in back] == [(one.start, one.end) for one in cues]


@pytest.mark.parametrize(
    ("text", "table"),
    [("Привет, как дела?", b"01"), ("καλημέρα", b"03"), ("שלום לכולם", b"04"), ("Olá", b"00")],
)
def test_a_script_has_its_table(text: str, table: bytes) -> None:
    content = stl(cue(text))
    assert content[12:14] == table and words(read_back(content, "stl")[0].text) == words(text)


def test_what_no_table_has_is_refused() -> None:
    with pytest.raises(FinishError, match="no character table of EBU STL has"):
        stl(cue("你好"))
    with pytest.raises(FinishError, match="together with the file's other letters"):
        stl(cue("Привет"), cue("καλημέρα", 20))


@pytest.mark.parametrize(("rate", "stated"), [(25, b"STL25.01"), (50, b"STL25.01"), (30, b"STL30.01")])
def test_the_rate_is_that_of_the_programme(rate: int, stated: bytes) -> None:
    assert stl(cue("Hello"), rate=rate)[3:11] == stated


def test_rates_without_a_standard_are_refused() -> None:
    with pytest.raises(FinishError, match="EBU STL has 25 and 30 frames per second, and the picture has 24"):
        stl(cue("Hello"), rate=24)


def test_a_long_subtitle_takes_several_blocks_and_keeps_its_accents() -> None:
    text = " ".join(["é" * 30] * 4)
    content = stl(cue(text, length=6), stl_mode="open")
    assert len(content) > 1024 + 128 and words(read_back(content, "stl")[0].text) == words(text)
    blocks = [content[at : at + 128] for at in range(1024, len(content), 128)]
    assert [block[3] for block in blocks] == [*range(len(blocks) - 1), 0xFF]


def test_colours_are_of_teletext_and_italics_of_open_files() -> None:
    runs = (StyledRun("Red ", colour="#FF0000"), StyledRun("slanted", italic=True))
    teletext, opened = stl(cue("", runs=runs)), stl(cue("", runs=runs), stl_mode="open")
    assert b"\x01Red" in teletext and b"\x80slanted\x81" in opened
    losses = {
        mode: str(lost_notes((cue("", runs=runs),), ("stl",), SidecarOptions(stl_mode=mode))[0])  # type: ignore[arg-type]
        for mode in ("teletext", "open")
    }
    assert "italics" in losses["teletext"] and "colours" in losses["open"]


@pytest.mark.parametrize(
    ("colour", "code"),
    [("#FF0000", 1), ("#00FF00", 2), ("#FFFF00", 3), ("#0000FF", 4), ("#FF00FF", 5), ("#00FFFF", 6)],
)
def test_a_colour_has_its_code_before_its_words(colour: str, code: int) -> None:
    """The alpha codes of EBU Tech 3264, appendix 3: 01h is red, 06h is cyan."""
    content = stl(cue("", runs=(StyledRun("Hello", colour=colour),)))
    before, _, _ = content[1024 + 16 :].partition(b"Hello")
    assert [byte for byte in before if 1 <= byte <= 6] == [code]
