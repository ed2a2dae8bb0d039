"""Tokens of other programs: colours by role, aliases, what a kit can't take, and hostile files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit_folders import brand_folder

from finish import api
from finish.brand.token_file import read_tokens
from finish.errors import FinishError

TOKENS = {
    "color": {
        "$type": "color",
        "brand": {
            "primary": {"$value": {"colorSpace": "srgb", "components": [1, 0.5, 0], "hex": "#ff8000"}},
            "accent": {"$value": "#0af"},
        },
        "text": {"default": {"$value": "{color.white}"}},
        "white": {"$value": "#ffffffff"},
        "wide": {"$value": {"colorSpace": "display-p3", "components": [1, 0, 0], "hex": "#FF0000"}},
        "veil": {"$value": "#00000080"},
    },
    "font": {"body": {"$type": "fontFamily", "$value": ["Inter", "sans-serif"]}},
}
BRAND = {
    "house": {"domain": "acme.example"},
    "brands": [
        {
            "id": "nova",
            "names": [{"en": "Nova"}],
            "logos": [{"url": "https://cdn.example/a/logo-white.png?w=1"}, {"url": "https://x/none.svg"}],
            "colors": {"primary": "#FF0055", "secondary": ["#00AA88", "#112233"], "background": "#FFFFFF"},
            "fonts": {"primary": "Noto Sans", "secondary": "Inter"},
            "disclaimers": [{"text": "Advertisement"}],
            "tone": "warm",
        }
    ],
}


def imported(place: Path, values: Any) -> tuple[Any, dict[str, str]]:
    folder = brand_folder(place)
    (place / "tokens.json").write_text(json.dumps(values))
    written = api.import_brand(place / "tokens.json", folder)
    return api.check_brand(folder).kit, {item.what: item.why for item in written.left_out}


def test_design_tokens_become_colours_by_role(tmp_path: Path) -> None:
    kit, left_out = imported(tmp_path, TOKENS)
    assert kit.colours == {
        "primary": "#FF8000",
        "accent": "#00AAFF",
        "text": "#FFFFFF",
        "white": "#FFFFFF",
        "wide": "#FF0000",
        "ground": "#101014",
    }
    assert left_out["color.veil"] == "no opaque colour in sRGB"
    assert "no such font" in left_out["font.body (Inter)"]
    assert kit.logos.light and kit.fonts, "from the folder"


def test_brand_json_names_logos_and_fonts_of_the_folder(tmp_path: Path) -> None:
    kit, left_out = imported(tmp_path, BRAND)
    assert kit.name == "Nova" and kit.glossary == ("Nova",)
    assert kit.colours["primary"] == "#FF0055" and kit.colours["ground"] == "#FFFFFF"
    assert "secondary (Inter)" in left_out and "primary (Noto Sans)" not in left_out
    assert "none.svg" in left_out and "logo-white.png" not in left_out and "tone" in left_out
    assert "disclosure:\n  text: Advertisement" in (tmp_path / "acme" / "brand.yaml").read_text()


def deep(depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {"$type": "color", "$value": "#000000"}
    for _ in range(depth):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b'{"a": {"b": {}}}',
        b"[" * 100_000,
        json.dumps(deep(200)).encode(),
        b" " * (5 * 2**20),
    ],
)
def test_what_has_no_tokens_is_one_error(data: bytes) -> None:
    with pytest.raises(FinishError):
        read_tokens(data, "a.json")


def test_aliases_that_loop_have_no_colour() -> None:
    loop = {"a": {"$type": "color", "$value": "{b}"}, "b": {"$type": "color", "$value": "{a}"}}
    read = read_tokens(json.dumps(loop).encode(), "a.json")
    assert read.colours == {} and set(read.lost) == {"a", "b"}


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    ["$value", "$type", "colors", "brands", "names", "logos", "fonts", "a", "url"]
                ),
                inner,
            )
        ),
    )
)
def test_no_values_stop_the_reader(values: Any) -> None:
    try:
        read = read_tokens(json.dumps(values).encode(), "a.json")
    except FinishError:
        return
    assert all(colour.startswith("#") and len(colour) == 7 for colour in read.colours.values())
    assert len(read.colours) <= 64
