"""The .cube parser: what it accepts, to the last digit, and each rule with a file that breaks it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from timing import Stopwatch

from finish.errors import FinishError
from finish.stages.colour import cube
from finish.stages.colour.table import Table

EIGHT = "0 0 0\n1 0 0\n0 1 0\n1 1 0\n0 0 1\n1 0 1\n0 1 1\n1 1 1\n"
IDENTITY = f"LUT_3D_SIZE 2\n{EIGHT}"
TWO = "0 0 0\n1 1 1\n"


def read(text: str | bytes, name: str = "look.cube") -> Table:
    return cube.read(text if isinstance(text, bytes) else text.encode(), name)


def refusal(text: str | bytes, name: str = "look.cube") -> FinishError:
    with pytest.raises(FinishError) as caught:
        read(text, name)
    assert caught.value.code == "lut"
    return caught.value


def test_red_is_fastest_and_blue_slowest() -> None:
    table = read("LUT_3D_SIZE 2\n" + "".join(f"{row} 0 0\n" for row in range(8)))
    assert table.values[0, 0, 1, 0] == 1
    assert table.values[0, 1, 0, 0] == 2
    assert table.values[1, 0, 0, 0] == 4
    assert table.solid and table.plain and table.size == 2


def test_title_comments_blank_lines_and_domain() -> None:
    head = (
        '# made by hand\n\nTITLE "Two  # of them"\n LUT_1D_SIZE 2 \nDOMAIN_MIN -1 0 .5\n#x\n'
        "DOMAIN_MAX 2 1e1 +1.\n"
    )
    table = read(head + "0 0 0\n# anywhere\n\n\t1 1 1 \n\n")
    assert table.title == "Two  # of them"
    assert (table.low.tolist(), table.high.tolist()) == ([-1, 0, 0.5], [2, 10, 1])
    assert table.values.tolist() == [[0, 0, 0], [1, 1, 1]]
    assert not table.solid and not table.plain


@pytest.mark.parametrize(
    "data",
    [
        IDENTITY.replace("\n", "\r\n").encode(),
        IDENTITY.replace("\n", "\r").encode(),
        b"\xef\xbb\xbf" + IDENTITY.encode(),
        IDENTITY.rstrip("\n").encode(),
        b'# r\xe9al\xff\nTITLE "\xe9t\xe9"\n' + IDENTITY.encode(),
        b"TITLE bare words\n" + IDENTITY.encode(),
    ],
)
def test_line_ends_marks_and_bytes_in_comments(data: bytes) -> None:
    assert np.array_equal(read(data).values, read(IDENTITY).values)


def test_values_may_leave_0_to_1_and_use_exponents() -> None:
    assert read("LUT_1D_SIZE 2\n-.5 1E-3 +7\n1.5 2e+2 65504\n").values.tolist() == [
        [-0.5, 0.001, 7],
        [1.5, 200, 65504],
    ]


REFUSALS: dict[str, tuple[str | bytes, str, str]] = {
    "no size": (EIGHT, "look.cube", "no LUT_1D_SIZE or LUT_3D_SIZE"),
    "empty": ("", "look.cube", "no LUT_1D_SIZE or LUT_3D_SIZE"),
    "size of 1": ("LUT_3D_SIZE 1\n0 0 0\n", "look.cube:1", "from 2 to 256, not '1'"),
    "3D too large": ("LUT_3D_SIZE 257\n", "look.cube:1", "from 2 to 256"),
    "1D too large": ("LUT_1D_SIZE 65537\n", "look.cube:1", "from 2 to 65536"),
    "a million": (f"LUT_3D_SIZE 1000000\n{EIGHT}", "look.cube:1", "'1000000'"),
    "endless": (
        f"LUT_3D_SIZE {'9' * 5000}\n{EIGHT}",
        "look.cube:1",
        "'9999999999999999999999999999999999999999…'",
    ),
    "no number": ("LUT_3D_SIZE two\n", "look.cube:1", "'two'"),
    "no whole number": ("LUT_3D_SIZE 2.0\n", "look.cube:1", "'2.0'"),
    "negative": ("LUT_3D_SIZE -2\n", "look.cube:1", "'-2'"),
    "underscores": ("LUT_1D_SIZE 1_0\n", "look.cube:1", "'1_0'"),
    "no size stated": ("LUT_3D_SIZE\n" + EIGHT, "look.cube:1", "not ''"),
    "two sizes": ("LUT_3D_SIZE 2 2\n", "look.cube:1", "'2 2'"),
    "size again": (
        "LUT_3D_SIZE 2\n#\nLUT_3D_SIZE 2\n",
        "look.cube:3",
        "LUT_3D_SIZE is repeated: first in line 1",
    ),
    "title again": (f'TITLE "a"\nTITLE "b"\n{IDENTITY}', "look.cube:2", "TITLE is repeated"),
    "open title": (f'TITLE "a\n{IDENTITY}', "look.cube:1", "TITLE must be one text in quotes"),
    "two titles": (f'TITLE "a" "b"\n{IDENTITY}', "look.cube:1", "TITLE must be one text in quotes"),
    "domain again": (
        f"DOMAIN_MIN 0 0 0\nDOMAIN_MIN 0 0 0\n{IDENTITY}",
        "look.cube:2",
        "DOMAIN_MIN is repeated",
    ),
    "both, one short": (
        f"LUT_1D_SIZE 2\nLUT_3D_SIZE 2\n{EIGHT}",
        "look.cube:11",
        "8 rows of data, but the size requires 10",
    ),
    "range of one": (
        f"LUT_1D_SIZE 2\nLUT_1D_INPUT_RANGE 1\n{TWO}",
        "look.cube:2",
        "LUT_1D_INPUT_RANGE must be two numbers",
    ),
    "range reversed": (
        f"LUT_3D_SIZE 2\nLUT_3D_INPUT_RANGE 1 0\n{EIGHT}",
        "look.cube:2",
        "LUT_3D_INPUT_RANGE is from 1 to 0",
    ),
    "two dialects": (
        f"LUT_3D_SIZE 2\nLUT_3D_INPUT_RANGE 0 2\nDOMAIN_MIN 0 0 0\n{EIGHT}",
        "look.cube:3",
        "mix two dialects",
    ),
    "empty domain": (
        f"LUT_1D_SIZE 2\nDOMAIN_MIN 0 0 0\nDOMAIN_MAX 1 0 1\n{TWO}",
        "look.cube:3",
        "the domain of green is from 0 to 0",
    ),
    "reversed domain": (
        f"LUT_1D_SIZE 2\nDOMAIN_MIN 0 0 1.5\n{TWO}",
        "look.cube:2",
        "the domain of blue is from 1.5 to 1",
    ),
    "domain of two": (
        f"LUT_1D_SIZE 2\nDOMAIN_MIN 0 0\n{TWO}",
        "look.cube:2",
        "DOMAIN_MIN must have three numbers, not 2",
    ),
    "domain of NaN": (f"LUT_1D_SIZE 2\nDOMAIN_MIN 0 nan 0\n{TWO}", "look.cube:2", "'nan' isn't a finite"),
    "domain without end": (
        f"LUT_1D_SIZE 2\nDOMAIN_MAX 1 1 1e999\n{TWO}",
        "look.cube:2",
        "'1e999' isn't a finite",
    ),
    "unknown keyword": (f"LUT_3D_SIZE 2\nGAMMA 2.2\n{EIGHT}", "look.cube:2", "unknown keyword 'GAMMA'"),
    "lower case": ("lut_3d_size 2\n", "look.cube:1", "unknown keyword 'lut_3d_size'"),
    "another format": ("CSPLUTV100\n3D\n", "look.cube:1", "unknown keyword 'CSPLUTV100'"),
    "control characters": ("\x1b[2J\x07 1\n", "look.cube:1", r"'\x1b[2J\x07'"),
    "keyword after data": (
        f"LUT_3D_SIZE 2\n{EIGHT}DOMAIN_MAX 1 1 1\n",
        "look.cube:10",
        "'DOMAIN_MAX' after the first row of data",
    ),
    "keyword within": (
        f"LUT_3D_SIZE 2\n{EIGHT.replace('0 1 1', 'TITLE x')}",
        "look.cube:8",
        "'TITLE' after the first row of data",
    ),
    "a row short": ("LUT_3D_SIZE 2\n" + EIGHT[:-6], "look.cube:9", "7 rows of data, but the size requires 8"),
    "a row too many": (
        f"{IDENTITY}\n0 0 0\n0 0 0",
        "look.cube:11",
        "10 rows of data, but the size requires 8",
    ),
    "no rows": ("LUT_3D_SIZE 256\n", "look.cube:2", "0 rows of data, but the size requires 16,777,216"),
    "two columns": (IDENTITY.replace("0 1 0", "0 1"), "look.cube:4", "a row must have three numbers, not 2"),
    "four columns": (
        IDENTITY.replace("0 1 0", "0 1 0 1"),
        "look.cube:4",
        "a row must have three numbers, not 4",
    ),
    "four columns throughout": (
        "LUT_1D_SIZE 2\n0 0 0 0\n1 1 1 1\n",
        "look.cube:2",
        "a row must have three numbers, not 4",
    ),
    "columns that add up": (
        "LUT_1D_SIZE 2\n0 0\n0 1 1 1\n",
        "look.cube:2",
        "a row must have three numbers, not 2",
    ),
    "comment behind": (
        IDENTITY.replace("0 1 0", "0 1 0 # green"),
        "look.cube:4",
        "a row must have three numbers, not 5",
    ),
    "NaN": (IDENTITY.replace("0 1 0", "0 nan 0"), "look.cube:4", "'nan' isn't a finite"),
    "NaN first": (IDENTITY.replace("0 0 0", "NaN 0 0"), "look.cube:2", "'NaN' isn't a finite"),
    "infinity": (IDENTITY.replace("0 1 0", "0 1 -inf"), "look.cube:4", "'-inf' isn't a finite"),
    "beyond 32 bits": (IDENTITY.replace("0 1 0", "0 1 4e38"), "look.cube:4", "'4e38' isn't a finite"),
    "beyond 64 bits": (IDENTITY.replace("0 1 0", "0 1 1e999"), "look.cube:4", "'1e999' isn't a finite"),
    "hexadecimal": (IDENTITY.replace("0 1 0", "0 0x1p0 0"), "look.cube:4", "'0x1p0' isn't a finite"),
    "Python's underscores": (IDENTITY.replace("0 1 0", "0 1_0 0"), "look.cube:4", "'1_0' isn't a finite"),
    "decimal commas": (IDENTITY.replace("0 1 0", "0 0,5 0"), "look.cube:4", "'0,5' isn't a finite"),
    "Arabic digits": (IDENTITY.replace("0 1 0", "0 \u0661 0"), "look.cube:4", "isn't a finite"),
    "UTF-16": (IDENTITY.encode("utf-16"), "look.cube", "isn't plain text"),
    "binary": (b"\x89PNG\0\0\0", "look.cube", "isn't plain text"),
}


@pytest.mark.parametrize("rule", REFUSALS)
def test_each_rule_is_refused_with_its_line(rule: str) -> None:
    text, where, message = REFUSALS[rule]
    mistake = refusal(text)
    assert mistake.where == where
    assert message in mistake.message
    assert str(mistake).isprintable()


def test_a_huge_file_and_a_huge_size_cost_nothing(
    monkeypatch: pytest.MonkeyPatch, stopwatch: Stopwatch
) -> None:
    with stopwatch(0.1):
        refusal(f"LUT_3D_SIZE 1000000\n{EIGHT}")
        refusal("LUT_3D_SIZE 256\n0 0 0\n")
    monkeypatch.setattr(cube, "MAX_BYTES", 100)
    assert "bytes in 9 lines; at most 100" in refusal(IDENTITY + " " * 100).message


def test_a_bomb_of_lines_is_refused_before_it_is_split() -> None:
    assert "4,000,002 lines; at most" in refusal(b"LUT_3D_SIZE 2\n\n" + b"#\n" * 4_000_000).message


def test_one_endless_line_is_refused_in_good_time(stopwatch: Stopwatch) -> None:
    with stopwatch(5):
        message = refusal(b"LUT_1D_SIZE 2\n0 0 0\n0 0 " + b"9" * 4_000_000).message
    assert "'9999999999999999999999999999999999999999…' isn't a finite" in message


NUMBERS = st.floats(width=32, allow_nan=False, allow_infinity=False)


@st.composite
def files(draw: st.DrawFn) -> tuple[bytes, np.ndarray, str]:
    """A valid file with random white space, its rows, and its title."""
    solid = draw(st.booleans())
    size = draw(st.integers(2, 3 if solid else 9))
    rows = draw(
        st.lists(
            st.tuples(NUMBERS, NUMBERS, NUMBERS),
            min_size=size**3 if solid else size,
            max_size=size**3 if solid else size,
        )
    )
    title = draw(
        st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters='"'), max_size=12)
    )
    head = draw(
        st.permutations(
            [
                f'TITLE "{title}"',
                f"LUT_{'3' if solid else '1'}D_SIZE {size}",
                "DOMAIN_MIN -1 -2 -3",
                "# said\u00e9",
            ]
        )
    )
    gap = draw(st.sampled_from([" ", "\t", "   "]))
    lines = [*head, *(gap.join(map(repr, row)) for row in rows)]
    for _ in range(draw(st.integers(0, 3))):
        lines.insert(
            draw(st.integers(0, len(lines))), draw(st.sampled_from(["", "   ", "# LUT_1D_SIZE 7", "#"]))
        )
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    mark = draw(st.sampled_from([b"", b"\xef\xbb\xbf"]))
    return mark + end.join(lines).encode() + draw(st.sampled_from([b"", end.encode()])), np.array(rows), title


@given(files())
def test_a_valid_file_is_read_to_the_last_digit(made: tuple[bytes, np.ndarray, str]) -> None:
    data, rows, title = made
    table = read(data)
    assert np.array_equal(table.values.reshape(-1, 3), rows)
    assert table.title == title
    assert table.low.tolist() == [-1, -2, -3]


@given(
    st.one_of(
        st.binary(max_size=200),
        st.lists(
            st.sampled_from(
                [
                    *cube.KEYWORDS,
                    "2",
                    "0",
                    "1e9",
                    "-1",
                    "nan",
                    "#",
                    '"',
                    "\n",
                    "\n",
                    "\n",
                    " ",
                    "0 0 0\n",
                    "\xff",
                ]
            ),
            max_size=60,
        ).map(lambda words: " ".join(words).encode("latin-1")),
    )
)
@hypothesis_settings(max_examples=300)
def test_nothing_but_a_clear_refusal_comes_of_rubbish(data: bytes) -> None:
    try:
        table = read(data)
    except FinishError as mistake:
        assert mistake.code == "lut" and mistake.where.startswith("look.cube") and str(mistake).isprintable()
    else:
        assert np.isfinite(table.values).all()
