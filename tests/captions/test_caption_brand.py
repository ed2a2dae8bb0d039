"""Custom fonts are drawn as they are measured, whatever they claim; jobs and brands change styles."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from caption_world import (
    VERTICAL,
    WIDE,
    PaperLibrary,
    delivery,
    document,
    frame_at,
    grey,
    plan_captions,
    programme,
    settings,
    srt,
    style,
)
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

import finish
from finish import resources
from finish.errors import FinishError
from finish.model import Document
from finish.stages import captions as stage
from finish.stages.captions.drawing.ass_writer import AssCards
from finish.stages.captions.formats.caption_formats import read
from finish.stages.captions.placement.card_fitting import CardGrid, cards_of
from finish.stages.captions.placement.card_placement import CaptionArea, place_cards
from finish.stages.captions.typesetting import packaged_fonts
from finish.stages.captions.typesetting.custom_font import custom_font
from finish.stages.captions.typesetting.style_file import styled
from finish.stages.captions.typesetting.word_fitting import WordFitting

BARE: dict[str, Any] = {"outline": None, "shadow": None, "box": None, "colour": "#FFFFFF"}


def box(left: int, right: int, height: int) -> Any:
    """A glyph that is one rectangle from the baseline up."""
    pen = TTGlyphPen(None)
    pen.moveTo((left, 0))
    pen.lineTo((left, height))
    pen.lineTo((right, height))
    pen.lineTo((right, 0))
    pen.closePath()
    return pen.glyph()


def font(
    family: str = "Mine",
    *,
    ascent: int = 900,
    descent: int = 300,
    upem: int = 1000,
    restricted: int = 0,
    weight: int = 900,
) -> bytes:
    """A font of two letters: A is a box 600 wide with an advance of 700, B is claimed and empty."""
    made = FontBuilder(upem, isTTF=True)
    made.setupGlyphOrder([".notdef", "space", "A", "B"])
    made.setupCharacterMap({32: "space", 65: "A", 66: "B"})
    empty = TTGlyphPen(None).glyph()
    made.setupGlyf({".notdef": box(0, 500, 700), "space": empty, "A": box(50, 650, 700), "B": empty})
    made.setupHorizontalMetrics({".notdef": (500, 0), "space": (300, 0), "A": (700, 50), "B": (700, 0)})
    made.setupHorizontalHeader(ascent=ascent, descent=-descent)
    made.setupNameTable({"familyName": family, "styleName": "Bold Italic"})
    made.setupOS2(
        usWinAscent=ascent, usWinDescent=descent, fsType=restricted, usWeightClass=weight, fsSelection=0x21
    )
    made.setupPost()
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


def mine(data: bytes, name: str = "Mine.ttf") -> Document:
    return Document(Path(name), data)


def burnt(text: str, look: Any) -> AssCards:
    to = delivery(WIDE)
    em = look.size * 1080
    room = CaptionArea(to.frame, to.safe.within(to.frame), em, look)
    made = tuple(
        cards_of(read(document(srt(text))).cues, WordFitting(look, room.limit), CardGrid(Fraction(25), 1000))
    )
    return AssCards(to.frame, Fraction(25), em, look, place_cards(made, room, lambda _: "middle"))


def ink(payload: AssCards) -> tuple[int, int, int, int]:
    """Left, top, right, and bottom of what libass drew on grey."""
    shown = frame_at(grey(WIDE).filter("ass", filename=payload, shaping="complex"), Fraction(2))
    rows, columns = np.nonzero(np.abs(shown.astype(int) - int(shown[0, 0])) > 40)
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


@pytest.mark.render
@pytest.mark.parametrize(
    "lie",
    [
        {},
        {"family": "Noto Sans"},
        {"weight": 100},
        {"ascent": 0, "descent": 0},
        {"ascent": 30_000, "descent": 30_000},
    ],
)
def test_an_own_font_is_drawn_where_it_is_measured(lie: dict[str, Any]) -> None:
    """The size of "AAA" follows from the glyph, whatever the font claims.

    Two advances and one box are 2000 of 1000 units per em, at 100 px; the box is 700 units high.
    """
    look = style(**BARE, size=100 / 1080).drawn_by(mine(font(**lie)))
    left, top, right, bottom = ink(burnt("AAA", look))
    assert (right - left, bottom - top) == (pytest.approx(200, abs=2), pytest.approx(70, abs=2))
    assert (left + right) / 2 == pytest.approx(960, abs=2)


@pytest.mark.render
def test_a_font_that_is_bold_by_itself_is_made_no_bolder() -> None:
    """Noto Sans at 700 as a brand's font covers what the packaged Bold covers."""
    noto = mine((resources.font_folder() / "NotoSans[wght].ttf").read_bytes())
    ours = burnt("Hamburg", style(**BARE, weight=700))
    theirs = burnt("Hamburg", style(**BARE, weight=700).drawn_by(noto))
    assert ink(theirs) == pytest.approx(ink(ours), abs=1)
    assert theirs.cards[0].card.lines[0].extent.advance == pytest.approx(
        ours.cards[0].card.lines[0].extent.advance, abs=0.01
    )


