"""Names with fields in them: deliverables' names, of letters that every system's file names may hold, and the paths of documents."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from finish.jobspec.mistakes import choices
from finish.jobspec.spec_tree import printable
from finish.model import Delivery

# Netflix' delivery naming rule, the narrowest in use (standards: 7): letters, digits, dot, underscore, dash.
_LETTERS: Final = re.compile(r"[A-Za-z0-9._-]*")
_FIELD: Final = re.compile(r"\{([^{}]*)\}")
FIELDS: Final = ("clip", "preset", "aspect", "lang", "version")
_IN_PATHS: Final = re.compile(r"\{(clip|lang)\}")
_VERSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}")
LONGEST: Final = 100  # file systems take 255 bytes; suffixes, versions and temporary names want room


def template(name: str) -> str:
    """`name` as it is when it can name a file once its fields are filled in; ValueError otherwise."""
    if unknown := next((each for each in _FIELD.findall(name) if each not in FIELDS), None):
        raise ValueError(f'no field "{{{printable(unknown)}}}" — {choices(unknown, FIELDS)}')
    _refuse_letters(_FIELD.sub("x", name))
    return name


def filled(name: str, fields: Mapping[str, str]) -> str:
    """`{clip}-{aspect}` → `hero-9x16`; ValueError when that is longer than 100 characters."""
    full = _FIELD.sub(lambda field: fields[field[1]], name)
    _refuse_letters(full)
    return full


def complete(name: str, fields: Mapping[str, str]) -> bool:
    """Whether `name` can be filled in: what it takes is known, and it has passed `template`."""
    try:
        return all(fields.get(each) for each in taken(template(name)))
    except ValueError:
        return False


def fields(clip: str, preset: str, delivery: Delivery | None, others: Mapping[str, str]) -> dict[str, str]:
    """What the fields stand for: the clip's name in plain letters, the preset, the frame's shape as `9x16`; "" unknown.

    `others` are stated as they are: `lang` and `version`.
    """
    shape = delivery.frame.aspect if delivery else None
    return {
        **others,
        "clip": plain(clip),
        "preset": preset,
        "aspect": f"{shape.numerator}x{shape.denominator}" if shape else "",
    }


def version(stated: str | int) -> str:
    """A version as names show it: `v3`, `3`; ValueError for one that cannot stand in a name."""
    text = str(stated)
    if not _VERSION.fullmatch(text):
        raise ValueError(
            f'"{printable(text)}" cannot stand in a name — write a version of at most 20 letters and digits, as v3'
        )
    return text


def taken(name: str) -> tuple[str, ...]:
    """The fields that `name` takes."""
    return tuple(_FIELD.findall(name))


def taken_by_path(path: str) -> frozenset[str]:
    """The fields that the path of a document takes: `clip` and `lang`; other braces are letters of its name."""
    return frozenset(_IN_PATHS.findall(path))


def path(template: str, fields: Mapping[str, str]) -> str:
    """`captions/{clip}.{lang}.srt` → `captions/hero.en.srt`; ValueError for a field that `fields` doesn't have."""
    if lacking := sorted(taken_by_path(template) - set(fields)):
        hint = 'add "for: {lang: [en, de]}" to the deliverable' if lacking == ["lang"] else "name the file"
        raise ValueError(f'"{{{lacking[0]}}}" stands for nothing here — {hint}')
    return _IN_PATHS.sub(lambda field: fields[field[1]], template)


def _refuse_letters(name: str) -> None:
    if not name:
        raise ValueError("an empty name — name the file that is made")
    allowed = _LETTERS.match(name)
    if allowed and allowed.end() < len(name):
        raise ValueError(
            f'"{printable(name[allowed.end()], 1)}" cannot stand in a name — letters A-Z a-z, digits and . _ - can'
        )
    if name[0] in ".-":
        raise ValueError(f'a name cannot begin with "{name[0]}" — begin with a letter or a digit')
    if len(name) > LONGEST:
        raise ValueError(f"a name of {len(name)} letters — at most {LONGEST} can stand in a file name")


def plain(clip: str) -> str:
    """A clip's name in plain letters: `Café 1` → `Cafe-1`."""
    letters = unicodedata.normalize("NFKD", clip).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._-]+", "-", letters).strip(".-") or "clip"
