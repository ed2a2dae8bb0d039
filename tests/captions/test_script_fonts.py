"""A font that isn't there is replaced by a packaged one at the size at which text is as wide."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pysubs2 import SSAEvent, SSAFile, SSAStyle

from finish.stages.captions.formats.font_substitutes import SUBSTITUTE, FontReplacement, size_factor
from finish.stages.captions.formats.script_fonts import resolve_fonts
from finish.stages.captions.typesetting import packaged_fonts

# Advance widths in thousandths of an em (Adobe's metrics of the fonts that Arial and Times New Roman match).
LETTERS = "abcdefghijklmnopqrstuvwxyz "
HELVETICA = dict(zip(LETTERS, (
    556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556,
    556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 278,
), strict=True))  # fmt: skip
TIMES = dict(zip(LETTERS, (
    444, 500, 444, 500, 444, 333, 500, 500, 278, 278, 500, 278, 778, 500,
    500, 500, 500, 333, 389, 278, 500, 500, 722, 500, 500, 444, 250,
), strict=True))  # fmt: skip
COURIER = dict.fromkeys(HELVETICA, 600)
SENTENCE = "all human beings are born free and equal in dignity and rights they are endowed with reason"


@pytest.mark.parametrize(
    ("family", "widths", "line"),
    [
        ("Arial", HELVETICA, 1.1172),
        ("helvetica", HELVETICA, 1.1172),
        ("Unheard Of Sans", HELVETICA, 1.1172),
        ("Times New Roman", TIMES, 1.1074),
        ("@Courier New", COURIER, 1.1328),
    ],
)
def test_text_is_as_wide_as_in_the_missing_font(family: str, widths: dict[str, int], line: float) -> None:
    face = packaged_fonts.family(SUBSTITUTE)
    ours = packaged_fonts.extent(face, 400, SENTENCE).advance / (face.ascent + face.descent)
    theirs = sum(widths[letter] for letter in SENTENCE) / 1000 / line
    assert ours * size_factor(family) == pytest.approx(theirs, rel=0.03)


def script(text: str, font: str = "Arial") -> SSAFile:
    file = SSAFile()
    file.styles = {
        "Default": SSAStyle(fontname=font, fontsize=20),
        "Other": SSAStyle(fontname="Times", fontsize=30),
    }
    file.events = [SSAEvent(style="Default", text=text)]
    return file


def replaced(text: str, font: str = "Arial") -> str:
    file = script(text, font)
    resolve_fonts(file, ())
    return str(file.events[0].text)


def test_sizes_follow_the_font() -> None:
    arial, times = (f"{20 * size_factor(name):.6g}" for name in ("Arial", "Times"))
    plain = r"\b0\i0"
    assert replaced(r"{\fs20}a") == rf"{{\fnNoto Sans\fs{arial}{plain}}}a"
    assert replaced(r"{\fnNoto Sans Mono}a") == rf"{{\fnNoto Sans{plain}}}a"
    assert replaced(r"{\fnNoto Sans}a{\b1}b{\fn}c") == (
        rf"{{\fnNoto Sans\fs20{plain}}}a{{\fnNoto Sans\b1\i0}}b{{\fnNoto Sans Bold\fs{arial}{plain}}}c"
    )
    assert replaced(r"{\fnTimes\i1}a") == rf"{{\fnNoto Sans\fs{times}{plain}\fnNoto Sans Italic{plain}}}a"
    untouched = r"{\rOther\bord3\blur2\be1\iclip(1,2,3,4)\fscx50\fsp3}a{\r}b"
    assert replaced(untouched) == untouched
    assert replaced(r"{\t(0,9,\fs40)\b1}a").endswith(r")\fnNoto Sans Bold\b0\i0}a")


TAGS = st.sampled_from(
    ["\\fs12", "\\fs", "\\fs+2", "\\fs-3", "\\fnArial", "\\fnNoto Sans", "\\fn", "\\fn0", "\\fnTimes", "\\r",
     "\\rOther", "\\rNobody", "\\fscx80", "\\b1", "\\b0", "\\b", "\\b700", "\\i1", "\\i", "\\i0", "\\bord2",
     "\\pos(1,2)", "\\fs 30", "\\fs-20", "\\t(0,9,\\fs40)", "\\iclip(1,2,3,4)"]
)  # fmt: skip
TEXTS = st.lists(
    st.one_of(st.lists(TAGS).map(lambda tags: f"{{{''.join(tags)}}}"), st.just("ab"))
).map("".join)  # fmt: skip


def drawn(file: SSAFile) -> list[tuple[str, float, bool, bool]]:
    """Font, size in px, bold and italic of each letter, by libass's rules."""
    event = file.events[0]
    base = own = file.styles[event.style]
    now, letters = (own.fontname, own.fontsize, bool(own.bold), bool(own.italic)), []
    for block, text in re.findall(r"\{([^{}]*)\}|([^{}]+)", event.text):
        for name, value in re.findall(r"\\(fn|fs(?!c|p)|r|b(?!ord)|i(?!clip)) *([^\\)]*)", block):
            family, size, bold, italic = now
            if name == "r":
                base = file.styles.get(value, own)
                family, size, bold, italic = base.fontname, base.fontsize, bool(base.bold), bool(base.italic)
            elif name == "fn":
                family = base.fontname if value in ("", "0") else value
            elif name == "fs":
                number = float(value) if value else 0
                size = size * (1 + number / 10) if value[:1] in ("+", "-") else number
                size = size if size > 0 else base.fontsize
            elif name == "b":
                bold = bool(int(value)) if value else bool(base.bold)
            else:
                italic = value == "1" if value else bool(base.italic)
            now = family, size, bold, italic
        letters += [now] * len(text)
    return letters


@given(TEXTS)
def test_every_letter_has_its_size_times_the_factor_of_its_font(text: str) -> None:
    before, after = script(text), script(text)
    missing = ("Arial", "Times")
    FontReplacement(dict.fromkeys(missing, SUBSTITUTE), missing).replace_in(after)
    for (family, size, bold, italic), new in zip(drawn(before), drawn(after), strict=True):
        if family in missing:
            name = " ".join((SUBSTITUTE, *["Bold"] * bold, *["Italic"] * italic))
            assert new == (name, pytest.approx(size * size_factor(family, bold), rel=1e-4), False, False)
        else:
            assert new == (family, pytest.approx(size, rel=1e-4), bold, italic)


@given(TEXTS)
def test_fonts_that_are_there_change_nothing(text: str) -> None:
    text = text.replace("Arial", "Noto Sans").replace("Times", "Noto Sans").replace("Other", "Default")
    assert replaced(text, "Noto Sans") == text


def test_one_note_for_all_missing_fonts() -> None:
    (note,) = resolve_fonts(script(r"a{\fnVerdana}b{\fnComic Sans MS}c{\fn0}d"), ())
    assert "(Arial, Comic Sans MS, Verdana)" in str(note) and note.code == "font-substituted"
