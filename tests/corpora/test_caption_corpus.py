"""Two readings of a caption file differ exactly where other words are on the screen at some moment."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from finish.cli.verbs import app
from finish.corpora import caption_corpus, corpus_table
from finish.corpora.independent_readers import READERS, SUFFIXES
from finish.corpora.screen_text import TOLERANCE, TimedText, differences
from finish.errors import FinishError

WORDS = ("red", "green", "blue", "one", "two", "three", "♪", "日本")
SRT = (
    "1\n00:00:01,000 --> 00:00:02,000\nOne <i>two</i>\n\n2\n00:00:03,000 --> 00:00:04,000\nThree &amp; four\n"
)
SCC = "Scenarist_SCC V1.0\n\n00:00:01;00\t9420 9420 9470 9470 c8e9 2180 942f 942f\n\n00:00:03;00\t942c 942c\n"


@st.composite
def readings(draw: st.DrawFn) -> list[TimedText]:
    """Texts in steps of half a second, with pauses and without overlaps."""
    texts, at = [], Fraction(0)
    for _ in range(draw(st.integers(1, 6))):
        start = at + Fraction(draw(st.integers(0, 2)), 2)
        at = start + Fraction(draw(st.integers(1, 4)), 2)
        texts.append(TimedText(start, at, " ".join(draw(st.lists(st.sampled_from(WORDS), min_size=1)))))
    return texts


def kinds(theirs: Sequence[TimedText], ours: Sequence[TimedText], rolling: bool = False) -> list[str]:
    return [difference.kind for difference in differences(theirs, ours, rolling)]


@given(readings(), st.data())
def test_equal_screens_do_not_differ(texts: list[TimedText], data: st.DataObject) -> None:
    """However the same screen is cut into texts."""
    cut = data.draw(st.sampled_from(texts))
    middle = cut.start + (cut.end - cut.start) / 2 if cut.end else cut.start
    halves = [replace(cut, end=middle), replace(cut, start=middle)]
    lines = [TimedText(cut.start, cut.end, word) for word in cut.text.split()]
    rest = [text for text in texts if text != cut]
    for other in (
        texts,
        [*rest, *halves],
        [*rest, *lines],
        [replace(text, text=text.text.upper()) for text in texts],
    ):
        assert kinds(texts, other) == kinds(other, texts) == []


@given(readings(), st.data())
def test_a_text_that_is_left_out_is_found(texts: list[TimedText], data: st.DataObject) -> None:
    lost = data.draw(st.sampled_from(texts))
    others = [text for text in texts if text is not lost]
    assert kinds(texts, others)
    assert set(kinds(texts, [replace(text, text="black") for text in texts])) == {"lost", "added"}


@given(readings(), st.fractions(-2, 2).filter(lambda by: abs(by) != TOLERANCE))
def test_a_shift_is_found_when_it_is_longer_than_the_tolerance(texts: list[TimedText], by: Fraction) -> None:
    text = TimedText(Fraction(5), Fraction(8), "word")
    shifted = replace(text, start=text.start + by, end=Fraction(8) + by)
    assert kinds([text], [shifted]) == (["time", "time"] if abs(by) > TOLERANCE else [])


def test_rolling_lines_count_once() -> None:
    rolling = [
        TimedText(Fraction(0), Fraction(2), "first"),
        TimedText(Fraction(2), Fraction(4), "first\nsecond"),
        TimedText(Fraction(4), Fraction(6), "second\nthird"),
    ]
    once = [
        TimedText(Fraction(2 * number), Fraction(2 * number + 2), word)
        for number, word in enumerate(("first", "second", "third"))
    ]
    assert kinds(rolling, once, rolling=True) == []
    assert kinds(rolling, once) == ["words", "words"]
    assert kinds(rolling, once[:2], rolling=True) == ["lost"]


def test_without_an_end_only_the_start_counts() -> None:
    text = TimedText(Fraction(1), None, "word")
    assert (
        kinds([text], [replace(text, end=Fraction(3))])
        == kinds([replace(text, end=Fraction(3))], [text])
        == []
    )
    assert kinds([text], [replace(text, start=Fraction(2))]) == ["time"]


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
@given(data=st.binary(max_size=300), suffix=st.sampled_from(SUFFIXES))
def test_independent_readers_never_raise(reader: object, data: bytes, suffix: str) -> None:
    assert isinstance(reader, type(READERS[0]))
    if reader.installed and suffix in reader.suffixes:
        assert isinstance(reader.texts(data, suffix), tuple)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    (tmp_path / "deep").mkdir()
    (tmp_path / "fine.srt").write_text(SRT)
    (tmp_path / "deep/fine.SCC").write_text(SCC)
    (tmp_path / "noise.srt").write_text("no captions\n")
    return tmp_path


def test_files_that_are_read_alike_pass(corpus: Path) -> None:
    files = list(caption_corpus.judged(corpus))
    assert {file.path.name for file in files} == {"fine.srt", "fine.SCC"}
    assert corpus_table.passed(files)
    assert [file for file in files if file.differences or file.refusal] == []
    result = CliRunner().invoke(app, ["bench", "captions", "--files", str(corpus)])
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0].split()[:2] == ["format", "judge"]


def test_a_lost_cue_and_a_refusal_fail(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our reader is judged, so it is replaced by one that loses its last cue, or refuses."""
    real = caption_corpus.read

    def forgetful(document: object) -> object:
        captions = real(document)  # type: ignore[arg-type]
        return replace(captions, cues=captions.cues[:-1])

    monkeypatch.setattr(caption_corpus, "read", forgetful)
    result = CliRunner().invoke(app, ["bench", "captions", "--files", str(corpus), "--json"])
    assert result.exit_code == 1
    result_json = json.loads(result.stdout)
    assert not result_json["passed"] and result_json["rows"][-1]["lost"] >= 2

    def refusing(document: object) -> object:
        raise FinishError("it's not to be read", "leave it")

    monkeypatch.setattr(caption_corpus, "read", refusing)
    result = CliRunner().invoke(app, ["bench", "captions", "--files", str(corpus)])
    assert result.exit_code == 1 and "refused: it's not to be read" in result.stdout


def test_what_is_no_corpus_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        assert CliRunner().invoke(app, ["bench", "captions", "--files", str(folder)]).exit_code == 2
