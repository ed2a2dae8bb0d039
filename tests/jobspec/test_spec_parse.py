"""YAML 1.2, and what is refused because it could be misread or could explode."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fake_stages import GOOD, load, mistakes
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from timing import Stopwatch

from finish.errors import FinishError
from finish.jobspec.mistakes import Report
from finish.jobspec.spec_tree import Node, Origin, plain
from finish.jobspec.yaml_parser import DEPTH, TEXT_BYTES, VALUES, parse

START = Origin("job.yaml", Path("/job"))


def read(text: str | bytes) -> tuple[Node | None, list[str]]:
    report = Report("job.yaml")
    node = parse(text if isinstance(text, bytes) else text.encode(), START, report)
    return node, [str(mistake.error) for mistake in report.mistakes]


def value(text: str) -> Any:
    node, wrong = read(f"a: {text}")
    assert not wrong and node is not None
    inner = node.entries["a"]
    return plain(inner)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("9:16", "9:16"),
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("y", "y"),
        ("10:30:00", "10:30:00"),
        ("2026-11-22", "2026-11-22"),
        ("012", 12),
        ("0o14", 12),
        ("0x1F", 31),
        ("-3", -3),
        ("1_000", "1_000"),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("+1.5", 1.5),
        ("true", True),
        ("False", False),
        ("tRUE", "tRUE"),
        ("null", None),
        ("~", None),
        ('"null"', "null"),
        ("'12'", "12"),
        ("١٢", "١٢"),
        ('"a\\tb"', "a\tb"),
        ("<<", "<<"),
        ("=", "="),
        ("1.2.3", "1.2.3"),
        ("0b11", "0b11"),
        ("[a, {b: 1}]", ("a", {"b": 1})),
    ],
)
def test_scalars_are_read_by_the_core_schema(text: str, meant: Any) -> None:
    got = value(text)
    assert got == meant and type(got) in (
        type(meant),
        *([type(value("x"))] if isinstance(meant, str) else []),
    )


def test_every_value_knows_its_line_column_and_path() -> None:
    node, _ = read("a: 1\nb:\n  - {c: x}\n  - [1,\n     2]\n")
    assert node is not None
    inner = node.entries["b"].at(0)
    assert inner is not None and inner.entries["c"].origin.where == "job.yaml:3:9"
    assert inner.entries["c"].origin.path == "b[0].c"
    second = node.entries["b"].at(1)
    assert second is not None and second.at(1) is not None and second.at(1).origin.where == "job.yaml:5:6"  # type: ignore[union-attr]
    assert node.entries["b"].key is not None and node.entries["b"].key.where == "job.yaml:2:1"


def test_a_byte_order_mark_and_windows_line_ends_change_nothing() -> None:
    made = load(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert made.job.deliverables[0].where == "job.yaml:3"
    assert read(b"\xef\xbb\xbfa: *x")[1] == [
        "job.yaml:1:4  a: an alias (*x) isn't allowed — "
        'write the value itself, or put text in quotes: a: "*x"'
    ]


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"

REFUSED = {
    "a: 1\na: 2": ["job.yaml:2:1  a: duplicate key (first at job.yaml:1) — keep one"],
    "a: {b: 1, b: 1}": ["job.yaml:1:11  a.b: duplicate key (first at job.yaml:1) — keep one"],
    "1: a": ['job.yaml:1:1  a key must be text, not 1 — write "1"'],
    "true: a": ['job.yaml:1:1  a key must be text, not true — write "true"'],
    "[x]: a": ['job.yaml:1:1  a key must be text, not a list — write "a list"'],
    "a: &x 1": [
        (
            "job.yaml:1:4  a: an anchor (&x) isn't allowed — "
            'delete it and write the value itself, or put text in quotes: a: "&x 1"'
        )
    ],
    "<<: *x": ['job.yaml:1:5  "<<": an alias (*x) isn\'t allowed — write the value itself'],
    "a: !!python/object:os.system x": [
        "job.yaml:1:4  a: a tag (tag:yaml.org,2002:python/object:os.system) isn't allowed — "
        "delete the tag, "
        'or put text in quotes: a: "!!python/object:os.system x"'
    ],
    "a: !include /etc/passwd": [
        (
            "job.yaml:1:4  a: a tag (!include) isn't allowed — "
            'delete the tag, or put text in quotes: a: "!include /etc/passwd"'
        )
    ],
    "a: 1\n---\nb: 2": ['job.yaml:2:1  a second document begins here ("---") — put it in another file'],
    "a:\n\t- 1": ["job.yaml:2:1  the line is indented with a tab — indent with spaces"],
    "a: b: c": ['job.yaml:1:5  not valid YAML: a second ": " in one value — put it in quotes: a: "b: c"'],
    "a: 'x": ["job.yaml:1:6  not valid YAML: a quote isn't closed — close it"],
    "a: [1": [
        "job.yaml:1:6  not valid YAML: expected ',' or ']', but got '<stream end>' — "
        "check the line above, too"
    ],
    "a: \0": ["job.yaml:1:4  a control character (U+0000) — delete it"],
    "a: 1\nb: x\x1b": ["job.yaml:2:5  a control character (U+001B) — delete it"],
    'a: "\\0"': ["job.yaml:1:4  a: a character that isn't allowed (U+0000) — delete it"],
    'a: "\\ud800"': ["job.yaml:1:4  a: a character that isn't allowed (U+D800) — delete it"],
    'a: "\\Uffffffff"': [
        r"job.yaml  not valid YAML: an escape without a character — look for a \ in double quotes"
    ],
    "# nothing": ["job.yaml  the file is empty — state a source and its deliverables"],
    "[" * 1000: [
        f"job.yaml:1:{DEPTH + 2}  {'[0]' * (DEPTH + 1)}: nested deeper than 20 levels — simplify the file"
    ],
    "[" + "a," * 30_000 + "]": [
        f"job.yaml:1:{2 * VALUES}  [{VALUES - 1}]: more than 20000 values — simplify the file"
    ],
    "a: " + "x" * TEXT_BYTES: ["job.yaml  the file is larger than 256 kB — split the job into smaller ones"],
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: repr(text[:20]))
def test_what_could_be_misread_or_explode_is_refused(text: str) -> None:
    assert read(text)[1] == REFUSED[text]


def test_an_alias_is_never_followed() -> None:
    node, wrong = read(BOMB)
    assert node is not None and plain(node) == {"a": ("x", "x"), "b": (None, None), "c": (None, None)}
    assert len(wrong) == 6


def test_other_encodings_are_named() -> None:
    assert read("a: é".encode("latin-1"))[1] == [
        "job.yaml:1:4  the file isn't UTF-8 (byte 0xe9) — save the file as UTF-8"
    ]
    assert read("a: 1".encode("utf-16"))[1] == [
        "job.yaml:1:1  the file isn't UTF-8 (byte 0xff) — save the file as UTF-8"
    ]


@pytest.mark.parametrize(
    "text",
    ["!" * 250_000, "x " * 120_000, "- " * 120_000, "\n" * 250_000, "a: 0x" + "f" * 250_000, "? " * 120_000],
)
def test_hostile_text_is_read_or_refused_in_seconds(text: str, stopwatch: Stopwatch) -> None:
    with stopwatch(5):  # measured: at most 0.9 s
        read(text)


WORDS = st.sampled_from(
    [
        "source",
        "deliverables",
        "name",
        "preset",
        "tiktok",
        "reframe",
        "follow",
        "captions",
        "file",
        "colour",
        "encode",
        "size",
        "hero.mp4",
        "{clip}",
        "sound",
        "low",
        "safe",
        "rate",
        "null",
        "no",
        "9:16",
        "-",
        "*",
        "&a",
        "!!str",
    ]
)
MARKS = st.sampled_from(
    [
        ": ",
        "\n",
        "\n  ",
        "\n  - ",
        "{",
        "}",
        "[",
        "]",
        ", ",
        '"',
        "'",
        "#",
        "|",
        ">",
        "\t",
        "? ",
        "---\n",
        "\\x",
        "%",
    ]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(max_size=200).map(str.encode),
        st.lists(st.one_of(WORDS, MARKS), max_size=60).map("".join).map(str.encode),
    )
)
def test_any_bytes_are_a_job_or_a_finish_error(data: bytes) -> None:
    try:
        load(data)
    except FinishError as wrong:
        assert str(wrong)
        assert not any(char in str(wrong) for char in "\x1b\x00\x07\x9b")


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12),
    WORDS,
)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.one_of(WORDS, st.text(max_size=5)), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(WORDS, TREES, max_size=5), st.lists(st.dictionaries(WORDS, TREES, max_size=5), max_size=3)
)
def test_any_shape_of_job_is_a_job_or_a_finish_error(job: dict[str, Any], deliverables: list[Any]) -> None:
    import json

    try:
        load(json.dumps({**job, "source": "hero.mp4", "deliverables": deliverables}))
    except FinishError as wrong:
        assert str(wrong)


def test_no_key_twice_is_seen_to_fail() -> None:
    assert mistakes(f"{GOOD}source: b.mp4\n")[0].startswith(
        "job.yaml:4:1  source: duplicate key (first at job.yaml:1)"
    )
