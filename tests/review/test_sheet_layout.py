"""The layout of a sheet as a picture and as a web page: pixels and text, no media."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import cv2
import numpy as np
import pytest

from finish.errors import FinishError
from finish.model import SafeZone
from finish.review import page_text, sheet, sheet_html, sheet_png
from finish.review.page import PageCell, PageRow, PageSection, SafeZoneShares, SheetPage, zone
from finish.units import Size

GREEN, PAPER = (0, 160, 0), sheet_png.PAPER
HOSTILE = """<script>alert("1")</script>' onload=x & 'a' $title {braces} %s"""


def cells(count: int, width: int = 270, height: int = 480) -> tuple[PageCell, ...]:
    """Flat green frames."""
    return tuple(
        PageCell(np.full((height, width, 3), GREEN, np.uint8), f"0:0{number}.00", "some words")
        for number in range(count)
    )


def page(*rows: PageRow, title: str = "spring") -> SheetPage:
    return SheetPage("Contact sheet", title, ("as planned",), (PageSection("hero.mp4", ("5 shots",), rows),))


def drawn(made: SheetPage) -> np.ndarray:
    """The page's picture as RGB."""
    picture = cv2.imdecode(np.frombuffer(sheet_png.picture(made), np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return picture[:, :, ::-1]


def greens(picture: np.ndarray) -> list[tuple[int, int, int, int]]:
    """The boxes of all frames on the page: left, top, width, height."""
    _, _, boxes, _ = cv2.connectedComponentsWithStats((picture == GREEN).all(axis=2).astype(np.uint8))
    return sorted((int(top), int(left), int(width), int(height)) for left, top, width, height, _ in boxes[1:])


def test_long_rows_wrap_and_frames_stand_below_each_other() -> None:
    found = greens(drawn(page(PageRow("a", cells=cells(9)), PageRow("b", cells=cells(2, 480, 270)))))
    assert [(width, height) for _, _, width, height in found] == [(270, 480)] * 9 + [(480, 270)] * 2
    lefts = [left - sheet_png.MARGIN for _, left, _, _ in found]
    assert lefts == [0, 286, 572, 858, 1144, 0, 286, 572, 858, 0, 496], (
        "nine are five and four, not seven and two"
    )
    assert len({top for top, _, _, _ in found}) == 3


def test_a_page_is_as_wide_as_what_is_on_it_and_never_wider_than_it_may_be() -> None:
    assert (
        drawn(page(PageRow("a", cells=cells(2)))).shape[1] == 2 * sheet_png.MARGIN + 2 * 270 + sheet_png.GAP
    )
    assert (
        drawn(page(PageRow("a" * 999, ("b" * 999,), cells(40), trouble="c " * 999), title="d" * 999)).shape[1]
        <= sheet_png.WIDTH + 16
    )


def test_the_safe_zone_is_drawn_where_it_is_in_two_tones() -> None:
    found = zone(SafeZone(top=250, bottom=480, left=60, right=180), Size(1080, 1920))
    assert (
        found == SafeZoneShares(60 / 1080, 250 / 1920, 900 / 1080, 1440 / 1920)
        and zone(SafeZone(), Size(1080, 1920)) is None
    )
    plain = cells(1)[0].picture
    shown = sheet_png.zoned(plain, found)
    changed = (shown != GREEN).any(axis=2)
    ys, xs = np.nonzero(changed)
    assert (xs.min(), ys.min(), xs.max(), ys.max()) == (15, 63, 225, 360)
    assert not changed[64:359, 17:224].any(), "only an outline"
    assert {tuple(each) for each in shown[changed].tolist()} == {sheet_png.LIGHT, sheet_png.DARK}
    assert not (plain != GREEN).any(), "the frame itself is left alone"


def test_text_is_drawn_in_every_script_and_no_wider_than_allowed() -> None:
    for words in ("0:03.20 · shot 2", "สวัสดีชาวโลก", "שלום clip.mp4", "नमस्ते", "😀 smile", "ꓐꓑ", "Å" * 200, ""):
        for line in page_text.wrapped(words, 16, 200, 2):
            ink = page_text.drawn(line, 16, sheet_png.INK, PAPER)
            assert ink.shape[0] == page_text.height(16) and ink.shape[1] <= 204 and (ink != PAPER[0]).any(), (
                words
            )
    assert page_text.wrapped("one two three four five six seven", 16, 100, 2) == ["one two", "three four f…"]
    assert page_text.wrapped("ꓐꓑ", 16, 100, 2) == ["??"]


def test_a_line_that_begins_from_the_right_is_put_together_from_there() -> None:
    hebrew, both = (page_text.drawn(words, 16, sheet_png.INK, PAPER) for words in ("שלום ", "שלום abc"))
    assert (both[:, -hebrew.shape[1] :] == hebrew).all() and both.shape[1] > hebrew.shape[1]


class Read(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self, made: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(made.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_web_page_needs_nothing_else_and_runs_nothing() -> None:
    rows = (
        PageRow(
            HOSTILE,
            (HOSTILE,),
            (PageCell(cells(1)[0].picture, HOSTILE, HOSTILE),),
            SafeZoneShares(0.1, 0.1, 0.9, 0.9),
        ),
        PageRow("b", trouble=HOSTILE),
    )
    found = Read(
        sheet_html.html(
            SheetPage(HOSTILE, HOSTILE, (HOSTILE,), (PageSection(HOSTILE, (HOSTILE,), rows),) * 2)
        )
    )
    assert {tag for tag, _ in found.tags}.isdisjoint({"script", "link", "iframe", "object", "form", "base"})
    assert found.text.count(HOSTILE) == 21, "titles, kinds, facts, captions, troubles and contents as text"
    attributes = [pair for _, attributes in found.tags for pair in attributes.items()]
    assert not any(name.startswith("on") for name, _ in attributes)
    assert all(re.fullmatch("#clip-[0-9]+", str(value)) for name, value in attributes if name == "href")
    sources = [str(value) for name, value in attributes if name == "src"]
    assert len(sources) == 2
    assert all(re.fullmatch(r"data:image/jpeg;base64,[A-Za-z0-9+/=]+", source) for source in sources)
    assert any("default-src 'none'" in str(attributes.get("content")) for _, attributes in found.tags)


def test_a_safe_zone_of_a_web_page_can_be_switched_off_where_there_is_one() -> None:
    with_zone = Read(
        sheet_html.html(page(PageRow("a", cells=cells(2), zone=SafeZoneShares(0.1, 0.25, 0.8, 0.75))))
    )
    styles = [attributes["style"] for _, attributes in with_zone.tags if attributes.get("class") == "safe"]
    assert styles == ["left:10.00%;top:25.00%;right:20.00%;bottom:25.00%"] * 2
    assert [tag for tag, _ in with_zone.tags].count("input") == 1
    assert "input" not in [tag for tag, _ in Read(sheet_html.html(page(PageRow("a", cells=cells(2))))).tags]


def test_a_sheet_is_a_picture_or_a_page(tmp_path: Path) -> None:
    for name, begins in (("a.png", b"\x89PNG"), ("b.HTML", b"<!doctype html>")):
        sheet.write(page(PageRow("a", cells=cells(1))), tmp_path / "new" / name)
        assert (tmp_path / "new" / name).read_bytes().startswith(begins)
    for name in ("hero.mp4", "sheet", "sheet.jpg"):
        with pytest.raises(FinishError, match=r"end its name in \.png or \.html"):
            sheet.form(Path(name))
