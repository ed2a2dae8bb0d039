"""Tokens of other programs: design tokens (DTCG 2025.10), and brand.json of the Ad Context Protocol.

Nothing is fetched: a logo or a font that a file names by an address is taken from the folder of the kit.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from finish.errors import SpecError

_LARGEST: Final = 4 * 2**20  # bytes: the tokens of a large design system have 1 MB
_DEPTH: Final = 32  # of groups, and of aliases of aliases
_MOST: Final = 64  # colours of a kit
_HEX: Final = re.compile(r"#([0-9A-Fa-f]{3,4}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})")
_ALIAS: Final = re.compile(r"\{([^{}]+)\}")
_TEXT: Final = 200  # characters of a stranger's text


@dataclass
class TokenFile:
    """What a file of tokens states for a kit.

    `colours` are #RRGGBB by path, `families` the names of fonts by path, and `logos` the names of files.
    `lost` is what a kit can't take, with the reason.
    """

    kind: str
    name: str = ""
    colours: dict[str, str] = field(default_factory=dict)
    families: dict[str, str] = field(default_factory=dict)
    logos: list[str] = field(default_factory=list)
    disclosure: str = ""
    lost: dict[str, str] = field(default_factory=dict)


def read_tokens(data: bytes, name: str) -> TokenFile:
    """The tokens of a file; SpecError for one that is neither format."""
    if len(data) > _LARGEST:
        raise SpecError(f"{name} has more than {_LARGEST >> 20} MB", "export the colours and fonts only")
    try:
        values = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise SpecError(f"{name} isn't JSON", "export design tokens or brand.json again") from error
    if isinstance(values, Mapping):
        if any(True for _ in _tokens(values, (), "")):
            return _design_tokens(values)
        brand = _advertised(values)
        if brand is not None:
            return _brand_json(brand)
    hint = "name a file of design tokens (DTCG), or brand.json of the Ad Context Protocol"
    raise SpecError(f"{name} has no tokens", hint)


# Design tokens.

Path = tuple[str, ...]


def _tokens(group: Mapping[str, Any], path: Path, kind: str) -> Iterator[tuple[Path, str, Any]]:
    """Every token below a group: its path, its type, and its value; a group's type is that of its tokens."""
    kind = str(group.get("$type", kind))
    for key, inner in group.items():
        if key.startswith("$") or not isinstance(inner, Mapping) or len(path) >= _DEPTH:
            continue
        if "$value" in inner:
            yield (*path, key), str(inner.get("$type", kind)), inner["$value"]
        else:
            yield from _tokens(inner, (*path, key), kind)


def _design_tokens(values: Mapping[str, Any]) -> TokenFile:
    tokens = {path: (kind, value) for path, kind, value in _tokens(values, (), "")}
    read = TokenFile("design tokens")
    for path in tokens:
        kind, value = _resolved(path, tokens)
        label = ".".join(path)[:_TEXT]
        if kind == "color":
            colour = _colour(value)
            if colour and len(read.colours) < _MOST:
                read.colours[label] = colour
            else:
                read.lost[label] = "more colours than a kit has" if colour else "no opaque colour in sRGB"
        elif kind == "fontFamily":
            families = value if isinstance(value, list) else [value]
            read.families[label] = str(next(iter(families), ""))[:_TEXT]
        elif kind == "typography" and isinstance(value, Mapping):
            read.lost[label] = "sizes of pages aren't those of video: set type in brand.yaml"
    return read


def _resolved(path: Path, tokens: Mapping[Path, tuple[str, Any]]) -> tuple[str, Any]:
    """The type and the value of a token, or of the token that it stands for."""
    kind, value = tokens[path]
    for _ in range(_DEPTH):
        alias = _ALIAS.fullmatch(value) if isinstance(value, str) else None
        if alias is None:
            return kind, value
        other = tuple(alias[1].split("."))
        if other not in tokens:
            return kind, None
        kind, value = kind or tokens[other][0], tokens[other][1]
    return kind, None


def _colour(value: Any) -> str:
    """An opaque colour as #RRGGBB; "" for any other."""
    if isinstance(value, str):
        return _hex(value)
    if not isinstance(value, Mapping) or value.get("alpha", 1) != 1:
        return ""
    parts = value.get("components")
    values = parts if isinstance(parts, list) and value.get("colorSpace") == "srgb" else []
    if len(values) == 3 and all(isinstance(part, int | float) and 0 <= part <= 1 for part in values):
        return "#{:02X}{:02X}{:02X}".format(*(round(255 * part) for part in values))
    return _hex(str(value.get("hex", "")))


def _hex(text: str) -> str:
    if not _HEX.fullmatch(text):
        return ""
    digits = text[1:].upper()
    digits = "".join(2 * digit for digit in digits) if len(digits) < 5 else digits
    return f"#{digits[:6]}" if digits[6:] in ("", "FF") else ""


# brand.json.


def _advertised(values: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The brand of a brand.json: its first one, or the file itself."""
    listed = values.get("brands")
    if isinstance(listed, list):
        return next((one for one in listed if isinstance(one, Mapping)), None)
    return values if isinstance(values.get("colors"), Mapping) or "names" in values else None


def _brand_json(brand: Mapping[str, Any]) -> TokenFile:
    read = TokenFile("brand.json", name=_name(brand))
    colours = brand.get("colors")
    for role, value in colours.items() if isinstance(colours, Mapping) else ():
        listed = value if isinstance(value, list) else [value]
        for number, one in enumerate(listed[:_MOST]):
            label = str(role)[:_TEXT] + (f"-{number + 1}" if number else "")
            colour = _hex(one) if isinstance(one, str) else ""
            if colour and len(read.colours) < _MOST:
                read.colours[label] = colour
            else:
                read.lost[f"colors.{label}"] = "no opaque colour in sRGB"
    fonts = brand.get("fonts")
    for role, family in fonts.items() if isinstance(fonts, Mapping) else ():
        if isinstance(family, str):
            read.families[str(role)[:_TEXT]] = family[:_TEXT]
    for logo in _maps(brand.get("logos")):
        if isinstance(logo.get("url"), str):
            read.logos.append(re.split(r"[?#]", logo["url"])[0].rstrip("/").rpartition("/")[2][:_TEXT])
    read.disclosure = _required_text(brand.get("disclaimers"))
    for key in ("tone", "visual_guidelines", "voice_synthesis", "avatar", "product_catalog", "assets"):
        if brand.get(key):
            read.lost[key] = "a kit has no such token"
    return read


def _name(brand: Mapping[str, Any]) -> str:
    """Its first name: `names` are maps of one language."""
    texts = [text for one in _maps(brand.get("names")) for text in one.values()]
    text = next((text for text in [*texts, brand.get("name")] if isinstance(text, str)), "")
    return "".join(char for char in text if char.isprintable())[:100]


def _required_text(disclaimers: Any) -> str:
    texts = [str(one["text"]) for one in _maps(disclaimers) if one.get("required", True) and one.get("text")]
    text = texts[0] if len(texts) == 1 else ""
    return text if text.isprintable() and len(text) <= 120 else ""


def _maps(values: Any) -> list[Mapping[str, Any]]:
    return [one for one in values if isinstance(one, Mapping)] if isinstance(values, list) else []
