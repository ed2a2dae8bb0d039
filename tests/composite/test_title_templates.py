"""Title templates: every packaged one fits, comes, stays, and goes; hostile ones are refused."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finish import resources
from finish.errors import FinishError
from finish.model import Document
from finish.model.colour_contrast import contrast_ratio
from finish.stages.composite.lettering import LetteringLine
from finish.stages.composite.titles.title_content import NumberFormat, TitleContent
from finish.stages.composite.titles.title_frames import TitleFrames
from finish.stages.composite.titles.title_layout import TitleRequest, laid_title
from finish.stages.composite.titles.title_lettering import NumberBlock
from finish.stages.composite.titles.title_rows import inks_on
from finish.stages.composite.titles.title_template import WORDS, read_template
from finish.units import Size

NAMES = resources.names("titles")
# The areas for graphics of 9:16, 4:5, 1:1 and 16:9, with the margins of the strictest destination of each.
ROOMS = {
    "9:16": (1080, Size(840, 1190)),
    "4:5": (1080, Size(970, 1210)),
    "1:1": (1080, Size(970, 970)),
    "16:9": (1080, Size(1728, 972)),
}
RATE = Fraction(25)
BARE = "schema: 1\nabout: a test\nkind: title\nsize: 0.1\nrows:\n  - {show: title}\n"


def document(text: str, name: str = "mine") -> Document:
    return Document(Path(f"{name}/template.yaml"), text.encode())


def packaged(name: str) -> Document:
    path = resources.entry("titles", name)
    return Document(path, path.read_bytes())


def sample(name: str) -> TitleContent:
    words = read_template(packaged(name)).sample
    texts = tuple((key, text) for key in WORDS if (text := getattr(words, key)))
    count = None if words.count is None else (0.0, words.count, 1.0)
    return TitleContent(texts, words.items, count=count, link="https://example.org")


def frames(name: str, shape: str = "9:16", seconds: int = 4, **changes: object) -> TitleFrames:
    short, room = ROOMS[shape]
    leader = "left" if read_template(packaged(name)).leader else ""
    request = TitleRequest(packaged(name), sample(name), short, room, seconds, 1.0, leader)  # type: ignore[arg-type]
    return TitleFrames(request, RATE, seconds * 25)


@pytest.mark.parametrize("shape", ROOMS)
@pytest.mark.parametrize("name", NAMES)
def test_sample_words_fit_in_every_shape(name: str, shape: str) -> None:
    layout = laid_title(frames(name, shape).request)
    _, room = ROOMS[shape]
    assert layout.scale >= 0.84
    assert layout.size.width <= room.width and layout.size.height <= room.height
    assert layout.size.width % 2 == 0 and layout.size.height % 2 == 0


@pytest.mark.parametrize("name", NAMES)
def test_it_comes_in_stays_and_goes(name: str) -> None:
    made = frames(name)
    pictures = list(made.pictures())
    assert len(pictures) == made.coming + made.between + made.going
    cover = [float(picture[:, :, 3].sum()) / 255 for picture in pictures]
    still = cover[made.coming]
    assert cover[0] < 0.4 * still and still > 0.3 * max(cover)
    template = read_template(packaged(name))
    assert not template.exit or cover[-1] < 0.35 * max(cover)
    # No word is cut by the canvas: what stands at its edge is the plate, or nothing.
    edge = pictures[made.coming][:, :, 3]
    border = np.concatenate([edge[0], edge[-1], edge[:, 0], edge[:, -1]])
    assert template.plate or template.edge or template.kind in ("callout", "progress") or border.max() < 31


@pytest.mark.parametrize("name", NAMES)
def test_times_go_forwards_from_the_first_frame_to_the_last(name: str) -> None:
    made = frames(name)
    times = list(made.times())
    assert times == sorted(set(times)) and times[0] == Fraction(1, 50) and times[-1] <= Fraction(399, 100)
    assert not made.going or times[-1] == Fraction(4) - Fraction(1, 50)


def test_templates_are_of_every_kind_and_look_different() -> None:
    kinds = [read_template(packaged(name)).kind for name in NAMES]
    assert kinds.count("title") + kinds.count("chapter") >= 6 and kinds.count("end card") >= 5
    assert {"callout", "list", "counter", "countdown", "progress", "sticker"} <= set(kinds)
    assert len({frames(name).digest for name in NAMES}) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_letters_are_as_tall_as_a_phone_asks(name: str) -> None:
    """1080 px are 65 mm of a phone that is held at 300 mm. ISO 9241-303 asks for capitals of 16 minutes of
    arc at least: 23.2 px. Titles and chapters are house rules: 90 px to the em."""
    minutes = 16 / 60 * np.pi / 180 * 300 / 65 * 1080
    template = read_template(packaged(name))
    for row in template.rows:
        if row.show in (*WORDS, "items", "count"):
            line = next(line for line in laid_title(frames(name).request).lines)
            assert 0.66 * row.size * template.size * 1080 >= minutes, row.show
            assert line
    if template.kind in ("title", "chapter"):
        assert max(row.size for row in template.rows if row.show == "title") * template.size * 1080 >= 90


def test_words_that_do_not_fit_are_set_smaller_and_then_refused() -> None:
    short, room = ROOMS["9:16"]

    def laid(title: str) -> float:
        content = TitleContent((("title", title),))
        return laid_title(TitleRequest(packaged("poster"), content, short, room, 3)).scale

    assert laid("Short") == 1 and laid("Internationally") < 1
    with pytest.raises(FinishError, match="the words of the title template poster don't fit"):
        laid("Donaudampfschifffahrtsgesellschaftskapitän")


def test_ink_is_clear_on_its_ground() -> None:
    for ground in ("#FFB000", "#101014", "#FFFFFF", "#5B8CFF", "#808080"):
        assert contrast_ratio(inks_on(ground), ground) >= 4.5


@given(st.integers(-(10**8), 10**8), st.sampled_from(["", ",", ".", " "]), st.integers(0, 3))
def test_numbers_read_back(value: int, separator: str, decimals: int) -> None:
    text = NumberFormat(decimals, separator).text(value / 10**decimals)
    point = "," if separator in (".", " ") else "."
    plain = text.replace(separator, "") if separator else text
    assert round(float(plain.replace("−", "-").replace(point, ".")) * 10**decimals) == value


def test_digits_have_one_width() -> None:
    block = NumberBlock(LetteringLine("0000", 600, 100))
    assert len({round(block.width(text), 3) for text in ("1111", "0000", "9876")}) == 1


def test_a_countdown_shows_each_second_once_and_a_bar_only_grows() -> None:
    made = frames("timer", seconds=4)
    assert made.between == 100 - made.coming - made.going
    filled = [float(picture[:, :, 3].sum()) / 255 for picture in frames("progress-line").pictures()]
    assert len(filled) > 60
    middle = filled[10:-10]
    assert all(after >= before - 1e-3 for before, after in pairwise(middle))


def test_a_still_title_is_drawn_once_between() -> None:
    assert frames("headline", seconds=20).between == 1


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        (BARE + "more: 1\n", "template.yaml:7  more: unknown key"),
        (BARE.replace("size: 0.1", "size: 9"), "4  size: 9 is out of range: at most 0.3"),
        (BARE.replace("title}", "title, font: ../../x.ttf}"), "no font '../../x.ttf' for title"),
        (BARE.replace("title}", "title, colour: red}"), "rows.0.colour"),
        (BARE + "  - {show: title}\n", "title is in two rows"),
        (BARE.replace("kind: title", "kind: callout"), "a callout has a leader"),
        (BARE.replace("kind: title", "kind: progress"), "shows a bar"),
        (BARE.replace("rows:\n", "rows:\n" + "  - {show: rule}\n" * 20), "rows"),
        (BARE.replace("a test", "&a [*a]"), "alias"),
        (BARE + "plate:\n  colour: #FF0000\n", "is read as a comment"),
        ("a: " + "[" * 5000, "nested more than 5 deep"),
        (BARE + "# " + "x" * 70_000, "the limit is 64000"),
        (BARE.replace("schema: 1", "schema: 2"), "schema"),
        ("\x00", "invalid YAML"),
    ],
)
def test_a_wrong_template_is_refused_with_its_place(text: str, mistake: str) -> None:
    with pytest.raises(FinishError) as raised:
        read_template(document(text))
    assert mistake.replace("64000", "64,000") in str(raised.value)
