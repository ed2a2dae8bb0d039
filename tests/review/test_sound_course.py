"""The picture and the numbers of a sound's loudness over time."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import known
import numpy as np
import pytest
from clip_files import clip
from typer.testing import CliRunner

from finish import api
from finish.analysis.loudness import FLOOR, RATE, Loudness, LoudnessCurve, LoudnessFacts
from finish.cli.verbs import app
from finish.errors import FinishError
from finish.review.loudness_curve import picture
from finish.review.loudness_page import html
from finish.review.loudness_table import LoudnessAims, MeasuredSound, NamedSpan, table
from finish.units import Span

SVG = "http://www.w3.org/2000/svg"


def heard(*parts: tuple[float, float], name: str = "after", block: int = 3333) -> MeasuredSound:
    """Seconds of a tone at dBFS, as the meter measures it."""
    level = np.concatenate(
        [np.full(round(seconds * RATE), 10 ** (db / 20) if db > FLOOR else 0.0) for seconds, db in parts]
    )
    mono = level * np.sin(2 * np.pi * 1000 * np.arange(len(level)) / RATE)
    fold = Loudness(course=True).begin()
    for at in range(0, len(mono), block):
        fold.add(Fraction(at, RATE), np.repeat(mono[at : at + block, None], 2, axis=1).astype(np.float32))
    return MeasuredSound(name, fold.result())


def course(found: MeasuredSound) -> LoudnessCurve:
    assert found.facts.course is not None
    return found.facts.course


def test_the_course_is_what_was_played_at_each_moment() -> None:
    found = course(heard((4, -20), (4, -40)))
    assert len(found.short_term) == len(found.momentary) == len(found.peaks) == 80
    assert found.short_term[:29] == (FLOOR,) * 29 and found.short_term[29:40] == pytest.approx(
        [-20] * 11, abs=0.1
    )
    assert found.short_term[69:] == pytest.approx([-40] * 11, abs=0.1)
    assert found.momentary[3:40] == pytest.approx([-20] * 37, abs=0.1) and found.momentary[
        43:
    ] == pytest.approx([-40] * 37, abs=0.1)
    assert found.peaks[1:40] == pytest.approx([-20] * 39, abs=0.3) and found.peaks[41:79] == pytest.approx(
        [-40] * 38, abs=0.3
    )


@pytest.mark.parametrize("seconds", [0.0, 0.05, 0.4, 2.95])
def test_short_sounds_and_silence_have_a_course_too(seconds: float) -> None:
    found = course(heard((seconds, -20)))
    assert len(found.peaks) == math.ceil(round(seconds * 10, 6)) and len(found.short_term) == int(
        seconds * 10
    )
    ET.fromstring(picture("short", [heard((seconds, -20))], None))


def test_the_picture_is_svg_whatever_the_names() -> None:
    both = [heard((4, -20), name="before"), heard((4, -14), name='<b>&"')]
    root = ET.fromstring(picture('a<b>&"c', both, LoudnessAims(-14, -1.5)))
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert (
        texts[0] == 'a<b>&"c'
        and "before: -20.0 LUFS, -20.0 dBTP" in texts
        and "-14 LUFS" in texts
        and "-1.5 dBTP" in texts
    )
    bold = [
        each for each in root.iter("{http://www.w3.org/2000/svg}path") if each.get("stroke-width") == "2.5"
    ]
    assert [each.get("stroke") for each in bold] == ["#8a8f98", "#1463c8"]


def test_the_numbers_line_up() -> None:
    lines = list(table([heard((4, -20), name="before"), heard((4, -14), name="after")]))
    assert lines[0].split() == ["before", "after"] and lines[1].split() == [
        "integrated",
        "-20.0",
        "-14.0",
        "LUFS",
    ]
    assert ["mono", "fold-down", "0.0", "0.0", "dB"] in [line.split() for line in lines]
    assert lines[-1].startswith("range is not stable below 60 s")
    silent = MeasuredSound("silent", LoudnessFacts(None, FLOOR, FLOOR, None, None, None, 90.0, False))
    assert next(iter(table([silent]))).split() == ["integrated", "–", "LUFS"] and not list(table([silent]))[
        -1
    ].startswith("range is")


@pytest.mark.render
def test_the_verb_reads_any_sound_and_writes_its_picture(tmp_path: Path) -> None:
    file = known.wav(
        tmp_path / "tone [1].wav", np.repeat(0.1 * np.sin(np.arange(4 * RATE) / 7)[:, None], 2, axis=1)
    )
    done = CliRunner().invoke(app, ["loudness", str(file), "-o", str(tmp_path / "tone.svg")])
    assert done.exit_code == 0 and "left over right" in done.output
    ET.parse(tmp_path / "tone.svg")
    assert CliRunner().invoke(app, ["loudness", str(file), "-o", str(tmp_path / "tone.png")]).exit_code == 2
    with pytest.raises(FinishError, match="has no sound"):
        api.meter(clip(tmp_path / "silent.mp4", sound=""))


def test_the_segments_of_a_timeline_are_named_with_a_line_between_them() -> None:
    borders = (Fraction(0), Fraction(3), Fraction(37, 10), Fraction(4))
    spans = [Span(*ends) for ends in pairwise(borders)]
    names = zip(("a <beach>", "a very long name of a segment", "x"), spans, strict=True)
    sound = replace(heard((4, -20)), segments=tuple(NamedSpan(name, span) for name, span in names))
    texts = [each.text for each in ET.fromstring(picture("film", [sound], None)).iter(f"{{{SVG}}}text")]
    assert "a <beach>" in texts and "a very long name of…" in texts
    page = html("film", [sound], None).decode()
    assert page.count('class="border"') == 2 and page.count('class="part"') == 3
    assert "a &lt;beach&gt;" in page and "left:75.00%;width:17.50%" in page
