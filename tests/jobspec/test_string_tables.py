"""String tables as spreadsheets write them, and as they are read back."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finish.jobspec.string_table import StringRow, read_table, written_table

TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r\0"), max_size=40)


def texts(data: bytes) -> dict[str, str]:
    table = read_table(data)
    assert table.problems == ()
    return {key: row.translation for key, row in table.rows.items()}


@pytest.mark.parametrize(
    "data",
    [
        b"key,translation\nhero,Hallo\n",
        b"\xef\xbb\xbfkey,translation\r\nhero,Hallo\r\n",
        b"key;translation\r\nhero;Hallo",
        b"sep=;\r\nkey;translation\r\nhero;Hallo\r\n",
        b"key\ttranslation\nhero\tHallo\n",
        "key,translation\nhero,Hallo\n".encode("utf-16"),
        b'"Translation","Key"\n"Hallo","hero"\n\n,\n',
        b"key,source,translation,mine\nhero,Hello,Hallo,x\n",
    ],
)
def test_tables_of_all_spreadsheets_are_read(data: bytes) -> None:
    assert texts(data) == {"hero": "Hallo"}


def test_quotes_separators_and_lines_belong_to_texts() -> None:
    assert texts(b'key;translation\r\na;"He said ""no"";\r\nthen left"\r\n') == {
        "a": 'He said "no";\nthen left'
    }


def test_a_row_knows_the_line_at_which_it_begins() -> None:
    rows = read_table(b'key,translation\na,"1\n2"\n\nb,3\n').rows
    assert [rows[key].line for key in "ab"] == [2, 5]
    assert read_table(b"sep=,\nkey,translation\na,1\n").rows["a"].line == 3


@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        (b"", 1, "is empty"),
        (b"key,translation\nhero,Fr\xfchling\n", 1, "isn't UTF-8"),
        (b"\xff\xfek", 1, "isn't UTF-8"),
        (b"key,text\nhero,Hallo\n", 1, 'has no column "translation"'),
        (b"key,translation,key\nhero,Hallo,x\n", 1, 'has more than one column "key"'),
        (b"key,translation\nhero,Hallo, Welt\n", 2, "more cells than the header"),
        (b"key,translation\n../x,Hallo\n", 2, "no valid key"),
        (b"key,translation\na,1\nb,2\na,3\n", 4, '"a" is in line 2, too'),
        (b'key,translation\na,"1\n', 1, "isn't a table"),
        (b"key,translation\na," + b"x" * 200_000, 1, "isn't a table"),
        (b"key,translation\n" + b"".join(b"k%d,x\n" % at for at in range(10_001)), 1, "has 10001 rows"),
    ],
)
def test_what_is_wrong_with_a_table_is_said_with_its_line(data: bytes, line: int, message: str) -> None:
    (problem,) = read_table(data).problems
    assert problem.line == line
    assert message in problem.message
    assert problem.hint


@pytest.mark.parametrize("text", ["=cmd()", "+1", "-1", "@x", "\tx", "'=x", "''=x", "＝x", "'tis"])
def test_no_cell_is_a_formula_and_none_changes(text: str) -> None:
    data = written_table([StringRow("hero", text, text, text)])
    cells = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))[1]
    assert not any(cell[:1] in tuple("=+-@\t＝") for cell in cells if cell)
    assert read_table(data).rows["hero"].translation == text


@given(TEXTS, TEXTS)
def test_what_is_written_is_read(source: str, translation: str) -> None:
    row = StringRow("hero", source, translation, "composite.title", "12", "a note")
    assert read_table(written_table([row])).rows["hero"] == StringRow(**{**vars(row), "line": 2})


@given(st.binary(max_size=200))
def test_any_bytes_are_a_table_or_a_problem(data: bytes) -> None:
    table = read_table(data)
    assert table.problems or isinstance(table.rows, dict)
