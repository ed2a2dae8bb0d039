"""ASC CDL (.cc .ccc .cdl, version 1.2), read strictly: slope, offset and power of each channel, then saturation, held to 0 to 1."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree

import numpy as np

from finish.errors import FinishError, LutError
from finish.stages.colour.table import LUMA, Floats

BYTES: Final = 1_000_000
_LISTED: Final = 30  # ids in a hint
_SOP, _SAT = ("SOPNode", "ASC_SOP"), ("SatNode", "SATNode", "ASC_SAT")
# What says nothing about colour; anything else that is not known would be left out silently, and so is refused.
_SAYS_NOTHING: Final = frozenset({"Description", "InputDescription", "ViewingDescription", "MediaRef"})
_HINT: Final = "a grade has <SOPNode> with Slope, Offset and Power, and <SatNode> with Saturation"


@dataclass(frozen=True, eq=False)
class CdlCorrection:
    """One correction."""

    slope: Floats
    offset: Floats
    power: Floats
    saturation: float
    title: str = ""

    def apply(self, rgb: Floats) -> Floats:
        """Code values (n, 3), held to 0 to 1 before the power and at the end (ASC CDL 1.2)."""
        done = np.clip(rgb * self.slope + self.offset, 0, 1) ** self.power
        luma = (done @ LUMA)[:, None]  # ASC CDL 1.2 weighs as BT.709
        mixed: Floats = np.clip(luma + self.saturation * (done - luma), 0, 1)
        return mixed


def read(data: bytes, name: str, part: str = "") -> CdlCorrection:
    """The one correction in a file, or the one whose id is `part`; FinishError "lut" for none, several, or anything in it that is not
    understood."""
    if len(data) > BYTES:
        raise _wrong(name, f"a CDL of {len(data):,} bytes; {BYTES:,} are read at most")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise _wrong(name, "a CDL with a document type", "take it out: entities can stand for anything")
    try:
        root = ElementTree.fromstring(data)
    except (ElementTree.ParseError, ValueError, LookupError) as wrong:
        line = getattr(wrong, "position", (0,))[0]
        raise _wrong(f"{name}:{line}" if line else name, "not valid XML") from wrong
    found = [each for each in root.iter() if _tag(each) == "ColorCorrection"]
    return _grade(_meant(found, name, part), name)


def _meant(found: Sequence[ElementTree.Element], name: str, part: str) -> ElementTree.Element:
    """The correction with the id that is asked for, else the only one."""
    ids = [each.get("id", "") for each in found]
    chosen = [each for each, known in zip(found, ids, strict=True) if known == part] if part else list(found)
    if len(chosen) == 1:
        return chosen[0]
    named = [each for each in ids if each]
    listed = ", ".join(named[:_LISTED]) + (
        f" and {len(named) - _LISTED} more" if len(named) > _LISTED else ""
    )
    if part:
        what = (
            f'{len(chosen)} corrections have the id "{part}"'
            if chosen
            else f'no correction has the id "{part}"'
        )
        raise _wrong(
            name,
            what,
            f"it has {listed}"
            if named
            else "its corrections have no ids: save the one that is meant as a .cc",
        )
    what = f"{len(found)} corrections in one file" if found else "no correction in the file"
    if not found:
        raise _wrong(name, what)
    hint = f'name one, as "{name}#{named[0]}": {listed}' if named else "save the one that is meant as a .cc"
    raise _wrong(name, what, hint)


def _grade(correction: ElementTree.Element, name: str) -> CdlCorrection:
    values = {"Slope": np.ones(3), "Offset": np.zeros(3), "Power": np.ones(3), "Saturation": np.ones(1)}
    stated: set[str] = set()
    for node in correction:
        tag = _tag(node)
        if tag in _SAYS_NOTHING:
            continue
        if tag not in (*_SOP, *_SAT):
            raise _wrong(name, f"<{tag}> in a correction")
        for each in node:
            key = _tag(each)
            if key in _SAYS_NOTHING:
                continue
            if key not in (("Slope", "Offset", "Power") if tag in _SOP else ("Saturation",)):
                raise _wrong(name, f"<{key}> in <{tag}>")
            if key in stated:
                raise _wrong(name, f"{key} is stated twice")
            stated.add(key)
            values[key] = _numbers(each.text or "", len(values[key]), key, name)
    for key, low in (("Slope", 0.0), ("Power", math.ulp(0.0)), ("Saturation", 0.0)):
        if (values[key] < low).any():
            raise _wrong(
                name,
                f"{key} of {values[key].min():g}",
                "slope and saturation are 0 or more, power is above 0",
            )
    return CdlCorrection(
        values["Slope"],
        values["Offset"],
        values["Power"],
        float(values["Saturation"][0]),
        correction.get("id", ""),
    )


def _numbers(text: str, count: int, key: str, name: str) -> Floats:
    try:
        found = np.array([float(word) for word in text.split()])
    except ValueError:
        found = np.zeros(0)
    if len(found) != count or not np.isfinite(found).all() or (np.abs(found) > 1e6).any():
        raise _wrong(
            name, f"{key} wants {'three numbers' if count == 3 else 'one number'}, not {text.strip()[:40]!r}"
        )
    return found


def _tag(element: ElementTree.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _wrong(where: str, what: str, hint: str = _HINT) -> FinishError:
    return LutError(what, hint, where=where)
