"""The HTML kit escapes text, needs nothing else, and has distinct and readable colours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from finish.pages import components, document, frames, plots
from finish.pages.components import Column, KeyFigure
from finish.pages.html_markup import Markup, element, joined
from finish.pages.plots import Axis, Curve, Level, Plot

HOSTILE = """<script>alert("1")</script>' onload=x"""
THEME = (Path(document.__file__).parent / "theme.css").read_text()
AXIS = Axis(0.0, 10.0, ((0.0, "0"), (10.0, "10")))


def test_plain_text_is_escaped_and_markup_is_not() -> None:
    assert joined("a<b", Markup("<i>"), None, [["&"]]) == "a&lt;b<i>&amp;"
    assert element("a", HOSTILE, title=HOSTILE).count("<") == 2
    assert element("img", alt='"', hidden=True, id=None, class_="x", data_label="y") == (
        '<img alt="&quot;" hidden class="x" data-label="y">'
    )


def everything(text: str) -> bytes:
    """A page with every part of the kit, with the same text wherever text is possible."""
    picture = np.zeros((8, 8, 3), np.uint8)
    frame = frames.Frame(picture, text, text, (0.1, 0.1, 0.9, 0.9))
    return document.page(
        text,
        components.tools(components.contents([("a", text, text)]), components.switch("s", text)),
        components.key_figures([KeyFigure(text, text, text, "good")]),
        components.notice("bad", text),
        components.table(
            [Column(text), Column(text, numeric=True)], [(text, components.badge("idle", text))]
        ),
        components.section(
            text, components.card(text, frames.gallery([frame]), details=[text]), details=[text]
        ),
        frames.led_gallery([frame, frame]),
        frames.paired_gallery([[frame, frame]]),
        plots.plot(Plot(text, AXIS, AXIS, (Curve(text, [(0, 0), (10, 10)]),), (Level(5, text),), text)),
        kind=text,
        details=[text],
    )


def test_no_part_of_the_kit_lets_text_become_markup() -> None:
    page = everything(HOSTILE).decode()
    assert "<script" not in page and page.count("&lt;script&gt;") > 25
    assert not re.search(r"<[^>]*\sonload=", re.sub(r'"[^"]*"', "", page))


def test_a_page_is_one_file() -> None:
    page = everything("text").decode()
    assert page.startswith("<!doctype html>") and "default-src 'none'" in page
    assert not re.search(r"https?://|@import|url\(|@font-face", page)


def test_a_page_reloads_only_when_asked_to() -> None:
    assert b'http-equiv="refresh" content="5"' in document.page("t", refresh=5)
    assert b'"refresh"' not in document.page("t")


def test_a_name_that_utf_8_cannot_hold_is_still_a_page() -> None:
    assert b"\\udc80" in document.page("a\udc80")


def test_a_curve_lies_where_its_axes_say() -> None:
    curve = Curve("", [(0, 10), (5, 5), (20, -5)])
    drawn = plots.plot(Plot("t", AXIS, AXIS, (curve,), (Level(7.5, "target"),)))
    assert 'd="M0.0 0.0L500.0 500.0L1000.0 1000.0"' in drawn, "what is beyond an end lies on it"
    assert 'd="M0 250.0H1000"' in drawn and 'style="top:25.00%">target' in drawn
    assert "<path" in plots.plot(Plot("t", AXIS, AXIS, (Curve("nothing", []),)))


def variables(block: str) -> dict[str, str]:
    return {
        name: value if len(value) == 7 else "#" + "".join(2 * digit for digit in value[1:])
        for name, value in re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", block)
    }


def themes() -> Iterator[tuple[str, dict[str, str]]]:
    light, dark = THEME.split("@media screen and (prefers-color-scheme: dark)", 1)
    yield "light", variables(light)
    yield "dark", variables(dark.split("}\n}")[0])


def linear(colour: str) -> np.ndarray:
    """Linear-light sRGB (IEC 61966-2-1)."""
    codes = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    return np.where(codes <= 0.04045, codes / 12.92, ((codes + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    return float(linear(colour) @ (0.2126, 0.7152, 0.0722))


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's contrast ratio."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("theme", "colours"), tuple(themes()))
def test_all_text_has_the_contrast_of_wcag_aa(theme: str, colours: dict[str, str]) -> None:
    grounds = {"paper", "card"}
    pairs = [
        (ink, ground) for ink in ("ink", "quiet", "accent", "good", "attention", "bad") for ground in grounds
    ]
    pairs += [(ink, f"{ink}-soft") for ink in ("good", "attention", "bad")]
    pairs += [
        ("accent", "active-soft"),
        ("quiet", "idle-soft"),
        ("ink", "bad-soft"),
        ("ink", "attention-soft"),
    ]
    low = {
        pair: round(ratio, 2)
        for pair in pairs
        if (ratio := contrast(colours[pair[0]], colours[pair[1]])) < 4.5
    }
    assert not low, theme


# Machado, Oliveira and Fernandes 2009, severity 1.0, for linear-light sRGB: protanopia, deuteranopia,
# tritanopia.
DICHROMATS = {
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


@pytest.mark.parametrize("kind", list(DICHROMATS))
@pytest.mark.parametrize(("theme", "colours"), tuple(themes()))
def test_good_and_bad_differ_for_people_who_are_colour_blind(
    theme: str, colours: dict[str, str], kind: str
) -> None:
    """By more than 20 in CIELAB (1976), far above the 2.3 that people just notice."""
    good, bad, active = (
        lab(np.array(DICHROMATS[kind]) @ linear(colours[name])) for name in ("good", "bad", "accent")
    )
    assert np.linalg.norm(good - bad) > 20, theme
    assert np.linalg.norm(bad - active) > 20, theme


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIELAB, D65, of linear-light sRGB."""
    to_xyz = np.array(((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505)))
    shares = (to_xyz @ rgb.clip(0, 1)) / (0.9505, 1.0, 1.089)
    root = np.where(shares > 216 / 24389, np.cbrt(shares), (24389 / 27 * shares + 16) / 116)
    return np.array((116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])))


def test_every_status_has_a_shape_of_its_own() -> None:
    shapes = {re.sub("class=.*?>", ">", components.icon(status), count=1) for status in components._ICONS}
    assert len(shapes) == len(components._ICONS)
