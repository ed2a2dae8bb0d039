"""Names with fields: the names of deliverables, in letters that all systems allow, and paths of documents."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from finish.jobspec.mistakes import choices
from finish.jobspec.spec_tree import printable
from finish.model import Delivery

# Netflix's delivery naming rule, the narrowest in use: letters, digits, dot, underscore, dash.
_LETTERS: Final = re.compile(r"[A-Za-z0-9._-]*")
_FIELD: Final = re.compile(r"\{([^{}]*)\}")
FIELDS: Final = ("clip", "preset", "aspect", "lang", "version")
_PATH_FIELD: Final = re.compile(r"\{(clip|lang)\}")
_VERSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}")
LONGEST: Final = 100  # file systems take 255 bytes; suffixes, versions and temporary names need room


def valid_template(name: str) -> str:
    """`name`, unchanged, if it can name a file once its fields are filled in; ValueError otherwise."""
    if unknown := next((field for field in _FIELD.findall(name) if field not in FIELDS), None):
        raise ValueError(f'unknown field "{{{printable(unknown)}}}" — {choices(unknown, FIELDS)}')
    _refuse_letters(_FIELD.sub("x", name))
    return name


def filled(name: str, fields: Mapping[str, str]) -> str:
    """`{clip}-{aspect}` → `hero-9x16`; ValueError if the result is longer than 100 characters."""
    full = _FIELD.sub(lambda field: fields[field[1]], name)
    _refuse_letters(full)
    return full


def can_fill(name: str, fields: Mapping[str, str]) -> bool:
    """Whether `name` is a valid template and every field in it has a value."""
    try:
        return all(fields.get(field) for field in fields_in(valid_template(name)))
    except ValueError:
        return False


def field_values(
    clip: str, preset: str, delivery: Delivery | None, others: Mapping[str, str]
) -> dict[str, str]:
    """The values of the fields: the clip's name in plain letters, the preset, the frame's aspect (`9x16`).

    An unknown value is "". `others` (`lang` and `version`) are taken as they are stated.
    """
    shape = delivery.frame.aspect if delivery else None
    return {
        **others,
        "clip": plain_letters(clip),
        "preset": preset,
        "aspect": f"{shape.numerator}x{shape.denominator}" if shape else "",
    }


def valid_version(stated: str | int) -> str:
    """A version as text, such as `v3` or `3`; ValueError if a name can't contain it."""
    text = str(stated)
    if not _VERSION.fullmatch(text):
        hint = "use at most 20 letters and digits, such as v3"
        raise ValueError(f'"{printable(text)}" can\'t be used in a file name — {hint}')
    return text


def fields_in(name: str) -> tuple[str, ...]:
    """The fields in a name."""
    return tuple(_FIELD.findall(name))


def path_fields(path: str) -> frozenset[str]:
    """The fields in the path of a document: `clip` and `lang`. Other braces are part of the path."""
    return frozenset(_PATH_FIELD.findall(path))


def filled_path(path: str, fields: Mapping[str, str]) -> str:
    """`captions/{clip}.{lang}.srt` → `captions/hero.en.srt`; ValueError for a field without a value."""
    if lacking := sorted(path_fields(path) - set(fields)):
        hint = 'add "for: {lang: [en, de]}" to the deliverable' if lacking == ["lang"] else "name the file"
        raise ValueError(f'"{{{lacking[0]}}}" has no value — {hint}')
    return _PATH_FIELD.sub(lambda field: fields[field[1]], path)


def _refuse_letters(name: str) -> None:
    if not name:
        raise ValueError("the name is empty — enter a file name")
    allowed = _LETTERS.match(name)
    if allowed and allowed.end() < len(name):
        letter = printable(name[allowed.end()], 1)
        raise ValueError(f'"{letter}" can\'t be used in a file name — use A-Z a-z 0-9 . _ -')
    if name[0] in ".-":
        raise ValueError(f'a name can\'t begin with "{name[0]}" — begin with a letter or a digit')
    if len(name) > LONGEST:
        raise ValueError(f"the name has {len(name)} characters — use at most {LONGEST}")


def plain_letters(clip: str) -> str:
    """A clip's name in ASCII letters: `Café 1` → `Cafe-1`."""
    letters = unicodedata.normalize("NFKD", clip).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._-]+", "-", letters).strip(".-") or "clip"