def test_its_name_is_that_of_its_bytes() -> None:
    document = mine(font("Noto Sans"))
    one, other = custom_font(document, 600), custom_font(mine(font("Mine")), 600)
    assert (
        one.family.startswith("finish ")
        and one.family != other.family
        and one.family.lower() not in packaged_fonts.known_names()
    )
    assert one.name(700, italic=True) == one.family and packaged_fonts.italic_of(one) is None
    assert f"fontname: {one.family}.ttf".encode() in burnt("A", style(**BARE).drawn_by(document)).content()


def test_what_it_claims_and_leaves_empty_others_draw_and_it_is_told() -> None:
    face = custom_font(mine(font()), 400)
    assert face.draws("A A") and not face.draws("B") and not face.draws("C")
    library = PaperLibrary(document(srt("A B?")), document(font(restricted=2), "Mine.ttf"))
    asked = stage.CaptionSettings.model_validate({"file": "a.srt", "font": "Mine.ttf"}, context=library)
    done = plan_captions(asked, programme(VERTICAL), delivery(VERTICAL))
    assert "2 characters missing from Mine.ttf: ? B; other fonts draw them" in done.notes
    assert "Mine.ttf: its licence forbids embedding — check that you can use this font" in done.notes


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the file isn't a valid font"),
        (b"hello", "the file isn't a valid font"),
        (b"wOF2" + font(), "a WOFF2"),
        (b"wOFF" + font(), "a WOFF"),
        (b"ttcf" + font(), "a collection of fonts"),
        (font()[:200], "the file isn't a valid font"),
        (b"\0" * (20 * 2**20 + 1), "the limit is"),
        (font(upem=8), "8 units per em"),
    ],
)
def test_what_is_no_font_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(FinishError, match=message) as wrong:
        custom_font(mine(data), 400)
    assert wrong.value.code == "font" and wrong.value.where == "Mine.ttf"


def test_a_style_is_bent_by_a_job() -> None:
    clean = Document(
        Path("clean/style.yaml"), (resources.folder("styles") / "clean" / "style.yaml").read_bytes()
    )
    bent = styled(
        clean, {"colour": "#FF0000", "outline": {"width": 0.1}, "shadow": None, "box": {"opacity": 0.5}}, None
    )
    assert (bent.colour, bent.outline and bent.outline.width, bent.outline and bent.outline.opacity) == (
        "#FF0000",
        0.1,
        0.75,
    )
    assert bent.shadow is None and bent.box is not None and bent.box.opacity == 0.5
    for look, message in (
        ({"color": "#FF0000"}, "look: color: unknown key"),
        ({"size": 9}, "look: size: 9 is out of range: at most 0.2"),
        ({"colour": "red"}, 'look: colour: "red" isn\'t a colour: write six'),
        ({"case": "up"}, "look: case: 'up' isn't one of"),
        ({"title": 3}, "look: title: must be text, not '3'"),
    ):
        with pytest.raises(FinishError, match=message):
            styled(clean, look, None)


