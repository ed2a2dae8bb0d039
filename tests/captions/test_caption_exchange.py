"""Captions for exchange: code pages, timecodes, other speeds, TTML out, and plain text."""

from __future__ import annotations

import encodings
import pkgutil
import xml.etree.ElementTree as tree
from contextlib import suppress
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import pytest
from caption_reading import cue_texts, refused
from caption_world import document, programme, settings, srt
from hypothesis import given
from hypothesis import strategies as st
from imschrm import hrm
from pydantic import ValidationError
from timing import Stopwatch
from ttconv.imsc import reader
from ttconv.isd import ISD

from finish.errors import FinishError
from finish.model import Document
from finish.stages.captions.caption_source import load_captions
from finish.stages.captions.cues import Cue, StyledRun, stretch_factor, stretched, without_hour_offset
from finish.stages.captions.formats import plain_text
from finish.stages.captions.formats.caption_formats import read
from finish.stages.captions.formats.markup import is_encoding
from finish.stages.captions.formats.sidecar import SidecarOptions, sidecar
from finish.stages.captions.source_place import NOWHERE
from finish.stages.captions.timing.text_spreading import spread_by_syllables, too_long
from finish.units import Size, Span

TEXTS = {
    "fr": ("windows-1252", "Ça va être très bien."),
    "de": ("windows-1252", "Größe, schöne Grüße!"),
    "pl": ("windows-1250", "Zażółć gęślą jaźń."),
    "ru": ("windows-1251", "Привет, как дела?"),
    "el": ("windows-1253", "Καλημέρα σας"),
    "tr": ("windows-1254", "Şimdi çıkıyoruz"),
    "he": ("windows-1255", "שלום לכולם"),
    "ar": ("windows-1256", "مرحبا بكم"),
    "ja": ("cp932", "今日はいい天気"),
    "zh-Hans": ("gb18030", "我们去公园"),
    "zh-Hant": ("big5hkscs", "我們去公園"),
    "ko": ("cp949", "안녕하세요"),
    "th": ("cp874", "สวัสดีครับ"),
    "vi": ("windows-1258", "chào"),
}


@pytest.mark.parametrize("language", TEXTS)
def test_old_code_pages_are_read_by_language_or_name_and_never_guessed(language: str) -> None:
    encoding, text = TEXTS[language]
    data = srt(text).encode(encoding)
    captions = read(document(data), language=language)
    assert captions.cues[0].text == text and f"read as {encoding}" in captions.notes[0]
    assert "save the file as UTF-8, or state its encoding" in refused("a.srt", data)
    named = read(document(data), encoding=encoding)
    assert named.cues[0].text == text and named.notes == ()


def test_sixteen_bits_are_known_by_their_nuls() -> None:
    for each in ("utf-16-le", "utf-16-be", "utf-16", "utf-8-sig"):
        assert cue_texts("a.srt", srt("Hello there").encode(each))[0][2] == "Hello there"
    assert 'unknown text encoding "klingon"' in refused("a.srt", srt("x"), encoding="klingon")


def test_a_cue_of_no_length_is_shown_as_long_as_it_takes() -> None:
    text = (
        "1\n00:00:01,000 --> 00:00:01,000\nHi\n\n2\n00:00:05,000 --> 00:00:05,000\n"
        + "x" * 40
        + "\n\n3\n00:00:06,000 --> 00:00:06,500\nsoon\n"
    )
    captions = read(document(text))
    assert [(cue.start, cue.end) for cue in captions.cues] == [
        (1, 1 + Fraction(5, 6)),
        (5, 6),
        (6, Fraction(13, 2)),
    ]
    assert captions.notes == ("2 cues without a duration (first at line 2): each shows for its reading time",)


def test_cues_of_no_length_that_start_together_are_all_shown() -> None:
    both = "".join(f"{number}\n00:00:01,000 --> 00:00:01,000\nHi\n\n" for number in (1, 2))
    assert [cue[:2] for cue in cue_texts("a.srt", both)] == [(1, pytest.approx(11 / 6))] * 2


def one(start: float, end: float) -> Cue:
    return Cue(Fraction(str(start)), Fraction(str(end)), (StyledRun("x", time=Fraction(str(start))),), 1)


def test_timecodes_of_a_programme_count_from_their_hour() -> None:
    found, notes = without_hour_offset((one(36001, 36002), one(36030, 36031)), Fraction(40))
    assert [(each.start, each.end, each.runs[0].time) for each in found] == [(1, 2, 1), (30, 31, 30)]
    assert notes == ["caption times count from 10:00:00:00, as broadcast timecode does"]
    for cues, length in (
        ((one(1, 2),), 40),
        ((one(36001, 36002), one(36050, 36051)), 40),
        ((one(3601, 3602),), 5000),
    ):
        assert without_hour_offset(cues, Fraction(length)) == (cues, [])


def test_captions_for_another_speed_are_stretched_exactly() -> None:
    """24,000 frames at 24/1.001 fps last 1,001 s, and 960 s when played at 25 fps."""
    assert stretch_factor("25:23.976") == Fraction(1001, 960) and stretch_factor("") == 1
    assert [each.end for each in stretched((one(1, 960),), stretch_factor("25:23.976"))] == [1001]
    for wrong in ("25", "25:0", "a:b", "25:1", "1:25"):
        with pytest.raises(ValueError, match=r"rate|stretch"):
            stretch_factor(wrong)


@given(st.sampled_from(["25:23.976", "23.976:24", "24:25"]), st.fractions(0, 1000), st.fractions(1, 10))
def test_there_and_back_is_where_it_was(pair: str, start: Fraction, length: Fraction) -> None:
    cues = (Cue(start, start + length, (StyledRun("x", time=start),), 1),)
    assert (
        stretched(stretched(cues, stretch_factor(pair)), stretch_factor(":".join(pair.split(":")[::-1])))
        == cues
    )


letters = st.text(st.sampled_from("ab <&>\"'é漢{\\"), min_size=1, max_size=8)


runs = st.lists(
    st.builds(StyledRun, letters, st.booleans(), st.booleans(), st.booleans()), min_size=1, max_size=4
)


@given(runs)
def test_ttml_says_what_the_cues_say(parts: list[StyledRun]) -> None:
    cue = Cue(Fraction(1), Fraction(2), tuple(parts), 1)
    text = " ".join(cue.text.split())
    if not text:
        return
    (back,) = read(document(sidecar((cue,), "ttml", SidecarOptions("en")).content, "a.ttml")).cues
    assert " ".join(back.text.split()) == text and (back.start, back.end) == (1, 2)


def test_ttml_is_imsc_text_profile_for_others_too() -> None:
    text = (StyledRun("One line\n"), StyledRun("and <another> & more", italic=True))
    cues = tuple(Cue(Fraction(at), at + Fraction(9, 10), text, at) for at in range(1, 40))
    content = sidecar(cues, "ttml", SidecarOptions("de")).content
    model = reader.to_model(tree.ElementTree(tree.fromstring(content)))
    sequence = ((time, shown) for time, shown in ISD.generate_isd_sequence(model))
    hrm.validate(sequence, Handler())
    assert model.get_lang() == "de" and b"imsc1.1/text" in content


class Handler(hrm.EventHandler):
    """A document that exceeds the rendering limits of the reference model."""

    def error(self, *wrong: object) -> None:
        raise AssertionError(wrong)


words = st.lists(
    st.tuples(st.text(st.sampled_from("abc<&"), min_size=1, max_size=5), st.integers(1, 400)),
    min_size=1,
    max_size=8,
)


@given(words)
def test_vtt_keeps_when_each_word_is_spoken(said_words: list[tuple[str, int]]) -> None:
    at, parts = Fraction(1), []
    for number, (text, step) in enumerate(said_words):
        parts.append(StyledRun(text if not number else f" {text}", time=at if number else None))
        at += Fraction(step, 1000)
    cue = Cue(Fraction(1), at + 1, tuple(parts), 1)
    (back,) = read(document(sidecar((cue,), "vtt", SidecarOptions()).content, "a.vtt")).cues
    assert back.text == cue.text
    assert [run.time for run in back.runs if run.time is not None] == [
        run.time for run in parts if run.time is not None
    ]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Dr. Who met J. Smith. Then left.", ["Dr. Who met J. Smith.", "Then left."]),
        ("He said “stop.” I did.", ["He said “stop.”", "I did."]),
        ("今日は。明日は！", ["今日は。", "明日は！"]),
        ("a\nb\n\nc", ["a", "b", "c"]),
        ("no stop at all", ["no stop at all"]),
        ("  \n ", []),
        ("3.5 kg. More.", ["3.5 kg.", "More."]),
    ],
)
def test_a_text_is_parted_in_sentences(text: str, parts: list[str]) -> None:
    assert list(plain_text.text_sentences(text)) == parts