def job(folder: Path, captions: str) -> Any:
    """A job with a brand's style folder."""
    brand = folder / "styles" / "brand"
    brand.mkdir(parents=True)
    (brand / "style.yaml").write_text("title: Brand\nfont: Mine.ttf\nsize: 0.05\nbox: {opacity: 1}\n")
    (brand / "Mine.ttf").write_bytes(font())
    (folder / "clip.mp4").write_bytes(b"not looked at")
    (folder / "a.srt").write_text(srt("A"))
    (folder / "job.yaml").write_text(
        f"source: clip.mp4\ncaptions: {captions}\ndeliverables: [{{name: t, preset: tiktok}}]\n"
    )
    return finish.load(folder).job.deliverables[0].settings["captions"]


def test_a_style_folder_brings_its_font(tmp_path: Path) -> None:
    found = job(tmp_path, "{file: a.srt, style: styles/brand/style.yaml}")
    assert found.styled.face.draws("A") and found.styled.font == found.styled.face.family
    before = found.style.digest
    (tmp_path / "styles" / "brand" / "Mine.ttf").write_bytes(font("Other"))
    assert finish.load(tmp_path).job.deliverables[0].settings["captions"].style.digest != before, (
        "another font is another style"
    )


def test_a_job_takes_parts_of_a_style_away(tmp_path: Path) -> None:
    """In a job, null means "not stated". A part that has "none" among its own values keeps it."""
    look = job(
        tmp_path, "{file: a.srt, look: {outline: none, shadow: none, entrance: none, colour: '#FF0000'}}"
    ).styled
    assert (look.outline, look.shadow, look.entrance, look.colour) == (None, None, "none", "#FF0000")


@pytest.mark.parametrize(
    ("captions", "message"),
    [
        (
            "{file: a.srt, style: styles/brand/style.yaml, look: {font: Gone.ttf}}",
            "no font 'Gone.ttf' next to the style — use one of Mine.ttf",
        ),
        ("{file: a.srt, font: a.srt}", "the file isn't a valid font"),
        ("{file: a.srt, font: ../../etc/passwd}", "is outside the job folder"),
        ("{file: a.srt, look: {nothing: 1}}", "look: nothing: unknown key"),
        ("{file: a.srt, look: {font: a/b.ttf}}", "look: font: "),
    ],
)
def test_mistakes_about_fonts_and_looks_are_told_in_the_job(
    tmp_path: Path, captions: str, message: str
) -> None:
    with pytest.raises(FinishError) as wrong:
        job(tmp_path, captions)
    assert message in str(wrong.value) and "job.yaml:2:" in str(wrong.value)


def test_han_letters_without_their_fonts_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "cjk_fonts", dict)
    assert (
        packaged_fonts.remedy("日") == "pip install 'finish[cjk]'"
        and packaged_fonts.remedy("ꓐ") == "replace the character"
    )


@pytest.mark.skipif(not resources.cjk_fonts(), reason="the fonts of the extra cjk are not installed")
@pytest.mark.parametrize(
    ("language", "text", "family"),
    [
        ("ja", "骨", "Noto Sans JP"),
        ("ko", "骨", "Noto Sans KR"),
        ("zh", "骨", "Noto Sans SC"),
        ("zh-TW", "骨", "Noto Sans TC"),
        ("zh-Hant-HK", "骨", "Noto Sans TC"),
        ("", "骨は", "Noto Sans JP"),
        ("", "骨", "Noto Sans SC"),
        ("", "뼈 骨", "Noto Sans KR"),
    ],
)
def test_each_language_has_its_han_letters(language: str, text: str, family: str) -> None:
    made = plan_captions(settings(srt(text), lang=language), programme(VERTICAL), delivery(VERTICAL))
    payload: Any = made.picture.arg("filename")
    assert {
        piece.face.family for card in payload.cards for line in card.card.lines for piece in line.pieces
    } == {family}