@given(st.text(st.sampled_from("ab .!?\n今。”"), max_size=60))
def test_sentences_lose_nothing(text: str) -> None:
    assert "".join("".join(plain_text.text_sentences(text)).split()) == "".join(text.split())


@given(
    st.lists(
        st.text(st.sampled_from("abe io"), min_size=1, max_size=150).filter(str.strip), min_size=1, max_size=6
    ),
    st.lists(st.integers(1, 5), min_size=2, max_size=8),
)
def test_sentences_are_spread_over_what_is_spoken(texts: list[str], steps: list[int]) -> None:
    edges = [Fraction(sum(steps[: at + 1])) for at in range(len(steps) - len(steps) % 2)]
    spoken = [Span(*pair) for pair in zip(edges[::2], edges[1::2], strict=True)]
    cues = spread_by_syllables([" ".join(text.split()) for text in texts], spoken, "en", NOWHERE)
    assert "".join("".join(cue.text.split()) for cue in cues) == "".join("".join(texts).split())
    assert all(cue.start < cue.end for cue in cues) and all(
        one.end <= later.start for one, later in pairwise(cues)
    )
    assert cues[0].start == spoken[0].start and cues[-1].end == spoken[-1].end
    assert all(any(span.start <= cue.start < span.end for span in spoken) for cue in cues), (
        "none begins in a pause"
    )


CODECS = sorted({module.name for module in pkgutil.iter_modules(encodings.__path__)})


@pytest.mark.parametrize(
    "name", [*CODECS, "rot13", "hex", "zip", "", " ", "klingon", "utf-8", "a\0b", "Shift-JIS", "x" * 40]
)
def test_every_codec_is_an_encoding_of_texts_or_refused(name: str) -> None:
    """Python lists codecs that aren't text encodings: for domain names, for archives, for its own source."""
    content = srt("caf\u00e9", "au lait").encode("latin-1")
    if name and not is_encoding(name):
        with pytest.raises(
            ValidationError, match=r'unknown text encoding ".*" — use a name such as utf-8, windows-1252'
        ):
            settings(content, encoding=name)
    with suppress(FinishError):
        read(Document(Path("a.srt"), content), name)


def test_what_is_no_encoding_of_texts() -> None:
    assert {
        "idna",
        "punycode",
        "undefined",
        "rot_13",
        "hex_codec",
        "unicode_escape",
        "mbcs",
        "zlib_codec",
    } <= {codec for codec in CODECS if not is_encoding(codec)}
    assert all(
        map(
            is_encoding,
            (
                "utf-8",
                "windows-1252",
                "shift_jis",
                "gb18030",
                "euc_kr",
                "latin-1",
                "cp437",
                "utf-16",
                "koi8-r",
            ),
        )
    )


@pytest.mark.parametrize(
    "text", ["word " * 200_000, "w" * 1_000_000, "A. " * 300_000, "你好" * 200_000, "x\n" * 400_000]
)
def test_a_text_that_nobody_can_speak_in_the_clip_is_refused_at_once(text: str, stopwatch: Stopwatch) -> None:
    refused = r"a.txt  a text of [\d,]+ words? is too long to speak in the clip's 0.8 s"
    with stopwatch(10), pytest.raises(FinishError, match=refused):
        load_captions(settings(text, "a.txt"), programme(Size(1080, 1920), frames=20), cast(Any, None))


def test_a_fast_speaker_is_no_mistake() -> None:
    assert not too_long(
        plain_text.text_sentences("Six sick hicks nick six slick bricks with picks and sticks. " * 60),
        Fraction(60),
    )
    assert not too_long(["Hello there, how are you doing"], Fraction(8, 10))
    assert too_long(["word"] * 200, Fraction(8, 10))
